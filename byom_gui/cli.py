"""``byom-gui``: opens the window, or does the same work without one.

Results go to stdout, progress and messages to stderr; secrets go to neither. Heavy modules are imported by the
command that needs them, so that ``--help`` and the window start immediately.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import sys
from collections.abc import Sequence

from byom_gui import __version__
from byom_gui.commands import standard_streams

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "open the app on the built-in server with sample images"),
    "new": ("new", "create a project"),
    "check": ("check", "diagnose a model server completely"),
    "infer": ("infer", "send images, write responses and overlays"),
    "capacity": ("capacity", "measure how many requests a server can handle, and estimate the time for many items"),
    "reach": ("reach", "check whether V7 can reach the server, from here and from elsewhere with a script"),
    "classes": ("classes", "show the server's class list in V7's format"),
    "validate": ("validate", "check saved responses, class lists, projects or registrations"),
    "export": ("export", "write the registration JSON of a project"),
    "register": ("register", "submit a project or a registration JSON to V7"),
    "history": ("history", "list what was registered from this computer, and what has changed since"),
    "key": ("key", "store, delete or find the V7 key or an endpoint's secret"),
    "scaffold": ("scaffold", "create a new model server, ready to run, with your model behind one function"),
    "serve": ("serve", "run the built-in model server, correct or with a named fault"),
    "sandbox": ("sandbox", "run the V7 stand-in"),
}
"""Command -> module in ``byom_gui.commands`` and one line of help."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the program itself, with its commands. Loads none of them."""
    parser = argparse.ArgumentParser(
        prog="byom-gui",
        description="Preview, check and register your own computer-vision model with V7 Darwin.",
        epilog="Without a command, byom-gui opens the window; byom-gui FILE.byom.json opens a saved project.",
    )
    parser.add_argument("--version", action="version", version=f"byom-gui {__version__}")
    parser.add_argument(
        "--quit-after-first-paint", action="store_true", help="for measurements: quit after the window was painted"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (_, text) in COMMANDS.items():
        commands.add_parser(name, help=text)
    return parser


def command_parser(name: str) -> argparse.ArgumentParser:
    """One command's parser. It is separate, because only then can options and positionals be mixed freely."""
    module, text = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"byom-gui {name}", description=f"{text[0].upper()}{text[1:]}.")
    command = importlib.import_module(f"byom_gui.commands.{module}")
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)
    return parser


def collect_less() -> None:
    """A response creates hundreds of thousands of objects without cycles: looking for cycles doubled its
    time."""
    gc.set_threshold(50_000, 20, 50)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code (see ``docs/commands.md``)."""
    words = list(sys.argv[1:] if argv is None else argv)
    collect_less()
    standard_streams.guard()
    try:
        try:
            code = _main(words)
        except SystemExit:  # argparse has printed its help
            sys.stdout.flush()
            raise
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("Canceled.", file=sys.stderr)
        return 130
    except standard_streams.OutputError as error:
        print(f"byom-gui: {error.sentence}", file=sys.stderr)
        return 2
    return code


def _main(words: list[str]) -> int:
    if words and words[0] in COMMANDS:
        return _run(command_parser(words[0]).parse_intermixed_args(words[1:]))
    files = [word for word in words if not word.startswith("-")]
    if len(files) <= 1 and all(word.endswith(".json") for word in files):
        options = build_parser().parse_args([word for word in words if word not in files])
        path = files[0] if files else None
        return _open_window(path, quit_after_first_paint=options.quit_after_first_paint)
    build_parser().parse_args(words)
    return _run(command_parser(files[0]).parse_intermixed_args(words[words.index(files[0]) + 1 :]))


def _run(arguments: argparse.Namespace) -> int:
    from byom_gui.core.errors import AppError, Cancelled

    try:
        return int(arguments.run(arguments))
    except Cancelled:
        print("Canceled.", file=sys.stderr)
        return 130
    except AppError as error:
        from byom_gui.commands.common import say

        say(f"byom-gui: {error.sentence}")
        return 2
    except OSError as error:
        # System errors that no command expects: a name that is too long, a loop of links, no temporary folder.
        from byom_gui.commands.common import say

        what = f"{str(error.filename)[:200]} cannot be used" if error.filename else "The system reported an error"
        say(f"byom-gui: {what}: {error.strerror or error}.")
        return 2


def _open_window(path: str | None, *, quit_after_first_paint: bool) -> int:
    from byom_gui import app
    from byom_gui.core.errors import SetupError

    try:
        return app.open_window(path, quit_after_first_paint=quit_after_first_paint)
    except SetupError as error:
        print(f"byom-gui: {error.sentence}", file=sys.stderr)
        return 2
