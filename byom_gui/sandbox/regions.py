"""Regions of a thresholded grey picture: runs, joined components, outlines between pixels, moments.

A ``Grid`` is a small grey picture as bytes. Places are in pixels of the grid; the middle of the first pixel
is (0.5, 0.5).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image

Place = tuple[float, float]
Run = tuple[int, int, int]
"""Row, first column, column after the last."""

_STEPS = ((0, -1), (1, 0), (0, 1), (-1, 0))
_LIT = re.compile(rb"\x01+")


@dataclass(frozen=True, slots=True)
class Grid:
    """Width, height and row after row of grey values."""

    width: int
    height: int
    data: bytes

    @classmethod
    def of(cls, image: Image.Image) -> Grid:
        """The values of a picture of mode ``L``."""
        return cls(image.width, image.height, image.tobytes())

    def at(self, x: int, y: int) -> int:
        """The value of a pixel; 0 outside."""
        return self.data[y * self.width + x] if 0 <= x < self.width and 0 <= y < self.height else 0

    def histogram(self) -> list[int]:
        """How many pixels have each value."""
        return Image.frombytes("L", (self.width, self.height), self.data).histogram()


@dataclass(frozen=True, slots=True)
class Region:
    """Pixels that hang together (eight neighbours), as runs from top to bottom. Area in pixels, mean in grey values."""

    runs: tuple[Run, ...]
    area: int
    mean: float
    left: int
    top: int
    right: int
    bottom: int

    def touches_edge(self, grid: Grid) -> bool:
        """Whether it reaches the picture's edge."""
        return self.left == 0 or self.top == 0 or self.right == grid.width or self.bottom == grid.height


def otsu(histogram: Sequence[int]) -> tuple[int, float]:
    """The level that parts dark from light best, and how well it does: 0 (not at all) to 1 (two clean heaps)."""
    count = sum(histogram)
    total = sum(value * n for value, n in enumerate(histogram))
    spread = sum(value * value * n for value, n in enumerate(histogram)) / count - (total / count) ** 2
    below, heap, best, level = 0, 0.0, 0.0, 0
    for value, n in enumerate(histogram):
        below += n
        heap += value * n
        if 0 < below < count:
            gap = heap / below - (total - heap) / (count - below)
            between = below * (count - below) / count**2 * gap * gap
            if between > best:
                best, level = between, value
    return level, best / spread if spread > 0 else 0.0


def spread_otsu(grid: Grid) -> tuple[float, float]:
    """The same on square roots, so that the dim is told from the ground although something else is very bright."""
    spread = [0] * 256
    for value, count in enumerate(grid.histogram()):
        spread[min(255, round(16 * math.sqrt(value)))] += count
    level, parted = otsu(spread)
    return (level / 16) ** 2, parted


def regions(grid: Grid, level: float, smallest: int) -> list[Region]:
    """All regions brighter than ``level`` with at least ``smallest`` pixels, from top to bottom."""
    lit = grid.data.translate(bytes(1 if value > level else 0 for value in range(256)))
    runs: list[Run] = []
    parent: list[int] = []
    above: list[int] = []
    for y in range(grid.height):
        row = lit[y * grid.width : (y + 1) * grid.width]
        here = []
        for match in _LIT.finditer(row):
            here.append(len(runs))
            parent.append(len(runs))
            runs.append((y, match.start(), match.end()))
        _join(runs, parent, above, here)
        above = here
    heaps: dict[int, list[Run]] = {}
    for index, run in enumerate(runs):
        heaps.setdefault(_root(parent, index), []).append(run)
    return [_region(grid, heap) for heap in heaps.values() if sum(b - a for _, a, b in heap) >= smallest]


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index


def _join(runs: list[Run], parent: list[int], above: list[int], here: list[int]) -> None:
    """Joins the runs of one row to those of the row above that they touch, corners included."""
    first = 0
    for index in here:
        _, start, end = runs[index]
        while first < len(above) and runs[above[first]][2] < start:
            first += 1
        at = first
        while at < len(above) and runs[above[at]][1] <= end:
            parent[_root(parent, above[at])] = _root(parent, index)
            at += 1


def _region(grid: Grid, runs: list[Run]) -> Region:
    area = sum(b - a for _, a, b in runs)
    light = sum(sum(grid.data[y * grid.width + a : y * grid.width + b]) for y, a, b in runs)
    left, right = min(a for _, a, _ in runs), max(b for _, _, b in runs)
    return Region(tuple(runs), area, light / area, left, runs[0][0], right, runs[-1][0] + 1)


