"""The V7 stand-in over real HTTP: what it takes, what it refuses and in which words; and both servers together."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from byom_gui.core.errors import InputError
from byom_gui.sandbox import practice
from byom_gui.sandbox.practice import Practice
from byom_gui.sandbox.v7 import TEAM_ID, V7StandIn
from tests.sandbox.test_model_server import call

MODEL: dict[str, Any] = {
    "name": "cells",
    "external_url": "http://127.0.0.1:8000/api",
    "classes": [{"name": "nucleus", "type": "polygon"}, {"name": "odd", "type": "mask"}],
    "team_id": TEAM_ID,
}
REGISTER = "/ai/external_models"
CLASSES = "/api/teams/practice/annotation_classes"


@pytest.fixture
def v7() -> Iterator[V7StandIn]:
    with V7StandIn() as running:
        yield running


def ask(v7: V7StandIn, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    status, headers, raw = call(v7, method, path, body, {"Authorization": f"ApiKey {v7.key}"})
    assert headers["server"] == "byom-gui stand-in"
    return status, json.loads(raw)


def test_the_key_opens_and_nothing_else_does(v7: V7StandIn) -> None:
    assert re.fullmatch(r".{7}\..{32}", v7.key)
    team = {"id": TEAM_ID, "slug": "practice", "name": "Practice team"}
    assert ask(v7, "GET", "/api/users/token_info") == (200, {"selected_team": team})
    for wrong in ({}, {"Authorization": v7.key}, {"Authorization": f"ApiKey {v7.key}x"}):
        status, _, body = call(v7, "GET", "/api/users/token_info", headers=wrong)
        assert (status, list(json.loads(body))) == (401, ["errors"])
        assert v7.key.encode() not in body


def test_a_given_key_is_the_key() -> None:
    with V7StandIn(key="given") as v7:
        assert ask(v7, "GET", "/api/users/token_info")[0] == 200


def test_a_class_is_made_once_and_listed(v7: V7StandIn) -> None:
    box = {"name": "box", "annotation_types": ["bounding_box"], "metadata": {"_color": "auto"}}
    assert ask(v7, "POST", CLASSES, box)[0] == 200
    assert ask(v7, "POST", CLASSES, box) == (422, {"errors": {"name": ["has already been taken"]}})
    assert ask(v7, "POST", CLASSES, {"name": "t", "annotation_types": ["tag", "text"]})[0] == 200
    plain = ask(v7, "GET", CLASSES)[1]["annotation_classes"]
    full = ask(v7, "GET", CLASSES + "?include_tags=true")[1]["annotation_classes"]
    assert ([c["name"] for c in plain], [c["name"] for c in full]) == (["box"], ["box", "t"])
    assert set(full[0]) == {"id", "name", "annotation_types", "datasets", "metadata"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " ", "annotation_types": ["tag"]}, "name"),
        ({"name": "a"}, "annotation_types"),
        ({"name": "a", "annotation_types": ["bbox"]}, "annotation_types"),
        ({"name": "a", "annotation_types": ["tag", "line"]}, "annotation_types"),
        ({"name": "a", "annotation_types": ["tag"], "metadata": []}, "metadata"),
        ({"name": "a", "annotation_types": ["skeleton"]}, "metadata"),
    ],
)
def test_a_bad_class_is_refused_by_field(v7: V7StandIn, body: dict[str, Any], field: str) -> None:
    status, said = ask(v7, "POST", CLASSES, body)
    assert (status, list(said["errors"])) == (422, [field])


def test_a_model_is_registered_once(v7: V7StandIn) -> None:
    full = {**MODEL, "basic_auth_username": "ann", "basic_auth_password": "pw-1", "auth_secret": None}
    assert ask(v7, "POST", REGISTER, full)[0] == 201
    assert ask(v7, "POST", REGISTER, full) == (422, {"errors": {"name": ["has already been taken"]}})
    assert v7.registered == (full,)
    status, _, shown = call(v7, "GET", "/")
    assert status == 200
    assert b"not V7" in shown
    assert b"cells" in shown
    assert b"pw-1" not in shown


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"name": ""}, 422, "name"),
        ({"external_url": None}, 422, "external_url"),
        ({"external_url": "ftp://x/api"}, 422, "external_url"),
        ({"external_url": "http://x:99999/api"}, 422, "external_url"),
        ({"classes": {}}, 422, "classes"),
        ({"classes": ["nucleus"]}, 422, "classes"),
        ({"classes": [{"name": "a", "type": "bbox"}]}, 422, "classes"),
        ({"classes": [{"name": "", "type": "tag"}]}, 422, "classes"),
        ({"classes": [{"name": "a", "type": "tag"}] * 2}, 422, "classes"),
        ({"team_id": None}, 422, "team_id"),
        ({"auth_secret": 3}, 422, "auth_secret"),
        ({"auth_secret": "s"}, 422, "auth_secret_header"),
        ({"basic_auth_username": "u"}, 422, "basic_auth_password"),
        ({"colour": "red"}, 422, "colour"),
        ({"team_id": 7}, 403, None),
    ],
)
def test_a_bad_model_is_refused(v7: V7StandIn, change: dict[str, Any], status: int, field: str | None) -> None:
    got, said = ask(v7, "POST", REGISTER, MODEL | change)
    assert got == status
    assert field is None or field in said["errors"]
    assert v7.registered == ()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", REGISTER, b"{", 400),
        ("POST", REGISTER, b"[]", 400),
        ("GET", REGISTER, None, 405),
        ("GET", "/api/teams/other/annotation_classes", None, 403),
        ("GET", "/api/none", None, 404),
        ("POST", REGISTER, b"x" * 3_000_000, 413),
    ],
)
def test_other_refusals(v7: V7StandIn, method: str, path: str, body: bytes | None, status: int) -> None:
    assert ask(v7, method, path, body)[0] == status


def test_a_flood_is_held_back_until_the_minute_is_over() -> None:
    now = [0.0]
    with V7StandIn(per_minute=2, clock=lambda: now[0]) as v7:
        key = {"Authorization": f"ApiKey {v7.key}"}
        seen = []
        for now[0] in (0.0, 10.0, 20.0, 61.0):
            status, headers, _ = call(v7, "GET", "/api/users/token_info", headers=key)
            seen.append((status, headers.get("retry-after")))
    assert seen == [(200, None), (200, None), (429, "40"), (200, None)]


def test_the_record_holds_every_request(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    with V7StandIn(record=record) as v7:
        ask(v7, "POST", REGISTER, MODEL)
        lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert [(e["method"], e["path"], json.loads(e["body"])) for e in lines] == [("POST", REGISTER, MODEL)]
    assert lines[0]["headers"]["authorization"] == f"ApiKey {v7.key}"
    assert record.stat().st_mode & 0o077 == 0
    with pytest.raises(InputError, match="record"):
        V7StandIn(record=tmp_path / "none" / "x").start()


def test_practice_brings_both_and_the_samples() -> None:
    with Practice() as both:
        facts = both.start()
        assert facts.v7_key not in repr(facts)
        assert facts.sample_paths == tuple(sorted(facts.sample_paths))
        assert len(facts.sample_paths) == 6
        assert call(both.model, "GET", facts.classes_url.removeprefix(both.model.base_url))[0] == 200
        assert ask(both.v7, "GET", "/api/users/token_info")[0] == 200
    with pytest.raises(InputError):
        Practice(host="0.0.0.0")


def test_samples_are_found_in_a_frozen_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resources" / "samples").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert practice.samples_folder() == tmp_path / "resources" / "samples"
