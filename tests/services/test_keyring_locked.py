"""The commands against a locked Secret Service whose prompt nobody answers. Each case has a bus of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.project import Project
from byom_gui.core.registration import Registration
from byom_gui.core.teams import KnownTeam
from byom_gui.services.files import save_project
from byom_gui.services.stores import save_teams

pytestmark = [pytest.mark.keyring, pytest.mark.xdist_group("keyring")]

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
URL = "http://127.0.0.1:9/v3/infer"
"""Nothing listens there: a command that went on without the secret would say so, and exit 3."""


FOREGROUND = """import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, "-m", "byom_gui", *sys.argv[1:]])
"""
"""Starts the app as a terminal does: what a shell puts into the background ignores Ctrl+C, and so do its programs."""


@dataclass
class Bus:
    """A session bus with the locked service, and a home to run commands in."""

    home: Path
    address: str

    def start(self, *words: str, wait: str = "1.5") -> subprocess.Popen[str]:
        """Starts a command that waits so many seconds for the keyring."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "COVERAGE_PROCESS_START") if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-c", FOREGROUND, *words],
            env={**kept, "HOME": str(self.home), "PYTHONPATH": str(ROOT), "DBUS_SESSION_BUS_ADDRESS": self.address,
                 "XDG_RUNTIME_DIR": str(self.home), "BYOM_KEYRING_WAIT": wait},
            cwd=self.home, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str, stdin: str = "") -> tuple[int, str, str]:
        """Runs a command to its end: exit code, stdout, stderr."""
        running = self.start(*words)
        try:
            out, err = running.communicate(stdin, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            pytest.fail(f"{words} hangs: {running.communicate()[1]}")
        return running.returncode, out, err


@contextlib.contextmanager
def _bus(home: Path, *how: str) -> Iterator[Bus]:
    script = f'echo "$DBUS_SESSION_BUS_ADDRESS"; exec {sys.executable} -m tests.services.locked_service {" ".join(how)}'
    running = subprocess.Popen(
        ["dbus-run-session", "--", "bash", "-c", script],
        env={**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT)}, cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        assert running.stdout.readline().strip() == "ready"
        yield Bus(home, address)
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate(timeout=30)


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    """The bus, with a project and a team in its home."""
    home = tmp_path_factory.mktemp("home")
    endpoint = Endpoint(parse_address(URL).address, Auth(secret_header="X-Lab-Key"))
    save_project(
        home / "p.byom.json", Project(Registration("cells", endpoint, ClassList((ClassEntry("cell", "polygon"),))))
    )
    team = KnownTeam("https://darwin.v7labs.com", "lab", "Lab")
    save_teams([team], home / ".config" / "byom-gui")
    with _bus(home) as running:
        yield running


HEADER = ("--endpoint", URL, "--secret-header", "X-Lab-Key")


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("key", "show"), ""),
        (("key", "show", *HEADER), ""),
        (("key", "set"), "abcdefg.0123456789abcdef0123456789abcdef\n"),
        (("key", "set", *HEADER), "hush-lab-19\n"),
        (("key", "list"), ""),
        (("key", "forget"), ""),
        (("check", "--quick", "--project", "p.byom.json"), ""),
        (("infer", "--project", "p.byom.json", str(ROOT / "resources" / "samples"), "--out", "out"), ""),
        (("classes", URL, "--secret-header", "X-Lab-Key"), ""),
        (("reach", "--project", "p.byom.json"), ""),
        (("new", f"{URL}?token=hush-lab-19", "--name", "n", "-o", "n.byom.json"), ""),
        (("register", "p.byom.json"), ""),
        (("register", "p.byom.json", "--dry-run"), ""),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_every_command_says_what_it_waits_for_and_gives_up(bus: Bus, words: tuple[str, ...], stdin: str) -> None:
    code, out, err = bus.run(*words, stdin=stdin)
    assert err.count("Waiting for your keyring to be unlocked, at most 1.5 s.") == 1, err
    assert code == 2, err
    assert "not unlocked within 1.5 s" in err
    for wrong in ("not kept", "Not kept", "not found", "is forgotten", "There is no V7 key", "Traceback", "hush-lab"):
        assert wrong not in out + err
    assert not (bus.home / "n.byom.json").exists()


def test_ctrl_c_ends_the_waiting_at_once(bus: Bus) -> None:
    for words in (("key", "show"), ("register", "p.byom.json")):
        running = bus.start(*words, wait="900")
        assert running.stderr is not None
        line = running.stderr.readline()
        while line and "Waiting for your keyring" not in line:
            line = running.stderr.readline()
        begun = time.monotonic()
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=SECONDS)
        # Where the interrupt comes while the line is being written, it may be written twice.
        assert (running.returncode, err.replace(line, "")) == (130, "Canceled.\n")
        assert time.monotonic() - begun < 60  # of 900


def test_a_prompt_that_is_dismissed_is_a_locked_keyring(tmp_path: Path) -> None:
    with _bus(tmp_path, "Dismissed") as bus:
        code, out, err = bus.run("key", "show")
    assert (code, out) == (2, "")
    assert "the keyring is locked" in err


def test_a_wait_that_is_no_number_is_refused(bus: Bus) -> None:
    running = bus.start("key", "show", wait="x")
    _, err = running.communicate(timeout=SECONDS)
    assert running.returncode == 2
    assert "BYOM_KEYRING_WAIT must be a number of seconds" in err
