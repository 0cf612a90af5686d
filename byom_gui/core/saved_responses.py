"""Responses on the lines of a file, such as the ``answers.jsonl`` of ``infer``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from byom_gui.core.diagnosis.catalogue import CATALOGUE

_RECORD_KEYS = frozenset(("image", "summary"))


@dataclass(frozen=True, slots=True)
class JsonRow:
    """A line of a file of responses.

    Args:
        number: the line, counted from 1.
        answer: the response's bytes; None where the line has none.
        value: what they were parsed to; None where they are not JSON.
        image: the image's name, where the line tells it.
        width: of the image; 0 where it is not known.
        height: of the image; 0 where it is not known.
        findings: what the line keeps of a call that was not answered.
        why: why there is no response, in the line's words.
    """

    number: int
    answer: bytes | None
    value: Any = None
    image: str = ""
    width: int = 0
    height: int = 0
    findings: tuple[Mapping[str, Any], ...] = ()
    why: str = ""


def json_rows(data: bytes, value: object, name: str) -> tuple[JsonRow, ...] | None:
    """The lines of a file of responses; None where it is no such file.

    Args:
        data: the file.
        value: what all of it was parsed to; None where it is not one JSON value.
        name: the file's name.
    """
    by_name = name.lower().endswith((".jsonl", ".ndjson"))
    if value is not None and not (by_name or _is_record(value)):
        return None
    lines = [(number, line.strip()) for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1)]
    lines = [(number, line) for number, line in lines if line] if value is None else [(1, data.strip())]
    values = [_parsed(line) for _, line in lines]
    known = [
        each for each in values if _is_record(each) or (isinstance(each, dict) and {"status", "results"} & each.keys())
    ]
    whole = all(isinstance(each, dict) for each in values)
    if not known or not (by_name or _is_record(value) or (whole and len(lines) > 1)):
        return None
    return tuple(_row(number, line, each) for (number, line), each in zip(lines, values, strict=True))


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_record(value: object) -> bool:
    """A line that ``byom-gui infer`` writes."""
    return isinstance(value, dict) and value.keys() >= _RECORD_KEYS and bool({"answer", "error"} & value.keys())


def _row(number: int, line: bytes, value: Any) -> JsonRow:
    if not _is_record(value):
        return JsonRow(number, line)
    image = str(value["image"])
    answer, kept = value.get("answer"), value.get("findings")
    width, height = (side if isinstance(side, int) else 0 for side in (value.get("width"), value.get("height")))
    if answer is not None:
        return JsonRow(number, json.dumps(answer).encode(), answer, image, width, height)
    items = [item for item in kept if isinstance(item, dict)] if isinstance(kept, list) else []
    findings = tuple(item for item in items if item.get("id") in CATALOGUE and "evidence" in item)
    return JsonRow(number, None, None, image, width, height, findings, f"{image}: {value['summary']}")
