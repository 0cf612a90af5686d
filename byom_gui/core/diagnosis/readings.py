"""Ways to read a response's numbers: unit, layout, axes and orientation, and the shapes that result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from byom_gui.core.observations import IDENTITY, Affine
from byom_gui.core.predictions import (
    BoundingBox,
    Cuboid,
    Ellipse,
    Keypoint,
    Line,
    Point,
    Polygon,
    Prediction,
    Shape,
    Skeleton,
)

Layout = Literal["size", "corners", "centre"]
Fit = Literal["stretched", "centred", "corner", "shorter"]
Swap = Literal["", "all", "place"]
"""``place``: x and y of a box are swapped, but its width and height are not."""

Size = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read coordinates; the plain one is pixels, ``x y w h`` from the corner, of the upright image.

    Args:
        size: the size to which the image was resized; (1, 1) is 0–1, (100, 100) percentages, None pixels.
        fit: how it was resized: stretched, or with its aspect ratio kept and bars around it (``centred``) or at its
            end (``corner``), or with its aspect ratio kept and the shorter side that long.
        layout: of boxes; ``corners`` is x1 y1 x2 y2 in x y w h.
        swap: whether x and y are swapped.
        unrotated: the coordinates are for the image before its EXIF orientation was applied.
        confidence: 0 to 1, how strongly the evidence supports it.
    """

    size: Size | None = None
    fit: Fit = "stretched"
    layout: Layout = "size"
    swap: Swap = ""
    unrotated: bool = False
    confidence: float = 0.0

    @property
    def plain(self) -> bool:
        """Whether nothing has to be corrected."""
        return self.size is None and self.layout == "size" and not self.swap and not self.unrotated

    @property
    def name(self) -> str:
        """In words, such as ``0–1, center``."""
        parts = [self.unit_name]
        parts += {"size": [], "corners": ["x1 y1 x2 y2"], "centre": ["center"]}[self.layout]
        parts += ["x and y swapped"] if self.swap else []
        parts += ["before turning upright"] if self.unrotated else []
        return ", ".join(parts)

    @property
    def unit_name(self) -> str:
        """The unit in words."""
        if self.size is None:
            return "pixels"
        known = {(1.0, 1.0): "0–1", (100.0, 100.0): "percent"}.get(self.size)
        size = known or f"{self.size[0]:.0f} × {self.size[1]:.0f}"
        if self.fit == "shorter":
            return f"shorter side {self.size[0]:.0f}"
        return size if self.fit == "stretched" else f"{size} with bars"


@lru_cache(maxsize=4096)
def transform(reading: Reading, width: int, height: int, orientation: int = 1) -> Affine:
    """From a response's numbers to pixels of the upright image of that size."""
    turned = reading.unrotated and orientation > 1
    frame = (height, width) if turned and orientation >= 5 else (width, height)
    sx, cx, sy, cy = _unit(reading, *frame)
    made: Affine = (0.0, sx, cx, sy, 0.0, cy) if reading.swap else (sx, 0.0, cx, 0.0, sy, cy)
    return then(made, upright(orientation, *frame)) if turned else made


def _unit(reading: Reading, width: int, height: int) -> Box:
    """Scale and shift of x, then of y."""
    if reading.size is None:
        return 1.0, 0.0, 1.0, 0.0
    across, down = reading.size
    if reading.fit == "stretched":
        return width / across, 0.0, height / down, 0.0
    if reading.fit == "shorter":
        scale = min(width / across, height / down)
        return scale, 0.0, scale, 0.0
    scale = max(width / across, height / down)
    if reading.fit == "corner":
        return scale, 0.0, scale, 0.0
    return scale, (width - across * scale) / 2, scale, (height - down * scale) / 2


def upright(orientation: int, width: int, height: int) -> Affine:
    """From the pixels of a stored image of that size to those of the upright one."""
    maps: dict[int, Affine] = {
        2: (-1, 0, width, 0, 1, 0),
        3: (-1, 0, width, 0, -1, height),
        4: (1, 0, 0, 0, -1, height),
        5: (0, 1, 0, 1, 0, 0),
        6: (0, -1, height, 1, 0, 0),
        7: (0, -1, height, -1, 0, width),
        8: (0, 1, 0, -1, 0, width),
    }
    return maps.get(orientation, IDENTITY)


def then(first: Affine, second: Affine) -> Affine:
    """The map that applies ``first``, then ``second``."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (
        p * a + q * d,
        p * b + q * e,
        p * c + q * f + r,
        s * a + t * d,
        s * b + t * e,
        s * c + t * f + u,
    )


def at(way: Affine, x: float, y: float) -> tuple[float, float]:
    """A point under a map."""
    return way[0] * x + way[1] * y + way[2], way[3] * x + way[4] * y + way[5]


def bounds_at(way: Affine, box: Box) -> Box:
    """Left, top, right, bottom under a map that keeps upright boxes upright."""
    x1, y1 = at(way, box[0], box[1])
    x2, y2 = at(way, box[2], box[3])
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def laid_out(numbers: Box, layout: Layout, swap: Swap) -> Box:
    """The four numbers of a box as two corners, still in the response's own unit and axes."""
    x, y, w, h = numbers
    if layout == "corners":
        return numbers
    if swap == "place":
        w, h = h, w
    return (x - w / 2, y - h / 2, x + w / 2, y + h / 2) if layout == "centre" else (x, y, x + w, y + h)


def correct(prediction: Prediction, reading: Reading, width: int, height: int, orientation: int = 1) -> Prediction:
    """The same result with a different reading: its shape in pixels of the upright image.

    Args:
        width: of the upright image, in pixels.
        height: likewise.
        orientation: the EXIF orientation with which the image was sent.
    """
    way = transform(replace(reading, confidence=0.0), width, height, orientation)
    return replace(prediction, shape=_corrected(prediction.shape, reading, way, orientation))


def _corrected(shape: Shape, reading: Reading, way: Affine, orientation: int) -> Shape:
    match shape:
        case BoundingBox():
            return _box(shape, reading, way)
        case Cuboid():
            return Cuboid(_box(shape.front, reading, way), _box(shape.back, reading, way))
        case Polygon():
            return Polygon(tuple(_point(point, way) for point in shape.path))
        case Line():
            return Line(tuple(_point(point, way) for point in shape.path))
        case Keypoint():
            return Keypoint(*at(way, shape.x, shape.y))
        case Ellipse():
            mirrored = reading.unrotated and orientation in (2, 4, 5, 7)
            across = abs(way[0]) * shape.radius.x + abs(way[1]) * shape.radius.y
            down = abs(way[3]) * shape.radius.x + abs(way[4]) * shape.radius.y
            angle = -shape.angle % 180 if mirrored else shape.angle
            return Ellipse(angle, _point(shape.center, way), Point(across, down))
        case Skeleton():
            places = [at(way, node.x, node.y) for node in shape.nodes]
            nodes = (replace(node, x=x, y=y) for node, (x, y) in zip(shape.nodes, places, strict=True))
            return Skeleton(tuple(nodes))
        case _:
            return shape


def _point(point: Point, way: Affine) -> Point:
    return Point(*at(way, point.x, point.y))


def _box(box: BoundingBox, reading: Reading, way: Affine) -> BoundingBox:
    left, top, right, bottom = bounds_at(way, laid_out((box.x, box.y, box.w, box.h), reading.layout, reading.swap))
    return BoundingBox(left, top, right - left, bottom - top)
