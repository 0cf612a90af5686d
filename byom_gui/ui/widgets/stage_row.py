"""One step of a ping: outcome, title, what was seen, its time on the common axis; opens for more."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from byom_gui.ui import icons, theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.outcome import OutcomeMark, milliseconds_text
from byom_gui.ui.widgets.timing_bar import TimingBar

INSET = 40
"""Where titles begin: after the outcome's shape."""
BAR_FROM = 560
"""From this width on there is room for the bar."""


def facts_grid(facts: list[tuple[str, str]]) -> QWidget:
    """Label and value, line by line; values may be selected."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(0)
    grid.setVerticalSpacing(theme.px(4))
    grid.setColumnMinimumWidth(0, theme.px(112))
    grid.setColumnStretch(1, 1)
    for row, (title, value) in enumerate(facts):
        grid.addWidget(basic.label(title, tone="second"), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(basic.label(value, wrap=True, selectable=True), row, 1)
    return made


class StageRow(QWidget):
    """A head of 36 and, below it, what it opens to."""

    toggled = Signal(bool)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title_text = title
        self.mark = OutcomeMark()
        self._title = basic.label(title)
        self._title.setMinimumWidth(theme.px(100))
        self._detail = basic.label(tone="second", wrap=True)
        self.bar = TimingBar()
        self._time = basic.label(mono=True)
        self._time.setMinimumWidth(theme.px(72))
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.chevron = basic.button(icon="down", kind="icon", on_click=self.toggle, name=f"{title}: details")
        self._body: QWidget | None = None
        self._head = self._make_head()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._head)
        self.set_waiting()

    def _make_head(self) -> QWidget:
        head = QWidget()
        head.setMinimumHeight(theme.px(36))
        layout = QHBoxLayout(head)
        layout.setContentsMargins(*(theme.px(m) for m in (12, 4, 4, 4)))
        layout.setSpacing(theme.px(12))
        layout.addWidget(self.mark)
        layout.addWidget(self._title)
        layout.addWidget(self._detail, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self._time)
        layout.addWidget(self.chevron)
        return head

    @property
    def text(self) -> str:
        """What the head says."""
        return self._detail.text()

    @property
    def opened(self) -> bool:
        """Whether its details are in sight."""
        return self._body is not None and not self._body.isHidden()

    def set_waiting(self) -> None:
        """Not its turn yet."""
        self._show("todo", "", None)

    def set_running(self, detail: str = "") -> None:
        """Under way; ``detail`` says what it waits for."""
        self._show("running", detail or "running", None)

    def set_passed(self, detail: str, milliseconds: float | None) -> None:
        """It passed; ``detail`` says what was seen."""
        self._show("ok", detail or "passed", milliseconds)

    def set_failed(self, milliseconds: float | None) -> None:
        """It failed; why stands in its body."""
        self._show("bad", "failed", milliseconds)

    def set_quiet(self, detail: str) -> None:
        """Not reached, or rightly skipped."""
        self._show("not-reached", detail, None)

    def set_span(self, start: float, length: float, total: float) -> None:
        """Its time on the common axis, milliseconds."""
        self.bar.set_span(start, length, total, "bad" if self.mark.outcome == "bad" else "text2")

    def set_body(self, body: QWidget | None, *, opened: bool = False) -> None:
        """What it opens to; None takes the arrow away."""
        if self._body is not None:
            self._body.deleteLater()
        self._body = None
        if body is not None:
            self._body = basic.column(body, margins=(INSET, 12, 12, 16))
            self._body.hide()
            self._layout.addWidget(self._body)
        self._show_chevron()
        self.set_opened(opened)

    def toggle(self) -> None:
        """Opens or closes it."""
        self.set_opened(not self.opened)

    def set_opened(self, on: bool) -> None:
        """Shows or hides the details, where there are any."""
        if self._body is None or on == self.opened:
            return
        self._body.setVisible(on)
        icons.set_icon(self.chevron, "up" if on else "down")
        self.chevron.setAccessibleDescription("open" if on else "closed")
        self.toggled.emit(on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The bar goes where the words need its room; the time beside it stays."""
        super().resizeEvent(event)
        self.bar.setVisible(self.width() >= theme.px(BAR_FROM))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click anywhere on the head toggles."""
        inside = self._head.geometry().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.toggle()
        super().mouseReleaseEvent(event)

    def _show(self, outcome: str, detail: str, milliseconds: float | None) -> None:
        failed, quiet = outcome == "bad", outcome in ("todo", "not-reached")
        self.mark.set_outcome(outcome)
        self._detail.setText(detail)
        basic.set_tone(self._title, "second" if quiet else "")
        basic.set_tone(self._detail, "" if failed else "second")
        for part in (self._title, self._detail):
            if bool(part.property("strong")) != failed:
                part.setProperty("strong", failed)
                basic.restyle(part)
        self._time.setText("" if milliseconds is None else milliseconds_text(milliseconds))
        basic.ground(self._head, "badrow" if failed else "")
        basic.restyle(self._head)
        self.bar.clear()
        self.setAccessibleName(f"{self._title_text}: {detail or 'waiting'}")
        self._show_chevron()

    def _show_chevron(self) -> None:
        # Its place is kept, so that times stay in line.
        policy = self.chevron.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.chevron.setSizePolicy(policy)
        self.chevron.setVisible(self._body is not None)
