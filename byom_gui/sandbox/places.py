"""Places and lengths of a shape's JSON, changed all at once: boxes, paths, points, ellipses, cuboids and skeletons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from byom_gui.core.predictions import SHAPE_NAMES
from byom_gui.sandbox.fault import Answer, Change, Picture, each

Box = dict[str, float]
Frame = tuple[float, float, float, float]
"""Factors in x and y, then what is added in x and y."""

BOX_KEYS = {"x", "y", "w", "h"}


def shape_of(result: Answer) -> str:
    """The key of the shape that a result holds, or an empty string."""
    return next((name for name in SHAPE_NAMES if name in result), "")


def framed(frame: Callable[[Picture], Frame]) -> Change:
    """Every coordinate times a factor plus an offset, every length times the factor."""
    return _shapes(lambda shape, picture: _framed(shape, frame(picture)))


def boxes(change: Callable[[Box], Box]) -> Change:
    """Changes every box, the two of a cuboid too. Other shapes have no box that could be mistaken."""
    return _shapes(lambda shape, _: _boxes(shape, change))


def swapped() -> Change:
    """x and y change places everywhere, as rows and columns of an array do; an ellipse turns the other way round."""
    return _shapes(lambda shape, _: _swapped(shape))


def _shapes(change: Callable[[Any, Picture], Any]) -> Change:
    def one(result: Answer, picture: Picture) -> Answer:
        name = shape_of(result)
        return {**result, name: change(result[name], picture)} if name else result

    return each(one)


def _framed(value: Any, frame: Frame) -> Any:
    sx, sy, dx, dy = frame
    if isinstance(value, list):
        return [_framed(item, frame) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: _framed(item, frame) for key, item in value.items()}
    if "radius" in value:
        made["radius"] = {"x": value["radius"]["x"] * sx, "y": value["radius"]["y"] * sy}
    for key, factor, offset in (("x", sx, dx), ("y", sy, dy), ("w", sx, 0.0), ("h", sy, 0.0)):
        if key in value:
            made[key] = value[key] * factor + offset
    return made


def _boxes(value: Any, change: Callable[[Box], Box]) -> Any:
    if isinstance(value, list):
        return [_boxes(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    return change(value) if value.keys() >= BOX_KEYS else {key: _boxes(item, change) for key, item in value.items()}


_OTHER = {"x": "y", "y": "x", "w": "h", "h": "w"}


def _swapped(value: Any) -> Any:
    if isinstance(value, list):
        return [_swapped(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: value[_OTHER[key]] if key in _OTHER else _swapped(item) for key, item in value.items()}
    if "radius" in value:
        made["angle"] = (180 - value["angle"]) % 180
    return made


def outline(result: Answer) -> list[tuple[float, float]]:
    """The points by which a shape reaches farthest, of an ellipse about; empty where it has no place."""
    return [place for value in result.values() for place in _points(value)]


def _points(value: Any) -> list[tuple[float, float]]:
    if isinstance(value, list):
        return [place for item in value for place in _points(item)]
    if not isinstance(value, dict):
        return []
    if "radius" in value:
        center, reach = value["center"], max(value["radius"]["x"], value["radius"]["y"])
        return [(center["x"] - reach, center["y"] - reach), (center["x"] + reach, center["y"] + reach)]
    if value.keys() >= BOX_KEYS:
        return [(value["x"], value["y"]), (value["x"] + value["w"], value["y"] + value["h"])]
    if value.keys() >= {"x", "y"}:
        return [(value["x"], value["y"])]
    return [place for item in value.values() for place in _points(item)]


def box_around(result: Answer) -> Box | None:
    """The box around a result's shape; None where it has no place."""
    places = outline(result)
    if not places:
        return None
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return {"x": min(xs), "y": min(ys), "w": max(xs) - min(xs), "h": max(ys) - min(ys)}
