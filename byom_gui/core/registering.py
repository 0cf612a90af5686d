"""Registering with V7: the data, the possible outcomes, and the text for each outcome."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from byom_gui.core.endpoint import MASK, Address, SecretRef
from byom_gui.core.errors import AppError, InputError
from byom_gui.core.observations import NetFailure, SentRequest
from byom_gui.core.registration import Registration

MAX_ERROR_LINES = 20
MAX_ERROR_LENGTH = 300
MAY_HAVE_ARRIVED = "It may have arrived. Check V7's Models page."

OutcomeKind = Literal[
    "registered",  # any 2xx
    "key-refused",  # 401
    "not-allowed",  # 403
    "not-found",  # 404: most likely the assumed path
    "invalid",  # 422 with V7's errors
    "rate-limited",  # 429
    "server-error",  # 5xx
    "refused",  # any other status
    "unreachable",  # it certainly did not arrive: no connection
    "unknown",  # it may have arrived: timeout or connection lost after sending
]


MAYBE_ARRIVED: tuple[OutcomeKind, ...] = ("unknown", "server-error")
"""The outcomes after which V7 may have the model: it is not sent again before the user has checked."""


@dataclass(frozen=True, slots=True)
class TeamInfo:
    """The team that a V7 key belongs to."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class TeamClass:
    """An annotation class of a team. ``color`` is ``#RRGGBB`` if V7 returns one."""

    name: str
    types: tuple[str, ...]
    color: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterOutcome:
    """How a registration ended, in plain words. Nothing is resent automatically, except after a 429 while waiting.

    Args:
        kind: see OutcomeKind.
        sentence: what happened.
        todo: what to do now.
        errors: V7's own ``errors``, one line each, secrets masked.
        model_url: the model's address, if V7's response has one.
        retry_after: seconds to wait, if V7 gave them.
        status: the HTTP status; 0 if there was none.
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


class V7Error(AppError):
    """V7 refused a call, or could not be reached; ``kind`` is as in RegisterOutcome."""

    def __init__(
        self, sentence: str, *, kind: OutcomeKind, status: int = 0, retry_after: float | None = None, detail: str = ""
    ) -> None:
        super().__init__(sentence, detail=detail, where="v7")
        self.kind = kind
        self.status = status
        self.retry_after = retry_after


def checked_key(key: str) -> str:
    """The key as a header can hold it. Raises InputError without repeating it."""
    key = key.strip()
    if not key:
        raise InputError("There is no V7 API key yet. Enter one under Team.", where="key")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise InputError("The V7 API key contains an invalid character. Copy it again.", where="key")
    return key


def kind_of(status: int) -> OutcomeKind:
    """What an HTTP status of V7's means."""
    if 200 <= status < 300:
        return "registered"
    if status >= 500:
        return "server-error"
    known: dict[int, OutcomeKind] = {
        401: "key-refused",
        403: "not-allowed",
        404: "not-found",
        422: "invalid",
        429: "rate-limited",
    }
    return known.get(status, "refused")


def outcome_of(status: int, body: bytes, retry_after: float | None, request: SentRequest | None) -> RegisterOutcome:
    """The outcome of a registration that got an HTTP response.

    Args:
        status: the HTTP status.
        body: the response; if it is a refusal, with its secrets masked.
        retry_after: seconds that V7 asks to wait.
        request: what was sent, secrets masked.
    """
    kind = kind_of(status)
    if kind == "registered" and _PAGE.match(body):
        what = f"V7's address answered with a web page (status {status}) instead of V7's own response."
        return RegisterOutcome("unknown", what, f"{MAY_HAVE_ARRIVED} {_PAGE_TODO}", status=status, request=request)
    answer = _parsed(body)
    sentence, todo = _WORDS[kind](status, retry_after)
    errors = () if kind == "registered" else error_lines(answer)
    url = _model_url(answer, request) if kind == "registered" else ""
    return RegisterOutcome(kind, sentence, todo, errors, url, retry_after, status, request)


_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html)\b", re.IGNORECASE)
_PAGE_TODO = "Check V7's address, the API profile, and whether your network asks you to log in."


def timed_out(seconds: float, request: SentRequest | None, detail: str = "") -> RegisterOutcome:
    """The request was sent but no complete response came: the outcome is unknown, and it is not sent again."""
    what = detail or f"V7 did not respond within {seconds:.0f} s."
    return RegisterOutcome("unknown", what, f"{MAY_HAVE_ARRIVED} It is not sent again automatically.", request=request)


def unreachable(failure: NetFailure, request: SentRequest | None) -> RegisterOutcome:
    """There was no connection, so V7 certainly received nothing."""
    return RegisterOutcome("unreachable", *unreachable_words(failure), request=request)


def unreachable_words(failure: NetFailure) -> tuple[str, str]:
    """What happened, and what to do, if V7 could not be reached."""
    return _REACH.get(failure.id, ("V7 could not be reached.", "Check the network, then try again."))


