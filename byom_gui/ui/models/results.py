"""An answer's results as a Qt model: those with a problem first, filtered, sorted, above the confidence threshold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from byom_gui.core.colours import ClassColour
from byom_gui.core.predictions import Prediction
from byom_gui.core.reconcile import words
from byom_gui.ui.widgets.basic import plain
from byom_gui.ui.widgets.table import CELL_ROLE, EMPTY, KIND_ROLE, Cell

Index = QModelIndex | QPersistentModelIndex

NUMBER, CLASS, SHAPE, CONFIDENCE = range(4)
TITLES = ("No.", "Class", "Shape", "Confidence")
FLAWED, OTHERS = "With a problem", "Others"
_ROOT = QModelIndex()
_RIGHT = (True, False, False, True)

Line = Prediction | str
"""A result, or the title of a section."""

_SORT_KEYS: tuple[Callable[[Prediction], Any], ...] = (
    lambda one: one.index,
    lambda one: (one.name.casefold(), one.index),
    lambda one: (one.shape_name, one.index),
    lambda one: (one.confidence, -one.index),
)


class ResultsModel(QAbstractTableModel):
    """Predictions as rows. Without problems there are no section heads."""

    def __init__(self) -> None:
        super().__init__()
        self._all: Sequence[Prediction] = ()
        self._colours: Mapping[str, ClassColour] = {}
        self._flawed: Collection[int] = frozenset()
        self._filter = ""
        self._threshold = 0.0
        self._sort: tuple[int, bool] = (NUMBER, False)
        self._shapes_as_icons = False
        self._lines: list[Line] = []
        self._counts = {FLAWED: 0, OTHERS: 0}
        self._places: dict[int, int] = {}
        self.below = 0
        """How many results the threshold hides."""

    @property
    def total(self) -> int:
        """How many results the answer holds."""
        return len(self._all)

    @property
    def shown(self) -> int:
        """How many are in the table."""
        return len(self._places)

    def set_predictions(
        self, predictions: Sequence[Prediction], colours: Mapping[str, ClassColour], problem_indices: Collection[int]
    ) -> None:
        """Shows another answer."""
        self._all, self._colours, self._flawed = predictions, colours, frozenset(problem_indices)
        self._build()

    def set_filter(self, text: str) -> None:
        """Shows only results whose class or shape holds the text."""
        self._filter = text.strip().casefold()
        self._build()

    def set_threshold(self, threshold: float) -> None:
        """Hides results below this confidence."""
        if threshold != self._threshold:
            self._threshold = threshold
            self._build()

    def set_shapes_as_icons(self, on: bool) -> None:
        """In a narrow panel the shape is an icon, so that the class keeps its room."""
        if on != self._shapes_as_icons:
            self._shapes_as_icons = on
            if self._lines:
                self.dataChanged.emit(self.index(0, SHAPE), self.index(len(self._lines) - 1, SHAPE))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts within each section."""
        wanted = (max(column, NUMBER), order == Qt.SortOrder.DescendingOrder)
        if wanted != self._sort:
            self._sort = wanted
            self._build()
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, NUMBER, CONFIDENCE)

    @property
    def sorted_by(self) -> tuple[int, bool]:
        """The column, and whether downwards."""
        return self._sort

    def prediction(self, at: int) -> Prediction | None:
        """The result at a place of the table, None for a section's head."""
        line = self._lines[at] if 0 <= at < len(self._lines) else None
        return line if isinstance(line, Prediction) else None

    def place_of(self, index: int) -> int:
        """The place of ``results[index]``, -1 where it is hidden."""
        return self._places.get(index, -1)

    def section_rows(self) -> tuple[int, ...]:
        """Where the section heads are."""
        if not self._counts[FLAWED]:
            return ()
        return (0, self._counts[FLAWED] + 1) if self._counts[OTHERS] else (0,)

    def _build(self) -> None:
        self.beginResetModel()
        # A confidence that is no number stays in sight: it is a problem to be seen.
        above = [one for one in self._all if not one.confidence < self._threshold]
        self.below = len(self._all) - len(above)
        fitting = [one for one in above if self._fits(one)] if self._filter else above
        column, downwards = self._sort
        ordered = sorted(fitting, key=_SORT_KEYS[column], reverse=downwards)
        flawed = [one for one in ordered if one.index in self._flawed]
        others = [one for one in ordered if one.index not in self._flawed] if flawed else ordered
        self._counts = {FLAWED: len(flawed), OTHERS: len(others)}
        self._lines = [FLAWED, *flawed] if flawed else []
        self._lines += [OTHERS, *others] if flawed and others else others
        self._places = {line.index: at for at, line in enumerate(self._lines) if isinstance(line, Prediction)}
        self.endResetModel()

    def _fits(self, one: Prediction) -> bool:
        return self._filter in one.name.casefold() or self._filter in words(one.shape_name)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Results and section heads."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Number, class, shape, confidence."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{TITLES[section]} {'↓' if self._sort[1] else '↑'}" if section == self._sort[0] else TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if _RIGHT[section] else Qt.AlignmentFlag.AlignLeft
            return int((side | Qt.AlignmentFlag.AlignVCenter).value)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Results are chosen, section heads are not."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsSelectable if self.prediction(index.row()) else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cells for the delegate; words for everyone else."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if isinstance(line, str):
            return self._section(line, index.column(), role)
        if role == CELL_ROLE:
            return self._cell(line, index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _words(line)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(f"results[{line.index}]: {line.name}, {words(line.shape_name)}")
        return None

    def _section(self, title: str, column: int, role: int) -> Any:
        if role == KIND_ROLE:
            return "section"
        count = f"{self._counts[title]:,}"
        if role == CELL_ROLE:
            return Cell(title, strong=True, count=count) if column == NUMBER else EMPTY
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{title}: {count}" if column == NUMBER else ""
        return None

    def _cell(self, one: Prediction, column: int) -> Cell:
        text = _words(one)[column]
        if column == CLASS:
            icon = "bad" if one.index in self._flawed else ""
            return Cell(text or "(no name)", swatch=self._colours.get(one.name), icon=icon)
        if column == SHAPE:
            if self._shapes_as_icons:
                return Cell(mark=one.shape_name, mark_tone="text2")
            return Cell(text, tone="text2")
        return Cell(text, tone="text2" if column == NUMBER else "text", mono=True, align="right")


def _words(one: Prediction) -> tuple[str, str, str, str]:
    return (str(one.index), one.name, words(one.shape_name), f"{one.confidence:.2f}")
