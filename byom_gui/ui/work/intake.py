"""Images on their way into the project: workers list files and folders and keep pasted ones."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from byom_gui.core.errors import AppError
from byom_gui.core.file_kinds import LeftOut
from byom_gui.core.image import ImageRef, address_name
from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import Session

T = TypeVar("T")
FIRST_CHUNK, LAST_CHUNK = 100, 800
"""Files that are added at once while a folder is listed: ever more, as the list is laid out again each time."""

_numbers = itertools.count(1)


def new_ref(kind: str, place: str, name: str) -> ImageRef:
    """A reference with an id that is new in this session."""
    assert kind in ("file", "url", "pasted")
    return ImageRef(f"image-{next(_numbers)}-{time.time_ns():x}", kind, place, name)  # type: ignore[arg-type]


class Intake(QObject):
    """Makes references of what the user gives, and says what is left out."""

    arrived = Signal(list)
    """The ImageRefs of images that are new in the project."""
    notice = Signal(str)
    left_out_changed = Signal(object)
    """The LeftOut of all files and folders that were added to this project since it was opened."""

    def __init__(self, session: Session, backend: Backend, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._backend, self._jobs = session, backend, jobs
        self._arriving: set[Job[Any]] = set()
        self._left_out = LeftOut()
        session.project_replaced.connect(self._forget)

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Adds files and everything in folders; a worker lists them."""
        if not paths:
            return
        self._arrive(lambda job: self._list(job, paths), self._listed, self._add_files)

    def _arrive(
        self, work: Callable[[Job[T]], T], done: Callable[[T], None], progress: Callable[[Any], None] | None = None
    ) -> None:
        """Runs what ends in new images of this project; another project must not get them."""

        def landed(value: T) -> None:
            self._arriving.discard(job)
            done(value)

        def failed(error: AppError) -> None:
            self._arriving.discard(job)
            self.notice.emit(error.sentence)

        job = self._jobs.run(work, landed, failed, lane="list", on_progress=progress)
        self._arriving.add(job)

    def _list(self, job: Job[LeftOut], paths: Sequence[Path]) -> LeftOut:
        count = 0
        left_out = LeftOut()
        chunk: list[Path] = []
        taken = threading.Semaphore()
        for path in self._backend.images.expand(paths, left_out, job.token):
            job.token.raise_if_cancelled()
            chunk.append(path)
            count += 1
            if count == 1 or len(chunk) >= min(max(count // 2, FIRST_CHUNK), LAST_CHUNK):
                self._hand_over(job, tuple(chunk), taken)
                chunk = []
        self._hand_over(job, tuple(chunk), taken)
        left_out.taken = count
        return left_out

    def _hand_over(self, job: Job[LeftOut], paths: tuple[Path, ...], taken: threading.Semaphore) -> None:
        """Waits until the window has taken what came before: all at once would hold it up."""
        while not taken.acquire(timeout=0.2):
            job.token.raise_if_cancelled()
        job.report((paths, taken))

    def _listed(self, left_out: LeftOut) -> None:
        said = left_out.sentences()
        if not left_out.taken:
            said = ("No images found there. Supported: PNG, JPEG, WebP, TIFF, BMP, and GIF files.", *said)
        self.notice.emit(" ".join(said))
        self._left_out.add(left_out)
        self.left_out_changed.emit(self._left_out)

    def _add_files(self, chunk: tuple[tuple[Path, ...], threading.Semaphore]) -> None:
        paths, taken = chunk
        taken.release()
        known = {p.ref.place for p in self._session.previews.values()}
        self.arrived.emit([new_ref("file", str(path), path.name) for path in paths if str(path) not in known])

    def add_urls(self, urls: Sequence[str]) -> None:
        """Adds images by address; each is fetched once to show it."""
        self.arrived.emit([new_ref("url", url, address_name(url)) for url in urls])

    def add_pictures(self, pictures: Sequence[bytes]) -> None:
        """Adds pasted pictures (PNG bytes), kept in private files."""
        for data in pictures:
            self._arrive(
                lambda _, data=data: self._backend.images.keep_pasted(data),  # type: ignore[misc]
                lambda path: self.arrived.emit([new_ref("pasted", str(path), path.name)]),
            )

    def stop(self) -> None:
        """Stops what is listed or kept."""
        for job in self._arriving:
            job.cancel()
        self._arriving.clear()

    def _forget(self) -> None:
        self.stop()
        self._left_out = LeftOut()
        self.left_out_changed.emit(self._left_out)
