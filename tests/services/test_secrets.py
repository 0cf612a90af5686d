"""The store's rules, against backends in memory. Real keyrings are in test_keyring_real."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError

from byom_gui.core.endpoint import MASK, Origin, SecretRef
from byom_gui.core.errors import SecretStoreError
from byom_gui.services import secrets
from byom_gui.services.secrets import SecretStore

HERE = Origin("https", "model.example", 443)
V7 = SecretRef("v7-key", Origin("https", "darwin.v7labs.com", 443))
BASIC = SecretRef("basic", HERE, "lab")
HEADER = SecretRef("header", HERE, "X-Key")
QUERY = SecretRef("query", HERE, "api_key")


class Memory(KeyringBackend):
    """Keeps entries in a dict; ``fault`` makes it raise or forget."""

    priority = 1

    def __init__(self, fault: Exception | str | None = None) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.fault = fault

    def _stop(self, what: str) -> None:
        if isinstance(self.fault, Exception):
            raise self.fault
        if self.fault == what:
            raise PasswordDeleteError("no")

    def get_password(self, service: str, username: str) -> str | None:
        self._stop("get")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._stop("set")
        if self.fault != "forgets":
            self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._stop("delete")
        del self.entries[service, username]


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the backend of this test count as an allowed one."""
    monkeypatch.setitem(secrets.ALLOWED, f"{__name__}.Memory", "Test keyring")


@pytest.mark.usefixtures("allowed")
def test_kept_read_and_forgotten() -> None:
    backend = Memory()
    store = SecretStore(backend)
    assert store.place(HEADER).kind == "none"
    assert store.set(HEADER, "hush") == store.place(HEADER)
    assert (store.place(HEADER).kind, store.place(HEADER).title) == ("keyring", "Test keyring")
    assert backend.entries == {("byom-gui", "header https://model.example X-Key"): "hush"}
    assert SecretStore(backend).get(HEADER) == "hush"
    assert store.get(BASIC) is None
    store.forget(HEADER)
    store.forget(HEADER)
    assert (store.get(HEADER), backend.entries) == (None, {})
    store.set(HEADER, "hush")
    assert store.set(HEADER, "").kind == "none"
    assert backend.entries == {}


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (KeyringLocked("secret text"), "the keyring is locked"),
        (InitError("secret text"), "the keyring is locked"),
        (NoKeyringError("secret text"), "there is no keyring on this system"),
        (RuntimeError("secret text"), "the keyring can not be used (RuntimeError)"),
        ("forgets", "the keyring did not give back what was written to it"),
    ],
)
def test_a_keyring_that_fails_leaves_the_session(fault: Exception | str, why: str) -> None:
    backend = Memory(fault)
    store = SecretStore(backend)
    place = store.set(HEADER, "hush")
    assert (place.kind, place.title, place.why) == ("session", "this session only", why)
    assert store.get(HEADER) == "hush"
    assert backend.entries == {}
    store.forget(HEADER)
    assert store.get(HEADER) is None


@pytest.mark.usefixtures("allowed")
def test_a_keyring_that_fails_is_asked_once() -> None:
    backend = Memory(KeyringLocked())
    store = SecretStore(backend)
    assert store.get(HEADER) is None
    backend.fault = None
    backend.entries["byom-gui", HEADER.account] = "late"
    assert store.get(HEADER) is None
    assert store.available().why == "the keyring is locked"


@pytest.mark.usefixtures("allowed")
def test_what_can_not_be_deleted_is_told() -> None:
    store = SecretStore(Memory("delete"))
    store.set(HEADER, "hush")
    with pytest.raises(SecretStoreError) as caught:
        store.forget(HEADER)
    assert "could not delete" in caught.value.sentence
    assert "hush" not in caught.value.sentence + caught.value.detail


@pytest.mark.usefixtures("allowed")
def test_what_is_held_stays_in_memory_and_out_of_the_keyring() -> None:
    backend = Memory()
    store = SecretStore(backend)
    store.set(QUERY, "kept")
    store.hold(QUERY, "pasted")
    assert (store.get(QUERY), store.place(QUERY).kind, store.place(QUERY).title) == (
        "pasted",
        "session",
        "this session only",
    )
    assert list(backend.entries.values()) == ["kept"]
    assert SecretStore(backend).get(QUERY) == "kept"
    assert store.redactor().scrub("api_key=pasted") == f"api_key={MASK}"
    store.hold(QUERY, "")
    assert store.get(QUERY) == "kept"
    store.hold(QUERY, "pasted")
    store.forget(QUERY)
    assert (store.get(QUERY), backend.entries) == (None, {})


