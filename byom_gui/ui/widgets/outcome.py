"""An outcome: its shape, its word, its colour; and the line that stands under a field at fault."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from byom_gui.ui import icons, theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.spinner import Spinner

OutcomeIcon = Literal["ok", "warn", "bad", "advice", "running", "waiting", "todo", "not-reached"]

WORDS: dict[str, str] = {
    "ok": "passed",
    "warn": "warning",
    "bad": "failed",
    "advice": "advice",
    "running": "running",
    "waiting": "waiting",
    "todo": "not run",
    "not-reached": "not reached",
}
"""What each outcome's shape is called, for those who can not see it."""


def milliseconds_text(milliseconds: float) -> str:
    """Such as ``84 ms``; seconds from ten on."""
    if milliseconds >= 10_000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:,.0f} ms" if milliseconds >= 1 else "<1 ms"


class OutcomeMark(QWidget):
    """The outcome's shape alone, 16 by 16; the running one turns."""

    def __init__(self, size: int = 16) -> None:
        super().__init__()
        self._size = size
        self._picture = basic.picture("todo", "", size)
        self._spinner = Spinner(size)
        self._spinner.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._picture)
        layout.addWidget(self._spinner)
        self.setFixedSize(theme.px(size), theme.px(size))
        self.outcome = "todo"

    def set_outcome(self, outcome: str) -> None:
        """``outcome``: one of WORDS."""
        self.outcome = outcome
        self._picture.setVisible(outcome != "running")
        self._spinner.setVisible(outcome == "running")
        if outcome != "running":
            icons.set_picture(self._picture, outcome, "", self._size)
        self.setAccessibleName(WORDS[outcome])
        basic.set_tip(self, WORDS[outcome])


class Outcome(QWidget):
    """Shape, word and a second, quieter text."""

    def __init__(self) -> None:
        super().__init__()
        self.mark = OutcomeMark()
        self._word = basic.label()
        self._note = basic.label(tone="second")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(8))
        for part in (self.mark, self._word, self._note):
            layout.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """What it says."""
        return f"{self._word.text()} {self._note.text()}".strip()

    def set_outcome(self, outcome: str, word: str, note: str = "") -> None:
        """``word`` is the result in one or two words, ``note`` a figure beside it."""
        self.mark.set_outcome(outcome)
        self._word.setText(word)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(f"{WORDS[outcome]}: {self.text}")


class ErrorLine(QWidget):
    """One sentence under a field, with the failed shape; hidden while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self._text: QLabel = basic.label(tone="bad", size="small", wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(6))
        layout.addWidget(basic.picture("bad", "", 12))
        layout.addWidget(self._text, 1)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence, empty where there is none."""
        return self._text.text()

    def set_text(self, sentence: str) -> None:
        """Shows the sentence; an empty one hides the line."""
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))
