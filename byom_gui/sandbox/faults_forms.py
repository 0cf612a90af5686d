"""Other tools' forms of the same answer, as people return them when they pass a model's output on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from byom_gui.sandbox.answers import CLASSES
from byom_gui.sandbox.fault import Answer, Fault, Picture, body
from byom_gui.sandbox.places import Box, box_around

_Found = tuple[str, float, Box]
_NUMBERS = {name: number for number, (name, _) in enumerate(CLASSES)}


def _boxes(value: Answer, picture: Picture) -> list[_Found]:
    """Name, confidence and box of each result; of one without a place, the whole picture."""
    width, height = picture.size
    whole: Box = {"x": 0, "y": 0, "w": width, "h": height}
    return [(r["name"], r["confidence"], box_around(r) or whole) for r in value["results"]]


def _ends(box: Box) -> list[float]:
    return [box["x"], box["y"], box["x"] + box["w"], box["y"] + box["h"]]


def _sizes(box: Box) -> list[float]:
    return [box["x"], box["y"], box["w"], box["h"]]


def _centre(box: Box) -> dict[str, float]:
    return {"x": box["x"] + box["w"] / 2, "y": box["y"] + box["h"] / 2, "width": box["w"], "height": box["h"]}


def _v7(value: Answer, picture: Picture) -> Any:
    return {
        "result": [
            {
                "name": name,
                "label": name,
                "inference": {"confidence": sure, "model": {"name": "cells"}},
                "bounding_box": box,
            }
            for name, sure, box in _boxes(value, picture)
        ]
    }


def _coco(value: Answer, picture: Picture) -> Any:
    width, height = picture.size
    annotations = [
        {
            "id": at + 1,
            "image_id": 1,
            "category_id": _NUMBERS[name],
            "bbox": _sizes(box),
            "area": box["w"] * box["h"],
            "iscrowd": 0,
            "score": sure,
        }
        for at, (name, sure, box) in enumerate(_boxes(value, picture))
    ]
    categories = [{"id": number, "name": name} for name, number in _NUMBERS.items()]
    images = [{"id": 1, "file_name": "image.jpg", "width": width, "height": height}]
    return {"images": images, "annotations": annotations, "categories": categories}


def _coco_results(value: Answer, picture: Picture) -> Any:
    return [
        {"image_id": 1, "category_id": _NUMBERS[name], "bbox": _sizes(box), "score": sure}
        for name, sure, box in _boxes(value, picture)
    ]


def _yolo(value: Answer, picture: Picture) -> Any:
    """Ultralytics' ``results[0].to_json()``."""
    return [
        {
            "name": name,
            "class": _NUMBERS[name],
            "confidence": sure,
            "box": dict(zip(("x1", "y1", "x2", "y2"), _ends(box), strict=True)),
        }
        for name, sure, box in _boxes(value, picture)
    ]


def _yolo_lists(value: Answer, picture: Picture) -> Any:
    """The columns of ``results[0].boxes``."""
    found = _boxes(value, picture)
    return {
        "boxes": [_ends(box) for _, _, box in found],
        "scores": [sure for _, sure, _ in found],
        "classes": [_NUMBERS[name] for name, _, _ in found],
    }


def _yolo_rows(value: Answer, picture: Picture) -> Any:
    """YOLOv5's ``results.pandas().xyxy[0].to_dict("records")``."""
    return [
        {
            **dict(zip(("xmin", "ymin", "xmax", "ymax"), _ends(box), strict=True)),
            "confidence": sure,
            "class": _NUMBERS[name],
            "name": name,
        }
        for name, sure, box in _boxes(value, picture)
    ]


