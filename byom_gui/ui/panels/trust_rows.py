"""Below the address: what a project asks for, what is used because the user agreed, and a keyring that is locked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from byom_gui.ui import icons, theme
from byom_gui.ui.widgets import basic

READ = "This project asks for settings that decide who can read your secrets"
OPEN = "This project asks to serve images to other computers"
WAITING = "Waiting for your keyring to be unlocked."
KeyringState = Literal["", "waiting", "failed"]


def _said(row: QWidget, text: WholeText) -> str:
    return "" if row.isHidden() else text.said


class WholeText(QLabel):
    """Plain text that is never cut: a long value must not push what a project asks for out of sight.

    It breaks its lines itself, within words where they do not fit, which no QLabel does.
    """

    def __init__(self, tone: str = "", *, strong: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self.setProperty("strong", strong)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.said = ""

    def say(self, text: str) -> None:
        """Shows it."""
        self.said = text
        self._break()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Breaks the lines again for a changed width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._break()

    def changeEvent(self, event: QEvent) -> None:
        """Another font, other lines."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._break()

    def _break(self) -> None:
        advance = self.fontMetrics().horizontalAdvance
        self.setText("\n".join(broken(self.said, lambda text: advance(text) <= self.width())))


def broken(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """The text's lines, broken between words where that will do, and within them where not."""
    for paragraph in text.split("\n"):
        line = ""
        for word in re.findall(r"\s*\S+", paragraph):
            if fits(line + word):
                line += word
                continue
            if line:
                yield line
            line = word.lstrip()
            while not fits(line) and len(line) > 1:
                end = next((at for at in range(len(line) - 1, 1, -1) if fits(line[:at])), 1)
                yield line[:end]
                line = line[end:]
        yield line


class TrustRows(QWidget):
    """Nothing but empty space of no height while there is nothing to say."""

    use_clicked = Signal()
    ignore_clicked = Signal()
    change_clicked = Signal()
    decide_clicked = Signal()
    skip_keyring_clicked = Signal()
    retry_keyring_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._head = WholeText(strong=True)
        self._lines = WholeText()
        self._until = WholeText("second")
        self.use_button = basic.button("Use these settings", on_click=self.use_clicked.emit)
        self.ignore_button = basic.button("Ignore", on_click=self.ignore_clicked.emit)
        basic.set_tip(self.use_button, "For this server, on this computer, until a value changes")
        basic.set_tip(self.ignore_button, "Until the project is opened again; the file is not changed")
        self._request = self._make_request()
        self._force_icon = basic.picture("advice")
        self._force = WholeText()
        self.change_button = basic.button("Change…", kind="link", on_click=self.change_clicked.emit)
        self.change_button.setAccessibleName("Change the connection settings")
        self._force_row = self._line(self._force_icon, self._force, self.change_button)
        self._ignored = WholeText("second")
        self.decide_button = basic.button("Decide again", kind="link", on_click=self.decide_clicked.emit)
        self._ignored_row = self._line(basic.picture("not-reached"), self._ignored, self.decide_button)
        self._keyring = WholeText()
        self.skip_button = basic.button(
            "Continue without it", kind="link", on_click=self.skip_keyring_clicked.emit,
            tip="Secrets in the keyring are not used. Secrets that you enter are kept for this session.",
        )  # fmt: skip
        self.retry_button = basic.button("Retry", kind="link", on_click=self.retry_keyring_clicked.emit)
        basic.set_tip(self.retry_button, "Read the keyring again")
        self._keyring_row = self._line(basic.picture("lock"), self._keyring, self.skip_button, self.retry_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(m) for m in (12, 0, 12, 0)))
        layout.setSpacing(0)
        for part in (self._request, self._force_row, self._ignored_row, self._keyring_row):
            layout.addWidget(part)
        self.set_request((), "")
        self.set_in_force((), insecure=False)
        self.set_ignored(())
        self.set_keyring("")

    def _make_request(self) -> QWidget:
        box = basic.frame("assumption")
        layout = QHBoxLayout(box)
        layout.setContentsMargins(*(theme.px(m) for m in (12, 8, 12, 8)))
        layout.setSpacing(theme.px(12))
        top = Qt.AlignmentFlag.AlignTop
        layout.addWidget(basic.picture("warn"), 0, top)
        text = basic.column(self._head, self._lines, self._until, spacing=4)
        layout.addWidget(text, 1)
        layout.addWidget(self.ignore_button, 0, top)
        layout.addWidget(self.use_button, 0, top)
        # The gap below belongs to the box, and goes with it.
        return basic.column(box, margins=(0, 0, 0, 8))

    @staticmethod
    def _line(icon: QLabel, text: QLabel, *buttons: QPushButton) -> QWidget:
        made = basic.row(icon, text, *buttons, margins=(0, 0, 0, 4))
        made.layout().setStretch(1, 1)  # type: ignore[union-attr]
        return made

    def set_request(self, lines: Sequence[str], origin: str, head: str = READ) -> None:
        """What the project asks for, a line each; none: nothing is to be decided."""
        self._head.say(head)
        self._lines.say("\n".join(f"•  {line}" for line in lines))
        self._until.say(f"Nothing is sent to {origin} until you decide.")
        self._request.setVisible(bool(lines))
        self.setAccessibleDescription("\n".join((head, *lines)) if lines else "")

    def set_in_force(self, lines: Sequence[str], *, insecure: bool) -> None:
        """What is used now beyond a plain connection."""
        self._force.say("Used now:  " + "  ·  ".join(lines))
        basic.set_tone(self._force, "bad" if insecure else "second")
        icons.set_picture(self._force_icon, "bad" if insecure else "advice", "", 16)
        self._force_row.setVisible(bool(lines))

    def set_ignored(self, lines: Sequence[str], *, may_decide: bool = True) -> None:
        """What of the project is not used."""
        self._ignored.say("Not used from the project:  " + "  ·  ".join(lines))
        self.decide_button.setVisible(may_decide)
        self._ignored_row.setVisible(bool(lines))

    def set_keyring(self, state: KeyringState, why: str = "") -> None:
        """Whether the keyring is waited for, or could not be read."""
        self._keyring.say(WAITING if state == "waiting" else f"Secrets in your keyring cannot be read: {why}.")
        self.skip_button.setVisible(state == "waiting")
        self.retry_button.setVisible(state == "failed")
        self._keyring_row.setVisible(bool(state))

    @property
    def request(self) -> str:
        """What is asked for; empty where nothing is."""
        return _said(self._request, self._lines)

    @property
    def in_force(self) -> str:
        """What is said to be used; empty where nothing is."""
        return _said(self._force_row, self._force)

    @property
    def ignored(self) -> str:
        """What is said not to be used; empty where nothing is."""
        return _said(self._ignored_row, self._ignored)

    @property
    def keyring(self) -> str:
        """What is said of the keyring; empty where nothing is."""
        return _said(self._keyring_row, self._keyring)
