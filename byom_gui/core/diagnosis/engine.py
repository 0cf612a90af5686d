"""Runs the rules: over one call in a worker, and over a complete run whenever a response arrives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from byom_gui.core.classes import ClassList
from byom_gui.core.contract import Answer, ServedClasses, read_answer, read_classes
from byom_gui.core.diagnosis import (
    behaviour,
    classes,
    geometry,
    inputs,
    kinds,
    meaning,
    outage,
    reach,
    schema,
    speed,
    text,
    ways,
    web,
)
from byom_gui.core.diagnosis.catalogue import not_implemented
from byom_gui.core.diagnosis.marks import marks_of
from byom_gui.core.diagnosis.model import (
    Answered,
    CallLook,
    CallRule,
    Diagnosis,
    Rule,
    RunLook,
    RunRule,
    Seen,
    Verdict,
    image_key,
)
from byom_gui.core.errors import JsonError
from byom_gui.core.findings import Finding, NotChecked, in_words_of, merge
from byom_gui.core.observations import Call, Observations
from byom_gui.core.predictions import SHAPE_NAMES, ShapeName
from byom_gui.core.strict_json import DUPLICATES_UP_TO, JsonDocument

RULES: tuple[Rule, ...] = (
    *outage.RULES,
    *reach.RULES,
    *web.RULES,
    *text.RULES,
    *schema.RULES,
    *meaning.RULES,
    *geometry.RULES,
    *classes.RULES,
    *ways.RULES,
    *inputs.RULES,
    *behaviour.RULES,
    *speed.RULES,
)

_SENDS_IMAGE = ("ping", "infer")
_TRIES = ("variant", "input", "load")
"""Calls whose response is read and compared, but is not a response to one of the user's images."""


def read_call(call: Call, document: JsonDocument | None = None) -> Answered:
    """Everything that one call shows by itself. Pure; a large response takes a while, so run it in a worker.

    ``document`` is the parsed body of the reply, if it was parsed before.

    Only calls that send an image correctly are judged: a probe with wrong credentials is meant to fail.
    """
    if call.purpose not in (*_SENDS_IMAGE, *_TRIES):
        masked = Answered(_masked_call(call), None, ()) if call.masked else None
        return Answered(call, None, (), masked=masked)
    look = _look(call, document)
    answered = _judged(look)
    if call.masked is None:
        return answered
    words = _look(_masked_call(call), None)
    if look.json_error and words.json_error:
        words = replace(words, json_error=_where_it_was(look.json_error, words.json_error))
    masked = _judged(words)
    return replace(answered, findings=in_words_of(answered.findings, masked.findings), masked=masked)


def _masked_call(call: Call) -> Call:
    return replace(call, reply=call.readable, masked=None)


def _where_it_was(error: JsonError, masked: JsonError) -> JsonError:
    """The error in the text as it was sent, quoting the masked text: masks move what comes after them."""
    return JsonError(
        error.sentence,
        finding_id=error.finding_id,
        line=error.line,
        column=error.column,
        around=masked.around,
        where=masked.where,
    )


def _judged(look: CallLook) -> Answered:
    found = [finding for rule in RULES if isinstance(rule, CallRule) for finding in rule.check(look)]
    seen, confidences = _sums(look.answer)
    named = (replace(finding, image=look.call.image_name) for finding in found)
    marks = marks_of(look.answer.predictions) if look.answer else ()
    return Answered(look.call, look.answer, merge(named), seen, confidences, marks)


def diagnose(observations: Observations, answered: Sequence[Answered], listed: ClassList | None) -> Diagnosis:
    """Everything that a run shows. Cheap: responses are not walked again, so call it after each new one.

    Args:
        observations: what was tried; the ping's call is added if ``answered`` does not have it.
        answered: what ``read_call`` made of the calls so far, in order.
        listed: the classes to register; None if there is no list, which differs from an empty one.
    """
    found = _diagnosed(observations, answered, listed)
    if not (any(call.masked for call in _calls(observations)) or any(each.masked for each in answered)):
        return found
    calls = [each.readable for each in answered]
    return replace(
        found, findings=in_words_of(found.findings, _diagnosed(_masked(observations), calls, listed).findings)
    )


def _calls(observations: Observations) -> Iterator[Call]:
    yield from observations.calls
    if observations.classes:
        yield observations.classes.call
    if observations.ping and observations.ping.call:
        yield observations.ping.call


def _masked(observations: Observations) -> Observations:
    """The same with the masked replies; also for the ping, whose call is recognized by identity."""
    calls = {id(call): _masked_call(call) if call.masked else call for call in _calls(observations)}
    ping, classes = observations.ping, observations.classes
    return replace(
        observations,
        calls=tuple(calls[id(call)] for call in observations.calls),
        ping=replace(ping, call=calls[id(ping.call)]) if ping and ping.call else ping,
        classes=replace(classes, call=calls[id(classes.call)]) if classes else None,
    )


