"""The model's classes beside the team's, as a Qt model."""

from __future__ import annotations

from collections.abc import Sequence

from byom_gui.core.class_mapping import MATCH_WORDS, MappedClass
from byom_gui.core.reconcile import words
from byom_gui.ui.models.rows import RowsModel
from byom_gui.ui.widgets.table import Cell

NAME, TYPE, TARGET, MATCH, SEEN = range(5)
TITLES = ("Model class", "Type", "Team class", "Match", "Count")
_DASH = "–"


def outcome_of(each: MappedClass) -> str:
    """The icon of a row."""
    if each.problem or (each.target is None and each.match != "left-out"):
        return "warn"
    return "ok" if each.target is not None else ""


class MappingModel(RowsModel[MappedClass]):
    """Rows of ``core.class_mapping``."""

    def __init__(self) -> None:
        super().__init__(TITLES, (SEEN,))

    def put(self, values: Sequence[MappedClass]) -> None:
        """Shows new rows; where they are of the same classes, the selection stays."""
        new = tuple(values)
        if not new or [each.name for each in new] != [each.name for each in self._values]:
            super().put(new)
            return
        self._values = new
        self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, SEEN))

    def text(self, value: MappedClass, column: int) -> str:
        """Class, type, the team's class, match, how often seen."""
        target = value.target.name if value.target else "Left out" if value.match == "left-out" else _DASH
        return (value.name, words(value.type), target, MATCH_WORDS[value.match], f"{value.seen:,}")[column]

    def tip(self, value: MappedClass, column: int, text: str) -> str:
        """What stands in the way, where something does."""
        return value.problem or super().tip(value, column, text)

    def cell(self, value: MappedClass, column: int, text: str) -> Cell:
        """With the class's colour, and the match's outcome."""
        if column == NAME:
            return Cell(text, swatch=value.colour)
        if column == SEEN:
            return Cell(text if value.seen else _DASH, tone="text2", mono=True, align="right")
        if column == TARGET:
            return Cell(text, tone="text" if value.target else "text2")
        return Cell(text, tone="text2", icon=outcome_of(value) if column == MATCH else "")
