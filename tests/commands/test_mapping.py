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
    assert "1 of 9 classes have one in the team Practice team." in got.err
    made = json.loads((tmp_path / "m.json").read_text())
    assert [each["to"]["name"] for each in made["classes"] if each["to"]] == ["Nucleus"]
    assert KEY not in got.out + got.err


def test_a_refused_key_is_4(call: Call, model: ModelServer, v7: V7StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert v7.key == KEY
    monkeypatch.setenv("BYOM_V7_API_KEY", KEY[:-1] + "x")
    assert call("classes", model.url, "--mapping", "-").code == 4
