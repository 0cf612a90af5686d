"""Checks, Capacity: measured after a yes, shown as it grows, reckoned anew for other items, saved, and left at once."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from byom_gui.core.capacity import AT_ONCE, Capacity, Level
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.project import Project
from byom_gui.core.quoting import quoted
from byom_gui.core.registration import Registration
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels.capacity_dialog import CapacityDialog
from byom_gui.ui.wiring.measuring import open_capacity
from tests.ui.fakes import ADDRESS, World


def opened(window: MainWindow, address: str = ADDRESS) -> CapacityDialog:
    """The dialog, by its menu entry."""
    endpoint = Endpoint(parse_address(address).address)
    window.session.replace_project(Project(Registration("cells", endpoint)), None)
    window.menus.actions["capacity"].trigger()
    return next(each for each in window.findChildren(CapacityDialog) if each.isVisible())


def test_levels_grow_and_are_reckoned_for_other_items_and_a_price(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window)
    assert dialog.plan.text() == "At most 117 calls to 127.0.0.1, 1, 2, 4, 8, 16 at once."
    dialog.measure.click()
    assert dialog.measure.text() == "Cancel"
    qtbot.waitUntil(lambda: dialog.measure.text() == "Measure again")
    assert dialog.model.rowCount() == len(AT_ONCE)
    assert dialog.said.text().startswith("10,000 items take under a minute at 4 at once: ")
    assert "credits" not in dialog.said.text()
    dialog.items.setText("10000000")
    assert "10,000,000 items take about 13.9 hours" in dialog.said.text()
    dialog.price.setText("0.5")
    assert "5,000,000 credits, by the price that you entered." in dialog.said.text()
    dialog.price.setText("lots")
    assert "number of credits" in dialog.error.text
    assert not dialog.measure.isEnabled()
    dialog.price.setText("")
    dialog.calls.setText("2")
    assert "at least 3 calls" in dialog.error.text
    picture = dialog.grab()
    assert not picture.isNull()
    assert "4 at once: 200.0" in dialog.chart.accessibleDescription()


def test_another_machine_is_loaded_after_a_yes_once(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window, "https://models.example.org/infer")

    def box() -> QMessageBox:
        return next(each for each in dialog.findChildren(QMessageBox) if each.isVisible())

    dialog.measure.click()
    assert "models.example.org is not this computer. Send load to it anyway?" in box().text()
    box().button(QMessageBox.StandardButton.Cancel).click()
    assert dialog.measure.text() == "Measure"
    dialog.measure.click()
    next(each for each in box().buttons() if each.text() == "Start").click()
    qtbot.waitUntil(lambda: dialog.measure.text() == "Measure again")
    dialog.measure.click()
    assert dialog.measure.text() == "Cancel"
    qtbot.waitUntil(lambda: dialog.measure.text() == "Measure again")


def test_it_is_left_at_once_and_what_was_measured_stands(window: MainWindow, world: World, qtbot: QtBot) -> None:
    dialog, held, calls = opened(window), threading.Event(), []

    def gate(token: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            held.wait(10)

    world.gate = gate
    dialog.measure.click()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 2 and len(calls) == 3)
    dialog.measure.click()
    assert dialog.measure.text() == "Measure again"
    assert "Stopped. The results so far are shown here." in dialog.said.text()
    assert dialog.save.isEnabled()
    held.set()
    qtbot.waitUntil(lambda: window.works.jobs.busy == 0)
    assert dialog.model.rowCount() == 2
    dialog.measure.click()
    dialog.reject()
    qtbot.waitUntil(lambda: window.works.jobs.busy == 0)


def test_a_server_that_stops_is_not_said_to_be_slow(
    make_window: Callable[[], MainWindow], world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Level(1, 20, (), 10.0, 12.0, 13.0, 90.0)
    cut = Level(2, 4, (("net.reset", 2),), 10.0, 12.0, 13.0, 2.0, cut=True)
    stopped = "Stopped at 2 at once: the server stopped responding at call 24 of 117."
    monkeypatch.setattr(world, "measure", lambda *_: Capacity((first, cut), stopped, died=True))
    dialog = opened(make_window())
    dialog.measure.click()
    qtbot.waitUntil(lambda: dialog.measure.text() == "Measure again")
    assert stopped in dialog.said.text()
    assert "2 at once: 2 of 4 calls failed (2 × net.reset)." in dialog.said.text()
    assert "faster" not in dialog.said.text()
    assert dialog.save.isEnabled()


def test_a_server_that_fails_is_told(window: MainWindow, world: World, qtbot: QtBot) -> None:
    dialog = opened(window)

    def gate(token: object) -> None:
        raise OSError("the cable")

    world.gate = gate
    dialog.measure.click()
    qtbot.waitUntil(lambda: dialog.measure.text() == "Measure again")
    assert dialog.said.text()
    assert not dialog.save.isEnabled()


@pytest.mark.parametrize("name", ["c.json", "c.csv"])
def test_the_figures_are_saved(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    dialog, target = opened(window), tmp_path / name
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    dialog.measure.click()
    qtbot.waitUntil(lambda: dialog.measure.text() == "Measure again")
    dialog.save.click()
    qtbot.waitUntil(lambda: dialog.said.text() == f"Saved to {quoted(target)}.")
    text = target.read_text("utf-8")
    if name.endswith("json"):
        assert json.loads(text)["recommended_at_once"] == 4
    else:
        rows = list(csv.DictReader(text.splitlines()))
        assert [row["at_once"] for row in rows] == ["1", "2", "4", "8", "16"]


def test_without_a_server_it_says_so(window: MainWindow) -> None:
    assert not window.menus.actions["capacity"].isEnabled()
    assert open_capacity(window, window.works, window.notice.say) is None
    assert window.notice.text == "Connect a model first."
