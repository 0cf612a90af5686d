"""Label Studio's regions: places in percent, names under the kind of region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from byom_gui.core.adapters.boxes import box_lines
from byom_gui.core.adapters.writing import EMPTY, Branch, Plan, confidence_of, is_number

_KINDS = ("rectanglelabels", "polygonlabels", "keypointlabels", "ellipselabels", "choices", "labels", "taxonomy")
_RECTANGLE = '(float(value[key]) for key in ("x", "y", "width", "height"))'
_TURN = (
    "# it is turned about its top left corner",
    'angle = math.radians(value["rotation"])',
    'left, top = value["x"]@W, value["y"]@H',
    'wide, high = value["width"]@W, value["height"]@H',
    "cos, sin = math.cos(angle), math.sin(angle)",
    "corners = ((0, 0), (wide, 0), (wide, high), (0, high))",
    'path = [{"x": left + x * cos - y * sin, "y": top + x * sin + y * cos} for x, y in corners]',
    'shape = {"polygon": {"path": path}}',
)
_OUTLINE = (
    'path = [{"x": float(x)@W, "y": float(y)@H} for x, y in value["points"]]',
    'shape = {"polygon": {"path": path}}',
)
_ELLIPSE = (
    'center = {"x": value["x"]@W, "y": value["y"]@H}',
    'radius = {"x": value["radiusX"]@W, "y": value["radiusY"]@H}',
    'shape = {"ellipse": {"angle": value.get("rotation", 0) % 360, "center": center, "radius": radius}}',
)
_ORDER = tuple(
    f"{words} in value" if words.startswith('"') else words
    for words in ('"points"', '"radiusX"', 'value.get("rotation")', '"height"', '"x"', '"choices"')
)
"""A rectangle has an x as a key point has: what tells more is asked first."""


def plan_regions(answer: Any) -> Plan | None:
    """The plan, None where no region has a place or a choice that V7 knows."""
    loops, tasks, regions = _loops(answer)
    if not regions:
        return EMPTY
    values = [region["value"] for region in regions]
    kind = next((kind for kind in _KINDS if any(value.get(kind) for value in values)), "")
    branches = list(dict.fromkeys(branch for value in values if (branch := _branch(value))))
    if not (kind and branches):
        return None
    branches.sort(key=lambda branch: _ORDER.index(branch.when))
    typed = all(_by_type(region) for region in regions)
    names = 'names = value.get(item["type"])' if typed else f'names = value.get("{kind}")'
    head = ('value = item["value"]', names, "if not names:", "    continue  # a region without a name")
    score, numbers = _score(tasks, regions)
    if len(branches) == 1 and all(_branch(value) == branches[0] for value in values):
        branches = [replace(branches[0], when="")]
    turned = any(branch.lines == _TURN for branch in branches)
    return Plan(
        loops,
        "str(names[0])",
        confidence_of(score, numbers),
        tuple(branches),
        head=head,
        imports=("math",) if turned else (),
    )


def _loops(answer: Any) -> tuple[tuple[str, ...], list[dict[str, Any]], list[dict[str, Any]]]:
    """The heads of the loops, the tasks where there are any, and the regions."""
    spot, listed = "answer", answer
    for key in ("predictions", "results"):
        if isinstance(answer, dict) and isinstance(answer.get(key), list):
            spot, listed = f'answer["{key}"]', answer[key]
            break
    if listed and isinstance(listed[0].get("result"), list):
        regions = [region for task in listed for region in task["result"]]
        return (f"for task in {spot}", 'for item in task["result"]'), listed, regions
    return (f"for item in {spot}",), [], listed


def _by_type(region: dict[str, Any]) -> bool:
    return bool(region["value"].get(region.get("type")))


def _branch(value: dict[str, Any]) -> Branch | None:
    if isinstance(value.get("points"), list):
        return Branch(_OUTLINE, '"points" in value')
    if is_number(value.get("radiusX")):
        return Branch(_ELLIPSE, '"radiusX" in value')
    if is_number(value.get("height")):
        lines = _TURN if value.get("rotation") else box_lines("size", _RECTANGLE)
        return Branch(lines, 'value.get("rotation")' if value.get("rotation") else '"height" in value')
    if is_number(value.get("x")):
        return Branch(('shape = {"keypoint": {"x": value["x"]@W, "y": value["y"]@H}}',), '"x" in value')
    return Branch(('shape = {"tag": {}}',), '"choices" in value') if "choices" in value else None


def _score(tasks: Sequence[dict[str, Any]], regions: Sequence[dict[str, Any]]) -> tuple[str, list[Any]]:
    own = [region.get("score") for region in regions]
    shared = [task.get("score") for task in tasks]
    if all(is_number(score) for score in own):
        return 'float(item["score"])', own
    if tasks and all(is_number(score) for score in shared):
        return 'float(item.get("score", task["score"]))', [*own, *shared]
    return 'float(item.get("score", 1.0))', own
