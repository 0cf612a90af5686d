"""Calls, answers and runs for the tests of the diagnosis: plain values, no server."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.diagnosis import Answered, Diagnosis, diagnose, read_call
from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.findings import Finding
from byom_gui.core.observations import (
    Call,
    ClassesObservation,
    NetFailure,
    Observations,
    PingReport,
    Purpose,
    Redirect,
    Reply,
    SentRequest,
    Stage,
    Way,
)

URL = "https://models.example.org/api/infer"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
JSON_TYPE = (("content-type", "application/json"),)

BOX = {"x": 10, "y": 20, "w": 30, "h": 40}
POINT = {"x": 10, "y": 20.5}
TRIANGLE = [{"x": 1, "y": 1}, {"x": 50, "y": 1}, {"x": 1, "y": 50}]
NODE = {"x": 1, "y": 2, "occluded": False, "name": "head"}
SHAPES: dict[str, dict[str, Any]] = {
    "tag": {},
    "bounding_box": BOX,
    "polygon": {"path": TRIANGLE},
    "line": {"path": TRIANGLE[:2]},
    "keypoint": POINT,
    "ellipse": {"angle": 0, "center": {"x": 50, "y": 50}, "radius": {"x": 5, "y": 6}},
    "cuboid": {"front": BOX, "back": BOX},
    "skeleton": {"nodes": [NODE]},
    "directional_vector": {"angle": 1, "length": 2},
}


def result(name: Any = "cat", **parts: Any) -> dict[str, Any]:
    """One sound result, a box unless a shape is given; a part of None is left out."""
    whole: dict[str, Any] = {"name": name, "label": name or "cat", "confidence": 0.9}
    if not parts.keys() & SHAPES.keys():
        whole["bounding_box"] = BOX
    return {key: value for key, value in (whole | parts).items() if value is not None}


def bare(**parts: Any) -> dict[str, Any]:
    """A result without a shape."""
    return {"name": "cat", "label": "cat", "confidence": 0.9, **parts}


def body(*results: Any, status: Any = "succeeded", **more: Any) -> dict[str, Any]:
    return {"status": status, "results": list(results), **more}


def request(url: str = URL, size: int = 1000) -> SentRequest:
    return SentRequest("POST", url, (), "{}", size, "curl …")


def call(
    value: Any = None,
    *,
    raw: bytes | None = None,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = JSON_TYPE,
    purpose: Purpose = "infer",
    image: str = "a.png",
    url: str = URL,
    size: int = 1000,
    credentials: bool = False,
    redirects: tuple[Redirect, ...] = (),
    sample: bool = False,
    way: Way | None = None,
) -> Call:
    data = json.dumps(value).encode() if raw is None else raw
    return Call(
        purpose=purpose,
        request=request(url, size),
        reply=Reply(status, headers, data),
        failure=None,
        milliseconds=12.0,
        started=NOW,
        image_name=image,
        image_width=100,
        image_height=100,
        with_credentials=credentials,
        redirects=redirects,
        sample=sample,
        way=way,
    )


def failed(failure: NetFailure, purpose: Purpose = "infer") -> Call:
    return Call(purpose, request(), None, failure, 12.0, NOW, image_name="a.png")


def findings(value: Any = None, **options: Any) -> tuple[Finding, ...]:
    """What is said of one call alone."""
    return read_call(call(value, **options)).findings


def ids(found: tuple[Finding, ...]) -> list[str]:
    return [each.id for each in found]


def endpoint(url: str = URL, auth: Auth | None = None) -> Endpoint:
    return Endpoint(parse_address(url).address, auth or Auth())


def classes_seen(value: Any = None, **options: Any) -> ClassesObservation:
    address = parse_address("https://models.example.org/api/classes").address
    return ClassesObservation(address, call(value, purpose="classes", **options))


def ping(
    stages: tuple[Stage, ...] = (),
    the_call: Call | None = None,
    failure: NetFailure | None = None,
    addresses: tuple[str, ...] = (),
    url: str = URL,
) -> PingReport:
    return PingReport(endpoint(url), stages, the_call, failure, addresses, NOW, False)


def run(*calls: Call, listed: ClassList | None = None, **options: Any) -> Diagnosis:
    """The diagnosis of a run of these calls."""
    options.setdefault("endpoint", endpoint())
    answered: list[Answered] = [read_call(each) for each in calls]
    return diagnose(Observations(**options), answered, listed)


def classes(*pairs: tuple[str, str]) -> ClassList:
    return ClassList(tuple(ClassEntry(name, type_) for name, type_ in pairs))


def only(diagnosis: Diagnosis, id: str) -> Finding:
    """The one finding with this id."""
    (finding,) = [each for each in diagnosis.findings if each.id == id]
    return finding
