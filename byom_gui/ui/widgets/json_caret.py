"""Where the caret of a ``JsonView`` goes, and the text between two places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from byom_gui.ui.widgets.json_view import JsonView

Place = tuple[int, int]
"""Line and column, both from 0."""


def step(view: JsonView, event: QKeyEvent) -> Place | None:
    """Where a key moves the caret; None where it moves nothing."""
    if not view.lines:
        return None
    line, column = view.caret
    last = len(view.lines) - 1
    rows = _row_step(view, event.key())
    if rows:
        row = min(max(view.folds.row_of(line) + rows, 0), view.folds.rows - 1)
        return view.folds.line_of(row)[0], column
    whole = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    width = len(view.lines[line])
    places: dict[int, Place] = {
        Qt.Key.Key_Home: (0, 0) if whole else (line, 0),
        Qt.Key.Key_End: (last, len(view.lines[last])) if whole else (line, width),
        Qt.Key.Key_Left: (line, max(min(column, width) - 1, 0)),
        Qt.Key.Key_Right: (line, min(column + 1, width)),
    }
    return places.get(event.key())


def _row_step(view: JsonView, key: int) -> int:
    rows: dict[int, int] = {
        Qt.Key.Key_Up: -1,
        Qt.Key.Key_Down: 1,
        Qt.Key.Key_PageUp: -view.page(),
        Qt.Key.Key_PageDown: view.page(),
    }
    return rows.get(key, 0)


def text_between(lines: Sequence[str], goes_on: Sequence[bool] | None, start: Place, end: Place) -> str:
    """The text from ``start`` to ``end``; lines that only go on from the one before are joined to it again."""
    if start == end or not lines:
        return ""
    chosen = list(lines[start[0] : end[0] + 1])
    chosen[-1] = chosen[-1][: end[1]]
    chosen[0] = chosen[0][start[1] :]
    if goes_on is None:
        return "\n".join(chosen)
    parts = [chosen[0]]
    for more, text in zip(goes_on[start[0] + 1 : end[0] + 1], chosen[1:], strict=True):
        parts.append(text.lstrip() if more else f"\n{text}")
    return "".join(parts)
