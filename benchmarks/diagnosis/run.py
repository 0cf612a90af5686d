"""``python3 dev.py diagnosis``: checks every case with the real engine, and writes ``docs/diagnosis.md``.

With ``--tuned-only`` it prints one line a case and writes nothing, for whoever writes rules; ``-k`` picks cases by a
part of their name or by an id.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.diagnosis import cases_tuned, frameworks, held_out, report, sound
from benchmarks.diagnosis.case import Case, Outcome, Verdict, case, check
from benchmarks.diagnosis.report import Measured, Sample
from benchmarks.diagnosis.servers import Spec

AT_ONCE = 2
PAGE = Path(__file__).resolve().parents[2] / "docs" / "diagnosis.md"
PASSED_ON = Path(tempfile.gettempdir()) / "byom-diagnosis.json"
KEPT = Path(tempfile.gettempdir()) / "byom-diagnosis.outcomes"
"""Each outcome as it comes, one a line, so that a run which was broken off can go on with ``--resume``."""

TUNED = (*cases_tuned.CASES, *cases_tuned.COMBINED, *sound.SOUND)
HELD_OUT = (*held_out.CASES, *held_out.COMBINED, *held_out.SOUND)
_TIMED = {
    "a server that answers at once": case("timing, fast", "", Spec(), "six"),
    "a server that takes 0.3 s": case("timing, 0.3 s", "", Spec(wait=lambda _: 0.3), "six"),
}


def _by_name(name: str) -> Case:
    return next(each for each in (*TUNED, *HELD_OUT) if each.name == name)


def _check(name: str) -> Outcome:
    """One case, in a process of its own; what breaks is an outcome as well."""
    lacking = frameworks.missing(name)
    if lacking:
        return Outcome(name, (), 0, 0, 0, f"not tried: {', '.join(lacking)} not installed")
    begun = time.perf_counter()
    try:
        return check(_by_name(name))
    except Exception as error:  # noqa: BLE001 - the others go on, and the table says so
        return Outcome(name, (), time.perf_counter() - begun, 0, 0, f"{type(error).__name__}: {error}")


def _kept() -> dict[str, Outcome]:
    """The outcomes of a run that was broken off."""
    lines = KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []
    read = [Outcome(**json.loads(line)) for line in lines]
    return {one.name: replace(one, found=tuple((id, word) for id, word in one.found)) for one in read if not one.error}


def _keep(outcome: Outcome) -> None:
    with KEPT.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(outcome)) + "\n")


def verdicts(cases: Sequence[Case], say: bool, verbose: bool = False) -> list[Verdict]:
    """Checks the cases, two at a time, in fresh processes; in the order of ``cases``.

    Unless it ``say``s them, outcomes are kept, and those that were kept before are not tried again.
    """
    named = {each.name: each for each in cases}
    if len(named) < len(cases):
        raise ValueError("two cases have one name")
    context = multiprocessing.get_context("forkserver")
    kept = {} if say else _kept()
    done = {name: Verdict(named[name], kept[name]) for name in named if name in kept}
    with ProcessPoolExecutor(AT_ONCE, context) as pool:
        waiting = {pool.submit(_check, name) for name in named if name not in done}
        for future in as_completed(waiting):
            outcome = future.result()
            verdict = Verdict(named[outcome.name], outcome)
            done[outcome.name] = verdict
            if say:
                _say(verdict, verbose)
                continue
            _keep(outcome)
            if len(done) % 20 == 0:
                print(f"{len(done)} of {len(cases)}", flush=True)
    return [done[name] for name in named]


def _say(verdict: Verdict, verbose: bool) -> None:
    outcome = verdict.outcome
    parts = [f"missed {', '.join(sorted(verdict.missed))}"] if verdict.missed else []
    parts += [f"FALSE {', '.join(verdict.false)}"] if verdict.false else []
    parts += [f"(advice {', '.join(verdict.advice)})"] if verdict.advice else []
    parts += [outcome.error] if outcome.error else []
    good = not (verdict.missed or verdict.false or outcome.error)
    words = "; ".join(parts)
    print(
        f"{'ok  ' if good else 'FAIL'} {outcome.name:<46} {outcome.seconds:5.1f} s {outcome.calls:4} calls  {words}",
        flush=True,
    )
    if verbose:
        for line in outcome.told:
            print(f"       {line}")


def _chosen(cases: Iterable[Case], word: str) -> list[Case]:
    return [each for each in cases if not word or word in each.name or any(word in id for id in each.ids)]


def timed(runs: int = 3) -> list[Sample]:
    """How long a check takes, with no other beside it: the median of some runs."""
    samples = []
    for server, each in _TIMED.items():
        for quick in (False, True):
            outcomes = [check(each, quick) for _ in range(runs)]
            samples.append(
                Sample(
                    server,
                    quick,
                    outcomes[0].calls,
                    statistics.median(one.seconds for one in outcomes),
                    statistics.median(one.own_seconds for one in outcomes),
                )
            )
    return samples


def main(words: Sequence[str] | None = None) -> int:
    """Runs the cases. The exit code is 0 whatever was found: this measures, and asserts nothing."""
    parser = argparse.ArgumentParser(prog="python3 dev.py diagnosis", description=__doc__)
    parser.add_argument("--tuned-only", action="store_true", help="print each tuned case, write nothing")
    parser.add_argument("-k", default="", metavar="WORD", help="with --tuned-only: cases by a part of name or id")
    parser.add_argument("-v", action="store_true", help="with --tuned-only: every finding")
    parser.add_argument("--resume", action="store_true", help="go on with a whole run that was broken off")
    arguments = parser.parse_args(words)
    if (arguments.k or arguments.v) and not arguments.tuned_only:
        parser.error("-k and -v want --tuned-only")
    if arguments.tuned_only:
        return _tuned_only(arguments.k, arguments.v)
    if not arguments.resume:
        KEPT.unlink(missing_ok=True)
    measured = Measured(verdicts(TUNED, say=False), verdicts(HELD_OUT, say=False), timed())
    PASSED_ON.write_text(json.dumps(report.passed_on(measured), indent=1), encoding="utf-8")
    PAGE.write_text(report.page(measured), encoding="utf-8")
    print(report.summary(measured))
    return 0


def _tuned_only(word: str, verbose: bool) -> int:
    done = verdicts(_chosen(TUNED, word), say=True, verbose=verbose)
    found = sum(len(each.case.ids - each.missed) for each in done)
    alarms = sum(bool(each.false) for each in done)
    print(f"{found} of {sum(len(each.case.ids) for each in done)} found; {alarms} of {len(done)} with a false alarm")
    return 0


if __name__ == "__main__":
    sys.exit(main())
