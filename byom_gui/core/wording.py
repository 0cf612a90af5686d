"""What the schema rejects, in plain words, for a bounded sample of the results that fail.

``jsonschema`` explains well what is wrong but is slow, so it only sees results that ``jsonschema_rs`` rejected:
a few of each kind, without the valid points of long paths.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from byom_gui.core.predictions import SHAPE_NAMES
from byom_gui.core.strict_json import child_path

SAMPLES_A_KIND = 5
SAMPLES = 100
ERRORS_A_RESULT = 12
_PARTS = ("name", "label", "confidence", "text", "attributes", *SHAPE_NAMES)

Judge = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a response or a class list, and how often.

    Args:
        path: the first place, such as ``results[3].polygon.path[7].x``; empty for the whole document.
        rule: the schema's keyword (``required``, ``type``, ``minimum``, ``maximum``, ``enum``, ``oneOf``), or
            ``path-type`` for a path that the schema lets through although it is not an array.
        message: one sentence.
        value: the value at that path; for ``required`` and ``oneOf`` the object around it.
        key: the missing key, for ``required``; the shapes held, joined by ``+``, for ``oneOf``.
        count: how many places have it.
        places: the first places, at most five.
        expected: what the schema expects there, such as ``a number`` or ``at least 0``.
    """

    path: str
    rule: str
    message: str
    value: Any
    key: str = ""
    count: int = 1
    places: tuple[str, ...] = ()
    expected: str = ""


def shown(value: Any, limit: int = 60) -> str:
    """A value for people, on one line: strings in quotation marks, long ones cut."""
    if isinstance(value, str):
        return f"“{value}”" if len(value) <= limit else f"“{value[:limit]}…”"
    if isinstance(value, dict | list):
        return _shown_container(value, limit)
    return json.dumps(value)[:limit]


def kind_of(value: Any) -> str:
    """The JSON type of a value, with its article."""
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "an array"}
    return names.get(type(value), "an object")


def described(value: Any) -> str:
    """A value with its JSON type: ``the string “0.9”``."""
    return "null" if value is None else f"the {kind_of(value).split()[1]} {shown(value)}"


def top_level(value: dict[str, Any], problems: Callable[[Any], Iterable[Any]]) -> Iterator[Problem]:
    """What is wrong outside the results."""
    results = value.get("results")
    flat = value if "results" not in value or not isinstance(results, list) else {**value, "results": []}
    for error in problems(flat):
        problem = _problem(error, "", value, {})
        yield replace(problem, places=(problem.path,))


def in_results(
    failing: Iterable[tuple[int, Any]], problems: Callable[[Any], Iterable[Any]], point_ok: Judge, node_ok: Judge
) -> tuple[Problem, ...]:
    """What is wrong in the failing results: each kind of fault once, with its count and first places."""
    groups: dict[object, list[int]] = {}
    samples: dict[int, Any] = {}
    for index, result in failing:
        group = groups.setdefault(_signature(result), [])
        group.append(index)
        if len(group) <= SAMPLES_A_KIND and len(samples) < SAMPLES:
            samples[index] = result
    kinds: dict[tuple[str, str, str], Problem] = {}
    for group in groups.values():
        taken = [index for index in group if index in samples]
        found: dict[tuple[str, str, str], Problem] = {}
        for index in taken:
            for problem in _in_result(index, samples[index], problems, point_ok, node_ok):
                _add(found, problem)
        for key, problem in found.items():
            whole = problem if len(taken) == len(group) else replace(problem, count=max(problem.count, len(group)))
            _add(kinds, whole, key)
    return tuple(kinds.values())


def _add(kinds: dict[tuple[str, str, str], Problem], problem: Problem, key: tuple[str, str, str] | None = None) -> None:
    key = key or (_without_places(problem.path), problem.rule, problem.key)
    places = problem.places or (problem.path,)
    if key in kinds:
        first = kinds[key]
        kinds[key] = replace(first, count=first.count + problem.count, places=(*first.places, *places)[:5])
    else:
        kinds[key] = replace(problem, places=places[:5])


def _without_places(path: str) -> str:
    return "".join(part.partition("]")[2] if at else part for at, part in enumerate(path.split("[")))


def _signature(result: Any) -> object:
    """Results with the same signature most likely fail for the same reason."""
    if not isinstance(result, dict):
        return type(result).__name__
    known = tuple((key, _part_signature(key, result[key])) for key in _PARTS if key in result)
    has_shape = any(name in result for name in SHAPE_NAMES)
    return known, () if has_shape else tuple(sorted(result))[:20]


