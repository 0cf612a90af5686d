"""Registering with V7: the exact request, sent once, and how it ended."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from byom_gui.core.errors import AppError
from byom_gui.core.findings import Finding
from byom_gui.core.profile import RegisterRequest, plan_request
from byom_gui.core.project import Registered
from byom_gui.core.registering import RegisterOutcome
from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import Session


class Submitting(QObject):
    """Plans the request from the session, and sends it when the user says so."""

    sending_changed = Signal(bool)
    elapsed_changed = Signal(float)
    notice = Signal(str)

    def __init__(self, session: Session, backend: Backend, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._backend, self._jobs = session, backend, jobs
        self._job: Job[RegisterOutcome] | None = None
        self._began = 0.0
        self._clock = QTimer(self)
        self._clock.setInterval(200)
        self._clock.timeout.connect(lambda: self.elapsed_changed.emit(time.monotonic() - self._began))
        session.project_replaced.connect(self.stop_watching)

    def plan(self) -> tuple[RegisterRequest | None, str]:
        """The request as it would be sent now, or why there is none."""
        session = self._session
        registration = session.project.registration
        if registration.endpoint is None:
            return None, "Connect a model first."
        if session.team is None:
            return None, "Add a V7 key first: the request holds the team's id."
        try:
            return plan_request(session.profile, registration, session.team, self._backend.v7.host()), ""
        except AppError as error:
            return None, error.sentence

    def blocking(self) -> tuple[Finding, ...]:
        """The findings that stand against registering."""
        return tuple(f for f in self._session.diagnosis.findings if f.severity == "error")

    def why_not(self) -> str:
        """Why Register can not be pressed now; empty where it can."""
        if self._job is not None:
            return "It is being sent."
        request, why = self.plan()
        if request is None:
            return why
        if not self._session.project.registration.name.strip():
            return "Give the model a name first."
        if not len(self._session.classes):
            return "List at least one class first."
        if self.blocking() and not self._session.settings.override_reason.strip():
            count = len(self.blocking())
            return f"{count} finding{'s block' if count > 1 else ' blocks'} registering."
        return ""

    def submit(self) -> None:
        """Sends the request, once."""
        request, why = self.plan()
        why = why or self.why_not()
        if request is None or why:
            self.notice.emit(why)
            return
        planned = request
        self._session.set_outcome(None)
        self._began = time.monotonic()
        self._clock.start()
        self._job = self._jobs.run(
            lambda job: self._backend.v7.register(planned, job.token), self._done, self._failed, lane="register"
        )
        self.sending_changed.emit(True)

    def stop_watching(self) -> None:
        """Stops waiting for V7. What was sent can not be taken back, so the outcome is unknown."""
        if self._job is None:
            return
        self._job.cancel()
        self._end()
        self._session.set_outcome(
            RegisterOutcome(
                "unknown",
                "The app no longer waits for V7. The registration may have arrived.",
                "Open V7's Models page and look, before you send it again.",
            )
        )

    def confirm(self, there: bool) -> None:
        """The user looked in V7 after an unknown outcome."""
        outcome = self._session.outcome
        if outcome is None:
            return
        if there:
            seen = replace(outcome, kind="registered", sentence="Registered, as you saw in V7.", todo="")
            self._note(seen)
            self._session.set_outcome(seen)
        else:
            self._session.set_outcome(None)

    def _end(self) -> None:
        self._job = None
        self._clock.stop()
        self.sending_changed.emit(False)

    def _done(self, outcome: RegisterOutcome) -> None:
        self._end()
        if outcome.kind == "registered":
            self._note(outcome)
        self._session.set_outcome(outcome)

    def _note(self, outcome: RegisterOutcome) -> None:
        session, team = self._session, self._session.team
        if team is not None:
            registration = session.project.registration
            when = datetime.now(UTC).isoformat(timespec="seconds")
            host = str(self._backend.v7.host())
            classes = registration.classes.entries
            session.note_registered(Registered(team.slug, host, when, registration.name, classes, outcome.model_url))

    def _failed(self, error: AppError) -> None:
        self._end()
        self._session.set_outcome(RegisterOutcome("unreachable", error.sentence, "Nothing was sent."))
