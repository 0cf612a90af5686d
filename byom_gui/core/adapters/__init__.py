"""Adapters: a few lines of Python that turn the user's own answer, in another tool's form, into V7's contract.

An adapter is written for the answer at hand: its keys, its kinds of results, its unit. It is run on that answer before
it is offered, and offered only where the outcome keeps the contract.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from byom_gui.core.adapters.items import plan_items
from byom_gui.core.adapters.regions import plan_regions
from byom_gui.core.adapters.rows import plan_bare, plan_columns, plan_tensors
from byom_gui.core.adapters.writing import WRAPPED, Plan, Scale, run, unit_scale, write
from byom_gui.core.contract import schema_valid
from byom_gui.core.diagnosis.forms import other_format
from byom_gui.core.diagnosis.wrappers import Wrapped, find_wrapped

__all__ = ["Adapter", "adapter_for", "excerpt_text"]

_MISFITS = (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError, OverflowError)
_SHOWN_ITEMS = 2
_SHOWN_KEYS = 16
_SHOWN_NUMBERS = 8
_SHOWN_TEXT = 40
_WIDTH = 76


@dataclass(frozen=True, slots=True)
class Adapter:
    """A source that fits an answer, and what it makes of it.

    Args:
        name: whose form it is.
        source: Python, one function ``adapt(answer, width, height)``; nothing of the answer's text is in it.
        before: the start of the answer, as text.
        after: the start of what the source makes of it, as text.
        value: all that the source makes of it; it keeps the contract.
    """

    name: str
    source: str
    before: str
    after: str
    value: Any = field(repr=False)


def adapter_for(value: Any, width: int, height: int) -> Adapter | None:
    """The adapter for an answer in another tool's form; None where none turns it into a valid one.

    Args:
        value: the answer, as ``strict_json.read_json`` returns it.
        width: of the image that was sent, in pixels, upright.
        height: the same.
    """
    wrapped = find_wrapped(value)
    form = "" if wrapped else other_format(value)
    try:
        plan = _unwrapping(wrapped) if wrapped else _plan(value, form) if form else None
        if plan is None:
            return None
        # Label Studio's places are always in percent; others are looked at once they are in one form.
        scale: Scale = "percent" if form == "Label Studio" else "pixels"
        form = form or "the wrapped response"
        title = form[0].upper() + form[1:]
        source = write(plan, title, scale)
        adapted = run(source, value, width, height)
        if not wrapped and scale == "pixels" and unit_scale(adapted) == "normalised":
            source = write(plan, title, "normalised")
            adapted = run(source, value, width, height)
        json.dumps(adapted, allow_nan=False)  # sums of very large numbers leave what JSON can hold
    except _MISFITS:
        return None
    return Adapter(form, source, excerpt_text(value), excerpt_text(adapted), adapted) if schema_valid(adapted) else None


def _unwrapping(wrapped: Wrapped) -> Plan | None:
    text = wrapped.expression
    line = f'return {{"status": "succeeded", "results": {text}}}' if wrapped.bare else f"return {text}"
    return replace(WRAPPED, setup=(line,), imports=("json",) if "json.loads" in text else ()) if text else None


def _plan(value: Any, form: str) -> Plan | None:
    if form == "Label Studio":
        return plan_regions(value)
    if isinstance(value, dict) and isinstance(value.get("outputs"), list) and form == "Triton/KServe":
        return plan_tensors(value)
    if isinstance(value, dict) and "boxes" in value and form.startswith("YOLO (arrays"):
        return plan_columns(value)
    where, items = _items(value)
    if items and not isinstance(items[0], dict):
        return plan_bare(items, where)
    if items and where == "answer" and schema_valid({"status": "succeeded", "results": items}):
        return WRAPPED
    return plan_items(items, where, form, value)


def _items(value: Any) -> tuple[str, list[Any]]:
    """The expression of the list of results, and the list."""
    if isinstance(value, list):
        return "answer", value
    images = value.get("images")
    if isinstance(images, list) and images and isinstance(images[0], dict) and "results" in images[0]:
        return 'answer["images"][0]["results"]', images[0]["results"]
    key = next(key for key in ("result", "annotations", "results", "predictions") if isinstance(value.get(key), list))
    return f'answer["{key}"]', value[key]


def excerpt_text(value: Any) -> str:
    """The start of a JSON value for people: lists and texts are cut, what is short stands on one line."""
    return "\n".join(_lines(value, "", "")).encode("utf-8", "replace").decode()


def _lines(value: Any, lead: str, indent: str) -> list[str]:
    """The lines of a value behind its key."""
    if not isinstance(value, dict | list) or not value:
        short = value[:_SHOWN_TEXT] + "…" if isinstance(value, str) and len(value) > _SHOWN_TEXT else value
        return [f"{indent}{lead}{json.dumps(short, ensure_ascii=False)}"]
    deeper = f"{indent}  "
    parts = [_lines(each, key, deeper) for key, each in islice(_pairs(value), _limit(value))]
    for part in parts[:-1]:
        part[-1] += ","
    more = len(value) - len(parts)
    if more:
        parts[-1][-1] += ","
        parts.append([f"{deeper}… {more:,} more"])
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if all(len(part) == 1 for part in parts):
        line = f"{indent}{lead}{opening}{' '.join(part[0].strip() for part in parts)}{closing}"
        if len(line) <= _WIDTH:
            return [line]
    return [f"{indent}{lead}{opening}", *(line for part in parts for line in part), f"{indent}{closing}"]


def _pairs(value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        return (("", each) for each in value)
    return ((f"{json.dumps(key, ensure_ascii=False)}: ", each) for key, each in value.items())


def _limit(value: dict[str, Any] | list[Any]) -> int:
    if isinstance(value, dict):
        return _SHOWN_KEYS
    return _SHOWN_ITEMS if isinstance(value[0], dict | list) else _SHOWN_NUMBERS
