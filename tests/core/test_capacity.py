"""What to measure, what the times say, how long many items take."""

from __future__ import annotations

from decimal import Decimal

import pytest

from byom_gui.core import capacity
from byom_gui.core.capacity import Capacity, Level, Sample, Step
from byom_gui.core.errors import InputError


def level(at_once: int, per_second: float, *errors: tuple[str, int], calls: int = 100) -> Level:
    """A level that was measured."""
    return Level(at_once, calls, errors, 100.0, 120.0, 140.0, per_second)


@pytest.mark.parametrize(
    ("calls", "most", "levels"),
    [
        (3, 16, [1]),
        (7, 16, [1, 2]),
        (62, 16, [1, 2, 4, 8]),
        (63, 16, [1, 2, 4, 8, 16]),
        (120, 16, [1, 2, 4, 8, 16]),
        (5000, 3, [1, 2]),
        (5000, 0, [1]),
    ],
)
def test_a_plan_keeps_to_its_calls_and_makes_two_rounds_of_each_step(calls: int, most: int, levels: list[int]) -> None:
    steps = capacity.plan(calls, most)
    assert [step.at_once for step in steps] == levels
    assert all(step.calls >= 2 * step.at_once for step in steps)
    assert calls - len(steps) < capacity.calls_of(steps) <= calls


def test_too_few_calls_are_refused_and_what_will_be_sent_is_said() -> None:
    with pytest.raises(InputError, match="at least 3 calls"):
        capacity.plan(2)
    steps = (Step(1, 4), Step(2, 6))
    assert capacity.plan_text(steps, "a.example") == "At most 11 calls to a.example, with 1, 2 in parallel."


def test_a_level_sums_good_answers_alone() -> None:
    samples = [*(Sample(float(n)) for n in range(1, 101)), Sample(9000, "503"), Sample(9000, "429"), Sample(1, "503")]
    found = capacity.summed(4, samples, 10.0)
    assert (found.p50, found.p95, found.p99) == (50, 95, 99)
    assert found.errors == (("503", 2), ("429", 1))
    assert (found.calls, found.failed, found.per_second) == (103, 3, 10.0)
    assert found.error_rate == pytest.approx(3 / 103)
    assert found.hours(36_000) == 1.0


def test_a_level_without_an_answer_has_no_times() -> None:
    found = capacity.summed(1, [Sample(5, "net.refused")], 0.0)
    assert (found.p50, found.p95, found.p99, found.per_second, found.error_rate) == (None, None, None, 0, 1)
    assert found.hours(10) is None
    assert capacity.summed(1, [], 1.0).error_rate == 0


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ((), ""),
        ((("500", 20),), ""),
        ((("500", 21),), "21 of 100 calls failed"),
        ((("500", 1), ("429", 1)), "limits the number of requests"),
    ],
)
def test_when_a_server_had_enough(errors: tuple[tuple[str, int], ...], said: str) -> None:
    why = capacity.why_stop(level(8, 1.0, *errors))
    assert said in why
    assert bool(why) == bool(said)


def test_the_fewest_at_once_that_are_about_as_fast_are_recommended() -> None:
    levels = [level(1, 2), level(2, 3.8), level(4, 4), level(8, 4.1), level(16, 9, ("503", 3))]
    chosen = capacity.best(levels)
    assert chosen is levels[1]
    assert capacity.best([level(1, 0), level(2, 5, ("503", 3))]) is None


