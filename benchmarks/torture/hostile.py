"""Answers that nobody should send, from a seed: whole ones, and what becomes of them under mutation."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, -0.0, 1, 2, 0.5, 87, 1e300, -1e300, 1e-320, 1.7976931348623157e308, 2**53 + 1, 10**308,
    10**400, -(10**400), "", " ", "a", "A\u0301", "\x00", "\u202e", "\ud800", "\udfff", "<b>x</b>", "=1+1", "\x1b[31m",
    "x" * 5000, "😀", "\u2028", "NaN", "1.5", [], {}, [[]], [{}], {"": {}}, {"\x00": 1}, {"x": 1, "y": 1e300},
    {"path": []}, {"path": [{"x": 1, "y": 2}]}, {"nodes": [{"name": "a", "x": 1, "y": 1, "occluded": 2}]},
)  # fmt: skip
TOKENS = (
    b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-", b"+1", b"01", b"1.", b".5", b"True", b"None", b"'", b'"', b"\\",
    b"\\u", b"\\ud800", b"\\u0000", b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"//", b"/*", b",,",
    b",", b":", b"[", b"]", b"{", b"}", b"[" * 70, b'{"a":' * 70, b"0" * 5000, b"9" * 400, b"\r\n", b"\t", b"<html>",
    b"}\n{", b"null", b"true",
)  # fmt: skip
KEYS = (
    "name", "label", "confidence", "status", "results", "x", "y", "w", "h", "path", "nodes", "angle", "center",
    "radius",
    "length", "front", "back", "text", "attributes", "tag", "polygon", "bounding_box", "line", "keypoint", "ellipse",
    "cuboid", "skeleton", "directional_vector", "score", "class", "bbox", "predictions", "\x00", "", "x\x00", "\ud800",
)  # fmt: skip
CHARSETS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "shift-jis", "utf-7", "cp037")

_BOX = {"x": 10, "y": 20.5, "w": 30, "h": 12}
_PATH = [{"x": 1.5, "y": 2}, {"x": 60, "y": 4}, {"x": 31, "y": 44.25}]
_SHAPES: dict[str, Any] = {
    "tag": {},
    "bounding_box": _BOX,
    "polygon": {"path": _PATH},
    "line": {"path": _PATH},
    "keypoint": {"x": 5, "y": 6},
    "ellipse": {"angle": 30, "center": {"x": 40, "y": 30}, "radius": {"x": 9, "y": 4}},
    "cuboid": {"front": _BOX, "back": {**_BOX, "x": 14}},
    "skeleton": {"nodes": [{"name": "a", "x": 1, "y": 2, "occluded": False}, {"name": "b", "x": 9, "y": 9}]},
    "directional_vector": {"angle": 1.5, "length": 12},
}


def _result(shape: str) -> dict[str, Any]:
    return {"name": f"a {shape}", "label": f"a {shape}", "confidence": 0.75, shape: _SHAPES[shape]}


def _text(value: Any) -> bytes:
    return json.dumps(value).encode()


def seeds() -> list[bytes]:
    """Sound answers, one of each shape and one of all; answers of other tools; and things that are no answer."""
    each = [_text({"status": "succeeded", "results": [_result(shape)]}) for shape in _SHAPES]
    every = _text({"status": "succeeded", "results": [_result(shape) for shape in _SHAPES] * 3})
    rich = {**_result("polygon"), "text": {"text": "a note"}, "attributes": ["red", "round"]}
    others: list[Any] = [
        {"status": "succeeded", "results": []},
        {"status": "failed", "error": "no"},
        {"status": "succeeded", "results": [rich] * 40},
        {"predictions": [{"class": "cat", "confidence": 0.9, "x": 5, "y": 5, "width": 3, "height": 2}]},
        [{"label": "cat", "score": 0.9, "box": {"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}}],
        {"annotations": [{"category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": [[1, 2, 3, 4, 5, 6]]}]},
        {"outputs": [{"name": "boxes", "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]}]},
        {"error": "boom", "traceback": 'Traceback (most recent call last):\n  File "a.py", line 1\nKeyError: 1'},
    ]
    plain = [b"", b"null", b"[]", b"{}", b"0", b'"x"', b"<html><body>502 Bad Gateway</body></html>", b"\x89PNG\r\n"]
    return [*each, every, *map(_text, others), *plain]


class Mutator:
    """Changes answers, the same way for the same seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._bytes: tuple[Callable[[bytes], bytes], ...] = (
            self._flip, self._cut, self._insert, self._insert, self._repeat, self._end, self._encode,
        )  # fmt: skip
        self._values: tuple[Callable[[Any], Any], ...] = (
            self._odd, self._odd, self._drop, self._add, self._deepen, self._many, self._rename, self._swap,
        )  # fmt: skip

    def mutated(self, data: bytes, other: bytes) -> bytes:
        """One to six changes, of bytes or of what they mean; sometimes the half of another answer."""
        for _ in range(self.rng.choice((1, 1, 1, 2, 3, 6))):
            lot = self.rng.random()
            if lot < 0.6:
                data = self._changed(data)
            elif lot < 0.95:
                data = self.rng.choice(self._bytes)(data)
            else:
                data = data[: self._at(data)] + other[self._at(other) :]
        return data[:200_000]

    def _changed(self, data: bytes) -> bytes:
        """The answer with one value in it changed; bytes that are no JSON are changed as bytes."""
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return self.rng.choice(self._bytes)(data)
        holder = [value]
        parent, key = self._somewhere(holder)
        self.rng.choice(self._values)((parent, key))
        try:
            return json.dumps(holder[0] if holder else None, ensure_ascii=self.rng.random() < 0.5).encode(
                "utf-8", "surrogatepass"
            )
        except (ValueError, RecursionError):
            return data

    def _somewhere(self, holder: list[Any]) -> tuple[Any, Any]:
        """A container and a key in it, down a random way."""
        parent: Any = holder
        key: Any = 0
        while self.rng.random() < 0.85:
            inner = parent[key]
            keys: list[Any] = list(inner) if isinstance(inner, dict) else []
            keys = list(range(len(inner))) if isinstance(inner, list) else keys
            if not keys:
                break
            parent, key = inner, self.rng.choice(keys)
        return parent, key

    # Of values: each gets a container and a key in it.

    def _odd(self, at: tuple[Any, Any]) -> None:
        at[0][at[1]] = self.rng.choice(ODD)

    def _drop(self, at: tuple[Any, Any]) -> None:
        del at[0][at[1]]

    def _add(self, at: tuple[Any, Any]) -> None:
        inner = at[0][at[1]]
        if isinstance(inner, dict):
            inner[self.rng.choice(KEYS)] = self.rng.choice((*ODD, *_SHAPES.values()))
        elif isinstance(inner, list):
            inner.insert(self.rng.randint(0, len(inner)), self.rng.choice(ODD))

    def _deepen(self, at: tuple[Any, Any]) -> None:
        for _ in range(self.rng.choice((1, 3, 60, 64, 200))):
            at[0][at[1]] = [at[0][at[1]]] if self.rng.random() < 0.5 else {"a": at[0][at[1]]}

    def _many(self, at: tuple[Any, Any]) -> None:
        inner = at[0][at[1]]
        if isinstance(inner, list) and inner:
            at[0][at[1]] = (inner * self.rng.choice((2, 5, 30)))[:300]

    def _rename(self, at: tuple[Any, Any]) -> None:
        if isinstance(at[0], dict):
            at[0][self.rng.choice(KEYS)] = at[0].pop(at[1])

    def _swap(self, at: tuple[Any, Any]) -> None:
        value = at[0][at[1]]
        if isinstance(value, bool | None):
            at[0][at[1]] = str(value)
        elif isinstance(value, int | float) and abs(value) < 1e15:
            at[0][at[1]] = self.rng.choice((str(value), -value, value * 1000, value / 1000, [value]))

    # Of bytes.

    def _at(self, data: bytes) -> int:
        return self.rng.randint(0, len(data))

    def _flip(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self.rng.choice((1, 1, 2, 8)) if changed else 0):
            changed[self.rng.randrange(len(changed))] = self.rng.randrange(256)
        return bytes(changed)

    def _cut(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + data[at + self.rng.choice((1, 1, 2, 10, 100)) :]

    def _insert(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + self.rng.choice(TOKENS) + data[at:]

    def _repeat(self, data: bytes) -> bytes:
        first, second = sorted((self._at(data), self._at(data)))
        return data[:second] + data[first:second] * self.rng.choice((1, 2, 20)) + data[second:]

    def _end(self, data: bytes) -> bytes:
        return data[: self._at(data)]

    def _encode(self, data: bytes) -> bytes:
        return data.decode("utf-8", "replace").encode(self.rng.choice(CHARSETS), "replace")


def giants() -> list[tuple[str, bytes]]:
    """Answers at the limits, by what they are."""
    point = b'{"x":10.5,"y":20.25},'
    head = b'{"status":"succeeded","results":['
    start, end = b'{"name":"a","label":"a","confidence":0.5,"', b"}]}"
    path = b'polygon":{"path":[' + (point * 1_000_000)[:-1] + b"]}"
    box = start + b'bounding_box":{"x":1,"y":2,"w":3,"h":4}}'
    return [
        ("10⁶ points in one polygon", head + start + path + end),
        ("10⁵ results", head + (box + b",") * 99_999 + box + b"]}"),
        ("a million brackets", b"[" * 1_000_000),
        ("objects nested 200,000 deep", b'{"a":' * 200_000),
        ("a number of a million digits", head[:-1] + b"9" * 1_000_000 + b"}"),
        ("a text of 30 MB", b'{"status":"' + b"x" * 30_000_000 + b'","results":[]}'),
        ("10⁵ different keys", b"{" + b",".join(b'"%d":1' % n for n in range(100_000)) + b"}"),
        ("10⁵ results that are null", head + b"null," * 99_999 + b"null]}"),
        ("70 MB, more than is read", b'{"status":"' + b"x" * 70_000_000 + b'"}'),
        ("20 MB of NUL", bytes(20_000_000)),
    ]
