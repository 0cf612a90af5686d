"""The buttons of findings: every verb that a rule may bring does something, and can be taken back."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

import byom_gui.core
from byom_gui.core.diagnosis import Diagnosis
from byom_gui.core.findings import Action
from byom_gui.core.observations import Observations
from byom_gui.core.report import CheckReport, latency_of
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.tour import Tour
from byom_gui.ui.wiring.filing import REPORTS
from tests.ui.fakes import ADDRESS, World

NEAR = "http://127.0.0.1:9/infer"


@pytest.fixture
def tour(window: MainWindow, tmp_path: Path) -> Tour:
    made = Tour(window, tmp_path)
    made.connect(ADDRESS)
    made.wait("classes", lambda: len(window.session.classes) == 2)
    return made


def undo(window: MainWindow) -> None:
    assert window.notice.action_button.isVisible()
    QTest.mouseClick(window.notice.action_button, Qt.MouseButton.LeftButton)
    assert not window.notice.isVisible()


def test_every_verb_of_a_rule_is_known_to_the_window(window: MainWindow) -> None:
    sources = Path(byom_gui.core.__file__).parent.rglob("*.py")
    verbs = {
        verb for path in sources for verb in re.findall(r'Action\(\s*"([\w-]+)"', path.read_text(encoding="utf-8"))
    }
    assert {"copy-adapter", "raise-timeout", "choose-ca", "set-endpoint", "use-class"} <= verbs
    assert verbs <= set(window.checking.fixing.fixes)


@pytest.mark.parametrize(
    ("action", "names"),
    [
        (Action("use-class", "Nucleus"), ("Nucleus", "field")),
        (Action("rename-class", "nucleus\nA\nB"), ("A\nB", "field")),
        (Action("delete-class", "nucleus"), ("field",)),
        (Action("set-type", "nucleus\npolygon"), ("nucleus", "field")),
    ],
)
def test_fixes_of_classes_are_undone_as_edits(
    window: MainWindow, tour: Tour, action: Action, names: tuple[str, ...]
) -> None:
    before = window.session.classes
    window.checking.act(action)
    assert window.session.classes.names == names
    assert window.session.classes != before
    window.menus.actions["undo"].trigger()
    assert window.session.classes == before


def test_raised_time_outs_are_told_and_taken_back(window: MainWindow, tour: Tour) -> None:
    before = window.session.settings
    window.checking.act(Action("raise-timeout"))
    assert window.session.settings.read_timeout == before.read_timeout * 2
    assert window.works.pinging.running
    window.session.set_settings(replace(window.session.settings, concurrency=4))
    undo(window)
    assert window.session.settings == replace(before, concurrency=4)


def test_what_was_changed_since_is_not_overwritten(window: MainWindow, tour: Tour) -> None:
    window.checking.act(Action("raise-timeout"))
    mine = replace(window.session.settings, read_timeout=7)
    window.session.set_settings(mine)
    undo(window)
    assert window.session.settings == mine


def test_a_ca_file_is_taken_back(
    window: MainWindow, tour: Tour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "ca.pem"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(chosen), ""))
    window.checking.act(Action("choose-ca"))
    assert window.session.settings.ca_file == ""  # it is not there
    chosen.write_text("x")
    window.checking.act(Action("choose-ca"))
    assert window.session.settings.ca_file == str(chosen)
    assert "ca.pem" in window.notice.text
    undo(window)
    assert window.session.settings.ca_file == ""


def test_another_address_is_taken_back_and_pinged(window: MainWindow, tour: Tour) -> None:
    before = window.session.endpoint
    window.checking.act(Action("set-endpoint", NEAR))
    assert window.session.endpoint is not None
    assert window.session.endpoint.infer.shown == NEAR
    undo(window)
    assert window.session.endpoint == before
    assert window.parts.bar.field.address == ADDRESS
    assert window.works.pinging.running


def test_an_address_that_was_changed_since_stays(window: MainWindow, tour: Tour) -> None:
    window.checking.act(Action("set-endpoint", NEAR))
    tour.type_address("http://127.0.0.1:9/third")
    mine = window.session.endpoint
    undo(window)
    assert window.session.endpoint == mine


def test_an_address_that_is_none_changes_nothing(window: MainWindow, tour: Tour) -> None:
    before = window.session.endpoint
    window.checking.act(Action("set-endpoint", "no address"))
    assert window.session.endpoint == before
    assert not window.notice.action_button.isVisible()


def test_an_adapter_is_copied_and_said_so(window: MainWindow, tour: Tour) -> None:
    window.checking.act(Action("copy-adapter", "def adapt(answer, width, height): ..."))
    assert QGuiApplication.clipboard().text() == "def adapt(answer, width, height): ..."
    assert window.notice.text.startswith("Copied")
    assert not window.notice.action_button.isVisible()


def test_a_verb_that_is_not_known_opens_the_settings(window: MainWindow, tour: Tour) -> None:
    for verb in ("set-classes-url", "from a later version"):
        window.checking.act(Action(verb))
        assert window.parts.settings.isVisible()
        window.parts.settings.close()


# --- the report


@pytest.mark.parametrize(
    ("chosen", "form", "written"),
    [
        ("a.html", "", "a.html"),
        ("a.json", "Page with images (*.html)", "a.json"),
        ("a.b", "JUnit XML (*.xml)", "a.b.xml"),
        ("a", "JSON (*.json)", "a.json"),
        ("a", "", "a.html"),
        ("", "", ""),
    ],
)
def test_a_report_is_exported_by_its_suffix(
    window: MainWindow, tour: Tour, world: World, monkeypatch: pytest.MonkeyPatch, chosen: str, form: str, written: str
) -> None:
    assert window.session.endpoint is not None
    found = Diagnosis((), ())
    report = CheckReport(Observations(window.session.endpoint), (), found, (), latency_of(None, []), "ready", 1)
    window.session.check = report
    asked: list[str] = []

    def name(*options: str) -> tuple[str, str]:
        asked.extend(options[2:])
        return (f"/reports/{chosen}" if chosen else "", form)

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    window.parts.diagnosis.export_clicked.emit()
    assert asked[0].endswith(".check.html")
    assert asked[1] == ";;".join(REPORTS)
    if not written:
        assert world.reports == []
        return
    tour.wait("the report", lambda: bool(world.reports))
    assert world.reports == [(Path("/reports") / written, report)]
    tour.wait("the word", lambda: written in window.notice.text)


def test_without_a_check_nothing_is_written(window: MainWindow, tour: Tour, world: World) -> None:
    window.works.filing.export_report(Path("/reports/a.html"))
    tour.settle(50)
    assert world.reports == []
