"""The canvas by real mouse, wheel and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from byom_gui.core.colours import ClassColour
from byom_gui.core.image import Raster
from byom_gui.core.predictions import BoundingBox, Keypoint, Point, Polygon, Prediction, Tag
from byom_gui.ui.panels.canvas import CanvasPanel
from byom_gui.ui.widgets import basic

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
FOUND = (
    Prediction(3, "cell", "cell", 0.9, "bounding_box", BoundingBox(40, 40, 120, 80)),
    Prediction(5, "pole", "pole", 0.6, "keypoint", Keypoint(300, 200)),
    Prediction(6, "sharp", "sharp", 0.3, "tag", Tag()),
)
COLOURS = {"cell": ClassColour("#60C1AB"), "pole": ClassColour("#E8EA27")}


def raster(width: int = 400, height: int = 300) -> Raster:
    return Raster(width, height, b"\x10\x10\x40\xff" * width * height, width, height)


@pytest.fixture
def panel(qtbot: QtBot) -> CanvasPanel:
    made = CanvasPanel()
    qtbot.addWidget(made)
    made.resize(864, 640)
    made.show()
    made.set_picture(raster())
    made.set_predictions(FOUND, COLOURS)
    made.canvas.settle()
    return made


def at(panel: CanvasPanel, x: float, y: float) -> QPoint:
    return QPointF(*panel.canvas.view.to_screen(x, y)).toPoint()


def wheel(panel: CanvasPanel, place: QPoint, angle: int, pixels: QPoint, phase: Qt.ScrollPhase) -> None:
    where = QPointF(place)
    event = QWheelEvent(where, where, pixels, QPoint(0, angle), Qt.MouseButton.NoButton, PLAIN, phase, False)
    QApplication.sendEvent(panel.canvas, event)


def move(panel: CanvasPanel, place: QPoint, buttons: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(place), QPointF(place), Qt.MouseButton.NoButton, buttons, PLAIN)
    QApplication.sendEvent(panel.canvas, event)


def test_a_click_selects_and_one_beside_clears(panel: CanvasPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.selected) as caught:
        QTest.mouseClick(panel.canvas, LEFT, pos=at(panel, 100, 80))
    assert caught.args == [3]
    assert panel.canvas.accessibleDescription() == "3 objects; selected: cell 0.90, bounding box"
    with qtbot.waitSignal(panel.selected) as caught:
        QTest.mouseClick(panel.canvas, LEFT, pos=at(panel, 380, 20))
    assert caught.args == [-1]
    assert panel.canvas.accessibleDescription() == "3 objects"


def test_a_tag_is_selected_by_its_chip(panel: CanvasPanel, qtbot: QtBot) -> None:
    corner = at(panel, 0, 0)
    with qtbot.waitSignal(panel.selected) as caught:
        QTest.mouseClick(panel.canvas, LEFT, pos=corner + QPoint(20, 16))
    assert caught.args == [6]


def test_hover_names_what_is_under_the_pointer(panel: CanvasPanel, qtbot: QtBot) -> None:
    before = panel.canvas.grab().toImage()
    with qtbot.waitSignal(panel.hovered) as caught:
        move(panel, at(panel, 300, 200))
    assert caught.args == [5]
    assert panel.canvas.grab().toImage() != before
    with qtbot.waitSignal(panel.hovered) as caught:
        QApplication.sendEvent(panel.canvas, QEvent(QEvent.Type.Leave))
    assert caught.args == [-1]


def test_setting_the_selection_sends_nothing_and_brings_it_into_sight(panel: CanvasPanel, qtbot: QtBot) -> None:
    panel.canvas.zoom_to_object(3)
    panel.canvas.zoom_by(4)
    with qtbot.assertNotEmitted(panel.selected):
        panel.set_selected(5)
    assert panel.canvas.view.to_screen(300, 200) == pytest.approx(
        (panel.canvas.width() / 2, panel.canvas.height() / 2), abs=1
    )
    panel.set_selected(99)
    assert panel.canvas.look.selected is None


def test_the_wheel_zooms_at_the_pointer(panel: CanvasPanel, qtbot: QtBot) -> None:
    place = at(panel, 100, 80)
    before, scale = panel.canvas.view.to_picture(place.x(), place.y()), panel.canvas.view.scale
    with qtbot.waitSignal(panel.zoom_changed):
        wheel(panel, place, 120, QPoint(), Qt.ScrollPhase.NoScrollPhase)
    assert panel.canvas.view.scale == pytest.approx(scale * 1.25)
    assert panel.canvas.view.to_picture(place.x(), place.y()) == pytest.approx(before)


def test_two_fingers_pan(panel: CanvasPanel) -> None:
    view = panel.canvas.view
    wheel(panel, QPoint(50, 50), -30, QPoint(-8, -15), Qt.ScrollPhase.ScrollUpdate)
    after = panel.canvas.view
    assert (after.scale, after.x, after.y) == (view.scale, view.x - 8, view.y - 15)


@pytest.mark.parametrize("button", [LEFT, Qt.MouseButton.MiddleButton])
def test_a_drag_pans_and_selects_nothing(panel: CanvasPanel, qtbot: QtBot, button: Qt.MouseButton) -> None:
    view, start = panel.canvas.view, at(panel, 100, 80)
    with qtbot.assertNotEmitted(panel.selected):
        QTest.mousePress(panel.canvas, button, pos=start)
        move(panel, start + QPoint(30, 0), button)
        move(panel, start + QPoint(60, 20), button)
        QTest.mouseRelease(panel.canvas, button, pos=start + QPoint(60, 20))
    assert (panel.canvas.view.x, panel.canvas.view.y) == (view.x + 60, view.y + 20)


def test_a_double_click_zooms_to_the_object_and_beside_it_fits(panel: CanvasPanel, qtbot: QtBot) -> None:
    fitted = panel.canvas.view
    QTest.mouseDClick(panel.canvas, LEFT, pos=at(panel, 100, 80))
    assert panel.canvas.look.selected == 3
    middle = panel.canvas.rect().center()
    assert panel.canvas.view.to_picture(middle.x(), middle.y()) == pytest.approx((100, 80), abs=1)
    QTest.mouseDClick(panel.canvas, LEFT, pos=at(panel, 165, 85) + QPoint(60, 0))
    assert panel.canvas.view == fitted


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_N])
def test_keys_go_from_object_to_object(panel: CanvasPanel, qtbot: QtBot, key: Qt.Key) -> None:
    panel.canvas.setFocus()
    seen: list[int] = []
    panel.selected.connect(seen.append)
    for _ in FOUND:
        QTest.keyClick(panel.canvas, key)
    QTest.keyClick(panel.canvas, Qt.Key.Key_P)
    assert seen == [3, 5, 6, 5]
    QTest.keyClick(panel.canvas, Qt.Key.Key_Escape)
    assert seen[-1] == -1


def test_tab_leaves_after_the_last_object_and_after_escape(panel: CanvasPanel, qtbot: QtBot) -> None:
    panel.activateWindow()
    panel.canvas.setFocus()
    panel.set_selected(6)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Tab)
    assert not panel.canvas.hasFocus()
    panel.canvas.setFocus()
    QTest.keyClick(panel.canvas, Qt.Key.Key_Escape)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Tab)
    assert not panel.canvas.hasFocus()


def test_keys_zoom_and_move(panel: CanvasPanel, qtbot: QtBot) -> None:
    fitted = panel.canvas.view
    QTest.keyClick(panel.canvas, Qt.Key.Key_1)
    assert panel.canvas.view.scale == 1
    assert panel.bar.zoom.text() == "100%"
    QTest.keyClick(panel.canvas, Qt.Key.Key_Plus)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Minus)
    assert panel.canvas.view.scale == pytest.approx(1)
    x = panel.canvas.view.x
    QTest.keyClick(panel.canvas, Qt.Key.Key_Left)
    assert panel.canvas.view.x > x
    QTest.keyClick(panel.canvas, Qt.Key.Key_0)
    assert panel.canvas.view == fitted


def test_keys_change_labels_and_overlays(panel: CanvasPanel, qtbot: QtBot) -> None:
    QTest.keyClick(panel.canvas, Qt.Key.Key_L)
    assert panel.canvas.look.labels == "all"
    assert panel.bar.labels.text() == "Labels: all"
    with qtbot.waitSignal(panel.overlays_toggled) as caught:
        QTest.keyClick(panel.canvas, Qt.Key.Key_O)
    assert caught.args == [False]
    assert panel.canvas.under(QPointF(at(panel, 100, 80))) is None


def test_the_slider_filters(panel: CanvasPanel, qtbot: QtBot) -> None:
    assert panel.bar.shown.text() == "3 of 3 shown"
    with qtbot.waitSignal(panel.threshold_changed):
        panel.bar.confidence.slider.setValue(70)
    assert panel.bar.shown.text() == "1 of 3 shown"
    assert panel.canvas.accessibleDescription() == "1 object"
    with qtbot.assertNotEmitted(panel.threshold_changed):
        panel.set_threshold(0.5)
    assert panel.bar.shown.text() == "2 of 3 shown"


def test_a_picture_of_the_same_size_keeps_the_zoom(panel: CanvasPanel) -> None:
    panel.zoom_in()
    view = panel.canvas.view
    panel.set_picture(raster())
    assert panel.canvas.view == view
    panel.set_picture(raster(800, 300))
    assert panel.canvas.view.scale == pytest.approx(864 / 800)


def test_without_a_picture_zooming_is_off_and_says_why(panel: CanvasPanel, qtbot: QtBot) -> None:
    panel.set_picture(None)
    assert not panel.bar.fit.isEnabled()
    assert panel.bar.fit.accessibleDescription() == "There is no image to zoom."
    QTest.keyClick(panel.canvas, Qt.Key.Key_Plus)
    panel.set_picture(raster())
    assert panel.bar.fit.isEnabled()
    assert panel.bar.fit.toolTip() == "Fit the image (0)"


def test_a_message_stands_in_for_the_picture(panel: CanvasPanel, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    again = basic.button("Retry", on_click=lambda: pressed.append(True))
    panel.set_message("bad", "b.png can not be read", "The file ends early.", (again,))
    assert not panel.canvas.isVisible()
    QTest.mouseClick(again, LEFT)
    assert pressed == [True]
    panel.set_picture(raster())
    assert panel.canvas.isVisible()


def test_loading_shows_only_after_a_while(panel: CanvasPanel, qtbot: QtBot) -> None:
    panel.set_loading("Asking the server")
    assert not panel._pill.isVisible()
    qtbot.waitUntil(panel._pill.isVisible)
    panel.set_loading(None)
    assert not panel._pill.isVisible()


@pytest.mark.parametrize(("width", "narrow"), [(864, True), (400, False)])
def test_the_bar_gives_up_words_before_it_is_cut(panel: CanvasPanel, width: int, narrow: bool) -> None:
    assert panel.bar.overlays.text() == "Overlays"
    panel.set_narrow(narrow)
    panel.resize(width, 640)
    assert panel.bar.overlays.text() == ""
    assert panel.bar.overlays.accessibleName() == "Overlays"
    assert panel.bar.fit.geometry().right() <= panel.bar.width()


def test_a_thousand_outlines_are_painted_in_slices(
    panel: CanvasPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [
        Prediction(place, "c", "c", 0.9, "polygon", Polygon((Point(x, y), Point(x + 6, y), Point(x, y + 6))))
        for place in range(1000)
        for x, y in [(place % 40 * 10.0, place // 40 * 10.0)]
    ]
    ticks = iter(range(10**9))
    monkeypatch.setattr(panel.canvas._sheet, "clock", lambda: next(ticks) / 1000)  # a step takes a millisecond
    panel.set_predictions(many, COLOURS)
    panel.canvas.grab()
    assert panel.canvas._sheet.busy
    qtbot.waitUntil(lambda: not panel.canvas._sheet.busy)
    sharp = panel.canvas.grab().toImage()
    panel.canvas.pan(30, 0)
    assert panel.canvas.grab().toImage() != sharp
    assert panel.canvas._sheet.busy  # moved along, sharp later
    panel.canvas.settle()
    assert not panel.canvas._sheet.busy
