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
from byom_gui.core.project import Project, project_to_json
from byom_gui.core.registration import Registration, registration_to_json
from byom_gui.services.images import small_sample
from byom_gui.services.judging import Judged, judge_file

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
