"""Class lists that labeling platforms export as JSON in a form of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from byom_gui.core.class_formats.foreign import items_of

Items = list[dict[str, Any]]

_LABELBOX_TYPES: Mapping[str, str] = {
    "rectangle": "bounding_box",
    "polygon": "polygon",
    "point": "keypoint",
    "line": "line",
    "polyline": "line",
    "superpixel": "mask",
    "raster-segmentation": "mask",
}
_ENCORD_TYPES: Mapping[str, str] = {
    "bounding_box": "bounding_box",
    "rotatable_bounding_box": "bounding_box",
    "polygon": "polygon",
    "polyline": "line",
    "point": "keypoint",
    "bitmask": "mask",
    "skeleton": "skeleton",
    "cuboid": "cuboid",
}
_SUPERANNOTATE_TYPES: Mapping[str, str] = {"object": "", "tag": "tag"}


@dataclass(frozen=True, slots=True)
class PlatformFormat:
    """One platform's file.

    Args:
        items: the classes as objects with ``name`` and perhaps ``type`` and ``color``; empty for any other value.
        types: V7's type for each of the platform's; empty where it leaves the type open.
    """

    name: str
    items: Callable[[Any], Items]
    types: Mapping[str, str]


def _under(value: object, key: str) -> Items:
    return items_of(value.get(key)) if isinstance(value, dict) else []


def _labelbox(value: object) -> Items:
    tools = _under(value, "tools")
    return [{**tool, "type": tool["tool"]} for tool in tools if isinstance(tool.get("tool"), str) and "name" in tool]


def _encord(value: object) -> Items:
    objects = _under(value, "objects")
    marked = bool(objects) and all({"featureNodeHash", "name", "shape"} <= each.keys() for each in objects)
    return objects if marked else []


def _superannotate(value: object) -> Items:
    items = items_of(value)
    marked = bool(items) and all({"name", "attribute_groups"} <= each.keys() for each in items)
    return [{**each, "type": each.get("type", "object")} for each in items] if marked else []


def _dataloop(value: object) -> Items:
    """Labels by their tag; each may hold others."""
    found, todo = [], _under(value, "roots")[::-1]
    while todo:
        node = todo.pop()
        held = node.get("value")
        tag = held.get("tag", held.get("label")) if isinstance(held, dict) else None
        if isinstance(held, dict) and isinstance(tag, str):
            found.append({"name": tag, "color": held.get("color")})
        todo.extend(reversed(_under(node, "children")))
    return found


def _features(value: object) -> Items:
    """The one feature of a Hugging Face data set that is a class label."""
    held = value.get("features") if isinstance(value, dict) else None
    found = [
        each["names"]
        for each in (held.values() if isinstance(held, dict) else ())
        if isinstance(each, dict) and isinstance(each.get("names"), list)
    ]
    names = found[0] if len(found) == 1 else []
    return [{"name": name} for name in names] if all(isinstance(name, str) for name in names) else []


PLATFORMS: tuple[PlatformFormat, ...] = (
    PlatformFormat("Labelbox ontology", _labelbox, _LABELBOX_TYPES),
    PlatformFormat("Encord ontology", _encord, _ENCORD_TYPES),
    PlatformFormat("SuperAnnotate classes", _superannotate, _SUPERANNOTATE_TYPES),
    PlatformFormat("Dataloop ontology", _dataloop, {}),
    PlatformFormat("Hugging Face data set", _features, {}),
)
