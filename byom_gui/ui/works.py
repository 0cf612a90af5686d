"""All the work behind the window, made once."""

from __future__ import annotations

from PySide6.QtCore import QObject

from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Jobs
from byom_gui.ui.session import Session
from byom_gui.ui.work.comparing import Comparing
from byom_gui.ui.work.diagnosing import Diagnosing
from byom_gui.ui.work.filing import Filing
from byom_gui.ui.work.inference import Inference
from byom_gui.ui.work.keys import KEYRING, Keys
from byom_gui.ui.work.pinging import Pinging
from byom_gui.ui.work.submitting import LANE, Submitting
from byom_gui.ui.work.viewing import Viewing


class Works(QObject):
    """Owns the threads; ``close`` ends them."""

    def __init__(self, session: Session, backend: Backend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.backend = session, backend
        self.jobs = Jobs(
            {"infer": session.settings.concurrency, KEYRING: 1, "diagnosis": 1, "ledger": 1, LANE: 1}, self
        )
        common = (session, backend, self.jobs, self)
        self.inference = Inference(*common)
        self.pinging = Pinging(*common)
        self.diagnosing = Diagnosing(*common)
        self.comparing = Comparing(session, backend, self.jobs, self.diagnosing, self)
        self.keys = Keys(*common)
        self.submitting = Submitting(*common)
        self.filing = Filing(*common)
        self.viewing = Viewing(*common)

    def close(self) -> None:
        """Cancels everything; waits at most a second."""
        self.jobs.close()
