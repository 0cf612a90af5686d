"""Checklist, findings and the whole check; and which button is the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt

from byom_gui.core.findings import Action, Finding
from byom_gui.core.observations import STAGE_TITLES
from byom_gui.ui.panels.diagnosis import VERDICTS
from byom_gui.ui.parts import Parts
from byom_gui.ui.wiring.classing import Classing
from byom_gui.ui.wiring.connecting import Connecting
from byom_gui.ui.wiring.fixing import Fixing, Say
from byom_gui.ui.wiring.picturing import Picturing
from byom_gui.ui.works import Works

if TYPE_CHECKING:
    from byom_gui.core.report import CheckReport

FAMILIES: dict[str, tuple[str, ...]] = {
    "Server": ("net.", "tls.", "http.", "auth.", "speed."),
    "Responses": ("json.", "schema.", "status.", "results.", "confidence.", "label.", "shape.", "units.", "layout.",
                "orientation.", "behaviour."),
    "Classes": ("classes.",),
    "Inputs": ("input.",),
}  # fmt: skip
WORDS_FOR_KEY = {"none": "not set", "unknown": "not known"}
OUTCOME = {"error": "bad", "warning": "warn", "advice": "ok"}

Step = Literal["ping", "check", "fix", "register", "none"]


def of_family(findings: tuple[Finding, ...], name: str) -> tuple[Finding, ...]:
    """The findings that an item of the checklist stands for."""
    return tuple(f for f in findings if f.id.startswith(FAMILIES.get(name, ("\0",))))


class Checking(QObject):
    """Shows what the diagnosis says, and does what a finding's button offers."""

    def __init__(
        self,
        parts: Parts,
        works: Works,
        connecting: Connecting,
        classing: Classing,
        picturing: Picturing,
        say: Say,
    ) -> None:
        super().__init__(works)
        self._parts, self._works, self._session, self._say = parts, works, works.session, say
        self._connecting, self._classing, self._picturing = connecting, classing, picturing
        self._open: str | None = None
        self._closed_by_user: set[str] = set()
        self.fixing = Fixing(parts, works, connecting, classing, say)
        self._wire_panels()
        self._wire_check()
        session = self._session
        for signal in (
            session.diagnosis_changed,
            session.team_changed,
            session.observed_changed,
            session.classes_changed,
            session.project_replaced,
            session.endpoint_changed,
            session.outcome_changed,
            session.settings_changed,
            session.name_changed,
            works.keys.places_changed,
            works.pinging.started,
            works.pinging.finished,
        ):
            signal.connect(self.show_state)
        session.project_replaced.connect(lambda: self.open_item(None))
        session.diagnosis_changed.connect(self._open_first_problem)
        self.show_state()

    def _wire_panels(self) -> None:
        checklist, pane = self._parts.checklist, self._parts.findings
        checklist.item_clicked.connect(self._item_clicked)
        checklist.run_checks_clicked.connect(self.run_checks)
        checklist.cancel_clicked.connect(self._works.diagnosing.cancel_check)
        checklist.register_clicked.connect(self.show_register)
        pane.closed.connect(lambda: self._close_item())
        for panel in (pane, self._parts.ping, self._parts.diagnosis, self._parts.register):
            panel.action_triggered.connect(self.act)
        pane.show_in_json.connect(self._picturing.show_json)
        self._parts.diagnosis.show_in_json.connect(self._picturing.show_json)
        self._parts.ping.show_in_json.connect(self._picturing.show_json)

    def _wire_check(self) -> None:
        diagnosing, view = self._works.diagnosing, self._parts.diagnosis
        view.run_clicked.connect(self.run_checks)
        view.cancel_clicked.connect(diagnosing.cancel_check)
        diagnosing.check_started.connect(self._check_started)
        diagnosing.check_progress.connect(view.set_running)
        diagnosing.input_tried.connect(lambda *_: self._show_inputs())
        diagnosing.check_finished.connect(self._check_finished)
        diagnosing.notice.connect(self._say)

    # --- the whole check

    def run_checks(self) -> None:
        """Runs all checks and shows them."""
        self._parts.show_work(True)
        self._parts.center.show_view("Diagnosis")
        self._works.diagnosing.start_check()

    def _check_started(self) -> None:
        self._parts.diagnosis.set_running(0, self._works.diagnosing.planned_calls(), "starting")
        self._parts.checklist.set_busy("Checks are running")
        self._show_inputs()
        self._parts.center.set_outcome("Diagnosis", "running")

    def _check_finished(self, report: CheckReport | None) -> None:
        self._parts.checklist.set_busy("")
        if report is not None:
            self._show_report(report)
        elif self._session.check is None:
            self._parts.center.set_outcome("Diagnosis", "")
            self._parts.diagnosis.set_idle(self._works.diagnosing.planned_calls())
        else:
            self._show_report(self._session.check)
        self.show_state()

    def _show_report(self, report: CheckReport) -> None:
        outcome = VERDICTS["cut-short" if report.cut_short else report.verdict][0]
        self._parts.center.set_outcome("Diagnosis", outcome)
        self._parts.diagnosis.set_report(
            report.stages,
            report.findings,
            report.not_checked,
            report.latency,
            report.verdict,
            report.calls,
            report.cut_short,
        )

    # --- the checklist

    def show_state(self) -> None:
        """Brings checklist, findings and the primary button up to date."""
        session, checklist = self._session, self._parts.checklist
        self._show_key()
        self._show_server()
        self._show_answers()
        self._show_family("Classes", str(len(session.classes)) if len(session.classes) else "none")
        self._show_inputs()
        connected = session.endpoint is not None
        checklist.set_checks_enabled(connected and not self._works.pinging.running, "Connect a model first.")
        checklist.set_blocking(self._blocking_words())
        if session.check is None and not self._works.diagnosing.checking:
            self._parts.diagnosis.set_idle(self._works.diagnosing.planned_calls() if connected else 0)
            self._parts.diagnosis.set_run_enabled(connected, "Connect a model first.")
            self._parts.center.set_outcome("Diagnosis", "")
        if session.ping is not None:
            self._parts.ping.set_report(session.ping, of_family(session.diagnosis.findings, "Server"))
        self._fill_pane()
        self._move_primary()

    def _blocking_words(self) -> str:
        session = self._session
        if session.endpoint is None:
            return "Connect a model first"
        blocking = len(self._works.submitting.blocking())
        if not blocking:
            if session.check is not None and session.check.cut_short:
                return "Ready as far as it was checked"
            return "Ready to register" if session.ping is not None else ""
        words = f"{blocking} finding{'s' if blocking > 1 else ''}"
        if session.settings.override_reason.strip():
            return f"{words} overridden"
        return f"{words} block{'' if blocking > 1 else 's'} registering"

    def _show_key(self) -> None:
        team, place = self._session.team, self._works.keys.key_place
        if team is not None:
            self._parts.checklist.set_item("Key", "ok", team.slug)
        else:
            self._parts.checklist.set_item("Key", "todo", WORDS_FOR_KEY.get(place.kind, "not checked"))

    def _show_server(self) -> None:
        session, checklist = self._session, self._parts.checklist
        report = session.ping
        if self._works.pinging.running:
            checklist.set_item("Server", "running", "pinging")
        elif report is None:
            checklist.set_item("Server", "todo", "not run")
        else:
            failed = next((stage for stage in report.stages if stage.outcome == "failed"), None)
            worst = _worst(of_family(session.diagnosis.findings, "Server"))
            text = STAGE_TITLES[failed.name] if failed else f"{report.milliseconds:,.0f} ms"
            checklist.set_item("Server", "bad" if failed else worst, text)

    def _show_answers(self) -> None:
        session = self._session
        answered = sum(preview.state == "done" for preview in session.previews.values())
        running = any(preview.state in ("waiting", "running") for preview in session.previews.values())
        findings = of_family(session.diagnosis.findings, "Responses")
        if findings and _worst(findings) != "ok":
            self._show_family("Responses", "")
        elif running:
            self._parts.checklist.set_item("Responses", "running", str(answered))
        elif self._unreached():
            self._parts.checklist.set_item("Responses", "not-reached", "not reached")
        else:
            self._parts.checklist.set_item(
                "Responses", "ok" if answered else "todo", str(answered) if answered else "not run"
            )

    def _unreached(self) -> bool:
        report = self._session.ping
        return report is not None and report.call is None

    def _show_inputs(self) -> None:
        tried, total = self._parts.diagnosis.inputs.model.progress()
        if self._works.diagnosing.checking and tried < total:
            self._parts.checklist.set_item("Inputs", "running", f"{tried} of {total}" if tried else "running")
        else:
            ran = self._session.check is not None
            self._show_family("Inputs", "checked" if ran else "not run", ran=ran)

    def _show_family(self, name: str, text: str, *, ran: bool = True) -> None:
        findings = of_family(self._session.diagnosis.findings, name)
        worst = _worst(findings)
        told = [f for f in findings if f.severity != "advice"]
        if told:
            self._parts.checklist.set_item(name, worst, str(len(told)))
        elif self._unreached():
            self._parts.checklist.set_item(name, "not-reached", "not reached")
        else:
            done = ran and text != "none"
            self._parts.checklist.set_item(name, "ok" if done else "todo", text)

    def _item_clicked(self, name: str) -> None:
        if name == "Key":
            self._connecting.open_key()
        elif name == self._open:
            self._close_item()
        else:
            self.open_item(name)

    def _close_item(self) -> None:
        if self._open is not None:
            self._closed_by_user.add(self._open)
        self.open_item(None)

    def open_item(self, name: str | None) -> None:
        """Shows the findings of one item, or none."""
        self._open = name
        self._parts.checklist.set_open(name)
        self._fill_pane()
        self._move_primary()

    def _open_first_problem(self) -> None:
        """The first answer that shows a problem opens it; what the user closed stays closed."""
        if self._open is not None or not self._session.previews:
            return
        for name in ("Responses", "Classes"):
            findings = of_family(self._session.diagnosis.findings, name)
            if _worst(findings) == "bad" and name not in self._closed_by_user:
                self.open_item(name)
                return

    def _fill_pane(self) -> None:
        pane = self._parts.findings
        diagnosis = self._session.diagnosis
        if self._open is None:
            pane.hide()
            return
        prefixes = FAMILIES.get(self._open, ())
        unknown = tuple(one for one in diagnosis.not_checked if one.id.startswith(prefixes))
        pane.set_findings(of_family(diagnosis.findings, self._open), unknown)
        pane.show()

    # --- the next step

    def next_step(self) -> Step:
        """Which one button is primary."""
        session = self._session
        if session.endpoint is None or session.ping is None or not session.ping.passed:
            return "none" if self._works.pinging.running else "ping"
        if self._works.submitting.blocking() and not session.settings.override_reason.strip():
            return "fix"
        if session.outcome is not None:
            return "none"
        if session.check is None and session.team is None:
            return "check"
        return "register"

    def _move_primary(self) -> None:
        step = self.next_step()
        parts = self._parts
        in_register = parts.center.current == "Register" and parts.working
        parts.bar.set_primary(step == "ping")
        parts.checklist.set_run_primary(step == "check" and not in_register)
        parts.findings.set_primary_allowed(step == "fix" and not in_register)
        parts.checklist.set_register_primary(step == "register" and not in_register)

    def show_register(self) -> None:
        """Brings the register view up, and the keys to what is due there: the name, else the button that registers."""
        self._parts.show_work(True)
        self._parts.center.show_view("Register")
        self._parts.registering.show_view("Register")
        panel = self._parts.register
        due = panel.register_button if panel.name.text().strip() and panel.register_button.isEnabled() else panel.name
        due.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._move_primary()

    # --- fixes

    def act(self, action: Action) -> None:
        """Does what a finding's button offers."""
        self.fixing.act(action)


def _worst(findings: tuple[Finding, ...]) -> str:
    return next((OUTCOME[s] for s in ("error", "warning") if any(f.severity == s for f in findings)), "ok")
