"""The stages of a check report: what the ping saw, and the findings that fail a stage."""

from __future__ import annotations

from collections.abc import Sequence

from byom_gui.core.busy import is_busy
from byom_gui.core.diagnosis import outage
from byom_gui.core.findings import Finding
from byom_gui.core.observations import PING_STAGES, STAGE_TITLES, Observations, Purpose, Stage, StageName

_FAMILIES: dict[StageName, tuple[str, ...]] = {
    "http": ("http.", "net."),
    "auth": ("auth.",),
    "json": ("json.",),
    "schema": ("schema.",),
    "meaning": ("status.", "results.", "confidence.", "label.", "shape.", "units.", "layout.", "orientation."),
    "classes": ("classes.",),
    "inputs": ("input.",),
    "behaviour": ("behaviour.", "speed."),
}

_CALLS: dict[StageName, tuple[Purpose, ...]] = {"meaning": ("infer",), "classes": ("infer", "classes")}


def stage_outcomes(observations: Observations, findings: Sequence[Finding], answered: bool) -> tuple[Stage, ...]:
    """Every stage in the order of the report.

    Args:
        observations: with the ping, where one was made.
        findings: of the whole run; an error fails the stage of its family.
        answered: whether the response to at least one image could be read.
    """
    pinged = {stage.name: stage for stage in observations.ping.stages} if observations.ping else {}
    stages = [_ping_stage(name, pinged.get(name), findings) for name in PING_STAGES]
    stages += [_later(name, observations, findings, answered) for name in ("meaning", "classes")]
    stages.append(_tried("inputs", observations, ("input",), "No other kinds of image were sent.", findings))
    stages.append(_tried("behaviour", observations, ("variant", "load"), "No changed images were sent.", findings))
    return tuple(stages)


def _ping_stage(name: StageName, seen: Stage | None, findings: Sequence[Finding]) -> Stage:
    if seen is None:
        return Stage(name, "skipped", reason="No ping was sent.")
    errors = _errors(name, findings)
    if seen.outcome == "passed" and errors:
        return Stage(name, "failed", seen.milliseconds, seen.detail, errors[0].what)
    return seen


def _later(name: StageName, observations: Observations, findings: Sequence[Finding], answered: bool) -> Stage:
    errors = _errors(name, findings)
    if errors:
        return Stage(name, "failed", reason=errors[0].what)
    stopped = _stopped(observations, _CALLS[name])
    if stopped:
        return Stage(name, "not-reached", reason=stopped)
    if not answered:
        return Stage(name, "not-reached", reason=f"The stage “{STAGE_TITLES['schema']}” was not passed.")
    return Stage(name, "passed")


def _tried(
    name: StageName, observations: Observations, purposes: Sequence[Purpose], why: str, findings: Sequence[Finding]
) -> Stage:
    """A stage that is passed if calls with these purposes were made, and skipped if not."""
    errors = _errors(name, findings)
    if errors:
        return Stage(name, "failed", reason=errors[0].what)
    stopped = _stopped(observations, purposes)
    if stopped:
        return Stage(name, "not-reached", reason=stopped)
    calls = [call for call in observations.calls if call.purpose in purposes]
    if not calls:
        return Stage(name, "skipped", reason=why)
    failed = sum(outage.is_lost(call) or is_busy(call.reply) for call in calls)
    if failed:
        words = f"{failed} of {len(calls)} calls got no usable response."
        return Stage(name, "failed", sum(call.milliseconds for call in calls), reason=words)
    odd = [each for each in findings if each.id.startswith(_FAMILIES[name])]
    detail = f"{len(calls)} call{'s' * (len(calls) != 1)}" + (f"; {odd[0].what}" if odd else "")
    return Stage(name, "passed", sum(call.milliseconds for call in calls), detail)


def _stopped(observations: Observations, purposes: Sequence[Purpose]) -> str:
    """Why calls with these purposes were not made or failed, if the check had to stop; otherwise empty."""
    stop = observations.interruption
    if stop is None:
        return ""
    unsent = any(each.purpose in purposes and each.why == stop.sentence for each in observations.unsent)
    cut = any(call.purpose in purposes and outage.is_cut(call, stop) for call in observations.calls)
    return stop.sentence if unsent or cut else ""


def _errors(name: StageName, findings: Sequence[Finding]) -> list[Finding]:
    return [each for each in findings if each.severity == "error" and each.id.startswith(_FAMILIES.get(name, ("-",)))]
