"""Darwin JSON 2.0, COCO and CSV hold every result, or count it as left out."""

from __future__ import annotations

import csv
import io
import json

import pytest

from byom_gui.core.geometry import describe
from byom_gui.core.pre_labels import (
    CSV_COLUMNS,
    Choice,
    Pictured,
    Targets,
    Written,
    chosen,
    coco_json,
    csv_text,
    darwin_json,
    file_names,
    safe_cell,
)
from byom_gui.core.predictions import (
    BoundingBox,
    Cuboid,
    DirectionalVector,
    Ellipse,
    Keypoint,
    Line,
    Node,
    Point,
    Polygon,
    Prediction,
    Shape,
    ShapeName,
    Skeleton,
    Tag,
)

SQUARE = (Point(1, 2), Point(5, 2), Point(5, 6), Point(1, 6))
SHAPES: dict[ShapeName, Shape] = {
    "tag": Tag(),
    "bounding_box": BoundingBox(1, 2, 3, 4),
    "polygon": Polygon(SQUARE),
    "line": Line(SQUARE[:2]),
    "keypoint": Keypoint(7, 8),
    "ellipse": Ellipse(30, Point(5, 5), Point(3, 2)),
    "cuboid": Cuboid(BoundingBox(0, 0, 4, 4), BoundingBox(1, 1, 3, 3)),
    "skeleton": Skeleton((Node(1, 1, False, "head"), Node(4, 9, True))),
    "directional_vector": DirectionalVector(10, 20),
}


def predicted(name: str, shape_name: ShapeName, shape: Shape, text: str | None = None) -> Prediction:
    return Prediction(0, name, name, 0.75, shape_name, shape, text, ("dark", "round") if text else ())


def all_shapes() -> Pictured:
    return Pictured("one.png", 40, 30, [predicted(f"a {key}", key, shape) for key, shape in SHAPES.items()])


def test_darwin_json_holds_all_but_the_placeless_vector() -> None:
    text, left = darwin_json(all_shapes())
    made = json.loads(text)
    assert left == {"directional_vector": 1}
    assert made["version"] == "2.0"
    slot = made["item"]["slots"][0]
    assert (slot["width"], slot["height"], slot["source_files"]) == (40, 30, [{"file_name": "one.png"}])
    by_name = {each["name"].removeprefix("a "): each for each in made["annotations"]}
    assert set(by_name) == set(SHAPES) - {"directional_vector"}
    assert by_name["polygon"]["polygon"] == {"paths": [[{"x": p.x, "y": p.y} for p in SQUARE]]}
    assert by_name["polygon"]["bounding_box"] == {"x": 1, "y": 2, "w": 4, "h": 4}
    assert by_name["tag"]["tag"] == {}
    assert by_name["skeleton"]["skeleton"]["nodes"][1] == {"x": 4, "y": 9, "occluded": True, "name": ""}
    assert by_name["ellipse"]["ellipse"] == {"angle": 30, "center": {"x": 5, "y": 5}, "radius": {"x": 3, "y": 2}}


def test_darwin_json_keeps_text_and_attributes_and_an_empty_outline() -> None:
    words = predicted("wörd", "bounding_box", BoundingBox(0, 0, 1, 1), "=1+1")
    text, left = darwin_json(Pictured("ü.png", 1, 1, [words, predicted("none", "polygon", Polygon(()))]))
    first, second = json.loads(text)["annotations"]
    assert (first["name"], first["text"], first["attributes"]) == ("wörd", {"text": "=1+1"}, ["dark", "round"])
    assert second["polygon"] == {"paths": [[]]}
    assert "bounding_box" not in second
    assert not left


def test_coco_holds_what_it_has_a_place_for_and_counts_the_rest() -> None:
    text, left = coco_json(
        [
            all_shapes(),
            Pictured("two.png", 9, 9, [predicted("a bounding_box", "bounding_box", BoundingBox(0, 0, 2, 2))]),
        ]
    )
    made = json.loads(text)
    assert left == {"tag": 1, "line": 1, "ellipse": 1, "cuboid": 1, "directional_vector": 1}
    assert [(i["id"], i["file_name"]) for i in made["images"]] == [(1, "one.png"), (2, "two.png")]
    assert [each["id"] for each in made["annotations"]] == [1, 2, 3, 4, 5]
    names = {each["id"]: each["name"] for each in made["categories"]}
    by_name = {names[each["category_id"]]: each for each in made["annotations"] if each["image_id"] == 1}
    assert by_name["a bounding_box"]["bbox"] == [1, 2, 3, 4]
    assert (by_name["a polygon"]["segmentation"], by_name["a polygon"]["area"]) == ([[1, 2, 5, 2, 5, 6, 1, 6]], 16)
    assert by_name["a keypoint"]["keypoints"] == [7, 8, 2]
    assert by_name["a skeleton"]["keypoints"] == [1, 1, 2, 4, 9, 1]
    assert by_name["a skeleton"]["num_keypoints"] == 2
    assert all(each["score"] == 0.75 for each in made["annotations"])
    joints = {each["name"]: each.get("keypoints") for each in made["categories"]}
    assert joints == {"a bounding_box": None, "a polygon": None, "a keypoint": ["point"], "a skeleton": ["head", "2"]}
    assert len(made["annotations"]) == 5
    assert made["annotations"][4]["category_id"] == by_name["a bounding_box"]["category_id"]


