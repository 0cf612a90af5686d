"""A field for a secret. What is entered leaves it at once; where it is kept stands below it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from byom_gui.core.endpoint import MASK, SecretPlace
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.handoff import Handoff

NOWHERE = SecretPlace("none", "")


def place_text(place: SecretPlace) -> str:
    """Where a secret is kept, as a sentence; why, where there is something to say."""
    if place.kind == "unknown":
        return f"Not known: {place.why}. You can enter it for this session."
    if place.kind == "none":
        return "Not entered yet"
    if place.kind == "session":
        return f"Kept for {place.title}" + (f": {place.why}." if place.why else "")
    return f"Taken from: {place.title}" if place.kind == "environment" else f"Stored in: {place.title}"


class SecretField(QWidget):
    """Entry, Save, and the row that tells where it is kept, with Copy secret and Forget.

    ``entered`` hands the value on; the field is empty again before that, undo included.
    """

    forget_clicked = Signal()
    copy_clicked = Signal()

    def __init__(self, name: str, *, can_copy: bool = True) -> None:
        super().__init__()
        self.entered: Handoff[[str]] = Handoff()
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setAccessibleName(name)
        self.save = basic.button("Save", on_click=self._hand_on, name=f"Save {name}")
        self._place = basic.label(tone="second", size="small", wrap=True)
        self.copy = basic.button("Copy secret", kind="link", on_click=self.copy_clicked.emit, name=f"Copy {name}")
        basic.set_tip(self.copy, "Copies it to the clipboard, which is cleared after 30 seconds")
        self.forget = basic.button("Forget", kind="link", on_click=self.forget_clicked.emit, name=f"Forget {name}")
        self._can_copy = can_copy
        self.edit.returnPressed.connect(self._hand_on)
        self.edit.textChanged.connect(lambda _: self._refresh())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(2))
        top = basic.row(self.edit, self.save)
        layout.addWidget(top)
        below = basic.row(self._place, self.copy, self.forget, spacing=0)
        below.layout().setStretch(0, 1)  # type: ignore[union-attr]
        layout.addWidget(below)
        self._why_not = ""
        self.set_place(NOWHERE)

    @property
    def place(self) -> str:
        """What the line below says."""
        return self._place.text()

    def set_place(self, place: SecretPlace) -> None:
        """Where the secret is kept now; ``none``: there is none."""
        self._kept = place.kept
        self._fixed = place.kind == "environment"
        self._place.setText(place_text(place))
        basic.set_tone(self._place, "warn" if place.kind in ("session", "unknown") else "second")
        self.edit.setPlaceholderText(MASK if self._kept else "")
        self._refresh()

    def set_usable(self, why_not: str) -> None:
        """An empty ``why_not`` lets it be used; otherwise that says why it can not be."""
        self._why_not = why_not
        self.edit.setEnabled(not why_not)
        basic.set_tip(self.edit, why_not)
        self.edit.setAccessibleDescription(why_not)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was typed and not saved is dropped."""
        self.edit.setText("")
        super().hideEvent(event)

    def _refresh(self) -> None:
        self.copy.setVisible(self._kept and self._can_copy)
        self.forget.setVisible(self._kept and not self._fixed)
        usable = not self._why_not and bool(self.edit.text())
        self.save.setEnabled(usable)
        why = "" if usable else self._why_not or "Enter it first"
        basic.set_tip(self.save, why)
        self.save.setAccessibleDescription(why)

    def _hand_on(self) -> None:
        value = self.edit.text()
        if not value or self._why_not:
            return
        # setText, not clear: clear can be undone, and undo would bring the secret back.
        self.edit.setText("")
        self.edit.setPlaceholderText(MASK)
        self.entered.emit(value)
