"""Files are read strictly, and written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import stat
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.errors import FileError
from byom_gui.core.image import ImageRef
from byom_gui.core.project import Project, Settings
from byom_gui.core.registration import Registration
from byom_gui.services import files
from byom_gui.services.files import (
    Kind,
    atomic_write,
    export_registration,
    kind_of,
    load_any,
    load_project,
    load_registration,
    save_project,
)

NOW = datetime(2026, 11, 23, 17, 42, tzinfo=UTC)


def registration() -> Registration:
    parsed = parse_address("https://models.acme.io/api/infer?api_key=sesame")
    listed = ClassList((ClassEntry("nücleus", "polygon", "#60C1AB"),))
    return Registration("nuclei", Endpoint(parsed.address, Auth("user", "X-Secret")), listed)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Writing


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old and longer")
    path.chmod(0o640)
    atomic_write(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o640)
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_new_file_has_the_usual_mode_or_is_private(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        atomic_write(tmp_path / "usual", b"")
        atomic_write(tmp_path / "private", b"", private=True)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "usual"), mode(tmp_path / "private")) == (0o640, 0o600)


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    atomic_write(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(FileError) as caught:
        atomic_write(path, b"new")
    monkeypatch.undo()
    assert caught.value.sentence == f"{path} could not be written: no space left on device."
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.json"], "no half of a file is left"


def test_why_a_file_can_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileError, match="the folder or file does not exist"):
        atomic_write(tmp_path / "no" / "a", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match="it is a folder"):
        atomic_write(tmp_path / "folder", b"")

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(FileError, match="permission denied"):
        atomic_write(tmp_path / "a", b"")


# Projects


def test_a_project_comes_back_as_it_was(tmp_path: Path) -> None:
    images = (
        ImageRef("a", "file", str(tmp_path / "pics" / "a.png"), "a.png"),
        ImageRef("b", "url", "https://h/b.png", "b.png"),
        ImageRef("c", "pasted", "/var/lib/elsewhere/c.png", "pasted"),
    )
    project = Project(registration(), images, Settings(ca_file=str(tmp_path / "ca.pem"), confidence=0.4))
    path = tmp_path / "p.byom.json"
    save_project(path, project)
    assert load_project(path) == project
    text = path.read_text(encoding="utf-8")
    assert "sesame" not in text
    assert "nücleus" in text
    assert text.endswith("}\n")


@pytest.mark.parametrize(
    ("image", "written"),
    [
        ("home/work/proj/a.png", "a.png"),
        ("home/work/proj/pics/a.png", "pics/a.png"),
        ("home/work/pics/a.png", "../pics/a.png"),
        ("home/pics/a.png", "../../pics/a.png"),
        ("pics/a.png", None),
    ],
)
def test_near_images_are_written_relative(tmp_path: Path, image: str, written: str | None) -> None:
    folder = tmp_path / "home/work/proj"
    folder.mkdir(parents=True)
    place = str(tmp_path / image)
    path = folder / "p.byom.json"
    save_project(path, Project(images=(ImageRef("a", "file", place, "a"),)))
    assert json.loads(path.read_bytes())["images"][0]["place"] == (written or place)
    assert load_project(path).images[0].place == place


def test_images_move_with_their_project(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    save_project(
        tmp_path / "one" / "p.byom.json", Project(images=(ImageRef("a", "file", str(tmp_path / "one" / "a.png"), "a"),))
    )
    (tmp_path / "one").rename(tmp_path / "two")
    assert load_project(tmp_path / "two" / "p.byom.json").images[0].place == str(tmp_path / "two" / "a.png")


def test_on_another_drive_the_path_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_way(*_: Any) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", no_way)
    save_project(tmp_path / "p", Project(images=(ImageRef("a", "file", str(tmp_path / "a.png"), "a"),)))
    assert json.loads((tmp_path / "p").read_bytes())["images"][0]["place"] == str(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"format": "byom-project/1",\n oops}', "is not a JSON file (line 2, column"),
        (b"\xff\xfe", "is not a JSON file"),
        (b'{"a": NaN}', "is not a JSON file"),
        (b"[]", "p.byom.json: This is not a byom-project file"),
        (b'{"format": "byom-project/9"}', "newer byom-gui"),
        (
            b'{"format": "byom-project/1", "registration": {"name": 5}}',
            "p.byom.json: registration.name must be a string",
        ),
    ],
)
def test_a_project_that_can_not_be_used_says_where(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "p.byom.json"
    path.write_bytes(data)
    with pytest.raises(FileError) as caught:
        load_project(path)
    assert words in caught.value.sentence


def test_a_file_that_can_not_be_read_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileError, match="does not exist"):
        load_project(tmp_path / "none")
    with pytest.raises(FileError, match="it is a folder"):
        load_any(tmp_path)
    monkeypatch.setattr(files, "MAX_BYTES", 1024 * 1024)
    (tmp_path / "big").write_bytes(b" " * (1024 * 1024 + 1))
    with pytest.raises(FileError, match="larger than 1 MB"):
        load_any(tmp_path / "big")


def test_a_byte_order_mark_is_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "p.byom.json"
    save_project(path, Project())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_project(path) == Project()


# Exports


def test_an_export_is_stamped_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    written = export_registration(path, registration(), now=NOW)
    data = json.loads(path.read_bytes())
    assert (data["created"], data["tool"]) == ("2026-11-23T17:42:00Z", "byom-gui 0.1.0")
    assert list(data) == [
        "format",
        "name",
        "external_url",
        "infer_url",
        "classes_url",
        "auth",
        "classes",
        "created",
        "tool",
    ]
    assert load_registration(path) == written == replace(registration(), created=written.created, tool=written.tool)
    assert b"sesame" not in path.read_bytes()


def test_an_export_holds_the_check_and_the_reason_where_given(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    report = {"format": "byom-check/1", "verdict": "ready", "findings": []}
    export_registration(path, registration(), report, override_reason="It will be mended tonight")
    data = json.loads(path.read_bytes())
    assert (data["check"], data["override_reason"]) == (report, "It will be mended tonight")
    assert datetime.fromisoformat(data["created"]).tzinfo is not None
    again = load_registration(path)
    assert again.extra["check"] == report


def test_a_registration_is_taken_from_a_project_too(tmp_path: Path) -> None:
    save_project(tmp_path / "p.byom.json", Project(registration()))
    assert load_registration(tmp_path / "p.byom.json") == registration()
    (tmp_path / "x.json").write_text('{"status": "succeeded"}')
    with pytest.raises(FileError, match="neither a project nor a registration"):
        load_registration(tmp_path / "x.json")
    (tmp_path / "p.byom.json").write_text("{")
    with pytest.raises(FileError, match="is not a JSON file"):
        load_registration(tmp_path / "p.byom.json")


# Telling kinds apart


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"format": "byom-project/1"}, "project"),
        ({"format": "byom-project/9"}, "project"),
        ({"format": "byom-registration/1"}, "registration"),
        ({"format": "byom-check/1"}, "unknown"),
        ({"status": "succeeded", "results": []}, "response"),
        ({"status": "failed", "classes": []}, "response"),
        ({"predictions": []}, "response"),
        ({"format": "coco"}, "response"),
        ({}, "response"),
        ({"classes": ["a"]}, "classes"),
        ({"annotation_classes": [{"name": "a"}]}, "classes"),
        ({"classes": [1, 2], "boxes": []}, "response"),
        ([{"name": "a", "type": "tag"}], "classes"),
        (["a", "b"], "classes"),
        ([], "classes"),
        ([{"name": "a", "label": "a", "confidence": 1, "tag": {}}], "response"),
        ([[1, 2]], "response"),
        (5, "unknown"),
        ("text", "unknown"),
        (None, "unknown"),
    ],
)
def test_kinds(value: object, kind: Kind, tmp_path: Path) -> None:
    assert kind_of(value) == kind
    path = tmp_path / "x.json"
    path.write_text(json.dumps(value))
    loaded = load_any(path)
    assert (loaded.kind, loaded.value, loaded.data) == (kind, value, path.read_bytes())


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.json", b"{'status': True}", "response"),
        ("a.json", b"", "response"),
        ("a.byom.json", b"{", "project"),
        ("a.csv", b"name,type\ncat,tag\n", "classes"),
        ("a.txt", b"cat\ndog\n", "classes"),
        ("a.txt", b"[cat", "unknown"),
        ("a.png", b"\x89PNG", "unknown"),
    ],
)
def test_kinds_of_what_is_no_json(tmp_path: Path, name: str, data: bytes, kind: Kind) -> None:
    (tmp_path / name).write_bytes(data)
    loaded = load_any(tmp_path / name)
    assert (loaded.kind, loaded.data, loaded.value) == (kind, data, None)
    assert (loaded.error is not None) == (kind == "project")


def test_a_project_or_registration_that_does_not_fit_comes_with_its_error(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"format": "byom-registration/1", "name": 5}')
    loaded = load_any(path)
    assert (loaded.kind, loaded.registration) == ("registration", None)
    assert loaded.error is not None
    assert loaded.error.where == "name"
    export_registration(path, registration(), now=NOW)
    assert load_any(path).registration is not None
    save_project(path, Project(registration()))
    assert load_any(path).project == Project(registration())


def test_a_project_with_a_file_name_that_is_not_unicode_opens_again(tmp_path: Path) -> None:
    project = Project(images=(ImageRef("1", "file", os.fsdecode(b"/data/caf\xe9.png"), "caf\udce9.png"),))
    save_project(tmp_path / "p.byom.json", project)
    assert load_project(tmp_path / "p.byom.json").images[0].name == "caf?.png"


def test_a_class_that_no_file_can_hold_leaves_the_old_project(tmp_path: Path) -> None:
    path = tmp_path / "p.byom.json"
    save_project(path, Project())
    before = path.read_bytes()
    with pytest.raises(FileError, match="<U\\+D83D>"):
        save_project(path, Project(Registration("m", None, ClassList((ClassEntry("\ud83d", "tag"),)))))
    assert path.read_bytes() == before
