"""Faults on where things are: units, layout, orientation; and shapes that are odd."""

from __future__ import annotations

import io

from PIL import Image

from byom_gui.sandbox import model
from byom_gui.sandbox.answers import nodes, result
from byom_gui.sandbox.fault import Answer, Fault, Picture, added, listed_too, together
from byom_gui.sandbox.places import Box, Frame, boxes, framed, swapped

MODEL_SIDE = 640
"""The width and height of the picture as a usual detector looks at it."""


def _share(picture: Picture) -> Frame:
    return 1 / picture.size[0], 1 / picture.size[1], 0.0, 0.0


def _percent(picture: Picture) -> Frame:
    return 100 / picture.size[0], 100 / picture.size[1], 0.0, 0.0


def _stretched(picture: Picture) -> Frame:
    return MODEL_SIDE / picture.size[0], MODEL_SIDE / picture.size[1], 0.0, 0.0


def _letterboxed(picture: Picture) -> Frame:
    width, height = picture.size
    by = min(MODEL_SIDE / width, MODEL_SIDE / height)
    return by, by, (MODEL_SIDE - by * width) / 2, (MODEL_SIDE - by * height) / 2


def _shrunk(picture: Picture) -> Frame:
    by = MODEL_SIDE / max(picture.size)
    return by, by, 0.0, 0.0


def _corners(box: Box) -> Box:
    return {**box, "w": box["x"] + box["w"], "h": box["y"] + box["h"]}


def _centre(box: Box) -> Box:
    return {**box, "x": box["x"] + box["w"] / 2, "y": box["y"] + box["h"] / 2}


def _unrotated(value: Answer, picture: Picture) -> Answer:
    """The answer of a model that opens the file without a look at its EXIF."""
    with Image.open(io.BytesIO(picture.data)) as image:
        if image.getexif().get(0x0112, 1) == 1:
            return value
        # A new picture, as Pillow writes what it read of the EXIF back into a PNG.
        plain = Image.new("RGB", image.size)
        plain.paste(image.convert("RGB"))
    out = io.BytesIO()
    plain.save(out, "PNG")
    return {**value, "results": model.infer(out.getvalue())}


def _flat(picture: Picture) -> Answer:
    width, height = picture.size
    return result("debris", {"x": width // 2, "y": height // 2, "w": 0, "h": 8}, 0.61)


def _two_points(picture: Picture) -> Answer:
    width, height = picture.size
    return result("nucleus", {"path": [{"x": width // 2, "y": height // 2}, {"x": width // 3, "y": height // 3}]}, 0.61)


def _lost_joints(picture: Picture) -> Answer:
    width, height = picture.size
    joints = [("soma", (width / 2, height / 2)), ("axon", (width / 3, height / 2)), ("tip", (0, 0)), ("bud", (0, 0))]
    return result("neuron", nodes(joints), 0.8)


def _beyond(picture: Picture) -> Answer:
    width, height = picture.size
    return result("debris", {"x": width - 20, "y": height // 2, "w": 57, "h": 30}, 0.61)


def _drift(_: Picture) -> Answer:
    return {"name": "drift", "label": "drift", "confidence": 0.61, "directional_vector": {"angle": 30, "length": 12}}


_NORMALISED = Fault("units.normalised", "returns coordinates from 0 to 1", answer=framed(_share))
_CENTRE = Fault("layout.centre", "returns boxes with their center", answer=boxes(_centre))

PLACES: tuple[Fault, ...] = (
    Fault("shape.degenerate", "adds a box without width", answer=added(_flat)),
    Fault("shape.degenerate", "adds a polygon with two points", "polygon", answer=added(_two_points)),
    Fault("shape.placeholder", "adds a skeleton with two of its joints at 0, 0", answer=added(_lost_joints)),
    Fault("shape.outside", "adds a box that extends 37 pixels beyond the image", answer=added(_beyond)),
    Fault(
        "shape.placeless",
        "adds a directional vector",
        answer=added(_drift),
        classes=listed_too("drift", "directional_vector"),
    ),
    _NORMALISED,
    Fault("units.percent", "returns coordinates from 0 to 100", answer=framed(_percent)),
    Fault(
        "units.model-size", "returns coordinates in the 640 × 640 size that it resized to", answer=framed(_stretched)
    ),
    Fault(
        "units.model-size",
        "returns coordinates in the 640 × 640 size into which it fitted the image with bars",
        "letterbox",
        answer=framed(_letterboxed),
    ),
    Fault(
        "units.model-size",
        "returns coordinates in the resized copy, 640 pixels on the longer side",
        "longer",
        answer=framed(_shrunk),
    ),
    Fault("layout.corners", "puts the right and bottom edges into w and h", answer=boxes(_corners)),
    _CENTRE,
    Fault("layout.swapped", "swaps x and y, as array[row, column] does", answer=swapped()),
    Fault("orientation.exif", "ignores the image's EXIF orientation", answer=_unrotated),
)

YOLO = together(_NORMALISED, _CENTRE)
"""What YOLO gives: the commonest case of all, and two causes."""
