"""What was measured at each number of requests at once, as a Qt model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from byom_gui.core.capacity import Level, best, hours_text
from byom_gui.ui.widgets.table import CELL_ROLE, Cell

Index = QModelIndex | QPersistentModelIndex
TITLES = ("At once", "Calls", "Failed", "p50", "p95", "p99", "A second", "All items")
_ROOT = QModelIndex()


class CapacityModel(QAbstractTableModel):
    """Levels, growing while they are measured."""

    def __init__(self) -> None:
        super().__init__()
        self._levels: tuple[Level, ...] = ()
        self._items = 1

    def set_levels(self, levels: Sequence[Level], items: int) -> None:
        """Shows these, for so many items."""
        self.beginResetModel()
        self._levels, self._items = tuple(levels), items
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One a level."""
        return 0 if parent.isValid() else len(self._levels)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Figures of a level."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles, over the figures."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int((Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cells for the delegate; words for everyone else."""
        if not index.isValid():
            return None
        level, column = self._levels[index.row()], index.column()
        text = self._texts(level)[column]
        if role == CELL_ROLE:
            strong = level is best(self._levels)
            tone = "bad" if column == 2 and level.failed else "text"
            return Cell(text, tone=tone, align="right", strong=strong)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text
        return None

    def _texts(self, level: Level) -> tuple[str, ...]:
        times = (f"{time:,.0f} ms" if time is not None else "–" for time in (level.p50, level.p95, level.p99))
        hours = hours_text(level.hours(self._items)).removeprefix("about ")
        return (
            str(level.at_once), str(level.calls), f"{level.error_rate:.0%}", *times, f"{level.per_second:,.1f}", hours,
        )  # fmt: skip
