"""Maps the model's classes to those of the V7 key's team, for ``classes --mapping`` and ``classes --make``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from byom_gui import __version__
from byom_gui.commands.common import Connection, environment, json_text, say, v7_key, write_text
from byom_gui.commands.register import exit_code
from byom_gui.core.cancel import CancelToken
from byom_gui.core.class_mapping import (
    MATCH_WORDS,
    MappedClass,
    NewClass,
    chosen_in,
    map_classes,
    mapping_json,
    open_rows,
    to_make,
)
from byom_gui.core.classes import ClassList
from byom_gui.core.endpoint import SecretRef
from byom_gui.core.errors import Cancelled, InputError
from byom_gui.core.reconcile import rows, words
from byom_gui.core.registering import TeamClass, TeamInfo, V7Error
from byom_gui.services import http
from byom_gui.services.v7 import V7, v7_host
from byom_gui.services.wire import Options


@dataclass(frozen=True, slots=True)
class _Team:
    """The team whose classes are used, and how to fetch them."""

    client: V7
    key: str
    info: TeamInfo
    token: CancelToken

    def classes(self) -> tuple[TeamClass, ...]:
        return self.client.team_classes(self.key, self.info.slug, self.token)


def map_to_team(arguments: argparse.Namespace, connection: Connection, listed: ClassList, token: CancelToken) -> int:
    """Prints the mapping, creates the requested classes, writes the file.

    0 if every class is mapped to one of the team's, 1 if not, 4 and 5 as ``register``.
    """
    host = v7_host(environment())
    key = v7_key(connection.store, SecretRef("v7-key", host))
    client = V7(host, http.send, Options())
    try:
        team = _Team(client, key, client.token_info(key, token), token)
        chosen = chosen_in(connection.project, str(host), team.info.slug)
        known, mapped = _mapped(team, listed, chosen)
        if arguments.make is not None and _make(arguments, team, mapped, known):
            known, mapped = _mapped(team, listed, chosen)
    except V7Error as error:
        say(error.sentence)
        return exit_code(error.kind)
    for each in mapped:
        to = f" → {each.target.name}" if each.target else ""
        say(f"{MATCH_WORDS[each.match]}: {each.name}{to}. {each.problem}".strip())
    if arguments.mapping:
        created = datetime.now(UTC).isoformat(timespec="seconds")
        model, tool = connection.project.registration.name, f"byom-gui {__version__}"
        write_text(arguments.mapping, json_text(mapping_json(mapped, team.info, str(host), model, created, tool)))
    left = len(open_rows(mapped))
    say(f"{len(mapped) - left} of {len(mapped)} classes matched in the team {team.info.name}.")
    return 1 if left or not mapped else 0


def _mapped(
    team: _Team, listed: ClassList, chosen: Mapping[str, str]
) -> tuple[tuple[TeamClass, ...], tuple[MappedClass, ...]]:
    known = team.classes()
    return known, map_classes(rows(listed, None, (), known), known, chosen)


def _make(
    arguments: argparse.Namespace, team: _Team, mapped: Sequence[MappedClass], known: Sequence[TeamClass]
) -> bool:
    """Creates the missing classes after a confirmation; returns whether there were any."""
    from byom_gui.services.class_making import make_missing

    makes, others = to_make(mapped, known)
    for name, why in others:
        say(f"“{name}” is not created: {why}.")
    wanted = _named(arguments.make, makes)
    if not wanted:
        say("There are no classes to create.")
        return False
    say(f"To create in the team {team.info.name}: " + ", ".join(f"{one.name} ({words(one.type)})" for one in wanted))
    _ask(arguments, team)
    report = make_missing(
        team.client, team.key, team.info.slug, wanted, team.token,
        lambda done, of, text: say(f"[{done + 1}/{of}] {text}" if of else text),
    )  # fmt: skip
    say(report.sentence)
    return True


def _named(names: Sequence[str], makes: Sequence[NewClass]) -> tuple[NewClass, ...]:
    """The named classes, or all if none is named. Raises InputError for one that cannot be created."""
    by_name = {each.name: each for each in makes}
    unknown = next((name for name in names if name not in by_name), None)
    if unknown is not None:
        raise InputError(f"“{unknown}” is not a missing class that can be created.", where="make")
    return tuple(by_name[name] for name in names) if names else tuple(makes)


def _ask(arguments: argparse.Namespace, team: _Team) -> None:
    """Everyone in the team sees new classes, so this needs a confirmation.

    Raises:
        InputError: there is no terminal to ask on.
        Cancelled: the answer is no.
    """
    if arguments.yes:
        return
    if not sys.stdin.isatty():
        raise InputError(f"Add --yes to create them in the team {team.info.name}.")
    say("Create them? [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Cancelled
