"""``byom-gui key``: stores, deletes or finds the V7 key, or an endpoint's secret. Never shows one."""

from __future__ import annotations

import argparse
import sys

from byom_gui.commands.common import environment, open_store, printable, say, unreadable
from byom_gui.core.endpoint import SecretRef, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.teams import KnownTeam, drop, put, team_ref
from byom_gui.services.secrets import PASSWORD_VARIABLE, SECRET_VARIABLE, V7_KEY_VARIABLE, SecretStore
from byom_gui.services.stores import load_teams, save_teams
from byom_gui.services.v7 import looks_like_key, v7_host


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "action",
        choices=("set", "forget", "show", "list"),
        help="show prints where it is stored, never the value; list prints the teams with their own key",
    )
    parser.add_argument("--endpoint", metavar="URL", help="a secret of this endpoint instead of the V7 key")
    parser.add_argument("--user", metavar="NAME", help="the password of this HTTP Basic user")
    parser.add_argument("--secret-header", metavar="NAME", help="the secret sent in this header")
    parser.add_argument("--team", metavar="SLUG", help="the V7 key of this team; each team can have its own")
    parser.add_argument("--query", metavar="NAME", help="the value of this query key (?NAME=…)")


def run(arguments: argparse.Namespace) -> int:
    """Reads a value from a prompt, or from stdin if that is not a terminal."""
    ref = _ref(arguments)
    store = open_store(use_environment=False)
    if arguments.action == "list":
        return _list(store)
    team = f" of the team {ref.name}" if ref.kind == "v7-key" and ref.name else ""
    what = f"V7 key{team}" if ref.kind == "v7-key" else f"secret {ref.name!r}"
    if arguments.action == "forget":
        store.forget(ref)
        if team:
            save_teams(drop(load_teams(), str(ref.origin), ref.name))
        say(f"Deleted the {what} for {ref.origin}.")
        return 0
    if arguments.action == "show":
        place = open_store().place(ref)
        if place.kind == "unknown":
            raise unreadable(f"{what} for {ref.origin}", place, VARIABLES[ref.kind])
        print(f"{what} for {ref.origin}: {place.title}{f' ({place.why})' if place.why else ''}")
        return 0
    return _set(store, ref, what)


def _set(store: SecretStore, ref: SecretRef, what: str) -> int:
    value = _read(f"{what} for {ref.origin}: ")
    if ref.kind == "v7-key":
        value = value.strip()
    if not value:
        raise InputError("Nothing was entered, so nothing was changed.")
    if ref.kind == "v7-key" and not looks_like_key(value):
        say("This does not look like a V7 key (7 characters, a dot, 32 characters).")
    place = store.set(ref, value)
    if place.kind != "keyring" and store.unreadable:
        raise InputError(
            f"The {what} could not be stored, or could not be read back: {place.why}. Unlock the keyring and try "
            f"again, or set {VARIABLES[ref.kind]}."
        )
    if place.kind != "keyring":
        say(f"Not stored: {place.why or 'no keyring accepted it'}.")
        say(f"A command cannot keep a secret after it ends. Set {VARIABLES[ref.kind]} instead.")
        return 2
    if ref.kind == "v7-key" and ref.name:
        save_teams(put(load_teams(), KnownTeam(str(ref.origin), ref.name, ref.name)))
    say(f"Stored: {place.title}.")
    return 0


def _list(store: SecretStore) -> int:
    """The teams, and where their keys are stored; no key is shown."""
    teams = load_teams()
    for team in teams:
        place = store.place(team_ref(parse_address(team.host).address.origin, team.slug))
        print(printable(f"{team.slug}  {team.name}  {team.host}  {team.environment or '-'}  {place.title}"))
    if teams and store.unreadable:
        raise InputError(f"The keyring could not be read: {store.unreadable}. Unlock it and try again.")
    if not teams:
        say("No team has its own key yet. Add one with key set --team SLUG.")
    return 0


def _read(prompt: str) -> str:
    """One line. Passwords may have spaces, so only the line break is removed."""
    try:
        if sys.stdin.isatty():
            import getpass

            return getpass.getpass(prompt, stream=sys.stderr)
        return sys.stdin.readline().rstrip("\r\n")
    except EOFError:
        return ""
    except UnicodeError:
        raise InputError("What was entered is not UTF-8 text, so nothing was changed.") from None


def _ref(arguments: argparse.Namespace) -> SecretRef:
    named = [(kind, getattr(arguments, key)) for kind, key in NAMED if getattr(arguments, key)]
    if not arguments.endpoint:
        if named:
            raise InputError("Name the endpoint of the secret with --endpoint URL.")
        return SecretRef("v7-key", v7_host(environment()), arguments.team or "")
    if arguments.team:
        raise InputError("--team is for V7 keys; an endpoint's secrets belong to its address.")
    if len(named) != 1:
        raise InputError("Name the endpoint's secret: --user NAME, --secret-header NAME or --query NAME.")
    kind, name = named[0]
    assert kind in ("basic", "header", "query")
    return SecretRef(kind, parse_address(arguments.endpoint).address.origin, name)  # type: ignore[arg-type]


VARIABLES = {
    "v7-key": V7_KEY_VARIABLE,
    "basic": PASSWORD_VARIABLE,
    "header": SECRET_VARIABLE,
    "query": SECRET_VARIABLE,
}
NAMED = (("basic", "user"), ("header", "secret_header"), ("query", "query"))
