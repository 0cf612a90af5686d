"""What blocks registering, how to register all the same, and what is worth knowing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from byom_gui.core.findings import Action, Finding
from byom_gui.ui import theme
from byom_gui.ui.panels.by_hand import clear
from byom_gui.ui.widgets import basic

ICONS = {"error": "bad", "warning": "warn", "advice": "advice"}


def card() -> tuple[QFrame, QVBoxLayout]:
    """A white box with an edge, and the column in it."""
    made = basic.frame("card")
    layout = QVBoxLayout(made)
    layout.setContentsMargins(1, 1, 1, 1)
    layout.setSpacing(0)
    return made, layout


class Findings(QWidget):
    """``override_changed`` carries the reason, empty while the box is not ticked."""

    override_changed = Signal(str)
    action_triggered = Signal(Action)
    show_finding = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[Finding, ...], tuple[Finding, ...]] | None = None
        self._blocking = basic.label("Blocks registering", strong=True)
        self._overridden = basic.label("overridden, with a reason", tone="second", size="small")
        self._over_mark = basic.picture("warn", size=12)
        head = basic.row(self._blocking, None, self._over_mark, self._overridden, spacing=4)
        self._bad, self._bad_rows = basic.frame("card"), QVBoxLayout()
        self._bad.setProperty("ground", "badcard")
        self._worth_title = basic.label("Does not block registering", strong=True)
        self._worth, self._worth_rows = card()
        self._bad_part = basic.column(head, self._bad_box(), spacing=4)
        self._worth_part = basic.column(self._worth_title, self._worth, spacing=4)
        # Each key of the reason would otherwise be a step of its own for whoever keeps it.
        self._timer = QTimer(self, singleShot=True, interval=300)
        self._timer.timeout.connect(self._tell)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(16))
        layout.addWidget(self._bad_part)
        layout.addWidget(self._worth_part)
        self.set_findings((), ())

    def _bad_box(self) -> QFrame:
        self.override = QCheckBox("Register anyway. Reason:")
        self.reason = QLineEdit()
        self.reason.setAccessibleName("Reason to register anyway")
        self.reason.setPlaceholderText("Why is this acceptable?")
        self.reason.editingFinished.connect(self._tell)
        self.reason.textChanged.connect(lambda _: self._edited())
        self.override.toggled.connect(lambda _: self._edited())
        note = basic.label("The reason is saved in the project and in the export.", tone="second", size="small")
        note.setWordWrap(True)
        below = basic.column(self.reason, note, spacing=4, margins=(24, 0, 0, 0))
        lower = basic.column(self.override, below, spacing=4, margins=(12, 8, 12, 12))
        self._bad_rows.setContentsMargins(0, 0, 0, 0)
        self._bad_rows.setSpacing(0)
        layout = QVBoxLayout(self._bad)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(self._bad_rows)
        layout.addWidget(lower)
        return self._bad

    # What is shown

    def set_findings(self, blocking: Sequence[Finding], others: Sequence[Finding]) -> None:
        """What blocks (errors), and what is worth knowing."""
        now = (tuple(blocking), tuple(others))
        if now == self._shown:
            return
        self._shown = now
        clear(self._bad_rows)
        clear(self._worth_rows)
        for finding in blocking:
            self._bad_rows.addWidget(self._row(finding, "bad"))
        for place, finding in enumerate(others):
            if place:
                self._worth_rows.addWidget(basic.hline())
            self._worth_rows.addWidget(self._row(finding, ""))
        self._bad_part.setVisible(bool(blocking))
        self._worth_part.setVisible(bool(others))
        self._refresh()

    def set_override(self, reason: str) -> None:
        """The reason kept in the project."""
        if reason.strip() == self.override_reason or (self.reason.hasFocus() and self._timer.isActive()):
            return
        for widget in (self.override, self.reason):
            widget.blockSignals(True)
        self.override.setChecked(bool(reason) or (self.override.isChecked() and self.reason.hasFocus()))
        if reason:
            self.reason.setText(reason)
        for widget in (self.override, self.reason):
            widget.blockSignals(False)
        self._refresh()

    @property
    def override_reason(self) -> str:
        """The reason, empty while the box is not ticked."""
        return self.reason.text().strip() if self.override.isChecked() else ""

    @property
    def blocked(self) -> bool:
        """Whether something blocks, and no reason overrides it."""
        return bool(self._shown and self._shown[0]) and not self.override_reason

    # Inside

    def _row(self, finding: Finding, tone: str) -> QWidget:
        mark = basic.picture(ICONS[finding.severity])
        basic.set_tip(mark, finding.severity)
        mark.setAccessibleName(finding.severity)
        what = basic.label(finding.what, strong=tone == "bad", wrap=True)
        basic.set_tip(what, finding.fix)
        action = finding.action
        if tone == "bad" and action is not None and action.label:
            does = basic.button(action.label, on_click=lambda: self.action_triggered.emit(action))
            made = basic.row(mark, what, does, margins=(12, 8, 8, 8))
        else:
            show = basic.button("Show", kind="link", on_click=lambda: self.show_finding.emit(finding.id))
            show.setAccessibleName(f"Show: {finding.what}")
            made = basic.row(mark, what, show, margins=(12, 4, 4, 4))
        made.setMinimumHeight(theme.px(36))
        layout = made.layout()
        if isinstance(layout, QHBoxLayout):
            layout.setStretchFactor(what, 1)
        return basic.ground(made, "badrow") if tone == "bad" else made

    def _edited(self) -> None:
        self._refresh()
        self._timer.start()
        if self.override.isChecked() and not self.reason.text():
            self.reason.setFocus()

    def _tell(self) -> None:
        self._timer.stop()
        self.override_changed.emit(self.override_reason)

    def _refresh(self) -> None:
        self.reason.setEnabled(self.override.isChecked())
        basic.set_tip(self.reason, "" if self.override.isChecked() else "Select the box above first.")
        over = bool(self.override_reason)
        for widget in (self._overridden, self._over_mark):
            widget.setVisible(over)
