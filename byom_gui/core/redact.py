"""Scrubs known secrets out of text that came from outside, in every form in which they travel."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from byom_gui.core.endpoint import MASK


class Redactor:
    """Replaces secrets by eight dots: plain, base64, as a Basic pair, percent-encoded, JSON-escaped.

    Args:
        secrets: the values; empty ones are ignored.
        basic: ``(user, password)`` pairs, whose base64 form is scrubbed as well.
    """

    def __init__(self, secrets: Iterable[str] = (), basic: Iterable[tuple[str, str]] = ()) -> None:
        pairs = tuple(basic)
        values = {value for value in (*secrets, *(password for _, password in pairs)) if value}
        forms: set[str] = {f"{user}:{password}" for user, password in pairs if password}
        forms |= {base64.b64encode(form.encode()).decode() for form in forms}
        for value in values:
            encoded = base64.b64encode(value.encode()).decode()
            forms |= {
                value,
                encoded,
                encoded.rstrip("="),
                quote(value, safe=""),
                quote(value),
                quote_plus(value),
            }
            forms |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
        self._forms = sorted((form for form in forms if form), key=len, reverse=True)

    def scrub(self, text: str) -> str:
        """The text with every form of every secret masked."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text

    def scrub_bytes(self, data: bytes) -> bytes:
        """The same for bytes: only UTF-8 forms are looked for, all other bytes stay as they are."""
        for form in self._forms:
            raw = form.encode()
            if raw in data:
                data = data.replace(raw, MASK.encode())
        return data
