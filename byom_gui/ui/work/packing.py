"""Responses out of sight: some are held as they are, others are packed until their image is looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from byom_gui.core.errors import AppError
from byom_gui.core.kept import Packed
from byom_gui.core.preview import Preview, whole
from byom_gui.ui.jobs import Jobs
from byom_gui.ui.session import Session

WHOLE_FIRST, WHOLE_LAST = 24, 24
"""Responses that are held as they are, of the first and of those that came or were looked at last."""


class AnswerPacking(QObject):
    """Packs responses, and unpacks the current image's."""

    def __init__(self, session: Session, jobs: Jobs, on_error: Callable[[AppError], None], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._on_error = session, jobs, on_error
        self._first: set[str] = set()
        self._last: OrderedDict[str, Packed] = OrderedDict()
        session.project_replaced.connect(self._forget_all)
        session.current_changed.connect(self._unpack_current)

    def came(self, key: str, packed: Packed | None) -> None:
        """A new response is shown; ``packed`` is the same, packed, where it can be."""
        self._last.pop(key, None)
        if packed is not None:
            self._hold(key, packed)

    def _hold(self, key: str, packed: Packed) -> None:
        """Holds a response as it is, and packs the one that was not looked at for longest."""
        if len(self._first) < WHOLE_FIRST:
            self._first.add(key)
        if key in self._first:
            return
        self._last[key] = packed
        self._last.move_to_end(key)
        while len(self._last) > WHOLE_LAST:
            oldest = next(each for each in self._last if each != self._session.current_id)
            lean, body = self._last.pop(oldest)
            preview = self._session.previews.get(oldest)
            if preview is not None and preview.state == "done" and not preview.packed:
                self._session.swap_preview(replace(preview, answered=lean, packed=body))

    def _unpack_current(self) -> None:
        preview = self._session.current
        if preview is None or not preview.packed or preview.answered is None:
            return
        packed = (preview.answered, preview.packed)

        def landed(again: Preview) -> None:
            if self._session.previews.get(again.ref.id) is preview:
                self._session.swap_preview(again)
                self._hold(again.ref.id, packed)

        self._jobs.run(lambda _: whole(preview), landed, self._on_error, lane="view")

    def _forget_all(self) -> None:
        self._first.clear()
        self._last.clear()
