"""Which rows of a text an editor holds: lines and folds on one side, the editor's blocks on the other."""

from __future__ import annotations

from collections.abc import Sequence

from byom_gui.core.jsontext import Fold
from byom_gui.ui.widgets.json_text import LONGEST, FoldMap, Place, text_between

MOST_ROWS = 4_000
"""Rows that the editor holds at once."""


class RowWindow:
    """A text of any length and the part of its rows that is loaded.

    A *line* is one of the text, a *row* a line or a fold, a *block* a paragraph of the editor, each counted from 0.
    Where there are rows before or after the loaded ones, the first or last block says how many.
    """

    def __init__(self, lines: Sequence[str] = (), folds: Sequence[Fold] = ()) -> None:
        self.lines = lines
        self.folds = FoldMap(len(lines), folds)
        self._first = self._count = 0
        self.load(0)

    @property
    def text(self) -> str:
        """What the editor holds."""
        last = self._first + self._count
        texts = [self._text_of(row) for row in range(self._first, last)]
        if self._first:
            texts.insert(0, f"… {self._first:,} more rows above")
        if last < self.folds.rows:
            texts.append(f"… {self.folds.rows - last:,} more rows below")
        return "\n".join(texts)

    def _text_of(self, row: int) -> str:
        line, fold = self.folds.line_of(row)
        text = fold.text if fold is not None else self.lines[line]
        return text if len(text) <= LONGEST else f"{text[:LONGEST]} … {len(text) - LONGEST:,} more characters"

    def load(self, first: int) -> None:
        """Takes the rows from ``first`` on, or the last ones there are."""
        self._first = max(min(first, self.folds.rows - MOST_ROWS), 0)
        self._count = min(MOST_ROWS, self.folds.rows - self._first)

    def hold(self, row: int) -> bool:
        """Makes sure that a row is loaded; whether other rows had to be."""
        if self._first <= row < self._first + self._count or not self._count:
            return False
        self.load(row - MOST_ROWS // 2)
        return True

    def load_beyond(self, block: int) -> int:
        """Loads what comes before (block 0) or after the loaded rows; the row that was next to it, loaded still."""
        edge = self._first if block == 0 else self._first + self._count - 1
        self.load(edge - (MOST_ROWS - 1 if block == 0 else 0))
        return edge

    def open(self, lines: Sequence[int]) -> bool:
        """Unfolds what hides these lines; whether anything did."""
        folds = list(dict.fromkeys(fold for fold in map(self.folds.fold_at, lines) if fold is not None))
        if folds:
            self.folds = self.folds.without(folds)
            self.load(self._first)
        return bool(folds)

    def block_of(self, row: int) -> int:
        """The block of a loaded row."""
        return row - self._first + (self._first > 0)

    def at(self, block: int) -> tuple[int, Fold | None] | None:
        """The line of a block, and the fold if it is one; None for those that say how much more there is."""
        row = block + self._first - (self._first > 0)
        return self.folds.line_of(row) if self._first <= row < self._first + self._count else None

    def line_at(self, block: int) -> int | None:
        """The line of a block; None for a fold, too."""
        found = self.at(block)
        return found[0] if found is not None and found[1] is None else None

    def place(self, block: int, column: int, *, last: bool = False) -> Place:
        """The place in the text. ``last``: the end of a selection, which takes in what a fold hides, the part of a line
        that is cut, and all rows below the loaded ones."""
        if not self.lines:
            return 0, 0
        found = self.at(block)
        if found is None:
            return (len(self.lines) - 1, len(self.lines[-1])) if block and last else (0, 0)
        line, fold = found
        if fold is not None:
            return (fold.last, len(self.lines[fold.last])) if last and column else (fold.first, 0)
        return line, len(self.lines[line]) if column > LONGEST else column

    def between(self, start: Place, end: Place) -> str:
        """The text from ``start`` to ``end``, with what is folded or cut."""
        return text_between(self.lines, start, end) if self.lines else ""
