"""How a registration ended, in words, and what can be done now."""

from __future__ import annotations

import math
from time import monotonic

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from byom_gui.core.registering import MAYBE_ARRIVED, RegisterOutcome
from byom_gui.ui import icons, theme
from byom_gui.ui.panels.by_hand import clear
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.copy_row import CopyRow

TITLES = {
    "registered": "Registered",
    "key-refused": "V7 rejected the key",
    "not-allowed": "V7 denied permission",
    "not-found": "V7 did not find this path",
    "invalid": "V7 rejected the registration",
    "rate-limited": "V7 asks to wait",
    "server-error": "V7 had an internal error",
    "refused": "V7 rejected the request",
    "unreachable": "V7 could not be reached",
    "unknown": "The registration may have arrived",
}
NEXT_STEPS = (
    "In V7, add an AI Model stage to a workflow and choose this model there.",
    "In that stage, map each of its classes to a class of the team.",
    "Send one image through it, and compare the result with what you see here.",
)
_AGAIN = ("rate-limited", "unreachable")


class Outcome(QFrame):
    """Hidden until there is one."""

    try_again = Signal()
    confirmed_there = Signal(bool)
    export_clicked = Signal()
    open_v7_clicked = Signal()
    key_clicked = Signal()
    profile_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "bad")
        self._until = 0.0
        self._mark = basic.picture("bad")
        self.title = basic.label("", strong=True, wrap=True)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.px(4))
        self.again = basic.button("Retry", on_click=self._again)
        self.wait = basic.label("", tone="second", mono=True)
        self._tick = QTimer(self, interval=250)
        self._tick.timeout.connect(self._count_down)
        head = basic.row(self._mark, self.title)
        head_layout = head.layout()
        if head_layout is not None:
            head_layout.setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(12),) * 4)
        layout.setSpacing(theme.px(8))
        layout.addWidget(head)
        layout.addLayout(self.body)
        self._again_row = basic.row(self.again, self.wait, None)
        layout.addWidget(self._again_row)
        self.hide()

    def set_outcome(self, outcome: RegisterOutcome | None) -> None:
        """Shows how it ended; None takes it away."""
        self._tick.stop()
        clear(self.body)
        self.setVisible(outcome is not None)
        if outcome is None:
            return
        good, open_ = outcome.kind == "registered", outcome.kind in (*MAYBE_ARRIVED, "rate-limited")
        icons.set_picture(self._mark, "ok" if good else "warn" if open_ else "bad")
        self.setProperty("ground", "good" if good else "assumption" if open_ else "bad")
        basic.restyle(self)
        status = f" ({outcome.status})" if outcome.status and not good else ""
        self.title.setText(TITLES[outcome.kind] + status)
        self.setAccessibleName(f"{self.title.text()}. {outcome.sentence}")
        for part in self._parts(outcome):
            self.body.addWidget(part)
        self._offer_again(outcome)

    def _parts(self, outcome: RegisterOutcome) -> list[QWidget]:
        # What to do after a success is laid out as steps below.
        texts = (outcome.sentence, "" if outcome.kind == "registered" else outcome.todo)
        parts: list[QWidget] = [basic.label(text, wrap=True, selectable=True) for text in texts if text]
        parts += [basic.label(f"• {error}", wrap=True, selectable=True, mono=True) for error in outcome.errors]
        if outcome.model_url:
            parts.append(CopyRow("Model", outcome.model_url, outcome.model_url, inset=0, wide=56))
        if outcome.kind == "registered":
            parts.append(basic.label("Next steps", strong=True))
            steps = enumerate(NEXT_STEPS, 1)
            parts += [basic.label(f"{number}. {step}", wrap=True) for number, step in steps]
        buttons = self._buttons(outcome)
        if buttons:
            parts.append(basic.row(*buttons, None, margins=(0, 4, 0, 0)))
        return parts

    def _buttons(self, outcome: RegisterOutcome) -> list[QWidget]:
        open_v7 = basic.button("Open V7", "external", on_click=self.open_v7_clicked.emit)
        if outcome.kind in MAYBE_ARRIVED:
            there = basic.button("Yes, it's there", on_click=lambda: self.confirmed_there.emit(True))
            absent = basic.button("No, it isn't", on_click=lambda: self.confirmed_there.emit(False))
            basic.set_tip(absent, "You can then send it again.")
            return [open_v7, there, absent]
        if outcome.kind == "registered":
            return [basic.button("Export JSON…", on_click=self.export_clicked.emit), open_v7]
        if outcome.kind in ("key-refused", "not-allowed"):
            return [basic.button("Change key…", "key", on_click=self.key_clicked.emit)]
        if outcome.kind == "not-found":
            return [basic.button("Edit the API profile…", on_click=self.profile_clicked.emit)]
        return []

    def _offer_again(self, outcome: RegisterOutcome) -> None:
        self._again_row.setVisible(outcome.kind in _AGAIN)
        self._until = monotonic() + (outcome.retry_after or 0.0)
        if outcome.kind == "rate-limited" and outcome.retry_after:
            self._tick.start()
        self._count_down()

    def _count_down(self) -> None:
        left = math.ceil(self._until - monotonic())
        waiting = left > 0
        self.wait.setVisible(waiting)
        self.wait.setText(f"in {left // 60}:{left % 60:02}" if waiting else "")
        self.again.setEnabled(not waiting)
        basic.set_tip(
            self.again, f"V7 asked to wait. It can be sent again in {left} s." if waiting else "Sends it once more"
        )
        self.again.setAccessibleDescription(self.again.toolTip())
        if not waiting:
            self._tick.stop()

    def _again(self) -> None:
        self.try_again.emit()
