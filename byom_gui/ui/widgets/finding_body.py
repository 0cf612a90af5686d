"""The four lines of a finding: what, evidence, cause, do this; with a snippet to paste where there is one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QWidget

from byom_gui.core.diagnosis.catalogue import CATALOGUE
from byom_gui.core.findings import Action, Finding
from byom_gui.core.observations import CertificateFacts
from byom_gui.core.quoting import quoted
from byom_gui.ui import theme
from byom_gui.ui.finding_text import MEANING, certificate_lines, fitting_action, is_in_answer
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.code_box import CodeBox
from byom_gui.ui.widgets.popover import Popover
from byom_gui.ui.widgets.what_line import WhatLine

_Align = Qt.AlignmentFlag


def _certificate_verdicts(facts: CertificateFacts, today: date) -> dict[str, tuple[str, str]]:
    """Label to (outcome, words); a line that tells nothing either way has none."""
    try:
        left = (date.fromisoformat(facts.valid_to) - today).days
        early = date.fromisoformat(facts.valid_from) > today
    except ValueError:
        left, early = 0, False
    verdicts = {"For": ("ok", "matches the address") if facts.matches_host else ("bad", "name does not match")}
    if facts.expired or left < 0:
        verdicts["Valid"] = ("bad", "expired" if left < 0 else "not valid now")
    elif early:
        verdicts["Valid"] = ("bad", "not valid yet")
    elif left:
        verdicts["Valid"] = ("ok", f"{left:,} {'day' if left == 1 else 'days'} left")
    if facts.self_signed:
        verdicts["Issued by"] = ("bad", "self-signed")
    elif facts.sent == 1:
        verdicts["Sent"] = ("bad", "issuer missing")
    return verdicts


def certificate_table(facts: CertificateFacts, today: date | None = None) -> QFrame:
    """What the certificate says, line by line, each with a tick or a cross where it can be judged."""
    made = basic.frame("box")
    made.setAccessibleName("The server's certificate")
    grid = QGridLayout(made)
    grid.setContentsMargins(*(theme.px(m) for m in (12, 8, 12, 8)))
    grid.setHorizontalSpacing(theme.px(12))
    grid.setVerticalSpacing(theme.px(4))
    grid.setColumnMinimumWidth(0, theme.px(84))
    grid.setColumnStretch(1, 1)
    verdicts = _certificate_verdicts(facts, today or datetime.now(UTC).date())
    for row, (title, value) in enumerate(certificate_lines(facts)):
        grid.addWidget(basic.label(title, tone="second"), row, 0, _Align.AlignTop)
        grid.addWidget(basic.label(value, mono=True, wrap=True, selectable=True), row, 1)
        if title in verdicts:
            outcome, words = verdicts[title]
            said = basic.label(words, tone="bad" if outcome == "bad" else "second", size="small")
            grid.addWidget(basic.row(basic.picture(outcome, "", 12), said, spacing=4), row, 2, _Align.AlignRight)
    return made


class FindingBody(QWidget):
    """The lines in a grid: label column, text. ``label_width`` is 72 in findings and 112 in the ping.

    ``what=False`` leaves the sentence out, where a head above already says it.
    """

    def __init__(
        self,
        finding: Finding,
        *,
        label_width: int = 72,
        gap: int = 8,
        what: bool = True,
        certificate: CertificateFacts | None = None,
    ) -> None:
        super().__init__()
        self.finding = finding
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(theme.px(gap))
        grid.setColumnMinimumWidth(0, theme.px(label_width))
        grid.setColumnStretch(1, 1)
        self._grid = grid
        if what:
            self._add("What", WhatLine(finding.what, finding.id))
        if certificate is not None:
            # It says all that the sentence says, and judges it.
            self._add("Evidence", certificate_table(certificate))
        else:
            self._add_text("Evidence", self._evidence())
        self._add_text("Cause", finding.cause)
        self._add_text("Fix", finding.fix)
        if finding.snippet:
            self._add("" if finding.fix else "Fix", CodeBox(finding.snippet))
        if finding.after:
            self._add("Before", CodeBox(finding.before, "The current response"))
            self._add("After", CodeBox(finding.after, "The response after this code"))
        grid.setRowStretch(grid.rowCount(), 1)

    def _evidence(self) -> str:
        finding = self.finding
        if finding.count > 1 and not _tells(finding.evidence, finding.count):
            places = ", ".join(finding.places)
            seen = f"{finding.count:,} places" + (f", first: {places}" if places else "")
            return f"{finding.evidence} ({seen})" if finding.evidence else seen
        return finding.evidence or finding.where

    def _add_text(self, title: str, text: str) -> None:
        if text:
            self._add(title, basic.label(text, wrap=True, selectable=True))

    def _add(self, title: str, part: QWidget) -> None:
        row = self._grid.rowCount()
        head: QLabel = basic.label(title, tone="second")
        self._grid.addWidget(head, row, 0, _Align.AlignTop)
        self._grid.addWidget(part, row, 1)


def _tells(text: str, count: int) -> bool:
    """Whether a sentence names the number already."""
    return any(re.search(rf"(?<![\d.,]){number}(?![\d.,]*\d)", text) for number in (f"{count:,}", str(count)))


class WhyPopover(Popover):
    """What the severity means, and where the fault was seen first."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.id, 380)
        entry = CATALOGUE.get(finding.id)
        if entry is not None:
            self.body.addWidget(basic.label(entry.title, strong=True, wrap=True))
        self.body.addWidget(basic.label(MEANING[finding.severity], wrap=True))
        if "assumed" in finding.cause.lower():
            text = "Assumed: V7 has not published this point."
            self.body.addWidget(basic.label(text, tone="warn", wrap=True))
        if finding.places:
            seen = f"Seen in {finding.count:,} {'place' if finding.count == 1 else 'places'}"
            self.body.addWidget(basic.label(seen, tone="second"))
            places = "\n".join(finding.places)
            self.body.addWidget(basic.label(places, mono=True, size="small", wrap=True, selectable=True))


