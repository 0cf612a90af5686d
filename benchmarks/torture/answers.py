"""Answers, from bytes to the painted canvas: nothing escapes, nothing hangs, and what is wrong is always told.

The fuzz is guided: an answer that runs lines of the program which none before it ran is kept, and changed further.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

import byom_gui
from benchmarks.torture import hostile
from benchmarks.torture.row import Row
from byom_gui.core import geometry, pre_labels
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.diagnosis import Answered, Diagnosis, diagnose, read_call
from byom_gui.core.endpoint import Address, Endpoint, Origin
from byom_gui.core.image import Raster
from byom_gui.core.observations import Call, Observations, Reply, SentRequest
from byom_gui.core.predictions import Prediction
from byom_gui.core.report import CheckReport, report_html, report_junit
from byom_gui.ui.painter import Look, render

LIMIT = 2.0
"""Seconds that one answer of up to 200 kB may take, painting included."""
GIANT_LIMIT = 20.0
"""The same for one of the giants, of up to 70 MB."""
REPORT_EVERY = 8
TRACE_EVERY = 10
MOST_SEEDS = 3000
_PACKAGE = str(Path(byom_gui.__file__).parent)
_SERVER = Endpoint(Address(Origin("https", "model.example", 443), "/infer"))
_REQUEST = SentRequest("POST", "https://model.example/infer", (), "", 0, "curl https://model.example/infer")
_LISTED = ClassList((ClassEntry("a polygon", "polygon"), ClassEntry("a box", "bounding_box")))
_GREY = Raster(160, 120, bytes((90, 90, 90, 255)) * (160 * 120), 640, 480)
_STATUSES = (200,) * 12 + (201, 204, 400, 404, 413, 422, 500, 503)
_KINDS = ("application/json",) * 12 + (
    "", "text/html", "text/plain; charset=latin-1", "application/json; charset=utf-16", "application/json; charset=no",
    "image/png", "\u202e", ";;;", "application/problem+json",
)  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What came of many answers."""

    count: int = 0
    painted: int = 0
    reports: int = 0
    sound: int = 0
    kept: int = 0
    slowest: float = 0.0
    lines: int = 0
    failures: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """By where it failed: what happened, and the answer that did it."""

    def failed(self, where: str, what: str, data: bytes) -> None:
        """Notes the first, shortest answer that fails in one way."""
        if where not in self.failures or len(data) < len(self.failures[where][1]):
            self.failures[where] = (what, data)


class Lines:
    """The lines of this program that ran, for the fuzz to go where none has been."""

    def __init__(self) -> None:
        self.seen: set[tuple[CodeType, int]] = set()
        self._fresh = False

    def run(self, work: Callable[[], None]) -> bool:
        """Runs the work; tells whether a line ran for the first time."""
        self._fresh, before = False, sys.gettrace()
        sys.settrace(self._enter)
        try:
            work()
        finally:
            sys.settrace(before)
        return self._fresh

    def _enter(self, frame: FrameType, event: str, arg: object) -> Any:
        del event, arg
        return self._line if frame.f_code.co_filename.startswith(_PACKAGE) else None

    def _line(self, frame: FrameType, event: str, arg: object) -> Any:
        del arg
        key = (frame.f_code, frame.f_lineno)
        if event == "line" and key not in self.seen:
            self.seen.add(key)
            self._fresh = True
        return self._line


def _call(data: bytes, rng: random.Random) -> Call:
    status, kind = rng.choice(_STATUSES), rng.choice(_KINDS)
    width, height = (640, 480) if rng.random() < 0.9 else (0, 0)
    reply = Reply(status, (("content-type", kind),), data)
    image = "photo.png" if width else "\udcff<b>.png"
    return Call("infer", _REQUEST, reply, None, 12.5, datetime(2026, 1, 1, tzinfo=UTC), image, width, height, "base64")


def judge(call: Call) -> tuple[Answered, Diagnosis]:
    """What the window does with an answer, and what must hold: what is not sound is told."""
    answered = read_call(call)
    found = diagnose(Observations(_SERVER, calls=(call,)), [answered], _LISTED)
    valid = answered.answer is not None and answered.answer.schema_valid
    if not valid and not found.findings:
        raise AssertionError("an answer that is not sound brought no finding")
    for finding in found.findings:
        if not (finding.what and finding.id):
            raise AssertionError(f"a finding says nothing: {finding}")
    return answered, found


def report(answered: Answered, found: Diagnosis) -> None:
    """Every form in which it leaves: JSON, HTML, JUnit, Darwin JSON, COCO, CSV; each can be written as UTF-8."""
    seen = Observations(_SERVER, calls=(answered.call,))
    made = CheckReport(seen, (answered,), found, (), {"count": 1}, "not-ready", 1)
    json.dumps(made.as_json(), allow_nan=False, ensure_ascii=False).encode()
    page = report_html(made)
    for text in (page, report_junit(made)):
        text.encode()
    if "<b>x</b>" in page or "\x1b" in page:
        raise AssertionError("an answer's markup reached the page")
    predictions = answered.answer.predictions if answered.answer else ()
    picture = pre_labels.Pictured("photo.png", 640, 480, predictions)
    for text in (
        pre_labels.darwin_json(picture)[0],
        pre_labels.coco_json([picture])[0],
        pre_labels.csv_text([picture]),
    ):
        text.encode()


