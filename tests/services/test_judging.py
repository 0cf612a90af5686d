# ruff: noqa: E501 - a row a file
"""Saved files are told apart and judged, each with the verdict that ``byom-validate/1`` promises."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.errors import FileError
from byom_gui.core.image import ImageSource
from byom_gui.core.pre_labels import Choice, Pictured, Targets
from byom_gui.core.project import Project, project_to_json
from byom_gui.core.registration import Registration, registration_to_json
from byom_gui.services.images import small_sample
from byom_gui.services.judging import Judged, judge_file, read_saved
from byom_gui.services.pre_label_files import write_pre_labels

BOX = {"name": "cell", "label": "cell", "confidence": 0.5, "bounding_box": {"x": 150, "y": 10, "w": 40, "h": 20}}
SOUND = {"status": "succeeded", "results": [BOX]}
CLASSES = [{"name": "cell", "type": "bounding_box"}]
ENDPOINT = Endpoint(parse_address("http://127.0.0.1:9/api/infer").address)
TOO_MUCH = ClassList((ClassEntry("N/A", "polygon"), ClassEntry("cell", "polygon"), ClassEntry("cell", "polygon")))


def judged(folder: Path, name: str, content: Any, image: ImageSource | None = None, *listed: str) -> Judged:
    """What is said of a file with this content: bytes as they are, anything else as JSON."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    classes = ClassList(tuple(ClassEntry(each, "bounding_box") for each in listed)) if listed else None
    return judge_file(path, image, classes)


def ids(found: Judged) -> list[str]:
    return [finding.id for finding in found.findings]


@pytest.mark.parametrize(
    ("name", "content", "kind", "valid", "expected"),
    [
        ("a.json", SOUND, "response", True, []),
        ("a.json", b"\xef\xbb\xbf" + json.dumps(SOUND).encode(), "response", True, []),
        ("a.json", {"status": "succeeded"}, "response", True, ["status.no-results"]),
        ("a.json", {"status": "failed", "results": []}, "response", True, ["status.failed"]),
        (
            "a.json",
            {"status": "ok", "results": [{"name": "a"}]},
            "response",
            False,
            ["schema.range", "schema.missing", "schema.missing", "schema.no-shape"],
        ),
        ("a.json", {"result": [{"inference": {"confidence": 1}}]}, "response", False, ["schema.other-format"]),
        ("a.json", b"{'status': 'succeeded'}", "response", None, ["json.python-literal"]),
        ("a.json", b'{"status": "succeeded", "results": [NaN]}', "response", None, ["json.not-finite"]),
        ("a.json", b"", "response", None, ["json.invalid"]),
        ("noise", bytes(range(255, 0, -1)), "unknown", None, ["json.encoding"]),
        ("a.html", b"<html>sign in</html>", "unknown", None, ["http.html"]),
        ("a.json", b"3", "unknown", None, ["schema.type"]),
        ("a.json", {"format": "byom-check/1"}, "unknown", None, ["schema.other-format"]),
        ("a.json", CLASSES, "classes", None, []),
        ("a.json", b"\xef\xbb\xbf" + json.dumps(CLASSES).encode(), "classes", None, []),
        ("a.json", ["cell"], "classes", None, ["classes.form"]),
        ("a.json", [{"name": "a", "type": "bbox"}], "classes", None, ["classes.unknown-type"]),
        ("a.csv", b"name,type\ncell,polygon\n", "classes", None, []),
        ("a.csv", b"name,type\n,polygon\ncell,polygon\n,tag\n", "classes", None, ["classes.empty-name"]),
        ("a.txt", b"cell\nnucleus\ncell\n", "classes", None, ["classes.duplicate"]),
        ("a.csv", b"name,type\nZ\xe4hler,tag\n", "classes", None, ["json.encoding"]),
        ("a.byom.json", b'{"format": "byom-project/1"', "project", None, ["schema.type"]),
        ("a.json", {"format": "byom-registration/9"}, "registration", None, ["schema.type"]),
    ],
)
def test_what_a_file_is_and_what_is_wrong_with_it(
    name: str, content: Any, kind: str, valid: bool | None, expected: list[str], tmp_path: Path
) -> None:
    found = judged(tmp_path, name, content)
    assert (found.kind, found.schema_valid, ids(found)) == (kind, valid, expected)
    told = json.dumps(found.as_json())
    assert "saved-file.example" not in told  # there is no address, so none is told
    assert found.as_json().keys() == {"path", "kind", "schema_valid", "findings"}


