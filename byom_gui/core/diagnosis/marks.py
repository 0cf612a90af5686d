"""The positions in responses as plain numbers: a bounded sample of each response, for trying several readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from byom_gui.core.diagnosis.shapes import bounds_of
from byom_gui.core.observations import Variant
from byom_gui.core.predictions import BoundingBox, Cuboid, Prediction, Shape

MOST = 60
"""The most marks per response, taken evenly from all of it."""

Numbers = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """One result's position as sent: ``x y w h`` of a box, otherwise left, top, right, bottom around its points."""

    name: str
    kind: str
    numbers: Numbers
    box: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One response's marks, with their image: upright size in pixels and EXIF orientation."""

    image: str
    width: int
    height: int
    orientation: int
    marks: tuple[Mark, ...]
    variant: Variant | None = None


def marks_of(predictions: Sequence[Prediction]) -> tuple[Mark, ...]:
    """At most ``MOST`` marks, evenly spread over the response; shapes without a position have none."""
    boxes = [each for each in predictions if isinstance(each.shape, BoundingBox | Cuboid)]
    others = [each for each in predictions if not isinstance(each.shape, BoundingBox | Cuboid)]
    share = MOST // 2 if boxes and others else MOST
    few = [each for part in (boxes, others) for each in part[:: max(1, -(-len(part) // share))]]
    made = (_mark(each.name, each.shape_name, each.shape) for each in few)
    return tuple(mark for mark in made if mark is not None)


def _mark(name: str, kind: str, shape: Shape) -> Mark | None:
    box = shape.front if isinstance(shape, Cuboid) else shape
    if isinstance(box, BoundingBox):
        numbers: Numbers | None = (box.x, box.y, box.w, box.h)
    else:
        numbers = bounds_of(shape)
    if numbers is None or not all(isfinite(number) and abs(number) < 1e7 for number in numbers):
        return None
    return Mark(name, kind, numbers, isinstance(box, BoundingBox))
