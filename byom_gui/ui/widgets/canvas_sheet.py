"""What the canvas keeps between frames: the picture in smaller sizes, and the overlay as it was last painted."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from byom_gui.core.image import Raster
from byom_gui.core.view import View
from byom_gui.ui import painter as overlays
from byom_gui.ui.chips import ChipFonts, Layout
from byom_gui.ui.painter import Look
from byom_gui.ui.scene import Scene

SHARP_WITHIN = 0.012
"""An overlay that took no longer than this, in seconds, is painted anew for every frame of a movement."""


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
class Sheet:
    """The overlay without pointer and selection, as last painted."""

    layout: Layout = field(default_factory=Layout)
    cost: float = 0.0
    _pixmap: QPixmap | None = None
    _view: View | None = None
    _made_of: tuple[object, ...] = ()
    _scene: Scene | None = None

    def draw(self, painter: QPainter, scene: Scene, view: View, look: Look, ratio: float, *, moving: bool) -> bool:
        """Draws it; while ``moving``, one that is slow to paint is only moved along. True where it has to be
        painted sharp soon."""
        made_of = (look.threshold, look.labels, look.fill, look.words, ratio)
        same = made_of == self._made_of and scene is self._scene and self._pixmap is not None
        if same and moving and view != self._view and self.cost > SHARP_WITHIN:
            self._draw_moved(painter, view)
            return True
        if not same or view != self._view:
            self._paint(scene, view, look, ratio)
            self._made_of, self._scene, self._view = made_of, scene, view
        assert self._pixmap is not None
        painter.drawPixmap(QPointF(0, 0), self._pixmap)
        return False

    def drop(self) -> None:
        """Forgets the picture, as after a change of font."""
        self._pixmap = None

    def _paint(self, scene: Scene, view: View, look: Look, ratio: float) -> None:
        began = time.perf_counter()
        pixmap = QPixmap(max(round(view.width * ratio), 1), max(round(view.height * ratio), 1))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.layout = overlays.paint_rest(painter, scene, view, look, ChipFonts.now())
        painter.end()
        self._pixmap = pixmap
        self.cost = time.perf_counter() - began

    def _draw_moved(self, painter: QPainter, view: View) -> None:
        assert self._view is not None
        assert self._pixmap is not None
        grown = view.scale / self._view.scale
        x, y = view.x - self._view.x * grown, view.y - self._view.y * grown
        wide, high = self._view.width * grown, self._view.height * grown
        painter.drawPixmap(QRectF(x, y, wide, high), self._pixmap, QRectF(self._pixmap.rect()))
