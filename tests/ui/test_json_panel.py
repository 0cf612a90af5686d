from __future__ import annotations

import json
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from byom_gui.core.endpoint import MASK
from byom_gui.core.jsontext import Fold, PrettyJson, pretty
from byom_gui.core.observations import SentRequest
from byom_gui.ui.panels.json_panel import JsonPanel, size_text
from byom_gui.ui.widgets import json_rows, json_view
from byom_gui.ui.widgets.json_text import (
    FoldMap,
    head_runs,
    json_runs,
    request_lines,
    value_columns,
)

BODY = json.dumps({"image": {"base64": "iVBORw0KGgo… 2,871,104 more"}})
REQUEST = SentRequest(
    "POST",
    "https://models.acme.io/api/infer?k=v",
    (("Content-Type", "application/json"), ("X-Secret", MASK)),
    BODY,
    2_871_200,
    "curl -X POST 'https://models.acme.io/api/infer'",
)


def answer(count: int = 3, points: int = 20) -> PrettyJson:
    path = [{"x": 1.5, "y": at} for at in range(points)]
    results: list[Any] = [
        {"name": f"class_{at}", "label": "a", "confidence": 0.5, "polygon": {"path": path}} for at in range(count)
    ]
    return pretty({"status": "succeeded", "results": results})


@pytest.fixture
def panel(qtbot: QtBot) -> JsonPanel:
    made = JsonPanel()
    qtbot.addWidget(made)
    made.resize(720, 500)
    made.set_request(REQUEST)
    text = answer()
    made.set_answer(text, text.text, 200, 84, 142_000)
    made.show()
    qtbot.waitExposed(made)
    return made


# What a line looks like


def test_colours_tell_keys_strings_numbers_and_brackets_apart() -> None:
    line = '  "na\\"me": "x: 1", "n": -1.5e3, "t": true},'
    parts = [(line[run.start : run.end], run.tone) for run in json_runs(line)]
    assert parts == [
        ('"na\\"me"', "jkey"),
        (":", "jpun"),
        ('"x: 1"', "jstr"),
        (",", "jpun"),
        ('"n"', "jkey"),
        (":", "jpun"),
        ("-1.5e3", "jnum"),
        (",", "jpun"),
        ('"t"', "jkey"),
        (":", "jpun"),
        ("true", "jnum"),
        ("},", "jpun"),
    ]


def test_an_unfinished_string_is_still_one() -> None:
    assert [run.tone for run in json_runs('"cut off here')] == ["jstr"]
    assert [run.strong for run in head_runs("POST /infer", True)] == [True, False]


@pytest.mark.parametrize(
    ("line", "key", "expected"),
    [
        ('    "name": "Nucleus",', "name", '"Nucleus"'),
        ('  {"x": 1.5, "y": -2},', "y", "-2"),
        ('  "polygon": {', "polygon", "{"),
        ("  [", "", "["),
        ('    "gone": 1', "other", '"gone": 1'),
    ],
)
def test_the_value_at_fault_is_found_in_its_line(line: str, key: str, expected: str) -> None:
    start, end = value_columns(line, key)
    assert line[start:end] == expected


def test_rows_and_lines_map_both_ways_through_folds() -> None:
    folds = FoldMap(20, [Fold(12, 15, "b"), Fold(3, 5, "a")])
    assert folds.rows == 20 - 2 - 3
    for line in range(20):
        row = folds.row_of(line)
        first, fold = folds.line_of(row)
        assert first == (line if fold is None else fold.first)
        assert (fold is None) == (folds.fold_at(line) is None)
    first_fold = folds.fold_at(4)
    assert first_fold is not None
    assert folds.without([first_fold]).rows == 17


def test_a_request_is_told_as_text() -> None:
    lines, head = request_lines(REQUEST)
    assert lines[:4] == (
        "POST /api/infer?k=v",
        "Host: models.acme.io",
        "Content-Type: application/json",
        f"X-Secret: {MASK}",
    )
    assert (head, lines[4], lines[5]) == (4, "", "{")
    whole, _ = request_lines(REQUEST, whole_url=True)
    assert whole[0] == "POST https://models.acme.io/api/infer?k=v"


# The panel


def place_of(panel: JsonPanel, line: int, column: int = 4) -> QPoint:
    """Where a line is in the viewport."""
    panel.view.set_caret(line, column)
    return panel.view.cursorRect().center()


def test_a_click_in_a_result_names_it(panel: JsonPanel, qtbot: QtBot) -> None:
    pretty_ = answer()
    first = pretty_.spans["results[1]"][0]
    panel.view.show_line(first, top=True)
    point = place_of(panel, first)
    with qtbot.waitSignal(panel.path_clicked) as told:
        QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert told.args == ["results[1]"]
    with qtbot.assertNotEmitted(panel.path_clicked):
        panel.view.line_clicked.emit(0)


def test_a_selected_result_is_tinted_and_in_sight(panel: JsonPanel) -> None:
    panel.select_path("results[2]")
    assert panel.view.block == answer().spans["results[2]"]
    row = panel.view.folds.row_of(panel.view.block[0])
    assert panel.view.bar.value() <= row < panel.view.bar.value() + panel.view.page()
    panel.select_path("")
    assert panel.view.block is None


