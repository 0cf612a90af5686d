"""The selected object: what the model said of it, in numbers."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from byom_gui.core import geometry
from byom_gui.core.colours import ClassColour
from byom_gui.core.predictions import Prediction
from byom_gui.ui import icons, theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.side_header import SideHeader
from byom_gui.ui.widgets.swatch import Swatch

_LABELS = ("Class", "Confidence", "Shape", "Position", "Size", "Area", "Text", "Attributes", "JSON path")


class _Bar(QWidget):
    """A confidence as a bar, 96 long."""

    def __init__(self) -> None:
        super().__init__()
        self.value = 0.0
        self.setFixedSize(theme.px(96), theme.px(4))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draws groove and value."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        for token, share in (("line", 1.0), ("text2", self.value)):
            painter.setBrush(theme.colour(token))
            painter.drawRoundedRect(QRectF(0, 0, whole.width() * share, whole.height()), 2, 2)
        painter.end()


class Inspector(QWidget):
    """Folds to its head; without a selection it says how to make one."""

    zoom_clicked = Signal()
    json_clicked = Signal()
    collapsed_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._object: Prediction | None = None
        self._collapsed = False
        self.zoom = basic.button(icon="target", kind="icon", on_click=self.zoom_clicked.emit, name="Zoom to object")
        self.json = basic.button(icon="code", kind="icon", on_click=self.json_clicked.emit, name="Show in JSON")
        self.fold = basic.button(icon="down", kind="icon", on_click=self.toggle, name="Collapse the selected object")
        self.header = SideHeader("Selected object", self.zoom, self.json, self.fold, height=36)
        # Not a stack: that is always as high as its highest page, and the list above has better use for the room.
        self._page = (self._nothing(), self._form())
        self._ground = basic.ground(QWidget(), "surface")
        inner = QVBoxLayout(self._ground)
        inner.setContentsMargins(0, 0, 0, 0)
        for page in self._page:
            inner.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (basic.hline(), self.header, basic.hline(), self._ground):
            layout.addWidget(part)
        self.set_object(None, None, "")

    def _nothing(self) -> QWidget:
        first = basic.label("Nothing is selected.", tone="second")
        second = basic.label("Click an object in the image, or a row under Results.", tone="second", size="small")
        second.setWordWrap(True)
        for one in (first, second):
            one.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        return basic.column(None, first, second, None, margins=(12, 16, 12, 16), spacing=4)

    def _form(self) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(*(theme.px(m) for m in (12, 8, 12, 8)))
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, theme.px(88))
        grid.setColumnStretch(1, 1)
        self._values: dict[str, QLabel] = {}
        self._titles: dict[str, QLabel] = {}
        for row, name in enumerate(_LABELS):
            title = basic.label(name, tone="second")
            title.setMinimumHeight(theme.px(24))
            mono = name in ("Confidence", "Position", "Size", "Area", "JSON path")
            value = basic.label("", mono=mono, selectable=True, wrap=name in ("Text", "Attributes", "Shape"))
            value.setAccessibleName(name)
            grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._with_extra(name, value), row, 1)
            self._titles[name], self._values[name] = title, value
        return made

    def _with_extra(self, name: str, value: QLabel) -> QWidget:
        """The class has a swatch and a note, the confidence its bar."""
        if name not in ("Class", "Confidence"):
            return value
        holder = QWidget()
        layout = QHBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(8))
        if name == "Class":
            self._swatch = Swatch()
            self._note = basic.label("", tone="bad", size="small")
            parts: tuple[QWidget, ...] = (self._swatch, value, self._note)
        else:
            self._bar = _Bar()
            parts = (value, self._bar)
        for part in parts:
            layout.addWidget(part)
        layout.addStretch(1)
        return holder

    # What is shown

    def set_object(self, prediction: Prediction | None, colour: ClassColour | None, note: str) -> None:
        """Shows a result; ``note`` says what is wrong with its class (``not listed``)."""
        self._object = prediction
        has = prediction is not None
        for button, why in ((self.zoom, "Zoom to object"), (self.json, "Show in JSON")):
            button.setVisible(has and not self._collapsed)
            basic.set_tip(button, why)
        if prediction is not None:
            self._fill(prediction, colour, note)
        self._show_page(1 if has else 0)
        self._fit()

    def _show_page(self, place: int) -> None:
        for number, page in enumerate(self._page):
            page.setVisible(number == place)

    def _fill(self, one: Prediction, colour: ClassColour | None, note: str) -> None:
        placed = geometry.bounds(one.shape) is not None
        self.zoom.setEnabled(placed)
        if not placed:
            basic.set_tip(self.zoom, "This object has no position in the image.")
        self.zoom.setAccessibleDescription("" if placed else "This object has no position in the image.")
        self._swatch.set_colour(colour)
        self._note.setText(note)
        self._bar.value = min(max(one.confidence, 0.0), 1.0) if math.isfinite(one.confidence) else 0.0
        self._bar.update()
        for name, text in _texts(one).items():
            self._values[name].setText(text or "none")
            basic.set_tip(self._values[name], basic.plain(text) if name == "Class" else "")
            basic.set_tone(self._values[name], "" if text else "second")
        for name in ("Position", "Size", "Area", "Text"):
            for label in (self._titles[name], self._values[name]):
                label.setVisible(bool(self._values[name].text() != "none"))

    def set_collapsed(self, on: bool) -> None:
        """Folds to its head, which then names the object."""
        if on != self._collapsed:
            self._collapsed = on
            self.collapsed_changed.emit(on)
        self.set_object_buttons()
        self._fit()

    def set_object_buttons(self) -> None:
        """Zoom and JSON are there while something is selected and the panel is open."""
        for button in (self.zoom, self.json):
            button.setVisible(self._object is not None and not self._collapsed)

    def toggle(self) -> None:
        """Folds or unfolds."""
        self.set_collapsed(not self._collapsed)

    @property
    def collapsed(self) -> bool:
        """Whether only its head is in sight."""
        return self._collapsed

    def _fit(self) -> None:
        self._ground.setVisible(not self._collapsed)
        icons.set_icon(self.fold, "up" if self._collapsed else "down")
        verb = "Expand" if self._collapsed else "Collapse"
        self.fold.setAccessibleName(f"{verb} the selected object")
        basic.set_tip(self.fold, f"{verb} the selected object")
        one = self._object
        self.header.set_second(f"{one.name} {one.confidence:.2f}" if self._collapsed and one is not None else "")


def _texts(one: Prediction) -> dict[str, str]:
    """All values in words; an empty one is "none", or has no row."""
    box, area = geometry.bounds(one.shape), geometry.area(one.shape)
    return {
        "Class": one.name or "(no name)",
        "Confidence": f"{one.confidence:.2f}",
        "Shape": geometry.describe(one.shape),
        "Position": f"x {_number(box[0])}  y {_number(box[1])} px" if box else "",
        "Size": f"w {_number(box[2])}  h {_number(box[3])} px" if box and (box[2] or box[3]) else "",
        "Area": f"{area:,.0f} px²" if area is not None else "",
        "Text": f"“{one.text}”" if one.text is not None else "",
        "Attributes": ", ".join(one.attributes),
        "JSON path": f"results[{one.index}]",
    }


def _number(value: float) -> str:
    return f"{value:7.1f}"
