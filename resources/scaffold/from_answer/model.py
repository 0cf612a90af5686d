"""Your model. This is the one file to change. adapter.py turns what it says into V7's form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image

from adapter import adapt
from server.answer import Class, Result, results_of

CLASSES = [
@CLASSES@]
"""What the model may say: the classes of the example. Add those that it does not show."""

_EXAMPLE = json.loads(Path(__file__).with_name("example_answer.json").read_text("utf-8"))


def answer_of(image: Image.Image) -> Any:
    """What your model says of one image, in the form that your present server answers with."""
    # Put your model here. Until then each image brings the example.
    return _EXAMPLE


def predict(image: Image.Image) -> list[Result]:
    """What the model says of one image: upright, RGB. May be called by several threads at once."""
    return results_of(adapt(answer_of(image), image.width, image.height))
