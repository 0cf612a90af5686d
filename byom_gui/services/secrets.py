"""The one importer of keyring: where the V7 key and endpoint secrets are kept.

A secret is kept in the system's keyring where one of the allowed kinds is there and works, and else in memory for this
session, which is said. It is never written to a file. Calls may block, as a locked keyring asks the user for its
password: ``on_waiting`` hears of that, and after a limit the keyring is left alone. So they belong off the window's
thread; only ``hold`` and ``redactor`` return at once. All methods are safe from any thread.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Origin, SecretPlace, SecretRef
from byom_gui.core.errors import Cancelled, InputError, SecretStoreError
from byom_gui.core.redact import Redactor
from byom_gui.services import detached

SERVICE = "byom-gui"

V7_KEY_VARIABLE = "BYOM_V7_API_KEY"
PASSWORD_VARIABLE = "BYOM_ENDPOINT_PASSWORD"  # noqa: S105 - the name of a variable
SECRET_VARIABLE = "BYOM_ENDPOINT_SECRET"  # noqa: S105 - the name of a variable

WAIT_VARIABLE = "BYOM_KEYRING_WAIT"
NOTICE_SECONDS = 2.5
"""After so long a keyring that has not answered is reported as waiting for its password."""
MOST_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a keyring is waited for, in seconds: until that is said, and until it is given up."""

    notice: float = NOTICE_SECONDS
    limit: float = 30.0

    @classmethod
    def of(cls, environ: Mapping[str, str], usual: float) -> Patience:
        """``usual``, or what ``BYOM_KEYRING_WAIT`` says.

        Raises:
            InputError: the variable is not a number of seconds.
        """
        text = environ.get(WAIT_VARIABLE, "").strip()
        try:
            limit = float(text) if text else usual
        except ValueError:
            limit = -1.0
        if not 0 < limit <= MOST_SECONDS:
            raise InputError(f"{WAIT_VARIABLE} must be a number of seconds from 0 to {MOST_SECONDS:.0f}; got {text!r}.")
        return cls(min(NOTICE_SECONDS, limit / 2), limit)


COMMAND_SECONDS = 30.0
WINDOW_SECONDS = 120.0

_VARIABLES = {
    "v7-key": V7_KEY_VARIABLE,
    "basic": PASSWORD_VARIABLE,
    "header": SECRET_VARIABLE,
    "query": SECRET_VARIABLE,
}

ALLOWED: dict[str, str] = {
    "keyring.backends.SecretService.Keyring": "Secret Service keyring",
    "keyring.backends.libsecret.Keyring": "Secret Service keyring",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
}
"""Kinds of keyring that keep secrets encrypted, and what they are called beside a field. No other kind is used."""

_CHAINER = "keyring.backends.chainer.ChainerBackend"
_EMPTY = {"keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"}
_SESSION = "this session only"
_NO_KEYRING = "this computer has no keyring"


