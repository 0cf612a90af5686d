"""``python3 dev.py mutants``: a random sample of small faults in core and services, and how many the tests notice.

First the tests run once under coverage, which remembers which test runs which line. Then each fault is put into a copy
of the tree, and only the tests that run its line are run, until one fails. A fault in a line that no test runs has
survived. The seed is part of the result: the same seed and tree give the same sample. Writes ``docs/mutants.md``.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from queue import SimpleQueue

from benchmarks.mutants.mutate import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("core", "services")
TESTS = ("tests/core", "tests/services", "tests/commands", "tests/sandbox", "tests/ui")
COVERED = ROOT / "out" / "mutants.coverage"
FOLDERS = ("byom_gui", "tests", "resources", "docs", "benchmarks")
FILES = ("pyproject.toml", "dev.py", "constraints.txt", "build.spec", "CHANGELOG.md", "README.md", "LICENSE")
LIMIT = 300
"""Seconds for the tests of one fault; a fault that makes them hang is noticed, too."""
MOST_TESTS = 1500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a fault: ``killed`` by a test, or ``survived``, by how many tests that ran its line."""

    mutant: Mutant
    killed: bool
    tests: int


def sample(seed: int, count: int, only: str) -> list[Mutant]:
    """A random sample, as many of each kind: most faults that can be made are numbers, and those tell the least."""
    every: list[Mutant] = []
    for part in PARTS:
        for path in sorted((ROOT / "byom_gui" / part).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            every += mutants(name, path.read_bytes())
    every = [each for each in every if only in str(each)]
    chance = random.Random(seed)
    chance.shuffle(every)
    kinds = sorted({each.kind for each in every})
    ranked = {kind: [each for each in every if each.kind == kind] for kind in kinds}
    rounds = zip_longest(*ranked.values())
    return [each for row in rounds for each in row if each is not None][:count]


def cover() -> None:
    """Runs the tests once and keeps which test runs which line."""
    COVERED.parent.mkdir(exist_ok=True)
    sources = [f"--cov=byom_gui/{part}" for part in PARTS]
    words = [
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist",
        "loadgroup",
        *TESTS,
        *sources,
        "--cov-context=test",
        "--cov-report=",
    ]
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True)
    shutil.move(ROOT / ".coverage", COVERED)


def tests_of(chosen: Sequence[Mutant]) -> dict[Mutant, list[str]]:
    """The tests that run the line of each fault, those of the module's own test file first."""
    from coverage import CoverageData

    data = CoverageData(str(COVERED))
    data.read()
    found = {}
    for mutant in chosen:
        by_line = data.contexts_by_lineno(str(ROOT / mutant.path))
        names = {context.partition("|")[0] for context in by_line.get(mutant.line, []) if context}
        stem = Path(mutant.path).stem
        found[mutant] = sorted(names, key=lambda name: (stem not in name, "tests/ui" in name, name))[:MOST_TESTS]
    return found


def attempt(mutant: Mutant, tests: list[str], folder: Path) -> Outcome:
    """Puts the fault into a copy of the tree and runs its tests; the copy is whole again afterwards."""
    if not tests:
        return Outcome(mutant, killed=False, tests=0)
    file = folder / mutant.path
    before = file.read_bytes()
    listed = folder / "tests.txt"
    listed.write_text("\n".join(tests), encoding="utf-8")
    try:
        file.write_bytes(mutant.apply(before))
        words = [
            "-B",
            "-m",
            "pytest",
            "-x",
            "-q",
            "-n",
            "0",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            f"@{listed}",
        ]
        done = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, timeout=LIMIT)
        killed = done.returncode in (1, 2, 3)  # 2 and 3: the fault breaks the import of a test
    except subprocess.TimeoutExpired:
        killed = True
    finally:
        file.write_bytes(before)
    return Outcome(mutant, killed, len(tests))


def copies(folder: Path, count: int) -> SimpleQueue[Path]:
    """So many copies of the tree."""
    made: SimpleQueue[Path] = SimpleQueue()
    for number in range(count):
        copy = folder / str(number)
        copy.mkdir()
        for name in FOLDERS:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in FILES:
            shutil.copy(ROOT / name, copy / name)
        made.put(copy)
    return made


def run(chosen: Sequence[Mutant], workers: int, told: Callable[[Outcome], None]) -> list[Outcome]:
    """All of them, a few at a time."""
    tests = tests_of(chosen)
    with tempfile.TemporaryDirectory(prefix="byom-mutants-") as name:
        free = copies(Path(name), workers)

        def one(mutant: Mutant) -> Outcome:
            folder = free.get()
            try:
                outcome = attempt(mutant, tests[mutant], folder)
            finally:
                free.put(folder)
            told(outcome)
            return outcome

        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(one, chosen))


def page(outcomes: Sequence[Outcome], seed: int) -> str:
    """What ``docs/mutants.md`` says."""
    killed = sum(each.killed for each in outcomes)
    lines = [
        "# Would the tests notice?",
        "",
        f"Made by `python3 dev.py mutants --seed {seed} --count {len(outcomes)}`: small faults in",
        "`core` and `services`, chosen at random, as many of each kind: a comparison changed, `and` or `or` exchanged,",
        "a condition negated, a number one off. Each is put into a copy of the code; then the tests that run its line",
        "are run.",
        "",
        f"**{killed} of {len(outcomes)} were noticed.**",
    ]
    left = [each for each in outcomes if not each.killed]
    if left:
        lines += ["", "Not noticed:", "", "| fault | tests that run its line |", "|---|---:|"]
        lines += [f"| `{str(each.mutant).replace('|', chr(92) + '|')}` | {each.tests} |" for each in left]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Reads the options and runs; 1 where fewer than 90 of 100 are noticed."""
    parser = argparse.ArgumentParser(prog="python3 dev.py mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument(
        "--only", default="", help="only faults whose line in the report holds this, such as a file's name"
    )
    parser.add_argument("--again", action="store_true", help="take the coverage of the last call")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-page", action="store_true", help="print only")
    options = parser.parse_args()
    chosen = sample(options.seed, options.count, options.only)
    if not (options.again and COVERED.exists()):
        cover()

    def told(outcome: Outcome) -> None:
        print(f"{'noticed ' if outcome.killed else 'SURVIVED'}  {outcome.mutant}  ({outcome.tests} tests)", flush=True)

    outcomes = run(chosen, options.workers, told)
    killed = sum(each.killed for each in outcomes)
    print(f"{killed} of {len(outcomes)} noticed, seed {options.seed}", flush=True)
    if not options.no_page and not options.only:
        (ROOT / "docs" / "mutants.md").write_text(page(outcomes, options.seed), encoding="utf-8")
    return 0 if 10 * killed >= 9 * len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
