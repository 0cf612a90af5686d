#!/usr/bin/env python3
"""The one way to everything: ``python3 dev.py COMMAND``; the commands are at the end, and ``--help`` lists them.

Standard library alone, so that it runs on a machine with nothing but Python 3.11 or later. Each command
sets up what it needs first (system libraries, a virtual environment, pinned packages) and leaves a stamp,
so that a second call starts at once.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("BYOM_VENV", ROOT / ".venv"))
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

# Debian and Ubuntu package -> a library or program that shows it is there.
OFFSCREEN = {
    "libgl1": "libGL.so.1",
    "libegl1": "libEGL.so.1",
    "libglib2.0-0": "libglib-2.0.so.0",
    "libfontconfig1": "libfontconfig.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
    "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
}
WINDOW = {
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
}
TESTING = {
    "xvfb": "Xvfb",
    "xauth": "xauth",
    "openbox": "openbox",
    "xdotool": "xdotool",
    "curl": "curl",
    "dbus": "dbus-run-session",
    "gnome-keyring": "gnome-keyring-daemon",
}


def has_display() -> bool:
    """Whether a window can be opened here."""
    return WINDOWS or sys.platform == "darwin" or any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))


def present(sign: str) -> bool:
    """Whether the library, file or program named by ``sign`` is on this machine."""
    if sign.startswith("/"):
        return Path(sign).exists()
    if ".so" in sign:
        try:
            ctypes.CDLL(sign)
        except OSError:
            return False
        return True
    return shutil.which(sign) is not None


def privileged() -> list[str] | None:
    """The words before ``apt-get``: none for root, ``sudo -n`` where it asks nothing, else None."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def install_system(packages: Sequence[str]) -> None:
    """Installs Debian packages, or ends with the one command that would."""
    command = "sudo apt-get update && sudo apt-get install -y " + " ".join(packages)
    before = privileged() if shutil.which("apt-get") else None
    if before is None:
        sys.exit(
            f"These system packages are missing: {', '.join(packages)}\nInstall them, then run this again:\n  {command}"
        )
    print(f"Installing system packages: {', '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        done = subprocess.run([*before, "apt-get", *words], env=environment, stdout=subprocess.DEVNULL)
        if done.returncode and words[0] == "install":
            sys.exit(f"apt-get could not install them. The whole command is:\n  {command}")


def ensure_system(wanted: Iterable[dict[str, str]]) -> None:
    """Looks for system libraries on Linux and installs what is missing; elsewhere Qt brings its own."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for group in wanted for package, sign in group.items() if not present(sign)]
    if missing:
        install_system(missing)


def ensure_venv(extra: str, *, needed: bool = True) -> None:
    """Makes the virtual environment and installs the pinned packages; a stamp tells that it was done.

    Where packages that are not ``needed`` can not be installed, that is said, and the rest goes on.
    """
    parts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    digest = hashlib.sha256(b"\0".join([*parts, platform.python_version().encode()])).hexdigest()
    stamps = [VENV / f"byom-{name}.stamp" for name in {"": ("run", "dev")}.get(extra, (extra,))]
    if PYTHON.exists() and any(s.exists() and s.read_text() == digest for s in stamps):
        return
    if not PYTHON.exists():
        if importlib.util.find_spec("ensurepip") is None and not WINDOWS:
            install_system([f"python3.{sys.version_info.minor}-venv" if shutil.which("apt-get") else "python3-venv"])
        print(f"Making a virtual environment in {VENV}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    print("Installing pinned packages (once)", flush=True)
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    command = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    done = subprocess.run([*command, "-c", str(ROOT / "constraints.txt"), "-e", target])
    if done.returncode:
        words = "pip could not install the packages; its own words are above. Is a package index reachable?"
        if needed:
            sys.exit(words)
        print(words, flush=True)
        return
    (VENV / f"byom-{extra or 'run'}.stamp").write_text(digest)


def run(*words: str, env: dict[str, str] | None = None) -> int:
    """Runs a module or script with the environment's Python; returns its exit code."""
    return subprocess.run([str(PYTHON), *words], cwd=ROOT, env={**os.environ, **(env or {})}).returncode


def demo(rest: list[str]) -> int:
    """The main job on the built-in server: in a window, or offscreen where there is no display."""
    headless = "--headless" in rest or not has_display()
    ensure_system([OFFSCREEN] if headless else [OFFSCREEN, WINDOW])
    ensure_venv("")
    return run("-m", "byom_gui", "demo", *rest)


def set_up_tests() -> None:
    ensure_system([OFFSCREEN, WINDOW, TESTING])
    ensure_venv("dev")


def set_up_dist() -> None:
    """A bare Debian can be made by root alone."""
    if sys.platform.startswith("linux") and privileged() == []:
        ensure_system([{"debootstrap": "debootstrap"}])


def test(rest: list[str]) -> int:
    """The tests, all of them."""
    set_up_tests()
    workers = [] if any(word.startswith(("-n", "-p")) for word in rest) else ["-n", "2", "--dist", "loadgroup"]
    return run("-m", "pytest", *workers, *rest)


def check(_: list[str]) -> int:
    """Formatting, lint, types, import layers, tests with the coverage of core."""
    set_up_tests()
    steps: list[tuple[str, list[str]]] = [
        ("format", ["-m", "ruff", "format", "--check", "."]),
        ("lint", ["-m", "ruff", "check", "."]),
        ("types", ["-m", "mypy"]),
        (
            "layers",
            ["-c", "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"],
        ),
        ("tests", ["-m", "pytest", "-n", "2", "--dist", "loadgroup", "--cov", "--cov-report="]),
        (
            "core coverage",
            ["-m", "coverage", "report", "--include=byom_gui/core/*", "--fail-under=100", "--skip-covered"],
        ),
    ]
    failed = []
    for name, words in steps:
        print(f"── {name}", flush=True)
        if run(*words):
            failed.append(name)
    print(f"Not green: {', '.join(failed)}" if failed else "All green", flush=True)
    return 1 if failed else 0


def bench(rest: list[str]) -> int:
    """Speed, measured and printed; nothing is asserted."""
    set_up_tests()
    return run("-m", "benchmarks", *rest, env={"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")})


