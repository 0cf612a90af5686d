"""Results in the contract's form, as plain JSON values. Coordinates are pixels, rounded to tenths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Result = dict[str, Any]
Place = tuple[float, float]
Box = tuple[float, float, float, float]

CLASSES: tuple[tuple[str, str], ...] = (
    ("nucleus", "polygon"),
    ("mitosis", "bounding_box"),
    ("debris", "bounding_box"),
    ("spindle_pole", "keypoint"),
    ("colony", "ellipse"),
    ("axon", "line"),
    ("neuron", "skeleton"),
    ("parcel", "cuboid"),
    ("in_focus", "tag"),
)
"""Name and type of each class that the built-in model may return."""


def _tenth(value: float) -> float:
    return round(value, 1) + 0.0


def point(place: Place) -> dict[str, float]:
    """``{x, y}``."""
    return {"x": _tenth(place[0]), "y": _tenth(place[1])}


def box(corners: Box) -> dict[str, float]:
    """``{x, y, w, h}`` of (left, top, right, bottom)."""
    left, top, right, bottom = corners
    return {"x": _tenth(left), "y": _tenth(top), "w": _tenth(right - left), "h": _tenth(bottom - top)}


def path(points: Iterable[Place]) -> dict[str, Any]:
    """``{path: [{x, y}, …]}``."""
    return {"path": [point(place) for place in points]}


def ellipse(centre: Place, radii: Place, degrees: float) -> dict[str, Any]:
    """``{angle, center, radius}``; the angle in degrees, clockwise, from 0 to 180 (its unit is not published)."""
    return {"angle": _tenth(degrees % 180), "center": point(centre), "radius": point(radii)}


def nodes(joints: Iterable[tuple[str, Place]]) -> dict[str, Any]:
    """``{nodes: [{name, x, y, occluded}, …]}``; places a little outside the picture are brought to its edge."""
    return {
        "nodes": [
            {"name": name, "x": max(0.0, _tenth(x)), "y": max(0.0, _tenth(y)), "occluded": False}
            for name, (x, y) in joints
        ]
    }


def result(name: str, shape: dict[str, Any], confidence: float = 1.0, **beside: Any) -> Result:
    """One result of the class ``name``; ``beside`` are ``text`` or ``attributes``."""
    kind = dict(CLASSES)[name]
    return {"name": name, "label": name, "confidence": round(confidence, 3), kind: shape, **beside}


def class_list() -> list[dict[str, str]]:
    """The answer of the classes address."""
    return [{"name": name, "type": kind} for name, kind in CLASSES]
