"""A busy server is asked again, a few times, and told so; everything else stands as it came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered
from byom_gui.core.errors import Cancelled
from byom_gui.core.observations import Reply
from byom_gui.core.retry import TRIES, ask_patiently, wait_before_retry
from tests.ui.fakes import call


def reply(status: int, named: str = "") -> Reply:
    return Reply(status, (("retry-after", named),) if named else (), b"")


@pytest.mark.parametrize(
    ("came", "tries", "chance", "seconds"),
    [
        (reply(429), 1, 0.5, 1.0),
        (reply(502), 2, 0.0, 1.5),
        (reply(504), 2, 1.0, 2.5),
        (reply(503, "7"), 1, 0.5, 7.0),
        (reply(429, "61"), 1, 0.5, None),
        (reply(503, "soon"), 1, 0.5, 1.0),
        (reply(429), TRIES, 0.5, None),
        (reply(500), 1, 0.5, None),
        (reply(200), 1, 0.5, None),
        (reply(404), 1, 0.5, None),
        (None, 1, 0.5, None),
    ],
)
def test_what_is_asked_again_and_when(came: Reply | None, tries: int, chance: float, seconds: float | None) -> None:
    assert wait_before_retry(came, tries, chance) == seconds


def answers(*statuses: int) -> tuple[Callable[[], Answered], list[int]]:
    """Answers of these statuses in turn, which name no wait, and those that were given."""
    given: list[int] = []

    def ask() -> Answered:
        given.append(statuses[len(given)])
        made = call("infer", b"{}", given[-1])
        assert made.reply is not None
        return Answered(replace(made, reply=replace(made.reply, headers=(("retry-after", "0"),))), None, ())

    return ask, given


def test_a_busy_server_is_asked_until_it_answers() -> None:
    ask, given = answers(503, 429, 200, 200)
    said: list[str] = []
    answered = ask_patiently(ask, CancelToken(), said.append)
    assert answered.call.reply is not None
    assert answered.call.reply.status == 200
    assert given == [503, 429, 200]
    assert said == ["Busy (503), again in 1 s", "Busy (429), again in 1 s"]


def test_the_last_busy_answer_stands() -> None:
    ask, given = answers(*[503] * 9)
    answered = ask_patiently(ask, CancelToken(), lambda _: None)
    assert given == [503] * TRIES
    assert answered.call.reply is not None
    assert answered.call.reply.status == 503


def test_a_cancel_ends_the_wait() -> None:
    ask, given = answers(503, 200)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        ask_patiently(ask, cancel, lambda _: cancel.cancel())
    assert given == [503]
