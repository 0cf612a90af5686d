"""How well an answer fits the truth: overlap of shapes, matched one to one."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
NAMES = ("nuclei-1.png", "nuclei-2.jpg", "nuclei-3.jpg", "nuclei-4.png", "neuron.jpg", "parcels.jpg")
Ring = list[tuple[float, float]]


def truth_of(name: str) -> list[dict[str, Any]]:
    """The true results of a sample."""
    value = json.loads((SAMPLES / name).with_suffix(".truth.json").read_text(encoding="utf-8"))
    results: list[dict[str, Any]] = value["results"]
    return results


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The picture as a file's bytes."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def named(results: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """The results of one class."""
    return [r for r in results if r["name"] == name]


def _corners(box: dict[str, float]) -> Ring:
    x, y, w, h = box["x"], box["y"], box["w"], box["h"]
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


def ring(result: dict[str, Any]) -> Ring:
    """The outline of a shape that has an area; of a cuboid, its front."""
    if "polygon" in result:
        return [(p["x"], p["y"]) for p in result["polygon"]["path"]]
    if "bounding_box" in result:
        return _corners(result["bounding_box"])
    if "cuboid" in result:
        return _corners(result["cuboid"]["front"])
    e, points = result["ellipse"], []
    turn = math.radians(e["angle"])
    for step in range(72):
        u, v = e["radius"]["x"] * math.cos(step * math.tau / 72), e["radius"]["y"] * math.sin(step * math.tau / 72)
        x = e["center"]["x"] + u * math.cos(turn) - v * math.sin(turn)
        points.append((x, e["center"]["y"] + u * math.sin(turn) + v * math.cos(turn)))
    return points


def overlap(one: Ring, other: Ring) -> float:
    """Intersection over union, counted on a grid of half pixels."""
    xs, ys = [x for x, _ in one + other], [y for _, y in one + other]
    left, top = min(xs) - 1, min(ys) - 1
    size = (round(2 * (max(xs) - left)) + 3, round(2 * (max(ys) - top)) + 3)
    masks = []
    for points in (one, other):
        mask = Image.new("1", size)
        ImageDraw.Draw(mask).polygon([((x - left) * 2, (y - top) * 2) for x, y in points], fill=1)
        masks.append(int.from_bytes(mask.tobytes(), "big"))
    return (masks[0] & masks[1]).bit_count() / max(1, (masks[0] | masks[1]).bit_count())


def overlaps(found: list[dict[str, Any]], true: list[dict[str, Any]]) -> list[float]:
    """For each true shape, the best overlap with any found one; 0 where their boxes do not meet."""
    rings = [ring(r) for r in found]
    return [max((overlap(r, ring(t)) for r in rings if _meet(r, ring(t))), default=0.0) for t in true]


def _meet(a: Ring, b: Ring) -> bool:
    return all(
        min(p[axis] for p in one) <= max(p[axis] for p in other) for axis in (0, 1) for one, other in ((a, b), (b, a))
    )


def remapped(value: Any, sx: float, sy: float, dx: float, dy: float) -> Any:
    """A shape's JSON with every place scaled and moved, and every length scaled."""
    if isinstance(value, list):
        return [remapped(item, sx, sy, dx, dy) for item in value]
    if not isinstance(value, dict):
        return value
    if "w" in value:
        return {"x": value["x"] * sx + dx, "y": value["y"] * sy + dy, "w": value["w"] * sx, "h": value["h"] * sy}
    if "radius" in value:
        radius = {"x": value["radius"]["x"] * sx, "y": value["radius"]["y"] * sy}
        return {"angle": value["angle"], "radius": radius, "center": remapped(value["center"], sx, sy, dx, dy)}
    if "x" in value:
        return {**value, "x": value["x"] * sx + dx, "y": value["y"] * sy + dy}
    return {key: remapped(item, sx, sy, dx, dy) for key, item in value.items()}


def flipped(value: Any, width: float) -> Any:
    """A shape's JSON mirrored left to right."""
    if isinstance(value, list):
        return [flipped(item, width) for item in value]
    if not isinstance(value, dict):
        return value
    if "w" in value:
        return {**value, "x": width - value["x"] - value["w"]}
    if "angle" in value:
        return {**value, "angle": (180 - value["angle"]) % 180, "center": flipped(value["center"], width)}
    if "x" in value:
        return {**value, "x": width - value["x"]}
    return {key: flipped(item, width) for key, item in value.items()}


def nearest(place: dict[str, float], places: list[dict[str, float]]) -> float:
    """Pixels from a place to the nearest of others."""
    return min((math.hypot(place["x"] - p["x"], place["y"] - p["y"]) for p in places), default=math.inf)
