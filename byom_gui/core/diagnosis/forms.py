"""Other tools' formats, recognized by their keys."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

_Keys = Set[str]

UNSUPPORTED: dict[str, str] = {
    "mask": "a mask",
    "masks": "masks",
    "raster_layer": "a raster layer",
    "rle": "a run-length mask",
    "counts": "a run-length mask",
    "segmentation": "a segmentation",
    "rotated_bounding_box": "a rotated box",
    "rotated_box": "a rotated box",
    "rbox": "a rotated box",
    "obb": "a rotated box",
    "rotation": "a rotated box",
    "circle": "a circle",
    "simple_table": "a table",
    "table": "a table",
    "graph": "a graph",
    "eye": "an eye",
    "instance_id": "an instance id alone",
    "text": "a text alone",
}
"""Keys of shapes that V7's responses do not have, in plain words."""


def other_format(value: Any) -> str:
    """The tool whose format a complete response has, or an empty string."""
    if isinstance(value, list):
        return _of_item(value[0]) if value and isinstance(value[0], dict) else _of_list(value)
    if not isinstance(value, dict):
        return ""
    keys = value.keys()
    if _first(value, "result").keys() & {"inference", "annotation_class"}:
        return "V7's own inference format"
    if {"annotations", "categories"} <= keys or {"annotations", "images"} <= keys:
        return "COCO"
    if _first(value, "outputs").keys() >= {"datatype", "data"} or _first(value, "outputs").keys() >= {"name", "shape"}:
        return "Triton/KServe"
    if isinstance(value.get("images"), list) and "results" in _first(value, "images"):
        return "YOLO (Ultralytics)"
    for key in ("results", "predictions"):
        form = _of_wrapped(value, key)
        if form:
            return form
    if "boxes" in keys and keys & {"scores", "labels", "classes", "conf", "cls"}:
        return "YOLO (arrays of boxes, scores and classes)"
    return ""


def _of_wrapped(value: dict[str, Any], key: str) -> str:
    inner = value.get(key)
    if not isinstance(inner, list) or not inner:
        return ""
    item = inner[0]
    if not isinstance(item, dict):
        return "Triton/KServe" if key == "predictions" else ""
    label_studio = isinstance(item.get("result"), list) or {"from_name", "to_name"} <= item.keys()
    return "Label Studio" if label_studio else _of_keys(item.keys())


def _of_list(value: list[Any]) -> str:
    return "a bare array" if not value or isinstance(value[0], list | int | float) else "a bare array of strings"


def _of_item(item: dict[str, Any]) -> str:
    if {"from_name", "to_name"} <= item.keys() or isinstance(item.get("result"), list):
        return "Label Studio"
    return _of_keys(item.keys()) or "a bare array"


def _of_keys(keys: _Keys) -> str:
    """The tool whose keys a result has."""
    if "category_id" in keys and keys & {"bbox", "segmentation"}:
        return "COCO"
    if {"score", "label"} <= keys and not keys & {"name", "confidence"}:
        return "Hugging Face"
    if {"x", "y", "width", "height"} <= keys and keys & {"class", "class_id", "detection_id"}:
        return "Roboflow"
    if keys & {"box", "xyxy", "xywh", "segments"} and keys & {"class", "cls", "confidence", "conf"}:
        return "YOLO (Ultralytics)"
    if {"xmin", "ymin", "xmax", "ymax"} <= keys:
        return "YOLO (pandas rows)"
    return ""


def unsupported(result: dict[str, Any]) -> str:
    """The shape of a result that V7's contract does not have, in plain words; otherwise an empty string."""
    return next((words for key, words in UNSUPPORTED.items() if key in result), "")


def _first(value: dict[str, Any], key: str) -> dict[str, Any]:
    inner = value.get(key)
    item = inner[0] if isinstance(inner, list) and inner else None
    return item if isinstance(item, dict) else {}
