"""How opaque the overlays' areas are: a slider that lives in a menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget, QWidgetAction

from byom_gui.ui import theme
from byom_gui.ui.painter import FILL
from byom_gui.ui.widgets import basic

MOST = 60
"""Per cent; above it the picture would be lost."""


class FillAction(QWidgetAction):
    """A row of the menu: word, slider, per cent. The arrow keys move it while it is the menu's current row."""

    changed_to = Signal(float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setProperty("fills", True)
        self.slider.setRange(0, MOST)
        self.slider.setSingleStep(5)
        self.slider.setPageStep(20)
        self.slider.setFixedWidth(theme.px(132))
        self.slider.setAccessibleName("Overlay fill, percent")
        self._number = basic.label(mono=True)
        self._number.setMinimumWidth(self._number.fontMetrics().horizontalAdvance("60%"))
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        holder = QWidget()
        layout = QHBoxLayout(holder)
        layout.setContentsMargins(*(theme.px(m) for m in (40, 4, 12, 4)))
        layout.setSpacing(theme.px(8))
        for part in (basic.label("Fill"), self.slider, self._number):
            layout.addWidget(part)
        holder.setFocusProxy(self.slider)
        holder.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setDefaultWidget(holder)
        self.slider.valueChanged.connect(self._moved)
        self.set_share(FILL)

    def set_share(self, share: float) -> None:
        """Shows 0 to 0.6, without a signal."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(share * 100))
        self.slider.blockSignals(False)
        self._number.setText(f"{self.slider.value()}%")

    def _moved(self, value: int) -> None:
        self._number.setText(f"{value}%")
        self.changed_to.emit(value / 100)
