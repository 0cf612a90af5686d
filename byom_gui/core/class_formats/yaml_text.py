"""Class lists in YAML. Every scalar stays the text that it is: ``no``, ``on`` and ``1e3`` are names like others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from byom_gui.core.class_formats.gathering import ClassGatherer
from byom_gui.core.class_formats.values import read_items, read_value

_MOST_TEXT = 1_000_000
_MOST_NODES = 200_000
_DEEPEST = 30
_KNOWN_KEY = re.compile(
    r"(?:names|nc|classes|labels|categories|class_names|thing_classes|id2label|label2id|label_map)\s*:(?:\s|$)",
    re.MULTILINE,
)
_PAIR = re.compile(r"(?:[\w./-]+|\"[^\"]*\"|'[^']*')\s*:(?:\s.*)?")
_DASH = re.compile(r"-\s+\S.*")


class _TooMuchError(ValueError):
    pass


def read_yaml_text(text: str, gather: ClassGatherer) -> bool:
    """YAML with a key for the classes, a plain list with dashes, or a map of numbers and names."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    top = [line for line in lines if not line[0].isspace()]
    known = any(_KNOWN_KEY.match(line) for line in top) or text.lstrip().startswith(("---", "%YAML"))
    dashes = len(lines) > 1 and all(_DASH.fullmatch(line) for line in lines)
    pairs = len(lines) > 1 and all(_PAIR.fullmatch(line) for line in top)
    if not (known or dashes or pairs):
        return False
    tried = ClassGatherer(gather.default_type)
    value = load_yaml(text, tried)
    if not isinstance(value, list | dict):
        if known:
            broken = "This looks like YAML, but cannot be read as YAML. Fix it, or list the names."
            gather.refusal, gather.refusal_line = tried.refusal or broken, tried.refusal_line
        return known
    gather.problems += tried.problems
    return _read(value, gather, known=known, dashes=dashes)


def _read(value: Any, gather: ClassGatherer, *, known: bool, dashes: bool) -> bool:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        gather.form = "YAML list"
        read_items(value, gather)
        return True
    if isinstance(value, dict) and isinstance(value.get("names"), str) and value["names"].strip():
        gather.refuse(f"a YAML file whose names are in another file ({value['names'][:80]})", "Choose that file.")
        return True
    if read_value(value, gather):
        return True
    if dashes or isinstance(value, list):
        gather.problems.clear()
        if known:
            gather.refuse("a YAML list of something else")
        return known
    keys = ", ".join(list(value)[:6])
    gather.refuse(f"a YAML file without class names (its keys: {keys[:120]})", "To list names with colons, use JSON.")
    return True


def load_yaml(text: str, gather: ClassGatherer) -> Any:
    """The first document, with every scalar as a string; None where it cannot be read, said to ``gather``."""
    if len(text) > _MOST_TEXT:
        return None
    import yaml

    # Events alone: what builds nodes in C overflows its stack on text that is nested deeply.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    building, ended = _Building(gather), False
    try:
        for event in yaml.parse(text, Loader=loader):
            ended = ended or isinstance(event, yaml.DocumentEndEvent)
            if ended and isinstance(event, yaml.DocumentStartEvent):
                break
            building.take(event)
        return building.root
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark is not None:
            why = getattr(error, "problem", None) or "it cannot be read"
            gather.refusal_line = mark.line + 1
            gather.refusal = f"This looks like YAML and breaks in line {mark.line + 1}: {why}. Fix it there."
    except _TooMuchError:
        gather.refusal = "This YAML is nested too deeply, or grows too large by its anchors."
    return None


@dataclass(slots=True)
class _Open:
    """A list or map that has not ended; ``key`` is that of the value to come."""

    held: list[Any] | dict[str, Any]
    before: int
    anchor: str
    key: str | None = None


@dataclass(slots=True)
class _Building:
    """The value while its events come in. An alias counts as often as it is used: no anchors can make it explode."""

    gather: ClassGatherer
    root: Any = None
    nodes: int = 0
    _stack: list[_Open] = field(default_factory=list)
    _anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._count(1)
            self._name(event.anchor, event.value, 1)
            self._put(event.value, event)
        elif kind == "AliasEvent":
            value, nodes = self._anchors.get(event.anchor, ("", 1))
            self._count(nodes)
            self._put(value, event)
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            if len(self._stack) >= _DEEPEST:
                raise _TooMuchError
            held: list[Any] | dict[str, Any] = [] if kind == "SequenceStartEvent" else {}
            self._stack.append(_Open(held, self.nodes, event.anchor or ""))
            self._count(1)
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            done = self._stack.pop()
            self._name(done.anchor, done.held, self.nodes - done.before)
            self._put(done.held, event)

    def _count(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > _MOST_NODES:
            raise _TooMuchError

    def _name(self, anchor: str | None, value: Any, nodes: int) -> None:
        if anchor:
            self._anchors[anchor] = (value, nodes)

    def _put(self, value: Any, event: Any) -> None:
        if not self._stack:
            self.root = value
            return
        top = self._stack[-1]
        if isinstance(top.held, list):
            top.held.append(value)
        elif top.key is None:
            top.key = str(value)
            if top.key in top.held:
                line = event.start_mark.line + 1
                self.gather.problem(line, f"Line {line}: “{top.key[:80]}” is in the file twice; the last one counts.")
        else:
            top.held[top.key] = value
            top.key = None
