"""The confidence slider under a histogram of the answer, with a number field."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDoubleSpinBox, QSlider, QVBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets.basic import set_tip

BINS = 20
_STEPS = 100
_HANDLE = 14
_SLIDER = 16
_TIP = "Objects below this confidence are not drawn. Nothing is sent to the server again."


def histogram(values: Iterable[float], bins: int = BINS) -> tuple[int, ...]:
    """How many values of 0 to 1 lie in each of ``bins`` equal parts; 1 belongs to the last."""
    counts = [0] * bins
    for value in values:
        counts[min(max(int(value * bins), 0), bins - 1)] += 1
    return tuple(counts)


class _Bars(QWidget):
    """The bars, and below them the slider."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: tuple[int, ...] = (0,) * BINS
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName("Confidence")
        set_tip(self.slider, _TIP)
        self.slider.setFixedHeight(theme.px(_SLIDER))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addStretch(1)
        layout.addWidget(self.slider)
        self.setFixedHeight(theme.px(34))
        theme.state().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - all of it is painted
        """One bar a bin, those left out paler; a bin with any object at all is seen."""
        painter = QPainter(self)
        inset, base = theme.px(_HANDLE) / 2, self.height() - theme.px(_SLIDER) / 2 - 3
        step, room, most = (self.width() - 2 * inset) / BINS, base - 1, max(self.counts)
        for place, count in enumerate(self.counts):
            if count:
                kept = (place + 1) * _STEPS / BINS > self.slider.value()
                high = max(room * count / most, 2.0)
                box = QRectF(round(inset + place * step), base - high, max(round(step) - 1, 1), high)
                painter.fillRect(box, theme.colour("text2" if kept else "linestrong"))
        painter.end()


class Confidence(QWidget):
    """Slider, histogram and field hold one value. ``changed`` comes when the user moves it."""

    changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.bars = _Bars()
        self.slider = self.bars.slider
        self.field = QDoubleSpinBox()
        self.field.setRange(0, 1)
        self.field.setSingleStep(0.05)
        self.field.setDecimals(2)
        self.field.setFont(theme.mono())
        # The style takes its arrows away; with NoButtons Qt would leave the text no room at all.
        self.field.setFixedWidth(theme.px(28) + self.field.fontMetrics().horizontalAdvance("0.00"))
        self.field.lineEdit().setTextMargins(theme.px(6), 0, 0, 0)
        self.field.setAccessibleName("Confidence, 0 to 1")
        set_tip(self.field, _TIP)
        self.field.setKeyboardTracking(False)
        self._value = 0.0
        self.slider.valueChanged.connect(lambda value: self._take(value / _STEPS))
        self.field.valueChanged.connect(self._take)

    @property
    def value(self) -> float:
        """The confidence in force, 0 to 1."""
        return self._value

    def set_values(self, values: Iterable[float]) -> None:
        """The confidences of the answer, for the bars."""
        self.bars.counts = histogram(values)
        self.bars.update()

    def set_value(self, value: float) -> None:
        """Sets it without a signal."""
        self._value = min(max(value, 0.0), 1.0)
        for part in (self.slider, self.field):
            part.blockSignals(True)
        self.slider.setValue(round(self._value * _STEPS))
        self.field.setValue(self._value)
        for part in (self.slider, self.field):
            part.blockSignals(False)
        self.bars.update()

    def _take(self, value: float) -> None:
        if round(value, 2) != round(self._value, 2):
            self.set_value(value)
            self.changed.emit(self._value)
