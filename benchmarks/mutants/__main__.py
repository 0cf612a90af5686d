"""``python3 dev.py mutants``: a random sample of small faults in core and services, and how many the tests notice.

First the tests run once under coverage, which remembers which test runs which line. Then each fault is put into a copy
of the tree, and only the tests that run its line are run, until one fails. A fault in a line that no test runs has
survived. The seed is part of the result: the same seed and tree give the same sample. Writes ``docs/mutants.md``.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from benchmarks.mutants.mutate import Mutant, mutants
from benchmarks.mutants.timing import plain

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("core", "services")
TESTS = ("tests/core", "tests/services", "tests/commands", "tests/sandbox")
COVERED, TIMED = ROOT / "out" / "mutants.coverage", ROOT / "out" / "mutants.json"
FOLDERS = ("byom_gui", "tests", "resources", "docs", "benchmarks")
FILES = ("pyproject.toml", "dev.py", "constraints.txt", "build.spec", "CHANGELOG.md", "README.md", "LICENSE")
MOST_SECONDS = 60
"""For one fault the quickest of its tests are run, up to this many seconds in all, as they took under coverage."""
LIMIT = 120 + 6 * MOST_SECONDS
"""Seconds after which the tests of a fault are taken to hang; a fault that makes them hang is noticed, too."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a fault: ``killed`` by a test, or ``survived``, by how many tests that ran its line."""

    mutant: Mutant
    killed: bool
    tests: int

    def __str__(self) -> str:
        return f"{'noticed ' if self.killed else 'SURVIVED'}  {self.mutant}  ({self.tests} tests)"


def sample(seed: int, count: int, only: Sequence[str]) -> list[Mutant]:
    """A random sample, as many of each kind: most faults that can be made are numbers, and those tell the least."""
    every: list[Mutant] = []
    for part in PARTS:
        for path in sorted((ROOT / "byom_gui" / part).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            every += mutants(name, path.read_bytes())
    every = [each for each in every if not only or any(part in str(each) for part in only)]
    chance = random.Random(seed)
    chance.shuffle(every)
    kinds = sorted({each.kind for each in every})
    ranked = {kind: [each for each in every if each.kind == kind] for kind in kinds}
    rounds = itertools.zip_longest(*ranked.values())
    return [each for row in rounds for each in row if each is not None][:count]


def cover(workers: int) -> None:
    """Runs the tests once; keeps which test runs which line, how long each takes, and which fail without any fault."""
    COVERED.parent.mkdir(exist_ok=True)
    sources = [f"--cov=byom_gui/{part}" for part in PARTS]
    words = ["-q", "-n", str(workers), "--dist", "loadgroup", *TESTS, *sources, "--cov-context=test", "--cov-report="]
    pytest(ROOT, TIMED, words, None)
    for name in json.loads(TIMED.read_text(encoding="utf-8"))["failed"]:
        print(f"left out, because it fails without any fault: {name}", flush=True)
    shutil.move(ROOT / ".coverage", COVERED)


def pytest(folder: Path, timed: Path, words: list[str], limit: float | None) -> list[str]:
    """Runs pytest in a tree and returns the tests that failed.

    Raises:
        subprocess.TimeoutExpired: it took longer than ``limit`` seconds.
    """
    timed.unlink(missing_ok=True)
    call = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "benchmarks.mutants.timing"]
    around = {**os.environ, "PYTHONPATH": str(folder)}  # for the commands that the tests start elsewhere
    done = subprocess.run(
        [*call, "--durations-to", timed, *words],
        cwd=folder,
        env=around,
        capture_output=limit is not None,
        timeout=limit,
    )
    if done.returncode == 0:
        return []
    found: list[str] = json.loads(timed.read_text(encoding="utf-8"))["failed"] if timed.exists() else []
    return found or ["the tests cannot even be collected"]


def header(tree: ast.Module, line: int) -> range:
    """The lines of the innermost statement around a line, without those of the statements inside it."""
    around = [each for each in ast.walk(tree) if isinstance(each, ast.stmt) and each.lineno <= line <= _end(each)]
    inner = max(around, key=lambda each: (each.lineno, -_end(each)))
    body: list[ast.stmt] = getattr(inner, "body", [])
    return range(inner.lineno, body[0].lineno if body else _end(inner) + 1)


def in_function(tree: ast.Module, line: int) -> bool:
    """Whether a line runs when a function is called, and not when its module is imported."""
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return any(each.body[0].lineno <= line <= _end(each) for each in functions)


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def tests_of(chosen: Sequence[Mutant]) -> dict[Mutant, list[str]]:
    """The tests that run the line of each fault: those of one file first, then the quickest.

    That file is the one of the module, or has most of them. What runs when a module is imported, such as a
    constant, can show in every test of the module.
    """
    from coverage import CoverageData

    data = CoverageData(str(COVERED))
    data.read()
    timed = json.loads(TIMED.read_text(encoding="utf-8"))
    seconds = {name: each for name, each in timed["seconds"].items() if name not in timed["failed"]}
    found = {}
    for mutant in chosen:
        by_line = {
            line: {plain(each.partition("|")[0]) for each in contexts}
            for line, contexts in data.contexts_by_lineno(str(ROOT / mutant.path)).items()
        }
        tree = ast.parse((ROOT / mutant.path).read_bytes())
        lines = header(tree, mutant.line) if in_function(tree, mutant.line) else by_line
        names = {name for line in lines for name in by_line.get(line, ()) if name in seconds}
        own = f"/test_{Path(mutant.path).stem}.py"
        hits = Counter(name.partition("::")[0] for name in names)
        first = max(hits, key=lambda file: (file.endswith(own), hits[file], file), default="")
        ranked = sorted(names, key=lambda name: (name.partition("::")[0] != first, seconds[name], name))
        spent = itertools.accumulate(seconds[name] for name in ranked)
        found[mutant] = [name for name, sum_ in zip(ranked, spent, strict=True) if sum_ <= MOST_SECONDS]
    return found


