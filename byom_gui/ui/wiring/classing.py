"""The class list: every edit is one undoable step of the session."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from byom_gui.core.class_formats.decoding import DecodedText
from byom_gui.core.class_names import look_alike_key, near_key
from byom_gui.core.class_text import ParsedClasses, parse_class_list
from byom_gui.core.classes import KNOWN_TYPES, ClassEntry, ClassList
from byom_gui.core.errors import AppError
from byom_gui.core.preview import count_seen
from byom_gui.core.quoting import quoted
from byom_gui.core.reconcile import ClassRow, SeenClass, rows
from byom_gui.ui.jobs import Job
from byom_gui.ui.panels.paste_dialog import PasteDialog
from byom_gui.ui.parts import Parts
from byom_gui.ui.works import Works

SETTLE_MS = 60
FEW_CLASSES = 5_000
"""Classes that are compared at once; a worker does it for more."""


class Classing(QObject):
    """Joins the classes panel with the session."""

    def __init__(self, parts: Parts, works: Works, say: Callable[[str], None]) -> None:
        super().__init__(works)
        self._panel, self._parts, self._works, self._session = parts.classes, parts, works, works.session
        self._say = say
        self._rows_job: Job[tuple[ClassRow, ...]] | None = None
        self._wire_edits()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.show_rows)
        session = self._session
        for signal in (session.observed_changed, session.team_changed):
            signal.connect(self._settle.start)
        for signal in (session.classes_changed, session.project_replaced, session.endpoint_changed):
            signal.connect(self.show_rows)

    def _wire_edits(self) -> None:
        panel = self._panel
        panel.add_requested.connect(lambda entry: self.add((entry,)))
        panel.renamed.connect(self._renamed)
        panel.retyped.connect(self._retyped)
        panel.recoloured.connect(self._recoloured)
        panel.moved.connect(self._moved)
        panel.deleted.connect(self._deleted)
        panel.pasted.connect(self.add)
        panel.replaced.connect(lambda entries: self._edit("replace the list", ClassList(tuple(entries))))
        panel.take_seen.connect(self.take_seen)
        panel.file_chosen.connect(self._show_file)
        panel.class_reader = self._read_text
        panel.fetch_clicked.connect(lambda: self._works.pinging.fetch_classes())
        panel.undo_clicked.connect(self._session.undo)
        panel.redo_clicked.connect(self._session.redo)
        self._works.pinging.fetching_changed.connect(lambda on: panel.set_busy("Asking the server" if on else None))

    def _read_text(self, text: str, default_type: str, then: Callable[[ParsedClasses], None]) -> None:
        self._works.jobs.run(lambda _: parse_class_list(text, default_type), then, self._failed, lane="class list")

    def _show_file(self, dialog: PasteDialog, path: Path) -> None:
        """Reads a file that was dropped on the paste dialog, or chosen in it."""

        def show(file: DecodedText) -> None:
            if isValid(dialog):
                dialog.show_file(path.name, file)

        def failed(error: AppError) -> None:
            if isValid(dialog):
                dialog.show_error(error.sentence)

        self._works.jobs.run(lambda _: self._works.backend.files.read_text(path), show, failed, lane="class list")

    def _failed(self, error: AppError) -> None:
        self._say(error.sentence)

    def open_file(self, path: Path) -> None:
        """Shows what was understood of a class file, to be added."""
        self._parts.show_work(True)
        self._parts.right.show_view("Classes")
        self._panel.open_paste(path)

    def show_rows(self) -> None:
        """Brings list, server, answers and team side by side."""
        session = self._session
        seen = [SeenClass(name, shape, count) for (name, shape), count in count_seen(session.previews.values()).items()]
        given = (session.classes, session.served_entries, seen, session.team_classes)
        if self._rows_job is not None:
            self._rows_job.cancel()
        if len(session.classes) + len(session.served_entries or ()) <= FEW_CLASSES:
            self._rows_job = None
            self._panel.set_rows(rows(*given))
        else:
            self._rows_job = self._works.jobs.run(
                lambda _: rows(*given), self._panel.set_rows, self._failed, lane="class rows"
            )
        self._panel.set_undo(session.history.undo_label)
        self._panel.set_redo(session.history.redo_label)
        self._panel.set_fetch_enabled(session.endpoint is not None, "Connect a model first.")
        self._parts.right.set_count("Classes", len(session.classes))

    def _edit(self, label: str, classes: ClassList) -> None:
        self._session.edit_classes(label, classes)

    def add(self, entries: Sequence[ClassEntry]) -> None:
        """Adds classes at the end."""
        if entries:
            what = f"add {quoted(entries[0].name)}" if len(entries) == 1 else f"add {len(entries)} classes"
            self._edit(what, self._session.classes.add(*entries))

    def take_seen(self, names: Iterable[str]) -> None:
        """Lists classes that came in answers, with the type under which they came most."""
        counts = count_seen(self._session.previews.values())
        listed = set(self._session.classes.names)
        alike = {look_alike_key(name): name for name in listed}
        entries = []
        for name in dict.fromkeys(names):
            if name in listed:
                continue
            twin = alike.setdefault(look_alike_key(name), name)
            if twin != name:
                self._say(f"{quoted(name)} was not added: it looks the same as {quoted(twin)}.")
                continue
            shapes = {shape: count for (seen, shape), count in counts.items() if seen == name}
            best = max(shapes, key=lambda shape: shapes[shape], default=KNOWN_TYPES[0])
            entries.append(ClassEntry(name, best))
        self.add(entries)

    def _renamed(self, row: int, name: str) -> None:
        entry = self._session.classes[row]
        self._edit(f"rename {quoted(entry.name)}", self._session.classes.replaced(row, replace(entry, name=name)))

    def _retyped(self, row: int, kind: str) -> None:
        entry = self._session.classes[row]
        self._edit(
            f"change type of {quoted(entry.name)}", self._session.classes.replaced(row, replace(entry, type=kind))
        )

    def _recoloured(self, row: int, colour: str | None) -> None:
        entry = self._session.classes[row]
        self._edit(
            f"change color of {quoted(entry.name)}", self._session.classes.replaced(row, replace(entry, color=colour))
        )

    def _moved(self, row: int, to: int) -> None:
        self._edit(f"move {quoted(self._session.classes[row].name)}", self._session.classes.moved(row, to))

    def _deleted(self, rows_: Sequence[int]) -> None:
        names = [self._session.classes[row].name for row in rows_]
        what = f"delete {quoted(names[0])}" if len(names) == 1 else f"delete {len(names)} classes"
        self._edit(what, self._session.classes.without(rows_))

    # --- the fixes of findings

    def use_name(self, name: str) -> None:
        """Lists a class as the server returns it: a near match in the list takes its spelling."""
        key = near_key(name)
        for row, entry in enumerate(self._session.classes):
            if entry.name != name and near_key(entry.name) == key:
                self._renamed(row, name)
                return
        self.take_seen([name])

    def edit_name(self, name: str) -> None:
        """Opens the name of a listed class for typing."""
        row = self._session.classes.find(name)
        if row is not None:
            self._parts.right.show_view("Classes")
            self._panel.start_rename(row)

    def rename(self, old: str, new: str) -> None:
        """Renames a listed class, unless the new name is listed already."""
        row = self._session.classes.find(old)
        if row is not None and self._session.classes.find(new) is None:
            self._renamed(row, new)

    def set_type(self, name: str, kind: str) -> None:
        """Retypes a listed class."""
        row = self._session.classes.find(name)
        if row is not None:
            self._retyped(row, kind)

    def delete(self, name: str) -> None:
        """Takes a class off the list."""
        row = self._session.classes.find(name)
        if row is not None:
            self._deleted([row])
