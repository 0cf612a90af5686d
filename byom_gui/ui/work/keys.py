"""Secrets: stored, forgotten, told where they are. The values pass through and are kept by no object here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from byom_gui.core.endpoint import SecretPlace, SecretRef
from byom_gui.core.errors import AppError
from byom_gui.core.registering import TeamClass, TeamInfo
from byom_gui.ui.backend import Backend
from byom_gui.ui.jobs import Job, Jobs
from byom_gui.ui.session import Session
from byom_gui.ui.widgets.basic import copy_text

NOWHERE = SecretPlace("none", "not set")
CLIPBOARD_SECONDS = 30
KEYRING = "keyring"
"""The lane of every call to the keyring: one at a time."""


class Keys(QObject):
    """The keyring's face in the window; every call to it is off the GUI thread, since it may prompt."""

    places_changed = Signal()
    key_checked = Signal()
    key_error = Signal(str)
    key_busy = Signal(bool)
    notice = Signal(str)
    keyring_changed = Signal(str, str)
    """``waiting`` for its password, ``failed`` with why, or empty: it answers."""
    secrets_changed = Signal()
    """A secret of the endpoint changed: answers given under the old one no longer count."""

    def __init__(self, session: Session, backend: Backend, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._backend, self._jobs = session, backend, jobs
        self._places: dict[SecretRef, SecretPlace] = {}
        self.keyring_state = ""
        backend.secrets.on_waiting(lambda on: jobs.post(lambda: self._hear_waiting(on)))
        self._check: Job[tuple[TeamInfo, tuple[TeamClass, ...] | None]] | None = None
        session.endpoint_changed.connect(self.refresh)
        session.project_replaced.connect(self.refresh)
        session.project_replaced.connect(self._stop_checking)

    def place(self, ref: SecretRef) -> SecretPlace:
        """Where the secret is kept, as far as is known now."""
        return self._places.get(ref, NOWHERE)

    @property
    def key_place(self) -> SecretPlace:
        """Where the V7 key is kept."""
        return self.place(self._backend.v7.key_ref())

    def refresh(self) -> None:
        """Asks the keyring where the secrets of this endpoint and the V7 key are."""
        endpoint = self._session.endpoint
        refs = (self._backend.v7.key_ref(), *(endpoint.secret_refs() if endpoint else ()))
        self._jobs.run(
            lambda _: {ref: self._backend.secrets.place(ref) for ref in refs},
            self._placed,
            self._say,
            lane=KEYRING,
        )

    def _placed(self, places: dict[SecretRef, SecretPlace]) -> None:
        self._places.update(places)
        self.places_changed.emit()
        if self.keyring_state != "waiting":
            self._set_keyring_state()

    # --- a keyring that asks for its password

    def _hear_waiting(self, on: bool) -> None:
        if on:
            self.keyring_state = "waiting"
            self.keyring_changed.emit("waiting", "")
        else:
            self._set_keyring_state()

    def _set_keyring_state(self) -> None:
        why = self._backend.secrets.unreadable()
        state = "failed" if why else ""
        if state or state != self.keyring_state:
            self.keyring_state = state
            self.keyring_changed.emit(state, why)

    def skip_keyring(self) -> None:
        """Goes on without the keyring."""
        self._backend.secrets.skip()

    def retry_keyring(self) -> None:
        """Asks the keyring again."""
        self._jobs.run(lambda _: self._backend.secrets.retry(), lambda _: self.refresh(), self._say, lane=KEYRING)

    def store(self, ref: SecretRef, value: str) -> None:
        """Keeps a secret in the keyring, or for this session where that can't be had.

        Calls use it from now on, however long the keyring takes.
        """
        self._backend.secrets.hold(ref, value)
        self._jobs.run(lambda _: {ref: self._backend.secrets.set(ref, value)}, self._placed, self._say, lane=KEYRING)
        if ref.kind == "v7-key":
            # Until V7 has said whose the new key is, the team of the old one must not go with it.
            self._session.set_team(None)
            self.check_key()
        else:
            self.secrets_changed.emit()

    def forget(self, ref: SecretRef) -> None:
        """Takes a secret out of the keyring and out of this session."""
        self._jobs.run(
            lambda _: self._backend.secrets.forget(ref),
            lambda _: self._forgotten(ref),
            self._not_forgotten,
            lane=KEYRING,
        )

    def _not_forgotten(self, error: AppError) -> None:
        self._say(error)
        self.refresh()

    def _forgotten(self, ref: SecretRef) -> None:
        self._placed({ref: NOWHERE})
        if ref.kind == "v7-key":
            self._stop_checking()
            self._session.set_team(None)
        else:
            self.secrets_changed.emit()
        self.notice.emit("Forgotten.")

    def take_out(self, ref: SecretRef, on_value: Callable[[str], None]) -> None:
        """Hands over a value that is no secret any more, and forgets it."""

        def work(_: object) -> str:
            value = self._backend.secrets.value(ref) or ""
            self._backend.secrets.forget(ref)
            return value

        self._jobs.run(work, on_value, self._say, lane=KEYRING)

    def copy(self, ref: SecretRef) -> None:
        """Puts the secret on the clipboard for 30 seconds."""
        self._jobs.run(lambda _: self._backend.secrets.value(ref), self._copied, self._say, lane=KEYRING)

    def _copied(self, value: str | None) -> None:
        if value is None:
            self.notice.emit("There is no secret to copy.")
            return
        from PySide6.QtGui import QGuiApplication

        copy_text(value)
        clipboard = QGuiApplication.clipboard()
        QTimer.singleShot(
            CLIPBOARD_SECONDS * 1000, clipboard, lambda: clipboard.clear() if clipboard.text() == value else None
        )
        self.notice.emit("Copied. The clipboard is cleared in 30 seconds.")

    # --- the V7 key

    def check_key(self) -> None:
        """Asks V7 whose key it is, and for the team's classes."""
        if self._check is not None:
            self._check.cancel()
        self.key_busy.emit(True)

        def work(
            job: Job[tuple[TeamInfo, tuple[TeamClass, ...] | None]],
        ) -> tuple[TeamInfo, tuple[TeamClass, ...] | None]:
            team = self._backend.v7.token_info(job.token)
            try:
                return team, self._backend.v7.team_classes(team, job.token)
            except AppError:
                # The classes are a convenience; a key that may not list them is still a key.
                return team, None

        self._check = self._jobs.run(work, self._checked, self._check_failed, lane="v7")

    @property
    def checking(self) -> bool:
        """Whether V7 is being asked whose the key is."""
        return self._check is not None

    def _stop_checking(self) -> None:
        """What V7 says of a key that is gone, or of another project's V7, no longer counts."""
        if self._check is not None:
            self._check.cancel()
            self._check = None
            self.key_busy.emit(False)

    def _checked(self, found: tuple[TeamInfo, tuple[TeamClass, ...] | None]) -> None:
        self._check = None
        self.key_busy.emit(False)
        self._session.set_team(*found)
        self.key_checked.emit()

    def _check_failed(self, error: AppError) -> None:
        self._check = None
        self.key_busy.emit(False)
        self._session.set_team(None)
        self.key_error.emit(error.sentence)

    def _say(self, error: AppError) -> None:
        self.notice.emit(error.sentence)
