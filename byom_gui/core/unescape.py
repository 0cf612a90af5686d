"""Text without the escapes of JSON, Python, HTML and addresses, and where each part of it was before.

All of them are undone together and again until nothing changes, so that ``%2526amp;``, ``\\u0026`` and ``&#38;`` are
all ``&``. This is not how any one reader would read the text; it serves to find what was escaped, however often.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from html.entities import html5
from operator import itemgetter

_ROUNDS = 8
_ESCAPE = re.compile(
    r"[\\%&](?:"
    r"(?<=%)(?P<percent>(?:25)*[0-9A-Fa-f]{2}(?:%(?:25)*[0-9A-Fa-f]{2})*)"
    r"|(?<=\\)\\*(?:(?P<bytes>x[0-9A-Fa-f]{2}(?:\\+x[0-9A-Fa-f]{2})*)"
    r"|(?P<octal>[0-3][0-7]{2}(?:\\+[0-3][0-7]{2})*)"
    r"|(?P<units>u[0-9A-Fa-f]{4}(?:\\+u[0-9A-Fa-f]{4})*)"
    r"|U(?P<long>[0-9A-Fa-f]{8})|u\{(?P<braced>[0-9A-Fa-f]{1,6})\}|(?P<short>[\"'/bfnrt])|(?P<run>(?<=\\\\)))"
    r"|(?<=&)(?:amp;)*(?:\#(?P<decimal>[0-9]{1,9})|\#[xX](?P<hex>[0-9A-Fa-f]{1,8})"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]{1,31}));)"
)
"""It starts with a set of characters, which makes it quick where there are none of them."""
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HEX = re.compile("[0-9A-Fa-f]{2}(?![0-9A-Fa-f])")
_OCTAL = re.compile("[0-7]{3}")
_PER_UNIT = re.compile("u([0-9A-Fa-f]{4})")
_BACKSLASHES = re.compile(r"\\+")


class _Round:
    """One time that all escapes were undone: the text after it, and where what was replaced is in both texts."""

    def __init__(self, text: str, escapes: re.Pattern[str], plain_of: Callable[[re.Match[str]], str]) -> None:
        self._before: list[tuple[int, int]] = []
        self._after: list[tuple[int, int]] = []
        parts: list[str] = []
        at = length = 0
        for match in escapes.finditer(text):
            plain = plain_of(match)
            if plain != match[0]:
                parts += (text[at : match.start()], plain)
                start = length + match.start() - at
                at, length = match.end(), start + len(plain)
                self._before.append(match.span())
                self._after.append((start, length))
        self.text = "".join((*parts, text[at:]))

    @property
    def changed(self) -> bool:
        """Whether there was any escape."""
        return bool(self._before)

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the new text was in the old one, with the whole of each escape that it touches."""
        first = bisect_right(self._after, start, key=itemgetter(0)) - 1
        last = bisect_left(self._after, end, key=itemgetter(0)) - 1
        return self._moved(first, start, at_end=False), self._moved(last, end, at_end=True)

    def _moved(self, index: int, at: int, *, at_end: bool) -> int:
        if index < 0:
            return at
        before, after = self._before[index], self._after[index]
        if at < after[1] or (at_end and at == after[1]):
            return before[at_end]
        return before[1] + at - after[1]


class Unescaped:
    """What came of ``unescape``."""

    def __init__(self, text: str, rounds: tuple[_Round, ...]) -> None:
        self.text = text
        self._rounds = rounds

    def bare(self) -> Unescaped:
        """The same without backslashes: whether one before an escape belongs to the text cannot be known."""
        made = _Round(self.text, _BACKSLASHES, lambda _: "")
        return Unescaped(made.text, (*self._rounds, made)) if made.changed else self

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of it was in the text with escapes."""
        for each in reversed(self._rounds):
            start, end = each.source(start, end)
        return start, end


def unescape(text: str) -> Unescaped:
    """Undoes all escapes, a bounded number of times."""
    rounds: list[_Round] = []
    for _ in range(_ROUNDS):
        made = _Round(text, _ESCAPE, _plain)
        if not made.changed:
            break
        rounds.append(made)
        text = made.text
    return Unescaped(text, tuple(rounds))


def _plain(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    found = match[kind]
    if kind in ("percent", "bytes"):
        return _decoded(bytes.fromhex("".join(_HEX.findall(found))))
    if kind == "octal":
        return _decoded(bytes(int(each, 8) for each in _OCTAL.findall(found)))
    if kind == "units":
        units = bytes.fromhex("".join(_PER_UNIT.findall(found)))
        return units.decode("utf-16-be", "surrogatepass")
    if kind == "short":
        return _SHORT.get(found, found)
    if kind == "run":
        return "\\"
    if kind == "name":
        return html5.get(f"{found};", f"&{found};")
    code = int(found, 10 if kind == "decimal" else 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
