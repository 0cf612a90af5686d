"""The picture with its overlay: zoom, pan, hover and selection by mouse and keys."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from byom_gui.core import clipping
from byom_gui.core.geometry import Box, describe
from byom_gui.core.hit import hit
from byom_gui.core.image import Raster
from byom_gui.core.view import View
from byom_gui.ui import painter as overlays
from byom_gui.ui import theme
from byom_gui.ui.chips import Labels, Layout
from byom_gui.ui.painter import Look
from byom_gui.ui.scene import Item, Scene
from byom_gui.ui.widgets.canvas_sheet import SLICE, Picture, Sheet

if TYPE_CHECKING:
    pass

NONE = -1
_REACH = 6.0
ZOOM_STEP = 1.25
REST_MS = 25
"""After the last movement the overlay is painted on."""


class CanvasView(QWidget):
    """Shows one picture. ``selected`` and ``hovered`` carry a prediction's index, -1 for none."""

    selected = Signal(int)
    hovered = Signal(int)
    zoom_changed = Signal(float)
    described = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Image")
        self.setMinimumSize(theme.px(160), theme.px(120))
        self.view = View(1.0, 1.0, (1.0, 1.0))
        self.scene = Scene()
        self.look = Look()
        self.overlays_on = True
        self._picture: Picture | None = None
        self._sheet = Sheet()
        self._fits = True
        self._more = QTimer(self, singleShot=True)
        self._more.timeout.connect(self._paint_on)
        theme.state().changed.connect(self._theme_changed)

    # --- what is shown

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture to zoom."""
        return self._picture is not None

    def set_picture(self, raster: Raster | None) -> None:
        """Shows a picture; one of another size than before is fitted."""
        size = self._picture.size if self._picture else None
        self._picture = Picture(raster) if raster else None
        if self._picture and self._picture.size != size:
            self.view = replace(self.view, picture=self._picture.size)
            self.fit()
        self._describe()
        self.update()

    def set_scene(self, scene: Scene) -> None:
        """Shows what was found; a selection that is no longer there is dropped."""
        self.scene = scene
        keep = self.scene.by_index
        chosen = self.look.selected if self.look.selected in keep else None
        self.look = replace(self.look, selected=chosen, hovered=None)
        self._describe()
        self.update()

    def set_threshold(self, threshold: float) -> None:
        """Leaves out objects below a confidence."""
        self.look = replace(self.look, threshold=threshold)
        self._describe()
        self.update()

    def set_labels(self, labels: Labels) -> None:
        """Which objects carry their name."""
        self.look = replace(self.look, labels=labels)
        self.update()

    def set_fill(self, share: float) -> None:
        """How opaque areas are at rest, 0 to 0.6."""
        self.look = replace(self.look, fill=share)
        self.update()

    def set_overlays(self, on: bool) -> None:
        """Shows or hides all that lies on the picture."""
        self.overlays_on = on
        self.update()

    def set_selected(self, index: int | None) -> None:
        """Selects without a signal; an object out of sight is brought into it."""
        index = index if index is not None and index in self.scene.by_index else None
        if index == self.look.selected:
            return
        self.look = replace(self.look, selected=index)
        box = self._box(index)
        if box is not None and self._picture and not clipping.meets(self.view.box(box), self.view.frame):
            self._show(self.view.centred(box[0] + box[2] / 2, box[1] + box[3] / 2), fits=False)
        self._describe()
        self.update()

    def pick(self, index: int | None) -> None:
        """Selects as the user does: with the signal."""
        if index != self.look.selected:
            self.set_selected(index)
            self.selected.emit(NONE if index is None else index)

    def hover(self, index: int | None) -> None:
        """Marks the object under the pointer."""
        if index != self.look.hovered:
            self.look = replace(self.look, hovered=index)
            self.hovered.emit(NONE if index is None else index)
            self.update()

    def shown(self) -> list[Item]:
        """The objects at or above the confidence, in the order of the answer."""
        return sorted(self.scene.above(self.look.threshold), key=lambda item: item.prediction.index)

    def step(self, way: int) -> bool:
        """Selects the next object (1) or the one before (-1); False where there is none further."""
        order = [item.prediction.index for item in self.shown()] if self.overlays_on else []
        if self.look.selected in order:
            place = order.index(self.look.selected) + way
        else:
            place = 0 if way > 0 else len(order) - 1
        if not 0 <= place < len(order):
            return False
        self.pick(order[place])
        return True

    def under(self, at: QPointF) -> int | None:
        """The object at a place of the screen: a chip's, or what is drawn there."""
        if not self.overlays_on or not self._picture:
            return None
        for chip in reversed(self._sheet.layout.chips.values()):
            x, y, wide, high = chip.box
            if x <= at.x() <= x + wide and y <= at.y() <= y + high:
                return chip.item.prediction.index
        x, y = self.view.to_picture(at.x(), at.y())
        reach = _REACH / self.view.scale
        spot = (x - reach, y - reach, 2 * reach, 2 * reach)
        close = [i.prediction for i in self.scene.above(self.look.threshold) if i.box and clipping.meets(i.box, spot)]
        return hit(close, x, y, reach)

    # --- zoom and pan

    def fit(self) -> None:
        """The whole picture, and so it stays when the window is resized."""
        self._show(self.view.fitted(), fits=True)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Larger or smaller about a place of the screen, or about the middle."""
        at = at or QPointF(self.width() / 2, self.height() / 2)
        self._show(self.view.zoomed(factor, at.x(), at.y()), fits=False)

    def zoom_to(self, scale: float) -> None:
        """To a scale, about the middle."""
        self.zoom_by(scale / self.view.scale)

    def pan(self, dx: float, dy: float) -> None:
        """Moves the picture by pixels of the screen."""
        self._show(self.view.panned(dx, dy), fits=False)

    def zoom_to_object(self, index: int | None) -> None:
        """Shows one object large; nothing happens for those without a place."""
        box = self._box(index)
        if box is not None:
            self._show(self.view.shows(box), fits=False)

    def _box(self, index: int | None) -> Box | None:
        item = self.scene.by_index.get(index) if index is not None else None
        return item.box if item else None

    def _show(self, view: View, *, fits: bool) -> None:
        if self._picture is None:
            return
        changed = view.scale != self.view.scale
        self.view, self._fits = view, fits
        if changed:
            self.zoom_changed.emit(view.scale)
        self.update()

    # --- painting

    def sizeHint(self) -> QSize:
        """Room for a picture."""
        return QSize(theme.px(640), theme.px(480))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the middle, or the fit."""
        size = event.size()
        self.view = self.view.resized(float(size.width()), float(size.height()))
        if self._fits:
            self.fit()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Paints names anew in another font."""
        if event.type() == QEvent.Type.FontChange:
            self._theme_changed()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - all of it is painted
        """Ground, picture, overlay, and a focus edge."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("canvas"))
        if self._picture:
            ratio = self.devicePixelRatioF()
            self._picture.draw(painter, self.view, ratio)
            if self.overlays_on:
                self._paint_overlay(painter, ratio)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.colour("focus"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()

    def _paint_overlay(self, painter: QPainter, ratio: float) -> None:
        done = self._sheet.draw(painter, self.scene, self.view, self.look, ratio)
        overlays.paint_top(painter, self.scene, self.view, self.look, self._sheet.layout if done else Layout())
        if not done:
            # While the picture is moved, all the time goes to the frames.
            self._more.start(REST_MS)

    def _paint_on(self) -> None:
        if self._sheet.advance(SLICE):
            self.update()
        else:
            self._more.start(0)

    @property
    def sharp_pending(self) -> bool:
        """Whether the overlay of what is in sight is still being painted."""
        return self._sheet.busy or self._more.isActive()

    def settle(self) -> None:
        """Finishes the overlay at once, whatever it takes: for screenshots."""
        self.grab()
        self._sheet.advance(math.inf)
        self.update()

    def _theme_changed(self) -> None:
        self._sheet.drop()
        self.update()

    def _describe(self) -> None:
        count = len(self.scene.above(self.look.threshold))
        text = "No image" if self._picture is None else f"{count} object" if count == 1 else f"{count} objects"
        item = self.scene.by_index.get(self.look.selected) if self.look.selected is not None else None
        if item is not None and self._picture is not None:
            found = item.prediction
            text += f"; selected: {found.name} {found.confidence:.2f}, {describe(found.shape)}"
        self.setAccessibleDescription(text)
        self.described.emit()
