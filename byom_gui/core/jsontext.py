"""The pretty text of the JSON tab, with the lines of every part by its path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import Any

from byom_gui.core.strict_json import child_path

INDENT = "  "
KEEP_POINTS = 9
FOLD_FROM = 13
"""A list of so many points is folded after the first ``KEEP_POINTS``."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines ``first`` to ``last`` (0-based, inclusive), shown as one row with ``text``."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class PrettyJson:
    """Lines of text, and where each part stands in them.

    Args:
        lines: without line ends; a line that stands for what was cut starts with ``…``.
        spans: path to first and last line, from 0, both included. A point stands on one line, so its ``x`` and
            ``y`` have no span of their own: ask ``span_of``.
        cut: whether anything was left out.
        folds: long lists of points, folded after the first nine.
        results: the first line of each of ``results``, in order.
    """

    lines: tuple[str, ...]
    spans: Mapping[str, tuple[int, int]] = field(repr=False)
    cut: bool = False
    folds: tuple[Fold, ...] = ()
    results: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """All lines as one text."""
        return "\n".join(self.lines)

    def span_of(self, path: str) -> tuple[int, int]:
        """The lines of ``path``, else of the nearest part around it."""
        while path and path not in self.spans:
            path = _parent(path)
        return self.spans[path]

    def line_of(self, path: str) -> int:
        """The first line of ``path``, else of the nearest part around it."""
        return self.span_of(path)[0]


def pretty(value: Any, *, max_lines: int | None = None, max_points: int | None = None) -> PrettyJson:
    """Lays JSON out as people read it: two spaces a level, a point on a line of its own.

    Args:
        value: as ``strict_json.read_json`` returns it (its depth is limited).
        max_lines: where given, the rest is cut after about so many lines, and said with its count.
        max_points: where given, lists of points are cut after so many.
    """
    writer = _Writer(max_lines, max_points)
    writer.write("", value, 0, "", "")
    return PrettyJson(tuple(writer.lines), writer.spans, writer.cut, tuple(writer.folds), tuple(writer.results))


def _parent(path: str) -> str:
    """The path without its last part; quoted keys may hold dots and brackets."""
    if path.endswith('"]'):
        return path[: path.rfind('["')]
    return path[: max(path.rfind("."), path.rfind("["), 0)]


class _Writer:
    def __init__(self, max_lines: int | None, max_points: int | None) -> None:
        self.lines: list[str] = []
        self.spans: dict[str, tuple[int, int]] = {}
        self.cut = False
        self.folds: list[Fold] = []
        self.results: list[int] = []
        self._max_lines = max_lines
        self._max_points = max_points

    def write(self, path: str, value: Any, depth: int, lead: str, tail: str) -> None:
        """Appends ``value`` with ``lead`` (its key) before and ``tail`` (a comma) after it."""
        first = len(self.lines)
        if value and (isinstance(value, list) or (isinstance(value, dict) and not _is_point(value))):
            self._container(path, value, depth, lead, tail)
        else:
            self.lines.append(f"{INDENT * depth}{lead}{_inline(value)}{tail}")
        self.spans[path] = (first, len(self.lines) - 1)

    def _container(self, path: str, value: dict[str, Any] | list[Any], depth: int, lead: str, tail: str) -> None:
        is_dict = isinstance(value, dict)
        opening, closing = "{}" if is_dict else "[]"
        items: Any = value.items() if isinstance(value, dict) else enumerate(value)
        limit = self._limit(value)
        self.lines.append(f"{INDENT * depth}{lead}{opening}")
        first = len(self.lines)
        for done, (key, item) in enumerate(items):
            if done >= limit or self._is_full():
                self._say_cut(value, len(value) - done, depth + 1)
                break
            if path == "results":
                self.results.append(len(self.lines))
            comma = "," if done + 1 < len(value) else ""
            self.write(child_path(path, key), item, depth + 1, f"{_text(key)}: " if is_dict else "", comma)
        if not is_dict and len(self.lines) - first >= FOLD_FROM and all(map(_is_point, value)):
            self._fold(first + KEEP_POINTS, depth + 1)
        self.lines.append(f"{INDENT * depth}{closing}{tail}")

    def _fold(self, first: int, depth: int) -> None:
        last = len(self.lines) - 1
        self.folds.append(Fold(first, last, f"{INDENT * depth}… {last - first + 1:,} more points"))

    def _limit(self, value: dict[str, Any] | list[Any]) -> int:
        if self._max_points is None or isinstance(value, dict) or not _is_point(value[0]):
            return len(value)
        # a cut that would hide a single line saves nothing
        return len(value) if len(value) <= self._max_points + 1 else self._max_points

    def _is_full(self) -> bool:
        return self._max_lines is not None and len(self.lines) >= self._max_lines

    def _say_cut(self, value: dict[str, Any] | list[Any], left: int, depth: int) -> None:
        self.cut = True
        points = isinstance(value, list) and _is_point(value[0])
        what = " points" if points else ""
        self.lines.append(f"{INDENT * depth}… {left:,} more{what}")


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and 0 < len(value) <= 4
        and "x" in value
        and "y" in value
        and not any(isinstance(item, dict | list) for item in value.values())
    )


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return "[]" if isinstance(value, list) else repr(value)


_text = encode_basestring
