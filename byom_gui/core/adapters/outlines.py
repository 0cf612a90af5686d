"""The lines that make V7's polygon, skeleton, or a shape of V7's own form, of what one result holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from byom_gui.core.adapters.writing import Branch, are_numbers, is_number
from byom_gui.core.predictions import SHAPE_NAMES

Item = dict[str, Any]

_OUTLINES = ("segmentation", "segments", "polygon", "points", "contour")
_TURNED = ("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4")
_POINT = '{"x": float(x)@W, "y": float(y)@H}'


def shape_branch(item: Item) -> Branch | None:
    """A shape under V7's own key: as it is, or one for each of a polygon's paths."""
    key = next((key for key in SHAPE_NAMES if isinstance(item.get(key), dict)), "")
    if key == "bounding_box" and isinstance(item.get("polygon"), dict):
        key = "polygon"  # the outline tells more; V7 takes exactly one
    if not key or (key == "bounding_box" and not item[key].keys() >= {"x", "y", "w", "h"}):
        return None
    if key == "polygon" and isinstance(item[key].get("paths"), list):
        line = 'shapes = [{"polygon": {"path": path}} for path in item["polygon"]["paths"]]'
        return Branch((line,), '"paths" in item.get("polygon", {})', many=True)
    return Branch((f'shape = {{"{key}": item["{key}"]}}',), f'"{key}" in item')


def joint_branch(item: Item) -> Branch | None:
    """A skeleton of keypoints: x, y and how well each is seen."""
    held = item.get("keypoints")
    seen, when = "1", 'item.get("keypoints")'
    if isinstance(held, dict) and are_numbers(held.get("x")) and are_numbers(held.get("y")):
        places = 'item["keypoints"]["x"], item["keypoints"]["y"]'
        shown = are_numbers(held.get("visible"), len(held["x"]))
        rows = f'zip({places}, item["keypoints"]["visible"])' if shown else f"((x, y, 1) for x, y in zip({places}))"
        seen = "0.5"
    elif isinstance(held, list) and held and all(_is_point(each) for each in held):
        rows, seen = '((each["x"], each["y"], each.get("confidence", 1)) for each in item["keypoints"])', "0.5"
    elif are_numbers(held) and len(item["keypoints"]) % 3 == 0:
        flat = 'item["keypoints"]'
        rows, seen = f"zip({flat}[0::3], {flat}[1::3], {flat}[2::3])", "2"
    else:
        return None
    node = '{"x": max(float(x), 0)@W, "y": max(float(y), 0)@H, "occluded": seen < ' + seen + "}"
    return Branch(
        (f"nodes = [{node} for x, y, seen in", f"         {rows}]", 'shape = {"skeleton": {"nodes": nodes}}'), when
    )


def outline_branch(item: Item) -> Branch | None:
    """A polygon, or several where an outline has parts."""
    turned = item.get("box")
    if isinstance(turned, dict) and all(is_number(turned.get(key)) for key in _TURNED):
        corners = 'corners = [(item["box"][f"x{n}"], item["box"][f"y{n}"]) for n in (1, 2, 3, 4)]'
        made = _path("corners", '"x4" in item["box"]')
        return replace(made, lines=(corners, *made.lines))
    for key in _OUTLINES:
        branch = _outline(key, item.get(key))
        if branch is not None:
            return branch
    return None


def _outline(key: str, held: Any) -> Branch | None:
    spot, when = f'item["{key}"]', f'item.get("{key}")'
    if isinstance(held, dict):
        if not (are_numbers(held.get("x")) and are_numbers(held.get("y"), len(held["x"]))):
            return None
        return _path(f'zip({spot}["x"], {spot}["y"])', when)
    if not isinstance(held, list) or not held:
        return None
    if all(_is_point(each) for each in held):
        return _path(f'((each["x"], each["y"]) for each in {spot})', when)
    if all(are_numbers(each, 2) for each in held):
        return _path(spot, when)
    if are_numbers(held) and len(held) >= 6 and len(held) % 2 == 0:
        return _path(f"zip({spot}[0::2], {spot}[1::2])", when)
    if all(are_numbers(each) and len(each) >= 6 and len(each) % 2 == 0 for each in held):
        when = f'isinstance(item.get("{key}"), list)' if key == "segmentation" else when
        lines = (
            f"paths = [[{_POINT} for x, y in zip(part[0::2], part[1::2])]",
            f"         for part in {spot}]",
            'shapes = [{"polygon": {"path": path}} for path in paths]',
        )
        return Branch(lines, when, many=True)
    return None


def _path(pairs: str, when: str) -> Branch:
    line = f"path = [{_POINT} for x, y in {pairs}]"
    return Branch((line, 'shape = {"polygon": {"path": path}}'), when)


def _is_point(each: Any) -> bool:
    return isinstance(each, dict) and is_number(each.get("x")) and is_number(each.get("y"))
