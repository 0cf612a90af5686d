"""What watches a run of the app: its log, and what becomes of exceptions that nobody caught."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byom_gui.app.world import World
    from byom_gui.services.log import Crashes, Log

_log = logging.getLogger(__name__)


class Watch:
    """The log and the crash reports of one run; for the window alone, as commands say all on stderr."""

    def __init__(self, world: World, told: Callable[[Path | None], None]) -> None:
        self._world, self._told = world, told
        self._log: Log | None = None
        self._crashes: Crashes | None = None

    def start(self) -> None:
        """Begins. What it needs is imported here, after the window was painted."""
        import PySide6

        from byom_gui.services.log import Crashes, Log, about

        facts = about(f"PySide6 {PySide6.__version__}")
        self._log = Log(self._scrub)
        self._log.start()
        self._crashes = Crashes(self._scrub, facts, self._told)
        self._crashes.install()
        _log.info("started: %s", ", ".join(facts))

    def stop(self) -> None:
        """Ends, before the window goes."""
        if self._crashes is not None:
            self._crashes.uninstall()
        if self._log is not None:
            self._log.close()

    def _scrub(self, text: str) -> str:
        return self._world.secrets.redactor().scrub(text)
