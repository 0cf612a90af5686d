"""Class lists as lines of text: one name on each, perhaps numbered, bulleted, or with comments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from byom_gui.core.class_formats.gathering import ClassGatherer
from byom_gui.core.class_formats.tables import read_table

_LONGEST_LINE = 10_000
_LINE_END = re.compile(r"\r\n|\r|\n")
_NUMBERED = re.compile(r"\(?(\d{1,9})(?:\s*[:.)=\]-]\s*|[ \t]+|\s*,\s*)(\S.*)")
_NUMBER_LAST = re.compile(r"(\S.*?)\s*[:=]\s*(\d{1,9})")
_BULLET = re.compile(r"([-*•–+])\s+(\S.*)")
_SYNSET = re.compile(r"(n\d{8})\s+(\S.*)")
_CVAT_MASKS = re.compile(r"(.+?):(?:(\d{1,3}),(\d{1,3}),(\d{1,3}))?:[^:]*:[^:]*")
_LABELME = ("__ignore__", "_background_")

PLAIN_FORMS = frozenset(
    (
        "",
        "lines",
        "numbered lines",
        "CSV table",
        "table with tabs",
        "table with semicolons",
        "class list",
        "a list of names",
    )
)
"""Forms that belong to no tool."""

Numbered = list[tuple[int, str]]
"""Line numbers from 1, and what is in these lines."""


def split_lines(text: str) -> list[str]:
    """The lines by the ends that files have. ``splitlines`` also splits at characters that are flaws of a name."""
    return _LINE_END.split(text)


def read_lines(text: str, gather: ClassGatherer) -> bool:
    """Lines in one of the ways that people write them, else columns, else one name on each line."""
    lines = split_lines(text)
    longest = max(lines, key=len)
    if len(longest) > _LONGEST_LINE and not re.search(r"[,;\t]", longest):
        gather.refuse(f"a file with a line of {len(longest):,} characters", "Put one class on each line.")
        return True
    filled = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    filled = _without_comments(filled, gather)
    if _read_cvat_masks(filled, gather):
        return True
    numbered = _numbers_removed(filled, gather)
    if numbered is None:
        if read_table(text, lines, gather):
            return True
        numbered = _header_removed(_marks_removed(filled, gather), gather)
    gather.form = gather.form or "lines"
    for number, name in _labelme_removed(numbered, gather):
        gather.add_name(f"Line {number}", name, line=number)
    return True


def _read_cvat_masks(filled: Numbered, gather: ClassGatherer) -> bool:
    """CVAT's ``labelmap.txt`` of masks: name, color, parts and actions between colons."""
    matches = [_CVAT_MASKS.fullmatch(line) for _, line in filled]
    found = [match for match in matches if match]
    if len(found) < len(filled) or not any(match.group(2) for match in found):
        return False
    gather.form = "CVAT label map"
    for (number, _), match in zip(filled, found, strict=True):
        parts = [min(int(part), 255) for part in match.groups()[1:] if part]
        colour = "".join(("#", *(f"{part:02x}" for part in parts))) if parts else None
        gather.add_name(f"Line {number}", match.group(1), colour=colour, line=number)
    return True


def _without_comments(filled: Numbered, gather: ClassGatherer) -> Numbered:
    """Without lines that start with ``# ``: a name such as ``#1 bolt`` stays."""
    kept = [(number, line) for number, line in filled if not line.startswith("# ")]
    if len(kept) < len(filled):
        gather.note(f"Lines left out as comments: {len(filled) - len(kept)}.")
    return kept


def _numbers_removed(filled: Numbered, gather: ClassGatherer) -> Numbered | None:
    """The names without their numbers, where the lines are counted without a gap from 0 or 1; else None."""
    for pattern, number_at, name_at, form in (
        (_NUMBERED, 1, 2, "numbered lines"),
        (_NUMBER_LAST, 2, 1, "numbered lines"),
    ):
        matches = [(line, pattern.fullmatch(text)) for line, text in filled]
        pairs = [(int(m.group(number_at)), m.group(name_at), line) for line, m in matches if m]
        if any("\t" in name for _, name, _ in pairs):  # columns
            return None
        if len(pairs) < len(filled) or not pairs or (len(pairs) < 2 and ":" not in filled[0][1]):
            continue
        numbers = sorted(number for number, _, _ in pairs)
        names = [name for _, name, _ in pairs]
        counted = numbers == list(range(numbers[0], numbers[0] + len(pairs)))
        if numbers[0] in (0, 1) and not counted and len(set(numbers)) == len(numbers) > 2 and _differ(names):
            gather.problem(
                0, "The numbers of the lines have gaps, so they were taken as part of the names. Remove them if not."
            )
        if numbers[0] in (0, 1) and counted and _differ(names):
            gather.form = form
            gather.note("The numbers of the classes are left out.")
            return [(line, _unquoted(name)) for _, name, line in sorted(pairs)]
    return None


def _differ(names: Sequence[str]) -> bool:
    """Names that are the same without their numbers (``1 cent``, ``2 cent``) hold them; so do rows of numbers."""
    return len(set(names)) == len(names) and not all(re.fullmatch(r"[\d\s.,;-]+", name) for name in names)


def _unquoted(name: str) -> str:
    for quote in ("'", '"'):
        if len(name) > 2 and name.startswith(quote) and name.rstrip(",").endswith(quote):
            return name.rstrip(",")[1:-1]
    return name


def _marks_removed(filled: Numbered, gather: ClassGatherer) -> Numbered:
    """The names without the bullet, or the ImageNet number, that each line starts with."""
    for pattern, what in ((_BULLET, "bullets"), (_SYNSET, "WordNet numbers")):
        matches = [pattern.fullmatch(line) for _, line in filled]
        found = [match for match in matches if match]
        if len(found) == len(filled) > 1 and (pattern is _SYNSET or len({match.group(1) for match in found}) == 1):
            gather.note(f"The {what} before the names are left out.")
            return [(number, match.group(2)) for (number, _), match in zip(filled, found, strict=True)]
    return filled


def _header_removed(filled: Numbered, gather: ClassGatherer) -> Numbered:
    if len(filled) == 1 and "," in filled[0][1]:
        gather.note("One line with commas: each part is read as a name.")
        parts = filled[0][1].strip(",").split(",")
        return [(filled[0][0], name.strip()) for name in parts]
    if len(filled) > 1 and filled[0][1].casefold() in ("name", "class_name"):
        gather.note("The first line is read as a header.")
        return filled[1:]
    return filled


def _labelme_removed(filled: Numbered, gather: ClassGatherer) -> Numbered:
    """Without the two entries that LabelMe's labels.txt starts with, which are no classes."""
    kept = [(number, name) for number, name in filled if name not in _LABELME]
    removed = [name for _, name in filled if name in _LABELME]
    if removed and removed[0] == "__ignore__" and kept:
        gather.form = "LabelMe labels"
        gather.note(f"Left out: {', '.join(removed)}, LabelMe's names for “no class”.")
        return kept
    return filled