def test_what_the_figures_mean_is_said() -> None:
    rising = Capacity((level(1, 1), level(2, 2)))
    said = "\n".join(capacity.conclusions(rising, 7200, Decimal("0.50")))
    assert "7,200 items take about 1.0 hours with 2 parallel requests: 2.0 per second." in said
    assert "still getting faster with 2 parallel requests" in said
    assert "7,200 × 0.5 = 3,600 credits, at the price that you entered." in said
    assert "has not published" in said
    assert "p99" not in said
    flat = Capacity((level(1, 1, calls=20), level(2, 1), level(4, 0.2, ("503", 90))), "Stopped.")
    said = "\n".join(capacity.conclusions(flat, 1))
    assert "1 item takes under a minute with 1 request at a time" in said
    assert "More than 1 request at a time are not faster, or fail." in said
    assert "Stopped." in said
    assert "4 parallel requests: 90 of 100 calls failed (90 × 503)." in said
    assert "With fewer than 100 calls, p99 is the slowest one." in said
    assert "credits" not in said
    serial = Capacity((level(1, 1), level(2, 1)))
    assert "seems to handle one at a time" in "".join(capacity.conclusions(serial, 10))
    middle = "\n".join(capacity.conclusions(Capacity((level(1, 1), level(2, 2), level(4, 2))), 10))
    assert "More than 2 parallel requests are not faster, or fail." in middle


def test_one_level_promises_nothing_of_more_and_none_says_why() -> None:
    assert "getting faster" not in "".join(capacity.conclusions(Capacity((level(1, 1),)), 10))
    assert capacity.conclusions(Capacity((), "No answer."), 10) == ["No answer."]
    said = capacity.conclusions(Capacity((level(1, 0, ("500", 100)),)), 10)
    assert "No rate can be recommended" in said[0]


@pytest.mark.parametrize(("text", "price"), [("", None), (" 0.5 ", Decimal("0.5")), ("0", Decimal(0))])
def test_a_price_is_what_the_user_typed(text: str, price: Decimal | None) -> None:
    assert capacity.parse_price(text) == price


@pytest.mark.parametrize("text", ["free", "-1", "nan", "inf", "1000001"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="number of credits"):
        capacity.parse_price(text)


def test_whole_credits_keep_their_zeros() -> None:
    assert "10 × 10 = 100 credits" in capacity.conclusions(Capacity(()), 10, Decimal(10))[0]


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (None, "an unknown time"),
        (0.01, "under a minute"),
        (1 / 60, "about 1 minute"),
        (0.2, "about 12 minutes"),
        (3.44, "about 3.4 hours"),
        (120.0, "about 120 hours (5.0 days)"),
    ],
)
def test_a_duration_reads_well(hours: float | None, text: str) -> None:
    assert capacity.hours_text(hours) == text


def test_the_figures_as_json() -> None:
    empty = capacity.summed(2, [Sample(1, "500")], 1.0)
    found = capacity.as_json(
        Capacity((level(1, 2), empty), "Stopped."), "https://a.example/infer", 7200, Decimal("0.5")
    )
    assert found["format"] == "byom-capacity/1"
    assert (found["recommended_at_once"], found["credits"], found["stopped"]) == (1, 3600.0, "Stopped.")
    assert found["levels"][0] | {} == {
        "at_once": 1,
        "calls": 100,
        "errors": {},
        "error_rate": 0.0,
        "p50_ms": 100.0,
        "p95_ms": 120.0,
        "p99_ms": 140.0,
        "per_second": 2,
        "hours": 1.0,
    }
    assert (found["levels"][1]["p50_ms"], found["levels"][1]["hours"]) == (None, None)
    bare = capacity.as_json(Capacity(()), "https://a.example/infer", 1)
    assert (bare["recommended_at_once"], bare["credits"]) == (None, None)


def test_csv_holds_a_row_a_level_and_reasons_in_quotes() -> None:
    levels = (Level(1, 10, (("503", 2),), 10.0, 20.0, None, 5.0), Level(2, 10, (), None, None, None, 0.0))
    assert capacity.csv_text(Capacity(levels), 3600) == (
        "at_once,calls,error_rate,p50_ms,p95_ms,p99_ms,per_second,hours,errors\n"
        '1,10,0.2,10.0,20.0,,5.0,0.2,"2 x 503"\n'
        '2,10,0.0,,,,0.0,,""\n'
    )
