"""pytest-qt's helper with the patience of ``tests.limits``."""

from __future__ import annotations

from typing import Any

from pytestqt.qtbot import QtBot

from tests.limits import SIGNAL_MS


class PatientQtBot(QtBot):
    """Gives every wait that has to succeed at least a minute, whatever the test says."""

    def waitUntil(self, *words: Any, **options: Any) -> Any:
        """As QtBot's own."""
        return super().waitUntil(*words, **_patient(options))

    def waitSignal(self, *words: Any, **options: Any) -> Any:
        """As QtBot's own; one that may be silent waits no longer than it is given."""
        return super().waitSignal(*words, **_patient(options))

    def waitSignals(self, *words: Any, **options: Any) -> Any:
        """As QtBot's own; ones that may be silent wait no longer than they are given."""
        return super().waitSignals(*words, **_patient(options))

    def waitExposed(self, *words: Any, **options: Any) -> Any:
        """As QtBot's own."""
        return super().waitExposed(*words, **_patient(options))

    def waitActive(self, *words: Any, **options: Any) -> Any:
        """As QtBot's own."""
        return super().waitActive(*words, **_patient(options))


def _patient(options: dict[str, Any]) -> dict[str, Any]:
    if options.get("raising") is False:
        return options
    return {**options, "timeout": max(options.get("timeout", 0), SIGNAL_MS)}
