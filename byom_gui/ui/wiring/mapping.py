"""The mapping view: joins the session's classes with the team's, and what is made or written from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QMainWindow

from byom_gui import __version__
from byom_gui.core.class_mapping import (
    MakingReport,
    MappedClass,
    NewClass,
    chosen_in,
    mapping_json,
    next_steps,
    to_make,
)
from byom_gui.core.errors import AppError
from byom_gui.core.quoting import quoted
from byom_gui.core.reconcile import words
from byom_gui.ui.jobs import Job
from byom_gui.ui.pages import show_steps
from byom_gui.ui.parts import Parts
from byom_gui.ui.widgets.basic import ask
from byom_gui.ui.work.mapping import is_large, reckoning
from byom_gui.ui.works import Works

SETTLE_MS = 60
MOST_NAMED = 12


class Mapping(QObject):
    """Joins the mapping panel with session and V7."""

    def __init__(self, window: QMainWindow, parts: Parts, works: Works, say: Callable[[str], None]) -> None:
        super().__init__(works)
        self._window, self._works, self._session, self._say = window, works, works.session, say
        self.panel = parts.mapping
        self._mapped: tuple[MappedClass, ...] = ()
        self._job: Job[MakingReport] | None = None
        self._reading: Job[tuple[MappedClass, ...]] | None = None
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self.show_rows)
        session = self._session
        for signal in (session.team_changed, session.classes_changed, session.project_replaced,
                       session.observed_changed, session.mapping_changed):  # fmt: skip
            signal.connect(self._settle.start)
        panel = self.panel
        panel.shown.connect(self.show_rows)
        panel.fetch_wanted.connect(works.keys.check_key)
        panel.chosen.connect(self._choose)
        panel.make_wanted.connect(self._ask_make)
        panel.export_wanted.connect(self._export)
        panel.steps_wanted.connect(self._show_steps)
        panel.stop_wanted.connect(self._stop)

    def _host(self) -> str:
        return str(self._works.backend.v7.host())

    def show_rows(self) -> None:
        """Shows what is so now, once it is in sight; thousands of classes are set side by side in a worker."""
        if self._job is not None or not self.panel.isVisible():
            return
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        reckon = reckoning(self._works)
        if not is_large(self._session):
            self._show(reckon())
            return
        self._reading = self._works.jobs.run(
            lambda _: reckon(), self._show, lambda error: self._say(error.sentence), lane="mapping"
        )

    def _show(self, mapped: tuple[MappedClass, ...]) -> None:
        self._reading = None
        session = self._session
        self._mapped = mapped
        if session.team is None:
            self.panel.show_none("key")
        elif session.team_classes is None:
            self.panel.show_none("team")
        elif not self._mapped:
            self.panel.show_none("classes")
        else:
            makes, _ = to_make(self._mapped, session.team_classes)
            self.panel.show_rows(self._mapped, session.team_classes, session.team.name, len(makes))

    def _choose(self, name: str, target: str | None) -> None:
        team = self._session.team
        if team is None:
            return
        chosen = chosen_in(self._session.project, self._host(), team.slug)
        if target is None:
            chosen.pop(name, None)
        else:
            chosen[name] = target
        self._session.set_class_mapping(self._host(), team.slug, chosen)
        self.show_rows()

    # --- making classes

    def _ask_make(self, names: Sequence[str] | None) -> None:
        session = self._session
        if session.team is None or session.team_classes is None or self._job is not None:
            return
        makes, others = to_make(self._mapped, session.team_classes)
        wanted = [each for each in makes if names is None or each.name in names]
        why = [
            f"{quoted(name)} cannot be created: {reason}." for name, reason in others if names is None or name in names
        ]
        if not wanted:
            self._say(" ".join(why) or "There is no class to create.")
            return
        count = "1 class" if len(wanted) == 1 else f"{len(wanted)} classes"
        listed = [f"{each.name}, {words(each.type)}" for each in wanted[:MOST_NAMED]]
        listed += [f"and {len(wanted) - MOST_NAMED} more"] if len(wanted) > MOST_NAMED else []
        ask(
            self._window,
            "Create classes in V7",
            f"Create {count} in the team {quoted(session.team.name)}? Everyone in the team will see them.",
            "\n".join([*listed, *([""] if why else []), *why]),
            f"Create {count}",
            lambda: self._make(wanted),
        )

    def _make(self, wanted: Sequence[NewClass]) -> None:
        team = self._session.team
        if team is None:
            return
        make = self._works.backend.v7.make_classes
        self.panel.set_busy("Fetching the team's classes from V7…")

        def work(job: Job[MakingReport]) -> MakingReport:
            return make(team, wanted, job.token, lambda done, of, text: job.report((done, of, text)))

        self._job = self._works.jobs.run(
            work, lambda report: self._made(report.sentence), self._make_failed, lane="v7", on_progress=self._progress
        )

    def _progress(self, told: tuple[int, int, str]) -> None:
        done, of, text = told
        self.panel.set_busy(f"{text} ({done + 1} of {of})" if of else text)

    def _made(self, sentence: str) -> None:
        self._job = None
        self.panel.set_busy("")
        self._say(sentence)
        # What is there now is V7's word, not ours.
        self._works.keys.check_key()
        self.show_rows()

    def _make_failed(self, error: AppError) -> None:
        self._made(error.sentence)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._made("Stopped. The classes created so far are in V7. Create missing adds the rest.")

    # --- what leaves

    def _export(self) -> None:
        session = self._session
        if session.team is None:
            return
        title = (session.project.registration.name or "model").replace("/", "-").replace("\\", "-")
        folder = session.path.parent if session.path else Path.home()
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Export mapping", str(folder / f"{title}.mapping.json"), "JSON (*.json)"
        )
        if name:
            self.export(Path(name))

    def export(self, target: Path) -> None:
        """Writes the mapping."""
        team = self._session.team
        if team is None:
            return
        created = datetime.now(UTC).isoformat(timespec="seconds")
        model = self._session.project.registration.name
        write, reckon, host = self._works.backend.files.export_json, reckoning(self._works), self._host()

        def work(_: Job[None]) -> None:
            write(target, mapping_json(reckon(), team, host, model, created, f"byom-gui {__version__}"))

        self._works.jobs.run(
            work,
            lambda _: self._say(f"Saved to {quoted(target)}."),
            lambda error: self._say(error.sentence),
        )

    def _show_steps(self) -> None:
        session = self._session
        if session.team is not None:
            steps = next_steps(self._mapped, session.project.registration.name, session.team.name)
            show_steps(self._window, steps)
