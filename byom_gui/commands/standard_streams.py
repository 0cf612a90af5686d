"""stdout, stderr and stdin in every state: closed, on a full disk, a pipe without a reader."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from typing import TextIO

from byom_gui.core.errors import AppError


class OutputError(AppError):
    """stdout could not be written."""


class _Guarded(io.RawIOBase):
    """A descriptor whose first failed write is an OutputError; later writes are dropped.

    Args:
        number: the descriptor.
        silent: no write ever fails: a lost message must not stop the work.
    """

    def __init__(self, number: int, silent: bool) -> None:
        super().__init__()
        self._number, self._lost, self._silent = number, False, silent

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        while not self._lost:
            try:
                return os.write(self._number, view)
            except BlockingIOError:
                select.select([], [self._number], [])
            except OSError as error:
                self._lost = True
                if not self._silent:
                    raise OutputError(f"stdout could not be written: {_why(error)}.", detail=repr(error)) from None
        return view.nbytes


def _why(error: OSError) -> str:
    if error.errno == errno.EBADF:
        return "it is closed"
    if error.errno == errno.EPIPE:
        return "the reading program has ended"
    return (error.strerror or "the system refused").lower()


def guard() -> None:
    """Makes the standard streams safe to use. A stream that was replaced (by a test) is left alone."""
    for number, flags in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            # Otherwise the next opened file gets this number, and printed text goes into it. A read-only stdout makes
            # each write fail.
            os.open(os.devnull, flags)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as long as the process
    if sys.stdout is sys.__stdout__:
        sys.stdout = _guarded(sys.stdout, 1)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _guarded(sys.stderr, 2)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character gets its code instead of an exception.
            stream.reconfigure(errors="backslashreplace")


def _guarded(before: TextIO | None, number: int) -> TextIO:
    silent = number == 2
    if before is not None:
        before.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Guarded(number, silent)),
        encoding=before.encoding if before is not None else "utf-8",
        line_buffering=silent or os.isatty(number),
    )
