"""Registering with V7: the exact request, sent once, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from byom_gui.core.errors import AppError, FileError, InputError
from byom_gui.core.findings import Finding
from byom_gui.core.ledger import Entry, Unsettled, now
from byom_gui.core.preview import Preview
from byom_gui.core.profile import RegisterRequest, plan_request
from byom_gui.core.project import Registered
from byom_gui.core.registering import MAY_HAVE_ARRIVED, MAYBE_ARRIVED, RegisterOutcome, TeamInfo
from byom_gui.core.registration import Registration
from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import Session

LANE = "register"
"""One job at a time, so that the history is changed only once the sending has ended."""


NO_CLASSES = "List at least one class first."


class Submitting(QObject):
    """Plans the request from the session, and sends it when the user says so."""

    sending_changed = Signal(bool)
    elapsed_changed = Signal(float)
    notice = Signal(str)
    noted = Signal()
    """The history holds another registration."""

    def __init__(self, session: Session, backend: Backend, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._backend, self._jobs = session, backend, jobs
        self._job: Job[RegisterOutcome] | None = None
        self._sent: tuple[Registration, TeamInfo, str] | None = None
        self._answers: tuple[Preview, ...] = ()
        self._began = 0.0
        self._clock = QTimer(self)
        self._clock.setInterval(200)
        self._clock.timeout.connect(lambda: self.elapsed_changed.emit(time.monotonic() - self._began))
        session.classes_changed.connect(self._edited)
        session.name_changed.connect(self._edited)
        session.project_replaced.connect(self._leave)

    def _edited(self) -> None:
        """What was registered is no longer what stands here: the next registration shows what is new."""
        outcome = self._session.outcome
        if outcome is not None and outcome.kind == "registered" and self._job is None:
            self._session.set_outcome(None)

    @property
    def sending(self) -> bool:
        """Whether V7's answer is still awaited."""
        return self._job is not None

    def plan(self) -> tuple[RegisterRequest | None, str]:
        """The request as it would be sent now, or why there is none."""
        session = self._session
        registration = session.project.registration
        if registration.endpoint is None:
            return None, "Connect a model first."
        if session.team is None:
            return None, "Add a V7 key first: the request needs the team's id."
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
            return "The registration is being sent."
        request, why = self.plan()
        if request is None:
            return why
        if not self._session.project.registration.name.strip():
            return "Enter a model name first."
        if self.blocking() and not self._session.settings.override_reason.strip():
            count = len(self.blocking())
            return f"{count} finding{'s block' if count > 1 else ' blocks'} registering."
        return ""

    def submit(self, *, without_classes: bool = False) -> None:
        """Sends the request, once; an empty class list only where the user agreed (``without_classes``)."""
        request, why = self.plan()
        why = why or self.why_not()
        if not why and not len(self._session.classes) and not without_classes:
            why = NO_CLASSES
        if request is None or why:
            self.notice.emit(why)
            return
        planned, session = request, self._session
        assert session.team is not None, "no request is planned without one"
        # What is edited from now on was not sent.
        self._sent = (session.project.registration, session.team, str(planned.host))
        self._answers = tuple(session.previews.values())
        self._session.set_outcome(None)
        self._began = time.monotonic()
        self._clock.start()
        entry, register = self._entry(), self._backend.v7.register
        self._job = self._jobs.run(lambda job: register(planned, entry, job.token), self._done, self._failed, lane=LANE)
        self.sending_changed.emit(True)

    def stop_watching(self) -> None:
        """Stops waiting for V7. What was sent can not be taken back, so the outcome is unknown."""
        if self._job is None:
            return
        self._job.cancel()
        self._end()
        self._in_history()
        self._session.set_outcome(
            RegisterOutcome(
                "unknown",
                "Canceled while waiting for V7. The registration may have arrived.",
                "Before you send it again, look at V7's Models page.",
            )
        )

    def _leave(self) -> None:
        """Another project is open: how the sending of the last one ends is not told there."""
        if self._job is not None:
            self._job.cancel()
            self._end()
            self._in_history()
            self.notice.emit(
                "Canceled while waiting for V7. The registration may have arrived: look at V7's Models page."
            )

    def confirm(self, there: bool) -> None:
        """The user looked in V7 after an unknown outcome."""
        outcome = self._session.outcome
        if outcome is None:
            return
        settle = self._backend.ledger.settle
        self._in_history(lambda entry: settle(entry, there))
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
        answers, keep = self._answers, self._backend.ledger.keep_answers
        self._in_history(
            (lambda entry: keep(entry, answers)) if outcome.kind in ("registered", *MAYBE_ARRIVED) else lambda _: None
        )
        self._session.set_outcome(outcome)

    def _note(self, outcome: RegisterOutcome) -> None:
        if self._sent is not None:
            registration, team, host = self._sent
            classes = registration.classes.entries
            registered = Registered(team.slug, host, now(), registration.name, classes, outcome.model_url)
            self._session.note_registered(registered)

    def _entry(self) -> Entry | None:
        """What was sent, as the history holds it; demo mode registers nothing."""
        if self._sent is None or self._session.practice:
            return None
        registration, team, host = self._sent
        return Entry(now(), host, team.slug, team.name, "unknown", registration)

    def _in_history(self, change: Callable[[Entry], None] = lambda _: None) -> None:
        """Changes the history's entry of what was sent, after the sending itself has ended, and shows it."""
        entry = self._entry()

        def work(_: Job[None]) -> None:
            if entry is not None:
                change(entry)

        self._jobs.run(work, lambda _: self.noted.emit(), lambda error: self.notice.emit(error.sentence), lane=LANE)

    def _failed(self, error: AppError) -> None:
        self._end()
        if isinstance(error, Unsettled) and error.entry is None:
            self.notice.emit(error.sentence)
            self.noted.emit()
            return
        if isinstance(error, Unsettled):
            outcome = RegisterOutcome("unknown", error.sentence, "If it is not there, you can send it again.")
        elif isinstance(error, InputError | FileError):
            outcome = RegisterOutcome("unreachable", error.sentence, "Nothing was sent.")
        else:
            outcome = RegisterOutcome("unknown", error.sentence, MAY_HAVE_ARRIVED)
        self._session.set_outcome(outcome)
        self.noted.emit()
