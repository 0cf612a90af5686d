"""Class lists that are parsed values already: JSON, YAML and Python literals share these forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from byom_gui.core.class_formats.foreign import (
    is_coco,
    is_darwin,
    is_labelme,
    is_supervisely_meta,
    items_of,
    value_form,
)
from byom_gui.core.class_formats.gathering import ClassGatherer, few
from byom_gui.core.class_formats.platforms import PLATFORMS
from byom_gui.core.classes import KNOWN_TYPES, OPEN_TYPES
from byom_gui.core.predictions import SHAPE_NAMES

_ANY = ""
CVAT_TYPES: Mapping[str, str] = {
    "rectangle": "bounding_box",
    "polygon": "polygon",
    "polyline": "line",
    "points": "keypoint",
    "ellipse": "ellipse",
    "cuboid": "cuboid",
    "skeleton": "skeleton",
    "mask": "mask",
    "tag": "tag",
    "any": _ANY,
}
_SUPERVISELY_TYPES: Mapping[str, str] = {
    "rectangle": "bounding_box",
    "polygon": "polygon",
    "bitmap": "mask",
    "alpha_mask": "mask",
    "line": "line",
    "polyline": "line",
    "point": "keypoint",
    "graph": "skeleton",
    "cuboid": "cuboid",
    "any": _ANY,
}
_LABELME_TYPES: Mapping[str, str] = {
    "rectangle": "bounding_box",
    "polygon": "polygon",
    "point": "keypoint",
    "points": "keypoint",
    "line": "line",
    "linestrip": "line",
    "circle": "ellipse",
    "mask": "mask",
}
_DARWIN_MAIN = (*KNOWN_TYPES, "mask")
_DARWIN_SHAPES = (*SHAPE_NAMES, "mask")
_CONTAINERS = (
    "names",
    "classes",
    "class_names",
    "CLASSES",
    "thing_classes",
    "labels",
    "label_names",
    "label_map",
    "labelmap",
    "class_list",
    "class_indices",
    "class_to_idx",
    "idx_to_class",
    "categories",
    "stuff_classes",
)
_OUTER = ("metainfo", "METAINFO", "metadata", "meta", "config", "data", "dataset", "model", "dataset_meta", "features")
_DEEPEST_CONTAINER = 3
_RESPONSE_KEYS = frozenset(
    (
        "results",
        "status",
        "predictions",
        "boxes",
        "bbox",
        "scores",
        "score",
        "confidence",
        "outputs",
        "result",
        "objects",
    )
)
_NAME_KEYS = ("name", "title", "class_name", "className", "display_name", "displayName")
_LOOSE_NAME_KEYS = (*_NAME_KEYS, "label", "class", "category", "value")
"""Where every entry of a list is an object, these hold names too."""


@dataclass(frozen=True, slots=True)
class ValueFormat:
    """One row: what the form is called, whether a value has it, and how it is read."""

    name: str
    recognizes: Callable[[Any], bool]
    read: Callable[[Any, ClassGatherer], None]


def number_of(value: object) -> int | None:
    """A whole number that is not negative, also as a string of digits."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 12:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def numbered(value: object) -> list[tuple[int, str]] | None:
    """Number and name of a map in either direction: ``{"0": "cat"}`` or ``{"cat": 0}``; None for other maps."""
    if not isinstance(value, dict) or not value:
        return None
    keys = [number_of(key) for key in value]
    if None not in keys:
        # Keras' list of ImageNet classes has ["n01440764", "tench"] for each number.
        names = [item[-1] if isinstance(item, list | tuple) and item else item for item in value.values()]
        if all(isinstance(name, str) for name in names):
            return [(number, name) for number, name in zip(keys, names, strict=True) if number is not None]
        return None
    numbers = [number_of(item) for item in value.values()]
    if None in numbers or not all(isinstance(key, str) for key in value):
        return None
    return [(number, name) for number, name in zip(numbers, value, strict=True) if number is not None]


def read_value(value: object, gather: ClassGatherer) -> bool:
    """Reads a value of any form of the table, or refuses what is known to be something else; False for neither."""
    for each in VALUE_FORMATS:
        if each.recognizes(value):
            gather.form = gather.form or each.name
            each.read(value, gather)
            return True
    return False


