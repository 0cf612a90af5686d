"""JSON: responses whose bytes are not valid JSON."""

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
        "The response is not JSON.",
        "The text was built with string operations, was cut off, or is something other than JSON.",
        "Write the response with a JSON library: jsonify(…) in Flask, or return a dict in FastAPI.",
    ),
    "json.python-literal": (
        "The response is Python, not JSON.",
        "A dict was converted with str() or repr(): single quotes, True and None are not JSON.",
        "Write it with json.dumps(…) or jsonify(…).",
    ),
    "json.not-finite": (
        "The response contains a number that JSON does not have.",
        "A division by zero or a missing value became NaN or Infinity; Python's json module writes them anyway.",
        "Leave such results out or replace the value. Test it with math.isfinite(value).",
    ),
    "json.encoding": (
        "The response is not UTF-8.",
        "The text has another encoding, or contains half of a character.",
        'Encode it as UTF-8: text.encode("utf-8"), without a byte order mark.',
    ),
    "json.too-deep": (
        "The response is nested too deeply.",
        "A value contains itself, or the response was wrapped repeatedly.",
        "Return only “status” and “results”; no shape is nested more than six levels deep.",
    ),
    "http.oversized": (
        "The response exceeds the size limit.",
        "The response contains far more than shapes: a mask, an image, or many thousands of points.",
        "Return fewer or simpler shapes, and no images.",
    ),
}


def of_error(error: JsonError) -> Finding:
    """The finding for bytes that could not be read as JSON."""
    what, cause, fix = _WORDS[error.finding_id]
    if "empty" in error.sentence:
        what, cause = "The response is empty.", "The function that handles the request returns nothing."
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
            f"The key “{key}” appears twice in one object.",
            where=places[0],
            evidence=f"“{key}” is repeated at {places[0]}.",
            cause="The text was built with string operations. Most parsers keep the last value; it is assumed that "
            "V7 does too.",
            fix="Write each key once.",
            subject=key,
            count=len(places),
            places=places[:5],
        )


RULES: tuple[Rule, ...] = (
    CallRule((*_WORDS, "schema.wrapped"), _unreadable),
    CallRule(("json.duplicate-key",), _duplicates),
)
