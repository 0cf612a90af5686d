"""Shapes as drawing primitives, their measures and their words. Pixels of the picture throughout.

What is drawn, by the window, by ``infer`` and in reports, comes from ``primitives``; nothing else reads a shape's
fields to draw it. The unit of an angle is not published: it is read as degrees, clockwise (assumed).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from byom_gui.core.predictions import (
    BoundingBox,
    Cuboid,
    DirectionalVector,
    Ellipse,
    Keypoint,
    Line,
    Point,
    Polygon,
    Shape,
    Skeleton,
    Tag,
)

Box = tuple[float, float, float, float]
"""Left, top, width, height."""

Part = Literal["outline", "open", "back", "edge", "hidden edge"]

FAR = 1e9
"""Farther out than this nothing is told apart: keeps sums and products of coordinates finite."""


@dataclass(frozen=True, slots=True)
class Path:
    """Straight strokes through ``points``; a closed one is filled where its part is ``outline``."""

    points: tuple[Point, ...]
    closed: bool
    part: Part = "outline"


@dataclass(frozen=True, slots=True)
class Oval:
    """An ellipse, turned by ``angle`` degrees clockwise about its centre."""

    center: Point
    radius: Point
    angle: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A keypoint."""

    at: Point


@dataclass(frozen=True, slots=True)
class Joint:
    """A skeleton's node."""

    at: Point
    hidden: bool
    name: str = ""


Primitive = Path | Oval | Dot | Joint


def near(value: float) -> float:
    """``value`` kept within what can be reckoned with."""
    return min(max(value, -FAR), FAR)


def _point(x: float, y: float) -> Point:
    return Point(near(x), near(y))


def _points(path: Iterable[Point]) -> tuple[Point, ...]:
    return tuple([point if -FAR < point[0] < FAR > point[1] > -FAR else _point(*point) for point in path])


def _corners(box: BoundingBox) -> tuple[Point, ...]:
    left, top, right, bottom = box.x, box.y, box.x + box.w, box.y + box.h
    return (_point(left, top), _point(right, top), _point(right, bottom), _point(left, bottom))


def primitives(shape: Shape, edges: Sequence[tuple[str, str]] = ()) -> tuple[Primitive, ...]:
    """What to draw for a shape, in the order of drawing; nothing for a tag or a vector, which have no place.

    Args:
        edges: a skeleton's joins, as pairs of node names, where the team's class is known to give them.
    """
    match shape:
        case BoundingBox():
            return (Path(_corners(shape), True),)
        case Polygon():
            return (Path(_points(shape.path), True),) if shape.path else ()
        case Line():
            return (Path(_points(shape.path), False, "open"),) if shape.path else ()
        case Keypoint():
            return (Dot(_point(shape.x, shape.y)),)
        case Ellipse():
            radius = Point(abs(near(shape.radius.x)), abs(near(shape.radius.y)))
            return (Oval(_point(shape.center.x, shape.center.y), radius, math.fmod(shape.angle, 360.0)),)
        case Cuboid():
            return _cuboid(shape)
        case Skeleton():
            return _skeleton(shape, edges)
        case _:
            return ()


def _cuboid(shape: Cuboid) -> tuple[Primitive, ...]:
    front, back = _corners(shape.front), _corners(shape.back)
    joins = tuple(Path(pair, False, "back") for pair in zip(front, back, strict=True))
    return (Path(back, True, "back"), *joins, Path(front, True))


def _skeleton(shape: Skeleton, edges: Sequence[tuple[str, str]]) -> tuple[Primitive, ...]:
    joints = tuple(Joint(_point(node.x, node.y), node.occluded, node.name) for node in shape.located)
    named = {joint.name: joint for joint in joints if joint.name}
    found = [(named[start], named[end]) for start, end in edges if start in named and end in named]
    strokes = tuple(Path((a.at, b.at), False, "hidden edge" if a.hidden or b.hidden else "edge") for a, b in found)
    return (*strokes, *joints)


def around(oval: Oval, steps: int) -> tuple[Point, ...]:
    """``steps`` points along an ellipse, first the end of its x radius."""
    turn = math.radians(oval.angle)
    cos, sin = math.cos(turn), math.sin(turn)
    made = []
    for step in range(steps):
        way = math.tau * step / steps
        x, y = oval.radius.x * math.cos(way), oval.radius.y * math.sin(way)
        made.append(Point(oval.center.x + x * cos - y * sin, oval.center.y + x * sin + y * cos))
    return tuple(made)


def direction(shape: DirectionalVector) -> Point:
    """A vector's direction as a step of length 1; y grows downwards."""
    turn = math.radians(math.fmod(shape.angle, 360.0))
    return Point(math.cos(turn), math.sin(turn))


def corners(shape: Shape) -> tuple[Point, ...]:
    """The places that carry a handle while the shape is selected."""
    for part in reversed(primitives(shape)):
        match part:
            case Path(points=points, part="outline" | "open"):
                return points
            case Oval():
                return around(part, 4)
            case _:
                return ()
    return ()


def box_of(points: Sequence[Point]) -> Box | None:
    """The smallest box around points, None around none."""
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, top = min(xs), min(ys)
    return (left, top, max(xs) - left, max(ys) - top)


def _oval_box(oval: Oval) -> Box:
    turn = math.radians(oval.angle)
    cos, sin = math.cos(turn), math.sin(turn)
    half = math.hypot(oval.radius.x * cos, oval.radius.y * sin)
    high = math.hypot(oval.radius.x * sin, oval.radius.y * cos)
    return (oval.center.x - half, oval.center.y - high, 2 * half, 2 * high)


def extent(parts: Sequence[Primitive]) -> Box | None:
    """The smallest box around primitives."""
    points: list[Point] = []
    for part in parts:
        match part:
            case Path():
                points.extend(part.points)
            case Oval():
                x, y, w, h = _oval_box(part)
                points.extend((Point(x, y), Point(x + w, y + h)))
            case _:
                points.append(part.at)
    return box_of(points)


def bounds(shape: Shape) -> Box | None:
    """The smallest upright box around a shape: left, top, width, height. None where the shape has no place."""
    return extent(primitives(shape))


def _shoelace(points: Sequence[Point]) -> float:
    # About the first corner, so that large coordinates do not eat up small areas.
    x0, y0 = points[0]
    total = 0.0
    for (ax, ay), (bx, by) in zip(points, (*points[1:], points[0]), strict=True):
        total += (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
    return abs(total) / 2


def area(shape: Shape) -> float | None:
    """The area in square pixels (a cuboid's: its front's); None for shapes that enclose nothing."""
    for part in reversed(primitives(shape)):
        match part:
            case Path(closed=True):
                return _shoelace(part.points)
            case Oval():
                return math.pi * part.radius.x * part.radius.y
            case _:
                return None
    return None


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def describe(shape: Shape) -> str:
    """A shape in words, such as ``polygon, 19 points``."""
    match shape:
        case Polygon() | Line():
            word = "polygon" if isinstance(shape, Polygon) else "line"
            return f"{word}, {_count(len(shape.path), 'point')}"
        case Skeleton():
            hidden, lost = sum(node.occluded for node in shape.nodes), len(shape.nodes) - len(shape.located)
            tail = (f", {hidden} hidden" if hidden else "") + (f", {lost} not found" if lost else "")
            return f"skeleton, {_count(len(shape.nodes), 'joint')}{tail}"
        case DirectionalVector():
            return f"directional vector, angle {shape.angle:.6g}, length {shape.length:.6g}"
        case BoundingBox():
            return "bounding box"
        case Tag():
            return "tag"
        case _:
            return type(shape).__name__.lower()
