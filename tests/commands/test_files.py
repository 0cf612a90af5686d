"""``new``, ``validate`` and ``export``: projects and registrations as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from byom_gui.sandbox.faults import find_fault
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.services.files import load_project
from tests.commands.conftest import Call
from tests.services.servers import Scripted, free_port, serving

ENDPOINT = "https://models.example/v1/infer"


def read(path: Path) -> dict[str, Any]:
    """A JSON file."""
    found = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_new_takes_classes_from_a_file(call: Call, tmp_path: Path) -> None:
    (tmp_path / "classes.csv").write_text("name,type\nnucleus,polygon\ncell,bounding_box\n")
    got = call("new", ENDPOINT, "--name", "nuclei", "--classes", "classes.csv", "--user", "ann", "-o", "p.byom.json")
    assert (got.code, got.out) == (0, "")
    assert "Wrote p.byom.json with 2 classes." in got.err
    registration = read(tmp_path / "p.byom.json")["registration"]
    assert registration["infer_url"] == ENDPOINT
    assert registration["auth"] == {"basic_user": "ann"}
    assert registration["classes"] == [{"name": "nucleus", "type": "polygon"}, {"name": "cell", "type": "bounding_box"}]


def test_new_takes_classes_and_settings_from_the_command_line(call: Call, model: ModelServer, tmp_path: Path) -> None:
    words = ["--classes-url", model.classes_url, "--timeout", "7", "--concurrency", "5", "--secret-header", "X-Key"]
    assert call("new", model.url, *words, "--name", "n", "-o", "p.byom.json").code == 0
    project = read(tmp_path / "p.byom.json")
    assert len(project["registration"]["classes"]) == 9
    settings = project["settings"]
    assert (settings["connect_timeout"], settings["read_timeout"], settings["concurrency"]) == (7, 7, 5)


LIST = b'[{"name": "crack", "type": "line"}, {"name": "rust", "type": "polygon"}]'


@pytest.mark.parametrize(
    ("path", "recorded"), [("/v2/classes", None), ("/classes", "/classes"), ("/api/classes", "/api/classes")]
)
def test_new_looks_for_the_class_list_as_the_other_commands_do(
    call: Call, tmp_path: Path, path: str, recorded: str | None
) -> None:
    """Without --classes-url; where it is not the sibling, the project says where it was."""
    with serving(lambda got: Scripted(body=LIST) if got.path == path else Scripted(404)) as server:
        got = call("new", f"{server.url}/v2/infer", "--name", "n", "-o", "p.byom.json")
        listed = call("classes", f"{server.url}/v2/infer")
        asked = [one.path for one in server.received]
    assert got.code == 0
    assert f"2 classes from {server.url}{path}." in got.err
    registration = read(tmp_path / "p.byom.json")["registration"]
    assert [entry["name"] for entry in registration["classes"]] == ["crack", "rust"]
    assert json.loads(listed.out) == json.loads(LIST)
    assert asked[: len(asked) // 2] == asked[len(asked) // 2 :]
    at = load_project(tmp_path / "p.byom.json").registration.endpoint
    assert at is not None
    assert (at.classes.shown if at.classes else None) == (server.url + recorded if recorded else None)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, b"{}", "/api/classes returned status 404"),
        (200, b"[]", "has no classes in V7's format"),
        (200, b"{", "is not JSON"),
        (500, b"{}", "returned status 500"),
    ],
)
def test_new_says_that_it_found_no_class_list(call: Call, tmp_path: Path, status: int, body: bytes, said: str) -> None:
    with serving(lambda got: Scripted(status, body)) as server:
        got = call("new", f"{server.url}/infer", "--name", "n", "-o", "p.byom.json")
    assert got.code == 0
    assert "No class list found." in got.err
    assert said in got.err
    assert "Wrote p.byom.json with 0 classes." in got.err
    assert "Add classes before you register it" in got.err


def test_new_for_a_server_that_is_not_running(call: Call, tmp_path: Path) -> None:
    got = call("new", f"http://127.0.0.1:{free_port()}/infer", "--name", "n", "-o", "p.byom.json")
    assert got.code == 0
    assert "did not respond: connection refused" in got.err
    assert "with 0 classes" in got.err


def test_new_keeps_the_list_of_the_project_that_it_is_made_from(call: Call, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text('[{"name": "kept", "type": "tag"}]')
    with serving(lambda got: Scripted(body=LIST)) as server:
        call("new", f"{server.url}/infer", "--classes", "list.txt", "--name", "n", "-o", "p.byom.json")
        got = call("new", "--project", "p.byom.json", "--name", "n2", "-o", "q.byom.json")
        assert server.received == []
    assert got.code == 0
    assert [entry["name"] for entry in read(tmp_path / "q.byom.json")["registration"]["classes"]] == ["kept"]


def test_new_leaves_values_of_the_query_out_of_the_file(call: Call, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("cell polygon\n")
    address = f"{ENDPOINT}?api_key=marked-value"
    got = call("new", address, "--classes", "list.txt", "--name", "n", "-o", "p.byom.json")
    assert got.code == 0
    assert "marked-value" not in (tmp_path / "p.byom.json").read_text() + got.out + got.err
    assert read(tmp_path / "p.byom.json")["registration"]["infer_url"] == f"{ENDPOINT}?api_key="
    assert "?api_key= is not stored:" in got.err, "there is no keyring here"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-o", "p.json"], 2, "must end in .byom.json"),
        (["-o", "there.byom.json"], 2, "already exists"),
        (["-o", "gone/p.byom.json"], 2, "could not be written"),
        (["-o", "p.byom.json", "--classes-url", "http://127.0.0.1:{port}/classes"], 3, "did not respond"),
        (["-o", "p.byom.json", "--classes-url", "{model}/nothing"], 2, "returned status 404, not a class list"),
        (["-o", "p.byom.json", "--name", " "], 2, "The model needs a name"),
    ],
)
def test_new_refuses(call: Call, model: ModelServer, tmp_path: Path, words: list[str], code: int, said: str) -> None:
    (tmp_path / "there.byom.json").write_text("mine")
    filled = [word.format(port=free_port(), model=model.base_url) for word in words]
    got = call("new", ENDPOINT, "--name", "n", *filled)
    assert got.code == code
    assert said in got.err
    assert (tmp_path / "there.byom.json").read_text() == "mine"
    assert not (tmp_path / "p.byom.json").exists()


def test_new_writes_over_with_force(call: Call, tmp_path: Path) -> None:
    (tmp_path / "p.byom.json").write_text("old")
    (tmp_path / "list.txt").write_text("cell polygon\n")
    words = ("--classes", "list.txt", "--name", "n", "-o", "p.byom.json")
    assert call("new", ENDPOINT, *words, "--force").code == 0
    assert read(tmp_path / "p.byom.json")["format"] == "byom-project/1"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.txt", None, "could not be read"),
        ("folder", "folder", "could not be read"),
        ("empty.txt", b" \n", "lists no classes"),
        ("page.html", b"<!doctype html><p>404</p>", "This is a web page, not a class list."),
        ("k.txt", b"1 0.5 0.5 0.25 0.25\n", "This is a YOLO label file"),
        ("k.json", b'[{"name": "mast"', "breaks in line 1"),
        ("k.json", b'["mast", "o\\udc00ar"]', "Entry 2: “o<U+DC00>ar” is not valid Unicode"),
        ("data.yaml", b"train: x\nval: y\nnc: 3\n", "without class names (its keys: train, val, nc)"),
        ("k.png", b"\x89PNG\r\n\x1a\n\0", "This is a PNG image"),
    ],
)
def test_a_class_file_that_lists_no_classes_ends_new_and_nothing_is_written_over(
    call: Call, tmp_path: Path, name: str, content: bytes | str | None, said: str
) -> None:
    (tmp_path / "p.byom.json").write_text("mine")
    if isinstance(content, bytes):
        (tmp_path / name).write_bytes(content)
    elif content:
        (tmp_path / name).mkdir()
    got = call("new", ENDPOINT, "--name", "n", "--classes", name, "-o", "p.byom.json", "--force")
    assert got.code == 2
    assert said in got.err
    assert (tmp_path / "p.byom.json").read_text() == "mine"


def test_what_was_understood_of_a_class_file_is_said(call: Call, tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("nc: 3\nnames:\n  1: oar\n  0: 'mast, tall'\n")
    got = call("new", ENDPOINT, "--name", "n", "--classes", "data.yaml", "-o", "p.byom.json")
    assert got.code == 0
    assert "data.yaml: 2 classes read (YOLO data.yaml)." in got.err
    assert "data.yaml: “nc” is 3, but 2 names are listed." in got.err
    assert "data.yaml: The classes under “names” are taken." in got.err
    classes = read(tmp_path / "p.byom.json")["registration"]["classes"]
    assert [entry["name"] for entry in classes] == ["mast, tall", "oar"]
    (tmp_path / "one.txt").write_text("mast\n")
    assert "one.txt: 1 class read (lines)." in call("validate", "data.yaml", "--classes", "one.txt").err


def test_names_of_a_served_list_that_cannot_work_are_said_at_once(call: Call, tmp_path: Path) -> None:
    with ModelServer(fault=find_fault("classes.control-character")) as server:
        got = call("new", server.url, "--classes-url", server.classes_url, "--name", "n", "-o", "p.byom.json")
        listed = call("classes", server.url)
    for said in (got.err, listed.err):
        assert "“nucleus<U+000D>” ends in a carriage return (U+000D)." in said
    assert (got.code, listed.code) == (0, 0)
    with ModelServer(fault=find_fault("classes.control-character:surrogate")) as server:
        half = call("new", server.url, "--classes-url", server.classes_url, "--name", "n", "-o", "q.byom.json")
    assert half.code == 2
    assert "lone surrogate" in half.err
    assert not (tmp_path / "q.byom.json").exists()


# --- validate

GOOD = {"status": "succeeded", "results": [{"name": "a", "label": "a", "confidence": 0.5, "tag": {}}]}


def test_validate_tells_kinds_apart(call: Call, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(json.dumps(GOOD))
    (tmp_path / "bad.json").write_text(json.dumps({"results": []}))
    (tmp_path / "list.json").write_text(json.dumps([{"name": "a", "type": "tag"}]))
    (tmp_path / "broken.json").write_text('{"status": ')
    call("new", ENDPOINT, "--name", "n", "--classes", "list.json", "-o", "p.byom.json")
    call("export", "p.byom.json", "-o", "r.json")
    names = ["good.json", "bad.json", "list.json", "broken.json", "p.byom.json", "r.json"]
    got = call("validate", *names, "--json", "-")
    assert got.code == 1
    report = json.loads(got.out)
    assert report["format"] == "byom-validate/1"
    assert [list(one) for one in report["files"]] == [["path", "kind", "schema_valid", "findings"]] * 6
    assert [(one["path"], one["kind"], one["schema_valid"]) for one in report["files"]] == [
        ("good.json", "response", True),
        ("bad.json", "response", False),
        ("list.json", "classes", None),
        ("broken.json", "response", None),
        ("p.byom.json", "project", None),
        ("r.json", "registration", None),
    ]
    people = call("validate", *names)
    assert people.code == 1
    assert "good.json: response, valid" in people.out
    assert "schema.missing" in people.out


def test_validate_holds_answers_against_a_list_and_an_image(call: Call, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(json.dumps(GOOD))
    (tmp_path / "list.txt").write_text("other tag\n")
    assert call("validate", "good.json").code == 0
    got = call("validate", "good.json", "--classes", "list.txt")
    assert "classes.unregistered" in got.out


def test_validate_judges_the_rest_where_one_file_can_not_be_read(call: Call, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(json.dumps(GOOD))
    got = call("validate", "gone.json", "good.json", "--json", "v.json")
    assert got.code == 2
    assert "gone.json could not be read" in got.err
    assert [one["path"] for one in read(tmp_path / "v.json")["files"]] == ["good.json"]


# --- export


def test_export_with_check_needs_a_check_and_then_holds_it(call: Call, model: ModelServer, tmp_path: Path) -> None:
    call("new", model.url, "--name", "n", "--classes-url", model.classes_url, "-o", "p.byom.json")
    early = call("export", "p.byom.json", "--with-check", "-o", "r.json")
    assert early.code == 2
    assert "not checked yet" in early.err
    assert call("check", "--project", "p.byom.json", "--quick", "--json", "c.json").code == 0
    assert call("export", "p.byom.json", "--with-check", "-o", "r.json").code == 0
    assert read(tmp_path / "r.json")["check"] == read(tmp_path / "c.json")
    again = call("export", "r.json", "-o", "r2.json")
    assert again.code == 0
    first, second = read(tmp_path / "r.json"), read(tmp_path / "r2.json")
    assert {**first, "created": ""} == {**second, "created": ""}


def test_export_writes_to_stdout(call: Call, model: ModelServer, tmp_path: Path) -> None:
    assert call("new", model.url, "--name", "Kiln", "-o", "p.byom.json").code == 0
    got = call("export", "p.byom.json", "-o", "-")
    assert (got.code, got.err) == (0, "")
    shown = json.loads(got.out)
    assert call("export", "p.byom.json", "-o", "r.json").code == 0
    written = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert {**shown, "created": ""} == {**written, "created": ""}
    assert not (tmp_path / "-").exists()


def test_export_refuses_what_is_neither(call: Call, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(json.dumps(GOOD))
    got = call("export", "good.json", "-o", "r.json")
    assert got.code == 2
    assert "neither a project nor a registration" in got.err
    assert not (tmp_path / "r.json").exists()


# --- validate, files of other tools


def test_validate_names_the_file_and_prints_the_lines_it_speaks_of(call: Call, tmp_path: Path) -> None:
    rows = [{"image_id": 1, "category_id": 0, "bbox": [1, 2, 3, 4], "score": 0.5}]
    (tmp_path / "r.json").write_text(json.dumps(rows))
    (tmp_path / "k.txt").write_text("0 0.5 0.5 0.25 0.25\n")
    (tmp_path / "data.yaml").write_text("names: [mast]\n")
    (tmp_path / "a.jsonl").write_text(json.dumps(GOOD) + "\n" + json.dumps(GOOD) + "\n")
    got = call("validate", "r.json", "k.txt", "data.yaml", "a.jsonl", "--json", "v.json")
    assert got.code == 1
    assert "    def adapt(" in got.out
    assert "k.txt: unknown (a YOLO label file" in got.out
    assert "data.yaml: classes (YOLO data.yaml), valid" in got.out
    assert "a.jsonl: response (JSON Lines), valid" in got.out
    files = read(tmp_path / "v.json")["files"]
    assert [one.get("format", "") for one in files][2:] == ["YOLO data.yaml", "JSON Lines"]
    assert "def adapt(" in files[0]["findings"][0]["fix"]
