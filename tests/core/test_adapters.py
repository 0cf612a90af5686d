"""Adapters: for each other tool's form, what the written source makes of several answers; the numbers are checked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from byom_gui.core import adapters
from byom_gui.core.adapters import adapter_for, excerpt_text
from byom_gui.core.adapters.writing import run
from byom_gui.core.contract import schema_valid
from byom_gui.core.diagnosis.forms import other_format

WIDE, HIGH = 200, 100
POINTS = [{"x": 1, "y": 2}, {"x": 30, "y": 2}, {"x": 30, "y": 40}]
XY = {"x": [1, 30, 30], "y": [2, 2, 40]}


def box(x: float, y: float, w: float, h: float) -> dict[str, Any]:
    return {"bounding_box": {"x": x, "y": y, "w": w, "h": h}}


def path(*flat: float) -> dict[str, Any]:
    return {"polygon": {"path": [{"x": x, "y": y} for x, y in zip(flat[0::2], flat[1::2], strict=True)]}}


def joints(*nodes: tuple[float, float, bool]) -> dict[str, Any]:
    return {"skeleton": {"nodes": [{"x": x, "y": y, "occluded": hidden} for x, y, hidden in nodes]}}


ONE = box(10, 20, 30, 40)
TAG: dict[str, Any] = {"tag": {}}
TRIANGLE = path(1, 2, 30, 2, 30, 40)

Expected = list[tuple[str, float, dict[str, Any]]]


def coco(**parts: Any) -> dict[str, Any]:
    return {"image_id": 1, "category_id": 3, "bbox": [10, 20, 30, 40], "score": 0.5, **parts}


COCO: list[tuple[Any, Expected]] = [
    ([coco()], [("class 3", 0.5, ONE)]),
    ([coco(), coco(category_id=7, bbox=[1, 2, -3, 4])], [("class 3", 0.5, ONE), ("class 7", 0.5, box(1, 2, 0, 4))]),
    (
        {"annotations": [coco(score=None)], "categories": [{"id": 3, "name": "cat"}], "images": []},
        [("cat", 1.0, ONE)],
    ),
    (
        {
            "annotations": [
                coco(segmentation=[[1, 2, 30, 2, 30, 40], [5, 5, 9, 5, 9, 9]]),
                coco(segmentation={"counts": "a", "size": [1, 1]}),
            ],
            "categories": [{"id": 3, "name": "cat"}],
        },
        [("cat", 0.5, TRIANGLE), ("cat", 0.5, path(5, 5, 9, 5, 9, 9)), ("cat", 0.5, ONE)],
    ),
    ({"results": [coco(score=87)]}, [("class 3", 0.87, ONE)]),
    ({"predictions": [coco(keypoints=[5, 6, 2, 7, 8, 1])]}, [("class 3", 0.5, joints((5, 6, False), (7, 8, True)))]),
    ({"annotations": [], "categories": []}, []),
    ({"annotations": [coco()], "categories": [{"id": 9}]}, [("class 3", 0.5, ONE)]),
]


def yolo(**parts: Any) -> dict[str, Any]:
    return {"name": "cat", "class": 0, "confidence": 0.5, "box": {"x1": 10, "y1": 20, "x2": 40, "y2": 60}, **parts}


TURNED = {"x1": 1, "y1": 2, "x2": 30, "y2": 2, "x3": 30, "y3": 40, "x4": 1, "y4": 40}
YOLO: list[tuple[Any, Expected]] = [
    ([yolo()], [("cat", 0.5, ONE)]),
    ([yolo(segments=XY)], [("cat", 0.5, TRIANGLE)]),
    ([yolo(segments=XY), yolo()], [("cat", 0.5, TRIANGLE), ("cat", 0.5, ONE)]),
    ([yolo(segments={"x": [1], "y": [1, 2]})], [("cat", 0.5, ONE)]),
    ([yolo(segments=["a"])], [("cat", 0.5, ONE)]),
    ([yolo(box=TURNED)], [("cat", 0.5, path(1, 2, 30, 2, 30, 40, 1, 40))]),
    ([yolo(box={"x1": 0.25, "y1": 0.5, "x2": 0.75, "y2": 1})], [("cat", 0.5, box(50, 50, 100, 50))]),
    ([yolo(box={"x1": 9, "y1": 9, "x2": 4, "y2": 12})], [("cat", 0.5, box(9, 9, 0, 3))]),
    (
        {
            "images": [
                {"results": [yolo(keypoints={"x": [5, 7], "y": [6, -8], "visible": [0.9, 0.1]})], "shape": [HIGH, WIDE]}
            ]
        },
        [("cat", 0.5, joints((5, 6, False), (7, 0, True)))],
    ),
    ([yolo(keypoints={"x": [5], "y": [6]})], [("cat", 0.5, joints((5, 6, False)))]),
    ([{"class": 1, "conf": 0.5, "xyxy": [10, 20, 40, 60]}], [("class 1", 0.5, ONE)]),
    ([{"cls": 1.0, "conf": 0.5, "xywh": [25, 40, 30, 40]}], [("class 1", 0.5, ONE)]),
    ({"images": [{"results": []}]}, []),
    (
        [{"xmin": 10, "ymin": 20, "xmax": 40, "ymax": 60, "confidence": 0.5, "class": 0, "name": "cat"}],
        [("cat", 0.5, ONE)],
    ),
    (
        {"predictions": [{"xmin": 0.25, "ymin": 0.5, "xmax": 0.75, "ymax": 1, "name": "cat"}]},
        [("cat", 1.0, box(50, 50, 100, 50))],
    ),
    ({"boxes": [[10, 20, 40, 60]], "scores": [0.5], "labels": [1]}, [("class 1", 0.5, ONE)]),
    ({"boxes": [[10, 20, 40, 60, 0.9, 1]], "conf": ["0.5"], "cls": [0], "names": {"0": "cat"}}, [("cat", 0.5, ONE)]),
    (
        {"boxes": [[10, 20, 30, 10]], "scores": [1.2], "classes": [1], "names": ["cat", "dog"]},
        [("dog", 1.0, box(10, 20, 30, 10))],
    ),
    ({"boxes": [[10, 20, 40, 60]], "scores": [0.5], "labels": ["cat"]}, [("cat", 0.5, ONE)]),
    ({"boxes": [[10, 20, 40, 60]], "labels": []}, [("object", 1.0, ONE)]),
    ({"boxes": [], "scores": [], "labels": []}, []),
]


def region(kind: str, value: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"from_name": "a", "to_name": "b", "type": kind, "value": {**value, kind: ["cat"]}, **parts}


RECTANGLE = {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0}
STUDIO: list[tuple[Any, Expected]] = [
    (
        {"predictions": [{"result": [region("rectanglelabels", RECTANGLE)], "score": 0.5}]},
        [("cat", 0.5, box(20, 20, 60, 40))],
    ),
    (
        {"results": [{"result": [region("rectanglelabels", RECTANGLE, score=0.25)]}]},
        [("cat", 0.25, box(20, 20, 60, 40))],
    ),
    ([region("polygonlabels", {"points": [[0.5, 2], [15, 2], [15, 40]]})], [("cat", 1.0, TRIANGLE)]),
    (
        [{"result": [region("keypointlabels", {"x": 10, "y": 20, "width": 1}), region("choices", {})]}],
        [("cat", 1.0, {"keypoint": {"x": 20, "y": 20}}), ("cat", 1.0, TAG)],
    ),
    (
        [region("ellipselabels", {"x": 50, "y": 50, "radiusX": 5, "radiusY": 10, "rotation": -90})],
        [("cat", 1.0, {"ellipse": {"angle": 270, "center": {"x": 100, "y": 50}, "radius": {"x": 10, "y": 10}}})],
    ),
    (
        [region("rectanglelabels", {**RECTANGLE, "rotation": 90})],
        [("cat", 1.0, path(20, 20, 20, 80, -20, 80, -20, 20))],
    ),
    (
        [
            region("rectanglelabels", {**RECTANGLE, "rotation": 90}),
            region("rectanglelabels", RECTANGLE),
            region("brushlabels", {"rle": [1]}),
        ],
        [("cat", 1.0, path(20, 20, 20, 80, -20, 80, -20, 20)), ("cat", 1.0, box(20, 20, 60, 40))],
    ),
    (
        [region("rectanglelabels", RECTANGLE), region("brushlabels", {"rle": [1]})],
        [("cat", 1.0, box(20, 20, 60, 40))],
    ),
    (
        [
            {"from_name": "a", "to_name": "b", "type": "labels", "value": {**RECTANGLE, "labels": ["dog"]}},
            {"from_name": "a", "to_name": "b", "type": "rectangle", "value": RECTANGLE},
        ],
        [("dog", 1.0, box(20, 20, 60, 40))],
    ),
    ({"predictions": [{"result": [], "score": 0.1}]}, []),
]


def hugging(**parts: Any) -> dict[str, Any]:
    return {"score": 0.5, "label": "cat", "box": {"xmin": 10, "ymin": 20, "xmax": 40, "ymax": 60}, **parts}


def flow(**parts: Any) -> dict[str, Any]:
    return {"x": 25, "y": 40, "width": 30, "height": 40, "confidence": 0.5, "class": "cat", "class_id": 0, **parts}


OTHERS: list[tuple[Any, Expected]] = [
    ([hugging(), hugging(label="dog", score=1)], [("cat", 0.5, ONE), ("dog", 1.0, ONE)]),
    ([{"label": "cat", "score": 0.75}, {"label": "dog", "score": 0.25}], [("cat", 0.75, TAG), ("dog", 0.25, TAG)]),
    (
        {"predictions": [{"label": "cat", "score": None}, {"label": "dog", "score": 0.5}]},
        [("cat", 1.0, TAG), ("dog", 0.5, TAG)],
    ),
    (
        [hugging(score="0.25"), {"label": "dog", "score": "1"}],
        [("cat", 0.25, ONE), ("dog", 1.0, TAG)],
    ),
    ([hugging(label=3)], [("class 3", 0.5, ONE)]),
    ({"predictions": [flow()], "image": {"width": WIDE, "height": HIGH}}, [("cat", 0.5, ONE)]),
    ({"predictions": [flow(points=POINTS)]}, [("cat", 0.5, TRIANGLE)]),
    (
        {"predictions": [flow(keypoints=[{"x": 5, "y": 6, "confidence": 0.2}, {"x": 7, "y": 8}])]},
        [("cat", 0.5, joints((5, 6, True), (7, 8, False)))],
    ),
    (
        {
            "result": [
                {
                    "inference": {"confidence": 0.5},
                    "name": "cat",
                    "polygon": {"paths": [POINTS, POINTS[::-1]]},
                    "bounding_box": {},
                }
            ]
        },
        [("cat", 0.5, TRIANGLE), ("cat", 0.5, path(30, 40, 30, 2, 1, 2))],
    ),
    (
        {
            "result": [
                {"inference": {"confidence": 0.5}, "annotation_class": {"name": "cat"}, "tag": {}},
                {"inference": {"confidence": 1}, "annotation_class": {"name": "dog"}, **box(1, 2, 3, 4)},
            ]
        },
        [("cat", 0.5, TAG), ("dog", 1.0, box(1, 2, 3, 4))],
    ),
    ([], []),
    ([[]], []),
    (["cat", "dog"], [("cat", 1.0, TAG), ("dog", 1.0, TAG)]),
    ([["cat", 0.5], ["dog", 20]], [("cat", 0.005, TAG), ("dog", 0.2, TAG)]),
    ([0.25, 0.75], [("class 1", 0.75, TAG)]),
    ([[0.1, 0.2, 0.1, 0.6]], [("class 3", 0.6, TAG)]),
    ([10, 20, 40, 60, 0.5, 2], [("class 2", 0.5, ONE)]),
    ([[10, 20, 40, 60, 0.5, 2], [1, 2, 4, 4, 0.25, 0]], [("class 2", 0.5, ONE), ("class 0", 0.25, box(1, 2, 3, 2))]),
    ([[[10, 20, 40, 60]]], [("object", 1.0, ONE)]),
    ([{"id": 1, "points": [[1, 2], [30, 2], [30, 40]]}], [("object", 1.0, TRIANGLE)]),
    ([{"category": "cat", "contour": [1, 2, 30, 2, 30, 40]}], [("cat", 1.0, TRIANGLE)]),
    (
        [{"category": "cat", "bbox": [10, 20, 40, 60]}, {"bbox": [1, 2, 4, 4]}],
        [("cat", 1.0, ONE), ("object", 1.0, box(1, 2, 3, 2))],
    ),
    (
        [{"class_id": 1, "bbox": [10, 20, 5, 6]}, {"bbox": [1, 2, 4, 4]}],
        [("class 1", 1.0, box(10, 20, 5, 6)), ("object", 1.0, box(1, 2, 4, 4))],
    ),
    # A class number that is none needs the table of names all the same.
    (
        [{"label": 0.5, "score": 0.5, "box": {"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}}],
        [("0.5", 0.5, box(1, 2, 2, 2))],
    ),
    ([{"name": "cat", "rect": {"left": 1, "top": 2, "width": 3, "height": 4}}], [("cat", 1.0, box(1, 2, 3, 4))]),
    ([{"name": "cat", "x": 1, "y": 2, "w": 3, "h": 4}], [("cat", 1.0, box(1, 2, 3, 4))]),
    ([{"name": "cat", "label": "cat", "confidence": 0.5, **TRIANGLE}], [("cat", 0.5, TRIANGLE)]),
    (
        [yolo(), yolo(segments=XY), yolo(box={}, polygon={"path": POINTS}), yolo(keypoints=[5, 6, 2])],
        [("cat", 0.5, ONE), ("cat", 0.5, TRIANGLE), ("cat", 0.5, TRIANGLE), ("cat", 0.5, joints((5, 6, False)))],
    ),
    ([{"name": "cat", "label": "cat", "confidence": "high", **box(1, 2, 3, 4)}], [("cat", 1.0, box(1, 2, 3, 4))]),
]


def tensor(shape: list[int], data: list[Any], datatype: str = "FP32", name: str = "out") -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape, "data": data}


TWO = tensor([1, 2, 4], [10, 20, 40, 60, 1, 2, 4, 4])
TRITON: list[tuple[Any, Expected]] = [
    (
        {"outputs": [tensor([1, 2], [0.5, 0.25]), TWO, tensor([1, 2], [2, 0], "INT64"), tensor([1], [2], "INT32")]},
        [("class 2", 0.5, ONE), ("class 0", 0.25, box(1, 2, 3, 2))],
    ),
    ({"outputs": [TWO, tensor([2], ["cat", "dog"], "BYTES")]}, [("cat", 1.0, ONE), ("dog", 1.0, box(1, 2, 3, 2))]),
    (
        {"outputs": [TWO, tensor([2], [1, 0], "FP32", "class_ids"), tensor([2], [0.5, 0.5])]},
        [("class 1", 0.5, ONE), ("class 0", 0.5, box(1, 2, 3, 2))],
    ),
    ({"outputs": [tensor([1, 4], [10, 20, 5, 6]), tensor([1], [0.5])]}, [("object", 0.5, box(10, 20, 5, 6))]),
    ({"outputs": [tensor([1, 1, 6], [10, 20, 40, 60, 0.5, 2])]}, [("class 2", 0.5, ONE)]),
    ({"outputs": [tensor([1, 3], [0.25, 0.5, 0.25])]}, [("class 1", 0.5, TAG)]),
    ({"outputs": [tensor([1, 3], [[0.25, 0.5, 0.25]])]}, [("class 1", 0.5, TAG)]),
    ({"outputs": [tensor([1, 2], ["0.5:281:tabby", "9:1:fish"], "BYTES")]}, [("tabby", 0.5, TAG), ("fish", 1.0, TAG)]),
    ({"outputs": [tensor([1, 0, 4], []), tensor([1, 0], [])]}, []),
    ({"outputs": [tensor([0, 4], []), tensor([0], []), tensor([1], [0], "INT32")]}, []),
    ({"predictions": [[0.1, 0.9]]}, [("class 1", 0.9, TAG)]),
]


@pytest.mark.parametrize(("answer", "expected"), [*COCO, *YOLO, *STUDIO, *OTHERS, *TRITON])
def test_an_adapter_turns_an_answer_into_the_contract(answer: Any, expected: Expected) -> None:
    before = json.dumps(answer)
    adapter = adapter_for(answer, WIDE, HIGH)
    assert adapter is not None
    assert schema_valid(adapter.value)
    told: Expected = []
    for result in adapter.value["results"]:
        assert result["label"] == result["name"]
        shape = {key: each for key, each in result.items() if key not in ("name", "label", "confidence")}
        told.append((result["name"], _round(result["confidence"]), json.loads(json.dumps(shape), parse_float=_round)))
    assert told == expected
    assert json.dumps(answer) == before  # theirs is left as it was
    assert adapter.name == other_format(answer)
    lines = adapter.source.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 120
    assert run(adapter.source, answer, WIDE, HIGH) == adapter.value  # what is pasted does what was shown


def _round(text: str | float) -> float:
    return round(float(text), 6)


IMPOSSIBLE: list[Any] = [
    {"status": "succeeded", "results": []},
    3,
    [hugging(box={"xmin": -1e308, "ymin": 2, "xmax": 1e308, "ymax": 4})],
    [hugging(score="nan")],
    [hugging(score=10**400)],
    [1, "a"],
    [{"a": 1}, 3],
    [{"label": "cat", "score": 0.5, "mask": "iVBORw0"}],
    [coco(bbox=None, segmentation={"counts": "a"})],
    [yolo(box="10 20")],
    [[1, 2, 3, 4], [1, 2]],
    [[1, "a"], [2, "b"]],
    {"boxes": {"x": 1}, "scores": []},
    {"boxes": [[1, 2]], "scores": [1]},
    {"outputs": [tensor([1], [1]), {"name": "a", "shape": []}]},
    {"outputs": [tensor([3], [1, 2, 3]), tensor([2], [1, 2])]},
    {"outputs": [tensor([1, 4], [[1, 2, 3, 4]]), tensor([1], [1])]},
    {"outputs": [{**tensor([1], [1, {}]), "shape": 3}]},
    {"predictions": [{"result": [{"value": {"text": ["a"]}}]}]},
    [{"from_name": "a", "to_name": "b"}],
    {"result": [{"inference": {}, **box(1, 2, -3, 4)}]},
]


@pytest.mark.parametrize("answer", IMPOSSIBLE)
def test_what_can_not_be_turned_has_no_adapter(answer: Any) -> None:
    assert adapter_for(answer, WIDE, HIGH) is None


HOSTILE = '"]); import os; os.system("x") #'


@pytest.mark.parametrize(
    "answer",
    [
        [{**hugging(label=HOSTILE), HOSTILE: 1}],
        [{"label": 1, "score": 1, HOSTILE: HOSTILE}],
        {"outputs": [tensor([1, 2], [0.5, 0.25], name=HOSTILE)], "model_name": HOSTILE},
        {"boxes": [[1, 2, 3, 4]], "labels": [HOSTILE], HOSTILE: []},
        [
            {
                "from_name": HOSTILE,
                "to_name": "b",
                "type": HOSTILE,
                "value": {**RECTANGLE, HOSTILE: ["a"], "labels": ["b"]},
            }
        ],
        {"annotations": [coco()], "categories": [{"id": 3, "name": HOSTILE}]},
    ],
)
def test_nothing_of_an_answers_text_gets_into_a_source(answer: Any) -> None:
    adapter = adapter_for(answer, WIDE, HIGH)
    assert adapter is not None
    assert "import" not in adapter.source
    assert "system" not in adapter.source


def test_a_source_that_is_run_reaches_nothing_but_its_answer() -> None:
    for line in ("import os", "open('/etc/passwd')", "eval('1')", "__import__('subprocess')"):
        with pytest.raises((KeyError, NameError)):
            run(f"def adapt(answer, width, height):\n    {line}\n", {}, 1, 1)


def test_before_and_after_show_the_start_of_their_data() -> None:
    adapter = adapter_for([hugging(label="x" * 60) for _ in range(900)], WIDE, HIGH)
    assert adapter is not None
    assert "… 898 more" in adapter.before
    assert "… 898 more" in adapter.after
    assert f'"label": "{"x" * 40}…"' in adapter.before
    assert '"bounding_box": {"x": 10.0, "y": 20.0, "w": 30.0, "h": 40.0}' in adapter.after
    assert len(adapter.before.splitlines()) < 20
    assert max(map(len, adapter.after.splitlines())) <= 80


def test_an_excerpt_is_text_that_can_be_shown() -> None:
    assert excerpt_text({}) == "{}"
    assert excerpt_text(list(range(12))) == "[0, 1, 2, 3, 4, 5, 6, 7, … 4 more]"
    assert excerpt_text("\ud800é") == '"?é"'
    assert excerpt_text({"a": [{"b": "c" * 39}, {"b": "c" * 39}]}).splitlines()[0] == "{"


def test_the_modules_say_what_they_offer() -> None:
    assert set(adapters.__all__) == {"Adapter", "adapter_for", "excerpt_text"}
