"""Coordinates read in two ways, worked out beside the window whenever the diagnosis changed; and their pictures."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, Signal

from byom_gui.core.diagnosis.comparing import Comparison, compare
from byom_gui.core.errors import AppError
from byom_gui.core.image import ImageRef, Raster
from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import Session
from byom_gui.ui.work.diagnosing import Diagnosing

KEPT = 8
MAX_SIDE = 1600


class Comparing(QObject):
    """Holds at most eight decoded pictures."""

    compared = Signal(object)
    """The Comparison, or None where there is nothing to compare; only when it changed."""
    picture_ready = Signal(str, object)
    """The image's name and its Raster, None where it can not be had."""

    def __init__(
        self, session: Session, backend: Backend, jobs: Jobs, diagnosing: Diagnosing, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._backend, self._jobs, self._diagnosing = session, backend, jobs, diagnosing
        self._job: Job[Comparison | None] | None = None
        self._fetch: Job[Raster] | None = None
        self._kept: OrderedDict[str, Raster] = OrderedDict()
        self.comparison: Comparison | None = None
        session.diagnosis_changed.connect(self._compare)
        session.images_changed.connect(self._kept.clear)
        session.project_replaced.connect(self._kept.clear)

    def _compare(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        session = self._session
        answers, reading = self._diagnosing.answers, session.diagnosis.reading
        if session.endpoint is None or not any(each.marks for each in answers):
            self._set(None)
            return
        edges = session.check.observations.edges if session.check else ()
        self._job = self._jobs.run(
            lambda _: compare(answers, edges, reading), self._set, lambda _: self._set(None), lane="diagnosis"
        )

    def _set(self, comparison: Comparison | None) -> None:
        self._job = None
        if comparison != self.comparison:
            self.comparison = comparison
            self.compared.emit(comparison)

    # --- pictures

    def fetch(self, image: str) -> None:
        """Brings the picture of an image by its name."""
        if self._fetch is not None:
            self._fetch.cancel()
            self._fetch = None
        if image in self._kept:
            self._kept.move_to_end(image)
            self.picture_ready.emit(image, self._kept[image])
            return
        settings = self._session.settings
        here = next((each.ref for each in self._session.previews.values() if each.ref.name == image), None)

        def work(job: Job[Raster]) -> Raster:
            ref = here or self._sample(image)
            source = self._backend.images.read(ref, settings, job.token)
            return self._backend.images.raster(source, MAX_SIDE)

        self._fetch = self._jobs.run(
            work, lambda raster: self._keep(image, raster), lambda error: self._missing(image, error), lane="view"
        )

    def _sample(self, image: str) -> ImageRef:
        """A built-in sample of that name: they are sent where there are no images."""
        found = next((path for path in self._backend.samples() if path.name == image), None)
        if found is None:
            raise AppError("The image is no longer available.")
        return ImageRef("sample", "file", str(found), image)

    def _keep(self, image: str, raster: Raster) -> None:
        self._fetch = None
        self._kept[image] = raster
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.picture_ready.emit(image, raster)

    def _missing(self, image: str, error: AppError) -> None:
        """The shapes are drawn on an empty sheet; the images' strip says what is wrong with the picture."""
        del error
        self._fetch = None
        self.picture_ready.emit(image, None)
