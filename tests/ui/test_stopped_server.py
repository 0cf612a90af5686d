"""A server that dies, or keeps refusing, while the window sends images: the rest is not sent, and says why."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from byom_gui.core import retry
from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered, read_call
from byom_gui.core.diagnosis.model import Verdict
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.image import ImageRef, ImageSource
from byom_gui.core.observations import Call, Interruption, NetFailure
from byom_gui.core.project import Settings
from byom_gui.core.report import CheckReport
from byom_gui.services import call_gate
from byom_gui.ui.backend import Backend
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.tour import Tour
from tests.ui.fakes import ADDRESS, World, call

PATHS = [Path(f"/pictures/{number:02}.png") for number in range(9)]
GONE = "The server stopped responding at image 4 of 9."
LIMITED = "The server’s rate limit was reached at image 3 of 9 (HTTP 429)."


def lost(name: str) -> Call:
    """A call that was not answered."""
    failure = NetFailure("net.refused", "tcp", "connection refused", 0.1)
    return replace(call("infer", b"", name=name), reply=None, failure=failure)


@dataclass
class Dying(World):
    """A backend whose server can be gone."""

    good: int = 99
    """So many images are answered."""
    refusal: int = 0
    """What it answers then; 0 where it is gone."""
    sent: list[str] = field(default_factory=list)
    probes: int = 0
    kept: set[str] = field(default_factory=set)
    breaks: set[str] = field(default_factory=set)
    """Images whose first call breaks."""

    def infer(
        self, endpoint: Endpoint, settings: Settings, ref: ImageRef, source: ImageSource, cancel: CancelToken
    ) -> Answered:
        self.sent.append(ref.name)
        if ref.name in self.breaks:
            self.breaks.remove(ref.name)
            return read_call(lost(ref.name))
        return self.say(ref.name, cancel)

    def say(self, name: str, cancel: CancelToken) -> Answered:
        self.gate(cancel)
        cancel.raise_if_cancelled()
        if self.good > 0:
            self.good -= 1
            return read_call(call("infer", self.body, name=name))
        return read_call(call("infer", b"{}", self.refusal, name=name) if self.refusal else lost(name))

    def answer_sample(self, cancel: CancelToken) -> Answered:
        self.probes += 1
        return self.say("sample", cancel)

    def backend(self) -> Backend:
        plain = super().backend()

        def kept(_endpoint: object, _settings: object, source: ImageSource) -> Answered | None:
            return read_call(call("infer", self.body, name=source.name)) if source.name in self.kept else None

        return replace(plain, server=replace(plain.server, kept=kept))


@pytest.fixture
def world() -> Dying:
    """In place of the plain one."""
    return Dying()


@pytest.fixture
def tour(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tour]:
    monkeypatch.setattr(call_gate, "PAUSES", (0.01, 0.01))
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.01)
    made = Tour(window, tmp_path)
    made.connect(ADDRESS)
    window.session.set_settings(replace(window.session.settings, concurrency=1))
    yield made
    window.session.dirty = False


def states(window: MainWindow) -> list[str]:
    return [preview.state for preview in window.session.previews.values()]


def problems(window: MainWindow) -> list[str]:
    return [preview.problem for preview in window.session.previews.values()]


def drop(tour: Tour, world: Dying) -> None:
    """Drops all images; the first is answered when all are listed, so that they are one run."""
    listed = threading.Event()
    world.gate = lambda _: None if listed.wait(30) else pytest.fail("the images were not listed")
    tour.drop(PATHS)
    tour.wait("all", lambda: len(tour.window.session.previews) == len(PATHS))
    listed.set()


def rest(tour: Tour) -> None:
    tour.wait("rest", lambda: tour.window.works.jobs.busy == 0)
    tour.settle(60)


def test_what_a_server_that_died_was_not_sent_says_so_and_is_sent_on_retry(
    window: MainWindow, tour: Tour, world: Dying
) -> None:
    said: list[str] = []
    thumbnails: list[str] = []
    window.works.inference.stopped.connect(said.append)
    window.works.inference.thumbnails.ready.connect(lambda key, _: thumbnails.append(key))
    world.good = 3
    drop(tour, world)
    rest(tour)
    assert states(window) == ["done"] * 3 + ["failed"] * 6
    assert "127.0.0.1:9" in problems(window)[3], "what became of the image that was sent"
    assert problems(window)[4:] == [f"Not sent. {GONE}"] * 5
    assert world.sent == [path.name for path in PATHS[:4]]
    assert world.probes == 2
    assert said == [f"{GONE} The remaining 5 were not sent."]
    assert set(thumbnails) == set(window.session.previews), "an image that was not sent is shown too"
    assert window.notice.text == said[0]
    assert window.notice.action_button.isVisible()
    assert window.notice.action_button.text() == "Retry"
    world.good = 99
    world.sent.clear()
    QTest.mouseClick(window.notice.action_button, Qt.MouseButton.LeftButton)
    rest(tour)
    assert sorted(world.sent) == [path.name for path in PATHS[3:]]
    assert states(window) == ["done"] * 9
    assert len(said) == 1
    assert not window.notice.isVisible()


def test_a_limit_that_stays_after_the_tries_stops_the_run(window: MainWindow, tour: Tour, world: Dying) -> None:
    world.good, world.refusal = 2, 429
    drop(tour, world)
    rest(tour)
    assert world.sent == [path.name for path in (*PATHS[:2], *[PATHS[2]] * 3)]
    assert states(window) == ["done"] * 2 + ["failed"] * 7
    assert problems(window)[3:] == [f"Not sent. {LIMITED}"] * 6
    assert window.notice.text == f"{LIMITED} The remaining 6 were not sent."
    world.good = 99
    window.works.inference.rerun_failed()
    rest(tour)
    assert states(window) == ["done"] * 9


def test_a_run_that_stops_again_says_it_again_with_its_own_numbers(
    window: MainWindow, tour: Tour, world: Dying
) -> None:
    world.good = 3
    drop(tour, world)
    rest(tour)
    world.good = 4
    window.works.inference.retry()
    rest(tour)
    assert window.notice.text == "The server stopped responding at image 5 of 6. The remaining image was not sent."
    assert states(window) == ["done"] * 7 + ["failed"] * 2


def test_the_last_image_leaves_nothing_to_say(window: MainWindow, tour: Tour, world: Dying) -> None:
    world.good = 8
    drop(tour, world)
    rest(tour)
    assert states(window) == ["done"] * 8 + ["failed"]
    assert not window.notice.isVisible()


def test_a_server_that_never_answered_is_not_said_to_have_stopped(window: MainWindow, tour: Tour, world: Dying) -> None:
    world.good = 0
    drop(tour, world)
    rest(tour)
    assert window.notice.text == "The server did not respond to image 1 of 9. The remaining 8 were not sent."


def test_one_bad_image_and_one_broken_connection_stop_nothing(window: MainWindow, tour: Tour, world: Dying) -> None:
    world.bad_images = {PATHS[2].name}
    world.breaks = {PATHS[4].name}
    drop(tour, world)
    rest(tour)
    assert states(window) == [*["done"] * 2, "failed", *["done"] * 6]
    assert world.probes == 1
    assert not window.notice.isVisible()


def test_kept_responses_are_shown_although_the_server_is_gone(window: MainWindow, tour: Tour, world: Dying) -> None:
    world.good = 0
    world.kept = {PATHS[6].name, PATHS[8].name}
    drop(tour, world)
    rest(tour)
    assert states(window) == [*["failed"] * 6, "done", "failed", "done"]
    assert window.notice.text == "The server did not respond to image 1 of 9. The remaining 6 were not sent."


def test_images_added_while_the_rest_is_given_up_are_tried(window: MainWindow, tour: Tour, world: Dying) -> None:
    """What the user does after the stop is a run of its own."""
    world.good = 3
    late = Path("/pictures/late.png")
    added: list[bool] = []

    def look(preview: object) -> None:
        if GONE in getattr(preview, "problem", "") and not added:
            added.append(True)
            world.good = 99
            window.works.inference.add_paths([late])

    window.session.preview_changed.connect(look)
    drop(tour, world)
    tour.wait("the late one", lambda: any(p.ref.name == late.name for p in window.session.previews.values()))
    rest(tour)
    assert states(window)[-1] == "done"
    assert world.sent.count(late.name) == 1


@pytest.mark.parametrize(
    ("verdict", "stopped", "outcome", "words", "line"),
    [
        ("ready", True, "warn", "Ready as far as it was checked", "Ready as far as it was checked"),
        ("ready", False, "ok", "Ready to register", ""),
        ("not-ready", True, "bad", "Not ready to register", ""),
    ],
)
def test_a_check_that_stopped_early_says_so_wherever_its_verdict_is(
    make_window: Callable[[], MainWindow],
    world: Dying,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    verdict: Verdict,
    stopped: bool,
    outcome: str,
    words: str,
    line: str,
) -> None:
    plain = world.check

    def check(*given: Any) -> CheckReport:
        report = plain(*given)
        limited = replace(call("variant", b"{}", 429), number=7)
        interruption = Interruption(limited, 33, died=False) if stopped else None
        observations = replace(report.observations, interruption=interruption)
        return replace(report, verdict=verdict, observations=observations)

    monkeypatch.setattr(world, "check", check)
    window = make_window()
    tour = Tour(window, tmp_path)
    tour.connect(ADDRESS)
    monkeypatch.setattr(window.works.submitting, "blocking", lambda: ())
    window.checking.run_checks()
    rest(tour)
    assert window.parts.diagnosis.verdict == words
    assert window.parts.center.outcome("Diagnosis") == outcome
    assert ("as far as" in window.parts.checklist.blocking) is bool(line)
    window.session.dirty = False


def test_cancel_while_the_server_is_tried_ends_it(window: MainWindow, tour: Tour, world: Dying) -> None:
    world.good = 1
    probed = threading.Event()

    def hold(cancel: CancelToken) -> None:
        if world.probes:
            probed.set()
            cancel.wait(30)
            cancel.raise_if_cancelled()

    world.gate = hold
    tour.drop(PATHS)
    tour.wait("the try", probed.is_set)
    window.works.inference.cancel()
    rest(tour)
    assert states(window) == ["done"] + ["held"] * 8
    assert not window.notice.isVisible()
    world.gate = lambda _: None
    world.good = 99
    window.works.inference.start_held()
    rest(tour)
    assert states(window) == ["done"] * 9