def _part_signature(key: str, value: Any) -> object:
    if isinstance(value, dict):
        return tuple((name, _tag(value[name])) for name in sorted(value)[:12])
    if key == "confidence" and _tag(value) == "number":
        return value > 1
    return _tag(value)


def _tag(value: Any) -> str:
    if type(value) in (int, float):
        return "negative" if value < 0 else "number"
    first = value[0] if isinstance(value, list) and value else None
    return f"{type(value).__name__} {type(first).__name__}"


def _in_result(
    index: int, result: Any, problems: Callable[[Any], Iterable[Any]], point_ok: Judge, node_ok: Judge
) -> Iterator[Problem]:
    root = child_path("results", index)
    seen: set[str] = set()
    if not isinstance(result, dict):  # each of the nine alternatives accepts what is not an object
        expected = _expected("type", "object")
        yield Problem(root, "type", _message("type", "", expected, result), result, expected=expected)
        return
    trimmed, kept = _trimmed(result, point_ok, node_ok)
    for error in islice(problems(trimmed), ERRORS_A_RESULT):
        problem = _problem(error, root, result, kept)
        mark = f"{_without_places(problem.path)} {problem.rule} {problem.key}"
        if mark not in seen:  # a path of 200 bad points is one fault of that result
            seen.add(mark)
            yield problem


def _trimmed(result: dict[str, Any], point_ok: Judge, node_ok: Judge) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """The result with only the first bad items of its paths, and which items those were."""
    kept: dict[str, list[int]] = {}
    out = dict(result)
    for shape, key, fine in (("polygon", "path", point_ok), ("line", "path", point_ok), ("skeleton", "nodes", node_ok)):
        inner = result.get(shape)
        if isinstance(inner, dict) and isinstance(inner.get(key), list):
            items = inner[key]
            kept[shape] = list(islice((at for at, item in enumerate(items) if not fine(item)), SAMPLES_A_KIND))
            out[shape] = {**inner, key: [items[at] for at in kept[shape]]}
    return out, kept


def _problem(error: Any, root: str, value: Any, kept: dict[str, list[int]]) -> Problem:
    """A jsonschema ValidationError in our words, with its value from the untrimmed ``value``."""
    path, here = root, value
    steps = list(error.absolute_path)
    for at, step in enumerate(steps):
        step = kept[steps[0]][step] if at == 2 and steps[0] in kept else step
        path, here = child_path(path, step), here[step]
    rule = str(error.validator)
    key = error.message.split("'")[1] if rule == "required" else ""
    if rule == "oneOf":
        key = "+".join(name for name in SHAPE_NAMES if name in here)
    expected = _expected(rule, error.validator_value)
    return Problem(path, rule, _message(rule, key, expected, here), here, key, expected=expected)


def _expected(rule: str, schema: Any) -> str:
    """What the schema's keyword expects, as it follows “must be”."""
    if rule == "type":
        return "an object" if schema == "object" else "an array" if schema == "array" else f"a {schema}"
    if rule == "enum":
        return " or ".join(shown(each) for each in schema)
    return f"{'at least' if rule == 'minimum' else 'at most'} {schema}" if rule in ("minimum", "maximum") else ""


def _message(rule: str, key: str, expected: str, value: Any) -> str:
    if rule == "required":
        return f"“{key}” is missing."
    if rule == "oneOf":
        return f"Expected exactly one shape; found {key.replace('+', ' and ') or 'none'}."
    return f"Expected {expected}; found {described(value) if rule == 'type' else shown(value)}."


def _shown_container(value: dict[str, Any] | list[Any], limit: int) -> str:
    """Writes out only as much of a container as is shown."""
    if isinstance(value, dict):
        small: Any = {key: _summary(item) for key, item in islice(value.items(), 8)}
    else:
        small = [_summary(item) for item in value[:8]]
    text = json.dumps(small, ensure_ascii=False)
    text = text if len(value) <= 8 else f"{text[:-1]}, …{text[-1]}"
    return text if len(text) <= limit else text[:limit] + "…"


def _summary(value: Any) -> Any:
    if isinstance(value, dict | list) and len(value) > 4:
        return "…"
    if isinstance(value, dict):
        return {key: "…" if isinstance(item, dict | list) else item for key, item in value.items()}
    if isinstance(value, list):
        return ["…" if isinstance(item, dict | list) else item for item in value]
    return value
