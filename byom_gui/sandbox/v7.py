"""A stand-in for V7's API on loopback, for practice and tests: the calls that the app makes, and V7's refusals.

It is not V7. Where V7 has published nothing (the registration call), it follows the app's own assumption.
"""

from __future__ import annotations

import errno
import hmac
import json
import math
import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from byom_gui.core.errors import InputError
from byom_gui.sandbox.loopback import MEGABYTE, LoopbackServer, Request, Response, as_json, as_text
from byom_gui.sandbox.v7_rules import annotation_class, class_errors, model_errors
from byom_gui.sandbox.v7_teams import TEAM_ID, TEAM_NAME, TEAM_SLUG, Team, fresh_key, teams_named

__all__ = ["REGISTER_PATH", "TEAM_ID", "TEAM_NAME", "TEAM_SLUG", "Team", "V7StandIn", "fresh_key", "teams_named"]

REGISTER_PATH = "/ai/external_models"
_MINUTE = 60.0


@dataclass(slots=True)
class Trouble:
    """Something that goes wrong on demand.

    Args:
        status: what is answered instead; 0 answers as ever, but late.
        times: how often; then it is over.
        method: of which requests; empty for all.
        seconds: how long the answer takes.
    """

    status: int
    times: int = 1
    method: str = ""
    seconds: float = 0.0


