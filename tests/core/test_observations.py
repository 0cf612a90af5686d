from __future__ import annotations

from dataclasses import replace

import pytest

from byom_gui.core.observations import PING_STAGES, STAGE_TITLES, Interruption, NetFailure, Reply, Stage
from tests.core.calls import call, ping


def test_headers_are_found_whatever_their_case() -> None:
    reply = Reply(200, (("content-type", "Application/JSON; charset=utf-8"),), b"{}")
    assert reply.header("Content-Type") == "Application/JSON; charset=utf-8"
    assert reply.media_type == "application/json"
    assert reply.header("retry-after") == ""
    assert Reply(200, (), b"").media_type == ""


def test_a_body_is_never_shown_in_a_repr() -> None:
    assert "secret" not in repr(call(raw=b"secret"))


def test_a_call_has_either_a_reply_or_a_failure() -> None:
    failure = NetFailure("net.dns", "dns", "", 0.1)
    with pytest.raises(ValueError, match="either"):
        replace(call({}), failure=failure)
    with pytest.raises(ValueError, match="either"):
        replace(call({}), reply=None)
    assert replace(call({}), reply=None, failure=failure).failure is failure


def test_a_ping_adds_up_its_stages() -> None:
    stages = (Stage("dns", "passed", 12.0), Stage("tcp", "passed", 30.5), Stage("tls", "skipped"))
    assert ping(stages).milliseconds == 42.5
    assert ping(stages).passed
    assert not ping((*stages, Stage("http", "not-reached"))).passed


def test_every_stage_has_a_title() -> None:
    assert set(PING_STAGES) < set(STAGE_TITLES)


@pytest.mark.parametrize(
    ("number", "position", "planned", "where"),
    [
        (14, 0, 60, "call 14 of 60"),
        (14, 9, 60, "image 9 of 60"),
        (62, 0, 60, "call 62 of 62"),
        (9, 7, 3, "image 7 of 7"),
    ],
)
def test_an_interruption_names_the_call_of_a_check_and_the_image_of_a_run(
    number: int, position: int, planned: int, where: str
) -> None:
    stopped = Interruption(replace(call({}), number=number, position=position), planned, died=True)
    assert stopped.sentence == f"The server stopped responding at {where}."
