"""Made-up pictures with things on them, and servers that say where these are in one wrong way or another."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from byom_gui.core.diagnosis import Diagnosis, diagnose, read_call
from byom_gui.core.diagnosis.readings import Reading, at, then, transform
from byom_gui.core.observations import IDENTITY, Affine, Call, EdgeMap, Observations, Variant
from tests.core.calls import body, call, endpoint

Size = tuple[int, int]
Thing = tuple[str, float, float, float, float]
"""Kind of shape, left, top, right, bottom, in pixels."""
Jitter = Callable[[float], float]

SIZES: tuple[Size, ...] = ((1200, 900), (900, 1200), (640, 400))


def things(seed: int, size: Size, count: int, kinds: Sequence[str] = ("bounding_box",)) -> list[Thing]:
    """Things of different sizes all over a picture."""
    rng, (width, height) = random.Random(seed), size
    made = []
    for number in range(count):
        w, h = rng.uniform(0.05, 0.25) * width, rng.uniform(0.05, 0.25) * height
        x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
        made.append((kinds[number % len(kinds)], x, y, x + w, y + h))
    return made


def changes(size: Size) -> dict[str, tuple[Affine, Size, int]]:
    """By kind: the map, the changed picture's upright size, and the EXIF orientation with which it is stored."""
    width, height = size
    return {
        "mirrored": ((-1, 0, width, 0, 1, 0), size, 1),
        "upended": ((1, 0, 0, 0, -1, height), size, 1),
        "half": ((0.5, 0, 0, 0, 0.5, 0), (width // 2, height // 2), 1),
        "narrow": ((0.5, 0, 0, 0, 1, 0), (width // 2, height), 1),
        "padded": (IDENTITY, (width + 97, height + 161), 1),
        "upright": ((0.5, 0, 0, 0, 0.5, 0), (width // 2, height // 2), 1),
        "turned-6": (IDENTITY, size, 6),
        "turned-8": (IDENTITY, size, 8),
    }


def inverse(way: Affine) -> Affine:
    """The way back."""
    a, b, c, d, e, f = way
    det = a * e - b * d
    return (e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det)


def said(found: Sequence[Thing], to: Affine, size: Size, orientation: int, wrong: Reading, shake: Jitter) -> Any:
    """The answer of a server that sees all things of a picture and writes them down in the ``wrong`` way."""
    back = then(to, inverse(transform(wrong, *size, orientation)))
    results = []
    for kind, *box in found:
        x1, y1 = map(shake, at(to, box[0], box[1]))
        x2, y2 = map(shake, at(to, box[2], box[3]))
        step = then(inverse(to), back)
        (ax, ay), (bx, by) = at(step, x1, y1), at(step, x2, y2)
        left, top, right, bottom = min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)
        results.append(
            {"name": kind, "label": kind, "confidence": 0.9, kind: _shape(kind, left, top, right, bottom, wrong)}
        )
    return body(*results)


def _shape(kind: str, left: float, top: float, right: float, bottom: float, wrong: Reading) -> Any:
    middle = {"x": (left + right) / 2, "y": (top + bottom) / 2}
    if kind == "bounding_box":
        w, h = right - left, bottom - top
        if wrong.layout == "corners":
            w, h = right, bottom
        if wrong.layout == "centre":
            left, top = middle["x"], middle["y"]
        if wrong.swap == "place":
            w, h = h, w
        return {"x": left, "y": top, "w": w, "h": h}
    if kind == "keypoint":
        return middle
    if kind == "ellipse":
        return {"angle": 0, "center": middle, "radius": {"x": (right - left) / 2, "y": (bottom - top) / 2}}
    points = [{"x": left, "y": middle["y"]}, {"x": middle["x"], "y": top}, {"x": right, "y": bottom}]
    if kind == "skeleton":
        return {"nodes": [{**point, "occluded": False} for point in points]}
    return {"path": points}


def no_shake(value: float) -> float:
    return value


def shaking(seed: int, most: float) -> Jitter:
    """Answers that vary by up to so many pixels."""
    rng = random.Random(seed)
    return lambda value: value + rng.uniform(-most, most)


def calls(
    wrong: Reading,
    *,
    kinds: Sequence[str] = ("bounding_box",),
    probes: Sequence[str] = ("mirrored", "half", "upended", "turned-6"),
    sizes: Sequence[Size] = SIZES,
    count: int = 6,
    seed: int = 1,
    shake: Jitter = no_shake,
    orientation: int = 1,
) -> list[Call]:
    """The calls of a check of several pictures, the first two of them changed as well."""
    made = []
    for number, size in enumerate(sizes):
        found, name = things(seed + number, size, count, kinds), f"{number}.png"
        one = call(said(found, IDENTITY, size, orientation, wrong, shake), image=name)
        one = replace(one, image_width=size[0], image_height=size[1], image_orientation=orientation)
        made.append(one)
        for kind in probes if number < 2 else ():
            to, changed, turn = changes(size)[kind]
            # rotations are found by the stored size only
            answer = said(found, to, changed, turn, wrong, shake)
            also = call(answer, image=f"{number} {kind}.png", purpose="variant")
            made.append(
                replace(
                    also,
                    image_width=changed[0],
                    image_height=changed[1],
                    image_orientation=turn,
                    variant=Variant(kind, name, to),
                )
            )
    return made


def told(made: Sequence[Call], edges: tuple[EdgeMap, ...] = ()) -> Diagnosis:
    """What is said of these calls."""
    return diagnose(Observations(endpoint(), edges=edges), [read_call(each) for each in made], None)


def edge_map(name: str, size: Size, found: Sequence[Thing], cells: int = 200) -> EdgeMap:
    """Where a picture with frames around its things changes from place to place."""
    share = cells / size[0]
    height = max(1, round(size[1] * share))
    values = bytearray((place * 7919) % 12 for place in range(cells * height))
    for _, *box in found:
        left, top, right, bottom = (
            min(max(int(number * share), 0), limit)
            for number, limit in zip(box, (cells - 1, height - 1) * 2, strict=True)
        )
        for x in range(left, right + 1):
            values[top * cells + x] = values[bottom * cells + x] = 150
        for y in range(top, bottom + 1):
            values[y * cells + left] = values[y * cells + right] = 150
    return EdgeMap(name, cells, height, bytes(values))