def is_foreign_list(value: object) -> bool:
    """Whether a value lists classes as another tool does, and not as a classes address should."""
    form = next((each.name for each in VALUE_FORMATS if each.recognizes(value)), "")
    return form not in ("", "class list", "a list of names", "a byom-gui file", "another tool's file")


# Containers


def _container(value: object, depth: int = 0) -> tuple[str, Any] | None:
    """The key that holds the classes, and what it holds."""
    if not isinstance(value, dict) or _RESPONSE_KEYS & value.keys() or depth > _DEEPEST_CONTAINER:
        return None
    for key in _CONTAINERS:
        if key in value and (isinstance(value[key], list | tuple) or numbered(value[key]) is not None):
            return key, value[key]
    for outer in _OUTER:
        inner = value.get(outer)
        found = _container(inner, depth + 1) if isinstance(inner, dict) else None
        if found:
            return f"{outer}.{found[0]}", found[1]
    return None


def _read_container(value: Any, gather: ClassGatherer) -> None:
    found = _container(value)
    assert found is not None
    key, held = found
    gather.note(f"The classes under “{key}” are taken.")
    _check_count(value, held, gather)
    _read_held(held, gather)
    others = [other for other in _CONTAINERS if other != key and other in value and value[other] != held]
    if others:
        gather.problem(0, f"“{key}” is taken. Left out: what is under {', '.join(others)}.")


def _check_count(value: Mapping[str, Any], held: Any, gather: ClassGatherer) -> None:
    """YOLO says twice how many classes there are."""
    written = value.get("nc")
    count = number_of(written)
    if count is not None and count != len(held):
        gather.problem(0, f"“nc” is {count}, but {len(held)} names are listed. One of the two is wrong.")


def _read_held(held: Any, gather: ClassGatherer) -> None:
    pairs = numbered(held)
    if pairs is not None:
        gather.add_numbered(pairs)
    else:
        read_items(held, gather)


def _read_labels_of_config(value: Any, gather: ClassGatherer) -> None:
    by_number, by_name = numbered(value.get("id2label")), numbered(value.get("label2id"))
    pairs = by_number or by_name or []
    gather.add_numbered(pairs)
    if by_number and by_name and dict(by_number) != dict(by_name):
        gather.problem(0, "“id2label” and “label2id” contradict each other; “id2label” is used.")
    if len(pairs) > 1 and all(name == f"LABEL_{number}" for number, name in pairs):
        gather.problem(0, "These are placeholders (LABEL_0 …): the model was trained without names.")


# Items


def read_items(items: Iterable[Any], gather: ClassGatherer, types: Mapping[str, str] | None = None) -> None:
    """Reads a list of names, or of objects with a name and perhaps a type and a color."""
    items = list(items)
    keys = _LOOSE_NAME_KEYS if all(isinstance(item, dict) for item in items) else _NAME_KEYS
    for number, item in enumerate(items, 1):
        place = f"Entry {number}"
        if isinstance(item, str):
            gather.add_name(place, item)
        elif isinstance(item, dict) and (name := _name_of(item, keys)) is not None:
            metadata = item.get("metadata")
            colour = item.get("color") or (metadata.get("_color") if isinstance(metadata, dict) else None)
            gather.add_name(place, name, _type_of(place, name, item, gather, types or {}), colour)
        else:
            gather.problem(0, f'{place} is left out: it is neither a name nor {{"name": …, "type": …}}.')


def _name_of(item: Mapping[str, Any], keys: Iterable[str] = _NAME_KEYS) -> str | None:
    return next((item[key] for key in keys if isinstance(item.get(key), str)), None)


def _type_of(place: str, name: str, item: Mapping[str, Any], gather: ClassGatherer, types: Mapping[str, str]) -> str:
    many = item.get("annotation_types")
    for key in ("type", "shape", "shape_type", "annotation_type"):
        if isinstance(item.get(key), str) and item[key].strip():
            return gather.converted(item[key], types, name)
    if not isinstance(many, list) or not many:
        return ""
    names = [str(each) for each in many]
    main = next((each for each in names if each in _DARWIN_MAIN), names[0])
    rest = [each for each in names if each != main]
    if rest:
        gather.note(f"{place}: {main} is taken; {', '.join(rest)} left out, because a class has one type.")
    return main


