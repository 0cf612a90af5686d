"""``answers.jsonl``: one complete line for each image, even on a full disk."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from types import TracebackType

from byom_gui.core.errors import FileError
from byom_gui.services.special import kind_of


class AnswersFile:
    """The file for the responses, emptied immediately.

    Args:
        path: the file.

    Raises:
        FileError: it cannot be written; before any call is made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._handle = os.open(
                path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0), 0o666
            )
        except (OSError, ValueError) as error:
            raise self._failed(error) from None
        kind = kind_of(os.fstat(self._handle).st_mode)
        if kind:
            os.close(self._handle)
            raise FileError(f"{path} could not be written: it is {kind}.", where=str(path))
        os.ftruncate(self._handle, 0)

    def write(self, line: str) -> None:
        """Adds a line. Raises FileError; the file then ends with the last complete line."""
        data = memoryview(f"{line}\n".encode("utf-8", "surrogatepass"))
        start = os.lseek(self._handle, 0, os.SEEK_CUR)
        try:
            while data:
                data = data[os.write(self._handle, data) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, start)
            raise self._failed(error) from None

    def __enter__(self) -> AnswersFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    def _failed(self, error: OSError | ValueError) -> FileError:
        why = error.strerror if isinstance(error, OSError) else "a file cannot have this name"
        return FileError(f"{self._path} could not be written: {why}.", where=str(self._path), detail=repr(error))
