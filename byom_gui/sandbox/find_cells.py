"""Finds what glows: nuclei, dividing cells with their spindle poles, debris, and colonies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from PIL import Image

from byom_gui.sandbox import answers
from byom_gui.sandbox.regions import (
    Grid,
    Moments,
    Place,
    Region,
    area_of,
    hull,
    moments,
    outline,
    regions,
    smooth,
    thinned_ring,
)
from byom_gui.sandbox.scene import Scene, red_signal

SMALLEST = 7
"""Regions of fewer pixels of the copy are noise."""


@dataclass(frozen=True, slots=True)
class Body:
    """A region with its outline (pixels of the copy) and what was measured on it."""

    region: Region
    ring: tuple[Place, ...]
    shape: Moments
    solidity: float
    """Area over that of the convex hull."""
    at_edge: bool

    @property
    def round(self) -> bool:
        """Whether it is a plump, smooth body and not a splinter, a hook or a crowd."""
        return self.solidity > 0.87 and self.shape.long < 3.2 * max(self.shape.short, 0.1)


@dataclass(frozen=True, slots=True)
class Sorted:
    """The bodies of a field by kind, and the typical area (pixels of the copy) and light of a nucleus."""

    nuclei: tuple[Body, ...]
    bright: tuple[Body, ...]
    small: tuple[Body, ...]
    area: float
    light: float


def body(grid: Grid, region: Region, level: float, at_least: float = 0.0) -> Body | None:
    """Measures a region; None where it is too thin to have an outline."""
    ring = smooth(outline(grid, region, max(level, at_least, 0.45 * region.mean)))
    if len(ring) < 8:
        return None
    covered, around = area_of(ring), area_of(hull(ring))
    if covered < 1 or around < 1:
        return None
    return Body(region, tuple(ring), moments(ring), covered / around, region.touches_edge(grid))


def sort_bodies(grid: Grid, found: Sequence[Body]) -> Sorted:
    """Parts nuclei from bright dividing cells and from specks."""
    most = 0.12 * grid.width * grid.height
    plump = [b for b in found if b.round and 45 <= b.region.area <= most]
    if not plump:
        return Sorted((), (), (), 0.0, 0.0)
    area, light = median(b.region.area for b in plump), median(b.region.mean for b in plump)
    plates, rest = _plates(grid, found, area, max(1.6 * light, 80.0))
    rest = [part for b in rest for part in ([b] if b.round or b.region.area < 0.5 * area else _split(grid, b))]
    nuclei = [
        b for b in rest if b.round and (0.16 if b.at_edge else 0.3) * area <= b.region.area <= min(most, 5 * area)
    ]
    small = [b for b in rest if b.region.area < 0.2 * area and not b.at_edge]
    return Sorted(tuple(nuclei), tuple(plates), tuple(small), area, light)


def _plates(grid: Grid, found: Sequence[Body], area: float, level: float) -> tuple[list[Body], list[Body]]:
    """The plates of dividing cells, each alone, and the bodies that are none: those not bright through and through."""
    plates, rest = list[Body](), list[Body]()
    shining = [b for r in regions(grid, level, max(3, round(0.03 * area))) if (b := body(grid, r, level))]
    for one in found:
        parts = [b for b in shining if b.shape.long > 1.7 * b.shape.short and _holds(one.region, b.region)]
        if sum(b.region.area for b in parts) > 0.34 * one.region.area and one.region.area < 1.6 * area:
            plates += parts
        else:
            rest.append(one)
    return plates, rest


def _holds(region: Region, part: Region) -> bool:
    y, a, _ = part.runs[0]
    return any(row == y and start <= a < end for row, start, end in region.runs)


def _split(grid: Grid, crowd: Body) -> list[Body]:
    """Bodies that touch, told apart at the first higher level at which each is round; else the crowd as it was."""
    box = crowd.region
    rows = (grid.data[y * grid.width + box.left : y * grid.width + box.right] for y in range(box.top, box.bottom))
    cut = Grid(box.right - box.left, box.bottom - box.top, b"".join(rows))
    for share in (0.5, 0.6, 0.7, 0.8):
        level = share * box.mean
        parts = [b for r in regions(cut, level, 45) if (b := body(cut, r, level, at_least=level))]
        if len(parts) > 1 and all(b.round for b in parts):
            return [_moved(b, grid, box.left, box.top) for b in parts]
    return [crowd]


def _moved(b: Body, grid: Grid, dx: int, dy: int) -> Body:
    """A body of a cut-out, in the places of the whole picture."""
    r, m = b.region, b.shape
    runs = tuple((y + dy, start + dx, end + dx) for y, start, end in r.runs)
    region = Region(runs, r.area, r.mean, r.left + dx, r.top + dy, r.right + dx, r.bottom + dy)
    ring = tuple((x + dx, y + dy) for x, y in b.ring)
    shape = Moments(m.x + dx, m.y + dy, m.long, m.short, m.turn)
    return Body(region, ring, shape, b.solidity, region.touches_edge(grid))


def nucleus_result(scene: Scene, b: Body, typical: float, level: float) -> answers.Result:
    """A polygon; surer the more it stands out, the smoother it is, and the nearer to the typical size."""
    sure = 0.99 - 0.3 * math.exp(-(b.region.mean - level) / 30) - 0.9 * max(0.0, 0.97 - b.solidity)
    sure -= 0.06 * abs(math.log(b.region.area / typical)) + (0.1 if b.at_edge else 0.0)
    # A nucleus is convex but for what is dark at its rim.
    ring = hull(b.ring) if b.solidity > 0.9 else list(b.ring)
    return answers.result("nucleus", answers.path(scene.back_all(thinned_ring(ring, 0.2))), min(max(sure, 0.3), 0.99))


def debris_result(scene: Scene, b: Body, level: float) -> answers.Result:
    """A box around a speck; never very sure."""
    sure = min(0.88, 0.5 + 0.004 * max(0.0, b.region.mean - level) + 0.002 * b.region.area)
    return answers.result("debris", answers.box(_box(scene, [b])), sure)


def _box(scene: Scene, bodies: Sequence[Body]) -> answers.Box:
    points = scene.back_all(p for b in bodies for p in b.ring)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def mitosis_results(scene: Scene, grid: Grid, found: Sorted) -> list[answers.Result]:
    """Boxes around dividing cells (two plates that part are one cell), and their poles in the red light."""
    results = []
    pairs = _paired(found.bright, 1.5 * math.sqrt(found.area / math.pi))
    for parts in pairs:
        tight = [t for b in parts if (t := body(grid, b.region, _half(grid, b.region))) is not None] or list(parts)
        contrast = max(b.region.mean for b in parts) / max(found.light, 1.0)
        sure = min(0.99, 0.62 + 0.14 * contrast + 0.02 * len(parts))
        stage = "anaphase" if len(parts) == 2 else "metaphase"
        results.append(answers.result("mitosis", answers.box(_box(scene, tight)), sure, attributes=[stage]))
    return [*results, *_poles(scene, pairs, 2.2 * math.sqrt(found.area / math.pi))] if pairs else results


def _half(grid: Grid, region: Region) -> float:
    return max(max(grid.data[y * grid.width + a : y * grid.width + b]) for y, a, b in region.runs) / 2


def _paired(bright: Sequence[Body], reach: float) -> list[tuple[Body, ...]]:
    """Each two nearest neighbours that lie side by side, the same way round, as one; the others alone."""
    left, pairs = list(bright), list[tuple[Body, ...]]()
    while left:
        one = left.pop(0)
        near = [b for b in left if _apart(one, b) < reach and _aligned(one, b)]
        if near:
            other = min(near, key=lambda b: _apart(one, b))
            left.remove(other)
            pairs.append((one, other))
        else:
            pairs.append((one,))
    return pairs


def _apart(a: Body, b: Body) -> float:
    return math.dist((a.shape.x, a.shape.y), (b.shape.x, b.shape.y))


def _aligned(a: Body, b: Body) -> bool:
    return abs(math.cos(a.shape.turn - b.shape.turn)) > 0.85


def _poles(scene: Scene, pairs: Sequence[Sequence[Body]], reach: float) -> list[answers.Result]:
    grid = red_signal(scene)
    level = max(40.0, 0.45 * max(grid.data))
    results = []
    for spot in regions(grid, level, 2):
        x, y = _light_centre(grid, spot)
        near = min(math.dist((x, y), (b.shape.x, b.shape.y)) for parts in pairs for b in parts)
        if spot.area <= 60 and near < reach:
            sure = min(0.97, 0.5 + spot.mean / 400)
            results.append(answers.result("spindle_pole", answers.point(scene.back((x, y))), sure))
    return results


def _light_centre(grid: Grid, spot: Region) -> Place:
    weighed = [(grid.at(x, y), x + 0.5, y + 0.5) for y, a, b in spot.runs for x in range(a, b)]
    total = sum(w for w, _, _ in weighed)
    return sum(w * x for w, x, _ in weighed) / total, sum(w * y for w, _, y in weighed) / total


def colony_results(scene: Scene, found: Sorted) -> list[answers.Result]:
    """Ellipses around six or more nuclei that lie close and fill the ellipse well."""
    gap = 0.8 * math.sqrt(found.area / math.pi)
    results = []
    for crowd in _crowds(found.nuclei, gap):
        points = scene.back_all(p for b in crowd for p in b.ring)
        centre, radii, turn = _around(points)
        filled = sum(area_of(scene.back_all(b.ring)) for b in crowd) / (math.pi * radii[0] * radii[1])
        if len(crowd) >= 6 and filled > 0.42 and _is_inside(scene, centre, radii, turn):
            sure = min(0.95, 0.35 + 0.6 * filled + 0.01 * len(crowd))
            shape = answers.ellipse(centre, radii, math.degrees(turn))
            results.append(answers.result("colony", shape, sure, text={"text": f"{len(crowd)} nuclei"}))
    return results


def _is_inside(scene: Scene, centre: Place, radii: Place, turn: float) -> bool:
    """Whether an ellipse lies in the picture. Of a colony that the border cuts, nobody knows how far it goes on."""
    cos, sin = math.cos(turn), math.sin(turn)
    across = math.hypot(radii[0] * cos, radii[1] * sin)
    down = math.hypot(radii[0] * sin, radii[1] * cos)
    inside_x = across <= centre[0] + 1 and centre[0] + across <= scene.width + 1
    return inside_x and down <= centre[1] + 1 and centre[1] + down <= scene.height + 1


def _crowds(nuclei: Sequence[Body], gap: float) -> list[list[Body]]:
    left, crowds = list(nuclei), list[list[Body]]()
    while left:
        crowd = [left.pop()]
        for member in crowd:
            near = [b for b in left if _between(member, b, gap) < gap]
            left = [b for b in left if b not in near]
            crowd.extend(near)
        crowds.append(crowd)
    return crowds


def _between(a: Body, b: Body, gap: float) -> float:
    """The least distance between two outlines; where they are surely farther apart than ``gap``, anything above it."""
    if _apart(a, b) > 1.5 * (a.shape.long + b.shape.long) + gap:
        return gap + 1
    return min(math.dist(p, q) for p in a.ring[::4] for q in b.ring[::4])


def _around(points: Sequence[Place]) -> tuple[Place, Place, float]:
    """The ellipse with the spread of the points, grown until it holds them all: centre, radii, turn."""
    shape = moments(hull(points)) if len(points) < 8 else moments(points)
    best: tuple[float, Place, Place] | None = None
    cos, sin = math.cos(shape.turn), math.sin(shape.turn)
    flat = [((x - shape.x) * cos + (y - shape.y) * sin, (y - shape.y) * cos - (x - shape.x) * sin) for x, y in points]
    mu = (max(u for u, _ in flat) + min(u for u, _ in flat)) / 2
    mv = (max(v for _, v in flat) + min(v for _, v in flat)) / 2
    for step in range(-5, 6):
        ratio = max(0.2, shape.short / max(shape.long, 1e-6)) * (1 + 0.05 * step)
        grown = max(math.hypot(u - mu, (v - mv) / ratio) for u, v in flat)
        size = grown * grown * ratio
        if best is None or size < best[0]:
            best = (size, (shape.x + mu * cos - mv * sin, shape.y + mu * sin + mv * cos), (grown, grown * ratio))
    assert best is not None
    return best[1], best[2], shape.turn


def mask_image(region: Region) -> Image.Image:
    """The region alone, white on black, cut to its box."""
    rows = [bytearray(region.right - region.left) for _ in range(region.bottom - region.top)]
    for y, a, b in region.runs:
        rows[y - region.top][a - region.left : b - region.left] = b"\xff" * (b - a)
    return Image.frombytes("L", (region.right - region.left, region.bottom - region.top), b"".join(rows))
