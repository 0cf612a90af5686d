"""Class lists as JSON, and as Python wrote them: a list, a dict, or an assignment in a source file."""

from __future__ import annotations

import ast
import contextlib
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

from byom_gui.core.class_formats.gathering import ClassGatherer
from byom_gui.core.class_formats.values import numbered, read_items, read_value
from byom_gui.core.class_formats.yaml_text import load_yaml

_WORDS = (
    "classes",
    "names",
    "class_names",
    "thing_classes",
    "labels",
    "id2label",
    "label2id",
    "label_names",
    "label_map",
    "class_list",
    "categories",
    "class_to_idx",
    "idx_to_class",
    "stuff_classes",
)
"""What people call their list in Python, without case; the more telling first."""
_ASSIGNED = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b['\"]?\s*(?::[^=\n]+)?[=:]\s*[\[({{]", re.IGNORECASE)
_SOURCE = re.compile(r"^(?:import|from|def|class|async|for|while|if|with|try|@\w+|\w+\s*=\s*[\[({]|#!)", re.MULTILINE)
_STATEMENTS = frozenset(
    (ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.With, ast.Try)
)
_SECTION = re.compile(r"\s*\[{1,2}[\w .\"-]+\]{1,2}[ \t]*(?:[#;][^\n]*)?\r?\n\s*[\w.\"-]+[ \t]*=")
_MOST_PYTHON = 1_000_000


def read_json_text(text: str, gather: ClassGatherer) -> bool:
    """JSON; and what starts like it: a list that Python or YAML wrote."""
    if text.lstrip()[:1] not in ("[", "{"):
        return False
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        value = _flat(text)
        if value is None and _SECTION.match(text):
            gather.refuse("a settings file (TOML or INI)")
            return True
        if value is None:
            place = f"line {error.lineno}, column {error.colno}"
            gather.refusal_line = error.lineno
            gather.refusal = f"This starts like JSON and breaks in {place}: {error.msg}. Fix it there."
            return True
        gather.form = "Python or YAML list"
    except (RecursionError, ValueError):
        gather.refusal = "This JSON is nested too deeply, or contains a number that is too long."
        return True
    _read(value, gather)
    return True


def _read(value: Any, gather: ClassGatherer) -> None:
    if read_value(value, gather):
        return
    if isinstance(value, dict):
        keys = ", ".join(list(map(str, value))[:6]) or "none"
        fix = 'Expected a list such as [{"name": "cat", "type": "polygon"}].'
        gather.refuse(f"a JSON object without class names (its keys: {keys[:120]})", fix)
        return
    gather.form = gather.form or "class list"
    results = [item for item in value if isinstance(item, dict) and {"confidence", "score"} & item.keys()]
    if results:
        gather.refuse("a list of a model's results")
        return
    read_items(value, gather)
    if value and not gather.entries:
        gather.refuse(f"a list of {len(value):,} entries without class names")


def _flat(text: str) -> Any:
    """A Python or YAML list or map of names; None for anything else, such as JSON with a mistake in it."""
    for value in (_literal(text), load_yaml(text, ClassGatherer(""))):
        names = list(value.values()) if isinstance(value, dict) else value
        simple = isinstance(names, list | tuple) and all(isinstance(name, str | int) for name in names)
        if value and ((simple and (isinstance(value, list | tuple) or numbered(value))) or (simple and "'" in text)):
            return value
        if value and "'" in text and '"' not in text:
            return value
    return None


def _literal(text: str) -> Any:
    if len(text) > _MOST_PYTHON:
        return None
    try:
        with _no_warnings():
            value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
    return list(value) if isinstance(value, tuple) else sorted(value, key=str) if isinstance(value, set) else value


@contextlib.contextmanager
def _no_warnings() -> Iterator[None]:
    """Python warns on stderr of text that is odd as source (``1cat``): it is no source, and nobody asked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        yield


def read_python_text(text: str, gather: ClassGatherer) -> bool:
    """A Python tuple, names between quotes and commas, or a source file with such a list."""
    start = text.lstrip()[:1]
    if start in ("(", "'"):
        value = _literal(text) if start == "(" else _literal(f"[{text}]")
        if isinstance(value, list) and len(value) > 0 and all(isinstance(name, str) for name in value):
            gather.form = "Python list"
            read_items(value, gather)
            return True
    if len(text) > _MOST_PYTHON or not (_ASSIGNED.search(text) or _SOURCE.search(text)):
        return False
    try:
        with _no_warnings():
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    found = sorted(_assigned(tree), key=lambda pair: _WORDS.index(pair[0].lower()))
    if not found:
        if _is_source(tree):
            gather.refuse("Python source without a list of names that can be read")
        return bool(gather.refusal)
    gather.form = "Python source"
    name, value = found[0]
    gather.note(f"The list under “{name}” is taken.")
    rest = [other for other, held in found[1:] if held != value]
    if rest:
        gather.problem(0, f"Left out: {', '.join(dict.fromkeys(rest))}, in the same file.")
    pairs = numbered(value)
    if pairs is not None:
        gather.add_numbered(pairs)
    else:
        read_items(value, gather)
    return True


def _is_source(tree: ast.Module) -> bool:
    """Names can be Python by chance (``import duty``, ``crack (deep)``, ``pass``); what is longer is not."""
    kinds = {type(node) for node in tree.body}
    long = (node for node in tree.body if isinstance(node, ast.Assign) and node.end_lineno != node.lineno)
    return bool(kinds & _STATEMENTS) or {ast.Import, ast.Assign} <= kinds or any(long)


def _assigned(tree: ast.AST) -> Iterator[tuple[str, Any]]:
    """Every list of names in a source file, with what it is called there."""
    for node in ast.walk(tree):
        for name, held in _named(node):
            if name.lower() in _WORDS:
                value = _value(held)
                if numbered(value) is not None or (value and all(isinstance(each, str) for each in value)):
                    yield name, value


def _named(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield getattr(target, "id", getattr(target, "attr", "")), node.value
    elif isinstance(node, ast.keyword) and node.arg:
        yield node.arg, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value


def _value(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None
    return value if isinstance(value, list | tuple | dict) else None
