"""``byom-gui reach``: can V7 reach the server? From here, from elsewhere with a script, and what cannot be known."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from byom_gui.commands.common import (
    add_connection_options,
    cancel_on_interrupt,
    check_targets,
    connect,
    json_text,
    printable,
    say,
    write_text,
)
from byom_gui.core.errors import FileError, InputError
from byom_gui.core.reaching import UNKNOWN, Row, as_json, found_here, judged, reached, read_output, script
from byom_gui.services.files import read_bytes
from byom_gui.services.images import small_sample

_MARKS = {"ok": "ok  ", "warn": "WARN", "bad": "BAD ", "todo": "?   "}
_MOST = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("endpoint", metavar="ENDPOINT", nargs="?", help="the model's address, with its path")
    parser.add_argument("--script", metavar="FILE", help="only write the script to run elsewhere (- is stdout)")
    parser.add_argument("--read", metavar="FILE", help="evaluate the script's output (- is stdin)")
    parser.add_argument("--json", metavar="FILE", help="write the results as JSON (- is stdout)")
    add_connection_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if nothing was found that blocks V7, 1 if something was, 3 if nothing responded from here."""
    check_targets(arguments.script, arguments.json)
    connection = connect(arguments, [arguments.endpoint] if arguments.endpoint else [])
    endpoint = connection.endpoint
    if arguments.script:
        write_text(arguments.script, script(endpoint))
        say("Run it with sh on a machine in a different network, then pass its output to reach --read.")
        return 0
    there: tuple[Row, ...] = ()
    here: tuple[Row, ...] = ()
    silent = False
    if arguments.read:
        there = judged(read_output(_text(arguments.read), endpoint))
    else:
        report = connection.server.ping(
            endpoint, connection.settings, small_sample(), cancel_on_interrupt(connection.store), lambda _: None
        )
        here, silent = found_here(report, connection.settings), report.call is None or not report.call.status
    if arguments.json:
        write_text(arguments.json, json_text(as_json(endpoint, here, there)))
    if arguments.json != "-":
        for row in (*here, *there):
            print(printable(f"{_MARKS[row.outcome]}  {row.title}: {row.text}"))
        for title, text in UNKNOWN:
            print(f"{_MARKS['todo']}  {title}: {text}")
    if silent:
        return 3
    return 0 if reached((*here, *there)) else 1


def _text(name: str) -> str:
    """The script's output. Raises FileError, InputError."""
    try:
        data = sys.stdin.buffer.read(_MOST + 1) if name == "-" else read_bytes(Path(name))
    except OSError as error:
        raise FileError(f"stdin cannot be read: {error.strerror}.", where=name) from None
    if len(data) > _MOST:
        raise InputError("This is far more than the script prints. Paste only the script's output.")
    return data.decode("utf-8", "replace")
