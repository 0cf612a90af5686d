"""Gets the picture of an inference request: out of base64, or from an address."""

from __future__ import annotations

import base64
import binascii
import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from byom_gui.core.errors import ImageError

MOST_BYTES = 64 * 1024 * 1024
SECONDS = 10.0


def from_base64(text: str) -> bytes:
    """Standard base64 without a ``data:`` prefix, as V7 sends it. Raises ImageError for anything else."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ImageError("The image is no standard base64.") from None


def from_url(url: str) -> bytes:
    """What an http(s) address holds, at most MOST_BYTES. This machine's own addresses are allowed: it is for practice.

    Raises:
        ImageError: another scheme, no answer within SECONDS, any status but 200, or too much.
    """
    if urlsplit(url).scheme.lower() not in ("http", "https"):
        raise ImageError("The image's address has to start with http:// or https://.")
    try:
        with _opener().open(url, timeout=SECONDS) as reply:
            data: bytes = reply.read(MOST_BYTES + 1)
    except (OSError, ValueError, AttributeError, http.client.HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise ImageError("The image could not be fetched.", detail=type(error).__name__) from None
    if len(data) > MOST_BYTES:
        raise ImageError("The image is too large.")
    return data


def _opener() -> urllib.request.OpenerDirector:
    """Knows http and https alone, so that no redirect leads to a file; uses no proxy."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener
