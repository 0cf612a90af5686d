"""A class file's bytes as text: UTF-8, UTF-16 and UTF-32; else Windows' western encoding, which is said."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from byom_gui.core.class_formats.foreign import binary_form

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text of a file.

    Args:
        binary: what the file is where it is no text; then there is no text.
        warning: why names may be wrong; empty where the encoding is sure.
        line: the line of the first byte that is not UTF-8.
    """

    text: str = ""
    binary: str = ""
    warning: str = ""
    line: int = 0


def decode(data: bytes) -> DecodedText:
    """The text that the bytes hold; never raises."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "") or _unmarked(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        return _western(data, error) if encoding == "utf-8" else DecodedText(binary=f"broken {encoding.upper()} text")
    if _is_text(text) and not (binary_form(data) and _has_controls(text)):
        return DecodedText(text)
    return DecodedText(binary=binary_form(data) or "a binary file")


def _is_text(text: str) -> bool:
    return "\0" not in text and not text.startswith(("%PDF-", "\x1f"))


def _has_controls(text: str) -> bool:
    return any(ord(character) < 32 and character not in "\t\n\r\f" for character in text)


def _unmarked(data: bytes) -> str:
    """UTF-16 without a mark shows by the zero bytes of its western letters, at least of its line ends."""
    sample = data[:400]
    if len(sample) > 3 and len(sample) % 2 == 0:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        half = len(sample) / 4
        if odd > half and not even:
            return "utf-16-le"
        if even > half and not odd:
            return "utf-16-be"
        if (even or odd) and not (even and odd):
            encoding = "utf-16-le" if odd else "utf-16-be"
            text = data.decode(encoding, "replace")
            if all(character.isprintable() or character in "\t\r\n" for character in text):
                return encoding
    return "utf-8"


def _western(data: bytes, error: UnicodeDecodeError) -> DecodedText:
    form = binary_form(data)
    text = data.decode("cp1252", "replace")
    if form or _has_controls(text):
        return DecodedText(binary=form or "a binary file")
    line = data.count(b"\n", 0, error.start) + 1
    shown = text.split("\n")[line - 1].strip()[:60]
    warning = (
        f"Line {line} is not UTF-8. It was read as Windows-1252: “{shown}”. Save the file as UTF-8 if that is wrong."
    )
    return DecodedText(text, warning=warning, line=line)
