"""Folders and files of the app itself: readable by the user alone, whatever the umask says."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

APP = "byom-gui"


def private_folder(folder: Path) -> None:
    """Creates a folder and the missing ones above it for the user alone. Raises OSError.

    A folder of ours that others may enter (an earlier version could leave one, with umask 000) is closed to them.
    """
    missing = []
    above = folder
    while not above.is_dir() and above.parent != above:
        missing.append(above)
        above = above.parent
    for each in reversed(missing):
        # Not mkdir(parents=True): that creates the folders above with the umask alone.
        with contextlib.suppress(FileExistsError):  # another process was faster
            each.mkdir(mode=0o700)
    for each in (folder, folder.parent):
        if each is folder or each.name == APP:
            _close_to_others(each)
    if not folder.is_dir():
        raise NotADirectoryError(20, "a file has its name", str(folder))


def _close_to_others(folder: Path) -> None:
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        found = folder.stat()
        if found.st_uid == os.geteuid() and found.st_mode & 0o077:
            folder.chmod(stat.S_IMODE(found.st_mode) & 0o700)


def private_file(path: Path) -> BinaryIO:
    """Opens a file for writing, created for the user alone and not emptied. Raises OSError."""
    return open(path, "ab", opener=private_descriptor)


def private_settings(path: str) -> None:
    """Makes the file of Qt's settings the user's alone before Qt writes it: Qt keeps a file's mode, and creates a new
    one with the umask. Where that cannot be done, Qt goes on as it likes."""
    if not path.endswith(".conf") or os.name == "nt":  # the registry, or a property list that is not ours to create
        return
    with contextlib.suppress(OSError):
        private_folder(Path(path).parent)
        with private_file(Path(path)) as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                os.fchmod(file.fileno(), 0o600)


def private_descriptor(path: str, flags: int) -> int:
    """An ``opener`` for ``open`` that creates files for the user alone. Raises OSError."""
    return os.open(path, flags | getattr(os, "O_CLOEXEC", 0), 0o600)
