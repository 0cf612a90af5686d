"""How much a server can take: what to measure, what the times say, and how long many items take at that pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from byom_gui.core.errors import InputError
from byom_gui.core.observations import Interruption
from byom_gui.core.pace import rate_text

Price = Decimal | None
"""Credits for one item; None where the user entered none."""
AT_ONCE = (1, 2, 4, 8, 16)
MAX_CALLS = 120
FEWEST_CALLS = 3
WARM_UP = 1
"""Calls before the measuring: the first may have to load the model."""
MOST_ERRORS = 0.2
"""The share of errors past which a server is not loaded further."""
FEW_ERRORS = 0.02
"""The share of errors that a pace may hold and still be recommended."""
_GAIN = 1.1
"""How much faster more at once has to be to count as faster."""


@dataclass(frozen=True, slots=True)
class Step:
    """So many calls, that many of them under way at once."""

    at_once: int
    calls: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One call: its time, and why it was of no use; empty for a good answer."""

    milliseconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """What was measured at one number at once. Times are those of good answers, None where there was none.

    ``errors`` are the reasons, the most frequent first; ``per_second`` counts good answers.
    """

    at_once: int
    calls: int
    errors: tuple[tuple[str, int], ...]
    p50: float | None
    p95: float | None
    p99: float | None
    per_second: float
    cut: bool = False
    """The server stopped responding, or refused further calls, before its calls were made: it shows no pace."""

    @property
    def failed(self) -> int:
        """How many calls brought no good answer."""
        return sum(count for _, count in self.errors)

    @property
    def error_rate(self) -> float:
        """The share of calls that brought no good answer, 0 to 1."""
        return self.failed / self.calls if self.calls else 0.0

    def hours(self, items: int) -> float | None:
        """How long so many items take at this pace, failed ones sent again; None where nothing was answered."""
        return items / self.per_second / 3600 if self.per_second else None


@dataclass(frozen=True, slots=True)
class Capacity:
    """All levels that were measured, and why it did not go further; empty where it went all the way."""

    levels: tuple[Level, ...]
    stopped: str = ""
    unreachable: bool = False
    """No HTTP answer came to the first call."""
    died: bool = False
    """The server stopped responding."""

    @property
    def found(self) -> bool:
        """Whether a pace was found, of a server that was still there at the end."""
        return best(self.levels) is not None and not self.died


