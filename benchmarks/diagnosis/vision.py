"""A small, honest model: it finds what stands out from the ground of a picture, and truly reads the pixels for it.

So that a picture that is flipped, padded, scaled or turned moves its answer as it would move that of a real model.
"""

from __future__ import annotations

import colorsys
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat

_GRID = 240
_STANDS_OUT = 40
_MOST = 400
_HUES = ((18, "red"), (75, "yellow"), (165, "green"), (262, "blue"), (338, "purple"), (361, "red"))

Box = tuple[float, float, float, float]
Place = tuple[float, float]


class NoPictureError(Exception):
    """The bytes are no picture that can be read."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that stands out. ``box`` is left, top, right, bottom; all in pixels of the picture as it was read."""

    colour: str
    box: Box
    outline: tuple[Place, ...]
    confidence: float

    @property
    def size(self) -> Place:
        """Width and height."""
        return self.box[2] - self.box[0], self.box[3] - self.box[1]

    @property
    def centre(self) -> Place:
        """The middle of the box."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, slots=True)
class View:
    """What was seen: the picture's size as it was read, what kind of file it is, and the things."""

    width: int
    height: int
    kind: str
    mode: str
    frames: int
    turned: int
    """The EXIF orientation, 1 where there is none."""
    things: tuple[Thing, ...]


@lru_cache(maxsize=400)
def look(data: bytes, upright: bool = True) -> View:
    """Reads a picture. With ``upright`` its EXIF orientation is followed, else not.

    Raises:
        NoPictureError: the bytes are no picture, or a broken one.
    """
    try:
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
            kind, mode, frames = opened.format or "", opened.mode, int(getattr(opened, "n_frames", 1))
            turned = int(opened.getexif().get(0x0112, 1))
            picture = ImageOps.exif_transpose(opened) if upright else opened.copy()
            rgb = _rgb(picture)
    except Exception as error:  # noqa: BLE001 - whatever Pillow raises
        raise NoPictureError(str(error)) from None
    return View(rgb.width, rgb.height, kind, mode, frames, turned, tuple(_things(rgb)))


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA", "P"):
        whole = picture.convert("RGBA")
        ground = Image.new("RGBA", whole.size, (255, 255, 255, 255))
        return Image.alpha_composite(ground, whole).convert("RGB")
    return picture.convert("RGB")


def _things(rgb: Image.Image) -> list[Thing]:
    cell = max(rgb.width, rgb.height, _GRID) / _GRID
    size = max(1, round(rgb.width / cell)), max(1, round(rgb.height / cell))
    small = rgb.resize(size, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(0.6)) if size != rgb.size else rgb
    ground = _ground(small)
    mask = _mask(small, ground)
    found = []
    for left, top, right, bottom, area in _parts(mask):
        if area < 6 or area > 0.6 * size[0] * size[1]:
            continue
        near = (
            max(0, round((left - 1) * cell)),
            max(0, round((top - 1) * cell)),
            min(rgb.width, round((right + 1) * cell)),
            min(rgb.height, round((bottom + 1) * cell)),
        )
        thing = _closely(rgb, near, ground)
        if thing:
            found.append(thing)
    return sorted(found, key=lambda thing: (thing.box[1], thing.box[0]))[:_MOST]


def _ground(small: Image.Image) -> tuple[int, int, int]:
    """The commonest colour along the border, roughly."""
    width, height = small.size
    edge = [small.getpixel((x, y)) for x in range(width) for y in {0, height - 1}]
    edge += [small.getpixel((x, y)) for y in range(height) for x in {0, width - 1}]
    colours = [each for each in edge if isinstance(each, tuple)]
    common = Counter((r >> 5, g >> 5, b >> 5) for r, g, b in colours).most_common(1)[0][0]
    near = [c for c in colours if (c[0] >> 5, c[1] >> 5, c[2] >> 5) == common]
    middle = [sorted(c[band] for c in near)[len(near) // 2] for band in range(3)]
    return middle[0], middle[1], middle[2]


def _mask(picture: Image.Image, ground: tuple[int, int, int]) -> Image.Image:
    apart = ImageChops.difference(picture, Image.new("RGB", picture.size, ground))
    red, green, blue = apart.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point(lambda value: 255 if value > _STANDS_OUT else 0)


def _parts(mask: Image.Image) -> Iterator[tuple[int, int, int, int, int]]:
    """Connected parts as left, top, right, bottom (outside) and area, out of runs along the rows."""
    width, data = mask.width, mask.tobytes()
    parts: list[list[int]] = []
    joined: list[int] = []

    def root(at: int) -> int:
        while joined[at] != at:
            at = joined[at]
        return at

    above: list[tuple[int, int, int]] = []
    for y in range(mask.height):
        row = data[y * width : (y + 1) * width]
        here: list[tuple[int, int, int]] = []
        start = row.find(b"\xff")
        while start >= 0:
            end = row.find(b"\x00", start)
            end = width if end < 0 else end
            touching = {root(part) for left, right, part in above if left <= end and right >= start}
            number = len(parts)
            parts.append([start, y, end, y + 1, end - start])
            joined.append(number)
            for other in touching:
                joined[other] = number
                parts[number] = _together(parts[number], parts[other])
            here.append((start, end, number))
            start = row.find(b"\xff", end)
        above = here
    for number, (left, top, right, bottom, area) in enumerate(parts):
        if joined[number] == number:
            yield left, top, right, bottom, area


def _together(one: list[int], two: list[int]) -> list[int]:
    return [min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3]), one[4] + two[4]]


def _closely(rgb: Image.Image, near: tuple[int, int, int, int], ground: tuple[int, int, int]) -> Thing | None:
    """The exact box and outline, in the picture's own pixels."""
    crop = rgb.crop(near)
    mask = _mask(crop, ground)
    box = mask.getbbox()
    if box is None:
        return None
    statistics = ImageStat.Stat(crop, mask)
    red, green, blue = (float(each) for each in statistics.median)
    left, top = near[0], near[1]
    area = statistics.count[0] / ((box[2] - box[0]) * (box[3] - box[1]))
    apart = max(abs(a - b) for a, b in zip((red, green, blue), ground, strict=True))
    outline = tuple((left + x, top + y) for x, y in _outline(mask, box))
    confidence = min(0.99, 0.45 + 0.3 * area + 0.25 * apart / 255)
    exact = (float(left + box[0]), float(top + box[1]), float(left + box[2]), float(top + box[3]))
    return Thing(_colour(red, green, blue), exact, outline, round(confidence, 3))


def _outline(mask: Image.Image, box: tuple[int, int, int, int]) -> list[Place]:
    left, right = [], []
    steps = min(8, box[3] - box[1])
    for step in range(steps):
        y = box[1] + (0 if steps == 1 else round(step * (box[3] - box[1] - 1) / (steps - 1)))
        row = mask.crop((box[0], y, box[2], y + 1)).getbbox()
        if row:
            # the last row counts as far as its lower edge, so that the outline reaches round the whole thing
            down = y + (1.0 if step == steps - 1 else 0.0 if step == 0 else 0.5)
            left.append((float(box[0] + row[0]), down))
            right.append((float(box[0] + row[2]), down))
    return left + right[::-1]


def _colour(red: float, green: float, blue: float) -> str:
    hue, saturation, _ = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    if saturation < 0.22:
        return "grey"
    return next(name for limit, name in _HUES if hue * 360 < limit)
