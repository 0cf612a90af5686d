"""One line of the page: what was tried, how often, what came of it, and why it fell short where it did."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = Path(__file__).parent / "recorded.json"
"""The rows of the last run of each part, so that one part can be run again alone."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the page.

    Args:
        line: what was put to the test.
        tried: what was done, in words.
        times: how many times.
        happened: what came of it.
        short: why it fell short; empty where it did not.
    """

    line: str
    tried: str
    times: int
    happened: str
    short: str = ""


def load(place: Path = KEPT) -> dict[str, list[Row]]:
    """The rows of the runs before, by part."""
    if not place.exists():
        return {}
    return {part: [Row(**row) for row in rows] for part, rows in json.loads(place.read_text("utf-8")).items()}


def keep(rows: Mapping[str, Sequence[Row]], place: Path = KEPT) -> None:
    """Writes the rows of all parts."""
    value = {part: [asdict(row) for row in each] for part, each in rows.items()}
    place.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")
