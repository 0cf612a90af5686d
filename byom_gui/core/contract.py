"""V7's contract: checks requests, responses and class lists, and reads responses into typed values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from byom_gui.core import wording
from byom_gui.core.answers import prediction_of
from byom_gui.core.classes import ClassEntry
from byom_gui.core.predictions import SHAPE_NAMES, Prediction
from byom_gui.core.strict_json import DuplicateKey, JsonDocument, read_json
from byom_gui.core.wording import Problem

__all__ = [
    "Answer",
    "Problem",
    "ServedClasses",
    "answer_of",
    "classes_valid",
    "read_answer",
    "read_classes",
    "request_body_valid",
    "schema_valid",
    "without_nulls",
]

SchemaName = Literal["request", "response", "classes"]
Part = Literal["", "result", "point", "node"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model server returned.

    Args:
        value: the parsed JSON.
        status: the value of ``status``, if it is a string.
        predictions: every result that can be understood, even if others cannot.
        problems: what is wrong, each kind once; empty if the response is valid.
        schema_valid: the verdict of V7's published schema alone.
        duplicates: keys that are repeated in one object (searched in responses up to 1 MB).
    """

    value: Any
    status: str | None
    predictions: tuple[Prediction, ...]
    problems: tuple[Problem, ...]
    schema_valid: bool
    duplicates: tuple[DuplicateKey, ...] = ()

    @property
    def results(self) -> list[Any] | None:
        """The raw ``results``, if they are an array."""
        results = self.value.get("results") if isinstance(self.value, dict) else None
        return results if isinstance(results, list) else None


@dataclass(frozen=True, slots=True)
class ServedClasses:
    """What the class list address returned: the entries that can be understood, and what is wrong with the others."""

    value: Any
    entries: tuple[ClassEntry, ...]
    problems: tuple[Problem, ...]


@cache
def schema(name: SchemaName) -> dict[str, Any]:
    """One of our own schema files. Do not change what it returns."""
    text = files("byom_gui.core").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def schema_valid(value: Any) -> bool:
    """Whether V7's published response schema accepts ``value`` (finite JSON, as ``read_json`` returns it)."""
    return _judge("response", "")(value)


def request_body_valid(value: Any) -> bool:
    """Whether ``value`` is a request as V7 sends it: one image, by ``url`` or by ``base64``."""
    return _judge("request", "")(value)


def classes_valid(value: Any) -> bool:
    """Whether ``value`` is a class list as V7 reads it: ``[{"name": string, "type": string}, …]``."""
    return _judge("classes", "")(value)


def read_answer(data: bytes, document: JsonDocument | None = None) -> Answer:
    """Reads the bytes of an inference response. A valid one costs one parse and one fast validation.

    Args:
        data: the body.
        document: the parsed body, if it was parsed before.

    Raises:
        JsonError: if they are not JSON (``core.strict_json.read_json``).
    """
    document = document or read_json(data)
    return answer_of(document.value, document.duplicates)


def answer_of(value: Any, duplicates: tuple[DuplicateKey, ...] = ()) -> Answer:
    """The same for JSON that was parsed before."""
    valid = schema_valid(value)
    status = value.get("status") if isinstance(value, dict) else None
    results = value.get("results") if isinstance(value, dict) else None
    results = results if isinstance(results, list) else []
    found = [(index, prediction_of(index, result)) for index, result in enumerate(results)]
    problems = _useless(results, found) if valid else _refused(value, results)
    return Answer(
        value=value,
        status=status if isinstance(status, str) else None,
        predictions=tuple(prediction for _, prediction in found if prediction),
        problems=problems,
        schema_valid=valid,
        duplicates=duplicates,
    )