def outline(grid: Grid, region: Region, level: float) -> list[Place]:
    """The outer border of a region, clockwise, placed between pixels where the light crosses ``level``.

    Walks along the cracks between lit and unlit pixels from the brightest pixel of the top row's first run that is
    over the level. Empty where no pixel is.
    """
    start = _first(grid, region, level)
    if start is None:
        return []
    x, y, side = start[0], start[1], 0
    points: list[Place] = []
    for _ in range(8 * (region.area + 8)):
        dx, dy = _STEPS[side]
        inside, beyond = grid.at(x, y), grid.at(x + dx, y + dy)
        share = (
            min(0.5, (inside - level) / (inside - beyond))
            if _outside(grid, x + dx, y + dy)
            else ((inside - level) / (inside - beyond))
        )
        points.append((x + 0.5 + dx * share, y + 0.5 + dy * share))
        x, y, side = _onward(grid, x, y, side, level)
        if (x, y, side) == (*start, 0):
            break
    return points


def _outside(grid: Grid, x: int, y: int) -> bool:
    return not (0 <= x < grid.width and 0 <= y < grid.height)


def _first(grid: Grid, region: Region, level: float) -> tuple[int, int] | None:
    for y, start, end in region.runs:
        for x in range(start, end):
            if grid.at(x, y) > level >= grid.at(x, y - 1):
                return x, y
    return None


def _onward(grid: Grid, x: int, y: int, side: int, level: float) -> tuple[int, int, int]:
    """The next crack, with the unlit pixel kept on the left hand."""
    (dx, dy), (tx, ty) = _STEPS[side], _STEPS[(side + 1) % 4]
    if grid.at(x + dx + tx, y + dy + ty) > level:
        return x + dx + tx, y + dy + ty, (side + 3) % 4
    if grid.at(x + tx, y + ty) > level:
        return x + tx, y + ty, side
    return x, y, (side + 1) % 4


def smooth(points: Sequence[Place], reach: int = 2) -> list[Place]:
    """A closed outline with each point at the mean of its neighbours within ``reach``."""
    count, width = len(points), 2 * reach + 1
    if count <= width:
        return list(points)
    around = [*points[-reach:], *points, *points[:reach]]
    return [
        (sum(x for x, _ in around[i : i + width]) / width, sum(y for _, y in around[i : i + width]) / width)
        for i in range(count)
    ]


def thinned(points: Sequence[Place], off: float) -> list[Place]:
    """An open path without the points that a straight line misses by at most ``off`` (Douglas and Peucker's way)."""
    if len(points) < 3:
        return list(points)
    kept, heap = {0, len(points) - 1}, [(0, len(points) - 1)]
    while heap:
        a, b = heap.pop()
        if b - a < 2:
            continue
        distance = _from_chord(points[a], points[b])
        far = max(range(a + 1, b), key=lambda i: distance(points[i]))
        if distance(points[far]) > off:
            kept.add(far)
            heap += [(a, far), (far, b)]
    return [points[i] for i in sorted(kept)]


def _from_chord(a: Place, b: Place) -> Callable[[Place], float]:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    if length == 0:
        return lambda p: math.dist(p, a)
    return lambda p: abs(dx * (p[1] - a[1]) - dy * (p[0] - a[0])) / length


def thinned_ring(points: Sequence[Place], off: float) -> list[Place]:
    """The same for a closed outline, without repeating the first point."""
    half = len(points) // 2
    return [*thinned(points[: half + 1], off)[:-1], *thinned([*points[half:], points[0]], off)[:-1]]


def area_of(points: Sequence[Place]) -> float:
    """The area within a closed outline."""
    ring = zip(points, [*points[1:], *points[:1]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in ring)) / 2


def hull(points: Sequence[Place]) -> list[Place]:
    """The convex hull (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    halves = []
    for way in (ordered, ordered[::-1]):
        chain: list[Place] = []
        for p in way:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        halves.append(chain[:-1])
    return [*halves[0], *halves[1]]


def _turn(a: Place, b: Place, c: Place) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


@dataclass(frozen=True, slots=True)
class Moments:
    """Centre, half axes of the ellipse with the same spread, and the turn of the long one in radians."""

    x: float
    y: float
    long: float
    short: float
    turn: float


def moments(points: Sequence[Place]) -> Moments:
    """Of a set of places, each of the same weight."""
    count = len(points)
    cx, cy = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    xx = sum((x - cx) ** 2 for x, _ in points) / count
    yy = sum((y - cy) ** 2 for _, y in points) / count
    xy = sum((x - cx) * (y - cy) for x, y in points) / count
    spread = math.hypot((xx - yy) / 2, xy)
    long, short = (xx + yy) / 2 + spread, max(0.0, (xx + yy) / 2 - spread)
    return Moments(cx, cy, 2 * math.sqrt(long), 2 * math.sqrt(short), math.atan2(2 * xy, xx - yy) / 2)
