#!/usr/bin/env python3
"""The entry point for everything: ``python3 dev.py COMMAND``; the commands are at the end, and ``--help`` lists them.

Standard library alone, so that it runs on a machine with nothing but Python 3.11 or later. Each command
sets up what it needs first (system libraries, a virtual environment, pinned packages) and leaves a stamp,
so that a second call starts at once.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an old Python would be asked to run
    sys.exit(f"byom-gui needs Python 3.11 or later; this is {platform.python_version()}.")

from byom_gui.services import system_packages
from byom_gui.services.system_packages import OFFSCREEN, X11, Needs

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("BYOM_VENV") or ROOT / ".venv").resolve()
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

TOOLS: Needs = {
    "Xvfb": ("xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb", "xorg-x11-server-Xvfb", "xvfb"),
    "openbox": ("openbox",) * 5,
    "xdotool": ("xdotool",) * 5,
    "curl": ("curl",) * 5,
}
"""What the tests start."""
KEYRING: Needs = {
    "dbus-run-session": ("dbus", "dbus-daemon", "dbus", "dbus-1", "dbus"),
    "gnome-keyring-daemon": ("gnome-keyring",) * 5,
}
"""For the tests of a real keyring alone, which are skipped without it."""
BARE: Needs = {"debootstrap": ("debootstrap",) * 5}
_VENV_PARTS = {"bin", "include", "lib", "lib64", "share", "Scripts", "Include", "Lib", "pyvenv.cfg", ".gitignore"}
_NO_NETWORK = (
    *("NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionResetError", "ProxyError"),
    *("Connection refused", "Name or service not known", "Temporary failure in name resolution", "SSLError"),
    *("Network is unreachable", "Remote end closed connection", "Connection aborted", "Max retries exceeded"),
)
_skip_system = os.environ.get("BYOM_SKIP_SYSTEM", "") not in ("", "0")


def administrator() -> list[str] | None:
    """The words before a package manager: none for root, ``sudo -n`` where it asks nothing, else None."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def ensure_system(wanted: Iterable[Needs], *, extra: str | None = "", optional: Iterable[Needs] = ()) -> None:
    """Looks for all that is missing before it says anything; installs it with apt-get, or ends with the one command.

    Args:
        wanted: what has to be there; on Linux alone, as Qt brings its own elsewhere.
        extra: the extra for which the virtual environment will be made, so that Python's own part of it is looked
            for, too; None where it is not.
        optional: what is installed along with the rest, and needed by some tests alone.
    """
    if not sys.platform.startswith("linux"):
        return
    if "musl" in str(sysconfig.get_config_var("SOABI")) and not _skip_system:
        sys.exit(
            "byom-gui cannot be installed here: PySide6 has no packages for systems with musl, such as Alpine Linux. "
            "Use a system or a container with glibc, such as Debian. If you have PySide6 from elsewhere: "
            "--no-system-check."
        )
    required = [needs for each in wanted for needs in each.items() if not system_packages.present(needs[0])]
    if extra is not None and not is_ready(extra) and importlib.util.find_spec("ensurepip") is None:
        venv = f"python3.{sys.version_info.minor}-venv"
        required.append(("Python's module venv", (venv, "python3-libs", "python", "python3-base", "python3")))
    others = [needs for each in optional for needs in each.items() if not system_packages.present(needs[0])]
    if required or others:
        _install(dict(required), dict(others))


def _install(required: Needs, others: Needs) -> None:
    """Installs what is missing where that asks nobody; else ends, or goes on where the user or the tests can."""
    lacking = system_packages.name_packages({**required, **others})
    before = administrator() if lacking.manager == "apt-get" else None
    if before is not None and _apt_get(before, lacking.packages):
        return
    print(f"Missing on this computer: {', '.join(lacking.signs)}", file=sys.stderr)
    if lacking.command():
        root = "" if "sudo " in lacking.command() else ", as root"
        print(f"To install what is missing{root}, run:\n  {lacking.command()}", file=sys.stderr, flush=True)
    else:
        print("Install your system's packages for them.", file=sys.stderr, flush=True)
    if not required:
        print(f"Tests that need {', '.join(others)} will be skipped.", file=sys.stderr, flush=True)
    elif _skip_system:
        print("WARNING: continuing without them, as requested; expect failures.", file=sys.stderr, flush=True)
    else:
        sys.exit("Then run this again. To continue without them: --no-system-check, or BYOM_SKIP_SYSTEM=1.")


