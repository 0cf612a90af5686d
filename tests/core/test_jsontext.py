from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byom_gui.core.jsontext import pretty

VALUE: dict[str, Any] = {
    "status": "succeeded",
    "results": [
        {
            "name": "nucleus",
            "polygon": {"path": [{"x": n, "y": 0.5} for n in range(5)]},
            "bounding_box": {"x": 1, "y": 2, "w": 3, "h": 4},
            "tag": {},
            "odd key.]": [None, True, False, []],
        }
    ],
}


def test_it_reads_as_in_the_picture() -> None:
    shown = pretty(VALUE)
    assert shown.lines[:9] == (
        "{",
        '  "status": "succeeded",',
        '  "results": [',
        "    {",
        '      "name": "nucleus",',
        '      "polygon": {',
        '        "path": [',
        '          {"x": 0, "y": 0.5},',
        '          {"x": 1, "y": 0.5},',
    )
    assert json.loads(shown.text) == VALUE
    assert not shown.cut


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("", "{", "}"),
        ("status", '  "status": "succeeded",', '  "status": "succeeded",'),
        ("results", '  "results": [', "  ]"),
        ("results[0]", "    {", "    }"),
        ("results[0].polygon.path", '        "path": [', "        ]"),
        ("results[0].polygon.path[4].y", '          {"x": 4, "y": 0.5}', '          {"x": 4, "y": 0.5}'),
        ("results[0].gone.deep[3]", "    {", "    }"),
        ('results[0]["odd key.]"][1].z', "        true,", "        true,"),
        ('results[0]["none"]', "    {", "    }"),
        ("elsewhere", "{", "}"),
    ],
)
def test_each_part_has_its_lines(path: str, first: str, last: str) -> None:
    shown = pretty(VALUE)
    span = shown.span_of(path)
    assert (shown.lines[span[0]], shown.lines[span[1]]) == (first, last)
    assert shown.line_of(path) == span[0]


def test_long_paths_are_cut_and_counted() -> None:
    shown = pretty(VALUE, max_points=2)
    assert "          … 3 more points" in shown.lines
    assert shown.cut
    assert not pretty(VALUE, max_points=4).cut, "cutting one line saves none"


def test_lines_are_limited() -> None:
    shown = pretty({"a": list(range(1000)), "b": [[1]]}, max_lines=6)
    assert shown.lines == (
        "{",
        '  "a": [',
        "    0,",
        "    1,",
        "    2,",
        "    3,",
        "    … 996 more",
        "  ],",
        "  … 1 more",
        "}",
    )
    assert shown.line_of("a[500]") == shown.line_of("a")


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["x", "y", "a", '"]', "b.c"]), inner, max_size=4)
        ),
        max_leaves=15,
    )
)
def test_the_text_means_the_same_and_every_part_lies_in_its_parent(value: Any) -> None:
    shown = pretty(value)
    assert json.loads(shown.text) == value
    assert all(0 <= first <= last < len(shown.lines) for first, last in shown.spans.values())
    assert shown.spans[""] == (0, len(shown.lines) - 1)


def points(count: int) -> list[dict[str, int]]:
    return [{"x": at, "y": at} for at in range(count)]


def test_long_lists_of_points_are_folded_short_ones_and_others_are_not() -> None:
    value = {"results": [{"polygon": {"path": points(12)}}, {"polygon": {"path": points(20)}}, {"a": list(range(30))}]}
    text = pretty(value)
    (fold,) = text.folds
    assert fold.text.strip() == "… 11 more points"
    assert fold.last - fold.first == 10
    assert text.lines[fold.first].strip() == '{"x": 9, "y": 9},'
    assert text.lines[fold.last].strip() == '{"x": 19, "y": 19}'
    assert [text.lines[line].strip() for line in text.results] == ["{"] * 3
    assert text.results == tuple(text.spans[f"results[{at}]"][0] for at in range(3))
    assert pretty([*points(20), 3]).folds == ()
