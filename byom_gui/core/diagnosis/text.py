"""JSON: what the answer's bytes are, where they are not what they should be."""

from __future__ import annotations

from collections.abc import Iterator

from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.model import CallLook, CallRule, Rule
from byom_gui.core.diagnosis.schema import of_lines
from byom_gui.core.diagnosis.wrappers import find_in_lines
from byom_gui.core.errors import JsonError
from byom_gui.core.findings import Finding
from byom_gui.core.strict_json import child_path

_WORDS: dict[str, tuple[str, str, str]] = {
    "json.invalid": (
        "The answer is not JSON.",
        "The text was put together by hand, cut off, or is no JSON at all.",
        "Let a JSON library write the answer: jsonify(…) in Flask, or return a dict in FastAPI.",
    ),
    "json.python-literal": (
        "The answer is Python, not JSON.",
        "A dict was turned into text with str() or repr(): single quotes, True and None are not JSON.",
        "Write it with json.dumps(…) or jsonify(…).",
    ),
    "json.not-finite": (
        "The answer holds a number that JSON does not know.",
        "A division by zero or a missing value became NaN or Infinity; Python's json writes them all the same.",
        "Leave such results out, or replace the value: math.isfinite(value).",
    ),
    "json.encoding": (
        "The answer is not UTF-8.",
        "The text was encoded in another way, or holds half of a character.",
        'Encode it as UTF-8: text.encode("utf-8"), without a byte order mark.',
    ),
    "json.too-deep": (
        "The answer is nested too deep.",
        "A value holds itself, or the answer was wrapped again and again.",
        "Return status and results only; no shape is nested more than six levels deep.",
    ),
    "http.oversized": (
        "The answer passes the size limit.",
        "The answer holds far more than shapes: a mask, an image or many thousand points.",
        "Return fewer or simpler shapes, and no images in the answer.",
    ),
}


def of_error(error: JsonError) -> Finding:
    """The finding of bytes that could not be read as JSON."""
    what, cause, fix = _WORDS[error.finding_id]
    if "empty" in error.sentence:
        what, cause = "The answer is empty.", "The function that answers returns nothing."
    around = f" Around it: {error.around}" if error.around else ""
    place = f"line {error.line}, column {error.column}" if error.line else ""
    evidence = f"{error.sentence}{around}"
    return make(error.finding_id, what, where=error.where or place, evidence=evidence, cause=cause, fix=fix)


def _unreadable(look: CallLook) -> Iterator[Finding]:
    if look.json_error:
        lines = find_in_lines(look.call.reply.body) if look.call.reply else None
        yield of_lines(*lines) if lines else of_error(look.json_error)


def _duplicates(look: CallLook) -> Iterator[Finding]:
    found = look.answer.duplicates if look.answer else ()
    for key in dict.fromkeys(each.key for each in found):
        places = tuple(child_path(each.path, key) for each in found if each.key == key)
        yield make(
            "json.duplicate-key",
            f"The key “{key}” stands twice in one object.",
            where=places[0],
            evidence=f"“{key}” is repeated at {places[0]}.",
            cause="The text was put together by hand. Most readers keep the last; that V7 does is assumed.",
            fix="Write each key once.",
            subject=key,
            count=len(places),
            places=places[:5],
        )


RULES: tuple[Rule, ...] = (
    CallRule((*_WORDS, "schema.wrapped"), _unreadable),
    CallRule(("json.duplicate-key",), _duplicates),
)