def paint(predictions: tuple[Prediction, ...], rng: random.Random) -> None:
    """Draws it all, with an object selected and one under the pointer, near and far."""
    if not predictions:
        return
    first, second = rng.choice(predictions).index, rng.choice(predictions).index
    look = Look(selected=first, hovered=second, threshold=rng.choice((0.0, 0.5)), labels=rng.choice(("auto", "all")))
    render(_GREY, predictions, {}, look=look, longest=rng.choice((0, 0, 40, 900)))
    for each in predictions[:20]:
        geometry.describe(each.shape)


class Fuzz:
    """Sends one answer after the other through the program.

    Args:
        seed: makes a run come out the same.
    """

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.mutator = hostile.Mutator(seed + 1)
        self.pool = hostile.seeds()
        self.lines = Lines()
        self.tally = Tally()

    def run(self, count: int, say: Callable[[str], None] = lambda _: None) -> Tally:
        """Tries so many answers; the seeds come first, as they are."""
        first = list(self.pool)
        for number in range(count):
            pool = self.pool
            data = first[number] if number < len(first) else self.mutator.mutated(*self.rng.sample(pool, 2))
            self._one(number, data)
            if number % 20_000 == 19_999:
                say(f"{number + 1} answers, {len(self.tally.failures)} ways to fail, {len(self.pool)} kept")
        self.tally.lines = len(self.lines.seen)
        self.tally.kept = len(self.pool) - len(first)
        return self.tally

    def _one(self, number: int, data: bytes) -> None:
        begin, traced = time.perf_counter(), number % TRACE_EVERY == 0
        try:
            if not traced:
                self._whole(number, data)
            elif self.lines.run(lambda: self._whole(number, data)) and len(self.pool) < MOST_SEEDS:
                self.pool.append(data)
        except Exception as error:  # noqa: BLE001 - that none escapes is what is tried
            last = traceback.extract_tb(error.__traceback__)[-1]
            self.tally.failed(
                f"{Path(last.filename).name}:{last.lineno}", f"{type(error).__name__}: {error}"[:200], data
            )
        took = time.perf_counter() - begin
        self.tally.count += 1
        if not traced:  # the tracer is what takes the time there
            self.tally.slowest = max(self.tally.slowest, took)
        if took > LIMIT * (5 if traced else 1):
            self.tally.failed("slow", f"took {took:.1f} s", data)

    def _whole(self, number: int, data: bytes) -> None:
        answered, found = judge(_call(data, self.rng))
        predictions = answered.answer.predictions if answered.answer else ()
        self.tally.sound += answered.answer is not None and answered.answer.schema_valid
        if number % REPORT_EVERY < 2:
            report(answered, found)
            self.tally.reports += 1
        if predictions:
            paint(predictions, self.rng)
            self.tally.painted += 1


def giant(data: bytes) -> float:
    """One of the giants, judged in a thread as in the window, and painted; the seconds that it took."""
    begin = time.perf_counter()
    read: list[Answered] = []
    problem: list[Exception] = []

    def work() -> None:
        try:
            read.append(judge(_call(data, random.Random(0)))[0])
        except Exception as error:  # noqa: BLE001 - that none escapes is what is tried
            problem.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if problem:
        raise problem[0]
    if read[0].answer is not None:
        paint(read[0].answer.predictions, random.Random(0))
    return time.perf_counter() - begin


def _application(complaints: list[str]) -> QGuiApplication:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QGuiApplication)

    def complain(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        del kind, context
        complaints.append(text)

    qInstallMessageHandler(complain)
    return application


def run(say: Callable[[str], None], count: int = 250_000, seed: int = 5) -> list[Row]:
    """The rows of the page about answers."""
    complaints: list[str] = []
    application = _application(complaints)
    tally = Fuzz(seed).run(count, say)
    for where, (what, data) in tally.failures.items():
        say(f"{where}: {what}: {data[:300]!r}")
    rows = [_fuzz_row(tally, complaints), *map(_giant_row, hostile.giants())]
    qInstallMessageHandler(None)
    del application
    return rows


def _fuzz_row(tally: Tally, complaints: list[str]) -> Row:
    problems = [f"{where}: {what}" for where, (what, _) in tally.failures.items()]
    problems += [f"Qt: {text}" for text in sorted(set(complaints))[:3]]
    happened = (
        f"{len(tally.failures)} exceptions or hangs; each answer that was not sound ({tally.count - tally.sound:,}) "
        f"brought a finding; the slowest took {tally.slowest:.2f} s (allowed: {LIMIT:g} s); "
        f"{len(complaints)} words from Qt"
    )
    tried = (
        f"guided fuzz: bytes, values and charsets of {len(hostile.seeds())} answers changed; {tally.kept:,} that "
        f"reached new lines were changed further ({tally.lines:,} lines reached); {tally.painted:,} painted, "
        f"{tally.reports:,} put into every form of report and export"
    )
    return Row("From bytes to painted canvas", tried, tally.count, happened, "; ".join(problems))


def _giant_row(named: tuple[str, bytes]) -> Row:
    name, data = named
    tried = f"{len(data) / 1e6:.1f} MB, read and judged in a thread, then painted"
    try:
        took = giant(data)
    except Exception as error:  # noqa: BLE001 - that none escapes is what is tried
        return Row(name, tried, 1, "an exception", f"{type(error).__name__}: {error}"[:200])
    short = "" if took <= GIANT_LIMIT else f"more than the {GIANT_LIMIT:g} s allowed"
    return Row(name, tried, 1, f"judged in {took:.1f} s", short)
