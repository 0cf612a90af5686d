"""What is done wrong to sound results: steps on the list of results, and changes of the whole answer."""

from __future__ import annotations

import copy
import random
import zlib
from collections.abc import Callable
from typing import Any

from benchmarks.diagnosis.servers import SHAPES, Change, Result, Seen, Step

Pair = tuple[float, float]
Map = Callable[[float, float], Pair]


def each(change: Callable[[Result, Seen], Result]) -> Step:
    """A step that changes every result (a copy of it)."""
    return lambda results, seen: [change(copy.deepcopy(result), seen) for result in results]


def at(number: int, change: Callable[[Result], Result]) -> Step:
    """A step that changes one result alone, the n-th, where there is one."""
    return lambda results, _: [
        change(copy.deepcopy(result)) if place == number else result for place, result in enumerate(results)
    ]


def put(**values: Any) -> Step:
    """Sets keys of every result."""
    return each(lambda result, _: {**result, **values})


def without(*keys: str) -> Step:
    """Takes keys out of every result."""
    return each(lambda result, _: {key: value for key, value in result.items() if key not in keys})


def renamed(old: str, new: str) -> Step:
    """Renames a key wherever it stands in a result."""
    return each(lambda result, _: _with_key(result, old, new))


def _with_key(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {(new if key == old else key): _with_key(item, old, new) for key, item in value.items()}
    return [_with_key(item, old, new) for item in value] if isinstance(value, list) else value


def named(old: str, new: str) -> Step:
    """Gives a class another name in the results."""
    return each(lambda result, _: {**result, "name": new, "label": new} if result["name"] == old else result)


def lost_nodes(*names: str) -> Step:
    """Nodes of these names at 0, 0, as pose models return joints that they did not find."""

    def one(value: Result, _: Seen) -> Result:
        nodes = [{**node, "x": 0, "y": 0} if node["name"] in names else node for node in value["skeleton"]["nodes"]]
        return {**value, "skeleton": {"nodes": nodes}}

    return each(one)


def on_shape(change: Callable[[Any], Any], *shapes: str) -> Step:
    """Changes what stands under the shape's key; with ``shapes``, of these shapes alone."""

    def one(result: Result, _: Seen) -> Result:
        for shape in shapes or tuple(SHAPES):
            if shape in result:
                result[shape] = change(result[shape])
        return result

    return each(one)


# --- geometry: first the unit, then the layout, then the order of the axes


def moved(place: Callable[[Seen], Map], size: Callable[[Seen], Map]) -> Step:
    """Moves every place and every size of every shape; both are asked for each picture."""
    return each(lambda result, seen: _moved(result, place(seen), size(seen)))


def _moved(value: Any, place: Map, size: Map) -> Any:
    if isinstance(value, list):
        return [_moved(item, place, size) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: item if key == "radius" else _moved(item, place, size) for key, item in value.items()}
    if {"x", "y"} <= value.keys():
        made["x"], made["y"] = place(value["x"], value["y"])
    if {"w", "h"} <= value.keys():
        made["w"], made["h"] = size(value["w"], value["h"])
    if isinstance(value.get("radius"), dict):
        made["radius"] = dict(zip("xy", size(value["radius"]["x"], value["radius"]["y"]), strict=True))
    return made


def _times(x: float, y: float) -> Map:
    return lambda a, b: (a * x, b * y)


def _size_of(seen: Seen) -> Pair:
    return seen.view.width, seen.view.height


def shares(of: float = 1.0) -> Step:
    """Shares of the picture: from 0 to 1, or with 100 in percent."""

    def times(seen: Seen) -> Map:
        return _times(of / seen.view.width, of / seen.view.height)

    return moved(times, times)


def stretched(width: int, height: int = 0) -> Step:
    """Coordinates of a picture that was stretched to the model's size."""

    def times(seen: Seen) -> Map:
        return _times(width / seen.view.width, (height or width) / seen.view.height)

    return moved(times, times)


def letterboxed(side: int, middle: bool = True, share: bool = False) -> Step:
    """Coordinates of a picture that was fitted into a square with bars; with ``share`` as shares of that square."""

    def by(seen: Seen) -> float:
        return side / max(_size_of(seen)) / (side if share else 1)

    def place(seen: Seen) -> Map:
        scale, whole = by(seen), 1 if share else side
        across, down = ((whole - scale * length) / 2 if middle else 0.0 for length in _size_of(seen))
        return lambda x, y: (x * scale + across, y * scale + down)

    return moved(place, lambda seen: _times(by(seen), by(seen)))


def shorter_side(side: int) -> Step:
    """Coordinates of a picture whose shorter side was brought to the model's size."""

    def times(seen: Seen) -> Map:
        by = side / min(_size_of(seen))
        return _times(by, by)

    return moved(times, times)


def _on_boxes(change: Callable[[Result], Result]) -> Step:
    def one(shape: Result) -> Result:
        if {"front", "back"} <= shape.keys():
            return {key: change(face) for key, face in shape.items()}
        return change(shape) if {"x", "y", "w", "h"} <= shape.keys() else shape

    return on_shape(one)


def corners() -> Step:
    """The second corner where the size is due."""
    return _on_boxes(lambda box: {**box, "w": box["x"] + box["w"], "h": box["y"] + box["h"]})


def centres() -> Step:
    """The centre where the corner is due."""
    return _on_boxes(lambda box: {**box, "x": box["x"] + box["w"] / 2, "y": box["y"] + box["h"] / 2})


def swapped() -> Step:
    """x and y changed places, and width and height with them."""
    return moved(lambda _: lambda x, y: (y, x), lambda _: lambda w, h: (h, w))


def rounded(digits: int | None = None) -> Step:
    """Numbers rounded as servers do; None makes whole numbers."""
    return on_shape(lambda shape: _rounded(shape, digits))


def _rounded(value: Any, digits: int | None) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item, digits) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item, digits) for item in value]
    return round(value, digits) if isinstance(value, float) else value


