from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byom_gui.core import contract, predictions
from byom_gui.core.classes import ClassEntry
from byom_gui.core.contract import (
    classes_valid,
    read_answer,
    read_classes,
    request_body_valid,
    schema_valid,
)
from byom_gui.core.errors import JsonError
from byom_gui.core.strict_json import DuplicateKey
from byom_gui.core.wording import SAMPLES, kind_of, shown
from tests.core.calls import BOX, NODE, POINT, SHAPES, TRIANGLE, bare, body, result


def read(value: Any) -> contract.Answer:
    return read_answer(json.dumps(value).encode())


ACCEPTED: list[Any] = [
    {"status": "succeeded"},
    {"status": "failed", "results": []},
    {"status": "succeeded", "results": [], "more": [1]},
    *(body(bare(**{name: shape})) for name, shape in SHAPES.items()),
    body(bare(tag={"anything": 1})),
    body(result(label=3)),
    body(result(label=None) | {"label": None}),
    body(result(confidence=0), result(confidence=1)),
    body(result(text={"text": "abc"}, attributes=["a", 3, {}])),
    body(result(bounding_box={**BOX, "x": -5, "y": -5, "w": 0, "h": 0})),
    body(bare(polygon={"path": []})),
    body(bare(polygon={"path": "abc"})),
    body(bare(line={"path": {"x": 1}})),
    body(bare(skeleton={"nodes": []})),
    body(bare(skeleton={"nodes": [{"x": 0, "y": 0, "occluded": True, "name": 7}]})),
    body(result(mask={"rle": [1]}, foo=1)),
]

# The answer, then each problem as (path, rule, a word of its message).
REFUSED: list[tuple[Any, list[tuple[str, str, str]]]] = [
    ([], [("", "type", "found an array")]),
    (3, [("", "type", "a number")]),
    ({"results": []}, [("", "required", "“status” is missing")]),
    ({"status": "ok"}, [("status", "enum", "“succeeded” or “failed”")]),
    (
        {"status": True, "results": {}},
        [("status", "enum", "true"), ("results", "type", "an array; found the object {}")],
    ),
    (body(None), [("results[0]", "type", "null")]),
    (body(result(), bare()), [("results[1]", "oneOf", "one shape; found none")]),
    (body(result(polygon=SHAPES["polygon"], bounding_box=BOX)), [("results[0]", "oneOf", "bounding_box and polygon")]),
    (body(result(name=None)), [("results[0]", "required", "“name”")]),
    (body(result(label=None)), [("results[0]", "required", "“label”")]),
    (body(result(name=3)), [("results[0].name", "type", "a string; found the number 3")]),
    (body(result(confidence="0.5")), [("results[0].confidence", "type", "a number; found the string “0.5”")]),
    (body(result(confidence=True)), [("results[0].confidence", "type", "the boolean true")]),
    (body(result(confidence=1.5)), [("results[0].confidence", "maximum", "at most 1; found 1.5")]),
    (body(result(confidence=-0.1)), [("results[0].confidence", "minimum", "at least 0")]),
    (body(result(attributes={"a": 1})), [("results[0].attributes", "type", "an array; found the object")]),
    (body(result(text={"value": 1})), [("results[0].text", "required", "“text”")]),
    (body(result(bounding_box={**BOX, "w": -1})), [("results[0].bounding_box.w", "minimum", "-1")]),
    (body(result(bounding_box=[1, 2, 3, 4])), [("results[0].bounding_box", "type", "[1, 2, 3, 4]")]),
    (body(bare(tag=[])), [("results[0].tag", "type", "an object; found the array []")]),
    (body(bare(polygon={"paths": [TRIANGLE]})), [("results[0].polygon", "required", "“path”")]),
    (
        body(bare(polygon={"path": [*TRIANGLE * 3, [1, 2], {"x": 1}]})),
        [("results[0].polygon.path[9]", "type", "[1, 2]"), ("results[0].polygon.path[10]", "required", "“y”")],
    ),
    (body(bare(line={"path": [*TRIANGLE, {"x": 1, "y": "2"}]})), [("results[0].line.path[3].y", "type", "“2”")]),
    (body(bare(keypoint={"x": 1})), [("results[0].keypoint", "required", "“y”")]),
    (
        body(bare(ellipse={"angle": -1, "center": POINT, "radius": 3})),
        [
            ("results[0].ellipse.angle", "minimum", "-1"),
            ("results[0].ellipse.radius", "type", "an object; found the number 3"),
        ],
    ),
    (body(bare(cuboid={"front": BOX})), [("results[0].cuboid", "required", "“back”")]),
    (
        body(bare(skeleton={"nodes": [NODE, {**NODE, "x": -1}, {**NODE, "occluded": 0}]})),
        [
            ("results[0].skeleton.nodes[1].x", "minimum", "-1"),
            ("results[0].skeleton.nodes[2].occluded", "type", "a boolean; found the number 0"),
        ],
    ),
    (body(bare(skeleton={"nodes": 3})), [("results[0].skeleton.nodes", "type", "an array; found the number 3")]),
    (
        body(bare(directional_vector={"angle": 1, "length": -1})),
        [("results[0].directional_vector.length", "minimum", "-1")],
    ),
]


