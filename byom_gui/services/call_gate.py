"""What each call of a check after the ping, and of a run of images, goes through: it waits where the server asks for
that, and stops in time.

- A call without an HTTP response: a request that was answered before is sent, up to three times within ``GRACE``
  seconds. Where that fails too, the server died, and nothing more is sent. Where it is answered, the call is sent once
  more.
- 429, and 503 with ``Retry-After``: all calls wait as long as the server names, else ``FIRST_WAIT`` seconds, twice as
  long each time. All waits together take at most ``MAX_WAITING`` seconds; after ``TRIES`` refusals in a row the check
  stops.
- A refusal or a response that V7 could not use: a request that was answered before is sent as well, so that a server
  whose token expired in the middle of a check is not mistaken for one that refuses some inputs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from byom_gui.core.busy import is_busy, retry_after
from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered
from byom_gui.core.diagnosis.outage import is_lost
from byom_gui.core.findings import Finding
from byom_gui.core.observations import Call, Interruption
from byom_gui.core.retry import FIRST_WAIT, TRIES

PAUSES = (0.3, 1.0, 2.5)
GRACE = 5.0
MAX_WAITING = 60.0
ROW = 4
"""After so many failures in a row it is tried whether the server still answers as before."""
BLAMED = 3
"""Calls that failed twice while the server was there; after so many, failures are no longer repeated."""

Send = Callable[[CancelToken], Answered]
Fine = Callable[[Call], bool]


class CallGate:
    """The gate of one check. ``run`` may be called from several threads.

    Args:
        sample: sends the request with which others are compared: the ping's.
        planned: the calls that the check has planned, for people; it may change while the gate is in use.
        limit: the most calls, repeats included.
        say: called with a sentence for each wait; from any thread.
        tries: refusals in a row, for too many requests, after which nothing more is sent.
    """

    def __init__(self, sample: Send, planned: int, limit: int, say: Callable[[str], None], tries: int = TRIES) -> None:
        self._sample, self._limit, self._say, self._tries = sample, limit, say, tries
        self.planned = planned
        self.cost = 1
        """The HTTP requests that one call comes to; more where each is redirected."""
        self.made = 0
        """HTTP requests so far."""
        self.repeated: list[Call] = []
        """Calls that failed, and were answered when they were sent again."""
        self._lock = threading.Lock()
        self._turn = threading.RLock()
        self._stopped: Interruption | None = None
        self._lost: set[int] = set()  # the numbers of failed calls
        self._number = 0
        self._usable = False  # whether the sample was ever answered as it should be
        self._alive = 0  # the highest number of a call that got an HTTP response
        self._blamed = 0
        self._row: list[Answered] = []  # failures since the last good response
        self._known: set[str] = set()
        self._until = self._paused = self._waited = 0.0
        self._refusals: list[Call] = []  # in a row, for too many requests; one for each pause

    @property
    def interruption(self) -> Interruption | None:
        """Where and why the check stopped sending; None where it did not."""
        stopped = self._stopped
        if stopped is None:
            return None
        lost = frozenset(each for each in self._lost if each >= stopped.call.number)
        return replace(stopped, planned=self.planned, lost=lost)

    @property
    def why(self) -> str:
        """Why a call is not sent."""
        stopped = self.interruption
        if stopped is None:
            return f"The limit of {self._limit} calls was reached."
        failure = stopped.call.failure
        if stopped.died and not self._alive and not (failure and failure.status):
            return f"The server did not respond to {stopped.where}."
        return stopped.sentence

    def opened(self, answered: Answered) -> Answered:
        """Counts the ping's call and gives it its number."""
        call = answered.call
        self.cost = 1 + sum(redirect.followed for redirect in call.redirects)
        self.made, self._number = call.attempts * self.cost, call.attempts
        self._alive = self._number
        answered = replace(answered, call=replace(call, number=self._number))
        self._usable = answered.good
        if is_busy(call.reply):
            self._pause(answered.call, time.monotonic())
        return answered

    def also(self, count: int) -> None:
        """Counts further requests that the last call came to."""
        with self._lock:
            self.made += count
            self._number += count

    def run(self, send: Send, cancel: CancelToken, fine: Fine | None = None, cost: int = 0) -> Answered | None:
        """Sends one call, more than once where that helps; None where it is not sent.

        Args:
            fine: whether an HTTP response may be what it is: a refusal of credentials that are wrong on purpose, for
                instance. None where only a response that V7 could use is fine.
            cost: the HTTP requests that it comes to; 0 for as many as the ping.

        Raises:
            Cancelled: at once when ``cancel`` is set.
        """
        failed: list[Answered] = []
        while True:
            self._rest(cancel)
            began = time.monotonic()
            made = self._sent(send, cancel, cost)
            if made is None:
                return failed[-1] if failed else None
            call = made.call
            if is_busy(call.reply):
                self._fails(call)
                if not self._pause(call, began):
                    return made
            elif is_lost(call):
                self._fails(call)
                lost = sum(is_lost(each.call) for each in failed)
                if not self._is_alive(call, cancel):
                    return made
                if lost or self._blamed >= BLAMED or not _broke(call):
                    self._blamed += 1
                    return replace(made, call=replace(call, attempts=call.attempts + lost))
            else:
                self._note(made, fine, cancel)
                with self._lock:
                    self.repeated += [each.call for each in failed]
                return made
            failed.append(made)

    def finish(self, cancel: CancelToken) -> None:
        """At the end: whether the last failures come from the server's state rather than from what was sent."""
        self._compare(cancel)

    def _sent(self, send: Send, cancel: CancelToken, cost: int = 0) -> Answered | None:
        cost = cost or self.cost
        with self._lock:
            if self._stopped is not None or self.made + cost > self._limit:
                return None
            self.made += cost
            self._number += 1
            number = self._number
        answered = send(cancel)
        return replace(answered, call=replace(answered.call, number=number))

    def _fails(self, call: Call) -> None:
        with self._lock:
            self._lost.add(call.number)

    # --- no HTTP response

    def _is_alive(self, call: Call, cancel: CancelToken) -> bool:
        """Whether the server still answers. One thread at a time finds out for all."""
        with self._turn:
            if self._stopped is not None:
                self._began_at(call)
                return False
            if call.number < self._alive:
                return True
            tries: list[str] = []
            began = time.monotonic()
            for pause in PAUSES:
                cancel.wait(pause)
                cancel.raise_if_cancelled()
                made = self._sent(self._sample, cancel)
                if made is None:
                    break
                if not is_lost(made.call):
                    self._alive = max(self._alive, made.call.number)
                    return True
                tries.append(made.call.failure.detail if made.call.failure else "")
                if time.monotonic() - began > GRACE:
                    break
            self._stopped = Interruption(call, self.planned, bool(tries), tuple(tries))
            return False

    def _began_at(self, call: Call) -> None:
        """Of several calls under way when the server died, the first one counts."""
        stopped = self._stopped
        if stopped is not None and is_lost(stopped.call) and self._alive < call.number < stopped.call.number:
            self._stopped = replace(stopped, call=call)

    # --- too many requests

    def _pause(self, call: Call, began: float) -> bool:
        """Makes all calls wait; False where the check stops instead."""
        with self._lock:
            if self._stopped is not None:
                return False
            now = time.monotonic()
            self._alive = max(self._alive, call.number)
            if began >= self._paused:  # not sent before the pause that another refusal led to
                self._refusals.append(call)
                self._paused = now
            named = retry_after(call.reply) if call.reply else None
            wait = named if named is not None else FIRST_WAIT * 2.0 ** (len(self._refusals) - 1)
            more = max(now + wait - max(self._until, now), 0.0)
            if len(self._refusals) >= self._tries or self._waited + more > MAX_WAITING:
                self._stopped = Interruption(self._refusals[0], self.planned, died=False)
                return False
            self._waited += more
            self._until = max(self._until, now + wait)
        status = call.reply.status if call.reply else 0
        self._say(f"The server asks to wait (HTTP {status}): continuing in {max(1, round(wait))} s")
        return True

    def _rest(self, cancel: CancelToken) -> None:
        while (left := self._until - time.monotonic()) > 0 and self._stopped is None:
            cancel.wait(left)
            cancel.raise_if_cancelled()

    # --- an HTTP response that is of no use

    def _note(self, answered: Answered, fine: Fine | None, cancel: CancelToken) -> None:
        call = answered.call
        with self._lock:
            self._alive = max(self._alive, call.number)
            self._refusals = []
            if fine is not None and fine(call):
                return
            if answered.good:
                self._row = [each for each in self._row if each.call.number > call.number]
                return
            self._lost.add(call.number)
            self._row.append(answered)
            how = next((each.id for each in answered.findings), "")  # errors come first
            look = (how not in self._known and call.purpose != "input") or len(self._row) >= ROW
            self._known.add(how)
        if look:
            self._compare(cancel)

    def _compare(self, cancel: CancelToken) -> None:
        """Sends what was answered before; where that fails twice now, the check stops at the first failure."""
        with self._turn:
            if not self._usable or not self._row or self._stopped is not None:
                return
            tries: list[Finding] = []
            for pause in (0.0, PAUSES[0]):
                cancel.wait(pause)
                cancel.raise_if_cancelled()
                made = self._sent(self._sample, cancel)
                if made is None or is_busy(made.call.reply):
                    return
                if is_lost(made.call):
                    self._fails(made.call)
                    self._is_alive(made.call, cancel)
                    return
                if made.good:
                    with self._lock:
                        self._row = []
                    return
                tries += made.findings[:1]
            row = sorted(self._row, key=lambda each: each.call.number)
            # Before it, a damaged image may have been refused as it should be.
            first = next(
                (each for each in row if {one.id for one in each.findings[:1]} & {one.id for one in tries}), row[0]
            )
            said = tuple(each.what.rstrip(".") for each in tries)
            found = next(iter((*first.findings, *tries)), None)
            self._stopped = Interruption(first.call, self.planned, died=False, tries=said, found=found)


def _broke(call: Call) -> bool:
    """Whether a failure may pass at once. After a time-out the same again takes as long."""
    return call.failure is not None and call.failure.id in ("net.reset", "net.refused")
