"""``classes --mapping``: the model's classes beside the team's, over real HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import parse_address
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.sandbox.v7 import TEAM_SLUG, V7StandIn
from byom_gui.services import http
from byom_gui.services.v7 import V7
from byom_gui.services.wire import Options
from tests.commands.conftest import Call
from tests.commands.processes import KEY


def test_the_mapping_is_written_and_what_is_missing_is_said(
    call: Call, model: ModelServer, v7: V7StandIn, tmp_path: Path
) -> None:
    client = V7(parse_address(v7.url).address.origin, http.send, Options())
    client.create_class(KEY, TEAM_SLUG, "Nucleus", "polygon", CancelToken())
    got = call("classes", model.url, "--mapping", "m.json")
    assert got.code == 1
    assert "Near match: nucleus → Nucleus." in got.err
    assert "Missing: debris." in got.err
    assert "1 of 9 classes matched in the team Practice team." in got.err
    made = json.loads((tmp_path / "m.json").read_text())
    assert [each["to"]["name"] for each in made["classes"] if each["to"]] == ["Nucleus"]
    assert KEY not in got.out + got.err


def test_a_refused_key_is_4(call: Call, model: ModelServer, v7: V7StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert v7.key == KEY
    monkeypatch.setenv("BYOM_V7_API_KEY", KEY[:-1] + "x")
    assert call("classes", model.url, "--mapping", "-").code == 4


def test_missing_classes_are_made_after_a_yes_and_once(
    call: Call, model: ModelServer, v7: V7StandIn, tmp_path: Path
) -> None:
    asked = call("classes", model.url, "--make")
    assert asked.code == 2
    assert "Add --yes to create them in the team Practice team." in asked.err
    assert not v7.classes
    one = call("classes", model.url, "--make", "debris", "--yes")
    assert "1 created." in one.err
    assert [str(each["name"]) for each in v7.classes] == ["debris"]
    every = call("classes", model.url, "--make", "--yes", "--mapping", "m.json")
    made = [str(each["name"]) for each in v7.classes]
    assert made.count("debris") == 1
    assert "“neuron” is not created: a skeleton needs nodes and edges: create it in V7." in every.err
    mapping = json.loads((tmp_path / "m.json").read_text())
    assert {each["name"] for each in mapping["classes"] if not each["to"]} == {"neuron"}
    again = call("classes", model.url, "--make", "--yes")
    assert "There are no classes to create." in again.err
    assert len(v7.classes) == len(made)
    wrong = call("classes", model.url, "--make", "nobody", "--yes")
    assert (wrong.code, "is not a missing class" in wrong.err) == (2, True)


def test_the_projects_own_choice_counts(call: Call, model: ModelServer, v7: V7StandIn, tmp_path: Path) -> None:
    client = V7(parse_address(v7.url).address.origin, http.send, Options())
    client.create_class(KEY, TEAM_SLUG, "Zellkern", "polygon", CancelToken())
    assert call("new", model.url, "--name", "m", "-o", "p.byom.json").code == 0
    project = json.loads((tmp_path / "p.byom.json").read_text())
    kept = {"host": v7.url, "team": TEAM_SLUG, "classes": {"nucleus": "Zellkern", "debris": None}}
    (tmp_path / "p.byom.json").write_text(json.dumps(project | {"class_mappings": [kept]}))
    got = call("classes", "--project", "p.byom.json", "--mapping", "m.json")
    assert "Chosen: nucleus → Zellkern." in got.err
    rows = {each["name"]: each for each in json.loads((tmp_path / "m.json").read_text())["classes"]}
    assert (rows["nucleus"]["match"], rows["debris"]["match"]) == ("chosen", "left-out")
