"""The class table as a Qt model: listed rows in their order, then those that were returned and are not listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from byom_gui.core.reconcile import ClassRow, words
from byom_gui.ui import icons
from byom_gui.ui.widgets.basic import plain
from byom_gui.ui.widgets.table import CELL_ROLE, EMPTY, KIND_ROLE, Cell, RowKind

Index = QModelIndex | QPersistentModelIndex

NAME, TYPE, SERVED, TEAM, SEEN = range(5)
TITLES = ("Name", "Type", "Server", "Team", "Count")
TIPS = (
    "The class name as the server returns it",
    "The shape that V7 expects for this class",
    "Whether the server's class list has this class",
    "Whether the team in V7 has a class with this name",
    "Number of results with this class",
)
UNLISTED = "Returned, not listed"
_ROOT = QModelIndex()

Line = ClassRow | None
"""A row of the table; None is the head of the section below which the unlisted ones stand."""


def severity_icon(row: ClassRow) -> str:
    """The icon of the row's worst problem, or nothing."""
    severities = {problem.severity for problem in row.problems}
    return next((icon for key, icon in (("error", "bad"), ("warning", "warn")) if key in severities), "")


def problem_text(row: ClassRow) -> str:
    """All that is wrong with the row, as one text."""
    return "\n".join(problem.message for problem in row.problems)


def _said(value: str) -> str:
    return {"yes": "yes", "no": "no", "new": "new", "unknown": "unknown"}[value]


