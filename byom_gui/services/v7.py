"""V7's own API: whose key it is, the team's classes, registering. Never sends anything twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal, NoReturn
from urllib.parse import quote

from byom_gui.core.busy import retry_after
from byom_gui.core.cancel import CancelToken
from byom_gui.core.colours import parse_colour
from byom_gui.core.endpoint import Origin, SecretRef, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.masking import reply_for_people
from byom_gui.core.observations import Reply
from byom_gui.core.profile import RegisterRequest
from byom_gui.core.redact import Redactor
from byom_gui.core.registering import (
    MAY_HAVE_ARRIVED,
    RegisterOutcome,
    TeamClass,
    TeamInfo,
    V7Error,
    checked_key,
    error_lines,
    kind_of,
    outcome_of,
    timed_out,
    unreachable,
    unreachable_words,
)
from byom_gui.services.wire import HttpResult, Options, Outgoing, Sender

DEFAULT_HOST = "https://darwin.v7labs.com"
HOST_VARIABLE = "DARWIN_BASE_URL"

Lookup = Callable[[SecretRef], str | None]

_KEY = re.compile(r".{7}\..{32}")
_CREDENTIALS = frozenset(("authorization",))


def v7_host(environ: Mapping[str, str], setting: str = "") -> Origin:
    """V7's host: ``DARWIN_BASE_URL``, else the user's setting, else the built-in one.

    Raises:
        InputError: for an address that can not be used, one with a path, and plain http to another machine.
    """
    named = environ.get(HOST_VARIABLE, "").strip()
    text, source = (named, HOST_VARIABLE) if named else (setting.strip() or DEFAULT_HOST, "The setting for V7's host")
    try:
        address = parse_address(text).address
    except InputError as error:
        raise InputError(f"{source} cannot be used. {error.sentence}", where="v7") from None
    if address.segments or address.query:
        raise InputError(f"{source} must be only a host, such as {DEFAULT_HOST}.", where="v7")
    if address.origin.scheme != "https" and not address.origin.is_loopback:
        raise InputError(f"{source} must start with https://, because the API key is sent there.", where="v7")
    return address.origin


def looks_like_key(text: str) -> bool:
    """Whether the text has the look of V7's keys. Only to warn: another look is no proof."""
    return _KEY.fullmatch(text.strip()) is not None


class V7:
    """V7 on one host.

    Args:
        host: where every call goes; never taken from a file or from pasted text.
        sender: sends one request.
        options: time-outs, CA, proxy, limits.
    """

    def __init__(self, host: Origin, sender: Sender, options: Options) -> None:
        self.host = host
        self._sender = sender
        self._options = options

    def token_info(self, key: str, cancel: CancelToken) -> TeamInfo:
        """The team that the key belongs to. Raises V7Error, InputError or Cancelled."""
        answer = self._json("GET", "/api/users/token_info", key, cancel)
        team = answer.get("selected_team") if isinstance(answer, dict) else None
        if not isinstance(team, dict) or type(team.get("id")) is not int or not isinstance(team.get("slug"), str):
            raise _strange("the team of the key")
        return TeamInfo(team["id"], team["slug"], str(team.get("name") or team["slug"]))

    def team_classes(self, key: str, slug: str, cancel: CancelToken) -> tuple[TeamClass, ...]:
        """The team's annotation classes, in V7's order. Raises V7Error, InputError or Cancelled."""
        answer = self._json("GET", f"{_classes_path(slug)}?include_tags=true", key, cancel)
        items = answer.get("annotation_classes") if isinstance(answer, dict) else None
        if not isinstance(items, list):
            raise _strange("the team's classes")
        return tuple(
            _team_class(item) for item in items if isinstance(item, dict) and isinstance(item.get("name"), str)
        )

    def create_class(self, key: str, slug: str, name: str, type_: str, cancel: CancelToken) -> TeamClass:
        """Makes an annotation class in the team. Raises V7Error, with V7's own words for a 422."""
        body = {"name": name, "annotation_types": [type_], "metadata": {"_color": "auto"}}
        answer = self._json("POST", _classes_path(slug), key, cancel, body)
        made = isinstance(answer, dict) and isinstance(answer.get("name"), str)
        return _team_class(answer) if made else TeamClass(name, (type_,))

    def register(self, request: RegisterRequest, lookup: Lookup, key: str, cancel: CancelToken) -> RegisterOutcome:
        """Sends the registration, once. What became of it is an outcome, whatever it is.

        Raises:
            InputError: a secret is missing, or the request was planned for another host. Nothing was sent.
            Cancelled: by then it may have arrived.
        """
        if request.host != self.host:
            raise InputError("The request was prepared for a different V7 host. Check it again.", where="v7")
        secrets: dict[SecretRef, str] = {ref: lookup(ref) or "" for ref in request.secret_refs}
        url, headers, body = request.filled(secrets.get, key)
        basic = [(ref.name, value) for ref, value in secrets.items() if ref.kind == "basic"]
        redactor = Redactor((key.strip(), *secrets.values()), basic)
        outgoing = Outgoing(request.method, url, headers, body, _CREDENTIALS)
        result = self._sender(outgoing, replace(self._options, follow_redirects=False), redactor, cancel)
        return self._outcome(result, request, redactor)

    def _outcome(self, result: HttpResult, request: RegisterRequest, redactor: Redactor) -> RegisterOutcome:
        masked = request.masked()
        if result.reply is not None:
            reply = _readable(result.reply, redactor)
            outcome = outcome_of(reply.status, reply.body, retry_after(reply), masked)
            return replace(outcome, model_url="") if redactor.spans(outcome.model_url, distinct=True) else outcome
        assert result.failure is not None
        if not result.sent:
            return unreachable(result.failure, masked)
        if result.failure.id == "net.timeout-read":
            return timed_out(result.failure.seconds, masked)
        return timed_out(
            result.failure.seconds, masked, "The connection to V7 was lost before its complete response arrived."
        )

    def _json(self, method: str, path: str, key: str, cancel: CancelToken, body: object = None) -> Any:
        headers = [("Authorization", f"ApiKey {checked_key(key)}"), ("Accept", "application/json")]
        data = None
        if body is not None:
            headers.append(("Content-Type", "application/json"))
            data = json.dumps(body, ensure_ascii=False).encode()
        outgoing = Outgoing(method, f"{self.host}{path}", tuple(headers), data, _CREDENTIALS)
        options = self._options if method == "GET" else replace(self._options, follow_redirects=False)
        redactor = Redactor((key.strip(),))
        result = self._sender(outgoing, options, redactor, cancel)
        reply = _readable(_reply(result, method), redactor)
        try:
            answer = json.loads(reply.body)
        except (ValueError, RecursionError):
            answer = None
        if kind_of(reply.status) != "registered":
            _refused(reply, answer)
        return answer