def _read_list(value: Any, gather: ClassGatherer) -> None:
    read_items(value, gather)


def _read_under(key: str) -> Callable[[Any, ClassGatherer], None]:
    def read(value: Any, gather: ClassGatherer) -> None:
        gather.note(f"The list under “{key}” is used. V7 expects a bare array from the class list address.")
        read_items(value[key], gather)

    return read


def _read_own(value: Any, gather: ClassGatherer) -> None:
    registration = value.get("registration") if value["format"].startswith("byom-project/") else value
    classes = registration.get("classes", []) if isinstance(registration, dict) else []
    read_items(classes if isinstance(classes, list) else [], gather)


def _read_coco(value: Any, gather: ClassGatherer) -> None:
    categories = value if isinstance(value, list) else value["categories"]
    order = {id(item): number_of(item.get("id")) for item in categories if isinstance(item, dict)}
    if None not in order.values():
        categories = sorted(categories, key=lambda item: order[id(item)] or 0)
    read_items(
        [_with_skeleton(item) if isinstance(item, dict) else item for item in categories],
        gather,
        {"skeleton": "skeleton"},
    )
    groups = {str(item.get("supercategory")) for item in categories if isinstance(item, dict)}
    for name in (_name_of(item) or "" for item in categories if isinstance(item, dict)):
        if name in groups and any(_name_of(item) != name for item in categories):
            gather.problem(0, f"“{name}” is the group of other categories. Delete it if the model never returns it.")


def _with_skeleton(item: dict[str, Any]) -> dict[str, Any]:
    """A category with keypoints is a skeleton; COCO says nothing of the other types."""
    named: dict[str, Any] = {key: item[key] for key in ("name", "color") if key in item}
    return {**named, "type": "skeleton"} if item.get("keypoints") else named


def _read_darwin(value: Any, gather: ClassGatherer) -> None:
    found = []
    for item in value["annotations"]:
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            shapes = [shape for shape in _DARWIN_SHAPES if shape in item]
            # Exports hold a bounding box next to each polygon.
            main = next((shape for shape in shapes if shape != "bounding_box"), shapes[0] if shapes else "")
            found.append((item["name"], main or gather.default_type))
    gather.add_distinct(found, "annotations")


def _read_labelme(value: Any, gather: ClassGatherer) -> None:
    shapes = [item for item in items_of(value["shapes"]) if isinstance(item.get("label"), str)]
    types = [gather.converted(str(item.get("shape_type", "")), _LABELME_TYPES, item["label"]) for item in shapes]
    found = [(item["label"], type_ or gather.default_type) for item, type_ in zip(shapes, types, strict=True)]
    gather.add_distinct(found, "shapes")


def _read_supervisely(value: Any, gather: ClassGatherer) -> None:
    read_items(value if isinstance(value, list) else value["classes"], gather, _SUPERVISELY_TYPES)
    tags = items_of(value.get("tags")) if isinstance(value, dict) else []
    if tags:
        names = few(str(item.get("name", "")) for item in tags)
        gather.problem(0, f"Left out: Supervisely's tags ({names}). Add those that the model returns.")


def _read_cvat(value: Any, gather: ClassGatherer) -> None:
    labels = value if isinstance(value, list) else value["labels"]
    read_items(labels, gather, CVAT_TYPES)
    for item in items_of(labels):
        for key, word in (("attributes", "attributes"), ("sublabels", "points")):
            names = [str(each.get("name", "")) for each in items_of(item.get(key))]
            if names:
                gather.note(
                    f"“{item.get('name')}”: its {word} ({few(names)}) are left out: the list cannot store them."
                )


def _is_platform(value: object) -> bool:
    return any(each.items(value) for each in PLATFORMS)


def _read_platform(value: Any, gather: ClassGatherer) -> None:
    found = next(each for each in PLATFORMS if each.items(value))
    gather.form = found.name
    read_items(found.items(value), gather, found.types)
    rest = items_of(value.get("classifications")) if isinstance(value, dict) else []
    left = few(str(each.get("name", each.get("instructions", ""))) for each in rest)
    if left:
        gather.problem(0, f"Left out: classifications ({left}). Add those that the model returns as tags.")