class SecretStore:
    """Reads, keeps and forgets secrets.

    Args:
        backend: a keyring backend; None asks ``keyring`` for the system's one when it is first needed.
        environ: where the variables are looked up.
        use_environment: whether ``BYOM_V7_API_KEY``, ``BYOM_ENDPOINT_PASSWORD`` and ``BYOM_ENDPOINT_SECRET`` come
            first, as for the commands. A query value comes from ``BYOM_ENDPOINT_SECRET`` only where nothing is kept
            for it.
        environment_origin: the only origin to which the variables for an endpoint belong; None means any.
        patience: how long the keyring is waited for.

    ``on_waiting`` is called from the thread that waits: with True once it has waited for a while, with False when it
    no longer does.
    """

    def __init__(
        self,
        backend: Any = None,
        environ: Mapping[str, str] = os.environ,
        *,
        use_environment: bool = False,
        environment_origin: Origin | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.patience = patience or Patience()
        self.on_waiting: Callable[[bool], object] = id
        self._stop = CancelToken()
        self._skipped = False
        self._backend = backend
        self._environ = environ
        self._use_environment = use_environment
        self.environment_origin = environment_origin
        self._memory: dict[SecretRef, str] = {}
        self._known: dict[SecretRef, set[str]] = {}
        self._last: dict[SecretRef, str] = {}  # what the keyring held, used where it fails later
        self._why_session = ""
        self._unreadable = False
        self._title = ""
        self._looked = backend is not None and self._judge(backend)
        # One for what is in memory, never held for long, and one for the keyring, held while it asks the user.
        self._lock = threading.Lock()
        self._asking = threading.RLock()

    @classmethod
    def session_only(cls, why: str = "asked for") -> SecretStore:
        """A store that keeps everything in memory and never asks a keyring."""
        store = cls(environ={})
        store._looked, store._why_session = True, why
        return store

    def get(self, ref: SecretRef) -> str | None:
        """The secret, or None where none is kept, or the keyring cannot be read."""
        value = self._find(ref)[0]
        if value:
            self._know(ref, value)
        return value

    def place(self, ref: SecretRef) -> SecretPlace:
        """Where this secret is kept now; kind ``none`` where it is not kept, ``unknown`` where that cannot be read."""
        return self._find(ref)[1]

    def set(self, ref: SecretRef, value: str) -> SecretPlace:
        """Keeps a secret, reads it back, and says where it is kept. An empty value forgets it.

        It can be used from memory as soon as this is called, even while the keyring waits for its password.
        """
        if not value:
            self.forget(ref)
            return _none()
        self.hold(ref, value)
        with self._asking:
            if self._keep(ref, value):
                self._note(ref, value)
                with self._lock:
                    if self._memory.get(ref) == value:
                        del self._memory[ref]
            return self.available()

    def hold(self, ref: SecretRef, value: str) -> None:
        """Keeps a secret in memory for this session only, whatever keyring there is (practice, a pasted address).

        It comes before one in the keyring, which stays as it is. An empty value holds nothing any more.
        """
        with self._lock:
            if not value:
                self._memory.pop(ref, None)
                return
            self._known.setdefault(ref, set()).add(value)
            self._memory[ref] = value

    def forget(self, ref: SecretRef) -> None:
        """Deletes a secret wherever it is kept; one that is not there is no error.

        Raises:
            SecretStoreError: it may still be in the keyring, which cannot be opened.
        """
        held = self._held(ref) is not None
        self.hold(ref, "")
        with self._asking:
            self._note(ref, "")
            backend = self._keyring()
            if backend is None and (held or not self._unreadable):
                return
            error = self._why_session
            if backend is not None:
                error = self._try(lambda: self._delete(backend, ref))[1]
            if error:
                raise SecretStoreError(
                    f"The {self._title or 'keyring'} could not delete the secret: {error}. Open the keyring and delete "
                    f"the entry “{SERVICE}” there.",
                    where=ref.account,
                )

    def available(self) -> SecretPlace:
        """Where a secret would be kept now."""
        with self._asking:
            if self._keyring() is None:
                return SecretPlace("session", _SESSION, self._why_session)
            return SecretPlace("keyring", self._title)

    @property
    def unreadable(self) -> str:
        """Why the keyring could not be read; empty where it could, was not asked yet, or is not there."""
        return self._why_session if self._unreadable else ""

    def skip(self) -> None:
        """Waits for the keyring no longer; it is left alone until ``retry``."""
        self._skipped = True

    def retry(self) -> None:
        """Lets a keyring that could not be read be asked again."""
        with self._asking:
            self._skipped = False
            if self._unreadable:
                self._looked, self._unreadable = self._backend is not None, False
                self._why_session = ""

    def stop(self) -> None:
        """Ends all waiting for the keyring, now and later: whoever waits gets Cancelled."""
        self._stop.cancel()

    def redactor(self) -> Redactor:
        """Scrubs every secret that was read or set in this session, and those of the environment."""
        with self._lock:
            known = {ref: set(values) for ref, values in self._known.items()}
        values = {value for each in known.values() for value in each}
        if self._use_environment:
            values |= {self._environ.get(name, "") for name in _VARIABLES.values()}
        basic = [(ref.name, value) for ref, each in known.items() if ref.kind == "basic" for value in each]
        return Redactor(values, basic)

    def _note(self, ref: SecretRef, value: str) -> None:
        """Notes what the keyring holds; an empty value: nothing."""
        self._last.pop(ref, None)
        if value:
            self._last[ref] = value

    def _know(self, ref: SecretRef, value: str) -> None:
        with self._lock:
            self._known.setdefault(ref, set()).add(value)

    def _held(self, ref: SecretRef) -> str | None:
        with self._lock:
            return self._memory.get(ref)

    def _find(self, ref: SecretRef) -> tuple[str | None, SecretPlace]:
        from_environment = self._from_environment(ref)
        if from_environment and ref.kind != "query":
            return from_environment
        if held := self._held(ref):
            return held, SecretPlace("session", _SESSION, self._why_session)
        with self._asking:
            backend = self._keyring()
            value = self._try(lambda: backend.get_password(SERVICE, ref.account))[0] if backend is not None else None
            if not self._unreadable:
                self._note(ref, str(value or ""))
            if value:
                return str(value), SecretPlace("keyring", self._title)
            last = self._last.get(ref)
        # Entered while the keyring was waited for, or read before it failed.
        if held := self._held(ref) or last:
            return held, SecretPlace("session", _SESSION, self._why_session)
        if from_environment:
            return from_environment
        return None, SecretPlace("unknown", "not known", self._why_session) if self._unreadable else _none()

    def _from_environment(self, ref: SecretRef) -> tuple[str, SecretPlace] | None:
        if not self._use_environment:
            return None
        if ref.kind != "v7-key" and self.environment_origin not in (None, ref.origin):
            return None
        if ref.kind == "v7-key" and ref.name:
            return None  # the variable holds one key, and does not say of which team
        name = _VARIABLES[ref.kind]
        value = self._environ.get(name, "")
        return (value, SecretPlace("environment", f"environment variable {name}")) if value else None

    def _keep(self, ref: SecretRef, value: str) -> bool:
        """Writes to the keyring and reads back; False, with the reason kept, where that fails."""
        backend = self._keyring()
        if backend is None:
            return False

        def write() -> bool:
            backend.set_password(SERVICE, ref.account, value)
            return bool(backend.get_password(SERVICE, ref.account) == value)

        same, error = self._try(write)
        if not error and not same:
            self._why_session = "the keyring did not give back what was written to it"
        return bool(same) and not error

    def _delete(self, backend: Any, ref: SecretRef) -> None:
        if backend.get_password(SERVICE, ref.account) is not None:
            backend.delete_password(SERVICE, ref.account)

    def _keyring(self) -> Any:
        """The backend, or None with the reason in ``_why_session``. Once it failed it is left alone for the session."""
        if not self._looked:
            import keyring  # noqa: F401 - before the clock runs: importing is not waiting for the user

            self._looked = True
            self._backend = self._try(_ask_keyring)[0]
            if self._backend is not None:
                self._judge(self._backend)
        return None if self._why_session else self._backend

    def _judge(self, backend: Any) -> bool:
        """Names the backend, or notes why it is not used; looks inside a chain of several."""
        parts = tuple(backend.backends) if _kind(backend) == _CHAINER else (backend,)
        refused = [_kind(part) for part in parts if _kind(part) not in ALLOWED]
        if not parts or (len(parts) == 1 and refused and refused[0] in _EMPTY):
            self._why_session = _NO_KEYRING
        elif refused:
            self._why_session = f"the keyring {refused[0]} is not one that keeps secrets encrypted"
        else:
            self._title = ALLOWED[_kind(parts[0])]
        return True

    def _try(self, work: Callable[[], Any]) -> tuple[Any, str]:
        """The outcome of a keyring call and what went wrong, in words without the keyring's own text.

        It is made in a thread of its own, as a locked keyring answers only once the user has. What went wrong is noted,
        but for a deletion that was refused.

        Raises:
            Cancelled: ``stop`` was called.
        """
        begun, told = time.monotonic(), False

        def deadline() -> float:
            nonlocal told
            if not told and time.monotonic() - begun >= self.patience.notice:
                told = True
                self.on_waiting(True)
            return begun if self._skipped else begun + self.patience.limit

        try:
            return detached.run(work, self._stop, deadline=deadline), ""
        except Cancelled:
            raise
        except Exception as caught:  # noqa: BLE001 - backends raise what their systems raise
            error = self._given_up() if isinstance(caught, detached.TimeUp) else _words(caught)
            if "PasswordDeleteError" not in {kind.__name__ for kind in type(caught).__mro__}:
                self._why_session, self._unreadable = error, error != _NO_KEYRING
            return None, error
        finally:
            if told:
                self.on_waiting(False)

    def _given_up(self) -> str:
        if self._skipped:
            return "the keyring was not waited for"
        return f"the keyring was not unlocked within {self.patience.limit:g} s, or does not answer"


def _ask_keyring() -> Any:
    import keyring

    return keyring.get_keyring()


def _kind(backend: Any) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _none() -> SecretPlace:
    return SecretPlace("none", "not kept")


def _words(error: Exception) -> str:
    """A keyring's error for people. Its own text is left out: nobody knows what it holds."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"KeyringLocked", "InitError", "PromptDismissedException"}:
        return "the keyring is locked"
    if "NoKeyringError" in names:
        return _NO_KEYRING
    return f"the keyring cannot be used ({type(error).__name__})"
