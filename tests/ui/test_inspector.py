from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from byom_gui.core.colours import ClassColour
from byom_gui.core.predictions import BoundingBox, DirectionalVector, Point, Polygon, Prediction, Shape, ShapeName, Tag
from byom_gui.ui.panels.inspector import Inspector

SQUARE = Polygon((Point(10, 20), Point(30, 20), Point(30, 40), Point(10, 40)))


@pytest.fixture
def panel(qtbot: QtBot) -> Inspector:
    made = Inspector()
    qtbot.addWidget(made)
    made.resize(368, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def one(name: ShapeName, shape: Shape, **more: object) -> Prediction:
    return Prediction(4, "Nucleus", "Nucleus", 0.94, name, shape, **more)  # type: ignore[arg-type]


def values(panel: Inspector) -> dict[str, str]:
    return {name: label.text() for name, label in panel._values.items() if not label.isHidden()}


def test_tells_all_of_a_polygon(panel: Inspector) -> None:
    panel.set_object(one("polygon", SQUARE, attributes=("big", "round")), ClassColour("#60C1AB"), "not listed")
    told = values(panel)
    assert told["Shape"] == "polygon, 4 points"
    assert told["Position"].split() == ["x", "10.0", "y", "20.0", "px"]
    assert told["Size"].split() == ["w", "20.0", "h", "20.0", "px"]
    assert told["Area"] == "400 px²"
    assert told["Attributes"] == "big, round"
    assert told["JSON path"] == "results[4]"
    assert "Text" not in told
    assert panel._note.text() == "not listed"


def test_what_has_no_place_has_no_numbers_and_can_not_be_zoomed_to(panel: Inspector) -> None:
    panel.set_object(one("tag", Tag(), text="hello"), None, "")
    told = values(panel)
    assert {"Position", "Size", "Area"}.isdisjoint(told)
    assert told["Text"] == "“hello”"
    assert told["Attributes"] == "none"
    assert not panel.zoom.isEnabled()
    assert panel.zoom.toolTip() == "This object has no position in the image."
    panel.set_object(one("directional_vector", DirectionalVector(30, 5)), None, "")
    assert "angle 30" in values(panel)["Shape"]


def test_a_confidence_that_is_no_number_draws_no_bar(panel: Inspector) -> None:
    panel.set_object(Prediction(0, "a", "a", float("nan"), "bounding_box", BoundingBox(0, 0, 1, 1)), None, "")
    assert panel._bar.value == 0.0
    assert not panel.grab().isNull()


def test_the_buttons_and_the_fold(panel: Inspector, qtbot: QtBot) -> None:
    assert not panel.zoom.isVisible()
    panel.set_object(one("polygon", SQUARE), None, "")
    with qtbot.waitSignals([panel.zoom_clicked, panel.json_clicked]):
        QTest.mouseClick(panel.zoom, Qt.MouseButton.LeftButton)
        QTest.mouseClick(panel.json, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.collapsed_changed):
        QTest.mouseClick(panel.fold, Qt.MouseButton.LeftButton)
    assert panel.header.second.text() == "Nucleus 0.94"
    assert not panel.json.isVisible()
    panel.toggle()
    assert panel.header.second.text() == ""
    assert panel.fold.accessibleName() == "Collapse the selected object"
    panel.set_object(None, None, "")
    assert panel.fold.isVisible()
    assert "Nothing is selected." in _words(panel)
    high = panel.sizeHint().height()
    panel.set_object(one("polygon", SQUARE), None, "")
    assert panel.sizeHint().height() > high, "with nothing selected the list above gets the room"


def _words(panel: Inspector) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
