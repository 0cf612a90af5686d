from __future__ import annotations

from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import MASK, Auth, Endpoint, Origin, SecretPlace, parse_address
from byom_gui.core.findings import Action, Finding
from byom_gui.core.observations import SentRequest
from byom_gui.core.profile import default_profile, plan_request
from byom_gui.core.quoting import isolated
from byom_gui.core.registering import OutcomeKind, RegisterOutcome, TeamInfo
from byom_gui.core.registration import Registration
from byom_gui.ui.panels import register_outcome
from byom_gui.ui.panels.by_hand import HandRow
from byom_gui.ui.panels.register import RegisterPanel
from byom_gui.ui.widgets.copy_row import CopyRow

TEAM = TeamInfo(4182, "acme", "Acme")
CLASSES = ClassList((ClassEntry("nucleus", "polygon"), ClassEntry("colony", "ellipse")))
ENDPOINT = Endpoint(parse_address("https://models.acme.io/api/infer").address, Auth("", "X-Model-Secret"))
BLOCKS = Finding(
    "classes.near-match",
    "error",
    "The model returned “Nucleus”, but the class list has “nucleus”.",
    action=Action("use-class", "Nucleus", "Use “Nucleus”"),
)
WORTH = Finding("speed.serial", "advice", "4 at once are no faster than 1.")
HAND = (
    HandRow("Name", "nuclei-detector"),
    HandRow("Secret", "", "header https://models.acme.io X-Model-Secret"),
    HandRow("Classes", "nucleus\tpolygon\ncolony\tellipse"),
)


def request() -> SentRequest:
    registration = Registration("nuclei-detector", ENDPOINT, CLASSES)
    return plan_request(default_profile(), registration, TEAM, Origin("https", "darwin.v7labs.com", 443)).masked()


@pytest.fixture
def panel(qtbot: QtBot) -> RegisterPanel:
    made = RegisterPanel()
    qtbot.addWidget(made)
    made.resize(866, 748)
    made.set_team(TEAM, SecretPlace("keyring", "Secret Service keyring"))
    made.set_host("https://darwin.v7labs.com")
    made.set_model_name("nuclei-detector")
    made.set_urls("https://models.acme.io/api/infer", "https://models.acme.io/api", "")
    made.set_request(request(), True, "")
    made.set_can_register(True, "")
    made.set_by_hand(HAND)
    made.show()
    qtbot.waitExposed(made)
    return made


def button(inside: QWidget, text: str) -> QPushButton:
    QApplication.processEvents()
    return next(one for one in inside.findChildren(QPushButton) if one.text() == text and one.isVisibleTo(inside))


def words(inside: QWidget) -> str:
    QApplication.processEvents()  # what was just laid out is shown by an event
    return "\n".join(label.text() for label in inside.findChildren(QLabel) if label.isVisibleTo(inside))


def press(one: QPushButton) -> None:
    QTest.mouseClick(one, Qt.MouseButton.LeftButton)


def test_ready_shows_who_what_and_where(panel: RegisterPanel, qtbot: QtBot) -> None:
    assert panel.register_button.text() == f"Register in {isolated('Acme')}"
    assert panel.register_button.property("kind") == "primary"
    text = words(panel)
    for said in ("4182", "Secret Service keyring", "Sent once, to https://darwin.v7labs.com.", "Assumption."):
        assert said in text
    lines = panel.request.view.lines
    assert lines[0] == "POST https://darwin.v7labs.com/ai/external_models"
    assert f'  "auth_secret": "{MASK}",' in lines
    with qtbot.waitSignal(panel.register_clicked):
        press(panel.register_button)


def test_what_is_missing_stands_beside_the_button(panel: RegisterPanel, qtbot: QtBot) -> None:
    panel.set_can_register(False, "Enter a model name first.")
    assert not panel.register_button.isEnabled()
    assert panel._reason.text() == "Enter a model name first."
    assert panel.register_button.accessibleDescription() == "Enter a model name first."
    panel.set_team(None, SecretPlace("none", ""))
    assert panel.register_button.text() == "Register"
    assert "No key yet" in words(panel)
    with qtbot.waitSignal(panel.key_clicked):
        press(button(panel, "Add key…"))


