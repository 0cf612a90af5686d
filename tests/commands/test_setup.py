"""Commands on a computer that lacks what Qt needs: one sentence with the packages, no traceback, no answer lost."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from byom_gui.app import qt_check
from byom_gui.core.errors import SetupError
from byom_gui.sandbox.model_server import ModelServer
from tests.commands.processes import SAMPLES, environment
from tests.e2e.screen import virtual_screen
from tests.limits import PROCESS

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Qt brings its own libraries elsewhere")

WITHOUT = """
import ctypes, importlib.abc, sys

LACKING = {lacking!r}
FIRST = next((each for each in LACKING if each.startswith("lib") and "xcb" not in each), "")

class Lacking(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in ("PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtSvg") and FIRST:
            raise ImportError(FIRST + ": cannot open shared object file: No such file or directory")

class Library(ctypes.CDLL):
    def __init__(self, name, *more, **options):
        missing = [each for each in LACKING if each == name or ("libqxcb" in str(name) and "xcb" in each)]
        if missing:
            raise OSError(f"{{missing[0]}}: cannot open shared object file: No such file or directory")
        super().__init__(name, *more, **options)

sys.meta_path.insert(0, Lacking())
ctypes.CDLL = Library
if "fonts" in LACKING:
    from byom_gui.services import system_packages
    system_packages.has_font = lambda: False
from byom_gui.cli import main
sys.exit(main(sys.argv[1:]))
"""


def without(lacking: tuple[str, ...], home: Path, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, to which these libraries are missing."""
    bin_folder = home / "bin"
    bin_folder.mkdir(parents=True, exist_ok=True)
    manager = bin_folder / "dnf"
    manager.write_text("#!/bin/sh\n")
    manager.chmod(0o755)
    env = {**environment(home, **more), "PATH": str(bin_folder)}
    if "QT_QPA_PLATFORM" not in more:
        del env["QT_QPA_PLATFORM"]
    command = [sys.executable, "-c", WITHOUT.format(lacking=lacking), *map(str, words)]
    return subprocess.run(command, env=env, cwd=home, capture_output=True, encoding="utf-8", timeout=PROCESS)


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command has printed before it ended with 2."""
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_window_without_qts_libraries_names_all_packages_at_once(tmp_path: Path) -> None:
    lacking = ("libEGL.so.1", "libdbus-1.so.3", "libxcb-icccm.so.4")
    said = sentence(without(lacking, tmp_path, DISPLAY=":1"))
    assert "libEGL.so.1, libdbus-1.so.3, libxcb-icccm.so.4 are missing" in said
    assert said.endswith("dnf install -y libglvnd-egl dbus-libs xcb-util-wm")


def test_the_offscreen_demo_without_qts_libraries_says_so(tmp_path: Path) -> None:
    said = sentence(without(("libEGL.so.1",), tmp_path, "demo", "--headless"))
    assert "libEGL.so.1 is missing" in said
    assert "dnf install -y libglvnd-egl" in said


def test_a_library_that_nobody_listed_is_named_in_the_linkers_words(tmp_path: Path) -> None:
    said = sentence(without(("libodd.so.7",), tmp_path, DISPLAY=":1"))
    assert "libodd.so.7: cannot open shared object file" in said
    assert "Install the package that has it" in said


def test_what_the_linker_misses_is_named_even_where_it_is_found_otherwise(tmp_path: Path) -> None:
    """A library of the wrong kind loads nowhere, and is on the disk."""
    env = {**environment(tmp_path), "PATH": ""}
    code = WITHOUT.format(lacking=("libGL.so.1",)).replace("ctypes.CDLL = Library", "")
    command = [sys.executable, "-c", code, "demo", "--headless"]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=PROCESS)
    assert "libGL.so.1 is missing on this computer. Install the packages of your system" in sentence(done)


def test_a_window_without_the_cursor_library_does_not_abort(tmp_path: Path) -> None:
    said = sentence(without(("libxcb-cursor.so.0",), tmp_path, DISPLAY=":1"))
    assert "libxcb-cursor.so.0 is missing" in said
    assert "xcb-util-cursor" in said


def test_no_font_is_said_before_a_window_without_letters_opens(tmp_path: Path) -> None:
    said = sentence(without(("fonts",), tmp_path, "demo", "--headless"))
    assert "a font is missing" in said
    assert "dejavu-sans-fonts" in said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"DISPLAY": ":4711"}, "X display “:4711” (DISPLAY): no X server"),
        ({"DISPLAY": "nonsense"}, "this is not the name of a display"),
        (
            {"WAYLAND_DISPLAY": "wayland-9"},
            "Wayland display “wayland-9” (WAYLAND_DISPLAY): its socket cannot be reached",
        ),
        ({"DISPLAY": ":4711", "WAYLAND_DISPLAY": "/nowhere/w"}, "Wayland display “/nowhere/w”"),
        ({"QT_QPA_PLATFORM": "xcb"}, "DISPLAY is not set"),
        ({"QT_QPA_PLATFORM": "eglx:size=1"}, "QT_QPA_PLATFORM is “eglx”, which this Qt does not have"),
        ({}, "There is no display"),
    ],
)
@pytest.mark.parametrize("command", [(), ("p.byom.json",)])
def test_a_display_that_does_not_answer_is_a_sentence(
    tmp_path: Path, more: dict[str, str], words: str, command: tuple[str, ...]
) -> None:
    assert words in sentence(without((), tmp_path, *command, **more))


def test_the_demo_says_it_of_a_dead_display_too(tmp_path: Path) -> None:
    assert "demo --headless" in sentence(without((), tmp_path, "demo", DISPLAY=":4711"))


@pytest.mark.parametrize("lacking", [("libEGL.so.1",), ("fonts",)])
def test_overlays_that_cannot_be_drawn_cost_no_answer(tmp_path: Path, lacking: tuple[str, ...]) -> None:
    images = sorted(SAMPLES.glob("*.png"))[:2]
    with ModelServer() as model:
        done = without(lacking, tmp_path, "infer", model.url, *images, "--out", "out", "--csv", "all.csv")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Overlays cannot be drawn; the responses are written anyway.") == 1
    lines = (tmp_path / "out" / "answers.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["image"] for line in lines] == [str(path) for path in images]
    assert (tmp_path / "all.csv").stat().st_size > 0
    assert list((tmp_path / "out").glob("*.png")) == []


def test_no_painter_is_loaded_where_none_is_needed(tmp_path: Path) -> None:
    with ModelServer() as model:
        words = ("infer", model.url, sorted(SAMPLES.glob("*.png"))[0], "--out", "out", "--no-overlays")
        done = without(("libEGL.so.1",), tmp_path, *words)
        assert (done.returncode, "overlay" in done.stderr) == (0, False), done.stderr
        assert without(("libEGL.so.1",), tmp_path, "check", model.url, "--quick").returncode == 0


def test_an_overlay_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    images = [tmp_path / "first.png", tmp_path / "second.png"]
    for image in images:
        shutil.copy(sorted(SAMPLES.glob("*.png"))[0], image)
    (tmp_path / "out" / "first.overlay.png").mkdir(parents=True)
    with ModelServer() as model:
        done = without((), tmp_path, "infer", model.url, *images, "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "No overlay for " in done.stderr
    assert "first.overlay.png could not be written: it is a folder." in done.stderr
    assert (tmp_path / "out" / "second.overlay.png").is_file()
    assert len((tmp_path / "out" / "answers.jsonl").read_text("utf-8").splitlines()) == 2


def test_a_display_that_is_asked_for_by_name_is_not_needed_to_write_overlays(tmp_path: Path) -> None:
    image = sorted(SAMPLES.glob("*.png"))[0]
    with ModelServer() as model:
        done = without((), tmp_path, "infer", model.url, image, "--out", "out", QT_QPA_PLATFORM="xcb", DISPLAY=":9")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").glob("*.overlay.png"))) == 1


def test_a_display_that_hangs_does_not_hang_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qt_check, "DISPLAY_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        number = silent.getsockname()[1] - 6000
        with pytest.raises(SetupError, match="did not answer within 0 seconds"):
            qt_check._require_display("xcb", {"DISPLAY": f"127.0.0.1:{number}"})
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "w"))
        compositor.listen()
        qt_check._require_display("wayland", {"WAYLAND_DISPLAY": "w", "XDG_RUNTIME_DIR": str(tmp_path)})
    with pytest.raises(SetupError, match="Connection refused"):
        qt_check._require_display("wayland", {"WAYLAND_DISPLAY": str(tmp_path / "w")})


@pytest.mark.xvfb
@pytest.mark.xdist_group("xvfb")
def test_of_two_displays_the_one_that_answers_is_taken(tmp_path: Path) -> None:
    with virtual_screen(tmp_path) as screen:
        more = {"DISPLAY": screen.display, "WAYLAND_DISPLAY": "/nowhere/w", "XDG_SESSION_TYPE": "wayland"}
        done = without((), tmp_path, "--quit-after-first-paint", **more)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
