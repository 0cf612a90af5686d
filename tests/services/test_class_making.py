"""Making the classes that a team misses: each once, whatever goes wrong on the way, and said whatever came of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.class_mapping import MakingReport, NewClass
from byom_gui.core.endpoint import parse_address
from byom_gui.core.errors import Cancelled
from byom_gui.core.registering import V7Error
from byom_gui.sandbox.v7 import TEAM_SLUG, Trouble, V7StandIn, teams_named
from byom_gui.services import http
from byom_gui.services.class_making import make_missing
from byom_gui.services.v7 import V7
from byom_gui.services.wire import Options

WANTED = (NewClass("a", "polygon"), NewClass("b", "tag"), NewClass("c", "bounding_box"))


@pytest.fixture
def stand_in() -> Iterator[V7StandIn]:
    with V7StandIn() as made:
        yield made


def client(stand_in: V7StandIn, seconds: float = 10.0) -> V7:
    return V7(parse_address(stand_in.url).address.origin, http.send, Options(read_timeout=seconds))


def make(stand_in: V7StandIn, said: list[str] | None = None, *, seconds: float = 10.0, key: str = "") -> MakingReport:
    told = said if said is not None else []
    return make_missing(
        client(stand_in, seconds), key or stand_in.key, TEAM_SLUG, WANTED, CancelToken(),
        lambda done, of, text: told.append(text),
    )  # fmt: skip


def names(stand_in: V7StandIn) -> list[str]:
    return [str(each["name"]) for each in stand_in.classes]


def test_all_are_made_and_a_second_time_none(stand_in: V7StandIn) -> None:
    said: list[str] = []
    first = make(stand_in, said)
    assert (first.made, first.there, first.sentence) == (("a", "b", "c"), (), "3 created.")
    assert said == ["Creating “a”", "Creating “b”", "Creating “c”"]
    again = make(stand_in)
    assert (again.made, again.there) == ((), ("a", "b", "c"))
    assert again.sentence == "0 created, 3 already existed."
    assert names(stand_in) == ["a", "b", "c"]


def test_a_name_that_is_taken_with_another_type_is_refused_and_the_rest_goes_on(stand_in: V7StandIn) -> None:
    client(stand_in).create_class(stand_in.key, TEAM_SLUG, "b", "polygon", CancelToken())
    report = make(stand_in)
    assert (report.made, report.failed) == (
        ("a", "c"), (("b", "the name already exists with a different type."),),
    )  # fmt: skip


def test_a_busy_v7_is_asked_again(stand_in: V7StandIn) -> None:
    said: list[str] = []
    stand_in.troubles = [Trouble(429, 1, "POST")]
    assert make(stand_in, said).made == ("a", "b", "c")
    assert "V7 is busy (429); retrying in 1 s" in said


@pytest.mark.parametrize("status", [500, 503])
def test_a_failing_v7_stops_it_and_it_can_go_on(stand_in: V7StandIn, status: int) -> None:
    stand_in.troubles = [Trouble(status, 1, "POST")]
    report = make(stand_in)
    assert report.made == ()
    assert report.left == ("b", "c")
    assert "Press it again to continue" in report.sentence
    assert make(stand_in).made == ("a", "b", "c")


def test_an_answer_that_never_comes_is_looked_up_and_never_made_twice(stand_in: V7StandIn) -> None:
    # It is made, and the answer comes too late: the list says that it is there.
    stand_in.troubles = [Trouble(0, 1, "POST", 1.5)]
    report = make(stand_in, seconds=0.7)
    assert report.stopped
    assert make(stand_in).failed == ()
    assert sorted(names(stand_in)) == ["a", "b", "c"]


def test_a_422_of_v7s_own_is_told(stand_in: V7StandIn) -> None:
    stand_in.troubles = [Trouble(422, 1, "POST")]
    report = make(stand_in)
    assert report.made == ("b", "c")
    assert "This was asked for (422)" in report.sentence


def test_a_key_that_may_not_is_told_at_once() -> None:
    with V7StandIn(teams=teams_named([f"{TEAM_SLUG}:read"], "")) as guest:
        report = make(guest)
        assert "(403)" in report.sentence
        assert report.left == ("b", "c")
        with pytest.raises(V7Error, match="401"):
            make(guest, key="x" * 40)


def test_cancel_leaves_what_was_made(stand_in: V7StandIn) -> None:
    token = CancelToken()

    def tell(done: int, of: int, text: str) -> None:
        if done == 1:
            token.cancel()

    with pytest.raises(Cancelled):
        make_missing(client(stand_in), stand_in.key, TEAM_SLUG, WANTED, token, tell)
    assert names(stand_in)[:1] == ["a"]
    assert len(names(stand_in)) < 3
    assert make(stand_in).failed == ()
    assert sorted(names(stand_in)) == ["a", "b", "c"]