def test_where_only_by_hand_fits_it_says_why(panel: RegisterPanel) -> None:
    panel.set_urls("https://models.acme.io/predict", None, "The address does not end in /infer.")
    panel.set_request(None, True, "Register manually instead.")
    assert panel.base.text() == ""
    text = words(panel)
    assert "The address does not end in /infer." in text
    assert "Register manually instead." in text
    assert "Register manually in V7" in text.splitlines()
    assert not panel.request.curl.isEnabled()


def test_a_blocking_finding_is_mended_or_overridden_with_a_reason(panel: RegisterPanel, qtbot: QtBot) -> None:
    panel.set_findings((BLOCKS,), (WORTH,))
    assert not panel.register_button.isEnabled()
    with qtbot.waitSignal(panel.action_triggered) as mended:
        press(button(panel, "Use “Nucleus”"))
    assert mended.args == [BLOCKS.action]
    with qtbot.waitSignal(panel.show_finding) as shown:
        press(button(panel, "Show"))
    assert shown.args == ["speed.serial"]
    panel.findings.override.click()
    assert not panel.register_button.isEnabled(), "a tick alone is no reason"
    with qtbot.waitSignal(panel.override_changed, check_params_cb=lambda reason: reason == "It is mended tonight"):
        QTest.keyClicks(panel.findings.reason, "It is mended tonight")
    assert panel.register_button.isEnabled()
    panel.findings.override.click()
    assert not panel.register_button.isEnabled()


def test_a_kept_reason_comes_back_and_goes(panel: RegisterPanel) -> None:
    panel.set_findings((BLOCKS,), ())
    panel.set_override("Known")
    assert panel.findings.override.isChecked()
    assert panel.register_button.isEnabled()
    assert "overridden, with a reason" in words(panel)
    panel.set_override("")
    assert not panel.findings.override.isChecked()
    panel.set_findings((), ())
    assert panel.register_button.isEnabled()


def test_while_sending_there_is_a_clock_and_a_cancel_that_promises_nothing(panel: RegisterPanel, qtbot: QtBot) -> None:
    panel.set_sending(True)
    assert not panel.register_button.isVisible()
    assert panel._sending_text.text() == "Sending. Cancel does not undo it."
    with qtbot.waitSignal(panel.cancel_clicked):
        press(panel.cancel)
    panel.set_sending(False)
    assert panel.register_button.isVisible()
    assert not panel.cancel.isVisible()


@pytest.mark.parametrize("kind", get_args(OutcomeKind))
def test_every_outcome_is_told_in_words(panel: RegisterPanel, kind: OutcomeKind) -> None:
    panel.set_outcome(RegisterOutcome(kind, "What happened.", "What to do.", ("name: has been taken",), status=418))
    text = words(panel.outcome)
    todo = "Next steps" if kind == "registered" else "What to do."
    for said in (register_outcome.TITLES[kind], "What happened.", todo, "• name: has been taken"):
        assert said in text
    panel.set_outcome(None)
    assert not panel.outcome.isVisible()


def test_an_unknown_outcome_is_never_sent_again_before_one_has_looked(panel: RegisterPanel, qtbot: QtBot) -> None:
    panel.set_outcome(RegisterOutcome("unknown", "No answer in 30 s.", "It may have arrived."))
    assert not panel.register_button.isEnabled()
    assert panel._reason.text() == "Look in V7 first, then answer above whether it is there."
    assert not panel.outcome.again.isVisible()
    for text, there in (("Yes, it's there", True), ("No, it isn't", False)):
        with qtbot.waitSignal(panel.confirmed_there) as told:
            press(button(panel.outcome, text))
        assert told.args == [there]