class ClassesModel(QAbstractTableModel):
    """Rows of ``core.reconcile``. An edit changes nothing here: it leaves as a signal and comes back as new rows."""

    renamed = Signal(int, str)
    retyped = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[ClassRow, ...] = ()
        self._lines: list[Line] = []
        self._filter = ""
        self._types_as_icons = False
        self._unlisted = 0
        self._texts: list[str] | None = None
        """What a search looks at; folded at the first search of these rows, and not at each key."""

    @property
    def rows(self) -> tuple[ClassRow, ...]:
        """All rows, whatever the filter."""
        return self._rows

    @property
    def filtered(self) -> bool:
        """Whether a filter is in force."""
        return bool(self._filter)

    @property
    def listed_count(self) -> int:
        """How many classes are listed, whatever the filter."""
        return len(self._rows) - self._unlisted

    def set_rows(self, rows: Sequence[ClassRow]) -> None:
        """Shows new rows; those that did not move keep selection and open editor."""
        self._rows = tuple(rows)
        self._texts = None
        self._unlisted = sum(1 for row in self._rows if row.row is None)
        self._show()

    def set_filter(self, text: str) -> None:
        """Shows only rows whose name or type holds the text."""
        self._filter = text.strip().casefold()
        self._show()

    def set_types_as_icons(self, on: bool) -> None:
        """In a narrow panel the type is an icon."""
        self._types_as_icons = on
        self._all_changed()

    def line(self, at: int) -> Line:
        """The row at a place of the table, None for a section's head."""
        return self._lines[at] if 0 <= at < len(self._lines) else None

    def find(self, name: str) -> int:
        """The place of the first row with this name, -1 where there is none."""
        return next((at for at, line in enumerate(self._lines) if line is not None and line.name == name), -1)

    def place_of(self, row: int) -> int:
        """The place of a listed row by its place in the list, -1 where the filter hides it."""
        if not self._filter:
            return row if row < self.listed_count else -1
        return next((at for at, line in enumerate(self._lines) if line is not None and line.row == row), -1)

    def unlisted_names(self) -> tuple[str, ...]:
        """What was returned and is not listed, whatever the filter."""
        return tuple(row.name for row in self._rows if row.row is None)

    def section_rows(self) -> tuple[int, ...]:
        """Where the section's head is."""
        return tuple(at for at in (self._head(),) if at >= 0)

    def _head(self) -> int:
        """The section's head; it stands before the unlisted rows, which are the last."""
        shown = sum(self._is_found(at) for at in range(self.listed_count, len(self._rows)))
        return len(self._lines) - shown - 1 if shown else -1

    def first_problem(self) -> ClassRow | None:
        """The first row with an error, else the first with a warning."""
        flawed = [row for row in self._rows if row.problems]
        return next((row for row in flawed if severity_icon(row) == "bad"), flawed[0] if flawed else None)

    def problem_count(self) -> int:
        """How many rows have a problem."""
        return sum(1 for row in self._rows if row.problems)

    # How new rows come in

    def _is_found(self, at: int) -> bool:
        """Whether a row holds what is searched for."""
        if not self._filter:
            return True
        if self._texts is None:
            self._texts = [f"{row.name}\n{words(row.type)}".casefold() for row in self._rows]
        return self._filter in self._texts[at]

    def _wanted(self) -> list[Line]:
        shown = [row for at, row in enumerate(self._rows) if self._is_found(at)] if self._filter else self._rows
        listed: list[Line] = [row for row in shown if row.row is not None]
        unlisted = [row for row in shown if row.row is None]
        return [*listed, None, *unlisted] if unlisted else listed

    def _show(self) -> None:
        new, old = self._wanted(), self._lines
        if len(new) != len(old):
            head = _same(new, old)
            tail = min(_same(reversed(new), reversed(old)), len(old) - head, len(new) - head)
            if len(old) - tail > head:
                self.beginRemoveRows(_ROOT, head, len(old) - tail - 1)
                self._lines = [*old[:head], *old[len(old) - tail :]]
                self.endRemoveRows()
            if len(new) - tail > head:
                self.beginInsertRows(_ROOT, head, len(new) - tail - 1)
                self._lines = new
                self.endInsertRows()
        self._lines = new
        self._all_changed()

    def _all_changed(self) -> None:
        if self._lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, SEEN))

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Rows and the section's head."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Name, type, served, team, seen."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles and what they mean."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int((_ALIGN[section] | Qt.AlignmentFlag.AlignVCenter).value)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only listed rows are edited and dragged; a section's head is not chosen."""
        line = self.line(index.row()) if index.isValid() else None
        if line is None:
            return Qt.ItemFlag.ItemIsEnabled if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if line.row is not None:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
            if index.column() in (NAME, TYPE):
                flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Sends an edit off; what was not changed sends nothing."""
        line = self.line(index.row())
        if role != Qt.ItemDataRole.EditRole or line is None or line.row is None:
            return False
        text = str(value)
        if index.column() == NAME and text != line.name:
            self.renamed.emit(line.row, text)
        elif index.column() == TYPE and text != line.type:
            self.retyped.emit(line.row, text)
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cells for the delegate; words for everyone else."""
        if not index.isValid():
            return None
        line = self.line(index.row())
        if role == CELL_ROLE:
            return self._cell(line, index.column())
        if role == KIND_ROLE:
            return _kind(line)
        if role == Qt.ItemDataRole.ToolTipRole:
            tip = self._tip(line, index.column())
            return None if tip is None else plain(tip)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(line, index.column())
        if role == Qt.ItemDataRole.EditRole and line is not None:
            return (line.name, line.type, line.served, line.team, line.seen)[index.column()]
        return None

    def _words(self, line: Line, column: int) -> str:
        if line is None:
            return f"{UNLISTED}: {self._unlisted}" if column == NAME else ""
        return (line.name, words(line.type), _said(line.served), _said(line.team), str(line.seen))[column]

    def _tip(self, line: Line, column: int) -> str | None:
        if line is None:
            return None
        if column == TYPE:
            return words(line.type)
        if column == SERVED:
            return _SERVED_TIPS[line.served]
        if column == TEAM and line.row is not None:
            return _TEAM_TIPS[line.team]
        return problem_text(line) or (line.name if column == NAME else None)

    def _cell(self, line: Line, column: int) -> Cell:
        if line is None:
            return Cell(UNLISTED, strong=True, count=str(self._unlisted)) if column == NAME else EMPTY
        bad = _kind(line) == "bad"
        if column == NAME:
            return _name_cell(line, bad)
        if column == TYPE:
            if self._types_as_icons and line.type in icons.PATHS:
                return Cell(mark=line.type, mark_tone="text2")
            return Cell(words(line.type) or "none", tone="text2")
        if column == SEEN:
            return Cell(f"{line.seen:,}", tone="bad" if bad else "text", mono=True, align="right")
        if line.row is None:
            return Cell("Add", tone="accenttext", align="centre", small=True) if column == TEAM else EMPTY
        return _state_cell(line.served if column == SERVED else line.team)


_ALIGN = (
    Qt.AlignmentFlag.AlignLeft,
    Qt.AlignmentFlag.AlignLeft,
    Qt.AlignmentFlag.AlignHCenter,
    Qt.AlignmentFlag.AlignHCenter,
    Qt.AlignmentFlag.AlignRight,
)
_SERVED_TIPS = {
    "yes": "The server's class list has this class.",
    "no": "The server's class list does not have this class.",
    "unknown": "Unknown: the server's list was not fetched, or the server did not return one.",
}
_TEAM_TIPS = {
    "yes": "The team in V7 has a class with this name.",
    "new": "The team in V7 has no class with this name yet.",
    "unknown": "Unknown: no key is set, or the team's classes were not fetched.",
}


def _kind(line: Line) -> RowKind:
    if line is None:
        return "section"
    return "bad" if line.row is None and severity_icon(line) == "bad" else ""


def _name_cell(line: ClassRow, bad: bool) -> Cell:
    name = line.name if line.name.strip() else "(no name)"
    tone = "bad" if bad else "text" if line.name.strip() else "text3"
    return Cell(name, tone=tone, swatch=line.colour, icon=severity_icon(line))


def _state_cell(value: str) -> Cell:
    if value == "yes":
        return Cell(mark="tick", mark_tone="text2")
    if value == "new":
        return Cell("new", tone="text2", small=True, align="centre")
    return Cell("no" if value == "no" else "–", tone="text2", small=True, align="centre")


def _key(line: Line) -> tuple[str, bool]:
    return (UNLISTED, False) if line is None else (line.name, line.row is not None)


def _same(one: Iterable[Line], other: Iterable[Line]) -> int:
    """How many show the same from the start on."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if _key(left) != _key(right):
            break
        count += 1
    return count
