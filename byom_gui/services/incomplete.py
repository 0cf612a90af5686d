"""Tells an answer that was cut off from one that is complete and never ends by its own headers."""

from __future__ import annotations

import json
from dataclasses import replace

from byom_gui.core.observations import NetFailure

_MOST = 4 * 1024 * 1024
"""A larger part is not parsed: it would keep its caller waiting."""


def explained(failure: NetFailure, body: bytes, silent: bool) -> NetFailure:
    """``http.encoding`` where the answer came complete, else the failure with how much of it came.

    Args:
        failure: of a call whose headers came.
        body: what came of the body, as it was sent.
        silent: nothing came after it.
    """
    if failure.id not in ("net.reset", "net.timeout-read"):
        return failure
    headers = {name.lower(): value for name, value in failure.headers}
    length = headers.get("content-length", "")
    of = f" of {int(length):,}" if length.isdecimal() and length.isascii() else ""
    came = f"{len(body):,}{of} bytes of the body came"
    if not silent or "content-encoding" in headers or not _is_complete(body):
        return replace(failure, detail=f"{failure.detail}; the response is incomplete: {came}")
    detail = f"by its headers the response is incomplete: {came}, and these are complete JSON"
    return replace(failure, id="http.encoding", detail=detail, subject="unfinished")


def _is_complete(body: bytes) -> bool:
    """Whether this is a JSON object or array to its end."""
    if len(body) > _MOST or not body.rstrip().endswith((b"}", b"]")):
        return False
    try:
        return isinstance(json.loads(body), (dict, list))
    except (ValueError, RecursionError):
        return False
