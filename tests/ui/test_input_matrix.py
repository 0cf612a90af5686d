"""The grid of inputs: its cells in words, how it fills, and what a cell tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from byom_gui.core.diagnosis import Answered, read_call
from byom_gui.core.diagnosis.probes import KINDS, WAYS
from byom_gui.core.observations import Call, NetFailure, Reply, SentRequest, Way
from byom_gui.ui.models.input_matrix import COLUMNS, InputMatrixModel, Trial, trial, trials_of
from byom_gui.ui.panels.input_matrix import LEGEND, InputMatrix

PLACE = {title: place for place, (title, _) in enumerate(COLUMNS)}


@pytest.fixture
def matrix(qtbot: QtBot) -> InputMatrix:
    made = InputMatrix()
    qtbot.addWidget(made)
    made.resize(1100, 400)
    made.show()
    made.start()
    return made


def _answered(kind: str, body: bytes, status: int = 200, way: Way = "base64") -> Answered:
    reply = Reply(status, (("content-type", "application/json"),), body)
    return read_call(_call(kind, reply, None, way))


def _call(kind: str, reply: Reply | None, failure: NetFailure | None, way: Way = "base64") -> Call:
    request = SentRequest("POST", "http://127.0.0.1:9/", (), "{}", 2, "curl")
    return Call("input", request, reply, failure, 84.4, datetime.now(UTC), "a (png).png", 10, 10, way, kind=kind)


def _said(matrix: InputMatrix) -> str:
    QApplication.processEvents()  # a new part is shown by the next turn of the loop
    return "\n".join(label.text() for label in matrix.findChildren(QLabel) if label.isVisible())


def _more(matrix: InputMatrix) -> list[QPushButton]:
    QApplication.processEvents()
    found = (button for button in matrix.findChildren(QPushButton) if button.text() == "Show finding")
    return [button for button in found if button.isVisible()]


def _legend(matrix: InputMatrix) -> list[str]:
    return [words for words in LEGEND.values() if words in _said(matrix).split("\n")]


def test_the_model_is_sound(qtmodeltester: Any) -> None:
    model = InputMatrixModel()
    qtmodeltester.check(model)
    model.start()
    qtmodeltester.check(model)


def test_every_kind_that_is_tried_has_one_column() -> None:
    assert sorted(kind for _, kinds in COLUMNS for kind in kinds) == sorted(KINDS)


@pytest.mark.parametrize(
    ("kind", "outcome", "status", "text", "face", "spoken"),
    [
        ("png", "works", 200, "84", "ok", "PNG by base64: passed, 84 ms"),
        ("cmyk", "fails", 500, "500", "warn", "CMYK by base64: failed, HTTP 500"),
        ("grey", "fails", 200, "fails", "warn", "Gray by base64: failed, HTTP 200 with an invalid response"),
        ("large", "fails", 0, "none", "warn", "Large by base64: failed, no response"),
        ("webp", "running", 0, "", "running", "WebP by base64: running"),
        ("tiff", "untried", 0, "", "untried", "TIFF by base64: not tried"),
        ("bmp", "", 0, "", "untried", "BMP by base64: not tried"),
    ],
)
def test_a_cell_shows_and_says_its_outcome(
    matrix: InputMatrix, kind: str, outcome: str, status: int, text: str, face: str, spoken: str
) -> None:
    matrix.set_trial("base64", kind, trial(kind, outcome, 84.4, status))
    column = next(place for place, (_, kinds) in enumerate(COLUMNS) if kind in kinds)
    index = matrix.model.index(0, column)
    assert index.data() == text
    assert matrix.model.face(0, column) == face
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == spoken
    assert index.data(Qt.ItemDataRole.ToolTipRole) == spoken


@pytest.mark.parametrize(
    ("outcome", "status", "state"),
    [("fails", 200, "passed"), ("fails", 422, "passed"), ("fails", 500, "failed"), ("fails", 0, "failed")],
)
def test_a_broken_image_has_to_be_answered_and_no_more(outcome: str, status: int, state: str) -> None:
    assert trial("broken", outcome, 9, status).state == state


def test_kinds_that_stand_together_tell_which_of_them_fails(matrix: InputMatrix) -> None:
    for number in range(1, 9):
        found = trial("", "fails" if number == 6 else "works", 10.0 * number, 500 if number == 6 else 200)
        matrix.set_trial("base64", f"exif-{number}", found)
    column = PLACE["EXIF"]
    assert matrix.model.text(0, column) == "500"
    assert matrix.model.spoken(0, column) == "EXIF by base64: failed with EXIF 6; 7 of 8 passed"
    matrix.open_cell(0, column)
    assert "EXIF 6: failed, HTTP 500" in _said(matrix)
    assert "EXIF 7: passed, 70 ms" in _said(matrix)
    matrix.set_trial("base64", "exif-6", Trial("passed", 60, 200))
    assert matrix.model.spoken(0, column) == "EXIF by base64: all passed"
    assert matrix.model.text(0, column) == "80"


def test_data_uris_need_not_work_and_a_way_that_never_works_is_told(matrix: InputMatrix) -> None:
    assert "V7 does not send data URIs." in _said(matrix)
    for way in WAYS:
        for kind in KINDS:
            matrix.set_trial(way, kind, trial(kind, "works" if (way, kind) == ("base64", "png") else "fails", 9, 500))
    faces = {way: matrix.model.face(row, PLACE["JPEG"]) for row, way in enumerate(WAYS)}
    assert faces == {"base64": "warn", "url": "bad", "data-uri": "quiet"}


def test_the_legend_explains_what_is_there_and_no_more(matrix: InputMatrix) -> None:
    assert _legend(matrix) == ["waiting"]
    matrix.set_trial("base64", "png", trial("png", "works", 84, 200))
    matrix.set_trial("base64", "jpeg", trial("jpeg", "running", 0, 0))
    assert _legend(matrix) == ["works, in ms", "running", "waiting"]
    matrix.finish()
    assert _legend(matrix) == ["works, in ms", "not tried"]
    assert matrix.model.progress() == (len(WAYS) * len(KINDS),) * 2


def test_an_unknown_cell_is_left_out(matrix: InputMatrix) -> None:
    matrix.set_trial("pigeon", "png", Trial("passed"))
    matrix.set_trial("base64", "jpeg-2000", Trial("passed"))
    assert _legend(matrix) == ["waiting"]


def test_a_click_opens_what_came_back_and_another_closes_it(matrix: InputMatrix, qtbot: QtBot) -> None:
    broke = NetFailure("net.reset", "http", "The connection broke off.", 0.1)
    answers = [
        _answered("png", b'{"status": "succeeded", "results": []}'),
        _answered("cmyk", b"Traceback: cannot write mode CMYK", 500),
        read_call(_call("large", None, broke)),
    ]
    matrix.set_trials(trials_of(answers))
    table = matrix.table

    def click(title: str) -> None:
        middle = table.visualRect(matrix.model.index(0, PLACE[title])).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(middle))

    click("PNG")
    assert '{"status": "succeeded", "results": []}' in _said(matrix)
    click("CMYK")
    assert "CMYK by base64: failed, HTTP 500" in _said(matrix)
    assert "cannot write mode CMYK" in _said(matrix)
    assert not _more(matrix)
    matrix.set_findings(frozenset(["input.format"]))
    with qtbot.waitSignal(matrix.finding_wanted, timeout=1000) as wanted:
        _more(matrix)[0].click()
    assert wanted.args == ["input.format"]
    click("CMYK")
    assert "CMYK by base64" not in _said(matrix)
    matrix.open_cell(0, PLACE["Large"])
    assert "The connection broke off." in _said(matrix)
    matrix.open_cell(2, PLACE["BMP"])
    assert "Only PNG and JPEG are tried" in _said(matrix)


def test_keys_walk_through_the_cells_and_open_them(matrix: InputMatrix) -> None:
    matrix.set_trial("url", "jpeg", trial("jpeg", "works", 104, 200))
    matrix.table.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(matrix.table, key)
    assert "JPEG by url: passed, 104 ms" in _said(matrix)
    QTest.keyClick(matrix.table, Qt.Key.Key_Space)
    assert "JPEG by url" not in _said(matrix)


def test_columns_share_the_width_and_scroll_where_it_is_narrow(matrix: InputMatrix, qtbot: QtBot) -> None:
    table = matrix.table
    bar = table.horizontalScrollBar()
    matrix.resize(1400, 400)
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    wide, tall = table.columnWidth(0), table.height()
    matrix.resize(500, 400)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert table.columnWidth(0) < wide
    assert table.height() > tall  # the bar lies below the last row, not on it
    assert table.viewport().height() >= 3 * table.rowHeight(0)


def test_arcs_turn_only_while_something_runs_in_sight(matrix: InputMatrix, qtbot: QtBot) -> None:
    timer = matrix.table.turning
    assert not timer.isActive()
    matrix.set_trial("base64", "png", trial("png", "running", 0, 0))
    assert timer.isActive()
    matrix.hide()
    assert not timer.isActive()
    matrix.show()
    qtbot.waitUntil(timer.isActive)
    matrix.set_trial("base64", "png", trial("png", "works", 3, 200))
    assert not timer.isActive()