def plan(max_calls: int = MAX_CALLS, most: int = AT_ONCE[-1]) -> tuple[Step, ...]:
    """The steps that ``max_calls`` allow, one call to warm up left aside.

    Each step makes at least two rounds of its calls, so that there is a pace to see; the steps that this leaves no
    calls for are left out, the highest first.

    Args:
        most: the most requests at once.

    Raises:
        InputError: fewer than three calls.
    """
    if max_calls < FEWEST_CALLS:
        raise InputError(f"Measuring takes at least {FEWEST_CALLS} calls. Allow more.")
    room = max_calls - WARM_UP
    chosen = [n for n in AT_ONCE if n <= max(most, 1)]
    while 2 * sum(chosen) > room:
        chosen.pop()
    spare, weight = room - 2 * sum(chosen), sum(n + 4 for n in chosen)
    return tuple(Step(n, 2 * n + spare * (n + 4) // weight) for n in chosen)


def calls_of(steps: Sequence[Step]) -> int:
    """How many calls the steps make in all, the one to warm up among them."""
    return WARM_UP + sum(step.calls for step in steps)


def plan_text(steps: Sequence[Step], host: str) -> str:
    """What will be sent, said before it is."""
    numbers = ", ".join(str(step.at_once) for step in steps)
    return f"At most {calls_of(steps)} calls to {host}, {numbers} at once."


def summed(at_once: int, samples: Sequence[Sample], seconds: float, *, cut: bool = False) -> Level:
    """One level's figures. ``seconds`` is how long the level took from its first call to its last answer."""
    times = sorted(sample.milliseconds for sample in samples if not sample.error)
    errors = Counter(sample.error for sample in samples if sample.error)
    rate = len(times) / seconds if seconds > 0 else 0.0
    p50, p95, p99 = (percentile(times, share) for share in (50, 95, 99))
    return Level(at_once, len(samples), tuple(errors.most_common()), p50, p95, p99, rate, cut)


def percentile(times: Sequence[float], share: int) -> float | None:
    """The time within which ``share`` of 100 answers came, by nearest rank of sorted ``times``; None for none."""
    return times[-(-share * len(times) // 100) - 1] if times else None


def why_stop(level: Level, interruption: Interruption | None = None) -> str:
    """Why the server is not to be loaded further after this level; empty where it may be.

    Args:
        interruption: where the server stopped responding, or refused further calls.
    """
    if interruption is not None:
        what = interruption.sentence[:1].lower() + interruption.sentence[1:]
        return f"Stopped at {level.at_once} at once: {what} Nothing is known about {level.at_once} or more at once."
    if level.error_rate > MOST_ERRORS:
        return f"Stopped at {level.at_once} at once: {level.failed} of {level.calls} calls failed."
    return ""


def best(levels: Sequence[Level]) -> Level | None:
    """The fewest at once that are about as fast as any; None where every level failed too often or was cut."""
    valid = [level for level in levels if level.per_second and level.error_rate <= FEW_ERRORS and not level.cut]
    if not valid:
        return None
    top = max(level.per_second for level in valid)
    return next(level for level in valid if level.per_second * _GAIN >= top)


def conclusions(capacity: Capacity, items: int, price: Price = None) -> list[str]:
    """What the figures mean for ``items``, in sentences.

    Args:
        price: credits for one item, as the user entered it; nothing is said of credits without it.
    """
    return [*_pace(capacity, items), *_cautions(capacity), *_credits(items, price)]


def _pace(capacity: Capacity, items: int) -> list[str]:
    chosen = best(capacity.levels)
    if not capacity.levels:
        return []
    if chosen is None:
        return ["No pace can be recommended, as calls failed in each step. Run the check to see why."]
    hours = chosen.hours(items)
    said = [f"{_items(items)} {hours_text(hours)} at {chosen.at_once} at once: {rate_text(chosen.per_second)}."]
    measured = [level for level in capacity.levels if not level.cut]
    cut = len(measured) < len(capacity.levels)
    higher = [level for level in measured if level.at_once > chosen.at_once]
    if higher and cut:
        numbers = " and ".join(str(level.at_once) for level in higher)
        said.append(f"{numbers} at once {'is no faster, or fails' if len(higher) == 1 else 'are no faster, or fail'}.")
    elif higher and chosen.at_once == 1 and not any(level.errors for level in higher):
        said.append("More requests at once are no faster: the server seems to work on one at a time.")
    elif higher:
        said.append(f"More than {chosen.at_once} at once are no faster, or fail.")
    elif len(measured) > 1:
        most = "more could not be measured" if cut else "the most that was tried"
        said.append(f"It was still getting faster at {chosen.at_once} at once, {most}.")
    return said


def _items(items: int) -> str:
    return "1 item takes" if items == 1 else f"{items:,} items take"


def _cautions(capacity: Capacity) -> list[str]:
    said = [capacity.stopped] if capacity.stopped else []
    for level in capacity.levels:
        if level.errors:
            reasons = ", ".join(f"{count} × {error}" for error, count in level.errors[:3])
            said.append(f"{level.at_once} at once: {level.failed} of {level.calls} calls failed ({reasons}).")
    if any(0 < level.calls < 100 for level in capacity.levels):
        said.append("Of fewer than 100 calls, p99 is the slowest one.")
    if capacity.levels:
        said.append(
            "How many requests V7 sends at once is not published, and its network path to the server is different."
        )
    return said


def _credits(items: int, price: Price) -> list[str]:
    if price is None:
        return []
    return [f"{items:,} × {_plain(price)} = {_plain(items * price)} credits, by the price that you entered."]


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_price(text: str) -> Price:
    """Credits for one item as typed; None for nothing.

    Raises:
        InputError: it is no number from 0 to a million.
    """
    if not text.strip():
        return None
    try:
        price = Decimal(text.strip())
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or not 0 <= price <= 1_000_000:
        raise InputError("The price is a number of credits for one item, such as 0.5.", where="price")
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
    """The form of ``byom-capacity/1``."""
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
    """A row a level; numbers alone, and the reasons of failed calls."""
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
