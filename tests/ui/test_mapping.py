"""Register, Mapping: the model's classes beside the team's, what the user chooses, makes and exports."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from byom_gui.core.class_mapping import chosen_in, map_classes
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.diagnosis import read_call
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.image import ImageRef
from byom_gui.core.preview import Preview
from byom_gui.core.project import Project
from byom_gui.core.quoting import isolated, quoted
from byom_gui.core.registering import TeamClass, TeamInfo
from byom_gui.core.registration import Registration
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels.mapping import BY_NAME, NOWHERE, MappingPanel
from byom_gui.ui.panels.predictions_dialog import PredictionsDialog
from byom_gui.ui.wiring.mapping import Mapping
from byom_gui.ui.work import mapping
from tests.ui.fakes import ADDRESS, V7_HOST, World, answer, call

LISTED = (("nucleus", "polygon"), ("debris", "bounding_box"), ("new", "tag"), ("man", "skeleton"))
TEAM = [TeamClass("Nucleus", ("polygon",)), TeamClass("debris", ("polygon",)), TeamClass("Zelle", ("polygon",))]
ACME = TeamInfo(4182, "acme", "Acme")


@pytest.fixture
def panel(window: MainWindow, world: World, qtbot: QtBot) -> MappingPanel:
    """The view in sight, the team known."""
    world.team_classes = list(TEAM)
    classes = ClassList(tuple(ClassEntry(*each) for each in LISTED))
    endpoint = Endpoint(parse_address(ADDRESS).address)
    window.session.replace_project(Project(Registration("cells", endpoint, classes)), None)
    window.parts.show_work(True)
    window.parts.center.show_view("Register")
    window.parts.registering.show_view("Mapping")
    window.session.set_team(ACME, tuple(TEAM))
    qtbot.waitUntil(lambda: window.parts.mapping.pages.currentIndex() == 0)
    return window.parts.mapping


def column(panel: MappingPanel, at: int) -> list[str]:
    """What a column says, from top to bottom."""
    model = panel.model
    return [str(model.index(row, at).data()) for row in range(model.rowCount())]


def box(window: MainWindow) -> QMessageBox:
    """The question in sight."""
    return next(each for each in window.findChildren(QMessageBox) if each.isVisible())


def test_each_class_stands_beside_the_teams(panel: MappingPanel) -> None:
    assert column(panel, 2) == ["Nucleus", "–", "–", "–"]
    assert column(panel, 3) == ["Near match", "Different type", "Missing", "Missing"]
    assert panel.summary.text() == f"1 of 4 classes matched in {isolated('Acme')}"
    assert panel.make.text() == "Create missing (1)…"
    assert panel.selected is not None
    assert panel.selected.name == "debris", "the first that wants a decision"
    assert panel.note.text().startswith("The team's “debris” is polygon")


def test_a_choice_is_kept_in_the_project_and_can_be_taken_back(panel: MappingPanel, window: MainWindow) -> None:
    panel.table.selectRow(0)
    panel.target.setCurrentText("Zelle")
    panel.target.activated.emit(panel.target.currentIndex())
    assert column(panel, 2)[0] == "Zelle"
    assert chosen_in(window.session.project, str(V7_HOST), "acme") == {"nucleus": "Zelle"}
    assert window.session.dirty
    assert panel.target.currentText() == "Zelle"
    panel.target.setCurrentText(NOWHERE)
    panel.target.activated.emit(0)
    assert (column(panel, 2)[0], column(panel, 3)[0]) == ("Left out", "Left out")
    assert "exports leave it out" in panel.note.text()
    panel.target.setCurrentText(BY_NAME)
    panel.target.activated.emit(0)
    assert column(panel, 2)[0] == "Nucleus"
    assert chosen_in(window.session.project, str(V7_HOST), "acme") == {}


def test_a_name_is_typed_and_one_that_is_not_there_is_taken_back(panel: MappingPanel) -> None:
    panel.table.selectRow(0)
    line = panel.target.lineEdit()
    assert line is not None
    line.setText("nobody")
    line.editingFinished.emit()
    assert panel.target.currentText() == "Nucleus"
    line.setText("Zelle")
    line.editingFinished.emit()
    assert column(panel, 2)[0] == "Zelle"
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert panel.target.hasFocus()


def test_all_missing_are_made_after_a_yes(panel: MappingPanel, window: MainWindow, world: World, qtbot: QtBot) -> None:
    panel.make.click()
    question = box(window)
    assert f"Create 1 class in the team {quoted('Acme')}?" in question.text()
    assert "new, tag" in question.informativeText()
    assert f"{quoted('man')} cannot be created: a skeleton needs nodes and edges" in question.informativeText()
    question.button(QMessageBox.StandardButton.Cancel).click()
    assert len(world.team_classes) == len(TEAM)
    panel.make.click()
    yes = next(each for each in box(window).buttons() if each.text() == "Create 1 class")
    yes.click()
    qtbot.waitUntil(lambda: window.notice.text == "1 created.")
    assert [each.name for each in world.team_classes] == ["Nucleus", "debris", "Zelle", "new"]
    qtbot.waitUntil(lambda: column(panel, 2)[2] == "new")


def test_one_is_made_and_it_can_be_stopped(panel: MappingPanel, window: MainWindow, world: World, qtbot: QtBot) -> None:
    held = threading.Event()

    def gate(token: object) -> None:
        held.wait(10)

    world.gate = gate
    panel.table.selectRow(2)
    assert panel.make_one.isVisible()
    panel.make_one.click()
    next(each for each in box(window).buttons() if each.text() == "Create 1 class").click()
    qtbot.waitUntil(lambda: "Making “new” (1 of 1)" in panel.summary.text())
    assert not panel.make.isEnabled()
    panel.stop.click()
    assert window.notice.text.startswith("Stopped.")
    assert not panel.stop.isVisible()
    held.set()
    qtbot.waitUntil(lambda: window.works.jobs.busy == 0)
    assert len(world.team_classes) == len(TEAM)


def test_the_mapping_is_exported(
    panel: MappingPanel, window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "cells.mapping.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    panel.export.click()
    qtbot.waitUntil(target.exists)
    value = json.loads(target.read_text("utf-8"))
    assert (value["format"], value["model"], value["team"]["slug"]) == ("byom-class-mapping/1", "cells", "acme")
    assert [each["match"] for each in value["classes"]] == ["near", "type", "missing", "missing"]
    qtbot.waitUntil(lambda: window.notice.text.startswith("Saved to"))


def test_what_can_not_be_written_is_said(panel: MappingPanel, window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    wired = window.findChild(Mapping)
    assert wired is not None
    wired.export(tmp_path / "gone" / "m.json")
    qtbot.waitUntil(lambda: "m.json" in window.notice.text)


def test_the_next_steps_are_laid_out(panel: MappingPanel, window: MainWindow) -> None:
    panel.steps.click()
    dialog = next(each for each in window.findChildren(QDialog) if each.isVisible())
    assert dialog.windowTitle() == "Next steps in V7"
    dialog.close()


def test_without_key_team_or_classes_it_says_what_to_do(panel: MappingPanel, window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.set_team(ACME, None)
    qtbot.waitUntil(panel.again.isVisible)
    session.set_team(None)
    qtbot.waitUntil(panel.key.isVisible)
    assert not panel.export.isEnabled()
    panel.key.click()
    assert window.parts.key.isVisible()
    window.parts.key.close_again()
    session.set_team(ACME, tuple(TEAM))
    session.edit_classes("none", ClassList())
    qtbot.waitUntil(lambda: panel.pages.currentIndex() == panel._empty["classes"])


def test_exported_predictions_take_the_teams_names(panel: MappingPanel, window: MainWindow) -> None:
    ref = ImageRef("i1", "file", "/1.png", "1.png")
    window.session.add_images([ref])
    window.session.put_preview(Preview(ref, "done", 100, 80, read_call(call("infer", answer()))))
    window.menus.actions["export-predictions"].trigger()
    dialog = next(each for each in window.findChildren(PredictionsDialog) if each.isVisible())
    assert dialog.named.text() == f"Classes as mapped to {isolated('Acme')}: 1 renamed"
    assert dialog.choice().names == {"nucleus": "Nucleus"}
    dialog.named.setChecked(False)
    assert dialog.choice().names == {}
    dialog.reject()


def test_many_names_are_waited_for(
    panel: MappingPanel, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mapping, "MANY", 1)
    ref = ImageRef("i1", "file", "/1.png", "1.png")
    window.session.add_images([ref])
    window.session.put_preview(Preview(ref, "done", 100, 80, read_call(call("infer", answer()))))
    window.works.jobs.hold("export", True)
    window.menus.actions["export-predictions"].trigger()
    dialog = next(each for each in window.findChildren(PredictionsDialog) if each.isVisible())
    dialog.folder.setText(str(tmp_path))
    assert not dialog.export.isEnabled()
    assert dialog.message.text() == "Matching the classes to the team's…"
    window.works.jobs.hold("export", False)
    qtbot.waitUntil(dialog.export.isEnabled)
    assert dialog.choice().names == {"nucleus": "Nucleus"}
    dialog.reject()
    qtbot.waitUntil(lambda: window.works.jobs.busy == 0)


def test_names_that_can_not_be_had_are_told_and_leave_the_dialog_usable(
    panel: MappingPanel, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails(*_: Any) -> Any:
        raise InputError("The classes could not be set beside the team's.")

    monkeypatch.setattr(mapping, "MANY", 1)
    monkeypatch.setattr(mapping, "map_classes", fails)
    ref = ImageRef("i1", "file", "/1.png", "1.png")
    window.session.add_images([ref])
    window.session.put_preview(Preview(ref, "done", 100, 80, read_call(call("infer", answer()))))
    window.menus.actions["export-predictions"].trigger()
    dialog = next(each for each in window.findChildren(PredictionsDialog) if each.isVisible())
    dialog.folder.setText(str(tmp_path))
    qtbot.waitUntil(lambda: dialog.message.text() == "The classes could not be set beside the team's.")
    assert dialog.export.isEnabled()
    assert dialog.choice().names == {}
    dialog.reject()
    qtbot.waitUntil(lambda: window.works.jobs.busy == 0)


def test_ten_thousand_classes_are_set_side_by_side_in_a_worker(
    panel: MappingPanel, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[bool] = set()
    real = map_classes

    def noted(*arguments: Any) -> Any:
        threads.add(threading.current_thread() is threading.main_thread())
        return real(*arguments)

    monkeypatch.setattr(mapping, "map_classes", noted)
    team = tuple(TeamClass(f"Class {number}", ("tag",)) for number in range(10_000))
    window.session.set_team(ACME, team)
    entries = tuple(ClassEntry(f"class_{number}", "tag") for number in range(10_000))
    window.session.edit_classes("many", ClassList(entries))
    qtbot.waitUntil(lambda: panel.model.rowCount() == 10_000, timeout=20_000)
    assert threads == {False}
    assert panel.summary.text() == f"All 10,000 classes matched in {isolated('Acme')}"
    qtbot.waitUntil(lambda: window.works.jobs.busy == 0, timeout=20_000)


def test_out_of_sight_nothing_is_reckoned(panel: MappingPanel, window: MainWindow) -> None:
    window.parts.center.show_view("Image")
    window.session.edit_classes("one", ClassList((ClassEntry("only", "tag"),)))
    QTest.qWait(120)
    assert panel.model.rowCount() == len(LISTED)
    window.parts.center.show_view("Register")
    assert panel.model.rowCount() == 1
