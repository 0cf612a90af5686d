"""Exit 3 stands for no HTTP status at all: a status with an unusable response exits 1, in every command that calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from byom_gui.sandbox.faults import find_fault
from byom_gui.sandbox.model_server import ModelServer
from tests.commands.conftest import Call
from tests.commands.processes import SAMPLES
from tests.services.servers import Scripted, serving

STATUS_CAME = ("http.encoding", "http.encoding:br", "http.encoding:long", "net.reset", "net.redirect:inside")
NONE_CAME = ("net.protocol", "net.protocol:ssh", "net.reset:rst")


@pytest.mark.parametrize(("faults", "code"), [(STATUS_CAME, 1), (NONE_CAME, 3)])
def test_an_image(call: Call, tmp_path: Path, faults: tuple[str, ...], code: int) -> None:
    for name in faults:
        with ModelServer(fault=find_fault(name)) as server:
            got = call("infer", server.url, SAMPLES / "neuron.jpg", "--out", "out", "--no-overlays")
        assert got.code == code, name
        (line,) = (tmp_path / "out" / "answers.jsonl").read_text(encoding="utf-8").splitlines()
        assert (json.loads(line)["status"] is None) == (code == 3), name


@pytest.mark.parametrize(("fault", "code"), [("http.encoding", 1), ("net.protocol", 3)])
def test_a_capacity_run(call: Call, fault: str, code: int) -> None:
    with ModelServer(fault=find_fault(fault)) as server:
        assert call("capacity", server.url, "--items", "100", "--yes").code == code


@pytest.mark.parametrize(("fault", "code"), [("http.encoding", 1), ("net.protocol", 3)])
def test_reaching_it(call: Call, fault: str, code: int) -> None:
    with ModelServer(fault=find_fault(fault)) as server:
        got = call("reach", server.url)
    assert got.code == code
    assert ("status 200" in got.out) == (code == 1)


def test_a_class_list(call: Call) -> None:
    lying = Scripted(body=b"[]", headers=(("Content-Encoding", "gzip"),))
    with serving(lambda got: lying) as server:
        got = call("classes", server.url + "/infer")
    assert got.code == 1
    assert "HTTP 200, and no usable response" in got.err
