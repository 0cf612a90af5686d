"""The image strip: its model, its rows, and what can be done with them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from byom_gui.core.contract import Answer
from byom_gui.core.diagnosis import Answered
from byom_gui.core.file_kinds import HEIC, TEXT, LeftOut
from byom_gui.core.image import ImageRef
from byom_gui.core.observations import Call, Reply, SentRequest
from byom_gui.core.predictions import Prediction, Tag
from byom_gui.core.preview import Preview, PreviewState
from byom_gui.ui.models import images
from byom_gui.ui.models.images import OUTCOME_ROLE, THUMB_ROLE, ImagesModel, outcome_of
from byom_gui.ui.panels.images import ImageStrip


def _answered(objects: int) -> Answered:
    request = SentRequest("POST", "https://a/infer", (), "{}", 2, "curl")
    call = Call("infer", request, Reply(200, (), b"{}"), None, 84.0, datetime(2026, 1, 1, tzinfo=UTC))
    made = tuple(Prediction(n, "a", "a", 0.5, "tag", Tag()) for n in range(objects))
    return Answered(call, Answer({}, "succeeded", made, (), schema_valid=True), ())


def _preview(name: str, state: PreviewState = "waiting", objects: int | None = None, problem: str = "") -> Preview:
    answered = None if objects is None else _answered(objects)
    return Preview(ImageRef(name, "file", f"/x/{name}.png", f"{name}.png"), state, 1600, 1200, answered, problem)


def _some(count: int) -> list[Preview]:
    return [_preview(f"i{n}") for n in range(count)]


def _picture(colour: str) -> QImage:
    image = QImage(400, 100, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


@pytest.fixture
def strip(qtbot: QtBot) -> ImageStrip:
    made = ImageStrip()
    qtbot.addWidget(made)
    made.resize(208, 600)
    made.show()
    return made


@pytest.mark.parametrize(
    ("preview", "said"),
    [
        (_preview("a", "held"), ("todo", "Not sent")),
        (_preview("a", "waiting"), ("waiting", "Waiting")),
        (_preview("a", "running"), ("running", "Running, 1.4 s")),
        (_preview("a", "done", 0), ("warn", "Nothing found")),
        (_preview("a", "done", 1), ("ok", "1 object")),
        (_preview("a", "done", 73), ("ok", "73 objects")),
        (_preview("a", "failed", problem="File ends early"), ("bad", "File ends early")),
        (_preview("a", "failed"), ("bad", "Failed")),
    ],
)
def test_outcomes(preview: Preview, said: tuple[str, str]) -> None:
    assert outcome_of(preview, 1.4) == said


def test_the_model_is_sound(qtmodeltester: ModelTester) -> None:
    model = ImagesModel()
    model.set_previews(_some(5))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.set_previews(_some(7))
    model.update_preview(_preview("i2", "done", 3))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


def test_one_change_touches_one_row_of_ten_thousand(qtbot: QtBot) -> None:
    model = ImagesModel()
    model.set_previews(_some(10_000))
    touched: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: touched.append((first.row(), last.row())))
    model.update_preview(_preview("i9000", "done", 2))
    model.update_preview(_preview("gone", "done", 2))
    assert touched == [(9000, 9000)]
    assert model.index(9000).data(OUTCOME_ROLE) == ("ok", "2 objects")


def test_more_images_are_added_and_other_lists_replace(qtbot: QtBot) -> None:
    model = ImagesModel()
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.set_previews(_some(2))
    with qtbot.waitSignal(model.rowsInserted, timeout=1000) as added:
        model.set_previews([replace(_some(1)[0], state="running"), *_some(4)[1:]])
    assert added.args is not None
    assert added.args[1:] == [2, 3]
    assert len(resets) == 1
    assert model.running
    model.set_previews(_some(4)[2:])
    assert len(resets) == 2
    assert (model.row_of("i3"), model.row_of("i0"), model.running) == (1, None, False)


def test_running_seconds_come_from_the_clock() -> None:
    now = [100.0]
    model = ImagesModel(lambda: now[0])
    model.set_previews(_some(2))
    model.update_preview(_preview("i1", "running"))
    now[0] = 101.4
    model.update_preview(_preview("i1", "running"))
    assert model.index(1).data(OUTCOME_ROLE) == ("running", "Running, 1.4 s")
    touched: list[int] = []
    model.dataChanged.connect(lambda first, _: touched.append(first.row()))
    model.tick()
    assert touched == [1]
    assert "Running, 1.4 s" in model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert model.index(1).data(Qt.ItemDataRole.AccessibleTextRole) == "i1.png, Running, 1.4 s"


def test_thumbnails_are_cut_to_size_and_make_room(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_MOST_THUMBS", 2)
    model = ImagesModel()
    model.set_previews(_some(3))
    wanted: list[str] = []
    model.thumbnail_wanted.connect(wanted.append)
    for name in ("i0", "i1", "i2", "gone"):
        model.set_thumbnail(name, _picture("#ff0000"), 2.0)
    held = [model.index(row).data(THUMB_ROLE) for row in range(3)]
    assert held[0] is None
    assert held[1].size() == QSize(128, 96)
    assert held[1].devicePixelRatio() == 2.0
    assert model.index(0).data(THUMB_ROLE) is None
    assert wanted == ["i0"]
    model.set_thumbnail("i1", QImage())
    assert model.index(1).data(THUMB_ROLE) is not None


def test_rows_that_do_not_exist_hold_nothing() -> None:
    model = ImagesModel()
    assert model.data(QModelIndex()) is None
    model.set_previews(_some(1))
    assert model.index(0).data(Qt.ItemDataRole.DecorationRole) is None
    assert model.rowCount(model.index(0)) == 0


def test_without_images_it_says_what_goes_here(strip: ImageStrip, qtbot: QtBot) -> None:
    said = [label.text() for label in strip.findChildren(QLabel) if label.isVisible()]
    assert "No images yet" in said
    assert not strip.rerun_button.isEnabled()
    assert strip.rerun_button.accessibleDescription() == "There are no images to rerun"
    add = next(b for b in strip.findChildren(QPushButton) if b.text() == "Add images…")
    with qtbot.waitSignal(strip.add_clicked, timeout=1000):
        add.click()


def test_the_keyboard_goes_through_images_and_removes_them(strip: ImageStrip, qtbot: QtBot) -> None:
    strip.set_previews(_some(3))
    told: list[str] = []
    strip.current_changed.connect(told.append)
    strip.set_current("i0")
    assert told == []
    QTest.keyClick(strip.view, Qt.Key.Key_Down)
    QTest.keyClick(strip.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert told == ["i1", "i2"]
    strip.view.setFocus()
    strip.activateWindow()
    qtbot.waitUntil(strip.view.hasFocus, timeout=2000)
    with qtbot.waitSignal(strip.remove, timeout=1000) as removed:
        QTest.keyClick(strip.view, Qt.Key.Key_Delete)
    assert removed.args == [["i1", "i2"]]


def test_a_click_makes_an_image_current(strip: ImageStrip, qtbot: QtBot) -> None:
    strip.set_previews(_some(3))
    where = strip.view.visualRect(strip.model.index(2)).center()
    with qtbot.waitSignal(strip.current_changed, timeout=1000) as chosen:
        QTest.mouseClick(strip.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen.args == ["i2"]
    assert strip.view.visualRect(strip.model.index(2)).height() >= 64


def test_the_current_image_stays_when_others_come_or_go(strip: ImageStrip) -> None:
    told: list[str] = []
    strip.current_changed.connect(told.append)
    strip.set_previews(_some(3))
    strip.set_current("i2")
    strip.set_previews(_some(5))
    assert strip.current == "i2"
    strip.set_previews(_some(5)[1:])
    assert strip.current == "i2"
    strip.set_previews(_some(2))
    assert strip.current == ""
    assert told == []


def test_progress_is_counted_timed_and_can_be_cancelled(strip: ImageStrip, qtbot: QtBot) -> None:
    strip.set_previews(_some(6))
    strip.set_progress(5, 6, 3.4)
    said = [label.text() for label in strip.findChildren(QLabel) if label.isVisible()]
    assert {"5 of 6", "0:03", "Images", "6"} <= set(said)
    cancel = next(b for b in strip.findChildren(QPushButton) if b.accessibleName() == "Cancel")
    with qtbot.waitSignal(strip.cancel_clicked, timeout=1000):
        QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    strip.set_progress(None)
    assert not cancel.isVisible()


def test_a_run_tells_its_pace_and_can_be_paused(strip: ImageStrip, qtbot: QtBot) -> None:
    strip.set_previews(_some(6))
    strip.set_progress(4, 8, 0.4)
    assert not any("second" in label.text() for label in strip.findChildren(QLabel))
    strip.set_progress(4, 8, 2.0)
    assert "2.0 per second · 0:02 left" in {label.text() for label in strip.findChildren(QLabel) if label.isVisible()}
    pause = next(b for b in strip.findChildren(QPushButton) if b.accessibleName() == "Pause")
    with qtbot.waitSignal(strip.pause_clicked, timeout=1000) as asked:
        QTest.mouseClick(pause, Qt.MouseButton.LeftButton)
    assert asked.args == [True]
    strip.set_paused(True)
    assert pause.accessibleName() == "Resume"
    assert "Paused" in {label.text() for label in strip.findChildren(QLabel) if label.isVisible()}
    with qtbot.waitSignal(strip.pause_clicked, timeout=1000) as asked:
        QTest.mouseClick(pause, Qt.MouseButton.LeftButton)
    assert asked.args == [False]


def _choose(menu: QMenu, start: str) -> None:
    next(action for action in menu.actions() if action.text().startswith(start)).trigger()


def test_the_rerun_menu_counts(strip: ImageStrip, qtbot: QtBot) -> None:
    strip.set_previews([*_some(2), _preview("bad", "failed")])
    menu = strip.rerun_menu()
    assert [action.text() for action in menu.actions()] == ["Rerun failed (1)", "Rerun all (3)"]
    with qtbot.waitSignals([strip.rerun_failed, strip.rerun_all], timeout=1000):
        _choose(menu, "Rerun failed")
        _choose(menu, "Rerun all")
    strip.set_previews(_some(2))
    assert not strip.rerun_menu().actions()[0].isEnabled()


def test_the_context_menu_speaks_of_the_selected_images(strip: ImageStrip, qtbot: QtBot) -> None:
    url = Preview(ImageRef("u", "url", "https://a/1.png", "1.png"))
    pasted = Preview(ImageRef("p", "pasted", "/private/1.png", "Pasted"))
    strip.set_previews([*_some(2), url, pasted])
    strip.set_current("i1")
    with qtbot.waitSignal(strip.rerun, timeout=1000) as rerun:
        _choose(strip.context_menu(), "Rerun")
    with qtbot.waitSignal(strip.show_file, timeout=1000) as shown:
        _choose(strip.context_menu(), "Show file")
    assert (rerun.args, shown.args) == ([["i1"]], ["i1"])
    _choose(strip.context_menu(), "Copy path")
    assert QGuiApplication.clipboard().text() == "/x/i1.png"
    strip.set_current("u")
    _choose(strip.context_menu(), "Copy address")
    assert QGuiApplication.clipboard().text() == "https://a/1.png"
    strip.set_current("p")
    assert [a.text() for a in strip.context_menu().actions() if a.text()] == ["Rerun", "Remove"]
    strip.view.selectAll()
    with qtbot.waitSignal(strip.remove, timeout=1000) as removed:
        _choose(strip.context_menu(), "Remove 4 images")
    assert removed.args == [["i0", "i1", "u", "p"]]


def test_a_narrow_strip_shows_thumbnails_only(strip: ImageStrip) -> None:
    strip.set_previews([_preview("a", "done", 3), _preview("b", "running"), _preview("c", "failed")])
    strip.set_thumbnail("a", _picture("#3050c0"))
    wide = strip.view.viewport().grab().toImage()
    strip.set_narrow(True)
    strip.resize(88, 600)
    assert not strip.rerun_button.isVisible()
    assert not strip.drop_zone.isVisible()
    narrow = strip.view.viewport().grab().toImage()
    assert narrow.width() < wide.width()
    middle = strip.view.visualRect(strip.model.index(0)).center()
    assert narrow.pixelColor(middle).name() == "#3050c0"
    strip.set_narrow(False)
    strip.resize(208, 600)
    assert strip.drop_zone.isVisible()


def test_a_narrow_strip_without_images_says_so(strip: ImageStrip) -> None:
    strip.set_narrow(True)
    strip.resize(88, 600)
    said = {label.text() for label in strip.findChildren(QLabel) if label.isVisible()}
    assert said - {""} == {"0", "No images yet"}


@pytest.mark.parametrize(("count", "said"), [(4, "Drop 4 images"), (None, "Drop images, folders,\nor addresses")])
def test_the_drop_zone_welcomes(strip: ImageStrip, count: int | None, said: str) -> None:
    strip.set_drag_over(2)
    strip.set_drag_over(count)
    assert strip.drop_zone.text == said


def test_what_was_left_out_stays_in_sight_and_says_why(strip: ImageStrip) -> None:
    label = strip.findChild(QLabel, "left-out")
    assert label is not None
    assert not label.isVisible()
    strip.set_left_out(LeftOut(8, Counter({HEIC: 2, TEXT: 1})))
    assert label.isVisible()
    assert label.text() == "3 files left out"
    assert "3 of 11 files were left out: 2 HEIC, 1 text file." in label.toolTip()
    assert "pillow-heif" in label.accessibleDescription()
    strip.set_left_out(LeftOut(8, Counter({TEXT: 1})))
    assert label.text() == "1 file left out"
    strip.set_narrow(True)
    strip.resize(88, 600)
    assert label.isVisible()
    assert label.text() == "1 left out"
    assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()), "it is not cut"
    strip.set_narrow(False)
    strip.resize(208, 600)
    assert label.isVisible()
    assert label.text() == "1 file left out"
    strip.set_left_out(LeftOut(8))
    assert not label.isVisible()
