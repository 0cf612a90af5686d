"""The checklist strip."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from byom_gui.ui.panels.checklist import ITEMS, Checklist


@pytest.fixture
def strip(qtbot: QtBot) -> Checklist:
    made = Checklist()
    qtbot.addWidget(made)
    made.resize(1440, 44)
    made.show()
    return made


def test_it_starts_with_nothing_run(strip: Checklist) -> None:
    assert list(strip.items) == list(ITEMS)
    assert {item.short_text for item in strip.items.values()} == {"not run"}


@pytest.mark.parametrize(
    ("outcome", "text", "spoken"),
    [
        ("ok", "84 ms", "Server: passed, 84 ms"),
        ("bad", "TLS", "Server: failed, TLS"),
        ("running", "pinging", "Server: running, pinging"),
        ("ok", "", "Server: passed"),
    ],
)
def test_an_item_has_shape_word_and_text(strip: Checklist, qtbot: QtBot, outcome: str, text: str, spoken: str) -> None:
    strip.set_item("Server", outcome, text)
    item = strip.items["Server"]
    assert (item.mark.outcome, item.short_text, item.accessibleName()) == (outcome, text, spoken)
    qtbot.waitUntil(lambda: item.width() >= item.sizeHint().width(), timeout=2000)


def test_which_item_is_open_is_its_owners_to_say(strip: Checklist, qtbot: QtBot) -> None:
    with qtbot.waitSignal(strip.item_clicked, timeout=1000) as clicked:
        QTest.mouseClick(strip.items["Classes"], Qt.MouseButton.LeftButton)
    assert clicked.args == ["Classes"]
    assert not strip.items["Classes"].isChecked()
    strip.set_open("Classes")
    with qtbot.waitSignal(strip.item_clicked, timeout=1000):
        QTest.keyClick(strip.items["Classes"], Qt.Key.Key_Space)
    assert [name for name, item in strip.items.items() if item.isChecked()] == ["Classes"] == [strip.open_item]
    strip.set_open(None)
    assert not any(item.isChecked() for item in strip.items.values())


def test_what_can_not_be_used_says_why(strip: Checklist) -> None:
    strip.set_checks_enabled(False, "Connect a model first")
    strip.set_register_enabled(False, "Connect a model first")
    for button in (strip.run_button, strip.register_button):
        assert not button.isEnabled()
        assert button.toolTip() == button.accessibleDescription() == "Connect a model first"
    strip.set_checks_enabled(True, "")
    assert strip.run_button.isEnabled()
    assert strip.run_button.toolTip() == ""


def test_while_checks_run_the_button_cancels(strip: Checklist, qtbot: QtBot) -> None:
    strip.set_blocking("1 finding blocks registering")
    with qtbot.waitSignal(strip.run_checks_clicked, timeout=1000):
        strip.run_button.click()
    strip.set_checks_enabled(False, "A ping is under way")
    strip.set_busy("Checks are running")
    assert (strip.blocking, strip.run_button.text()) == ("Checks are running", "Cancel")
    with qtbot.waitSignal(strip.cancel_clicked, timeout=1000):
        QTest.mouseClick(strip.run_button, Qt.MouseButton.LeftButton)
    strip.set_busy("")
    assert (strip.blocking, strip.run_button.text()) == ("1 finding blocks registering", "Run all checks")
    assert not strip.run_button.isEnabled()


def test_register_keeps_its_place_and_changes_its_fill(strip: Checklist, qtbot: QtBot) -> None:
    place = strip.register_button.geometry()
    strip.set_register_primary(True)
    assert strip.register_button.property("kind") == "primary"
    assert strip.register_button.geometry().left() == place.left()
    strip.set_register_primary(False)
    strip.set_run_primary(True)
    assert (strip.register_button.property("kind"), strip.run_button.property("kind")) == ("", "primary")
    with qtbot.waitSignal(strip.register_clicked, timeout=1000):
        QTest.keyClick(strip.register_button, Qt.Key.Key_Space)


def test_a_narrow_strip_drops_its_sentence_and_cuts_nothing(strip: Checklist, qtbot: QtBot) -> None:
    strip.set_blocking("12 findings block registering, and this sentence is long")
    assert strip._blocking.isVisible()
    strip.resize(1100, 44)
    assert not strip._blocking.isVisible()
    assert strip.register_button.toolTip().startswith("12 findings")
    assert strip.items["Key"]._text.isVisible()
    strip.resize(760, 44)
    assert not strip.items["Key"]._text.isVisible()
    assert strip.items["Key"].toolTip().startswith("Key: not run.")
    items = strip.items.values()
    qtbot.waitUntil(lambda: all(item.width() >= item.sizeHint().width() for item in items), timeout=2000)
    strip.resize(1440, 44)
    assert strip._blocking.isVisible()
