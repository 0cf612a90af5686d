"""The V7 API key: entered once, kept in the keyring, checked by asking V7 whose it is. Never shown."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from byom_gui.core.endpoint import SecretPlace
from byom_gui.core.registering import TeamInfo
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.handoff import Handoff
from byom_gui.ui.widgets.outcome import ErrorLine, Outcome
from byom_gui.ui.widgets.popover import Popover
from byom_gui.ui.widgets.secret_field import SecretField

_USUAL = re.compile(r"^.{7}\..{32}$")
UNUSUAL = (
    "V7 keys usually have 7 characters, a dot, and 32 more characters. This one does not. It was stored as entered."
)


def looks_usual(key: str) -> bool:
    """Whether a key has the look that V7's keys are known to have."""
    return bool(_USUAL.match(key))


class KeyPanel(Popover):
    """Opens under the team button. ``key_entered(key)`` is no signal: it goes to one receiver, at once."""

    forget_clicked = Signal()
    check_clicked = Signal()

    def __init__(self) -> None:
        super().__init__("V7 API key", 440)
        self.key_entered: Handoff[[str]] = Handoff()
        self.field = SecretField("V7 API key", can_copy=False)
        self.field.entered.connect(self._on_key)
        self.field.forget_clicked.connect(self._on_forget)
        self._warning = basic.label(tone="warn", size="small", wrap=True)
        self._warning.hide()
        self._error = ErrorLine()
        self._team = Outcome()
        self._host = basic.label(tone="second", size="small", wrap=True)
        self.check = basic.button("Check", on_click=self.check_clicked.emit)
        self._kept = self._unknown = False
        self._busy = False
        lead = "Create a key in V7 under Settings, API keys. A key belongs to one team."
        self.body.addWidget(basic.label(lead, tone="second", wrap=True))
        for part in (self.field, self._warning, self._error, basic.hline()):
            self.body.addWidget(part)
        self.body.addWidget(basic.row(self._team, None, self.check))
        foot = basic.row(basic.picture("lock", "", 14), self._host)
        foot.layout().setStretch(1, 1)  # type: ignore[union-attr]
        self.body.addWidget(foot)
        self.set_host("")
        self.set_team(None)

    def first_field(self) -> QWidget | None:
        """The key's field."""
        return self.field.edit

    def set_place(self, place: SecretPlace) -> None:
        """Where the key is kept."""
        self._kept = place.kept
        self._unknown = place.kind == "unknown"
        self.field.set_place(place)
        self._refresh()

    def set_team(self, team: TeamInfo | None) -> None:
        """The team that V7 named after the last check; None: not checked."""
        self._known = team
        self._refresh()

    def set_busy(self, busy: bool) -> None:
        """Whether a check is under way."""
        self._busy = busy
        if busy:
            self._error.set_text("")
        self._refresh()

    def set_error(self, sentence: str) -> None:
        """Why the check or the keeping failed; an empty sentence takes it back."""
        self._error.set_text(sentence)
        self._refresh()

    def set_host(self, host: str) -> None:
        """V7's host, such as ``https://darwin.v7labs.com``."""
        self._host.setText(f"Sent only to {host}" if host else "")

    @property
    def said(self) -> str:
        """What stands beside Check."""
        return self._team.text

    @property
    def warning(self) -> str:
        """The word on a key of unusual look; empty where there is none."""
        return self._warning.text() if not self._warning.isHidden() else ""

    def _refresh(self) -> None:
        if self._busy:
            self._team.set_outcome("running", "Checking the key with V7")
        elif self._error.text:
            self._team.set_outcome("bad", "Not accepted")
        elif self._known is not None:
            self._team.set_outcome("ok", self._known.name, f"({self._known.slug})")
        else:
            self._team.set_outcome(
                "todo", "Not checked" if self._kept else "Keyring not read" if self._unknown else "No key yet"
            )
        why = "Enter the key first" if not self._kept else "A check is running" if self._busy else ""
        if why and self.check.hasFocus():
            # Qt would hand the focus on to what comes after the popover, and the next key would go there.
            self.field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.check.setEnabled(not why)
        basic.set_tip(self.check, why or "Ask V7 which team the key belongs to")
        self.check.setAccessibleDescription(why)
        if self.isVisible():
            self.place()

    def _on_key(self, value: str) -> None:
        key = value.strip()
        unusual = not looks_usual(key)
        self._warning.setText(UNUSUAL if unusual else "")
        self._warning.setVisible(unusual)
        self._error.set_text("")
        self._known = None
        self.key_entered.emit(key)
        self._refresh()

    def _on_forget(self) -> None:
        self._warning.hide()
        self.forget_clicked.emit()
