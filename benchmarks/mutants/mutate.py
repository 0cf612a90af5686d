"""Small faults in a source file: a comparison changed, and/or exchanged, a condition negated, a number one off.

Not taken from a library: mutmut has a layout of its own and no samples by seed, cosmic-ray needs a database and runs
all tests for each fault. All that is needed of them is this list.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARE: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the bytes from ``start`` to ``end`` of a file become ``new``."""

    path: str
    line: int
    kind: str
    start: int
    end: int
    old: str
    new: str

    def apply(self, source: bytes) -> bytes:
        """The file with the fault."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def __str__(self) -> str:
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        return f"{self.path}:{self.line}: {old} → {new}"


def mutants(path: str, source: bytes) -> list[Mutant]:
    """Every fault that can be made in a file, in order of place."""
    tree = ast.parse(source)
    offsets = [0]
    for line in source.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    made = list(_Walk(path, source, offsets).of(tree))
    return sorted(made, key=lambda each: (each.start, each.kind))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Walk:
    def __init__(self, path: str, source: bytes, offsets: list[int]) -> None:
        self._path, self._source, self._offsets = path, source, offsets

    def of(self, node: ast.AST) -> Iterator[Mutant]:
        """The faults of a node and what is in it; annotations and what only a type checker reads are left out."""
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, ast.Constant):
            yield self._made("negated", node.test, *self._span(node.test), f"not ({self._text(node.test)})")
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            pattern, new = _COMPARE[type(node.ops[0])]
            yield self._between("comparison", node.left, node.comparators[0], pattern, new)
        if isinstance(node, ast.BoolOp):
            yield self._exchanged(node)
        if isinstance(node, ast.Constant) and _is_number(node.value):
            for step in ("+ 1", "- 1"):
                yield self._made("number", node, *self._span(node), f"({node.value!r} {step})")
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self.of(child)

    def _span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._offsets[node.lineno - 1] + node.col_offset
        return start, self._offsets[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()

    def _made(self, kind: str, node: ast.expr, start: int, end: int, new: str) -> Mutant:
        return Mutant(self._path, node.lineno, kind, start, end, self._source[start:end].decode(), new)

    def _between(self, kind: str, left: ast.expr, right: ast.expr, pattern: str, new: str) -> Mutant:
        start, end = self._span(left)[1], self._span(right)[0]
        gap = self._source[start:end].decode()
        word = rf"\b{pattern}\b" if pattern[0].isalpha() else re.escape(pattern)
        changed = re.sub(word, new, gap, count=1)
        whole = self._made(kind, left, self._span(left)[0], self._span(right)[1], "")
        text = self._text(left) + changed + self._text(right)
        return Mutant(whole.path, whole.line, kind, whole.start, whole.end, whole.old, text)

    def _exchanged(self, node: ast.BoolOp) -> Mutant:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        text = self._text(node.values[0])
        for left, right in zip(node.values, node.values[1:], strict=False):
            gap = self._source[self._span(left)[1] : self._span(right)[0]].decode()
            text += re.sub(rf"\b{old}\b", new, gap, count=1) + self._text(right)
        start, end = self._span(node)
        text = self._source[start : self._span(node.values[0])[0]].decode() + text
        text += self._source[self._span(node.values[-1])[1] : end].decode()
        return self._made("and/or", node, start, end, text)
