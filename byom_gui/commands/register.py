"""``byom-gui register``: submits a project or a registration JSON to V7, once."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from byom_gui.commands.common import cancel_on_interrupt, environment, open_store, printable, say, tell_secrets, v7_key
from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Origin, SecretRef
from byom_gui.core.errors import FileError, InputError
from byom_gui.core.ledger import Entry, Outcome
from byom_gui.core.observations import SentRequest
from byom_gui.core.profile import plan_request
from byom_gui.core.registering import OutcomeKind, RegisterOutcome, TeamInfo, V7Error
from byom_gui.core.registration import Registration
from byom_gui.core.teams import team_ref
from byom_gui.services import http
from byom_gui.services.files import load_registration
from byom_gui.services.ledger import Ledger
from byom_gui.services.secrets import SecretStore
from byom_gui.services.stores import load_profile
from byom_gui.services.v7 import V7, v7_host
from byom_gui.services.wire import Options

REFUSED = ("key-refused", "not-allowed", "not-found", "invalid", "rate-limited", "refused")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="a project, or a registration JSON")
    parser.add_argument("--dry-run", action="store_true", help="show the request, secrets masked, and register nothing")
    parser.add_argument(
        "--team", nargs="+", metavar="SLUG", default=[], help="the teams that it goes to, each by the key of its own"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 registered, 4 V7 refused, 5 V7 not reached or the outcome unknown; of several teams the worst."""
    if arguments.file is None and len(arguments.team) > 1:
        # ``--team SLUG FILE``: the option took the file for one more team.
        arguments.file = arguments.team.pop()
    if arguments.file is None:
        raise InputError("Name the project or registration JSON to submit.")
    registration = load_registration(Path(arguments.file))
    store = open_store()
    if registration.endpoint is not None:
        store.environment_origin = registration.endpoint.origin
        tell_secrets(registration.endpoint, store)
    host = v7_host(environment())
    say(f"V7: {host}" + (" (the stand-in or another host, not V7's own)" if host.is_loopback else ""))
    slugs = list(dict.fromkeys(arguments.team))
    sending = _Sending(host, registration, store, arguments.dry_run, cancel_on_interrupt(store), named=len(slugs) > 1)
    if len(slugs) < 2:
        return sending.to(slugs[0] if slugs else "")
    codes = []
    for slug in slugs:
        try:
            codes.append(sending.to(slug))
        except InputError as error:
            # One team that can not be had does not stop the others.
            say(f"{slug}: {error.sentence}")
            codes.append(2)
    return max(codes)


class _Sending:
    """One registration to one team after the other."""

    def __init__(
        self,
        host: Origin,
        registration: Registration,
        store: SecretStore,
        dry: bool,
        token: CancelToken,
        *,
        named: bool,
    ) -> None:
        self._host, self._registration, self._store, self._dry, self._token = host, registration, store, dry, token
        self._named = named

    def to(self, slug: str) -> int:
        """Sends it to a team, to the key's own where ``slug`` is empty. Raises InputError where there is no key."""
        own = self._store.get(team_ref(self._host, slug)) if slug else None
        key = own or v7_key(self._store, SecretRef("v7-key", self._host))
        client = V7(self._host, http.send, Options())
        try:
            team = client.token_info(key, self._token)
        except V7Error as error:
            say(f"{slug}: {error.sentence}" if self._named else error.sentence)
            return exit_code(error.kind)
        if slug and team.slug != slug:
            raise InputError(
                f"The key belongs to the team {team.slug}. Other teams need a key of their own: key set --team {slug}."
            )
        profile = load_profile()
        request = plan_request(profile, self._registration, team, self._host)
        if not profile.confirmed:
            say("Assumption: V7 has not published this call. Path and field names may differ (docs/api-profile.md).")
        if self._dry:
            print(printable(as_text(request.masked())))
            return 0
        outcome = client.register(request, self._store.get, key, self._token)
        if outcome.kind in ("registered", "unknown"):
            _note(self._registration, team, str(self._host), outcome)
        if self._named:
            say(f"{team.name}:")
        return _tell(outcome)


def _note(registration: Registration, team: TeamInfo, host: str, outcome: RegisterOutcome) -> None:
    """Keeps it in the history. That the disk refuses is said, and changes nothing of what V7 did."""
    kind: Outcome = "registered" if outcome.kind == "registered" else "unknown"
    when = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        Ledger().add(Entry(when, host, team.slug, team.name, kind, registration, outcome.model_url))
    except FileError as error:
        say(f"It is not in the history: {error.sentence}")


def _tell(outcome: RegisterOutcome) -> int:
    say(outcome.sentence)
    for line in outcome.errors:
        say(f"  {line}")
    if outcome.todo:
        say(outcome.todo)
    if outcome.model_url:
        print(printable(outcome.model_url))
    return exit_code(outcome.kind)


def exit_code(kind: OutcomeKind) -> int:
    """The command's exit code for an outcome."""
    if kind == "registered":
        return 0
    return 4 if kind in REFUSED else 5


def as_text(request: SentRequest) -> str:
    """The request as it goes over the wire, secrets masked."""
    head = [f"{request.method} {request.url}", *(f"{name}: {value}" for name, value in request.headers)]
    return "\n".join([*head, "", request.body])
