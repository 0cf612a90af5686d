"""The calls of one check: sent a few at a time, kept in order, counted, and noted where they are not made."""

from __future__ import annotations

import concurrent.futures
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered, outage, read_call
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import Call, Purpose, Unsent, Way
from byom_gui.core.project import Settings
from byom_gui.services import images as pictures
from byom_gui.services.call_gate import CallGate
from byom_gui.services.check_plan import CheckPlan
from byom_gui.services.image_host import ImageHost
from byom_gui.services.model_server import ModelServer
from byom_gui.services.previewing import interface_for
from byom_gui.services.probing import Ask

Progress = Callable[[int, int, str], None]

_LISTEN = 0.1
"""Seconds between two looks for something to say while a call is under way."""


class CheckCalls:
    """What a check sends after its ping, through one ``CallGate``.

    Args:
        plan: how many calls it may make; ``limit`` is the most with all repeats.
        on_progress: calls made, calls planned, what was just done; from the thread that made this only.
        samples: the images are the built-in ones.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        settings: Settings,
        server: ModelServer,
        plan: CheckPlan,
        limit: int,
        cancel: CancelToken,
        on_progress: Progress,
        samples: bool,
    ) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._server = server
        self._plan = plan
        self._cancel = cancel
        self._on_progress = on_progress
        self._samples = samples
        self._thread = threading.get_ident()
        self._waits: deque[str] = deque()
        self.sample = pictures.small_sample()
        """The ping's image."""
        self.calls: list[Call] = []
        self.answered: list[Answered] = []
        self.unsent: list[Unsent] = []
        self.made = 0
        """Calls of the plan so far; repeats come on top."""
        self.gate = CallGate(self._ask_sample, plan.calls, limit, self._say)

    @property
    def left(self) -> int:
        """The calls of the plan that are not made yet."""
        return max(self._plan.calls - self.made, 0)

    @property
    def limited(self) -> str:
        """Why not all is sent that could be."""
        return f"the check is limited to {self._plan.calls} calls."

    def fits(self) -> bool:
        """Whether the plan has room for one more call."""
        return self.gate.cost <= self.left

    def count(self, text: str, calls: int = 1) -> None:
        """Counts calls and tells of them."""
        self.made += calls
        self._on_progress(min(self.made, self._plan.calls), self._plan.calls, text)

    def _say(self, text: str) -> None:
        """A word between two calls; what another thread says is passed on by this one, which waits for it."""
        if threading.get_ident() == self._thread:
            self.count(text, 0)
        else:
            self._waits.append(text)

    def leave_out(self, purpose: Purpose, count: int, why: str = "", way: Way | None = None) -> None:
        """Notes calls that are not made; by default for the reason for which none is made any more."""
        if count > 0:
            self.unsent.append(Unsent(purpose, count, why or self._why_not(), way))

    def _why_not(self) -> str:
        return self.gate.why if self.gate.interruption else self.limited

    def keep(self, answered: Answered) -> None:
        """Keeps a call for the report."""
        self.calls.append(answered.call)
        self.answered.append(answered)

    def call(self, endpoint: Endpoint, image: ImageSource, purpose: Purpose) -> Answered | None:
        """One call that is meant to find out what the server makes of it."""
        return self.gate.run(
            lambda token: read_call(self._server.infer(endpoint, self._settings, image, token, purpose=purpose)),
            self._cancel,
            outage.is_settled,
        )

    def _ask_sample(self, token: CancelToken) -> Answered:
        """The ping’s request once more."""
        return read_call(self._server.infer(self._endpoint, self._settings, self.sample, token, sample=True))

    def send(self, asks: Sequence[Ask], at_once: int = 0) -> list[Answered]:
        """Sends what calls are left for, a few at a time; those by url one by one, as one image is served at a time."""
        fits = asks[: self.left // self.gate.cost]
        for ask in asks[len(fits) :]:
            self.leave_out(ask.purpose, 1, way=ask.way)
        if not any(ask.way == "url" for ask in fits):
            return self.send_all(fits, at_once)
        found = []
        with ImageHost(interface_for(self._endpoint.origin, self._settings)) as host:
            for ask in fits:
                address = host.serve(ask.image) if ask.way == "url" else ""
                made = self.ask(ask, self._cancel, address)
                found += [] if made is None else [self.kept(made, ask)]
                if made is None:
                    self.leave_out(ask.purpose, 1, way=ask.way)
        return found

    def send_all(self, asks: Sequence[Ask], at_once: int = 0) -> list[Answered]:
        """Sends all of them, none by url; the answers are in their order."""
        slots = [_Slot(ask) for ask in asks]
        waiting = deque(slots)
        stop = CancelToken()
        take_back = self._cancel.on_cancel(stop.cancel)
        try:
            for _ in range(min(at_once or max(self._settings.concurrency, 1), len(slots))):
                threading.Thread(target=self._work, args=(waiting, stop), name="byom-check", daemon=True).start()
            return [made for slot in slots if (made := self._result(slot)) is not None]
        finally:
            take_back()
            stop.cancel()  # the first that raises ends the others too

    def _result(self, slot: _Slot) -> Answered | None:
        """Waits for one call, and passes on what is said meanwhile."""
        while not slot.done.done():
            concurrent.futures.wait((slot.done,), timeout=_LISTEN)
            while self._waits:
                self._say(self._waits.popleft())
        made = slot.done.result()
        if made is None:
            self.leave_out(slot.ask.purpose, 1, way=slot.ask.way)
            return None
        return self.kept(made, slot.ask)

    def kept(self, answered: Answered, ask: Ask) -> Answered:
        """Keeps and counts a call."""
        self.keep(answered)
        self.count(ask.text, self.gate.cost)
        return answered

    def ask(self, ask: Ask, stop: CancelToken, image_url: str = "") -> Answered | None:
        """Sends one image; None where nothing is sent any more."""

        def send(token: CancelToken) -> Answered:
            call = self._server.infer(
                self._endpoint,
                self._settings,
                ask.image,
                token,
                way=ask.way,
                image_url=image_url,
                sample=self._samples,
                purpose=ask.purpose,
            )
            return read_call(replace(call, variant=ask.variant, kind=ask.kind))

        return self.gate.run(send, stop)

    def _work(self, waiting: deque[_Slot], stop: CancelToken) -> None:
        """Sends one waiting image after the other; taking from the left of a deque is safe between threads."""
        while True:
            try:
                slot = waiting.popleft()
            except IndexError:
                return
            try:
                slot.done.set_result(self.ask(slot.ask, stop))
            except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
                slot.done.set_exception(error)


class _Slot:
    """An image that waits for its answer."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.done: Future[Answered | None] = Future()
