"""The confidence slider, its bars and its field."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from byom_gui.ui.widgets.confidence import Confidence, histogram


def test_the_histogram_holds_both_ends() -> None:
    assert histogram((0, 0.1, 0.49, 0.5, 1.0), 2) == (3, 2)


def test_slider_and_field_hold_one_value(qtbot: QtBot) -> None:
    made = Confidence()
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.changed) as caught:
        QTest.keyClick(made.slider, Qt.Key.Key_PageUp)
    assert caught.args == [0.1]
    assert made.field.value() == 0.1
    made.field.selectAll()
    QTest.keyClicks(made.field, "0.75")
    with qtbot.waitSignal(made.changed) as caught:
        QTest.keyClick(made.field, Qt.Key.Key_Return)
    assert caught.args == [0.75]
    assert made.slider.value() == 75


def test_setting_it_sends_nothing_and_keeps_every_digit(qtbot: QtBot) -> None:
    made = Confidence()
    qtbot.addWidget(made)
    with qtbot.assertNotEmitted(made.changed):
        made.set_value(0.375)
        made.set_value(0.375)
    assert made.value == 0.375


def test_bars_are_drawn_where_there_are_objects(qtbot: QtBot) -> None:
    made = Confidence().bars
    qtbot.addWidget(made)
    made.resize(164, made.height())
    empty = made.grab().toImage()
    made.counts = histogram((0.95, 0.95, 0.2))
    bars = made.grab().toImage()
    assert bars != empty
    made.slider.setValue(50)
    left = (round(7 + 0.2 * 150), 10, 4, 10)  # the bar at 0.2, now left out
    assert made.grab().toImage().copy(*left) != bars.copy(*left)
