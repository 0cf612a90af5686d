"""How far a shape extends, and whether it has any size: the geometry that the rules on meaning need."""

from __future__ import annotations

from collections.abc import Sequence

from byom_gui.core.predictions import (
    BoundingBox,
    Cuboid,
    Ellipse,
    Keypoint,
    Line,
    Point,
    Polygon,
    Shape,
    Skeleton,
)

Bounds = tuple[float, float, float, float]


def is_degenerate(shape: Shape) -> bool:
    """Whether a shape has no area, no length, or too few points."""
    if isinstance(shape, Polygon):
        return len(shape.path) < 3 or _is_flat(shape.path)
    if isinstance(shape, Line):
        return len(set(shape.path)) < 2
    if isinstance(shape, BoundingBox):
        return shape.w == 0 or shape.h == 0
    if isinstance(shape, Ellipse):
        return shape.radius.x == 0 or shape.radius.y == 0
    if isinstance(shape, Cuboid):
        return all(face.w == 0 or face.h == 0 for face in (shape.front, shape.back))
    return isinstance(shape, Skeleton) and not shape.nodes


def outside_by(shape: Shape, width: int, height: int) -> float:
    """How many pixels a shape extends beyond the image at most; 0 if it does not, or has no position."""
    bounds = bounds_of(shape)
    if bounds is None:
        return 0.0
    left, top, right, bottom = bounds
    return max(0.0, -left, -top, right - width, bottom - height)


def _is_flat(path: Sequence[Point]) -> bool:
    """Whether all points of an outline lie on one line. An outline that crosses itself may enclose no area by sign and
    is not flat."""
    x0, y0 = path[0]  # measured from the first corner, so that rounding far from the origin does not count
    x1, y1 = next((point for point in path if point != path[0]), path[0])
    return all((x1 - x0) * (y - y0) == (y1 - y0) * (x - x0) for x, y in path)


def bounds_of(shape: Shape) -> Bounds | None:
    """Left, top, right, bottom of a shape; None if it has no position; a turned ellipse by its smaller radius."""
    if isinstance(shape, BoundingBox):
        return _of_box(shape)
    if isinstance(shape, Polygon | Line):
        return _of_points(shape.path)
    if isinstance(shape, Keypoint):
        return shape.x, shape.y, shape.x, shape.y
    if isinstance(shape, Ellipse):
        return _of_ellipse(shape)
    if isinstance(shape, Cuboid):
        return _of_boxes(shape.front, shape.back)
    # an occluded joint may well be outside the image
    seen = [Point(node.x, node.y) for node in shape.located if not node.occluded] if isinstance(shape, Skeleton) else []
    return _of_points(seen)


def _of_box(box: BoundingBox) -> Bounds:
    return box.x, box.y, box.x + box.w, box.y + box.h


def _of_boxes(front: BoundingBox, back: BoundingBox) -> Bounds:
    one, two = _of_box(front), _of_box(back)
    return min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3])


def _of_points(points: Sequence[Point]) -> Bounds | None:
    if not points:
        return None
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _of_ellipse(shape: Ellipse) -> Bounds:
    """V7 has not published the unit of the angle: a turned ellipse counts by its smaller radius, which is certain."""
    across, down = shape.radius.x, shape.radius.y
    if shape.angle:
        across = down = min(across, down)
    center = shape.center
    return center.x - across, center.y - down, center.x + across, center.y + down
