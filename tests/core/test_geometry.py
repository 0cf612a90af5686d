"""Shapes as primitives, their measures and words."""

from __future__ import annotations

import math

import pytest

from byom_gui.core import geometry
from byom_gui.core.geometry import FAR, Dot, Joint, Oval, Path
from byom_gui.core.predictions import (
    BoundingBox,
    Cuboid,
    DirectionalVector,
    Ellipse,
    Keypoint,
    Line,
    Node,
    Point,
    Polygon,
    Shape,
    Skeleton,
    Tag,
)

SQUARE = Polygon((Point(0, 0), Point(10, 0), Point(10, 10), Point(0, 10)))
CUBE = Cuboid(BoundingBox(0, 10, 20, 20), BoundingBox(10, 0, 20, 20))
BODY = Skeleton((Node(1, 2, False, "head"), Node(5, 9, True, "foot"), Node(7, 7, False)))
VECTOR = DirectionalVector(90, 12.5)


@pytest.mark.parametrize(
    ("shape", "box", "size", "words"),
    [
        (Tag(), None, None, "tag"),
        (BoundingBox(-2, 3, 8, 4), (-2, 3, 8, 4), 32, "bounding box"),
        (SQUARE, (0, 0, 10, 10), 100, "polygon, 4 points"),
        (Polygon(()), None, None, "polygon, 0 points"),
        (Line((Point(0, 0), Point(3, 4))), (0, 0, 3, 4), None, "line, 2 points"),
        (Line((Point(3, 4),)), (3, 4, 0, 0), None, "line, 1 point"),
        (Line(()), None, None, "line, 0 points"),
        (Keypoint(4, 5), (4, 5, 0, 0), None, "keypoint"),
        (Ellipse(0, Point(10, 10), Point(4, 2)), (6, 8, 8, 4), 8 * math.pi, "ellipse"),
        (Ellipse(90, Point(10, 10), Point(4, 2)), (8, 6, 4, 8), 8 * math.pi, "ellipse"),
        (CUBE, (0, 0, 30, 30), 400, "cuboid"),
        (BODY, (1, 2, 6, 7), None, "skeleton, 3 joints, 1 hidden"),
        (Skeleton((Node(1, 1, False),)), (1, 1, 0, 0), None, "skeleton, 1 joint"),
        (Skeleton(()), None, None, "skeleton, 0 joints"),
        (VECTOR, None, None, "directional vector, angle 90, length 12.5"),
    ],
)
def test_measures_and_words(
    shape: Shape, box: tuple[float, float, float, float] | None, size: float | None, words: str
) -> None:
    found = geometry.bounds(shape)
    assert found == (box if box is None else pytest.approx(box))
    assert geometry.area(shape) == (size if size is None else pytest.approx(size))
    assert geometry.describe(shape) == words


def test_a_cuboid_is_drawn_from_back_to_front() -> None:
    parts = geometry.primitives(CUBE)
    assert [(part.part, part.closed) for part in parts if isinstance(part, Path)] == [
        ("back", True),
        *[("back", False)] * 4,
        ("outline", True),
    ]
    assert parts[1] == Path((Point(0, 10), Point(10, 0)), False, "back")


def test_a_skeleton_has_edges_only_where_they_are_known() -> None:
    joints = (Joint(Point(1, 2), False, "head"), Joint(Point(5, 9), True, "foot"), Joint(Point(7, 7), False))
    assert geometry.primitives(BODY) == joints
    edged = geometry.primitives(BODY, (("head", "foot"), ("head", "tail"), ("tail", "head"), ("head", "head")))
    assert edged == (
        Path((Point(1, 2), Point(5, 9)), False, "hidden edge"),
        Path((Point(1, 2), Point(1, 2)), False, "edge"),
        *joints,
    )


def test_an_ellipse_turns_clockwise_in_degrees() -> None:
    (oval,) = geometry.primitives(Ellipse(450, Point(10, 10), Point(4, -2)))
    assert oval == Oval(Point(10, 10), Point(4, 2), 90)
    first = geometry.around(oval, 4)[0]
    assert (first.x, first.y) == pytest.approx((10, 14))


@pytest.mark.parametrize(
    ("shape", "handles"),
    [
        (SQUARE, 4),
        (Line((Point(0, 0), Point(3, 4))), 2),
        (Ellipse(0, Point(0, 0), Point(4, 2)), 4),
        (CUBE, 4),
        (Keypoint(1, 1), 0),
        (Tag(), 0),
    ],
)
def test_corners_carry_handles(shape: Shape, handles: int) -> None:
    assert len(geometry.corners(shape)) == handles


def test_a_vector_points_clockwise_from_the_right() -> None:
    way = geometry.direction(VECTOR)
    assert (way.x, way.y) == pytest.approx((0, 1))


@pytest.mark.parametrize(
    "shape",
    [
        BoundingBox(-1e300, 1e300, 1e308, 1e308),
        Polygon((Point(-1e300, 0), Point(1e300, 1e300), Point(0, 1e308))),
        Line((Point(1e300, -1e300), Point(5, 5))),
        Keypoint(1e300, -1e300),
        Ellipse(1e300, Point(1e300, 1e300), Point(1e308, 1e308)),
        Cuboid(BoundingBox(1e308, 1e308, 1e308, 1e308), BoundingBox(0, 0, 0, 0)),
        Skeleton((Node(1e300, 1e300, True),)),
    ],
)
def test_huge_coordinates_stay_finite(shape: Shape) -> None:
    box = geometry.bounds(shape)
    assert box is not None
    assert all(math.isfinite(value) and abs(value) <= 4 * FAR for value in box)
    assert math.isfinite(geometry.area(shape) or 0.0)


def test_the_primitives_of_a_keypoint() -> None:
    assert geometry.primitives(Keypoint(1, 2)) == (Dot(Point(1, 2)),)
