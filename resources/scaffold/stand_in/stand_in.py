"""A stand-in for your model: it finds what stands out from the ground of a picture.

It truly looks at the pixels, so that the whole way to V7 can be tried before your model is in.
Delete this file once ``model.py`` does not need it any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageStat

from server.answer import Point

_GRID = 240
_STANDS_OUT = 40
_MOST = 400
_Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Thing:
    """Something that stands out. ``box`` is left, top, right, bottom, in pixels."""

    box: tuple[float, float, float, float]
    outline: tuple[Point, ...]
    confidence: float


def ground_light(picture: Image.Image) -> float:
    """How light the ground is, from 0 to 1."""
    red, green, blue = _ground(picture.resize((32, 32), Image.Resampling.BOX))
    return (0.3 * red + 0.59 * green + 0.11 * blue) / 255


def find_things(picture: Image.Image) -> list[Thing]:
    """What stands out, from top to bottom."""
    cell = max(picture.width, picture.height, _GRID) / _GRID
    size = max(1, round(picture.width / cell)), max(1, round(picture.height / cell))
    small = picture
    if size != picture.size:
        small = picture.resize(size, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(0.6))
    ground = _ground(small)
    found = []
    for left, top, right, bottom, area in _parts(_mask(small, ground)):
        if not 6 <= area <= 0.6 * size[0] * size[1]:
            continue
        near = (
            max(0, round((left - 1) * cell)),
            max(0, round((top - 1) * cell)),
            min(picture.width, round((right + 1) * cell)),
            min(picture.height, round((bottom + 1) * cell)),
        )
        thing = _closely(picture, near, ground)
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
    return most.point([0] * (_STANDS_OUT + 1) + [255] * (255 - _STANDS_OUT))


def _parts(mask: Image.Image) -> Iterator[tuple[int, int, int, int, int]]:
    """Connected parts as left, top, right, bottom and area, joined from the runs of each row."""
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
    corners = [min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3])]
    return [*corners, one[4] + two[4]]


def _closely(picture: Image.Image, near: _Box, ground: tuple[int, int, int]) -> Thing | None:
    """The exact box and outline, in the picture's own pixels."""
    crop = picture.crop(near)
    mask = _mask(crop, ground)
    box = mask.getbbox()
    if box is None:
        return None
    statistics = ImageStat.Stat(crop, mask)
    filled = statistics.count[0] / ((box[2] - box[0]) * (box[3] - box[1]))
    apart = max(abs(a - b) for a, b in zip(statistics.median, ground, strict=True))
    left, top = near[0], near[1]
    return Thing(
        (left + box[0], top + box[1], left + box[2], top + box[3]),
        tuple((left + x, top + y) for x, y in _outline(mask, box)),
        round(min(0.99, 0.45 + 0.3 * filled + 0.25 * apart / 255), 3),
    )


def _outline(mask: Image.Image, box: _Box) -> list[Point]:
    left, right = [], []
    steps = min(8, box[3] - box[1])
    for step in range(steps):
        y = box[1] + (0 if steps == 1 else round(step * (box[3] - box[1] - 1) / (steps - 1)))
        row = mask.crop((box[0], y, box[2], y + 1)).getbbox()
        if row:
            # the last row counts as far as its lower edge, so that all of the thing is inside
            down = y + (1.0 if step == steps - 1 else 0.0 if step == 0 else 0.5)
            left.append((float(box[0] + row[0]), down))
            right.append((float(box[0] + row[2]), down))
    return left + right[::-1]
