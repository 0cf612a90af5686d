"""The log and the crash reports: private, bounded, and scrubbed of every secret that this session knows.

Writing is done in a thread of its own: scrubbing asks for all known secrets, and a keyring that waits for its password
would hold up whoever logs.
"""

from __future__ import annotations

import faulthandler
import io
import logging
import logging.handlers
import platform
import queue
import re
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from byom_gui.core.errors import FileError
from byom_gui.services.files import atomic_write
from byom_gui.services.private import private_descriptor, private_folder
from byom_gui.services.stores import state_folder

LOG_BYTES = 1_000_000
KEPT_LOGS = 3
KEPT_REPORTS = 20
MOST_REPORTS = 5
"""Written by one session: a fault in a timer would fill the disk."""

Scrub = Callable[[str], str]

_QUERY = re.compile(r"(https?://[^\s?\"'<>]*\?)[^\s\"'<>]+")
_log = logging.getLogger(__name__)


def log_folder() -> Path:
    """Where the log and crash reports are."""
    return state_folder() / "log"


def clean(text: str, scrub: Scrub) -> str:
    """Text without known secrets, without query values of addresses, and without the name of the user's folder."""
    text = _QUERY.sub(r"\1…", scrub(text))
    return text.replace(str(Path.home()), "~")


class _Formatter(logging.Formatter):
    def __init__(self, scrub: Scrub) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record), self._scrub)


class _PrivateFiles(logging.handlers.RotatingFileHandler):
    def _open(self) -> io.TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", errors=self.errors, opener=private_descriptor)


class Log:
    """The log of one run of the app, from ``start`` to ``close``.

    Args:
        scrub: masks every known secret; called in the writing thread.
        folder: where it is; below the user's state folder where not given. It is made private (0700).
    """

    def __init__(self, scrub: Scrub, folder: Path | None = None) -> None:
        self.folder = folder or log_folder()
        self._scrub = scrub
        self._root = logging.getLogger("byom_gui")
        self._handler: logging.Handler | None = None
        self._listener: logging.handlers.QueueListener | None = None
        self._fault: IO[str] | None = None

    def start(self) -> bool:
        """Begins to write; False where that can not be done, which is no reason not to open the window."""
        try:
            private_folder(self.folder)
            path = self.folder / "byom-gui.log"
            target = _PrivateFiles(
                path, maxBytes=LOG_BYTES, backupCount=KEPT_LOGS - 1, encoding="utf-8", errors="backslashreplace"
            )
            self._fault = open(  # noqa: SIM115 - open as long as the process may fail
                self.folder / "fault.log", "w", encoding="utf-8", opener=private_descriptor
            )
        except OSError:
            return False
        target.setFormatter(_Formatter(self._scrub))
        waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        self._handler = logging.handlers.QueueHandler(waiting)
        self._listener = logging.handlers.QueueListener(waiting, target)
        self._listener.start()
        self._root.addHandler(self._handler)
        self._root.setLevel(logging.INFO)
        self._root.propagate = False
        # What ends the process at once leaves the names of the functions, without any value.
        faulthandler.enable(self._fault)
        return True

    def close(self) -> None:
        """Writes what waits, and lets go."""
        if self._listener is None or self._handler is None:
            return
        faulthandler.disable()
        self._root.removeHandler(self._handler)
        self._root.propagate = True
        self._root.setLevel(logging.NOTSET)
        self._listener.stop()
        for handler in self._listener.handlers:
            handler.close()
        self._listener = self._handler = None
        if self._fault is not None:
            self._fault.close()


class Crashes:
    """Exceptions that nobody caught: each leaves a report, and the app goes on.

    Args:
        scrub: masks every known secret.
        about: what the first lines of a report tell (versions), a line each.
        told: called with the report's place, None where it could not be written; from any thread.
        folder: where reports are written.
    """

    def __init__(
        self, scrub: Scrub, about: tuple[str, ...], told: Callable[[Path | None], None], folder: Path | None = None
    ) -> None:
        self._scrub, self._about, self._told = scrub, about, told
        self._folder = folder or log_folder()
        self._count = 0
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def install(self) -> None:
        """Takes the place of Python's own hooks."""
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self._caught(args.exc_value, f"thread {_name(args.thread)}")
        sys.unraisablehook = lambda args: self._caught(args.exc_value, "clean-up")

    def uninstall(self) -> None:
        """Puts back what was there before."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        self._caught(error, "window")

    def _caught(self, error: BaseException | None, where: str) -> None:
        self._count += 1
        if error is None or isinstance(error, SystemExit) or self._count > MOST_REPORTS:
            return
        text = "".join(traceback.format_exception(error))
        threading.Thread(target=self._report, args=(text, where, type(error).__name__), name="crash-report").start()

    def _report(self, text: str, where: str, kind: str) -> None:
        now = datetime.now(UTC)
        path = self._folder / f"crash-{now:%Y%m%d-%H%M%S}-{self._count}.txt"
        lines = ("byom-gui crash report", f"{now:%Y-%m-%d %H:%M:%S} UTC, in: {where}", *self._about, "", text)
        try:
            private_folder(self._folder)
            atomic_write(path, clean("\n".join(lines), self._scrub).encode("utf-8", "backslashreplace"), private=True)
            _tidy(self._folder)
        except (OSError, FileError):
            self._told(None)
            return
        _log.error("an exception was not caught (%s, %s); %s", kind, where, path.name)
        self._told(path)


def about(*more: str) -> tuple[str, ...]:
    """The versions that matter."""
    from byom_gui import __version__

    return (f"byom-gui {__version__}", f"Python {platform.python_version()}, {platform.platform()}", *more)


def _name(thread: threading.Thread | None) -> str:
    return thread.name if thread else "unknown"


def _tidy(folder: Path) -> None:
    """Keeps the newest reports."""
    for path in sorted(folder.glob("crash-*.txt"))[:-KEPT_REPORTS]:
        path.unlink(missing_ok=True)