def shifted(x: float, y: float) -> Step:
    """Everything moved by so many pixels."""
    return moved(lambda _: lambda a, b: (a + x, b + y), lambda _: lambda w, h: (w, h))


# --- answers that waver, or do not move at all


def wavering(pixels: float, confidence: float) -> Step:
    """Each call moves everything a little, by chance."""

    def step(results: list[Result], seen: Seen) -> list[Result]:
        chance = random.Random(seen.number)

        def one(result: Result) -> Result:
            by = chance.uniform(-pixels, pixels)
            made: Result = _moved(result, lambda x, y: (x + by, y + by), lambda w, h: (w, h))
            sure = result["confidence"] + chance.uniform(-confidence, confidence)
            return {**made, "confidence": round(min(max(sure, 0.01), 0.99), 4)}

        return [one(copy.deepcopy(result)) for result in results]

    return step


def losing(every: int) -> Step:
    """Leaves out about one result in so many, other ones at each call."""

    def step(results: list[Result], seen: Seen) -> list[Result]:
        chance = random.Random(seen.number * 7919)
        return [result for result in results if chance.random() > 1 / every]

    return step


def snapped(grid: int) -> Step:
    """Places and sizes on a coarse grid, as a model with a stride has them."""

    def near(a: float, b: float) -> Pair:
        return round(a / grid) * float(grid), round(b / grid) * float(grid)

    return moved(lambda _: near, lambda _: lambda w, h: (max(near(w, h)[0], grid), max(near(w, h)[1], grid)))


def erring(share: float, drop: float = 0.0) -> Step:
    """Errs by a share of the picture's shorter side, and overlooks some; the same picture brings the same answer."""

    def step(results: list[Result], seen: Seen) -> list[Result]:
        chance = random.Random(zlib.crc32(seen.data))
        most = share * min(_size_of(seen))

        def one(result: Result) -> Result:
            across, down = chance.uniform(-most, most), chance.uniform(-most, most)
            made: Result = _moved(result, lambda x, y: (x + across, y + down), lambda w, h: (w, h))
            return made

        return [one(copy.deepcopy(result)) for result in results if chance.random() >= drop]

    return step


def clipped() -> Step:
    """Boxes and keypoints held inside the picture."""

    def one(result: Result, seen: Seen) -> Result:
        width, height = _size_of(seen)
        for shape in ("bounding_box", "keypoint"):
            if shape in result:
                result[shape] = _inside(result[shape], width, height)
        return result

    return each(one)


def _inside(shape: Result, width: float, height: float) -> Result:
    left, top = min(max(shape["x"], 0), width), min(max(shape["y"], 0), height)
    if "w" not in shape:
        return {"x": left, "y": top}
    right, bottom = min(shape["x"] + shape["w"], width), min(shape["y"] + shape["h"], height)
    return {"x": left, "y": top, "w": max(right - left, 1), "h": max(bottom - top, 1)}


def fixed(*results: Result) -> Step:
    """The same whatever the picture."""
    return lambda _results, _seen: [copy.deepcopy(result) for result in results]


def first_kept() -> Change:
    """The first answer that was ever made, for ever."""
    kept: list[Any] = []

    def change(value: Any, _: Seen) -> Any:
        kept.append(value)
        return kept[0]

    return change


def result(name: str, confidence: float = 0.8, **shape: Any) -> Result:
    """One result in the contract's form."""
    return {"name": name, "label": name, "confidence": confidence, **shape}


def box(x: float, y: float, w: float, h: float) -> Result:
    """A box."""
    return {"x": x, "y": y, "w": w, "h": h}


def path(*points: Pair) -> Result:
    """A path of points."""
    return {"path": [{"x": x, "y": y} for x, y in points]}