class V7StandIn(LoopbackServer):
    """Answers token info, annotation classes and the registration of external models.

    Args:
        key: the first team's API key; empty makes a fresh one.
        teams: who is there; one team of practice where none is named. Each key opens its own team alone.
        slow: seconds that each answer takes.
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
        teams: Sequence[Team] = (),
        slow: float = 0.0,
        per_minute: int = 1000,
        record: Path | None = None,
        register_path: str = REGISTER_PATH,
        host: str = "127.0.0.1",
        port: int = 0,
        body_limit: int = 2 * MEGABYTE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(host=host, port=port, body_limit=body_limit)
        self.teams = tuple(teams) or (Team(key=key or fresh_key()),)
        self.key = self.teams[0].key
        self.troubles: list[Trouble] = []
        self._slow = slow
        self._per_minute = per_minute
        self._register_path = register_path
        self._clock = clock
        self._lock = threading.Lock()
        self._times: dict[str, deque[float]] = {}
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
        """The bodies of the registrations that were accepted, team by team, secrets included."""
        with self._lock:
            return tuple(model for team in self.teams for model in team.models)

    @property
    def classes(self) -> tuple[Mapping[str, Any], ...]:
        """The first team's annotation classes, in order."""
        with self._lock:
            return tuple(self.teams[0].classes)

    def respond(self, request: Request) -> Response:
        """Answers one request, after noting it down."""
        self._note(request)
        if request.path == "/":
            return as_text(self._about()) if request.method == "GET" else _no_method("GET")
        team = self._team_of(request)
        if team is None:
            return as_json({"errors": ["The API key is missing or wrong."]}, 401)
        refused = self._refusal(request, team)
        if refused is not None:
            return refused
        calls = self._calls_at(request.path, team)
        if calls is None:
            return as_json({"errors": {"detail": "Not Found"}}, 404)
        call = calls.get(request.method)
        return call(request) if call else _no_method(*calls)

    def _calls_at(self, path: str, team: Team) -> dict[str, Callable[[Request], Response]] | None:
        """What a path offers by method; None where it is not there."""
        if path == "/api/users/token_info":
            return {"GET": lambda _: _token_info(team)}
        if path == self._register_path:
            return {"POST": lambda request: self._register(request, team)}
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "teams"] and parts[3:] == ["annotation_classes"]:
            if parts[2] != team.slug:
                return {"GET": _forbidden, "POST": _forbidden}
            return {
                "GET": lambda request: self._list_classes(request, team),
                "POST": lambda request: self._add_class(request, team),
            }
        return None

    def _team_of(self, request: Request) -> Team | None:
        given = request.headers.get("authorization", "").encode()
        # All are compared, so that the time tells nothing of which one it is like.
        found = [team for team in self.teams if hmac.compare_digest(given, f"ApiKey {team.key}".encode())]
        return found[0] if found else None

    def _refusal(self, request: Request, team: Team) -> Response | None:
        wait = self._flooded(team)
        if wait:
            return as_json({"errors": ["Too many requests."]}, 429, ("Retry-After", str(wait)))
        if request.too_large:
            return as_json({"errors": ["The request is too large."]}, 413)
        return self._trouble(request)

    def _trouble(self, request: Request) -> Response | None:
        """What goes wrong now because somebody asked for it."""
        with self._lock:
            now = next((each for each in self.troubles if each.method in ("", request.method)), None)
            if now is not None:
                now.times -= 1
                self.troubles = [each for each in self.troubles if each.times > 0]
        seconds = self._slow + (now.seconds if now else 0.0)
        if seconds:
            self.stopping.wait(seconds)
        if now is None or not now.status:
            return None
        more = (("Retry-After", "1"),) if now.status in (429, 503) else ()
        return as_json({"errors": [f"This was asked for ({now.status})."]}, now.status, *more)

    def _flooded(self, team: Team) -> int:
        """Seconds until the team's next request is let in; 0 where this one is."""
        with self._lock:
            now = self._clock()
            times = self._times.setdefault(team.slug, deque())
            while times and times[0] <= now - _MINUTE:
                times.popleft()
            if len(times) >= self._per_minute:
                first = times[0] if times else now
                return max(1, math.ceil(first + _MINUTE - now))
            times.append(now)
            return 0

    def _list_classes(self, request: Request, team: Team) -> Response:
        with_tags = request.query.get("include_tags") == "true"
        with self._lock:
            listed = [c for c in team.classes if with_tags or "tag" not in c["annotation_types"]]
        return as_json({"annotation_classes": listed})

    def _add_class(self, request: Request, team: Team) -> Response:
        body = _object(request.body)
        if isinstance(body, Response):
            return body
        if "classes" not in team.rights:
            return _forbidden(request)
        with self._lock:
            errors = class_errors(body, taken=[c["name"] for c in team.classes])
            if errors:
                return as_json({"errors": errors}, 422)
            made = annotation_class(body, number=len(team.classes) + 1)
            team.classes.append(made)
        return as_json(made)

    def _register(self, request: Request, team: Team) -> Response:
        body = _object(request.body)
        if isinstance(body, Response):
            return body
        named = body.get("team_id")
        other = isinstance(named, int) and not isinstance(named, bool) and named != team.id
        if other or "models" not in team.rights:
            return _forbidden(request)
        with self._lock:
            errors = model_errors(body, taken=[m["name"] for m in team.models])
            if errors:
                return as_json({"errors": errors}, 422)
            team.models.append(body)
            number = len(team.models)
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
        lines = ["This is a stand-in for V7, built into byom-gui for practice. It is not V7."]
        with self._lock:
            for team in self.teams:
                lines += ["", f"{team.name} ({team.slug})", *_held(team)]
        return "\n".join(lines) + "\n"


def _held(team: Team) -> list[str]:
    models = [f"- {m['name']}: {m['external_url']}, {len(m['classes'])} classes" for m in team.models]
    names = [f"- {c['name']} ({', '.join(c['annotation_types'])})" for c in team.classes]
    nothing = ["- none yet"]
    return ["Registered models:", *(models or nothing), "", "Annotation classes:", *(names or nothing)]


def _token_info(team: Team) -> Response:
    return as_json({"selected_team": {"id": team.id, "slug": team.slug, "name": team.name}})


def _private(path: Path) -> TextIO:
    """Opens a file for appending that only its owner may read."""
    try:
        # Without waiting: a pipe that nobody reads would hold the start up for ever.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0), 0o600)
        if os.name != "nt":
            os.set_blocking(handle, True)
        if stat.S_ISREG(os.fstat(handle).st_mode) and os.name != "nt":
            os.fchmod(handle, 0o600)  # it may have been there, readable by others
    except (OSError, ValueError) as error:
        why = (
            "nobody reads from this pipe" if getattr(error, "errno", 0) == errno.ENXIO else "check its folder and mode"
        )
        raise InputError(f"The record cannot be written to {path}: {why}.", detail=str(error), where="record") from None
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
