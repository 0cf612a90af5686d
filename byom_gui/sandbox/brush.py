"""Pens, textures and colour ramps for the sample pictures. All chance comes from a seeded generator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Place = tuple[float, float]
Colour = tuple[int, int, int]
Ramp = Sequence[tuple[int, Colour]]

OVERSAMPLE = 4


@dataclass(frozen=True, slots=True)
class Blob:
    """A roundish body: centre, half axes in pixels, turn in radians, and its outline."""

    x: float
    y: float
    long: float
    short: float
    turn: float
    outline: tuple[Place, ...]

    @property
    def reach(self) -> float:
        """The distance from the centre to the farthest point of the outline, in pixels."""
        return max(math.hypot(x - self.x, y - self.y) for x, y in self.outline)


def blob(rng: Random, centre: Place, long: float, short: float, *, turn: float, wobble: float = 0.05) -> Blob:
    """A body whose outline is an ellipse with a few seeded waves on it."""
    waves = [(k, rng.uniform(0, wobble) / (k - 1), rng.uniform(0, math.tau)) for k in range(2, 6)]
    points = []
    for step in range(56):
        angle = math.tau * step / 56
        swell = 1 + sum(size * math.cos(k * angle + phase) for k, size, phase in waves)
        u, v = long * swell * math.cos(angle), short * swell * math.sin(angle)
        points.append((centre[0] + _turned(u, v, turn)[0], centre[1] + _turned(u, v, turn)[1]))
    return Blob(*centre, long, short, turn, tuple(points))


def _turned(u: float, v: float, turn: float) -> Place:
    return u * math.cos(turn) - v * math.sin(turn), u * math.sin(turn) + v * math.cos(turn)


def along(centre: Place, turn: float, u: float, v: float) -> Place:
    """The place that lies ``u`` pixels along a direction and ``v`` across it from ``centre``."""
    dx, dy = _turned(u, v, turn)
    return centre[0] + dx, centre[1] + dy


def grain(rng: Random, size: tuple[int, int], feature: float) -> Image.Image:
    """Smooth grey noise over the whole range; ``feature`` is the size of its lumps in pixels."""
    small = (max(2, round(size[0] / feature)), max(2, round(size[1] / feature)))
    raw = Image.frombytes("L", small, rng.randbytes(small[0] * small[1]))
    return raw if small == size else raw.resize(size, Image.Resampling.BICUBIC)


def faded(image: Image.Image, gain: float, offset: float = 0.0) -> Image.Image:
    """Each value times ``gain`` plus ``offset``, kept within 0 to 255."""
    return image.point([max(0, min(255, round(value * gain + offset))) for value in range(256)])


def mask_of(outline: Sequence[Place], box: tuple[int, int, int, int], blur: float) -> Image.Image:
    """The filled outline as a soft grey mask of the given box (left, top, right, bottom)."""
    left, top, right, bottom = box
    big = Image.new("L", ((right - left) * OVERSAMPLE, (bottom - top) * OVERSAMPLE))
    points = [((x - left) * OVERSAMPLE, (y - top) * OVERSAMPLE) for x, y in outline]
    ImageDraw.Draw(big).polygon(points, fill=255)
    return big.reduce(OVERSAMPLE).filter(ImageFilter.GaussianBlur(blur))


def box_around(outline: Sequence[Place], margin: int) -> tuple[int, int, int, int]:
    """Whole pixels around an outline, with a margin; may reach beyond the picture."""
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    return (
        math.floor(min(xs)) - margin,
        math.floor(min(ys)) - margin,
        math.ceil(max(xs)) + margin,
        math.ceil(max(ys)) + margin,
    )


def lay(canvas: Image.Image, patch: Image.Image, at: tuple[int, int]) -> None:
    """Lays a patch of light on the canvas: the brighter of the two stays."""
    box = (at[0], at[1], at[0] + patch.width, at[1] + patch.height)
    canvas.paste(ImageChops.lighter(canvas.crop(box), patch), at)


def glow(canvas: Image.Image, centre: Place, radius: float, level: int, blur: float) -> None:
    """Adds a soft spot of light."""
    reach = math.ceil(radius + 3 * blur) + 2
    left, top = math.floor(centre[0]) - reach, math.floor(centre[1]) - reach
    big = Image.new("L", (2 * reach * OVERSAMPLE, 2 * reach * OVERSAMPLE))
    x, y, r = (centre[0] - left) * OVERSAMPLE, (centre[1] - top) * OVERSAMPLE, radius * OVERSAMPLE
    ImageDraw.Draw(big).ellipse((x - r, y - r, x + r, y + r), fill=level)
    spot = big.reduce(OVERSAMPLE).filter(ImageFilter.GaussianBlur(blur))
    box = (left, top, left + spot.width, top + spot.height)
    canvas.paste(ImageChops.add(canvas.crop(box), spot), (left, top))


def coloured(signal: Image.Image, ramp: Ramp) -> Image.Image:
    """A grey signal as colour, by a ramp of (value, colour) stops from 0 to 255."""
    tables: list[list[int]] = [[], [], []]
    for value in range(256):
        low, high = max(s for s in ramp if s[0] <= value), min(s for s in ramp if s[0] >= value)
        share = 0.0 if low[0] == high[0] else (value - low[0]) / (high[0] - low[0])
        for table, a, b in zip(tables, low[1], high[1], strict=True):
            table.append(round(a + (b - a) * share))
    return Image.merge("RGB", [signal.point(table) for table in tables])


def clipped(outline: Sequence[Place], width: float, height: float) -> list[Place]:
    """The part of a closed outline that lies within the picture (Sutherland and Hodgman's way)."""
    points = list(outline)
    for axis, limit, sign in ((0, 0.0, 1), (0, width, -1), (1, 0.0, 1), (1, height, -1)):
        kept: list[Place] = []
        for a, b in zip(points, points[1:] + points[:1], strict=True):
            inside_a, inside_b = (a[axis] - limit) * sign >= 0, (b[axis] - limit) * sign >= 0
            if inside_a:
                kept.append(a)
            if inside_a != inside_b:
                share = (limit - a[axis]) / (b[axis] - a[axis])
                kept.append((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share))
        points = kept
    return points
