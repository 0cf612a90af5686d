"""Unpacks a response's body as its ``Content-Encoding`` says, within a size limit; says exactly what does not fit."""

from __future__ import annotations

import zlib

from byom_gui.core import protocols
from byom_gui.services.failures import Misencoded, Oversized

REQUESTED = ("gzip", "deflate")
"""What the request's Accept-Encoding names."""
_MOST = 5
"""A body is unpacked at most so often."""
_GZIP = b"\x1f\x8b"


def decoded(body: bytes, header: str, limit: int) -> bytes:
    """The body without its encodings.

    Args:
        header: the value of Content-Encoding.
        limit: the most bytes that may come out.

    Raises:
        Misencoded: the body is not what the header says, or the header names what was not requested.
        Oversized: more than ``limit`` bytes come out.
    """
    named = [name.strip().lower().removeprefix("x-") for name in header.split(",")]
    codings = [name for name in named if name not in ("", "identity")]
    strange = [name for name in codings if name not in REQUESTED]
    if strange:
        raise Misencoded("unrequested", f"Content-Encoding is {header}; only gzip or deflate was requested")
    if len(codings) > _MOST:
        raise Misencoded("undecodable", f"Content-Encoding names {len(codings)} encodings: {header[:60]}")
    for name in reversed(codings):
        if body:
            body = _unpacked(body, name, limit, header)
    return body


def _unpacked(body: bytes, name: str, limit: int, header: str) -> bytes:
    parts: list[bytes] = []
    left, rest = limit, body
    try:
        while rest:
            machine = _machine(rest, name)
            part = machine.decompress(rest, left + 1)
            if len(part) > left:
                raise Oversized(f"reading stopped after {limit:,} bytes, the limit")
            if name == "deflate" and machine.unused_data:
                raise zlib.error
            if not machine.eof:
                what = f"Content-Encoding is {header}, but the {name} data ends too early: the body is incomplete"
                raise Misencoded("undecodable", what)
            parts.append(part)
            left -= len(part)
            rest = machine.unused_data if name == "gzip" and machine.unused_data.startswith(_GZIP) else b""
    except zlib.error:
        what = f"Content-Encoding is {header}, but the body is not {name} data: it starts with {protocols.shown(body)}"
        raise Misencoded("undecodable", what) from None
    return b"".join(parts)


def _machine(body: bytes, name: str) -> zlib._Decompress:
    """What unpacks one part; ``deflate`` is sent in two forms, with and without zlib's head."""
    if name == "gzip":
        return zlib.decompressobj(16 + zlib.MAX_WBITS)
    has_head = len(body) > 1 and body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return zlib.decompressobj(zlib.MAX_WBITS if has_head else -zlib.MAX_WBITS)
