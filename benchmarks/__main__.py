"""``python3 dev.py bench``: speed, as ratios within one run where a machine's own speed would enter.

Writes ``docs/performance.md`` and its plots; ``--only WORD`` measures and prints the lines of one part.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.speed import measure, page
from benchmarks.speed.measure import Line

DOCS = Path(__file__).resolve().parents[1] / "docs"


def parts(folder: Path) -> dict[str, Callable[[], Iterator[Line]]]:
    """What can be measured, in the order of the page."""
    return {
        "start": measure.start,
        "answers": measure.answers,
        "canvas": measure.canvas,
        "run": lambda: measure.run(folder),
        "infer": lambda: measure.infer(folder),
        "lists": lambda: measure.lists(folder),
    }


def main() -> int:
    """Measures and prints; with no part named, writes the page."""
    parser = argparse.ArgumentParser(prog="python3 dev.py bench", description=__doc__)
    parser.add_argument(
        "--only", metavar="PART", help="one of start, answers, canvas, run, infer, lists; writes nothing"
    )
    only = parser.parse_args().only
    with tempfile.TemporaryDirectory(prefix="byom-bench-") as name:
        folder = Path(name)
        every = parts(folder)
        if only and only not in every:
            parser.error(f"there is no part {only!r}")
        lines = []
        for part in [only] if only else every:
            for line in every[part]():
                print(f"{line.what}: {line.figure}; aim {line.aim}", flush=True)
                lines.append(line)
        if not only:
            plots = {"Shapes": measure.shapes_grow(), "Images": measure.images_grow(folder)}
            write(lines, plots)
    return 0


def write(lines: list[Line], plots: dict[str, dict[str, list[tuple[int, float]]]]) -> None:
    """The page and its plots."""
    names = {}
    for title, series in plots.items():
        names[f"{title}: how it grows"] = f"growth-{title.lower()}.svg"
        (DOCS / "pictures" / f"growth-{title.lower()}.svg").write_text(page.plot(title, series), encoding="utf-8")
    (DOCS / "performance.md").write_text(page.page(lines, names), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
