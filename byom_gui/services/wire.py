"""The values that pass between ``http`` and the clients built on it, so that a test can hand in a sender."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from byom_gui.core.cancel import CancelToken
from byom_gui.core.observations import NetFailure, Redirect, Reply
from byom_gui.core.redact import Redactor


@dataclass(frozen=True, slots=True)
class Options:
    """How to call. Times in seconds; ``max_bytes`` bounds the answer while it is read (after decompression).

    ``proxy`` is bypassed for loopback. ``ca_file`` is used instead of the public roots.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    ca_file: str = ""
    insecure: bool = False
    proxy: str = ""
    max_bytes: int = 64 * 1024 * 1024
    follow_redirects: bool = True


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request with its secrets filled in; lives only for the time of a call and is never shown."""

    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    credential_headers: frozenset[str] = frozenset()
    """Lower-case names of headers that never follow to another origin."""


@dataclass(frozen=True, slots=True)
class HttpResult:
    """What came of it: a reply or a failure, never both. Only the failure and the redirects are masked."""

    reply: Reply | None
    failure: NetFailure | None
    milliseconds: float
    redirects: tuple[Redirect, ...] = ()
    sent: bool = True
    """Whether the request may have reached the server (False: it surely did not)."""


Sender = Callable[[Outgoing, Options, Redactor, CancelToken], HttpResult]
