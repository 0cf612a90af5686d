"""Blocking work in a daemon thread, so that its caller can be freed at once and leaving the app never waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from byom_gui.core.cancel import CancelToken
from byom_gui.core.errors import Cancelled

Value = TypeVar("Value")

_SLICE = 0.25
"""How often a moving deadline is looked at again, in seconds."""


class TimeUp(Exception):
    """The work did not end before its deadline; it goes on unheard."""


class _Job:
    """One piece of work and what became of it."""

    def __init__(self, work: Callable[[], Any], dispose: Callable[[Any], object]) -> None:
        self.wake = threading.Event()
        self.done = False
        self.value: Any = None
        self.error: BaseException | None = None
        self._work = work
        self._dispose = dispose
        self._lock = threading.Lock()
        self._dropped = False

    def run(self) -> None:
        """The thread's body: no exception leaves it, a late value is disposed of."""
        value: Any = None
        error: BaseException | None = None
        try:
            value = self._work()
        except BaseException as caught:  # noqa: BLE001 - handed to the caller, whatever it is
            error = caught
        with self._lock:
            self.value, self.error, self.done = value, error, True
            late = self._dropped and error is None
        if late:
            self._dispose(value)
        self.wake.set()

    def drop(self) -> bool:
        """Says that nobody waits any more; False where the work was already done."""
        with self._lock:
            self._dropped = not self.done
            return self._dropped


def run(
    work: Callable[[], Value],
    cancel: CancelToken,
    *,
    deadline: Callable[[], float],
    abandon: Callable[[], None] = lambda: None,
    dispose: Callable[[Value], object] = id,
) -> Value:
    """Runs ``work`` in a daemon thread and waits for it.

    Args:
        deadline: on the clock of ``time.monotonic``; asked again and again, so it may move.
        abandon: called once when the wait ends early; may close what the work blocks on; must not raise.
        dispose: called with a value that comes too late; does nothing unless given.

    Raises:
        Cancelled: at once when ``cancel`` is set.
        TimeUp: after the deadline.
        Exception: whatever ``work`` raised.
    """
    cancel.raise_if_cancelled()
    job = _Job(work, dispose)
    take_back = cancel.on_cancel(job.wake.set)
    try:
        threading.Thread(target=job.run, name="byom-detached", daemon=True).start()
        while not job.done:
            left = deadline() - time.monotonic()
            if (cancel.cancelled or left <= 0) and job.drop():
                abandon()
                raise Cancelled if cancel.cancelled else TimeUp
            job.wake.wait(min(max(left, 0), _SLICE))
    finally:
        take_back()
    if job.error is not None:
        raise job.error
    value: Value = job.value
    return value
