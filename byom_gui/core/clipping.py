"""Cutting paths to a box and thinning them, so that no drawing engine is handed more than can be seen."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from byom_gui.core.geometry import Box
from byom_gui.core.predictions import Point

_Side = tuple[Callable[[Point], float], float, int]


def overlap(a: Box, b: Box) -> float:
    """The area that two boxes share."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def meets(a: Box, b: Box) -> bool:
    """Whether two boxes touch; one without width or height still touches."""
    return a[0] <= b[0] + b[2] and b[0] <= a[0] + a[2] and a[1] <= b[1] + b[3] and b[1] <= a[1] + a[3]


def holds(outer: Box, inner: Box) -> bool:
    """Whether ``inner`` lies wholly in ``outer``."""
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[3] <= outer[1] + outer[3]
    )


def _sides(box: Box) -> tuple[_Side, ...]:
    x, y, w, h = box
    return (
        (lambda p: p.x, x, 1),
        (lambda p: p.x, x + w, -1),
        (lambda p: p.y, y, 1),
        (lambda p: p.y, y + h, -1),
    )


def clip_closed(points: Sequence[Point], box: Box) -> tuple[Point, ...]:
    """A closed outline cut to a box (Sutherland and Hodgman); empty where nothing of it is inside."""
    left = list(points)
    for along, limit, sign in _sides(box):
        kept: list[Point] = []
        for a, b in zip([*left[-1:], *left[:-1]], left, strict=True):
            da, db = (along(a) - limit) * sign, (along(b) - limit) * sign
            if (da < 0) != (db < 0):
                share = da / (da - db)
                kept.append(Point(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share))
            if db >= 0:
                kept.append(b)
        left = kept
    return tuple(left)


def _clip_stroke(a: Point, b: Point, box: Box) -> tuple[Point, Point] | None:
    start, end = 0.0, 1.0
    for along, limit, sign in _sides(box):
        da, db = (along(a) - limit) * sign, (along(b) - limit) * sign
        if da < 0 and db < 0:
            return None
        if da < 0:
            start = max(start, da / (da - db))
        elif db < 0:
            end = min(end, da / (da - db))
    if start > end:
        return None
    dx, dy = b.x - a.x, b.y - a.y
    first = a if start == 0 else Point(a.x + dx * start, a.y + dy * start)
    return first, b if end == 1 else Point(a.x + dx * end, a.y + dy * end)


def clip_open(points: Sequence[Point], box: Box) -> tuple[tuple[Point, ...], ...]:
    """An open path cut to a box: the runs of it that are inside."""
    runs: list[list[Point]] = []
    for a, b in itertools.pairwise(points):
        stroke = _clip_stroke(a, b, box)
        if stroke is None:
            continue
        if runs and runs[-1][-1] is stroke[0]:
            runs[-1].append(stroke[1])
        else:
            runs.append(list(stroke))
    return tuple(tuple(run) for run in runs)


def thin(points: Sequence[Point], step: float) -> tuple[Point, ...]:
    """Without the points that lie within ``step`` of the one kept before; first and last stay."""
    if len(points) < 3 or step <= 0:
        return tuple(points)
    kept = [points[0]]
    for point in points[1:-1]:
        last = kept[-1]
        if abs(point.x - last.x) > step or abs(point.y - last.y) > step:
            kept.append(point)
    return (*kept, points[-1])
