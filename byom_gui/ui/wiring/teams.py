"""Several teams: remembers each team whose key V7 named, labels it, and registers in those that are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from byom_gui.core.endpoint import SecretPlace
from byom_gui.core.errors import AppError
from byom_gui.core.ledger import Entry, Unsettled, against_draft, last_of, now
from byom_gui.core.preview import Preview
from byom_gui.core.registering import MAYBE_ARRIVED, RegisterOutcome
from byom_gui.core.registration import Registration
from byom_gui.core.teams import Environment, KnownTeam, find
from byom_gui.ui.jobs import Job
from byom_gui.ui.models.history import when_text
from byom_gui.ui.panels.teams_dialog import TeamsDialog
from byom_gui.ui.parts import Parts
from byom_gui.ui.work.keys import KEYRING
from byom_gui.ui.work.submitting import LANE, NO_CLASSES
from byom_gui.ui.works import Works

Found = tuple[tuple[KnownTeam, ...], dict[str, SecretPlace], tuple[Entry, ...]]


class Teams(QObject):
    """Joins keys, teams and registering."""

    def __init__(self, window: QMainWindow, parts: Parts, works: Works, say: Callable[[str], None]) -> None:
        super().__init__(works)
        self._window, self._parts, self._works, self._session, self._say = window, parts, works, works.session, say
        self._backend = works.backend.teams
        self._known: tuple[KnownTeam, ...] = ()
        self._dialog: TeamsDialog | None = None
        self._job: Job[RegisterOutcome] | None = None
        self._left: list[KnownTeam] = []
        self._sent: tuple[Registration, tuple[Preview, ...]] = (Registration(), ())
        works.keys.key_checked.connect(self._remember)
        self._session.team_changed.connect(self._show_label)
        parts.register.teams_clicked.connect(self.open)
        parts.key.forget_clicked.connect(self._forget_current)

    # --- which teams there are

    def _remember(self) -> None:
        """V7 has said whose the key is: it is kept as that team's, too."""
        team, backend = self._session.team, self._backend

        def work(_: object) -> tuple[KnownTeam, ...]:
            if team is not None:
                backend.remember(team)
            return backend.known()

        self._works.jobs.run(work, self._learned, lambda error: self._say(error.sentence), lane=KEYRING)

    def _forget_current(self) -> None:
        """Who forgets the key in use wants it gone: the copy that is kept as the team's own goes with it."""
        known = self._current()
        if known is not None:
            self._forget(known)

    def _learned(self, teams: tuple[KnownTeam, ...]) -> None:
        self._known = teams
        self._show_label()

    def _show_label(self) -> None:
        """Staging and production, told apart at a glance: a word and a colour, at the team and at Register."""
        known = self._current()
        environment = known.environment if known and not self._session.practice else ""
        self._parts.bar.set_environment(environment)
        self._parts.register.set_environment(environment)

    def _current(self) -> KnownTeam | None:
        """The team whose key is in use, where it is known."""
        team = self._session.team
        return find(self._known, self._host(), team.slug) if team else None

    def _host(self) -> str:
        return str(self._works.backend.v7.host())

    # --- the dialog

    def open(self) -> TeamsDialog:
        """Opens it; the teams come when the keyring has said where their keys are."""
        dialog = TeamsDialog(self._why_not(), self._window)
        self._dialog = dialog
        dialog.wanted.connect(self._start)
        dialog.stopped.connect(self._stop)
        dialog.labelled.connect(self._label)
        dialog.use_wanted.connect(self._use)
        dialog.forget_wanted.connect(self._forget)
        dialog.finished.connect(lambda _: self._closed(dialog))
        dialog.open()
        self._read()
        return dialog

    def _why_not(self) -> str:
        session = self._session
        if session.practice:
            return "Demo mode has one team, and nothing is registered in V7."
        if session.team is None:
            return "Add a V7 key first."
        if not len(session.classes):
            return NO_CLASSES
        return self._works.submitting.why_not()

    def _closed(self, dialog: TeamsDialog) -> None:
        self._dialog = None
        dialog.deleteLater()

    def _read(self) -> None:
        backend, entries, host = self._backend, self._works.backend.ledger.entries, self._host()

        def work(_: object) -> Found:
            teams = tuple(team for team in backend.known() if team.host == host)
            return teams, {team.slug: backend.place(team) for team in teams}, entries()[0]

        self._works.jobs.run(work, self._show, lambda error: self._say(error.sentence), lane=KEYRING)

    def _show(self, found: Found) -> None:
        self._known, places, entries = found
        self._show_label()
        if self._dialog is not None and self._job is None:
            team = self._session.team
            before = {each.slug: said for each in self._known if (said := self._before(each, entries))}
            self._dialog.set_teams(self._known, places, before, team.slug if team else "")

    def _before(self, team: KnownTeam, entries: Sequence[Entry]) -> str:
        """That this very draft is registered there already; empty where it is not."""
        draft = self._session.project.registration
        if draft.endpoint is None:
            return ""
        entry = last_of(entries, draft.endpoint.infer.shown, team.host, team.slug)
        if entry is None or entry.outcome != "registered" or against_draft(entry, draft):
            return ""
        return f"Registered on {when_text(entry.when)}. No changes since then."

    def _label(self, team: KnownTeam, environment: Environment) -> None:
        label = self._backend.set_label
        self._after(lambda: label(team, environment))

    def _use(self, team: KnownTeam) -> None:
        use = self._backend.use

        def used(_: SecretPlace) -> None:
            self._works.keys.refresh()
            self._session.set_team(None)
            self._works.keys.check_key()
            if self._dialog is not None:
                self._dialog.accept()

        self._works.jobs.run(lambda _: use(team), used, lambda error: self._say(error.sentence), lane=KEYRING)

    def _forget(self, team: KnownTeam) -> None:
        forget = self._backend.forget
        self._after(lambda: forget(team))

    def _after(self, work: Callable[[], None]) -> None:
        self._works.jobs.run(
            lambda _: work(), lambda _: self._read(), lambda error: self._say(error.sentence), lane=KEYRING
        )

    # --- registering

    def _start(self, teams: Sequence[KnownTeam]) -> None:
        if self._job is not None or self._dialog is None:
            return
        self._left = list(teams)
        self._sent = self._session.project.registration, tuple(self._session.previews.values())
        self._dialog.set_busy(True)
        self._next()

    def _next(self) -> None:
        if not self._left:
            self._job = None
            if self._dialog is not None:
                self._dialog.set_busy(False)
            return
        team = self._left.pop(0)
        if self._dialog is not None:
            self._dialog.set_running(team.slug)
        register, profile, registration = self._backend.register, self._session.profile, self._sent[0]
        self._job = self._works.jobs.run(
            lambda job: register(team, registration, profile, job.token),
            lambda outcome: self._done(team, outcome),
            lambda error: self._failed(team, error),
            lane=LANE,
        )
        self._now = team

    _now: KnownTeam | None = None

    def _done(self, team: KnownTeam, outcome: RegisterOutcome) -> None:
        if outcome.kind in ("registered", *MAYBE_ARRIVED):
            self._keep_answers(team)
        if self._dialog is not None:
            self._dialog.set_outcome(team.slug, outcome)
        self._next()

    def _failed(self, team: KnownTeam, error: AppError) -> None:
        if self._dialog is not None:
            more = " Then answer under Register, History." if isinstance(error, Unsettled) and error.entry else ""
            self._dialog.set_failed(team.slug, error.sentence + more)
        self._next()

    @property
    def sending(self) -> bool:
        """Whether V7's answer is still awaited."""
        return self._job is not None

    def _keep_answers(self, team: KnownTeam) -> None:
        registration, answers = self._sent
        entry = Entry(now(), team.host, team.slug, team.name, "unknown", registration)
        keep, noted = self._works.backend.ledger.keep_answers, self._works.submitting.noted
        self._works.jobs.run(
            lambda _: keep(entry, answers), lambda _: noted.emit(), lambda error: self._say(error.sentence), lane=LANE
        )

    def _stop(self) -> None:
        """Nothing more is sent; what was sent and not answered may have arrived."""
        self._left = []
        if self._job is None or self._now is None:
            return
        self._job.cancel()
        self._job = None
        if self._dialog is not None:
            self._dialog.set_unknown(self._now.slug)
            self._dialog.set_busy(False)
