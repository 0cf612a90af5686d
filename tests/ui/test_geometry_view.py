"""Readings side by side: what is compared, how it is told and drawn, and the way through pictures and objects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from byom_gui.core.diagnosis import Answered, read_call
from byom_gui.core.diagnosis.comparing import Comparison, Tally, compare, layout_words, tally, unit_words
from byom_gui.core.diagnosis.readings import Reading
from byom_gui.core.image import Raster
from byom_gui.core.observations import Affine, Call, Reply, SentRequest, Variant
from byom_gui.core.predictions import BoundingBox, Keypoint, Point, Polygon, Prediction, Shape, Tag
from byom_gui.ui.painter import AS_CORRECTED, AS_SENT
from byom_gui.ui.panels.geometry_view import GeometryView

WIDE, HIGH = 400, 300
Box = tuple[float, float, float, float]
BOXES: tuple[Box, ...] = (
    (200, 150, 40, 30),
    (20, 30, 60, 50),
    (300, 40, 50, 60),
    (90, 200, 80, 40),
    (310, 220, 60, 50),
)
CORNERS, NORMALISED = Reading(layout="corners"), Reading(size=(1.0, 1.0))
MIRROR: Affine = (-1, 0, WIDE, 0, 1, 0)


def _as_corners(box: Box) -> Box:
    x, y, w, h = box
    return x, y, x + w, y + h


def _as_shares(box: Box) -> Box:
    x, y, w, h = box
    return x / WIDE, y / HIGH, w / WIDE, h / HIGH


def _answer(
    name: str, boxes: Iterable[Box], variant: Variant | None = None, extra: Sequence[dict[str, Any]] = ()
) -> Answered:
    results: list[dict[str, Any]] = [
        {"name": "a", "label": "a", "confidence": 0.9, "bounding_box": dict(zip("xywh", box, strict=True))}
        for box in boxes
    ]
    body = json.dumps({"status": "succeeded", "results": [*results, *extra]}).encode()
    request = SentRequest("POST", "http://127.0.0.1:9/", (), "{}", 2, "curl")
    reply = Reply(200, (("content-type", "application/json"),), body)
    purpose: Any = "variant" if variant else "infer"
    call = Call(purpose, request, reply, None, 9.0, datetime.now(UTC), name, WIDE, HIGH, "base64")
    return read_call(replace(call, variant=variant))


def _mirrored(box: Box) -> Box:
    x, y, w, h = box
    return WIDE - x - w, y, w, h


def _comparison(
    written: Callable[[Box], Box] = _as_corners, reading: Reading | None = CORNERS, images: int = 2
) -> Comparison:
    answers = [_answer(f"{at}.png", map(written, BOXES)) for at in range(images)]
    found = compare(answers, (), reading)
    assert found is not None
    return found


@pytest.fixture
def view(qtbot: QtBot) -> GeometryView:
    made = GeometryView()
    qtbot.addWidget(made)
    made.resize(840, 520)
    made.show()
    return made


def _said(view: GeometryView) -> str:
    QApplication.processEvents()
    parts: list[QLabel | QPushButton] = [*view.findChildren(QLabel), *view.findChildren(QPushButton)]
    return "\n".join(part.text() for part in parts if part.isVisible())


def _raster(shade: int = 0) -> Raster:
    return Raster(40, 30, bytes((shade, shade, shade, 255)) * 1200, WIDE, HIGH)


# --- what is compared


def test_sound_answers_are_not_compared() -> None:
    assert compare([_answer("0.png", BOXES)], (), None) is None
    assert compare([], (), None) is None
    assert compare([_answer("0.png", [])], (), NORMALISED) is None


def test_each_reading_is_counted_and_the_others_are_ranked() -> None:
    found = _comparison()
    assert found.decided
    assert found.sent.tallies == (Tally(5, beyond=4),) * 2
    assert found.best.reading == CORNERS
    assert found.best.tallies == (Tally(5),) * 2
    assert CORNERS not in [each.reading for each in found.others]
    assert len({each.reading.name for each in found.others}) == len(found.others) > 0


def test_what_follows_changed_pictures_is_told_apart() -> None:
    base = _answer("0.png", map(_as_corners, BOXES))
    changed = _answer("0 (mirrored).png", map(_as_corners, map(_mirrored, BOXES)), Variant("mirrored", "0.png", MIRROR))
    found = compare([base, changed], (), replace(CORNERS, confidence=0.9))
    assert found is not None
    assert found.best.follows == pytest.approx(1.0)
    assert found.sent.follows is not None
    assert found.sent.follows < 0.8
    assert [each.image for each in found.images] == ["0.png"]


def test_odd_answers_that_decide_nothing_are_compared_with_the_likeliest() -> None:
    found = compare([_answer("0.png", map(_as_shares, BOXES))], (), None)
    assert found is not None
    assert not found.decided
    assert found.best.reading.size == (1.0, 1.0)


def test_only_pictures_on_which_it_makes_a_difference_are_shown() -> None:
    turned = Reading(unrotated=True)
    sideways = _answer("sideways.jpg", BOXES)
    sideways = replace(sideways, call=replace(sideways.call, image_orientation=6))
    found = compare([_answer("upright.png", BOXES), sideways], (), turned)
    assert found is not None
    assert [each.image for each in found.images] == ["sideways.jpg"]


def test_shapes_beyond_tiny_and_inside_out_are_told_apart() -> None:
    shapes: tuple[Shape, ...] = (
        BoundingBox(10, 10, 20, 20),
        BoundingBox(390, 10, 40, 20),
        BoundingBox(0.1, 0.2, 0.3, 0.4),
        BoundingBox(50, 50, -10, 5),
        Polygon((Point(0.1, 0.1), Point(0.4, 0.1), Point(0.2, 0.5))),
        Keypoint(5, 5),
        Tag(),
    )
    made = [Prediction(at, "a", "a", 1.0, "tag", shape) for at, shape in enumerate(shapes)]
    found = tally(made, WIDE, HIGH)
    assert (found.total, found.beyond, found.tiny, found.sizeless, found.inside) == (6, 1, 2, 1, 2)


@pytest.mark.parametrize(
    ("reading", "boxed", "words", "unit"),
    [
        (Reading(), True, "x y w h", ""),
        (CORNERS, True, "x1 y1 x2 y2", ""),
        (Reading(layout="centre", size=(1.0, 1.0)), True, "cx cy w h", "in 0–1"),
        (Reading(swap="all"), True, "y x h w", ""),
        (Reading(swap="place"), True, "y x w h", ""),
        (Reading(swap="all", size=(640.0, 640.0)), False, "y x", "in 640 × 640"),
        (Reading(unrotated=True), False, "x y", "before turning upright"),
    ],
)
def test_a_reading_in_words(reading: Reading, boxed: bool, words: str, unit: str) -> None:
    assert layout_words(reading, boxed=boxed) == words
    assert unit_words(reading) == unit


# --- the view


def test_nothing_to_compare_says_so(view: GeometryView) -> None:
    assert "Coordinates are used as sent" in _said(view)
    view.set_comparison(_comparison())
    assert "Coordinates are used as sent" not in _said(view)
    view.set_comparison(None)
    assert "Nothing to compare" in _said(view)


def test_both_readings_stand_side_by_side_with_their_counts(view: GeometryView) -> None:
    view.set_comparison(_comparison(), "Width and height hold edges.")
    said = _said(view)
    for words in (
        "Width and height hold edges.",
        "As sent",
        "x y w h",
        "4 of 5 boxes extend beyond the image.",
        "As corrected",
        "x1 y1 x2 y2",
        "5 of 5 boxes are inside the image.",
        "Also tried, with a worse fit:",
    ):
        assert words in said.split("\n")
    assert view.corrected.canvas.accessibleDescription() == "5 of 5 boxes are inside the image."


def test_fractions_are_told_by_their_size(view: GeometryView) -> None:
    view.set_comparison(_comparison(_as_shares, NORMALISED))
    said = _said(view)
    assert "5 of 5 boxes are smaller than 1.5 pixels." in said
    assert "in 0–1" in said


def test_what_is_not_decided_is_not_called_a_correction(view: GeometryView) -> None:
    view.set_comparison(_comparison(_as_shares, None, images=1), "never shown")
    said = _said(view)
    assert "Not enough to decide: 5 results on 1 image fit more than one interpretation." in said
    assert "Perhaps" in said
    assert "As corrected" not in said
    assert "never shown" not in said


def test_both_canvases_have_one_crop_and_scale_and_their_own_stroke(view: GeometryView, qtbot: QtBot) -> None:
    wanted: list[str] = []
    view.picture_wanted.connect(wanted.append)
    view.set_comparison(_comparison(images=1))
    assert wanted == ["0.png"]
    view.set_picture("0.png", _raster())
    QTest.mouseClick(view.objects.on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.sent.canvas.height() == view.corrected.canvas.height() > 200)
    left, right = view.sent.canvas, view.corrected.canvas
    assert left.view.scale == pytest.approx(right.view.scale, rel=0.01)
    for canvas, colour, box in ((left, AS_SENT, (200, 150, 240, 180)), (right, AS_CORRECTED, (200, 150, 40, 30))):
        x, y, wide, _ = canvas.view.box(box)
        picture = canvas.grab().toImage()
        row = [picture.pixelColor(round(x + share * min(wide, 60)), round(y)) for share in (0.1, 0.2, 0.3, 0.4, 0.5)]
        assert QColor(colour.hex) in row


def test_buttons_lead_through_pictures_and_objects(view: GeometryView) -> None:
    wanted: list[str] = []
    view.picture_wanted.connect(wanted.append)
    view.set_comparison(_comparison())
    assert "0.png, 1 of 2" in _said(view)
    assert "all 5 objects" in _said(view)
    assert not view.objects.back.isEnabled()
    assert view.objects.back.accessibleDescription() == "This is the first."
    for _ in range(5):
        QTest.mouseClick(view.objects.on, Qt.MouseButton.LeftButton)
    assert "object 5 of 5" in _said(view)
    assert not view.objects.on.isEnabled()
    QTest.keyClick(view.images.on, Qt.Key.Key_Space)
    assert "1.png, 2 of 2" in _said(view)
    assert "all 5 objects" in _said(view)
    assert not view.images.on.isEnabled()
    assert wanted == ["0.png", "1.png"]


def test_a_picture_that_comes_late_is_not_put_under_another(view: GeometryView) -> None:
    view.set_comparison(_comparison())
    QTest.mouseClick(view.images.on, Qt.MouseButton.LeftButton)
    before = view.sent.canvas.grab().toImage()
    view.set_picture("0.png", _raster(255))
    assert view.sent.canvas.grab().toImage() == before
    view.set_picture("1.png", _raster(255))
    assert view.sent.canvas.grab().toImage() != before


def test_another_reading_can_be_drawn_and_the_best_one_again(view: GeometryView) -> None:
    found = _comparison()
    view.set_comparison(found)
    other = found.others[0]

    def click(name: str) -> None:
        QApplication.processEvents()
        links = (each for each in view.findChildren(QPushButton) if each.isVisible())
        next(each for each in links if each.text().startswith(name.removeprefix("pixels, "))).click()

    click(other.reading.name)
    assert "Also tried" in _said(view).split("\n")
    assert layout_words(other.reading, boxed=True) in _said(view).split("\n")
    click(CORNERS.name)
    assert "As corrected" in _said(view)


def test_shapes_of_many_kinds_are_read_and_drawn(view: GeometryView) -> None:
    path = [{"x": 0.1, "y": 0.1}, {"x": 0.5, "y": 0.1}, {"x": 0.3, "y": 0.6}]
    others: list[dict[str, Any]] = [
        {"name": "b", "label": "b", "confidence": 1, "polygon": {"path": path}},
        {"name": "c", "label": "c", "confidence": 1, "keypoint": {"x": 0.5, "y": 0.5}},
        {"name": "d", "label": "d", "confidence": 1, "tag": {}},
    ]
    found = compare([_answer("0.png", map(_as_shares, BOXES), extra=others)], (), NORMALISED)
    view.set_comparison(found)
    assert "7 of 7 shapes are inside the image." in _said(view)
    for _ in range(7):
        QTest.mouseClick(view.objects.on, Qt.MouseButton.LeftButton)
        assert not view.corrected.canvas.grab().isNull()
    assert "object 7 of 7" in _said(view)


def test_one_stands_below_the_other_where_it_is_narrow(view: GeometryView, qtbot: QtBot) -> None:
    view.set_comparison(_comparison())
    qtbot.waitUntil(lambda: view.corrected.x() > view.sent.x())
    assert view.corrected.y() == view.sent.y()
    view.resize(420, 900)
    qtbot.waitUntil(lambda: view.corrected.y() > view.sent.y())
    assert view.corrected.x() == view.sent.x()
