"""Faults on what the answer says: JSON, the contract, and what is meant by it."""

from __future__ import annotations

import json
import math
from typing import Any

from byom_gui.sandbox.answers import CLASSES
from byom_gui.sandbox.fault import Answer, Change, Fault, Picture, body, each, put, with_key
from byom_gui.sandbox.places import box_around, boxes, shape_of

_NUMBERS = {name: number for number, (name, _) in enumerate(CLASSES)}
_DEEP = 100


def _python(raw: bytes) -> bytes:
    return repr(json.loads(raw)).encode()


def _latin(raw: bytes) -> bytes:
    value = json.loads(raw)
    for result in value.get("results", []):
        result["attributes"] = ["geprüft"]
    return json.dumps(value, ensure_ascii=False).encode("latin-1")


def _infinite(result: Answer, _: Picture) -> Answer:
    """A width that was divided by nothing; where there is no number in the shape, the confidence."""
    box = result.get("bounding_box")
    if box:
        box["w"] = math.inf
        return result
    return {**result, "confidence": math.inf}


def _nested() -> list[Any]:
    value: list[Any] = []
    for _ in range(_DEEP):
        value = [value]
    return value


def _without(key: str) -> Change:
    return each(lambda result, _: {k: v for k, v in result.items() if k != key})


def _two_shapes(result: Answer, _: Picture) -> Answer:
    box = box_around(result)
    if box and "bounding_box" not in result:
        return {**result, "bounding_box": box}
    return {**result, "tag": {}}


def _no_shape(result: Answer, _: Picture) -> Answer:
    return {key: value for key, value in result.items() if key != shape_of(result)}


def _mask(result: Answer, picture: Picture) -> Answer:
    width, height = picture.size
    return {**_no_shape(result, picture), "mask": {"size": [height, width], "counts": "PYb01N2O1N101O0O"}}


def _rotated(result: Answer, picture: Picture) -> Answer:
    box = box_around(result)
    if box is None:
        return result
    middle = [box["x"] + box["w"] / 2, box["y"] + box["h"] / 2]
    return {**_no_shape(result, picture), "rotated_bounding_box": [*middle, box["w"], box["h"], 12.5]}


def _pairs(value: Any) -> Any:
    if isinstance(value, list):
        return [_pairs(item) for item in value]
    if not isinstance(value, dict):
        return value
    return [value["x"], value["y"]] if value.keys() == {"x", "y"} else {k: _pairs(v) for k, v in value.items()}


def _point_pairs(result: Answer, _: Picture) -> Answer:
    changed: Answer = _pairs(result)
    return changed


def _logit(result: Answer, _: Picture) -> Answer:
    share = min(max(result["confidence"], 0.001), 0.999)
    return {**result, "confidence": round(2 * math.log(share / (1 - share)) - 7.5, 3)}


def _percent(result: Answer, _: Picture) -> Answer:
    return {**result, "confidence": round(100 * result["confidence"], 1)}