def _label_studio(value: Answer, picture: Picture) -> Any:
    width, height = picture.size
    found = [
        {
            "from_name": "label",
            "to_name": "image",
            "type": "rectanglelabels",
            "original_width": width,
            "original_height": height,
            "score": sure,
            "value": {
                "x": 100 * box["x"] / width,
                "y": 100 * box["y"] / height,
                "width": 100 * box["w"] / width,
                "height": 100 * box["h"] / height,
                "rotation": 0,
                "rectanglelabels": [name],
            },
        }
        for name, sure, box in _boxes(value, picture)
    ]
    return {"results": [{"model_version": "1", "score": 0.9, "result": found}]}


def _hugging_face(value: Answer, picture: Picture) -> Any:
    return [
        {"score": sure, "label": name, "box": dict(zip(("xmin", "ymin", "xmax", "ymax"), _ends(box), strict=True))}
        for name, sure, box in _boxes(value, picture)
    ]


def _roboflow(value: Answer, picture: Picture) -> Any:
    width, height = picture.size
    found = [
        {**_centre(box), "confidence": sure, "class": name, "class_id": _NUMBERS[name], "detection_id": f"d-{at}"}
        for at, (name, sure, box) in enumerate(_boxes(value, picture))
    ]
    return {"time": 0.04, "image": {"width": width, "height": height}, "predictions": found}


def _triton(value: Answer, picture: Picture) -> Any:
    """The answer of KServe's second protocol: one flat tensor."""
    rows = [[*_ends(box), sure, _NUMBERS[name]] for name, sure, box in _boxes(value, picture)]
    tensor = {
        "name": "output0",
        "datatype": "FP32",
        "shape": [1, len(rows), 6],
        "data": [n for row in rows for n in row],
    }
    return {"model_name": "cells", "model_version": "1", "outputs": [tensor]}


def _bare(value: Answer, _picture: Picture) -> Any:
    return value["results"]


_FORMS: tuple[tuple[str, str, Callable[[Answer, Picture], Any]], ...] = (
    ("coco", "COCO format", _coco),
    ("coco-results", "the format of COCO result files", _coco_results),
    ("v7-inference", "V7's own inference format", _v7),
    ("yolo", "Ultralytics format", _yolo),
    ("yolo-lists", "arrays of boxes, scores and classes", _yolo_lists),
    ("yolo-rows", "YOLOv5 rows", _yolo_rows),
    ("label-studio", "Label Studio format", _label_studio),
    ("hugging-face", "the format of a Hugging Face pipeline", _hugging_face),
    ("roboflow", "Roboflow format", _roboflow),
    ("triton", "Triton and KServe format", _triton),
    ("bare-list", "its results as a bare array", _bare),
)

FORMS: tuple[Fault, ...] = tuple(
    Fault("schema.other-format", f"returns {words}", name, answer=form) for name, words, form in _FORMS
)
"""One fault for each form."""


def _envelope(value: Answer, _picture: Picture) -> Any:
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(value)}


WRAPPED: tuple[Fault, ...] = (
    Fault("schema.wrapped", "returns an array with one response", "list", answer=lambda value, _: [value]),
    Fault(
        "schema.wrapped",
        "puts each response under “data”",
        "data",
        answer=lambda value, _: {"success": True, "data": value},
    ),
    Fault(
        "schema.wrapped",
        "puts its results under “predictions”, without a status",
        "predictions",
        answer=lambda value, _: {"predictions": value["results"]},
    ),
    Fault("schema.wrapped", "returns a cloud function's envelope", "cloud-function", answer=_envelope),
    Fault(
        "schema.wrapped", "encodes its JSON twice", "twice", reply=body(lambda raw: json.dumps(raw.decode()).encode())
    ),
    Fault(
        "schema.wrapped",
        "sends an event stream",
        "events",
        reply=body(lambda raw: b'event: progress\ndata: {"done": 0.5}\n\ndata: ' + raw + b"\n\ndata: [DONE]\n\n"),
    ),
    Fault(
        "schema.wrapped",
        "sends JSON Lines",
        "lines",
        reply=body(lambda raw: b'{"started": true}\n' + raw + b"\n"),
    ),
)
"""V7's format inside something else."""
