"""A finding: what happened, the evidence, the likely cause, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning", "advice"]

SEVERITY_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "advice": 2}


@dataclass(frozen=True, slots=True)
class Action:
    """A fix that the app can do itself: ``verb`` is a known word, ``argument`` what it works on.

    Verbs: ``use-class`` (argument: the name to list), ``rename-class`` (``old\\nnew``), ``set-type`` (``name\\ntype``),
    ``delete-class``, ``set-classes-url``, ``set-endpoint``, ``choose-ca``, ``raise-timeout``,
    ``copy-adapter`` (the source).
    """

    verb: str
    argument: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, reported once.

    Args:
        id: from the fixed vocabulary (``docs/findings.md``).
        severity: ``error`` blocks registering; ``warning`` works, probably not as meant; ``advice`` is worth knowing.
        what: one sentence, what happened.
        where: JSON path into the answer, an image's name, or an address.
        evidence: a value, a line, a certificate's facts.
        cause: the likely cause; holds "assumed" where it rests on what V7 has not published.
        fix: what to do.
        snippet: something to paste, where one helps.
        subject: what tells two findings of one id apart (a class name, a key); equal ids and subjects are one cause.
        count: how many places share it.
        places: the first of those places, at most five.
        action: what the app can do itself.
        image: the name of the first image that it was seen on, where it was on one.
        before: the start of the user's own answer, where the snippet was run on it.
        after: the start of what the snippet makes of it.
    """

    id: str
    severity: Severity
    what: str
    where: str = ""
    evidence: str = ""
    cause: str = ""
    fix: str = ""
    snippet: str = ""
    subject: str = ""
    count: int = 1
    places: tuple[str, ...] = ()
    action: Action | None = None
    image: str = ""
    before: str = ""
    after: str = ""

    def as_json(self) -> dict[str, object]:
        """The form of the ``byom-check/1`` report."""
        return {
            "id": self.id,
            "severity": self.severity,
            "where": self.where,
            "evidence": self.evidence,
            "cause": self.cause,
            "fix": self.fix,
            "count": self.count,
        }


@dataclass(frozen=True, slots=True)
class NotChecked:
    """What could not be known from here, and why. ``id`` is a finding id or the start of a family."""

    id: str
    why: str


NOT_QUOTED = "The server's response is not quoted because it repeats a secret."


def in_words_of(findings: Sequence[Finding], masked: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings in the words of those that the same rules have for the masked response.

    What was judged is what the server sent. A finding that depends on the very words that are masked quotes nothing.
    """
    left: dict[str, list[Finding]] = {}
    for finding in reversed(masked):
        left.setdefault(finding.id, []).append(finding)
    told = []
    for finding in findings:
        if left.get(finding.id):
            words = left[finding.id].pop()
            told.append(replace(words, severity=finding.severity, count=finding.count, action=finding.action))
        else:
            told.append(replace(finding, evidence=NOT_QUOTED, before="", after=""))
    return tuple(told)


_ADAPTED = ("fix", "snippet", "before", "after", "action")


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One cause, one finding: counts add up, the first places are kept, errors come first, else the order stays."""
    kept: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.id, finding.subject)
        places = finding.places or ((finding.where,) if finding.where else ())
        if key not in kept:
            kept[key] = replace(finding, places=places[:5])
        else:
            first = kept[key]
            together = dict.fromkeys((*first.places, *places))
            if finding.after and not first.after:  # an empty answer showed nothing to adapt
                first = replace(first, **{part: getattr(finding, part) for part in _ADAPTED})
            kept[key] = replace(first, count=first.count + finding.count, places=tuple(together)[:5])
    return tuple(sorted(kept.values(), key=lambda finding: SEVERITY_ORDER[finding.severity]))
