"""The registrations that were made from here, as a Qt model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from byom_gui.core.ledger import Entry
from byom_gui.ui.widgets.basic import plain
from byom_gui.ui.widgets.table import CELL_ROLE, Cell

Index = QModelIndex | QPersistentModelIndex
WHEN, NAME, TEAM, ADDRESS, CLASSES = range(5)
TITLES = ("When", "Model", "Team", "Address", "Classes")
_ROOT = QModelIndex()


def when_text(when: str) -> str:
    """A time for people, in their own zone, to the minute."""
    try:
        return datetime.fromisoformat(when).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return when


class HistoryModel(QAbstractTableModel):
    """Entries of ``core.ledger``, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Shows these."""
        self.beginResetModel()
        self._entries = tuple(entries)
        self.endResetModel()

    def entry(self, at: int) -> Entry | None:
        """The registration at a place; None where there is none."""
        return self._entries[at] if 0 <= at < len(self._entries) else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One a registration."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """When, model, team, address, classes."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == CLASSES else Qt.AlignmentFlag.AlignLeft
            return int((side | Qt.AlignmentFlag.AlignVCenter).value)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cells for the delegate; words for everyone else."""
        if not index.isValid():
            return None
        entry, column = self._entries[index.row()], index.column()
        text = _text(entry, column)
        if role == CELL_ROLE:
            return _cell(entry, column, text)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            unknown = entry.outcome == "unknown" and column == WHEN
            return plain("V7 gave no answer: it may have arrived." if unknown else text)
        return None


def _text(entry: Entry, column: int) -> str:
    texts = (when_text(entry.when), entry.registration.name, entry.team_name, entry.address, f"{len(entry.classes):,}")
    return texts[column]


def _cell(entry: Entry, column: int, text: str) -> Cell:
    if column == WHEN:
        return Cell(text, tone="text2", icon="ok" if entry.outcome == "registered" else "warn")
    if column == CLASSES:
        return Cell(text, tone="text2", mono=True, align="right")
    return Cell(text, tone="text2" if column == ADDRESS else "text", mono=column == ADDRESS)
