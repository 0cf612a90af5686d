"""Values in an address's query: plain ones are a part of it, secret ones go nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from byom_gui.core.endpoint import MASK
from tests.commands.conftest import Call
from tests.commands.processes import SAMPLES
from tests.services.servers import Received, Scripted, serving

CLASSES = [{"name": "weld", "type": "tag"}]


def answer(got: Received) -> Scripted:
    """Keeps the contract, and repeats its path."""
    if got.method == "GET":
        return Scripted(body=json.dumps(CLASSES).encode())
    result = {"name": "weld", "label": "weld", "confidence": 0.5, "tag": {}}
    return Scripted(body=json.dumps({"status": "succeeded", "results": [result], "path": got.path}).encode())


def test_a_plain_value_is_shown_stored_exported_and_sent(call: Call, tmp_path: Path) -> None:
    with serving(answer) as server:
        url = f"{server.url}/infer?model=yolo%20x&verbose"
        shown = url.replace("%20", "+")
        checked = call("check", url, SAMPLES / "nuclei-1.png", "--json", "-")
        told = call("check", url, "--quick")
        made = call("new", url, "--name", "n", "--classes-url", f"{server.url}/classes?model=yolo", "-o", "p.byom.json")
        sent = call("infer", "--project", "p.byom.json", SAMPLES / "nuclei-1.png", "--out", "o", "--no-overlays")
        out = call("export", "p.byom.json", "-o", "r.json")
    assert [one.code for one in (checked, told, made, sent, out)] == [0, 0, 0, 0, 0], sent.err
    assert {got.path for got in server.received if got.method == "POST"} == {"/infer?model=yolo+x&verbose"}
    report = json.loads(checked.out)
    assert report["endpoint"] == shown
    assert not [each["id"] for each in report["findings"] if each["id"].startswith("auth.")]
    assert next(each for each in report["findings"] if each["id"] == "net.plain-http")["severity"] == "advice"
    said = "".join(one.out + one.err for one in (checked, told, made, sent, out))
    assert MASK not in said
    assert "is a secret" not in said
    for name in ("p.byom.json", "r.json"):
        data = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        data = data.get("registration", data)
        assert (data["infer_url"], data["classes_url"]) == (shown, f"{server.url}/classes?model=yolo")
        assert data["external_url"] is None
    line = json.loads((tmp_path / "o" / "answers.jsonl").read_text(encoding="utf-8"))
    assert line["answer"]["path"] == "/infer?model=yolo+x&verbose"


@pytest.mark.parametrize("name", ["api_key", "accessToken", "sig", "code"])
def test_a_secret_value_is_masked_and_left_out_of_files(call: Call, tmp_path: Path, name: str) -> None:
    with serving(answer) as server:
        url = f"{server.url}/infer?v=3&{name}=Hidden-value-9"
        checked = call("check", url, SAMPLES / "nuclei-1.png", "--json", "-")
        made = call("new", url, "--name", "n", "--classes-url", f"{server.url}/classes", "-o", "p.byom.json")
        sent = call("infer", url, SAMPLES / "nuclei-1.png", "--out", "o", "--no-overlays")
    report = json.loads(checked.out)
    assert report["endpoint"] == f"{server.url}/infer?v=3&{name}={MASK}"
    assert "auth.not-enforced" in [each["id"] for each in report["findings"]]
    assert made.code == sent.code == 0
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.json*"))
    assert "Hidden" not in checked.out + checked.err + made.out + made.err + sent.out + sent.err + written
    project = json.loads((tmp_path / "p.byom.json").read_text(encoding="utf-8"))
    assert project["registration"]["infer_url"] == f"{server.url}/infer?v=3&{name}="


def test_a_value_that_is_left_empty_is_a_secret_from_the_environment(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serving(answer) as server:
        url = f"{server.url}/infer?model="
        nothing = call("check", url, SAMPLES / "nuclei-1.png", "--json", "-")
        monkeypatch.setenv("BYOM_ENDPOINT_SECRET", "Hidden-model-9")
        given = call("check", url, SAMPLES / "nuclei-1.png", "--json", "-")
        sent = call("infer", url, SAMPLES / "nuclei-1.png", "--out", "o", "--no-overlays")
    assert any(got.path == "/infer?model=Hidden-model-9" for got in server.received)
    assert "auth.not-enforced" not in [each["id"] for each in json.loads(nothing.out)["findings"]], "none was sent"
    assert "auth.not-enforced" in [each["id"] for each in json.loads(given.out)["findings"]]
    assert json.loads(given.out)["endpoint"] == f"{server.url}/infer?model={MASK}"
    assert "Hidden" not in given.out + given.err + sent.out + sent.err
    assert "Hidden" not in (tmp_path / "o" / "answers.jsonl").read_text(encoding="utf-8")


def test_a_project_of_an_older_version_keeps_its_values(call: Call, tmp_path: Path) -> None:
    with serving(answer) as server:
        registration = {"format": "byom-registration/1", "name": "n", "infer_url": f"{server.url}/infer?version="}
        project = {"format": "byom-project/1", "registration": registration | {"x_note": 1}, "x_more": [2]}
        (tmp_path / "p.byom.json").write_text(json.dumps(project), encoding="utf-8")
        out = call("export", "p.byom.json", "-o", "r.json")
    assert out.code == 0
    written = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert written["infer_url"] == registration["infer_url"]
    assert written["x_note"] == 1
