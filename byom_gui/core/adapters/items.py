"""A list of results as dicts: COCO, Ultralytics, Hugging Face, Roboflow, V7's own inference form, a bare list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from byom_gui.core.adapters.boxes import Layout, box_lines, likely_layout
from byom_gui.core.adapters.outlines import joint_branch, outline_branch, shape_branch
from byom_gui.core.adapters.writing import EMPTY, Branch, Plan, are_numbers, confidence_of, is_number, text_of, whole

Item = dict[str, Any]
Path = tuple[str, ...]

_TEXTS: tuple[Path, ...] = (
    ("name",), ("class_name",), ("className",), ("label",), ("category_name",), ("category",), ("class",),
    ("annotation_class", "name"),
)  # fmt: skip
_NUMBERS: tuple[Path, ...] = (("category_id",), ("class_id",), ("class",), ("cls",), ("label",), ("category",))
_CONFIDENCES: tuple[Path, ...] = (
    ("confidence",), ("score",), ("conf",), ("probability",), ("prob",), ("inference", "confidence"),
)  # fmt: skip
_CORNERS = (
    ("x1", "y1", "x2", "y2"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("left", "top", "right", "bottom"),
)
_SIZES = (("x", "y", "width", "height"), ("x", "y", "w", "h"), ("left", "top", "width", "height"))
_BOX_KEYS = ("box", "bbox", "xyxy", "xywh", "bounding_box", "rect")
_TAG = Branch(('shape = {"tag": {}}',))


def plan_items(items: Sequence[Any], where: str, form: str, answer: Any) -> Plan | None:
    """The plan for a list of dicts, None where one holds what V7 has no shape for.

    Args:
        where: the expression of the list.
        form: as ``core.diagnosis.forms`` names it.
        answer: the whole, in which class names may stand.
    """
    if not items:
        return EMPTY
    if not all(isinstance(item, dict) for item in items):
        return None
    found = [_branch(item, form, items) for item in items]
    branches = sorted({each[1]: each[0] for each in found if each}.items(), key=lambda pair: pair[1])
    if None in found:
        return None
    name, ids, setup = _name(items, answer)
    return Plan(
        (f"for item in {where}",), name, _confidence(items), _told_apart([branch for branch, _ in branches]), ids, setup
    )


def _told_apart(branches: list[Branch]) -> tuple[Branch, ...]:
    """Without conditions where there is nothing to tell apart."""
    return (replace(branches[0], when=""),) if len(branches) == 1 else tuple(branches)


def _branch(item: Item, form: str, items: Sequence[Item]) -> tuple[int, Branch] | None:
    """The most telling shape of a result, and its rank among the others."""
    for rank, branch in enumerate((shape_branch(item), joint_branch(item), outline_branch(item))):
        if branch is not None:
            return rank, branch
    if "mask" in item or "masks" in item:
        return None
    box = next(_boxes(item, form, items), None)
    if box is not None:
        return 3, box
    return None if any(key in item for key in (*_BOX_KEYS, "segmentation", "rle", "counts")) else (4, _TAG)


def _boxes(item: Item, form: str, items: Sequence[Item]) -> Iterator[Branch]:
    for key in _BOX_KEYS:
        held = item.get(key)
        if isinstance(held, dict):
            yield from _named(held, f'item["{key}"]', f'item.get("{key}")', "size")
        elif are_numbers(held, 4):
            layout = _list_layout(key, form, items)
            yield Branch(box_lines(layout, f'map(float, item["{key}"])'), f'item.get("{key}")')
    layout = "centre" if form == "Roboflow" else "size"
    yield from _named(item, "item", "", layout)


def _named(held: Item, spot: str, when: str, sized: Layout) -> Iterator[Branch]:
    layouts: tuple[tuple[Layout, tuple[tuple[str, ...], ...]], ...] = (("corners", _CORNERS), (sized, _SIZES))
    for layout, names in layouts:
        for keys in names:
            if all(is_number(held.get(key)) for key in keys):
                values = f"(float({spot}[key]) for key in ({text_of(keys)}))"
                yield Branch(box_lines(layout, values), when or f'"{keys[0]}" in item')


def _list_layout(key: str, form: str, items: Sequence[Item]) -> Layout:
    if key == "xywh":
        return "centre"
    if key == "xyxy":
        return "corners"
    return "size" if form == "COCO" else likely_layout([item[key] for item in items if are_numbers(item.get(key), 4)])


def _get(item: Item, path: Path) -> Any:
    value: Any = item
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _spot(path: Path) -> str:
    return "item" + "".join(f'["{key}"]' for key in path)


def _name(items: Sequence[Item], answer: Any) -> tuple[str, tuple[int, ...], tuple[str, ...]]:
    """The expression of a name, the numbers that want a name, and the lines that look the names up."""
    for path in _TEXTS:
        values = [_get(item, path) for item in items]
        if any(isinstance(value, str) and value for value in values):
            whole_expression = _spot(path) if None not in values else f'item.get("{path[0]}") or "object"'
            return (f"str({whole_expression})" if not _all_texts(values) else _spot(path)), (), ()
    for path in _NUMBERS:
        numbers = [_get(item, path) for item in items]
        if any(is_number(number) for number in numbers):
            held = f'item.get("{path[0]}", "object")' if None in numbers else _spot(path)
            setup = names_setup(answer)
            table = "names" if setup else "NAMES"
            return f"str({table}.get({held}, {held}))", () if setup else whole(numbers), setup
    return '"object"', (), ()


def _all_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def names_setup(answer: Any) -> tuple[str, ...]:
    """A line that reads class names by number from the answer itself; none where it holds none."""
    if not isinstance(answer, dict):
        return ()
    categories, names = answer.get("categories"), answer.get("names")
    if isinstance(categories, list) and categories and all(_is_category(each) for each in categories):
        return ('names = {each["id"]: each["name"] for each in answer["categories"]}',)
    if isinstance(names, list) and names:
        return ('names = dict(enumerate(answer["names"]))',)
    if isinstance(names, dict) and names and all(key.isdecimal() for key in names):
        return ('names = {int(key): name for key, name in answer["names"].items()}',)
    return ()


def _is_category(each: Any) -> bool:
    return isinstance(each, dict) and is_number(each.get("id")) and isinstance(each.get("name"), str)


def _confidence(items: Sequence[Item]) -> str:
    for path in _CONFIDENCES:
        values = [_get(item, path) for item in items]
        if any(_numeric(value) for value in values):
            held = _spot(path)
            if None in values:
                get = f'item.get("{path[0]}")'
                held = f"1.0 if {get} is None else {get}"
            return confidence_of(f"float({held})", [float(value) for value in values if _numeric(value)])
    return "1.0  # the answer holds none"


def _numeric(value: Any) -> bool:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    return is_number(value)
