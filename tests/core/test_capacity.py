"""What to measure, what the times say, how long many items take."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from byom_gui.core import capacity
from byom_gui.core.capacity import Capacity, Level, Sample, Step
from byom_gui.core.errors import InputError
from byom_gui.core.observations import Interruption, NetFailure, Reply
from tests.core.calls import call


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
    assert capacity.plan_text(steps, "a.example") == "At most 11 calls to a.example, 1, 2 at once."


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
        ((("500", 11), ("503", 10)), "Stopped at 8 at once: 21 of 100 calls failed."),
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


@pytest.mark.parametrize(
    ("failure", "reply", "said"),
    [
        (NetFailure("net.refused", "tcp", "refused", 0.1), None, "the server stopped responding at call 31 of 90."),
        (None, Reply(429, (), b""), "the server’s rate limit was reached at call 31 of 90 (HTTP 429)."),
    ],
)
def test_a_server_that_stopped_is_not_said_to_be_slow(
    failure: NetFailure | None, reply: Reply | None, said: str
) -> None:
    stopped = Interruption(replace(call({}), failure=failure, reply=reply, number=31), 90, died=reply is None)
    cut = Level(4, 7, (("net.refused", 2),), 90.0, 99.0, 99.0, 0.4, cut=True)
    assert capacity.why_stop(cut, stopped) == f"Stopped at 4 at once: {said} Nothing is known about 4 or more at once."


def cut_at(at_once: int, *levels: Level, died: bool = True) -> Capacity:
    """Figures that end in a step that the server did not survive."""
    cut = Level(at_once, 9, (("net.reset", 1),), 90.0, 99.0, 99.0, 9000.0, cut=True)
    return Capacity((*levels, cut), "Stopped at some step.", died=died)


@pytest.mark.parametrize(
    ("levels", "said", "not_said"),
    [
        ([level(1, 3)], "", "faster"),
        (
            [level(1, 3), level(2, 6)],
            "It was still getting faster at 2 at once, more could not be measured.",
            "no faster",
        ),
        ([level(1, 3), level(2, 3)], "2 at once is no faster, or fails.", "one at a time"),
        ([level(1, 3), level(2, 3), level(4, 3)], "2 and 4 at once are no faster, or fail.", "one at a time"),
    ],
)
def test_a_step_that_was_cut_off_shows_no_pace(levels: list[Level], said: str, not_said: str) -> None:
    found = cut_at(8, *levels)
    text = "\n".join(capacity.conclusions(found, 100))
    assert said in text
    assert not_said not in text
    assert "Stopped at some step." in text
    assert capacity.best(found.levels) in levels
    assert not found.found
    assert replace(found, died=False).found


def test_figures_of_one_step_that_was_cut_off_recommend_nothing() -> None:
    found = cut_at(1, died=False)
    assert capacity.best(found.levels) is None
    assert not found.found
    assert "No pace can be recommended" in capacity.conclusions(found, 100)[0]


def test_what_the_figures_mean_is_said() -> None:
    rising = Capacity((level(1, 1), level(2, 2)))
    said = "\n".join(capacity.conclusions(rising, 7200, Decimal("0.50")))
    assert "7,200 items take about 1.0 hours at 2 at once: 2.0 per second." in said
    assert "still getting faster at 2 at once" in said
    assert "7,200 × 0.5 = 3,600 credits, by the price that you entered." in said
    assert "is not published" in said
    assert "p99" not in said
    flat = Capacity((level(1, 1, calls=20), level(2, 1), level(4, 0.2, ("503", 90))), "Stopped.")
    said = "\n".join(capacity.conclusions(flat, 1))
    assert "1 item takes under a minute at 1 at once" in said
    assert "More than 1 at once are no faster, or fail." in said
    assert "Stopped." in said
    assert "4 at once: 90 of 100 calls failed (90 × 503)." in said
    assert "Of fewer than 100 calls, p99 is the slowest one." in said
    assert "credits" not in said
    serial = Capacity((level(1, 1), level(2, 1)))
    assert "seems to work on one at a time" in "".join(capacity.conclusions(serial, 10))
    middle = "\n".join(capacity.conclusions(Capacity((level(1, 1), level(2, 2), level(4, 2))), 10))
    assert "More than 2 at once are no faster, or fail." in middle


def test_one_level_promises_nothing_of_more_and_none_says_why() -> None:
    assert "getting faster" not in "".join(capacity.conclusions(Capacity((level(1, 1),)), 10))
    assert capacity.conclusions(Capacity((), "No answer."), 10) == ["No answer."]
    said = capacity.conclusions(Capacity((level(1, 0, ("500", 100)),)), 10)
    assert "No pace can be recommended" in said[0]


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
    levels = (Level(1, 7, (("503", 2),), 12.36, 20.04, None, 4.98765), Level(2, 10, (), None, None, None, 0.0))
    assert capacity.csv_text(Capacity(levels), 3600) == (
        "at_once,calls,error_rate,p50_ms,p95_ms,p99_ms,per_second,hours,errors\n"
        '1,7,0.2857,12.4,20.0,,4.988,0.2005,"2 x 503"\n'
        '2,10,0.0,,,,0.0,,""\n'
    )
