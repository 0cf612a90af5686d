"""``byom-gui history``: what ``register`` did, and what has changed since, over real HTTP."""

from __future__ import annotations

import json
from pathlib import Path

from byom_gui.sandbox.model_server import ModelServer
from byom_gui.sandbox.v7 import Trouble, V7StandIn
from tests.commands.conftest import Call
from tests.commands.processes import KEY


def test_what_was_registered_is_listed_compared_and_forgotten(
    call: Call, model: ModelServer, v7: V7StandIn, tmp_path: Path
) -> None:
    assert "Nothing was registered" in call("history").err
    classes_url = model.url.removesuffix("infer") + "classes"
    assert call("new", model.url, "--classes-url", classes_url, "--name", "cells", "-o", "p.byom.json").code == 0
    assert call("register", "p.byom.json").code == 0
    got = call("history")
    assert (got.code, "cells" in got.out, "9 classes" in got.out) == (0, True, True)
    one = call("history", "1", "--json", "h.json")
    assert "   nucleus, polygon" in one.out
    (kept,) = json.loads((tmp_path / "h.json").read_text())
    assert (kept["format"], kept["team"]["slug"], kept["outcome"]) == ("byom-ledger/1", "practice", "registered")
    same = call("history", "--compare")
    assert (same.code, "The server lists the same classes." in same.err) == (0, True)
    project = json.loads((tmp_path / "p.byom.json").read_text())
    project["registration"]["classes"][0]["name"] = "Nucleus"
    project["registration"]["name"] = "cells 2"
    (tmp_path / "p.byom.json").write_text(json.dumps(project))
    assert call("register", "p.byom.json").code == 0
    changed = call("history", "1", "--compare", "--json", "-")
    assert (changed.code, json.loads(changed.out)["changed"]) == (1, True)
    assert "“Nucleus” is now “nucleus”." in changed.err
    assert call("history", "2", "--forget").code == 0
    assert len(call("history").out.splitlines()) == 1
    for wrong in (("history", "7"), ("history", "--forget")):
        assert call(*wrong).code == 2
    folder = next(Path(tmp_path / "home").rglob("ledger"))
    assert not [path for path in folder.iterdir() if KEY in path.read_text()]


def test_an_answer_that_never_came_is_kept_as_unknown(call: Call, model: ModelServer, v7: V7StandIn) -> None:
    assert call("new", model.url, "--name", "cells", "-o", "p.byom.json").code == 0
    v7.troubles = [Trouble(422, 1, "POST")]
    assert call("register", "p.byom.json").code == 4
    assert call("history").out == ""


def test_a_server_that_is_gone_exits_3(call: Call, v7: V7StandIn) -> None:
    with ModelServer() as model:
        assert call("new", model.url, "--name", "cells", "-o", "p.byom.json").code == 0
        assert call("register", "p.byom.json").code == 0
    assert call("history", "--compare").code == 3
