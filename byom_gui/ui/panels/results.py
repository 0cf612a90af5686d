"""The results of one answer: filtered, sorted, tied to the picture and the JSON by the selection."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from byom_gui.core.colours import ClassColour
from byom_gui.core.predictions import Prediction
from byom_gui.ui import theme
from byom_gui.ui.models.results import CONFIDENCE, ResultsModel
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.table import RowTable

NARROW_UNDER = 360
WIDE, NARROW = (48, 0, 112, 88), (48, 0, 44, 88)

State = Literal["none", "waiting", "failed", "ready"]

_STATES: dict[str, tuple[str, str, str]] = {
    "none": ("image", "No image yet", "Drop an image anywhere in the window to see its results here."),
    "waiting": ("clock", "Waiting for the response", "Results appear here once the server responds."),
    "failed": ("bad", "No results", "The server's response could not be used."),
    "nothing": ("ok", "Nothing found", "The server responded, and returned no objects for this image."),
    "below": ("eye", "All results are below the confidence threshold", ""),
    "filtered": ("search", "No match", "No class or shape contains this text."),
}


class ResultsPanel(QWidget):
    """``selected`` and ``activated`` carry the place in ``results``."""

    selected = Signal(int)
    activated = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "surface")
        self.model = ResultsModel()
        self.table = RowTable("Results")
        self.table.setModel(self.model)
        self.table.set_widths(WIDE, stretch=1)
        self.table.setSelectionMode(RowTable.SelectionMode.SingleSelection)
        self.table.setEditTriggers(RowTable.EditTrigger.NoEditTriggers)
        head = self.table.horizontalHeader()
        head.setSectionsClickable(True)
        self._state: State = "none"
        self._why = ""
        self._selected: int | None = None
        self._quiet = False
        self._build()
        head.sectionClicked.connect(self.sort_by)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._current_changed())
        self.table.activated_row.connect(self._activate)
        self.filter.textChanged.connect(self._filter)
        self._refresh()

    def _build(self) -> None:
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by class or shape")
        self.filter.setAccessibleName("Filter by class or shape")
        self.filter.setClearButtonEnabled(True)
        bar = basic.row(self.filter, margins=(12, 0, 12, 0))
        bar.setMinimumHeight(theme.px(44))
        self._count: QLabel = basic.label("", tone="second", size="small")
        self._foot = basic.column(basic.hline(), basic.row(self._count, None, margins=(12, 4, 12, 4)), spacing=0)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._places: dict[str, int] = {}
        self._texts: dict[str, QLabel] = {}
        for key, (icon, title, text) in _STATES.items():
            page = basic.empty_state(icon, title, text)
            self._texts[key] = page.findChildren(QLabel)[-1]
            self._places[key] = self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(basic.hline())
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._foot)

    # What is shown

    def set_predictions(
        self, predictions: Sequence[Prediction], colours: Mapping[str, ClassColour], problem_indices: Collection[int]
    ) -> None:
        """Shows an answer's results; the selected one stays if it is there."""
        self._state = "ready"
        self._hold(lambda: self.model.set_predictions(predictions, colours, problem_indices))

    def set_state(self, state: State, why: str = "") -> None:
        """What there is instead of results: no image, a wait, a failure (``why``, in words)."""
        self._state, self._why = state, why
        if state != "ready":
            self._hold(lambda: self.model.set_predictions((), {}, ()))

    def set_threshold(self, threshold: float) -> None:
        """Hides what is below; the count says so."""
        self._hold(lambda: self.model.set_threshold(threshold))

    def set_selected(self, index: int | None) -> None:
        """Selects ``results[index]`` without a signal."""
        self._selected = index
        self._restore()

    @property
    def selected_index(self) -> int | None:
        """The place in ``results`` of what is selected."""
        return self._selected

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow the shape is an icon."""
        super().resizeEvent(event)
        narrow = self.width() < theme.px(NARROW_UNDER)
        self.table.set_widths(NARROW if narrow else WIDE, stretch=1)
        self.model.set_shapes_as_icons(narrow)

    # Inside

    def _hold(self, change: object) -> None:
        """Changes rows, and selects again what was selected."""
        self._quiet = True
        change()  # type: ignore[operator]
        self._quiet = False
        self._restore()
        self._refresh()

    def _restore(self) -> None:
        place = -1 if self._selected is None else self.model.place_of(self._selected)
        self._quiet = True
        if place < 0:
            self.table.selectionModel().clear()
        elif place != self.table.currentIndex().row():
            index = self.model.index(place, 0)
            how = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(index, how)
            self.table.scrollTo(index)
        self._quiet = False

    def _refresh(self) -> None:
        self.table.span_sections()
        page = self._page()
        self._pages.setCurrentIndex(0 if page is None else self._places[page])
        if page == "failed":
            self._texts[page].setText(self._why or _STATES[page][2])
        hidden = self.model.below
        if page == "below":
            self._texts[page].setText(f"{hidden:,} returned, none at or above the threshold. Move the slider left.")
        said = f"{self.model.shown:,} of {self.model.total:,} shown"
        self._count.setText(f"{said}, {hidden:,} below the threshold" if hidden else said)
        self._foot.setVisible(bool(self.model.total) and self.model.shown < self.model.total)

    def _page(self) -> str | None:
        if self.model.shown:
            return None
        if self._state != "ready":
            return self._state
        if not self.model.total:
            return "nothing"
        return "below" if self.model.below == self.model.total else "filtered"

    def _filter(self, text: str) -> None:
        self._hold(lambda: self.model.set_filter(text))

    def sort_by(self, column: int) -> None:
        """Sorts by a column; the same one again turns the order round. Confidence begins with the surest."""
        at, downwards = self.model.sorted_by
        down = not downwards if at == column else column == CONFIDENCE
        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self._hold(lambda: self.model.sort(column, order))

    def _current_changed(self) -> None:
        one = self.model.prediction(self.table.currentIndex().row())
        if one is not None and not self._quiet:
            self._selected = one.index
            self.selected.emit(one.index)

    def _activate(self, place: int) -> None:
        one = self.model.prediction(place)
        if one is not None:
            self.activated.emit(one.index)
