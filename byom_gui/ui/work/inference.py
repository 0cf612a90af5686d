"""Images: added, read, sent, answered; one job for each image, so that a bad one never stops the rest."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered
from byom_gui.core.errors import AppError, Cancelled, NotSentError
from byom_gui.core.image import ImageRef
from byom_gui.core.kept import Packed, pack
from byom_gui.core.preview import Preview, PreviewState
from byom_gui.ui.backend import Backend, ImageSender
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import DECIDE_FIRST, Session
from byom_gui.ui.work.intake import Intake
from byom_gui.ui.work.packing import AnswerPacking
from byom_gui.ui.work.sending import SendingRun
from byom_gui.ui.work.thumbnails import ImageRead, Thumbnails

LANE = "infer"
AT_ONCE = 20
"""Images that are queued before the window gets a turn."""


@dataclass(frozen=True, slots=True)
class _Came:
    """What a job ends with: the answer, the same packed where it can be, and since when it was kept."""

    answered: Answered
    packed: Packed | None
    kept: str = ""


@dataclass(frozen=True, slots=True)
class _Busy:
    """Progress of a job: the server is busy, and is asked again after a while."""

    why: str


class Inference(QObject):
    """Sends images and brings their answers to the session."""

    progress_changed = Signal(int, int)
    """Done and all of the current batch; both 0 when nothing runs."""
    elapsed_changed = Signal(float)
    notice = Signal(str)
    stopped = Signal(str)
    """The server stopped responding, so that images were not sent; ``retry`` sends them."""
    paused_changed = Signal(bool)
    wants_ping = Signal()
    """Images came for an endpoint that has not answered yet."""

    def __init__(self, session: Session, backend: Backend, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._backend, self._jobs = session, backend, jobs
        self.intake = Intake(session, backend, jobs, self)
        self.intake.arrived.connect(self._add)
        self.intake.notice.connect(self.notice)
        self.thumbnails = Thumbnails(session, backend, jobs, self._show_failure, self)
        self._packing = AnswerPacking(session, jobs, self._say, self)
        self.add_paths, self.add_urls, self.add_pictures = (
            self.intake.add_paths, self.intake.add_urls, self.intake.add_pictures,
        )  # fmt: skip
        self._running: dict[str, Job[_Came]] = {}
        self._to_start: dict[str, bool] = {}
        self._more = QTimer(self, interval=0, singleShot=True)
        self._more.timeout.connect(self._start_some)
        self._run = self._new_run()
        self._to_retry: list[str] = []
        self._done = self._total = self._old = 0
        self._began = 0.0
        self._paused_at: float | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(200)
        self._clock.timeout.connect(lambda: self.elapsed_changed.emit(self._seconds()))
        session.settings_changed.connect(self._follow_settings)
        session.project_replaced.connect(self._project_replaced)
        session.endpoint_changed.connect(self.stop_sending)
        session.images_changed.connect(self._drop_removed)

    # --- adding

    def _add(self, refs: Sequence[ImageRef]) -> None:
        self._session.add_images(refs)
        if self.may_send():
            self.run([ref.id for ref in refs], fresh=False)
            return
        self.thumbnails.add(refs)
        if refs and self._session.endpoint is not None and self._session.ping is None:
            self.wants_ping.emit()

    # --- running

    def may_send(self) -> bool:
        """Whether the endpoint answered in this session, so that images go to it at once."""
        ping = self._session.ping
        reply = ping.call.reply if ping and ping.call else None
        return reply is not None and 200 <= reply.status < 300

    def run(self, ids: Iterable[str], *, fresh: bool = True) -> None:
        """Sends these images, whatever was known of them.

        Args:
            ids: the images'.
            fresh: ask the server in any case; else an answer of an earlier run will do.
        """
        if self._session.endpoint is None:
            return
        if self._session.undecided:
            self.notice.emit(DECIDE_FIRST)
            return
        wanted = [key for key in ids if key in self._session.previews and not self._is_under_way(key)]
        if not self._running and not self._to_start:
            self._begin()
        elif self._run.stopped:
            self._run = self._new_run(len(self._to_start))  # what the user sends now is tried again
        self._total += len(wanted)
        self._run.total += len(wanted)
        self._to_start.update(dict.fromkeys(wanted, fresh))
        self._start_some()

    def _is_under_way(self, key: str) -> bool:
        return key in self._running or key in self._to_start

    def _new_run(self, total: int = 0) -> SendingRun:
        endpoint, settings = self._session.endpoint, self._session.settings

        def start() -> ImageSender:
            assert endpoint is not None
            return self._backend.server.start_run(endpoint, settings)

        return SendingRun(start, total)

    def _begin(self) -> None:
        self._run = self._new_run()
        self._done = self._total = self._old = 0
        self._began = time.monotonic()
        self._clock.start()

    def _start_some(self) -> None:
        """Queues the next few; thousands at once would hold the window up."""
        for key in list(itertools.islice(self._to_start, AT_ONCE)):
            fresh = self._to_start.pop(key)
            self._start(self._session.previews[key], fresh)
        if self._to_start:
            self._more.start()
        self._tell_progress()

    def start_held(self) -> None:
        """Sends all that waited for the endpoint; what an earlier run was told is shown without asking again.

        Addresses that a project file names are not fetched by that: the user has asked for no image yet.
        """
        held = [key for key, preview in self._session.previews.items() if preview.state == "held"]
        foreign = [key for key in held if key in self._session.from_file]
        self.run([key for key in held if key not in self._session.from_file], fresh=False)
        if foreign:
            many = "One image address" if len(foreign) == 1 else f"{len(foreign):,} image addresses"
            verb = "was" if len(foreign) == 1 else "were"
            self.notice.emit(f"{many} of the project {verb} not fetched. Choose Images, Rerun all, to fetch them.")

    def rerun_failed(self) -> None:
        """Sends again what failed."""
        self.run([key for key, preview in self._session.previews.items() if preview.state == "failed"])

    def retry(self) -> None:
        """Sends what was not sent, or not answered any more, when the server stopped responding."""
        self.run(self._to_retry)

    def rerun_all(self) -> None:
        """Sends everything again."""
        self.run(list(self._session.previews))

    @property
    def paused(self) -> bool:
        """Whether a run is held: what was sent is waited for, nothing more is sent."""
        return self._paused_at is not None

    def pause(self, on: bool) -> None:
        """Holds the run, or goes on with it; pauses do not count as its time."""
        if on == self.paused or (on and not self._running and not self._to_start):
            return
        if self._paused_at is None:
            self._paused_at = time.monotonic()
        else:
            self._began += time.monotonic() - self._paused_at
            self._paused_at = None
        self._jobs.hold(LANE, on)
        self.paused_changed.emit(on)

    def _seconds(self) -> float:
        return (self._paused_at or time.monotonic()) - self._began

    def cancel(self) -> None:
        """Stops what is listed, runs or waits; those images can be run again."""
        self.intake.stop()
        self.stop_sending()

    def stop_sending(self) -> None:
        """Stops what runs or waits: it was for another endpoint, or with other credentials."""
        for key, job in list(self._running.items()):
            job.cancel()
            preview = self._session.previews.get(key)
            if preview is not None and preview.state in ("waiting", "running"):
                self._session.put_preview(replace(preview, state="held"))
        self._forget_run()

    def _forget_run(self) -> None:
        self._running.clear()
        self._to_start.clear()
        self._run = self._new_run()
        self._settle()

    def _start(self, preview: Preview, fresh: bool) -> None:
        key = preview.ref.id
        plain = replace(preview, state="waiting", answered=None, problem="", packed=b"", kept="")
        self._session.put_preview(plain)
        endpoint, settings, ref = self._session.endpoint, self._session.settings, preview.ref
        assert endpoint is not None
        run = self._run
        run.started += 1
        position = run.started

        def work(job: Job[_Came]) -> _Came:
            if not run.stopped:
                job.report("running")
            source = self._backend.images.read(ref, settings, job.token)
            kept = None if fresh else self._backend.server.kept(endpoint, settings, source)
            if kept is not None or not run.stopped:
                self.thumbnails.report(job, source)
            if kept is not None:
                return _Came(kept, pack(kept), _when(kept.call.started))

            def send(cancel: CancelToken) -> Answered:
                job.report("running")
                return self._backend.server.infer(endpoint, settings, ref, source, cancel)

            answered = run.send(send, position, job.token, lambda why: job.report(_Busy(why)))
            return _Came(answered, pack(answered))

        self._running[key] = self._jobs.run(
            work,
            lambda came: self._answered(key, came, run),
            lambda error: self._not_answered(key, error, run),
            lane=LANE,
            on_progress=lambda value: self._progress(key, value),
        )

    def fetch_thumbnail(self, key: str) -> None:
        """Reads the thumbnail of a row that is drawn without one, unless its image is being read anyway."""
        if key not in self._running:
            self.thumbnails.fetch(key)

    # --- coming back

    def _progress(self, key: str, value: object) -> None:
        preview = self._session.previews.get(key)
        if preview is None:
            return
        if value == "running":
            if preview.state != "running":
                self._session.put_preview(replace(preview, state="running", problem=""))
        elif isinstance(value, _Busy):
            self._session.put_preview(replace(preview, state="waiting", problem=value.why))
        elif isinstance(value, ImageRead):
            self.thumbnails.take(key, value)

    def _answered(self, key: str, came: _Came, run: SendingRun) -> None:
        preview = self._session.previews.get(key)
        self._old += bool(came.kept)
        if preview is not None:
            problem = problem_of(came.answered)
            state: PreviewState = "failed" if problem else "done"
            done = replace(preview, state=state, answered=came.answered, problem=problem, kept=came.kept)
            self._session.put_preview(done)
            self._packing.came(key, came.packed)
            if problem and run.stopped:
                run.failed.append(key)
        self._leave(key)

    def _not_answered(self, key: str, error: AppError, run: SendingRun) -> None:
        self._show_failure(key, error)
        preview = self._session.previews.get(key)
        if isinstance(error, NotSentError) and preview is not None:
            run.not_sent.append(key)
            if not preview.width:
                self.thumbnails.add([preview.ref])
        self._leave(key)

    def _show_failure(self, key: str, error: AppError) -> None:
        preview = self._session.previews.get(key)
        if preview is not None and not isinstance(error, Cancelled):
            self._session.put_preview(replace(preview, state="failed", problem=error.sentence))

    def _leave(self, key: str) -> None:
        if self._running.pop(key, None) is not None:
            self._done += 1
        self._tell_progress()

    def _tell_progress(self) -> None:
        if self._running or self._to_start:
            self.progress_changed.emit(self._done, self._total)
        else:
            self._settle()

    def _settle(self) -> None:
        self._clock.stop()
        self._more.stop()
        self.pause(False)
        old, self._old = self._old, 0
        run, self._run = self._run, self._new_run()
        self._done = self._total = 0
        self.progress_changed.emit(0, 0)
        if run.not_sent:
            self._to_retry = [*run.failed, *run.not_sent]
            self.stopped.emit(run.summary())
        elif old:
            many = "One response is" if old == 1 else f"{old:,} responses are"
            self.notice.emit(f"{many} cached from an earlier run. To send the images again, choose Images, Rerun all.")

    def _say(self, error: AppError) -> None:
        self.notice.emit(error.sentence)

    def _follow_settings(self) -> None:
        self._jobs.set_width(LANE, self._session.settings.concurrency)

    def _project_replaced(self) -> None:
        for job in self._running.values():
            job.cancel()
        self._forget_run()
        self._follow_settings()

    def _drop_removed(self) -> None:
        """An image that was taken out is not sent any more."""
        gone = (self._running.keys() | self._to_start.keys()) - self._session.previews.keys()
        for key in gone:
            if key in self._running:
                self._running.pop(key).cancel()
            self._to_start.pop(key, None)
            self._total -= 1
            self._run.total -= 1
        if gone:
            self._tell_progress()


def _when(moment: datetime) -> str:
    """When that was, for people, in their own time."""
    here = moment.astimezone()
    return f"{here.day} {here:%b %H:%M}"


def problem_of(answered: Answered) -> str:
    """Why an answer can not be shown, in a few words; empty where it can."""
    if answered.answer is not None and (answered.answer.predictions or answered.answer.status == "succeeded"):
        return ""
    errors = [finding for finding in answered.findings if finding.severity == "error"]
    if errors or (answered.answer is None and answered.findings):
        return (errors or answered.findings)[0].what  # a rate limit is a warning
    return "The response contains nothing that can be shown." if answered.answer is None else ""
