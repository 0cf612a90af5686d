"""Class names: which cannot work, which look alike, and which mean “no object”."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from byom_gui.core.findings import Severity

FlawKind = Literal["surrogate", "line-end", "control", "bidi", "invisible", "damaged", "edge-space", "odd-space"]

_BACKGROUND = frozenset(
    ("background", "bg", "ignore", "ignored", "void", "unlabeled", "unlabelled", "other", "none", "nothing", "null")
)
_NOT_APPLICABLE = re.compile(r"#?n[/.]a\.?", re.IGNORECASE)
_UNDERSCORES = re.compile(r"[\W_]+")
_SPACES = re.compile(r"\s+")
_CONTROL_NAMES = {"\0": "null", "\t": "tab", "\n": "line feed", "\r": "carriage return", "\x1b": "escape"}
_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
_JOINERS = "\u200c\u200d"
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that show nothing although Unicode counts them as letters, marks or symbols."""
_VISIBLE_FORMAT = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_WHAT: dict[FlawKind, str] = {
    "surrogate": "is not valid Unicode: it contains half a character (a lone surrogate)",
    "line-end": "ends in a line break",
    "control": "contains a control character",
    "bidi": "contains a character that changes the reading direction",
    "invisible": "contains an invisible character",
    "damaged": "contains the mark of a wrong encoding",
    "edge-space": "starts or ends with a space",
    "odd-space": "contains an unusual space",
}
_FIX: dict[FlawKind, str] = {
    "surrogate": "Write the character itself, or both halves of it (such as \\ud83d\\ude00).",
    "line-end": "Split the file of names with splitlines(), which removes every kind of line end.",
    "control": "Remove it from the name, in the list and in the responses.",
    "bidi": "Remove it from the name, in the list and in the responses.",
    "invisible": "Remove it from the name, in the list and in the responses.",
    "damaged": "Read the file of names with the encoding that it was saved in.",
    "edge-space": "Strip each name, in the list and in the responses: name.strip().",
    "odd-space": "Use a plain space on both sides: unicodedata.normalize('NFKC', name).",
}


@dataclass(frozen=True, slots=True)
class NameFlaw:
    """Why a name cannot work as it is, and the characters that are the reason."""

    kind: FlawKind
    characters: str

    @property
    def severity(self) -> Severity:
        """A lone surrogate cannot be stored anywhere; the others work, but surely not as intended."""
        return "error" if self.kind == "surrogate" else "warning"

    @property
    def what(self) -> str:
        """What follows the name in a sentence: ``contains an invisible character, U+200B (zero width space)``."""
        if self.kind == "line-end":
            return f"ends in a {code_points(self.characters)}"
        return f"{_WHAT[self.kind]}, {code_points(self.characters)}"

    @property
    def fix(self) -> str:
        """What to do about it."""
        return _FIX[self.kind]


def code_points(text: str) -> str:
    """The characters for people: ``carriage return (U+000D)``, ``zero width space (U+200B)``."""
    return ", ".join(_code_point(character) for character in text)


def _code_point(character: str) -> str:
    name = _CONTROL_NAMES.get(character) or unicodedata.name(character, "").lower()
    number = f"U+{ord(character):04X}"
    return f"{name} ({number})" if name else number


def visible(name: str) -> str:
    """The name with the characters that nobody sees, or that a terminal would obey, written as ``<U+200B>``."""
    if name.isascii() and name.isprintable():
        return name
    odd = {place: character for place, kind, character in _odd(name) if kind != "edge-space"}
    return "".join(f"<U+{ord(odd[at]):04X}>" if at in odd else character for at, character in enumerate(name))


@lru_cache(maxsize=65_536)
def flaws(name: str) -> tuple[NameFlaw, ...]:
    """What is wrong with the characters of a name, each kind once; a blank name's spaces do not count."""
    if name.isascii() and name.isprintable() and name == name.strip():
        return ()
    found: dict[FlawKind, str] = {}
    for _, kind, character in _odd(name):
        held = found.get(kind, "")
        found[kind] = held if character in held else held + character
    return tuple(NameFlaw(kind, characters) for kind, characters in found.items())


def is_blank(name: str) -> bool:
    """Whether the name is blank: empty, or only spaces and invisible characters."""
    return not any(_shows(character) for character in name)


def _odd(name: str) -> Iterator[tuple[int, FlawKind, str]]:
    """Each character that should not be in a name: its index, and why."""
    ends = len(name.rstrip("\r\n"))
    for at, character in enumerate(name):
        kind: FlawKind | Literal[""] = "line-end" if at >= ends else _kind(character)
        if kind == "invisible" and _joins(name, at):
            continue
        if kind in ("", "odd-space") and character.isspace() and at in (0, len(name) - 1):
            kind = "edge-space"
        if kind:
            yield at, kind, character