@pytest.mark.parametrize("value", ACCEPTED)
def test_what_the_contract_lets_through(value: Any) -> None:
    assert schema_valid(value)
    answer = read(value)
    assert answer.schema_valid
    assert answer.value == value
    assert answer.status == value["status"]


@pytest.mark.parametrize(("value", "expected"), REFUSED)
def test_what_the_contract_refuses_and_where(value: Any, expected: list[tuple[str, str, str]]) -> None:
    assert not schema_valid(value)
    answer = read(value)
    assert not answer.schema_valid
    assert [(each.path, each.rule) for each in answer.problems] == [row[:2] for row in expected]
    for problem, (path, _, word) in zip(answer.problems, expected, strict=True):
        assert word in problem.message
        assert problem.places == (path,)
        assert problem.count == 1


def test_both_judges_agree_on_the_same_schema() -> None:
    slow = jsonschema.Draft202012Validator(contract.schema("response"))
    slow.check_schema(contract.schema("response"))
    for value in [*ACCEPTED, *(row[0] for row in REFUSED)]:
        assert slow.is_valid(value) == schema_valid(value)


_NUMBERS = st.sampled_from([0, 1, -1, 0.5, 87, 1.0, -0.0, 10**20, True, None, "1"])


@st.composite
def _broken(draw: st.DrawFn) -> Any:
    """An answer with a few parts taken away, replaced or added anywhere in it."""
    names = draw(st.lists(st.sampled_from(sorted(SHAPES)), max_size=3))
    value: Any = body(*(copy.deepcopy(bare(**{name: SHAPES[name]})) for name in names))
    for _ in range(draw(st.integers(0, 3))):
        spots = list(_spots(value))
        holder, key = draw(st.sampled_from(spots))
        change = draw(st.sampled_from(["drop", "replace", "add"]))
        if change == "drop":
            del holder[key]
        elif change == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(["tag", "text", "attributes", "path", "x", "results"]))] = draw(_JUNK)
        else:
            holder[key] = draw(_NUMBERS | _JUNK)
        if not value:
            break
    return value


_JUNK = st.sampled_from([{}, [], [{"x": 1, "y": 2}], [[1, 2]], {"text": "t"}, "abc"]).map(copy.deepcopy)


