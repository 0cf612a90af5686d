"""Answers of earlier runs, kept on disk: private, bounded, and found by image, endpoint and how it was asked."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from pathlib import Path

from byom_gui.core.endpoint import Endpoint
from byom_gui.core.errors import JsonError
from byom_gui.core.image import ImageSource
from byom_gui.core.kept import from_bytes, to_bytes
from byom_gui.core.observations import Call
from byom_gui.core.project import Settings
from byom_gui.services.private import private_descriptor, private_folder

LIMIT = 500_000_000
"""Bytes on disk; the answers that were not used for longest go first."""
_LARGEST = LIMIT // 20
_AFTER = 0.8


def cache_folder() -> Path:
    """Where kept answers are."""
    import platformdirs

    return platformdirs.user_cache_path("byom-gui", appauthor=False) / "answers"


def key_of(endpoint: Endpoint, settings: Settings, source: ImageSource) -> str:
    """What an answer depends on: the image's bytes, the address, the names of the credentials, and the way."""
    image = hashlib.sha256(source.data).hexdigest()
    asked = (endpoint.infer.stored, endpoint.auth.basic_user, endpoint.auth.secret_header, settings.way, image)
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()


class KeptAnswers:
    """The answers in a folder. Safe from several threads, and from several windows; whatever fails, nothing is kept.

    Args:
        folder: where they are; made private (0700) when first written to.
        limit: bytes that all of them may take.
    """

    def __init__(self, folder: Path | None = None, limit: int = LIMIT) -> None:
        self.folder = folder or cache_folder()
        self._limit = limit
        self._lock = threading.Lock()
        self._size: int | None = None

    def get(self, key: str) -> Call | None:
        """The call that was kept, None where there is none that can be read."""
        path = self._path(key)
        try:
            call = from_bytes(path.read_bytes())
            os.utime(path)
        except (OSError, JsonError):
            return None
        return call

    def put(self, key: str, call: Call) -> None:
        """Keeps an answered call in place of an older one. Where the disk refuses, nothing is lost but time."""
        data = to_bytes(call)
        if len(data) > _LARGEST:
            return
        path = self._path(key)
        half = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        try:
            private_folder(path.parent)
            before = path.stat().st_size if path.exists() else 0
            with open(half, "wb", opener=private_descriptor) as file:
                file.write(data)
            half.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                half.unlink(missing_ok=True)
            return
        self._grow(len(data) - before)

    def size(self) -> tuple[int, int]:
        """How many there are, and their bytes."""
        sizes = [size for _, size, _ in self._all()]
        return len(sizes), sum(sizes)

    def clear(self) -> None:
        """Deletes all of them."""
        for path, _, _ in self._all():
            with contextlib.suppress(OSError):
                path.unlink()
        with self._lock:
            self._size = 0

    def _grow(self, more: int) -> None:
        with self._lock:
            self._size = sum(size for _, size, _ in self._all()) if self._size is None else self._size + more
            if self._size > self._limit:
                self._make_room()

    def _make_room(self) -> None:
        kept = sorted(self._all(), key=lambda each: each[2])
        left = sum(size for _, size, _ in kept)
        for path, size, _ in kept:
            if left <= self._limit * _AFTER:
                break
            with contextlib.suppress(OSError):
                path.unlink()
            left -= size
        self._size = left

    def _all(self) -> list[tuple[Path, int, int]]:
        """Path, bytes and time of last use of each."""
        found = []
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.folder):
                with contextlib.suppress(OSError):
                    about = entry.stat()
                    found.append((Path(entry.path), about.st_size, about.st_mtime_ns))
        return found

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.answer"
