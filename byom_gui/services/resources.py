"""Where a bundled file is: in a checkout, in an installed wheel, or in a frozen app."""

from __future__ import annotations

import sys
from pathlib import Path

from byom_gui.core.errors import FileError

_PACKAGE = Path(__file__).resolve().parents[1]


def path(name: str) -> Path:
    """The place of a file or folder under ``resources/``; ``name`` uses forward slashes.

    Raises:
        FileError: it is not there: the installation is not whole.
        ValueError: ``name`` leads out of the folder.
    """
    parts = name.split("/")
    if ".." in parts or name.startswith("/") or not name:
        raise ValueError(f"no bundled file can be called {name!r}")
    for root in _roots():
        found = root.joinpath(*parts)
        if found.exists():
            return found
    raise FileError(f"The file {name} is missing from this installation. Install byom-gui again.", where=name)


def _roots() -> tuple[Path, ...]:
    """A frozen app's own folder comes first, then the wheel's, then the checkout's."""
    frozen = getattr(sys, "_MEIPASS", None)
    bundled = (Path(frozen) / "resources", Path(frozen) / "byom_gui" / "resources") if frozen else ()
    return (*bundled, _PACKAGE / "resources", _PACKAGE.parent / "resources")
