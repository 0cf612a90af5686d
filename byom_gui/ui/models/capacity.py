"""What was measured at each number of requests at once, as a Qt model."""

from __future__ import annotations

from collections.abc import Sequence

from byom_gui.core.capacity import Level, best, hours_text
from byom_gui.ui.models.rows import RowsModel
from byom_gui.ui.widgets.table import Cell

TITLES = ("Concurrency", "Calls", "Failed", "p50", "p95", "p99", "Per second", "All items")
_FAILED = 2


class CapacityModel(RowsModel[Level]):
    """Levels, growing while they are measured."""

    def __init__(self) -> None:
        super().__init__(TITLES, range(len(TITLES)))
        self._items = 1

    def set_levels(self, levels: Sequence[Level], items: int) -> None:
        """Shows these, for so many items."""
        self._items = items
        self.put(levels)

    def text(self, value: Level, column: int) -> str:
        """Figures, and how long all items take."""
        times = (f"{time:,.0f} ms" if time is not None else "–" for time in (value.p50, value.p95, value.p99))
        hours = hours_text(value.hours(self._items)).removeprefix("about ")
        first = (str(value.at_once), str(value.calls), f"{value.error_rate:.0%}")
        return (*first, *times, f"{value.per_second:,.1f}", hours)[column]

    def cell(self, value: Level, column: int, text: str) -> Cell:
        """The pace to plan with is strong."""
        tone = "bad" if column == _FAILED and value.failed else "text"
        return Cell(text, tone=tone, align="right", strong=value is best(self._values))