def _apt_get(before: Sequence[str], packages: Sequence[str]) -> bool:
    print(f"Installing system packages: {', '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*before, "apt-get", "-qq"]
    # Old lists of packages may be good enough; whether they are is seen when packages are installed.
    subprocess.run([*apt, "update"], env=environment, stdout=subprocess.DEVNULL)
    words = [*apt, "install", "-y", "--no-install-recommends", *packages]
    return subprocess.run(words, env=environment, stdout=subprocess.DEVNULL).returncode == 0


def _identity() -> str:
    """What a virtual environment belongs to: a kind of Python, a place, a clone. One that was moved is another."""
    return f"{sysconfig.get_config_var('SOABI') or sys.implementation.cache_tag} {VENV} {ROOT}"


def _stamp() -> str:
    """What a finished set-up leaves behind."""
    parts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return f"{_identity()}\n{hashlib.sha256(bytes(1).join(parts)).hexdigest()}\n"


def _stamps() -> dict[Path, str]:
    return {path: path.read_text(errors="replace") for path in VENV.glob("byom-*.stamp") if path.is_file()}


def is_ready(extra: str) -> bool:
    """Whether the environment was set up to the end for this extra, by this Python, in this place."""
    names = {"": ("run", "dev")}.get(extra, (extra,))
    found = _stamps()
    return os.access(PYTHON, os.X_OK) and any(found.get(VENV / f"byom-{name}.stamp") == _stamp() for name in names)


def ensure_venv(extra: str, *, needed: bool = True) -> None:
    """Makes the virtual environment and installs the pinned packages. Stamps say which set-ups came to their end.

    Stamps are taken away before anything is changed: where a set-up was killed there is none, and all is made again.
    Where packages that are not ``needed`` cannot be installed, that is said, and the rest goes on.
    """
    if is_ready(extra):
        return
    with _alone() as lock:
        if is_ready(extra):
            return
        if not _is_whole():
            _make_venv(lock)
        print(f"Installing pinned packages into {VENV} (once)", flush=True)
        before = _stamps()
        for path in before:
            path.unlink()
        target = f"{ROOT}[{extra}]" if extra else str(ROOT)
        command = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        code, said = _watched([*command, "-c", str(ROOT / "constraints.txt"), "-e", target], lock)
        if code == 0:
            before[VENV / f"byom-{extra or 'run'}.stamp"] = _stamp()
        if code == 0 or not needed:
            for path, text in before.items():
                path.write_text(text)
        if code:
            _give_up(why_pip_failed(code, said), needed)


def _give_up(sentence: str, needed: bool) -> None:
    if needed:
        sys.exit(sentence)
    print(sentence, file=sys.stderr, flush=True)


def _is_whole() -> bool:
    """Whether there is an environment of this Python in which pip can go on."""
    if not any(text.startswith(f"{_identity()}\n") for text in _stamps().values()):
        return False
    try:
        return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


def _make_venv(lock: int) -> None:
    """Makes the environment from nothing; what is there is what an interrupted or another set-up left."""
    if VENV.exists():
        inside = VENV.iterdir() if VENV.is_dir() else [VENV]
        strangers = {path.name for path in inside if path.suffix != ".stamp"} - _VENV_PARTS
        if strangers and not (VENV / "pyvenv.cfg").exists():
            sys.exit(
                f"{VENV} is not a virtual environment, so nothing was changed. Set BYOM_VENV to a different folder."
            )
        print(
            f"The environment in {VENV} is incomplete or belongs to a different Python or location; creating it again.",
            flush=True,
        )
        try:
            for path in _stamps():
                path.unlink()
            shutil.rmtree(VENV)
        except OSError as error:
            sys.exit(f"{VENV} cannot be removed: {error.strerror}. Remove it yourself, or set BYOM_VENV.")
    print(f"Creating a virtual environment in {VENV}", flush=True)
    # The environment's own Python may be the one that runs this.
    maker = getattr(sys, "_base_executable", None) or sys.executable
    code, _ = _watched([maker, "-m", "venv", str(VENV)], lock)
    if code:
        sys.exit(f"Python could not create a virtual environment in {VENV}; its message is above.")


def _watched(command: Sequence[str], lock: int) -> tuple[int, str]:
    """Runs a command whose messages are shown as they come; its exit code and its messages.

    It holds the lock: where this process is killed, the next one waits for what is still being written.
    """
    kept = (lock,) if lock >= 0 else ()
    said: list[str] = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace", pass_fds=kept) as process:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            print(line, end="", file=sys.stderr, flush=True)
    return process.returncode, "".join(said)


@contextlib.contextmanager
def _alone() -> Iterator[int]:
    """Waits while another set-up of the same environment runs; the lock's file descriptor, or -1 on Windows."""
    try:
        import fcntl
    except ImportError:
        yield -1
        return
    name = f"byom-gui-{os.getuid()}-{hashlib.sha256(os.fsencode(VENV)).hexdigest()[:16]}.lock"
    with Path(tempfile.gettempdir(), name).open("a") as file:
        note = threading.Timer(2.0, print, ["Waiting for another setup of the same environment"], {"flush": True})
        note.start()
        fcntl.flock(file, fcntl.LOCK_EX)
        note.cancel()
        yield file.fileno()


def why_pip_failed(code: int, said: str) -> str:
    """What to do about pip's failure. The network is blamed only where pip itself could not reach an index."""
    what = "pip could not install the packages; its messages are above."
    if code < 0:
        return f"pip was stopped by signal {-code}. Run this again: the setup starts over."
    if "No space left on device" in said:
        return f"{what} The disk is full."
    unreachable = any(sign in said for sign in _NO_NETWORK)
    if unreachable and ("from versions: none" in said or "No matching distribution" not in said):
        settings = "pip's proxy, index and certificate settings"
        return f"{what} No package index could be reached: check the network, and {settings}."
    if "from versions: none" in said:
        return f"{what} The package index could not be reached, or has no matching version of a package."
    if "No matching distribution" in said or "is not a supported wheel" in said:
        libc = " ".join(platform.libc_ver()) or "no glibc"
        here = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {libc}"
        return f"{what} A package has no version for this computer ({here}), or the index does not have it."
    return what


def run(*words: str, env: dict[str, str] | None = None) -> int:
    """Runs a module or script with the environment's Python; returns its exit code."""
    return subprocess.run([str(PYTHON), *words], cwd=ROOT, env={**os.environ, **(env or {})}).returncode


def demo(rest: list[str]) -> int:
    """The main workflow on the built-in server: in a window, or offscreen without a display."""
    headless = "--headless" in rest or not system_packages.has_display(os.environ)
    ensure_system([OFFSCREEN] if headless else [OFFSCREEN, *system_packages.for_window(os.environ)])
    ensure_venv("")
    code = run("-m", "byom_gui", "demo", *rest)
    if not code:
        print(f"The app itself: {PYTHON.with_name('byom-gui.exe' if WINDOWS else 'byom-gui')}", flush=True)
    return code


def set_up_tests(*, bare: bool = False) -> None:
    """What the tests need, and a bare Debian where ``bare`` says so: root alone can make one."""
    more = [BARE] if bare and sys.platform.startswith("linux") and administrator() == [] else []
    ensure_system([OFFSCREEN, X11, TOOLS, *more], extra="dev", optional=[KEYRING])
    ensure_venv("dev")


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
    """Stress tests of what can go wrong; writes docs/reliability.md."""
    shipping = not rest or "shipping" in rest
    set_up_tests(bare=shipping)
    if shipping:
        ensure_venv("audit")
        ensure_venv("diagnosis", needed=False)  # the OCR example's real model
    return run("-m", "benchmarks.torture", *rest, env={"QT_QPA_PLATFORM": "offscreen"})


def house(rest: list[str]) -> int:
    """Size and structure of the code, measured; writes docs/house.md."""
    set_up_tests()
    return run("-m", "benchmarks.house", *rest)


def mutants(rest: list[str]) -> int:
    """Small faults in core and services, and how many the tests notice; writes docs/mutants.md."""
    set_up_tests()
    return run("-m", "benchmarks.mutants", *rest)


def shots(rest: list[str]) -> int:
    """Creates every screenshot in README and docs."""
    set_up_tests()
    return run("-m", "benchmarks.shots", *rest, env={"QT_QPA_PLATFORM": "offscreen"})


def python(rest: list[str]) -> int:
    """The environment's Python, with what follows: `run -m ruff check`."""
    set_up_tests()
    return run(*rest)


def audit(_: list[str]) -> int:
    """Vulnerabilities, licenses and an SBOM of what is shipped, into dist/audit; 3 if it is unreachable."""
    ensure_system([], extra="audit")
    ensure_venv("audit")
    return run("-m", "benchmarks.shipping.audit")


def dist(_: list[str]) -> int:
    """Wheel, sdist and frozen app into dist, and the main job done with each; writes docs/shipping.md."""
    set_up_tests(bare=True)
    return run("-m", "benchmarks.shipping.dist")


def first(rest: list[str]) -> int:
    """The README's commands in bare Debians, by a user without sudo; writes docs/platforms.md."""
    ensure_system([BARE])
    ensure_venv("")
    return run("-m", "benchmarks.shipping.first_minute", *rest)


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
    "first": first,
    "run": python,
}


def main() -> int:
    """Reads the command and runs it; what follows it is passed on."""
    global _skip_system
    commands = "\n".join(f"  {name:<10} {function.__doc__}" for name, function in COMMANDS.items())
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"commands:\n{commands}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of those below")
    parser.add_argument(
        "--no-system-check", action="store_true", help="continue with a warning if system packages are missing"
    )
    arguments, rest = parser.parse_known_args()
    _skip_system |= arguments.no_system_check
    try:
        return COMMANDS[arguments.command](rest)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