class FindingActions(QWidget):
    """Why?, Show in JSON where it points into the answer, and what the app can do itself."""

    action_triggered = Signal(Action)
    show_in_json = Signal(str)

    def __init__(self, finding: Finding, *, primary: bool = False) -> None:
        super().__init__()
        self._popover: WhyPopover | None = None
        self._finding = finding
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(8))
        self.why = basic.button("Why?", kind="link", on_click=self._explain, tip="What this means")
        layout.addWidget(self.why)
        places = (finding.where, *finding.places)
        where = next((place for place in places if is_in_answer(place)), "")
        if where:
            show = basic.button("Show in JSON", "code", on_click=lambda: self.show_in_json.emit(where))
            basic.set_tip(show, where)
            layout.addWidget(show)
        self.main = None
        action = fitting_action(finding)
        if action is not None and action.verb == "rename-class":
            # The fix takes the server's spelling; this leaves the choice to the user.
            edit = Action("edit-class", action.argument.partition("\n")[0], "Rename…")
            self.rename = basic.button(edit.label, on_click=lambda: self.action_triggered.emit(edit))
            basic.set_tip(self.rename, f"Enter a new name for {quoted(edit.argument)}")
            layout.addWidget(self.rename)
        if action is not None:
            self.main = basic.button(action.label or "Apply", on_click=lambda: self.action_triggered.emit(action))
            layout.addWidget(self.main)
        self.set_primary(primary)

    def set_primary(self, on: bool) -> None:
        """Whether the app's own fix is the one primary button in sight."""
        if self.main is not None:
            basic.set_kind(self.main, "primary" if on else "")

    def _explain(self) -> None:
        if self._popover is None:
            self._popover = WhyPopover(self._finding)
            self.destroyed.connect(self._popover.deleteLater)
        self._popover.open_under(self.why)
