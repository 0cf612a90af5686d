"""A search within a text: a field, where one is among the places found, next and previous."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.json_text import LONGEST
from byom_gui.ui.widgets.shortcuts import shortcut

MOST = 10_000
_PART = 500
Place = tuple[int, int, int]
"""Line, first column, column after the last; all from 0."""


def find_all(lines: Sequence[str], text: str) -> Iterator[list[Place]]:
    """Every place of ``text``, whatever its case, in parts of some hundred lines; ten thousand places at most.

    Of a very long line the part that is shown is searched.
    """
    wanted = text.casefold()
    if not wanted:
        return
    total = 0
    for first in range(0, len(lines), _PART):
        found: list[Place] = []
        for number in range(first, min(first + _PART, len(lines))):
            low = lines[number][:LONGEST].casefold()
            at = low.find(wanted)
            while at >= 0 and total + len(found) < MOST:
                found.append((number, at, at + len(wanted)))
                at = low.find(wanted, at + len(wanted))
        total += len(found)
        yield found
        if total >= MOST:
            return


class SearchBar(QWidget):
    """``changed`` asks for a new search, ``stepped`` for the next (1) or previous (-1) place."""

    changed = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, what: str) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setPlaceholderText(what)
        self.field.setAccessibleName(what)
        self.count = basic.label("", tone="second", size="small")
        up = basic.button(icon="up", kind="icon", on_click=lambda: self.stepped.emit(-1), name="Previous match")
        down = basic.button(icon="down", kind="icon", on_click=lambda: self.stepped.emit(1), name="Next match")
        close = basic.button(icon="close", kind="icon", on_click=self.close_bar, name="Close search")
        inner = basic.row(self.field, self.count, up, down, close, margins=(12, 4, 8, 4), spacing=4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(inner)
        layout.addWidget(basic.hline())
        self.setMinimumHeight(theme.px(36))
        self.field.textChanged.connect(self.changed)
        self.field.returnPressed.connect(lambda: self.stepped.emit(1))
        shortcut(Qt.Key.Key_Escape, self, self.close_bar)
        shortcut("Shift+Return", self, lambda: self.stepped.emit(-1))
        self.hide()

    def open_bar(self) -> None:
        """Shows it and goes to its field."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def close_bar(self) -> None:
        """Hides it; nothing is marked any more."""
        self.hide()
        self.closed.emit()

    def say(self, now: int, found: int) -> None:
        """Which place one is at (from 0), of how many."""
        if not self.field.text():
            self.count.setText("")
        elif not found:
            self.count.setText("not found")
        else:
            self.count.setText(f"{now + 1:,} of {found:,}{'+' if found >= MOST else ''}")