def test_a_project_and_a_registration_are_judged_by_their_classes(tmp_path: Path) -> None:
    registration = Registration("model", ENDPOINT, TOO_MUCH)
    for name, value, kind in (
        ("a.byom.json", project_to_json(Project(registration)), "project"),
        ("a.json", registration_to_json(registration), "registration"),
    ):
        found = judged(tmp_path, name, value)
        assert (found.kind, found.schema_valid) == (kind, None)
        assert ids(found) == ["classes.duplicate", "classes.background"]


def test_a_damaged_registration_says_where(tmp_path: Path) -> None:
    value = registration_to_json(Registration("model", ENDPOINT)) | {"infer_url": "http://lab:hush@x/infer"}
    found = judged(tmp_path, "a.json", value)
    assert [(each.id, each.where) for each in found.findings] == [("schema.type", "infer_url")]
    assert "hush" not in repr(found)


def test_with_its_image_an_answer_is_held_against_its_size(tmp_path: Path) -> None:
    sample = small_sample()  # 160 x 120: the box ends 30 pixels beyond
    assert ids(judged(tmp_path, "a.json", SOUND)) == []
    found = judged(tmp_path, "a.json", SOUND, sample)
    assert ids(found) == ["shape.outside"]
    assert "30 pixels" in found.findings[0].evidence
    assert found.schema_valid
    assert ids(judged(tmp_path, "a.json", SOUND, replace(sample, width=190))) == []


def test_with_a_class_list_the_names_are_held_against_it(tmp_path: Path) -> None:
    assert ids(judged(tmp_path, "a.json", SOUND, None, "cell")) == []
    assert ids(judged(tmp_path, "a.json", SOUND, None, "Cell")) == ["classes.near-match"]
    assert ids(judged(tmp_path, "a.json", SOUND, None, "tree", "cell")) == ["classes.unseen"]


def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"gone\.json"):
        judge_file(tmp_path / "gone.json")


# --- files of other tools

COCO = {"images": [], "annotations": [{"id": 3, "category_id": 1}], "categories": [{"id": 1, "name": "cell"}]}
DARWIN = {"version": "2.0", "item": {"name": "k.png"}, "annotations": [{"name": "cell", "tag": {}}]}
TASKS = [{"id": 9, "data": {"image": "k.png"}, "predictions": [{"result": []}]}]
VOC = b"<annotation><filename>k.png</filename><object><name>cell</name></object></annotation>"


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("k.json", DARWIN, "a Darwin JSON 2.0 annotation file"),
        ("k.json", COCO, "a COCO annotation file"),
        ("k.json", {"shapes": [], "imagePath": "k.png"}, "a LabelMe annotation file"),
        ("k.json", TASKS, "a list of Label Studio tasks"),
        ("k.json", {"objects": [{"classTitle": "cell"}]}, "a Supervisely annotation file"),
        ("k.xml", VOC, "a Pascal VOC annotation file"),
        ("k.xml", b'<?xml version="1.0"?><annotations><image id="0"/></annotations>', "a CVAT annotation file"),
        ("k.txt", b"3 0.5 0.25 0.5 0.5\n", "a YOLO label file (rows of numbers: a class number and coordinates)"),
        ("k.xml", b"<plan/>", "an XML file of another kind (<plan>)"),
        ("k.xml", b"<annotation><object>", "XML that breaks in line 1: no element found"),
        ("k.png", b"\x89PNG\r\n\x1a\n\0\0", "a PNG image"),
        ("list.txt", b"a.jpg\nb.jpg\n", "a list of image files"),
        ("log.jsonl", b'{"a": 1}\n{"a": 2}\n', "a JSON Lines file"),
    ],
)
def test_an_annotation_file_is_called_by_its_name(name: str, content: Any, form: str, tmp_path: Path) -> None:
    found = judged(tmp_path, name, content)
    assert (found.kind, found.schema_valid, ids(found), found.form) == ("unknown", None, ["schema.other-format"], form)
    assert found.findings[0].what == f"This is {form}, not a response of a model server."
    assert found.findings[0].evidence
    assert found.as_json()["format"] == form
    assert "Put these lines" not in str(found.as_json())


