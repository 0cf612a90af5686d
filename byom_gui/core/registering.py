"""What registering with V7 works with and how it can end, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from byom_gui.core.observations import SentRequest

OutcomeKind = Literal[
    "registered",  # any 2xx
    "key-refused",  # 401
    "not-allowed",  # 403
    "not-found",  # 404: most likely the assumed path
    "invalid",  # 422 with V7's errors
    "rate-limited",  # 429
    "server-error",  # 5xx
    "refused",  # any other status
    "unreachable",  # it surely did not arrive: no connection
    "unknown",  # it may have arrived: time-out or broken after sending
]


@dataclass(frozen=True, slots=True)
class TeamInfo:
    """The team that a V7 key belongs to."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class TeamClass:
    """An annotation class of a team. ``color`` is ``#RRGGBB`` where V7 gives one."""

    name: str
    types: tuple[str, ...]
    color: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterOutcome:
    """How a registration ended, in plain words. Nothing is sent again by itself, except after a 429 while waiting.

    Args:
        kind: see OutcomeKind.
        sentence: what happened.
        todo: what to do now.
        errors: V7's own ``errors``, one line each, scrubbed.
        model_url: the model's address, only where V7's answer held one.
        retry_after: seconds to wait, where V7 said so.
        status: the HTTP status, 0 where there was none.
        request: what was sent, secrets masked.
    """

    kind: OutcomeKind
    sentence: str
    todo: str
    errors: tuple[str, ...] = ()
    model_url: str = ""
    retry_after: float | None = None
    status: int = 0
    request: SentRequest | None = None