_JSON: tuple[Fault, ...] = (
    Fault("json.invalid", "stops in the middle of its JSON", reply=body(lambda raw: raw[: len(raw) * 2 // 3])),
    Fault("json.invalid", "returns an empty body", "empty", reply=body(lambda _: b"")),
    Fault("json.invalid", "has a comma after the last result", "comma", reply=body(lambda raw: raw[:-2] + b",]}")),
    Fault("json.python-literal", "returns Python instead of JSON: single quotes", reply=body(_python)),
    Fault("json.not-finite", "returns NaN as a confidence", answer=put(confidence=math.nan)),
    Fault("json.not-finite", "returns an infinite width", "infinity", answer=each(_infinite)),
    Fault("json.encoding", "sends Latin-1 instead of UTF-8", reply=body(_latin)),
    Fault("json.encoding", "starts with a byte order mark", "bom", reply=body(lambda raw: b"\xef\xbb\xbf" + raw)),
    Fault("json.encoding", "sends UTF-16", "utf-16", reply=body(lambda raw: raw.decode().encode("utf-16"))),
    Fault(
        "json.duplicate-key",
        "writes the status twice",
        reply=body(lambda raw: raw.replace(b'"status": ', b'"status": "succeeded", "status": ', 1)),
    ),
    Fault("json.too-deep", "nests arrays a hundred levels deep in attributes", answer=put(attributes=_nested())),
)

_SCHEMA: tuple[Fault, ...] = (
    Fault("schema.missing", "leaves out the confidence", answer=_without("confidence")),
    Fault(
        "schema.missing",
        "uses width and height instead of w and h",
        "width",
        answer=boxes(lambda b: {"x": b["x"], "y": b["y"], "width": b["w"], "height": b["h"]}),
    ),
    Fault("schema.missing", "leaves out the label", "label", answer=_without("label")),
    Fault("schema.missing", "leaves out the status", "status", answer=lambda value, _: {"results": value["results"]}),
    Fault(
        "schema.type",
        "returns the confidence as a string",
        answer=each(lambda r, _: {**r, "confidence": f"{r['confidence']:.3f}"}),
    ),
    Fault("schema.type", "returns null for the confidence", "null", answer=put(confidence=None)),
    Fault("schema.type", "returns null for the results", "results", answer=lambda value, _: {**value, "results": None}),
    Fault(
        "schema.range",
        "returns the status “ok” instead of “succeeded”",
        answer=lambda value, _: {**value, "status": "ok"},
    ),
    Fault("schema.range", "returns raw scores as confidences", "logit", answer=each(_logit)),
    Fault("schema.range", "returns negative sizes", "size", answer=boxes(lambda b: {**b, "w": -b["w"], "h": -b["h"]})),
    Fault("schema.no-shape", "leaves out the shapes", answer=each(_no_shape)),
    Fault("schema.two-shapes", "adds a bounding box to every other shape", answer=each(_two_shapes)),
    Fault("schema.unsupported-shape", "returns run-length masks", answer=each(_mask)),
    Fault("schema.unsupported-shape", "returns rotated boxes", "rotated", answer=each(_rotated)),
    Fault(
        "schema.polygon-paths",
        "sends polygon.paths, as in V7's exports",
        answer=with_key("polygon", lambda p: {"paths": [p["path"]]}),
    ),
    Fault("schema.point-pairs", "sends points as [x, y]", answer=each(_point_pairs)),
    Fault(
        "schema.null",
        "returns null for each optional key",
        answer=each(lambda r, _: {**dict.fromkeys(("polygon", "tag", "text", "attributes")), **r}),
    ),
    Fault("schema.attributes-object", "sends attributes as an object", answer=put(attributes={"checked": True})),
)

_MEANING: tuple[Fault, ...] = (
    Fault("status.failed", "returns “failed” for every image", answer=lambda *_: {"status": "failed", "results": []}),
    Fault("status.no-results", "returns only “succeeded”", answer=lambda *_: {"status": "succeeded"}),
    Fault(
        "status.failed-with-results",
        "returns “failed” with results",
        also=("status.failed",),
        answer=lambda value, _: {**value, "status": "failed"},
    ),
    Fault("results.empty", "finds nothing in any image", answer=lambda value, _: {**value, "results": []}),
    Fault("confidence.percent", "returns confidences from 0 to 100", answer=each(_percent)),
    Fault("confidence.constant", "returns 0.9 as every confidence", answer=put(confidence=0.9)),
    Fault(
        "label.differs",
        "returns the class number as label",
        answer=each(lambda r, _: {**r, "label": _NUMBERS[r["name"]]}),
    ),
    Fault(
        "label.differs",
        "returns a different string as label",
        "text",
        answer=each(lambda r, _: {**r, "label": f"class_{_NUMBERS[r['name']]}"}),
    ),
)

ANSWERS = (*_JSON, *_SCHEMA, *_MEANING)
