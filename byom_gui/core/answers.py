"""One result of an answer, as parsed JSON, to a frozen Prediction: tolerant, never raises."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any, cast

from byom_gui.core.predictions import (
    SHAPE_NAMES,
    BoundingBox,
    Cuboid,
    DirectionalVector,
    Ellipse,
    Keypoint,
    Line,
    Node,
    Point,
    Polygon,
    Prediction,
    Shape,
    Skeleton,
    Tag,
)

_place = itemgetter("x", "y")
_as_point = cast("Callable[[tuple[Any, Any]], Point]", partial(tuple.__new__, Point))


class _UnreadableError(Exception):
    """This is no such shape."""


def prediction_of(index: int, result: Any) -> Prediction | None:
    """The prediction in ``results[index]``, or None where it can not be understood.

    A name, a confidence and one readable shape suffice: a label that is a number, a confidence of 87 (held to 1)
    or a negative width are told as problems elsewhere, and still drawn.
    """
    if not isinstance(result, dict):
        return None
    present = [name for name in SHAPE_NAMES if result.get(name) is not None]
    name, label = result.get("name"), result.get("label")
    if len(present) != 1 or not isinstance(name, str):
        return None
    try:
        shape = _READERS[present[0]](result[present[0]])
        confidence = _number(result.get("confidence"))
    except _UnreadableError:
        return None
    return Prediction(
        index=index,
        name=name,
        label=label if isinstance(label, str) else "" if label is None else str(label),
        confidence=min(1.0, max(0.0, confidence)),
        shape_name=present[0],
        shape=shape,
        text=_text(result.get("text")),
        attributes=_attributes(result.get("attributes")),
    )


def _number(value: Any) -> float:
    kind = type(value)
    if kind is not float and kind is not int:
        raise _UnreadableError
    try:
        return float(value)
    except OverflowError:
        raise _UnreadableError from None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _UnreadableError
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _UnreadableError
    return value


def _tag(value: Any) -> Tag:
    _object(value)
    return Tag()


def _box(value: Any) -> BoundingBox:
    get = _object(value).get
    return BoundingBox(_number(get("x")), _number(get("y")), _number(get("w")), _number(get("h")))


def _point(value: Any) -> Point:
    get = _object(value).get
    return Point(_number(get("x")), _number(get("y")))


def _path(value: Any) -> tuple[Point, ...]:
    path = _list(_object(value).get("path"))
    try:
        # At C speed: an answer may hold a million points.
        points = tuple(map(_as_point, map(_place, path)))
    except (KeyError, TypeError, IndexError):
        raise _UnreadableError from None
    kinds = set(map(type, chain.from_iterable(points)))
    return points if kinds <= {float} else tuple(map(_point, path))


def _keypoint(value: Any) -> Keypoint:
    point = _point(value)
    return Keypoint(point.x, point.y)


def _ellipse(value: Any) -> Ellipse:
    get = _object(value).get
    return Ellipse(_number(get("angle")), _point(get("center")), _point(get("radius")))


def _cuboid(value: Any) -> Cuboid:
    get = _object(value).get
    return Cuboid(_box(get("front")), _box(get("back")))


def _node(value: Any) -> Node:
    point, name = _point(value), value.get("name")
    return Node(point.x, point.y, value.get("occluded") is True, name if isinstance(name, str) else "")


def _skeleton(value: Any) -> Skeleton:
    return Skeleton(tuple(map(_node, _list(_object(value).get("nodes")))))


def _vector(value: Any) -> DirectionalVector:
    get = _object(value).get
    return DirectionalVector(_number(get("angle")), _number(get("length")))


def _text(value: Any) -> str | None:
    text = value.get("text") if isinstance(value, dict) else None
    return text if isinstance(text, str) else None


def _attributes(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


_READERS: dict[str, Callable[[Any], Shape]] = {
    "tag": _tag,
    "bounding_box": _box,
    "polygon": lambda value: Polygon(_path(value)),
    "line": lambda value: Line(_path(value)),
    "keypoint": _keypoint,
    "ellipse": _ellipse,
    "cuboid": _cuboid,
    "skeleton": _skeleton,
    "directional_vector": _vector,
}
