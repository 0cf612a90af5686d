"""Inputs and readings in the Diagnosis tab of a whole window, from a check to what is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.image import ImageRef
from byom_gui.core.observations import Call, Way
from byom_gui.core.project import Project
from byom_gui.core.registration import Registration
from byom_gui.ui.main_window import MainWindow
from tests.ui.fakes import ADDRESS, World, answer, call

SHARES = [
    {"name": "a", "label": "a", "confidence": 0.9, "bounding_box": {"x": x, "y": y, "w": 0.21, "h": 0.17}}
    for x, y in ((0.11, 0.13), (0.53, 0.22), (0.31, 0.62), (0.71, 0.55))
]


def _tried(kind: str, status: int, way: Way = "base64") -> Call:
    body = answer() if status == 200 else b"cannot write mode CMYK as PNG"
    return replace(call("input", body, status, f"a ({kind}).png"), kind=kind, way=way)


def _open(window: MainWindow, qtbot: QtBot, images: int = 2) -> None:
    refs = tuple(ImageRef(f"i{at}", "file", f"/pictures/{at}.png", f"{at}.png") for at in range(images))
    endpoint = Endpoint(parse_address(ADDRESS).address)
    window.session.replace_project(Project(Registration("model", endpoint), refs), None)
    window.connecting.ping()
    qtbot.waitUntil(lambda: window.session.ping is not None)


def _said(window: MainWindow) -> list[str]:
    QApplication.processEvents()
    return [label.text() for label in window.parts.diagnosis.findChildren(QLabel) if label.isVisible()]


def _held(cancel: CancelToken) -> None:
    cancel.wait(5)


def _check(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.works.diagnosing.check_finished, timeout=5000):
        window.checking.run_checks()


def test_a_check_fills_the_grid_and_a_cell_leads_to_its_finding(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.tried = (_tried("png", 200), _tried("jpeg", 200), _tried("cmyk", 500))
    _open(window, qtbot)
    assert "Inputs" not in _said(window)
    _check(window, qtbot)
    matrix = window.parts.diagnosis.inputs
    assert "V7 does not send data URIs." in _said(window)
    spoken = [matrix.model.spoken(0, column) for column in (0, 1, 5, 9)]
    assert spoken == [
        "PNG by base64: passed, 12 ms",
        "JPEG by base64: passed, 12 ms",
        "CMYK by base64: failed, HTTP 500",
        "BMP by base64: not tried",
    ]
    matrix.open_cell(0, 5)
    assert any("cannot write mode CMYK" in words for words in _said(window))
    matrix.finding_wanted.emit("input.format")
    row = next(row for row in window.parts.diagnosis.rows if row.finding.id == "input.format")
    assert row.opened


def test_the_grid_waits_while_a_check_runs_and_goes_when_it_is_cancelled(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.tried = (_tried("png", 200),)
    _open(window, qtbot)
    world.gate = _held
    window.checking.run_checks()
    model = window.parts.diagnosis.inputs.model
    qtbot.waitUntil(lambda: model.spoken(0, 0) == "PNG by base64: passed, 12 ms")
    assert model.spoken(0, 1) == "JPEG by base64: waiting"
    said = _said(window)
    assert "Inputs" in said
    assert "png by base64" in said
    window.works.diagnosing.cancel_check()
    assert "Inputs" not in _said(window)
    assert "No checks have run yet" in _said(window)


def test_fractions_are_drawn_in_pixels_over_their_picture(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.body = json.dumps({"status": "succeeded", "results": SHARES}).encode()
    _open(window, qtbot)
    window.works.inference.rerun_all()
    view = window.parts.diagnosis.compared
    qtbot.waitUntil(lambda: window.works.comparing.comparison is not None)
    window.parts.show_work(True)
    window.parts.center.show_view("Diagnosis")
    said = _said(window)
    assert "Geometry" in said
    assert "4 of 4 boxes are smaller than 1.5 pixels." in said
    qtbot.waitUntil(lambda: view.sent.canvas.has_picture)
    window.session.replace_project(Project(), None)
    qtbot.waitUntil(lambda: window.works.comparing.comparison is None)
    assert "Geometry" not in _said(window)


def test_a_picture_that_can_not_be_had_leaves_its_shapes(window: MainWindow, world: World, qtbot: QtBot) -> None:
    came: list[tuple[str, object]] = []
    window.works.comparing.picture_ready.connect(lambda name, raster: came.append((name, raster)))
    window.works.comparing.fetch("gone.png")
    qtbot.waitUntil(lambda: came == [("gone.png", None)])


def test_without_images_the_samples_are_drawn(window: MainWindow, world: World, qtbot: QtBot) -> None:
    came: list[str] = []
    window.works.comparing.picture_ready.connect(lambda name, raster: came.append(name if raster else ""))
    world.samples = (Path("/samples/nuclei.png"),)
    window.works.comparing.fetch("nuclei.png")
    qtbot.waitUntil(lambda: came == ["nuclei.png"])
    window.works.comparing.fetch("nuclei.png")
    assert came == ["nuclei.png", "nuclei.png"]
