"""What lies under a place in the picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from byom_gui.core.geometry import Oval, Path, Primitive, area, around, extent, near, primitives
from byom_gui.core.predictions import Point, Prediction, Shape

_OVAL_STEPS = 64


def _inside(points: Sequence[Point], x: float, y: float) -> bool:
    """Whether a closed outline holds a place (even and odd crossings)."""
    held = False
    for a, b in zip(points, (*points[1:], points[0]), strict=True):
        if (a.y > y) != (b.y > y) and x < a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y):
            held = not held
    return held


def _in_oval(oval: Oval, x: float, y: float) -> bool:
    if not (oval.radius.x and oval.radius.y):
        return False
    turn = math.radians(oval.angle)
    dx, dy = x - oval.center.x, y - oval.center.y
    along, across = dx * math.cos(turn) + dy * math.sin(turn), dy * math.cos(turn) - dx * math.sin(turn)
    return math.hypot(along / oval.radius.x, across / oval.radius.y) <= 1


def _holds(part: Primitive, x: float, y: float) -> bool:
    match part:
        case Path(closed=True, part="outline"):
            return _inside(part.points, x, y)
        case Oval():
            return _in_oval(part, x, y)
        case _:
            return False


def contains(shape: Shape, x: float, y: float) -> bool:
    """Whether a place lies within the area of a shape; False for those that enclose nothing."""
    return any(_holds(part, x, y) for part in primitives(shape))


def _to_stroke(a: Point, b: Point, x: float, y: float) -> float:
    dx, dy = b.x - a.x, b.y - a.y
    length = dx * dx + dy * dy
    share = min(max(((x - a.x) * dx + (y - a.y) * dy) / length, 0.0), 1.0) if length else 0.0
    return math.hypot(x - a.x - dx * share, y - a.y - dy * share)


def _to_path(points: Sequence[Point], closed: bool, x: float, y: float) -> float:
    ends = (*points[1:], points[0]) if closed or len(points) == 1 else points[1:]
    return min(_to_stroke(a, b, x, y) for a, b in zip(points, ends, strict=False))


def _to(part: Primitive, x: float, y: float) -> float:
    match part:
        case Path():
            return _to_path(part.points, part.closed, x, y)
        case Oval():
            return _to_path(around(part, _OVAL_STEPS), True, x, y)
        case _:
            return math.hypot(x - part.at.x, y - part.at.y)


def distance(shape: Shape, x: float, y: float) -> float:
    """Pixels from a place to the nearest stroke or point of a shape; infinite where the shape has no place."""
    return min((_to(part, x, y) for part in primitives(shape)), default=math.inf)


def _rank(parts: Sequence[Primitive], size: float | None, x: float, y: float, slack: float) -> tuple[float, ...] | None:
    held = any(_holds(part, x, y) for part in parts)
    if held:
        return (0, size or 0.0, 0.0)
    away = min(_to(part, x, y) for part in parts)
    if away > slack:
        return None
    return (0, 0.0, away) if size is None else (1, size, away)


def hit(predictions: Iterable[Prediction], x: float, y: float, tolerance: float) -> int | None:
    """The index of the object under a place, None where there is none.

    Points and lines within ``tolerance`` pixels go first, the nearest of them; then the smallest shape that holds the
    place; then shapes whose outline is within ``tolerance``. Of equals the later one, which is drawn on top.
    """
    x, y = near(x), near(y)
    best: tuple[tuple[float, ...], int] | None = None
    for prediction in predictions:
        parts = primitives(prediction.shape)
        box = extent(parts)
        if box is None:
            continue
        left, top, wide, high = box
        if not (left - tolerance <= x <= left + wide + tolerance and top - tolerance <= y <= top + high + tolerance):
            continue
        rank = _rank(parts, area(prediction.shape), x, y, tolerance)
        if rank is not None and (best is None or rank <= best[0]):
            best = rank, prediction.index
    return best[1] if best else None
