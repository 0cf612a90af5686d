"""Answers of earlier runs in the window: shown at once and marked; and answers out of sight are packed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton

from byom_gui.core.diagnosis import Answered, read_call
from byom_gui.core.image import ImageSource
from byom_gui.ui import scene
from byom_gui.ui.backend import Backend
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.models.images import OUTCOME_ROLE
from byom_gui.ui.tour import Tour
from byom_gui.ui.wiring import picturing
from byom_gui.ui.work import packing
from tests.ui.fakes import ADDRESS, World, call

PATHS = [Path(f"/pictures/{name}.png") for name in ("one", "two", "three", "four")]


class Keeping(World):
    """A backend that has kept the answers to some images, and counts what it is asked all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.held: set[str] = set()
        self.asked: list[str] = []
        self.size = (2, 3_400_000)

    def backend(self) -> Backend:
        plain = super().backend()

        def infer(*given: object) -> Answered:
            self.asked.append(given[2].name)  # type: ignore[attr-defined]
            return self.infer(*given)  # type: ignore[arg-type]

        def kept(_endpoint: object, _settings: object, source: ImageSource) -> Answered | None:
            return read_call(call("infer", self.body, name=source.name)) if source.name in self.held else None

        def clear() -> None:
            self.size = (0, 0)

        server = replace(plain.server, infer=infer, kept=kept, kept_size=lambda: self.size, clear_kept=clear)
        return replace(plain, server=server)


@pytest.fixture
def world() -> Keeping:
    """In place of the plain one."""
    return Keeping()


@pytest.fixture
def tour(window: MainWindow, tmp_path: Path) -> Iterator[Tour]:
    made = Tour(window, tmp_path)
    made.connect(ADDRESS)
    yield made
    window.session.dirty = False


def rest(tour: Tour) -> None:
    """Until nothing is under way."""
    tour.wait("rest", lambda: tour.window.works.jobs.busy == 0)
    tour.settle(60)


def test_kept_answers_are_shown_marked_and_asked_again_on_request(
    window: MainWindow, tour: Tour, world: Keeping
) -> None:
    world.held = {"one.png", "three.png"}
    tour.preview(PATHS)
    assert sorted(world.asked) == ["four.png", "two.png"]
    model = window.parts.strip.model
    words = [str(model.index(row).data(OUTCOME_ROLE)[1]) for row in range(4)]
    assert ["(cached)" in text for text in words] == [True, False, True, False]
    assert "2 responses are cached from an earlier run" in window.notice.text
    assert window.session.current is not None
    assert window.session.current.kept
    window.works.inference.rerun_all()
    rest(tour)
    assert len(world.asked) == 6
    assert not any(preview.kept for preview in window.session.previews.values())


def test_a_run_that_was_broken_off_goes_on(window: MainWindow, tour: Tour, world: Keeping) -> None:
    tour.preview(PATHS)
    window.session.forget_observed()
    world.asked.clear()
    world.held = {"one.png", "two.png", "four.png"}
    window.works.inference.start_held()
    rest(tour)
    assert world.asked == ["three.png"]
    assert [preview.state for preview in window.session.previews.values()] == ["done"] * 4


def test_answers_out_of_sight_are_packed_and_come_back(
    window: MainWindow, tour: Tour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "WHOLE_FIRST", 1)
    monkeypatch.setattr(packing, "WHOLE_LAST", 1)
    tour.preview(PATHS)
    rest(tour)
    previews = window.session.previews
    packed = [key for key, preview in previews.items() if preview.packed]
    assert len(packed) == 2
    before = {key: preview.count for key, preview in previews.items()}
    assert len(set(before.values())) == 1
    window.session.set_current(packed[0])
    tour.wait("the answer", lambda: not previews[packed[0]].packed)
    rest(tour)
    assert len(previews[packed[0]].predictions) == before[packed[0]]
    assert window.parts.results.model.rowCount() > 0
    assert {key: preview.count for key, preview in previews.items()} == before
    assert sum(bool(preview.packed) for preview in previews.values()) == 2


def test_an_answer_that_came_anew_is_not_overwritten_by_the_older_one(
    window: MainWindow, tour: Tour, world: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "WHOLE_FIRST", 0)
    monkeypatch.setattr(packing, "WHOLE_LAST", 4)
    tour.preview(PATHS)
    world.body = b'{"status": "succeeded", "results": [{"name": 3}]}'
    window.works.inference.rerun_all()
    rest(tour)
    monkeypatch.setattr(packing, "WHOLE_LAST", 0)
    world.body = b'{"status": "succeeded", "results": []}'
    window.works.inference.run([list(window.session.previews)[1]])
    rest(tour)
    previews = list(window.session.previews.values())
    assert [bool(preview.packed) for preview in previews] == [False, True, False, False]
    assert [preview.count for preview in previews] == [0, 0, 0, 0]
    assert all(preview.answered and preview.answered.findings for preview in previews if not preview.packed)


def test_the_page_of_what_is_kept_tells_how_much_and_deletes_it(window: MainWindow, tour: Tour, world: Keeping) -> None:
    window.menus.actions["stored"].trigger()
    (dialog,) = window.findChildren(QDialog)

    def texts() -> list[str]:
        return [label.text() for label in dialog.findChildren(QLabel)]

    tour.wait("the size", lambda: "2 answers kept, 3.4 MB" in texts())
    button = next(each for each in dialog.findChildren(QPushButton) if "Delete" in each.text())
    tour.click(button)
    tour.wait("none", lambda: "No responses are cached." in texts())
    assert not button.isEnabled()
    dialog.close()
    rest(tour)


def test_thousands_of_shapes_are_made_ready_beside_the_window(
    window: MainWindow, tour: Tour, world: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picturing, "FEW", 1)
    monkeypatch.setattr(picturing, "FEW_POINTS", 1)
    threads: list[str] = []

    def prepare(*given: object) -> object:
        threads.append(threading.current_thread().name)
        return scene.prepare(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(picturing, "prepare", prepare)
    tour.preview(PATHS[:2])
    rest(tour)
    assert window.session.current is not None
    count = window.session.current.count
    assert len(window.parts.canvas.canvas.scene.items) == count > 0
    assert threads
    assert all(name.startswith("job-") for name in threads)
    made = len(threads)
    window.session.select(0)
    window.session.observed_changed.emit()
    rest(tour)
    assert len(threads) == made
    assert window.parts.canvas.canvas.look.selected == 0
