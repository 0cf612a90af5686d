"""Builds the requests to a model server: what is sent and what is shown come out of one place."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from byom_gui.core.endpoint import MASK, Address, Auth, SecretRef
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import SentRequest, Way
from byom_gui.core.redact import Redactor
from byom_gui.services.wire import Outgoing

Lookup = Callable[[SecretRef], str | None]
Credentials = Literal["right", "wrong", "none"]

SHOWN_BASE64 = 20
_WRONG = "byom-gui-wrong-on-purpose"
_PASSWORD, _SECRET = "$BYOM_ENDPOINT_PASSWORD", "$BYOM_ENDPOINT_SECRET"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request ready to go, as it may be shown, and what has to be scrubbed from all that comes back."""

    outgoing: Outgoing = field(repr=False)
    shown: SentRequest
    redactor: Redactor = field(repr=False)
    with_credentials: bool


@dataclass(frozen=True, slots=True)
class _Secrets:
    """The values that a request to one origin needs; None where one is not known."""

    password: str | None = field(repr=False)
    header: str | None = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(repr=False)

    def redactor(self, user: str) -> Redactor:
        """Scrubs them all."""
        basic = [(user, self.password)] if self.password else []
        return Redactor([self.header or "", *(value for _, value in self.query)], basic)


def infer_body(image: ImageSource, way: Way, image_url: str) -> tuple[bytes, str]:
    """The body that is sent, and the one that is shown (base64 shortened)."""
    if way == "url":
        value: dict[str, Any] = {"image": {"url": image_url}}
        return json.dumps(value).encode(), json.dumps(value, indent=2)
    text = base64.b64encode(image.data).decode()
    more = max(len(text) - SHOWN_BASE64, 0)
    short = f"{text[:SHOWN_BASE64]}… {more:,} more" if more else text
    body = b'{"image": {"base64": "' + text.encode() + b'"}}'
    return body, json.dumps({"image": {"base64": short}}, indent=2, ensure_ascii=False)


def prepare_infer(
    address: Address,
    auth: Auth,
    lookup: Lookup,
    image: ImageSource,
    way: Way,
    image_url: str = "",
    credentials: Credentials = "right",
) -> Prepared:
    """A request for one inference."""
    body, shown = infer_body(image, way, image_url)
    if way == "url":
        feed, data = "", f" --data-raw {shlex.quote(body.decode())}"
    else:
        # printf is part of the shell, so that a large picture is no argument of a program.
        encoded = f"base64 < {shlex.quote(image.name)} | tr -d '\\n'"
        feed = f'printf \'{{"image": {{"base64": "%s"}}}}\' "$({encoded})" | '
        data = " --data-binary @-"
    return _prepare("POST", address, auth, lookup, credentials, body, shown, feed, data)


def prepare_get(address: Address, auth: Auth, lookup: Lookup) -> Prepared:
    """A request for the class list."""
    return _prepare("GET", address, auth, lookup, "right", None, "", "", "")


def _prepare(
    method: str,
    address: Address,
    auth: Auth,
    lookup: Lookup,
    credentials: Credentials,
    body: bytes | None,
    shown_body: str,
    feed: str,
    data: str,
) -> Prepared:
    secrets = _secrets(address, auth, lookup, credentials)
    plain = [("Accept", "application/json")]
    if body is not None:
        plain.insert(0, ("Content-Type", "application/json"))
    real, masked, options = _auth_headers(auth, secrets)
    values = dict(secrets.query)
    url = address.filled(lambda ref: values.get(ref.name))
    names = frozenset(name.lower() for name, _ in real)
    host = str(address.origin).partition("://")[2]
    shown = SentRequest(
        method,
        address.shown,
        (("Host", host), *plain, *masked),
        shown_body,
        len(body or b""),
        f"{feed}curl -X {method} {_curl_url(address)}{_curl_headers(plain)}{options}{data}",
    )
    outgoing = Outgoing(method, url, (*plain, *real), body, names)
    return Prepared(outgoing, shown, secrets.redactor(auth.basic_user), bool(real or any(values.values())))


def _secrets(address: Address, auth: Auth, lookup: Lookup, credentials: Credentials) -> _Secrets:
    """By the origin of this very address: another origin has other secrets, or none."""
    if credentials == "none":
        return _Secrets(None, None, ())
    find: Lookup = lookup if credentials == "right" else lambda _: _WRONG
    basic, header = auth.basic_user, auth.secret_header
    return _Secrets(
        find(SecretRef("basic", address.origin, basic)) if basic else None,
        find(SecretRef("header", address.origin, header)) if header else None,
        tuple((ref.name, find(ref) or "") for ref in address.secret_refs()),
    )


def _auth_headers(auth: Auth, secrets: _Secrets) -> tuple[list[tuple[str, str]], list[tuple[str, str]], str]:
    """As sent, as shown, and as options of curl."""
    real: list[tuple[str, str]] = []
    masked: list[tuple[str, str]] = []
    options = ""
    if secrets.password is not None:
        pair = base64.b64encode(f"{auth.basic_user}:{secrets.password}".encode()).decode()
        real.append(("Authorization", f"Basic {pair}"))
        masked.append(("Authorization", f"Basic {MASK}"))
        options += f' -u {shlex.quote(auth.basic_user)}:"{_PASSWORD}"'
    if secrets.header is not None:
        real.append((auth.secret_header, secrets.header))
        masked.append((auth.secret_header, MASK))
        options += f' -H {shlex.quote(auth.secret_header)}": {_SECRET}"'
    return real, masked, options


def _curl_url(address: Address) -> str:
    if not address.query_names:
        return shlex.quote(address.base)
    query = "&".join(f"{name}={_SECRET}" for name in address.query_names)
    safe = "".join(c for c in query if c not in '"`\\')
    return f'{shlex.quote(address.base + "?")}"{safe}"'


def _curl_headers(plain: list[tuple[str, str]]) -> str:
    return "".join(f" -H {shlex.quote(f'{name}: {value}')}" for name, value in plain)
