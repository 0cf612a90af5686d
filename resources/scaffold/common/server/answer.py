"""What the model returns, typed, and how V7 reads it.

Places are pixels of the upright image that ``predict`` was given, from its top left corner.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Point = tuple[float, float]


@dataclass(frozen=True)
class Class:
    """A class that the model knows. ``type`` is the key of its shape below, such as polygon."""

    name: str
    type: str


@dataclass(frozen=True)
class Tag:
    """For the whole image."""

    key = "tag"

    def value(self) -> dict[str, Any]:
        """A tag has no place."""
        return {}


@dataclass(frozen=True)
class Box:
    """Left and top, width and height."""

    x: float
    y: float
    w: float
    h: float
    key = "bounding_box"

    def value(self) -> dict[str, Any]:
        """As V7 reads it."""
        if self.w < 0 or self.h < 0:
            raise ValueError("a box can not be smaller than nothing")
        return {"x": self.x, "y": self.y, "w": self.w, "h": self.h}


@dataclass(frozen=True)
class Polygon:
    """One outline of at least three points. The last need not repeat the first."""

    path: tuple[Point, ...]
    key = "polygon"

    def value(self) -> dict[str, Any]:
        """As V7 reads it."""
        if len(self.path) < 3:
            raise ValueError("a polygon needs three points")
        return {"path": [{"x": x, "y": y} for x, y in self.path]}


@dataclass(frozen=True)
class Line:
    """A line of at least two points."""

    path: tuple[Point, ...]
    key = "line"

    def value(self) -> dict[str, Any]:
        """As V7 reads it."""
        if len(self.path) < 2:
            raise ValueError("a line needs two points")
        return {"path": [{"x": x, "y": y} for x, y in self.path]}


@dataclass(frozen=True)
class Keypoint:
    """One point."""

    x: float
    y: float
    key = "keypoint"

    def value(self) -> dict[str, Any]:
        """As V7 reads it."""
        return {"x": self.x, "y": self.y}


@dataclass(frozen=True)
class Skeleton:
    """Named points that belong together: ``(name, x, y)`` of each."""

    nodes: tuple[tuple[str, float, float], ...]
    key = "skeleton"

    def value(self) -> dict[str, Any]:
        """As V7 reads it: no node may lie left of the image or above it."""
        return {
            "nodes": [
                {"name": name, "x": max(x, 0.0), "y": max(y, 0.0), "occluded": False}
                for name, x, y in self.nodes
            ]
        }


@dataclass(frozen=True)
class Given:
    """A shape that is in V7's form already, such as ``{"x": 1, "y": 2, "w": 3, "h": 4}`` under bounding_box."""

    key: str
    data: dict[str, Any]

    def value(self) -> dict[str, Any]:
        """As it is."""
        return self.data


Shape = Tag | Box | Polygon | Line | Keypoint | Skeleton | Given
KEYS = (
    "tag", "bounding_box", "polygon", "line", "keypoint", "skeleton", "ellipse", "cuboid", "directional_vector",
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """One thing that the model says. ``confidence`` runs from 0 to 1; ``text`` is what was read."""

    name: str
    shape: Shape
    confidence: float
    text: str = ""

    def value(self) -> dict[str, Any]:
        """As V7 reads it.

        Raises:
            ValueError: V7 could not read it, and why.
        """
        confidence = float(self.confidence)
        if not 0 <= confidence <= 1:
            raise ValueError(f"the confidence of {self.name!r} is not within 0 to 1")
        value: dict[str, Any] = {
            "name": self.name,
            "label": self.name,
            "confidence": confidence,
            self.shape.key: _plain(self.shape.value()),
        }
        return {**value, "text": {"text": self.text}} if self.text else value


def results_of(answer: dict[str, Any]) -> list[Result]:
    """The results of an answer that is in V7's form already."""
    found = []
    for each in answer["results"]:
        key = next(key for key in KEYS if key in each)
        text = each.get("text") or {}
        found.append(
            Result(each["name"], Given(key, each[key]), each["confidence"], text.get("text", ""))
        )
    return found


def succeeded(results: Iterable[Result]) -> dict[str, Any]:
    """The whole answer."""
    return {"status": "succeeded", "results": [result.value() for result in results]}


def failed(why: str) -> dict[str, Any]:
    """The answer where there is none. ``why`` is a sentence of ours, never an exception's text."""
    return {"status": "failed", "results": [], "error": why}


def _plain(value: Any) -> Any:
    """Numbers as JSON has them: NumPy's and PyTorch's are none, and neither is NaN."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str | bool):
        return value
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("a coordinate is not a number")
    return round(number, 2)
