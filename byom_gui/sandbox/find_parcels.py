"""Finds boxes seen from above and in front: from the silhouette to its front and back face."""

from __future__ import annotations

import math
from dataclasses import dataclass

from byom_gui.sandbox import answers
from byom_gui.sandbox.regions import Grid, Region, area_of, hull, regions, spread_otsu
from byom_gui.sandbox.scene import Scene

Face = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Boxed:
    """Two faces in pixels of the copy (left, top, right, bottom), and how well their silhouette covers the region's."""

    front: Face
    back: Face
    fit: float


def parcel_results(scene: Scene, grid: Grid) -> list[answers.Result]:
    """Cuboids for the colourful regions that have the silhouette of a box."""
    level, parted = spread_otsu(grid)
    if parted < 0.6 or level < 12:
        return []
    results = []
    for region in regions(grid, level, max(60, grid.width * grid.height // 500)):
        found = None if region.touches_edge(grid) else boxed(region)
        if found and found.fit > 0.88:
            sure = min(0.99, 0.98 * found.fit**2 - 0.15 * math.exp(-(region.mean - level) / 30))
            cuboid = {"front": _box(scene, found.front), "back": _box(scene, found.back)}
            results.append(answers.result("parcel", cuboid, sure))
    return results


def _box(scene: Scene, face: Face) -> dict[str, float]:
    (left, top), (right, bottom) = scene.back((face[0], face[1])), scene.back((face[2], face[3]))
    return answers.box((left, top, right, bottom))


def boxed(region: Region) -> Boxed | None:
    """The two faces whose common silhouette is the region's; None where it has none such.

    The lowest row is the front's foot, the highest the back's upper edge. On the side that is not seen, the border
    runs straight up from the foot to the front's upper corner, and only there leans inwards.
    """
    rows = _extents(region)
    tall = len(rows)
    if tall < 16:
        return None
    foot, head = rows[-max(2, tall // 30)], rows[min(2, tall // 20)]
    if foot[1] - foot[0] < 8 or head[1] - head[0] < 6:
        return None
    side = 0 if head[0] - foot[0] > foot[1] - head[1] else 1
    up = _corner(rows, side, foot[side], head[side])
    if up is None:
        return None
    top = region.top + up
    front = (float(foot[0]), top, float(foot[1]), float(region.bottom))
    share = (head[1] - head[0]) / (foot[1] - foot[0])
    back = (float(head[0]), float(region.top), float(head[1]), region.top + share * (front[3] - front[1]))
    if not 0.4 < share < 1.05 or front[3] - front[1] < 6 or top <= region.top + 1:
        return None
    return Boxed(front, back, _fit(rows, front, back))


def _extents(region: Region) -> list[tuple[int, int]]:
    """First and last column of each row, holes and labels ignored."""
    rows: dict[int, tuple[int, int]] = {}
    for y, a, b in region.runs:
        low, high = rows.get(y, (a, b))
        rows[y] = (min(a, low), max(b, high))
    return [rows[y] for y in sorted(rows)]


def _corner(rows: list[tuple[int, int]], side: int, foot: int, head: int) -> float | None:
    """How far below the first row the border starts to lean in; None where it leans out or never in."""
    inward = 1 if side == 0 else -1
    if min((row[side] - foot) * inward for row in rows) < -2.5:
        return None
    for at in range(len(rows) - len(rows) // 20 - 2, -1, -1):
        lean = (rows[at][side] - foot) * inward
        if lean > 1.5:
            whole = max((head - foot) * inward, lean)
            return at * (1 + lean / whole)
    return None


def _fit(rows: list[tuple[int, int]], front: Face, back: Face) -> float:
    """The smaller of the two silhouettes' areas over the larger."""
    corners = [(x, y) for face in (front, back) for x in (face[0], face[2]) for y in (face[1], face[3])]
    drawn, seen = area_of(hull(corners)), float(sum(b - a for a, b in rows))
    return min(drawn, seen) / max(drawn, seen)
