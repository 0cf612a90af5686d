"""Makes the classes that a team misses, one after the other, and never one twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from byom_gui.core.cancel import CancelToken
from byom_gui.core.class_mapping import MakingReport, NewClass
from byom_gui.core.registering import TeamClass, V7Error
from byom_gui.core.retry import LONGEST_WAIT, TRIES
from byom_gui.services.v7 import V7

Progress = Callable[[int, int, str], None]
_GO_ON = "Press it again to continue: existing classes are not created twice."


def make_missing(
    v7: V7, key: str, slug: str, wanted: Sequence[NewClass], cancel: CancelToken, on_progress: Progress
) -> MakingReport:
    """Makes each of ``wanted`` that the team has not got at this moment.

    V7 is asked for the team's classes first, and again wherever the outcome of a call is not known; so the same may be
    asked for again after an interruption. ``on_progress`` is told done, of how many, and what is going on.

    Raises:
        V7Error: the team's classes could not be had; nothing was made.
        Cancelled: what was made until then is there.
    """
    return _Making(v7, key, slug, cancel, on_progress).run(wanted)


class _Making:
    def __init__(self, v7: V7, key: str, slug: str, cancel: CancelToken, on_progress: Progress) -> None:
        self._v7, self._key, self._slug = v7, key, slug
        self._cancel, self._tell = cancel, on_progress

    def run(self, wanted: Sequence[NewClass]) -> MakingReport:
        there = self._team()
        report = MakingReport()
        for done, each in enumerate(wanted):
            self._cancel.raise_if_cancelled()
            self._tell(done, len(wanted), f"Creating “{each.name}”")
            if each.name in there:
                report = _found(report, each, there[each.name])
                continue
            try:
                self._make(each)
            except V7Error as error:
                report = self._refused(report, each, error)
                if report.stopped:
                    return replace(report, left=tuple(one.name for one in wanted[done + 1 :]))
            else:
                report = replace(report, made=(*report.made, each.name))
        return report

    def _team(self) -> dict[str, TeamClass]:
        return {each.name: each for each in self._v7.team_classes(self._key, self._slug, self._cancel)}

    def _make(self, each: NewClass) -> None:
        """Once; again only after a 429, which made nothing."""
        for tries in range(1, TRIES + 1):
            try:
                self._v7.create_class(self._key, self._slug, each.name, each.type, self._cancel)
                return
            except V7Error as error:
                wait = error.retry_after or LONGEST_WAIT
                if error.kind != "rate-limited" or tries == TRIES or wait > LONGEST_WAIT:
                    raise
                self._tell(0, 0, f"V7 is busy (429); retrying in {wait:.0f} s")
                self._cancel.wait(wait)
                self._cancel.raise_if_cancelled()

    def _refused(self, report: MakingReport, each: NewClass, error: V7Error) -> MakingReport:
        if error.kind == "invalid":
            there = self._team().get(each.name)
            return _found(report, each, there) if there else _failed(report, each, error.sentence)
        if error.kind in ("unknown", "server-error"):
            return self._look(report, each, error)
        return replace(_failed(report, each, error.sentence), stopped=_GO_ON)

    def _look(self, report: MakingReport, each: NewClass, error: V7Error) -> MakingReport:
        """Nobody knows whether it was made: the team's list says so."""
        try:
            there = each.name in self._team()
        except V7Error:
            why = f"{error.sentence} Whether it was made is not known."
            return replace(_failed(report, each, why), stopped=_GO_ON)
        if there:
            return replace(report, made=(*report.made, each.name))
        return replace(_failed(report, each, f"{error.sentence} It is not there yet."), stopped=_GO_ON)


def _found(report: MakingReport, each: NewClass, there: TeamClass) -> MakingReport:
    if each.type in there.types:
        return replace(report, there=(*report.there, each.name))
    return _failed(report, each, "the name already exists with a different type.")


def _failed(report: MakingReport, each: NewClass, why: str) -> MakingReport:
    return replace(report, failed=(*report.failed, (each.name, why)))
