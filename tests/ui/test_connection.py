"""The connection bar and the parts that it is made of."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from byom_gui.core.pace import clock_text
from byom_gui.ui.panels.connection import ConnectionBar, State
from byom_gui.ui.widgets.address_field import AddressField, AddressText
from byom_gui.ui.widgets.clock import Clock, seconds_text
from byom_gui.ui.widgets.outcome import WORDS, OutcomeMark, milliseconds_text
from byom_gui.ui.widgets.timing_bar import TimingBar

ADDRESS = "https://models.acme.io/api/infer"


@pytest.fixture
def bar(qtbot: QtBot) -> ConnectionBar:
    made = ConnectionBar()
    qtbot.addWidget(made)
    made.resize(1100, 44)
    made.show()
    return made


def test_return_hands_the_address_on_once_then_enters_it(bar: ConnectionBar, qtbot: QtBot) -> None:
    told: list[str] = []
    bar.address_edited.connect(lambda text: told.append(f"edited {text}"))
    bar.address_entered.connect(lambda text: told.append(f"entered {text}"))
    QTest.keyClicks(bar.field, f"  {ADDRESS} ")
    assert told == []
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert told == [f"edited {ADDRESS}", f"entered {ADDRESS}"]
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert told[2:] == [f"entered {ADDRESS}"]


def test_leaving_the_field_hands_a_changed_address_on(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field, other = AddressField(), QLineEdit()
    layout = QHBoxLayout(window)
    layout.addWidget(field)
    layout.addWidget(other)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=2000)
    told: list[str] = []
    field.settled.connect(told.append)
    field.setFocus()
    QTest.keyClicks(field, "https://a")
    other.setFocus()
    field.setFocus()
    other.setFocus()
    assert told == ["https://a"]


def test_a_known_address_is_shown_without_being_told_again(bar: ConnectionBar, qtbot: QtBot) -> None:
    told: list[str] = []
    bar.address_edited.connect(told.append)
    bar.set_address(f"{ADDRESS}?key=••••••••")
    bar.field.setFocus()
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert told == []
    assert bar.field.address == f"{ADDRESS}?key=••••••••"


def test_two_fields_share_one_text(qtbot: QtBot) -> None:
    shared = AddressText()
    first, second = AddressField(shared), AddressField(shared, tall=True)
    for field in (first, second):
        qtbot.addWidget(field)
    QTest.keyClicks(first, "http://localhost")
    assert second.text() == "http://localhost"
    second.set_address(ADDRESS)
    assert first.text() == ADDRESS


def test_an_address_with_a_secret_can_not_be_brought_back_by_undo(bar: ConnectionBar, qtbot: QtBot) -> None:
    QTest.keyClicks(bar.field, f"{ADDRESS}?key=hunter2")
    bar.set_address(f"{ADDRESS}?key=••••••••")
    bar.field.undo()
    assert "hunter2" not in bar.field.text()


def test_an_error_stands_under_the_field_and_goes(bar: ConnectionBar) -> None:
    high = bar.sizeHint().height()
    bar.set_error("There is a space in the address. Remove it.")
    assert bar.error.startswith("There is a space")
    assert bar.field.accessibleDescription() == bar.error
    assert bar.field.property("bad") is True
    assert bar.sizeHint().height() > high
    bar.set_error("")
    assert bar.field.property("bad") is False
    assert bar.sizeHint().height() == high


@pytest.mark.parametrize(
    ("state", "text", "milliseconds", "said", "button"),
    [
        ("rest", "", None, "Not pinged", "Ping"),
        ("running", "", None, "Pinging", "Cancel"),
        ("passed", "Responds", 84.4, "Responds 84 ms", "Ping"),
        ("failed", "TLS failed", 101.0, "TLS failed 101 ms", "Ping again"),
    ],
)
def test_states(
    bar: ConnectionBar, state: State, text: str, milliseconds: float | None, said: str, button: str
) -> None:
    bar.set_state(state, text, milliseconds)
    assert bar.outcome.text == said
    assert bar.ping_button.text() == button
    assert bar.clock.isVisible() == (state == "running")


def test_ping_becomes_cancel_while_it_runs(bar: ConnectionBar, qtbot: QtBot) -> None:
    told: list[str] = []
    bar.ping_clicked.connect(lambda: told.append("ping"))
    bar.cancel_clicked.connect(lambda: told.append("cancel"))
    QTest.mouseClick(bar.ping_button, Qt.MouseButton.LeftButton)
    bar.set_primary(True)
    assert bar.ping_button.property("kind") == "primary"
    bar.set_state("running", "")
    assert bar.ping_button.property("kind") == ""
    bar.set_elapsed(3.2)
    assert bar.clock.text() == "3.2 s"
    QTest.keyClick(bar.ping_button, Qt.Key.Key_Space)
    assert told == ["ping", "cancel"]
    bar.set_state("failed", "TLS failed", 5)
    assert bar.ping_button.property("kind") == "primary"


def test_auth_and_team_say_what_they_are(bar: ConnectionBar, qtbot: QtBot) -> None:
    bar.set_auth_word("Basic + header")
    bar.set_team("Team: acme", "V7 key kept in the keyring")
    assert bar.auth_button.accessibleName() == "Auth: Basic + header"
    assert (bar.team_button.text(), bar.team_button.toolTip()) == ("Team: acme", "V7 key kept in the keyring")
    with qtbot.waitSignals([bar.auth_clicked, bar.team_clicked], timeout=1000):
        bar.auth_button.click()
        bar.team_button.click()


@pytest.mark.parametrize(("seconds", "clock", "tenths"), [(0, "0:00", "0.0 s"), (3.44, "0:03", "3.4 s")])
def test_short_times(seconds: float, clock: str, tenths: str) -> None:
    assert (clock_text(seconds), seconds_text(seconds)) == (clock, tenths)


@pytest.mark.parametrize(("seconds", "said"), [(60, "1:00"), (754, "12:34"), (3661, "1:01:01"), (-1, "0.0 s")])
def test_long_times(seconds: float, said: str) -> None:
    assert seconds_text(seconds) == said


@pytest.mark.parametrize(("given", "said"), [(0.2, "<1 ms"), (84, "84 ms"), (1234, "1,234 ms"), (12_340, "12.3 s")])
def test_milliseconds(given: float, said: str) -> None:
    assert milliseconds_text(given) == said


def test_a_clock_ticks_until_it_is_stopped(qtbot: QtBot) -> None:
    clock = Clock()
    qtbot.addWidget(clock)
    clock.start(100)
    qtbot.waitUntil(lambda: clock.seconds > 100.05, timeout=5000)
    clock.stop()
    assert clock.text().startswith("1:40")
    assert clock.seconds == 0


@pytest.mark.parametrize("outcome", list(WORDS))
def test_every_outcome_has_a_shape_and_a_word(qtbot: QtBot, outcome: str) -> None:
    mark = OutcomeMark()
    qtbot.addWidget(mark)
    mark.set_outcome(outcome)
    assert mark.toolTip() == mark.accessibleName() == WORDS[outcome]
    mark.show()
    assert not mark.grab().isNull()


@pytest.mark.parametrize(
    ("start", "length", "total", "left", "wide"),
    [(0, 50, 100, 0, 64), (50, 50, 100, 64, 64), (99.9, 0.1, 100, 126, 2), (0, 0, 0, 0, 2)],
)
def test_a_time_lies_on_the_common_axis(
    qtbot: QtBot, start: float, length: float, total: float, left: float, wide: float
) -> None:
    bar = TimingBar()
    qtbot.addWidget(bar)
    bar.resize(128, 4)
    assert bar.mark() is None
    bar.set_span(start, length, total)
    mark = bar.mark()
    assert mark is not None
    assert [mark.left(), mark.width()] == pytest.approx([left, wide])
    bar.clear()
    assert bar.mark() is None
