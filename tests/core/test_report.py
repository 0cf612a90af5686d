"""The report's three forms."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from byom_gui.core import report as module
from byom_gui.core.diagnosis import Diagnosis
from byom_gui.core.endpoint import MASK, Endpoint, parse_address
from byom_gui.core.findings import Finding, NotChecked
from byom_gui.core.observations import Call, Interruption, Observations, PingReport, Reply, SentRequest, Stage
from byom_gui.core.report import CheckReport, latency_of, report_html, report_junit
from byom_gui.ui.theme import TOKENS
from tests.core.calls import NOW

NASTY = '<script>alert("x")</script> & \x00\x1b \ud800 ]]>'
ENDPOINT = Endpoint(parse_address("https://model.example/infer?key=hush").address)
STAGES = (
    Stage("dns", "passed", 1.26),
    Stage("tcp", "failed", 2.0, "nothing listens"),
    Stage("tls", "skipped", reason="plain HTTP"),
    Stage("http", "not-reached"),
    Stage("classes", "failed", reason="a bad list \udcff"),
    Stage("auth", "failed"),
)
REST = (NotChecked("input.url", "far away"), NotChecked("units", "no objects"), NotChecked("layout", "no objects"))
BAD = Finding(
    "schema.missing", "error", "A key is missing.", "results[0].label", NASTY, "", "Add it.", "x = 1", "label", 3
)
MILD = Finding("label.differs", "warning", NASTY)
BARE = Finding("net.plain-http", "advice", "Images are sent unencrypted.")


def report(*findings: Finding) -> CheckReport:
    ping = PingReport(ENDPOINT, STAGES, None, None, (), NOW, False)
    return CheckReport(
        Observations(ENDPOINT, ping),
        (),
        Diagnosis(findings, REST),
        STAGES,
        latency_of(120.04, [10, 20, 30]),
        "not-ready",
        4,
    )


def empty() -> CheckReport:
    return CheckReport(Observations(ENDPOINT), (), Diagnosis((), ()), (), latency_of(None, []), "unreachable", 1)


def test_json_is_as_promised() -> None:
    whole = report(replace(BAD, evidence="a.png"), MILD)
    assert whole.endpoint == ENDPOINT
    told = json.loads(json.dumps(whole.as_json(), ensure_ascii=False).encode())  # bytes: UTF-8 can hold all of it
    assert list(told) == ["format", "endpoint", "verdict", "findings", "not_checked", "stages", "latency"]
    assert told["format"] == "byom-check/1"
    assert told["endpoint"] == f"https://model.example/infer?key={MASK}"
    assert told["verdict"] == "not-ready"
    assert told["findings"][0] == {
        "id": "schema.missing",
        "severity": "error",
        "where": "results[0].label",
        "evidence": "a.png",
        "cause": "",
        "fix": "Add it.",
        "count": 3,
    }
    assert told["not_checked"][0] == {"id": "input.url", "why": "far away"}
    assert told["stages"] == [
        {"name": "dns", "outcome": "passed", "milliseconds": 1.3},
        {"name": "tcp", "outcome": "failed", "reason": "nothing listens", "milliseconds": 2.0},
        {"name": "tls", "outcome": "skipped", "reason": "plain HTTP", "milliseconds": None},
        {"name": "http", "outcome": "not-reached", "milliseconds": None},
        {"name": "classes", "outcome": "failed", "reason": "a bad list \ufffd", "milliseconds": None},
        {"name": "auth", "outcome": "failed", "milliseconds": None},
    ]
    assert told["latency"] == {"first_ms": 120.0, "p50_ms": 20, "p95_ms": 30, "p99_ms": 30, "count": 4}


@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [
        (None, [], {"count": 0}),
        (5.0, [], {"first_ms": 5.0, "p50_ms": 5.0, "p95_ms": 5.0, "p99_ms": 5.0, "count": 1}),
        (None, [1, 2], {"p50_ms": 1, "p95_ms": 2, "p99_ms": 2, "count": 2}),
        (900.26, [7.36], {"first_ms": 900.3, "p50_ms": 7.4, "p95_ms": 7.4, "p99_ms": 7.4, "count": 2}),
        (None, list(range(100, 0, -1)), {"p50_ms": 50, "p95_ms": 95, "p99_ms": 99, "count": 100}),
        (None, list(range(20)), {"p50_ms": 9, "p95_ms": 18, "p99_ms": 19, "count": 20}),
    ],
)
def test_times(first: float | None, later: list[float], expected: dict[str, float]) -> None:
    assert latency_of(first, later) == expected


def test_a_report_without_times_says_null() -> None:
    assert empty().as_json()["latency"] == {
        "first_ms": None,
        "p50_ms": None,
        "p95_ms": None,
        "p99_ms": None,
        "count": 0,
    }


def test_junit_is_sound_xml() -> None:
    root = ElementTree.fromstring(report_junit(report(BAD, MILD)).encode())
    suite = root.find("testsuite")
    assert suite is not None
    assert suite.get("name") == f"byom-gui check https://model.example/infer?key={MASK}"
    counts = {key: int(suite.get(key, "")) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 11, "failures": 4, "errors": 0, "skipped": 5}
    assert [len(root.findall(f".//{tag}")) for tag in ("testcase", "failure", "skipped")] == [11, 4, 5]
    bad = root.find(".//testcase[@name='schema.missing label']/failure")
    assert bad is not None
    assert "Where: results[0].label" in (bad.text or "")
    assert '<script>alert("x")</script> & ?? ? ]]>' in (bad.text or "")
    mild = root.find(".//testcase[@name='label.differs']")
    assert mild is not None
    assert [each.tag for each in mild] == ["system-out"]
    stages = {each.get("name"): each for each in root.findall(".//testcase[@classname='stage']")}
    assert (stages["Name"].get("time"), len(stages["Name"])) == ("0.001", 0)
    reason = root.find(".//testcase[@name='input.url']/skipped")
    assert reason is not None
    assert reason.get("message") == "far away"


class Page(HTMLParser):
    """Notes the tags and texts of a page, and that they are well nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert all(name not in ("src", "href", "style") and not name.startswith("on") for name, _ in attrs)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)


