"""What a model said, as files that other tools read: Darwin JSON 2.0 (to import into V7), COCO, CSV.

Coordinates are pixels of the upright picture. What a form has no place for is counted, never dropped in silence.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from byom_gui.core.geometry import area, bounds
from byom_gui.core.predictions import (
    BoundingBox,
    DirectionalVector,
    Keypoint,
    Line,
    Node,
    Point,
    Polygon,
    Prediction,
    Shape,
    Skeleton,
)

LeftOut = Mapping[str, int]
"""How many results of each shape name a form could not hold."""

CSV_COLUMNS = (
    "image", "width", "height", "class", "shape", "confidence", "x", "y", "w", "h", "points", "text", "attributes",
)  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the start of a formula; some read the wide forms as the narrow ones."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """One answered image: its file name, its upright size in pixels, and what the model said of it."""

    name: str
    width: int
    height: int
    predictions: Sequence[Prediction]


@dataclass(frozen=True, slots=True)
class Targets:
    """Where each form goes: a folder for Darwin JSON, a file for the others. Empty where it is not wanted."""

    darwin: str = ""
    coco: str = ""
    csv: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the answers is written: these classes (all, where None) from this confidence on, and where.

    ``names``: the team's class for a class of the model; None leaves it out. What is not in it keeps its name.
    """

    targets: Targets
    classes: Collection[str] | None = None
    least: float = 0.0
    names: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how many images and results, and what each form had no place for."""

    images: int
    results: int
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)

    def sentences(self) -> tuple[str, ...]:
        """What each form could not hold, for people."""
        return tuple(
            f"{form} cannot store these, so they are left out: " + ", ".join(f"{n} {s}" for s, n in left.items())
            for form, left in self.left_out.items()
            if left
        )


def chosen(picture: Pictured, choice: Choice) -> Pictured:
    """The picture with what is to be written of it; one without any result stays, it was looked at too."""
    kept = []
    for each in picture.predictions:
        name = choice.names.get(each.name, each.name)
        wanted = choice.classes is None or each.name in choice.classes
        if wanted and name is not None and each.confidence >= choice.least:
            kept.append(each if name == each.name else replace(each, name=name))
    return replace(picture, predictions=kept)


def file_names(names: Sequence[str], ending: str) -> list[str]:
    """File names after the images': two images of the same name from different folders keep both.

    Where case does not count in file names, ``A.png`` and ``a.png`` are the same name, so they are so here.
    """
    taken: set[str] = set()
    made = []
    for name in names:
        stem = name.rpartition(".")[0] or name
        wanted, number = f"{stem}{ending}", 2
        while wanted.casefold() in taken:
            wanted, number = f"{stem}-{number}{ending}", number + 1
        taken.add(wanted.casefold())
        made.append(wanted)
    return made


def darwin_json(picture: Pictured) -> tuple[str, LeftOut]:
    """One image as Darwin JSON 2.0, a file an image.

    A ``directional_vector`` has no place of its own and is left out. The confidence is left out of all: where it
    would stand is not published.
    """
    kept = [p for p in picture.predictions if not isinstance(p.shape, DirectionalVector)]
    source = {"file_name": picture.name}
    slot = {
        "type": "image", "slot_name": "0", "width": picture.width, "height": picture.height, "source_files": [source],
    }  # fmt: skip
    item = {"name": picture.name, "path": "/", "slots": [slot]}
    value = {"version": "2.0", "item": item, "annotations": [_darwin_annotation(p) for p in kept]}
    return _text(value), _left_out(picture.predictions, kept)


def _darwin_annotation(prediction: Prediction) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": prediction.name,
        "slot_names": ["0"],
        **_darwin_shape(prediction.shape_name, prediction.shape),
    }
    if prediction.text is not None:
        made["text"] = {"text": prediction.text}
    if prediction.attributes:
        made["attributes"] = list(prediction.attributes)
    return made


def _darwin_shape(name: str, shape: Shape) -> dict[str, Any]:
    if not isinstance(shape, Polygon):
        return {name: _plain(shape)}
    made: dict[str, Any] = {"polygon": {"paths": [[point._asdict() for point in shape.path]]}}
    around = bounds(shape)
    if around is not None:
        made["bounding_box"] = _plain(BoundingBox(*around))
    return made


def _plain(value: Any) -> Any:
    """A shape as Darwin JSON writes it: points and parts by name."""
    if isinstance(value, Point):
        return value._asdict()
    if isinstance(value, Skeleton):
        value = Skeleton(value.located)
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


@dataclass
class _Categories:
    """COCO's categories in order of appearance; a skeleton's joint names are those of its first appearance."""

    ids: dict[str, int] = field(default_factory=dict)
    joints: dict[str, list[str]] = field(default_factory=dict)

    def id_of(self, prediction: Prediction, nodes: Sequence[Node]) -> int:
        name = prediction.name
        if nodes and len(nodes) > len(self.joints.get(name, [])):
            self.joints[name] = [node.name or str(number) for number, node in enumerate(nodes, start=1)]
        return self.ids.setdefault(name, len(self.ids) + 1)

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {
                "id": id_,
                "name": name,
                **({"keypoints": self.joints[name], "skeleton": []} if name in self.joints else {}),
            }
            for name, id_ in self.ids.items()
        ]


def coco_json(pictures: Sequence[Pictured]) -> tuple[str, LeftOut]:
    """All images as one COCO file, the confidence as ``score``.

    Bounding boxes, polygons, keypoints and skeletons (as keypoints) have a place in it; the other shapes have none. A
    joint that was not found (``Skeleton.located``) is kept as COCO writes it, 0, 0 with visibility 0; the other forms
    leave it out.
    """
    categories = _Categories()
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    left: Counter[str] = Counter()
    for number, picture in enumerate(pictures, start=1):
        images.append({"id": number, "file_name": picture.name, "width": picture.width, "height": picture.height})
        for prediction in picture.predictions:
            made = _coco_annotation(prediction, categories)
            if made is None:
                left[prediction.shape_name] += 1
            else:
                annotations.append({"id": len(annotations) + 1, "image_id": number, **made})
    return _text({"images": images, "annotations": annotations, "categories": categories.as_json()}), left


def _coco_annotation(prediction: Prediction, categories: _Categories) -> dict[str, Any] | None:
    shape, around = prediction.shape, bounds(prediction.shape)
    if around is None or not isinstance(shape, BoundingBox | Polygon | Keypoint | Skeleton):
        return None
    nodes = _nodes(shape)
    made: dict[str, Any] = {
        "category_id": categories.id_of(prediction, nodes),
        "bbox": list(around),
        "area": area(shape) or 0.0,
        "iscrowd": 0,
        "score": prediction.confidence,
    }
    if isinstance(shape, Polygon):
        made["segmentation"] = [[side for point in shape.path for side in (point.x, point.y)]]
    if nodes:
        located = shape.located if isinstance(shape, Skeleton) else nodes
        made["keypoints"] = [part for node in nodes for part in (node.x, node.y, _visibility(node, located))]
        made["num_keypoints"] = len(located)
    return made


def _visibility(node: Node, located: Sequence[Node]) -> int:
    """COCO's flag: 0 not labeled (at 0, 0), 1 labeled and not visible, 2 visible."""
    return 0 if node not in located else 1 if node.occluded else 2


