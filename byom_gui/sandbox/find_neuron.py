"""Finds a neuron: a large, thin, branched region; its soma, forks and tips, and its longest process."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from PIL import ImageFilter

from byom_gui.sandbox import answers
from byom_gui.sandbox.find_cells import mask_image
from byom_gui.sandbox.regions import Grid, Place, Region, moments, thinned
from byom_gui.sandbox.scene import Scene

Pixel = tuple[int, int]
WEB = 9
"""How far beyond a fork two processes seem to touch, in pixels of the copy."""
_AROUND = ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (-1, -1), (1, -1))


@dataclass(frozen=True, slots=True)
class Branch:
    """A path from its tip to where it meets the soma (``fork`` is None) or another branch."""

    path: tuple[Pixel, ...]
    fork: Pixel | None


def is_neuron(grid: Grid, region: Region) -> bool:
    """Whether a region is long, reaches far, and fills little of its box."""
    wide, tall = region.right - region.left, region.bottom - region.top
    return max(wide, tall) > 0.22 * max(grid.width, grid.height) and region.area < 0.22 * wide * tall


def neuron_results(scene: Scene, region: Region) -> list[answers.Result]:
    """The skeleton, and the axon as a line where one process is much longer than the others."""
    soma, radius = soma_of(region)
    if radius < 3:
        return []
    branches = branches_of(region, soma, radius)
    if len(branches) < 3:
        return []
    roots = sorted((len(b.path) for b in branches if b.fork is None), reverse=True)
    has_axon = len(roots) > 1 and roots[0] > 1.2 * roots[1]
    joints = [("soma", soma)]
    for number, branch in enumerate(branches, 1):
        if branch.fork:
            joints.append((f"fork {number}", _middle(branch.fork)))
        tip = "axon end" if has_axon and number == 1 else f"tip {number}"
        joints.append((tip, _middle(branch.path[0])))
    sure = min(0.97, 0.72 + 0.02 * len(branches))
    results = [answers.result("neuron", answers.nodes((name, scene.back(p)) for name, p in joints), sure)]
    if has_axon:
        line = [soma, *_calm([*_centred(list(reversed(branches[0].path)), region), _middle(branches[0].path[0])])]
        certain = min(0.98, 0.6 + 0.25 * (roots[0] / roots[1] - 1))
        results.append(answers.result("axon", answers.path(scene.back_all(thinned(line, 0.5))), certain))
    return results


def _middle(pixel: Pixel) -> Place:
    return pixel[0] + 0.5, pixel[1] + 0.5


def _calm(path: list[Place], reach: int = 4) -> list[Place]:
    """An open path, smoothed; its ends stay."""
    calm = []
    for i in range(len(path)):
        r = min(reach, i, len(path) - 1 - i)
        part = path[i - r : i + r + 1]
        calm.append((sum(x for x, _ in part) / len(part), sum(y for _, y in part) / len(part)))
    return calm


def _centred(path: list[Pixel], region: Region) -> list[Place]:
    """A path moved to the middle of the region: the mean of the region's pixels near each place."""
    inside = {(x, y) for y, a, b in region.runs for x in range(a, b)}
    places = []
    for x, y in path:
        near = [(i, j) for i in range(x - 3, x + 4) for j in range(y - 3, y + 4) if (i, j) in inside]
        places.append((sum(i for i, _ in near) / len(near) + 0.5, sum(j for _, j in near) / len(near) + 0.5))
    return places


def soma_of(region: Region) -> tuple[Place, float]:
    """Where the region is thickest, and how thick: it is peeled until nothing is left."""
    mask, layers = mask_image(region), 0
    last = mask
    while mask.getbbox() is not None:
        last, layers = mask, layers + 1
        mask = mask.filter(ImageFilter.MinFilter(3))
    data, width = last.tobytes(), last.width
    left = [(i % width, i // width) for i, value in enumerate(data) if value]
    centre = moments([(x + region.left + 0.5, y + region.top + 0.5) for x, y in left])
    return (centre.x, centre.y), float(layers)


def branches_of(region: Region, soma: Place, radius: float) -> list[Branch]:
    """The longest way out of the soma, then what is farthest from all that was found, until only stubs are left."""
    inside = {(x, y) for y, a, b in region.runs for x in range(a, b)}
    ways: dict[Pixel, tuple[int, Pixel | None]] = {}
    body = [p for p in inside if math.dist(_middle(p), soma) <= 1.5 * radius]
    _spread(inside, ways, body)
    shortest = max(2.0 * radius, 14.0)
    branches: list[Branch] = []
    toward: dict[Pixel, Pixel] = {}
    while len(branches) < 40:
        tip = max(ways, key=lambda p: ways[p][0])
        if ways[tip][0] < shortest:
            break
        path, at = [tip], ways[tip][1]
        while at is not None:
            path.append(at)
            at = ways[at][1]
        from_soma = math.dist(_middle(path[-1]), soma) <= 1.5 * radius + 1
        branches.append(Branch(tuple(path), None if from_soma else _inward(toward, path[-1])))
        toward |= dict(pairwise(path))
        _spread(inside, ways, path)
    return branches


def _inward(toward: dict[Pixel, Pixel], place: Pixel) -> Pixel:
    """A little nearer to the soma: two processes at a narrow angle still touch well beyond their fork."""
    for _ in range(WEB):
        place = toward.get(place, place)
    return place


def _spread(inside: set[Pixel], ways: dict[Pixel, tuple[int, Pixel | None]], sources: Iterable[Pixel]) -> None:
    """Sets for each pixel how far it is from the nearest source, and the next pixel on the way; keeps nearer ways."""
    queue: deque[Pixel] = deque(sources)
    for p in queue:
        ways[p] = (0, None)
    while queue:
        p = queue.popleft()
        onward = ways[p][0] + 1
        for dx, dy in _AROUND:
            q = (p[0] + dx, p[1] + dy)
            if q in inside and (q not in ways or ways[q][0] > onward):
                ways[q] = (onward, p)
                queue.append(q)
