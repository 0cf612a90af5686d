"""The findings that bring lines to paste: adapters run on the user's own answer, and the small repairs."""

from __future__ import annotations

from typing import Any

import pytest

from byom_gui.core.contract import schema_valid
from byom_gui.core.findings import Action
from tests.core.calls import BOX, TRIANGLE, bare, body, call, findings, only, result, run

HUGGING = [{"score": 0.5, "label": "cat", "box": {"xmin": 0.1, "ymin": 0.2, "xmax": 0.3, "ymax": 0.4}}]


def test_another_form_brings_an_adapter_that_was_run_on_the_answer() -> None:
    (finding,) = findings(HUGGING)
    assert finding.id == "schema.other-format"
    assert finding.action == Action("copy-adapter", finding.snippet, "Copy the adapter")
    assert '"xmin": 0.1' in finding.before
    assert '"bounding_box": {"x": 10.0, "y": 20.0, "w": ' in finding.after  # the test's image has 100 pixels a side
    assert "adapt(answer, width, height)" in finding.fix


def test_the_adapter_comes_from_the_first_answer_that_is_not_empty() -> None:
    finding = only(run(call([], image="none.png"), call([[10, 20, 30, 40]], image="one.png")), "schema.other-format")
    assert finding.count == 2
    assert finding.action is not None
    assert finding.action.argument == finding.snippet
    assert "[10, 20, 30, 40]" in finding.before


def test_without_an_adapter_the_form_that_is_due_is_shown() -> None:
    (empty,) = findings([])
    (odd,) = findings([1, "a"])
    for finding in (empty, odd):
        assert finding.action is None
        assert '"status": "succeeded"' in finding.snippet
        assert not finding.after
    (masked,) = findings([{"score": 0.5, "label": "cat", "mask": "iVBORw0"}])
    assert "findContours" in masked.snippet


PATHS = body(bare(polygon={"paths": [TRIANGLE, TRIANGLE[::-1]]}))
REPAIRS: list[tuple[Any, str, str]] = [
    (PATHS, "schema.polygon-paths", "results"),
    (body(result(attributes={"colour": "red", "size": 3})), "schema.attributes-object", "attributes"),
    (body(bare(polygon={"path": [[1, 2], [3, 4], [5, 6]]})), "schema.point-pairs", "points"),
]


@pytest.mark.parametrize(("answer", "id", "name"), REPAIRS)
def test_the_lines_of_a_repair_do_what_they_say(answer: Any, id: str, name: str) -> None:
    (finding,) = [each for each in findings(answer) if each.id == id]
    holder = answer["results"][0]
    scope: dict[str, Any] = {
        "results": answer["results"],
        "attributes": holder.get("attributes"),
        "points": holder.get("polygon", {}).get("path"),
    }
    exec(finding.snippet, scope)
    mended = scope["results"]
    if name == "attributes":
        mended = [{**holder, "attributes": scope["attributes"]}]
    elif name == "points":
        mended = [{**holder, "polygon": {"path": scope["points"]}}]
    assert schema_valid(body(*mended))
    assert len(mended) == (2 if name == "results" else 1)


@pytest.mark.parametrize("shape", [{"mask": {"rle": [1]}}, {"counts": "a"}])
def test_a_mask_brings_the_lines_that_make_polygons(shape: dict[str, Any]) -> None:
    (finding,) = findings(body(bare(**shape)))
    assert "findContours" in finding.snippet
    compile(finding.snippet, "snippet", "exec")


def test_other_unsupported_shapes_bring_none() -> None:
    (finding,) = findings(body(bare(circle=BOX)))
    assert not finding.snippet
    (odd,) = [each for each in findings(body(result(attributes="red"))) if each.id == "schema.type"]
    assert not odd.snippet
