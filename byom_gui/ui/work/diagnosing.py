"""Keeps the diagnosis up to date with what was observed, and runs the whole check on request."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from byom_gui.core.diagnosis import Answered, Diagnosis, diagnose, read_call
from byom_gui.core.errors import AppError
from byom_gui.core.observations import Observations
from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import NO_DIAGNOSIS, Session

if TYPE_CHECKING:
    from byom_gui.core.report import CheckReport

SETTLE_MS = 120


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
            signal.connect(self._settle.start)
        session.settings_changed.connect(self._settings_changed)
        session.project_replaced.connect(self.cancel_check)
        session.endpoint_changed.connect(self.cancel_check)

    @property
    def answers(self) -> tuple[Answered, ...]:
        """All that was answered so far, by preview, ping and check."""
        return self._answers()

    def _settings_changed(self) -> None:
        """Proxy, trust and budget have findings of their own; the confidence slider has none."""
        settings = self._session.settings
        told = (settings.ca_file, settings.insecure, settings.proxy, settings.budget_ms)
        if told != self._told:
            self._told = told
            self._settle.start()

    def _answers(self) -> tuple[Answered, ...]:
        session = self._session
        answered = [preview.answered for preview in session.previews.values() if preview.answered is not None]
        ping = session.ping.call if session.ping else None
        if ping is not None:
            if self._ping_answer is None or self._ping_answer.call is not ping:
                self._ping_answer = read_call(ping)
            answered.insert(0, self._ping_answer)
        return (*answered, *session.check_answers)

    def _derive(self) -> None:
        session = self._session
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if session.endpoint is None:
            session.set_diagnosis(NO_DIAGNOSIS)
            return
        answered = self._answers()
        observations = Observations(
            session.endpoint,
            session.ping,
            tuple(one.call for one in answered),
            session.served,
            ca_file=bool(session.settings.ca_file),
            insecure=session.settings.insecure,
            proxy=bool(session.settings.proxy),
            budget_ms=session.settings.budget_ms or None,
        )
        if session.check is not None:
            seen = session.check.observations
            observations = replace(observations, classes=session.served or seen.classes, edges=seen.edges)
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
        return self._backend.server.planned_calls(session.endpoint, session.settings, len(session.previews))

    def start_check(self) -> None:
        """Runs all checks on the session's images, or on the built-in samples where there are none."""
        session = self._session
        endpoint = session.endpoint
        if endpoint is None or self._check is not None:
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
