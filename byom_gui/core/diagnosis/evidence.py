"""How well a reading fits the evidence: under changes of the image, within it, and against its edges.

Each figure is a sum over responses, in which one response counts for a few marks at most: an image with hundreds of
results says hardly more about the unit than one with six.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from byom_gui.core.diagnosis.marks import Mark, Sheet
from byom_gui.core.diagnosis.readings import Box, Reading, at, bounds_at, laid_out, transform
from byom_gui.core.observations import Affine, EdgeMap

WEIGHT = 6
"""The most marks that one response counts for."""
_LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class Pair:
    """The responses to an image and to its changed copy."""

    base: Sheet
    changed: Sheet
    to: Affine
    kind: str


@dataclass(frozen=True, slots=True)
class Score:
    """The evidence for a reading. ``moved``: a kind of change, how well the marks agree, 0 to 1, and their weight."""

    moved: tuple[tuple[str, float, float], ...] = ()
    outside: float = 0.0
    """0 or less: marks that extend beyond the image, have no size, or all lie in one corner."""
    edges: float = 0.0
    total: float = field(default=0.0)

    @property
    def agreement(self) -> float:
        """The mean agreement over the changes, 0 to 1."""
        weight = sum(each[2] for each in self.moved)
        return sum(each[1] * each[2] for each in self.moved) / weight if weight else 0.0

    @property
    def moving(self) -> float:
        """The sum of agreement times weight."""
        return sum(each[1] * each[2] for each in self.moved)


def score(reading: Reading, sheets: Sequence[Sheet], pairs: Sequence[Pair], edges: Sequence[EdgeMap]) -> Score:
    """All evidence for and against a reading."""
    moved = tuple(_moved(reading, pair) for pair in pairs)
    outside = -sum(_outside(reading, sheet) for sheet in sheets)
    maps = {each.image: each for each in edges}
    seen = sum(_edges(reading, sheet, maps[sheet.image]) for sheet in sheets if sheet.image in maps)
    total = sum(share * weight for _, share, weight in moved) + max(outside, -20.0) + seen
    return Score(moved, outside, seen, total)


def spread(items: Sequence[Mark], most: int = _LOOKED_AT) -> Sequence[Mark]:
    """A few marks, evenly taken; if there are boxes and others, half of them boxes: only boxes show a layout."""
    boxes = [mark for mark in items if mark.box]
    others = [mark for mark in items if not mark.box]
    share = most // 2 if boxes and others else most
    return [mark for part in (boxes, others) for mark in part[:: max(1, -(-len(part) // share))]]


def places(reading: Reading, sheet: Sheet) -> tuple[tuple[str, Box], ...]:
    """The marks of a response as boxes in upright pixels, with their names."""
    return _places(reading, sheet)


@lru_cache(maxsize=4096)
def _places(reading: Reading, sheet: Sheet) -> tuple[tuple[str, Box], ...]:
    way = transform(reading, sheet.width, sheet.height, sheet.orientation)
    return tuple((mark.name, bounds_at(way, corners(mark, reading))) for mark in sheet.marks)


def corners(mark: Mark, reading: Reading) -> Box:
    """A mark as two corners in the response's own unit."""
    return laid_out(mark.numbers, reading.layout, reading.swap) if mark.box else mark.numbers


def _moved(reading: Reading, pair: Pair) -> tuple[str, float, float]:
    """How well an image's marks, moved as the image was, match those of the changed copy."""
    way = transform(reading, pair.base.width, pair.base.height, pair.base.orientation)
    few = [(mark.name, bounds_at(way, corners(mark, reading))) for mark in spread(pair.base.marks)]
    changed = places(reading, pair.changed)
    reach = 0.02 * math.hypot(pair.changed.width, pair.changed.height) + 1
    names = {name for name, _ in changed}
    total = 0.0
    for name, box in few:
        moved = bounds_at(pair.to, box)
        known = name in names
        total += max(
            (likeness(moved, there, reach) for other, there in changed if other == name or not known), default=0
        )
    return pair.kind, total / len(few), float(min(len(few), WEIGHT))


def likeness(one: Box, two: Box, reach: float) -> float:
    """1 where two boxes are the same, 0 where they do not touch; ``reach`` is how far corners may be apart."""
    apart = max(abs(one[0] - two[0]), abs(one[1] - two[1]), abs(one[2] - two[2]), abs(one[3] - two[3]))
    close = 1 - apart / reach
    w = min(one[2], two[2]) - max(one[0], two[0])
    h = min(one[3], two[3]) - max(one[1], two[1])
    if w <= 0 or h <= 0:
        return max(close, 0.0)
    both = w * h
    whole = (one[2] - one[0]) * (one[3] - one[1]) + (two[2] - two[0]) * (two[3] - two[1]) - both
    return max(close, both / whole)


def _outside(reading: Reading, sheet: Sheet) -> float:
    """The evidence against a reading in one response: marks beyond the image, without size, or in one corner."""
    few = spread(sheet.marks)
    way = transform(reading, sheet.width, sheet.height, sheet.orientation)
    bad, reach = 0.0, 0.001
    for mark in few:
        raw = corners(mark, reading)
        box = bounds_at(way, raw)
        bad += _badness(mark, raw, box, sheet)
        reach = max(reach, box[2] / sheet.width, box[3] / sheet.height)
    weight = min(len(few), WEIGHT)
    return weight * (1.5 * bad / len(few) - 0.5 * math.log(min(reach, 1.0)))


