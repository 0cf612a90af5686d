"""``byom-gui new``: makes a project."""

from __future__ import annotations

import argparse
from pathlib import Path

from byom_gui.commands.common import Connection, add_connection_options, cancel_on_interrupt, connect, say
from byom_gui.core.classes import ClassList
from byom_gui.core.contract import read_classes
from byom_gui.core.endpoint import SecretRef, parse_address
from byom_gui.core.errors import InputError, JsonError
from byom_gui.core.project import SUFFIX, Project
from byom_gui.core.registration import Registration
from byom_gui.services.files import save_project
from byom_gui.services.secrets import SECRET_VARIABLE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("endpoint", metavar="ENDPOINT", nargs="?", help="where the model answers, with its path")
    parser.add_argument("--name", required=True, help="the model's name in V7")
    parser.add_argument("-o", "--out", required=True, metavar="P.byom.json", help="the project file to write")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    add_connection_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Writes the project; asks the classes address for its classes where no file was given."""
    out = Path(arguments.out)
    if not out.name.endswith(SUFFIX):
        raise InputError(f"The project's file has to end in {SUFFIX}: {out.name}{SUFFIX}, say.")
    if not arguments.name.strip():
        raise InputError("The model needs a name: --name nuclei, say.")
    if out.exists() and not arguments.force:
        raise InputError(f"{out} is there already. Take another name, or add --force.")
    connection = connect(arguments, [arguments.endpoint] if arguments.endpoint else [])
    classes = connection.classes
    if arguments.classes_url and not arguments.classes:
        fetched = _fetched(connection)
        if fetched is None:
            return 3
        classes = fetched
    _keep_query_values(arguments.endpoint or "", connection)
    registration = Registration(arguments.name, connection.endpoint, classes)
    save_project(out, Project(registration, connection.project.images, connection.settings))
    say(f"Wrote {out} with {len(classes)} classes.")
    return 0


def _fetched(connection: Connection) -> ClassList | None:
    """The served list; None, said on stderr, where nothing answered."""
    seen = connection.server.classes(connection.endpoint, connection.settings, cancel_on_interrupt(connection.store))
    reply = seen.call.reply
    if reply is None:
        say(f"{seen.address.shown} did not answer. Is the server running? Or give a file with --classes instead.")
        return None
    if reply.status != 200:
        shown = seen.address.shown
        raise InputError(f"{shown} answers {reply.status}, not a class list. Give a file with --classes instead.")
    try:
        served = read_classes(reply.body)
    except JsonError as error:
        raise InputError(f"What {seen.address.shown} says is no JSON: {error.sentence}") from None
    if not served.entries:
        raise InputError(f"What {seen.address.shown} says holds no classes in V7's form.")
    return ClassList(served.entries)


def _keep_query_values(endpoint: str, connection: Connection) -> None:
    """Values of the address's query are secrets: the project keeps their names, the keyring their values."""
    if not endpoint:
        return
    parsed = parse_address(endpoint)
    for name, value in parsed.query_values:
        if value:
            place = connection.store.set(SecretRef("query", parsed.address.origin, name), value)
            if place.kind == "keyring":
                say(f"The value of ?{name}= is kept: {place.title}.")
            elif connection.store.unreadable:
                raise InputError(
                    f"The value of ?{name}= could not be stored: {place.why}. Unlock the keyring and try again, or "
                    f"leave the value out of the address and set {SECRET_VARIABLE} when you use the project."
                )
            else:
                # A command ends at once: what its memory holds is gone with it.
                why = place.why or "no keyring would take it"
                say(f"The value of ?{name}= is not kept: {why}. Set {SECRET_VARIABLE} when you use the project.")
