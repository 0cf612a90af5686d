"""Registering with V7: what will be sent to whom, what blocks it, and how it ended; beside it the way by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from byom_gui.core.classes import ClassEntry
from byom_gui.core.colours import ClassColour
from byom_gui.core.endpoint import SecretPlace
from byom_gui.core.findings import Action, Finding
from byom_gui.core.observations import SentRequest
from byom_gui.core.pace import clock_text
from byom_gui.core.quoting import isolated
from byom_gui.core.registering import MAYBE_ARRIVED, OutcomeKind, RegisterOutcome, TeamInfo
from byom_gui.ui import theme
from byom_gui.ui.panels.by_hand import ByHand, HandRow, clear
from byom_gui.ui.panels.register_findings import Findings, card
from byom_gui.ui.panels.register_outcome import Outcome
from byom_gui.ui.panels.register_request import Request
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.clock import Clock
from byom_gui.ui.widgets.swatch import Swatch
from byom_gui.ui.widgets.type_picker import shown

TWO_COLUMNS = 680


class RegisterPanel(QWidget):
    """A view: it sends nothing itself. ``override_changed`` carries the reason, empty where there is none."""

    model_name_changed = Signal(str)
    register_clicked = Signal()
    teams_clicked = Signal()
    export_clicked = Signal()
    override_changed = Signal(str)
    action_triggered = Signal(Action)
    show_finding = Signal(str)
    paste_profile_clicked = Signal()
    edit_profile_clicked = Signal()
    copy_secret_clicked = Signal(str)
    key_clicked = Signal()
    open_v7_clicked = Signal()
    confirmed_there = Signal(bool)
    cancel_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "window")
        self._can, self._why = False, "Connect a model first."
        self._sending = False
        self._ended: OutcomeKind | None = None
        self.findings, self.outcome = Findings(), Outcome()
        self.request, self.by_hand = Request(), ByHand()
        self._build()
        self._connect()
        self.set_team(None, SecretPlace("none", ""))
        self.set_urls("", None, "Paste the model's address first.")
        self.set_request(None, True, "Connect a model and add a key to see the exact request here.")
        self.set_new("", (), {})
        self._refresh()

    # Building

    def _build(self) -> None:
        self._left = self._side(self.outcome, self._team_part(), self._fields(), self.findings, self._new_part())
        self._right = self._side(self.request, self.by_hand)
        body = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, body)
        self._columns.setContentsMargins(*(theme.px(16),) * 4)
        self._columns.setSpacing(theme.px(24))
        self._columns.addWidget(self._left, 10)
        self._columns.addWidget(self._right, 11)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(basic.ground(body, "window"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(basic.hline())
        layout.addWidget(self._foot())

    def _side(self, *parts: QWidget) -> QWidget:
        made = basic.column(*parts, None, spacing=16)
        made.setMinimumWidth(0)
        return made

    def _team_part(self) -> QWidget:
        self.key = basic.button("Add key…", "plus", kind="flat", on_click=self.key_clicked.emit)
        box, inside = card()
        self._team = basic.label("", strong=True)
        self._team_id = basic.label("", tone="second", mono=True)
        self._key_mark = basic.picture("key", size=12)
        self._place = basic.label("", tone="second", size="small")
        parts = (self._team, self._team_id, None, self._key_mark, self._place)
        self._team_row = basic.row(*parts, margins=(12, 0, 12, 0))
        self._team_row.setMinimumHeight(theme.px(36))
        text = "No key yet. A V7 API key belongs to one team, and decides which team the model is registered in."
        self._no_team = basic.label(text, tone="second", wrap=True)
        self._no_team.setContentsMargins(*(theme.px(m) for m in (12, 8, 12, 8)))
        inside.addWidget(self._team_row)
        inside.addWidget(self._no_team)
        return basic.column(basic.row(basic.label("Team", strong=True), None, self.key), box, spacing=4)

    def _fields(self) -> QWidget:
        self.name, self.base = QLineEdit(), QLineEdit()
        self.name.setAccessibleName("Model name")
        self.name.setPlaceholderText("The name shown in V7")
        self.base.setAccessibleName("Base URL")
        self.base.setReadOnly(True)
        self.base.setFont(theme.mono())
        self._base_note = basic.label("", tone="second", size="small", wrap=True)
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(theme.px(8))
        grid.setHorizontalSpacing(0)
        grid.setColumnMinimumWidth(0, theme.px(96))
        grid.setColumnStretch(1, 1)
        for row, (title, field) in enumerate((("Model name", self.name), ("Base URL", self.base))):
            label = basic.label(title, tone="second")
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self._base_note, 2, 1)
        self.before = basic.label("", tone="second", wrap=True)
        self.before.hide()
        return basic.column(made, self.before, spacing=8)

    def _new_part(self) -> QWidget:
        self._new_title = basic.label("", strong=True)
        box, self._new_rows = card()
        self._new = basic.column(self._new_title, box, spacing=4)
        return self._new

    def _foot(self) -> QWidget:
        self._host = basic.label("", tone="second", size="small", wrap=True)
        self._reason = basic.label("", tone="second", size="small", wrap=True)
        self.register_button = basic.button("Register", kind="primary", on_click=self._register)
        self.export = basic.button("Export JSON…", on_click=self.export_clicked.emit)
        self.teams = basic.button("Several teams…", on_click=self.teams_clicked.emit)
        self._clock = Clock(clock_text)
        self._sending_text = basic.label("Sending. Cancel does not undo it.", tone="second", size="small", wrap=True)
        self.cancel = basic.button("Cancel", on_click=self.cancel_clicked.emit)
        basic.set_tip(self.cancel, "Stops waiting for V7. What was already sent is not undone.")
        buttons = basic.row(self.register_button, self.cancel, self._clock, self.teams, self.export, self._sending_text)
        layout = buttons.layout()
        assert isinstance(layout, QBoxLayout)
        layout.setStretchFactor(self._sending_text, 1)
        layout.addStretch(0)
        # Why the button can not be used stands right above it, in a line of its own: beside it there is no room.
        return basic.column(self._host, self._reason, buttons, margins=(16, 8, 16, 12), spacing=4)

    def _connect(self) -> None:
        self.name.textEdited.connect(self.model_name_changed)
        self.findings.override_changed.connect(self.override_changed)
        self.findings.override.toggled.connect(lambda _: self._refresh())
        self.findings.reason.textChanged.connect(lambda _: self._refresh())
        self.findings.action_triggered.connect(self.action_triggered)
        self.findings.show_finding.connect(self.show_finding)
        self.request.paste_profile_clicked.connect(self.paste_profile_clicked)
        self.request.edit_profile_clicked.connect(self.edit_profile_clicked)
        self.by_hand.copy_secret_clicked.connect(self.copy_secret_clicked)
        self.by_hand.open_v7_clicked.connect(self.open_v7_clicked)
        self.outcome.try_again.connect(self._register)
        self.outcome.confirmed_there.connect(self.confirmed_there)
        self.outcome.export_clicked.connect(self.export_clicked)
        self.outcome.open_v7_clicked.connect(self.open_v7_clicked)
        self.outcome.key_clicked.connect(self.key_clicked)
        self.outcome.profile_clicked.connect(self.edit_profile_clicked)

    # What is shown

    def set_team(self, team: TeamInfo | None, place: SecretPlace) -> None:
        """The key's team and where the key is kept."""
        self._team_row.setVisible(team is not None)
        self._no_team.setVisible(team is None)
        self.key.setText("Add key…" if team is None else "Change key…")
        self.key.setAccessibleName(self.key.text())
        if team is not None:
            self._team.setText(team.name or team.slug)
            self._team_id.setText(str(team.id))
        self._place.setText(place.title)
        basic.set_tip(self._place, place.why)
        self._key_mark.setVisible(bool(place.title))
        self._team_name = (team.name or team.slug) if team is not None else ""
        self._show_button()

    def set_environment(self, environment: str) -> None:
        """What the team is for, which the button says."""
        self._environment = environment
        self._show_button()

    _team_name = _environment = ""

    def _show_button(self) -> None:
        where = f" in {isolated(self._team_name)}" if self._team_name else ""
        what = f" ({self._environment})" if where and self._environment else ""
        self.register_button.setText(f"Register{where}{what}".replace("&", "&&"))

    def set_host(self, host: str) -> None:
        """V7's address, which stands beside the button that sends to it."""
        self._host.setText(
            f"Sent once, to {host}. After a timeout the app never sends it again on its own." if host else ""
        )

    def set_model_name(self, name: str) -> None:
        """The model's name; a field in which one types is left alone."""
        if name != self.name.text():
            self.name.setText(name)

    def set_before(self, text: str) -> None:
        """How this address was registered last, and what is another since; empty where it was not."""
        self.before.setText(text)
        self.before.setVisible(bool(text))

    def set_urls(self, infer: str, external: str | None, reason: str) -> None:
        """The base that V7's API wants, or why there is none (then only registering by hand fits)."""
        self.base.setText(external or "")
        self.base.setPlaceholderText("" if external else "none")
        basic.set_tip(self.base, infer)
        said = "V7 calls /infer and /classes under it." if external else reason
        self._base_note.setText(said)
        basic.set_tone(self._base_note, "second" if external or not infer else "warn")
        self.by_hand.set_only_way(bool(infer) and external is None)

    def set_request(self, request: SentRequest | None, assumed: bool, why_not: str) -> None:
        """The exact request, masked; ``assumed`` while the API profile is not confirmed."""
        self.request.set_request(request, assumed, why_not)

    def set_findings(self, blocking: Sequence[Finding], others: Sequence[Finding]) -> None:
        """Findings that block (errors), and the others."""
        self.findings.set_findings(blocking, others)
        self._refresh()

    def set_override(self, reason: str) -> None:
        """The reason kept in the project."""
        self.findings.set_override(reason)
        self._refresh()

    def set_new(self, since: str, entries: Sequence[ClassEntry], colours: Mapping[str, ClassColour]) -> None:
        """Classes that are new since the last registration (``12 Oct 2026``)."""
        clear(self._new_rows)
        self._new.setVisible(bool(since and entries))
        self._new_title.setText(f"New since {since}")
        for place, entry in enumerate(entries):
            if place:
                self._new_rows.addWidget(basic.hline())
            plus, swatch = basic.label("+", tone="ok", mono=True), Swatch(colours.get(entry.name))
            kind = basic.label(shown(entry.type), tone="second")
            line = basic.row(plus, swatch, basic.label(entry.name), None, kind, margins=(16, 0, 12, 0))
            line.setMinimumHeight(theme.px(28))
            self._new_rows.addWidget(line)
        names: Collection[str] = [entry.name for entry in entries]
        self.request.set_new(since, names)

    def set_by_hand(self, rows: Sequence[HandRow]) -> None:
        """The values for V7's own dialog."""
        self.by_hand.set_rows(rows)

    def set_sending(self, on: bool) -> None:
        """While it is being sent there is a clock and Cancel."""
        if on and not self._sending:
            self._clock.start()
        elif not on:
            self._clock.stop()
        self._sending = on
        self._refresh()

    def set_outcome(self, outcome: RegisterOutcome | None) -> None:
        """How it ended; it stands first, in sight."""
        self._ended = outcome.kind if outcome is not None else None
        self.outcome.set_outcome(outcome)
        if outcome is not None:
            self._scroll.verticalScrollBar().setValue(0)
        self._refresh()

    def set_can_register(self, can: bool, why: str) -> None:
        """Whether all that is needed is there, and what is not."""
        self._can, self._why = can, why
        self._refresh()

    # Inside

    def _refusal(self) -> str:
        """Why Register can not be pressed now; empty where it can."""
        if self.findings.blocked:
            return "Something blocks registering. Fix it, or give a reason to register anyway."
        if not self._can:
            return self._why
        if self._ended in MAYBE_ARRIVED:
            return "Look in V7 first, then answer above whether it is there."
        return ""

    def _refresh(self) -> None:
        why = self._refusal()
        self.register_button.setEnabled(not why and not self._sending)
        basic.set_tip(self.register_button, why)
        self.register_button.setAccessibleDescription(why)
        basic.set_kind(self.register_button, "" if self._ended in ("registered", *MAYBE_ARRIVED) else "primary")
        self._reason.setText(why)
        for widget in (self.register_button, self.export, self._reason):
            widget.setVisible(not self._sending)
        for widget in (self.cancel, self._clock, self._sending_text):
            widget.setVisible(self._sending)

    def _register(self) -> None:
        if not self._refusal() and not self._sending:
            self.register_clicked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns where there is room, else one."""
        super().resizeEvent(event)
        wide = self.width() >= theme.px(TWO_COLUMNS)
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(way)