def test_registered_shows_the_address_the_file_and_the_next_steps(panel: RegisterPanel, qtbot: QtBot) -> None:
    address = "https://darwin.v7labs.com/models/77"
    panel.set_outcome(RegisterOutcome("registered", "Registered in Acme.", "", model_url=address, status=201))
    assert "AI Model stage" in words(panel.outcome)
    row = panel.outcome.findChild(CopyRow)
    assert isinstance(row, CopyRow)
    press(row.copy)
    assert QApplication.clipboard().text() == address
    with qtbot.waitSignal(panel.export_clicked):
        press(button(panel.outcome, "Export JSON…"))
    assert panel.register_button.property("kind") != "primary"
    panel.set_outcome(RegisterOutcome("registered", "Registered.", ""))
    assert "Model" not in words(panel.outcome).splitlines()


def test_after_a_flood_one_waits_as_long_as_v7_asks(
    panel: RegisterPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("byom_gui.ui.panels.register_outcome.monotonic", lambda: now)
    panel.set_outcome(RegisterOutcome("rate-limited", "Too many.", "Wait.", retry_after=65, status=429))
    assert panel.outcome.wait.text() == "in 1:05"
    assert not panel.outcome.again.isEnabled()
    now = 1065.1
    qtbot.waitUntil(panel.outcome.again.isEnabled)
    assert not panel.outcome.wait.isVisible()
    with qtbot.waitSignal(panel.register_clicked):
        press(panel.outcome.again)


def test_by_hand_copies_values_and_asks_for_secrets(panel: RegisterPanel, qtbot: QtBot) -> None:
    rows = panel.by_hand.findChildren(CopyRow)
    assert [row.value.text() for row in rows] == ["nuclei-detector", MASK, "2 names with types"]
    press(rows[2].copy)
    assert QApplication.clipboard().text() == "nucleus\tpolygon\ncolony\tellipse"
    assert rows[2].copy.word.isVisible()
    with qtbot.waitSignal(panel.copy_secret_clicked) as told:
        press(rows[1].copy)
    assert told.args == [HAND[1].secret_ref_key]
    panel.set_by_hand(HAND)
    assert panel.by_hand.findChildren(CopyRow) == rows, "the same rows are not made anew"


def test_the_copied_word_goes_by_itself(qtbot: QtBot) -> None:
    row = CopyRow("Name", "shown", "copied")
    qtbot.addWidget(row)
    row.copy._back.setInterval(1)
    row.copy.say_copied()
    qtbot.waitUntil(row.copy.word.isHidden)
    assert row.copy.accessibleDescription() == ""


def test_what_is_new_is_marked_in_the_request_too(panel: RegisterPanel) -> None:
    panel.set_new("12 Oct 2026", CLASSES.entries[1:], {})
    added = [panel.request.view.lines[line].strip() for line in panel.request.view.added]
    assert added == ['{"name": "colony", "type": "ellipse"}']
    assert "New since 12 Oct 2026" in words(panel)
    panel.set_new("", (), {})
    assert panel.request.view.added == frozenset()


def test_the_assumption_leads_to_the_profile_and_goes_when_confirmed(panel: RegisterPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignals([panel.paste_profile_clicked, panel.edit_profile_clicked]):
        press(button(panel.request.assumption, "Paste curl…"))
        press(button(panel.request.assumption, "Edit the API profile…"))
    panel.set_request(request(), False, "")
    assert not panel.request.assumption.isVisible()
    with qtbot.waitSignal(panel.edit_profile_clicked):
        press(panel.request._edit)
    panel.request.view.set_caret(3)
    panel.set_request(request(), False, "")
    assert panel.request.view.caret == (3, 0), "the same request is not laid out anew"
    press(panel.request.curl)
    assert "<V7 API key>" in QApplication.clipboard().text()


def test_two_columns_become_one_where_it_is_narrow(panel: RegisterPanel) -> None:
    assert panel._left.y() == panel._right.y()
    panel.resize(520, 700)
    QApplication.processEvents()
    assert panel._right.y() > panel._left.y()


def test_the_name_is_told_as_it_is_typed_and_set_without_an_echo(panel: RegisterPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.model_name_changed) as told:
        QTest.keyClicks(panel.name, "s")
    assert told.args == ["nuclei-detectors"]
    with qtbot.assertNotEmitted(panel.model_name_changed):
        panel.set_model_name("other")
