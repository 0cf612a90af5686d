"""What pip-audit says, read with care: it says “no known vulnerabilities” of packages that it never asked about."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.shipping.packages import OWN, Package, key


@dataclass(frozen=True, slots=True)
class Asked:
    """One package, and what is known of it.

    Args:
        known: names of its vulnerabilities, with the versions that mend them.
        unasked: why it could not be asked about; empty where it was.
    """

    name: str
    version: str
    known: tuple[str, ...] = ()
    unasked: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All packages but our own, which no service knows."""

    asked: tuple[Asked, ...]

    @property
    def vulnerable(self) -> tuple[Asked, ...]:
        """Those with a known vulnerability."""
        return tuple(one for one in self.asked if one.known)

    @property
    def unasked(self) -> tuple[Asked, ...]:
        """Those of which nothing was learnt."""
        return tuple(one for one in self.asked if one.unasked)

    @property
    def sentence(self) -> str:
        """What came of it."""
        total = len(self.asked)
        if self.vulnerable:
            return f"{len(self.vulnerable)} of {total} packages have a known vulnerability."
        if self.unasked:
            return f"NOT KNOWN: {len(self.unasked)} of {total} packages could not be asked about, so nothing is proved."
        return f"No known vulnerability in {total} packages."


def ask(site: Path, packages: Sequence[Package], scratch: Path) -> Outcome:
    """Runs pip-audit over a folder of packages."""
    answer = scratch / "pip-audit.json"
    answer.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pip_audit", "--path", str(site), "--format", "json", "--output", str(answer)]
    options = ["--progress-spinner", "off", "--timeout", "15", "--cache-dir", str(scratch / "cache")]
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    lines = done.stderr.strip().splitlines()
    why = f"pip-audit gave no answer: {lines[-1].strip()[:300] if lines else f'exit code {done.returncode}'}"
    return read(answer.read_text(encoding="utf-8") if answer.exists() else "", packages, why)


def read(answer: str, packages: Sequence[Package], why: str = "pip-audit gave no answer") -> Outcome:
    """Holds pip-audit's JSON against the packages: what it leaves out counts as not asked."""
    try:
        told = {key(one["name"]): one for one in json.loads(answer)["dependencies"]}
        why = "pip-audit did not mention it"
    except (ValueError, KeyError, TypeError):
        told = {}
    others = (package for package in packages if key(package.name) != OWN)
    return Outcome(tuple(_asked(package, told.get(key(package.name)), why) for package in others))


def _asked(package: Package, told: dict[str, Any] | None, why: str) -> Asked:
    if told is None or "skip_reason" in told:
        return Asked(package.name, package.version, unasked=told["skip_reason"] if told else why)
    if told.get("version") != package.version:
        return Asked(package.name, package.version, unasked=f"it was asked as version {told.get('version')}")
    known = tuple(
        f"{one['id']} (mended in {', '.join(one.get('fix_versions') or ()) or 'no version yet'})"
        for one in told.get("vulns", ())
    )
    return Asked(package.name, package.version, known)


def report(outcome: Outcome) -> str:
    """What came of it, as Markdown."""
    lines = [outcome.sentence, ""]
    lines += [f"- {one.name} {one.version}: {'; '.join(one.known)}" for one in outcome.vulnerable]
    lines += [f"- {one.name} {one.version}, not asked: {one.unasked}" for one in outcome.unasked]
    return "\n".join(lines).rstrip() + "\n"