def test_coco_names_the_joints_of_the_longest_skeleton_and_leaves_out_the_empty_one() -> None:
    short = predicted("man", "skeleton", Skeleton((Node(0, 0, False, "head"),)))
    long = predicted("man", "skeleton", Skeleton((Node(0, 0, False, "head"), Node(1, 1, False, "foot"))))
    empty = predicted("man", "skeleton", Skeleton(()))
    text, left = coco_json([Pictured("x", 9, 9, [short, long, short, empty])])
    assert json.loads(text)["categories"] == [{"id": 1, "name": "man", "keypoints": ["head", "foot"], "skeleton": []}]
    assert left == {"skeleton": 1}


def test_csv_has_a_row_for_every_result() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text([all_shapes()]))))
    assert tuple(rows[0]) == CSV_COLUMNS
    by_shape = {row["shape"]: row for row in rows}
    assert set(by_shape) == set(SHAPES)
    assert [by_shape["polygon"][key] for key in ("x", "y", "w", "h")] == ["1", "2", "4", "4"]
    assert by_shape["polygon"]["points"] == "1,2 5,2 5,6 1,6"
    assert by_shape["skeleton"]["points"] == "1,1 4,9"
    assert [by_shape["tag"][key] for key in ("x", "y", "w", "h", "points")] == [""] * 5


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_csv_cells_are_no_formulas(start: str) -> None:
    evil = start + "cmd|' /C calc'!A0"
    assert safe_cell(evil) == "'" + evil
    one = predicted(evil, "bounding_box", BoundingBox(-5, 0, 1, 1), evil)
    row = next(csv.DictReader(io.StringIO(csv_text([Pictured(evil, 1, 1, [one])]), newline="")))
    assert [row[key][:1] for key in ("image", "class", "text")] == ["'"] * 3
    assert row["x"] == "-5"
    assert safe_cell("nucleus") == "nucleus"


def test_only_the_chosen_classes_and_confidences_are_written() -> None:
    picture = all_shapes()
    assert chosen(picture, Choice(Targets())) == Pictured("one.png", 40, 30, list(picture.predictions))
    assert [each.name for each in chosen(picture, Choice(Targets(), {"a tag", "a line"})).predictions] == [
        "a tag",
        "a line",
    ]
    assert not chosen(picture, Choice(Targets(), None, 0.76)).predictions
    mapped = chosen(
        picture, Choice(Targets(), {"a tag", "a line", "a polygon"}, names={"a tag": "Tag", "a line": None})
    )
    assert [each.name for each in mapped.predictions] == ["Tag", "a polygon"]


def test_two_images_of_one_name_get_files_of_their_own_whatever_their_case() -> None:
    assert file_names(["a.png", "A.jpg", "a", "a-2.png"], ".json") == ["a.json", "A-2.json", "a-3.json", "a-2-2.json"]


def test_what_a_form_has_no_place_for_is_said() -> None:
    written = Written(1, 3, {"COCO": {"tag": 2, "line": 1}, "Darwin JSON": {}})
    assert written.sentences() == ("COCO cannot store these, so they are left out: 2 tag, 1 line",)


def test_a_wide_formula_is_none_either() -> None:
    assert safe_cell("＝1+1") == "'＝1+1"


def test_joints_that_were_not_found_do_not_pull_a_skeleton_to_the_corner() -> None:
    """Pose models return 0, 0 for them: COCO has a flag for that, the other forms leave them out."""
    nodes = (Node(40, 50, False, "hip"), Node(0, 0, False, "knee"), Node(60, 90, True, "foot"))
    prediction = Prediction(0, "horse", "horse", 0.75, "skeleton", Skeleton(nodes))
    picture = Pictured("a.png", 100, 100, [prediction])
    (annotation,) = json.loads(coco_json([picture])[0])["annotations"]
    assert annotation["bbox"] == [40, 50, 20, 40]
    assert annotation["keypoints"] == [40, 50, 2, 0, 0, 0, 60, 90, 1]
    assert annotation["num_keypoints"] == 2
    (exported,) = json.loads(darwin_json(picture)[0])["annotations"]
    assert [node["name"] for node in exported["skeleton"]["nodes"]] == ["hip", "foot"]
    assert '"40,50 60,90"' in csv_text([picture])
    assert describe(prediction.shape) == "skeleton, 3 joints, 1 hidden, 1 not found"
