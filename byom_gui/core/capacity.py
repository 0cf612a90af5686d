"""What a server can handle: what to measure, what the times show, and how long many items take at that rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from byom_gui.core.errors import InputError
from byom_gui.core.pace import rate_text

Price = Decimal | None
"""Credits per item; None if the user entered none."""
AT_ONCE = (1, 2, 4, 8, 16)
MAX_CALLS = 120
FEWEST_CALLS = 3
WARM_UP = 1
"""Calls before measuring: the first one may load the model."""
MOST_ERRORS = 0.2
"""The share of errors above which the load is not increased."""
FEW_ERRORS = 0.02
"""The share of errors up to which a rate can be recommended."""
_GAIN = 1.1
"""How much faster more parallel requests must be to count as faster."""
BUSY = "429"


@dataclass(frozen=True, slots=True)
class Step:
    """A number of calls, and how many of them run in parallel."""

    at_once: int
    calls: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One call: its time, and why it failed; empty for a good response."""

    milliseconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """What was measured with one number of parallel requests. Times are for good responses; None if there were none.

    ``errors`` are the reasons, the most frequent first; ``per_second`` counts good responses.
    """

    at_once: int
    calls: int
    errors: tuple[tuple[str, int], ...]
    p50: float | None
    p95: float | None
    p99: float | None
    per_second: float

    @property
    def failed(self) -> int:
        """How many calls got no good response."""
        return sum(count for _, count in self.errors)

    @property
    def error_rate(self) -> float:
        """The share of calls that got no good response, 0 to 1."""
        return self.failed / self.calls if self.calls else 0.0

    def hours(self, items: int) -> float | None:
        """How long ``items`` take at this rate, with failed ones sent again; None if nothing succeeded."""
        return items / self.per_second / 3600 if self.per_second else None


@dataclass(frozen=True, slots=True)
class Capacity:
    """All measured levels, and why the measurement stopped early; empty if it did not."""

    levels: tuple[Level, ...]
    stopped: str = ""
    unreachable: bool = False
    """The first call got no HTTP response."""


