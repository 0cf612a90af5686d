"""The teams whose keys were given, and the file that names them."""

from __future__ import annotations

from typing import Any

import pytest

from byom_gui.core.endpoint import parse_address
from byom_gui.core.teams import KnownTeam, drop, find, label, put, team_ref, teams_from_json, teams_to_json

HOST = "https://darwin.v7labs.com"
LAB, CLINIC = KnownTeam(HOST, "lab", "Lab"), KnownTeam(HOST, "clinic", "Clinic", "production")


def test_a_team_is_put_once_and_keeps_its_label() -> None:
    teams = put(put((), LAB), CLINIC)
    assert put(teams, KnownTeam(HOST, "clinic", "The clinic")) == (
        LAB,
        KnownTeam(HOST, "clinic", "The clinic", "production"),
    )
    labelled = label(teams, HOST, "lab", "staging")
    assert [each.title for each in labelled] == ["Lab · staging", "Clinic · production"]
    assert drop(labelled, HOST, "lab") == (CLINIC,)
    assert find(teams, HOST, "lab") is LAB
    assert find(teams, "https://other", "lab") is None
    assert LAB.title == "Lab"


def test_each_team_has_a_secret_of_its_own() -> None:
    origin = parse_address(HOST).address.origin
    assert team_ref(origin, "lab").account == "v7-key https://darwin.v7labs.com lab"


@pytest.mark.parametrize("value", [None, [], {"format": "byom-teams/2"}, {"format": "byom-teams/1", "teams": 1}])
def test_what_is_no_such_file_holds_none(value: Any) -> None:
    assert teams_from_json(value) == ()


def test_the_file_comes_back_and_odd_rows_are_left_out() -> None:
    value = teams_to_json((LAB, CLINIC))
    assert teams_from_json(value) == (LAB, CLINIC)
    value["teams"] += [1, {"host": HOST, "slug": "", "name": "x"}, {"host": HOST, "slug": "a", "name": 1}]
    value["teams"][0]["environment"] = "odd"
    assert teams_from_json(value) == (LAB, CLINIC)
