"""What is written: a project that its own tests, ruff and mypy pass, for each task; refusals that lose nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from byom_gui.core.errors import AppError, FileError, InputError
from byom_gui.core.scaffold import TASKS, Scaffold
from byom_gui.services import scaffold
from byom_gui.services.scaffold import write
from tests.limits import PROCESS

COCO = {
    "images": [{"id": 1, "width": 640, "height": 480}],
    "categories": [{"id": 1, "name": 'cät "x" \\ 🐈'}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 40], "score": 0.75}],
}
EGG = {"angle": 0, "center": {"x": 5, "y": 5}, "radius": {"x": 2, "y": 1}}
SOUND = {
    "status": "succeeded",
    "results": [
        {"name": "dot", "label": "dot", "confidence": 0.5, "keypoint": {"x": 1, "y": 2}},
        {"name": "read", "label": "read", "confidence": 1, "tag": {}, "text": {"text": "words"}},
        {"name": "egg", "label": "egg", "confidence": 1, "ellipse": EGG},
    ],
}  # fmt: skip


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in a written project, with nothing of ours on its path."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = {**kept, "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=env,
        capture_output=True,
        encoding="utf-8",
        timeout=PROCESS,
        check=False,
    )


def holds(folder: Path, *, formatted: bool = True) -> None:
    """Its own tests pass; it is in form."""
    tested = python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly")
    assert tested.returncode == 0, tested.stdout[-3000:]
    assert " passed" in tested.stdout
    for words in (("ruff", "check", "--no-cache"), ("ruff", "format", "--check", "--no-cache"))[: 1 + formatted]:
        done = python(folder, "-m", *words, ".")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("task", TASKS)
def test_each_task_is_a_project_that_holds(tmp_path: Path, task: str) -> None:
    folder = tmp_path / "My Model"
    files = [path.relative_to(folder).as_posix() for path in write(Scaffold(folder, task))]
    assert {"model.py", "serve.py", "stand_in.py", "Dockerfile", ".gitignore", ".dockerignore", "README.md"} <= set(
        files
    )
    readme = (folder / "README.md").read_text("utf-8")
    assert readme.startswith("# my-model\n")
    assert TASKS[task] in readme
    assert "@" not in readme.replace("@@", "")
    holds(folder)


def test_the_types_of_a_written_project_hold(tmp_path: Path) -> None:
    write(Scaffold(tmp_path / "one", "detection"))
    write(Scaffold(tmp_path / "two", answer=json.dumps(COCO).encode()))
    for name in ("one", "two"):
        done = python(tmp_path / name, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), ".")
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("answer", [COCO, SOUND], ids=["COCO", "V7"])
def test_from_an_answer(tmp_path: Path, answer: Any) -> None:
    folder = tmp_path / "mine"
    write(Scaffold(folder, answer=json.dumps(answer).encode()))
    assert not (folder / "stand_in.py").exists()
    holds(folder, formatted=answer is SOUND)  # a name with quotes in it has quotes of its own
    source = (
        "import json, model; from PIL import Image; from server.answer import succeeded\n"
        "said = succeeded(model.predict(Image.new('RGB', (640, 480))))\n"
        "print(json.dumps([said, [[each.name, each.type] for each in model.CLASSES]]))"
    )
    done = python(folder, "-c", source)
    said, classes = json.loads(done.stdout)
    if answer is COCO:
        assert said["results"][0]["bounding_box"] == {"x": 10, "y": 20, "w": 30, "h": 40}
        assert classes == [['cät "x" \\ 🐈', "bounding_box"]]
    else:
        assert said == answer
        assert classes == [["dot", "keypoint"], ["read", "tag"], ["egg", "ellipse"]]


def test_the_example_is_written_with_its_model_and_in_form(tmp_path: Path) -> None:
    files = {path.name: path for path in write(Scaffold(tmp_path / "ocr", "ocr", example=True))}
    assert "stand_in.py" not in files
    assert "RapidOCR(" in files["model.py"].read_text("utf-8")
    assert "rapidocr" in files["requirements.txt"].read_text("utf-8")
    done = python(tmp_path / "ocr", "-m", "ruff", "format", "--check", "--no-cache", ".")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"task": "dancing"}, "There is no task 'dancing'"),
        ({"task": "tagging", "example": True}, "There is only an example for ocr."),
        ({"answer": b'{"what": 1}'}, "The format of this response is unknown."),
        ({"answer": b'{"status": "succeeded", "results": []}'}, "The format of this response is unknown."),
        ({"answer": b'{"annotations": [], "categories": []}'}, "The response has no results."),
        ({"answer": b"{"}, "The response is not JSON. Line 1, column 2"),
    ],
)
def test_what_can_not_be_written_is_said_and_leaves_nothing(tmp_path: Path, wanted: dict[str, Any], words: str) -> None:
    with pytest.raises(AppError, match=words):
        write(Scaffold(tmp_path / "new", **wanted))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("mine")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        write(Scaffold(tmp_path / "full", "tagging"))
    with pytest.raises(InputError, match="is a file"):
        write(Scaffold(tmp_path / "file", "tagging"))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "file", "full"]


def test_a_disk_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scaffold, "_copy", fail)
    with pytest.raises(FileError, match="cannot be written"):
        write(Scaffold(tmp_path / "new", "tagging"))
    assert list(tmp_path.iterdir()) == []


def test_templates_have_no_strays() -> None:
    from byom_gui.services import resources

    root = resources.path("scaffold")
    strays = [path for path in root.rglob("*") if path.name.startswith(".") or path.suffix in (".pyc", ".log")]
    assert strays == []
