"""Times as people read them; how fast a run goes and how long it will take, from what it has done so far."""

from __future__ import annotations

# Sooner, the first answers alone would speak: a slow first call, or a burst.
MIN_SECONDS = 1.0
MIN_DONE = 2


def clock_text(seconds: float) -> str:
    """Minutes and seconds, such as ``0:03``; with hours from one hour on."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def pace_text(done: int, total: int, seconds: float) -> str:
    """Rate and time left, such as ``8.3 per second · 2:41 left``; empty while there is too little to tell from.

    Args:
        done: how many of the run have ended, well or not.
        total: how many there are in all.
        seconds: how long the run has been working, pauses left out.
    """
    if seconds < MIN_SECONDS or done < MIN_DONE or done >= total:
        return ""
    rate = done / seconds
    left = round((total - done) / rate)
    return f"{rate_text(rate)} · {clock_text(left)} left"


def rate_text(rate: float) -> str:
    """How many in a time, such as ``8.3 per second`` or ``24 per minute``."""
    if rate < 1:
        return f"{rate * 60:.0f} per minute" if rate * 60 >= 1 else "under 1 per minute"
    return f"{rate:.1f} per second" if rate < 10 else f"{rate:,.0f} per second"
