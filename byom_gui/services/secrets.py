"""The one importer of keyring: where the V7 key and endpoint secrets are kept.

A secret is kept in the system's keyring where one of the allowed kinds is there and works, and else in memory for this
session, which is said. It is never written to a file. Calls may block (the keyring may ask the user), so they belong
off the window's thread. All methods are safe from any thread.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

from byom_gui.core.endpoint import Origin, SecretPlace, SecretRef
from byom_gui.core.errors import SecretStoreError
from byom_gui.core.redact import Redactor

SERVICE = "byom-gui"

V7_KEY_VARIABLE = "BYOM_V7_API_KEY"
PASSWORD_VARIABLE = "BYOM_ENDPOINT_PASSWORD"  # noqa: S105 - the name of a variable
SECRET_VARIABLE = "BYOM_ENDPOINT_SECRET"  # noqa: S105 - the name of a variable

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


class SecretStore:
    """Reads, keeps and forgets secrets.

    Args:
        backend: a keyring backend; None asks ``keyring`` for the system's one when it is first needed.
        environ: where the variables are looked up.
        use_environment: whether ``BYOM_V7_API_KEY``, ``BYOM_ENDPOINT_PASSWORD`` and ``BYOM_ENDPOINT_SECRET`` come
            first, as for the commands. A query value comes from ``BYOM_ENDPOINT_SECRET`` only where nothing is kept
            for it.
        environment_origin: the only origin to which the variables for an endpoint belong; None means any.
    """

    def __init__(
        self,
        backend: Any = None,
        environ: Mapping[str, str] = os.environ,
        *,
        use_environment: bool = False,
        environment_origin: Origin | None = None,
    ) -> None:
        self._backend = backend
        self._environ = environ
        self._use_environment = use_environment
        self.environment_origin = environment_origin
        self._memory: dict[SecretRef, str] = {}
        self._known: dict[SecretRef, set[str]] = {}
        self._why_session = ""
        self._title = ""
        self._looked = backend is not None and self._judge(backend)
        self._lock = threading.RLock()

    @classmethod
    def session_only(cls, why: str = "asked for") -> SecretStore:
        """A store that keeps everything in memory and never asks a keyring."""
        store = cls(environ={})
        store._looked, store._why_session = True, why
        return store

    def get(self, ref: SecretRef) -> str | None:
        """The secret, or None where none is kept, or the keyring can not be read."""
        with self._lock:
            value = self._find(ref)[0]
            if value:
                self._known.setdefault(ref, set()).add(value)
            return value

    def place(self, ref: SecretRef) -> SecretPlace:
        """Where this secret is kept now; kind ``none`` where it is not kept at all."""
        with self._lock:
            return self._find(ref)[1]

    def set(self, ref: SecretRef, value: str) -> SecretPlace:
        """Keeps a secret, reads it back, and says where it is kept. An empty value forgets it."""
        with self._lock:
            if not value:
                self.forget(ref)
                return _none()
            self._known.setdefault(ref, set()).add(value)
            if self._keep(ref, value):
                self._memory.pop(ref, None)
            else:
                self._memory[ref] = value
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
            SecretStoreError: it may still be in the keyring, which can not be opened.
        """
        with self._lock:
            self._memory.pop(ref, None)
            backend = self._keyring()
            if backend is None:
                return
            error = self._try(lambda: self._delete(backend, ref))[1]
            if error:
                raise SecretStoreError(
                    f"The {self._title} could not delete the secret: {error}. Open the keyring and delete the entry "
                    f"“{SERVICE}” there.",
                    where=ref.account,
                )

    def available(self) -> SecretPlace:
        """Where a secret would be kept now."""
        with self._lock:
            if self._keyring() is None:
                return SecretPlace("session", _SESSION, self._why_session)
            return SecretPlace("keyring", self._title)

    def redactor(self) -> Redactor:
        """Scrubs every secret that was read or set in this session, and those of the environment."""
        with self._lock:
            known = {ref: set(values) for ref, values in self._known.items()}
        values = {value for each in known.values() for value in each}
        if self._use_environment:
            values |= {self._environ.get(name, "") for name in _VARIABLES.values()}
        basic = [(ref.name, value) for ref, each in known.items() if ref.kind == "basic" for value in each]
        return Redactor(values, basic)

    def _find(self, ref: SecretRef) -> tuple[str | None, SecretPlace]:
        from_environment = self._from_environment(ref)
        if from_environment and ref.kind != "query":
            return from_environment
        if ref in self._memory:
            return self._memory[ref], SecretPlace("session", _SESSION, self._why_session)
        backend = self._keyring()
        if backend is not None:
            value, error = self._try(lambda: backend.get_password(SERVICE, ref.account))
            if error:
                self._why_session = error
            elif value:
                return str(value), SecretPlace("keyring", self._title)
        return from_environment or (None, _none())

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
        if error or not same:
            self._why_session = error or "the keyring did not give back what was written to it"
        return bool(same) and not error

    def _delete(self, backend: Any, ref: SecretRef) -> None:
        if backend.get_password(SERVICE, ref.account) is not None:
            backend.delete_password(SERVICE, ref.account)

    def _keyring(self) -> Any:
        """The backend, or None with the reason in ``_why_session``. Once it failed it is left alone for the session."""
        if not self._looked:
            self._looked = True
            self._backend = self._system_backend()
            if self._backend is not None:
                self._judge(self._backend)
        return None if self._why_session else self._backend

    def _system_backend(self) -> Any:
        found, error = self._try(_ask_keyring)
        if error:
            self._why_session = error
        return found

    def _judge(self, backend: Any) -> bool:
        """Names the backend, or notes why it is not used; looks inside a chain of several."""
        parts = tuple(backend.backends) if _kind(backend) == _CHAINER else (backend,)
        refused = [_kind(part) for part in parts if _kind(part) not in ALLOWED]
        if not parts or (len(parts) == 1 and refused and refused[0] in _EMPTY):
            self._why_session = "there is no keyring on this system"
        elif refused:
            self._why_session = f"the keyring {refused[0]} is not one that keeps secrets encrypted"
        else:
            self._title = ALLOWED[_kind(parts[0])]
        return True

    def _try(self, work: Any) -> tuple[Any, str]:
        """The outcome of a keyring call and what went wrong, in words without the keyring's own text."""
        try:
            return work(), ""
        except Exception as error:  # noqa: BLE001 - backends raise what their systems raise
            return None, _words(error)


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
        return "there is no keyring on this system"
    return f"the keyring can not be used ({type(error).__name__})"
