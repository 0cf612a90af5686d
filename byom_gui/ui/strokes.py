"""How each shape is stroked: at rest, under the pointer, selected. Widths are screen pixels at every zoom."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from byom_gui.core import geometry
from byom_gui.core.geometry import Dot, Joint, Oval, Path
from byom_gui.core.predictions import Point, Polygon
from byom_gui.core.view import View
from byom_gui.ui.scene import DARK_HALO, Item

Mode = Literal["rest", "hover", "selected"]

WIDTH = {"rest": 2.0, "hover": 3.0, "selected": 2.0}
HALO = {"rest": 4.0, "hover": 5.0, "selected": 4.0}
ACTIVE_FILL = 0.32
HOLDER_SHARE = 0.5
RING, DOT, HIDDEN_RING, WIDE_RING = 5.0, 1.4, 4.0, 9.0
HANDLE, HANDLES_APART = 5.0, 12.0
SELECTED = ((8.0, DARK_HALO, 0.85), (6.0, "#FFFFFF", 1.0))
CLASS_DASH = (6.0, 4.0)
BACK_DASH = (4.0, 4.0)
WHITE = QColor("#FFFFFF")


def faded(colour: QColor, alpha: float) -> QColor:
    """The colour at an opacity, 0 to 1."""
    made = QColor(colour)
    made.setAlphaF(alpha)
    return made


@functools.lru_cache(maxsize=512)
def _pen(rgba: int, width: float, dash: tuple[float, float] | None) -> QPen:
    pen = QPen(QColor.fromRgba(rgba), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.RoundCap)
    if dash:
        pen.setDashPattern([length / width for length in dash])
    return pen


def pen(colour: QColor, width: float, dash: tuple[float, float] | None = None) -> QPen:
    """A pen; ``dash`` is on and off in pixels."""
    return _pen(colour.rgba(), width, dash)


def fill_share(item: Item, fill: float, mode: Mode) -> float:
    """How opaque the fill is, 0 to 1; a shape that holds others gets half."""
    share = fill if mode == "rest" else max(ACTIVE_FILL, fill)
    return share * HOLDER_SHARE if item.holder else share


def draw(painter: QPainter, item: Item, view: View, fill: float, mode: Mode = "rest") -> None:
    """Draws one object.

    ``hover`` and ``selected`` are drawn over the same object at rest, and add to its fill only what is missing.
    """
    share = fill_share(item, fill, mode)
    if mode != "rest":
        below = fill_share(item, fill, "rest")
        share = (share - below) / (1 - below) if below < 1 else 0.0
    strokes = [(part, polygon) for part, polygon in _strokes(item, view) if not polygon.isEmpty()]
    _fill(painter, item, strokes, share)
    for part, polygon in strokes:
        _stroke(painter, item, part, polygon, mode)
    _points(painter, item, view, mode)
    if mode == "selected":
        _handles(painter, item, view)


def _strokes(item: Item, view: View) -> Iterator[tuple[Path | Oval, QPolygonF]]:
    for place, part in enumerate(item.parts):
        if isinstance(part, Path | Oval):
            for polygon in item.polygon(place, view):
                yield part, polygon


def _closed(part: Path | Oval) -> bool:
    return isinstance(part, Oval) or part.closed


def _trace(painter: QPainter, polygon: QPolygonF, closed: bool) -> None:
    if polygon.size() == 1:
        painter.drawPoint(polygon.first())
    elif closed:
        painter.drawPolygon(polygon)
    else:
        painter.drawPolyline(polygon)


def _fill(painter: QPainter, item: Item, strokes: list[tuple[Path | Oval, QPolygonF]], share: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded(item.colour, share))
    for part, polygon in strokes:
        if isinstance(part, Oval) or (part.closed and part.part == "outline"):
            painter.drawPolygon(polygon)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _stroke(painter: QPainter, item: Item, part: Path | Oval, polygon: QPolygonF, mode: Mode) -> None:
    kind = "outline" if isinstance(part, Oval) else part.part
    behind = BACK_DASH if kind in ("back", "hidden edge") else None
    if mode == "selected" and kind != "back":
        for width, colour, alpha in SELECTED:
            painter.setPen(pen(faded(QColor(colour), alpha), width))
            _trace(painter, polygon, _closed(part))
    else:
        alpha = 0.55 if isinstance(item.prediction.shape, Polygon) else 0.6
        painter.setPen(pen(faded(item.halo, alpha), HALO[mode], behind))
        _trace(painter, polygon, _closed(part))
    painter.setPen(pen(item.colour, WIDTH[mode], behind or (CLASS_DASH if item.dashed else None)))
    _trace(painter, polygon, _closed(part))


def _at(point: Point, view: View) -> QPointF | None:
    """A point on the screen, None where it is out of sight."""
    x, y = view.to_screen(point.x, point.y)
    seen = -WIDE_RING * 2 <= x <= view.width + WIDE_RING * 2 and -WIDE_RING * 2 <= y <= view.height + WIDE_RING * 2
    return QPointF(x, y) if seen else None


def _points(painter: QPainter, item: Item, view: View, mode: Mode) -> None:
    for part in item.parts:
        if isinstance(part, Path | Oval):
            continue
        at = _at(part.at, view)
        if at is None:
            continue
        if isinstance(part, Dot):
            _keypoint(painter, item, at, mode)
        else:
            _joint(painter, item, part, at, mode)


def _ring(painter: QPainter, at: QPointF, radius: float, colour: QColor, width: float) -> None:
    painter.setPen(pen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(at, radius, radius)


def _disc(painter: QPainter, at: QPointF, radius: float, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(at, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _keypoint(painter: QPainter, item: Item, at: QPointF, mode: Mode) -> None:
    if mode == "selected":
        _ring(painter, at, WIDE_RING, faded(QColor(DARK_HALO), 0.85), 4)
        _ring(painter, at, WIDE_RING, WHITE, 2)
    if mode == "rest":
        _disc(painter, at, RING, faded(QColor(DARK_HALO), 0.25))
    _ring(painter, at, RING, faded(item.halo, 0.6), HALO[mode])
    _ring(painter, at, RING, item.colour, WIDTH[mode])
    _disc(painter, at, DOT, item.colour)


def _joint(painter: QPainter, item: Item, joint: Joint, at: QPointF, mode: Mode) -> None:
    radius = HIDDEN_RING if joint.hidden else RING
    if mode == "selected":
        _disc(painter, at, radius + 3, faded(QColor(DARK_HALO), 0.85))
        _disc(painter, at, radius + 2, WHITE)
    edge = 1.5 if mode == "hover" else 1.0
    if joint.hidden:
        _disc(painter, at, radius + 1 + edge, faded(item.halo, 0.6))
        _ring(painter, at, radius, item.colour, WIDTH[mode])
        return
    if mode != "selected":
        _disc(painter, at, radius + edge, faded(item.halo, 0.6))
    _disc(painter, at, radius + (edge - 1.0), item.colour)


def _handles(painter: QPainter, item: Item, view: View) -> None:
    points = geometry.corners(item.prediction.shape)
    places = [view.to_screen(point.x, point.y) for point in points]
    apart = zip(places, [*places[1:], *places[:1]], strict=True)
    if any(max(abs(a[0] - b[0]), abs(a[1] - b[1])) < HANDLES_APART for a, b in apart):
        return
    painter.setPen(pen(QColor(DARK_HALO), 1))
    painter.setBrush(QBrush(WHITE))
    for point in points:
        at = _at(point, view)
        if at is not None:
            painter.drawRect(QRectF(at.x() - HANDLE / 2, at.y() - HANDLE / 2, HANDLE, HANDLE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
