"""Locks that the system lets go of when a process ends, however it ends; and which window has which project."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from pathlib import Path
from typing import IO

from byom_gui.core.errors import FileError
from byom_gui.services.files import read_bytes
from byom_gui.services.private import private_file, private_folder
from byom_gui.services.stores import state_folder

if sys.platform == "win32":
    import msvcrt

    def try_lock(file: IO[bytes]) -> bool:
        """Whether this process now holds the lock; it ends with the file or the process."""
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def try_lock(file: IO[bytes]) -> bool:
        """Whether this process now holds the lock; it ends with the file or the process."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class ProjectWatch:
    """The project that this window has open: held against other windows, and compared with what is on disk.

    Args:
        folder: where the locks are; below the user's state folder where not given. It is made private (0700).
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_folder() / "open"
        self._held: IO[bytes] | None = None
        self._path: Path | None = None
        self._known = ""

    def take(self, path: Path) -> bool:
        """Takes a project for this window, and lets go of the one before.

        False where another window has it. A folder that can not be used is no reason to say so.
        """
        real = Path(os.path.realpath(path))
        if real == self._path and self._held is not None:
            self._known = _digest(real)
            return True
        self.let_go()
        self._path, self._known = real, _digest(real)
        name = hashlib.sha256(str(real).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        try:
            private_folder(self._folder)
            file = private_file(self._folder / f"{name}.lock")
        except OSError:
            return True
        if not try_lock(file):
            file.close()
            return False
        self._held = file
        return True

    def changed(self, path: Path) -> bool:
        """Whether the file on disk is another than this window read or wrote last."""
        if Path(os.path.realpath(path)) != self._path or not self._known:
            return False
        now = _digest(path)
        return bool(now) and now != self._known

    def let_go(self) -> None:
        """Frees the project for other windows."""
        held, self._held = self._held, None
        self._path, self._known = None, ""
        if held is not None:
            with contextlib.suppress(OSError):
                os.unlink(held.name)
            held.close()


def _digest(path: Path) -> str:
    """What a file holds, in short; empty where it can not be read."""
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except FileError:
        return ""