def _diagnosed(observations: Observations, answered: Sequence[Answered], listed: ClassList | None) -> Diagnosis:
    look = _run_look(observations, answered, listed)
    found = list(_of_calls(look))
    found += [finding for rule in RULES if isinstance(rule, RunRule) for finding in rule.check(look)]
    merged = merge(web.refined(finding, look) for finding in merge(found))
    return Diagnosis(_without_consequences(merged), _not_checked(look), geometry.reading_of(look))


def _without_consequences(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Without consequences of misread coordinates."""
    if not any(finding.id in geometry.IDS for finding in findings):
        return findings
    return tuple(finding for finding in findings if finding.id not in geometry.EXPLAINS)


def verdict(findings: Sequence[Finding], any_http: bool, answered: bool) -> Verdict:
    """``ready`` only without errors and with a response to an image; ``unreachable`` without any HTTP status."""
    if not any_http:
        return "unreachable"
    return "ready" if answered and not any(finding.severity == "error" for finding in findings) else "not-ready"


def _look(call: Call, document: JsonDocument | None) -> CallLook:
    reply = call.reply
    if reply is None or reply.status // 100 != 2 or web.is_page(reply) or web.compression_of(reply):
        return CallLook(call)
    try:
        return CallLook(call, answer=read_answer(reply.body, document))
    except JsonError as error:
        # A body that goes on after its end is cut off there: that is why it is not JSON.
        return CallLook(call, json_error=None if reply.surplus else error)


def _sums(answer: Answer | None) -> tuple[tuple[Seen, ...], tuple[float, float, int]]:
    predictions = answer.predictions if answer else ()
    counts = Counter((each.name, each.shape_name) for each in predictions)
    unread = tuple(_unread(answer)) if answer else ()
    counts.update((name, shape) for name, shape, _ in unread)
    # confidences that the contract rejects were clamped to 0 to 1, and do not show what the server means
    values = [each.confidence for each in predictions] if answer and answer.schema_valid else []
    first = {(name, shape): index for name, shape, index in reversed(unread)}
    first |= {(each.name, each.shape_name): each.index for each in reversed(predictions)}
    seen = tuple(Seen(*key, count, first[key]) for key, count in counts.items())
    return seen, (min(values, default=1.0), max(values, default=0.0), len(values))


def _unread(answer: Answer) -> Iterator[tuple[str, ShapeName, int]]:
    """Class and shape of results that cannot be drawn (a string as confidence): their names count anyway."""
    results = answer.results or []
    if len(results) == len(answer.predictions):
        return
    drawn = {each.index for each in answer.predictions}
    for index, result in enumerate(results):
        if index not in drawn and isinstance(result, dict):
            name, shapes = result.get("name"), [shape for shape in SHAPE_NAMES if shape in result]
            if isinstance(name, str) and len(shapes) == 1:
                yield name, shapes[0], index


def _run_look(observations: Observations, answered: Sequence[Answered], listed: ClassList | None) -> RunLook:
    stop = observations.interruption
    known = {id(each.call) for each in answered}
    ping = observations.ping.call if observations.ping else None
    images = [each for each in answered if each.call.purpose in _SENDS_IMAGE]
    if ping is not None and id(ping) not in known:
        images.insert(0, _read_once(ping))
        known.add(id(ping))
    images += [read_call(call) for call in observations.calls if call.purpose in _SENDS_IMAGE and id(call) not in known]
    sent = [each.call for each in images]
    sent += [each.call for each in answered if each.call.purpose not in _SENDS_IMAGE]
    sent += [call for call in observations.calls if call.purpose not in _SENDS_IMAGE and id(call) not in known]
    images = [each for each in images if not outage.is_cut(each.call, stop)]
    tried = tuple(each for each in answered if each.call.purpose in _TRIES and not outage.is_cut(each.call, stop))
    probes = [call for call in sent if call.purpose not in _SENDS_IMAGE and not outage.is_cut(call, stop)]
    one_way, lost = ways.without_lost_way(images)
    kept, misread = kinds.without_failing_kind(one_way, tried)
    answers = tuple(each for each in kept if each.answer is not None)
    return RunLook(
        observations,
        kept,
        tuple(probes),
        listed or ClassList(),
        _served(observations),
        *_seen(kept),
        answers=answers,
        image_count=len({image_key(each) for each in answers}),
        lost=lost,
        misread=misread,
        tried=tried,
        geometry=geometry.outcome_of(answers, tried, observations.edges),
        cut=tuple(call for call in sent if outage.is_cut(call, stop)),
        lists_none=listed is not None and not len(listed),
    )


@lru_cache(maxsize=2)
def _read_once(call: Call) -> Answered:
    """The ping's call, cached so that a new diagnosis stays cheap."""
    return read_call(call)


def _seen(
    images: Sequence[Answered],
) -> tuple[dict[str, dict[ShapeName, int]], dict[str, int], dict[str, tuple[str, int]]]:
    """Results by name and shape, how many images have each name, and where it was first."""
    seen: dict[str, dict[ShapeName, int]] = {}
    where: dict[str, set[object]] = {}
    first: dict[str, tuple[str, int]] = {}
    for answered in images:
        for each in answered.seen:
            shapes = seen.setdefault(each.name, {})
            shapes[each.shape] = shapes.get(each.shape, 0) + each.count
            first.setdefault(each.name, (answered.call.image_name, each.first))
            where.setdefault(each.name, set()).add(image_key(answered))
    return seen, {name: len(images) for name, images in where.items()}, first


def _served(observations: Observations) -> ServedClasses | JsonError | None:
    reply = observations.classes.call.reply if observations.classes else None
    if reply is None or reply.status // 100 != 2 or web.is_page(reply):
        return None
    return _classes_once(reply.body)


@lru_cache(maxsize=2)
def _classes_once(body: bytes) -> ServedClasses | JsonError:
    try:
        return read_classes(body)
    except JsonError as error:
        return error


def _of_calls(look: RunLook) -> Iterator[Finding]:
    """The findings of single calls, with the number of images that showed them."""
    per_kind: dict[tuple[str, str], set[object]] = {}
    for answered in look.answered:
        for each in answered.findings:
            per_kind.setdefault((each.id, each.subject), set()).add(image_key(answered))
    total = len({image_key(answered) for answered in look.answered})
    noted: set[tuple[str, str]] = set()
    for answered in look.answered:
        for finding in answered.findings:
            key = (finding.id, finding.subject)
            if total > 1 and key not in noted:
                noted.add(key)
                often = f"On {len(per_kind[key])} of {total} images."
                finding = replace(finding, evidence=f"{finding.evidence} {often}".strip())
            yield finding


def _not_checked(look: RunLook) -> tuple[NotChecked, ...]:
    """What this version cannot check, and what this run had no data for."""
    first = tuple(outage.unsettled(look.observations, look.cut))
    said = {row.id for row in first}
    rest = (*_missing_means(look), *_not_probed(look), *not_implemented())
    return (*first, *(row for row in rest if row.id not in said))


def _not_probed(look: RunLook) -> Iterator[NotChecked]:
    """What only further calls can show, and why they did not."""
    outcome = look.geometry
    if not any(each.marks for each in look.answers):
        for family in ("units", "layout", "orientation"):
            yield NotChecked(family, "No response contains a position in an image.")
    elif not any(each.call.variant for each in look.tried):
        for family in ("units", "layout", "orientation"):
            yield NotChecked(family, "Judged by the numbers alone: no mirrored, scaled or turned images were sent.")
    elif outcome is not None and not outcome.judgement.sure:
        why = "Responses do not follow mirrored and scaled images closely enough to decide."
        yield NotChecked("units", why)
        yield NotChecked("layout", why)
    through = [each for each in look.tried if outage.got_through(each.call)]
    kinds = {each.call.purpose for each in look.tried}
    changes = {each.call.variant.kind for each in through if each.call.variant}
    if "input" not in kinds:
        yield NotChecked("input.format", "No other kinds of image were sent.")
        yield NotChecked("input.failure-form", "No broken image was sent.")
    if not {"blank", "noise", "mirrored"} <= changes:
        yield NotChecked("behaviour.constant", "No blank, noisy and mirrored images were sent.")
    if "again" not in changes:
        yield NotChecked("behaviour.unstable", "No image was sent twice.")
    if not look.observations.budget_ms:
        yield NotChecked("speed.slow", "No latency budget was set.")
    alone, both = speed.load_of(look)
    if len(alone) < 2 or len(both) < 2:
        yield NotChecked("speed.serial", "Not tested with parallel requests.")
    elif min(alone) < speed.SHORTEST:
        yield NotChecked("speed.serial", "Responses arrive too fast to compare.")


def _missing_means(look: RunLook) -> Iterator[NotChecked]:
    observations = look.observations
    if not look.answers:
        why = "No response could be read."
        for family in ("schema", "status", "results", "confidence", "label", "shape"):
            yield NotChecked(family, why)
    if not look.to_register:
        why = "The project lists no classes." if look.lists_none else "There is no class list yet."
        for id in ("classes.unregistered", "classes.near-match", "classes.type-mismatch", "classes.unseen"):
            yield NotChecked(id, why)
    if observations.classes is None:
        yield NotChecked("classes.not-served", "The class list address was not requested.")
    for way in ("url", "base64"):
        if not any(each.call.way == way for each in (*look.answered, *look.lost)):
            yield NotChecked(f"input.{way}", f"No image was sent by {way}.")
    tried = [call for call in look.probes if call.purpose in ("wrong-credentials", "no-credentials")]
    if observations.endpoint.secret_refs() and not (tried and all(outage.is_settled(call) for call in tried)):
        why = "The calls with wrong credentials failed." if tried else "No call with wrong credentials was made."
        yield NotChecked("auth.not-enforced", why)
    if any(each.call.reply and len(each.call.reply.body) > DUPLICATES_UP_TO for each in look.answers):
        yield NotChecked("json.duplicate-key", "Responses over 1 MB are not searched for repeated keys.")
    if observations.insecure:
        yield NotChecked("tls", "Certificate checks are turned off.")
