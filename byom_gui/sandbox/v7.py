"""A stand-in for V7's API on loopback, for practice and tests: the calls that the app makes, and V7's refusals.

It is not V7. Where V7 has published nothing (the registration call), it follows the app's own assumption.
"""

from __future__ import annotations

import hmac
import json
import math
import os
import secrets
import string
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

from byom_gui.core.errors import InputError
from byom_gui.sandbox.loopback import MEGABYTE, LoopbackServer, Request, Response, as_json, as_text
from byom_gui.sandbox.v7_rules import annotation_class, class_errors, model_errors

TEAM_ID = 4182
TEAM_SLUG = "practice"
TEAM_NAME = "Practice team"
REGISTER_PATH = "/ai/external_models"
_MINUTE = 60.0


def fresh_key() -> str:
    """A key of the look that V7's keys have: seven characters, a dot, 32 more."""
    letters = string.ascii_letters + string.digits
    first, second = ("".join(secrets.choice(letters) for _ in range(count)) for count in (7, 32))
    return f"{first}.{second}"


class V7StandIn(LoopbackServer):
    """Answers token info, annotation classes and the registration of external models.

    Args:
        key: the one API key that is let in; empty makes a fresh one.
        per_minute: requests a minute before it answers 429.
        record: a file to which each request is appended as a line of JSON, its key and secrets included; for tests.
        register_path: where models are registered; on V7 this is not published.
        host: a loopback address.
        port: 0 takes a free one.
        body_limit: the largest request body in bytes; above it the answer is 413.
        clock: seconds that only grow, for the limit.

    Raises:
        InputError: the record can not be written, or the host is not this machine.
    """

    server_name = "byom-gui stand-in"

    def __init__(
        self,
        *,
        key: str = "",
        per_minute: int = 1000,
        record: Path | None = None,
        register_path: str = REGISTER_PATH,
        host: str = "127.0.0.1",
        port: int = 0,
        body_limit: int = 2 * MEGABYTE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(host=host, port=port, body_limit=body_limit)
        self.key = key or fresh_key()
        self._per_minute = per_minute
        self._register_path = register_path
        self._clock = clock
        self._lock = threading.Lock()
        self._times: deque[float] = deque()
        self._models: list[dict[str, Any]] = []
        self._classes: list[dict[str, Any]] = []
        self._record_path = record
        self._record: TextIO | None = None

    def start(self) -> None:
        """Opens the record, binds and serves. Raises InputError where one of them fails."""
        if self._record_path is not None:
            self._record = _private(self._record_path)
        try:
            super().start()
        except InputError:
            self._close_record()
            raise

    def stop(self) -> None:
        """Stops serving and closes the record."""
        super().stop()
        self._close_record()

    def _close_record(self) -> None:
        with self._lock:
            record, self._record = self._record, None
        if record is not None:
            record.close()

    @property
    def url(self) -> str:
        """The base address, to be used in place of V7's."""
        return self.base_url

    @property
    def registered(self) -> tuple[Mapping[str, Any], ...]:
        """The bodies of the registrations that were accepted, in order, secrets included."""
        with self._lock:
            return tuple(self._models)

    @property
    def classes(self) -> tuple[Mapping[str, Any], ...]:
        """The team's annotation classes, in order."""
        with self._lock:
            return tuple(self._classes)

    def respond(self, request: Request) -> Response:
        """Answers one request, after noting it down."""
        self._note(request)
        if request.path == "/":
            return as_text(self._about()) if request.method == "GET" else _no_method("GET")
        refused = self._refusal(request)
        if refused is not None:
            return refused
        calls = self._calls_at(request.path)
        if calls is None:
            return as_json({"errors": {"detail": "Not Found"}}, 404)
        call = calls.get(request.method)
        return call(request) if call else _no_method(*calls)

    def _calls_at(self, path: str) -> dict[str, Callable[[Request], Response]] | None:
        """What a path offers by method; None where it is not there."""
        if path == "/api/users/token_info":
            return {"GET": self._token_info}
        if path == self._register_path:
            return {"POST": self._register}
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "teams"] and parts[3:] == ["annotation_classes"]:
            if parts[2] != TEAM_SLUG:
                return {"GET": _forbidden, "POST": _forbidden}
            return {"GET": self._list_classes, "POST": self._add_class}
        return None

    def _refusal(self, request: Request) -> Response | None:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"ApiKey {self.key}".encode()):
            return as_json({"errors": ["The API key is missing or wrong."]}, 401)
        wait = self._flooded()
        if wait:
            return as_json({"errors": ["Too many requests."]}, 429, ("Retry-After", str(wait)))
        if request.too_large:
            return as_json({"errors": ["The request is too large."]}, 413)
        return None

    def _flooded(self) -> int:
        """Seconds until the next request is let in; 0 where this one is."""
        with self._lock:
            now = self._clock()
            while self._times and self._times[0] <= now - _MINUTE:
                self._times.popleft()
            if len(self._times) >= self._per_minute:
                first = self._times[0] if self._times else now
                return max(1, math.ceil(first + _MINUTE - now))
            self._times.append(now)
            return 0

    def _token_info(self, _: Request) -> Response:
        return as_json({"selected_team": {"id": TEAM_ID, "slug": TEAM_SLUG, "name": TEAM_NAME}})

    def _list_classes(self, request: Request) -> Response:
        with_tags = request.query.get("include_tags") == "true"
        listed = [c for c in self.classes if with_tags or "tag" not in c["annotation_types"]]
        return as_json({"annotation_classes": listed})

    def _add_class(self, request: Request) -> Response:
        body = _object(request.body)
        if isinstance(body, Response):
            return body
        with self._lock:
            errors = class_errors(body, taken=[c["name"] for c in self._classes])
            if errors:
                return as_json({"errors": errors}, 422)
            made = annotation_class(body, number=len(self._classes) + 1)
            self._classes.append(made)
        return as_json(made)

    def _register(self, request: Request) -> Response:
        body = _object(request.body)
        if isinstance(body, Response):
            return body
        team = body.get("team_id")
        if isinstance(team, int) and not isinstance(team, bool) and team != TEAM_ID:
            return _forbidden(request)
        with self._lock:
            errors = model_errors(body, taken=[m["name"] for m in self._models])
            if errors:
                return as_json({"errors": errors}, 422)
            self._models.append(body)
            number = len(self._models)
        return as_json({"id": number, "name": body["name"], "external_url": body["external_url"]}, 201)

    def _note(self, request: Request) -> None:
        entry = {
            "method": request.method,
            "path": request.target,
            "headers": dict(request.headers),
            "body": request.body.decode("utf-8", "replace"),
        }
        with self._lock:
            if self._record is not None:
                self._record.write(json.dumps(entry, ensure_ascii=False) + "\n")
                self._record.flush()

    def _about(self) -> str:
        lines = ["This is a stand-in for V7, built into byom-gui for practice. It is not V7.", ""]
        models = [f"- {m['name']}: {m['external_url']}, {len(m['classes'])} classes" for m in self.registered]
        lines += ["Registered models:", *(models or ["- none yet"]), ""]
        names = [f"- {c['name']} ({', '.join(c['annotation_types'])})" for c in self.classes]
        lines += ["Annotation classes:", *(names or ["- none yet"]), ""]
        return "\n".join(lines)


def _private(path: Path) -> TextIO:
    """Opens a file for appending that only its owner may read."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise InputError(f"The record can not be written to {path}.", detail=str(error), where="record") from None
    return os.fdopen(handle, "a", encoding="utf-8")


def _object(body: bytes) -> dict[str, Any] | Response:
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return as_json({"errors": {"detail": "Bad Request"}}, 400)
    return value if isinstance(value, dict) else as_json({"errors": {"detail": "Bad Request"}}, 400)


def _forbidden(_: Request) -> Response:
    return as_json({"errors": ["This key may not do that for this team."]}, 403)


def _no_method(*allowed: str) -> Response:
    return as_json({"errors": {"detail": "Method Not Allowed"}}, 405, ("Allow", ", ".join(allowed)))
