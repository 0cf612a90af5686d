"""Projects on disk: open, save, export, autosave and recovery. Opening contacts no server and reads no image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from byom_gui.core.errors import AppError, ClassFileError
from byom_gui.core.project import Project
from byom_gui.core.quoting import quoted
from byom_gui.ui.backend import Backend, Recovered
from byom_gui.ui.jobs import Jobs
from byom_gui.ui.session import Session

AUTOSAVE_MS = 1500


class Filing(QObject):
    """Reads and writes in a lane of its own, one after the other, so that an older state never lands last."""

    notice = Signal(str)
    failed = Signal(str)
    class_list_opened = Signal(object)
    """A file that was to be opened lists classes: its path."""
    recent_changed = Signal()
    practice_started = Signal()
    conflict = Signal(object, object)
    """A project's file was changed by another program: its path, and what was to follow the saving, or None."""

    def __init__(self, session: Session, backend: Backend, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._backend, self._jobs = session, backend, jobs
        jobs.set_width("files", 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AUTOSAVE_MS)
        self._timer.timeout.connect(self.autosave)
        session.saved_changed.connect(self._maybe_autosave)

    # --- open

    def new(self) -> None:
        """An empty project."""
        self._after_practice(lambda: self._session.replace_project(Project(), None))
        self._let_go()

    def open(self, path: Path) -> None:
        """Opens a project or imports a registration JSON."""

        def put(project: Project) -> None:
            is_project = path.name.endswith(".byom.json")
            self._session.replace_project(project, path if is_project else None)
            if is_project:
                self.note_recent(path)
                self._take(path)
            else:
                self._let_go()

        self._jobs.run(
            lambda _: self._backend.files.load(path),
            lambda project: self._after_practice(lambda: put(project)),
            lambda error: self.class_list_opened.emit(path) if isinstance(error, ClassFileError) else self._say(error),
            lane="files",
        )

    def try_practice(self) -> None:
        """Starts the built-in model and V7 stand-in, and opens their project."""

        def started(practice: object) -> None:
            from byom_gui.ui.backend import Practice

            assert isinstance(practice, Practice)
            self._session.replace_project(practice.project, None, practice=True)
            self._let_go()
            self.practice_started.emit()

        self._jobs.run(lambda _: self._backend.start_practice(), started, self._say, lane="files")

    def _after_practice(self, then: Callable[[], None]) -> None:
        """Ends practice where it runs, then goes on: the next project must find V7's own host and key."""
        if not self._session.practice:
            then()
            return

        def failed(error: AppError) -> None:
            self._say(error)
            then()

        self._jobs.run(lambda _: self._backend.end_practice(), lambda _: then(), failed, lane="files")

    # --- save

    def save(self, path: Path, then: Callable[[], None] | None = None, *, over: bool = False) -> None:
        """Writes the project; the old file stays whole if it can't.

        Args:
            path: where.
            then: what follows once all is saved.
            over: also over what another program has written there meanwhile.
        """
        if over or path != self._session.path:
            self._write(path, then)
            return
        self._jobs.run(
            lambda _: self._backend.files.changed(path),
            lambda changed: self.conflict.emit(path, then) if changed else self._write(path, then),
            self._say,
            lane="files",
        )

    def _write(self, path: Path, then: Callable[[], None] | None) -> None:
        project = self._session.project

        def saved(_: None) -> None:
            session = self._session
            if session.project == project:
                session.mark_saved(path)
                self._forget_autosave()
            else:
                # Edited meanwhile: it is at home there, what came since is not saved, and is kept as such.
                session.path = path
                session.saved_changed.emit()
            self.note_recent(path)
            self._take(path)
            if then is not None and not session.dirty:
                then()

        self._jobs.run(lambda _: self._backend.files.save(path, project), saved, self._say, lane="files")

    def _forget_autosave(self) -> None:
        self._jobs.run(lambda _: self._backend.files.clear_autosave(), lambda _: None, lambda _: None, lane="files")

    def export(self, path: Path) -> None:
        """Writes the registration JSON, with the last check's report where there was one."""
        project, check = self._session.project, self._session.check
        report = check.as_json() if check is not None else None
        self._jobs.run(
            lambda _: self._backend.files.export(path, project, report),
            lambda _: self.notice.emit(f"Exported to {quoted(path.name)}."),
            self._say,
            lane="files",
        )

    def export_report(self, path: Path) -> None:
        """Writes the last check's report, in the form of the file's suffix."""
        report, project = self._session.check, self._session.project
        if report is None:
            return
        self._jobs.run(
            lambda job: self._backend.files.export_report(path, report, project.images, project.settings, job.token),
            lambda _: self.notice.emit(f"Saved the report to {quoted(path.name)}."),
            self._say,
            lane="files",
        )

    # --- other windows

    def _take(self, path: Path) -> None:
        """Says so where another window has the project: what is saved last counts."""

        def taken(ours: bool) -> None:
            if not ours:
                self.failed.emit(
                    f"{quoted(path.name)} is also open in another window. The last save overwrites the other."
                )

        self._jobs.run(lambda _: self._backend.files.take(path), taken, self._say, lane="files")

    def _let_go(self) -> None:
        self._jobs.run(lambda _: self._backend.files.let_go(), lambda _: None, self._say, lane="files")

    # --- autosave and recovery

    def _maybe_autosave(self) -> None:
        if self._session.dirty:
            self._timer.start()

    def autosave(self) -> None:
        """Keeps the unsaved state, so that a crash loses nothing. Practice is not kept."""
        session = self._session
        if session.dirty and not session.practice:
            project, path = session.project, session.path
            self._jobs.run(
                lambda _: self._backend.files.autosave(project, path),
                lambda _: self._autosaved(None),
                self._autosaved,
                lane="files",
            )

    _autosave_fails = False

    def _autosaved(self, error: AppError | None) -> None:
        """Where it can not be kept that is said once, not after every change."""
        if error is not None and not self._autosave_fails:
            self._say(error)
        self._autosave_fails = error is not None

    def look_for_recoverable(self, found: Callable[[tuple[Recovered, ...]], None]) -> None:
        """Hands over what an earlier run left unsaved."""
        self._jobs.run(lambda _: self._backend.files.recoverable(), found, self._say, lane="files")

    def recover(self, item: Recovered) -> None:
        """Opens what was left, unsaved as it was."""

        def recovered(found: tuple[Project, Path | None]) -> None:
            self._session.replace_project(*found)
            self._session.dirty = True
            self._session.saved_changed.emit()
            if found[1] is not None:
                self._take(found[1])

        def read(found: tuple[Project, Path | None]) -> None:
            self._after_practice(lambda: recovered(found))

        self._jobs.run(lambda _: self._backend.files.recover(item), read, self._say, lane="files")

    def discard(self, item: Recovered) -> None:
        """Deletes what was left."""
        self._jobs.run(lambda _: self._backend.files.discard(item), lambda _: None, self._say, lane="files")

    # --- recent

    def note_recent(self, path: Path) -> None:
        """Puts a project at the top of *Open recent*."""
        self._jobs.run(
            lambda _: self._backend.files.add_recent(path),
            lambda _: self.recent_changed.emit(),
            lambda _: None,
            lane="files",
        )

    def _say(self, error: AppError) -> None:
        self.failed.emit(error.sentence)
