"""Checks, Capacity: the dialog, the question before another's server is loaded, and the measuring behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMainWindow

from byom_gui.core.capacity import Capacity, Level, Step, as_json, calls_of, csv_text, parse_price, plan_text
from byom_gui.core.errors import AppError
from byom_gui.core.image import ImageRef
from byom_gui.core.quoting import quoted
from byom_gui.ui.jobs import Job
from byom_gui.ui.panels.capacity_dialog import CapacityDialog
from byom_gui.ui.widgets.basic import ask
from byom_gui.ui.works import Works

LANE = "capacity"
MOST_IMAGES = 16


def open_capacity(window: QMainWindow, works: Works, say: Callable[[str], None]) -> CapacityDialog | None:
    """Opens the dialog, where there is a server to measure."""
    endpoint = works.session.endpoint
    if endpoint is None:
        say("Connect a model first.")
        return None
    refs = [preview.ref for preview in works.session.previews.values() if preview.ref.kind != "url"]
    dialog = CapacityDialog(endpoint.origin.host, len(refs[:MOST_IMAGES]), window)
    _Measuring(window, works, dialog, refs[:MOST_IMAGES], say)
    dialog.open()
    return dialog


class _Measuring(QObject):
    """What the dialog asks for; lives as long as it."""

    def __init__(
        self,
        window: QMainWindow,
        works: Works,
        dialog: CapacityDialog,
        refs: Sequence[ImageRef],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(dialog)
        self._window, self._works, self._dialog, self._refs, self._say = window, works, dialog, refs, say
        endpoint = works.session.endpoint
        assert endpoint is not None
        self._endpoint, self._settings = endpoint, works.session.settings
        self._job: Job[Capacity] | None = None
        self._allowed = endpoint.origin.is_loopback
        dialog.wanted.connect(self._ask)
        dialog.stopped.connect(self._stop)
        dialog.save_wanted.connect(self._save)
        dialog.finished.connect(lambda _: dialog.deleteLater())

    def _ask(self, steps: Sequence[Step]) -> None:
        if self._allowed:
            self._run(steps)
            return
        host = self._endpoint.origin.host
        ask(
            self._dialog,
            "Load test this server?",
            f"{host} is not this computer. Send load to it anyway?",
            plan_text(steps, host) + " Others may be using it, and its owner may pay for each call.",
            "Start",
            lambda: self._allow(steps),
        )

    def _allow(self, steps: Sequence[Step]) -> None:
        self._allowed = True
        self._run(steps)

    def _run(self, steps: Sequence[Step]) -> None:
        measure = self._works.backend.server.measure
        endpoint, settings, refs, dialog = self._endpoint, self._settings, self._refs, self._dialog
        dialog.begin(calls_of(steps))

        def work(job: Job[Capacity]) -> Capacity:
            return measure(
                endpoint, settings, refs, steps, job.token,
                lambda done, _, text: job.report((done, text)),
                lambda level: job.report(level),
            )  # fmt: skip

        self._job = self._works.jobs.run(work, self._done, self._failed, lane=LANE, on_progress=self._told)

    def _told(self, told: Level | tuple[int, str]) -> None:
        if isinstance(told, Level):
            self._dialog.add_level(told)
        else:
            self._dialog.set_progress(*told)

    def _done(self, found: Capacity) -> None:
        self._job = None
        self._dialog.end(found)

    def _failed(self, error: AppError) -> None:
        self._job = None
        self._dialog.end(None, error.sentence)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self._dialog.end(None, "Stopped. The results so far are shown here.")

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._dialog, "Save results", str(Path.home() / "capacity.json"), "JSON (*.json);;CSV (*.csv)"
        )
        if name:
            self.save(Path(name))

    def save(self, target: Path) -> None:
        """Writes the figures: CSV where the name says so, else JSON."""
        found, items = self._dialog.found, self._dialog.item_count
        if found is None:
            return
        files = self._works.backend.files
        value = as_json(found, self._endpoint.infer.shown, items, parse_price(self._dialog.price.text()))
        text = csv_text(found, items)
        csv = target.suffix.lower() == ".csv"
        self._works.jobs.run(
            lambda _: files.export_text(target, text) if csv else files.export_json(target, value),
            lambda _: self._dialog.said.setText(f"Saved to {quoted(target)}."),
            lambda error: self._dialog.said.setText(error.sentence),
        )
