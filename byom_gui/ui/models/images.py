"""The images of a project as a list model: one row an image, each change costs the same however many there are."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from byom_gui.core.preview import Preview
from byom_gui.ui.widgets.basic import plain
from byom_gui.ui.widgets.clock import seconds_text

Index = QModelIndex | QPersistentModelIndex

PREVIEW_ROLE = Qt.ItemDataRole.UserRole + 1
THUMB_ROLE = Qt.ItemDataRole.UserRole + 2
OUTCOME_ROLE = Qt.ItemDataRole.UserRole + 3
THUMB = QSize(64, 48)
_MOST_THUMBS = 1500
"""Kept at once; one that was dropped is asked for again when its row is drawn."""


def outcome_of(preview: Preview, seconds: float = 0.0) -> tuple[str, str]:
    """The row's outcome: its shape and its words. ``seconds``: how long it has been running."""
    if preview.state == "failed":
        # The name stands above it, and the row is short; the tool-tip has the whole sentence.
        said = preview.problem.removeprefix(f"{preview.ref.name} ")
        return "bad", said[:1].upper() + said[1:] or "Failed"
    if preview.state == "running":
        return "running", f"Running, {seconds_text(seconds)}"
    if preview.state == "waiting":
        return "waiting", preview.problem or "Waiting"
    if preview.state == "held":
        return "todo", "Not sent"
    count, kept = preview.count, " (cached)" if preview.kept else ""
    if not count:
        return "warn", f"Nothing found{kept}"
    return "ok", f"{count:,} {'object' if count == 1 else 'objects'}{kept}"


class ImagesModel(QAbstractListModel):
    """Previews in the user's order, found by their image's id."""

    thumbnail_wanted = Signal(str)
    """A row is drawn that has no thumbnail; asked once, and again where it had to make room."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._previews: list[Preview] = []
        self._rows: dict[str, int] = {}
        self._since: dict[str, float] = {}
        self._thumbs: OrderedDict[str, QPixmap] = OrderedDict()
        self._asked: set[str] = set()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many images there are."""
        return 0 if parent is not None and parent.isValid() else len(self._previews)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, tool-tip, accessible text, and the roles above."""
        if not index.isValid() or index.row() >= len(self._previews):
            return None
        preview = self._previews[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return preview.ref.name
        if role == PREVIEW_ROLE:
            return preview
        if role == THUMB_ROLE:
            return self._thumb(preview.ref.id)
        if role in (OUTCOME_ROLE, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(preview, role)
        return None

    def _words(self, preview: Preview, role: int) -> object:
        outcome = outcome_of(preview, self._clock() - self._since.get(preview.ref.id, self._clock()))
        if role == OUTCOME_ROLE:
            return outcome
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{preview.ref.name}, {outcome[1]}"
        size = f"\n{preview.width} × {preview.height} px" if preview.width else ""
        kept = f"\nCached response from {preview.kept}; not sent again" if preview.kept else ""
        return plain(f"{preview.ref.name}\n{outcome[1]}{size}{kept}")

    def set_previews(self, previews: Sequence[Preview]) -> None:
        """Shows these. Where they only continue what is shown, rows are added and the selection stays."""
        known = len(self._previews)
        same = len(previews) >= known and all(
            old.ref.id == new.ref.id for old, new in zip(self._previews, previews, strict=False)
        )
        if same and known:
            self._extend(previews, known)
            return
        self.beginResetModel()
        self._previews = list(previews)
        self._rows = {preview.ref.id: row for row, preview in enumerate(previews)}
        self._since = {}
        self._thumbs = OrderedDict((key, kept) for key, kept in self._thumbs.items() if key in self._rows)
        self._asked &= self._rows.keys()
        for preview in previews:
            self._note(preview)
        self.endResetModel()

    def _extend(self, previews: Sequence[Preview], known: int) -> None:
        for row, preview in enumerate(previews[:known]):
            if preview is not self._previews[row]:
                self.update_preview(preview)
        if len(previews) == known:
            return
        self.beginInsertRows(QModelIndex(), known, len(previews) - 1)
        for preview in previews[known:]:
            self._rows[preview.ref.id] = len(self._previews)
            self._previews.append(preview)
            self._note(preview)
        self.endInsertRows()

    def update_preview(self, preview: Preview) -> None:
        """One image's news; an unknown image is passed over (it was removed meanwhile)."""
        row = self._rows.get(preview.ref.id)
        if row is None:
            return
        self._previews[row] = preview
        self._note(preview)
        self._emit(row)

    def _note(self, preview: Preview) -> None:
        if preview.state == "running":
            self._since.setdefault(preview.ref.id, self._clock())
        else:
            self._since.pop(preview.ref.id, None)

    def _emit(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index)

    @property
    def running(self) -> bool:
        """Whether any image is running, so that its seconds have to tick."""
        return bool(self._since)

    def tick(self) -> None:
        """Refreshes the rows that are running."""
        for id_ in self._since:
            self._emit(self._rows[id_])

    def row_of(self, ref_id: str) -> int | None:
        """The row of an image, None where it is not there."""
        return self._rows.get(ref_id)

    def preview(self, row: int) -> Preview:
        """The preview in a row."""
        return self._previews[row]

    def ids(self, rows: Iterable[int]) -> list[str]:
        """The ids of rows, in the order of the list."""
        return [self._previews[row].ref.id for row in sorted(rows)]

    def set_thumbnail(self, ref_id: str, image: QImage, ratio: float = 1.0, size: QSize = THUMB) -> None:
        """Keeps a thumbnail, scaled to fill ``size`` at a screen scale of ``ratio`` and cut to it."""
        row = self._rows.get(ref_id)
        if row is None or image.isNull():
            return
        want = size * ratio
        fill = Qt.AspectRatioMode.KeepAspectRatioByExpanding
        scaled = image.scaled(want, fill, Qt.TransformationMode.SmoothTransformation)
        left, top = (scaled.width() - want.width()) // 2, (scaled.height() - want.height()) // 2
        pixmap = QPixmap.fromImage(scaled.copy(left, top, want.width(), want.height()))
        pixmap.setDevicePixelRatio(ratio)
        self._thumbs[ref_id] = pixmap
        while len(self._thumbs) > _MOST_THUMBS:
            self._asked.discard(self._thumbs.popitem(last=False)[0])
        self._emit(row)

    def _thumb(self, ref_id: str) -> QPixmap | None:
        held = self._thumbs.get(ref_id)
        if held is not None:
            self._thumbs.move_to_end(ref_id)
        elif ref_id not in self._asked:
            self._asked.add(ref_id)
            self.thumbnail_wanted.emit(ref_id)
        return held