def test_problems_are_stepped_through_round_and_round(panel: JsonPanel, qtbot: QtBot) -> None:
    panel.set_problems(
        [("results[2].name", "not listed", "error"), ("results[0].polygon.path[18].x", "outside", "warning")]
    )
    assert panel._count.text() == "2"
    hidden = answer().line_of("results[0].polygon.path[18]")
    assert panel.view.folds.fold_at(hidden) is None, "a bad place is never folded away"
    told = []
    for _ in range(3):
        QTest.mouseClick(panel.down, Qt.MouseButton.LeftButton)
        told.append((panel._count.text(), panel.view.marks[panel.view.active_mark].message))
    assert told == [("1 of 2", "outside"), ("2 of 2", "not listed"), ("1 of 2", "outside")]
    mark = panel.view.marks[1]
    assert panel.view.lines[mark.line][mark.start : mark.end] == '"class_2"'
    panel.set_active_path("results[2].name")
    assert panel._count.text() == "2 of 2"


def test_the_search_counts_and_steps(panel: JsonPanel, qtbot: QtBot) -> None:
    panel.search.open_bar()
    panel.search.field.setText("CLASS_")
    qtbot.waitUntil(lambda: panel.search.count.text() == "1 of 3")
    QTest.keyClick(panel.search.field, Qt.Key.Key_Return)
    assert panel.search.count.text() == "2 of 3"
    assert panel.view.found_now == (answer().line_of("results[1].name"), 15)
    panel.search.field.setText("nowhere at all")
    qtbot.waitUntil(lambda: panel.search.count.text() == "not found")
    panel.search.close_bar()
    assert panel.view.found == {}