def _badness(mark: Mark, raw: Box, box: Box, sheet: Sheet) -> float:
    """0 for a plausible mark; 1 for one that is inside out, too small to be seen, or clearly beyond the image."""
    if raw[2] < raw[0] or raw[3] < raw[1]:
        return 1.0
    if mark.box and max(box[2] - box[0], box[3] - box[1]) < 1.5:
        return 1.0
    beyond = max(-box[0] / sheet.width, -box[1] / sheet.height, box[2] / sheet.width - 1, box[3] / sheet.height - 1)
    slack = max(0.01, 2 / min(sheet.width, sheet.height))
    return min(1.0, 0.4 + 4 * beyond) if beyond > slack else 0.0


def share_outside(reading: Reading, sheets: Sequence[Sheet]) -> float:
    """The share of marks that are clearly beyond their image or not a box at all."""
    bad = total = 0
    for sheet in sheets:
        way = transform(reading, sheet.width, sheet.height, sheet.orientation)
        for mark in sheet.marks:
            raw = corners(mark, reading)
            bad += _badness(mark, raw, bounds_at(way, raw), sheet) > 0
            total += 1
    return bad / total if total else 0.0


def _edges(reading: Reading, sheet: Sheet, picture: EdgeMap) -> float:
    """How much more the image changes along the marks' outlines than elsewhere; 0 for no more than elsewhere."""
    mean = _mean(picture)
    found = list(_along(reading, sheet, picture))
    if mean < 0.5 or not found:
        return 0.0
    ratio = (sum(found) / len(found) + 1) / (mean + 1)
    return min(len(found), WEIGHT) * 0.5 * max(-1.0, min(1.5, math.log(ratio)))


@lru_cache(maxsize=64)
def _mean(picture: EdgeMap) -> float:
    return sum(picture.cells) / len(picture.cells)


def _along(reading: Reading, sheet: Sheet, picture: EdgeMap) -> Iterator[float]:
    across, down = picture.width / sheet.width, picture.height / sheet.height
    for mark in spread(sheet.marks):
        way = transform(reading, sheet.width, sheet.height, sheet.orientation)
        box = bounds_at(way, corners(mark, reading))
        values = [_cell(picture, x * across, y * down) for x, y in _outline(box)]
        yield sum(values) / len(values)


def _outline(box: Box) -> list[tuple[float, float]]:
    """Points along the four sides, but not in the corners, which a round object does not reach."""
    left, top, right, bottom = box
    found = []
    for share in (0.3, 0.4, 0.5, 0.6, 0.7):
        x, y = left + share * (right - left), top + share * (bottom - top)
        found += [(x, top), (x, bottom), (left, y), (right, y)]
    return found


def _cell(picture: EdgeMap, x: float, y: float) -> int:
    """The strongest of the cells around a point; 0 beyond the image."""
    column, row = math.floor(x), math.floor(y)
    if not (-1 <= column <= picture.width and -1 <= row <= picture.height):
        return 0
    column, row = min(max(column, 0), picture.width - 1), min(max(row, 0), picture.height - 1)
    return picture.cells[row * picture.width + column]


def centre(box: Box) -> tuple[float, float]:
    """The center of a box."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def voted_size(reading: Reading, pairs: Sequence[Pair]) -> tuple[float, float]:
    """The model's input width and height, derived from mirrored images; 0 if they do not show it.

    If an image is mirrored, the positions of each object and of its mirror image add up to the full width, in the
    unit of the response; so the most frequent sum is the width. ``reading`` gives layout and axes.
    """
    found = [0.0, 0.0]
    for axis, kind in ((0, "mirrored"), (1, "upended")):
        sums: list[float] = []
        for pair in pairs:
            if pair.kind == kind:
                sums += _sums(reading, pair, axis)
        found[axis] = _mode(sums)
    return found[0], found[1]


def _sums(reading: Reading, pair: Pair, axis: int) -> Iterator[float]:
    """Sums of positions along one axis, of marks that agree in name, in the other axis and in size."""
    swap: Affine = (0, 1, 0, 1, 0, 0) if reading.swap else (1, 0, 0, 0, 1, 0)
    one = [(m.name, bounds_at(swap, corners(m, reading))) for m in spread(pair.base.marks, 24)]
    two = [(m.name, bounds_at(swap, corners(m, reading))) for m in spread(pair.changed.marks, 24)]
    limit = 0.03 * max((max(abs(v) for v in box) for _, box in one), default=1.0)
    for name, box in one:
        for other, there in two:
            here, then = centre(box), centre(there)
            alike = all(abs((box[2 + side] - box[side]) - (there[2 + side] - there[side])) < limit for side in (0, 1))
            if name == other and alike and abs(here[1 - axis] - then[1 - axis]) < limit:
                yield here[axis] + then[axis]


def _mode(sums: Sequence[float]) -> float:
    """The value around which most lie, within two percent; 0 for fewer than three."""
    best, most = 0.0, 2
    for value in sums:
        near = [other for other in sums if abs(other - value) <= 0.01 * abs(value)]
        if len(near) > most:
            best, most = sum(near) / len(near), len(near)
    return best


__all__ = ["Pair", "Score", "at", "likeness", "places", "score", "share_outside", "voted_size"]
