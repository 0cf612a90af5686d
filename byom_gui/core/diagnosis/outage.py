"""Calls without a usable response: a server that stopped in the middle of a check, a rate limit, calls sent again.

Every failed call of a check is either in a finding or listed under *not checked*: this module handles those that the
other families leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from byom_gui.core.busy import is_busy
from byom_gui.core.diagnosis import reach, web
from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.inputs import failing_kinds, symptom
from byom_gui.core.diagnosis.model import Answered, CallLook, Rule, RunLook, RunRule
from byom_gui.core.diagnosis.probes import BROKEN, KIND_TITLES
from byom_gui.core.findings import Finding, NotChecked
from byom_gui.core.observations import Call, Interruption, Observations, Purpose, Way

_TRANSPORT = ("net.", "tls.", "http.", "auth.", "json.")
"""Families of findings that say that no usable response came."""
_SETTLES: dict[Purpose, tuple[str, ...]] = {
    "infer": ("results", "classes.unregistered", "classes.unseen"),
    "classes": ("classes.not-served", "classes.form"),
    "neighbour": ("http.not-found",),
    "wrong-credentials": ("auth.not-enforced",),
    "no-credentials": ("auth.not-enforced",),
    "variant": ("units", "layout", "orientation", "behaviour.constant", "behaviour.unstable"),
    "input": ("input.format", "input.failure-form"),
    "load": ("speed.serial",),
}
"""The purpose of a call: the findings, or families of findings, that stay open if it fails."""

_UNITS: dict[Purpose, tuple[str, str]] = {
    "infer": ("image was", "images were"),
    "classes": ("request for the class list was", "requests for the class list were"),
    "neighbour": ("neighboring path was", "neighboring paths were"),
    "wrong-credentials": ("call with wrong credentials was", "calls with wrong credentials were"),
    "no-credentials": ("call without credentials was", "calls without credentials were"),
    "variant": ("changed image was", "changed images were"),
    "input": ("other kind of image was", "other kinds of image were"),
    "load": ("repeated call was", "repeated calls were"),
}


def got_through(call: Call) -> bool:
    """Whether the server returned something to judge: status 2xx, and not a web page."""
    return call.reply is not None and call.reply.status // 100 == 2 and not web.is_page(call.reply)


def is_lost(call: Call) -> bool:
    """Whether no HTTP response came."""
    id = call.failure.id if call.failure else ""
    return id.startswith(("net.", "tls.")) and id != "net.redirect"


def is_settled(call: Call) -> bool:
    """Whether the server decided a try without the correct credentials: it answered, or refused."""
    reply = call.reply
    if reply is None or reply.status >= 500 or is_busy(reply):
        return False
    return reply.status // 100 != 2 or web.is_valid(reply)


def is_cut(call: Call, interruption: Interruption | None) -> bool:
    """Whether a call failed because the server was no longer usable: it shows nothing about what was sent."""
    return interruption is not None and call.number in interruption.lost


def unsettled(observations: Observations, calls: Iterable[Call]) -> Iterator[NotChecked]:
    """What stays open because its calls were not sent, or failed when the server was no longer usable.

    Args:
        calls: all that were sent.
    """
    interruption = observations.interruption
    lost: Counter[tuple[Purpose, Way | None, str]] = Counter()
    if interruption:
        lost.update((call.purpose, call.way, interruption.sentence) for call in calls if is_cut(call, interruption))
    for each in observations.unsent:
        lost[each.purpose, each.way, each.why] += each.count
    rows: dict[tuple[str, str, str], int] = {}
    for (purpose, way, why), count in lost.items():
        for id in _ids(purpose, way):
            key = (id, _UNITS[purpose][0], why)
            rows[key] = rows.get(key, 0) + count
    units = dict(_UNITS.values())
    for (id, unit, why), count in rows.items():
        yield NotChecked(id, f"{count} {units[unit] if count > 1 else unit} not tried: {why}")


def _ids(purpose: Purpose, way: Way | None) -> tuple[str, ...]:
    if purpose == "infer" and way == "url":
        return ("input.url",)
    if way == "data-uri":
        return ("input.data-uri",)
    return _SETTLES.get(purpose, ())


def _interrupted(look: RunLook) -> Iterator[Finding]:
    """The one finding of a check that had to stop."""
    interruption = look.observations.interruption
    if interruption is None:
        return
    call = interruption.call
    tried = "; ".join(dict.fromkeys(interruption.tries))
    count = len(interruption.tries)
    if interruption.died:
        detail = call.failure.detail if call.failure else ""
        yield make(
            "net.died",
            interruption.sentence,
            where=call.request.url,
            evidence=f"{_input_of(call)}: {detail}. {count} more {'try' if count == 1 else 'tries'} after a pause, "
            f"with a request that worked before: {tried}.",
            cause="The server process ended or hangs. The usual reasons are too little memory, or an input that it "
            "cannot handle.",
            fix="Check the server’s log at this time, restart the server, and check again. If it stops at the "
            "same input again, that input is the reason.",
            image=call.image_name,
        )
        return
    found = interruption.found or next(iter(_of_call(call)), None)
    found = found or make("http.status", interruption.sentence, where=call.request.url)
    also = f" A request that worked before now fails as well: {tried}." if tried else ""
    evidence = f"{found.evidence} {interruption.sentence}{also}".strip()
    found = replace(found, evidence=evidence, image=call.image_name)
    if found.id == "auth.rejected":
        what, cause = _EXPIRED if call.with_credentials else _LOCKED
        found = replace(found, what=what, cause=cause, fix=_RENEW)
    yield found


_EXPIRED = (
    "The server stopped accepting the credentials.",
    "They were accepted earlier in this check. They expired, or the server locked this client out, for example after "
    "too many calls or after the call with wrong credentials.",
)
_LOCKED = (
    "The server stopped responding without credentials.",
    "It responded without credentials earlier in this check. It, or something in front of it, locked this client "
    "out, for example after too many calls.",
)
_RENEW = "Use credentials that do not expire while V7 uses the model, and check the server’s log for a lockout."


def _of_call(call: Call) -> Iterator[Finding]:
    """What a call shows by its failure or status alone."""
    if call.failure:
        yield from reach.of_failure(call.failure, call.request.url)
    else:
        yield from web.of_reply(CallLook(call))


def _input_of(call: Call) -> str:
    """What was sent, in words."""
    if call.purpose == "classes":
        return "The class list"
    how = f"{KIND_TITLES[call.kind]}, " if call.kind in KIND_TITLES else ""
    return f"{call.image_name} ({how}{call.way or 'base64'})" if call.image_name else call.request.url


def _repeated(look: RunLook) -> Iterator[Finding]:
    """Calls that failed, but worked when they were sent again."""
    for call in look.observations.repeated:
        for found in _of_call(call):
            at = f"At call {call.number}; the same request worked when it was sent again."
            yield replace(
                found,
                what=_AGAIN.get(found.id, found.what),
                severity="warning",
                evidence=f"{found.evidence} {at}".strip(),
                subject=found.subject if is_busy(call.reply) and found.id == "http.rate-limited" else "repeated",
                image=call.image_name,
            )


_AGAIN = {
    "net.reset": "A connection was lost; the same request worked when it was sent again.",
    "net.refused": "A connection was refused; the same request worked when it was sent again.",
    "http.server-error": "The server was too busy; the same request worked when it was sent again.",
}


def _elsewhere(look: RunLook) -> Iterator[Finding]:
    """Failures of calls that do not send the user’s own images, where no other finding explains them."""
    known = {(found.id, found.subject) for each in (*look.answered, *look.lost) for found in each.findings}
    kinds = failing_kinds(look)
    many: dict[tuple[str, str], list[Answered]] = {}
    first: dict[tuple[str, str], Finding] = {}
    for each in look.tried:
        if _is_explained(each, kinds, look.tried):
            continue
        for found in each.findings:
            key = (found.id, found.subject)
            if found.severity == "error" and found.id.startswith(_TRANSPORT) and key not in known:
                many.setdefault(key, []).append(each)
                first.setdefault(key, found)
    for key, calls in many.items():
        call = calls[0].call
        of = sum(each.call.purpose == call.purpose for each in look.tried)
        seen = f"Seen on {len(calls)} of {of} {_KINDS_OF[call.purpose]}, first on {_input_of(call)}."
        evidence = f"{first[key].evidence} {seen}".strip()
        yield replace(first[key], evidence=evidence, count=len(calls), image=call.image_name)


_KINDS_OF: dict[Purpose, str] = {
    "variant": "calls with changed images",
    "input": "calls with other kinds of image",
    "load": "repeated calls",
}


def _is_explained(each: Answered, kinds: frozenset[str], tried: Sequence[Answered]) -> bool:
    """Whether a call failed as it may, or as another finding says."""
    call = each.call
    if got_through(call) and each.answer is not None:
        return True
    if call.kind == "bytes" or call.way == "data-uri":  # the largest body is looked for; V7 sends no prefix
        return True
    if call.kind in BROKEN:
        others = (one for one in tried if one.call.purpose == "input" and one.call.kind not in BROKEN)
        return any(got_through(one.call) for one in others) or (call.reply is not None and call.reply.status < 500)
    how = symptom(each, frozenset())
    return how is not None and how.key in kinds


RULES: tuple[Rule, ...] = (
    RunRule(("net.died",), _interrupted),
    RunRule((), _repeated),
    RunRule((), _elsewhere),
)
