"""Loads a model server step by step, no further than it can take, and times it.

Nothing is judged while the clock runs: reading answers would take time from the calls that are under way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from byom_gui.core.cancel import CancelToken
from byom_gui.core.capacity import Capacity, Level, Sample, Step, calls_of, summed, why_stop
from byom_gui.core.diagnosis import Answered, read_call
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import Call
from byom_gui.core.project import Settings
from byom_gui.services.call_gate import CallGate
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
    """Makes the calls of ``steps``; stops early where the first call fails, the server had enough, or it is gone.

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
        # One refusal is enough: more calls would only show the limit again.
        self._gate = CallGate(lambda stop: self._send(0, stop), total, total, lambda _: None, tries=1)

    def run(self, steps: Sequence[Step], on_level: Callable[[Level], None]) -> Capacity:
        self._on_progress(0, self._total, "Warming up")
        warm = self._send(0, self._cancel).call
        self._gate.also(1)
        self._advance("Warming up")
        if why := _error(warm):
            text = f"The first call failed ({why}), so nothing more was sent. Ping the server first."
            return Capacity((), text, unreachable=not warm.status)
        levels: list[Level] = []
        for step in steps:
            level = self._level(step, f"{step.at_once} at once")
            levels.append(level)
            on_level(level)
            stopped = self._gate.interruption
            if why := why_stop(level, stopped):
                return Capacity(tuple(levels), why, died=stopped is not None and stopped.died)
        return Capacity(tuple(levels))

    def _level(self, step: Step, text: str) -> Level:
        self._on_progress(self._done, self._total, text)
        known = len(self._gate.repeated)
        started = ended = time.monotonic()
        calls: list[Call] = []
        with ThreadPoolExecutor(step.at_once) as pool:
            pending = [pool.submit(self._one, number) for number in range(step.calls)]
            try:
                for future in pending:
                    call = future.result()
                    if call is None:  # the server stopped
                        continue
                    calls.append(call)
                    if call.status:
                        ended = time.monotonic()
                    self._advance(text)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        cut = self._gate.interruption is not None
        calls += self._gate.repeated[known:]  # they failed, although the same was answered when it was sent again
        seconds = (ended if cut else time.monotonic()) - started
        return summed(step.at_once, [_sample(call) for call in calls], seconds, cut=cut)

    def _advance(self, text: str) -> None:
        self._done += 1
        self._on_progress(self._done, self._total, text)

    def _one(self, number: int) -> Call | None:
        """None where it was not sent."""
        made = self._gate.run(lambda stop: self._send(number, stop), self._cancel)
        return made.call if made is not None else None

    def _send(self, number: int, cancel: CancelToken) -> Answered:
        """One call, not judged yet."""
        cancel.raise_if_cancelled()
        target = self._target
        source = target.images[number % len(target.images)]
        call = send_image(target.server, target.endpoint, target.settings, source, cancel, target.image_url)
        return Answered(call, None, ())


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
        return "no JSON answer"
    return "" if answered.answer.status == "succeeded" else "answer says failed"
