"""``dev.py``: what it asks the user to install, and when it makes the virtual environment again."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import dev
from benchmarks.torture.groups import group
from byom_gui.services import system_packages
from byom_gui.services.system_packages import FONT, MANAGERS, OFFSCREEN, WAYLAND, X11
from tests.limits import PROCESS

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone lacks Qt's libraries")

MANY = [OFFSCREEN, X11, WAYLAND, dev.TOOLS, dev.KEYRING, dev.BARE]


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer on which nothing is installed, with an empty PATH; the folder of its programs."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(system_packages, "loads", lambda _: False)
    monkeypatch.setattr(system_packages, "has_font", lambda: False)
    monkeypatch.setattr(dev, "VENV", tmp_path / "venv")
    monkeypatch.setattr(dev, "PYTHON", tmp_path / "venv" / "bin" / "python")
    monkeypatch.setattr(dev, "_skip_system", False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return programs


def add_program(programs: Path, name: str, text: str = "exit 0") -> None:
    """Installs a program."""
    (programs / name).write_text(f"#!/bin/sh\n{text}\n")
    (programs / name).chmod(0o755)


COMMANDS = {
    "apt-get": "apt-get update && apt-get install -y --no-install-recommends libgl1 ",
    "dnf": "dnf install -y libglvnd-glx ",
    "pacman": "pacman -Sy --needed --noconfirm libglvnd ",
    "zypper": "zypper --non-interactive install Mesa-libGL1 ",
    "apk": "apk add mesa-gl ",
}


@pytest.mark.parametrize("manager", MANAGERS)
def test_one_command_names_all_that_is_missing(
    computer: Path, manager: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_program(computer, manager)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SystemExit):
        dev.ensure_system([OFFSCREEN, X11, dev.TOOLS], extra="dev", optional=[dev.KEYRING])
    said = capsys.readouterr().err
    commands = [line.strip() for line in said.splitlines() if line.startswith("  ")]
    assert len(commands) == 1
    assert commands[0].startswith(COMMANDS[manager])
    assert "as root" in said
    words = commands[0].split()
    index = MANAGERS.index(manager)
    for needs in (OFFSCREEN, X11, dev.TOOLS, dev.KEYRING):
        assert {names[index] for names in needs.values()} <= set(words)
    if manager == "apt-get":
        assert f"python3.{sys.version_info.minor}-venv" in words
    packages = [word for word in words if word != "apt-get"]
    assert len(packages) == len(set(packages)), "no package twice"


@pytest.mark.parametrize(("command", "words"), [(dev.dist, []), (dev.torture, ["shipping"])])
def test_what_needs_a_bare_debian_too_names_all_in_one_command(
    command: Callable[[list[str]], int], words: list[str], computer: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    add_program(computer, "dnf")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SystemExit):
        command(words)
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("  ")]
    assert {"xorg-x11-server-Xvfb", "debootstrap"} <= set(line.split())


def test_sudo_is_part_of_the_command_where_there_is_sudo(computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_program(computer, "apt-get")
    add_program(computer, "sudo", "exit 1")  # it asks for a password
    with pytest.raises(SystemExit):
        dev.ensure_system([dev.BARE], extra=None)
    said = capsys.readouterr().err
    command = "  sudo apt-get update && sudo apt-get install -y --no-install-recommends debootstrap\n"
    assert command in said
    assert "as root" not in said


def test_without_a_known_package_manager_the_libraries_are_named(
    computer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del computer
    with pytest.raises(SystemExit, match="--no-system-check"):
        dev.ensure_system([{"libGL.so.1": OFFSCREEN["libGL.so.1"], FONT: OFFSCREEN[FONT]}], extra=None)
    assert "Missing on this computer: libGL.so.1, a font" in capsys.readouterr().err


def test_people_may_go_on_with_a_warning(
    computer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_program(computer, "zypper")
    monkeypatch.setattr(dev, "_skip_system", True)
    dev.ensure_system([OFFSCREEN], extra=None)
    said = capsys.readouterr().err
    assert "WARNING: continuing without them" in said
    assert "Mesa-libGL1" in said


def test_a_keyring_for_tests_is_asked_for_and_not_required(computer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_program(computer, "apk")
    dev.ensure_system([], extra=None, optional=[dev.KEYRING])
    said = capsys.readouterr().err
    assert "apk add dbus gnome-keyring" in said
    assert "will be skipped" in said


def test_root_installs_at_once_and_a_failure_shows_the_command(
    computer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    log = computer / "log"
    add_program(computer, "apt-get", f'echo "$@" >>{log}')
    dev.ensure_system([dev.BARE], extra=None)
    assert log.read_text().splitlines() == ["-qq update", "-qq install -y --no-install-recommends debootstrap"]
    add_program(computer, "apt-get", 'case "$*" in *install*) exit 100;; esac')
    with pytest.raises(SystemExit):
        dev.ensure_system([dev.BARE], extra=None)
    assert "apt-get install -y --no-install-recommends debootstrap" in capsys.readouterr().err


def test_nothing_is_said_where_nothing_is_missing(
    computer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for needs in (dev.TOOLS, dev.KEYRING, dev.BARE):
        for name in needs:
            add_program(computer, name)
    monkeypatch.setattr(system_packages, "loads", lambda _: True)
    monkeypatch.setattr(system_packages, "has_font", lambda: True)
    dev.ensure_system(MANY, extra="dev")
    assert capsys.readouterr() == ("", "")


def test_alpine_is_told_the_truth(computer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_program(computer, "apk")
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _: "cpython-312-x86_64-linux-musl")
    with pytest.raises(SystemExit, match="PySide6 has no packages for systems with musl"):
        dev.ensure_system([OFFSCREEN], extra=None)


def test_fonts_count_wherever_fontconfig_or_the_usual_folders_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count, there in ((0, False), (3, True)):
        monkeypatch.setattr(system_packages, "_fontconfig_count", lambda count=count: count)
        assert system_packages.has_font() is there
    monkeypatch.setattr(system_packages, "_fontconfig_count", lambda: None)
    monkeypatch.setattr(system_packages, "_FONT_FOLDERS", (str(tmp_path / "fonts"),))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not system_packages.has_font()
    (tmp_path / ".local/share/fonts/mine").mkdir(parents=True)
    (tmp_path / ".local/share/fonts/mine/Some.OTF").touch()
    assert system_packages.has_font()


def test_fontconfig_itself_is_asked() -> None:
    count = system_packages._fontconfig_count()
    assert count is None or count >= 0
    assert system_packages.has_font(), "the tests of the window need one"


def test_each_need_has_a_name_for_each_package_manager() -> None:
    for needs in MANY:
        for names in needs.values():
            assert len(names) == len(MANAGERS)
            assert all(name and " " not in name for name in names)


# --- the virtual environment


class Killed(BaseException):
    """The set-up was killed."""


class FakeSetup:
    """Stands in for ``venv`` and pip; dies at a step where that is asked."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.die_in: str = ""
        self.pip_fails = ""

    def watched(self, command: Sequence[str], lock: int) -> tuple[int, str]:
        """As dev.py's own, without a process."""
        assert lock >= 0
        step = "venv" if "venv" in command else "pip"
        self.steps.append(step)
        if step == "venv":
            dev.PYTHON.parent.mkdir(parents=True)
            if self.die_in == "venv":
                raise Killed
            (dev.VENV / "pyvenv.cfg").touch()
            add_program(dev.PYTHON.parent, "python")
            return 0, ""
        (dev.VENV / "lib" / "half").mkdir(parents=True, exist_ok=True)
        if self.die_in == "pip":
            raise Killed
        return (1, self.pip_fails) if self.pip_fails else (0, "")


