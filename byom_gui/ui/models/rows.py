"""What the tables of whole rows have in common: a tuple of values, titles, figures to the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from byom_gui.ui.widgets.basic import plain
from byom_gui.ui.widgets.table import CELL_ROLE, Cell

Index = QModelIndex | QPersistentModelIndex
T = TypeVar("T")
_ROOT = QModelIndex()


class RowsModel(QAbstractTableModel, Generic[T]):
    """A row a value; nothing is edited here. A subclass says what a cell holds.

    Args:
        titles: of the columns.
        figures: the columns whose title stands at the right, over figures.
    """

    def __init__(self, titles: Sequence[str], figures: Sequence[int]) -> None:
        super().__init__()
        self._titles, self._figures = tuple(titles), frozenset(figures)
        self._values: tuple[T, ...] = ()

    def put(self, values: Sequence[T]) -> None:
        """Shows these in place of those before."""
        self.beginResetModel()
        self._values = tuple(values)
        self.endResetModel()

    def value(self, at: int) -> T | None:
        """The value at a place; None where there is none."""
        return self._values[at] if 0 <= at < len(self._values) else None

    def text(self, value: T, column: int) -> str:
        """What a cell says."""
        raise NotImplementedError

    def cell(self, value: T, column: int, text: str) -> Cell:
        """What a cell shows."""
        raise NotImplementedError

    def tip(self, value: T, column: int, text: str) -> str:
        """What the tool-tip says; plain text."""
        del value, column
        return text

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One a value."""
        return 0 if parent.isValid() else len(self._values)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """One a title."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in self._figures else Qt.AlignmentFlag.AlignLeft
            return int((side | Qt.AlignmentFlag.AlignVCenter).value)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cells for the delegate; words for everyone else."""
        if not index.isValid():
            return None
        value, column = self._values[index.row()], index.column()
        text = self.text(value, column)
        if role == CELL_ROLE:
            return self.cell(value, column, text)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text
        return plain(self.tip(value, column, text)) if role == Qt.ItemDataRole.ToolTipRole else None
