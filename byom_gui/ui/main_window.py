"""The window: assembles panels, work and wiring; takes drops; reflows; closes without losing anything."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
    QShowEvent,
    QTextDocument,
)
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QPlainTextEdit

from byom_gui.ui import theme
from byom_gui.ui.backend import Backend
from byom_gui.ui.dropping import count_held, read_mime
from byom_gui.ui.menus import THEMES, Menus
from byom_gui.ui.pages import show_about, show_assumptions, show_keyboard
from byom_gui.ui.parts import Parts
from byom_gui.ui.session import Session
from byom_gui.ui.widgets.basic import ask, label
from byom_gui.ui.widgets.notice import Notice
from byom_gui.ui.wiring.checking import Checking
from byom_gui.ui.wiring.classing import Classing
from byom_gui.ui.wiring.connecting import Connecting
from byom_gui.ui.wiring.consenting import ConsentController
from byom_gui.ui.wiring.crashing import Crashing, open_folder
from byom_gui.ui.wiring.filing import CLASS_FILES, Files
from byom_gui.ui.wiring.history import HistoryWiring
from byom_gui.ui.wiring.looking import Looking
from byom_gui.ui.wiring.picturing import Picturing
from byom_gui.ui.wiring.registering import Registering
from byom_gui.ui.wiring.teams import Teams
from byom_gui.ui.work.keys import KEYRING
from byom_gui.ui.works import Works

if TYPE_CHECKING:
    from byom_gui.ui.panels.mapping import MappingPanel
    from byom_gui.ui.panels.reach import ReachPanel
    from byom_gui.ui.wiring.mapping import Mapping
    from byom_gui.ui.wiring.reaching import Reaching

SIZE = (1440, 900)
AFTER_PAINT_MS = 100


class MainWindow(QMainWindow):
    """Holds the parts; the logic is in ``wiring`` and ``work``."""

    def __init__(self, session: Session, backend: Backend) -> None:
        super().__init__()
        self.session = session
        self.works = Works(session, backend, self)
        # Finding the keyring takes as long as half the start; it may wait until the window is in sight.
        self.works.jobs.hold(KEYRING, True)
        self.filing = self.works.filing
        self.crashing = Crashing(self, self.filing)
        self.parts = Parts()
        self.menus = Menus(self)
        self._name = label("", tone="second", size="small")
        self._name.setContentsMargins(0, 0, theme.px(12), 0)
        # The menu bar does not follow a corner that grows, so it has room from the start.
        self._name.setFixedSize(theme.px(420), theme.px(26))
        self._name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.menuBar().setCornerWidget(self._name)
        self.setCentralWidget(self.parts.central)
        self.notice = Notice(self)
        self._join()
        self._connect_menus()
        self.setAcceptDrops(True)
        self.setMinimumSize(theme.px(880), theme.px(600))
        self.resize(*(theme.px(side) for side in SIZE))
        self._restore()

    def _join(self) -> None:
        parts, works, say = self.parts, self.works, self.notice.say
        self.consent = ConsentController(parts, works, say)
        self.connecting = Connecting(parts, works, self.consent, say)
        self.picturing = Picturing(parts, works, say)
        self.classing = Classing(parts, works, say)
        self.looking = Looking(parts, works)
        self.checking = Checking(parts, works, self.connecting, self.classing, self.picturing, say)
        self.files = Files(self, parts, works, self.menus, say)
        self.registering = Registering(parts, works, self.connecting, self.files.export, say)
        self.teams = Teams(self, parts, works, say)
        self.history = HistoryWiring(self, parts, works, say)
        parts.registering.add("Reach", self._reach_view)
        parts.registering.add("Mapping", self._mapping_view)
        parts.registering.add("History", self.history.view)
        self.registering.finding_wanted = self._open_finding  # type: ignore[method-assign]
        works.inference.stopped.connect(lambda text: say(text, works.inference.retry, "Retry"))
        works.filing.class_list_opened.connect(self.classing.open_file)
        self.files.title_changed = self._name.setText  # type: ignore[method-assign,assignment]
        self._name.setText(self.files.title)
        self.filing.practice_started.connect(self._practice_started)
        parts.start.server_clicked.connect(self._new_server)
        parts.center.changed.connect(lambda _: self._view_changed())
        # The keyring may answer later than the view is opened.
        works.keys.places_changed.connect(self._check_kept_key)
        self.session.project_replaced.emit()

    @cached_property
    def reaching(self) -> Reaching:
        """Joins the reach view, once it is wanted."""
        from byom_gui.ui.wiring.reaching import Reaching

        made = Reaching(self, self.parts, self.works, self.notice.say)
        self.parts.reach.ping_wanted.connect(self.connecting.ping)
        return made

    @cached_property
    def mapping(self) -> Mapping:
        """Joins the mapping view, once it is wanted."""
        from byom_gui.ui.wiring.mapping import Mapping

        made = Mapping(self, self.parts, self.works, self.notice.say)
        self.parts.mapping.key_wanted.connect(self.connecting.open_key)
        return made

    def _reach_view(self) -> ReachPanel:
        return self.reaching.panel

    def _mapping_view(self) -> MappingPanel:
        return self.mapping.panel

    def _open_finding(self, finding_id: str) -> None:
        from byom_gui.ui.wiring.checking import FAMILIES

        family = next((name for name, starts in FAMILIES.items() if finding_id.startswith(starts)), None)
        self.checking.open_item(family)

    def _view_changed(self) -> None:
        self.checking.show_state()
        self._check_kept_key()

    def _check_kept_key(self) -> None:
        """The request holds the team's id, so a kept key is checked when the request is first looked at."""
        keys = self.works.keys
        due = self.parts.center.current == "Register" and self.session.team is None
        if due and keys.key_place.kept and not keys.checking:
            keys.check_key()

    def _practice_started(self) -> None:
        self.works.keys.refresh()
        self.works.keys.check_key()
        self.connecting.ping()
        self.parts.center.show_view("Image")

    def _connect_menus(self) -> None:
        parts, works, files = self.parts, self.works, self.files
        center, right, canvas = parts.center.show_view, parts.right.show_view, parts.canvas
        work: dict[str, Callable[[], object]] = {
            "new": files.new,
            "open": files.ask_open,
            "save": files.save,
            "save-as": files.save_as,
            "import": files.ask_import,
            "export": files.export,
            "export-predictions": self._export_predictions,
            "new-server": self._new_server,
            "practice": files.practice,
            "quit": self.close,
            "undo": self._undo,
            "redo": self._redo,
            "paste": self.paste,
            "find": self._find,
            "add-class": self._add_class,
            "paste-classes": self._paste_classes,
            "connection-settings": self.connecting.open_settings,
            "auth": lambda: parts.auth.open_under(parts.bar.auth_button if parts.working else parts.start.auth_button),
            "key": self.connecting.open_key,
            "teams": self.teams.open,
            "profile": self.registering.edit_profile,
            "picture": lambda: center("Image"),
            "connection": lambda: center("Connection"),
            "diagnosis": lambda: center("Diagnosis"),
            "register-view": lambda: center("Register"),
            "classes": lambda: right("Classes"),
            "results": lambda: right("Results"),
            "json": self.picturing.show_json,
            "zoom-in": canvas.zoom_in,
            "zoom-out": canvas.zoom_out,
            "fit": canvas.fit,
            "actual": canvas.actual_size,
            "zoom-selection": canvas.zoom_to_selection,
            "add-images": files.ask_images,
            "add-folder": files.ask_folder,
            "add-samples": files.add_samples,
            "rerun-failed": works.inference.rerun_failed,
            "rerun-all": works.inference.rerun_all,
            "pause": lambda: works.inference.pause(not works.inference.paused),
            "cancel": self._cancel_all,
            "next-image": lambda: self._step_image(1),
            "previous-image": lambda: self._step_image(-1),
            "ping": self.connecting.ping,
            "check": self.checking.run_checks,
            "reach": self._show_reach,
            "capacity": self._capacity,
            "fetch-classes": works.pinging.fetch_classes,
            "register": self.checking.show_register,
            "keys": lambda: show_keyboard(self, self.menus),
            "assumptions": lambda: show_assumptions(self),
            "stored": self._show_kept,
            "log": lambda: open_folder(works.backend.log_folder()),
            "about": lambda: show_about(self),
        }
        for name in THEMES:
            choice = name.removeprefix("theme-")
            work[name] = lambda choice=choice: self.choose_theme(choice)  # type: ignore[misc]
        self.menus.connect(work)
        pause = self.menus.actions["pause"]
        works.inference.paused_changed.connect(lambda on: pause.setText("&Resume" if on else "&Pause"))
        session = self.session
        for signal in (session.project_replaced, session.endpoint_changed, session.images_changed):
            signal.connect(self._enable)
        self._enable()
        self.menus.actions[f"theme-{theme.state().choice}"].setChecked(True)

    def _enable(self) -> None:
        """Commands that can do nothing now are off, and say why."""
        connected = self.session.endpoint is not None
        for name in ("check", "reach", "capacity", "fetch-classes", "register", "export"):
            self.menus.enable(name, connected, "Connect a model first.")
        for name in ("rerun-all", "rerun-failed", "next-image", "previous-image"):
            self.menus.enable(name, bool(self.session.previews), "There are no images yet.")

    # --- dialogs; each is imported when it is first opened

    def _new_server(self) -> None:
        from byom_gui.ui.wiring.serving import new_server

        new_server(self, self.works, self.connecting)

    def _export_predictions(self) -> None:
        from byom_gui.ui.wiring.exporting import export_predictions

        export_predictions(self, self.works, self.notice.say)

    def _capacity(self) -> None:
        from byom_gui.ui.wiring.measuring import open_capacity

        open_capacity(self, self.works, self.notice.say)

    def _show_kept(self) -> None:
        from byom_gui.ui.wiring.storing import show_kept

        show_kept(self, self.works, self.notice.say)

    # --- small commands

    def choose_theme(self, choice: theme.Choice) -> None:
        """Light, dark, or as the system; remembered."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.choose(app, choice)
        QSettings().setValue("theme", choice)

    def _show_reach(self) -> None:
        self.parts.center.show_view("Register")
        self.parts.registering.show_view("Reach")

    def _add_class(self) -> None:
        self.parts.right.show_view("Classes")
        self.parts.classes.start_add()

    def _paste_classes(self) -> None:
        self.parts.right.show_view("Classes")
        self.parts.classes.open_paste()

    def _undo(self) -> None:
        field = _field_in_focus()
        if field is not None and _document(field).isUndoAvailable():
            field.undo()
        else:
            self.session.undo()

    def _redo(self) -> None:
        field = _field_in_focus()
        if field is not None and _document(field).isRedoAvailable():
            field.redo()
        else:
            self.session.redo()

    def paste(self) -> None:
        """Pasted text goes into the field that has the focus; pictures, files and addresses become images."""
        field, mime = _field_in_focus(), QGuiApplication.clipboard().mimeData()
        if field is not None and mime.hasText():
            field.paste()
            return
        dropped = read_mime(mime)
        if dropped.count:
            self.picturing.take(dropped)
        else:
            self.notice.say("The clipboard has no image, file, or image address.")

    def _find(self) -> None:
        if self.parts.right.current == "Classes":
            self.parts.classes.open_search()
        elif self.parts.right.current == "Results":
            self.parts.results.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.parts.json.search.open_bar()

    def _cancel_all(self) -> None:
        self.works.pinging.cancel()
        self.works.inference.cancel()
        self.works.diagnosing.cancel_check()

    def _step_image(self, by: int) -> None:
        ids = list(self.session.previews)
        if ids:
            at = ids.index(self.session.current_id) if self.session.current_id in ids else 0
            self.session.set_current(ids[max(0, min(len(ids) - 1, at + by))])

    def offer_recovery(self) -> None:
        """Looks for what an earlier run left unsaved."""
        self.filing.look_for_recoverable(self.files.offer)
        self.files.refresh_recent()

    def quit_after_first_paint(self) -> None:
        """For measuring: ends once everything was painted and the address field takes keys."""
        self.parts.start.field.setFocus()
        QTimer.singleShot(0, lambda: (self.repaint(), QTimer.singleShot(0, self.close)))

    # --- drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files, folders, pictures and addresses are welcome anywhere in the window."""
        count = count_held(event.mimeData())
        if count:
            event.acceptProposedAction()
            self._show_drag(count)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The drag went elsewhere."""
        self._show_drag(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Takes what was dropped; one project file alone is opened, and the classes of one class file are offered."""
        self._show_drag(None)
        dropped = read_mime(event.mimeData())
        event.acceptProposedAction()
        alone = dropped.paths[0] if dropped.count == len(dropped.paths) == 1 else None
        if alone is not None and alone.name.endswith(".json"):
            self.files.open(alone)
        elif alone is not None and alone.suffix.lower() in CLASS_FILES:
            self.classing.open_file(alone)
        else:
            self.picturing.take(dropped)

    def _show_drag(self, count: int | None) -> None:
        self.parts.strip.set_drag_over(count)
        self.parts.start.set_drag_over(count)

    # --- size and end

    def showEvent(self, event: QShowEvent) -> None:
        """Once the window is in sight, the keyring is asked, and what the first endpoint needs is loaded."""
        super().showEvent(event)
        QTimer.singleShot(AFTER_PAINT_MS, self, self._painted)

    def _painted(self) -> None:
        works = self.works
        works.jobs.hold(KEYRING, False)
        works.jobs.run(lambda _: works.backend.warm_up(), lambda _: None, lambda _: None, lane="warm-up")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Reflows at 1200."""
        super().resizeEvent(event)
        self.parts.fit(event.size().width())
        self.notice.place()

    _may_close = False

    def _close_now(self) -> None:
        self._may_close = True
        # Not from within the close that asked: Qt takes no second one meanwhile.
        QTimer.singleShot(0, self.close)

    @property
    def sending(self) -> bool:
        """Whether a registration was sent whose answer is still awaited."""
        return self.works.submitting.sending or self.teams.sending

    def _ask_about_sending(self) -> None:
        ask(
            self,
            "Registration in progress",
            "V7 has not responded to the registration yet.",
            "If you close now, the registration may still arrive. History lists it as one that may have arrived, and "
            "byom-gui asks before it sends it again.",
            "Close anyway",
            lambda: self.files.leave(self._close_now),
        )

    def _restore(self) -> None:
        geometry = QSettings().value("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks about a registration that V7 is working on and about unsaved changes; ends the work within a second."""
        if not self._may_close and (self.sending or self.files.unsaved):
            # Saving takes a moment and may fail: the window closes once the project is on disk.
            event.ignore()
            if self.sending:
                self._ask_about_sending()
            else:
                self.files.leave(self._close_now)
            return
        QSettings().setValue("geometry", self.saveGeometry())
        self.works.close()
        super().closeEvent(event)


def _field_in_focus() -> QLineEdit | QPlainTextEdit | None:
    """The text field that takes keys now, where it may be changed."""
    field = QApplication.focusWidget()
    return field if isinstance(field, QLineEdit | QPlainTextEdit) and not field.isReadOnly() else None


def _document(field: QLineEdit | QPlainTextEdit) -> QLineEdit | QTextDocument:
    return field.document() if isinstance(field, QPlainTextEdit) else field