def test_html_is_one_escaped_page_that_loads_nothing() -> None:
    text = report_html(report(BAD, replace(BAD, subject="name", count=1), MILD, BARE))
    text.encode()
    page = Page(text)
    assert not {"script", "img", "link", "iframe", "form"} & set(page.tags)
    assert "default-src 'none'" in text
    assert not any(word in text for word in ("url(", "@import", "hush"))
    words = "".join(page.words)
    for told in (
        f"Check of https://model.example/infer?key={MASK}",
        "Not ready: fix the errors, then check again.",
        "Checked 2026-11-20 12:00 UTC · 4 calls · first call 120 ms · p50 20 ms · p95 30 ms · p99 30 ms",
        "Findings: 2 errors, 1 warning, 1 advice",
        "schema.missing · 3 times",
        '<script>alert("x")</script> & ?? ? ]]>',
        "nothing listens",
        "x = 1",
        "no objectsunits, layout",
    ):
        assert told in words
    assert [page.tags.count(tag) for tag in ("section", "dl", "pre", "tr", "li")] == [4, 2, 6, 7, 2]


def test_html_of_a_check_that_found_nothing_says_so() -> None:
    words = "".join(Page(report_html(empty())).words)
    for told in (
        "Unreachable: the server never sent an HTTP response.",
        "1 call\n",
        "None.",
        "Everything was checked.",
    ):
        assert told in words
    assert "Findings:" not in words
    assert "Checked" not in words.replace("Not checked", "")


def test_the_page_says_how_far_a_ready_server_was_checked() -> None:
    limited = Call("infer", SentRequest("POST", "", (), "", 0, ""), Reply(429, (), b""), None, 1.0, NOW, number=9)
    stopped = Observations(ENDPOINT, interruption=Interruption(limited, 30, died=False))
    ready = replace(empty(), verdict="ready", observations=stopped)
    words = "Ready as far as it was checked. The server’s rate limit was reached at call 9 of 30 (HTTP 429)."
    assert words in report_html(ready)
    assert words not in report_html(replace(ready, observations=Observations(ENDPOINT)))
    assert "as far as" not in report_html(replace(ready, verdict="not-ready"))
    assert ready.cut_short == "The server’s rate limit was reached at call 9 of 30 (HTTP 429)."
    assert replace(ready, verdict="not-ready").cut_short == ""


def test_the_page_has_the_colours_of_the_window() -> None:
    text = report_html(empty())
    light, dark = text.split("@media(prefers-color-scheme:dark)")[:2]
    for row in module._TOKENS.split("\n")[1:-1]:
        token = row.split()[0]
        assert f"--{token}:{TOKENS['light'][token]};" in light
        assert f"--{token}:{TOKENS['dark'][token]};" in dark
