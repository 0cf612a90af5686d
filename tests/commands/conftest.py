"""Commands in this process: a home of their own, the same rules for signals after as before."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from byom_gui import cli
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.sandbox.v7 import V7StandIn
from tests.commands.processes import KEY


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left on the terminal."""

    code: int
    out: str
    err: str


Call = Callable[..., Said]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scratch home, no keyring, no variable of ours; the working folder is in it."""
    place = tmp_path / "home"
    place.mkdir()
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "DARWIN_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("BYOM_V7_API_KEY", "BYOM_ENDPOINT_PASSWORD", "BYOM_ENDPOINT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.chdir(tmp_path)
    return place


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str], qapp: object) -> Iterator[Call]:
    """Runs a command in this process.

    Qt's application is made first, as the window's tests need it: a command that draws would else make a smaller one,
    and there can be but one in a process.
    """
    handlers = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}

    def run(*words: str | Path) -> Said:
        capsys.readouterr()
        try:
            code = cli.main([str(word) for word in words])
        except SystemExit as left:  # argparse's way to say that the usage is wrong
            code = left.code if isinstance(left.code, int) else 1
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    yield run
    for name, handler in handlers.items():
        signal.signal(name, handler)


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    """The built-in model server, sound."""
    with ModelServer() as server:
        yield server


@pytest.fixture
def v7(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[V7StandIn]:
    """The V7 stand-in; its key and address are in the environment."""
    with V7StandIn(key=KEY) as stand_in:
        monkeypatch.setenv("BYOM_V7_API_KEY", KEY)
        monkeypatch.setenv("DARWIN_BASE_URL", stand_in.url)
        yield stand_in
