"""Reads text with RapidOCR (PP-OCR): a real model, whose weights come inside its package."""

from __future__ import annotations

import threading
from typing import Any

import numpy
from PIL import Image
from rapidocr import RapidOCR

from server.answer import Class, Polygon, Result

CLASSES = [Class("text", "polygon")]
"""What the model may say. V7 matches these names with those of your team's classes."""

_reader: Any = RapidOCR(params={"Global.log_level": "error"})
_one_at_a_time = threading.Lock()


def predict(image: Image.Image) -> list[Result]:
    """What the model says of one image: upright, RGB. May be called by several threads at once."""
    # OpenCV, on which the reader stands, has blue first.
    pixels = numpy.ascontiguousarray(numpy.asarray(image)[:, :, ::-1])
    with _one_at_a_time:
        read = _reader(pixels)
    if read.boxes is None:
        return []
    return [
        Result(
            "text",
            Polygon(tuple((float(x), float(y)) for x, y in corners)),
            float(score),
            text=words,
        )
        for corners, words, score in zip(read.boxes, read.txts, read.scores, strict=True)
    ]
