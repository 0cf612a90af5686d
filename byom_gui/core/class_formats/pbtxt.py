"""TensorFlow's and Caffe's label maps: ``item { id: 1 name: "cat" }``."""

from __future__ import annotations

import ast
import re

from byom_gui.core.class_formats.gathering import ClassGatherer
from byom_gui.core.class_names import visible

_START = re.compile(r"(?:\s|#[^\n]*\n)*item\s*:?\s*[{<]")
_TOKEN = re.compile(r"#[^\n]*|(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')|([\w./+-]+)|([{}:<>])|([,;])|(\S)")


def read_label_map(text: str, gather: ClassGatherer) -> bool:
    """The items in the order of their numbers, by ``name`` as TensorFlow has them, else by ``display_name``."""
    if not _START.match(text):
        return False
    gather.form = "TensorFlow label map"
    named: list[tuple[int, str]] = []
    shown: list[str] = []
    for number, item in enumerate(_items(text), 1):
        name = item.get("name") or item.get("display_name", "")
        written = item.get("id") or item.get("label", "")
        if not name:
            gather.problem(0, f"Item {number} has no name; it is left out.")
            continue
        named.append((int(written) if written.isascii() and written.isdigit() else number, name))
        if item.get("display_name", name) != name:
            shown.append(item["display_name"])
    gather.add_numbered(named)
    if shown:
        gather.problem(
            0, f"“name” is used. If the model returns “display_name” (“{visible(shown[0])}”), list those instead."
        )
    return True


def _items(text: str) -> list[dict[str, str]]:
    """The fields of each item, without those of messages inside it."""
    items: list[dict[str, str]] = []
    depth, key, last = 0, "", ""
    for match in _TOKEN.finditer(text):
        quoted, word, bracket = match.group(1, 2, 3)
        if bracket in ("{", "<"):
            depth += 1
            if depth == 1:
                items.append({})
            key = last = ""
        elif bracket in ("}", ">"):
            depth, key, last = max(0, depth - 1), "", ""
        elif depth == 1 and (quoted or word):
            if key:
                items[-1].setdefault(key, _unquoted(quoted) if quoted else word)
                last, key = (key if quoted else ""), ""
            elif quoted and last:
                items[-1][last] += _unquoted(quoted)  # strings next to each other are one
            else:
                key, last = word or "", ""
    return items


def _unquoted(text: str) -> str:
    """The string that is written between quotes. Its escapes are bytes of UTF-8: ``\\303\\237`` is ``ß``."""
    try:
        value = str(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        return text[1:-1]
    try:
        return value.encode("latin-1").decode("utf-8") if "\\" in text else value
    except UnicodeError:
        return value
