"""``byom-gui sandbox``: the V7 stand-in, on loopback."""

from __future__ import annotations

import argparse
from pathlib import Path

from byom_gui.commands.common import cancel_on_interrupt, environment, port, say
from byom_gui.commands.serve import wait


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--port", type=port, default=0, metavar="N", help="port on loopback; 0 takes a free one")
    parser.add_argument(
        "--record",
        metavar="FILE",
        help="for tests: keep all that it receives as JSON Lines, secrets in clear",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serves until Ctrl+C or SIGTERM. The address is the one line on stdout; a made-up key is printed to stderr."""
    from byom_gui.sandbox.v7 import V7StandIn

    given = environment().get("BYOM_V7_API_KEY", "")
    record = Path(arguments.record) if arguments.record else None
    with V7StandIn(port=arguments.port, key=given, record=record) as stand_in:
        print(stand_in.url, flush=True)
        say("This is a stand-in, not V7. Point the app at it with DARWIN_BASE_URL. Ctrl+C ends it.")
        if given:
            say("It takes the key in BYOM_V7_API_KEY.")
        else:
            # A key of the stand-in's own opens nothing anywhere else.
            say(f"It takes this key, made up for this run: {stand_in.key}")
        if record is not None:
            say(f"For tests: everything it receives, secrets in clear, is written to {record}.")
        wait(cancel_on_interrupt())
    return 0
