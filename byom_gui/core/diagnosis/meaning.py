"""Meaning: what the schema accepts, but the user probably did not intend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from byom_gui.core.contract import Answer
from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.forms import other_format
from byom_gui.core.diagnosis.model import CallLook, CallRule, Rule, RunLook, RunRule
from byom_gui.core.diagnosis.shapes import is_degenerate, outside_by
from byom_gui.core.diagnosis.wrappers import find_wrapped
from byom_gui.core.findings import Finding
from byom_gui.core.predictions import Keypoint, Prediction, Skeleton
from byom_gui.core.wording import shown

PERCENT_FROM = 5.0
"""If confidences are percentages, at least one is this high; below it they are probably raw scores."""
CONSTANT_FROM = 10
"""From this many results with the same confidence on, it is reported."""


def _status(look: CallLook) -> Iterator[Finding]:
    answer = look.answer
    if answer is None or answer.status is None:
        return
    if answer.status == "succeeded" and "results" not in answer.value and not find_wrapped(answer.value):
        form = other_format(answer.value)
        yield make(
            "status.no-results",
            "The response says “succeeded” but has no “results”.",
            where="status",
            evidence=f"Its keys are {', '.join(answer.value)}.",
            cause=f"They are in another tool's format: {form}."
            if form
            else "The results are under another key, or were left out because there are none.",
            fix='Always return "results"; if nothing was found, an empty array.',
        )
    if answer.status == "failed":
        yield from _failed(look, answer)


def _failed(look: CallLook, answer: Answer) -> Iterator[Finding]:
    others = {key: value for key, value in answer.value.items() if key not in ("status", "results")}
    said = f" The response also contains {shown(others, 160)}." if others else ""
    yield make(
        "status.failed",
        "The server returned “failed” for a valid image.",
        where="status",
        evidence=f"status is “failed” for {look.call.image_name or 'the image'}.{said}",
        cause="The server's code caught an error of its own, such as an image that it could not open.",
        fix="Check the server's log at this time, and make it log the complete exception.",
    )
    if answer.results:
        yield make(
            "status.failed-with-results",
            "The response says “failed” but has results.",
            where="results",
            evidence=f"There are {len(answer.results)} results in addition to “failed”.",
            cause="The status and the results are set in different places. It is assumed that V7 drops the results.",
            fix='Return "succeeded" with results, or "failed" without results.',
        )


def _percent(look: CallLook) -> Iterator[Finding]:
    """All confidences from 0 to 100, and some well over 1: percentages."""
    percent = percentages(look.answer)
    if percent:
        places = tuple(f"results[{index}].confidence" for index, _ in percent)
        yield make(
            "confidence.percent",
            "Confidences are percentages; V7 expects 0 to 1.",
            where=places[0],
            evidence=f"{places[0]} is {shown(percent[0][1])}; {len(percent):,} results are above 1.",
            cause="The server returns percentages.",
            fix="Divide by 100 before returning them.",
            count=len(percent),
            places=places[:5],
        )


def percentages(answer: Answer | None) -> list[tuple[int, float]]:
    """The indexes and values above 1, if all of them can be percentages."""
    if answer is None or answer.schema_valid or not answer.results:
        return []
    found = [(at, item["confidence"]) for at, item in enumerate(answer.results) if _has_confidence(item)]
    values = [value for _, value in found]
    if not values or min(values) < 0 or max(values) > 100 or max(values) < PERCENT_FROM:
        return []
    return [(at, value) for at, value in found if value > 1]


def _has_confidence(item: object) -> bool:
    return isinstance(item, dict) and type(item.get("confidence")) in (int, float)


def _labels(look: CallLook) -> Iterator[Finding]:
    """Only where the names are valid: a missing label and other shape faults are reported elsewhere."""
    if look.answer is None:
        return
    odd = [each for each in look.answer.predictions if each.label != each.name and _is_labelled(look.answer, each)]
    if not odd:
        return
    first = odd[0]
    raw = (look.answer.results or [])[first.index]["label"]
    yield _told(
        "label.differs",
        odd,
        ".label",
        "“name” and “label” of a result differ."
        if isinstance(raw, str)
        else "The “label” of a result is not a string.",
        f"name is {shown(first.name)}, label is {shown(raw)}",
        "One of the two holds something else, such as a class number. It is assumed that V7 matches the name.",
        "Use the class name for both.",
    )


def _is_labelled(answer: Answer, prediction: Prediction) -> bool:
    return "label" in (answer.results or [])[prediction.index]


def _told(id: str, odd: Iterable[Prediction], tail: str, what: str, evidence: str, cause: str, fix: str) -> Finding:
    """One finding for all results with the same fault."""
    places = [f"results[{each.index}]{tail or '.' + each.shape_name}" for each in odd]
    many = f", and in {len(places) - 1:,} more results" if len(places) > 1 else ""
    return make(
        id,
        what,
        where=places[0],
        evidence=f"{places[0]}: {evidence}{many}.",
        cause=cause,
        fix=fix,
        count=len(places),
        places=tuple(places[:5]),
    )


def _odd(look: CallLook, test: Callable[[Prediction], bool]) -> list[Prediction]:
    return [each for each in look.answer.predictions if test(each)] if look.answer else []


def _degenerate(look: CallLook) -> Iterator[Finding]:
    odd = _odd(look, lambda each: is_degenerate(each.shape))
    if odd:
        yield _told(
            "shape.degenerate",
            odd,
            "",
            "A shape has no area or no length.",
            f"this {odd[0].shape_name.replace('_', ' ')} has no size or too few points",
            "The model found almost nothing, or the values were rounded to 0.",
            "Leave such results out: a polygon needs three points, a line needs two, a box needs a width and a height.",
        )


def _outside(look: CallLook) -> Iterator[Finding]:
    width, height = look.call.image_width, look.call.image_height
    if not width or not height:
        return
    by = {each.index: outside_by(each.shape, width, height) for each in _odd(look, lambda _: True)}
    odd = _odd(look, lambda each: by[each.index] > 1)
    if odd:
        yield _told(
            "shape.outside",
            odd,
            "",
            "A shape extends beyond the image.",
            f"it extends at most {max(by.values()):,.0f} pixels beyond the {width} × {height} image",
            "The model's boxes are not clipped, or the coordinates are for another image size.",
            "Clip the coordinates to the image, and return them in its pixels.",
        )


def _placeholder(look: CallLook) -> Iterator[Finding]:
    """Joints or points at exactly 0, 0 although others of their kind are not: pose models mean “not found” by that."""
    skeletons = _odd(look, lambda each: isinstance(each.shape, Skeleton) and each.shape.located != each.shape.nodes)
    if skeletons:
        missing = [len(s.nodes) - len(s.located) for s in (each.shape for each in skeletons) if isinstance(s, Skeleton)]
        joints = f"{missing[0]} node{'s' * (missing[0] != 1)} of this skeleton"
        yield _told(
            "shape.placeholder",
            skeletons,
            ".skeleton.nodes",
            f"{sum(missing):,} skeleton node{'s' * (sum(missing) != 1)} at exactly 0, 0: joints that were not found?",
            f"{joints} {'are' if missing[0] != 1 else 'is'} at exactly 0, 0; the others are not",
            "Pose models return 0, 0 for joints that they did not find. It is assumed that V7 shows them in the "
            "corner.",
            "Leave these nodes out, or return their estimated position and mark them as occluded.",
        )
    points = _odd(look, lambda each: isinstance(each.shape, Keypoint))
    origin = [each for each in points if each.shape == Keypoint(0, 0)]
    if origin and len(origin) < len(points):
        yield _told(
            "shape.placeholder",
            origin,
            "",
            f"{len(origin):,} keypoint{'s' * (len(origin) != 1)} at exactly 0, 0: not found?",
            f"this keypoint is at exactly 0, 0; {len(points) - len(origin):,} others are not",
            "Pose models return 0, 0 for points that they did not find. It is assumed that V7 shows them in the "
            "corner.",
            "Leave these results out.",
        )


def _placeless(look: CallLook) -> Iterator[Finding]:
    odd = _odd(look, lambda each: each.shape_name == "directional_vector")
    if odd:
        yield _told(
            "shape.placeless",
            odd,
            "",
            "A directional vector has no position in the image.",
            "it has only an angle and a length",
            "V7's contract has no position for this shape, so it cannot be drawn anywhere.",
            "If it belongs to an object, return that object as a separate result.",
        )


def _empty(look: RunLook) -> Iterator[Finding]:
    tried = [each for each in look.answers if each.answer and each.answer.status == "succeeded"]
    if not tried or any(each.answer is None or each.answer.results != [] for each in tried):
        return
    samples = all(each.call.sample for each in tried)
    yield make(
        "results.empty",
        "No results on any image.",
        severity="advice" if samples else "warning",
        where=tried[0].call.image_name,
        evidence=f"“results” is empty in {len(tried)} of {len(tried)} responses.",
        cause="The built-in samples may not show anything that this model detects." if samples else _NOTHING_FOUND,
        fix="Try images on which the model must find something.",
    )


_NOTHING_FOUND = (
    "The threshold is too high, the image is not decoded as the model expects, or there is nothing to find."
)


def _constant(look: RunLook) -> Iterator[Finding]:
    spans = [each.confidences for each in look.answers if each.confidences[2]]
    total = sum(count for _, _, count in spans)
    if total < CONSTANT_FROM or len(spans) < 2:
        return
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    if low == high:
        yield make(
            "confidence.constant",
            "Every result has the same confidence.",
            evidence=f"“confidence” is {shown(low)} in {total:,} results on {len(spans)} images.",
            cause="The server returns a fixed number instead of the model's score.",
            fix="Return the model's score, so that people can sort and filter by it.",
            count=total,
        )


RULES: tuple[Rule, ...] = (
    CallRule(("status.failed", "status.no-results", "status.failed-with-results"), _status),
    CallRule(("confidence.percent",), _percent),
    CallRule(("label.differs",), _labels),
    CallRule(("shape.degenerate",), _degenerate),
    CallRule(("shape.outside",), _outside),
    CallRule(("shape.placeholder",), _placeholder),
    CallRule(("shape.placeless",), _placeless),
    RunRule(("results.empty",), _empty),
    RunRule(("confidence.constant",), _constant),
)
