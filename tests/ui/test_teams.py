"""Several teams: remembered by their keys, labelled, and registered in one after the other, each outcome on its own."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.ledger import Entry
from byom_gui.core.project import Project
from byom_gui.core.quoting import isolated, quoted
from byom_gui.core.registering import TeamInfo
from byom_gui.core.registration import Registration
from byom_gui.core.teams import KnownTeam
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels.teams_dialog import TeamsDialog
from tests.ui.fakes import ADDRESS, V7_HOST, World

HOST = str(V7_HOST)
ACME, LAB, GUEST = KnownTeam(HOST, "acme", "Acme"), KnownTeam(HOST, "lab", "Lab"), KnownTeam(HOST, "guest", "Guest")
REGISTRATION = Registration(
    "cells", Endpoint(parse_address(ADDRESS).address), ClassList((ClassEntry("nucleus", "bounding_box"),))
)


@pytest.fixture
def ready(window: MainWindow, world: World) -> MainWindow:
    """A project that can be registered; three teams are known."""
    world.teams = (ACME, LAB, GUEST)
    window.session.replace_project(Project(REGISTRATION), None)
    window.session.set_team(TeamInfo(4182, "acme", "Acme"), ())
    window.parts.show_work(True)
    return window


def opened(window: MainWindow, qtbot: QtBot, count: int = 3) -> TeamsDialog:
    """The dialog, by its menu entry, its teams in sight."""
    window.menus.actions["teams"].trigger()
    dialog = next(each for each in window.findChildren(TeamsDialog) if each.isVisible())
    qtbot.waitUntil(lambda: len(dialog.lines) == count and window.works.jobs.busy == 0)
    return dialog


def said(dialog: TeamsDialog) -> dict[str, tuple[str, str]]:
    return {line.team.slug: (line.mark.outcome, line.said.text()) for line in dialog.lines}


def test_each_outcome_stands_on_its_own_and_what_is_registered_is_not_sent_again(
    ready: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.team_status, world.keyless = {"lab": 403}, {"guest"}
    dialog = opened(ready, qtbot)
    assert [line.box.isChecked() for line in dialog.lines] == [True, True, False]
    assert said(dialog)["guest"] == ("warn", "Its key is no longer stored.")
    assert dialog.register.text() == "Register in 2 teams"
    dialog.register.click()
    assert dialog.register.text() == "Cancel"
    qtbot.waitUntil(lambda: dialog.register.text() != "Cancel")
    outcomes = {slug: mark for slug, (mark, _) in said(dialog).items()}
    assert outcomes == {"acme": "ok", "lab": "bad", "guest": "warn"}
    assert world.registered_in == ["acme", "lab"]
    assert dialog.register.text() == "Register in 1 team"
    world.team_status = {}
    dialog.register.click()
    qtbot.waitUntil(lambda: said(dialog)["lab"][0] == "ok" and ready.works.jobs.busy == 0)
    assert world.registered_in == ["acme", "lab", "lab"]
    assert [each.team for each in world.ledger] == ["lab", "acme"]
    assert not dialog.register.isEnabled()
    assert dialog.note.text() == "Choose at least one team."


def test_a_cancel_sends_nothing_more_and_the_one_under_way_is_unknown(
    ready: MainWindow, world: World, qtbot: QtBot
) -> None:
    held = threading.Event()
    world.gate = lambda _: held.wait(10)  # type: ignore[assignment]
    dialog = opened(ready, qtbot)
    dialog.register.click()
    qtbot.waitUntil(lambda: said(dialog)["acme"][0] == "running")
    dialog.register.click()
    assert said(dialog)["acme"] == (
        "warn", "Canceled: it may have arrived. Look in V7 before you send it again.",
    )  # fmt: skip
    held.set()
    qtbot.waitUntil(lambda: ready.works.jobs.busy == 0)
    assert world.registered_in == []
    assert [(each.team, each.outcome) for each in world.ledger] == [("acme", "unknown")]
    held.clear()
    dialog.register.click()
    dialog.reject()
    held.set()
    qtbot.waitUntil(lambda: ready.works.jobs.busy == 0)


def test_where_this_very_draft_is_registered_it_is_not_chosen(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    world.ledger = [Entry("2026-11-26T06:00:00+00:00", HOST, "lab", "Lab", "registered", REGISTRATION)]
    dialog = opened(ready, qtbot)
    assert [line.box.isChecked() for line in dialog.lines] == [True, False, True]
    assert "No changes since then" in said(dialog)["lab"][1]
    dialog.reject()
    ready.session.set_name("another")
    again = opened(ready, qtbot)
    assert all(line.box.isChecked() for line in again.lines)
    again.reject()


def test_staging_and_production_are_told_apart(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    dialog = opened(ready, qtbot)
    dialog.lines[0].label.setCurrentIndex(2)
    dialog.lines[0].label.activated.emit(2)
    qtbot.waitUntil(lambda: world.teams[0].environment == "production" and ready.works.jobs.busy == 0)
    qtbot.waitUntil(lambda: ready.parts.bar.environment.text() == "PRODUCTION")
    assert ready.parts.register.register_button.text() == f"Register in {isolated('Acme')} (production)"
    assert dialog.register.text() == "Register in 3 teams, production too"
    assert dialog.note.text() == f"Production: {quoted('Acme')}."
    ready.session.set_team(TeamInfo(2, "lab", "Lab"), ())
    assert ready.parts.bar.environment.isHidden()
    assert ready.parts.register.register_button.text() == f"Register in {isolated('Lab')}"


def test_a_checked_key_is_remembered_used_and_forgotten(window: MainWindow, world: World, qtbot: QtBot) -> None:
    window.session.replace_project(Project(REGISTRATION), None)
    window.works.keys.check_key()
    qtbot.waitUntil(lambda: [team.slug for team in world.teams] == ["acme"])
    world.teams = (*world.teams, LAB)
    dialog = opened(window, qtbot, 2)
    assert [line.use.text() for line in dialog.lines] == ["In use", "Use"]
    dialog.lines[1].forget.click()
    qtbot.waitUntil(lambda: [team.slug for team in world.teams] == ["acme"])
    qtbot.waitUntil(lambda: len(dialog.lines) == 1)
    world.teams = (*world.teams, LAB)
    dialog.reject()
    again = opened(window, qtbot, 2)
    again.lines[1].use.click()
    qtbot.waitUntil(lambda: window.teams._dialog is None)
    qtbot.waitUntil(lambda: window.works.jobs.busy == 0)


def test_a_key_that_is_forgotten_is_gone_as_the_teams_own_too(window: MainWindow, world: World, qtbot: QtBot) -> None:
    window.works.keys.check_key()
    qtbot.waitUntil(lambda: [team.slug for team in world.teams] == ["acme"] and window.works.jobs.busy == 0)
    window.parts.key.forget_clicked.emit()
    qtbot.waitUntil(lambda: world.teams == () and window.works.jobs.busy == 0)


def test_without_teams_or_in_practice_it_says_so(ready: MainWindow, world: World, qtbot: QtBot) -> None:
    world.teams = ()
    dialog = opened(ready, qtbot, 0)
    assert not dialog.register.isEnabled()
    dialog.reject()
    ready.session.practice = True
    practice = opened(ready, qtbot, 0)
    assert "Demo mode" in practice.note.text()
    practice.reject()
    ready.session.practice = False
    ready.session.set_team(None)
    assert "Add a V7 key first." in opened(ready, qtbot, 0).note.text()