@pytest.fixture
def setup(computer: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSetup:
    """dev.py with an environment of its own."""
    del computer
    fake = FakeSetup()
    monkeypatch.setattr(dev, "_watched", fake.watched)
    return fake


def test_it_is_made_once_and_reused(setup: FakeSetup) -> None:
    dev.ensure_venv("")
    dev.ensure_venv("")
    assert setup.steps == ["venv", "pip"]
    dev.ensure_venv("dev")
    dev.ensure_venv("")
    assert setup.steps == ["venv", "pip", "pip"], "more packages go into the same environment"


@pytest.mark.parametrize("step", ["venv", "pip"])
@pytest.mark.parametrize("extra", ["", "dev"])
def test_killed_at_any_step_it_starts_over(setup: FakeSetup, step: str, extra: str) -> None:
    setup.die_in = step
    with pytest.raises(Killed):
        dev.ensure_venv(extra)
    assert not dev.is_ready(extra)
    setup.die_in = ""
    setup.steps.clear()
    dev.ensure_venv(extra)
    assert setup.steps == ["venv", "pip"]
    assert dev.is_ready(extra)


def test_killed_while_more_is_installed_it_starts_over(setup: FakeSetup) -> None:
    dev.ensure_venv("")
    setup.die_in = "pip"
    with pytest.raises(Killed):
        dev.ensure_venv("dev")
    assert not dev.is_ready(""), "what pip left is not to be trusted"
    setup.die_in = ""
    setup.steps.clear()
    dev.ensure_venv("")
    assert setup.steps == ["venv", "pip"]


def lose_python() -> None:
    dev.PYTHON.unlink()
    dev.PYTHON.symlink_to("/usr/bin/python3.0")


def lose_pip() -> None:
    """Where packages are to be added and pip is gone."""
    add_program(dev.PYTHON.parent, "python", "exit 1")
    for path in dev.VENV.glob("*.stamp"):
        path.write_text(path.read_text().replace("\n", "\nolder", 1))


def lose_the_right_to_run() -> None:
    dev.PYTHON.chmod(0o644)


def break_python() -> None:
    """Another computer's program, and packages are to be added."""
    lose_pip()
    dev.PYTHON.write_bytes(b"\x7fELF?")


def replace_stamps() -> None:
    for path in dev.VENV.glob("*.stamp"):
        path.unlink()
        path.mkdir()


def garble_stamps() -> None:
    for path in dev.VENV.glob("*.stamp"):
        path.write_bytes(b"\xff\x00 half")


@pytest.mark.parametrize(
    "damage", [lose_python, lose_pip, lose_the_right_to_run, break_python, replace_stamps, garble_stamps]
)
def test_a_damaged_environment_is_made_again(setup: FakeSetup, damage: object) -> None:
    dev.ensure_venv("")
    assert callable(damage)
    damage()
    setup.steps.clear()
    dev.ensure_venv("")
    assert setup.steps == ["venv", "pip"]


def test_one_without_pip_that_nobody_finished_is_made_again(setup: FakeSetup) -> None:
    dev.PYTHON.parent.mkdir(parents=True)
    (dev.VENV / "pyvenv.cfg").touch()
    add_program(dev.PYTHON.parent, "python", "exit 1")
    dev.ensure_venv("")
    assert setup.steps == ["venv", "pip"]


def test_another_python_or_another_place_makes_another_environment(
    setup: FakeSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.ensure_venv("")
    moved = dev.VENV.with_name("moved")
    dev.VENV.rename(moved)
    monkeypatch.setattr(dev, "VENV", moved)
    monkeypatch.setattr(dev, "PYTHON", moved / "bin" / "python")
    dev.ensure_venv("")
    assert setup.steps == ["venv", "pip"] * 2
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _: "cpython-399-x86_64-linux-gnu")
    dev.ensure_venv("")
    assert setup.steps == ["venv", "pip"] * 3


def test_a_folder_that_is_no_environment_is_left_alone(setup: FakeSetup) -> None:
    dev.VENV.mkdir()
    (dev.VENV / "thesis.tex").touch()
    with pytest.raises(SystemExit, match="is not a virtual environment, so nothing was changed"):
        dev.ensure_venv("")
    assert (dev.VENV / "thesis.tex").exists()
    assert setup.steps == []


def test_what_is_not_needed_may_fail(setup: FakeSetup, capsys: pytest.CaptureFixture[str]) -> None:
    dev.ensure_venv("dev")
    setup.pip_fails = "ERROR: No matching distribution found for onnxruntime>=1.32"
    dev.ensure_venv("diagnosis", needed=False)
    assert "no version for this computer" in capsys.readouterr().err
    assert dev.is_ready("dev")
    assert not dev.is_ready("diagnosis")
    with pytest.raises(SystemExit, match="no version for this computer"):
        dev.ensure_venv("audit")


NETWORK = "No package index could be reached"


@pytest.mark.parametrize(
    ("code", "said", "words", "blamed"),
    [
        (1, "WARNING: Retrying after NewConnectionError\nERROR: … (from versions: none)\nERROR: No matching "
            "distribution found for hatchling", NETWORK, True),
        (1, "ERROR: Could not find a version that satisfies hatchling (from versions: none)",
            "could not be reached, or has no matching version", False),
        (2, "Temporary failure in name resolution", NETWORK, True),
        (1, "WARNING: Retrying … ReadTimeoutError\nERROR: Could not find a version that satisfies x>=9 (from versions: "
            "1.0, 2.0)\nERROR: No matching distribution found for x>=9", "no version for this computer", False),
        (1, "OSError: [Errno 28] No space left on device", "The disk is full", False),
        (1, "No module named pip", "its messages are above", False),
        (-9, "", "stopped by signal 9", False),
    ],
)  # fmt: skip
def test_the_network_is_blamed_only_where_it_was_the_network(code: int, said: str, words: str, blamed: bool) -> None:
    sentence = dev.why_pip_failed(code, said)
    assert words in sentence
    assert (NETWORK in sentence) is blamed


def test_two_at_once_wait_for_each_other_even_for_the_children_of_one_that_was_killed(
    computer: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    del computer
    sleeper = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with dev._alone() as lock:
        orphan = subprocess.Popen(sleeper, stdin=subprocess.PIPE, pass_fds=(lock,))
    script = f"import sys; sys.path.insert(0, {str(dev.ROOT)!r}); import dev; dev._alone().__enter__(); print('mine')"
    env = {"BYOM_VENV": str(dev.VENV), "TMPDIR": tempfile.gettempdir()}
    other = subprocess.Popen([sys.executable, "-c", script], env=env, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "Waiting for another setup of the same environment\n"
    orphan.communicate(timeout=PROCESS)
    assert other.communicate(timeout=PROCESS)[0] == "mine\n"


def test_messages_are_shown_and_kept(capfd: pytest.CaptureFixture[str]) -> None:
    code, said = dev._watched([sys.executable, "-c", "import sys; sys.exit('it broke')"], -1)
    assert (code, said) == (1, "it broke\n")
    assert "it broke" in capfd.readouterr().err


def test_options_of_dev_and_of_its_commands_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(dev, "_skip_system", False)

    def command(rest: list[str]) -> int:
        seen.append(rest)
        return 0

    monkeypatch.setitem(dev.COMMANDS, "test", command)
    monkeypatch.setattr(sys, "argv", ["dev.py", "test", "--no-system-check", "--no-header", "tests/core"])
    assert dev.main() == 0
    assert seen == [["--no-header", "tests/core"]]
    assert dev._skip_system is True


def test_a_group_of_tests_names_what_failed(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_good(): pass\ndef test_bad(): assert 0\n")
    row = group("a", "b", str(tmp_path / "test_it.py"), "--rootdir", str(tmp_path), "-c", os.devnull)
    assert row.short.startswith("1 failed: ")
    assert row.short.endswith("test_it.py::test_bad")
    none = group("a", "b", str(tmp_path / "nowhere.py"), "--rootdir", str(tmp_path), "-c", os.devnull)
    assert "nowhere.py" in none.short