def test_text_is_selected_and_copied_as_it_is(panel: JsonPanel, qtbot: QtBot) -> None:
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(panel.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == answer().text
    QTest.keyClick(panel.view, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    QTest.keyClick(panel.view, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert panel.view.selected_text() == '  "status": "succeeded",'
    assert panel.view.accessibleDescription().startswith('Line 2: "status"')


def test_a_wrapped_request_is_copied_without_its_breaks(qtbot: QtBot) -> None:
    view = json_view.JsonView("Request", gutter=False, wraps=True)
    qtbot.addWidget(view)
    view.resize(220, 200)
    view.show()
    text = '{"a": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}\n}'
    view.set_lines(text.splitlines())
    assert view.blockBoundingRect(view.document().firstBlock()).height() > view.fontMetrics().lineSpacing() * 1.5
    view.selectAll()
    assert view.selected_text() == text


def test_folds_open_by_click_and_by_key_and_are_copied_whole(panel: JsonPanel, qtbot: QtBot) -> None:
    folds = panel.view.folds.folds
    assert len(folds) == 3
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(panel, folds[0].first, 14))
    assert list(panel.view.folds.folds) == list(folds[1:])
    panel.view.show_line(0, top=True)
    panel.view.set_caret(folds[1].first)
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert list(panel.view.folds.folds) == list(folds[2:])
    assert panel.view.caret[0] == folds[1].first, "the caret stays where it was"
    panel.view.selectAll()
    assert panel.view.selected_text() == answer().text


def big(count: int = 60_000) -> Any:
    return pretty({"results": list(range(count))})


def test_a_long_text_opens_in_parts_and_is_found_searched_and_copied_as_a_whole(panel: JsonPanel, qtbot: QtBot) -> None:
    text = big()
    panel.set_answer(text, "", 200, 1, 1)
    view = panel.view
    assert view.document().blockCount() <= json_rows.MOST_ROWS + 2
    assert view.toPlainText().splitlines()[-1] == f"… {60_004 - json_rows.MOST_ROWS:,} more rows below"
    panel.select_path("results[41234]")
    assert view.textCursor().block().text().strip() == "41234,"
    assert view.toPlainText().startswith("… ")
    assert view.document().blockCount() <= json_rows.MOST_ROWS + 2
    panel.set_problems([("results[59000]", "odd", "error")])
    panel._step_problem(1)
    assert view.caret[0] == text.line_of("results[59000]")
    panel.search.open_bar()
    panel.search.field.setText("12345,")
    qtbot.waitUntil(lambda: view.found_now is not None)
    assert view.found_now is not None
    assert view.found_now[0] == text.line_of("results[12345]")
    view.selectAll()
    assert view.selected_text() == text.text


def test_the_rows_above_and_below_open_by_key(panel: JsonPanel) -> None:
    panel.set_answer(big(), "", 200, 1, 1)
    view = panel.view
    QTest.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Return)
    shown = view.toPlainText().splitlines()
    assert shown[0] == f"… {json_rows.MOST_ROWS - 1:,} more rows above"
    assert shown[1].strip() == f"{json_rows.MOST_ROWS - 3},", "one row of before is still there"
    view.moveCursor(QTextCursor.MoveOperation.Start)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.toPlainText().startswith("{\n")


def test_a_line_of_megabytes_is_cut_on_screen_and_copied_whole(panel: JsonPanel) -> None:
    line = "x" * 3_000_000
    panel.set_answer(None, f"{line}\nend", 200, 1, 1)
    first = panel.view.document().firstBlock().text()
    assert first.endswith(" … 2,996,000 more characters")
    panel.view.selectAll()
    assert panel.view.selected_text() == f"{line}\nend"


def test_a_screen_reader_reads_the_text(panel: JsonPanel) -> None:
    spoken = QAccessible.queryAccessibleInterface(panel.view)
    assert spoken.role() == QAccessible.Role.EditableText
    text = spoken.textInterface()
    assert text is not None
    assert '"status": "succeeded"' in text.text(0, 60)
    assert spoken.state().readOnly


def test_copy_as_curl_copies_what_came_with_the_request(panel: JsonPanel, qtbot: QtBot) -> None:
    QTest.mouseClick(panel.curl, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == REQUEST.curl
    assert panel._said.text() == "The copy leaves the secret out."
    panel.set_request(None)
    assert not panel.curl.isEnabled()


def test_what_is_no_json_is_shown_as_it_came(panel: JsonPanel) -> None:
    panel.set_answer(None, '{"status": "ok"\n  "results": []}', 200, 12, 31)
    panel.set_bad_place(2, 3, "A comma is missing.")
    (mark,) = panel.view.marks
    assert (mark.line, mark.start, mark.message) == (1, 2, "A comma is missing.")
    panel.set_problems([("results[0].name", "not listed", "error")])
    assert panel.view.marks == [mark]
    panel.set_answer(None, "<html>\n<h1>Login</h1>", 502, 3, 20)
    assert list(panel.view.lines) == ["<html>", "<h1>Login</h1>"]
    panel.set_answer(None, "", None, None, None)
    assert panel._pages.currentIndex() == 1


def test_broken_json_is_marked_by_itself(panel: JsonPanel) -> None:
    panel.set_answer(None, '{"status": "succeeded",\r\n "results": [tru]}', 200, 12, 31)
    (mark,) = panel.view.marks
    assert (mark.line, panel.view.lines[mark.line][mark.start :]) == (1, "tru]}")
    panel.set_answer(None, "<html>", 200, 1, 1)
    assert list(panel.view.marks) == []


def test_no_answer_says_so_and_shows_why(panel: JsonPanel) -> None:
    panel.set_answer(None, "Nothing listens there.", 0, 12.0, 0)
    assert panel._status.text() == "no response"
    assert not panel._size.isVisible()
    assert list(panel.view.lines) == ["Nothing listens there."]


def test_places_outside_the_answer_mark_nothing(panel: JsonPanel) -> None:
    panel.set_problems([("B03_f02.png", "shape.outside", "warning"), ("https://x.example", "net.dns", "error")])
    assert list(panel.view.marks) == []
    panel.set_problems([("results[9].name", "not listed", "error")])
    assert panel.view.marks[0].line == answer().line_of("results")


def test_a_bad_place_beyond_the_text_marks_nothing(panel: JsonPanel) -> None:
    panel.set_answer(None, "", 200, 1, 0)
    panel.set_bad_place(1, 1, "It is empty.")
    assert list(panel.view.marks) == []


def test_it_stacks_where_it_is_narrow_and_the_head_drops_what_it_can_spare(panel: JsonPanel) -> None:
    assert panel._splitter.orientation() == Qt.Orientation.Horizontal
    assert panel._request_body.isVisible()
    panel.set_problems([("results[2].name", "not listed", "error")])
    panel.resize(300, 500)
    QApplication.processEvents()
    assert panel._splitter.orientation() == Qt.Orientation.Vertical
    assert not panel._request_body.isVisible()
    assert panel._left.height() <= 40, "folded, it takes no room"
    assert not panel._size.isVisible()
    assert panel._status.isVisible()
    QTest.mouseClick(panel.fold, Qt.MouseButton.LeftButton)
    assert panel._request_body.isVisible()
    panel.resize(900, 500)
    QApplication.processEvents()
    assert panel._size.isVisible()


def test_only_rows_in_sight_are_colored(panel: JsonPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def counted(text: str) -> Any:
        looked.append(text)
        return json_runs(text)

    monkeypatch.setattr(json_view, "json_runs", counted)
    panel.set_answer(big(9_000), "", 200, 1, 1)
    panel.repaint()
    assert 0 < len(looked) < 200
    panel.view.show_line(8_000)
    panel.repaint()
    assert "7999," in {text.strip() for text in looked}
    assert len(looked) < 400


def test_odd_text_is_drawn_and_hit(panel: JsonPanel) -> None:
    panel.set_answer(None, "日本語 " * 10 + "x" * 10_000 + "\n\n\t", 200, 1, 1)
    panel.view.selectAll()
    assert not panel.grab().isNull()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 5))
    assert 0 < panel.view.caret[1] < 10


@pytest.mark.parametrize(("size", "expected"), [(12, "12 B"), (142_300, "142 KB"), (3_400_000, "3.4 MB")])
def test_sizes_in_words(size: int, expected: str) -> None:
    assert size_text(size) == expected
