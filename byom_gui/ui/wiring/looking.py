"""The grid of inputs and the two readings in the Diagnosis tab, filled from what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from byom_gui.core.diagnosis.comparing import Comparison
from byom_gui.core.diagnosis.geometry import IDS
from byom_gui.ui.models.input_matrix import trial, trials_of
from byom_gui.ui.parts import Parts
from byom_gui.ui.works import Works

if TYPE_CHECKING:
    from byom_gui.core.report import CheckReport


class Looking(QObject):
    """Joins what checks find with the two sections that show it."""

    def __init__(self, parts: Parts, works: Works) -> None:
        super().__init__(works)
        self._view, self._works, self._session = parts.diagnosis, works, works.session
        diagnosing, comparing = works.diagnosing, works.comparing
        diagnosing.check_started.connect(self._view.start_inputs)
        diagnosing.input_tried.connect(self._tried)
        diagnosing.check_finished.connect(self._finished)
        self._session.project_replaced.connect(self._forget)
        self._session.endpoint_changed.connect(self._forget)
        comparing.compared.connect(self._compared)
        comparing.picture_ready.connect(self._view.compared.set_picture)
        self._view.compared.picture_wanted.connect(comparing.fetch)

    def _tried(self, way: str, kind: str, outcome: str, milliseconds: float, status: int) -> None:
        self._view.inputs.set_trial(way, kind, trial(kind, outcome, milliseconds, status))

    def _finished(self, report: CheckReport | None) -> None:
        kept = report or self._session.check
        if kept is None:
            self._view.end_inputs(None)
            return
        self._view.end_inputs(trials_of(kept.answered))

    def _forget(self) -> None:
        if self._session.check is None:
            self._view.end_inputs(None)

    def _compared(self, comparison: Comparison | None) -> None:
        found = (each.what for each in self._session.diagnosis.findings if each.id in IDS)
        self._view.set_comparison(comparison, " ".join(dict.fromkeys(found)))
