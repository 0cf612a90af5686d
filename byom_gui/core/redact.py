"""Masks known secrets in text for people, in every form in which servers repeat them.

Data is never masked: a class name, a number or an export holds what the server sent. ``core.masking`` knows which part
of a response is which; ``docs/adr/0009-mask-what-people-read.md`` says why.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from byom_gui.core.endpoint import MASK
from byom_gui.core.unescape import unescape

WHOLE_WORD = 6
"""A secret with fewer characters is masked as a whole word only: an ``e`` is part of almost every word."""
_DISTINCT = 8
_INSIDE = 6
"""Bytes from which a secret is recognized in the middle of something that was encoded in base64."""

Span = tuple[int, int]


class Redactor:
    """Replaces secrets by eight dots. A text is read a few times for each secret, whatever is in it.

    Found are the plain value and its JSON, Python, HTML and percent escapes (of any of its characters, also escaped
    again or mixed), the value in hex and in base64 (both alphabets, with or without padding, at each alignment), and
    the pair of HTTP Basic in all of these.

    Args:
        secrets: the values; empty ones are ignored.
        basic: ``(user, password)`` pairs.
    """

    def __init__(self, secrets: Iterable[str] = (), basic: Iterable[tuple[str, str]] = ()) -> None:
        pairs = tuple(basic)
        values = {value for value in (*secrets, *(password for _, password in pairs)) if value}
        values |= {f"{user}:{password}" for user, password in pairs if password}
        self._forms = tuple(map(_forms, sorted(values)))

    def scrub(self, text: str) -> str:
        """The text with every form of every secret masked."""
        return masked(text, self.spans(text))

    def spans(self, text: str, *, distinct: bool = False) -> list[Span]:
        """Where secrets are in a text, in order and without overlaps.

        Args:
            distinct: leave out what people may have written without meaning the secret: plain values that look like a
                word or a number, or are short.
        """
        if not self._forms:
            return []
        plain = unescape(text)
        found = [span for forms in self._forms for span in forms.spans(text, distinct)]
        if plain.text != text:
            found += [plain.source(*span) for forms in self._forms for span in forms.spans(plain.text, distinct)]
        if any(forms.bare for forms in self._forms):
            bare = plain.bare()
            found += [
                bare.source(*span) for forms in self._forms for span in forms.words(bare.text, forms.bare, distinct)
            ]
        merged: list[Span] = []
        for start, end in sorted(found):
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            else:
                merged.append((start, end))
        return merged


def masked(text: str, spans: Iterable[Span]) -> str:
    """The text with the mask in place of each span."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += (text[at:start], MASK)
        at = end
    return "".join((*parts, text[at:]))


class _Forms:
    """The forms of one value, without escapes."""

    def __init__(self, value: str) -> None:
        raw = value.encode("utf-8", "surrogatepass")
        # A server may take UTF-8 for Latin-1; a space is a plus sign in forms.
        plain = (value, raw.decode("latin-1"), value.replace(" ", "+"))
        # Python's \\xc3\\xa9 is two characters of a text, or one in bytes.
        read = [unescape(way) for each in plain for way in (each, ascii(each)[1:-1])]
        self._plain = dict.fromkeys(form for form in (*plain, *(each.text for each in read)) if form)
        bare = dict.fromkeys(each.bare().text for each in read) if "\\" in value else {}
        self.bare = tuple(form for form in bare if form and form not in self._plain)
        self._distinct = len(value) >= _DISTINCT and _kinds(value) > 1
        self._whole_word = len(value) < WHOLE_WORD
        self._codes = dict.fromkeys(_alphabets(_base64(raw)))
        # Also as a dump of bytes: with 0x, in mixed case, with a colon, a hyphen or a space after each byte.
        self._hex = re.compile("(?:0x)?" + raw.hex("_").replace("_", "[ :-]?"), re.IGNORECASE | re.ASCII)
        self._cores = dict.fromkeys(_cores(raw) if len(raw) >= _INSIDE else ())

    def words(self, text: str, forms: Iterable[str], distinct: bool) -> Iterator[Span]:
        """Where one of these plain forms is."""
        for form in () if distinct and not self._distinct else forms:
            for start in _places(text, form):
                if not self._whole_word or _is_word(text, start, start + len(form)):
                    yield start, start + len(form)

    def spans(self, text: str, distinct: bool) -> Iterator[Span]:
        """Where the value is."""
        yield from self.words(text, self._plain, distinct)
        for form in self._codes:
            for start in _places(text, form):
                if not self._whole_word or _is_word(text, start, start + len(form)):
                    yield start, _padded(text, start + len(form))
        for match in self._hex.finditer(text):
            if not self._whole_word or _is_word(text, *match.span()):
                yield match.span()
        for core, before, after in self._cores:
            for start in _places(text, core):
                end = start + len(core)
                # The characters next to it hold some of its bits.
                end += after and _is_code(text[end : end + 1])
                yield start - (before and _is_code(text[max(start - 1, 0) : start])), _padded(text, end)


@lru_cache(maxsize=64)
def _forms(value: str) -> _Forms:
    return _Forms(value)


def _kinds(value: str) -> int:
    """Of how many kinds of character it is: lower case, upper case, digits, others."""
    return sum(
        (
            any(c.islower() for c in value),
            any(c.isupper() for c in value),
            any(c.isdigit() for c in value),
            not value.isalnum(),
        )
    )


def _places(text: str, form: str) -> Iterator[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + 1)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _alphabets(code: str) -> tuple[str, str]:
    return code, code.replace("+", "-").replace("/", "_")


def _cores(raw: bytes) -> Iterator[tuple[str, bool, bool]]:
    """What the base64 of any text holds that ``raw``, or its own base64, is a part of.

    With it come whether the characters before and after hold some of its bits.
    """
    for part in (raw, base64.b64encode(raw)):
        for shift in range(3):
            bits = 8 * (shift + len(part))
            core = _base64(bytes(shift) + part)[(8 * shift + 5) // 6 : bits // 6]
            for form in _alphabets(core):
                yield form, shift > 0, bits % 6 > 0


def _padded(text: str, end: int) -> int:
    """The end with the padding that follows."""
    return end + 2 if text.startswith("==", end) else end + text.startswith("=", end)


def _is_code(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in ("+", "/", "-", "_"))


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether it is not part of a longer word."""
    before = text[start].isalnum() and text[max(start - 1, 0) : start].isalnum()
    return not before and not (text[end - 1].isalnum() and text[end : end + 1].isalnum())
