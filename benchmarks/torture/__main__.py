"""``python3 dev.py torture [PART ...]``: runs the parts and writes ``docs/reliability.md``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from benchmarks.torture.report import PARTS, page
from benchmarks.torture.row import Row, keep, load

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


def main() -> int:
    """Runs what is asked for; 1 where a row fell short."""
    parser = argparse.ArgumentParser(prog="dev.py torture", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; all where none is named")
    wanted: list[str] = parser.parse_args().part or list(PARTS)
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        parser.error(f"There is no part {unknown[0]}. There are: {', '.join(PARTS)}.")
    rows = load()
    for part in wanted:
        print(part, flush=True)
        begin = time.perf_counter()
        run: Callable[[Callable[[str], None]], list[Row]] = import_module(f"benchmarks.torture.{part}").run
        rows[part] = run(_say)
        for row in rows[part]:
            _say(f"{'FELL SHORT' if row.short else 'holds'}: {row.line}: {row.happened} {row.short}")
        _say(f"{time.perf_counter() - begin:.0f} s")
        keep(rows)
        PAGE.write_text(page(rows), "utf-8")
    return 1 if any(row.short for part in wanted for row in rows[part]) else 0


if __name__ == "__main__":
    sys.exit(main())
