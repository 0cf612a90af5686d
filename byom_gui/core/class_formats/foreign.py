"""Files that other tools write and that are no class list and no response, known by their content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Value = Mapping[str, Any]


def items_of(value: object) -> list[dict[str, Any]]:
    """The objects of a list that holds nothing else; empty for anything else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return []
    return value


def _has(value: object, *keys: str) -> bool:
    return isinstance(value, dict) and all(key in value for key in keys)


def is_darwin(value: object) -> bool:
    """A Darwin JSON 2.0 item; V7's exports and this program's."""
    return _has(value, "item", "annotations") and isinstance(value["annotations"], list)  # type: ignore[index]


def is_coco(value: object) -> bool:
    """A COCO annotation file: its categories are objects with names."""
    return isinstance(value, dict) and any(_has(item, "name") for item in items_of(value.get("categories")))


def is_labelme(value: object) -> bool:
    """The JSON that LabelMe writes next to each image."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("shapes"), list)
        and bool({"imagePath", "imageData", "imageHeight", "flags"} & value.keys())
    )


def is_supervisely_meta(value: object) -> bool:
    """Supervisely's meta.json: classes with a title and a shape."""
    return isinstance(value, dict) and any(_has(item, "title", "shape") for item in items_of(value.get("classes")))


def _is_supervisely_item(value: object) -> bool:
    return isinstance(value, dict) and any("classTitle" in item for item in items_of(value.get("objects")))


def _is_task(value: object) -> bool:
    return _has(value, "data") and bool({"annotations", "predictions", "completions"} & value.keys())  # type: ignore[attr-defined]


def _is_via(value: object) -> bool:
    inner = value.get("_via_img_metadata", value) if isinstance(value, dict) else {}
    return isinstance(inner, dict) and bool(inner) and all(_has(item, "filename", "regions") for item in inner.values())


VALUES: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("a Darwin JSON 2.0 annotation file", is_darwin),
    ("a COCO annotation file", is_coco),
    ("a LabelMe annotation file", is_labelme),
    ("a Supervisely annotation file", _is_supervisely_item),
    ("a Label Studio task", _is_task),
    ("a list of Label Studio tasks", lambda value: bool(items_of(value)) and all(map(_is_task, value))),
    (
        "a Create ML annotation file",
        lambda value: bool(items_of(value)) and all(_has(each, "annotations") and _is_image_of(each) for each in value),
    ),
    ("a VGG Image Annotator file", _is_via),
    ("a GeoJSON file", lambda value: _has(value, "type", "features") and value["type"] == "FeatureCollection"),
    ("a Jupyter notebook", lambda value: _has(value, "cells", "nbformat")),
)
"""Annotation files as JSON, each with what it is called."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP file (an archive, an Excel sheet or PyTorch weights)"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an XZ file"),
    (b"7z\xbc\xaf", "a 7-Zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office file"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file (Keras weights, for instance)"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"Rar!\x1a\x07", "a RAR file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"PK\x05\x06", "an empty ZIP file"),
    (b"qoif", "a QOI image"),
    (b"\x00\x00\x01\x00", "a Windows icon"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
    (b"MZ", "a program"),
    (b"\x80\x02", "a Python pickle (PyTorch weights, for instance)"),
    (b"\x80\x03", "a Python pickle"),
    (b"\x80\x04", "a Python pickle"),
    (b"\x80\x05", "a Python pickle"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
)


def binary_form(data: bytes) -> str:
    """What binary content is, such as ``a PNG image``; empty where its first bytes are not known."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WebP image"
    if data[4:8] == b"ftyp":
        return "an image or a video (HEIC, AVIF or MP4)"
    if data[:2] == b"BM" and b"\x00" in data[:20]:
        return "a BMP image"
    return next((name for magic, name in _MAGIC if data.startswith(magic)), "")


