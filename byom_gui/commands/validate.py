"""``byom-gui validate``: checks saved responses, class lists, projects or registrations; no server needed."""

from __future__ import annotations

import argparse
from pathlib import Path

from byom_gui.commands.common import check_targets, json_text, printable, read_class_file, say, write_text
from byom_gui.core.classes import ClassList
from byom_gui.core.errors import FileError
from byom_gui.core.image import ImageSource
from byom_gui.services.images import read_image
from byom_gui.services.judging import Judged, judge_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="saved responses, class lists, projects, registrations"
    )
    parser.add_argument("--json", metavar="FILE", help="write the verdicts as JSON (- is stdout)")
    parser.add_argument("--image", metavar="FILE", help="the image that the responses are for")
    parser.add_argument("--classes", metavar="FILE", help="the class list to compare the responses with")


def run(arguments: argparse.Namespace) -> int:
    """1 if any file has an error, 2 if one cannot be read."""
    check_targets(arguments.json)
    image = read_image(Path(arguments.image)) if arguments.image else None
    listed = read_class_file(Path(arguments.classes)) if arguments.classes else None
    tried = [_judge(Path(name), image, listed) for name in arguments.files]
    judged = [one for one in tried if one is not None]
    if arguments.json:
        files = [one.as_json() for one in judged]
        write_text(arguments.json, json_text({"format": "byom-validate/1", "files": files}))
    if arguments.json != "-":
        for one in judged:
            print(printable(_line(one)))
    if len(judged) < len(tried):
        return 2
    return 1 if any(f.severity == "error" for one in judged for f in one.findings) else 0


def _judge(path: Path, image: ImageSource | None, listed: ClassList | None) -> Judged | None:
    """The file's verdict; None, with a message on stderr, if it cannot be read. The others are still checked."""
    try:
        return judge_file(path, image, listed)
    except FileError as error:
        say(error.sentence)
        return None


def _line(one: Judged) -> str:
    kind = f"{one.kind} ({one.form})" if one.form else one.kind
    lines = [f"{one.path}: {kind}, {_verdict(one)}"]
    for finding in one.findings:
        times = f" ({finding.count} times)" if finding.count > 1 else ""
        lines.append(f"  {finding.severity.upper()}  {finding.id}{times}  {finding.where}")
        lines.append(f"    {finding.what}")
        if finding.fix:
            lines.append(f"    Fix: {finding.fix}")
            lines += [f"      {line}" for line in finding.snippet.splitlines()]
    return "\n".join(lines)


def _verdict(one: Judged) -> str:
    errors = sum(f.severity == "error" for f in one.findings)
    if errors:
        return f"{errors} error{'s' if errors > 1 else ''}"
    return "valid, with warnings" if any(f.severity == "warning" for f in one.findings) else "valid"
