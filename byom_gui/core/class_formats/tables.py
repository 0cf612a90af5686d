"""Class lists in columns: comma, semicolon or tab, with a header or without."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence

from byom_gui.core.class_formats.gathering import ClassGatherer, few
from byom_gui.core.class_formats.values import number_of
from byom_gui.core.classes import KNOWN_TYPES, OPEN_TYPES, suggest_type
from byom_gui.core.colours import parse_colour

_NAME_WORDS = (
    "name",
    "classname",
    "displayname",
    "labelname",
    "categoryname",
    "class",
    "label",
    "category",
    "title",
    "object",
)
"""The titles of a column of names, as ``_folded`` gives them; the more telling first."""
_TYPE_WORDS = frozenset(("type", "classtype", "annotationtype", "shape", "shapetype"))
_COLOUR_WORDS = frozenset(("color", "colour"))
# fmt: off
_OTHER_WORDS = frozenset((
    "id", "index", "idx", "no", "nr", "number", "count", "classid", "labelid",
    "categoryid", "supercategory", "description", "group", "parent", "code", "value", "key", "instances",
    "hotkey", "shortcut", "attributes", "split", "filename", "image", "imageid",
    "path", "width", "height", "confidence", "score", "xmin", "ymin", "xmax", "ymax",
    "x", "y", "w", "h", "x1", "y1", "x2", "y2", "bbox",
    "area",
))
# fmt: on
_ID = re.compile(r"/[mgt]/\w+|n\d{8}|\d{1,9}|#[0-9A-Fa-f]{6}|\d{1,3}(?:\s+\d{1,3}){2}")
"""What stands before a name in a table without titles."""
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_PLACE_WORDS = frozenset(("xmin", "x1", "bbox", "xmax", "x2", "polygon", "segmentation"))


def read_table(text: str, lines: Sequence[str], gather: ClassGatherer) -> bool:
    """Reads columns; False where each line is one name."""
    delimiter = _delimiter([line for line in lines if line.strip()])
    if delimiter is None:
        return False
    gather.form = {"\t": "table with tabs", ";": "table with semicolons"}.get(delimiter, "CSV table")
    try:
        rows = list(_numbered_rows(text, delimiter))
    except csv.Error as error:
        gather.refusal = f"This cannot be read as CSV ({error}). Put one class on each line."
        return True
    if not rows:
        gather.refusal_line = 1
        gather.refusal = "A quotation mark is never closed. Close it, or put one class on each line."
        return True
    _Table(rows, gather).read()
    return True


class _Table:
    """The rows of a table: what each column holds is decided once."""

    def __init__(self, rows: Sequence[tuple[int, list[str]]], gather: ClassGatherer) -> None:
        self._gather = gather
        self._head = [cell.strip() for cell in rows[0][1]]
        columns = header([cells for _, cells in rows[:50]])
        self._rows = rows[1:] if columns else rows
        self._columns = columns or {"name": 0, "type": 1, "color": 2}
        self._headed = columns is not None

    def read(self) -> None:
        if not self._headed and _is_headless_data(self._head, [cells for _, cells in self._rows[1:20]]):
            columns = few(self._head)
            fix = "Name the column of class names “name”."
            self._gather.refuse(f"a table without a column of names (its columns: {columns})", fix)
            return
        if self._headed:
            self._gather.note("The first line is read as a header.")
            self._note_left_out()
        if self._headed and _PLACE_WORDS & set(map(_folded, self._head)):
            self._read_annotations()
            return
        if not self._headed and (self._read_numbered() or self._read_parts()):
            return
        if not self._headed:
            self._without_ids()
        for number, cells in self._rows:
            self._read_row(number, cells)

    def _note_left_out(self) -> None:
        taken = set(self._columns.values())
        rest = [title for at, title in enumerate(self._head) if at not in taken and title]
        if rest:
            self._gather.note(f"Columns left out: {few(rest)}.")

    def _read_annotations(self) -> None:
        names = [(name, self._gather.default_type) for _, cells in self._rows if (name := self._cell(cells, "name"))]
        self._gather.add_distinct(names, "rows")

    def _read_parts(self) -> bool:
        """One row of names, as DeepStream has them: ``car;person;road sign``."""
        cells = [cell.strip() for cell in self._rows[0][1] if cell.strip()]
        if len(self._rows) > 1 or len(cells) < 3 or _is_type(cells[1]) or any(map(_is_colour, cells[1:])):
            return False
        self._gather.note("One line: each part is taken as a name.")
        for name in cells:
            self._gather.add_name("Line 1", name, line=1)
        return True

    def _without_ids(self) -> None:
        """Without the column before the names: Open Images' ids, WordNet numbers, colors, or numbers of rows."""
        table = [cells for _, cells in self._rows]
        firsts, seconds = ([cells[at].strip() for cells in table if at < len(cells)] for at in (0, 1))
        typed = any(map(_is_type, seconds))
        if typed or len(seconds) < len(table) or len(set(firsts)) < len(table) or not all(seconds):
            return
        if all(map(_ID.fullmatch, firsts)) and not all(map(_is_number, seconds)):
            self._gather.note("The column before the names is left out.")
            self._rows = [(number, cells[1:]) for number, cells in self._rows]
            if not any(_is_type(cells[1].strip()) for _, cells in self._rows if len(cells) > 1):
                self._rows = [(number, cells[:1]) for number, cells in self._rows]

    def _read_numbered(self) -> bool:
        """Two columns, one of which counts the rows."""
        if len(self._rows) < 2 or any(len([cell for cell in cells if cell.strip()]) != 2 for _, cells in self._rows):
            return False
        for at in (0, 1):
            numbers = [number_of(cells[at]) for _, cells in self._rows]
            if numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
                self._gather.note("The column of numbers is left out.")
                for number, cells in self._rows:
                    self._gather.add_name(f"Line {number}", cells[1 - at], line=number)
                return True
        return False

    def _cell(self, cells: Sequence[str], key: str) -> str:
        at = self._columns.get(key, len(cells))
        return cells[at].strip() if at < len(cells) else ""

    def _read_row(self, number: int, cells: Sequence[str]) -> None:
        name = cells[self._columns["name"]] if self._columns["name"] < len(cells) else ""
        type_, colour = self._cell(cells, "type"), self._cell(cells, "color")
        self._gather.add_name(f"Line {number}", name, type_, colour, number)


