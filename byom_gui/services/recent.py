"""The projects that were opened last: a small file in the config folder that may be damaged or gone."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from byom_gui.core.errors import FileError
from byom_gui.services.files import atomic_write
from byom_gui.services.private import private_folder

LIMIT = 10


class Recent:
    """The list, newest first. A file that can not be read counts as empty; one that can not be written is let be.

    Args:
        folder: where ``recent.json`` is; the user's config folder where not given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            import platformdirs  # only where a folder is wanted

            folder = platformdirs.user_config_path("byom-gui", appauthor=False)
        self._path = folder / "recent.json"

    def items(self) -> tuple[Path, ...]:
        """At most ten paths, whether they still exist or not."""
        try:
            value = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return ()
        found = value.get("recent") if isinstance(value, dict) else None
        texts = [item for item in found if isinstance(item, str) and item] if isinstance(found, list) else []
        return tuple(Path(text) for text in dict.fromkeys(texts))[:LIMIT]

    def add(self, path: Path) -> None:
        """Puts ``path`` first."""
        absolute = Path(os.path.abspath(path))
        self._write((absolute, *(item for item in self.items() if item != absolute)))

    def remove(self, path: Path) -> None:
        """Takes ``path`` off the list."""
        absolute = Path(os.path.abspath(path))
        self._write(tuple(item for item in self.items() if item != absolute))

    def clear(self) -> None:
        """Empties the list."""
        self._write(())

    def _write(self, items: tuple[Path, ...]) -> None:
        data = json.dumps({"recent": [str(item) for item in items[:LIMIT]]}, indent=2).encode()
        # A list of conveniences is not worth an error in the middle of opening a project.
        with contextlib.suppress(OSError, FileError):
            private_folder(self._path.parent)
            atomic_write(self._path, data, private=True)
