"""The app as a process whose window fails once: a slot raises, with a secret in the exception's words."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer

from byom_gui.app import open_window
from byom_gui.core.endpoint import Origin, SecretRef
from byom_gui.ui.main_window import MainWindow
from tests.commands.processes import SECRET


def break_down(window: MainWindow) -> None:
    """Begins a draft, then fails as a slot with a defect would, while the log has just begun."""
    window.session.set_name("draft-of-ann")
    window.works.backend.secrets.set(SecretRef("header", Origin("https", "models.acme.io", 443), "X-Key"), SECRET)
    QTimer.singleShot(200, lambda: fail(SECRET))


def fail(value: str) -> None:
    """Raises."""
    raise RuntimeError(f"unexpected: {value}")


if __name__ == "__main__":
    real = MainWindow.offer_recovery

    def planted(self: MainWindow) -> None:
        """What the app does at its start, and the defect."""
        real(self)
        break_down(self)

    MainWindow.offer_recovery = planted  # type: ignore[method-assign]
    sys.exit(open_window())