def _classes_path(slug: str) -> str:
    return f"/api/teams/{quote(slug, safe='')}/annotation_classes"


def _readable(reply: Reply, redactor: Redactor) -> Reply:
    """The reply as it was sent where V7 did what was asked, else with its secrets masked, as people will read it."""
    done = kind_of(reply.status) == "registered"
    return reply if done else reply_for_people(reply, redactor) or reply


def _reply(result: HttpResult, method: str) -> Reply:
    if result.reply is not None:
        return result.reply
    assert result.failure is not None
    failure = result.failure
    if not result.sent:
        raise V7Error(" ".join(unreachable_words(failure)), kind="unreachable", detail=failure.detail)
    what = f"V7 gave no complete response within {failure.seconds:.0f} s."
    todo = "Try again." if method == "GET" else MAY_HAVE_ARRIVED
    kind: Literal["unreachable", "unknown"] = "unreachable" if method == "GET" else "unknown"
    raise V7Error(f"{what} {todo}", kind=kind, detail=failure.detail)


def _refused(reply: Reply, answer: object) -> NoReturn:
    kind, wait = kind_of(reply.status), retry_after(reply)
    errors = "; ".join(error_lines(answer))
    sentences = {
        "key-refused": "V7 does not accept the API key (401). Check that it still exists, and enter it again.",
        "not-allowed": "The API key may not do this (403). Ask a team admin for a key that may.",
        "not-found": "V7 has no such path (404). Check V7's address.",
        "invalid": f"V7 did not accept the values (422): {errors or 'without a reason'}.",
        "rate-limited": "V7 accepts no more requests with this key for now (429). "
        + (f"Wait {wait:.0f} s, then try again." if wait else "Wait a minute, then try again."),
        "server-error": f"V7 failed ({reply.status}). Try again later.",
    }
    sentence = sentences.get(kind, f"V7 returned status {reply.status}. Check V7's address.")
    raise V7Error(sentence, kind=kind, status=reply.status, retry_after=wait, detail=errors)


def _strange(what: str) -> V7Error:
    return V7Error(f"V7's response does not contain {what}. Check V7's address.", kind="refused")


def _team_class(item: Mapping[str, Any]) -> TeamClass:
    metadata = item.get("metadata")
    colour = metadata.get("_color") if isinstance(metadata, dict) else None
    types = item.get("annotation_types")
    names = tuple(str(each) for each in types) if isinstance(types, list) else ()
    return TeamClass(item["name"], names, parse_colour(colour) if isinstance(colour, str) else None)
