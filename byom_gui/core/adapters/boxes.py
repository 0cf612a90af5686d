"""The lines that make V7's box of theirs: by corners, by size, or by centre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

Layout = Literal["corners", "size", "centre"]

_NAMES: dict[Layout, str] = {"corners": "x1, y1, x2, y2", "size": "x, y, w, h", "centre": "cx, cy, w, h"}
_BOXES: dict[Layout, tuple[str, str]] = {
    "corners": ('"x": x1@W, "y": y1@H', '"w": max(x2 - x1, 0)@W, "h": max(y2 - y1, 0)@H'),
    "size": ('"x": x@W, "y": y@H', '"w": max(w, 0)@W, "h": max(h, 0)@H'),
    "centre": ('"x": (cx - w / 2)@W, "y": (cy - h / 2)@H', '"w": w@W, "h": h@H'),
}


def variables(layout: Layout) -> str:
    """The four names of a layout."""
    return _NAMES[layout]


def box_lines(layout: Layout, values: str = "") -> tuple[str, ...]:
    """Lines that set ``shape``; ``values`` is what the four numbers come from, empty where they are set already."""
    read = (f"{_NAMES[layout]} = {values}",) if values else ()
    place, size = _BOXES[layout]
    return (*read, f"box = {{{place}, {size}}}", 'shape = {"bounding_box": box}')


def likely_layout(boxes: Sequence[Any]) -> Layout:
    """Corners, unless a box would be turned inside out by that."""
    return "corners" if all(box[2] >= box[0] and box[3] >= box[1] for box in boxes) else "size"
