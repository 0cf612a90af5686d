"""Readings as maps, and results corrected by them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from byom_gui.core.diagnosis.readings import Reading, at, bounds_at, correct, laid_out, then, transform, upright
from byom_gui.core.observations import IDENTITY
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


def prediction(shape: Shape, name: ShapeName = "bounding_box") -> Prediction:
    return Prediction(0, "a", "a", 0.9, name, shape)


@pytest.mark.parametrize(
    ("reading", "box", "expected"),
    [
        (Reading(), (10, 20, 30, 40), (10, 20, 30, 40)),
        (Reading((1, 1)), (0.1, 0.5, 0.2, 0.25), (80, 300, 160, 150)),
        (Reading((1, 1), layout="centre"), (0.5, 0.5, 0.5, 0.5), (200, 150, 400, 300)),
        (Reading((100, 100)), (10, 50, 20, 25), (80, 300, 160, 150)),
        (Reading((400, 300)), (10, 20, 30, 40), (20, 40, 60, 80)),
        (Reading((400, 400), "centred"), (0, 50, 400, 300), (0, 0, 800, 600)),
        (Reading((400, 400), "corner"), (10, 20, 30, 40), (20, 40, 60, 80)),
        (Reading((300, 300), "shorter"), (10, 20, 30, 40), (20, 40, 60, 80)),
        (Reading(layout="corners"), (10, 20, 40, 60), (10, 20, 30, 40)),
        (Reading(swap="all"), (20, 10, 40, 30), (10, 20, 30, 40)),
        (Reading(swap="place"), (20, 10, 30, 40), (10, 20, 30, 40)),
        (Reading(layout="centre", swap="place"), (40, 25, 30, 40), (10, 20, 30, 40)),
        (Reading(confidence=0.9), (1, 2, 3, 4), (1, 2, 3, 4)),
    ],
)
def test_boxes_are_corrected(reading: Reading, box: tuple[float, ...], expected: tuple[float, ...]) -> None:
    made = correct(prediction(BoundingBox(*box)), reading, 800, 600).shape
    assert isinstance(made, BoundingBox)
    assert (made.x, made.y, made.w, made.h) == pytest.approx(expected)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_stored_corners_become_upright_ones(orientation: int) -> None:
    """The mark that a camera leaves says where the stored picture's first row and column belong."""
    width, height = (300, 200)
    way = upright(orientation, width, height)
    seen = (height, width) if orientation >= 5 else (width, height)
    row = {1: (0.5, 0), 2: (0.5, 0), 3: (0.5, 1), 4: (0.5, 1), 5: (0, 0.5), 6: (1, 0.5), 7: (1, 0.5), 8: (0, 0.5)}
    column = {1: (0, 0.5), 2: (1, 0.5), 3: (1, 0.5), 4: (0, 0.5), 5: (0.5, 0), 6: (0.5, 0), 7: (0.5, 1), 8: (0.5, 1)}
    assert at(way, width / 2, 0) == (row[orientation][0] * seen[0], row[orientation][1] * seen[1])
    assert at(way, 0, height / 2) == (column[orientation][0] * seen[0], column[orientation][1] * seen[1])


def test_a_picture_that_was_not_turned() -> None:
    reading = Reading((1, 1), unrotated=True)
    made = correct(prediction(BoundingBox(0, 0, 0.5, 0.25)), reading, 600, 800, 6).shape
    assert made == BoundingBox(450, 0, 150, 400)
    assert transform(reading, 600, 800, 1) == transform(Reading((1, 1)), 600, 800, 1)


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("polygon", Polygon((Point(0, 0.5), Point(1, 1))), Polygon((Point(0, 50), Point(200, 100)))),
        ("line", Line((Point(0.5, 0.5),)), Line((Point(100, 50),))),
        ("keypoint", Keypoint(0.25, 0.5), Keypoint(50, 50)),
        ("ellipse", Ellipse(30, Point(0.5, 0.5), Point(0.1, 0.2)), Ellipse(30, Point(100, 50), Point(20, 20))),
        ("skeleton", Skeleton((Node(0.5, 1, True, "a"),)), Skeleton((Node(100, 100, True, "a"),))),
        (
            "cuboid",
            Cuboid(BoundingBox(0, 0, 0.5, 0.5), BoundingBox(0.5, 0.5, 0.5, 0.5)),
            Cuboid(BoundingBox(0, 0, 100, 50), BoundingBox(100, 50, 100, 50)),
        ),
        ("tag", Tag(), Tag()),
    ],
)
def test_every_shape_is_corrected(name: ShapeName, shape: Shape, expected: Shape) -> None:
    assert correct(prediction(shape, name), Reading((1, 1)), 200, 100).shape == expected


def test_a_turned_ellipse() -> None:
    ellipse = prediction(Ellipse(30, Point(10, 20), Point(5, 8)), "ellipse")
    mirrored = correct(ellipse, Reading(unrotated=True), 100, 60, 2).shape
    assert mirrored == Ellipse(150, Point(90, 20), Point(5, 8))
    turned = correct(ellipse, Reading(unrotated=True), 60, 100, 6).shape
    assert turned == Ellipse(30, Point(40, 10), Point(8, 5))


def test_maps_one_after_the_other() -> None:
    one, two = (2.0, 0.0, 3.0, 0.0, 4.0, 5.0), (0.0, 1.0, 7.0, -1.0, 0.0, 9.0)
    assert at(then(one, two), 10, 20) == at(two, *at(one, 10, 20))
    assert then(one, IDENTITY) == one
    assert bounds_at((-1, 0, 100, 0, 1, 0), (10, 20, 30, 40)) == (70, 20, 90, 40)
    assert laid_out((5, 6, 2, 4), "centre", "") == (4, 4, 6, 8)


@pytest.mark.parametrize(
    ("reading", "name", "plain"),
    [
        (Reading(), "pixels", True),
        (Reading(confidence=0.4), "pixels", True),
        (Reading((1, 1), layout="centre"), "0–1, center", False),
        (Reading((100, 100), layout="corners"), "percent, x1 y1 x2 y2", False),
        (Reading((640, 480), swap="all"), "640 × 480, x and y swapped", False),
        (Reading((640, 640), "centred", unrotated=True), "640 × 640 with bars, before turning upright", False),
        (Reading((800, 800), "shorter"), "shorter side 800", False),
        (replace(Reading(), unrotated=True), "pixels, before turning upright", False),
    ],
)
def test_readings_have_names(reading: Reading, name: str, plain: bool) -> None:
    assert (reading.name, reading.plain) == (name, plain)
