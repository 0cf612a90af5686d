"""Predictions made ready for painting: colours, boxes and outlines, reckoned once an answer and not once a frame."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPolygonF, QTransform

from byom_gui.core import clipping, geometry
from byom_gui.core.geometry import Box, Oval, Path, Primitive
from byom_gui.core.predictions import Point, Prediction
from byom_gui.core.view import View

if TYPE_CHECKING:
    from byom_gui.core.colours import ClassColour

NO_CLASS = "#EBEDF2"
DARK_HALO, WHITE_HALO = "#0B0D10", "#F4F6F8"
DARK_BELOW = 0.16
"""A class colour of less relative luminance than this gets a white halo."""

_REACH = 64.0
_NEAR = 4000.0
_MANY_POINTS = 24
_MOST_LOOKS = 200

Edges = Mapping[str, Sequence[tuple[str, str]]]
"""Joins of skeletons by class name, as pairs of node names."""


def luminance(colour: QColor) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


@dataclass(slots=True)
class Item:
    """One prediction, ready to draw. ``box`` is None for tags and vectors; ``holder`` says that it holds others."""

    prediction: Prediction
    colour: QColor
    dashed: bool
    halo: QColor
    parts: tuple[Primitive, ...]
    box: Box | None
    area: float
    holder: bool = False
    cache: dict[tuple[int, int], QPolygonF] = field(default_factory=dict)

    def polygon(self, place: int, view: View) -> list[QPolygonF]:
        """A path or oval on the screen, cut where it reaches far beyond it; ``place`` counts in ``parts``."""
        part = self.parts[place]
        assert isinstance(part, Path | Oval)
        transform = QTransform(view.scale, 0, 0, view.scale, view.x, view.y)
        if self.far(view):
            return [transform.map(polygon_of(run)) for run in _cut(part, view)]
        detail = _detail(part, view.scale)
        kept = self.cache.get((place, detail))
        if kept is None:
            kept = self.cache[place, detail] = polygon_of(_points(part, detail))
        return [transform.map(kept)]

    def far(self, view: View) -> bool:
        """Whether it reaches so far out of sight that it has to be cut first."""
        assert self.box is not None
        x, y, w, h = view.box(self.box)
        return x < -_NEAR or y < -_NEAR or x + w > view.width + _NEAR or y + h > view.height + _NEAR


def polygon_of(points: Iterable[Point]) -> QPolygonF:
    """Points as Qt wants them."""
    return QPolygonF([QPointF(point.x, point.y) for point in points])


def _detail(part: Path | Oval, scale: float) -> int:
    """Steps around an oval, or the power of two of the zoom to which a path is thinned; 0 leaves it whole."""
    if isinstance(part, Oval):
        radius = max(part.radius.x, part.radius.y) * scale
        return 1 << min(max(math.ceil(math.log2(7 * math.sqrt(radius) + 1)), 5), 10)
    return 0 if len(part.points) <= _MANY_POINTS else math.floor(math.log2(scale)) + 100


def _points(part: Path | Oval, detail: int) -> Sequence[Point]:
    if isinstance(part, Oval):
        return geometry.around(part, detail)
    return clipping.thin(part.points, 0.5 / 2.0 ** (detail - 99)) if detail else part.points


def _cut(part: Path | Oval, view: View) -> Sequence[Sequence[Point]]:
    x, y = view.to_picture(-_REACH, -_REACH)
    seen = (x, y, (view.width + 2 * _REACH) / view.scale, (view.height + 2 * _REACH) / view.scale)
    if isinstance(part, Oval):
        return [clipping.clip_closed(geometry.around(part, 1024), seen)]
    if part.closed:
        return [clipping.clip_closed(part.points, seen)]
    return clipping.clip_open(part.points, seen)


@dataclass(frozen=True, slots=True)
class Scene:
    """What an answer looks like: largest first, so that small ones lie on top."""

    items: tuple[Item, ...] = ()
    by_index: Mapping[int, Item] = field(default_factory=dict)

    def above(self, threshold: float) -> list[Item]:
        """The items that are shown at a confidence."""
        return [item for item in self.items if item.prediction.confidence >= threshold]


def prepare(predictions: Iterable[Prediction], colours: Mapping[str, ClassColour], edges: Edges | None = None) -> Scene:
    """Makes predictions ready; classes without a colour are drawn in near-white."""
    items = [_item(prediction, colours, edges or {}) for prediction in predictions]
    items.sort(key=lambda item: -item.area)
    _mark_holders(items)
    return Scene(tuple(items), {item.prediction.index: item for item in items})


def _item(prediction: Prediction, colours: Mapping[str, ClassColour], edges: Edges) -> Item:
    chosen = colours.get(prediction.name)
    colour = QColor(chosen.hex if chosen else NO_CLASS)
    halo = QColor(WHITE_HALO if luminance(colour) < DARK_BELOW else DARK_HALO)
    parts = geometry.primitives(prediction.shape, edges.get(prediction.name, ()))
    area = geometry.area(prediction.shape) if parts else None
    return Item(prediction, colour, bool(chosen and chosen.dashed), halo, parts, geometry.extent(parts), area or 0.0)


def _mark_holders(items: Sequence[Item]) -> None:
    """Marks shapes that hold others wholly: they get less fill, and chips may lie on them."""
    solid = sorted(((item.box[0], item) for item in items if item.box and item.area), key=lambda pair: pair[0])
    lefts = [left for left, _ in solid]
    for left, item in solid:
        start = bisect_left(lefts, left)
        assert item.box is not None
        for x, other in solid[start : start + _MOST_LOOKS]:
            if x > left + item.box[2]:
                break
            if other.box and other.area < item.area / 2 and clipping.holds(item.box, other.box):
                item.holder = True
                break
