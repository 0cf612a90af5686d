"""The store's rules, against backends in memory. Real keyrings are in test_keyring_real."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError

from byom_gui.core.endpoint import MASK, Origin, SecretRef
from byom_gui.core.errors import Cancelled, InputError, SecretStoreError
from byom_gui.services import secrets
from byom_gui.services.secrets import Patience, SecretStore

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
        (NoKeyringError("secret text"), "this computer has no keyring"),
        (RuntimeError("secret text"), "the keyring cannot be used (RuntimeError)"),
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
def test_what_was_read_before_a_keyring_failed_is_still_used() -> None:
    backend = Memory()
    store = SecretStore(backend)
    backend.entries["byom-gui", HEADER.account] = "first"
    assert store.get(HEADER) == "first"
    store.set(BASIC, "second")
    store.set(BASIC, "third")
    store.set(QUERY, "gone")
    store.forget(QUERY)
    assert store.get(V7) is None
    backend.fault = KeyringLocked()
    assert [store.get(ref) for ref in (HEADER, BASIC, QUERY, V7)] == ["first", "third", None, None]
    place = store.place(HEADER)
    assert (place.kind, place.why) == ("session", "the keyring is locked")
    assert [store.place(ref).kind for ref in (QUERY, V7)] == ["unknown", "unknown"]
    with pytest.raises(SecretStoreError):
        store.forget(HEADER)
    assert store.get(HEADER) is None


@pytest.mark.usefixtures("allowed")
def test_what_another_program_deleted_is_not_used_after_a_failure() -> None:
    backend = Memory()
    store = SecretStore(backend)
    store.set(HEADER, "hush")
    backend.entries.clear()
    assert store.get(HEADER) is None
    backend.fault = KeyringLocked()
    assert store.get(HEADER) is None


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


# --- a keyring that waits for its password


class Locked(Memory):
    """Answers only once it is opened, as a keyring does that asks for its password."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = threading.Event()
        self.calls = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.calls += 1
        assert self.opened.wait(30)
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.calls += 1
        assert self.opened.wait(30)
        super().set_password(service, username, password)


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Locked]:
    """One that counts as an allowed keyring; opened in the end, so that no thread is left."""
    monkeypatch.setitem(secrets.ALLOWED, f"{__name__}.Locked", "Test keyring")
    made = Locked()
    yield made
    made.opened.set()


SHORT = Patience(notice=0.05, limit=0.3)
LONG = Patience(notice=0.05, limit=600)


def test_a_keyring_that_is_not_unlocked_is_given_up_and_is_not_known(locked: Locked) -> None:
    store, heard = SecretStore(locked, patience=SHORT), list[bool]()
    store.on_waiting = heard.append
    place = store.place(HEADER)
    assert (place.kind, place.kept) == ("unknown", False)
    assert place.why == "the keyring was not unlocked within 0.3 s, or does not answer"
    assert heard == [True, False]
    assert store.get(HEADER) is None
    assert store.available().kind == "session"
    assert store.unreadable == place.why
    assert locked.calls == 1  # it is left alone from then on
    with pytest.raises(SecretStoreError, match="not unlocked within"):
        store.forget(HEADER)
    assert store.set(HEADER, "mine") == store.place(HEADER)
    assert (store.place(HEADER).kind, store.get(HEADER)) == ("session", "mine")
    store.forget(HEADER)
    assert store.place(HEADER).kind == "unknown"


def test_a_keyring_that_is_unlocked_in_time_is_used(locked: Locked) -> None:
    locked.entries["byom-gui", HEADER.account] = "hush"
    store, heard = SecretStore(locked, patience=LONG), list[bool]()

    def hear(on: bool) -> None:
        heard.append(on)
        locked.opened.set()

    store.on_waiting = hear
    assert store.get(HEADER) == "hush"
    assert heard == [True, False]
    assert (store.place(HEADER).kind, store.unreadable) == ("keyring", "")
    assert store.place(BASIC).kind == "none"


