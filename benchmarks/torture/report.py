"""The page ``docs/reliability.md`` out of the rows; nothing in it is written by hand but the words before each part."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence

from benchmarks.torture.row import Row

PARTS: dict[str, tuple[str, str]] = {
    "promises": ("Never wrong, never silent", "Each point is a group of the committed tests, run and counted."),
    "answers": ("Answers", "What a server may send, from its bytes to the painted canvas."),
    "disk": ("Disk", "Saving, autosaving and writing reports."),
    "servers": ("Servers", "On loopback; each row is a group of the committed tests, run by torture."),
    "images": ("Images", "One bad image never stops the rest, and says why."),
    "keyring": ("Keyring", "Never a silent fall-back to plain text."),
    "security": ("Security", "The threat model is [security.md](security.md)."),
    "soak": ("Staying up", "One window, many operations."),
    "shipping": ("Shipping", "More on it in [shipping.md](shipping.md)."),
}
"""By the names of their modules: the part's title, and a word before its table."""


def page(rows: Mapping[str, Sequence[Row]]) -> str:
    """The whole page."""
    short = [row for each in rows.values() for row in each if row.short]
    count = sum(map(len, rows.values()))
    lines = [
        "# Reliability",
        "",
        "Made by `python3 dev.py torture`; `dev.py torture PART` runs one part anew. "
        f"Measured on {platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}.",
        "",
        f"{count - len(short)} of {count} rows hold." + (" Those that fell short say why." if short else ""),
    ]
    for part, (title, words) in PARTS.items():
        if part in rows:
            lines += ["", f"## {title}", words, "", "| what | tried | times | what happened |", "|---|---|---:|---|"]
            lines += [_line(row) for row in rows[part]]
    missing = [title for part, (title, _) in PARTS.items() if part not in rows]
    if missing:
        lines += ["", "## Not measured yet", ", ".join(missing) + "."]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    happened = f"{row.happened}. **Fell short:** {row.short}" if row.short else row.happened
    return "| " + " | ".join(map(_cell, (row.line, row.tried, f"{row.times:,}", happened))) + " |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
