"""The real window on a keyring that waits for its password: everything goes on, and says what it waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from byom_gui import app
from byom_gui.app.world import World
from byom_gui.core.endpoint import Auth, Endpoint, SecretRef, parse_address
from byom_gui.core.project import Project
from byom_gui.core.registration import Registration
from byom_gui.services import secrets
from byom_gui.services.secrets import Patience, SecretStore
from byom_gui.ui.main_window import MainWindow
from tests.e2e.test_consent import wait
from tests.services.mitm import ANSWER
from tests.services.servers import Scripted, Server, serving

WAITING = "Waiting for your keyring to be unlocked."


class Desk:
    """A keyring that answers nothing before it is unlocked."""

    def __init__(self) -> None:
        self.unlocked = threading.Event()
        self.entries: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        assert self.unlocked.wait(60)
        return self.entries.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        assert self.unlocked.wait(60)
        self.entries[username] = password


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """One that counts as an allowed keyring."""
    monkeypatch.setitem(secrets.ALLOWED, f"{__name__}.Desk", "Desk keyring")
    made = Desk()
    yield made
    made.unlocked.set()


@pytest.fixture
def model() -> Iterator[Server]:
    """A model server that answers whatever it is asked."""
    with serving(lambda got: Scripted(body=ANSWER)) as running:
        yield running


Open = Callable[[Patience], MainWindow]


@pytest.fixture
def open_window(
    qtbot: QtBot, desk: Desk, model: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens a window on the keyring, with a project whose server wants a secret header."""
    del qtbot
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    made: list[tuple[MainWindow, World]] = []

    def open_with(patience: Patience) -> MainWindow:
        world = World(environ={"DARWIN_BASE_URL": "http://127.0.0.1:9"}, secrets=SecretStore(desk, patience=patience))
        window = app.make_window(world)
        made.append((window, world))
        window.show()
        endpoint = Endpoint(parse_address(f"{model.url}/infer").address, Auth(secret_header="X-Desk"))
        window.session.replace_project(Project(Registration("cells", endpoint)), None)
        return window

    yield open_with
    desk.unlocked.set()
    for window, world in made:
        window.session.dirty = False
        window.close()
        world.close()


def ref_of(model: Server) -> SecretRef:
    return SecretRef("header", parse_address(model.url).address.origin, "X-Desk")


PATIENT = Patience(notice=0.05, limit=900)


def test_a_ping_says_that_it_waits_and_can_be_canceled(open_window: Open, model: Server) -> None:
    window = open_window(PATIENT)
    window.connecting.ping()
    trust = window.parts.bar.trust
    wait(lambda: trust.keyring == WAITING, "the word under the address")
    wait(lambda: window.parts.ping.rows["http"].text == WAITING, "the word at the step")
    assert window.works.pinging.running
    window.works.pinging.cancel()
    assert not window.works.pinging.running
    assert model.received == []


def test_a_secret_that_is_entered_meanwhile_is_used_at_once(open_window: Open, model: Server, desk: Desk) -> None:
    window = open_window(PATIENT)
    wait(lambda: window.parts.bar.trust.keyring == WAITING, "the waiting")
    window.parts.auth.secret_entered.emit("header", "X-Desk", "desk-secret-3")
    window.connecting.ping()
    wait(lambda: window.session.ping, "the ping, with the keyring still locked")
    assert model.received[0].headers["x-desk"] == "desk-secret-3"
    assert desk.entries == {}
    desk.unlocked.set()
    wait(lambda: list(desk.entries.values()) == ["desk-secret-3"], "the keyring")
    wait(lambda: window.works.keys.place(ref_of(model)).kind == "keyring", "its place")
    assert window.session.ping is not None
    assert window.parts.bar.trust.keyring == ""


def test_going_on_without_it_and_trying_again(open_window: Open, model: Server, desk: Desk) -> None:
    desk.entries[ref_of(model).account] = "kept-secret-4"
    window = open_window(PATIENT)
    window.connecting.ping()
    trust = window.parts.bar.trust
    wait(lambda: trust.keyring == WAITING, "the waiting")
    trust.skip_button.click()
    wait(lambda: window.session.ping, "the ping without the secret")
    assert "x-desk" not in model.received[0].headers
    wait(lambda: trust.keyring.startswith("Secrets in your keyring cannot be read"), "why")
    assert "Not known" in window.parts.auth.secret.place
    assert window.works.keys.place(ref_of(model)).kind == "unknown"
    assert window.parts.bar.team_button.text() == "Team: not known"
    desk.unlocked.set()
    trust.retry_button.click()
    wait(lambda: window.works.keys.place(ref_of(model)).kind == "keyring", "the keyring")
    assert trust.keyring == ""
    model.received.clear()
    window.connecting.ping()
    wait(lambda: model.received, "another ping")
    assert model.received[0].headers["x-desk"] == "kept-secret-4"


def test_the_window_gives_up_by_itself(open_window: Open, model: Server) -> None:
    window = open_window(Patience(notice=0.05, limit=0.4))
    window.connecting.ping()
    wait(lambda: window.session.ping, "the ping")
    wait(lambda: "not unlocked within 0.4 s" in window.parts.bar.trust.keyring, "why")
    window.works.keys.check_key()
    errors: list[str] = []
    window.works.keys.key_error.connect(errors.append)
    wait(lambda: errors, "the key")
    assert "The V7 key could not be read" in errors[0]
    assert [got.path for got in model.received][:1] == ["/infer"]
