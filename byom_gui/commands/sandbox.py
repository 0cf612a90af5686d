"""``byom-gui sandbox``: the V7 stand-in, on loopback."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from byom_gui.commands.common import cancel_on_interrupt, environment, port, say
from byom_gui.commands.serve import wait
from byom_gui.core.errors import InputError

if TYPE_CHECKING:
    from byom_gui.sandbox.v7 import Trouble


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--port", type=port, default=0, metavar="N", help="port on loopback; 0 takes a free one")
    parser.add_argument(
        "--team",
        metavar="SLUG",
        action="append",
        default=[],
        help="a team; each has its own key. SLUG:read gives a read-only key",
    )
    parser.add_argument(
        "--fail",
        metavar="STATUS[*N]",
        action="append",
        default=[],
        help="simulate a failure: return this status for the next call (or N calls) that changes something",
    )
    parser.add_argument("--slow", metavar="S", type=float, default=0.0, help="delay each response by S seconds")
    parser.add_argument(
        "--record",
        metavar="FILE",
        help="for tests: write everything it receives as JSON Lines, including secrets in plain text",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serves until Ctrl+C or SIGTERM. The address is the only line on stdout; a made-up key is printed to stderr."""
    from byom_gui.sandbox.v7 import V7StandIn, teams_named

    given = environment().get("BYOM_V7_API_KEY", "")
    record = Path(arguments.record) if arguments.record else None
    teams = teams_named(arguments.team, given)
    troubles = [_trouble(word) for word in arguments.fail]
    with V7StandIn(port=arguments.port, teams=teams, slow=max(arguments.slow, 0.0), record=record) as stand_in:
        stand_in.troubles += troubles
        print(stand_in.url, flush=True)
        say("This is a stand-in, not V7. Point the app at it with DARWIN_BASE_URL. Ctrl+C stops it.")
        for number, team in enumerate(stand_in.teams):
            # The stand-in's own keys work nowhere else.
            key = "the one in BYOM_V7_API_KEY" if given and not number else f"{team.key} (made up for this run)"
            may = "" if team.rights else "; read-only"
            say(f"Key of {team.name} ({team.slug}): {key}{may}")
        if record is not None:
            say(f"For tests: everything it receives, including secrets in plain text, is written to {record}.")
        wait(cancel_on_interrupt())
    return 0


def _trouble(word: str) -> Trouble:
    """``503`` or ``503*2``. Raises InputError."""
    from byom_gui.sandbox.v7 import Trouble

    status, star, times = word.partition("*")
    if not (status.isdecimal() and 400 <= int(status) <= 599 and (not star or times.isdecimal())):
        raise InputError(
            f"“{word}” is not a valid failure. Give a status from 400 to 599, such as 503 or 503*2.", where="fail"
        )
    return Trouble(int(status), int(times or 1), "POST")