_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_STARTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"%!PS"), "a PostScript file"),
    (re.compile(r"\{\\rtf"), "an RTF document"),
    (re.compile(r"diff --git |(?:---|\*\*\*) \S.*\n(?:\+\+\+|---) \S"), "a diff"),
    (re.compile(r"/\* XPM|#define \w+_width \d"), "an image as C source"),
    (re.compile(r"(?:HTTP/\S+ )?[45]\d\d:? [A-Z][A-Za-z ]+\Z"), "a server's error message (the download failed)"),
)
_ROWS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(rf"\d+(?:\s+{_NUMBER}){{4,}}"),
        "a YOLO label file (rows of numbers: a class number and coordinates)",
    ),
    (re.compile(rf"[A-Za-z]\S*(?:\s+{_NUMBER}){{14,15}}"), "a KITTI label file"),
    (
        re.compile(rf"imagesource:.*|gsd:.*|(?:{_NUMBER}\s+){{8}}\S+(?:\s+[0-2])?", re.IGNORECASE),
        "a DOTA label file",
    ),
    (re.compile(rf"{_NUMBER}(?:\s*[,;]\s*{_NUMBER}){{3,}}"), "a table of numbers"),
    (
        re.compile(r".+\.(?:jpe?g|png|bmp|tiff?|webp|gif|heic|dcm)(?:\s+\d+)?", re.IGNORECASE),
        "a list of image files",
    ),
)
"""Files each of whose rows has one form."""
_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?")
_CLOSING = frozenset(("}", "};", "},", "});"))
_SETTING = re.compile(r"\s*[A-Za-z_][\w.-]*\s*=\s*[^\s\[({'\"].*")
_ROWS_LOOKED_AT = 200


def text_form(text: str) -> str:
    """What a text is that lists no classes, such as ``YOLO labels``; empty where it is not known as such."""
    start = text.lstrip("\ufeff \t\r\n")[:400]
    lowered = start.lower()
    if lowered.startswith("version https://git-lfs"):
        return "a Git LFS pointer instead of the real file (run: git lfs pull)"
    if start.startswith("-----BEGIN"):
        return "a certificate or key"
    if start.startswith("#!") and "python" not in start.splitlines()[0]:
        return "a script"
    known = next((name for pattern, name in _STARTS if pattern.match(start)), "")
    if known:
        return known
    rows = [row for row in text[:100_000].splitlines()[:_ROWS_LOOKED_AT] if row.strip()]
    if not rows:
        return ""
    known = next((name for pattern, name in _ROWS if all(pattern.fullmatch(row.strip()) for row in rows)), "")
    if known:
        return known
    if len(rows) > 1 and _RULE.fullmatch(rows[1].strip()):
        return "a Markdown table"
    if len(rows) > 1 and all(_is_object(row) for row in rows):
        return "a JSON Lines file"
    settings = [row for row in rows if not row.lstrip().startswith(("#", ";", "["))]
    if len(settings) > 1 and all(_SETTING.fullmatch(row) for row in settings) and _are_settings(rows, settings):
        return "a settings file (key = value); Darknet's class names are in the .names file listed in it"
    return ""


def is_code(text: str) -> bool:
    """Whether a text has a line that only closes what another opened: a program, or a configuration."""
    return any(row.strip() in _CLOSING for row in text[:100_000].splitlines())


def _are_settings(rows: list[str], settings: list[str]) -> bool:
    """Not names such as ``size=S``, ``size=M``, nor names with their numbers: ``bolt = 0``, ``nut = 1``."""
    pairs = [row.split("=", 1) for row in settings]
    keys = {key.strip() for key, _ in pairs}
    values = sorted(value.strip() for _, value in pairs)
    counted = [str(number) for number in range(len(values))]
    sections = any(row.lstrip().startswith("[") for row in rows)
    return sections or (len(keys) == len(settings) and values != sorted(counted))


def value_form(value: object) -> str:
    """What parsed JSON of another tool is, such as ``a COCO annotation file``; empty where it is not known."""
    return next((name for name, is_it in VALUES if is_it(value)), "")


def _is_object(row: str) -> bool:
    if not row.strip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(row), dict)
    except (ValueError, RecursionError):
        return False


def _is_image_of(item: dict[str, Any]) -> bool:
    return isinstance(item.get("image", item.get("imagefilename")), str)
