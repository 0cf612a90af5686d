"""V7's response format inside something else: a list, another key, a cloud function's envelope, JSON in a string."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from byom_gui.core.errors import JsonError
from byom_gui.core.predictions import SHAPE_NAMES
from byom_gui.core.strict_json import read_json

DEPTH = 4
_MOST_KEYS = 40
_MOST_LINES = 2000
_LONGEST = 16 * 1024 * 1024
"""Bytes of a string that is parsed again."""

KEYS = frozenset(
    (
        "answer",
        "body",
        "completion",
        "content",
        "data",
        "detections",
        "generated_text",
        "image",
        "inference",
        "inferences",
        "items",
        "message",
        "model",
        "output",
        "outputs",
        "payload",
        "prediction",
        "predictions",
        "response",
        "responses",
        "result",
        "results",
        "return",
        "text",
        "value",
    )
)
"""Keys that an adapter's source may contain: no other text from a response gets into it."""

Step = str | int
"""A key, a place in a list (0), or ``PARSE`` for a string that holds JSON."""
PARSE = -1


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What was found inside.

    Args:
        inner: V7's response, or with ``bare`` its list of results alone.
        steps: how to get there from the outside.
        bare: only the results are there, without ``status`` and ``results`` around them.
        count: how many such responses the list that ``steps`` goes through has; 1 if there is no list.
        outer: the keys on the outside.
    """

    inner: Any
    steps: tuple[Step, ...]
    bare: bool = False
    count: int = 1
    outer: tuple[str, ...] = ()

    @property
    def response(self) -> Any:
        """The complete response."""
        return {"status": "succeeded", "results": self.inner} if self.bare else self.inner

    @property
    def name(self) -> str:
        """What it is wrapped in, as a phrase: “a list”, “the key “data””."""
        if self.count > 1:
            return f"an array of {self.count:,} responses"
        if self.steps == (0,):
            return "an array with one response"
        if self.steps[0] == PARSE:
            return "a JSON string: it was encoded twice"
        if {"statusCode", "body"} <= set(self.outer):
            return "a cloud function's envelope (“statusCode”, “headers”, “body”)"
        keys = "”, “".join(step for step in self.steps if isinstance(step, str))
        last = self.steps[-1]
        tail = ", as a JSON string" if last == PARSE else ", as an array of one" if last == 0 else ""
        return f"the key{'s' * (keys.count('“') > 0)} “{keys}”{tail}"

    @property
    def expression(self) -> str:
        """Python that extracts it from ``answer``; empty if a key is not in ``KEYS`` or a part would get lost."""
        if self.count > 1 or not all(step in KEYS for step in self.steps if isinstance(step, str)):
            return ""
        text = "answer"
        for step in self.steps:
            text = f"json.loads({text})" if step == PARSE else f"{text}[{json.dumps(step)}]"
        return text


def find_wrapped(value: Any) -> Wrapped | None:
    """V7's response somewhere inside ``value``; None if ``value`` is one itself, or contains none.

    The search is bounded: four levels, the first 40 keys of an object, one item of a list.
    """
    if _is_response(value):
        return None
    waiting: deque[Wrapped] = deque([Wrapped(value, (), outer=tuple(value) if isinstance(value, dict) else ())])
    while waiting:
        here = waiting.popleft()
        for step, inner, count in _inside(here.inner):
            found = Wrapped(inner, (*here.steps, step), count=max(here.count, count), outer=here.outer)
            if _is_response(inner):
                return found
            if isinstance(step, str) and _are_results(inner):
                return Wrapped(inner, found.steps, True, found.count, here.outer)
            if len(found.steps) < DEPTH:
                waiting.append(found)
    return None


def find_in_lines(body: bytes) -> tuple[str, Wrapped] | None:
    """V7's response in a body that is not one JSON document (an event stream or JSON Lines): which, and the response.

    If several lines have one, the last one counts.
    """
    if len(body) > _LONGEST:
        return None
    lines = [line.strip() for line in body.splitlines()[:_MOST_LINES] if line.strip()]
    events = [line.removeprefix(b"data:").strip() for line in lines if line.startswith(b"data:")]
    name = "an event stream (“data: …”)" if events else "JSON Lines"
    for line in reversed(events or lines):
        value = _parsed(line) if line[:1] in (b"{", b"[") else None
        if _is_response(value):
            return name, Wrapped(value, (PARSE,))
    return None


def _inside(value: Any) -> Iterator[tuple[Step, Any, int]]:
    """Each step inward, what is there, and how many of its kind there are."""
    if isinstance(value, dict):
        for key in list(value)[:_MOST_KEYS]:
            yield key, value[key], 1
    elif isinstance(value, list) and value:
        several = len(value) if all(map(_is_response, value)) else 1
        if several == len(value):
            yield 0, value[0], several
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "[", '"') and len(value) <= _LONGEST:
        parsed = _parsed(value.encode("utf-8", "replace"))
        if parsed is not None:
            yield PARSE, parsed, 1


def _parsed(data: bytes) -> Any:
    try:
        return read_json(data).value
    except JsonError:
        return None


def _is_response(value: Any) -> bool:
    """Whether it is V7's response, valid or not: a list of ``results``, and ``status`` or a result in V7's format."""
    if not isinstance(value, dict) or not isinstance(value.get("results"), list):
        return False
    return "status" in value or _are_results(value["results"])


def _are_results(value: Any) -> bool:
    """Whether it is a list of results in V7's format, by the first few."""
    return isinstance(value, list) and bool(value) and all(map(_is_result, value[:3]))


def _is_result(value: Any) -> bool:
    if not isinstance(value, dict) or not {"name", "confidence"} <= value.keys():
        return False
    return any(isinstance(value.get(shape), dict) for shape in SHAPE_NAMES)
