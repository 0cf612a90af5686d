"""Drives the real window through the main job, as a user would, and takes pictures on the way.

For ``byom-gui demo --headless``, the pictures of the docs, and end-to-end tests: keys, clicks and drops are sent to the
window, and nothing behind it is called that a user could not reach.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from byom_gui.core.errors import AppError
from byom_gui.ui.main_window import MainWindow

STEP_SECONDS = 60.0


def turn(seconds: float) -> None:
    """One turn of the event loop, and a pause in which workers work.

    What was given to ``deleteLater`` ends, too, as in the app's own loop: processEvents alone never ends it. QTest's
    own waiting would hold Python's lock all the while, and workers would stand still.
    """
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    time.sleep(seconds)


class TourError(AppError):
    """A step did not come to its end in time; the sentence says which."""


class Tour:
    """One walk through the window.

    Args:
        window: shown and empty.
        out: where pictures go.
        say: told of each step.
    """

    def __init__(self, window: MainWindow, out: Path, say: Callable[[str], None] = lambda _: None) -> None:
        self.window, self.out, self._say = window, out, say
        self.pictures: list[Path] = []

    # --- hands and eyes

    def wait(self, what: str, until: Callable[[], object], seconds: float = STEP_SECONDS) -> None:
        """Lets the window work until something holds. Raises TourError, with what the window says."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                notice = self.window.notice.text
                raise TourError(f"The tour got stuck at: {what}.{f' The window says: {notice}' if notice else ''}")
            turn(0.005)
        turn(0)  # what a worker has just handed over is delivered

    def settle(self, milliseconds: int = 250) -> None:
        """Lets pending drawing and timers come to their end."""
        end = time.monotonic() + milliseconds / 1000
        while time.monotonic() < end:
            turn(0.005)

    def picture(self, name: str) -> Path:
        """Saves what the window shows now."""
        self.settle()
        path = self.out / f"{name}.png"
        if not self.window.grab().save(str(path)):
            path.unlink(missing_ok=True)  # a full disk leaves half of it
            raise TourError(f"The screenshot {path} could not be written.")
        self.pictures.append(path)
        self._say(f"screenshot {path.name}")
        return path

    def click(self, widget: QWidget) -> None:
        """A real click in the middle of a widget."""
        if not widget.isEnabled():
            raise TourError(f"{widget.accessibleName() or widget.objectName()} cannot be used: {widget.toolTip()}")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, widget.rect().center())

    def type_address(self, text: str) -> None:
        """Types an address where there is a field for it, and presses Return."""
        field = self.window.parts.bar.field if self.window.parts.working else self.window.parts.start.field
        field.setFocus()
        field.selectAll()
        field.insert(text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def drop(self, paths: Sequence[Path], at: QPoint | None = None) -> None:
        """Drops files onto the window."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        place = at or self.window.rect().center()
        action, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.window, QDragEnterEvent(place, action, mime, buttons, keys))
        event = QDropEvent(QPointF(place), action, mime, buttons, keys, QEvent.Type.Drop)
        QApplication.sendEvent(self.window, event)

    # --- the steps of the main job

    def connect(self, address: str) -> None:
        """Types the address; waits for the ping's end."""
        self._say(f"pinging {address}")
        self.type_address(address)
        session = self.window.session
        self.wait("the ping", lambda: session.ping is not None and not self.window.works.pinging.running)

    def preview(self, paths: Sequence[Path]) -> None:
        """Drops images; waits until each is answered or failed."""
        self._say(f"dropping {len(paths)} images")
        before = len(self.window.session.previews)
        self.drop(paths)
        session = self.window.session
        self.wait("the images to be listed", lambda: len(session.previews) >= before + len(paths))
        self.wait("the responses", lambda: all(p.state in ("done", "failed") for p in session.previews.values()))
        self.wait("the image", lambda: self.window.parts.canvas.has_picture)
        self.settle(400)

    def edit_classes(self, name: str) -> None:
        """Adds a class by the button and its field, takes that back, and does it again."""
        self._say("editing the class list")
        parts, session = self.window.parts, self.window.session
        parts.right.show_view("Classes")
        count = len(session.classes)
        self.click(parts.classes.add)
        self.wait("the new class", lambda: len(session.classes) == count + 1)
        self.settle()
        editor = QApplication.focusWidget()
        if editor is None or not hasattr(editor, "setText"):
            raise TourError("The name of the new class cannot be typed.")
        editor.setText(name)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.wait("the class's name", lambda: session.classes.names[-1] == name)
        session.undo()
        session.undo()
        self.wait("undo", lambda: len(session.classes) == count)

    def check_key(self) -> None:
        """Asks V7 (or its stand-in) whose key is kept."""
        self._say("checking the V7 key")
        self.window.works.keys.refresh()
        self.window.works.keys.check_key()
        self.wait("the team", lambda: self.window.session.team is not None)

    def open_register(self, name: str) -> None:
        """Opens the register view and types the model's name."""
        parts = self.window.parts
        self.click(parts.checklist.register_button)
        self.wait("the register view", lambda: parts.center.current == "Register")
        field = parts.register.name
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, name)
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.wait("the name", lambda: self.window.session.project.registration.name == name)
        self.settle()

    def register(self) -> None:
        """Presses Register; waits for the outcome."""
        self._say("registering")
        session = self.window.session
        self.click(self.window.parts.register.register_button)
        self.wait("the outcome", lambda: session.outcome is not None)

    def export(self, path: Path) -> None:
        """Writes the registration JSON; the name is given here, as a file dialog can not be seen offscreen."""
        self._say(f"exporting {path.name}")
        self.window.filing.export(path)
        self.wait("the export", path.exists)
        self.settle()
