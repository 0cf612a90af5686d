"""Loads a model server step by step, no further than it can take, and times it.

Nothing is judged while the clock runs: reading answers would take time from the calls that are under way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from byom_gui.core.cancel import CancelToken
from byom_gui.core.capacity import WARM_UP, Capacity, Level, Sample, Step, calls_of, summed, why_stop
from byom_gui.core.diagnosis import read_call
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import Call
from byom_gui.core.project import Settings
from byom_gui.services.model_server import ModelServer
from byom_gui.services.previewing import send_image

OnProgress = Callable[[int, int, str], None]
"""Calls done, calls in all, what is under way."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is measured: a server, and what it is sent, in turns."""

    server: ModelServer
    endpoint: Endpoint
    settings: Settings
    images: Sequence[ImageSource]
    image_url: str = ""


def measure(
    target: Target,
    steps: Sequence[Step],
    cancel: CancelToken,
    on_progress: OnProgress,
    on_level: Callable[[Level], None],
) -> Capacity:
    """Makes the calls of ``steps``; stops early where the first call fails, or the server had enough.

    Raises:
        Cancelled: as soon as ``cancel`` is set; what was measured was told by ``on_level``.
        InputError: a setting can not be used.
    """
    return _Measuring(target, calls_of(steps), cancel, on_progress).run(steps, on_level)


class _Measuring:
    def __init__(self, target: Target, total: int, cancel: CancelToken, on_progress: OnProgress) -> None:
        self._target = target
        self._total = total
        self._cancel = cancel
        self._on_progress = on_progress
        self._done = 0
        self._answered = False
        """Whether an HTTP status ever came."""

    def run(self, steps: Sequence[Step], on_level: Callable[[Level], None]) -> Capacity:
        warm = self._level(Step(1, WARM_UP), "Warming up")
        if warm.errors:
            why = warm.errors[0][0]
            text = f"The first call failed ({why}), so nothing more was sent. Ping the server first."
            return Capacity((), text, unreachable=not self._answered)
        levels: list[Level] = []
        for step in steps:
            level = self._level(step, f"{step.at_once} at once")
            levels.append(level)
            on_level(level)
            why = why_stop(level)
            if why:
                return Capacity(tuple(levels), why)
        return Capacity(tuple(levels))

    def _level(self, step: Step, text: str) -> Level:
        self._on_progress(self._done, self._total, text)
        started = time.monotonic()
        calls: list[Call] = []
        with ThreadPoolExecutor(step.at_once) as pool:
            pending = [pool.submit(self._one, number) for number in range(step.calls)]
            try:
                for future in pending:
                    calls.append(future.result())
                    self._answered |= calls[-1].status > 0
                    self._done += 1
                    self._on_progress(self._done, self._total, text)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        seconds = time.monotonic() - started
        return summed(step.at_once, [_sample(call) for call in calls], seconds)

    def _one(self, number: int) -> Call:
        self._cancel.raise_if_cancelled()
        target = self._target
        source = target.images[number % len(target.images)]
        return send_image(target.server, target.endpoint, target.settings, source, self._cancel, target.image_url)


def _sample(call: Call) -> Sample:
    return Sample(call.milliseconds, _error(call))


def _error(call: Call) -> str:
    """Why the call brought nothing that V7 could use; empty where it did."""
    if call.failure is not None:
        return call.failure.id
    status = call.reply.status if call.reply else 0
    if status // 100 != 2:
        return str(status)
    answered = read_call(call)
    if answered.answer is None:
        return "response is not JSON"
    return "" if answered.answer.status == "succeeded" else "response says failed"