def plan(max_calls: int = MAX_CALLS, most: int = AT_ONCE[-1]) -> tuple[Step, ...]:
    """The steps that ``max_calls`` allow, without the warm-up call.

    Each step makes at least two rounds of its calls, so that a rate can be measured; steps for which no calls are
    left are omitted, the highest first.

    Args:
        most: the most parallel requests.

    Raises:
        InputError: fewer than three calls.
    """
    if max_calls < FEWEST_CALLS:
        raise InputError(f"Measuring needs at least {FEWEST_CALLS} calls. Allow more.")
    room = max_calls - WARM_UP
    chosen = [n for n in AT_ONCE if n <= max(most, 1)]
    while 2 * sum(chosen) > room:
        chosen.pop()
    spare, weight = room - 2 * sum(chosen), sum(n + 4 for n in chosen)
    return tuple(Step(n, 2 * n + spare * (n + 4) // weight) for n in chosen)


def calls_of(steps: Sequence[Step]) -> int:
    """How many calls the steps make in total, including the warm-up call."""
    return WARM_UP + sum(step.calls for step in steps)


def plan_text(steps: Sequence[Step], host: str) -> str:
    """What will be sent, shown before it is sent."""
    numbers = ", ".join(str(step.at_once) for step in steps)
    return f"At most {calls_of(steps)} calls to {host}, with {numbers} in parallel."


def summed(at_once: int, samples: Sequence[Sample], seconds: float) -> Level:
    """One level's figures. ``seconds`` is the time from the level's first call to its last response."""
    times = sorted(sample.milliseconds for sample in samples if not sample.error)
    errors = Counter(sample.error for sample in samples if sample.error)
    rate = len(times) / seconds if seconds > 0 else 0.0
    p50, p95, p99 = (percentile(times, share) for share in (50, 95, 99))
    return Level(at_once, len(samples), tuple(errors.most_common()), p50, p95, p99, rate)


def percentile(times: Sequence[float], share: int) -> float | None:
    """The time within which ``share`` percent of the responses arrived (nearest rank of ``times``); None for none."""
    return times[-(-share * len(times) // 100) - 1] if times else None


def why_stop(level: Level) -> str:
    """Why the load must not be increased after this level; empty if it may be."""
    if any(error == BUSY for error, _ in level.errors):
        return f"Stopped at {level.at_once} parallel requests: the server limits the number of requests (429)."
    if level.error_rate > MOST_ERRORS:
        return f"Stopped at {level.at_once} parallel requests: {level.failed} of {level.calls} calls failed."
    return ""


def best(levels: Sequence[Level]) -> Level | None:
    """The level with the fewest parallel requests that is about as fast as any; None if all failed too often."""
    sound = [level for level in levels if level.per_second and level.error_rate <= FEW_ERRORS]
    if not sound:
        return None
    top = max(level.per_second for level in sound)
    return next(level for level in sound if level.per_second * _GAIN >= top)


def conclusions(capacity: Capacity, items: int, price: Price = None) -> list[str]:
    """What the figures mean for ``items``, in sentences.

    Args:
        price: credits per item, as the user entered it; without it, credits are not mentioned.
    """
    return [*_pace(capacity, items), *_cautions(capacity), *_credits(items, price)]


def _pace(capacity: Capacity, items: int) -> list[str]:
    chosen = best(capacity.levels)
    if not capacity.levels:
        return []
    if chosen is None:
        return ["No rate can be recommended because calls failed at every level. Run the check to see why."]
    hours = chosen.hours(items)
    said = [f"{_items(items)} {hours_text(hours)} with {_parallel(chosen.at_once)}: {rate_text(chosen.per_second)}."]
    higher = [level for level in capacity.levels if level.at_once > chosen.at_once]
    if higher and chosen.at_once == 1 and not any(level.errors for level in higher):
        said.append("More parallel requests are not faster: the server seems to handle one at a time.")
    elif higher:
        said.append(f"More than {_parallel(chosen.at_once)} are not faster, or fail.")
    elif len(capacity.levels) > 1:
        said.append(f"It was still getting faster with {_parallel(chosen.at_once)}, the most that were tried.")
    return said


def _parallel(count: int) -> str:
    return "1 request at a time" if count == 1 else f"{count} parallel requests"


def _items(items: int) -> str:
    return "1 item takes" if items == 1 else f"{items:,} items take"


def _cautions(capacity: Capacity) -> list[str]:
    said = [capacity.stopped] if capacity.stopped else []
    for level in capacity.levels:
        if level.errors:
            reasons = ", ".join(f"{count} × {error}" for error, count in level.errors[:3])
            said.append(f"{_parallel(level.at_once)}: {level.failed} of {level.calls} calls failed ({reasons}).")
    if any(0 < level.calls < 100 for level in capacity.levels):
        said.append("With fewer than 100 calls, p99 is the slowest one.")
    if capacity.levels:
        said.append("V7 has not published how many requests it sends in parallel, and its network path is different.")
    return said


def _credits(items: int, price: Price) -> list[str]:
    if price is None:
        return []
    return [f"{items:,} × {_plain(price)} = {_plain(items * price)} credits, at the price that you entered."]


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_price(text: str) -> Price:
    """Credits per item as typed; None for nothing.

    Raises:
        InputError: it is not a number from 0 to a million.
    """
    if not text.strip():
        return None
    try:
        price = Decimal(text.strip())
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or not 0 <= price <= 1_000_000:
        raise InputError("The price must be the number of credits per item, such as 0.5.", where="price")
    return price


def hours_text(hours: float | None) -> str:
    """A duration for people, such as ``about 12 minutes`` or ``about 3.4 hours``."""
    if hours is None:
        return "an unknown time"
    if hours * 60 < 1:
        return "under a minute"
    if hours < 1:
        minutes = round(hours * 60)
        return f"about {minutes} minute{'' if minutes == 1 else 's'}"
    if hours < 48:
        return f"about {hours:.1f} hours"
    return f"about {hours:,.0f} hours ({hours / 24:,.1f} days)"


def as_json(capacity: Capacity, endpoint: str, items: int, price: Price = None) -> dict[str, Any]:
    """The ``byom-capacity/1`` format."""
    chosen = best(capacity.levels)
    return {
        "format": "byom-capacity/1",
        "endpoint": endpoint,
        "items": items,
        "levels": [_level_json(level, items) for level in capacity.levels],
        "recommended_at_once": chosen.at_once if chosen else None,
        "stopped": capacity.stopped,
        "credits": float(items * price) if price is not None else None,
    }


def csv_text(capacity: Capacity, items: int) -> str:
    """One row per level: only numbers, and the reasons for failed calls."""
    head = "at_once,calls,error_rate,p50_ms,p95_ms,p99_ms,per_second,hours,errors"
    rows = []
    for level in capacity.levels:
        figures = _level_json(level, items)
        errors = "; ".join(f"{count} x {error}" for error, count in level.errors)
        names = ("at_once", "calls", "error_rate", "p50_ms", "p95_ms", "p99_ms", "per_second", "hours")
        cells = ["" if figures[name] is None else str(figures[name]) for name in names]
        rows.append(",".join([*cells, f'"{errors}"']))
    return "\n".join([head, *rows]) + "\n"


def _level_json(level: Level, items: int) -> dict[str, Any]:
    hours = level.hours(items)
    return {
        "at_once": level.at_once,
        "calls": level.calls,
        "errors": dict(level.errors),
        "error_rate": round(level.error_rate, 4),
        "p50_ms": _rounded(level.p50),
        "p95_ms": _rounded(level.p95),
        "p99_ms": _rounded(level.p99),
        "per_second": round(level.per_second, 3),
        "hours": round(hours, 4) if hours is not None else None,
    }


def _rounded(milliseconds: float | None) -> float | None:
    return round(milliseconds, 1) if milliseconds is not None else None