def attempt(mutant: Mutant, tests: list[str], folder: Path, limit: float = LIMIT) -> Outcome:
    """Puts the fault into a copy of the tree and runs its tests; the copy is whole again afterwards.

    A test that fails without the fault, too, notices nothing.
    """
    file = folder / mutant.path
    before = file.read_bytes()
    stages = [list(group) for _, group in itertools.groupby(tests, lambda name: tests[0].partition("::")[0] in name)]
    while stages:
        left = stages[0]
        _write(file, mutant.apply(before))
        try:
            failed = quick(folder, left, limit)
        finally:
            _write(file, before)
        if not failed:
            stages.pop(0)
        elif not set(failed) <= set(left) or not (broken := quick(folder, failed, limit)):
            return Outcome(mutant, killed=True, tests=len(tests))
        else:
            print(f"fails now and then without any fault: {broken[0]}", flush=True)
            stages[0] = [each for each in left if each not in failed]
    return Outcome(mutant, killed=False, tests=len(tests))


def _write(file: Path, source: bytes) -> None:
    """Writes a module, and removes what Python compiled of it: two versions may have one size and one time."""
    file.write_bytes(source)
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


def quick(folder: Path, tests: list[str], limit: float) -> list[str]:
    """Runs these until one fails, and returns it; a fault that makes them hang is noticed, too."""
    if not tests:
        return []
    listed = folder / "tests.txt"
    listed.write_text("\n".join(tests), encoding="utf-8")
    try:
        return pytest(folder, folder / "tests.json", ["-x", "-q", "-n", "0", f"@{listed}"], limit)
    except subprocess.TimeoutExpired:
        return ["the tests take forever"]


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


def run(chosen: Sequence[Mutant], workers: int, report: Callable[[Outcome], None]) -> list[Outcome]:
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
            report(outcome)
            return outcome

        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(one, chosen))


def noticed(mutant: Mutant, lines: Sequence[str]) -> Outcome | None:
    """What an earlier call wrote of a fault that was noticed: where tests are only added, it still is."""
    start = f"noticed   {mutant}  ("
    tests = [line.removeprefix(start).partition(" ")[0] for line in lines if line.startswith(start)]
    return Outcome(mutant, killed=True, tests=int(tests[0])) if tests else None


def commit() -> str:
    """The commit of the tree, where git knows it."""
    if shutil.which("git") is None:
        return ""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip()


def page(outcomes: Sequence[Outcome], seed: int, tree: str) -> str:
    """What ``docs/mutants.md`` says."""
    killed = sum(each.killed for each in outcomes)
    lines = [
        "# Would the tests notice?",
        "",
        f"Made by `python3 dev.py mutants --seed {seed} --count {len(outcomes)}`: small faults in",
        "`core` and `services`, chosen at random, as many of each kind: a comparison changed, `and` or `or` exchanged,",
        "a condition negated, a number one off. Each is put into a copy of the code; then the tests that run its line",
        f"are run, the quickest first, for {MOST_SECONDS} seconds at most. The tests are those of",
        f"{', '.join(f'`{name}`' for name in TESTS)}; those of the window would notice more.",
        *(["", f"Tree: {tree}. Another tree has other lines, and so another sample."] if tree else []),
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
        "--only", action="append", default=[], help="only faults whose line in the report holds this; may be repeated"
    )
    parser.add_argument("--again", action="store_true", help="take the coverage of the last call")
    parser.add_argument("--resume", action="store_true", help="try only what no earlier call with this seed noticed")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-page", action="store_true", help="print only")
    options = parser.parse_args()
    chosen = sample(options.seed, options.count, options.only)
    if not (options.again and COVERED.exists() and TIMED.exists()):
        cover(options.workers)

    kept = ROOT / "out" / f"mutants-{'some' if options.only else options.seed}.txt"
    lines = kept.read_text(encoding="utf-8").splitlines() if options.resume and kept.exists() else []
    known = [found for found in (noticed(mutant, lines) for mutant in chosen) if found]
    kept.write_text("".join(f"{outcome}\n" for outcome in known), encoding="utf-8")
    done = {outcome.mutant for outcome in known}

    def report(outcome: Outcome) -> None:
        print(outcome, flush=True)
        with kept.open("a", encoding="utf-8") as file:
            file.write(f"{outcome}\n")

    outcomes = [*known, *run([mutant for mutant in chosen if mutant not in done], options.workers, report)]
    killed = sum(each.killed for each in outcomes)
    print(f"{killed} of {len(outcomes)} noticed, seed {options.seed}", flush=True)
    if not options.no_page and not options.only:
        (ROOT / "docs" / "mutants.md").write_text(page(outcomes, options.seed, commit()), encoding="utf-8")
    return 0 if 10 * killed >= 9 * len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
