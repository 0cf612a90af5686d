"""``byom-gui`` as a real process: a home of its own, no keyring bus, no display; its servers, started and ended.

``dev.py dist`` runs the same tests on what it built: BYOM_PROGRAM is then the command line of that build, and BYOM_UID
the user as whom it runs.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.limits import ARRIVAL, PROCESS

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"
KEY = "markedk.0123456789abcdefghijklmnopqrstuv"
PASSWORD = "päss/word-marked"
SECRET = "hush+header-marked"
SECRETS = {"BYOM_V7_API_KEY": KEY, "BYOM_ENDPOINT_PASSWORD": PASSWORD, "BYOM_ENDPOINT_SECRET": SECRET}
AUTH = ("--user", "ann", "--secret-header", "X-Key")
BUILT = tuple(shlex.split(os.environ.get("BYOM_PROGRAM", "")))
"""The command line of a build that is tried instead of the checkout; empty for the checkout."""
USER = int(os.environ.get("BYOM_UID", "-1"))
"""As whom a build runs; -1 for whoever runs the tests."""


def hand_over(folder: Path) -> None:
    """Gives a folder to the user of the build, and lets them reach it."""
    if USER < 0:
        return
    os.chown(folder, USER, USER)
    for above in folder.parents:
        if above.stat().st_uid == os.getuid() and not above.stat().st_mode & 0o004:
            above.chmod(above.stat().st_mode | 0o055)


def as_user(*words: str) -> list[str]:
    """A command line that runs as the user of the build."""
    switch = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if USER >= 0 else []
    return [*switch, *words]


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a process gets: nothing of the user's own but the path to programs."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    hand_over(home)
    hand_over(runtime)
    kept = {name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_START") if name in os.environ}
    own = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
    }
    if BUILT:
        del own["PYTHONPATH"], own["PYTHONWARNINGS"]  # a build has to find all that it needs by itself
    return {**kept, **own, **more}


def byom(*words: str | Path) -> list[str]:
    """The command line of ``byom-gui``."""
    return [*(BUILT or (sys.executable, "-m", "byom_gui")), *map(str, words)]


def run(home: Path, *words: str | Path, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Runs it to its end."""
    return subprocess.run(
        byom(*words),
        env=environment(home, **more),
        cwd=home,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=PROCESS,
        check=False,
    )


def first_line(process: subprocess.Popen[str], seconds: float = ARRIVAL) -> str:
    """The first line on stdout; fails where none comes in time."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        assert selector.select(seconds), "nothing came on stdout"
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str], with_signal: int = signal.SIGTERM) -> int:
    """Ends a process of ours, hard where it does not go."""
    if process.poll() is None:
        process.send_signal(with_signal)
    try:
        return process.wait(ARRIVAL)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
        raise
    finally:
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@contextlib.contextmanager
def started(home: Path, *words: str | Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended with the block. Its stderr goes to ``<command>.stderr`` in its home."""
    with (home / f"{words[0]}.stderr").open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            byom(*words),
            env=environment(home, **more),
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        )
        try:
            yield process
        finally:
            end(process)


@contextlib.contextmanager
def serving(home: Path, *words: str | Path, **more: str) -> Iterator[str]:
    """``serve`` or ``sandbox`` as a process; gives its address."""
    with started(home, *words, **more) as process:
        yield first_line(process)


def files_with(folder: Path, texts: Sequence[str]) -> list[Path]:
    """The files below a folder that hold one of the texts."""
    raw = [text.encode() for text in texts]
    return [path for path in folder.rglob("*") if path.is_file() and any(text in path.read_bytes() for text in raw)]


def wait_until(holds: object, seconds: float = ARRIVAL, what: str = "") -> None:
    """Waits until a callable says yes."""
    assert callable(holds)
    over = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < over, f"never came: {what}"
        time.sleep(0.02)
