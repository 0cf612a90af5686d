"""What a server says of itself that has no time for a request now."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from byom_gui.core.observations import Reply

_NAMED_AT_MOST = 3600.0


def retry_after(reply: Reply) -> float | None:
    """The seconds that a ``Retry-After`` header names, as a number or as a date; None for no header, and for nonsense.

    A date is compared with the server's own ``Date`` where there is one: the two clocks may differ.
    """
    text = reply.header("retry-after").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _NAMED_AT_MOST)
    until = _date(text)
    if until is None:
        return None
    now = _date(reply.header("date")) or datetime.now(UTC)
    return min(max((until - now).total_seconds(), 0.0), _NAMED_AT_MOST)


def _date(text: str) -> datetime | None:
    """An HTTP date; one without a time zone is UTC."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def is_busy(reply: Reply | None) -> bool:
    """Whether the server wants the very same request again later: 429, or 503 that names a time."""
    return reply is not None and (reply.status == 429 or (reply.status == 503 and retry_after(reply) is not None))
