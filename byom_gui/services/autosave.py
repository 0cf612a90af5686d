"""Autosave and recovery: what was not saved comes back after a crash, and only once its window is gone.

Each session has two files in a private folder: its project, and a lock that the system lets go of when the process
ends, however it ends. A project whose lock is still held belongs to another window and is not offered.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from byom_gui.core.errors import FileError, JsonError
from byom_gui.core.project import Project, project_from_json, project_to_json
from byom_gui.core.strict_json import read_json
from byom_gui.services.files import atomic_write, read_bytes, to_bytes
from byom_gui.services.locks import try_lock
from byom_gui.services.private import private_file, private_folder

FORMAT = "byom-autosave/1"


@dataclass(frozen=True, slots=True)
class Recoverable:
    """A project that a session left behind: for which file (None if it was never saved), and when (UTC)."""

    id: str
    project: Project
    for_path: Path | None
    saved: datetime


class Autosaves:
    """The autosaves of this session and those that others left.

    Args:
        folder: where they are; below the user's state folder where not given. It is made private (0700).
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            import platformdirs  # only where a folder is wanted

            folder = platformdirs.user_state_path("byom-gui", appauthor=False) / "autosave"
        self.folder = folder
        self._id = uuid.uuid4().hex
        self._lock: IO[bytes] | None = None

    def autosave(self, project: Project, for_path: Path | None) -> None:
        """Keeps the project as it is now. Raises FileError."""
        self._begin()
        value = {
            "format": FORMAT,
            "for": str(for_path) if for_path else None,
            "saved": datetime.now(UTC).isoformat(),
            "project": project_to_json(project),
        }
        atomic_write(self._project_file(self._id), to_bytes(value), private=True)

    def forget(self) -> None:
        """Drops this session's autosave: the project was saved, or the user does not want it."""
        self._remove(self._project_file(self._id))

    def close(self, keep: bool = False) -> None:
        """Ends the session. Its autosave goes, or with ``keep`` stays, to be offered the next time."""
        if not keep:
            self.forget()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
            self._remove(self._lock_file(self._id))

    def recoverable(self) -> tuple[Recoverable, ...]:
        """What sessions left that no longer run, newest first. A damaged autosave is passed over and left alone."""
        found = []
        for path in self._others():
            if not self._is_running(path.stem):
                with contextlib.suppress(FileError, JsonError, ValueError):
                    found.append(_read(path))
        return tuple(sorted(found, key=lambda item: item.saved, reverse=True))

    def discard(self, item: Recoverable) -> None:
        """Deletes what was left: it was taken over, or is not wanted."""
        self._remove(self._project_file(item.id))
        self._remove(self._lock_file(item.id))

    def _begin(self) -> None:
        if self._lock is not None:
            return
        try:
            private_folder(self.folder)
            file = private_file(self._lock_file(self._id))
        except OSError as error:
            sentence = f"The folder for autosaves cannot be used: {error.strerror}. Save the project yourself."
            raise FileError(sentence, where=str(self.folder), detail=repr(error)) from None
        try_lock(file)
        self._lock = file

    def _others(self) -> Iterator[Path]:
        try:
            yield from (path for path in sorted(self.folder.glob("*.json")) if path.stem != self._id)
        except OSError:
            return

    def _is_running(self, id_: str) -> bool:
        try:
            with self._lock_file(id_).open("r+b") as file:
                return not try_lock(file)
        except FileNotFoundError:
            return False
        except OSError:
            return True

    def _project_file(self, id_: str) -> Path:
        return self.folder / f"{id_}.json"

    def _lock_file(self, id_: str) -> Path:
        return self.folder / f"{id_}.lock"

    @staticmethod
    def _remove(path: Path) -> None:
        with contextlib.suppress(OSError):
            os.unlink(path)


def _read(path: Path) -> Recoverable:
    value = read_json(read_bytes(path)).value
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise FileError(f"{path} is not an autosave file.", where=str(path))
    saved = datetime.fromisoformat(str(value.get("saved"))).astimezone(UTC)
    for_path = Path(value["for"]) if isinstance(value.get("for"), str) else None
    return Recoverable(path.stem, project_from_json(value.get("project")), for_path, saved)
