"""Register, Reach: what is seen from here, the script, and what was pasted of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from byom_gui.core.reaching import END, UNKNOWN, VERSION
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels.reach import ReachPanel
from byom_gui.ui.tour import Tour
from tests.ui.fakes import ADDRESS, World

OTHER = "https://models.example.org/infer"


def words(panel: ReachPanel) -> str:
    """All that the page says."""
    QTest.qWait(30)  # what was just laid out is shown by the next turn of the loop
    return "\n".join(each.text() for each in panel.findChildren(QLabel) if each.isVisible())


def output(target: str, **change: str) -> str:
    lines = {"target": target, "post-exit": "0", "post-status": "200", "post-ip": "93.184.216.34",
             "post-succeeded": "yes", "post-total": "0.3", "size-1-exit": "0", "size-1-status": "200"}  # fmt: skip
    lines |= {key.replace("_", "-"): value for key, value in change.items()}
    return "\n".join([f"----- {VERSION} -----", *(f"{key}: {value}" for key, value in lines.items()), END])


@pytest.fixture
def panel(window: MainWindow, tmp_path: Path) -> ReachPanel:
    """The page in sight, after a ping."""
    Tour(window, tmp_path).connect(ADDRESS)
    window.menus.actions["reach"].trigger()
    assert window.parts.registering.current == "Reach"
    return window.parts.reach


def test_what_is_seen_from_here_and_what_is_not_known(panel: ReachPanel) -> None:
    said = words(panel)
    assert "V7 cannot reach this address." in said
    assert "A loopback address works only inside this machine or network." in said
    assert all(title in said for title, _ in UNKNOWN)
    assert f"TARGET={ADDRESS}" in panel.code.code


def test_what_was_pasted_is_judged(panel: ReachPanel) -> None:
    assert not panel.read.isEnabled()
    panel.paste.setPlainText("hello")
    panel.read.click()
    assert "not the script's output" in panel.error.text
    panel.paste.setPlainText(output(ADDRESS))
    panel.read.click()
    assert panel.error.text == ""
    assert panel.verdict.text() == "The other network can reach it. V7 can probably reach it too."
    panel.paste.setPlainText(output(ADDRESS, post_status="403"))
    panel.read.click()
    assert panel.verdict.text() == "The other network cannot reach it the way V7 needs."
    assert "Status 403" in words(panel)


def test_another_address_starts_anew(panel: ReachPanel, window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    panel.paste.setPlainText(output(ADDRESS))
    panel.read.click()
    Tour(window, tmp_path).connect(OTHER)
    window.menus.actions["reach"].trigger()
    assert panel.paste.toPlainText() == ""
    assert f"TARGET={OTHER}" in panel.code.code
    assert "Run the script" in panel.verdict.text() or "V7 cannot" in panel.verdict.text()


def test_the_script_is_saved(
    panel: ReachPanel, window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "reach.sh"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    panel.save.click()
    qtbot.waitUntil(target.exists)
    assert target.read_text("utf-8").startswith("#!/bin/sh\n")
    qtbot.waitUntil(lambda: "Run it with sh." in window.notice.text)


def test_without_a_ping_it_says_so(window: MainWindow, world: World) -> None:
    window.parts.show_work(True)
    window.parts.center.show_view("Register")
    window.parts.registering.show_view("Reach")
    assert "Ping the server first" in words(window.parts.reach)
    assert not window.parts.reach.save.isEnabled()
    assert not window.menus.actions["reach"].isEnabled()
    window.resize(900, 700)
