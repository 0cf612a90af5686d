"""File, Export predictions: the answers held in the window become files; what is left out is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from byom_gui.core.diagnosis import read_call
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.image import ImageRef
from byom_gui.core.kept import pack
from byom_gui.core.preview import Preview
from byom_gui.core.project import Project
from byom_gui.core.registration import Registration
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels.predictions_dialog import PredictionsDialog
from byom_gui.ui.wiring import exporting
from tests.ui.fakes import ADDRESS, answer, call


def fill(window: MainWindow, path: Path) -> None:
    """A project beside ``path`` with two answered images, the second one packed, and one that failed."""
    endpoint = Endpoint(parse_address(ADDRESS).address)
    refs = tuple(ImageRef(f"i{number}", "file", f"/{number}.png", f"{number}.png") for number in range(3))
    window.session.replace_project(Project(Registration("cells", endpoint), refs), path)
    answered = read_call(call("infer", answer()))
    packed = pack(answered)
    assert packed is not None
    window.session.put_preview(Preview(refs[0], "done", 100, 80, answered))
    window.session.put_preview(Preview(refs[1], "done", 100, 80, packed[0], packed=packed[1]))
    window.session.put_preview(Preview(refs[2], "failed", 100, 80, problem="no"))


def opened(window: MainWindow) -> PredictionsDialog:
    """The dialog, by its menu entry."""
    window.menus.actions["export-predictions"].trigger()
    dialogs = [dialog for dialog in window.findChildren(PredictionsDialog) if dialog.isVisible()]
    assert len(dialogs) == 1
    return dialogs[0]


def test_all_forms_are_written_beside_the_project(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    fill(window, tmp_path / "cells.byom.json")
    dialog = opened(window)
    assert dialog.message.text() == "Writes cells-darwin."
    for box in dialog.forms.values():
        box.setChecked(True)
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.cancel.text() == "Close")
    assert "Saved 6 results for 2 images" in dialog.message.text()
    assert "COCO cannot store these, so they are left out: 2 tag" in dialog.message.text()
    assert sorted(path.name for path in (tmp_path / "cells-darwin").iterdir()) == ["0.json", "1.json"]
    assert len(json.loads((tmp_path / "cells.coco.json").read_text())["annotations"]) == 4
    assert len((tmp_path / "cells.csv").read_text().splitlines()) == 7
    dialog.cancel.click()
    assert "replaced: cells-darwin" in opened(window).message.text()


def test_only_the_chosen_classes_and_what_the_slider_shows(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    fill(window, tmp_path / "cells.byom.json")
    window.session.set_settings(replace(window.session.settings, confidence=0.5))
    dialog = opened(window)
    dialog.none.click()
    assert not dialog.export.isEnabled()
    assert dialog.message.text() == "Choose at least one class."
    dialog.classes.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.forms["darwin"].setChecked(False)
    assert dialog.export.toolTip() == "Choose at least one format."
    dialog.forms["csv"].setChecked(True)
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.cancel.text() == "Close")
    assert [path.name for path in tmp_path.glob("*.csv")] == ["cells.csv"]
    assert "Saved 2 results for 2 images" in dialog.message.text()


def test_a_folder_that_is_not_there_is_told_before(window: MainWindow, tmp_path: Path) -> None:
    fill(window, tmp_path / "cells.byom.json")
    dialog = opened(window)
    dialog.folder.setText(str(tmp_path / "gone"))
    assert not dialog.export.isEnabled()
    assert "does not exist" in dialog.message.text()


def test_a_failure_is_told_and_the_choice_can_be_changed(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    fill(window, tmp_path / "cells.byom.json")
    (tmp_path / "cells-darwin").write_text("")
    dialog = opened(window)
    dialog.export.click()
    qtbot.waitUntil(lambda: "could not be created" in dialog.message.text())
    assert dialog.export.isEnabled()


def test_closing_stops_what_is_under_way(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    fill(window, tmp_path / "cells.byom.json")
    window.works.jobs.hold(exporting.LANE, True)
    dialog = opened(window)
    dialog.export.click()
    assert not dialog.choices.isEnabled()
    dialog.cancel.click()
    window.works.jobs.hold(exporting.LANE, False)
    qtbot.waitUntil(lambda: window.works.jobs.busy == 0)
    assert not (tmp_path / "cells-darwin").exists()


def test_without_answers_the_window_says_so(window: MainWindow) -> None:
    window.menus.actions["export-predictions"].trigger()
    assert window.findChild(PredictionsDialog) is None
    assert "No image has a response yet" in window.notice.text
