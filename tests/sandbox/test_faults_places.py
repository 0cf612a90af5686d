"""Faults on coordinates: every kind of shape changes as it would on a real server that makes the mistake."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from byom_gui.core.predictions import SHAPE_NAMES
from byom_gui.sandbox import model
from byom_gui.sandbox.fault import Fault, Picture
from byom_gui.sandbox.faults import find_fault
from byom_gui.sandbox.model_server import ModelServer
from tests.sandbox.measures import SAMPLES, encoded, overlap, remapped, ring
from tests.sandbox.rehearsal import quick_model, stored, turned
from tests.sandbox.test_faults import image_of
from tests.sandbox.test_model_server import call

__all__ = ["quick_model"]

NAMES = ("nuclei-1.png", "neuron.jpg", "parcels.jpg")
"""Together they hold every kind of shape that has a place."""
Results = list[dict[str, Any]]

Box = dict[str, float]


def served(fault: Fault, data: bytes) -> Results:
    with ModelServer(fault=fault) as server:
        answer = json.loads(call(server, "POST", "/infer", image_of(data))[2])
    results: Results = answer["results"]
    return results


def shape(result: dict[str, Any]) -> tuple[str, Any]:
    return next((name, result[name]) for name in SHAPE_NAMES if name in result)


def near(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same but for rounding."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(near(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(near, one, other))
    return math.isclose(one, other, abs_tol=1e-9) if isinstance(one, float) else bool(one == other)


def boxes_of(name: str, value: Any) -> list[Box]:
    """The boxes of a shape: itself, or the two of a cuboid."""
    return {"bounding_box": [value], "cuboid": list(value.values())}.get(name, [])


FRAMES: dict[str, tuple[float, float, float, float]] = {
    "units.normalised": (1 / 1200, 1 / 900, 0, 0),
    "units.percent": (1 / 12, 1 / 9, 0, 0),
    "units.model-size": (640 / 1200, 640 / 900, 0, 0),
    "units.model-size:letterbox": (640 / 1200, 640 / 1200, 0, 80),
    "units.model-size:longer": (640 / 1200, 640 / 1200, 0, 0),
}
"""Factors and offsets in x and y for a picture of 1200 × 900 pixels."""


@pytest.mark.usefixtures("quick_model")
@pytest.mark.parametrize("picture", NAMES)
@pytest.mark.parametrize("name", FRAMES)
def test_every_shape_is_in_the_wrong_unit(name: str, picture: str) -> None:
    data = (SAMPLES / picture).read_bytes()
    true = model.infer(data)
    for wrong, right in zip(served(find_fault(name), data), true, strict=True):
        (kind, value), (_, due) = shape(wrong), shape(right)
        assert near(value, remapped(due, *FRAMES[name])), kind


LAYOUTS: dict[str, Callable[[Box], Box]] = {
    "layout.corners": lambda b: {"x": b["x"], "y": b["y"], "w": b["x"] + b["w"], "h": b["y"] + b["h"]},
    "layout.centre": lambda b: {"x": b["x"] + b["w"] / 2, "y": b["y"] + b["h"] / 2, "w": b["w"], "h": b["h"]},
}


@pytest.mark.usefixtures("quick_model")
@pytest.mark.parametrize("picture", NAMES)
@pytest.mark.parametrize("name", LAYOUTS)
def test_boxes_alone_have_a_layout_to_mistake(name: str, picture: str) -> None:
    data = (SAMPLES / picture).read_bytes()
    for wrong, right in zip(served(find_fault(name), data), model.infer(data), strict=True):
        (kind, value), (_, due) = shape(wrong), shape(right)
        if kind in ("bounding_box", "cuboid"):
            assert boxes_of(kind, value) == [LAYOUTS[name](box) for box in boxes_of(kind, due)]
        else:
            assert value == due


@pytest.mark.usefixtures("quick_model")
@pytest.mark.parametrize("picture", NAMES)
def test_swapped_shapes_are_those_of_the_transposed_picture(picture: str) -> None:
    data = (SAMPLES / picture).read_bytes()
    for wrong, right in zip(served(find_fault("layout.swapped"), data), model.infer(data), strict=True):
        (kind, value), (_, due) = shape(wrong), shape(right)
        if kind in ("keypoint", "tag"):
            assert value == {key: due[{"x": "y", "y": "x"}[key]] for key in due}
        elif kind in ("line", "skeleton"):
            points = next(iter(value.values()))
            assert [(p["x"], p["y"]) for p in points] == [(p["y"], p["x"]) for p in next(iter(due.values()))]
        else:  # the outline as a whole, so that an ellipse's turn is held to it too
            assert overlap(ring({kind: value}), [(y, x) for x, y in ring({kind: due})]) > 0.97


@pytest.mark.parametrize("orientation", [1, 2, 3, 5, 6, 8])
def test_the_unrotated_picture_is_judged(orientation: int) -> None:
    upright = Image.open(SAMPLES / "nuclei-3.jpg").convert("RGB")
    data = turned(upright, orientation)
    found = served(find_fault("orientation.exif"), data)
    assert len(found) > 20
    assert found == model.infer(encoded(stored(upright, orientation)))
    assert (found == model.infer(data)) == (orientation == 1)
    assert Picture(data, 1).size == upright.size


@pytest.mark.usefixtures("quick_model")
def test_units_are_those_of_the_upright_picture() -> None:
    data = turned(Image.open(SAMPLES / "nuclei-3.jpg").convert("RGB"), 6)
    for wrong, right in zip(served(find_fault("units.normalised"), data), model.infer(data), strict=True):
        assert near(shape(wrong)[1], remapped(shape(right)[1], 1 / 1200, 1 / 900, 0, 0))
