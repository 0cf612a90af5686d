"""The pane of findings below the checklist."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from byom_gui.core.findings import Action, Finding, NotChecked
from byom_gui.ui.panels.finding_pane import MOST_HIGH, FindingPane, OpenFinding
from byom_gui.ui.widgets.code_box import CodeBox
from byom_gui.ui.widgets.finding_row import FindingRow
from byom_gui.ui.widgets.what_line import WhatLine

NEAR = Finding(
    "classes.near-match",
    "error",
    "The model returned “Nucleus”, but the class list has “nucleus”.",
    where="results[4].name",
    evidence="“name” is “Nucleus” in 190 results.",
    cause="The names differ by one capital letter.",
    fix="List the class as the server returns it.",
    subject="Nucleus",
    places=("results[4].name",),
    action=Action("use-class", "Nucleus", "Use “Nucleus”"),
)
CORNERS = Finding(
    "layout.corners", "error", "7 boxes have their corners.", where="results[0].bounding_box", count=7, snippet="w = x2"
)
SLOW = Finding("speed.slow", "warning", "It is slow.")
UNKNOWN = NotChecked("input.url", "The server could not fetch the picture.")


@pytest.fixture
def pane(qtbot: QtBot) -> FindingPane:
    made = FindingPane()
    qtbot.addWidget(made)
    made.resize(1440, 200)
    made.show()
    return made


def _buttons(widget: QWidget) -> dict[str, QPushButton]:
    return {b.text() or b.accessibleName(): b for b in widget.findChildren(QPushButton) if b.parent() is not None}


def _content(pane: FindingPane) -> QWidget:
    return pane._content


def _said(pane: FindingPane) -> str:
    return "\n".join(label.text() for label in _content(pane).findChildren(QLabel))


def test_the_first_finding_is_open_with_its_four_lines(pane: FindingPane) -> None:
    pane.set_findings([NEAR, CORNERS], ())
    said = _said(pane)
    for words in (NEAR.what, NEAR.id, NEAR.evidence, NEAR.cause, NEAR.fix, "1 of 2"):
        assert words in said
    assert CORNERS.what not in said


def test_pages_turn_by_button_and_key_and_end_at_the_ends(pane: FindingPane) -> None:
    pane.set_findings([NEAR, CORNERS, SLOW], ())
    assert not _buttons(_content(pane))["Previous finding"].isEnabled()
    assert _buttons(_content(pane))["Previous finding"].toolTip() == "This is the first finding"
    QTest.mouseClick(_buttons(_content(pane))["Next finding"], Qt.MouseButton.LeftButton)
    assert pane.current == CORNERS
    QTest.keyClick(pane, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(pane, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert pane.current == SLOW
    QTest.keyClick(pane, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert pane.current == CORNERS


def test_the_same_finding_stays_open_when_others_come(pane: FindingPane) -> None:
    pane.set_findings([NEAR, CORNERS], ())
    pane.open_at(1)
    pane.set_findings([NEAR, SLOW, replace(CORNERS, count=9)], ())
    assert pane.current == replace(CORNERS, count=9)
    pane.set_findings([NEAR], ())
    assert pane.current == NEAR


def test_its_fix_is_the_primary_button_where_that_is_allowed(pane: FindingPane, qtbot: QtBot) -> None:
    pane.set_findings([NEAR], ())
    fix = _buttons(_content(pane))["Use “Nucleus”"]
    assert fix.property("kind") == "primary"
    with qtbot.waitSignal(pane.action_triggered, timeout=1000) as done:
        fix.click()
    assert done.args == [NEAR.action]
    pane.set_primary_allowed(False)
    assert _buttons(_content(pane))["Use “Nucleus”"].property("kind") != "primary"


def test_show_in_json_only_where_it_points_into_the_answer(pane: FindingPane, qtbot: QtBot) -> None:
    pane.set_findings([CORNERS], ())
    with qtbot.waitSignal(pane.show_in_json, timeout=1000) as shown:
        _buttons(_content(pane))["Show in JSON"].click()
    assert shown.args == ["results[0].bounding_box"]
    pane.set_findings([replace(CORNERS, where="https://a.io/infer")], ())
    assert "Show in JSON" not in _buttons(_content(pane))


def test_all_can_be_seen_in_a_row_each(pane: FindingPane, qtbot: QtBot) -> None:
    pane.set_findings([SLOW, NEAR, CORNERS], ())
    _buttons(_content(pane))["All findings"].click()
    rows = _content(pane).findChildren(FindingRow)
    assert [row.finding for row in rows] == [SLOW, NEAR, CORNERS]
    assert pane.current is None
    primary = [b.text() for b in _buttons(_content(pane)).values() if b.property("kind") == "primary"]
    assert primary == ["Use “Nucleus”"]
    with qtbot.waitSignal(pane.current_changed, timeout=1000):
        rows[2].chevron.click()
    assert pane.current == CORNERS


def test_a_row_opens_by_a_click_on_its_head(qtbot: QtBot) -> None:
    row = FindingRow(NEAR)
    qtbot.addWidget(row)
    row.resize(900, 44)
    row.show()
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(60, 20))
    assert row.opened
    assert NEAR.cause in "\n".join(label.text() for label in row.findChildren(QLabel))
    QTest.keyClick(row.chevron, Qt.Key.Key_Space)
    assert not row.opened
    assert row.chevron.accessibleName() == f"Open: {NEAR.what}"


def test_in_a_narrow_row_the_buttons_go_below_the_sentence(qtbot: QtBot) -> None:
    row = FindingRow(NEAR)
    qtbot.addWidget(row)
    row.resize(1000, 44)
    row.show()
    assert row.buttons.y() < row._what.geometry().bottom()
    row.resize(560, 90)
    qtbot.waitUntil(lambda: row.buttons.y() >= row._what.geometry().bottom(), timeout=2000)
    row.resize(1000, 44)
    qtbot.waitUntil(lambda: row.buttons.y() < row._what.geometry().bottom(), timeout=2000)


def test_what_was_not_checked_stands_below_with_why(pane: FindingPane) -> None:
    pane.set_findings([NEAR], [UNKNOWN])
    assert "Not checked 1" in _said(pane)
    assert UNKNOWN.why in _said(pane)


@pytest.mark.parametrize(
    ("unknown", "said"), [((), "Nothing to fix here."), ((UNKNOWN,), "No problems in the checks that ran.")]
)
def test_without_findings_it_says_so(pane: FindingPane, unknown: tuple[NotChecked, ...], said: str) -> None:
    pane.set_findings([NEAR], ())
    pane.set_findings([], unknown)
    assert said in _said(pane)
    assert pane.current is None


def test_escape_and_the_arrow_close_it(pane: FindingPane, qtbot: QtBot) -> None:
    pane.set_findings([NEAR], ())
    with qtbot.waitSignal(pane.closed, timeout=1000):
        QTest.keyClick(pane, Qt.Key.Key_Escape)
    with qtbot.waitSignal(pane.closed, timeout=1000):
        _buttons(_content(pane))["Close findings"].click()


def test_it_is_as_high_as_its_content_up_to_a_limit(pane: FindingPane, qtbot: QtBot) -> None:
    pane.set_findings([SLOW], ())
    qtbot.waitUntil(lambda: pane.height() < 100, timeout=2000)
    pane.set_findings([replace(NEAR, cause="word " * 3000)], ())
    qtbot.waitUntil(lambda: pane.height() == MOST_HIGH + 1, timeout=2000)


def test_in_a_narrow_pane_the_buttons_go_below(pane: FindingPane, qtbot: QtBot) -> None:
    pane.set_findings([NEAR], ())
    opened = _content(pane).findChild(OpenFinding)
    assert opened is not None
    qtbot.waitUntil(lambda: opened._below is False, timeout=2000)
    pane.resize(600, 200)
    qtbot.waitUntil(lambda: opened._below is True, timeout=2000)


def test_the_id_stands_beside_the_sentence_or_below_it(qtbot: QtBot) -> None:
    line = WhatLine("Seven boxes have their corners where width and height are due.", "layout.corners")
    qtbot.addWidget(line)
    line.show()
    line.resize(900, line.heightForWidth(900))
    assert line.name.x() > line.sentence.geometry().right()
    line.resize(220, line.heightForWidth(220))
    assert line.name.y() >= line.sentence.geometry().bottom()
    assert line.rect().contains(line.name.geometry())
    assert line.heightForWidth(220) > line.heightForWidth(900)


def test_many_places_are_counted(pane: FindingPane) -> None:
    pane.set_findings([replace(CORNERS, evidence="w 271", places=("results[0]", "results[1]"))], ())
    assert "w 271 (7 places, first: results[0], results[1])" in _said(pane)
    pane.set_findings([replace(SLOW, where="https://a.io")], ())
    assert "https://a.io" in _said(pane)


def test_an_adapter_shows_the_answer_before_and_after_and_can_be_copied(pane: FindingPane, qtbot: QtBot) -> None:
    source = "def adapt(answer, width, height):\n    return answer\n"
    action = Action("copy-adapter", source, "Copy the adapter")
    other = replace(CORNERS, snippet=source, before='["cat"]', after='{"status": "succeeded"}', action=action)
    pane.set_findings([other], ())
    boxes = [box.code for box in _content(pane).findChildren(CodeBox)]
    assert boxes == [source.rstrip("\n"), '["cat"]', '{"status": "succeeded"}']
    said = _said(pane)
    assert said.index("Before") < said.index("After")
    with qtbot.waitSignal(pane.action_triggered) as caught:
        QTest.mouseClick(_buttons(pane)["Copy the adapter"], Qt.MouseButton.LeftButton)
    assert caught.args == [action]
