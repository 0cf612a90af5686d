"""What a JSON view draws, worked out line by line and only for lines in sight: colors and folds."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from byom_gui.core.jsontext import Fold
from byom_gui.core.observations import SentRequest

LONGEST = 4000
"""Characters of a line that are drawn; the rest is counted."""

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<str>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<num>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity)|(?P<pun>[{}\[\],:]+)"
)
_TONES = {"key": "jkey", "str": "jstr", "num": "jnum", "pun": "jpun"}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one color: columns ``start`` to ``end`` (exclusive), a theme token, bold or not, a ground."""

    start: int
    end: int
    tone: str
    strong: bool = False
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A bad place: its line (0-based), columns, what is wrong, how bad."""

    line: int
    start: int
    end: int
    message: str
    severity: str = "error"
    path: str = ""


def json_runs(text: str) -> tuple[Run, ...]:
    """The colors of one line of JSON."""
    return tuple(
        Run(match.start(), match.end(), _TONES[match.lastgroup or "pun"]) for match in _TOKEN.finditer(text[:LONGEST])
    )


def head_runs(text: str, first: bool) -> tuple[Run, ...]:
    """The colors of a request line (``first``) or of a header line."""
    if first:
        end = text.find(" ")
        return (Run(0, max(end, 0), "text", True), Run(max(end, 0), len(text), "text"))
    colon = text.find(":") + 1
    return (Run(0, colon, "jpun"), Run(colon, len(text), "text"))


def value_columns(line: str, key: str) -> tuple[int, int]:
    """Where the value of ``key`` stands in a line; without the key, where anything stands."""
    at = line.find(f'"{key}":') if key else -1
    if at < 0:
        body = line.rstrip().rstrip(",")
        return len(line) - len(line.lstrip()), len(body)
    start = at + len(key) + 3
    start += len(line[start:]) - len(line[start:].lstrip())
    match = _TOKEN.match(line, start)
    return start, match.end() if match else len(line.rstrip().rstrip(","))


class FoldMap:
    """Lines to rows of the view and back, through the folds in force. Both ways in logarithmic time."""

    def __init__(self, count: int, folds: Sequence[Fold] = ()) -> None:
        self.count = count
        self.folds = tuple(sorted(folds, key=lambda fold: fold.first))
        self._firsts = [fold.first for fold in self.folds]
        self._rows: list[int] = []
        hidden = 0
        for fold in self.folds:
            self._rows.append(fold.first - hidden)
            hidden += fold.last - fold.first
        self.rows = count - hidden

    def line_of(self, row: int) -> tuple[int, Fold | None]:
        """The line that a row shows, and the fold if it is one."""
        at = bisect_right(self._rows, row) - 1
        if at < 0:
            return row, None
        fold = self.folds[at]
        if self._rows[at] == row:
            return fold.first, fold
        return fold.last + row - self._rows[at], None

    def row_of(self, line: int) -> int:
        """The row in which a line is, its fold's row where it is folded."""
        at = bisect_right(self._firsts, line) - 1
        if at < 0:
            return line
        fold = self.folds[at]
        return self._rows[at] + max(line - fold.last, 0)

    def fold_at(self, line: int) -> Fold | None:
        """The fold that hides a line."""
        at = bisect_right(self._firsts, line) - 1
        return self.folds[at] if at >= 0 and line <= self.folds[at].last else None

    def without(self, opened: Sequence[Fold]) -> FoldMap:
        """With some folds opened."""
        gone = {fold.first for fold in opened}
        return FoldMap(self.count, [one for one in self.folds if one.first not in gone])


Place = tuple[int, int]
"""Line and column, both from 0."""


def text_between(lines: Sequence[str], start: Place, end: Place) -> str:
    """The text from ``start`` to ``end``."""
    chosen = list(lines[start[0] : end[0] + 1])
    chosen[-1] = chosen[-1][: end[1]]
    chosen[0] = chosen[0][start[1] :]
    return "\n".join(chosen)


def request_lines(request: SentRequest, *, whole_url: bool = False) -> tuple[tuple[str, ...], int]:
    """A request as text, and how many of its lines are the request line and headers."""
    parts = urlsplit(request.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    first = request.url if whole_url else target or "/"
    head = [f"{request.method} {first}"]
    if not whole_url:
        head.append(f"Host: {parts.netloc}")
    head += [f"{name}: {value}" for name, value in request.headers if whole_url or name.lower() != "host"]
    return (*head, "", *_body_lines(request.body)), len(head)


def _body_lines(body: str) -> tuple[str, ...]:
    """The body as it is, laid out where it is JSON on one line."""
    if "\n" in body.strip():
        return tuple(body.splitlines())
    try:
        return tuple(json.dumps(json.loads(body), ensure_ascii=False, indent=2).splitlines())
    except (ValueError, RecursionError):
        return tuple(body.splitlines())
