"""Threads in one place: results come back once, in the GUI thread, and never after a cancel."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from byom_gui.core.errors import AppError, Cancelled, InputError
from byom_gui.ui.jobs import Job, Jobs


def never(value: object) -> None:
    """For what must not be called."""
    pytest.fail(f"called with {value!r}")


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs({"one": 1})
    yield made
    made.close()


def test_a_result_comes_back_in_the_gui_thread(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[tuple[int, bool, bool]] = []
    here = threading.current_thread()
    where: list[bool] = []

    def work(_: Job[int]) -> int:
        where.append(threading.current_thread() is here)
        return 42

    jobs.run(work, lambda value: seen.append((value, where[0], threading.current_thread() is here)), never)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(42, False, True)]


def test_errors_arrive_as_app_errors_and_hide_the_text_of_unexpected_ones(jobs: Jobs, qtbot: QtBot) -> None:
    errors: list[AppError] = []

    def known(_: Job[None]) -> None:
        raise InputError("No scheme.")

    def unknown(_: Job[None]) -> None:
        raise ValueError("s3cret in a text of somebody else's")

    for work in (known, unknown):
        jobs.run(work, lambda _: pytest.fail("no result is due"), errors.append)
    qtbot.waitUntil(lambda: len(errors) == 2)
    sentences = {error.sentence for error in errors}
    assert "No scheme." in sentences
    assert not any("s3cret" in error.sentence + error.detail for error in errors)


def test_a_lane_runs_no_more_at_once_than_its_width(jobs: Jobs, qtbot: QtBot) -> None:
    done: list[object] = []
    running, most = [0], [0]
    lock = threading.Lock()

    def work(job: Job[None]) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        job.token.wait(0.01)
        with lock:
            running[0] -= 1

    for _ in range(6):
        jobs.run(work, done.append, never, lane="one")
    qtbot.waitUntil(lambda: len(done) == 6)
    assert most[0] == 1
    jobs.set_width("one", 3)
    gate = threading.Barrier(3, timeout=5)
    for _ in range(3):
        jobs.run(lambda _: gate.wait(), done.append, never, lane="one")
    qtbot.waitUntil(lambda: len(done) == 9)


def test_a_cancelled_job_never_calls_back_even_if_its_answer_comes_late(jobs: Jobs, qtbot: QtBot) -> None:
    gate = threading.Event()
    calls: list[object] = []

    def stubborn(_: Job[int]) -> int:
        gate.wait(5)
        return 1

    job = jobs.run(stubborn, calls.append, calls.append, on_progress=calls.append)
    job.cancel()
    job.report("late")
    gate.set()
    qtbot.waitUntil(lambda: jobs.busy == 0)
    assert calls == []


def test_a_job_that_stops_at_the_token_is_silent(jobs: Jobs, qtbot: QtBot) -> None:
    calls: list[object] = []

    def polite(job: Job[None]) -> None:
        job.token.wait(5)
        raise Cancelled

    job = jobs.run(polite, calls.append, calls.append)
    job.cancel()
    qtbot.waitUntil(lambda: jobs.busy == 0)
    assert calls == []


def test_a_job_is_busy_until_its_last_word_is_delivered(jobs: Jobs, qtbot: QtBot) -> None:
    counts: list[int] = []
    jobs.run(lambda _: 1, lambda _: counts.append(jobs.busy), never, lane="one")
    for thread in threading.enumerate():
        if thread.name == "job-one":
            thread.join(5)
    assert (jobs.busy, counts) == (1, []), "the loop did not turn yet"
    qtbot.waitUntil(lambda: jobs.busy == 0)
    assert counts == [1]


def test_a_callback_that_raises_leaves_nothing_busy(jobs: Jobs, qtbot: QtBot) -> None:
    def broken(_: int) -> None:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as raised:
        jobs.run(lambda _: 1, broken, never)
        qtbot.waitUntil(lambda: jobs.busy == 0)
    assert [kind for kind, _, _ in raised] == [ZeroDivisionError]


def test_progress_comes_in_order_and_before_the_result(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[object] = []

    def work(job: Job[str]) -> str:
        for step in range(3):
            job.report(step)
        return "end"

    jobs.run(work, seen.append, never, on_progress=seen.append)
    qtbot.waitUntil(lambda: "end" in seen)
    assert seen == [0, 1, 2, "end"]


def test_closing_waits_for_polite_work_and_takes_no_more(qtbot: QtBot) -> None:
    jobs = Jobs()
    ended = threading.Event()

    def work(job: Job[None]) -> None:
        job.token.wait(5)
        ended.set()

    jobs.run(work, never, never)
    jobs.close()
    assert ended.is_set()
    late = jobs.run(never, never, never)
    assert late.token.cancelled
    assert jobs.busy == 0


def test_a_held_lane_starts_nothing_until_it_goes_on(jobs: Jobs, qtbot: QtBot) -> None:
    done: list[int] = []
    others: list[int] = []
    jobs.hold("one", True)
    jobs.run(lambda _: 1, done.append, never, lane="one")
    jobs.run(lambda _: 2, others.append, never, lane="other")
    qtbot.waitUntil(lambda: others == [2])
    assert done == []
    assert jobs.busy == 1
    jobs.hold("one", False)
    qtbot.waitUntil(lambda: done == [1])


def test_what_waited_in_a_held_lane_can_be_cancelled(jobs: Jobs, qtbot: QtBot) -> None:
    jobs.hold("one", True)
    job = jobs.run(lambda _: 1, never, never, lane="one")
    job.cancel()
    jobs.hold("one", False)
    qtbot.waitUntil(lambda: jobs.busy == 0)