def _kind(character: str) -> FlawKind | Literal[""]:
    category = unicodedata.category(character)
    if category == "Cs":
        return "surrogate"
    if category in ("Cc", "Zl", "Zp"):
        return "control"
    if character in _BIDI:
        return "bidi"
    if character == "\ufffd" or (category == "Cn" and ord(character) & 0xFFFE == 0xFFFE):
        return "damaged"
    if character in _BLANKS or (category == "Cf" and character not in _VISIBLE_FORMAT):
        return "invisible"
    return "odd-space" if category == "Zs" and character not in " \u3000" else ""


def _joins(name: str, at: int) -> bool:
    """Joiners within words of Persian and Indic scripts and within emoji, and the letters of a flag, belong there."""
    before = name[at - 1 : at] if at else ""
    if not before or before.isascii():
        return False
    if name[at] in _JOINERS:
        return at + 1 < len(name) and not name[at + 1].isascii()
    return "\U000e0020" <= name[at] <= "\U000e007f"


def _shows(character: str) -> bool:
    return not character.isspace() and _kind(character) not in ("surrogate", "control", "bidi", "invisible")


def look_alike_key(name: str) -> str:
    """Equal for names that look the same: composed or decomposed, full width, with invisible characters or not."""
    if name.isascii() and name.isprintable():
        return " ".join(name.split())
    shown = "".join(
        character
        for character in name
        if character.isspace() or (_shows(character) and not "\ufe00" <= character <= "\ufe0f")
    )
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", shown)).strip()


@lru_cache(maxsize=65_536)  # the table is made again at each edit, from mostly the same names
def near_key(name: str) -> str:
    """The name with case, spaces, punctuation and Unicode forms folded: equal keys are near matches."""
    folded = look_alike_key(name).casefold()
    if folded.isascii():
        return _UNDERSCORES.sub("", folded) or folded
    folded = unicodedata.normalize("NFKC", folded)
    # Vowel signs and accents stay: without them the words would change.
    letters = "".join(character for character in folded if unicodedata.category(character)[0] not in "PSZ")
    return letters or folded


def is_background(name: str) -> bool:
    """Whether the name stands for "nothing here" (N/A, background, ``__ignore__``) rather than for a class."""
    return near_key(name) in _BACKGROUND or _NOT_APPLICABLE.fullmatch(look_alike_key(name)) is not None


@dataclass(frozen=True, slots=True)
class NameDifference:
    """How two near names differ: in words, and what the server should do if they look the same."""

    words: str
    normalize: str = ""


def difference(returned: str, listed: str) -> NameDifference:
    """How a returned name differs from the listed name that it nearly matches."""
    if look_alike_key(returned) != look_alike_key(listed):
        if returned.casefold() != listed.casefold():
            return NameDifference("spaces or punctuation")
        letters = sum(one != two for one, two in zip(returned, listed, strict=False))
        return NameDifference("one capital letter" if letters == 1 else "capital letters")
    compared: tuple[Literal["NFC", "NFKC"], ...] = ("NFC", "NFKC")
    for form in compared:
        if unicodedata.normalize(form, returned) == unicodedata.normalize(form, listed):
            return NameDifference(_only_code_points(returned, listed), f"unicodedata.normalize('{form}', name)")
    kinds = {kind for name in (returned, listed) for _, kind, _ in _odd(name)}
    tool = "splitlines()" if "line-end" in kinds else "name.strip()" if kinds == {"edge-space"} else ""
    return NameDifference(_only_code_points(returned, listed), tool)


def _only_code_points(returned: str, listed: str) -> str:
    one, two = differing_code_points(returned, listed)
    return f"code points only: {one} is returned, {two} is listed"


def differing_code_points(first: str, second: str) -> tuple[str, str]:
    """The characters in which two names differ: ``U+0061 U+0308 (NFD)`` and ``U+00E4 (NFC)``."""
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    end = 0
    while end < min(len(first), len(second)) - start and first[-1 - end] == second[-1 - end]:
        end += 1
    one, two = first[start : len(first) - end], second[start : len(second) - end]
    named = unicodedata.is_normalized("NFC", first) != unicodedata.is_normalized("NFC", second)
    said = [f"{_numbers(part)}{_form_of(name) if named else ''}" for part, name in ((one, first), (two, second))]
    return said[0], said[1]


def _form_of(name: str) -> str:
    forms = (form for form in _FORMS if unicodedata.is_normalized(form, name))
    return f" ({next(forms, 'neither NFC nor NFD')})"


def _numbers(text: str) -> str:
    shown = " ".join(f"U+{ord(character):04X}" for character in text[:6])
    return f"{shown} …" if len(text) > 6 else shown or "nothing"
