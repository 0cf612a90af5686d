"""``byom-gui classes``: the server's class list in V7's format."""

from __future__ import annotations

import argparse
import json

from byom_gui.commands.common import (
    add_connection_options,
    cancel_on_interrupt,
    check_targets,
    connect,
    printable,
    say,
    say_odd_names,
)
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.contract import read_classes
from byom_gui.core.errors import JsonError
from byom_gui.core.observations import ClassesObservation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("endpoint", metavar="ENDPOINT", nargs="?", help="the model's address, with its path")
    parser.add_argument(
        "--mapping",
        metavar="FILE",
        help="write their mapping to the classes of the V7 key's team as JSON (- is stdout)",
    )
    parser.add_argument(
        "--make",
        metavar="CLASS",
        nargs="*",
        help="create the classes that the team lacks, all or these, after a confirmation",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before creating classes")
    add_connection_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints the list as ``[{"name", "type"}]``; 1 if it is not in V7's format, 3 without a response.

    With ``--mapping`` or ``--make``: 1 if a class is not mapped, 4 and 5 if V7 refused or was not reached.
    """
    check_targets(arguments.mapping)
    connection = connect(arguments, [arguments.endpoint] if arguments.endpoint else [])
    seen = connection.server.classes(
        connection.endpoint, connection.settings, token := cancel_on_interrupt(connection.store)
    )
    asked = arguments.mapping or arguments.make is not None
    if not asked or seen.call.reply is None or seen.call.reply.status != 200:
        return show(seen)
    from byom_gui.commands.mapping import map_to_team

    listed = connection.classes if len(connection.classes) else ClassList(_served(seen))
    return map_to_team(arguments, connection, listed, token)


def _served(seen: ClassesObservation) -> tuple[ClassEntry, ...]:
    """What the server lists; nothing if it is not JSON."""
    try:
        return read_classes(seen.call.reply.body).entries if seen.call.reply else ()
    except JsonError:
        return ()


def show(seen: ClassesObservation) -> int:
    """Prints what the class list address returned."""
    reply, readable, failure = seen.call.reply, seen.call.readable, seen.call.failure
    if reply is None or readable is None:
        came = f"HTTP {seen.call.status}, and no usable response" if seen.call.status else "no response"
        say(f"{seen.address.shown}: {came}: {failure.detail if failure else ''}")
        return 1 if seen.call.status else 3
    if reply.status != 200:
        say(f"{seen.address.shown} returned status {reply.status}. You can also enter the classes in V7's own dialog.")
        return 1
    try:
        served = read_classes(reply.body)
    except JsonError as error:
        say(f"The response from {seen.address.shown} is not JSON: {error.sentence}")
        return 1
    say(f"{len(served.entries)} classes from {seen.address.shown}")
    for problem in read_classes(readable.body).problems:
        say(f"{problem.path}: {problem.message}")
    say_odd_names(served.entries, seen.address.shown)
    rows = [json.dumps({"name": e.name, "type": e.type}, ensure_ascii=False) for e in served.entries]
    print(printable("[\n" + ",\n".join(f"  {row}" for row in rows) + "\n]" if rows else "[]"))
    return 1 if served.problems or not served.entries else 0
