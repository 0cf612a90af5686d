"""A pasted class list: lines, CSV or JSON. What was written stays as it was written; what is odd is said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from byom_gui.core.classes import KNOWN_TYPES, OPEN_TYPES, ClassEntry, suggest_type
from byom_gui.core.colours import parse_colour

DEFAULT_TYPE = "bounding_box"
MAX_CHARACTERS = 8 * 1024 * 1024

_NAME_WORDS = frozenset(("name", "class", "class_name", "class name", "classname", "label"))
_TYPE_WORDS = frozenset(("type", "class_type", "class type", "annotation_type", "annotation type", "shape"))
_COLOUR_WORDS = frozenset(("color", "colour"))
_MAIN_TYPES = (*KNOWN_TYPES, "mask")


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is odd with a line of the text, counted from 1; 0 where it is not about one line."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class ParsedClasses:
    """What was understood. ``problems`` want a look; ``notes`` only tell how the text was read."""

    entries: tuple[ClassEntry, ...]
    problems: tuple[LineProblem, ...] = ()
    notes: tuple[str, ...] = ()


def parse_class_list(text: str, default_type: str = DEFAULT_TYPE) -> ParsedClasses:
    """Reads classes from lines, CSV (comma, semicolon or tab, header or not) or JSON; never raises.

    Args:
        text: what was pasted.
        default_type: the type of a class that comes without one.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_CHARACTERS:
        return ParsedClasses((), (LineProblem(0, "This is too much text for a class list. Paste a shorter one."),))
    reader = _Reader(default_type)
    if text.lstrip()[:1] in ("[", "{"):
        reader.read_json(text)
    else:
        reader.read_lines(text)
    return reader.result()


class _Reader:
    """Gathers entries, problems and notes of one text."""

    def __init__(self, default_type: str) -> None:
        self.default_type = default_type
        self.entries: list[ClassEntry] = []
        self.problems: list[LineProblem] = []
        self.notes: list[str] = []
        self.first: dict[str, str] = {}

    def result(self) -> ParsedClasses:
        return ParsedClasses(tuple(self.entries), tuple(self.problems), tuple(self.notes))

    def problem(self, line: int, message: str) -> None:
        self.problems.append(LineProblem(line, message))

    def add(self, line: int, place: str, entry: ClassEntry) -> None:
        """Takes an entry; says what is odd with it, ``place`` being the words for where it stands."""
        if not entry.name:
            self.problem(line, f"{place}: the name is missing; it is left out.")
            return
        if entry.name in self.first:
            self.problem(line, f"{place}: “{entry.name}” is there already, in {self.first[entry.name]}.")
        self.first.setdefault(entry.name, place[0].lower() + place[1:])
        if entry.type not in KNOWN_TYPES and entry.type not in OPEN_TYPES:
            better = suggest_type(entry.type)
            hint = f" Did you mean {better}?" if better else f" V7 knows {', '.join(KNOWN_TYPES)}."
            self.problem(line, f"{place}: “{entry.type}” is no type of V7's.{hint}")
        self.entries.append(entry)

    # Lines and CSV

    def read_lines(self, text: str) -> None:
        lines = text.splitlines()
        delimiter = _delimiter([line for line in lines if line.strip()])
        if delimiter is None:
            self._read_names(lines)
            return
        try:
            self._read_table(list(_numbered(text, delimiter)))
        except csv.Error as error:
            self.problem(0, f"This can not be read as CSV ({error}). Put one class on each line.")

    def _read_names(self, lines: Sequence[str]) -> None:
        filled = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
        if len(filled) == 1 and "," in filled[0][1]:
            filled = [(filled[0][0], name.strip()) for name in filled[0][1].split(",")]
            self.notes.append("One line with commas: each part is taken as a name.")
        elif filled and filled[0][1].casefold() in ("name", "class_name"):
            self.notes.append("The first line is taken as a header.")
            filled = filled[1:]
        for number, name in filled:
            self.add(number, f"Line {number}", ClassEntry(name, self.default_type))

    def _read_table(self, table: Sequence[tuple[int, list[str]]]) -> None:
        if not table:
            self.problem(1, "A quote is opened and never closed. Close it, or put one class on each line.")
            return
        columns = _header(table[0][1])
        if columns:
            self.notes.append("The first line is taken as a header.")
            table = table[1:]
        for number, cells in table:
            self._read_row(number, cells, columns or {"name": 0, "type": 1, "color": 2})

    def _read_row(self, number: int, cells: Sequence[str], columns: dict[str, int]) -> None:
        def cell(key: str) -> str:
            at = columns.get(key, len(cells))
            return cells[at].strip() if at < len(cells) else ""

        colour = parse_colour(cell("color"))
        if cell("color") not in ("", "auto") and not colour:
            self.problem(number, f"Line {number}: “{cell('color')}” is no colour like #60C1AB; it is left out.")
        self.add(number, f"Line {number}", ClassEntry(cell("name"), cell("type") or self.default_type, colour))

    # JSON

    def read_json(self, text: str) -> None:
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            self.problem(error.lineno, f"This begins like JSON and breaks in {place}. Mend it there.")
            return
        except (RecursionError, ValueError):
            self.problem(0, "This JSON is nested too deeply, or holds a number too long to read.")
            return
        self._read_value(value)

    def _read_value(self, value: Any) -> None:
        if isinstance(value, dict):
            key = next((key for key in ("classes", "annotation_classes") if isinstance(value.get(key), list)), None)
            if key is None:
                self.problem(0, 'This JSON is a map. A list is due: [{"name": "cat", "type": "polygon"}].')
                return
            self.notes.append(f"The list under “{key}” is taken. A classes address has to answer with the bare list.")
            value = value[key]
        for number, item in enumerate(value, 1):
            self._read_item(f"Entry {number}", item)

    def _read_item(self, place: str, item: object) -> None:
        if isinstance(item, str):
            self.add(0, place, ClassEntry(item.strip(), self.default_type))
            return
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            self.problem(0, f'{place} is left out: it is neither a name nor {{"name": …, "type": …}}.')
            return
        colour = item.get("color") or (item.get("metadata") or {}).get("_color")
        entry = ClassEntry(item["name"].strip(), self.default_type, parse_colour(colour) if colour else None)
        self.add(0, place, replace(entry, type=self._type_of(place, item)))

    def _type_of(self, place: str, item: dict[str, Any]) -> str:
        many = item.get("annotation_types")
        if isinstance(item.get("type"), str) and item["type"].strip():
            return str(item["type"]).strip()
        if not isinstance(many, list) or not many:
            return self.default_type
        names = [str(each) for each in many]
        main = next((name for name in names if name in _MAIN_TYPES), names[0])
        rest = [name for name in names if name != main]
        if rest:
            self.notes.append(f"{place}: {main} is taken; {', '.join(rest)} left out, as a class has one type.")
        return main


