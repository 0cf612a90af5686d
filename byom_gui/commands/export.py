"""``byom-gui export``: the registration JSON of a project."""

from __future__ import annotations

import argparse
from pathlib import Path

from byom_gui.commands.common import json_text, say, write_text
from byom_gui.core.errors import InputError
from byom_gui.core.registration import registration_to_json
from byom_gui.services.files import as_exported, export_registration, load_any
from byom_gui.services.stores import load_report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("file", metavar="FILE", help="a project, or a registration JSON")
    parser.add_argument(
        "-o", "--out", required=True, metavar="OUT", help="the registration JSON to write (- is stdout)"
    )
    parser.add_argument("--with-check", action="store_true", help="include the last check's report")


def run(arguments: argparse.Namespace) -> int:
    """Writes the registration; it contains no secrets."""
    loaded = load_any(Path(arguments.file))
    if loaded.error is not None:
        raise loaded.error
    if loaded.registration is None:
        raise InputError(f"{arguments.file} is neither a project nor a registration. Choose a different file.")
    endpoint = loaded.registration.endpoint
    report = None
    if arguments.with_check:
        report = load_report(endpoint) if endpoint is not None else None
        if report is None:
            raise InputError("This endpoint was not checked yet. Run byom-gui check first, or omit --with-check.")
    reason = loaded.project.settings.override_reason if loaded.project is not None else ""
    if arguments.out == "-":
        written = as_exported(loaded.registration, report, override_reason=reason)
        write_text("-", json_text(registration_to_json(written)))
        return 0
    export_registration(Path(arguments.out), loaded.registration, report, override_reason=reason)
    say(f"Wrote {arguments.out}.")
    return 0
