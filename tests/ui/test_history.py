"""Register, History: what was registered is kept, shown, and compared with the draft and the server."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.image import ImageRef
from byom_gui.core.ledger import Entry, Unsettled
from byom_gui.core.preview import Preview
from byom_gui.core.project import Project
from byom_gui.core.quoting import quoted
from byom_gui.core.registering import TeamInfo
from byom_gui.core.registration import Registration
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.models.history import when_text
from tests.ui.fakes import ADDRESS, V7_HOST, World, answer, call

ACME = TeamInfo(4182, "acme", "Acme")
LISTED = ClassList((ClassEntry("nucleus", "bounding_box"), ClassEntry("field", "tag")))
REGISTRATION = Registration("cells", Endpoint(parse_address(ADDRESS).address), LISTED)


def entry(id_: str = "e0", when: str = "2026-11-26T06:00:00+00:00", **more: object) -> Entry:
    made = Entry(when, str(V7_HOST), "acme", "Acme", "registered", REGISTRATION, id=id_)
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def ready(window: MainWindow, world: World, qtbot: QtBot) -> MainWindow:
    """A project that can be registered, its history in sight."""
    window.session.replace_project(Project(REGISTRATION), None)
    window.session.set_team(ACME, ())
    window.parts.show_work(True)
    window.parts.center.show_view("Register")
    window.parts.registering.show_view("History")
    qtbot.waitUntil(lambda: window.works.jobs.busy == 0)
    return window


def register(window: MainWindow, qtbot: QtBot, kind: str) -> None:
    """Presses Register; waits for the outcome and for the history."""
    window.works.submitting.submit()
    qtbot.waitUntil(lambda: window.session.outcome is not None and window.works.jobs.busy == 0)
    assert window.session.outcome is not None
    assert window.session.outcome.kind == kind


def test_a_registration_is_kept_with_its_answers_and_shown(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    panel = ready.parts.history
    assert panel.pages.currentIndex() == 1
    from byom_gui.core.diagnosis import read_call

    ref = ImageRef("i1", "file", "/1.png", "1.png")
    ready.session.add_images([ref])
    ready.session.put_preview(Preview(ref, "done", 100, 80, read_call(call("infer", answer()))))
    register(ready, qtbot, "registered")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    kept = world.ledger[0]
    assert (kept.outcome, kept.team, kept.host, kept.registration.name) == ("registered", "acme", str(V7_HOST), "cells")
    assert [each.count for each in kept.golden] == [3]
    assert panel.pages.currentIndex() == 0
    assert panel.draft.text() == "No changes in this project since then."
    assert panel.title.text().startswith(f"{quoted('cells')} in {quoted('Acme')}, ")


def test_before_registering_again_the_last_time_is_told(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    world.ledger = [entry(), entry("e1", registration=replace(REGISTRATION, name="other"))]
    ready.history.read()
    before = ready.parts.register.before
    qtbot.waitUntil(lambda: bool(before.text()))
    assert before.text() == f"Registered in {quoted('Acme')} on {when_text(entry().when)}. No changes since then."
    ready.session.edit_classes("rename", ClassList((ClassEntry("Nucleus", "bounding_box"), ClassEntry("field", "tag"))))
    qtbot.waitUntil(lambda: "“nucleus” is now “Nucleus”." in before.text())
    ready.session.set_endpoint(Endpoint(parse_address("http://127.0.0.1:9/other").address))
    qtbot.waitUntil(lambda: before.text() == "")
    panel = ready.parts.history
    panel.table.selectRow(1)
    assert panel.draft.text() == "The open project has a different address."


def test_the_server_is_asked_and_can_be_left(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    world.ledger = [entry()]
    ready.history.read()
    panel = ready.parts.history
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    world.classes = json.dumps([{"name": "Nucleus", "type": "bounding_box"}, {"name": "field", "type": "tag"}]).encode()
    panel.compare.click()
    qtbot.waitUntil(lambda: "“nucleus” is now “Nucleus”." in panel.server.text())
    assert panel.compare.text() == "Compare with server"
    held = threading.Event()
    world.gate = lambda _: held.wait(10)  # type: ignore[assignment]
    panel.compare.click()
    qtbot.waitUntil(lambda: panel.server.text() == "Calling the server… 0 of 2")
    assert panel.compare.text() == "Cancel"
    panel.compare.click()
    assert panel.server.text() == ""
    held.set()
    qtbot.waitUntil(lambda: ready.works.jobs.busy == 0)
    world.classes = b"{"
    panel.compare.click()
    qtbot.waitUntil(lambda: panel.server.property("tone") == "bad")


def test_an_unknown_outcome_is_kept_as_one_until_the_user_looked(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    held = threading.Event()
    world.gate = lambda _: held.wait(10)  # type: ignore[assignment]
    ready.works.submitting.submit()
    ready.works.submitting.stop_watching()
    held.set()
    qtbot.waitUntil(lambda: [each.outcome for each in world.ledger] == ["unknown"] and ready.works.jobs.busy == 0)
    ready.works.submitting.confirm(True)
    qtbot.waitUntil(lambda: [each.outcome for each in world.ledger] == ["registered"])
    qtbot.waitUntil(lambda: ready.works.jobs.busy == 0)


@pytest.mark.parametrize(("there", "left"), [(True, ["registered"]), (False, [])])
def test_what_the_user_saw_in_v7_is_noted_after_the_sending_has_ended(
    ready: MainWindow, world: World, qtbot: QtBot, there: bool, left: list[str]
) -> None:
    held = threading.Event()
    world.gate = lambda _: held.wait(10)  # type: ignore[assignment]
    ready.works.submitting.submit()
    ready.works.submitting.stop_watching()
    ready.works.submitting.confirm(there)
    held.set()
    qtbot.waitUntil(lambda: ready.works.jobs.busy == 0)
    assert [each.outcome for each in world.ledger] == left


def test_it_is_noted_before_it_is_sent_and_a_later_attempt_asks_first(
    ready: MainWindow, world: World, qtbot: QtBot
) -> None:
    before: list[str] = []
    world.gate = lambda _: before.extend(each.outcome for each in world.ledger)
    world.status = 422
    register(ready, qtbot, "invalid")
    assert (before, world.ledger) == (["unknown"], [])
    world.ledger = [entry("e7", outcome="unknown")]
    world.status = 201
    register(ready, qtbot, "unknown")
    assert len(world.registered) == 1, "only the refused one was sent"
    outcome = ready.parts.register.outcome
    assert "was started at 2026-11-26 06:00 UTC" in outcome.accessibleName()
    assert not ready.parts.register.register_button.isEnabled()
    ready.works.submitting.confirm(False)
    qtbot.waitUntil(lambda: world.ledger == [] and ready.works.jobs.busy == 0)
    register(ready, qtbot, "registered")
    assert [each.outcome for each in world.ledger] == ["registered"]


@pytest.mark.parametrize(("button", "left"), [("there", ["registered"]), ("absent", [])])
def test_history_settles_what_may_have_arrived(
    ready: MainWindow, world: World, qtbot: QtBot, button: str, left: list[str]
) -> None:
    world.ledger = [entry("e3", outcome="unknown")]
    ready.history.read()
    panel = ready.parts.history
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    assert panel.question.isVisible()
    getattr(panel, button).click()
    qtbot.waitUntil(lambda: [each.outcome for each in world.ledger] == left and ready.works.jobs.busy == 0)
    assert not panel.question.isVisible()


def test_another_window_that_registers_is_told_and_leaves_no_outcome(
    ready: MainWindow, world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise Unsettled("Another window or command is registering it right now.")

    monkeypatch.setattr(world, "send", busy)
    with qtbot.waitSignal(ready.works.submitting.notice) as told:
        ready.works.submitting.submit()
    assert told.args == ["Another window or command is registering it right now."]
    assert ready.session.outcome is None
    qtbot.waitUntil(lambda: ready.works.jobs.busy == 0)


def test_closing_while_v7_works_asks_first(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    held = threading.Event()
    world.gate = lambda _: held.wait(10)  # type: ignore[assignment]
    ready.works.submitting.submit()
    assert not ready.close()
    box = next(each for each in ready.findChildren(QMessageBox) if each.isVisible())
    assert box.text() == "V7 has not responded to the registration yet."
    box.reject()
    assert ready.isVisible()
    assert ready.sending
    assert not ready.close()
    boxes = [each for each in ready.findChildren(QMessageBox) if each.isVisible()]
    next(each for each in boxes[-1].buttons() if each.text() == "Close anyway").click()
    qtbot.waitUntil(lambda: not ready.isVisible())
    held.set()
    assert [each.outcome for each in world.ledger] == ["unknown"]


def test_what_did_not_arrive_is_forgotten(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    held = threading.Event()
    world.gate = lambda _: held.wait(10)  # type: ignore[assignment]
    ready.works.submitting.submit()
    ready.works.submitting.stop_watching()
    held.set()
    qtbot.waitUntil(lambda: len(world.ledger) == 1 and ready.works.jobs.busy == 0)
    ready.works.submitting.confirm(False)
    qtbot.waitUntil(lambda: world.ledger == [])


def test_practice_and_refusals_are_no_registrations(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    world.status = 422
    register(ready, qtbot, "invalid")
    world.status = 201
    ready.session.practice = True
    register(ready, qtbot, "registered")
    assert world.ledger == []


def test_one_is_forgotten_after_a_question_and_copied(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    world.ledger = [entry(), entry("e1", outcome="unknown")]
    ready.history.read()
    panel = ready.parts.history
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    panel.table.selectRow(1)
    assert "V7 did not respond" in panel.title.text()
    panel.copy.click()
    assert json.loads(QGuiApplication.clipboard().text())["outcome"] == "unknown"
    panel.forget.click()
    box = next(each for each in ready.findChildren(QMessageBox) if each.isVisible())
    next(each for each in box.buttons() if each.text() == "Forget").click()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    QTest.qWait(10)
    assert [each.id for each in world.ledger] == ["e0"]
