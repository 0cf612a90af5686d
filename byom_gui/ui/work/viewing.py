"""The picture on the canvas: read and decoded beside the window, the last few kept."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, Signal

from byom_gui.core.errors import AppError
from byom_gui.core.image import Raster
from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import Session

KEPT = 4
MAX_SIDE = 4096


class Viewing(QObject):
    """Decodes the current image. Holds at most four decoded pictures."""

    loading = Signal(str)
    ready = Signal(str, object)
    """The image's id and its Raster."""
    failed = Signal(str, str)

    def __init__(self, session: Session, backend: Backend, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._backend, self._jobs = session, backend, jobs
        self._kept: OrderedDict[str, Raster] = OrderedDict()
        self._job: Job[Raster] | None = None
        self._asked = ""
        session.current_changed.connect(self.show_current)
        session.project_replaced.connect(self._forget)

    def shows(self, ref_id: str) -> bool:
        """Whether this image was asked for and not given up since."""
        return ref_id == self._asked

    def show_current(self) -> None:
        """Brings the current image's picture."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        preview = self._session.current
        if preview is None:
            return
        ref, settings = preview.ref, self._session.settings
        self._asked = ref.id
        if ref.id in self._kept:
            self._kept.move_to_end(ref.id)
            self.ready.emit(ref.id, self._kept[ref.id])
            return
        self.loading.emit(ref.name)

        def work(job: Job[Raster]) -> Raster:
            source = self._backend.images.read(ref, settings, job.token)
            return self._backend.images.raster(source, MAX_SIDE)

        self._job = self._jobs.run(
            work, lambda raster: self._keep(ref.id, raster), lambda error: self._fail(ref.id, error), lane="view"
        )

    def _forget(self) -> None:
        self._kept.clear()
        self._asked = ""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _keep(self, key: str, raster: Raster) -> None:
        self._job = None
        self._kept[key] = raster
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        if key == self._session.current_id:
            self.ready.emit(key, raster)

    def _fail(self, key: str, error: AppError) -> None:
        self._job = None
        if key == self._session.current_id:
            self.failed.emit(key, error.sentence)
