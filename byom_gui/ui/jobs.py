"""The one place with threads.

``Jobs.run`` works in a daemon thread and comes back to the GUI thread once, with a result or an error. Lanes bound how
many run side by side. A cancelled job frees the window at once: its late answer is dropped.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from byom_gui.core.cancel import CancelToken
from byom_gui.core.errors import AppError, Cancelled

T = TypeVar("T")
DEFAULT_WIDTH = 4
_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Job(Generic[T]):
    """A handle on work under way. All callbacks run in the GUI thread, and none after ``cancel``."""

    work: Callable[[Job[T]], T]
    on_done: Callable[[T], None]
    on_error: Callable[[AppError], None]
    on_progress: Callable[[Any], None] | None
    lane: str
    token: CancelToken = field(default_factory=CancelToken)
    post: Callable[[Callable[[], None]], None] = lambda _: None

    def cancel(self) -> None:
        """Stops it; neither callback is called any more."""
        self.token.cancel()

    def report(self, value: object) -> None:
        """From the worker: hands progress to ``on_progress`` in the GUI thread."""
        progress = self.on_progress
        if progress is not None:
            self.post(lambda: None if self.token.cancelled else progress(value))


class Jobs(QObject):
    """Runs work off the GUI thread. Lives in the GUI thread; ``close`` before the app ends."""

    _posted = Signal(object)

    def __init__(self, widths: dict[str, int] | None = None, parent: QObject | None = None) -> None:
        """``widths``: how many jobs of a lane run at once; lanes not named run DEFAULT_WIDTH."""
        super().__init__(parent)
        self._widths = dict(widths or {})
        self._held: set[str] = set()
        self._lock = threading.Lock()
        # A lock of its own: workers report all the time, and the window must not wait for them to queue a job.
        self._post_lock = threading.Lock()
        self._queues: dict[str, deque[Job[Any]]] = {}
        self._running: dict[str, int] = {}
        self._live: set[Job[Any]] = set()
        self._threads: set[threading.Thread] = set()
        self._closed = False
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def set_width(self, lane: str, width: int) -> None:
        """How many jobs of this lane run at once from now on."""
        with self._lock:
            self._widths[lane] = max(1, width)
        self._start_more(lane)

    def hold(self, lane: str, on: bool) -> None:
        """Starts nothing more of this lane, or goes on. What runs already runs to its end."""
        with self._lock:
            (self._held.add if on else self._held.discard)(lane)
        self._start_more(lane)

    def width(self, lane: str) -> int:
        """How many jobs of this lane run at once."""
        return self._widths.get(lane, DEFAULT_WIDTH)

    def waiting(self, lane: str) -> int:
        """How many jobs of this lane have not begun."""
        with self._lock:
            return len(self._queues.get(lane, ()))

    def run(
        self,
        work: Callable[[Job[T]], T],
        on_done: Callable[[T], None],
        on_error: Callable[[AppError], None],
        *,
        lane: str = "default",
        on_progress: Callable[[Any], None] | None = None,
    ) -> Job[T]:
        """Queues ``work(job)``; returns its handle. ``on_error`` gets an AppError, whatever was raised."""
        job: Job[T] = Job(work, on_done, on_error, on_progress, lane, post=self.post)
        with self._lock:
            if self._closed:
                job.token.cancel()
                return job
            self._queues.setdefault(lane, deque()).append(job)
            self._live.add(job)
        self._start_more(lane)
        return job

    @property
    def busy(self) -> int:
        """How many jobs wait, run, or have ended without their last word being delivered."""
        with self._lock:
            return len(self._live)

    def close(self, seconds: float = 1.0) -> None:
        """Cancels everything and waits at most ``seconds`` for the threads to end."""
        with self._post_lock, self._lock:
            self._closed = True
            live = list(self._live)
            self._queues.clear()
        for job in live:
            job.cancel()
        end = time.monotonic() + seconds
        for thread in list(self._threads):
            thread.join(max(0.0, end - time.monotonic()))
        with self._lock:
            self._live.clear()

    def post(self, call: Callable[[], None]) -> None:
        """From any thread: has ``call`` called in the GUI thread; not once this is closed."""
        with self._post_lock:
            if not self._closed:
                self._posted.emit(call)

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()

    def _start_more(self, lane: str) -> None:
        """Starts threads while there is room in the lane; each works until it finds nothing more to do."""
        with self._lock:
            while (job := self._next(lane)) is not None:
                self._running[lane] = self._running.get(lane, 0) + 1
                thread = threading.Thread(target=self._work, args=(job,), name=f"job-{lane}", daemon=True)
                self._threads.add(thread)
                thread.start()

    def _next(self, lane: str) -> Job[Any] | None:
        """Takes a job from the queue, None where none may start now. Under the lock."""
        queue = self._queues.get(lane)
        if not queue or self._closed or lane in self._held or self._running.get(lane, 0) >= self.width(lane):
            return None
        return queue.popleft()

    def _work(self, first: Job[Any]) -> None:
        job: Job[Any] | None = first
        lane = first.lane
        while job is not None:
            outcome = self._outcome(job)
            with self._lock:
                if outcome is None or self._closed:
                    self._live.discard(job)
                self._running[lane] -= 1
                job = self._next(lane)
                if job is None:
                    self._threads.discard(threading.current_thread())
                else:
                    self._running[lane] += 1
            if outcome is not None:
                self.post(outcome)

    def _outcome(self, job: Job[Any]) -> Callable[[], None] | None:
        """Does the work; what is left to do in the GUI thread, None where it was cancelled."""
        try:
            job.token.raise_if_cancelled()
            result = job.work(job)
        except Cancelled:
            return None
        except AppError as error:
            return self._failed(job, error)
        except Exception as error:  # noqa: BLE001 - a worker must never die in silence
            _log.error("a job failed: %s", type(error).__name__)
            return self._failed(
                job, AppError("Something unexpected went wrong in the app.", detail=type(error).__name__)
            )
        return self._finish(job, lambda: job.on_done(result))

    def _finish(self, job: Job[Any], call: Callable[[], None]) -> Callable[[], None]:
        def last_word() -> None:
            try:
                if not job.token.cancelled:
                    call()
            finally:
                # Without the lock: the window waits for no worker, and a set gives one up in a single step.
                self._live.discard(job)

        return last_word

    def _failed(self, job: Job[Any], error: AppError) -> Callable[[], None]:
        return self._finish(job, lambda: job.on_error(error))
