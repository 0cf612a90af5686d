"""What a model said: frozen values, one class a shape. Coordinates are pixels of the upright picture as
sent, origin top left, x to the right, y down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

ShapeName = Literal[
    "tag",
    "bounding_box",
    "polygon",
    "line",
    "keypoint",
    "ellipse",
    "cuboid",
    "skeleton",
    "directional_vector",
]

SHAPE_NAMES: tuple[ShapeName, ...] = (
    "tag",
    "bounding_box",
    "polygon",
    "line",
    "keypoint",
    "ellipse",
    "cuboid",
    "skeleton",
    "directional_vector",
)
"""The nine shapes of V7's contract, in the order in which they are shown."""


class Point(NamedTuple):
    """A place in pixels. A tuple, as answers hold them by the hundred thousand."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Tag:
    """Says something of the whole picture; has no place."""


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """Top left corner and size, in pixels."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed outline."""

    path: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An open path."""

    path: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Keypoint:
    """One point."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Centre and radii in pixels. The unit of ``angle`` is not published; drawn as degrees, clockwise (assumed)."""

    angle: float
    center: Point
    radius: Point


@dataclass(frozen=True, slots=True)
class Cuboid:
    """Front and back face."""

    front: BoundingBox
    back: BoundingBox


@dataclass(frozen=True, slots=True)
class Node:
    """One joint of a skeleton. An answer holds no edges."""

    x: float
    y: float
    occluded: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Joints in the order of the answer."""

    nodes: tuple[Node, ...]

    @property
    def located(self) -> tuple[Node, ...]:
        """The joints without placeholders: those at exactly 0, 0 where others are not, as pose models return them for
        joints that they did not find."""
        found = tuple(node for node in self.nodes if node.x or node.y)
        return found or self.nodes


@dataclass(frozen=True, slots=True)
class DirectionalVector:
    """A direction and a length; it has no place of its own."""

    angle: float
    length: float


Shape = Tag | BoundingBox | Polygon | Line | Keypoint | Ellipse | Cuboid | Skeleton | DirectionalVector


@dataclass(frozen=True, slots=True)
class Prediction:
    """One result of an answer.

    Args:
        index: its place in ``results``.
        name: the class name that V7 is assumed to match.
        label: the other name; nothing uses it, a difference is a finding.
        confidence: 0 to 1.
        shape_name: the key under which the shape came.
        shape: the shape itself.
        text: the recognised text, where the result holds one.
        attributes: the attributes, where the result holds any.
    """

    index: int
    name: str
    label: str
    confidence: float
    shape_name: ShapeName
    shape: Shape
    text: str | None = None
    attributes: tuple[str, ...] = ()
