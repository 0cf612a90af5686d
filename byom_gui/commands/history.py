"""``byom-gui history``: what was registered from here, and what has changed since."""

from __future__ import annotations

import argparse

from byom_gui.commands.common import (
    cancel_on_interrupt,
    check_targets,
    json_text,
    open_store,
    printable,
    say,
    tell_secrets,
    write_text,
)
from byom_gui.core.errors import InputError
from byom_gui.core.ledger import Entry, entry_to_json
from byom_gui.core.project import Settings
from byom_gui.services.ledger import Ledger, since
from byom_gui.services.model_server import ModelServer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("number", metavar="N", nargs="?", type=int, help="number of a registration; 1 is the newest")
    parser.add_argument(
        "--compare", action="store_true", help="compare with the server's current responses (the newest, or N)"
    )
    parser.add_argument("--forget", action="store_true", help="delete N from the history; V7 keeps it")
    parser.add_argument(
        "--arrived",
        choices=("yes", "no"),
        help="after an unknown outcome, say whether you found N (default: the newest) in V7",
    )
    parser.add_argument("--json", metavar="FILE", help="write it as JSON (- is stdout)")


def run(arguments: argparse.Namespace) -> int:
    """0; with ``--compare``, 1 if something changed since registering, 3 if the server does not respond."""
    check_targets(arguments.json)
    ledger = Ledger()
    entries, damaged = ledger.entries()
    if damaged:
        say(f"Skipped {damaged} entries that cannot be read, in {ledger.folder}.")
    if arguments.forget:
        entry = _one(entries, arguments.number)
        ledger.forget(entry.id)
        say(f"Deleted from the history: {entry.registration.name} in {entry.team_name}. V7 still has it.")
        return 0
    if arguments.arrived:
        return _settle(ledger, _one(entries, arguments.number or 1), arguments.arrived == "yes")
    if arguments.compare:
        return _compare(_one(entries, arguments.number or 1), arguments.json)
    shown = entries if arguments.number is None else (_one(entries, arguments.number),)
    if arguments.json:
        write_text(arguments.json, json_text([entry_to_json(entry) for entry in shown]))
    if arguments.json != "-":
        for number, entry in enumerate(shown, arguments.number or 1):
            print(printable(_line(number, entry)))
            if arguments.number is not None:
                print(printable("\n".join(f"   {one.name}, {one.type}" for one in entry.classes)))
    if not entries:
        say("Nothing was registered from this computer yet.")
    return 0


def _one(entries: tuple[Entry, ...], number: int | None) -> Entry:
    if number is None or not 1 <= number <= len(entries):
        raise InputError(f"Give the number of one of the {len(entries)} registrations; 1 is the newest.")
    return entries[number - 1]


def _settle(ledger: Ledger, entry: Entry, there: bool) -> int:
    name = f"{entry.registration.name} in {entry.team_name}"
    if entry.outcome != "unknown":
        raise InputError(f"{name} is already known as registered. To delete it here, use --forget.")
    ledger.settle(entry, there)
    say(f"{name}: registered, as you confirmed." if there else f"{name}: not in V7, so it is no longer listed here.")
    return 0


def _line(number: int, entry: Entry) -> str:
    outcome = "" if entry.outcome == "registered" else "  (V7 did not respond: it may have arrived)"
    where = f"{entry.team_name} at {entry.host}"
    return f"{number:>3}  {entry.when}  {entry.registration.name}  {where}  {entry.address}  " + (
        f"{len(entry.classes)} classes{outcome}"
    )


def _compare(entry: Entry, target: str | None) -> int:
    store = open_store()
    endpoint = entry.registration.endpoint
    if endpoint is not None:
        store.environment_origin = endpoint.origin
        tell_secrets(endpoint, store)
    say(f"{entry.registration.name}, registered {entry.when}: comparing with {entry.address}")
    server, token = ModelServer(store.get), cancel_on_interrupt(store)
    found = since(entry, server, Settings(), token, lambda done, of: say(f"[{done}/{of}]"))
    for sentence in found.sentences():
        say(sentence)
    if target:
        value = {"changed": found.changed, "said": list(found.sentences()), "same": found.same}
        write_text(target, json_text(value))
    if found.classes is None and not found.same and not found.moved:
        return 3
    return 1 if found.changed else 0
