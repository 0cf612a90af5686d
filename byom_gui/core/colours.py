"""Which colour a class has: stable by name, told apart by the colour-blind, or as the user or V7 chose."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CLASS_COLOURS: tuple[str, ...] = (
    "#FFAE7E",
    "#60C1AB",
    "#E8EA27",
    "#F03562",
    "#8667FE",
    "#E6C5FF",
    "#009370",
    "#AFF2C3",
    "#BD6397",
    "#91AC00",
    "#B494CE",
    "#EBEDF2",
)
"""Twelve, at least 12.8 apart (CIEDE2000) with full or any colour-blind sight, at least 5.3 to 1 on black."""

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_RGBA = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*[\d.]+\s*)?\)")


@dataclass(frozen=True, slots=True)
class ClassColour:
    """``#RRGGBB``, and whether the stroke is dashed because the twelve are used up."""

    hex: str
    dashed: bool = False


_SLOTS = tuple(ClassColour(hex_, dashed) for dashed in (False, True) for hex_ in CLASS_COLOURS)


def parse_colour(text: str) -> str | None:
    """``#rrggbb`` or V7's ``rgba(r,g,b,1.0)`` as ``#RRGGBB``; None for ``auto`` and whatever else is no colour."""
    text = text.strip()
    if _HEX.fullmatch(text):
        return text.upper()
    match = _RGBA.fullmatch(text)
    if not match:
        return None
    red, green, blue = (int(part) for part in match.groups())
    return None if max(red, green, blue) > 255 else f"#{red:02X}{green:02X}{blue:02X}"


def assign(names: Sequence[str], chosen: Mapping[str, str]) -> Mapping[str, ClassColour]:
    """A colour for each name, in order.

    A name starts at a stable hash of its case-folded form and takes the next free colour where that is in use; from
    the 13th on the colours repeat, dashed. Names that differ by case only share one.

    Args:
        names: all names in use; repeats are allowed.
        chosen: name to ``#RRGGBB``, by the user or V7; it goes before, and is not given to another name.
    """
    taken = {colour.upper() for name in names if (colour := chosen.get(name))}
    free = [slot.hex not in taken for slot in _SLOTS[: len(CLASS_COLOURS)]] + [True] * len(CLASS_COLOURS)
    by_key = {name.casefold(): ClassColour(colour.upper()) for name in names if (colour := chosen.get(name))}
    colours: dict[str, ClassColour] = {}
    for name in names:
        own = chosen.get(name)
        key = name.casefold()
        if not own and key not in by_key:
            by_key[key] = _next_slot(key, free)
        colours[name] = ClassColour(own.upper()) if own else by_key[key]
    return colours


def _next_slot(key: str, free: list[bool]) -> ClassColour:
    count = len(CLASS_COLOURS)
    start = zlib.crc32(key.encode("utf-8", "surrogatepass")) % count
    for offset in (0, count) if any(free) else ():
        for step in range(count):
            at = offset + (start + step) % count
            if free[at]:
                free[at] = False
                return _SLOTS[at]
    return _SLOTS[count + start]
