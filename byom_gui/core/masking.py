"""A reply as people may read it: secrets masked in what is text, and every bit of data left as the server sent it.

Data are numbers (also those that a server wrote as strings), keys that are plain words, the words of V7's contract, and
the names of classes. All else is text: error messages, tracebacks, headers, unknown values, and a body that is not
JSON. Values under ``attributes`` and ``text`` are data that V7 imports; in them, and in other keys, a secret is masked
only where nobody would write it as a word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from byom_gui.core.observations import Reply
from byom_gui.core.redact import Redactor, Span, masked

_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_COLON = re.compile(r"\s*:")
_LIST = re.compile(r":\s*\[\s*")
_PLAIN_KEY = re.compile(r"[A-Za-z_]*")
_NAME_KEYS = {"name", "label", "type", "class", "class_name", "category"}
_LIST_KEYS = {"classes", "class_names", "labels", "names", "categories"}
_CONTENT_KEYS = {"attributes", "text"}
_NUMBER_KEYS = {"confidence", "score", "x", "y", "w", "h", "width", "height", "angle", "length"}
_NUMBER = re.compile(r"[-+]?[0-9.]+%?")
_STATUS = {"succeeded", "failed"}

Kind = Literal["data", "content", "text"]


def reply_for_people(reply: Reply, redactor: Redactor) -> Reply | None:
    """The reply with its secrets masked; None where it holds none outside its data."""
    headers = tuple((name, redactor.scrub(value)) for name, value in reply.headers)
    text = reply.body.decode("utf-8", "surrogateescape")
    safe = mask_body(text, redactor)
    if headers == reply.headers and safe == text:
        return None
    return replace(reply, headers=headers, body=safe.encode("utf-8", "surrogateescape"))


def mask_body(text: str, redactor: Redactor) -> str:
    """A body with its secrets masked: in JSON only where there is text, else wherever they are."""
    spans = redactor.spans(text)
    if not spans or not _is_json(text):
        return masked(text, spans)
    return masked(text, _in_text(text, redactor))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _in_text(text: str, redactor: Redactor) -> Iterator[Span]:
    for start, end, kind in _strings(text):
        if kind != "data":
            part = text[start:end]
            for first, last in redactor.spans(part, distinct=kind == "content"):
                yield start + first, start + last


def _strings(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Where the insides of the strings of a JSON text are, and what they are."""
    key, end, listed = "", 0, False
    for match in _STRING.finditer(text):
        gap, inside = text[end : match.start()], match[1]
        end = match.end()
        if _COLON.match(text, end):
            key, listed = inside, False
            yield *match.span(1), "data" if _PLAIN_KEY.fullmatch(key) else "content"
            continue
        # A string in a list belongs to the key of the list, or to none.
        if gap.strip() != ":":
            first = _LIST.fullmatch(gap) is not None or (not key and gap.strip() == "[")
            listed = first or (listed and gap.strip() == ",")
            yield *match.span(1), _kind_in_list(key) if listed else "text"
            continue
        yield *match.span(1), _kind_of(key, inside)


def _kind_of(key: str, value: str) -> Kind:
    if key in _NAME_KEYS or (key == "status" and value in _STATUS):
        return "data"
    number = key in _NUMBER_KEYS and _NUMBER.fullmatch(value)
    return "content" if number or key in _CONTENT_KEYS else "text"


def _kind_in_list(key: str) -> Kind:
    if not key or key in _LIST_KEYS:
        return "data"
    return "content" if key in _CONTENT_KEYS else "text"
