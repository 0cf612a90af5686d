"""The class list: each edit returns a new one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

KNOWN_TYPES: tuple[str, ...] = (
    "bounding_box",
    "polygon",
    "tag",
    "keypoint",
    "line",
    "ellipse",
    "cuboid",
    "skeleton",
)
"""Class types seen in V7's public pages."""

OPEN_TYPES: tuple[str, ...] = ("mask", "directional_vector", "text")
"""Types of which it is not published whether they may be registered: warn, do not refuse."""

_MEANT = {
    "bbox": "bounding_box",
    "box": "bounding_box",
    "boundingboxes": "bounding_box",
    "detection": "bounding_box",
    "rect": "bounding_box",
    "rectangle": "bounding_box",
    "poly": "polygon",
    "segmentation": "polygon",
    "polyline": "line",
    "linestring": "line",
    "point": "keypoint",
    "landmark": "keypoint",
    "classification": "tag",
    "class": "tag",
    "label": "tag",
    "pose": "skeleton",
    "cube": "cuboid",
    "circle": "ellipse",
    "vector": "directional_vector",
}


def suggest_type(written: str) -> str | None:
    """The type that was probably meant (``bbox``, ``Bounding Box``); None where it is right or nothing is near."""
    if written in KNOWN_TYPES or written in OPEN_TYPES:
        return None
    folded = "".join(c for c in unicodedata.normalize("NFKC", written).casefold() if c.isalnum())
    for known in (*KNOWN_TYPES, *OPEN_TYPES):
        if folded.removesuffix("s") == known.replace("_", ""):
            return known
    return _MEANT.get(folded)


def meant_type(written: str, returned: Iterable[tuple[str, int]]) -> str | None:
    """The type to use instead of one that V7 does not have: what the class is returned as decides, then the word.

    Args:
        written: the type in the list.
        returned: the shapes that the class was returned with, and how often.
    """
    meant = suggest_type(written)
    seen = {shape: count for shape, count in returned if shape in KNOWN_TYPES}
    return meant if not seen or meant in seen else max(seen, key=lambda shape: seen[shape])


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """One class: its name as the server returns it, its type, and a colour (``#RRGGBB``) where one was chosen.

    ``extra`` keeps unknown keys of a read file, so that they survive.
    """

    name: str
    type: str
    color: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class ClassList:
    """Classes in the user's order. Rows are addressed by their place; names may be wrong for a while."""

    entries: tuple[ClassEntry, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[ClassEntry]:
        return iter(self.entries)

    def __getitem__(self, row: int) -> ClassEntry:
        return self.entries[row]

    @property
    def names(self) -> tuple[str, ...]:
        """The names in order, repeats and blanks included."""
        return tuple(entry.name for entry in self.entries)

    def find(self, name: str) -> int | None:
        """The first row with exactly this name."""
        return self.names.index(name) if name in self.names else None

    def add(self, *entries: ClassEntry) -> ClassList:
        """With ``entries`` at the end."""
        return ClassList((*self.entries, *entries))

    def replaced(self, row: int, entry: ClassEntry) -> ClassList:
        """With ``entry`` in place of the one at ``row``."""
        return ClassList((*self.entries[:row], entry, *self.entries[row + 1 :]))

    def without(self, rows: Iterable[int]) -> ClassList:
        """Without the given rows."""
        gone = set(rows)
        return ClassList(tuple(entry for row, entry in enumerate(self.entries) if row not in gone))

    def moved(self, row: int, to: int) -> ClassList:
        """With the entry at ``row`` taken out and put where it then stands at ``to``."""
        rest = [entry for at, entry in enumerate(self.entries) if at != row]
        rest.insert(to, self.entries[row])
        return ClassList(tuple(rest))
