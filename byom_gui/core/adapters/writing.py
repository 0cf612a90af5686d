"""Writes an adapter's source, and runs it.

Not one character of a source comes from an answer: keys are from our own lists, numbers are whole numbers that were
checked, places are positions. So running it runs our own text only; the answer is nothing but its argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Scale = Literal["pixels", "normalised", "percent"]

_SCALES: dict[Scale, tuple[str, str]] = {
    "pixels": ("", ""),
    "normalised": (" * width", " * height"),
    "percent": (" * width / 100", " * height / 100"),
}
_MOST_NAMES = 20
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Branch:
    """How one kind of result gets its shape.

    Args:
        lines: they set ``shape``, or ``shapes`` where ``many``; ``@W`` and ``@H`` stand for the unit.
        when: the condition; empty for what is left.
        many: one result of theirs may be several of ours.
    """

    lines: tuple[str, ...]
    when: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is in a source.

    Args:
        loops: the heads of the loops, the outer first.
        name: the expression of a class name.
        confidence: the expression of a confidence.
        branches: the last may be without a condition; where there are none, ``setup`` returns the whole.
        ids: class numbers for which the user has to give names.
        setup: lines before the loop.
        head: lines at the start of the loop.
        imports: modules that it needs.
    """

    loops: tuple[str, ...]
    name: str
    confidence: str
    branches: tuple[Branch, ...]
    ids: tuple[int, ...] = ()
    setup: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


EMPTY = Plan(
    (),
    "",
    "",
    (),
    setup=(
        "# The answer was empty. Check again with an image that shows something: then this can fit.",
        'return {"status": "succeeded", "results": []}',
    ),
)
"""For an answer that holds nothing: of what its results are like, nothing is known."""

WRAPPED = Plan((), "", "", (), setup=('return {"status": "succeeded", "results": answer}',))
"""For results that are sound, and only lack what stands around them."""


def write(plan: Plan, title: str, scale: Scale = "pixels") -> str:
    """The source: one function ``adapt(answer, width, height)``, and the class names above it where they are needed."""
    lines = [f"import {name}" for name in plan.imports]
    lines += ["", ""] if lines else []
    if plan.ids:
        named = ", ".join(f'{each}: "class {each}"' for each in plan.ids[:_MOST_NAMES])
        lines += ["# Put the names of your classes here.", f"NAMES = {{{named}}}", "", ""]
    lines += ["def adapt(answer, width, height):", f'    """{title} as V7 reads it: pixels of the image as sent."""']
    lines += [f"    {line}" for line in plan.setup]
    if not plan.branches:
        return "\n".join([*lines, ""])
    lines.append("    results = []")
    depth = "    "
    for loop in plan.loops:
        lines.append(f"{depth}{loop}:")
        depth += "    "
    lines += [f"{depth}{line}" for line in _body(plan)]
    lines += ['    return {"status": "succeeded", "results": results}', ""]
    across, down = _SCALES[scale]
    return "\n".join(_folded(line.replace("@W", across).replace("@H", down)) for line in lines)


def _folded(line: str) -> str:
    """A line that got too long by its unit, on two."""
    head, size, tail = line.partition(' "w": ')
    if len(line) <= _WIDTH or not size:
        return line
    return f"{head}\n{' ' * (head.index('{') + 1)}{size.lstrip()}{tail}"


def _body(plan: Plan) -> Iterable[str]:
    yield from plan.head
    yield f"name = {plan.name}"
    yield f"confidence = {plan.confidence}"
    many = any(branch.many for branch in plan.branches)
    for at, branch in enumerate(plan.branches):
        lines = branch.lines if branch.many or not many else (*branch.lines, "shapes = [shape]")
        if branch.when:
            yield f"{'elif' if at else 'if'} {branch.when}:"
        elif at:
            yield "else:"
        yield from (f"    {line}" if branch.when or at else line for line in lines)
    if plan.branches[-1].when:
        yield "else:"
        yield "    continue  # V7 has no shape for it"
    if many:
        yield "for shape in shapes:"
    yield f'{"    " if many else ""}results.append({{"name": name, "label": name, "confidence": confidence, **shape}})'


_BUILTINS: dict[str, Any] = {
    each.__name__: each
    for each in (
        any,
        dict,
        enumerate,
        float,
        int,
        isinstance,
        iter,
        len,
        list,
        map,
        max,
        min,
        next,
        range,
        str,
        sum,
        zip,
    )
}


def _import(name: str, *_: Any) -> Any:
    """The few modules that a source of ours may need."""
    import json
    import math

    return {"math": math, "json": json}[name]


def run(source: str, answer: Any, width: int, height: int) -> Any:
    """What ``source`` makes of an answer.

    Raises:
        Exception: whatever an answer that does not fit leads to; callers catch it.
    """
    scope: dict[str, Any] = {"__builtins__": {**_BUILTINS, "__import__": _import}}
    exec(compile(source, "adapter", "exec"), scope)  # noqa: S102 - our own text: nothing of an answer is in it
    return scope["adapt"](answer, width, height)


def text_of(parts: Sequence[str]) -> str:
    """Keys as the words of a tuple: ``"xmin", "ymin"``."""
    return ", ".join(f'"{part}"' for part in parts)


def is_number(value: Any) -> bool:
    """Whether JSON calls it a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def are_numbers(value: Any, count: int = 0) -> bool:
    """Whether it is a list of numbers, ``count`` of them where that is given."""
    return isinstance(value, list) and bool(value) and (not count or len(value) == count) and all(map(is_number, value))


def whole(values: Iterable[Any]) -> tuple[int, ...]:
    """The class numbers among ``values``, each once, in order; 0 where none is one, as the table has to be there."""
    numbers = {int(each) for each in values if is_number(each) and float(each).is_integer() and 0 <= each < 10_000}
    return tuple(sorted(numbers)) or (0,)


def confidence_of(expression: str, values: Sequence[Any]) -> str:
    """The expression of a confidence from 0 to 1: percentages are divided, what is still beyond is held to it."""
    numbers = [float(each) for each in values if is_number(each)]
    percent = bool(numbers) and min(numbers) >= 0 and 1.5 < max(numbers) <= 100
    shared = f"{expression} / 100" if percent else expression
    held = [each / 100 if percent else each for each in numbers]
    return f"min(max({shared}, 0.0), 1.0)" if any(not 0 <= each <= 1 for each in held) else shared


def unit_scale(adapted: Any) -> Scale:
    """``normalised`` where every coordinate of an adapted answer lies in 0 to 1, else ``pixels``."""
    numbers = list(_coordinates(adapted["results"]))
    fits = all(-0.05 <= each <= 1.05 for each in numbers) and any(0 < each < 1 for each in numbers)
    return "normalised" if fits else "pixels"


def _coordinates(value: Any) -> Iterable[float]:
    """All numbers but the confidences."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("confidence", "angle"):
                yield from _coordinates(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _coordinates(inner)
    elif is_number(value):
        yield value