def test_a_secret_is_usable_while_its_keyring_waits(locked: Locked) -> None:
    store = SecretStore(locked, patience=LONG)
    waiting = threading.Event()
    store.on_waiting = lambda on: waiting.set() if on else None
    setter = threading.Thread(target=lambda: store.set(HEADER, "mine"))
    setter.start()
    assert waiting.wait(30)
    assert store.get(HEADER) == "mine"
    store.hold(BASIC, "other")
    assert store.get(BASIC) == "other"
    assert store.redactor().scrub("mine other") == f"{MASK} {MASK}"
    assert store.unreadable == ""
    locked.opened.set()
    setter.join(30)
    assert store.place(HEADER).kind == "keyring"
    assert store.place(BASIC).kind == "session"


def test_what_is_entered_while_a_keyring_is_read_counts(locked: Locked) -> None:
    store = SecretStore(locked, patience=LONG)

    def enter(on: bool) -> None:
        if on:
            store.hold(HEADER, "mine")
            store.skip()

    store.on_waiting = enter
    assert store.get(HEADER) == "mine"


def test_going_on_without_the_keyring_frees_all_who_wait_until_it_is_asked_again(locked: Locked) -> None:
    locked.entries["byom-gui", HEADER.account] = "hush"
    store = SecretStore(locked, patience=LONG)
    waiting = threading.Event()
    store.on_waiting = lambda on: waiting.set() if on else None
    found: list[str | None] = []
    readers = [threading.Thread(target=lambda: found.append(store.get(HEADER))) for _ in range(3)]
    for reader in readers:
        reader.start()
    assert waiting.wait(30)
    store.skip()
    for reader in readers:
        reader.join(30)
    assert found == [None] * 3
    assert store.place(HEADER).why == "the keyring was not waited for"
    locked.opened.set()
    assert store.get(HEADER) is None
    store.retry()
    assert (store.get(HEADER), store.unreadable) == ("hush", "")


def test_stopping_cancels_who_waits_at_once(locked: Locked) -> None:
    store = SecretStore(locked, patience=LONG)
    store.on_waiting = lambda on: store.stop() if on else None
    with pytest.raises(Cancelled):
        store.get(HEADER)
    with pytest.raises(Cancelled):
        store.set(HEADER, "mine")
    assert store.unreadable == ""


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("fault", [KeyringLocked("x"), InitError("x"), RuntimeError("x")])
def test_a_keyring_that_cannot_be_read_may_hold_the_secret(fault: Exception) -> None:
    place = SecretStore(Memory(fault)).place(HEADER)
    assert (place.kind, place.title) == ("unknown", "not known")


@pytest.mark.usefixtures("allowed")
def test_where_there_is_no_keyring_nothing_is_kept() -> None:
    assert SecretStore(Memory(NoKeyringError("x"))).place(HEADER).kind == "none"


@pytest.mark.usefixtures("allowed")
def test_a_failure_that_has_passed_is_forgotten_by_a_retry() -> None:
    backend = Memory(KeyringLocked())
    store = SecretStore(backend)
    assert store.place(HEADER).kind == "unknown"
    backend.fault = None
    store.retry()
    assert store.place(HEADER).kind == "none"


@pytest.mark.parametrize(
    ("text", "limit", "notice"), [("", 30, 2.5), ("7", 7, 2.5), ("1.5", 1.5, 0.75), (" 3600 ", 3600, 2.5)]
)
def test_how_long_a_keyring_is_waited_for(text: str, limit: float, notice: float) -> None:
    assert Patience.of({"BYOM_KEYRING_WAIT": text}, 30) == Patience(notice, limit)


@pytest.mark.parametrize("text", ["0", "-3", "soon", "nan", "inf", "3600.5"])
def test_a_wait_that_is_no_number_of_seconds_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="BYOM_KEYRING_WAIT must be a number of seconds"):
        Patience.of({"BYOM_KEYRING_WAIT": text}, 30)
