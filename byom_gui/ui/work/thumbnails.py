"""Thumbnails: the first of a drop are read at once, the others when their rows are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from byom_gui.core.errors import AppError, ImageTooLargeError
from byom_gui.core.image import ImageRef, ImageSource, Raster
from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import Session

THUMB_SIDE = 192
LANE = "thumbnails"
EAGER = 200
"""Images of one drop that are read at once."""


@dataclass(frozen=True, slots=True)
class ImageRead:
    """Progress of a job: the image was read."""

    width: int
    height: int
    thumbnail: Raster | None
    """None where the image is too large to be drawn."""


class Thumbnails(QObject):
    """Reads them in workers, and notes the images' sizes."""

    ready = Signal(str, object)
    """An image's id and its Raster."""

    def __init__(
        self,
        session: Session,
        backend: Backend,
        jobs: Jobs,
        on_unread: Callable[[str, AppError], None],
        parent: QObject,
    ) -> None:
        """``on_unread``: called with the id of an image that cannot be read and was not sent, and why."""
        super().__init__(parent)
        self._session, self._backend, self._jobs, self._on_unread = session, backend, jobs, on_unread
        self._unread_yet: set[str] = set()

    def add(self, refs: Sequence[ImageRef]) -> None:
        """Reads the first of these now, the others when their rows are drawn."""
        room = max(EAGER - self._jobs.waiting(LANE), 0)
        for ref in refs[:room]:
            self._read(ref)
        self._unread_yet.update(ref.id for ref in refs[room:])

    def fetch(self, key: str) -> None:
        """Reads the thumbnail of a row that is drawn without one. Images of a project that was opened stay unread."""
        preview = self._session.previews.get(key)
        dropped = key in self._unread_yet
        self._unread_yet.discard(key)
        if preview is not None and (dropped or preview.width):
            self._read(preview.ref)

    def report(self, job: Job[Any], source: ImageSource) -> None:
        """In a worker: makes the thumbnail of an image that was read, and hands it over. Raises ImageError."""
        try:
            thumbnail = self._backend.images.raster(source, THUMB_SIDE)
        except ImageTooLargeError:
            thumbnail = None  # it is sent as it is; the canvas says why it is not drawn
        job.token.raise_if_cancelled()
        job.report(ImageRead(source.width, source.height, thumbnail))

    def take(self, key: str, read: ImageRead) -> None:
        """In the GUI thread: what ``report`` handed over."""
        preview = self._session.previews.get(key)
        if preview is None:
            return
        if (preview.width, preview.height) != (read.width, read.height):
            self._session.put_preview(replace(preview, width=read.width, height=read.height))
        if read.thumbnail is not None:
            self.ready.emit(key, read.thumbnail)

    def _read(self, ref: ImageRef) -> None:
        def work(job: Job[None]) -> None:
            self.report(job, self._backend.images.read(ref, self._session.settings, job.token))

        self._jobs.run(
            work,
            lambda _: None,
            lambda error: self._failed(ref.id, error),
            lane=LANE,
            on_progress=lambda read: self.take(ref.id, read),
        )

    def _failed(self, key: str, error: AppError) -> None:
        preview = self._session.previews.get(key)
        # Of an image that was sent meanwhile, its own call says what became of it.
        if preview is not None and preview.state == "held":
            self._on_unread(key, error)
