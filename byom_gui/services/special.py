"""Files that are none: pipes, devices and open descriptors are written into, never replaced, and never read whole."""

from __future__ import annotations

import errno
import os
import select
import stat
import sys
import time
from pathlib import Path

WAIT = 10.0
"""Seconds for which a pipe may have no reader, or one that does not read."""
_MOST_LINKS = 40


def read_plain(path: Path, limit: int) -> bytes:
    """The first ``limit`` bytes of a regular file; a pipe or a device would keep us waiting or never end.

    Raises:
        OSError: it cannot be read, or is no regular file; ``strerror`` says which.
        ValueError: no file can have this name.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:
        kind = kind_of(os.fstat(handle).st_mode)
        if kind:
            raise OSError(errno.EINVAL, f"it is {kind}, and a regular file is needed")
        return file.read(limit)


def kind_of(mode: int) -> str:
    """What a file is that is not a regular one; empty for a regular one."""
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "")


def write_special(path: Path, data: bytes) -> bool:
    """Writes into a pipe, a device or an open descriptor (``/dev/stdout``, ``>(…)``); False for any other file.

    Raises OSError. A pipe without a reader is waited for, at most ``WAIT`` seconds.
    """
    number = _descriptor(path)
    if number is not None:
        if number == 1 and sys.stdout is not None:
            sys.stdout.flush()
        handle = os.dup(number)
    else:
        try:
            mode = os.stat(path).st_mode
        except FileNotFoundError:
            return False
        if not kind_of(mode) or stat.S_ISDIR(mode):
            return False
        if stat.S_ISSOCK(mode):
            raise OSError(errno.ENXIO, "it is a socket, which cannot be written like a file")
        handle = _opened(path, mode)
    try:
        _write(handle, data)
    finally:
        os.close(handle)
    return True


def _descriptor(path: Path) -> int | None:
    """The number of the open descriptor of ours that a path stands for.

    It is not opened by its name: that would begin a redirected stdout again at its start, and fails for sockets.
    """
    if os.name == "nt":
        return None
    folders = {os.path.realpath("/dev/fd"), os.path.realpath("/proc/self/fd")}
    text = os.path.abspath(path)
    for _ in range(_MOST_LINKS):
        folder, name = os.path.split(text)
        if name.isascii() and name.isdigit() and os.path.realpath(folder) in folders:
            return int(name)
        if not os.path.islink(text):
            return None
        text = os.path.abspath(os.path.join(folder, os.readlink(text)))
    return None


def _opened(path: Path, mode: int) -> int:
    over = time.monotonic() + WAIT
    flags = os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    while True:
        try:
            return os.open(path, flags)
        except OSError as error:
            if error.errno != errno.ENXIO or not stat.S_ISFIFO(mode):
                raise
            if time.monotonic() > over:
                raise OSError(errno.ENXIO, f"nobody read from this pipe within {WAIT:.0f} s") from None
        time.sleep(0.05)


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(handle, view) :]
        except BlockingIOError:
            if not select.select([], [handle], [], WAIT)[1]:
                raise OSError(errno.ETIMEDOUT, f"nobody read from this pipe for {WAIT:.0f} s") from None