def _numbered(text: str, delimiter: str) -> Iterable[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    start = 1
    for cells in reader:
        if any(cell.strip() for cell in cells) or len(cells) > 1:
            yield start, cells
        start = reader.line_num + 1


def _delimiter(lines: Sequence[str]) -> str | None:
    """How the columns are parted, or None where each line is one name."""
    head = _first_record(lines)
    for delimiter in ("\t", ";"):
        if delimiter in head:
            return delimiter
    if head.startswith('"') and "," not in head:
        return ","
    table = [_cells(line) for line in lines if "," in line]
    if not table:
        return None
    if head.startswith('"') or _header(table[0]) or any(_is_type(cells[1]) for cells in table if len(cells) > 1):
        return ","
    return "," if len(lines) > 1 and len(table) == len(lines) and all(len(cells) == 2 for cells in table) else None


def _first_record(lines: Sequence[str]) -> str:
    """The first line, with those that follow it inside a quoted cell."""
    head = ""
    for line in lines[:20]:
        head += line
        if not head.startswith('"') or head.count('"') % 2 == 0:
            break
    return head


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(",")]


def _is_type(text: str) -> bool:
    text = text.strip('"')
    return text in KNOWN_TYPES or text in OPEN_TYPES or suggest_type(text) is not None


def _header(cells: Sequence[str]) -> dict[str, int] | None:
    """Which column holds what, where the row is a header: a name's word and, beside it, a type's or colour's."""
    folded = [cell.strip().strip('"').casefold() for cell in cells]
    columns: dict[str, int] = {}
    for key, words in (("name", _NAME_WORDS), ("type", _TYPE_WORDS), ("color", _COLOUR_WORDS)):
        at = next((at for at, cell in enumerate(folded) if cell in words), None)
        if at is not None:
            columns[key] = at
    return columns if "name" in columns and len(columns) > 1 else None
