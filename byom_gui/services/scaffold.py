"""Writes a new model server: a small Flask project, ready to run, with the user's model behind one function.

Its files lie under ``resources/scaffold``: what is common to all, and one folder for each kind of model in it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from byom_gui.core.adapters import adapter_for
from byom_gui.core.contract import schema_valid
from byom_gui.core.errors import FileError, InputError, JsonError
from byom_gui.core.predictions import SHAPE_NAMES
from byom_gui.core.scaffold import EXAMPLES, TASKS, Scaffold
from byom_gui.core.strict_json import read_json
from byom_gui.services import resources
from byom_gui.services.files import umask

_STAND_IN = "Until you add your model, a stand-in looks at the pixels."
_FROM_ANSWER = (
    "adapter.py converts your current server's format to V7's. Until you add your model, each image gets its example."
)
_SOUND = 'def adapt(answer, width, height):\n    """The answer is in V7\'s form already."""\n    return answer\n'
_DOTTED = ("gitignore", "dockerignore")


@dataclass(frozen=True, slots=True)
class _Start:
    """What an answer leads to: whose form it is, the source of the adapter, and the classes that it shows."""

    form: str
    source: str
    classes: tuple[tuple[str, str], ...]


def write(wanted: Scaffold) -> tuple[Path, ...]:
    """Writes the project, whole or not at all, and returns its files.

    Raises:
        InputError: no such task or example, the answer can not be turned, or the folder holds something.
        FileError: it can not be written.
    """
    folder = Path(wanted.folder).absolute()
    _check(wanted, folder)
    start = None if wanted.answer is None else _start(wanted.answer)
    made: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        _fill(made, wanted, start)
        # A temporary folder is its owner's alone; a project is as open as any other folder.
        made.chmod(0o777 & ~umask())
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except OSError as error:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        raise FileError(
            f"The project cannot be written to {wanted.folder}. Choose a different folder.", detail=str(error)
        ) from None
    return tuple(sorted(path for path in folder.rglob("*") if path.is_file()))


def _check(wanted: Scaffold, folder: Path) -> None:
    if wanted.answer is None and wanted.task not in TASKS:
        raise InputError(f"There is no task {wanted.task!r}. Choose one of {', '.join(TASKS)}.", where="task")
    if wanted.example and wanted.task not in EXAMPLES:
        raise InputError(f"There is only an example for {', '.join(EXAMPLES)}.", where="example")
    try:
        taken = any(folder.iterdir())
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise InputError(f"{wanted.folder} is a file. Choose a folder.", where="folder") from None
    except OSError as error:
        raise FileError(f"{wanted.folder} cannot be read. Choose a different folder.", detail=str(error)) from None
    if taken:
        raise InputError(f"{wanted.folder} is not empty. Choose a new or empty folder.", where="folder")


def _start(data: bytes) -> _Start:
    """What an answer leads to. Raises InputError."""
    try:
        value = read_json(data, allow_bom=True).value
    except JsonError as error:
        raise InputError(f"The response is not JSON. {error.sentence}", where="answer") from None
    # The size of the image is not known; it matters for the scale of shares and per cent alone.
    if schema_valid(value) and value.get("results"):
        return _Start("V7", _SOUND, _classes(value))
    adapter = adapter_for(value, 1000, 1000)
    if adapter is None:
        raise InputError(
            "The format of this response is unknown. Use one from COCO, Ultralytics, Triton, Label Studio, or a list "
            "of "
            "boxes with labels and scores; or choose a task.",
            where="answer",
        )
    if not adapter.value["results"]:
        raise InputError(
            "The response has no results. Use the response to an image that shows something.", where="answer"
        )
    return _Start(adapter.name, adapter.source, _classes(adapter.value))


def _classes(answer: Any) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(_class(result) for result in answer["results"]))


def _class(result: dict[str, Any]) -> tuple[str, str]:
    return str(result["name"]), next(key for key in SHAPE_NAMES if key in result)


def _parts(wanted: Scaffold) -> Iterator[str]:
    yield "common"
    if wanted.answer is not None:
        yield "from_answer"
    elif wanted.example:
        yield f"{wanted.task}_example"
    else:
        yield from ("stand_in", wanted.task)


def _fill(into: Path, wanted: Scaffold, start: _Start | None) -> None:
    source = resources.path("scaffold")
    leave = shutil.ignore_patterns("__pycache__", "*.pyc")
    for part in _parts(wanted):
        shutil.copytree(source / part, into, dirs_exist_ok=True, ignore=leave, copy_function=_copy)
    for name in _DOTTED:
        (into / name).rename(into / f".{name}")
    task, model = TASKS.get(wanted.task, ""), EXAMPLES[wanted.task] + "." if wanted.example else _STAND_IN
    if start is not None:
        task, model = f"the form of {start.form}, turned into V7's", _FROM_ANSWER
        (into / "adapter.py").write_text(start.source, "utf-8", newline="\n")
        (into / "example_answer.json").write_bytes(wanted.answer or b"")
        # JSON's text is Python's where characters are left as they are; halves of them are refused before.
        listed = "".join(f"    Class({_text(name)}, {_text(kind)}),\n" for name, kind in start.classes)
        _put(into / "model.py", {"@CLASSES@": listed})
    _put(into / "README.md", {"@NAME@": wanted.name, "@TASK@": task, "@MODEL@": model})


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _put(path: Path, words: dict[str, str]) -> None:
    text = path.read_text("utf-8")
    for mark, word in words.items():
        text = text.replace(mark, word)
    path.write_text(text, "utf-8", newline="\n")


def _copy(source: str, target: str) -> None:
    """The content alone: an installed file may be read-only."""
    shutil.copyfile(source, target)
