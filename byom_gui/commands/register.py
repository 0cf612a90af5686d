"""``byom-gui register``: submits a project or a registration JSON to V7, once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from byom_gui.commands.common import cancel_on_interrupt, environment, open_store, printable, say, tell_secrets, v7_key
from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Origin, SecretRef
from byom_gui.core.errors import AppError, Cancelled, InputError
from byom_gui.core.ledger import Entry, Unsettled, now
from byom_gui.core.observations import SentRequest
from byom_gui.core.profile import plan_request
from byom_gui.core.registering import MAY_HAVE_ARRIVED, MAYBE_ARRIVED, OutcomeKind, RegisterOutcome, TeamInfo, V7Error
from byom_gui.core.registration import Registration
from byom_gui.core.teams import team_ref
from byom_gui.services import http
from byom_gui.services.files import load_registration
from byom_gui.services.ledger import Ledger
from byom_gui.services.secrets import SecretStore
from byom_gui.services.stores import load_profile
from byom_gui.services.submission import process_started, submit
from byom_gui.services.v7 import V7, v7_host
from byom_gui.services.wire import Options

_SETTLE = (
    "Check V7's Models page. If the model is there: byom-gui history 1 --arrived yes (byom-gui history lists the "
    "numbers). If it is not: register it again with --again."
)
REFUSED = ("key-refused", "not-allowed", "not-found", "invalid", "rate-limited", "refused")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="a project, or a registration JSON")
    parser.add_argument(
        "--dry-run", action="store_true", help="show the request with secrets masked, and register nothing"
    )
    parser.add_argument("--allow-no-classes", action="store_true", help="register even if there are no classes")
    parser.add_argument(
        "--again",
        action="store_true",
        help="send even if an earlier registration with this name may have arrived; use it after you checked V7",
    )
    parser.add_argument(
        "--team", nargs="+", metavar="SLUG", default=[], help="the teams to register with; each needs its own key"
    )


def run(arguments: argparse.Namespace) -> int:
    """0 registered, 4 V7 refused, 5 V7 not reached or outcome unknown; with several teams, the worst."""
    if arguments.file is None and len(arguments.team) > 1:
        # ``--team SLUG FILE``: the option took the file as another team.
        arguments.file = arguments.team.pop()
    if arguments.file is None:
        raise InputError("Give the project or registration JSON to submit.")
    registration = load_registration(Path(arguments.file))
    if not len(registration.classes) and not arguments.allow_no_classes:
        _agree_to_no_classes(arguments.file, dry=arguments.dry_run)
    store = open_store()
    if registration.endpoint is not None:
        store.environment_origin = registration.endpoint.origin
        tell_secrets(registration.endpoint, store)
    host = v7_host(environment())
    say(f"V7: {host}" + (" (the stand-in or another host, not V7's own)" if host.is_loopback else ""))
    slugs = list(dict.fromkeys(arguments.team))
    sending = _Sending(host, registration, store, arguments, cancel_on_interrupt(store))
    if len(slugs) < 2:
        return sending.to(slugs[0] if slugs else "")
    codes = []
    for slug in slugs:
        try:
            codes.append(sending.to(slug))
        except Cancelled:
            raise
        except AppError as error:
            # One team that fails does not stop the others.
            say(f"{slug}: {error.sentence}")
            codes.append(2)
    return max(codes)


def _agree_to_no_classes(file: str, *, dry: bool) -> None:
    """Registering without classes needs a confirmation.

    Raises:
        InputError: there is no terminal to ask on.
        Cancelled: the answer is no.
    """
    what = f"{file} lists no classes, so the model would be registered without any."
    if dry:
        say(f"{what} Registering it needs --allow-no-classes.")
        return
    if not (sys.stdin and sys.stdin.isatty()):
        raise InputError(f"{what} Add classes (new --classes FILE, or in the window), or use --allow-no-classes.")
    say(f"{what} Register it anyway? [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Cancelled


class _Sending:
    """Sends one registration to one team after the other."""

    def __init__(
        self,
        host: Origin,
        registration: Registration,
        store: SecretStore,
        arguments: argparse.Namespace,
        token: CancelToken,
    ) -> None:
        self._host, self._registration, self._store, self._token = host, registration, store, token
        self._dry, self._again, self._named = arguments.dry_run, arguments.again, len(arguments.team) > 1
        self._started = process_started()

    def to(self, slug: str) -> int:
        """Sends it to a team, or to the key's own team if ``slug`` is empty. Raises InputError if there is no key."""
        own = self._store.get(team_ref(self._host, slug)) if slug else None
        if self._dry and not own and not self._store.get(SecretRef("v7-key", self._host)):
            return self._show_without_key(slug)
        key = own or v7_key(self._store, SecretRef("v7-key", self._host))
        client = V7(self._host, http.send, Options())
        try:
            team = client.token_info(key, self._token)
        except V7Error as error:
            say(f"{slug}: {error.sentence}" if self._named else error.sentence)
            return exit_code(error.kind)
        if slug and team.slug != slug:
            raise InputError(
                f"The key belongs to the team {team.slug}. Other teams need their own key: key set --team {slug}."
            )
        profile = load_profile()
        request = plan_request(profile, self._registration, team, self._host)
        if not profile.confirmed:
            say("Assumption: V7 has not published this call. Path and field names may differ (docs/api-profile.md).")
        if self._dry:
            print(printable(as_text(request.masked())))
            return 0
        entry = Entry(now(), str(self._host), team.slug, team.name, "unknown", self._registration)
        if self._named:
            say(f"{team.name}:")
        return self._submit(entry, lambda: client.register(request, self._store.get, key, self._token))

    def _show_without_key(self, slug: str) -> int:
        """The request as far as it is known without V7, which knows the key's team."""
        why = self._store.unreadable
        key = f"The V7 key is unknown, because {why}" if why else "No V7 key was found"
        what = "unlock the keyring, or set BYOM_V7_API_KEY" if why else "set a key first"
        say(f"{key}, so the team's id is unknown and appears as 0. To register, {what}.")
        team = TeamInfo(0, slug or "your-team", slug)
        print(printable(as_text(plan_request(load_profile(), self._registration, team, self._host).masked())))
        return 0

    def _submit(self, entry: Entry, send: Callable[[], RegisterOutcome]) -> int:
        try:
            outcome = submit(entry, send, self._started, again=self._again)
        except Unsettled as error:
            say(error.sentence)
            if error.entry is None:
                return 5
            if not sys.stdin or not sys.stdin.isatty():
                say(_SETTLE)
                return 5
            return self._asked(error.entry, entry, send)
        except Cancelled:
            say(f"{MAY_HAVE_ARRIVED} The history lists it as possibly arrived (byom-gui history).")
            raise
        code = _tell(outcome)
        if outcome.kind in MAYBE_ARRIVED:
            say(_SETTLE)
        return code

    def _asked(self, earlier: Entry, entry: Entry, send: Callable[[], RegisterOutcome]) -> int:
        """Asks on the terminal what happened to the earlier one, and continues from there."""
        print("Is it on V7's Models page? [yes/no, Enter cancels] ", end="", file=sys.stderr, flush=True)
        said = sys.stdin.readline().strip().lower()
        if said in ("y", "yes"):
            Ledger().settle(earlier, True)
            say("The history now lists it as registered. Nothing was sent.")
            return 0
        if said in ("n", "no"):
            Ledger().settle(earlier, False)
            return self._submit(replace(entry, when=now()), send)
        say("Nothing was sent.")
        return 5


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
    """The request as sent, with secrets masked."""
    head = [f"{request.method} {request.url}", *(f"{name}: {value}" for name, value in request.headers)]
    return "\n".join([*head, "", request.body])