def test_this_programs_own_darwin_export_is_called_by_its_name(tmp_path: Path) -> None:
    answer = read_saved(json.dumps(SOUND).encode(), small_sample()).answer
    assert answer is not None
    pictured = Pictured("k.png", 160, 120, answer.predictions)
    (tmp_path / "out").mkdir()
    write_pre_labels(Choice(Targets(darwin=str(tmp_path / "out"))), [pictured])
    (path,) = (tmp_path / "out").glob("*.json")
    assert judge_file(path).form == "a Darwin JSON 2.0 annotation file"


@pytest.mark.parametrize(
    ("name", "content", "form", "expected"),
    [
        ("data.yaml", b"nc: 1\nnames: [cell]\n", "YOLO data.yaml", []),
        ("data.yaml", b"nc: 2\nnames: [cell]\n", "YOLO data.yaml", ["classes.form"]),
        ("config.json", {"id2label": {"0": "cell"}}, "Hugging Face id2label", []),
        ("meta.json", {"classes": [{"title": "cell", "shape": "bitmap"}]}, "Supervisely meta.json", ["classes.unknown-type"]),
        ("labels.json", [{"name": "cell", "type": "rectangle", "attributes": []}], "CVAT labels", []),
        ("v7.json", {"annotation_classes": [{"name": "cell", "annotation_types": ["tag"]}]}, "V7 Darwin classes", []),
        ("map.pbtxt", b"item { id: 1 name: 'background' }", "TensorFlow label map", ["classes.background"]),
        ("ui.xml", b"<View><Choices><Choice value='a'/><Choice value='a'/></Choices></View>", "Label Studio interface", ["classes.duplicate"]),
        ("names.py", b"CLASSES = ['cell']", "Python source", []),
        ("obj.names", b"cell\nkern\n", "", []),
        ("a.yml", b"path: x\ntrain: y\n", "", ["classes.form"]),
        ("list.txt", b"['cell', 'tree']", "Python or YAML list", []),
    ],
)  # fmt: skip
def test_a_class_list_of_another_tool_is_read_and_named(
    name: str, content: Any, form: str, expected: list[str], tmp_path: Path
) -> None:
    found = judged(tmp_path, name, content)
    assert (found.kind, found.form, ids(found)) == ("classes", form, expected)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("cell\nkern\n".encode("utf-16"), []),
        (b'["cell", "a\\ud800"]', ["classes.control-character"]),
        ("\u200b\ncell\n".encode(), ["classes.empty-name"]),
        (b"id,label\n1,cell\n", []),
        (b" \n", ["classes.empty-list"]),
        (b"width,height\n1,2\n", ["classes.form"]),
    ],
)
def test_a_plain_list_is_judged_as_it_is_read(content: bytes, expected: list[str], tmp_path: Path) -> None:
    found = judged(tmp_path, "list.txt", content)
    assert (found.kind, found.form, ids(found)) == ("classes", "", expected)


# --- responses in other things


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ({"predictions": [SOUND]}, "the key “predictions”"),
        ([SOUND], "an array with one response"),
        ({"statusCode": 200, "body": json.dumps(SOUND)}, "a cloud function's envelope"),
        ({"body": "[1]", "note": "{x", "out": {"last": SOUND}}, "the keys “out”, “last”"),
        ({"outputs": {"data": [[SOUND]]}}, "the keys “outputs”, “data”"),
    ],
)
def test_a_response_in_a_wrapper_says_which(content: Any, where: str, tmp_path: Path) -> None:
    found = judged(tmp_path, "k.json", content, None, "tree")
    assert (found.kind, found.schema_valid, found.form) == ("response", False, "wrapped response")
    assert ids(found) == ["schema.wrapped", "classes.unregistered", "classes.unseen"]
    assert where in found.findings[0].what
    assert all("Add “status”" not in finding.fix for finding in found.findings)


