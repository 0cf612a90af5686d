"""The report's three forms."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest

from byom_gui.core.diagnosis import Diagnosis
from byom_gui.core.endpoint import MASK, Endpoint, parse_address
from byom_gui.core.findings import Finding, NotChecked
from byom_gui.core.observations import Observations, Stage
from byom_gui.core.report import CheckReport, latency_of, report_html, report_junit

NASTY = '<script>alert("x")</script> & \x00\x1b ]]>'


def report(*findings: Finding, missing: bool = True) -> CheckReport:
    stages = (
        Stage("dns", "passed", 1.26),
        Stage("tcp", "failed", 2.0, "nothing listens"),
        Stage("tls", "skipped", reason="plain HTTP"),
        Stage("http", "not-reached"),
        Stage("classes", "failed", reason="a bad list"),
        Stage("auth", "failed"),
    )
    return CheckReport(
        Observations(Endpoint(parse_address("https://model.example/infer?key=hush").address)),
        (),
        Diagnosis(findings, (NotChecked("input.url", "far away"),) if missing else ()),
        stages,
        latency_of(120.04, [10, 20, 30]),
        "not-ready",
        4,
    )


BAD = Finding(
    "schema.missing", "error", "A key is missing.", "results[0].label", NASTY, "", "Add it.", "x = 1", "label", 3
)
MILD = Finding("label.differs", "warning", NASTY)


def test_json_is_as_promised() -> None:
    told = json.loads(json.dumps(report(BAD).as_json()))
    assert told["format"] == "byom-check/1"
    assert told["endpoint"] == f"https://model.example/infer?key={MASK}"
    assert set(told) == {"format", "endpoint", "verdict", "findings", "not_checked", "stages", "latency"}
    assert told["findings"] == [BAD.as_json()]
    assert told["not_checked"] == [{"id": "input.url", "why": "far away"}]
    assert told["stages"][:4] == [
        {"name": "dns", "outcome": "passed", "milliseconds": 1.3},
        {"name": "tcp", "outcome": "failed", "reason": "nothing listens", "milliseconds": 2.0},
        {"name": "tls", "outcome": "skipped", "reason": "plain HTTP", "milliseconds": None},
        {"name": "http", "outcome": "not-reached", "milliseconds": None},
    ]
    assert told["latency"] == {"first_ms": 120.0, "p50_ms": 20, "p95_ms": 30, "p99_ms": 30, "count": 4}


@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [
        (None, [], {"count": 0}),
        (5.0, [], {"first_ms": 5.0, "p50_ms": 5.0, "p95_ms": 5.0, "p99_ms": 5.0, "count": 1}),
        (None, [1, 2], {"p50_ms": 1, "p95_ms": 2, "p99_ms": 2, "count": 2}),
        (None, list(range(100, 0, -1)), {"p50_ms": 50, "p95_ms": 95, "p99_ms": 99, "count": 100}),
    ],
)
def test_times(first: float | None, later: list[float], expected: dict[str, float]) -> None:
    assert latency_of(first, later) == expected


def test_a_report_without_times_says_null() -> None:
    empty = CheckReport(report().observations, (), Diagnosis((), ()), (), {}, "unreachable", 0)
    assert empty.as_json()["latency"] == {"first_ms": None, "p50_ms": None, "p95_ms": None, "p99_ms": None, "count": 0}


def test_junit_is_sound_xml() -> None:
    root = ElementTree.fromstring(report_junit(report(BAD, MILD)).encode())
    suite = root.find("testsuite")
    assert suite is not None
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "8",
        "failures": "4",
        "skipped": "2",
    }
    assert len(root.findall(".//failure")) == 4
    assert len(root.findall(".//skipped")) == 2
    bad = root.find(".//testcase[@name='schema.missing label']/failure")
    assert bad is not None
    assert "Where: results[0].label" in (bad.text or "")
    assert '<script>alert("x")</script> & ?? ]]>' in (bad.text or "")


class Page(HTMLParser):
    """Notes the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {"src", "href"} & {name for name, _ in attrs}


@pytest.mark.parametrize("full", [True, False])
def test_html_is_one_escaped_page(full: bool) -> None:
    text = report_html(report(BAD, MILD) if full else report(missing=False))
    page = Page()
    page.feed(text)
    assert "script" not in page.tags
    assert ("pre" in page.tags) == full
    assert ("3 times" in text) == full
    assert ("<p>None.</p>" in text) == (not full)
    assert ("Nothing was left out." in text) == (not full)
    assert "hush" not in text