def _read_pairs(value: Any, gather: ClassGatherer) -> None:
    for number, (name, type_) in enumerate(value.items() if isinstance(value, dict) else value, 1):
        gather.add_name(f"Entry {number}", name, type_)


def _read_foreign(value: Any, gather: ClassGatherer) -> None:
    gather.refuse(value_form(value))


# Recognizers


def _is_own(value: object) -> bool:
    form = value.get("format") if isinstance(value, dict) else None
    return isinstance(form, str) and form.startswith(("byom-project/", "byom-registration/"))


def _has_list(key: str) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, dict) and isinstance(value.get(key), list) and not (_RESPONSE_KEYS & value.keys())
    )


def _has_labels(value: object) -> bool:
    return isinstance(value, dict) and bool(numbered(value.get("id2label")) or numbered(value.get("label2id")))


def _has_names(value: object) -> bool:
    found = _container(value)
    return found is not None and found[0] == "names"


def _is_cvat(value: object) -> bool:
    labels = items_of(value if isinstance(value, list) else value.get("labels") if isinstance(value, dict) else None)
    kinds = {str(item.get("type", "")) for item in labels}
    marked = any({"attributes", "sublabels"} & item.keys() and isinstance(item.get("name"), str) for item in labels)
    return bool(labels) and marked and kinds <= CVAT_TYPES.keys() | {""}


def _is_list_of(test: Callable[[Any], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list | tuple) and bool(value) and all(map(test, value))


def _is_type(value: object) -> bool:
    return isinstance(value, str) and value in (*KNOWN_TYPES, *OPEN_TYPES)


def _is_pair(item: object) -> bool:
    return isinstance(item, list | tuple) and len(item) == 2 and isinstance(item[0], str) and _is_type(item[1])


def _is_numbered(value: object) -> bool:
    pairs = numbered(value)
    if not pairs or not isinstance(value, dict) or _RESPONSE_KEYS & value.keys():
        return False
    numbers = sorted(number for number, _ in pairs)
    # A map of names to counts or coordinates is no class list; numbers of classes start at 0 or 1, and few are missing.
    return number_of(next(iter(value))) is not None or (numbers[0] <= 1 and numbers[-1] < 2 * len(numbers) + 1)


VALUE_FORMATS: tuple[ValueFormat, ...] = (
    ValueFormat("a byom-gui file", _is_own, _read_own),
    ValueFormat("Darwin JSON 2.0 annotations", is_darwin, _read_darwin),
    ValueFormat("COCO categories", is_coco, _read_coco),
    ValueFormat("LabelMe annotations", is_labelme, _read_labelme),
    ValueFormat("Supervisely meta.json", is_supervisely_meta, _read_supervisely),
    ValueFormat("V7 Darwin classes", _has_list("annotation_classes"), _read_under("annotation_classes")),
    ValueFormat("Hugging Face id2label", _has_labels, _read_labels_of_config),
    ValueFormat("a platform's classes", _is_platform, _read_platform),
    ValueFormat("another tool's file", lambda value: bool(value_form(value)), _read_foreign),
    ValueFormat("YOLO data.yaml", _has_names, _read_container),
    ValueFormat("CVAT labels", _is_cvat, _read_cvat),
    ValueFormat(
        "class list", lambda v: _has_list("classes")(v) and bool(items_of(v["classes"])), _read_under("classes")
    ),
    ValueFormat("class names", lambda value: _container(value) is not None, _read_container),
    ValueFormat("numbered class names", _is_numbered, lambda value, gather: gather.add_numbered(numbered(value) or [])),
    ValueFormat(
        "names and types",
        lambda value: isinstance(value, dict) and _is_list_of(_is_type)(list(value.values())),
        _read_pairs,
    ),
    ValueFormat("names and types", _is_list_of(_is_pair), _read_pairs),
    ValueFormat(
        "COCO categories",
        _is_list_of(lambda item: isinstance(item, dict) and {"id", "name", "supercategory"} <= item.keys()),
        _read_coco,
    ),
    ValueFormat(
        "Supervisely classes",
        _is_list_of(lambda item: isinstance(item, dict) and {"title", "shape"} <= item.keys()),
        _read_supervisely,
    ),
    ValueFormat("a list of names", _is_list_of(lambda item: isinstance(item, str)), _read_list),
)
"""Each form, in the order in which they are tried: the more telling first."""
