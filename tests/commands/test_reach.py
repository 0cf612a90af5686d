"""``byom-gui reach``: from here, the script, and its output read back."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest

from byom_gui.sandbox.model_server import ModelServer
from tests.commands.conftest import Call


def test_from_here_by_script_and_read_back(
    call: Call, model: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = call("reach", model.url)
    assert here.code == 1
    assert "BAD   Address: " in here.out
    assert "?     How long V7 waits: Not published." in here.out
    assert call("reach", model.url, "--script", "reach.sh").code == 0
    printed = subprocess.run(["sh", "reach.sh"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    (tmp_path / "out.txt").write_text(printed.replace("post-ip: 127.0.0.1", "post-ip: 93.184.216.34"))
    read = call("reach", model.url, "--read", "out.txt", "--json", "r.json")
    assert (read.code, "ok    Size: Requests of 20 MB get through." in read.out) == (0, True)
    value = json.loads((tmp_path / "r.json").read_text())
    assert (value["format"], value["reached"], value["here"]) == ("byom-reach/1", True, [])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(printed.encode())))
    inside = call("reach", model.url, "--read", "-")
    assert (inside.code, "inside the same network" in inside.out) == (1, True)


def test_what_can_not_be_read_is_said(call: Call, model: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("hello")
    (tmp_path / "large.txt").write_text("x" * 1_000_001)
    for name, words in (
        ("other.txt", "not the script's output"),
        ("none.txt", "could not be read"),
        ("large.txt", "far more"),
    ):
        got = call("reach", model.url, "--read", name)
        assert (got.code, words in got.err) == (2, True)


def test_a_server_that_is_gone_exits_3(call: Call) -> None:
    with ModelServer() as gone:
        address = gone.url
    assert call("reach", address, "--json", "-").code == 3
