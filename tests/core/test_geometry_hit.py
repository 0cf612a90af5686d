"""What lies under a place."""

from __future__ import annotations

import math

import pytest

from byom_gui.core.hit import contains, distance, hit
from byom_gui.core.predictions import (
    BoundingBox,
    Cuboid,
    Ellipse,
    Keypoint,
    Line,
    Node,
    Point,
    Polygon,
    Prediction,
    Shape,
    ShapeName,
    Skeleton,
    Tag,
)

BIG = BoundingBox(0, 0, 100, 100)
SMALL = BoundingBox(20, 20, 20, 20)
CUBE = Cuboid(BoundingBox(0, 10, 20, 20), BoundingBox(40, 0, 20, 20))
BENT = Line((Point(50, 0), Point(50, 50), Point(90, 50)))


def predict(*shapes: Shape) -> list[Prediction]:
    name: ShapeName = "tag"
    return [Prediction(10 + place, "a", "a", 0.9, name, shape) for place, shape in enumerate(shapes)]


@pytest.mark.parametrize(
    ("shape", "x", "y", "held", "away"),
    [
        (BIG, 50, 50, True, 50),
        (BIG, 103, 104, False, 5),
        (Polygon((Point(0, 0), Point(10, 0), Point(0, 10))), 2, 2, True, 2),
        (Polygon((Point(0, 0), Point(10, 0), Point(0, 10))), 8, 8, False, math.sqrt(18)),
        (Ellipse(45, Point(0, 0), Point(10, 1)), 6, 6, True, None),
        (Ellipse(45, Point(0, 0), Point(10, 1)), 6, -6, False, None),
        (Ellipse(0, Point(0, 0), Point(10, 0)), 0, 0, False, 0),
        (CUBE, 5, 15, True, 5),
        (CUBE, 70, 10, False, 10),
        (BENT, 53, 20, False, 3),
        (Line((Point(0, 0), Point(10, 0))), 14, 3, False, 5),
        (Line((Point(1, 1),)), 4, 5, False, 5),
        (Keypoint(3, 4), 0, 0, False, 5),
        (Skeleton((Node(3, 4, False), Node(1, 0, False))), 0, 0, False, 1),
        (Tag(), 0, 0, False, math.inf),
    ],
)
def test_contains_and_distance(shape: Shape, x: float, y: float, held: bool, away: float | None) -> None:
    assert contains(shape, x, y) is held
    if away is not None:
        assert distance(shape, x, y) == pytest.approx(away, abs=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "found"),
    [
        (10, 80, 10),  # only the big one
        (30, 30, 11),  # the smaller of two
        (22, 22, 12),  # a point within reach of it
        (52, 20, 13),  # a line
        (102, 50, 10),  # just outside an outline
        (200, 200, None),
    ],
)
def test_the_smallest_wins_and_points_and_lines_go_first(x: float, y: float, found: int | None) -> None:
    assert hit(predict(BIG, SMALL, Keypoint(20, 20), BENT, Tag()), x, y, 4) == found


def test_inside_goes_before_an_outline_nearby() -> None:
    assert hit(predict(BIG, BoundingBox(52, 40, 5, 5)), 50, 42, 4) == 10


def test_of_equals_the_later_is_on_top() -> None:
    assert hit(predict(SMALL, SMALL), 30, 30, 4) == 11


def test_the_nearest_of_two_points() -> None:
    assert hit(predict(Keypoint(0, 0), Keypoint(5, 0)), 3, 0, 4) == 11


def test_a_box_around_nothing_near_is_not_hit() -> None:
    assert hit(predict(Line((Point(0, 0), Point(100, 100)))), 10, 90, 4) is None


def test_huge_places_and_shapes() -> None:
    huge = Polygon((Point(-1e300, -1e300), Point(1e300, -1e300), Point(1e300, 1e300), Point(-1e300, 1e300)))
    assert hit(predict(huge), 5, 5, 4) == 10
    assert hit(predict(BIG), 1e300, -1e300, 4) is None
