"""Small parts side by side that go on in the next line where they do not fit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QWidget

from byom_gui.ui import theme

_MOVES = (QEvent.Type.LayoutRequest, QEvent.Type.Resize, QEvent.Type.Show)


class Wrapping(QWidget):
    """Holds its parts in order; hidden ones take no room.

    Args:
        last_right: the last part stands at the right edge.
        gap: between parts, as at a 13 pixel font.
    """

    def __init__(self, parts: Sequence[QWidget] = (), *, last_right: bool = False, gap: int = 16) -> None:
        super().__init__()
        self._last_right, self._gap = last_right, gap
        self._parts: list[QWidget] = []
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_parts(parts)

    def set_parts(self, parts: Sequence[QWidget]) -> None:
        """Other parts in place of these."""
        for old in self._parts:
            if old not in parts:
                old.hide()
                old.deleteLater()
        self._parts = list(parts)
        for part in parts:
            part.setParent(self)
            part.show()
        self._place(self.width(), move=True)
        self.updateGeometry()

    def _place(self, width: int, *, move: bool) -> int:
        """The height that is needed; puts the parts there where ``move`` says so."""
        lines: list[list[QWidget]] = [[]]
        x, gap = 0, theme.px(self._gap)
        for part in self._parts:
            if part.isHidden():
                continue
            wide = part.sizeHint().width()
            if lines[-1] and x + wide > width:
                lines.append([])
                x = 0
            lines[-1].append(part)
            x += wide + gap
        heights = [max((part.sizeHint().height() for part in line), default=0) for line in lines]
        needed = sum(heights) + theme.px(4) * (len(lines) - 1)
        if move:
            y = max(self.height() - needed, 0) // 2
            for line, high in zip(lines, heights, strict=True):
                self._set_line(line, y, high, width)
                y += high + theme.px(4)
        return needed

    def _set_line(self, line: list[QWidget], y: int, high: int, width: int) -> None:
        x = 0
        for part in line:
            size = part.sizeHint()
            at = max(width - size.width(), x) if self._last_right and part is self._parts[-1] else x
            part.setGeometry(at, y + (high - size.height()) // 2, min(size.width(), width), size.height())
            x += size.width() + theme.px(self._gap)

    def hasHeightForWidth(self) -> bool:
        """As high as its lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """In pixels."""
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        """At the width that it has."""
        wide = max(self.width(), theme.px(200))
        return QSize(wide, self.heightForWidth(wide))

    def minimumSizeHint(self) -> QSize:
        """Wide enough for its widest part."""
        return QSize(max((part.sizeHint().width() for part in self._parts), default=0), 0)

    def event(self, event: QEvent) -> bool:
        """Places anew where a part came, went or changed."""
        done = super().event(event)
        if event.type() in _MOVES:
            self._place(self.width(), move=True)
            if event.type() != QEvent.Type.Show:
                self.updateGeometry()
        return done
