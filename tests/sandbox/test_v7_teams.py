"""Several teams, rights, and what goes wrong on demand; and what is publicly known of V7, held against the stand-in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from byom_gui.core.errors import InputError
from byom_gui.sandbox.v7 import Team, Trouble, V7StandIn, teams_named
from tests.sandbox.test_model_server import call
from tests.sandbox.test_v7_stand_in import MODEL, REGISTER

BOX = {"name": "box", "annotation_types": ["bounding_box"], "metadata": {"_color": "auto"}}


@pytest.fixture
def v7() -> Iterator[V7StandIn]:
    with V7StandIn(teams=teams_named(["first", "second-lab", "guest:read"], "")) as running:
        yield running


def ask(v7: V7StandIn, team: Team, method: str, path: str, body: Any = None) -> tuple[int, Any, dict[str, str]]:
    status, headers, raw = call(v7, method, path, body, {"Authorization": f"ApiKey {team.key}"})
    return status, json.loads(raw), dict(headers)


def classes(team: Team) -> str:
    return f"/api/teams/{team.slug}/annotation_classes"


def test_each_key_opens_its_own_team_and_no_other(v7: V7StandIn) -> None:
    first, second, _ = v7.teams
    told = ask(v7, second, "GET", "/api/users/token_info")[1]["selected_team"]
    assert told == {"id": second.id, "slug": "second-lab", "name": "Second lab"}
    assert ask(v7, first, "POST", classes(first), BOX)[0] == 200
    assert ask(v7, first, "GET", classes(second))[0] == 403
    assert ask(v7, first, "POST", classes(second), BOX)[0] == 403
    assert ask(v7, second, "GET", f"{classes(second)}?include_tags=true")[1] == {"annotation_classes": []}
    assert ask(v7, second, "POST", REGISTER, {**MODEL, "team_id": first.id})[0] == 403
    # The same name may be there once a team.
    for team in (first, second):
        assert ask(v7, team, "POST", REGISTER, {**MODEL, "team_id": team.id})[0] == 201
    assert len(v7.registered) == 2


def test_a_key_that_may_only_read(v7: V7StandIn) -> None:
    guest = v7.teams[2]
    assert ask(v7, guest, "GET", f"{classes(guest)}?include_tags=true")[0] == 200
    assert ask(v7, guest, "POST", classes(guest), BOX)[0] == 403
    assert ask(v7, guest, "POST", REGISTER, {**MODEL, "team_id": guest.id})[0] == 403
    assert v7.registered == ()


@pytest.mark.parametrize("status", [422, 429, 500, 503])
def test_trouble_comes_when_it_is_asked_for_and_goes(v7: V7StandIn, status: int) -> None:
    first = v7.teams[0]
    v7.troubles = [Trouble(status, 2, "POST")]
    assert ask(v7, first, "GET", "/api/users/token_info")[0] == 200
    for _ in range(2):
        got, body, headers = ask(v7, first, "POST", classes(first), BOX)
        assert (got, list(body)) == (status, ["errors"])
        assert headers.get("retry-after", "") == ("1" if status in (429, 503) else "")
    assert ask(v7, first, "POST", classes(first), BOX)[0] == 200


def test_a_late_answer_is_an_answer(v7: V7StandIn) -> None:
    v7.troubles = [Trouble(0, 1, "", 0.05)]
    assert ask(v7, v7.teams[0], "GET", "/api/users/token_info")[0] == 200
    assert v7.troubles == []


def test_a_flood_of_one_key_leaves_the_others_alone() -> None:
    with V7StandIn(teams=teams_named(["a", "b"], ""), per_minute=2) as v7:
        first, second = v7.teams
        assert [ask(v7, first, "GET", "/api/users/token_info")[0] for _ in range(3)] == [200, 200, 429]
        assert ask(v7, second, "GET", "/api/users/token_info")[0] == 200


@pytest.mark.parametrize("words", [["a", "a"], [""], [":read"], ["a:fly"]])
def test_teams_that_can_not_be(words: list[str]) -> None:
    with pytest.raises(InputError):
        teams_named(words, "")


def test_the_first_team_gets_the_given_key() -> None:
    given, other = teams_named(["a", "b:models"], "given")
    assert (given.key, other.rights) == ("given", ("models",))
    assert re.fullmatch(r".{7}\..{32}", other.key)
    assert [team.slug for team in teams_named([], "given")] == ["practice"]


FACTS: list[tuple[str, str, Any, int, str]] = [
    # What is publicly known: method, path, body, status, and a pattern of the answer.
    ("GET", "/api/users/token_info", None, 200, r'{"selected_team": {"id": \d+, "slug": "first", "name": ".+"}}'),
    ("POST", "/api/teams/first/annotation_classes", BOX, 200,
     r'{"id": \d+, "name": "box", "annotation_types": \["bounding_box"\], "datasets": \[\], .*}'),
    ("POST", "/api/teams/first/annotation_classes", BOX, 422, r'{"errors": {"name": \["has already been taken"\]}}'),
    ("GET", "/api/teams/first/annotation_classes?include_tags=true", None, 200, r'{"annotation_classes": \[{.*}\]}'),
    ("POST", "/api/teams/first/annotation_classes",
     {**BOX, "name": "two", "annotation_types": ["polygon", "bounding_box"]}, 422, r'.*"annotation_types".*'),
    ("POST", "/api/teams/first/annotation_classes",
     {**BOX, "name": "sub", "annotation_types": ["polygon", "text", "attributes"]}, 200, ".*"),
    ("POST", "/api/teams/first/annotation_classes",
     {"name": "man", "annotation_types": ["skeleton"], "metadata": {"skeleton": {
         "nodes": [{"name": "a", "x": 0.1, "y": 0.2}], "edges": [{"from": "a", "to": "a"}]}}}, 200, ".*"),
    ("POST", "/api/teams/first/annotation_classes",
     {**BOX, "name": "man2", "annotation_types": ["skeleton"]}, 422, ".*"),
]  # fmt: skip


def test_the_stand_in_answers_as_is_known_of_v7(v7: V7StandIn) -> None:
    first = v7.teams[0]
    for method, path, body, status, pattern in FACTS:
        got, answer, _ = ask(v7, first, method, path, body)
        assert (got, bool(re.fullmatch(pattern, json.dumps(answer)))) == (status, True), (path, body, answer)
    status, _, raw = call(v7, "GET", "/api/users/token_info")
    assert (status, list(json.loads(raw))) == (401, ["errors"])