def record(image: str, answer: Any, **more: Any) -> str:
    """A line as ``byom-gui infer`` writes it."""
    return json.dumps(
        {"image": image, "width": 160, "height": 120, "summary": "s", "answer": answer, "findings": [], **more}
    )


def test_the_answers_of_infer_are_judged_line_by_line(tmp_path: Path) -> None:
    refused = {"id": "http.rate-limited", "severity": "warning", "where": "", "evidence": "HTTP 429", "fix": ""}
    lines = [
        record(
            "in.png", {"status": "succeeded", "results": [{**BOX, "bounding_box": {"x": 1, "y": 1, "w": 5, "h": 5}}]}
        ),
        "",
        record("out.png", SOUND),
        record("bad.png", {"status": "ok", "results": []}),
        record("busy.png", None, findings=[refused, {"id": "x"}, 3]),
        json.dumps({"image": "gone.png", "summary": "It is damaged.", "error": "It is damaged."}),
    ]
    found = judged(tmp_path, "answers.jsonl", "\n".join(lines).encode())
    assert (found.kind, found.schema_valid, found.form) == ("response", False, "answers of byom-gui infer")
    assert {(f.id, f.where) for f in found.findings} == {
        ("schema.range", "line 4: status"),
        ("shape.outside", "line 3: results[0].bounding_box"),
        ("http.rate-limited", "line 5"),
        ("schema.missing", "line 6"),
    }
    assert "gone.png: It is damaged." in [f.evidence for f in found.findings]
    bigger = judged(tmp_path, "answers.jsonl", record("out.png", SOUND).encode(), replace(small_sample(), width=400))
    assert (ids(bigger), bigger.schema_valid) == ([], True), "the image that was given counts"


@pytest.mark.parametrize(
    ("name", "content", "valid", "expected"),
    [
        ("a.txt", b'{"status": "succeeded", "results": []}\n{"results": []}\n', False, ["schema.missing", "results.empty"]),
        ("a.ndjson", b'{"status": "failed"}\r\n', True, ["status.failed"]),
        ("a.jsonl", b'{"status": "failed"}\n{"status": \n', True, ["status.failed", "json.invalid"]),
        ("a.json", record("k.png", None, width=None, findings=None).encode(), None, ["schema.missing"]),
        ("a.json", b'\xef\xbb\xbf{"status": "failed"}\n{"status": "failed"}\n', True, ["status.failed"]),
    ],
)  # fmt: skip
def test_json_lines(name: str, content: bytes, valid: bool | None, expected: list[str], tmp_path: Path) -> None:
    found = judged(tmp_path, name, content)
    assert (found.kind, found.schema_valid, ids(found)) == ("response", valid, expected)


def test_many_lines_without_a_response_are_counted(tmp_path: Path) -> None:
    content = "\n".join(record(f"{at}.png", None) for at in range(3)).encode()
    (finding,) = judged(tmp_path, "a.jsonl", content).findings
    assert (finding.what, finding.count) == ("3 lines have no response.", 3)


def test_lines_for_the_server_are_there_wherever_they_are_spoken_of(tmp_path: Path) -> None:
    rows = [{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.5}]
    found = judged(tmp_path, "a.json", rows, small_sample())
    assert (found.kind, ids(found)) == ("response", ["schema.other-format"])
    assert "COCO" in found.findings[0].what
    assert "def adapt" in json.dumps(found.as_json())


@pytest.mark.parametrize(
    ("name", "content"),
    [("list.json", '["kern", "größer"]'.encode("utf-16")), ("sizes.txt", "<2 µm\n>2 µm\n".encode())],
)
def test_what_only_looks_like_a_broken_response_or_xml_is_a_class_list(
    name: str, content: bytes, tmp_path: Path
) -> None:
    found = judged(tmp_path, name, content)
    assert (found.kind, found.form, ids(found)) == ("classes", "", [])


def test_a_response_in_utf_16_is_no_class_list(tmp_path: Path) -> None:
    found = judged(tmp_path, "saved.json", json.dumps(SOUND).encode("utf-16-le"))
    assert (found.kind, ids(found)) == ("response", ["json.encoding"])
