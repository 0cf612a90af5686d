"""The history view, and the line in the register view that tells of the last time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMainWindow

from byom_gui.core.errors import AppError
from byom_gui.core.ledger import Entry, Since, against_draft, entry_to_json, last_of
from byom_gui.core.quoting import quoted
from byom_gui.ui.jobs import Job
from byom_gui.ui.models.history import when_text
from byom_gui.ui.parts import Parts
from byom_gui.ui.widgets.basic import ask, copy_text
from byom_gui.ui.works import Works

if TYPE_CHECKING:
    from byom_gui.ui.panels.history import HistoryPanel

SETTLE_MS = 80


class HistoryWiring(QObject):
    """Joins the history with the session and the disk."""

    def __init__(self, window: QMainWindow, parts: Parts, works: Works, say: Callable[[str], None]) -> None:
        super().__init__(works)
        self._window, self._works, self._session, self._say = window, works, works.session, say
        self._parts, self._register, self._views = parts, parts.register, parts.registering
        self._made: HistoryPanel | None = None
        self._entries: tuple[Entry, ...] = ()
        self._damaged = 0
        self._job: Job[Since] | None = None
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._show_before)
        session = self._session
        for signal in (session.classes_changed, session.name_changed, session.endpoint_changed,
                       session.team_changed, session.project_replaced, session.outcome_changed):  # fmt: skip
            signal.connect(self._settle.start)
        works.submitting.noted.connect(self.read)
        parts.center.changed.connect(lambda title: self.read() if title == "Register" else None)

    def view(self) -> HistoryPanel:
        """The view, made when it is first wanted."""
        if self._made is None:
            self._made = panel = self._parts.history
            panel.shown.connect(self.read)
            panel.chosen.connect(self._show_draft)
            panel.compare_wanted.connect(self._compare)
            panel.stop_wanted.connect(self._stop)
            panel.copy_wanted.connect(self._copy)
            panel.forget_wanted.connect(self._ask_forget)
            panel.settled.connect(self._settle_outcome)
            panel.set_entries(self._entries, self._damaged)
        return self._made

    def read(self) -> None:
        """Reads what is on disk; another window may have registered meanwhile."""
        entries = self._works.backend.ledger.entries
        self._works.jobs.run(lambda _: entries(), self._show, lambda error: self._say(error.sentence), lane="ledger")

    def _show(self, found: tuple[tuple[Entry, ...], int]) -> None:
        self._entries, self._damaged = found
        if self._made is not None:
            self._made.set_entries(self._entries, self._damaged)
        self._views.set_count("History", len(self._entries) or None)
        self._show_before()

    def _show_draft(self, entry: Entry) -> None:
        draft = self._session.project.registration
        same = draft.endpoint is not None and draft.endpoint.infer.shown == entry.address
        self.view().set_draft(against_draft(entry, draft), same)

    def _show_before(self) -> None:
        """The last registration of this address in this team, beside the name under which it goes out now."""
        selected = self._made.selected if self._made is not None else None
        if selected is not None:
            self._show_draft(selected)
        session, entry = self._session, self._last()
        if entry is None or (session.outcome is not None and session.outcome.kind == "registered"):
            self._register.set_before("")
            return
        said = " ".join(against_draft(entry, session.project.registration)) or "No changes since then."
        how = "Registered" if entry.outcome == "registered" else "Sent, and may have arrived,"
        self._register.set_before(f"{how} in {quoted(entry.team_name)} on {when_text(entry.when)}. {said}")

    def _last(self) -> Entry | None:
        session = self._session
        if session.endpoint is None or session.practice:
            return None
        team = session.team.slug if session.team else ""
        return last_of(self._entries, session.endpoint.infer.shown, str(self._works.backend.v7.host()), team)

    # --- wishes

    def _compare(self, entry: Entry) -> None:
        self._stop()
        since, settings = self._works.backend.ledger.since, self._session.settings
        self.view().set_busy("Calling the server…")

        def work(job: Job[Since]) -> Since:
            return since(entry, settings, job.token, lambda done, of: job.report((done, of)))

        self._job = self._works.jobs.run(
            work,
            self._compared,
            self._failed,
            lane="ledger-since",
            on_progress=lambda told: self.view().set_busy(f"Calling the server… {told[0]} of {told[1]}"),
        )

    def _compared(self, found: Since) -> None:
        self._ended()
        self.view().set_since(found)

    def _failed(self, error: AppError) -> None:
        self._ended()
        self.view().set_failed(error.sentence)

    def _ended(self) -> None:
        self._job = None
        self.view().set_busy("")

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._ended()
            self.view().server.setText("")

    def _copy(self, entry: Entry) -> None:
        copy_text(json.dumps(entry_to_json(entry), ensure_ascii=False, indent=2))
        self._say("Copied.")

    def _ask_forget(self, entry: Entry) -> None:
        ask(
            self._window,
            "Remove from history?",
            f"Forget {quoted(entry.registration.name)}, registered on {when_text(entry.when)}?",
            "The model stays in V7. Only the entry on this computer is deleted.",
            "Forget",
            lambda: self._forget(entry),
        )

    def _forget(self, entry: Entry) -> None:
        forget = self._works.backend.ledger.forget
        self._change(lambda: forget(entry.id))

    def _settle_outcome(self, entry: Entry, there: bool) -> None:
        settle = self._works.backend.ledger.settle
        self._change(lambda: settle(entry, there))

    def _change(self, work: Callable[[], None]) -> None:
        self._works.jobs.run(
            lambda _: work(), lambda _: self.read(), lambda error: self._say(error.sentence), lane="ledger"
        )
