"""Faults that the built-in model server can be given, each under the id of the finding that it should bring.

To add one, put a ``Fault`` into ``_ALL``: each hook that it sets replaces one step of a sound answer.
"""

from __future__ import annotations

import copy
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from byom_gui.core.errors import InputError
from byom_gui.sandbox.loopback import Request, Response, as_json


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture that was asked about, and the how manieth call this is, from 1."""

    data: bytes
    number: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels as the file says."""
        with Image.open(io.BytesIO(self.data)) as image:
            return image.size


Answer = dict[str, Any]
Change = Callable[[Answer, Picture], Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing done wrong. Hooks that are None leave their step sound.

    Args:
        id: the finding's id.
        does: what it does, for ``--list-faults``.
        answer: makes the inference answer out of the sound one (a copy; may be changed in place).
        reply: makes the inference response out of the sound one.
        asked: answers at once, from the request's ``image``, before it is looked at; None goes on.
        classes: makes the classes answer out of the sound one.
        classes_reply: makes the classes response out of the sound one.
        wait: seconds to wait before the n-th inference call, from 1.
    """

    id: str
    does: str
    answer: Change | None = None
    reply: Callable[[Request, Response], Response] | None = None
    asked: Callable[[dict[str, Any]], Response | None] | None = None
    classes: Callable[[list[dict[str, str]]], Any] | None = None
    classes_reply: Callable[[Request, Response], Response] | None = None
    wait: Callable[[int], float] | None = None


def each(change: Callable[[Answer, Picture], Answer]) -> Change:
    """Changes every result."""

    def changed(value: Answer, picture: Picture) -> Answer:
        results = [change(copy.deepcopy(result), picture) for result in value["results"]]
        return {**value, "results": results}

    return changed


def with_key(kind: str, change: Callable[[Any], Any], to: str = "") -> Change:
    """Changes (and with ``to`` renames) the value under one shape's key in each result that has it."""

    def one(result: Answer, _: Picture) -> Answer:
        if kind in result:
            result[to or kind] = change(result.pop(kind))
        return result

    return each(one)


def scaled(by: Callable[[Picture], tuple[float, float]]) -> Change:
    """Multiplies every coordinate and length in x and in y."""

    def one(result: Answer, picture: Picture) -> Answer:
        sx, sy = by(picture)
        factors = {"x": sx, "w": sx, "y": sy, "h": sy}
        changed: Answer = _scaled(result, factors)
        return changed

    return each(one)


def _scaled(value: Any, factors: Mapping[str, float]) -> Any:
    if isinstance(value, dict):
        return {k: v * factors[k] if k in factors else _scaled(v, factors) for k, v in value.items()}
    return [_scaled(item, factors) for item in value] if isinstance(value, list) else value


def without(key: str) -> Change:
    """Takes a key out of each result."""
    return each(lambda result, _: {k: v for k, v in result.items() if k != key})


def put(**values: Any) -> Change:
    """Sets keys of each result."""
    return each(lambda result, _: {**result, **values})


def replies(status: int, body: bytes, *headers: tuple[str, str], kind: str = "application/json") -> Any:
    """Sends the same whatever was asked."""
    return lambda _request, _response: Response(status, body, headers, kind)


def body(change: Callable[[bytes], bytes]) -> Callable[[Request, Response], Response]:
    """Changes the bytes of a 200."""
    return lambda _, response: replace(response, body=change(response.body)) if response.status == 200 else response


def _renamed(old: str, new: str) -> Change:
    return each(lambda r, _: {**r, "name": new, "label": new} if r["name"] == old else r)


def _pixels_to_share(picture: Picture) -> tuple[float, float]:
    return 1 / picture.size[0], 1 / picture.size[1]


def _two_shapes(result: Answer, _: Picture) -> Answer:
    if "polygon" in result:
        xs, ys = ([p[k] for p in result["polygon"]["path"]] for k in "xy")
        result["bounding_box"] = {"x": min(xs), "y": min(ys), "w": max(xs) - min(xs), "h": max(ys) - min(ys)}
    return result


def _python(raw: bytes) -> bytes:
    return repr(json.loads(raw)).encode()


def _retyped(listed: list[dict[str, str]], name: str, kind: str) -> list[dict[str, str]]:
    return [{**c, "type": kind} if c["name"] == name else c for c in listed]


TRACEBACK = b"""Traceback (most recent call last):
  File "/srv/app.py", line 41, in infer
    return jsonify(status="succeeded", results=results)
TypeError: Object of type float32 is not JSON serializable
"""
PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body><form>Sign in to go on</form></body></html>"

_ALL: tuple[Fault, ...] = (
    Fault("classes.near-match", "returns Nucleus where nucleus is listed", answer=_renamed("nucleus", "Nucleus")),
    Fault(
        "status.failed",
        "says failed for every image",
        answer=lambda _value, _picture: {"status": "failed", "results": []},
    ),
    Fault(
        "http.server-error",
        "answers 500 with a traceback",
        reply=replies(500, TRACEBACK, kind="text/plain; charset=utf-8"),
    ),
    Fault("http.html", "answers with a web page", reply=replies(200, PAGE, kind="text/html; charset=utf-8")),
    Fault("json.python-literal", "prints Python in place of JSON: single quotes", reply=body(_python)),
    Fault("json.not-finite", "returns NaN as a confidence", answer=put(confidence=math.nan)),
    Fault("units.normalised", "returns coordinates from 0 to 1", answer=scaled(_pixels_to_share)),
    Fault("schema.missing", "leaves out the confidence", answer=without("confidence")),
    Fault("schema.two-shapes", "adds a bounding box to each polygon", answer=each(_two_shapes)),
    Fault(
        "schema.polygon-paths",
        "sends polygon.paths, the export form",
        answer=with_key("polygon", lambda p: {"paths": [p["path"]]}),
    ),
    Fault("schema.attributes-object", "sends attributes as an object", answer=put(attributes={"checked": True})),
    Fault("classes.form", "lists its classes as bare strings", classes=lambda listed: [c["name"] for c in listed]),
    Fault(
        "classes.unknown-type",
        "lists a class of type bbox",
        classes=lambda listed: _retyped(listed, "mitosis", "bbox"),
    ),
    Fault("speed.slow", "takes three seconds over the first call", wait=lambda number: 3.0 if number == 1 else 0.0),
    Fault("json.invalid", "stops in the middle of its JSON", reply=body(lambda raw: raw[: len(raw) * 2 // 3])),
    Fault(
        "http.media-type",
        "sends its JSON as text/html",
        reply=lambda _, response: replace(response, media_type="text/html; charset=utf-8"),
    ),
    Fault("auth.rejected", "answers 401 to everyone", reply=replies(401, b'{"error": "no"}')),
    Fault(
        "http.rate-limited",
        "answers 429 with Retry-After",
        reply=replies(429, b'{"error": "slow down"}', ("Retry-After", "7")),
    ),
    Fault("net.reset", "hangs up in the middle of the answer", reply=lambda _, r: replace(r, cut=len(r.body) // 2)),
    Fault("net.timeout-read", "never answers", wait=lambda _: 3600.0),
    Fault("status.no-results", "says succeeded and no more", answer=lambda _value, _picture: {"status": "succeeded"}),
    Fault("results.empty", "finds nothing in any image", answer=lambda value, _: {**value, "results": []}),
    Fault(
        "confidence.percent",
        "returns confidences from 0 to 100",
        answer=each(lambda r, _: {**r, "confidence": round(100 * r["confidence"], 1)}),
    ),
    Fault("classes.not-served", "has no classes address", classes_reply=lambda *_: as_json({"error": "no"}, 404)),
    Fault("classes.duplicate", "lists a class twice", classes=lambda listed: [*listed, listed[0]]),
    Fault("classes.unregistered", "returns a class that it does not list", classes=lambda listed: listed[1:]),
    Fault(
        "classes.type-mismatch",
        "lists nucleus as a bounding box",
        classes=lambda listed: _retyped(listed, "nucleus", "bounding_box"),
    ),
    Fault(
        "input.url",
        "fails for an image sent as an address",
        asked=lambda image: as_json({"status": "failed", "results": []}) if "url" in image else None,
    ),
    Fault(
        "input.failure-form",
        "answers 500 to a broken image",
        reply=lambda _, r: Response(500, TRACEBACK, (), "text/plain") if b'"failed"' in r.body[:30] else r,
    ),
)

FAULTS: Mapping[str, Fault] = {fault.id: fault for fault in _ALL}
"""Each fault by the id of its finding."""

WORDS: Mapping[str, str] = {
    "wrong-case": "classes.near-match",
    "status-failed": "status.failed",
    "http-500": "http.server-error",
    "html": "http.html",
    "json-single-quotes": "json.python-literal",
    "nan": "json.not-finite",
    "normalised": "units.normalised",
    "missing-confidence": "schema.missing",
    "two-shapes": "schema.two-shapes",
    "polygon-paths": "schema.polygon-paths",
    "attributes-object": "schema.attributes-object",
    "classes-strings": "classes.form",
    "unknown-type": "classes.unknown-type",
    "slow-first": "speed.slow",
}
"""Plainer words for some of them."""


def find_fault(name: str) -> Fault:
    """The fault by its id or its plainer word. Raises InputError, with the names there are."""
    found = FAULTS.get(WORDS.get(name, name))
    if found is None:
        raise InputError(f"There is no fault named {name}. There are: {', '.join(FAULTS)}.", where="fault")
    return found
