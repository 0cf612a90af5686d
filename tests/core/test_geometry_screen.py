"""Cutting, thinning, chips and the arithmetic of zooming."""

from __future__ import annotations

import pytest

from byom_gui.core import clipping
from byom_gui.core.chips import Crowd, inside, place
from byom_gui.core.geometry import Box
from byom_gui.core.predictions import Point
from byom_gui.core.view import LEAST, MOST, View

FRAME: Box = (0, 0, 200, 100)
SIZE = (40.0, 20.0)


def points(*pairs: tuple[float, float]) -> tuple[Point, ...]:
    return tuple(Point(x, y) for x, y in pairs)


# --- cutting


def test_a_closed_outline_is_cut_to_the_box() -> None:
    cut = clipping.clip_closed(points((-100, -100), (50, -100), (50, 50), (-100, 50)), (0, 0, 200, 100))
    assert {(point.x, point.y) for point in cut} == {(0, 0), (50, 0), (50, 50), (0, 50)}


@pytest.mark.parametrize("path", [(), points((300, 300), (400, 300), (400, 400))])
def test_what_is_outside_leaves_nothing(path: tuple[Point, ...]) -> None:
    assert clipping.clip_closed(path, FRAME) == ()
    assert clipping.clip_open(path, FRAME) == ()


def test_an_outline_far_out_keeps_its_slope() -> None:
    cut = clipping.clip_closed(points((-1e9, -1e9), (1e9, 1e9), (-1e9, 1e9)), (0, 0, 10, 10))
    assert {(round(p.x, 3), round(p.y, 3)) for p in cut} == {(0, 0), (10, 10), (0, 10)}


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        (points((10, 10), (20, 20), (30, 10)), [points((10, 10), (20, 20), (30, 10))]),
        (points((-50, 50), (250, 50)), [points((0, 50), (200, 50))]),
        (points((10, 50), (10, -50), (90, -50), (90, 50)), [points((10, 50), (10, 0)), points((90, 0), (90, 50))]),
        (points((-50, 20), (20, -50)), []),
        (points((10, 10)), []),
    ],
)
def test_an_open_path_is_cut_into_runs(path: tuple[Point, ...], runs: list[tuple[Point, ...]]) -> None:
    assert list(clipping.clip_open(path, FRAME)) == runs


def test_thinning_drops_what_the_eye_can_not_part() -> None:
    path = points((0, 0), (0.2, 0), (0.4, 0.1), (5, 0), (5, 0.3), (9, 0))
    assert clipping.thin(path, 0.5) == points((0, 0), (5, 0), (9, 0))
    assert clipping.thin(path, 0) == path
    assert clipping.thin(path[:2], 9) == path[:2]
    assert clipping.thin(points((0, 0), (1, 1), (9, 0)), 2) == points((0, 0), (9, 0))


def test_boxes() -> None:
    assert clipping.overlap((0, 0, 10, 10), (5, 5, 10, 10)) == 25
    assert clipping.overlap((0, 0, 10, 10), (10, 0, 10, 10)) == 0
    assert clipping.overlap((0, 0, 10, 10), (0, 20, 10, 10)) == 0
    assert clipping.meets((5, 5, 0, 0), (0, 0, 10, 10))
    assert not clipping.meets((5, 15, 0, 0), (0, 0, 10, 10))
    assert clipping.holds((0, 0, 10, 10), (2, 2, 8, 8))
    assert not clipping.holds((0, 0, 10, 10), (2, 2, 9, 8))


# --- chips


@pytest.mark.parametrize(
    ("taken", "side", "at"),
    [
        ([], 0, (80, 16)),
        ([(80, 10, 20, 26)], 1, (100, 16)),
        ([(70, 10, 80, 26)], 2, (80, 64)),
        ([(70, 10, 80, 26), (80, 64, 15, 20)], 3, (100, 64)),
        ([(70, 10, 80, 26), (70, 64, 80, 20)], 4, (144, 40)),
        ([(70, 10, 80, 26), (70, 64, 80, 20), (144, 40, 40, 20)], 5, (36, 40)),
    ],
)
def test_six_tries_in_order(taken: list[Box], side: int, at: tuple[float, float]) -> None:
    crowd = Crowd()
    crowd.add(1, (80, 40, 60, 20))
    for box in taken:
        crowd.add(2, box)
    found = place(1, (80, 40, 60, 20), SIZE, FRAME, crowd)
    assert (found.side, found.box, found.covered) == (side, (*at, *SIZE), 0)


