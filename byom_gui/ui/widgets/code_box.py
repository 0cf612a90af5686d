"""Something to paste: a few lines of code with a copy button."""

from __future__ import annotations

import re

from PySide6.QtCore import QRegularExpression, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QResizeEvent, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QFrame, QGridLayout, QPlainTextEdit, QSizePolicy

from byom_gui.ui import theme
from byom_gui.ui.widgets import basic

COPIED_MILLISECONDS = 2000
_MOST_LINES = 12


class _Colours(QSyntaxHighlighter):
    """Comments quiet, strings and paths in the string colour: enough for any language a snippet is in."""

    def highlightBlock(self, text: str) -> None:
        for pattern, token in ((r"\"[^\"]*\"|'[^']*'|(?<=\s)/[\w./-]+", "jstr"), (r"(^|\s)(#|//).*$", "text2")):
            shape = QTextCharFormat()
            shape.setForeground(theme.colour(token))
            matches = QRegularExpression(pattern).globalMatch(text)
            while matches.hasNext():
                found = matches.next()
                self.setFormat(found.capturedStart(), found.capturedLength(), shape)


class CodeBox(QFrame):
    """Read-only code on the sunken ground; long lines scroll, at most twelve lines are high."""

    def __init__(self, code: str = "", name: str = "Snippet") -> None:
        super().__init__()
        basic.ground(self, "box")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setFont(theme.mono(13))
        self._text.setProperty("bare", True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.viewport().setAutoFillBackground(False)
        self._text.setStyleSheet("background: transparent; border: 0;")
        self._text.setAccessibleName(name)
        self._text.setTabChangesFocus(True)
        self._colours = _Colours(self._text.document())
        theme.state().changed.connect(self._colours.rehighlight)
        self._copy = basic.button(icon="copy", kind="flat", on_click=self.copy, name=f"Copy: {name}")
        self._timer = QTimer(self, interval=COPIED_MILLISECONDS, singleShot=True)
        self._timer.timeout.connect(self._rest)
        layout = QGridLayout(self)
        layout.setContentsMargins(*(theme.px(m) for m in (8, 6, 6, 6)))
        layout.setSpacing(theme.px(8))
        layout.addWidget(self._text, 0, 0)
        layout.addWidget(self._copy, 0, 1, Qt.AlignmentFlag.AlignTop)
        layout.setColumnStretch(0, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_code(code)

    @property
    def code(self) -> str:
        """What would be copied."""
        return self._text.toPlainText()

    def set_code(self, code: str) -> None:
        """Shows other code."""
        self._text.setPlainText(re.sub(r"\n+\Z", "", code))
        self._rest()
        self._fit()

    def copy(self) -> None:
        """Copies it, and says so for two seconds."""
        basic.copy_text(self.code)
        self._copy.setText("Copied")
        self._copy.setAccessibleName("Copied")
        self._timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrower box may need room for the scroll bar."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """It may get narrow: long lines scroll."""
        return QSize(theme.px(120), super().minimumSizeHint().height())

    def _rest(self) -> None:
        self._timer.stop()
        self._copy.setText("")
        self._copy.setAccessibleName(f"Copy: {self._text.accessibleName()}")

    def _fit(self) -> None:
        metrics = QFontMetrics(self._text.font())
        lines = self.code.split("\n")
        high = metrics.lineSpacing() * min(len(lines), _MOST_LINES) + theme.px(10)
        widest = max(metrics.horizontalAdvance(line) for line in lines)
        few = len(lines) <= _MOST_LINES
        hidden, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self._text.setVerticalScrollBarPolicy(hidden if few else needed)
        if widest + theme.px(12) > self._text.width() > 0:
            high += self._text.horizontalScrollBar().sizeHint().height()
        self._text.setFixedHeight(max(high, theme.px(28)))
