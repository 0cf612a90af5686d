"""A sentence in bold with an id beside it; the id goes below where both do not fit in one line."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets import basic


class WhatLine(QWidget):
    """Its height depends on its width, as a wrapped label's does."""

    def __init__(self, sentence: str, id_: str) -> None:
        super().__init__()
        self._gap = theme.px(12)
        self.sentence = basic.label(sentence, strong=True, wrap=True, selectable=True)
        self.name = basic.label(id_, tone="second", size="small", mono=True, selectable=True)
        for part in (self.sentence, self.name):
            part.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """It has."""
        return True

    def heightForWidth(self, width: int) -> int:
        """One line, or the wrapped sentence and the id below it."""
        return self._areas(width)[1].bottom() + 1

    def sizeHint(self) -> QSize:
        """Both in one line."""
        wide = self._natural() + self._gap + self.name.sizeHint().width()
        return QSize(wide, self._line())

    def minimumSizeHint(self) -> QSize:
        """As narrow as the id."""
        return QSize(max(self.name.sizeHint().width(), theme.px(120)), self._line())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays both out."""
        super().resizeEvent(event)
        sentence, name = self._areas(self.width())
        self.sentence.setGeometry(sentence)
        self.name.setGeometry(name)

    def _natural(self) -> int:
        self.sentence.ensurePolished()
        return self.sentence.fontMetrics().horizontalAdvance(self.sentence.text()) + 2

    def _line(self) -> int:
        self.sentence.ensurePolished()
        return max(self.sentence.fontMetrics().height(), self.name.sizeHint().height())

    def _areas(self, width: int) -> tuple[QRect, QRect]:
        natural, line, name = self._natural(), self._line(), self.name.sizeHint()
        if natural + self._gap + name.width() <= width:
            return QRect(0, 0, natural, line), QRect(natural + self._gap, 1, name.width(), line)
        high = max(line, self.sentence.heightForWidth(width))
        return QRect(0, 0, width, high), QRect(0, high + theme.px(2), min(name.width(), width), name.height())
