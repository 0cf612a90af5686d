"""The window as a whole, on a backend of plain functions: what a user does, and what they then see."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from byom_gui.core import retry
from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Endpoint, SecretRef, parse_address
from byom_gui.core.image import ImageRef
from byom_gui.core.project import Project
from byom_gui.core.registration import Registration
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.tour import Tour
from tests.ui.fakes import ADDRESS, V7_HOST, World

PATHS = [Path("/pictures/one.png"), Path("/pictures/two.png"), Path("/pictures/three.png")]


@pytest.fixture
def tour(window: MainWindow, tmp_path: Path) -> Tour:
    """Hands and eyes on the window."""
    return Tour(window, tmp_path)


def checklist(window: MainWindow) -> dict[str, str]:
    """What stands beside each item."""
    return {name: item.short_text for name, item in window.parts.checklist.items.items()}


# --- first run and address


def test_the_first_run_says_what_to_do(window: MainWindow) -> None:
    assert not window.parts.working
    assert window.parts.start.field.hasFocus()
    assert checklist(window) == {
        "Key": "not set",
        "Server": "not run",
        "Responses": "not run",
        "Classes": "none",
        "Inputs": "not run",
    }
    assert not window.parts.checklist.run_button.isEnabled()
    assert window.parts.checklist.run_button.toolTip() == "Connect a model first."


@pytest.mark.parametrize(
    ("text", "word"),
    [("models.acme.io/infer", "scheme"), ("https://u:p@acme.io/", "user or password"), ("https://a b/", "space")],
)
def test_a_bad_address_is_explained_beside_its_field_and_kept(
    window: MainWindow, tour: Tour, text: str, word: str
) -> None:
    tour.type_address(text)
    assert word in window.parts.start.error
    assert window.parts.start.field.address == text
    assert window.session.endpoint is None


def test_a_ping_brings_the_workspace_and_the_served_classes(window: MainWindow, tour: Tour) -> None:
    tour.connect(ADDRESS)
    tour.wait("classes", lambda: len(window.session.classes) == 2)
    assert window.parts.working
    assert window.session.classes.names == ("nucleus", "field")
    assert window.session.history.undo_label is not None
    assert window.parts.bar.outcome.text.startswith("Responds")


def test_values_of_the_query_go_to_the_keyring_and_leave_the_field(
    window: MainWindow, tour: Tour, world: World
) -> None:
    tour.connect(f"{ADDRESS}?api_key=s3cret-value")
    ref = SecretRef("query", parse_address(ADDRESS).address.origin, "api_key")
    tour.wait("the keyring", lambda: world.secrets.get(ref) == "s3cret-value")
    assert "s3cret" not in window.parts.bar.field.text()
    assert "s3cret" not in repr(window.session.project)
    # What stands in the field now is dots; settling it again must not store the dots.
    tour.type_address(window.parts.bar.field.address)
    tour.settle(50)
    assert world.secrets[ref] == "s3cret-value"


def test_a_plain_value_of_the_query_stays_in_the_address_until_it_is_marked(
    window: MainWindow, tour: Tour, world: World
) -> None:
    tour.connect(f"{ADDRESS}?model=yolo&api_key=s3cret-value")
    ref = SecretRef("query", parse_address(ADDRESS).address.origin, "model")
    auth = window.parts.auth
    tour.wait("the key", lambda: len(world.secrets) == 1)
    assert ref not in world.secrets
    assert window.parts.bar.field.text().startswith(f"{ADDRESS}?model=yolo&api_key=")
    assert auth.plain["model"].text() == "yolo"
    assert list(auth.marks) == ["model"], "what is named like a secret cannot be anything else"
    auth.marks["model"].click()
    tour.wait("the keyring", lambda: world.secrets.get(ref) == "yolo")
    tour.wait("the field", lambda: list(auth.queries) == ["model", "api_key"])
    assert window.session.dirty
    assert "yolo" not in repr(window.session.project)
    assert "yolo" not in window.parts.bar.field.text()
    assert window.session.endpoint is not None
    assert window.session.endpoint.infer.stored == f"{ADDRESS}?model=&api_key="
    # Typed again at the same server it is still one.
    tour.type_address(f"{ADDRESS}?model=other")
    tour.wait("the new value", lambda: world.secrets.get(ref) == "other")
    assert window.session.endpoint.infer.secret_names == ("model",)
    auth.marks["model"].click()
    tour.wait("the address", lambda: "model" in auth.plain)
    assert auth.plain["model"].text() == "other"
    assert window.session.endpoint.infer.shown == f"{ADDRESS}?model=other"
    assert ref not in world.secrets


def test_a_ping_uses_a_secret_that_is_still_on_its_way_to_the_keyring(
    window: MainWindow, tour: Tour, world: World
) -> None:
    gate = threading.Event()
    world.before_secret = lambda: gate.wait(20)
    held: list[str] = []
    world.gate = lambda _: held.extend(world.in_memory.values())
    tour.type_address(f"{ADDRESS}?api_key=s3cret-value")
    tour.wait("the ping", lambda: window.session.ping is not None)
    assert held[:1] == ["s3cret-value"]
    assert world.secrets == {}
    gate.set()
    tour.wait("the keyring", lambda: list(world.secrets.values()) == ["s3cret-value"])
    assert window.session.ping is not None


def test_a_cancelled_ping_frees_the_window_and_its_late_answer_is_dropped(
    window: MainWindow, tour: Tour, world: World
) -> None:
    gate = threading.Event()
    world.gate = lambda _: gate.wait(5)  # type: ignore[assignment]
    tour.type_address(ADDRESS)
    tour.wait("the start", lambda: window.works.pinging.running)
    window.works.pinging.cancel()
    assert not window.works.pinging.running
    gate.set()
    tour.settle(100)
    assert window.session.ping is None
    assert window.parts.bar.outcome.text == "Not pinged"


# --- images


def test_a_paused_run_sends_nothing_more_until_it_goes_on(window: MainWindow, tour: Tour, world: World) -> None:
    gate = threading.Event()
    tour.connect(ADDRESS)
    world.gate = lambda _: gate.wait(5)  # type: ignore[assignment]
    inference = window.works.inference
    inference.pause(True)
    assert not inference.paused  # nothing runs that could be held
    window.session.set_settings(replace(window.session.settings, concurrency=1))
    tour.drop(PATHS)
    tour.wait("the first", lambda: [p.state for p in window.session.previews.values()][:1] == ["running"])
    inference.pause(True)
    gate.set()
    tour.wait(
        "the answer under way", lambda: window.session.previews[next(iter(window.session.previews))].state == "done"
    )
    tour.settle(100)
    assert [p.state for p in window.session.previews.values()] == ["done", "waiting", "waiting"]
    assert inference.paused
    assert window.menus.actions["pause"].text() == "&Resume"
    inference.pause(False)
    assert window.menus.actions["pause"].text() == "&Pause"
    tour.wait("the rest", lambda: all(p.state == "done" for p in window.session.previews.values()))
    assert not inference.paused


def test_a_busy_server_is_asked_again_and_the_row_says_so(
    window: MainWindow, tour: Tour, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.01)
    tour.connect(ADDRESS)
    seen: list[str] = []
    window.session.preview_changed.connect(lambda preview: seen.append(preview.problem))
    world.statuses = [503, 429, 200]
    tour.drop(PATHS[:1])
    tour.wait("the answer", lambda: [p.state for p in window.session.previews.values()] == ["done"])
    assert [said for said in seen if said] == ["Busy (503), again in 1 s", "Busy (429), again in 1 s"]


def test_a_row_names_the_rate_limit(
    window: MainWindow, tour: Tour, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.01)
    tour.connect(ADDRESS)
    world.statuses = [429, 429, 429]
    tour.drop(PATHS[:1])
    tour.wait("the failure", lambda: [p.state for p in window.session.previews.values()] == ["failed"])
    found = next(iter(window.session.previews.values()))
    assert found.answered is not None
    assert found.problem == next(each.what for each in found.answered.findings if each.id == "http.rate-limited")


def test_cancel_ends_a_pause(window: MainWindow, tour: Tour, world: World) -> None:
    gate = threading.Event()
    tour.connect(ADDRESS)
    world.gate = lambda _: gate.wait(5)  # type: ignore[assignment]
    tour.drop(PATHS)
    tour.wait("the first", lambda: any(p.state == "running" for p in window.session.previews.values()))
    window.works.inference.pause(True)
    window.works.inference.cancel()
    assert not window.works.inference.paused
    gate.set()
    window.works.inference.start_held()
    tour.wait("all", lambda: all(p.state == "done" for p in window.session.previews.values()))


def test_dropped_images_are_answered_one_bad_one_does_not_stop_the_rest(
    window: MainWindow, tour: Tour, world: World
) -> None:
    world.bad_images = {"two.png"}
    tour.connect(ADDRESS)
    tour.drop(PATHS)
    tour.wait("answers", lambda: [p.state for p in window.session.previews.values()] == ["done", "failed", "done"])
    failed = list(window.session.previews.values())[1]
    assert failed.problem == "File ends early"
    world.bad_images = set()
    window.works.inference.rerun_failed()
    tour.wait("the rerun", lambda: all(p.state == "done" for p in window.session.previews.values()))


def test_images_dropped_first_wait_for_the_address_and_then_go(window: MainWindow, tour: Tour) -> None:
    tour.drop(PATHS[:2])
    tour.wait("the images", lambda: len(window.session.previews) == 2)
    tour.settle(50)
    assert {p.state for p in window.session.previews.values()} == {"held"}
    tour.type_address(ADDRESS)
    tour.wait("answers", lambda: all(p.state == "done" for p in window.session.previews.values()))


def test_the_same_file_is_not_added_twice(window: MainWindow, tour: Tour) -> None:
    tour.drop(PATHS)
    tour.wait("the images", lambda: len(window.session.previews) == 3)
    tour.drop(PATHS)
    tour.settle(80)
    assert len(window.session.previews) == 3


def test_answers_of_an_older_endpoint_are_dropped(window: MainWindow, tour: Tour, world: World) -> None:
    tour.connect(ADDRESS)
    gate = threading.Event()

    def hold(_: CancelToken) -> None:
        gate.wait(5)

    world.gate = hold
    tour.drop(PATHS[:1])
    tour.wait("running", lambda: any(p.state == "running" for p in window.session.previews.values()))
    window.connecting.take_address("http://127.0.0.1:9/other/infer")
    gate.set()
    tour.settle(100)
    assert [p.state for p in window.session.previews.values()] == ["held"]
    assert window.session.ping is None


def test_one_selection_goes_through_picture_list_and_json(window: MainWindow, tour: Tour) -> None:
    tour.connect(ADDRESS)
    tour.preview(PATHS[:1])
    window.parts.right.show_view("Results")
    window.parts.canvas.selected.emit(1)
    assert window.session.selection == 1
    assert window.parts.results.selected_index == 1
    window.picturing.show_json()
    tour.settle(100)
    assert window.parts.right.current == "JSON"
    window.parts.json.path_clicked.emit("results[2].name")
    assert window.session.selection == 2
    window.parts.canvas.selected.emit(-1)
    assert window.session.selection is None


def test_removing_the_current_image_shows_its_neighbour(window: MainWindow, tour: Tour) -> None:
    tour.connect(ADDRESS)
    tour.preview(PATHS)
    ids = list(window.session.previews)
    window.session.set_current(ids[1])
    window.session.remove_images([ids[1]])
    assert window.session.current_id == ids[2]
    window.session.remove_images([ids[0], ids[2]])
    assert window.session.current is None


# --- classes and findings


def test_a_near_match_is_found_and_mended_by_its_button(window: MainWindow, tour: Tour, world: World) -> None:
    world.classes = json.dumps([{"name": "Nucleus", "type": "bounding_box"}, {"name": "field", "type": "tag"}]).encode()
    tour.connect(ADDRESS)
    tour.preview(PATHS[:1])
    tour.wait("the finding", lambda: any(f.id == "classes.near-match" for f in window.session.diagnosis.findings))
    tour.wait("the pane", lambda: window.parts.findings.isVisible())
    assert window.checking.next_step() == "fix"
    finding = window.parts.findings.current
    assert finding is not None
    assert finding.action is not None
    window.checking.act(finding.action)
    assert window.session.classes.names == ("nucleus", "field")
    tour.wait("peace", lambda: not window.works.submitting.blocking())
    window.menus.actions["undo"].trigger()
    assert window.session.classes.names == ("Nucleus", "field")
    window.menus.actions["redo"].trigger()
    assert window.session.classes.names == ("nucleus", "field")


def test_classes_seen_in_answers_can_be_taken(window: MainWindow, tour: Tour, world: World) -> None:
    world.classes = b"[]"
    tour.connect(ADDRESS)
    tour.preview(PATHS[:1])
    window.classing.take_seen(["nucleus", "field"])
    assert window.session.classes.entries == (ClassEntry("nucleus", "bounding_box"), ClassEntry("field", "tag"))


def test_a_class_is_added_by_button_and_typed_name(tour: Tour, window: MainWindow) -> None:
    tour.connect(ADDRESS)
    tour.wait("classes", lambda: len(window.session.classes) == 2)
    tour.edit_classes("cell wall")
    assert window.session.classes.names == ("nucleus", "field")
    assert window.session.history.redo_label is not None


# --- register


def ready(tour: Tour) -> None:
    """Up to the point where Register can be pressed."""
    tour.connect(ADDRESS)
    tour.preview(PATHS[:1])
    tour.check_key()
    tour.open_register("nuclei")


def test_registering_sends_once_and_remembers_what_was_sent(window: MainWindow, tour: Tour, world: World) -> None:
    ready(tour)
    tour.register()
    assert window.session.outcome is not None
    assert window.session.outcome.kind == "registered"
    assert len(world.registered) == 1
    assert [one.name for one in window.session.project.registered] == ["nuclei"]
    body = json.loads(world.registered[0].masked().body)
    assert body["name"] == "nuclei"
    assert [entry["name"] for entry in body["classes"]] == ["nucleus", "field"]


def test_register_says_why_it_can_not_be_pressed(window: MainWindow, tour: Tour, world: World) -> None:
    assert window.works.submitting.why_not() == "Connect a model first."
    tour.connect(ADDRESS)
    assert "V7 key" in window.works.submitting.why_not()
    tour.check_key()
    assert "name" in window.works.submitting.why_not()
    window.session.set_name("nuclei")
    tour.wait("classes", lambda: len(window.session.classes) == 2)
    tour.settle(200)
    assert window.works.submitting.why_not() == ""


@pytest.mark.parametrize("agreed", [False, True])
def test_a_model_without_classes_is_registered_after_a_yes_only(
    window: MainWindow, tour: Tour, world: World, monkeypatch: pytest.MonkeyPatch, agreed: bool
) -> None:
    ready(tour)
    window.session.edit_classes("none", ClassList())
    asked: list[str] = []

    def question(*words: Any) -> QMessageBox.StandardButton:
        asked.append(words[2])
        assert words[4] == QMessageBox.StandardButton.No, "the default is the safe one"
        return QMessageBox.StandardButton.Yes if agreed else QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", question)
    window.works.submitting.submit()
    assert world.registered == [], "nothing is sent without the question"
    tour.click(window.parts.register.register_button)
    tour.settle(100)
    assert "class list is empty" in asked[0]
    assert [json.loads(one.masked().body)["classes"] for one in world.registered] == ([[]] if agreed else [])


def test_a_kept_key_is_checked_when_the_register_view_is_opened(window: MainWindow, tour: Tour, world: World) -> None:
    world.secrets[SecretRef("v7-key", V7_HOST)] = "kept-before"
    window.works.keys.refresh()
    tour.connect(ADDRESS)
    assert window.session.team is None
    window.parts.center.show_view("Register")
    tour.wait("the team", lambda: window.session.team is not None)


def test_a_blocking_finding_needs_a_typed_reason(window: MainWindow, tour: Tour, world: World) -> None:
    world.classes = json.dumps([{"name": "Nucleus", "type": "bounding_box"}, {"name": "field", "type": "tag"}]).encode()
    ready(tour)
    tour.wait("the finding", lambda: bool(window.works.submitting.blocking()))
    assert "blocks registering" in window.works.submitting.why_not()
    window.parts.register.override_changed.emit("The server gets lower-case names tonight")
    assert window.works.submitting.why_not() == ""
    assert window.session.settings.override_reason == "The server gets lower-case names tonight"


def test_no_longer_waiting_is_an_unknown_outcome_that_the_user_settles(
    window: MainWindow, tour: Tour, world: World
) -> None:
    ready(tour)
    gate = threading.Event()
    world.gate = lambda _: gate.wait(5)  # type: ignore[assignment]
    tour.click(window.parts.register.register_button)
    window.works.submitting.stop_watching()
    outcome = window.session.outcome
    assert outcome is not None
    assert outcome.kind == "unknown"
    assert "look" in outcome.todo
    gate.set()
    tour.settle(50)
    assert window.session.outcome is outcome
    window.works.submitting.confirm(False)
    assert window.session.outcome is None


def test_the_request_is_shown_masked_and_as_an_assumption(window: MainWindow, tour: Tour) -> None:
    window.session.set_endpoint(Endpoint(parse_address(ADDRESS).address))
    ready(tour)
    request, _ = window.works.submitting.plan()
    assert request is not None
    assert request.host == V7_HOST
    assert not window.session.profile.confirmed
    assert "••••" in dict(request.masked().headers)["Authorization"]


# --- files


def project() -> Project:
    """A saved project with an endpoint and an image."""
    registration = Registration(
        "nuclei", Endpoint(parse_address(ADDRESS).address), ClassList((ClassEntry("a", "tag"),))
    )
    return Project(registration, (ImageRef("i", "file", "/pictures/one.png", "one.png"),))


def test_opening_a_project_contacts_nobody_until_the_user_says_so(window: MainWindow, tour: Tour, world: World) -> None:
    def nobody(_: CancelToken) -> None:
        raise AssertionError("the server was called")

    world.gate = nobody
    world.bad_images = {"one.png"}
    world.files[Path("/p.byom.json")] = project()
    window.files.open(Path("/p.byom.json"))
    tour.wait("the project", lambda: window.session.project.registration.name == "nuclei")
    tour.settle(150)
    assert [p.state for p in window.session.previews.values()] == ["held"]
    assert window.parts.working
    assert not window.session.dirty
    assert window.files.title == "p.byom.json · Saved"


def test_saving_clears_the_dot_and_changes_set_it(window: MainWindow, tour: Tour, world: World) -> None:
    window.session.replace_project(project(), Path("/p.byom.json"))
    window.session.set_name("other")
    assert window.files.title == "p.byom.json · Edited •"
    window.files.save()
    tour.wait("the save", lambda: not window.session.dirty)
    assert world.files[Path("/p.byom.json")].registration.name == "other"


def test_unsaved_work_is_kept_by_itself(window: MainWindow, tour: Tour, world: World) -> None:
    window.session.set_name("draft")
    tour.wait("the autosave", lambda: bool(world.autosaved))
    assert world.autosaved[-1].registration.name == "draft"


def test_closing_with_changes_asks_and_cancel_keeps_the_window(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    window.session.set_name("draft")
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Cancel)
    assert not window.close()
    assert window.isVisible()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Discard)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())


def test_saving_while_closing_waits_for_the_disk(
    window: MainWindow, tour: Tour, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.replace_project(project(), Path("/p.byom.json"))
    window.session.set_name("last words")
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Save)
    assert not window.close()
    tour.wait("the end", lambda: not window.isVisible())
    assert world.files[Path("/p.byom.json")].registration.name == "last words"


# --- looks


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_window_paints_at_its_smallest_and_in_both_themes(
    make_window: Callable[[], MainWindow], tmp_path: Path, choice: str
) -> None:
    window = make_window()
    window.menus.actions[f"theme-{choice}"].trigger()
    tour = Tour(window, tmp_path)
    tour.connect(ADDRESS)
    tour.preview(PATHS[:1])
    window.resize(1024, 700)
    tour.settle(50)
    assert window.width() == 1024
    assert tour.picture("small").stat().st_size > 10_000


def test_every_command_of_the_menus_has_its_work_and_no_shortcut_is_given_twice(window: MainWindow) -> None:
    keys = [key.toString() for action in window.menus.actions.values() for key in action.shortcuts()]
    assert [key for key in set(keys) if keys.count(key) > 1] == []
    for name, action in window.menus.actions.items():
        assert action.receivers("2triggered(bool)") > 0, name


def test_the_tab_key_reaches_ping_from_the_address(window: MainWindow) -> None:
    names = []
    window.parts.start.field.setFocus()
    for _ in range(6):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        names.append(window.focusWidget().accessibleName())
    assert "Ping" in names


def test_widths_that_the_user_drew_come_back(make_window: Callable[[], MainWindow], tmp_path: Path) -> None:
    def connected() -> MainWindow:
        window = make_window()
        tour = Tour(window, tmp_path)
        tour.connect(ADDRESS)
        tour.wait("the layout", lambda: window.parts.splitter.sizes()[0] > 0)
        tour.settle(50)
        return window

    window = connected()
    usual = window.parts.splitter.sizes()
    window.parts.splitter.setSizes([usual[0] + 60, usual[1] - 110, usual[2] + 50])
    window.parts.splitter.splitterMoved.emit(0, 1)
    drawn = window.parts.splitter.sizes()
    assert drawn[0] == usual[0] + 60
    again = connected().parts.splitter.sizes()
    assert again == pytest.approx(drawn, abs=1)


def test_settings_change_the_width_of_the_lane(window: MainWindow) -> None:
    window.session.set_settings(replace(window.session.settings, concurrency=7))
    assert window.works.jobs.width("infer") == 7


def test_escape_closes_the_key_panel_even_after_check_was_pressed(window: MainWindow, tour: Tour, world: World) -> None:
    world.secrets[SecretRef("v7-key", V7_HOST)] = "kept"
    window.works.keys.refresh()
    tour.connect(ADDRESS)
    window.connecting.open_key()
    key = window.parts.key
    tour.wait("the kept key", key.check.isEnabled)
    key.check.setFocus()
    key.set_busy(True)
    assert key.isAncestorOf(window.focusWidget()), "the next key must not go to the address"
    key.set_busy(False)
    window.parts.bar.field.setFocus()
    QTest.keyClick(window.parts.bar.field, Qt.Key.Key_Escape)
    assert not key.isVisible()


def test_the_register_shortcut_leads_to_the_name_then_to_the_button(window: MainWindow, tour: Tour) -> None:
    tour.connect(ADDRESS)
    window.parts.registering.show_view("History")
    window.menus.actions["register"].trigger()
    assert window.parts.registering.current == "Register"
    assert window.focusWidget() is window.parts.register.name


def test_text_from_outside_is_never_read_as_markup(window: MainWindow, tour: Tour, world: World) -> None:
    from byom_gui.ui.widgets.basic import message_box, plain

    evil = '<img src="http://127.0.0.1:9/x"><b>bold</b>'
    assert plain("plain words\nand more") == "plain words\nand more"
    assert "<img" not in plain(evil)
    box = message_box(window, "byom-gui", evil, evil)
    assert box.textFormat() == Qt.TextFormat.PlainText
    assert "<img" not in box.informativeText()
    world.classes = json.dumps([{"name": evil, "type": "tag"}]).encode()
    tour.connect(ADDRESS)
    tour.wait("the class", lambda: window.session.classes.names == (evil,))
    tour.settle(100)
    index = window.parts.classes.model.index(0, 0)
    assert "<img" not in str(index.data(Qt.ItemDataRole.ToolTipRole))


def test_a_reason_to_register_all_the_same_holds_for_one_endpoint(window: MainWindow, tour: Tour) -> None:
    tour.connect(ADDRESS)
    window.parts.register.override_changed.emit("known, and mended tonight")
    window.connecting.take_address("http://127.0.0.1:9/other/infer")
    assert window.session.settings.override_reason == ""


def test_after_an_edit_the_outcome_of_the_last_registration_goes(window: MainWindow, tour: Tour) -> None:
    ready(tour)
    tour.register()
    assert window.session.outcome is not None
    window.session.set_name("another")
    assert window.session.outcome is None


def test_commands_without_a_model_are_off_and_say_why(window: MainWindow, tour: Tour) -> None:
    action = window.menus.actions["export"]
    assert not action.isEnabled()
    assert action.toolTip() == "Connect a model first."
    tour.connect(ADDRESS)
    assert action.isEnabled()


def test_what_a_check_saw_counts_until_its_images_were_sent_again() -> None:
    from datetime import UTC, datetime, timedelta

    from byom_gui.core.diagnosis import Answered
    from byom_gui.ui.work.diagnosing import outdated
    from tests.ui.fakes import answer, call

    def at(minute: int, name: str) -> Answered:
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
        return Answered(replace(call("infer", answer(), name=name), started=moment), None, ())

    check = [at(5, "a"), at(6, "b")]
    assert not outdated([], [at(9, "a")])
    assert not outdated(check, [at(1, "a"), at(1, "b")])
    assert not outdated(check, [at(1, "a"), at(9, "b")])
    assert not outdated(check, [at(9, "c")])
    assert outdated(check, [at(9, "a"), at(9, "b")])
