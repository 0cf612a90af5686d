"""When a busy server is asked again: which answers, after how long, how often. Never for a registration."""

from __future__ import annotations

import random
from collections.abc import Callable

from byom_gui.core.busy import retry_after
from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis.model import Answered
from byom_gui.core.observations import Reply

TRIES = 3
# A 500 is the server's own fault in this very image: asking again brings the same, at its cost.
BUSY = frozenset((429, 502, 503, 504))
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
"""Seconds. A server that asks for a longer rest is not asked again; its answer stands."""


def wait_before_retry(reply: Reply | None, tries: int, chance: float) -> float | None:
    """Seconds to wait before the next try; None where the answer stands.

    Args:
        reply: what came; None where no HTTP answer did, which is never asked again.
        tries: how many were made.
        chance: from 0 to 1; spreads the tries of several requests.
    """
    if reply is None or reply.status not in BUSY or tries >= TRIES:
        return None
    named = retry_after(reply)
    if named is not None:
        return named if named <= LONGEST_WAIT else None
    return FIRST_WAIT * 2.0 ** (tries - 1) * (0.75 + 0.5 * chance)


def ask_patiently(
    ask: Callable[[], Answered],
    cancel: CancelToken,
    on_wait: Callable[[str], None],
    chance: Callable[[], float] = random.random,
) -> Answered:
    """Calls ``ask`` and, where the server is busy, again.

    Args:
        on_wait: told in words before each wait, such as ``Busy (429), again in 2 s``.

    Raises:
        Cancelled: at once, in a wait too.
    """
    tries = 1
    while True:
        answered = ask()
        reply = answered.call.reply
        seconds = wait_before_retry(reply, tries, chance())
        if reply is None or seconds is None:
            return answered
        on_wait(f"Busy ({reply.status}), again in {max(1, round(seconds))} s")
        cancel.wait(seconds)
        cancel.raise_if_cancelled()
        tries += 1
