"""One registration to several teams: each outcome on its own, over real HTTP; keys by team, never shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from byom_gui.sandbox.model_server import ModelServer
from byom_gui.sandbox.v7 import Trouble, V7StandIn, teams_named
from byom_gui.services import secrets
from tests.commands.conftest import Call
from tests.commands.processes import KEY


class Memory:
    """A keyring in memory, taken for one that keeps secrets encrypted."""

    priority = 1

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, account: str) -> str | None:
        return self.held.get((service, account))

    def set_password(self, service: str, account: str, value: str) -> None:
        self.held[service, account] = value

    def delete_password(self, service: str, account: str) -> None:
        del self.held[service, account]


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Memory:
    made = Memory()
    monkeypatch.setattr(secrets, "_ask_keyring", lambda: made)
    monkeypatch.setattr(secrets, "_kind", lambda backend: next(iter(secrets.ALLOWED)))
    return made


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[V7StandIn]:
    """A V7 with three teams; the last key may only read."""
    with V7StandIn(teams=teams_named(["lab", "clinic", "guest:read"], KEY)) as made:
        monkeypatch.setenv("DARWIN_BASE_URL", made.url)
        yield made


def give(call: Call, monkeypatch: pytest.MonkeyPatch, slug: str, key: str) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(f"{key}\n"))
    got = call("key", "set", "--team", slug)
    assert got.code == 0, got.err
    assert key not in got.out + got.err


@pytest.fixture
def project(call: Call, model: ModelServer) -> str:
    assert call("new", model.url, "--name", "cells", "-o", "p.byom.json").code == 0
    return "p.byom.json"


def test_each_team_gets_it_by_its_own_key_and_one_refusal_stops_nothing(
    call: Call, lab: V7StandIn, keyring: Memory, project: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for team in lab.teams:
        give(call, monkeypatch, team.slug, team.key)
    listed = call("key", "list")
    assert [line.split()[0] for line in listed.out.splitlines()] == ["lab", "clinic", "guest"]
    assert not any(team.key in listed.out for team in lab.teams)
    got = call("register", project, "--team", "lab", "guest", "clinic")
    assert got.code == 4
    assert [[model["name"] for model in team.models] for team in lab.teams] == [["cells"], ["cells"], []]
    assert "Lab:" in got.err
    assert "(403)" in got.err
    assert not any(team.key in got.out + got.err for team in lab.teams)
    history = call("history")
    assert len(history.out.splitlines()) == 2
    names = {json.loads(path.read_text())["team"]["slug"] for path in tmp_path.rglob("ledger/*.json")}
    assert names == {"lab", "clinic"}


def test_a_team_without_a_key_and_a_silent_v7_are_told_and_the_rest_goes_on(
    call: Call, lab: V7StandIn, keyring: Memory, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(call, monkeypatch, "lab", lab.teams[0].key)
    monkeypatch.setenv("BYOM_V7_API_KEY", lab.teams[0].key)
    got = call("register", project, "--team", "clinic", "lab")
    assert got.code == 2
    assert "clinic: The key belongs to the team lab. Other teams need their own key" in got.err
    assert len(lab.registered) == 1
    lab.troubles = [Trouble(503, 1, "POST")]
    again = call("register", project, "--team", "lab", "clinic")
    assert again.code == 5
    assert len(lab.registered) == 1


def test_one_team_by_its_own_key_and_forgotten(
    call: Call, lab: V7StandIn, keyring: Memory, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(call, monkeypatch, "clinic", lab.teams[1].key)
    assert call("register", project, "--team", "clinic").code == 0
    assert [team.slug for team in lab.teams if team.models] == ["clinic"]
    assert "of the team clinic" in call("key", "show", "--team", "clinic").out
    assert call("key", "forget", "--team", "clinic").code == 0
    assert "No team has its own key yet" in call("key", "list").err
    assert not keyring.held
    assert call("key", "show", "--team", "a", "--endpoint", "https://a.example/x", "--user", "b").code == 2
