"""The store against a real gnome-keyring over D-Bus, and what stands in its way. Each case is its own process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.limits import PROCESS

pytestmark = [pytest.mark.keyring, pytest.mark.xdist_group("keyring")]

ROOT = Path(__file__).resolve().parents[2]
PRELUDE = """
import json
from byom_gui.core.endpoint import Origin, SecretRef
from byom_gui.services.secrets import SecretStore
ref = SecretRef("header", Origin("https", "model.example", 443), "X-Key")
store = SecretStore()
def tell(**facts): print(json.dumps(facts))
def words(place): return [place.kind, place.title, place.why]
"""
SET = (
    PRELUDE
    + """
tell(before=store.get(ref), set=words(store.set(ref, "hush ü")), place=words(store.place(ref)))
"""
)
READ = (
    PRELUDE
    + """
tell(read=store.get(ref), place=words(store.place(ref)))
store.forget(ref); store.forget(ref)
tell(after=SecretStore().get(ref))
"""
)
PLAIN = """
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = {priority}
    def get_password(self, service, username): return None
    def set_password(self, service, username, password): open("leaked.txt", "w").write(password)
    def delete_password(self, service, username): pass
"""


def _environment(home: Path, **more: str) -> dict[str, str]:
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "COVERAGE_PROCESS_START") if name in os.environ}
    paths = f"{ROOT}{os.pathsep}{home}"
    return {**kept, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "PYTHONPATH": paths, **more}


def _run(command: list[str], home: Path, **more: str) -> list[dict[str, Any]]:
    """Runs a command for at most a minute. It writes to files: a daemon that kept a pipe open would be waited for."""
    said, complained = home / "stdout", home / "stderr"
    with said.open("wb") as out, complained.open("wb") as errors:
        running = subprocess.Popen(
            command,
            env=_environment(home, **more),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            start_new_session=True,
        )
        try:
            code = running.wait(PROCESS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)  # the bus and all that runs on it
            running.wait(10)
            pytest.fail(f"{command[0]} did not end: {complained.read_text(errors='replace')}")
    assert code == 0, complained.read_text(errors="replace")
    return [json.loads(line) for line in said.read_text(encoding="utf-8").splitlines() if line.startswith("{")]


def _on_bus(home: Path, unlock: bool, *programs: str) -> list[dict[str, Any]]:
    """Runs the programs, one process each, on a bus of their own with a gnome-keyring."""
    calls = []
    for number, program in enumerate(programs):
        place = home / f"step{number}.py"
        place.write_text(textwrap.dedent(program), encoding="utf-8")
        calls.append(f"'{sys.executable}' '{place}' || exit 3")
    daemon = "gnome-keyring-daemon --components=secrets --daemonize"
    start = f"echo -n pw | {daemon} --unlock" if unlock else f"{daemon} --start"
    # The daemon has to end with the bus, or it would outlive the test.
    script = f'eval "$({start})" >/dev/null; {"; ".join(calls)}'
    return _run(["dbus-run-session", "--", "bash", "-c", script], home)


def _python(program: str, home: Path, **more: str) -> list[dict[str, Any]]:
    return _run([sys.executable, "-c", program], home, **more)


def test_set_in_one_process_read_and_forgotten_in_another(tmp_path: Path) -> None:
    told = _on_bus(tmp_path, True, SET, READ)
    kept = ["keyring", "Secret Service keyring", ""]
    assert told == [
        {"before": None, "set": kept, "place": kept},
        {"read": "hush ü", "place": kept},
        {"after": None},
    ]


def test_a_locked_keyring_leaves_the_session(tmp_path: Path) -> None:
    _on_bus(tmp_path, True, SET)
    told = _on_bus(tmp_path, False, SET)
    locked = ["session", "this session only", "the keyring is locked"]
    assert told == [{"before": None, "set": locked, "place": locked}]


def test_no_bus_leaves_the_session(tmp_path: Path) -> None:
    told = _python(SET, tmp_path, DBUS_SESSION_BUS_ADDRESS="disabled:")
    session = ["session", "this session only", "this computer has no keyring"]
    assert told == [{"before": None, "set": session, "place": session}]


@pytest.mark.parametrize(
    ("backend", "why"),
    [
        ("plainfile.Keyring", "the keyring plainfile.Keyring is not one that keeps secrets encrypted"),
        ("keyring.backends.null.Keyring", "this computer has no keyring"),
        ("keyring.backends.fail.Keyring", "this computer has no keyring"),
    ],
)
def test_refused_backends_leave_the_session(tmp_path: Path, backend: str, why: str) -> None:
    (tmp_path / "plainfile.py").write_text(PLAIN.format(priority=1), encoding="utf-8")
    told = _python(SET, tmp_path, PYTHON_KEYRING_BACKEND=backend)
    session = ["session", "this session only", why]
    assert told == [{"before": None, "set": session, "place": session}]
    assert not (tmp_path / "leaked.txt").exists()


def test_a_chain_that_hides_a_refused_one_leaves_the_session(tmp_path: Path) -> None:
    (tmp_path / "plainfile.py").write_text(PLAIN.format(priority=1), encoding="utf-8")
    chained = "import plainfile\n" + PRELUDE.replace(
        "store = SecretStore()",
        "import keyring.backend\nfrom keyring.backends.chainer import ChainerBackend\n"
        "assert any(isinstance(one, plainfile.Keyring) for one in ChainerBackend.backends)\n"
        "import keyring; keyring.set_keyring(ChainerBackend())\nstore = SecretStore()",
    )
    told = _python(chained + SET.removeprefix(PRELUDE), tmp_path, DBUS_SESSION_BUS_ADDRESS="disabled:")
    assert told[0]["set"][0] == "session"
    assert "plainfile" in told[0]["set"][2]
    assert not (tmp_path / "leaked.txt").exists()
