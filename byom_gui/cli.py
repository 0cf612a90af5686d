"""``byom-gui``: opens the window, or does the same work without one.

Results go to stdout, progress and messages to stderr; a secret goes to neither. Heavy modules are imported by the
command that needs them, so that ``--help`` and the window start at once.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from byom_gui import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "open the app on the built-in server with sample images"),
    "new": ("new", "make a project"),
    "check": ("check", "the whole diagnosis of a model server"),
    "infer": ("infer", "send images, write answers and overlays"),
    "classes": ("classes", "what the server lists, as V7 wants it"),
    "validate": ("validate", "judge saved answers, class lists, projects or registrations"),
    "export": ("export", "write the registration JSON of a project"),
    "register": ("register", "submit a project or a registration JSON to V7"),
    "key": ("key", "keep, forget or find the V7 key or an endpoint's secret"),
    "serve": ("serve", "the built-in model server, sound or with a named fault"),
    "sandbox": ("sandbox", "the V7 stand-in"),
}
"""Command -> module in ``byom_gui.commands`` and one line of help."""


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser; with ``only``, just that command's options are loaded."""
    parser = argparse.ArgumentParser(
        prog="byom-gui",
        description="See, check and register your own computer-vision model with V7 Darwin.",
        epilog="byom-gui alone opens the window; byom-gui FILE.byom.json opens a saved project in it.",
    )
    parser.add_argument("--version", action="version", version=f"byom-gui {__version__}")
    parser.add_argument(
        "--quit-after-first-paint", action="store_true", help="for measuring: end once the window was painted"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (module, text) in COMMANDS.items():
        made = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if only == name:
            command = importlib.import_module(f"byom_gui.commands.{module}")
            command.add_arguments(made)
            made.set_defaults(run=command.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code (see ``docs/commands.md``)."""
    words = list(sys.argv[1:] if argv is None else argv)
    first = next((word for word in words if not word.startswith("-")), None)
    if first is None and not {"-h", "--help", "--version"} & set(words):
        return _open_window(None, quit_after_first_paint="--quit-after-first-paint" in words)
    if first is not None and first not in COMMANDS and words[0] == first and first.endswith(".json"):
        return _open_window(first, quit_after_first_paint="--quit-after-first-paint" in words)
    arguments = build_parser(first if first in COMMANDS else None).parse_args(words)
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from byom_gui.core.errors import AppError, Cancelled

    try:
        return int(arguments.run(arguments))
    except (KeyboardInterrupt, Cancelled):
        print("Cancelled.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of stdout went away (``| head``): nothing is left to say, and nobody to say it to.
        sys.stderr.close()
        return 1
    except AppError as error:
        print(f"byom-gui: {error.sentence}", file=sys.stderr)
        return 2


def _open_window(path: str | None, *, quit_after_first_paint: bool) -> int:
    from byom_gui import app

    return app.open_window(path, quit_after_first_paint=quit_after_first_paint)