def without_nulls(value: Any) -> tuple[Any, tuple[str, ...]]:
    """A response without the optional keys that are null, and where those were, such as ``results[0].polygon``.

    Optional are a result's shapes, ``attributes`` and ``text``. Other keys that are null stay. If none of these is
    null, ``value`` itself is returned.
    """
    results = value.get("results") if isinstance(value, dict) else None
    if not isinstance(results, list):
        return value, ()
    kept: list[Any] = []
    places: list[str] = []
    for index, result in enumerate(results):
        if isinstance(result, dict):
            null = [key for key in _OPTIONAL if key in result and result[key] is None]
            places += (f"results[{index}].{key}" for key in null)
            result = {key: each for key, each in result.items() if key not in null} if null else result
        kept.append(result)
    return ({**value, "results": kept}, tuple(places)) if places else (value, ())


_OPTIONAL = (*SHAPE_NAMES, "attributes", "text")


def read_classes(data: bytes) -> ServedClasses:
    """Reads the bytes that the class list address returned.

    Raises:
        JsonError: if they are not JSON.
    """
    value = read_json(data).value
    if not isinstance(value, list):
        message = f"Expected an array of {{name, type}} objects; found {wording.kind_of(value)}."
        return ServedClasses(value, (), (Problem("", "type", message, value),))
    entries, problems = [], []
    for index, item in enumerate(value):
        problem = _class_problem(f"[{index}]", item)
        if problem:
            problems.append(problem)
        else:
            entries.append(ClassEntry(item["name"], item["type"]))
    return ServedClasses(value, tuple(entries), tuple(problems))


def _class_problem(path: str, item: Any) -> Problem | None:
    if not isinstance(item, dict):
        return Problem(path, "type", f"Expected a {{name, type}} object; found {wording.kind_of(item)}.", item)
    for key in ("name", "type"):
        if key not in item:
            return Problem(path, "required", f"“{key}” is missing.", item, key)
        if not isinstance(item[key], str):
            message = f"Expected a string; found {wording.kind_of(item[key])}."
            return Problem(f"{path}.{key}", "type", message, item[key])
    return None


def _refused(value: Any, results: list[Any]) -> tuple[Problem, ...]:
    if not isinstance(value, dict):
        message = f"Expected an object with “status” and “results”; found {wording.kind_of(value)}."
        return (Problem("", "type", message, value, places=("",), expected="an object with “status” and “results”"),)
    judge = _judge("response", "result")
    failing = ((index, result) for index, result in enumerate(results) if not judge(result))
    return (
        *wording.top_level(value, _errors("")),
        *wording.in_results(failing, _errors("result"), _judge("response", "point"), _judge("response", "node")),
    )


def _useless(results: list[Any], found: list[tuple[int, Prediction | None]]) -> tuple[Problem, ...]:
    """What the schema accepts although nothing can be drawn: a path that is not an array."""
    unread = [index for index, prediction in found if prediction is None]
    if not unread:
        return ()
    places, values = [], []
    for index in unread[:5]:
        shape = next(name for name in SHAPE_NAMES if name in results[index])
        places.append(f"results[{index}].{shape}.path")
        values.append(results[index][shape].get("path"))
    expected = "an array of points"
    message = f"Expected {expected}; found {wording.described(values[0])}."
    return (
        Problem(
            places[0],
            "path-type",
            message,
            values[0],
            count=len(unread),
            places=tuple(places),
            expected=expected,
        ),
    )


def _part_schema(name: SchemaName, part: Part) -> dict[str, Any]:
    whole = schema(name)
    return {"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]} if part else whole


@cache
def _judge(name: SchemaName, part: Part) -> Callable[[Any], bool]:
    """The fast validator, created when first needed: the import alone takes a tenth of a second."""
    import jsonschema_rs

    is_valid = jsonschema_rs.validator_for(_part_schema(name, part)).is_valid

    def judge(value: Any) -> bool:
        try:
            return is_valid(value)
        except (UnicodeEncodeError, ValueError):  # half a character, or nested too deeply: not JSON that can be sent
            return False

    return judge


@cache
def _errors(part: Part) -> Callable[[Any], Iterator[Any]]:
    """The slow validator that explains what is wrong, created when first needed."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_part_schema("response", part)).iter_errors
