"""``byom-gui scaffold``: a new model server."""

from __future__ import annotations

import argparse
from pathlib import Path

from byom_gui.commands.common import say
from byom_gui.core.scaffold import CHECK, EXAMPLES, TASKS, Scaffold, next_steps
from byom_gui.services.files import read_bytes
from byom_gui.services.scaffold import write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    tasks = "; ".join(f"{name}: {words}" for name, words in TASKS.items())
    examples = "; ".join(f"{name}: {words}" for name, words in EXAMPLES.items())
    parser.add_argument("folder", metavar="DIR", help="a new or empty folder")
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--task", choices=tuple(TASKS), help=f"what the model returns ({tasks})")
    kind.add_argument(
        "--from-answer", metavar="FILE", help="start from a response of your current server in another tool's format"
    )
    parser.add_argument("--example", action="store_true", help=f"with a real model ({examples})")


def run(arguments: argparse.Namespace) -> int:
    """Writes the project; prints its files to stdout and the next steps to stderr."""
    answer = read_bytes(Path(arguments.from_answer)) if arguments.from_answer else None
    folder = Path(arguments.folder)
    wanted = Scaffold(folder, arguments.task or "", arguments.example, answer)
    for path in write(wanted):
        print(path.relative_to(folder.absolute()))
    say(f"The server is in {folder}; put your model into model.py. To start it:")
    for line in next_steps(folder):
        say(f"  {line}")
    say(f"Then, in another terminal: {CHECK}")
    return 0
