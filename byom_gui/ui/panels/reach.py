"""Register, Reach: will V7 reach it? What is seen from here, what nobody can know, and a script to run elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from byom_gui.core.reaching import UNKNOWN, Row, reached
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.code_box import CodeBox
from byom_gui.ui.widgets.flowing import Flowing, scrolled
from byom_gui.ui.widgets.outcome import ErrorLine, OutcomeMark

_SCRIPT = (
    "Run this on a machine in another network: a cloud shell, or a laptop on a phone's hotspot. The script contains "
    "no secrets; it asks for them. Paste its complete output below."
)
_NOT_PINGED = "Ping the server first to see what is reachable from this computer."


class _Rows(QWidget):
    """Lines of a mark, a title and a text."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.px(8))

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Shows these in place of those before."""
        while (item := self._layout.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        for row in rows:
            mark = OutcomeMark()
            mark.set_outcome(row.outcome)
            title = basic.label(row.title, strong=True)
            title.setFixedWidth(theme.px(96))
            title.setWordWrap(True)
            text = basic.label(row.text, wrap=True)
            line = basic.row(mark, title, text)
            layout = line.layout()
            assert isinstance(layout, QBoxLayout)
            layout.setStretch(2, 1)
            for part in (mark, title, text):
                layout.setAlignment(part, Qt.AlignmentFlag.AlignTop)
            self._layout.addWidget(line)


class ReachPanel(QWidget):
    """A view: every wish leaves as a signal."""

    shown = Signal()
    ping_wanted = Signal()
    save_wanted = Signal()
    pasted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "window")
        self.here, self.there, self._unknown = _Rows(), _Rows(), _Rows()
        self.verdict = basic.label("", strong=True, wrap=True)
        self.mark = OutcomeMark()
        self.code = CodeBox(name="Script")
        self.paste = QPlainTextEdit()
        self.paste.setPlaceholderText("Paste the script's output")
        self.paste.setAccessibleName("Output of the script")
        self.paste.setFont(theme.mono(12))
        self.paste.setFixedHeight(theme.px(96))
        self.paste.setTabChangesFocus(True)
        self.error = ErrorLine()
        self._build()
        self.set_here(())

    def _build(self) -> None:
        self.ping = basic.button("Ping again", on_click=self.ping_wanted.emit)
        self.save = basic.button("Save script…", on_click=self.save_wanted.emit)
        self.read = basic.button("Check output", on_click=lambda: self.pasted.emit(self.paste.toPlainText()))
        self.paste.textChanged.connect(lambda: self.read.setEnabled(bool(self.paste.toPlainText().strip())))
        self.read.setEnabled(False)
        self._unknown.set_rows([Row(title, "todo", text) for title, text in UNKNOWN])
        left = basic.column(
            basic.row(self.mark, self.verdict),
            basic.row(basic.label("From this computer", strong=True), None, self.ping),
            self.here,
            8,
            basic.label("Cannot be checked from here", strong=True),
            self._unknown,
            None,
            spacing=8,
        )
        right = basic.column(
            basic.row(basic.label("From the other network", strong=True), None, self.save),
            basic.label(_SCRIPT, tone="second", wrap=True),
            self.code,
            self.paste,
            self.error,
            basic.row(self.read, None),
            self.there,
            None,
            spacing=8,
        )
        for side in (left, right):
            side.setMinimumWidth(0)
        words = Flowing()
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, words)
        self._sides.setContentsMargins(*(theme.px(16),) * 4)
        self._sides.setSpacing(theme.px(24))
        self._sides.addWidget(left, 1)
        self._sides.addWidget(right, 1)
        basic.ground(words, "window")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(words))

    def showEvent(self, event: QShowEvent) -> None:
        """Asks for what is so now."""
        super().showEvent(event)
        self.shown.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One below the other where there is no room for two."""
        super().resizeEvent(event)
        narrow = event.size().width() < theme.px(640)
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._sides.setDirection(way)

    # --- what is shown

    def set_here(self, rows: Sequence[Row]) -> None:
        """What a ping from here says; nothing before there was one."""
        self._here = tuple(rows)
        self.here.set_rows(rows or [Row("Ping", "todo", _NOT_PINGED)])
        self._judge()

    def set_script(self, text: str) -> None:
        """The script of this address; what was read of another one is gone."""
        known = bool(text)
        for part in (self.save, self.paste, self.ping):
            part.setEnabled(known)
        if text.rstrip() != self.code.code:
            self.code.set_code(text or "# Connect a model first.")
            self.paste.setPlainText("")
            self.error.set_text("")
            self.set_there(())

    def set_there(self, rows: Sequence[Row]) -> None:
        """What the script's output means."""
        self._there = tuple(rows)
        self.there.set_rows(rows)
        self._judge()

    _here: tuple[Row, ...] = ()
    _there: tuple[Row, ...] = ()

    def _judge(self) -> None:
        text, outcome = self._verdict()
        self.verdict.setText(text)
        self.mark.set_outcome(outcome)

    def _verdict(self) -> tuple[str, str]:
        if self._there:
            # What is seen from elsewhere is the nearer to what V7 sees.
            if reached(self._there):
                return "The other network can reach it. V7 can probably reach it too.", "ok"
            return "The other network cannot reach it the way V7 needs.", "bad"
        if not self._here:
            return "Can V7 reach it?", "todo"
        if not reached(self._here):
            return "V7 cannot reach this address.", "bad"
        return "No problems found from here. Run the script to check from another network.", "todo"
