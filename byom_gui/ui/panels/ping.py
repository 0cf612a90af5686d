"""The Connection tab: a ping, step by step. The first step that failed opens and says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QStackedWidget, QVBoxLayout, QWidget

from byom_gui.core.findings import Action, Finding
from byom_gui.core.observations import PING_STAGES, STAGE_TITLES, PingReport, Stage, StageName
from byom_gui.ui import icons, theme
from byom_gui.ui.finding_text import finding_of, finding_text, fitting_action, ping_text
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.clock import Clock
from byom_gui.ui.widgets.finding_body import FindingBody, WhyPopover
from byom_gui.ui.widgets.finding_row import FindingRow
from byom_gui.ui.widgets.flowing import Flowing, scrolled
from byom_gui.ui.widgets.outcome import milliseconds_text
from byom_gui.ui.widgets.stage_row import StageRow, facts_grid

WIDE = 560
"""From this width on words stand side by side."""
COLD = "First call; a cold server may take longer."
COLD_PASSED = "This was the first call; later calls are often faster."

TRIED: dict[StageName, str] = {
    "dns": "Looks up the host name.",
    "tcp": "Opens a connection to the first address that accepts one.",
    "tls": "Checks the certificate against this computer's trusted authorities and the host name.",
    "http": "Posts one small test image as base64, as V7 would.",
    "auth": "Sends the request with the credentials that are set.",
    "json": "Parses the response as strict JSON.",
    "schema": "Checks the response against V7's published contract.",
}
"""What each step does, for its details."""


def stage_facts(stage: Stage, report: PingReport) -> list[tuple[str, str]]:
    """What an opened, passed step shows."""
    facts = [("Tried", TRIED.get(stage.name, ""))]
    if stage.detail:
        facts.append(("Found", stage.detail))
    if stage.reason:
        facts.append(("Why", stage.reason))
    if stage.name == "dns" and report.addresses:
        facts.append(("Addresses", ", ".join(report.addresses)))
    call = report.call
    if stage.name == "http" and call is not None:
        facts.append(("Request", f"{call.request.method} {call.request.url}"))
        facts += [("Redirect", f"{hop.status} to {hop.to}") for hop in call.redirects]
        if call.reply is not None and call.readable is not None:
            media = call.readable.media_type or "no content type"
            facts.append(("Response", f"{call.reply.status}, {media}, {len(call.reply.body):,} bytes"))
    return facts


class PingView(QWidget):
    """Empty until the first ping; then a head and seven rows."""

    action_triggered = Signal(Action)
    show_in_json = Signal(str)
    cancel_clicked = Signal()
    ping_clicked = Signal()
    settings_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "window")
        self._report: PingReport | None = None
        self._findings: tuple[Finding, ...] = ()
        self._shown = ""

        self.rows: dict[StageName, StageRow] = {}

        self._title = basic.label(size="heading")
        self._summary = basic.label(tone="second", wrap=True)
        self.clock = Clock()
        self.cancel_button = basic.button("Cancel", "close", on_click=self.cancel_clicked.emit)
        self.copy_button = basic.button("Copy report", "copy", kind="flat", on_click=self._copy_report)
        basic.set_tip(self.copy_button, "Copy the ping report as text")
        self._limits = basic.label(tone="second", size="small")
        self._cold = basic.label(COLD, tone="second", size="small", wrap=True)
        self._cold.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._build()
        self.set_timeouts(10, 30)
        self.set_idle()

    def _build(self) -> None:
        self._stack = QStackedWidget()
        self._empty_text = "Ping sends one small test image and shows each step with its time."
        ping = basic.button("Ping", on_click=self.ping_clicked.emit)
        self._stack.addWidget(basic.empty_state("external", "Not pinged yet", self._empty_text, ping))
        inner = Flowing()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(*(theme.px(m) for m in (16, 12, 16, 16)))
        self._column.setSpacing(theme.px(8))
        self._column.addWidget(self._head())
        self._column.addWidget(self._card())
        self._column.addWidget(self._foot())
        self._others = QVBoxLayout()
        self._others.setSpacing(theme.px(8))
        self._column.addLayout(self._others)
        self._column.addStretch(1)
        self._stack.addWidget(scrolled(inner))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _head(self) -> QWidget:
        made = basic.row(self._title, self._summary, self.clock, self.cancel_button, self.copy_button, spacing=12)
        made.layout().setStretch(1, 1)  # type: ignore[union-attr]
        return made

    def _card(self) -> QFrame:
        card = basic.frame("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        for name in PING_STAGES:
            if self.rows:
                line = basic.row(basic.hline(), margins=(40, 0, 0, 0))
                layout.addWidget(line)
            row = StageRow(STAGE_TITLES[name])
            self.rows[name] = row
            layout.addWidget(row)
        return card

    def _foot(self) -> QWidget:
        change = basic.button("Change…", kind="link", on_click=self.settings_clicked.emit, name="Change the timeouts")
        made = QWidget()
        self._foot_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, made)
        self._foot_row.setContentsMargins(0, 0, 0, 0)
        self._foot_row.setSpacing(theme.px(4))
        self._foot_row.addWidget(basic.row(self._limits, change, None, spacing=4))
        self._foot_row.addWidget(self._cold, 1)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow view words get lines of their own rather than a column a word wide."""
        super().resizeEvent(event)
        wide = self.width() >= theme.px(WIDE)
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._foot_row.setDirection(direction)
        side = Qt.AlignmentFlag.AlignRight if wide else Qt.AlignmentFlag.AlignLeft
        self._cold.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        icons.set_words(self.copy_button, "Copy report" if wide else "")

    def set_endpoint_shown(self, address: str) -> None:
        """The address, its secrets masked."""
        self._shown = address

    def set_timeouts(self, connect: float, read: float) -> None:
        """The time-outs in force, seconds."""
        self._limits.setText(f"Timeouts: {connect:g} s to connect, {read:g} s to read")

    def set_idle(self) -> None:
        """Nothing was pinged yet."""
        self._report = None
        self.clock.stop()
        self._stack.setCurrentIndex(0)

    def start(self) -> None:
        """A ping begins: the first step runs."""
        self._report = None
        self._stack.setCurrentIndex(1)
        self._title.setText("Pinging")
        self._summary.setText(self._shown)
        self._set_running(True)
        self.clock.start()
        self._clear_others()
        for place, row in enumerate(self.rows.values()):
            row.set_body(None)
            if place == 0:
                row.set_running(self._waits_for)
            else:
                row.set_waiting()

    _waits_for = ""

    def set_waiting_for(self, sentence: str) -> None:
        """What the step that runs waits for; empty: only for the server."""
        self._waits_for = sentence
        for row in self.rows.values():
            if row.mark.outcome == "running":
                row.set_running(sentence)

    def set_elapsed(self, seconds: float) -> None:
        """Corrects the running clock."""
        self.clock.set_seconds(seconds)

    def set_stage(self, stage: Stage) -> None:
        """A step ended; the next one runs."""
        if stage.name not in self.rows:
            return
        self._show(stage)
        place = PING_STAGES.index(stage.name)
        if stage.outcome in ("passed", "skipped") and place + 1 < len(PING_STAGES):
            self.rows[PING_STAGES[place + 1]].set_running(self._waits_for)

    def set_report(self, report: PingReport, findings: Sequence[Finding]) -> None:
        """The ping ended. ``findings`` are all that were judged from it."""
        if report is self._report and tuple(findings) == self._findings:
            return  # what the user opened stays open
        self._report, self._findings = report, tuple(findings)
        self._stack.setCurrentIndex(1)
        self.clock.stop()
        self._set_running(False)
        self._cold.setVisible(report.cold)
        self._cold.setText(COLD_PASSED if report.passed else COLD)
        failed = next((stage for stage in report.stages if stage.outcome == "failed"), None)
        self._say(report, failed)
        start = 0.0
        for stage in report.stages:
            if stage.name in self.rows:
                self._show(stage)
                start = self._span(stage, start, report.milliseconds)
                if stage is not failed:
                    passed = stage.outcome == "passed"
                    self.rows[stage.name].set_body(facts_grid(stage_facts(stage, report)) if passed else None)
        opened = self._open_failed(failed) if failed else None
        self._show_others(opened)

    def _say(self, report: PingReport, failed: Stage | None) -> None:
        steps = sum(stage.outcome == "passed" for stage in report.stages)
        due = sum(stage.outcome != "skipped" for stage in report.stages)
        at = report.started.astimezone().strftime("%H:%M:%S")
        title = f"Ping stopped at {STAGE_TITLES[failed.name]}" if failed else "The server responds"
        self._title.setText(title)
        took = milliseconds_text(report.milliseconds)
        self._summary.setText(f"{steps} of {due} steps passed, {took} in total, at {at}")

    def _span(self, stage: Stage, start: float, total: float) -> float:
        if stage.milliseconds is None or stage.outcome not in ("passed", "failed"):
            return start
        self.rows[stage.name].set_span(start, stage.milliseconds, total)
        return start + stage.milliseconds

    def _show(self, stage: Stage) -> None:
        row = self.rows[stage.name]
        if stage.outcome == "passed":
            row.set_passed(stage.detail, stage.milliseconds)
        elif stage.outcome == "failed":
            row.set_failed(stage.milliseconds)
        elif stage.outcome == "skipped":
            row.set_quiet(f"skipped: {stage.reason}" if stage.reason else "skipped")
        else:
            row.set_quiet("not reached")

    def _open_failed(self, stage: Stage) -> Finding | None:
        report = self._report
        if report is None or stage.name not in self.rows:
            return None
        failure = report.failure
        finding = finding_of(stage.name, self._findings, failure.id if failure else "")
        certificate = failure.certificate if failure else None
        if finding is None:
            said = [("What", stage.reason or stage.detail or "This step failed.")]
            self.rows[stage.name].set_body(facts_grid(said), opened=True)
            return None
        body = FindingBody(finding, label_width=112, gap=12, certificate=certificate)
        buttons = basic.row(*self._buttons(finding), None, margins=(112, 8, 0, 0))
        self.rows[stage.name].set_body(basic.column(body, buttons, spacing=4), opened=True)
        return finding

    def _buttons(self, finding: Finding) -> list[QWidget]:
        copy = basic.button("Copy for the server’s owner", "copy", on_click=lambda: self._copy_for_owner(finding))
        parts: list[QWidget] = [copy]
        action = fitting_action(finding)
        if action is not None:
            parts.append(basic.button(action.label or "Apply", on_click=lambda: self.action_triggered.emit(action)))
        why = basic.button("Why?", kind="link", tip="What this means")
        popover = WhyPopover(finding)
        why.clicked.connect(lambda: popover.open_under(why))
        why.destroyed.connect(popover.deleteLater)
        return [*parts, why]

    def _show_others(self, opened: Finding | None) -> None:
        self._clear_others()
        others = [finding for finding in self._findings if finding is not opened]
        if not others:
            return
        self._others.addWidget(basic.label("Other findings", strong=True))
        card = basic.frame("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        for place, finding in enumerate(others):
            if place:
                layout.addWidget(basic.hline())
            row = FindingRow(finding)
            row.action_triggered.connect(self.action_triggered)
            row.show_in_json.connect(self.show_in_json)
            layout.addWidget(row)
        self._others.addWidget(card)

    def _clear_others(self) -> None:
        while (item := self._others.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _set_running(self, on: bool) -> None:
        self.clock.setVisible(on)
        self.cancel_button.setVisible(on)
        self.copy_button.setVisible(not on)
        self._cold.setVisible(on)
        self._cold.setText(COLD)

    def _copy_report(self) -> None:
        if self._report is not None:
            basic.copy_text(ping_text(self._report, self._findings))

    def _copy_for_owner(self, finding: Finding) -> None:
        if self._report is not None:
            failure = self._report.failure
            text = finding_text(finding, failure.certificate if failure else None)
            basic.copy_text(f"{self._report.endpoint.infer.shown}\n\n{text}")
