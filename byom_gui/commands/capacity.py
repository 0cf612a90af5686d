"""``byom-gui capacity``: measures what a model server can handle, and estimates the time for many items."""

from __future__ import annotations

import argparse
import sys

from byom_gui.commands.common import (
    Connection,
    add_connection_options,
    cancel_on_interrupt,
    check_targets,
    connect,
    json_text,
    printable,
    read_images,
    say,
    say_progress,
    write_text,
)
from byom_gui.core import capacity
from byom_gui.core.errors import Cancelled, InputError
from byom_gui.services.checkup import sample_images
from byom_gui.services.measuring import Target, measure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("positionals", metavar="ENDPOINT [IMAGE…]", nargs="*", help="images: files, folders, globs")
    parser.add_argument(
        "--items", type=_items, required=True, metavar="N", help="the number of items to run inference on"
    )
    parser.add_argument("--max-calls", type=int, default=capacity.MAX_CALLS, metavar="N", help="at most N calls")
    parser.add_argument("--price", default="", metavar="CREDITS", help="credits per item, from your contract")
    parser.add_argument("--yes", action="store_true", help="do not ask before a load test of another machine")
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON (- is stdout)")
    add_connection_options(parser)


def _items(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000_000_000):
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 1000000000")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """0 if a rate was found, 1 if too many calls failed or the server died, 3 if there was never an HTTP status."""
    price = capacity.parse_price(arguments.price)
    check_targets(arguments.json)
    steps = capacity.plan(arguments.max_calls, arguments.concurrency or capacity.AT_ONCE[-1])
    connection = connect(arguments, arguments.positionals)
    images = read_images(connection.positionals, arguments.max_calls) or sample_images()
    say(capacity.plan_text(steps, connection.endpoint.origin.host))
    _ask_first(connection, yes=arguments.yes)
    to = connection.server, connection.endpoint, connection.settings
    found = measure(
        Target(*to, images, arguments.image_url or ""),
        steps,
        cancel_on_interrupt(connection.store),
        say_progress,
        lambda level: say(_row(level, arguments.items)),
    )
    if arguments.json != "-":
        print(printable("\n".join([*_table(found, arguments.items), *_said(found, arguments, price)])))
    if arguments.json:
        shown = connection.endpoint.infer.shown
        write_text(arguments.json, json_text(capacity.as_json(found, shown, arguments.items, price)))
    if found.unreachable:
        return 3
    return 0 if found.found else 1


def _said(found: capacity.Capacity, arguments: argparse.Namespace, price: capacity.Price) -> list[str]:
    return capacity.conclusions(found, arguments.items, price)


def _ask_first(connection: Connection, *, yes: bool) -> None:
    """A load test of another machine needs a confirmation.

    Raises:
        InputError: there is no terminal to ask on.
        Cancelled: the answer is no.
    """
    origin = connection.endpoint.origin
    if yes or origin.is_loopback:
        return
    if not sys.stdin.isatty():
        raise InputError(f"{origin.host} is not this machine. Add --yes to run the load test anyway.")
    say(f"{origin.host} is not this machine. Run the load test anyway? [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Cancelled


_HEAD = ("parallel", "calls", "failed", "p50 ms", "p95 ms", "p99 ms", "per s", "hours")


def _table(found: capacity.Capacity, items: int) -> list[str]:
    if not found.levels:
        return []
    head = "  ".join(f"{title:>8}" for title in _HEAD)
    return [head, *(_row(level, items) for level in found.levels), ""]


def _row(level: capacity.Level, items: int) -> str:
    hours = level.hours(items)
    times = [f"{time:,.0f}" if time is not None else "–" for time in (level.p50, level.p95, level.p99)]
    cells = [
        str(level.at_once),
        str(level.calls),
        f"{level.error_rate:.0%}",
        *times,
        f"{level.per_second:,.2f}",
        f"{hours:,.2f}" if hours is not None else "–",
    ]
    return "  ".join(f"{cell:>8}" for cell in cells)
