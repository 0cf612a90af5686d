"""``byom-gui new``: creates a project."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from byom_gui.commands.common import (
    Connection,
    add_connection_options,
    cancel_on_interrupt,
    connect,
    say,
    say_odd_names,
)
from byom_gui.core.classes import ClassList
from byom_gui.core.contract import read_classes
from byom_gui.core.endpoint import Address, SecretRef, parse_address
from byom_gui.core.errors import InputError, JsonError
from byom_gui.core.project import SUFFIX, Project
from byom_gui.core.registration import Registration
from byom_gui.services.files import save_project
from byom_gui.services.secrets import SECRET_VARIABLE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("endpoint", metavar="ENDPOINT", nargs="?", help="the model's address, with its path")
    parser.add_argument("--name", required=True, help="the model's name in V7")
    parser.add_argument("-o", "--out", required=True, metavar="P.byom.json", help="the project file to write")
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")
    add_connection_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Writes the project; without a class file, with the server's list, found as `classes` does."""
    out = Path(arguments.out)
    if not out.name.endswith(SUFFIX):
        raise InputError(f"The project file's name must end in {SUFFIX}, such as {out.name}{SUFFIX}.")
    if not arguments.name.strip():
        raise InputError("The model needs a name, such as --name nuclei.")
    if out.exists() and not arguments.force:
        raise InputError(f"{out} already exists. Use a different name, or add --force.")
    connection = connect(arguments, [arguments.endpoint] if arguments.endpoint else [])
    classes, endpoint = connection.classes, connection.endpoint
    if not arguments.classes and (arguments.classes_url or not len(classes)):
        classes, found_at = _served(connection, must=bool(arguments.classes_url))
        if found_at is None and arguments.classes_url:
            return 3
        if found_at is not None and endpoint.classes is None and found_at != endpoint.classes_guess:
            endpoint = replace(endpoint, classes=found_at)
    _keep_query_values(arguments.endpoint or "", connection)
    registration = Registration(arguments.name, endpoint, classes)
    save_project(out, Project(registration, connection.project.images, connection.settings))
    say(f"Wrote {out} with {len(classes)} class{'' if len(classes) == 1 else 'es'}.")
    if not len(classes):
        say("Add classes before you register it: new --classes FILE --force, or in the window.")
    return 0


def _served(connection: Connection, *, must: bool) -> tuple[ClassList, Address | None]:
    """The server's list, at the given address or the usual ones, and that address.

    Without a list: none and no address, and the reason on stderr.

    Raises:
        InputError: there is a response without a list, although there must be one.
    """
    seen = connection.server.classes(connection.endpoint, connection.settings, cancel_on_interrupt(connection.store))
    where = " and ".join(address.shown for address in seen.tried) if len(seen.tried) > 1 else seen.address.shown
    reply, failure = seen.call.reply, seen.call.failure
    if reply is None:
        why = f": {failure.detail}" if failure else ""
        say(
            f"{seen.address.shown} did not respond{why}. Is the server running? You can also give a file with "
            "--classes."
        )
        return ClassList(), None
    trouble, served = "", None
    if reply.status != 200:
        trouble = f"{where} returned status {reply.status}, not a class list. Give a file with --classes instead."
    else:
        try:
            served = read_classes(reply.body)
        except JsonError as error:
            trouble = f"The response from {seen.address.shown} is not JSON: {error.sentence}"
        else:
            trouble = "" if served.entries else f"The response from {seen.address.shown} has no classes in V7's format."
    if trouble and must:
        raise InputError(trouble)
    if trouble or served is None:
        say(f"No class list found. {trouble}")
        return ClassList(), None
    say_odd_names(served.entries, seen.address.shown)
    for problem in served.problems:
        say(f"{problem.path}: {problem.message}")
    say(f"{len(served.entries)} class{'' if len(served.entries) == 1 else 'es'} from {seen.address.shown}.")
    return ClassList(served.entries), seen.address


def _keep_query_values(endpoint: str, connection: Connection) -> None:
    """Secret values of the address's query: the project has their names, the keyring their values."""
    if not endpoint:
        return
    parsed = parse_address(endpoint)
    for name, value in parsed.query_values:
        if value:
            place = connection.store.set(SecretRef("query", parsed.address.origin, name), value)
            if place.kind == "keyring":
                say(f"Stored the value of ?{name}=: {place.title}.")
            elif connection.store.unreadable:
                raise InputError(
                    f"The value of ?{name}= could not be stored, or could not be read back: {place.why}. Unlock the "
                    "keyring and try again, or "
                    f"leave the value out of the address and set {SECRET_VARIABLE} when you use the project."
                )
            else:
                # The command ends: what is only in memory is lost.
                why = place.why or "no keyring accepted it"
                say(f"The value of ?{name}= is not stored: {why}. Set {SECRET_VARIABLE} when you use the project.")
