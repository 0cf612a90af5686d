"""Scrubs known secrets out of text that came from outside, in every form in which they travel."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from byom_gui.core.endpoint import MASK

_PERCENT = re.compile(r"%[0-9A-F]{2}")


class Redactor:
    """Replaces secrets by eight dots: plain, base64, as a Basic pair, percent-encoded, JSON-escaped.

    Args:
        secrets: the values; empty ones are ignored.
        basic: ``(user, password)`` pairs, whose base64 form is scrubbed as well.
    """

    def __init__(self, secrets: Iterable[str] = (), basic: Iterable[tuple[str, str]] = ()) -> None:
        pairs = tuple(basic)
        values = {value for value in (*secrets, *(password for _, password in pairs)) if value}
        values |= {f"{user}:{password}" for user, password in pairs if password}
        forms = {form for value in values for form in _forms(value)}
        self._forms = sorted(forms, key=len, reverse=True)

    def scrub(self, text: str) -> str:
        """The text with every form of every secret masked."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text

    def scrub_bytes(self, data: bytes) -> bytes:
        """The same for bytes: only UTF-8 forms are looked for, all other bytes stay as they are."""
        for form in self._forms:
            raw = form.encode("utf-8", "surrogatepass")
            if raw in data:
                data = data.replace(raw, MASK.encode())
        return data


def _forms(value: str) -> Iterable[str]:
    """The value as it is, in base64, percent-encoded (in both cases of its digits) and as a JSON string has it."""
    raw = value.encode("utf-8", "surrogatepass")
    for encoded in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()):
        yield from (encoded, encoded.rstrip("="))
    for quoted in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield from (quoted, _PERCENT.sub(lambda match: match[0].lower(), quoted))
    for escaped in (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        yield from (escaped, escaped.replace("/", "\\/"))
    yield value
