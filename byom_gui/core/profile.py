"""The API profile: how a model is registered with V7. Data, not code, because V7 has not published the call.

``RegisterRequest`` is the request with named slots where secrets go. What is shown and what is sent come out of one
function, so that they can differ only in the secrets.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from byom_gui.core.endpoint import MASK, Endpoint, Origin, SecretRef
from byom_gui.core.errors import FileError, InputError
from byom_gui.core.observations import SentRequest
from byom_gui.core.registering import TeamInfo, checked_key
from byom_gui.core.registration import Registration, check_format

FORMAT = "byom-api-profile/1"
METHODS = ("POST", "PUT", "PATCH")
FIELDS = (
    "team_id",
    "name",
    "external_url",
    "basic_auth_username",
    "basic_auth_password",
    "auth_secret_header",
    "auth_secret",
    "classes",
)
"""Our names of what can be sent."""

_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}|\{team_id\}|\{team_slug\})+)+/?")
_PLACEHOLDERS = {"basic": "<endpoint password>", "header": "<endpoint secret>"}

Fill = Callable[[SecretRef], str]


@dataclass(frozen=True, slots=True)
class ApiProfile:
    """Method, path and key names of the registration call.

    Args:
        method: POST, PUT or PATCH.
        path: below V7's host, from ``/``; may hold ``{team_id}`` and ``{team_slug}``. Never a host.
        fields: our name (``FIELDS``) to V7's key, in the order in which they are sent; a dot in V7's key means an
            object in an object. What has no name is not sent.
        confirmed: whether a user took it from V7; else it is an assumption and is shown as one.
        source: where it comes from, for people.
    """

    method: str
    path: str
    fields: Mapping[str, str] = field(hash=False)
    confirmed: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))
        if self.method not in METHODS:
            raise InputError(f"The method must be one of {', '.join(METHODS)}.", where="profile.method")
        if not _PATH.fullmatch(self.path) or set(self.path.split("/")) & {".", ".."}:
            what = (
                "The path must start with one / and may contain {team_id} and {team_slug}, but no host, space or query."
            )
            raise InputError(what, where="profile.path")
        _check_fields(self.fields)

    def to_json(self) -> dict[str, Any]:
        """The JSON form, as the packaged default has it."""
        keys = {"format": FORMAT, "method": self.method, "path": self.path, "fields": dict(self.fields)}
        return keys | {"confirmed": self.confirmed, "source": self.source}

    @staticmethod
    def from_json(data: object) -> ApiProfile:
        """Reads the JSON form. Raises FileError or InputError."""
        check_format(data, FORMAT)
        assert isinstance(data, dict)
        fields_, texts = data.get("fields"), [data.get(key, "") for key in ("method", "path", "source")]
        if not isinstance(fields_, dict) or not all(isinstance(item, str) for item in (*texts, *fields_.values())):
            raise FileError("This API profile does not have method, path and fields as strings.", where="profile")
        return ApiProfile(texts[0], texts[1], fields_, data.get("confirmed") is True, texts[2])


def _check_fields(names: Mapping[str, str]) -> None:
    where = "profile.fields"
    if strange := [name for name in names if name not in FIELDS]:
        raise InputError(f"“{strange[0]}” is not one of {', '.join(FIELDS)}.", where=where)
    keys = [key for key in names.values() if key]
    if any(not all(key.split(".")) for key in keys):
        raise InputError(
            "One of V7's keys starts or ends with a dot, or has two dots in a row. Remove it.", where=where
        )
    if any(a == b or b.startswith(f"{a}.") for i, a in enumerate(sorted(keys)) for b in sorted(keys)[i + 1 :]):
        raise InputError("Two fields have the same V7 key. Use a different key for each.", where=where)
    if missing := [name for name in ("name", "external_url") if not names.get(name)]:
        raise InputError(f"The field {missing[0]} needs a V7 key name.", where=where)


@cache
def default_profile() -> ApiProfile:
    """The packaged assumption."""
    text = resources.files("byom_gui.core").joinpath("profiles", "default.json").read_text(encoding="utf-8")
    return ApiProfile.from_json(json.loads(text))


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """The registration call with slots for its secrets; ``body`` is a tree in which a SecretRef marks one."""

    method: str
    host: Origin
    path: str
    body: Mapping[str, Any] = field(hash=False)
    endpoint_origin: Origin

    @property
    def url(self) -> str:
        """The whole address; it holds no secret."""
        return f"{self.host}{self.path}"

    @property
    def secret_refs(self) -> tuple[SecretRef, ...]:
        """The endpoint's secrets that the body needs."""
        return tuple(_refs(self.body))

    def _render(self, fill: Fill, key: str) -> tuple[str, tuple[tuple[str, str], ...], str]:
        """The one way from here to a request, shown or sent."""
        headers = (
            ("Authorization", f"ApiKey {key}"),
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
        )
        return self.url, headers, _layout(_filled(self.body, fill))

    def masked(self) -> SentRequest:
        """The exact request with eight dots for each secret; ``curl`` has named blanks instead."""
        url, headers, body = self._render(lambda _: MASK, MASK)
        return SentRequest(self.method, url, headers, body, len(body.encode()), self._curl())

    def _curl(self) -> str:
        url, headers, body = self._render(lambda ref: _PLACEHOLDERS[ref.kind], "<V7 API key>")
        parts = [f"curl -X {self.method} {shlex.quote(url)}"]
        parts += [f"  -H {shlex.quote(f'{name}: {value}')}" for name, value in headers]
        return " \\\n".join((*parts, f"  --data-raw {shlex.quote(body)}"))

    def filled(
        self, lookup: Callable[[SecretRef], str | None], key: str
    ) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
        """Address, headers and body as they go out. For the call alone, never to be shown.

        Raises:
            InputError: a secret or the key is missing, or the key cannot be sent in a header.
        """
        url, headers, body = self._render(lambda ref: _looked_up(ref, lookup), checked_key(key))
        return url, headers, body.encode()