_REACH: dict[str, tuple[str, str]] = {
    "net.dns": ("V7 could not be reached: its name does not resolve.", "Check the network, then try again."),
    "net.refused": ("V7 could not be reached: the connection was refused.", "Check V7's address, then try again."),
    "net.timeout-connect": ("V7 could not be reached in time.", "Check the network and the proxy, then try again."),
    "net.proxy": ("The proxy blocked the call to V7.", "Check the proxy setting, then try again."),
}
_REACH |= {
    f"tls.{why}": (
        f"The connection to V7 is not safe: {words}. Nothing was sent.",
        "If your network inspects encrypted traffic, choose its CA file; otherwise do not continue.",
    )
    for why, words in (
        ("expired", "the certificate has expired"),
        ("untrusted", "its certificate is not trusted"),
        ("hostname", "the certificate is for a different host"),
        ("handshake", "the TLS handshake failed"),
        ("client-certificate", "it requires a client certificate"),
    )
}


def _limited(_: int, wait: float | None) -> tuple[str, str]:
    when = f"Wait {wait:.0f} s, then try again." if wait else "Wait a minute, then try again."
    return "V7 accepts no more requests with this key for now (429). Nothing was registered.", when


_WORDS: dict[OutcomeKind, Callable[[int, float | None], tuple[str, str]]] = {
    "registered": lambda _, __: (
        "The model is registered.",
        "In V7, add an AI Model stage to a workflow and map the model's classes to the team's. Export the JSON here.",
    ),
    "key-refused": lambda _, __: (
        "V7 does not accept the API key (401). Nothing was registered.",
        "Check that it still exists in V7 under Settings, API keys, and enter it again.",
    ),
    "not-allowed": lambda _, __: (
        "The API key may not register models (403). Nothing was registered.",
        "Ask a team admin for a key that may, or register manually on V7's Models page.",
    ),
    "not-found": lambda _, __: (
        "V7 has no such path (404). Nothing was registered. The path is an assumption: V7 has not published it.",
        "Paste the command from V7's page into the API profile, or register manually.",
    ),
    "invalid": lambda _, __: (
        "V7 did not accept the values (422). Nothing was registered.",
        "Fix what V7 lists, then register again. If it lists a key, check the API profile.",
    ),
    "rate-limited": _limited,
    "server-error": lambda status, _: (
        f"V7 failed while it processed the request ({status}).",
        f"{MAY_HAVE_ARRIVED} If it is not there, try again later.",
    ),
    "refused": lambda status, _: (
        f"V7 returned status {status}, which is not a success.",
        "Check V7's address and the API profile, or register manually.",
    ),
}


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def error_lines(answer: object) -> tuple[str, ...]:
    """V7's ``errors``, a list or a map, one line each; a lone ``error`` or ``message`` too."""
    if not isinstance(answer, dict):
        return ()
    found = next((answer[key] for key in ("errors", "error", "message") if answer.get(key)), None)
    lines = [" ".join(line.split())[:MAX_ERROR_LENGTH] for line in _lines(found, "", 4)]
    return tuple(lines[:MAX_ERROR_LINES])


def _lines(value: object, at: str, depth: int) -> Iterable[str]:
    if isinstance(value, dict) and depth:
        for key, item in value.items():
            yield from _lines(item, f"{at}.{key}" if at else str(key), depth - 1)
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _lines(item, at, depth - 1)
    elif value is not None:
        text = value if isinstance(value, str) else json.dumps(value)
        yield f"{at}: {text}" if at else text


def _model_url(answer: object, request: SentRequest | None) -> str:
    """The model's page, if the response contains one on V7's own host."""
    if not isinstance(answer, dict) or request is None:
        return ""
    home = urlsplit(request.url)
    for key in ("model_url", "html_url", "url", "link"):
        found = answer.get(key)
        if not isinstance(found, str) or not found.isprintable() or " " in found:
            continue
        if found.startswith(f"{home.scheme}://{home.netloc}/"):
            return found
    return ""


@dataclass(frozen=True, slots=True)
class HandValue:
    """A row of *Register manually*: what is shown, and what its copy button copies.

    ``secrets`` must be looked up for copying; the copied text is then a secret too.
    """

    label: str
    shown: str
    address: Address | None = None
    secrets: tuple[SecretRef, ...] = ()

    def copied(self, lookup: Callable[[SecretRef], str | None]) -> str:
        """The text for the clipboard; empty for an unknown secret."""
        if self.address is not None:
            return self.address.filled(lookup)
        return lookup(self.secrets[0]) or "" if self.secrets else self.shown


def by_hand(registration: Registration) -> tuple[HandValue, ...]:
    """Each value as V7's dialog needs it, without those that are not set."""
    endpoint = registration.endpoint
    values = [HandValue("Name", registration.name)]
    if endpoint is not None:
        values.append(HandValue("URL", endpoint.infer.shown, endpoint.infer, endpoint.infer.secret_refs()))
        for ref in endpoint.secret_refs():
            if ref.kind == "basic":
                values += [HandValue("User name", ref.name), HandValue("Password", MASK, secrets=(ref,))]
            elif ref.kind == "header":
                values += [HandValue("Secret header", ref.name), HandValue("Secret", MASK, secrets=(ref,))]
    lines = "\n".join(f"{entry.name}\t{entry.type}" for entry in registration.classes)
    return (*values, HandValue("Classes", lines))
