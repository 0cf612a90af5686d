"""The Diagnosis tab: run all checks, and what they said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from byom_gui.core.diagnosis.comparing import Comparison
from byom_gui.core.findings import Action, Finding, NotChecked
from byom_gui.core.observations import STAGE_TITLES, Stage
from byom_gui.core.pace import clock_text
from byom_gui.ui import theme
from byom_gui.ui.models.input_matrix import Key, Trial
from byom_gui.ui.panels.geometry_view import GeometryView
from byom_gui.ui.panels.input_matrix import InputMatrix
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.clock import Clock
from byom_gui.ui.widgets.finding_row import FindingRow, NotCheckedList
from byom_gui.ui.widgets.flowing import Flowing, scrolled
from byom_gui.ui.widgets.outcome import milliseconds_text
from byom_gui.ui.widgets.stage_row import StageRow
from byom_gui.ui.widgets.wrapping import Wrapping

VERDICTS: dict[str, tuple[str, str]] = {
    "ready": ("ok", "Ready to register"),
    "cut-short": ("warn", "Ready as far as it was checked"),
    "not-ready": ("bad", "Not ready to register"),
    "unreachable": ("bad", "The server cannot be reached"),
}
"""The verdict's outcome and words; ``cut-short`` is a ready one of checks that stopped early."""

FAMILIES: dict[str, str] = {
    "net": "Connection",
    "tls": "Connection",
    "http": "HTTP",
    "auth": "HTTP",
    "json": "JSON",
    "schema": "Contract",
    "status": "Meaning",
    "results": "Meaning",
    "confidence": "Meaning",
    "label": "Meaning",
    "shape": "Meaning",
    "units": "Meaning",
    "layout": "Meaning",
    "orientation": "Meaning",
    "classes": "Classes",
    "input": "Inputs",
    "behaviour": "Behavior",
    "speed": "Behavior",
}
"""The start of an id to the heading it stands under, in this order."""

_LATENCY = (("first_ms", "first"), ("p50_ms", "p50"), ("p95_ms", "p95"), ("p99_ms", "p99"))