def diagnosis(rest: list[str]) -> int:
    """The diagnosis, measured on servers with known faults; writes docs/diagnosis.md."""
    set_up_tests()
    ensure_venv("diagnosis", needed=False)
    return run("-m", "benchmarks.diagnosis", *rest)


def torture(rest: list[str]) -> int:
    """What can go wrong, made to go wrong; writes docs/reliability.md."""
    set_up_tests()
    if not rest or "shipping" in rest:
        set_up_dist()
        ensure_venv("audit")
        ensure_venv("diagnosis", needed=False)  # the OCR example's real model
    return run("-m", "benchmarks.torture", *rest, env={"QT_QPA_PLATFORM": "offscreen"})


def house(rest: list[str]) -> int:
    """How large the house is, and how hard it is to find one's way in it; writes docs/house.md."""
    set_up_tests()
    return run("-m", "benchmarks.house", *rest)


def mutants(rest: list[str]) -> int:
    """Small faults put into core and services, and how many the tests notice; writes docs/mutants.md."""
    set_up_tests()
    return run("-m", "benchmarks.mutants", *rest)


def shots(rest: list[str]) -> int:
    """Makes every picture of the window that README and docs show."""
    set_up_tests()
    return run("-m", "benchmarks.shots", *rest, env={"QT_QPA_PLATFORM": "offscreen"})


def audit(_: list[str]) -> int:
    """Vulnerabilities, licences and an SBOM of what is shipped, into dist/audit; 3 where it could not be asked."""
    ensure_venv("audit")
    return run("-m", "benchmarks.shipping.audit")


def dist(_: list[str]) -> int:
    """Wheel, sdist and frozen app into dist, and the main job done with each; writes docs/shipping.md."""
    set_up_tests()
    set_up_dist()
    return run("-m", "benchmarks.shipping.dist")


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo,
    "test": test,
    "check": check,
    "bench": bench,
    "diagnosis": diagnosis,
    "torture": torture,
    "house": house,
    "mutants": mutants,
    "shots": shots,
    "audit": audit,
    "dist": dist,
}


def main() -> int:
    """Reads the command and runs it; what follows it is passed on."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an old Python would be asked to run
        sys.exit(f"byom-gui needs Python 3.11 or later; this is {platform.python_version()}.")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=COMMANDS, help="; ".join(f"{n}: {f.__doc__}" for n, f in COMMANDS.items()))
    arguments, rest = parser.parse_known_args()
    return COMMANDS[arguments.command](rest)


if __name__ == "__main__":
    sys.exit(main())