def test_a_keypoint_counts_eight_fold() -> None:
    crowd = Crowd()
    crowd.add(2, (80, 16, 2, 2), 8.0)
    crowd.add(3, (70, 64, 80, 1))
    crowd.add(4, (120, 16, 40, 20))
    crowd.add(5, (30, 40, 50, 20))
    crowd.add(6, (140, 40, 50, 20))
    assert place(1, (80, 40, 60, 20), SIZE, FRAME, crowd).covered == 32
    crowd.add(7, (80, 64, 60, 2))
    assert place(1, (80, 40, 60, 20), SIZE, FRAME, crowd).side == 0


def test_a_chip_stays_in_the_picture_and_off_its_own_object() -> None:
    found = place(1, (0, 0, 60, 20), SIZE, FRAME, Crowd())
    assert found.box == (0, 24, 40, 20)
    assert inside((190, 95), SIZE, FRAME) == (160, 80, 40, 20)
    assert inside((5, 5), (400, 20), FRAME) == (0, 5, 400, 20)


def test_a_box_over_many_cells_counts_once() -> None:
    crowd = Crowd()
    crowd.add(2, (0, 0, 500, 500))
    assert crowd.covered((50, 50, 100, 100), 1) == 10000
    assert crowd.covered((50, 50, 100, 100), 2) == 0


def test_a_box_as_large_as_the_largest_screen_counts_too() -> None:
    crowd = Crowd()
    crowd.add(2, (0, 0, 7680, 4320))
    assert crowd.covered((50, 50, 40, 20), 1) == 800
    assert crowd.covered((50, 50, 40, 20), 2) == 0


# --- zoom


def test_fit_centres_the_whole_picture() -> None:
    view = View(200, 100, (1000, 1000)).fitted()
    assert (view.scale, view.x, view.y) == (0.1, 50, 0)
    assert view.frame == (50, 0, 100, 100)
    assert view.box((100, 200, 10, 20)) == (60, 20, 1, 2)


def test_a_tiny_picture_is_not_blown_up_without_end() -> None:
    assert View(2000, 1000, (2, 2)).fitted().scale == 8
    assert View(0, 0, (0, 0)).fitted().scale == 1


def test_zooming_keeps_the_place_under_the_pointer() -> None:
    view = View(200, 100, (1000, 1000)).fitted()
    before = view.to_picture(60, 40)
    assert view.zoomed(5, 60, 40).to_picture(60, 40) == pytest.approx(before)
    assert view.zoomed(1e9, 60, 40).scale == MOST
    assert view.zoomed(1e-9, 60, 40).scale == LEAST


@pytest.mark.parametrize(("dx", "dy"), [(1e9, 1e9), (-1e9, -1e9)])
def test_some_of_the_picture_always_stays_in_sight(dx: float, dy: float) -> None:
    view = View(200, 100, (400, 300)).panned(dx, dy)
    assert view.frame[2:] == (48, 48)


def test_resizing_keeps_the_middle() -> None:
    view = View(200, 100, (1000, 1000)).centred(300, 400, 2)
    assert view.to_picture(100, 50) == pytest.approx((300, 400))
    assert view.resized(300, 300).to_picture(150, 150) == pytest.approx((300, 400))
    assert view.centred(1, 1).scale == 2


def test_zoom_to_a_box_leaves_room_for_its_name() -> None:
    view = View(400, 400, (1000, 1000)).shows((100, 100, 100, 50))
    assert view.scale == 2
    assert view.box((100, 100, 100, 50)) == (100, 150, 200, 100)
    assert View(400, 400, (1000, 1000)).shows((100, 100, 0, 0)).scale == 8
