"""How long something has been running, ticking by itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel

from byom_gui.core.pace import clock_text
from byom_gui.ui import theme


def seconds_text(seconds: float) -> str:
    """Tenths up to a minute, such as ``1.4 s``, then minutes and seconds."""
    return f"{max(0.0, seconds):.1f} s" if seconds < 60 else clock_text(seconds)


class Clock(QLabel):
    """A fixed-width clock. ``start`` lets it tick; ``set_seconds`` corrects it from outside at any time."""

    def __init__(self, shown: Callable[[float], str] = seconds_text) -> None:
        super().__init__(shown(0))
        self._shown = shown
        self._zero = 0.0
        self.setFont(theme.mono(11))
        self.setProperty("tone", "second")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName("Elapsed time")
        self._timer = QTimer(self, interval=100)
        self._timer.timeout.connect(self._tick)

    @property
    def seconds(self) -> float:
        """Since the start; 0 while it rests."""
        return time.monotonic() - self._zero if self._timer.isActive() else 0.0

    def start(self, seconds: float = 0.0) -> None:
        """Ticks on from ``seconds``."""
        self._timer.start()
        self.set_seconds(seconds)

    def stop(self) -> None:
        """Stays at what it shows."""
        self._timer.stop()

    def set_seconds(self, seconds: float) -> None:
        """Shows this, and ticks on from it if it is ticking."""
        self._zero = time.monotonic() - seconds
        self.setText(self._shown(seconds))

    def _tick(self) -> None:
        self.setText(self._shown(self.seconds))