def _chain(*parts: Any) -> Any:
    class Chain(ChainerBackend):
        backends = list(parts)  # noqa: RUF012

    Chain.__module__, Chain.__qualname__ = "keyring.backends.chainer", "ChainerBackend"
    make: Any = Chain
    return make()


@pytest.mark.parametrize("make", ["plain", "null", "fail", "chain-refused", "chain-mixed", "chain-empty"])
@pytest.mark.usefixtures("allowed")
def test_refused_backends_get_nothing(make: str) -> None:
    class Plain(Memory):
        """Stands for a keyring that writes plain text."""

    plain = Plain()
    null: Any = NullKeyring
    fail: Any = FailKeyring
    backend = {
        "plain": plain,
        "null": null(),
        "fail": fail(),
        "chain-refused": _chain(plain),
        "chain-mixed": _chain(Memory(), plain),
        "chain-empty": _chain(),
    }[make]
    store = SecretStore(backend)
    place = store.set(HEADER, "hush")
    assert place.kind == "session"
    assert ("no keyring" in place.why) == (make in ("null", "fail", "chain-empty"))
    assert plain.entries == {}
    assert store.get(HEADER) == "hush"


@pytest.mark.usefixtures("allowed")
def test_a_chain_of_allowed_ones_is_used() -> None:
    backend = Memory()
    store = SecretStore(_chain(backend))
    assert store.set(HEADER, "hush").title == "Test keyring"
    assert list(backend.entries.values()) == ["hush"]


@pytest.mark.usefixtures("allowed")
def test_the_environment_comes_first_and_only_where_asked() -> None:
    environ = {"BYOM_V7_API_KEY": "k", "BYOM_ENDPOINT_PASSWORD": "p", "BYOM_ENDPOINT_SECRET": "s"}
    backend = Memory()
    SecretStore(backend, environ).set(HEADER, "kept")
    store = SecretStore(backend, environ, use_environment=True, environment_origin=HERE)
    assert [store.get(ref) for ref in (V7, BASIC, HEADER, QUERY)] == ["k", "p", "s", "s"]
    assert store.place(V7).title == "environment variable BYOM_V7_API_KEY"
    store.set(QUERY, "mine")
    assert store.get(QUERY) == "mine"
    elsewhere = SecretRef("header", Origin("https", "other.example", 443), "X-Key")
    assert store.get(elsewhere) is None
    assert SecretStore(backend, environ).get(HEADER) == "kept"
    assert store.redactor().scrub("k p s mine") == " ".join([MASK] * 4)


def test_session_only_never_asks_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_ask_keyring", lambda: pytest.fail("asked"))
    store = SecretStore.session_only("practice mode")
    assert store.set(BASIC, "hush").why == "practice mode"
    assert store.get(BASIC) == "hush"
    assert "hush" not in store.redactor().scrub("Basic bGFiOmh1c2g= hush")
    assert "bGFiOmh1c2g=" not in store.redactor().scrub("Basic bGFiOmh1c2g= hush")
    assert "hush" not in repr(store)


@pytest.mark.usefixtures("allowed")
def test_a_keyring_that_is_slow_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()
    backend = Memory()
    real = backend.get_password

    def slow(service: str, username: str) -> str | None:
        begun.set()
        assert go.wait(10)
        return real(service, username)

    monkeypatch.setattr(backend, "get_password", slow)
    backend.entries["byom-gui", HEADER.account] = "hush"
    store = SecretStore(backend)
    found: list[str | None] = []
    reader = threading.Thread(target=lambda: found.append(store.get(HEADER)))
    reader.start()
    assert begun.wait(10)
    assert found == []
    go.set()
    reader.join(10)
    assert found == ["hush"]
    assert store.place(HEADER).kind == "keyring"


@pytest.mark.usefixtures("allowed")
def test_what_another_program_changed_is_read_anew() -> None:
    backend = Memory()
    store = SecretStore(backend)
    store.set(HEADER, "old")
    backend.entries["byom-gui", HEADER.account] = "new"
    assert SecretStore(backend).get(HEADER) == "new"
    backend.entries.clear()
    assert SecretStore(backend).get(HEADER) is None
    store.forget(HEADER)
    assert store.get(HEADER) is None