def _spots(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        yield value, key
        yield from _spots(item)


@settings(max_examples=300, deadline=None)
@given(_broken())
def test_reading_never_fails_and_tells_what_the_slow_judge_tells(value: Any) -> None:
    slow = jsonschema.Draft202012Validator(contract.schema("response"))
    answer = read(value)
    assert answer.schema_valid == slow.is_valid(value)
    assert answer.schema_valid or answer.problems
    assert len(answer.predictions) <= len(answer.results or [])


def test_every_shape_becomes_its_own_value() -> None:
    results = [bare(**{name: shape}) for name, shape in SHAPES.items()]
    read_shapes = {each.shape_name: each.shape for each in read(body(*results)).predictions}
    box = predictions.BoundingBox(10, 20, 30, 40)
    path = tuple(predictions.Point(point["x"], point["y"]) for point in TRIANGLE)
    assert read_shapes == {
        "tag": predictions.Tag(),
        "bounding_box": box,
        "polygon": predictions.Polygon(path),
        "line": predictions.Line(path[:2]),
        "keypoint": predictions.Keypoint(10, 20.5),
        "ellipse": predictions.Ellipse(0, predictions.Point(50, 50), predictions.Point(5, 6)),
        "cuboid": predictions.Cuboid(box, box),
        "skeleton": predictions.Skeleton((predictions.Node(1, 2, False, "head"),)),
        "directional_vector": predictions.DirectionalVector(1, 2),
    }


def test_text_and_attributes_come_along() -> None:
    odd_node = {**NODE, "name": 7}
    first, second, third = read(
        body(
            result(text={"text": "A1"}, attributes=["blurred", 3]),
            result(label=7, text=None),
            bare(skeleton={"nodes": [odd_node]}, label=None, text={"text": 3}, attributes={}),
        )
    ).predictions
    assert (first.text, first.attributes, first.label) == ("A1", ("blurred",), "cat")
    assert (second.text, second.attributes, second.label) == (None, (), "7")
    assert (third.text, third.attributes, third.label) == (None, (), "")
    assert third.shape == predictions.Skeleton((predictions.Node(1, 2, False, ""),))


def test_results_that_can_be_understood_survive_the_others() -> None:
    understood = [result(), result(confidence=87), result(confidence=-3), result(label=None)]
    lost = [
        3,
        bare(),
        result(name=None),
        result(confidence="x"),
        result(keypoint=POINT, tag={}),
        bare(polygon={"path": [[1, 2]]}),
    ]
    answer = read(body(*understood, *lost))
    assert [(each.index, each.confidence) for each in answer.predictions] == [(0, 0.9), (1, 1.0), (2, 0.0), (3, 0.9)]


def test_a_number_too_large_for_a_coordinate_is_not_understood() -> None:
    """The strict reader refuses it first; a value from elsewhere must not crash."""
    from byom_gui.core.answers import prediction_of

    assert prediction_of(0, result(bounding_box={**BOX, "x": 10**400})) is None


def test_a_path_that_is_no_list_is_let_through_and_told() -> None:
    answer = read(body(result(), bare(polygon={"path": "abc"}), bare(line={"path": 3})))
    assert answer.schema_valid
    (problem,) = answer.problems
    assert (problem.path, problem.rule, problem.count) == ("results[1].polygon.path", "path-type", 2)
    assert problem.places == ("results[1].polygon.path", "results[2].line.path")
    assert len(answer.predictions) == 1


def test_many_equal_faults_are_one_problem_with_a_count() -> None:
    broken = {"x": 1, "y": 2, "width": 3, "h": 4}
    answer = read(body(*(result(bounding_box=broken if n % 2 else BOX) for n in range(1800))))
    (problem,) = answer.problems
    assert problem.count == 900
    assert problem.places == tuple(f"results[{n}].bounding_box" for n in (1, 3, 5, 7, 9))
    assert len(answer.predictions) == 900


def test_different_faults_are_told_apart() -> None:
    answer = read(body(*([bare()] * 7 + [bare(tag={}, keypoint=POINT)] * 3 + [result(confidence=2)] * 6)))
    assert [(each.rule, each.count) for each in answer.problems] == [("oneOf", 7), ("oneOf", 3), ("maximum", 6)]


def test_bad_points_of_one_path_are_one_fault_of_their_result() -> None:
    answer = read(body(bare(polygon={"path": [[1, 2]] * 300})))
    assert [(each.path, each.count) for each in answer.problems] == [("results[0].polygon.path[0]", 1)]


def test_thousands_of_kinds_of_fault_stay_bounded() -> None:
    answer = read(body(*(bare(**{f"key{n}": 1}) for n in range(3 * SAMPLES))))
    (problem,) = answer.problems
    assert problem.count >= SAMPLES
    assert len(problem.places) == 5


def test_repeated_keys_are_handed_on() -> None:
    assert read_answer(b'{"status": "failed", "status": "failed"}').duplicates == (DuplicateKey("", "status"),)


def test_no_json_is_refused() -> None:
    with pytest.raises(JsonError):
        read_answer(b"{'status': 1}")


def test_what_can_not_be_sent_is_not_valid() -> None:
    assert not schema_valid({"status": "failed", "\ud800": 1})


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ({"image": {"url": "https://example.org/a.png?x=1"}}, True),
        ({"image": {"base64": "iVBORw0KGgo="}, "more": 1}, True),
        ({"image": {"base64": "data:image/png;base64,iVBO"}}, False),
        ({"image": {"url": "file:///etc/passwd"}}, False),
        ({"image": {"url": "https://a", "base64": "aaaa"}}, False),
        ({"image": {}}, False),
        ({"image": "iVBO"}, False),
        ({}, False),
    ],
)
def test_request_bodies(value: Any, valid: bool) -> None:
    assert request_body_valid(value) is valid


CLASSES: list[tuple[Any, int, list[str]]] = [
    ([{"name": "a", "type": "tag", "more": 1}, {"name": "", "type": "bbox"}], 2, []),
    ([], 0, []),
    ({"classes": []}, 0, [""]),
    (["a", {"name": "b", "type": "tag"}], 1, ["[0]"]),
    (
        [{"name": "b"}, {"type": "tag"}, {"name": 3, "type": "tag"}, {"name": "b", "type": None}],
        0,
        ["[0]", "[1]", "[2].name", "[3].type"],
    ),
]


@pytest.mark.parametrize(("value", "understood", "places"), CLASSES)
def test_class_lists(value: Any, understood: int, places: list[str]) -> None:
    served = read_classes(json.dumps(value).encode())
    assert len(served.entries) == understood
    assert [problem.path for problem in served.problems] == places
    assert classes_valid(value) is not bool(places)


def test_class_entries_keep_their_order() -> None:
    served = read_classes(b'[{"name": "b", "type": "tag"}, {"name": "a", "type": "line"}]')
    assert served.entries == (ClassEntry("b", "tag"), ClassEntry("a", "line"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("abc", "“abc”"),
        ("a" * 100, "“" + "a" * 60 + "…”"),
        (None, "null"),
        (0.5, "0.5"),
        ({"a": [1, [2]], "b": {"c": {}, "d": 1}}, '{"a": [1, "…"], "b": {"c": "…", "d": 1}}'),
        ([[1, 2, 3, 4, 5], "x"], '["…", "x"]'),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, …]"),
        (["x" * 100], '["' + "x" * 58 + "…"),
    ],
)
def test_values_are_shown_on_one_short_line(value: Any, text: str) -> None:
    assert shown(value) == text


def test_kinds_have_plain_names() -> None:
    values: tuple[object, ...] = (None, True, 1, 1.5, "", [], {})
    assert [kind_of(value) for value in values] == [
        "null",
        "a boolean",
        "a number",
        "a number",
        "a string",
        "an array",
        "an object",
    ]