def grouped(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """By family, in the order of FAMILIES."""
    groups: dict[str, list[Finding]] = {title: [] for title in dict.fromkeys(FAMILIES.values())}
    for finding in findings:
        groups.setdefault(FAMILIES.get(finding.id.partition(".")[0], "Others"), []).append(finding)
    return {title: group for title, group in groups.items() if group}


def latency_text(latency: Mapping[str, float]) -> str:
    """Such as ``Times: first 312 ms, p50 84 ms, p95 120 ms, over 12 calls``; empty where nothing was timed."""
    count = int(latency.get("count", 0))
    parts = [f"{word} {milliseconds_text(latency[key])}" for key, word in _LATENCY if latency.get(key) is not None]
    if not parts:
        return ""
    return f"Times: {', '.join(parts)}" + (f", over {count:,} {'call' if count == 1 else 'calls'}" if count else "")


class DiagnosisView(QWidget):
    """Idle, running, or a report."""

    run_clicked = Signal()
    cancel_clicked = Signal()
    action_triggered = Signal(Action)
    show_in_json = Signal(str)
    export_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "window")
        self._run = basic.button("Run all checks", "play", on_click=self.run_clicked.emit)
        self._calls = basic.label(tone="second", wrap=True)
        self._why = ""
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Checks done")
        self._doing = basic.label(tone="second")
        self._count = basic.label(tone="second", size="small")
        self.clock = Clock(clock_text)
        self.cancel_button = basic.button("Cancel", "close", on_click=self.cancel_clicked.emit)
        self._running = self._make_running()
        self._running.hide()
        self.inputs, self.compared = InputMatrix(), GeometryView()
        self.inputs.finding_wanted.connect(self.show_finding)
        self._sections = [self._section("Inputs", self.inputs), self._section("Geometry", self.compared)]
        self._stack = QStackedWidget()
        self._report = scrolled()
        self._stack.addWidget(scrolled(self._page(self._make_idle())))
        self._stack.addWidget(self._report)
        self._stack.addWidget(scrolled(self._page(self._make_waiting())))
        self.rows: list[FindingRow] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._running)
        layout.addWidget(self._stack, 1)
        self.set_idle(0)

    def _make_idle(self) -> QWidget:
        what = "The checks send your images, or the built-in samples, and show what V7 would reject and why."
        head, body = basic.label("No checks have run yet", strong=True), basic.label(what, tone="second", wrap=True)
        for part in (head, body, self._calls):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        mark = basic.row(None, basic.picture("play", "text2", 20), None)
        run = basic.row(None, self._run, None)
        return basic.column(None, mark, head, body, self._calls, 4, run, None, margins=(24, 24, 24, 24))

    @staticmethod
    def _make_waiting() -> QWidget:
        what = "The findings appear here when they are done."
        return basic.row(basic.label("Checks are running.", strong=True), basic.label(what, tone="second"), None)

    @staticmethod
    def _section(title: str, part: QWidget) -> QWidget:
        """A part with its heading; out of sight until there is something in it."""
        made = basic.column(basic.label(title, strong=True), part)
        made.hide()
        return made

    @staticmethod
    def _page(head: QWidget) -> QWidget:
        """A page that the sections are put into while it is in sight."""
        made = Flowing()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(*(theme.px(m) for m in (16, 12, 16, 16)))
        layout.setSpacing(theme.px(16))
        layout.addWidget(head)
        layout.addStretch(1)
        return made

    def _turn_to(self, place: int) -> None:
        """Shows a page, and the sections on it: below its head, where it is not the report, which has its own place."""
        page = self._stack.widget(place)
        content = page.widget() if isinstance(page, QScrollArea) else None
        layout = content.layout() if content is not None else None
        if place != 1 and isinstance(layout, QVBoxLayout) and self._sections[0].parent() is not content:
            for at, section in enumerate(self._sections, start=1):
                layout.insertWidget(at, section)
        self._stack.setCurrentIndex(place)

    # --- inputs and geometry

    def start_inputs(self) -> None:
        """The grid waits to be filled."""
        self.inputs.start()
        self._sections[0].show()

    def end_inputs(self, trials: Mapping[Key, Trial] | None) -> None:
        """The grid is filled; None: nothing was tried, or what was tried no longer holds."""
        self.inputs.close_cell()
        self.inputs.set_trials(trials or {})
        self._sections[0].setVisible(bool(trials))

    def set_comparison(self, comparison: Comparison | None, headline: str) -> None:
        """Two readings of the coordinates, None where there is nothing to compare; what is wrong, in a sentence."""
        self.compared.set_comparison(comparison, headline)
        self._sections[1].setVisible(comparison is not None)

    def show_finding(self, id: str) -> None:
        """Opens the finding of that id, and brings it into sight."""
        row = next((each for each in self.rows if each.finding.id == id), None)
        if row is not None:
            row.set_opened(True)
            row.chevron.setFocus(Qt.FocusReason.OtherFocusReason)
            # After the layout: the row has grown.
            QTimer.singleShot(0, row, lambda: self._report.ensureWidgetVisible(row))

    def _make_running(self) -> QWidget:
        title = basic.label("Checks", strong=True)
        line = basic.row(title, self._doing, self._bar, self._count, self.clock, self.cancel_button, spacing=12)
        line.layout().setStretch(2, 1)  # type: ignore[union-attr]
        return basic.column(line, margins=(16, 12, 16, 8))

    @property
    def said(self) -> str:
        """The word on the number of calls, before a run."""
        return self._calls.text()

    def set_idle(self, calls: int) -> None:
        """Nothing was run; ``calls``: about how many a run will make, 0 where that is not known."""
        self._set_running(False)
        self._calls.setText(f"Run all checks makes about {calls:,} calls to your server." if calls else "")
        self._turn_to(0)

    def set_run_enabled(self, on: bool, why: str) -> None:
        """Whether checks may run; ``why`` says why not."""
        self._why = "" if on else why
        self._run.setEnabled(on)
        basic.set_tip(self._run, self._why)
        self._run.setAccessibleDescription(self._why)

    def set_running(self, done: int, total: int, text: str) -> None:
        """``done`` of ``total`` calls are made; ``text`` says which is under way."""
        if self._running.isHidden():
            self.clock.start()
            if self._stack.currentIndex() == 0:
                self._turn_to(2)
        self._set_running(True)
        self._bar.setRange(0, max(total, 0))
        self._bar.setValue(done)
        self._count.setText(f"{done:,} of {total:,}" if total else "")
        self._doing.setText(text)

    def set_report(
        self,
        stages: Sequence[Stage],
        findings: Sequence[Finding],
        not_checked: Sequence[NotChecked],
        latency: Mapping[str, float],
        verdict: str,
        calls: int,
        cut_short: str = "",
    ) -> None:
        """The checks ended.

        Args:
            latency: as in the report.
            verdict: ``ready``, ``not-ready`` or ``unreachable``.
            cut_short: why a ready server was not checked to the end, in one sentence; empty where it was.
        """
        self._set_running(False)
        content = Flowing()
        column = QVBoxLayout(content)
        column.setContentsMargins(*(theme.px(m) for m in (16, 12, 16, 16)))
        column.setSpacing(theme.px(8))
        column.addWidget(self._head(findings, "cut-short" if cut_short else verdict, calls))
        if cut_short:
            said = f"{cut_short} See “Not checked” below."
            column.addWidget(basic.label(said, tone="second", wrap=True, selectable=True))
        column.addWidget(self._card([self._stage(stage) for stage in stages]))
        times = latency_text(latency)
        if times:
            column.addWidget(basic.label(times, tone="second", size="small", wrap=True, selectable=True))
        column.addSpacing(theme.px(8))
        for section in self._sections:
            column.addWidget(section)
        self.inputs.set_findings(frozenset(finding.id for finding in findings))
        self.rows = []
        for title, group in grouped(findings).items():
            column.addSpacing(theme.px(8))
            count = basic.label(str(len(group)), tone="second")
            column.addWidget(basic.row(basic.label(title, strong=True), count, None))
            column.addWidget(self._card([self._row(finding) for finding in group]))
        if not_checked:
            column.addSpacing(theme.px(8))
            column.addWidget(self._card([NotCheckedList(tuple(not_checked))]))
        column.addStretch(1)
        self._report.setWidget(content)
        self._turn_to(1)

    def _head(self, findings: Sequence[Finding], verdict: str, calls: int) -> QWidget:
        outcome, words = VERDICTS.get(verdict, ("advice", verdict))
        mark = basic.picture(outcome, "", 20)
        self.verdict = words
        errors = sum(finding.severity == "error" for finding in findings)
        warnings = sum(finding.severity == "warning" for finding in findings)
        parts = [f"{calls:,} {'call' if calls == 1 else 'calls'}"]
        parts += [
            f"{count:,} {word}{'' if count == 1 else 's'}" for count, word in ((errors, "error"), (warnings, "warning"))
        ]
        export = basic.button("Export report…", "external", kind="flat", on_click=self.export_clicked.emit)
        again = basic.button("Run again", "refresh", on_click=self.run_clicked.emit)
        told = basic.row(mark, basic.label(words, size="heading"), 4, basic.label(", ".join(parts), tone="second"))
        return Wrapping([told, basic.row(export, again)], last_right=True)

    def _stage(self, stage: Stage) -> StageRow:
        row = StageRow(STAGE_TITLES[stage.name])
        row.bar.hide()
        if stage.outcome == "passed":
            row.set_passed(stage.detail, stage.milliseconds)
        elif stage.outcome == "failed":
            row.set_failed(stage.milliseconds)
        else:
            word = stage.outcome.replace("-", " ")
            row.set_quiet(f"{word}: {stage.reason}" if stage.reason else word)
        return row

    def _row(self, finding: Finding) -> FindingRow:
        row = FindingRow(finding)
        row.action_triggered.connect(self.action_triggered)
        row.show_in_json.connect(self.show_in_json)
        self.rows.append(row)
        return row

    @staticmethod
    def _card(parts: Sequence[QWidget]) -> QWidget:
        card = basic.frame("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        for place, part in enumerate(parts):
            if place:
                layout.addWidget(basic.hline())
            layout.addWidget(part)
        return card

    def _set_running(self, on: bool) -> None:
        if not on:
            self.clock.stop()
        self._running.setVisible(on)
