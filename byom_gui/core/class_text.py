"""A class list as people have it, as text or as a file: one reader for what is pasted, dropped, opened or named.

Each form is a row of a table here or in ``core.class_formats``. What was written stays as it was written;
what is odd or left out is said; a file that is something else is refused by the name of what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from byom_gui.core.class_formats.decoding import decode
from byom_gui.core.class_formats.foreign import is_code, text_form
from byom_gui.core.class_formats.gathering import ClassGatherer, LineProblem, ParsedClasses
from byom_gui.core.class_formats.lines import read_lines
from byom_gui.core.class_formats.literals import read_json_text, read_python_text
from byom_gui.core.class_formats.markup import read_markup
from byom_gui.core.class_formats.pbtxt import read_label_map
from byom_gui.core.class_formats.yaml_text import read_yaml_text

__all__ = ["DEFAULT_TYPE", "MAX_CHARACTERS", "LineProblem", "ParsedClasses", "parse_class_file", "parse_class_list"]

DEFAULT_TYPE = "bounding_box"
MAX_CHARACTERS = 8 * 1024 * 1024

TextReader = Callable[[str, ClassGatherer], bool]


def _refuse_foreign(text: str, gather: ClassGatherer) -> bool:
    form = text_form(text)
    if form:
        gather.refuse(form)
    return bool(form)


def _refuse_code(text: str, gather: ClassGatherer) -> bool:
    code = is_code(text)
    if code:
        gather.refuse("source code or a configuration")
    return code


TEXT_FORMATS: tuple[tuple[str, TextReader], ...] = (
    ("what is known to be something else", _refuse_foreign),
    ("XML: Label Studio, CVAT, Pascal VOC", read_markup),
    ("JSON", read_json_text),
    ("TensorFlow label map", read_label_map),
    ("Python", read_python_text),
    ("YAML", read_yaml_text),
    ("source code of another language", _refuse_code),
    ("lines and tables", read_lines),
)
"""Each family of forms, in the order in which they are tried; a reader says False for a text of another family."""


def parse_class_list(text: str, default_type: str = DEFAULT_TYPE) -> ParsedClasses:
    """Reads classes from text in any form; never raises.

    Args:
        text: what was pasted, or a file holds.
        default_type: the type of a class that is listed without one.
    """
    text = text.removeprefix("\ufeff")
    gather = ClassGatherer(default_type)
    if len(text) > MAX_CHARACTERS:
        gather.refusal = "This is too much text for a class list. Choose a shorter one."
    elif text.strip():
        any(read(text, gather) for _, read in TEXT_FORMATS)
    return gather.result()


def parse_class_file(data: bytes, default_type: str = DEFAULT_TYPE) -> ParsedClasses:
    """Reads classes from a file's bytes: text in any usual encoding; never raises."""
    decoded = decode(data)
    if decoded.binary:
        gather = ClassGatherer(default_type)
        gather.refuse(decoded.binary)
        return gather.result()
    parsed = parse_class_list(decoded.text, default_type)
    if not decoded.warning:
        return parsed
    return replace(parsed, problems=(LineProblem(decoded.line, decoded.warning, "json.encoding"), *parsed.problems))
