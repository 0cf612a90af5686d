"""The Connection tab: steps as they come, the first that failed open, what can be copied and done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from byom_gui.core.endpoint import MASK, Endpoint, parse_address
from byom_gui.core.findings import Action, Finding
from byom_gui.core.observations import (
    PING_STAGES,
    Call,
    CertificateFacts,
    NetFailure,
    PingReport,
    Redirect,
    Reply,
    SentRequest,
    Stage,
    StageName,
)
from byom_gui.ui.finding_text import finding_of, finding_text, is_in_answer, ping_text
from byom_gui.ui.panels.ping import COLD, COLD_PASSED, PingView
from byom_gui.ui.widgets.code_box import CodeBox
from byom_gui.ui.widgets.finding_body import certificate_table

ENDPOINT = Endpoint(parse_address("https://models.acme.io/api/infer?key=hunter2").address)
CERTIFICATE = CertificateFacts(
    "models.acme.io", ("models.acme.io",), "Let's Encrypt", "2026-10-02", "2026-12-31", False, 1
)
UNTRUSTED = Finding(
    "tls.untrusted",
    "error",
    "The certificate can not be traced to one that this computer trusts.",
    cause="The server sends its own certificate without the one that issued it.",
    fix="Serve the whole chain.",
    snippet="# nginx\nssl_certificate /etc/fullchain.pem;",
)
PLAIN = Finding("net.plain-http", "advice", "Images are sent unencrypted.")
STARTED = datetime(2026, 11, 23, 17, 42, 9, tzinfo=UTC)


def _failed_at(name: StageName, failure: NetFailure | None = None) -> PingReport:
    place = PING_STAGES.index(name)
    stages = [Stage(stage, "passed", 10.0 * (n + 1), f"seen {stage}") for n, stage in enumerate(PING_STAGES[:place])]
    stages.append(Stage(name, "failed", 58.0, reason="it broke"))
    stages += [Stage(stage, "not-reached") for stage in PING_STAGES[place + 1 :]]
    return PingReport(ENDPOINT, tuple(stages), None, failure, ("203.0.113.24",), STARTED, cold=True)


TLS = _failed_at("tls", NetFailure("tls.untrusted", "tls", "verify failed", 0.058, CERTIFICATE))


def _texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def _button(widget: QWidget, name: str) -> QPushButton:
    return next(b for b in widget.findChildren(QPushButton) if name in (b.text(), b.accessibleName()) and b.isVisible())


@pytest.fixture
def view(qtbot: QtBot) -> PingView:
    made = PingView()
    qtbot.addWidget(made)
    made.resize(860, 900)
    made.show()
    return made


def test_before_the_first_ping_it_says_what_one_does(view: PingView, qtbot: QtBot) -> None:
    assert "Not pinged yet" in _texts(view)
    with qtbot.waitSignal(view.ping_clicked, timeout=1000):
        QTest.keyClick(_button(view, "Ping"), Qt.Key.Key_Space)


def test_steps_show_as_they_come(view: PingView, qtbot: QtBot) -> None:
    view.set_endpoint_shown(ENDPOINT.infer.shown)
    view.start()
    assert MASK in _texts(view)
    assert COLD in _texts(view)
    assert view.rows["dns"].mark.outcome == "running"
    view.set_stage(Stage("dns", "passed", 12, "models.acme.io is 203.0.113.24"))
    view.set_stage(Stage("tcp", "skipped", reason="a proxy connects"))
    outcomes = [row.mark.outcome for row in view.rows.values()]
    assert outcomes == ["ok", "not-reached", "running", "todo", "todo", "todo", "todo"]
    assert view.rows["tcp"].text == "skipped: a proxy connects"
    view.set_elapsed(1.4)
    assert view.clock.text() == "1.4 s"
    with qtbot.waitSignal(view.cancel_clicked, timeout=1000):
        _button(view, "Cancel").click()
    view.set_idle()
    assert "Not pinged yet" in _texts(view)


def test_the_first_step_that_failed_opens_and_later_ones_were_not_reached(view: PingView, qtbot: QtBot) -> None:
    view.start()
    view.set_report(TLS, [PLAIN, UNTRUSTED])
    said = _texts(view)
    assert "Ping stopped at TLS" in said
    assert "2 of 7 steps passed, 88 ms in total, at " in said
    assert [name for name, row in view.rows.items() if row.opened] == ["tls"]
    for words in (UNTRUSTED.what, UNTRUSTED.id, "Let's Encrypt", "issuer missing", UNTRUSTED.cause):
        assert words in said
    assert [row.text for row in view.rows.values()][3:] == ["not reached"] * 4
    assert COLD in said
    qtbot.waitUntil(lambda: PLAIN.what in _texts(view), timeout=2000)


def test_times_share_one_axis(view: PingView) -> None:
    view.set_report(TLS, [UNTRUSTED])
    marks = [view.rows[name].bar.mark() for name in ("dns", "tcp", "tls", "http")]
    assert marks[3] is None
    shown = [mark for mark in marks if mark is not None]
    ends = [mark.right() for mark in shown]
    assert [mark.left() for mark in shown] == pytest.approx([0, *ends[:2]])
    assert ends[-1] == pytest.approx(view.rows["tls"].bar.width())


def test_a_passed_step_opens_by_mouse_and_key_and_stays_open(view: PingView) -> None:
    view.set_report(TLS, [UNTRUSTED])
    row = view.rows["dns"]
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    assert row.opened
    assert "203.0.113.24" in _texts(row)
    view.set_report(TLS, [UNTRUSTED])
    assert row.opened
    QTest.keyClick(row.chevron, Qt.Key.Key_Space)
    assert not row.opened
    http = view.rows["http"]
    http.toggle()
    assert not http.opened


def test_a_report_without_a_fitting_finding_still_says_why(view: PingView) -> None:
    view.set_report(_failed_at("json"), [PLAIN])
    assert "it broke" in _texts(view.rows["json"])


def _answered(status: int) -> PingReport:
    request = SentRequest("POST", ENDPOINT.infer.shown, (), "{}", 2, "curl")
    reply = Reply(status, (("content-type", "application/json; charset=utf-8"),), b"{}")
    hop = Redirect(307, "https://models.acme.io/v2/infer", True, False, True)
    call = Call("ping", request, reply, None, 40.0, STARTED, redirects=(hop,))
    stages = tuple(Stage(name, "passed", 5.0, f"seen {name}") for name in PING_STAGES)
    return PingReport(ENDPOINT, stages, call, None, ("203.0.113.24",), STARTED, cold=False)


def test_a_ping_that_passed_says_what_was_asked_and_answered(view: PingView) -> None:
    view.set_report(_answered(200), [])
    said = _texts(view)
    assert "The server responds" in said
    assert COLD not in said
    assert COLD_PASSED not in said
    view.set_report(replace(_answered(200), cold=True), [])
    assert COLD_PASSED in _texts(view)
    view.rows["http"].set_opened(True)
    details = _texts(view.rows["http"])
    for words in (f"POST {ENDPOINT.infer.shown}", "307 to https://models.acme.io/v2/infer", "200, application/json"):
        assert words in details


def test_a_skipped_step_neither_counts_nor_takes_time(view: PingView) -> None:
    report = _answered(200)
    skipped = replace(report.stages[2], outcome="skipped", reason="http")
    view.set_report(replace(report, stages=(*report.stages[:2], skipped, *report.stages[3:])), [])
    assert "6 of 6 steps passed" in _texts(view)
    assert view.rows["tls"].bar.mark() is None


def test_it_fits_a_narrow_window(view: PingView, qtbot: QtBot) -> None:
    view.set_report(_failed_at("http"), [PLAIN])
    view.resize(560, 500)
    qtbot.waitUntil(lambda: view.rows["http"].mapTo(view, QPoint(view.rows["http"].width(), 0)).x() < 560, timeout=2000)


@pytest.mark.parametrize(
    ("finding", "label", "verb"),
    [
        (UNTRUSTED, "Use a CA file…", "choose-ca"),
        (Finding("net.timeout-read", "error", "No answer in time."), "Increase the timeout", "raise-timeout"),
        (
            Finding("http.not-found", "error", "Nothing there.", action=Action("set-endpoint", "https://a/b", "Use b")),
            "Use b",
            "set-endpoint",
        ),
    ],
)
def test_what_the_app_can_do_is_a_button(view: PingView, qtbot: QtBot, finding: Finding, label: str, verb: str) -> None:
    view.set_report(_failed_at("tls" if finding is UNTRUSTED else "http"), [finding])
    with qtbot.waitSignal(view.action_triggered, timeout=1000) as done:
        _button(view, label).click()
    assert done.args is not None
    assert done.args[0].verb == verb


def test_time_outs_are_in_sight_and_can_be_changed(view: PingView, qtbot: QtBot) -> None:
    view.set_timeouts(2.5, 60)
    view.start()
    assert "Timeouts: 2.5 s to connect, 60 s to read" in _texts(view)
    with qtbot.waitSignal(view.settings_clicked, timeout=1000):
        _button(view, "Change the timeouts").click()


def test_what_is_copied_holds_the_facts_and_no_secret(view: PingView) -> None:
    view.set_report(TLS, [UNTRUSTED])
    clipboard = QGuiApplication.clipboard()
    _button(view, "Copy for the server’s owner").click()
    mail = clipboard.text()
    assert mail.startswith(ENDPOINT.infer.shown)
    assert "Issued by: Let's Encrypt" in mail
    assert UNTRUSTED.snippet in mail
    _button(view, "Copy report").click()
    report = clipboard.text()
    assert report == ping_text(TLS, [UNTRUSTED])
    assert "TLS: failed  58 ms  it broke" in report
    assert "Contract: not reached" in report
    assert "hunter2" not in mail + report


def test_a_snippet_says_that_it_was_copied(qtbot: QtBot) -> None:
    box = CodeBox("a = 1\n\n")
    qtbot.addWidget(box)
    box.show()
    copy = box.findChild(QPushButton)
    assert copy is not None
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert (QGuiApplication.clipboard().text(), copy.text()) == ("a = 1", "Copied")
    box.set_code("\n".join(str(n) for n in range(40)))
    assert copy.text() == ""
    assert box.sizeHint().height() < 400


def test_why_says_what_it_means(view: PingView) -> None:
    view.set_report(TLS, [replace(UNTRUSTED, cause="Assumed: V7 trusts public roots only.")])
    _button(view, "Why?").click()
    said = _texts(view)
    assert "It blocks registering" in said
    assert "has not published" in said


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (CERTIFICATE, ["matches the address", "38 days left", "issuer missing"]),
        (replace(CERTIFICATE, valid_to="2026-11-24", sent=2), ["matches the address", "1 day left"]),
        (replace(CERTIFICATE, valid_to="2026-01-01", expired=True), ["expired"]),
        (replace(CERTIFICATE, valid_from="2026-12-01"), ["not valid yet"]),
        (replace(CERTIFICATE, self_signed=True, matches_host=False), ["name does not match", "self-signed"]),
        (replace(CERTIFICATE, valid_to="?", sent=0), ["unknown"]),
    ],
)
def test_a_certificate_is_judged_line_by_line(qtbot: QtBot, facts: CertificateFacts, said: list[str]) -> None:
    table = certificate_table(facts, date(2026, 11, 23))
    qtbot.addWidget(table)
    table.show()
    assert [words for words in said if words not in _texts(table)] == []


@pytest.mark.parametrize(
    ("stage", "ids", "found"),
    [
        ("tcp", ("net.plain-http", "net.refused"), "net.refused"),
        ("http", ("http.status", "net.reset"), "net.reset"),
        ("schema", ("classes.form", "schema.type"), "schema.type"),
        ("json", ("http.html",), "http.html"),
        ("auth", ("schema.type",), None),
    ],
)
def test_which_finding_explains_a_step(stage: StageName, ids: tuple[str, ...], found: str | None) -> None:
    findings = [Finding(id_, "error", "what") for id_ in ids]
    chosen = finding_of(stage, findings)
    assert (chosen.id if chosen else None) == found


@pytest.mark.parametrize(
    ("where", "inside"),
    [
        ("results[3].polygon.path[7].x", True),
        ("status", True),
        ("B03.png: results[0]", True),
        ("https://models.acme.io/results", False),
        ("B03.png", False),
        ("", False),
    ],
)
def test_what_is_a_place_in_the_answer(where: str, inside: bool) -> None:
    assert is_in_answer(where) == inside


def test_a_finding_as_text_leaves_out_what_it_does_not_hold() -> None:
    assert finding_text(PLAIN) == "advice  net.plain-http\nWhat: Images are sent unencrypted."
    full = replace(UNTRUSTED, evidence="verify failed", places=("a", "b"))
    assert "Evidence: verify failed\nWhere: a, b\nCause:" in finding_text(full)
