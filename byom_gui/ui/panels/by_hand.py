"""Registering by hand: each value laid out for V7's own dialog, with a copy button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from byom_gui.core.endpoint import MASK
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.copy_row import CopyRow


@dataclass(frozen=True, slots=True)
class HandRow:
    """One value of V7's dialog.

    Args:
        label: the dialog's word for it.
        value: what is copied; empty for a secret, whose value never comes here.
        secret_ref_key: for a secret, what ``copy_secret_clicked`` carries.
        shown: what stands in the row, where it is not the value itself.
    """

    label: str
    value: str
    secret_ref_key: str | None = None
    shown: str = ""

    @property
    def text(self) -> str:
        """What stands in the row: dots for a secret, a count for a list of classes."""
        if self.secret_ref_key is not None:
            return MASK
        if self.shown or ("\n" not in self.value and "\t" not in self.value):
            return self.shown or self.value
        count = len(self.value.splitlines())
        return f"{count:,} names with types" if count != 1 else "1 name with its type"


class ByHand(QWidget):
    """The rows, their heading and the way to V7."""

    copy_secret_clicked = Signal(str)
    open_v7_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[HandRow, ...] = ()
        self._open = basic.button("Open V7", "external", kind="flat", on_click=self.open_v7_clicked.emit)
        basic.set_tip(self._open, "Opens V7 in the browser")
        self._card = basic.frame("card")
        self._card_layout = QVBoxLayout(self._card)
        self._card_layout.setContentsMargins(1, 1, 1, 1)
        self._card_layout.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(4))
        self._title = basic.label("Or register manually in V7", strong=True)
        layout.addWidget(basic.row(self._title, None, self._open))
        self._none = basic.label("Enter an address to see each value here.", tone="second", wrap=True)
        layout.addWidget(self._none)
        layout.addWidget(self._card)
        self._card.hide()

    def set_only_way(self, only: bool) -> None:
        """Whether the API does not fit, and this is the one way."""
        self._title.setText("Register manually in V7" if only else "Or register manually in V7")

    def set_rows(self, rows: Sequence[HandRow]) -> None:
        """Lays out the values; unchanged ones stay, so that "Copied" is not wiped away."""
        if tuple(rows) == self._rows:
            return
        self._rows = tuple(rows)
        clear(self._card_layout)
        self._none.setVisible(not self._rows)
        self._card.setVisible(bool(self._rows))
        for place, row in enumerate(self._rows):
            if place:
                self._card_layout.addWidget(basic.hline())
            self._card_layout.addWidget(self._made(row))

    def _made(self, row: HandRow) -> CopyRow:
        secret = row.secret_ref_key
        made = CopyRow(row.label, row.text, None if secret is not None else row.value)
        if secret is not None:
            basic.set_tip(made.copy, "Copies the secret. The clipboard is cleared after 30 s if it has not changed.")
            made.copy_asked.connect(lambda key=secret: self.copy_secret_clicked.emit(key))
        return made


def clear(layout: QVBoxLayout) -> None:
    """Takes every widget out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
