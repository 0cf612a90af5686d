"""Kinds of image that fail, a prefix that is wanted, and what a broken image brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from byom_gui.core.diagnosis import Diagnosis
from byom_gui.core.observations import Call, NetFailure, Way
from tests.core.calls import bare, body, call, failed, ids, only, result, run

GOOD = body(result())
FAILED = body(status="failed")
BAD: dict[str, Any] = body(bare(tag=None))


def tried(kind: str, value: Any = GOOD, *, way: Way = "base64", **options: Any) -> Call:
    return replace(call(value, image=f"a ({kind})", purpose="input", way=way, **options), kind=kind)


def found(diagnosis: Diagnosis) -> set[str]:
    return {each for each in ids(diagnosis.findings) if each.startswith("input.")}


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("png", "warning"),
        ("webp", "warning"),
        ("cmyk", "warning"),
        ("exif-6", "warning"),
        ("bmp", "advice"),
        ("1x1", "advice"),
    ],
)
@pytest.mark.parametrize(
    ("value", "status", "words"),
    [(GOOD, 500, "HTTP 500"), (FAILED, 200, "“failed”"), (body(bare()), 200, "no shape"), (GOOD, 413, "HTTP 413")],
)
def test_a_kind_that_fails(kind: str, severity: str, value: Any, status: int, words: str) -> None:
    finding = only(run(call(GOOD), tried("jpeg"), tried(kind, value, status=status)), "input.format")
    assert (finding.severity, finding.count) == (severity, 1)
    assert words in finding.evidence


def test_kinds_that_fail_alike_are_one_finding() -> None:
    calls = [tried(kind, status=500) for kind in ("grey", "alpha", "cmyk")]
    calls += [tried("webp", FAILED), tried("tiff", status=500), tried("large", status=413)]
    diagnosis = run(call(GOOD), tried("jpeg"), *calls)
    told = [each for each in diagnosis.findings if each.id == "input.format"]
    assert [(each.severity, each.count) for each in told] == [
        ("warning", 3),
        ("warning", 1),
        ("advice", 1),
        ("advice", 1),
    ]
    assert "grayscale, with transparency, CMYK" in told[0].what
    assert "three 8-bit channels" in told[0].cause
    assert "this size" in told[3].cause


def test_a_broken_connection_is_a_failure_too() -> None:
    reset = NetFailure("net.reset", "http", "gone", 0.1)
    slow = NetFailure("net.timeout-read", "http", "late", 0.1)
    gone = replace(failed(reset, "input"), way="base64", kind="wide")
    late = replace(failed(slow, "input"), way="base64", kind="bmp")
    finding = only(run(call(GOOD), tried("jpeg"), gone, late), "input.format")
    assert "very wide" in finding.what
    assert "connection was lost" in finding.evidence


@pytest.mark.parametrize(
    "calls",
    [
        [tried("jpeg", status=500), tried("png", status=500)],
        [tried("jpeg"), tried("png", status=429)],
        [tried("jpeg"), tried("png", body())],
        [tried("jpeg"), tried("broken", status=400)],
        [tried("jpeg"), tried("broken", FAILED), tried("no-image", FAILED)],
        [tried("jpeg"), tried("png", way="data-uri", status=500), tried("jpeg", way="data-uri", status=500)],
        [tried("broken", status=500)],
        [],
    ],
    ids=["all fail", "too many", "another answer", "a refusal", "as it should be", "prefix", "nothing works", "none"],
)
def test_no_fault_of_a_kind(calls: Sequence[Call]) -> None:
    assert found(run(call(GOOD), *calls)) == set()


def test_what_ordinary_images_bring_as_well_is_not_the_kind() -> None:
    usual = body(bare())
    assert found(run(call(usual), tried("jpeg", usual), tried("png", usual))) == set()


def test_images_of_a_kind_that_fails_are_that_one_cause() -> None:
    given = [call(GOOD, image=name, status=500, way="base64") for name in ("one.jpg", "two.JPEG")]
    grid = [tried("jpeg", status=500), tried("cmyk", status=500), tried("png")]
    diagnosis = run(call(GOOD, image="ping.png", way="base64"), *given, *grid)
    finding = only(diagnosis, "input.format")
    assert "2 of your images are of this kind" in finding.evidence
    assert "http.server-error" not in ids(diagnosis.findings)


@pytest.mark.parametrize(
    ("given", "grid"),
    [
        ([call(GOOD, image="one.jpg", status=500, way="base64")], [tried("jpeg"), tried("png")]),
        ([call(GOOD, image="one.jpg", status=500, way="base64")], [tried("jpeg", status=500)]),
        ([call(GOOD, image="one.jpg", status=500, way="base64")], [tried("jpeg", status=500), tried("1x1", body())]),
        ([call(GOOD, image="one.jpg", status=500, way="url")], [tried("jpeg", status=500), tried("png")]),
        ([call(GOOD, image="one.gif", status=500, way="base64")], [tried("1x1", status=500), tried("png")]),
        ([call(GOOD, image="one.jpg", status=503, way="base64")], [tried("jpeg", FAILED), tried("png")]),
    ],
    ids=[
        "the kind works",
        "nothing else works",
        "an empty answer works",
        "another way",
        "no kind of file",
        "another failure",
    ],
)
def test_images_that_fail_for_another_reason_are_told_as_that(given: list[Call], grid: list[Call]) -> None:
    assert "http.server-error" in ids(run(call(GOOD, image="ping.bmp", way="base64"), *given, *grid).findings)


@pytest.mark.parametrize("kind", ["broken", "no-image"])
def test_a_broken_image_breaks_the_server(kind: str) -> None:
    finding = only(run(call(GOOD), tried("jpeg"), tried(kind, status=500)), "input.failure-form")
    assert (finding.severity, finding.count) == ("warning", 1)
    assert "HTTP 500" in finding.evidence


def by(way: Way, value: Any = GOOD, **options: Any) -> Call:
    return call(value, way=way, **options)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([by("base64", status=500), by("data-uri")], {"input.data-uri"}),
        ([by("base64", FAILED), by("data-uri"), by("url")], {"input.data-uri"}),
        ([by("base64", status=400), by("data-uri"), by("url", status=500)], {"input.data-uri", "input.url"}),
        ([by("base64", status=500), by("data-uri", status=500), by("url")], {"input.base64"}),
        ([by("base64"), by("data-uri", status=500), by("url")], set()),
        ([by("base64"), by("data-uri", FAILED)], set()),
        ([by("base64", status=500), by("data-uri", status=500)], set()),
    ],
)
def test_a_prefix_that_is_wanted(calls: Sequence[Call], expected: set[str]) -> None:
    assert found(run(*calls)) == expected


def test_what_was_not_sent_is_listed() -> None:
    assert {"input.format", "input.failure-form"} <= {each.id for each in run(call(GOOD)).not_checked}
    assert not {"input.format"} & {each.id for each in run(call(GOOD), tried("jpeg")).not_checked}


def test_a_picture_that_is_too_large_as_one_kind_is_no_fault_of_the_kind() -> None:
    given = call(GOOD, image="one.png", status=413, way="base64")
    diagnosis = run(call(GOOD, way="base64"), given, tried("png", status=413), tried("jpeg"))
    assert only(diagnosis, "http.too-large").severity == "error"
    assert "input.format" not in found(diagnosis)