def _nodes(shape: Shape) -> Sequence[Node]:
    if isinstance(shape, Keypoint):
        return (Node(shape.x, shape.y, occluded=False, name="point"),)
    return shape.nodes if isinstance(shape, Skeleton) else ()


def csv_text(pictures: Sequence[Pictured]) -> str:
    """All images as CSV, a row a result; ``x, y, w, h`` is the smallest upright box, empty where there is no place.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    # All text in quotes: the writer would leave a lone carriage return bare, and readers end the row there.
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(CSV_COLUMNS)
    for picture in pictures:
        for prediction in picture.predictions:
            writer.writerow(_row(picture, prediction))
    return out.getvalue().removesuffix("\n")


def _row(picture: Pictured, prediction: Prediction) -> list[str | int | float]:
    points = " ".join(f"{point.x:.10g},{point.y:.10g}" for point in _path(prediction.shape))
    return [
        safe_cell(picture.name), picture.width, picture.height,
        safe_cell(prediction.name), prediction.shape_name, prediction.confidence,
        *(bounds(prediction.shape) or ("", "", "", "")),
        points,
        safe_cell(prediction.text or ""), safe_cell("; ".join(prediction.attributes)),
    ]  # fmt: skip


def safe_cell(text: str) -> str:
    """Text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _path(shape: Shape) -> Sequence[Point]:
    match shape:
        case Polygon() | Line():
            return shape.path
        case Skeleton():
            return [Point(node.x, node.y) for node in shape.located]
        case _:
            return ()


def _left_out(of: Sequence[Prediction], kept: Sequence[Prediction]) -> LeftOut:
    every, held = (Counter[str](p.shape_name for p in part) for part in (of, kept))
    return every - held


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
