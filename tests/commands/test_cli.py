"""The program as a whole: what it loads, how it refuses, how it is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from byom_gui import __version__
from byom_gui.cli import COMMANDS
from tests.commands.conftest import Call
from tests.commands.processes import SAMPLES, SECRETS, byom, end, environment, run, serving, started, wait_until
from tests.limits import PROCESS

HEAVY = ("PySide6", "shiboken6", "requests", "keyring", "PIL", "jsonschema", "jsonschema_rs", "cryptography")
LOADED = """
import contextlib, io, json, sys
from byom_gui import cli
codes = []
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            codes.append(cli.main(words))
        except SystemExit as left:
            codes.append(left.code or 0)
print(json.dumps([codes, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def loaded(home: Path, *calls: list[str]) -> tuple[list[int], set[str]]:
    """Exit codes of commands called in one fresh process, and the packages that were loaded for them."""
    command = [sys.executable, "-c", LOADED, json.dumps(calls)]
    done = subprocess.run(
        command, env=environment(home), cwd=home, capture_output=True, text=True, timeout=PROCESS, check=False
    )
    assert done.returncode == 0, done.stderr
    codes, names = json.loads(done.stdout)
    return codes, set(names)


def test_help_of_every_command_loads_nothing_heavy(tmp_path: Path) -> None:
    codes, names = loaded(tmp_path, ["--help"], *([name, "--help"] for name in COMMANDS))
    assert set(codes) == {0}
    assert not names & set(HEAVY)


def test_commands_that_need_no_picture_never_load_qt(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("nucleus polygon\n")
    codes, names = loaded(
        tmp_path,
        ["new", "http://127.0.0.1:9/infer", "--name", "n", "-o", "p.byom.json"],
        ["validate", "p.byom.json"],
        ["export", "p.byom.json", "-o", "r.json"],
        ["check", "http://127.0.0.1:9/infer", "--json", "-"],
        ["classes", "http://127.0.0.1:9/infer"],
        ["infer", "http://127.0.0.1:9/infer", str(SAMPLES), "--out", "o", "--no-overlays"],
        ["key", "show"],
    )
    assert codes == [0, 0, 0, 3, 3, 3, 0]
    assert not names & {"PySide6", "shiboken6"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "invalid choice"),
        (["--nonsense"], "unrecognized arguments"),
        (["check"], "Give the endpoint's address or --project FILE."),
        (["check", "127.0.0.1:5000/infer"], "no scheme"),
        (["check", "https://u:p@m.example/infer"], "user or password in the address"),
        (["check", "https://m.example/infer", "--timeout", "soon"], "a number of seconds"),
        (["check", "https://m.example/infer", "--timeout", "0"], "more than 0 and at most 3600"),
        (["check", "https://m.example/infer", "--concurrency", "0"], "from 1 to 64"),
        (["check", "https://m.example/infer", "--ca", "gone.pem"], "gone.pem does not exist"),
        (["check", "https://m.example/infer", "--max-calls", "1"], "at least 2 calls"),
        (["check", "https://m.example/infer", "gone.png"], "None of the images could be read"),
        (["check", "https://m.example/infer", "--json", "-", "--html", "-"], "Only one report"),
        (["check", "https://m.example/infer", "--junit", "gone/j.xml"], "Create it first"),
        (["check", "--project", "gone.byom.json"], "gone.byom.json could not be read"),
        (["check", "https://m.example/infer", "--classes", "gone.txt"], "gone.txt could not be read"),
        (["infer", "https://m.example/infer"], "required: --out"),
        (["infer", "https://m.example/infer", "--out", "o"], "Give at least one image"),
        (["check", "https://m.example/infer", "--json", "."], ". is a folder"),
        (["check", "https://m.example/infer", "--budget", "-5"], "expected milliseconds"),
        (["check", "https://m.example/infer", "--budget", "nan"], "expected milliseconds"),
        (["serve", "--port", "99999"], "from 1 to 65535"),
        (["sandbox", "--port", "-1"], "from 1 to 65535"),
        (["serve", "--fault", "no.such"], "no.such"),
        (["serve", "--user", "ann"], "BYOM_ENDPOINT_PASSWORD"),
        (["key", "lose"], "invalid choice"),
        (["key", "set", "--user", "ann"], "--endpoint URL"),
        (["key", "set", "--endpoint", "https://m.example/infer"], "Name the endpoint's secret"),
        (["export", "gone.json", "-o", "r.json"], "gone.json could not be read"),
        (["register", "gone.json"], "gone.json could not be read"),
        (["validate"], "required: FILE"),
    ],
)
def test_wrong_usage_and_unreadable_input_exit_2_and_say_why(call: Call, words: list[str], said: str) -> None:
    got = call(*words)
    assert got.code == 2
    assert said in got.err
    assert got.out == ""


def test_without_a_display_the_window_says_so_and_ends(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    for words in ([], ["some.byom.json"]):
        got = call(*words)
        assert got.code == 2
        assert "no display" in got.err


def test_version(call: Call) -> None:
    assert call("--version").out == f"byom-gui {__version__}\n"


@pytest.mark.parametrize("command", ["check", "infer"])
def test_an_interrupt_ends_a_run_with_130(tmp_path: Path, command: str) -> None:
    with serving(tmp_path, "serve", "--fault", "net.timeout-read") as endpoint:
        words = [command, endpoint, str(SAMPLES), *(["--out", "o"] if command == "infer" else [])]
        with started(tmp_path, *words) as process:
            told = tmp_path / f"{command}.stderr"
            wait_until(lambda: "calls" in told.read_text(), what="the start")
            time.sleep(0.3)  # into the call that never ends
            before = time.monotonic()
            assert end(process, signal.SIGINT) == 130
            assert time.monotonic() - before < 25, "the call itself takes longer"
        assert told.read_text().endswith("Canceled.\n")
        assert "Traceback" not in told.read_text()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_servers_end_in_order(tmp_path: Path, stop: int) -> None:
    for command in ("serve", "sandbox"):
        with started(tmp_path, command) as process:
            told = tmp_path / f"{command}.stderr"
            wait_until(lambda told=told: "Ctrl+C stops it" in told.read_text(), what="the server")
            time.sleep(0.2)
            assert end(process, stop) == 0
        assert told.read_text().endswith("Stopped.\n")


def test_a_reader_that_goes_away_is_no_accident(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(
        byom("serve", "--list-faults"),
        env=environment(tmp_path),
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=PROCESS,
        check=False,
    )
    os.close(writer)
    assert process.returncode == 2
    assert process.stderr == b"byom-gui: stdout could not be written: the reading program has ended.\n"


def test_a_terminal_without_unicode_still_gets_the_results(tmp_path: Path) -> None:
    with serving(tmp_path, "serve") as endpoint, serving(tmp_path, "sandbox", **SECRETS) as host:
        made = run(tmp_path, "new", endpoint, "--name", "Zellkerne µ", "-o", "p.byom.json")
        assert made.returncode == 0
        done = run(
            tmp_path, "register", "p.byom.json", "--dry-run", **SECRETS, DARWIN_BASE_URL=host, PYTHONIOENCODING="ascii"
        )
    assert done.returncode == 0, done.stderr
    assert "\\xb5" in done.stdout
