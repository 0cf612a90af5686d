"""The registrations that were made from here, as a Qt model."""

from __future__ import annotations

from datetime import datetime

from byom_gui.core.ledger import Entry
from byom_gui.ui.models.rows import RowsModel
from byom_gui.ui.widgets.table import Cell

WHEN, NAME, TEAM, ADDRESS, CLASSES = range(5)
TITLES = ("When", "Model", "Team", "Address", "Classes")


def when_text(when: str) -> str:
    """A time for people, in their own zone, to the minute."""
    try:
        return datetime.fromisoformat(when).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return when


class HistoryModel(RowsModel[Entry]):
    """Entries of ``core.ledger``, newest first."""

    def __init__(self) -> None:
        super().__init__(TITLES, (CLASSES,))

    def text(self, value: Entry, column: int) -> str:
        """When, model, team, address, how many classes."""
        name, count = value.registration.name, f"{len(value.classes):,}"
        return (when_text(value.when), name, value.team_name, value.address, count)[column]

    def tip(self, value: Entry, column: int, text: str) -> str:
        """What the mark of an unknown outcome means."""
        if column == WHEN and value.outcome == "unknown":
            return "V7 did not respond: it may have arrived."
        return text

    def cell(self, value: Entry, column: int, text: str) -> Cell:
        """With the outcome's mark."""
        if column == WHEN:
            return Cell(text, tone="text2", icon="ok" if value.outcome == "registered" else "warn")
        if column == CLASSES:
            return Cell(text, tone="text2", mono=True, align="right")
        return Cell(text, tone="text2" if column == ADDRESS else "text", mono=column == ADDRESS)
