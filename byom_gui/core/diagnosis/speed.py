"""Speed: responses that take longer than the budget, and requests that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator

from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.model import Rule, RunLook, RunRule
from byom_gui.core.findings import Finding
from byom_gui.core.observations import Call

SHORTEST = 40.0
"""Milliseconds below which a call is mostly network time, so that parallel requests show nothing."""
_SERIAL = 1.4


def times(look: RunLook) -> tuple[float | None, list[float]]:
    """Milliseconds of the first call, if it was made, and of the later ones with a reply, sorted."""
    calls = [each.call for each in look.answered if each.call.reply is not None]
    first = next((call.milliseconds for call in calls if call.first), None)
    return first, sorted(call.milliseconds for call in calls if not call.first)


def _slow(look: RunLook) -> Iterator[Finding]:
    budget = look.observations.budget_ms
    first, later = times(look)
    if not budget or not later:
        return
    p95 = later[-(-95 * len(later) // 100) - 1]
    if p95 <= budget:
        return
    before = f" The first call took {first:,.0f} ms and is not counted." if first is not None else ""
    yield make(
        "speed.slow",
        "Responses take longer than the latency budget.",
        where=look.observations.endpoint.infer.shown,
        evidence=f"95% of the responses arrived within {p95:,.0f} ms; the budget is {budget:,.0f} ms. "
        f"{sum(each > budget for each in later)} of {len(later)} calls were slower.{before}",
        cause="The model, or the machine that it runs on, is slower than your budget.",
        fix="Load the model once instead of for each request, use a smaller model or a GPU, or raise the budget.",
        count=sum(each > budget for each in later),
    )


def _serial(look: RunLook) -> Iterator[Finding]:
    alone, pairs = load_of(look)
    if len(alone) < 2 or len(pairs) < 2:
        return
    one, two = min(alone), min(pairs)
    if one < SHORTEST or two < _SERIAL * one:
        return
    yield make(
        "speed.serial",
        "Two parallel requests take as long as one after the other.",
        where=look.observations.endpoint.infer.shown,
        evidence=f"One request takes {one:,.0f} ms; of two parallel requests, the later one takes at least {two:,.0f} "
        "ms.",
        cause="The server handles one request at a time: it has one worker, or a lock around the model.",
        fix="That may be correct with one GPU. Otherwise run more workers: gunicorn -w 2, uvicorn --workers 2.",
        count=len(pairs),
    )


def load_of(look: RunLook) -> tuple[list[float], list[float]]:
    """Milliseconds of single calls and, for each parallel pair, of the later call."""
    load = [each.call for each in look.tried if each.call.purpose == "load" and _fine(each.call)]
    alone = [call.milliseconds for call in load if call.kind == "1"]
    both = [call.milliseconds for call in load if call.kind == "2"]
    return alone, [max(pair) for pair in zip(both[::2], both[1::2], strict=False)]


def _fine(call: Call) -> bool:
    return call.reply is not None and call.reply.status // 100 == 2


RULES: tuple[Rule, ...] = (
    RunRule(("speed.slow",), _slow),
    RunRule(("speed.serial",), _serial),
)