def _numbered_rows(text: str, delimiter: str) -> Iterable[tuple[int, list[str]]]:
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
    titled = header([_cells(line) for line in lines[:50]]) if "," in head else None
    if head.startswith('"') or titled or any(_is_type(cells[1]) for cells in table if len(cells) > 1):
        return ","
    whole = len(lines) > 1 and len(table) == len(lines)
    if whole and _is_headless_data(table[0], table[1:20]):
        return ","
    return "," if whole and all(len(cells) == 2 for cells in table) and not _are_decimals(table) else None


def _are_decimals(table: Sequence[Sequence[str]]) -> bool:
    """Names such as ``1,5 mm`` and ``2,5 mm``: a number, and the same more than once after it."""
    return all(cells[0].isdigit() and cells[1][:1].isdigit() for cells in table)


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


def _is_headless_data(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Titles above numbers, none of which is a title of names: a table of something else."""
    known = sum(_folded(cell) in _OTHER_WORDS for cell in head)
    if len(head) < 2 or not rows:
        return False
    titled = known and not any(map(_is_number, head)) and all(_is_number(cell) for cells in rows for cell in cells)
    return bool(titled) or (known > 1 and known * 2 >= len(head))


def header(rows: Sequence[Sequence[str]]) -> dict[str, int] | None:
    """Which column holds what, where the first row is a header: a title of names, and another title next to it.

    A title that is not known as one counts where a column of numbers is below it.
    """
    folded = [_folded(cell) for cell in rows[0]]
    columns: dict[str, int] = {}
    at = next((folded.index(word) for word in _NAME_WORDS if word in folded), None)
    if at is None:
        return None
    columns["name"] = at
    for key, words in (("type", _TYPE_WORDS), ("color", _COLOUR_WORDS)):
        found = next((index for index, cell in enumerate(folded) if cell in words and index != at), None)
        if found is None:
            is_one = _is_type if key == "type" else _is_colour
            found = next((index for index in range(len(folded)) if _has_only(index, rows, is_one)), None)
        if found is not None and found not in columns.values():
            columns[key] = found
    others = [index for index in range(len(folded)) if index not in columns.values()]
    titled = any(folded[index] in (*_OTHER_WORDS, *_NAME_WORDS) for index in others)
    numbers = any(_is_column_of_numbers(index, rows) for index in others)
    return columns if len(columns) > 1 or titled or numbers else None


def _folded(title: str) -> str:
    """A title without its case, quotes, spaces and underscores."""
    return "".join(character for character in title.casefold() if character not in ' "_-')


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell.strip()))


def _is_colour(cell: str) -> bool:
    return cell.startswith(("#", "rgb")) and parse_colour(cell) is not None


def _has_only(index: int, rows: Sequence[Sequence[str]], is_one: Callable[[str], bool]) -> bool:
    """Whether a column holds types, or colors, below a title that is none."""
    cells = [row[index].strip() for row in rows[1:] if index < len(row) and row[index].strip()]
    return bool(cells) and all(map(is_one, cells)) and not is_one(rows[0][index].strip())


def _is_column_of_numbers(index: int, rows: Sequence[Sequence[str]]) -> bool:
    cells = [row[index].strip() for row in rows[1:] if index < len(row)]
    return bool(cells) and number_of(rows[0][index]) is None and all(number_of(cell) is not None for cell in cells)
