"""Checks, Capacity: what the server can take, measured, and how long many items take at that pace."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QDialog, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from byom_gui.core.capacity import (
    MAX_CALLS,
    Capacity,
    Level,
    Step,
    conclusions,
    parse_price,
    plan,
    plan_text,
)
from byom_gui.core.errors import InputError
from byom_gui.ui import theme
from byom_gui.ui.models.capacity import CapacityModel
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.outcome import ErrorLine
from byom_gui.ui.widgets.pace_chart import PaceChart
from byom_gui.ui.widgets.table import RowTable

WIDTHS = (64, 56, 64, 80, 80, 80, 80, 0)
MOST_ITEMS = 1_000_000_000
MOST_CALLS = 5_000


class CapacityDialog(QDialog):
    """A view: ``wanted`` carries the steps to make."""

    wanted = Signal(object)
    stopped = Signal()
    save_wanted = Signal()

    def __init__(self, host: str, images: int, parent: QWidget) -> None:
        """``images``: how many of the user's are sent in turns; 0 sends the built-in samples."""
        super().__init__(parent)
        self.setWindowTitle("Capacity and credits")
        self.resize(theme.px(680), theme.px(600))
        self._host = host
        self._levels: tuple[Level, ...] = ()
        self._found: Capacity | None = None
        self._busy = False
        self.model = CapacityModel()
        self._build(images)
        self._look()

    def _build(self, images: int) -> None:
        sent = f"your {images:,} images" if images > 1 else "your image" if images else "the built-in sample images"
        lead = f"Sends {sent}, 1 to 16 at a time, and times the responses. Stops when the server cannot keep up."
        self.items, self.calls, self.price = QLineEdit("10000"), QLineEdit(str(MAX_CALLS)), QLineEdit()
        for field, name, most in ((self.items, "Items", MOST_ITEMS), (self.calls, "Maximum calls", MOST_CALLS)):
            field.setValidator(QIntValidator(1, most, field))
            field.setAccessibleName(name)
        self.price.setAccessibleName("Credits per item")
        self.price.setPlaceholderText("from your contract")
        for field in (self.items, self.calls, self.price):
            field.setFixedWidth(theme.px(112))
            field.textChanged.connect(self._look)
        self.table = RowTable("Capacity")
        self.table.setModel(self.model)
        self.table.set_widths(WIDTHS, stretch=7)
        self.table.setSelectionMode(RowTable.SelectionMode.NoSelection)
        self.table.setMinimumHeight(theme.px(28 * 6 + 4))
        self.chart = PaceChart()
        self.plan = basic.label("", tone="second", wrap=True)
        self.error = ErrorLine()
        self.said = basic.label("", wrap=True, selectable=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.measure = basic.button("Measure", kind="primary", on_click=self._start)
        self.measure.setDefault(True)
        self.save = basic.button("Save…", on_click=self.save_wanted.emit)
        self.close_button = basic.button("Close", on_click=self.reject)
        for other in (self.save, self.close_button):
            other.setAutoDefault(False)
        fields = basic.row(
            basic.label("Items"), self.items, 12, basic.label("Maximum calls"), self.calls, 12,
            basic.label("Credits per item"), self.price, None,
        )  # fmt: skip
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(8))
        for part in (basic.label(lead, tone="second", wrap=True), fields, self.plan, self.error, self.table):
            layout.addWidget(part)
        layout.addWidget(basic.label("Valid responses per second, by concurrency", tone="second", size="small"))
        layout.addWidget(self.chart)
        layout.addWidget(self.bar)
        layout.addWidget(self.said)
        layout.addStretch(1)
        layout.addWidget(basic.row(self.save, None, self.close_button, self.measure, margins=(0, 8, 0, 0)))
        self.bar.hide()

    # --- choosing

    @property
    def item_count(self) -> int:
        """For how many items it is reckoned; 1 where nothing sound stands there."""
        return max(int(self.items.text() or 1), 1)

    def _steps(self) -> tuple[Step, ...]:
        return plan(int(self.calls.text() or 0))

    def _look(self) -> None:
        """What will be sent, or why nothing can be; figures that are there are reckoned anew."""
        try:
            steps = self._steps()
            parse_price(self.price.text())
        except InputError as error:
            self.error.set_text(error.sentence)
            self.plan.setText("")
            self.measure.setEnabled(self._busy)
            return
        self.error.set_text("" if self.items.hasAcceptableInput() else "Enter the number of items.")
        self.plan.setText(plan_text(steps, self._host))
        self.measure.setEnabled(True)
        self._show()

    def _show(self) -> None:
        self.model.set_levels(self._levels, self.item_count)
        self.chart.set_levels(self._levels, len(self._steps()))
        self.save.setEnabled(bool(self._levels) and not self._busy)
        if self._found is not None and not self._busy:
            self.said.setText("\n".join(conclusions(self._found, self.item_count, parse_price(self.price.text()))))

    # --- at work

    def _start(self) -> None:
        if self._busy:
            self.stopped.emit()
            return
        self.wanted.emit(self._steps())

    def begin(self, calls: int) -> None:
        """It is being measured; Measure is Cancel meanwhile."""
        self._busy, self._levels, self._found = True, (), None
        self.bar.setRange(0, calls)
        self.bar.setValue(0)
        self.bar.show()
        self.said.setText("Warming up…")
        self.measure.setText("Cancel")
        self.measure.setAccessibleName("Cancel")
        self._fields(False)
        self._show()

    def set_progress(self, done: int, text: str) -> None:
        """How many calls were made, and what is under way."""
        self.bar.setValue(done)
        self.said.setText(f"{text}: {done} of {self.bar.maximum()} calls.")

    def add_level(self, level: Level) -> None:
        """One more level was measured."""
        self._levels = (*self._levels, level)
        self._show()

    def end(self, found: Capacity | None, sentence: str = "") -> None:
        """It is over: all of it, or what was measured until it was left or failed."""
        self._busy = False
        self._found = found or Capacity(self._levels, sentence)
        self._levels = self._found.levels
        self.bar.hide()
        self.measure.setText("Measure again")
        self.measure.setAccessibleName("Measure again")
        self._fields(True)
        self._look()
        if not self._levels:
            self.said.setText(self._found.stopped or sentence)

    @property
    def found(self) -> Capacity | None:
        """What was measured, once it is over."""
        return self._found

    def _fields(self, on: bool) -> None:
        self.calls.setEnabled(on)

    def reject(self) -> None:
        """Closes; what is under way is stopped."""
        if self._busy:
            self.stopped.emit()
        super().reject()
