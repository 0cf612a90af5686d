"""What the canvas keeps between frames: the picture in smaller sizes, and the overlay as it was last painted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from byom_gui.core.image import Raster
from byom_gui.core.view import View
from byom_gui.ui import painter as overlays
from byom_gui.ui.chips import ChipFonts, Layout
from byom_gui.ui.painter import Look, Step
from byom_gui.ui.scene import Scene

FIRST_SLICE, SLICE = 0.005, 0.02
"""Seconds of painting within one frame, and in each step after it: the window answers in between."""


class Picture:
    """A picture and, as they are needed, its halves: scaling down from far larger would leave out pixels."""

    def __init__(self, raster: Raster) -> None:
        self.size = (float(raster.full_width), float(raster.full_height))
        self._levels: list[QImage] = [overlays.to_image(raster)]

    def draw(self, painter: QPainter, view: View, ratio: float) -> None:
        """Draws what is in sight of it; smooth, and from 300 % on in clear pixels."""
        wide, high = self.size[0] * view.scale, self.size[1] * view.scale
        image = self._level(wide * ratio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.scale <= overlays.PIXELATED_ABOVE)
        painter.drawImage(QRectF(view.x, view.y, wide, high), image)

    def _level(self, wide: float) -> QImage:
        place = 0
        while self._levels[place].width() >= 2 * wide and self._levels[place].width() > 64:
            place += 1
            if place == len(self._levels):
                self._levels.append(_half(self._levels[-1]))
        return self._levels[place]


def _half(image: QImage) -> QImage:
    size = QSize(max(image.width() // 2, 1), max(image.height() // 2, 1))
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


@dataclass(slots=True)
class _Page:
    """An overlay painted, or being painted, for one view of one scene."""

    scene: Scene
    view: View
    look: tuple[object, ...]
    ratio: float
    pixmap: QPixmap
    layout: Layout
    steps: Iterator[Step]


@dataclass(slots=True)
class Sheet:
    """The overlay without pointer and selection. It is painted in slices of time; meanwhile the last finished one is
    moved along with the picture."""

    clock: Callable[[], float] = time.perf_counter
    _front: _Page | None = None
    _back: _Page | None = None

    @property
    def layout(self) -> Layout:
        """Where the chips are."""
        return self._front.layout if self._front else Layout()

    @property
    def busy(self) -> bool:
        """Whether there is more to paint."""
        return self._back is not None

    def drop(self) -> None:
        """Forgets all, as after a change of font."""
        self._front = self._back = None

    def draw(self, painter: QPainter, scene: Scene, view: View, look: Look, ratio: float) -> bool:
        """Draws what there is; False where it is not yet that of this view, and ``advance`` has to be called."""
        key = (look.threshold, look.labels, look.fill, look.words)
        if not _is(self._front, scene, view, key, ratio):
            if not _is(self._back, scene, view, key, ratio):
                self._begin(scene, view, look, key, ratio)
                self.advance(FIRST_SLICE)
        else:
            self._back = None
        page = self._front if self._front and (self._front.scene is scene or not self._back) else self._back
        assert page is not None
        grown = view.scale / page.view.scale
        x, y = view.x - page.view.x * grown, view.y - page.view.y * grown
        if page.view == view:
            painter.drawPixmap(QPointF(0, 0), page.pixmap)
        else:
            whole = QRectF(x, y, page.view.width * grown, page.view.height * grown)
            painter.drawPixmap(whole, page.pixmap, QRectF(page.pixmap.rect()))
        return not self.busy

    def _begin(self, scene: Scene, view: View, look: Look, key: tuple[object, ...], ratio: float) -> None:
        pixmap = QPixmap(max(round(view.width * ratio), 1), max(round(view.height * ratio), 1))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        layout = Layout()
        steps = overlays.rest_steps(scene, view, look, ChipFonts.now(), layout)
        self._back = _Page(scene, view, key, ratio, pixmap, layout, steps)

    def advance(self, seconds: float) -> bool:
        """Paints on for about so long; True where all is done."""
        page = self._back
        if page is None:
            return True
        end = self.clock() + seconds
        painter = QPainter(page.pixmap)
        overlays.smooth(painter)
        for step in page.steps:
            step(painter)
            if self.clock() >= end:
                break
        else:
            self._front, self._back = page, None
        painter.end()
        return self._back is None


def _is(page: _Page | None, scene: Scene, view: View, look: tuple[object, ...], ratio: float) -> bool:
    return page is not None and page.scene is scene and (page.view, page.look, page.ratio) == (view, look, ratio)
