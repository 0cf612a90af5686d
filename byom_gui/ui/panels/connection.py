"""The connection bar: address, auth, ping and what came of it, team."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.panels.trust_rows import TrustRows
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.address_field import AddressField, AddressText
from byom_gui.ui.widgets.clock import Clock
from byom_gui.ui.widgets.menu_button import MenuButton
from byom_gui.ui.widgets.outcome import ErrorLine, Outcome, milliseconds_text

State = Literal["rest", "running", "passed", "failed"]

_ICONS = {"rest": "todo", "running": "running", "passed": "ok", "failed": "bad"}


class ConnectionBar(QWidget):
    """One row of 44; below it what is wrong with the address, and ``trust``: what may read secrets.

    ``address_edited`` comes once for each changed address, on Return or when the field is left;
    ``address_entered`` on Return, which also means: go on with it.
    """

    address_edited = Signal(str)
    address_entered = Signal(str)
    ping_clicked = Signal()
    cancel_clicked = Signal()
    auth_clicked = Signal()
    team_clicked = Signal()

    def __init__(self, shared: AddressText | None = None) -> None:
        super().__init__()
        basic.ground(self, "window")
        self.field = AddressField(shared)
        self.field.settled.connect(self.address_edited)
        self.field.entered.connect(self.address_entered)
        self._error = ErrorLine()
        self.auth_button = MenuButton("Auth: none", "lock", self.auth_clicked.emit)
        basic.set_tip(self.auth_button, "User, password, and secret header of the model server")
        self.ping_button = basic.button("Ping", on_click=self._on_ping, tip="Send one small test image")
        self.outcome = Outcome()
        self.clock = Clock()
        self.team_button = MenuButton("Team: none", "team", self.team_clicked.emit, flat=True)
        self.environment = basic.label("", size="small")
        self.environment.setContentsMargins(*(theme.px(m) for m in (6, 0, 6, 0)))
        self.environment.setFixedHeight(theme.px(22))
        self.environment.hide()
        self.trust = TrustRows()
        self._state: State = "rest"
        self._primary = False
        self._build()
        self.set_state("rest", "")

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        parts = (self.field, self.auth_button, self.ping_button, 4, self.outcome, self.clock)
        rest = (4, basic.vline(), 4, self.environment, self.team_button)
        line = basic.row(*parts, *rest, margins=(12, 8, 4, 8))
        line.layout().setStretch(0, 1)  # type: ignore[union-attr]
        layout.addWidget(line)
        self._error_row = basic.row(self._error, margins=(12, 0, 12, 8))
        self._error_row.hide()
        layout.addWidget(self._error_row)
        layout.addWidget(self.trust)

    def set_address(self, text: str) -> None:
        """Shows the address, its secrets already masked; emits nothing."""
        self.field.set_address(text)
        self.field.setCursorPosition(0)

    def set_error(self, sentence: str) -> None:
        """What is wrong with the address, under the field; an empty sentence takes it back."""
        self.field.set_error(sentence)
        self._error.set_text(sentence)
        self._error_row.setVisible(bool(sentence))

    @property
    def error(self) -> str:
        """The sentence under the field."""
        return self._error.text

    def set_auth_word(self, word: str) -> None:
        """``none``, ``Basic``, ``header``, ``Basic + header``."""
        self.auth_button.set_text(f"Auth: {word}", "User, password, and secret header of the model server")

    def set_state(self, state: State, text: str, milliseconds: float | None = None) -> None:
        """How the last ping stands: ``text`` such as ``Answers`` or ``TLS failed``, with its time."""
        was_running, self._state = self._state == "running", state
        running = state == "running"
        note = milliseconds_text(milliseconds) if milliseconds is not None and not running else ""
        self.outcome.set_outcome(_ICONS[state], text or ("Pinging" if running else "Not pinged"), note)
        self.clock.setVisible(running)
        if running and not was_running:
            self.clock.start()
        elif not running:
            self.clock.stop()
        self._show_button()

    def set_elapsed(self, seconds: float) -> None:
        """Corrects the running clock."""
        self.clock.set_seconds(seconds)

    def set_primary(self, on: bool) -> None:
        """Whether Ping is the next step."""
        self._primary = on
        self._show_button()

    def set_team(self, text: str, tip: str) -> None:
        """Such as ``Team: acme``."""
        self.team_button.set_text(text, tip)

    def set_environment(self, environment: str) -> None:
        """What the team is for: ``staging``, ``production``, or empty."""
        self.environment.setText(environment.upper())
        self.environment.setVisible(bool(environment))
        self.environment.setProperty("environment", environment)
        basic.restyle(self.environment)

    def _show_button(self) -> None:
        words = {"running": "Cancel", "failed": "Ping again"}
        text = words.get(self._state, "Ping")
        self.ping_button.setText(text)
        self.ping_button.setAccessibleName(text)
        basic.set_tip(self.ping_button, "Stop the ping" if text == "Cancel" else "Send one small test image")
        basic.set_kind(self.ping_button, "primary" if self._primary and text != "Cancel" else "")
        self.ping_button.setMinimumWidth(theme.px(56))

    def _on_ping(self) -> None:
        if self._state == "running":
            self.cancel_clicked.emit()
        else:
            self.ping_clicked.emit()
