"""The staged ping, and the classes address after it."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from byom_gui.core.contract import read_classes
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.errors import AppError, JsonError
from byom_gui.core.observations import ClassesObservation, PingReport
from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import DECIDE_FIRST, Session


class Pinging(QObject):
    """Pings the session's endpoint, and fetches its classes once it answered."""

    started = Signal()
    stage_reached = Signal(object)
    finished = Signal(object)
    """The PingReport, or None where it was cancelled or could not start."""
    elapsed_changed = Signal(float)
    fetching_changed = Signal(bool)
    notice = Signal(str)

    def __init__(self, session: Session, backend: Backend, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._backend, self._jobs = session, backend, jobs
        self._job: Job[PingReport] | None = None
        self._fetch: Job[ClassesObservation] | None = None
        self._began = 0.0
        self._clock = QTimer(self)
        self._clock.setInterval(100)
        self._clock.timeout.connect(lambda: self.elapsed_changed.emit(time.monotonic() - self._began))
        # What an older endpoint says, or is asked, belongs to no other.
        session.project_replaced.connect(self.cancel)
        session.endpoint_changed.connect(self.cancel)

    @property
    def running(self) -> bool:
        """Whether a ping is under way."""
        return self._job is not None

    def start(self) -> None:
        """Pings; a ping that runs is cancelled first."""
        endpoint = self._session.endpoint
        if endpoint is None:
            return
        self.cancel()
        settings = self._session.settings
        self._began = time.monotonic()
        self._clock.start()
        self.started.emit()
        self._job = self._jobs.run(
            lambda job: self._backend.server.ping(endpoint, settings, job.token, job.report),
            lambda report: self._done(endpoint, report),
            self._failed,
            lane="ping",
            on_progress=self.stage_reached.emit,
        )

    def cancel(self) -> None:
        """Frees the window at once."""
        for job in (self._job, self._fetch):
            if job is not None:
                job.cancel()
        if self._job is not None:
            self._job = None
            self._clock.stop()
            self.finished.emit(None)
        if self._fetch is not None:
            self._fetch = None
            self.fetching_changed.emit(False)

    def _done(self, endpoint: Endpoint, report: PingReport) -> None:
        self._job = None
        self._clock.stop()
        if endpoint == self._session.endpoint:
            self._session.set_ping(report)
        self.finished.emit(report)
        if report.call is not None and report.call.reply is not None:
            self.fetch_classes(asked=False)

    def _failed(self, error: AppError) -> None:
        self._job = None
        self._clock.stop()
        self.finished.emit(None)
        self.notice.emit(error.sentence)

    # --- classes

    def fetch_classes(self, *, asked: bool = True) -> None:
        """Reads the classes address. ``asked``: the user did, so the list takes what is new there."""
        endpoint = self._session.endpoint
        if endpoint is None:
            return
        if self._session.undecided:
            self.notice.emit(DECIDE_FIRST)
            return
        if self._fetch is not None:
            self._fetch.cancel()
        settings = self._session.settings
        self.fetching_changed.emit(True)
        self._fetch = self._jobs.run(
            lambda job: self._backend.server.classes(endpoint, settings, job.token),
            lambda observation: self._fetched(observation, asked),
            self._fetch_failed,
            lane="classes",
        )

    def _fetched(self, observation: ClassesObservation, asked: bool) -> None:
        self._fetch = None
        self.fetching_changed.emit(False)
        reply = observation.call.reply
        entries = None
        if reply is not None and reply.status == 200:
            try:
                entries = read_classes(reply.body).entries
            except JsonError:
                entries = None
        self._session.set_served(observation, entries or None)
        if entries:
            self._take(observation, entries, asked)
        elif asked:
            self.notice.emit(f"{observation.address.shown} returned no class list.")

    def _take(self, observation: ClassesObservation, entries: tuple[object, ...], asked: bool) -> None:
        session = self._session
        served = session.served_entries or ()
        known = set(session.classes.names)
        fresh = [entry for entry in served if entry.name not in known]
        if not len(session.classes) or (asked and fresh):
            session.edit_classes(f"add {len(fresh)} from the server", session.classes.add(*fresh))
        if asked:
            self.notice.emit(
                f"{len(fresh)} of {len(entries)} classes were new." if fresh else "The list already has all of them."
            )
        endpoint = session.endpoint
        guess = endpoint is not None and endpoint.classes is None and observation.address != endpoint.classes_guess
        if guess and endpoint is not None:
            # The guessed sibling did not answer and a neighbour did: remember which, without a new ping.
            registration = replace(
                session.project.registration, endpoint=replace(endpoint, classes=observation.address)
            )
            session.project = replace(session.project, registration=registration)

    def _fetch_failed(self, error: AppError) -> None:
        self._fetch = None
        self.fetching_changed.emit(False)
        self.notice.emit(error.sentence)