def _looked_up(ref: SecretRef, lookup: Callable[[SecretRef], str | None]) -> str:
    value = lookup(ref)
    if value:
        return value
    what = f"password of user “{ref.name}”" if ref.kind == "basic" else f"secret for the header “{ref.name}”"
    raise InputError(f"The {what} for {ref.origin} is not known. Enter it under Auth.", where="auth")


def _refs(value: object) -> tuple[SecretRef, ...]:
    if isinstance(value, SecretRef):
        return (value,)
    if isinstance(value, Mapping):
        return tuple(ref for item in value.values() for ref in _refs(item))
    return ()


def _filled(value: Any, fill: Fill) -> Any:
    if isinstance(value, SecretRef):
        return fill(value)
    if isinstance(value, Mapping):
        return {key: _filled(item, fill) for key, item in value.items()}
    return value


def _layout(body: Mapping[str, Any]) -> str:
    """JSON for people too: a key on each line, a class on each line."""
    lines = []
    for key, value in body.items():
        if isinstance(value, list) and value:
            items = ",\n".join(f"    {json.dumps(item, ensure_ascii=False)}" for item in value)
            text = f"[\n{items}\n  ]"
        else:
            text = json.dumps(value, ensure_ascii=False)
        lines.append(f"  {json.dumps(key, ensure_ascii=False)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}"


def plan_request(profile: ApiProfile, registration: Registration, team: TeamInfo, host: Origin) -> RegisterRequest:
    """The request that registers ``registration`` with ``team`` on V7's ``host``; secrets stay slots.

    Raises:
        InputError: without a name or an endpoint, or if it can only be registered manually.
    """
    endpoint = registration.endpoint
    if endpoint is None:
        raise InputError("There is no model server yet. Enter its address first.", where="endpoint")
    if not registration.name.strip():
        raise InputError("The model has no name yet. Enter one.", where="name")
    values = _values(registration, endpoint, team)
    body: dict[str, Any] = {}
    for name, key in profile.fields.items():
        if key and values[name] is not None:
            _put(body, key.split("."), values[name])
    slug = quote(team.slug, safe="")
    path = profile.path.replace("{team_id}", str(team.id)).replace("{team_slug}", slug)
    return RegisterRequest(profile.method, host, path, body, endpoint.origin)


def _values(registration: Registration, endpoint: Endpoint, team: TeamInfo) -> dict[str, Any]:
    if endpoint.external_url is None:
        what = "V7's API needs an address that ends in /infer, with /classes next to it. Register manually instead."
        raise InputError(what, where="external_url")
    auth, origin = endpoint.auth, endpoint.origin
    return {
        "team_id": team.id,
        "name": registration.name.strip(),
        "external_url": endpoint.external_url,
        "basic_auth_username": auth.basic_user or None,
        "basic_auth_password": SecretRef("basic", origin, auth.basic_user) if auth.basic_user else None,
        "auth_secret_header": auth.secret_header or None,
        "auth_secret": SecretRef("header", origin, auth.secret_header) if auth.secret_header else None,
        "classes": [{"name": entry.name, "type": entry.type} for entry in registration.classes],
    }


def _put(body: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        body = body.setdefault(step, {})
    body[path[-1]] = value


def edited(profile: ApiProfile, method: str, path: str, fields_: Mapping[str, str]) -> ApiProfile:
    """The profile as the user changed it in the table. Raises InputError if it cannot be used."""
    changed = replace(profile, method=method.strip().upper(), path=path.strip(), fields=fields_)
    same = (changed.method, changed.path, changed.fields) == (profile.method, profile.path, profile.fields)
    return profile if same else replace(changed, confirmed=False, source="Edited by you.")
