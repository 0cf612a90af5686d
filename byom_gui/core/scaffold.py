"""What a new model server is made of: its task, its model, and the commands that start it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import PurePath

TASKS: dict[str, str] = {
    "tagging": "tags for the whole image",
    "detection": "bounding boxes",
    "segmentation": "polygons",
    "keypoints": "points",
    "ocr": "text, as polygons with their text",
}
"""Task -> what such a model answers with."""
EXAMPLES: dict[str, str] = {"ocr": "RapidOCR (PP-OCR) reads text; its weights come inside its package"}
"""Task -> the real model that there is for it."""
ADDRESS = "http://127.0.0.1:8000/infer"
"""Where a new server answers, as it is written."""
CHECK = f"byom-gui check {ADDRESS}"
"""What to run once it serves."""

_NO_NAME = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What is to be written.

    Args:
        folder: new, or empty.
        task: a key of ``TASKS``; empty where it starts from an answer.
        example: with a real model instead of the stand-in; only for tasks in ``EXAMPLES``.
        answer: an answer of the user's present server, as JSON, in whatever form.
    """

    folder: PurePath
    task: str = ""
    example: bool = False
    answer: bytes | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The project's name, as Docker and files take it."""
        return _NO_NAME.sub("-", self.folder.name.lower()).strip("-._") or "model"


def next_steps(folder: PurePath, *, windows: bool = False) -> tuple[str, ...]:
    """The commands that start a written project, one a line of a terminal."""
    if windows:
        return (
            f'cd /d "{folder}"',
            "py -m venv .venv",
            r".venv\Scripts\pip install -r requirements-dev.txt",
            r".venv\Scripts\python serve.py --local",
        )
    return (
        f"cd {shlex.quote(str(folder))}",
        "python3 -m venv .venv",
        ".venv/bin/pip install -r requirements-dev.txt",
        ".venv/bin/python serve.py --local",
    )
