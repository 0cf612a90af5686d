"""The Diagnosis tab."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from byom_gui.core.diagnosis.catalogue import CATALOGUE
from byom_gui.core.findings import Action, Finding, NotChecked
from byom_gui.core.observations import Stage
from byom_gui.ui.panels.diagnosis import FAMILIES, DiagnosisView, grouped, latency_text

STAGES = (
    Stage("dns", "passed", 12, "a.io is 203.0.113.24"),
    Stage("tls", "skipped", reason="http"),
    Stage("http", "failed", 58, reason="500"),
    Stage("json", "not-reached"),
)
FINDINGS = (
    Finding("classes.form", "error", "Classes are strings.", action=Action("use-class", "cat", "List “cat”")),
    Finding("http.server-error", "error", "The server failed.", where="results[0]"),
    Finding("input.format", "warning", "CMYK fails."),
)
LATENCY = {"first_ms": 312.0, "p50_ms": 84.0, "p95_ms": 120.0, "count": 12.0}


@pytest.fixture
def view(qtbot: QtBot) -> DiagnosisView:
    made = DiagnosisView()
    qtbot.addWidget(made)
    made.resize(860, 900)
    made.show()
    return made


def _report(view: DiagnosisView, verdict: str = "not-ready") -> None:
    view.set_report(STAGES, FINDINGS, [NotChecked("behaviour", "One image only.")], LATENCY, verdict, 64)


def test_a_check_that_stopped_early_is_ready_only_as_far_as_it_went(view: DiagnosisView) -> None:
    _report(view, "ready")
    assert view.verdict == "Ready to register"
    assert "Not checked” below" not in _said(view)
    why = "The server’s rate limit was reached at call 31 of 64 (HTTP 429)."
    view.set_report(STAGES, (), [NotChecked("behaviour", why)], LATENCY, "ready", 31, why)
    assert view.verdict == "Ready as far as it was checked"
    assert f"{why} See “Not checked” below." in _said(view)
    assert "Ready to register" not in _said(view)


def _said(view: QWidget) -> str:
    return "\n".join(label.text() for label in view.findChildren(QLabel) if label.isVisible())


def _button(view: DiagnosisView, text: str) -> QPushButton:
    return next(b for b in view.findChildren(QPushButton) if b.text() == text and b.isVisible())


def test_how_many_calls_it_will_make_is_said_before(view: DiagnosisView, qtbot: QtBot) -> None:
    view.set_idle(64)
    assert view.said == "Run all checks makes about 64 calls to your server."
    with qtbot.waitSignal(view.run_clicked, timeout=1000):
        QTest.keyClick(_button(view, "Run all checks"), Qt.Key.Key_Space)
    view.set_run_enabled(False, "Connect a model first")
    run = _button(view, "Run all checks")
    assert (run.isEnabled(), run.accessibleDescription()) == (False, "Connect a model first")
    view.set_idle(0)
    assert view.said == ""


def test_while_it_runs_it_counts_and_can_be_cancelled(view: DiagnosisView, qtbot: QtBot) -> None:
    view.set_running(12, 64, "sending alpha by url")
    said = _said(view)
    assert "12 of 64" in said
    assert "sending alpha by url" in said
    assert "Checks are running" in said
    with qtbot.waitSignal(view.cancel_clicked, timeout=1000):
        view.cancel_button.click()
    view.set_running(0, 0, "starting")
    assert " of " not in _said(view)
    view.set_idle(64)
    assert not view.cancel_button.isVisible()


def test_an_older_report_stays_in_sight_while_it_runs_again(view: DiagnosisView) -> None:
    _report(view)
    view.set_running(1, 64, "pinging")
    assert view.cancel_button.isVisible()
    assert "Classes are strings." in _said(view)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("ready", "Ready to register"),
        ("not-ready", "Not ready to register"),
        ("unreachable", "The server cannot be reached"),
    ],
)
def test_the_verdict_heads_the_report(view: DiagnosisView, verdict: str, words: str) -> None:
    _report(view, verdict)
    said = _said(view)
    assert words in said
    assert "64 calls, 2 errors, 1 warning" in said


def test_a_report_holds_steps_findings_gaps_and_times(view: DiagnosisView) -> None:
    _report(view)
    said = _said(view)
    for words in (
        "a.io is 203.0.113.24",
        "skipped: http",
        "not reached",
        "One image only.",
        "Times: first 312 ms, p50 84 ms, p95 120 ms, over 12 calls",
    ):
        assert words in said
    assert [row.finding.id for row in view.rows] == ["http.server-error", "classes.form", "input.format"]
    headings = [said.index(title) for title in ("\nHTTP\n1", "\nClasses\n1", "\nInputs\n1")]
    assert headings == sorted(headings)


def test_findings_open_and_act(view: DiagnosisView, qtbot: QtBot) -> None:
    _report(view)
    QTest.keyClick(view.rows[0].chevron, Qt.Key.Key_Space)
    assert view.rows[0].opened
    with qtbot.waitSignal(view.action_triggered, timeout=1000) as done:
        _button(view, "List “cat”").click()
    assert done.args == [Action("use-class", "cat", "List “cat”")]
    with qtbot.waitSignal(view.show_in_json, timeout=1000) as shown:
        _button(view, "Show in JSON").click()
    assert shown.args == ["results[0]"]


def test_a_report_can_be_exported_and_run_again(view: DiagnosisView, qtbot: QtBot) -> None:
    _report(view)
    with qtbot.waitSignals([view.export_clicked, view.run_clicked], timeout=1000):
        _button(view, "Export report…").click()
        _button(view, "Run again").click()


def test_every_id_has_a_heading() -> None:
    families = {id_.partition(".")[0] for id_ in CATALOGUE}
    assert families == set(FAMILIES)
    findings = [Finding(id_, "error", "what") for id_ in CATALOGUE]
    assert sum(len(group) for group in grouped(findings).values()) == len(findings)
    assert "Others" not in grouped(findings)


@pytest.mark.parametrize(
    ("latency", "said"),
    [
        ({}, ""),
        ({"count": 0.0}, ""),
        ({"first_ms": 312.0, "count": 1.0}, "Times: first 312 ms, over 1 call"),
        ({"p50_ms": 84.0}, "Times: p50 84 ms"),
    ],
)
def test_times(latency: dict[str, float], said: str) -> None:
    assert latency_text(latency) == said
