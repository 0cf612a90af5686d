"""The model's classes beside the team's, as a Qt model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from byom_gui.core.class_mapping import MATCH_WORDS, MappedClass
from byom_gui.core.reconcile import words
from byom_gui.ui.widgets.basic import plain
from byom_gui.ui.widgets.table import CELL_ROLE, Cell

Index = QModelIndex | QPersistentModelIndex
NAME, TYPE, TARGET, MATCH, SEEN = range(5)
TITLES = ("Class of the model", "Type", "Class of the team", "Match", "Seen")
_ROOT = QModelIndex()
_DASH = "–"


def outcome_of(each: MappedClass) -> str:
    """The icon of a row."""
    if each.problem or (each.target is None and each.match != "left-out"):
        return "warn"
    return "ok" if each.target is not None else ""


class MappingModel(QAbstractTableModel):
    """Rows of ``core.class_mapping``; nothing is edited here."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[MappedClass, ...] = ()

    def set_rows(self, rows: Sequence[MappedClass]) -> None:
        """Shows new rows; where they are of the same classes, the selection stays."""
        new = tuple(rows)
        same = [each.name for each in new] == [each.name for each in self._rows]
        if same:
            self._rows = new
            if new:
                self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, SEEN))
            return
        self.beginResetModel()
        self._rows = new
        self.endResetModel()

    def row(self, at: int) -> MappedClass | None:
        """The class at a place; None where there is none."""
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One a class."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Class, type, how often seen, the team's class, match."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == SEEN else Qt.AlignmentFlag.AlignLeft
            return int((side | Qt.AlignmentFlag.AlignVCenter).value)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cells for the delegate; words for everyone else."""
        if not index.isValid():
            return None
        each, column = self._rows[index.row()], index.column()
        if role == CELL_ROLE:
            return _cell(each, column)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _text(each, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(each.problem or _text(each, column))
        return None


def _text(each: MappedClass, column: int) -> str:
    target = each.target.name if each.target else "Left out" if each.match == "left-out" else _DASH
    return (each.name, words(each.type), target, MATCH_WORDS[each.match], f"{each.seen:,}")[column]


def _cell(each: MappedClass, column: int) -> Cell:
    text = _text(each, column)
    if column == NAME:
        return Cell(text, swatch=each.colour)
    if column == SEEN:
        return Cell(text if each.seen else _DASH, tone="text2", mono=True, align="right")
    if column == TARGET:
        return Cell(text, tone="text" if each.target else "text2")
    return Cell(text, tone="text2", icon=outcome_of(each) if column == MATCH else "")
