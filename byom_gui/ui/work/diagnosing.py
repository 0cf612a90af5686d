"""Keeps the diagnosis up to date with what was observed, and runs the whole check on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from byom_gui.core.diagnosis import Answered, Diagnosis, diagnose, read_call
from byom_gui.core.errors import AppError
from byom_gui.core.observations import Observations
from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import DECIDE_FIRST, NO_DIAGNOSIS, Session

if TYPE_CHECKING:
    from byom_gui.core.report import CheckReport

SETTLE_MS, MOST_SETTLE_MS = 120, 3000


class Diagnosing(QObject):
    """Derives findings; never asks the server but in ``start_check``."""

    check_started = Signal()
    check_progress = Signal(int, int, str)
    input_tried = Signal(str, str, str, float, int)
    """A cell of the grid of inputs: way, kind, outcome, milliseconds, HTTP status."""
    check_finished = Signal(object)
    """The CheckReport, or None where it was cancelled or failed."""
    notice = Signal(str)

    def __init__(self, session: Session, backend: Backend, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._backend, self._jobs = session, backend, jobs
        self._job: Job[Diagnosis] | None = None
        self._check: Job[CheckReport] | None = None
        self._ping_answer: Answered | None = None
        self._told: tuple[object, ...] = ()
        # Answers come in bursts; one derivation after a burst is enough.
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._derive)
        for signal in (session.observed_changed, session.classes_changed, session.project_replaced):
            signal.connect(self._derive_soon)
        session.settings_changed.connect(self._settings_changed)
        session.project_replaced.connect(self.cancel_check)
        session.endpoint_changed.connect(self.cancel_check)

    @property
    def answers(self) -> tuple[Answered, ...]:
        """All that was answered so far, by preview, ping and check."""
        return self._answers()

    def _derive_soon(self) -> None:
        """After a while that grows with the images: in a long run each derivation looks at all that was answered."""
        if not self._settle.isActive():
            self._settle.start(min(max(SETTLE_MS, len(self._session.previews)), MOST_SETTLE_MS))

    def _settings_changed(self) -> None:
        """Proxy, trust and budget have findings of their own; the confidence slider has none."""
        settings = self._session.in_force
        told = (settings.ca_file, settings.insecure, settings.proxy, settings.budget_ms)
        if told != self._told:
            self._told = told
            self._derive_soon()

    def _answers(self) -> tuple[Answered, ...]:
        """Each image once, by its newest answer; the ping's small picture only while there is nothing else."""
        session = self._session
        previews = [preview.answered for preview in session.previews.values() if preview.answered is not None]
        check = () if outdated(session.check_answers, previews) else session.check_answers
        told = {one.call.image_name for one in check if one.call.purpose == "infer"}
        answered = [one for one in previews if one.call.image_name not in told]
        ping = session.ping.call if session.ping else None
        if ping is not None and not answered and not check:
            if self._ping_answer is None or self._ping_answer.call is not ping:
                self._ping_answer = read_call(ping)
            answered.insert(0, self._ping_answer)
        return (*answered, *check)

    def _derive(self) -> None:
        session = self._session
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if session.endpoint is None:
            session.set_diagnosis(NO_DIAGNOSIS)
            return
        answered = self._answers()
        ping = session.ping
        if ping is not None and answered and all(one.call is not ping.call for one in answered):
            # Its answer is an older one than the images' own.
            ping = replace(ping, call=None)
        observations = Observations(
            session.endpoint,
            ping,
            tuple(one.call for one in answered),
            session.served,
            ca_file=bool(session.in_force.ca_file),
            insecure=session.in_force.insecure,
            proxy=bool(session.in_force.proxy),
            budget_ms=session.in_force.budget_ms or None,
        )
        if session.check is not None:
            seen = session.check.observations
            observations = replace(observations, classes=session.served or seen.classes, edges=seen.edges)
            if any(one is each for one in answered for each in session.check_answers[:1]):  # it is not outdated
                observations = replace(
                    observations, repeated=seen.repeated, unsent=seen.unsent, interruption=seen.interruption
                )
        listed = session.classes if len(session.classes) else None
        self._job = self._jobs.run(
            lambda _: diagnose(observations, answered, listed),
            session.set_diagnosis,
            lambda error: self.notice.emit(error.sentence),
            lane="diagnosis",
        )

    # --- the whole check

    @property
    def checking(self) -> bool:
        """Whether a check is under way."""
        return self._check is not None

    def planned_calls(self) -> int:
        """How many calls a check would make now; 0 without an endpoint."""
        session = self._session
        if session.endpoint is None:
            return 0
        return self._backend.server.planned_calls(session.endpoint, session.in_force, len(session.previews))

    def start_check(self) -> None:
        """Runs all checks on the session's images, or on the built-in samples where there are none."""
        session = self._session
        endpoint = session.endpoint
        if endpoint is None or self._check is not None:
            return
        if session.undecided:
            self.notice.emit(DECIDE_FIRST)
            return
        settings, classes = session.settings, session.classes
        refs = tuple(preview.ref for preview in session.previews.values())
        self.check_started.emit()
        self._check = self._jobs.run(
            lambda job: self._backend.server.check(
                endpoint,
                settings,
                refs,
                classes,
                job.token,
                lambda *told: job.report((self.check_progress, told)),
                lambda *told: job.report((self.input_tried, told)),
            ),
            self._checked,
            self._check_failed,
            lane="check",
            on_progress=lambda value: value[0].emit(*value[1]),
        )

    def cancel_check(self) -> None:
        """Frees the window at once; what was found so far by other means stays."""
        if self._check is not None:
            self._check.cancel()
            self._check = None
            self.check_finished.emit(None)

    def _checked(self, report: CheckReport) -> None:
        self._check = None
        self._session.set_check(report, report.answered)
        self.check_finished.emit(report)

    def _check_failed(self, error: AppError) -> None:
        self._check = None
        self.check_finished.emit(None)
        self.notice.emit(error.sentence)


def outdated(check: Sequence[Answered], previews: Sequence[Answered]) -> bool:
    """Whether all the images of a check were sent again after it: then what it saw no longer blocks anything."""
    if not check:
        return False
    names = {one.call.image_name for one in check if one.call.purpose == "infer"}
    again = [one.call.started for one in previews if one.call.image_name in names]
    return bool(again) and min(again) > max(one.call.started for one in check)
