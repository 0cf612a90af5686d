"""``byom-gui``: opens the window, or does the same work without one.

Results go to stdout, progress and messages to stderr; a secret goes to neither. Heavy modules are imported by the
command that needs them, so that ``--help`` and the window start at once.
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
    "new": ("new", "make a project"),
    "check": ("check", "the whole diagnosis of a model server"),
    "infer": ("infer", "send images, write answers and overlays"),
    "capacity": ("capacity", "measure what a server can take, and how long many items take"),
    "reach": ("reach", "will V7 reach the server: from here, and from elsewhere by a script"),
    "classes": ("classes", "what the server lists, as V7 wants it"),
    "validate": ("validate", "judge saved answers, class lists, projects or registrations"),
    "export": ("export", "write the registration JSON of a project"),
    "register": ("register", "submit a project or a registration JSON to V7"),
    "history": ("history", "what was registered from here, and what has changed since"),
    "key": ("key", "keep, forget or find the V7 key or an endpoint's secret"),
    "scaffold": ("scaffold", "a new model server, ready to run, with your model behind one function"),
    "serve": ("serve", "the built-in model server, sound or with a named fault"),
    "sandbox": ("sandbox", "the V7 stand-in"),
}
"""Command -> module in ``byom_gui.commands`` and one line of help."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the program itself: what commands there are. Loads none of them."""
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
    for name, (_, text) in COMMANDS.items():
        commands.add_parser(name, help=text)
    return parser


def command_parser(name: str) -> argparse.ArgumentParser:
    """One command's parser. It stands alone, as only then may options and positionals be mixed freely."""
    module, text = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"byom-gui {name}", description=f"{text[0].upper()}{text[1:]}.")
    command = importlib.import_module(f"byom_gui.commands.{module}")
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)
    return parser


def collect_less() -> None:
    """An answer brings objects by the hundred thousand, none of them in a circle: looking for circles doubled its
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
        # What the system refuses and no command expects: a name that is too long, a loop of links, no temporary folder.
        from byom_gui.commands.common import say

        what = f"{str(error.filename)[:200]} cannot be used" if error.filename else "The system refused"
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
