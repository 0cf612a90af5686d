"""Stubs, answers that vary, and silence for servers that only look like either."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from byom_gui.core.diagnosis import Diagnosis, stage_outcomes
from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.observations import Call, Observations, Variant
from tests.core.calls import BOX, TRIANGLE, body, call, endpoint, only, result, run

FIXED = body(result(), result(polygon={"path": TRIANGLE}))
OTHER = body(result(bounding_box={"x": 60, "y": 20, "w": 30, "h": 40}))
NOTHING = body()


def changed(kind: str, value: Any, of: str = "a.png", **options: Any) -> Call:
    name = of if kind == "again" else f"{kind} {of}"
    return replace(call(value, image=name, purpose="variant", **options), variant=Variant(kind, of))


def ids(diagnosis: Diagnosis) -> set[str]:
    return {finding.id for finding in diagnosis.findings}


def test_a_stub_answers_every_picture_alike() -> None:
    kinds = ("mirrored", "blank", "noise")
    found = only(run(call(FIXED), *(changed(kind, FIXED) for kind in kinds)), "behaviour.constant")
    assert (found.severity, found.count) == ("warning", 4)
    assert "2 shapes" in found.evidence


@pytest.mark.parametrize(
    ("base", "answers"),
    [
        (body(result(tag={})), {"mirrored": body(result(tag={})), "blank": body(result(tag={})), "noise": NOTHING}),
        (FIXED, {"mirrored": FIXED, "blank": NOTHING, "noise": NOTHING}),
        (FIXED, {"mirrored": FIXED, "blank": FIXED}),
        (FIXED, {"mirrored": OTHER, "blank": FIXED, "noise": FIXED}),
        (NOTHING, {"mirrored": NOTHING, "blank": NOTHING, "noise": NOTHING}),
    ],
    ids=["tags alone", "symmetric picture", "not all tried", "looks at the picture", "finds nothing"],
)
def test_what_only_looks_like_a_stub(base: Any, answers: dict[str, Any]) -> None:
    diagnosis = run(call(base), *(changed(kind, value) for kind, value in answers.items()))
    assert "behaviour.constant" not in ids(diagnosis)


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        (body(result()), body(result(confidence=0.5)), "results[0].confidence is 0.9, then 0.5"),
        (body(result()), body(), "results has 1, then 0"),
        (body(result("cat")), body(result("dog")), "results[0].name is"),
        (body(result()), body(result(bounding_box=None, tag={})), "results[0] is"),
        (body(result()), body(result(bounding_box=BOX | {"x": 10.004})), ""),
        (body(result()), body(result()), ""),
    ],
)
def test_the_same_picture_twice(one: Any, two: Any, words: str) -> None:
    diagnosis = run(call(one), changed("again", two))
    if words:
        assert words in only(diagnosis, "behaviour.unstable").evidence
    else:
        assert "behaviour.unstable" not in ids(diagnosis)


def test_only_the_very_same_request_is_compared() -> None:
    for again in (
        changed("again", NOTHING, of="b.png"),
        changed("again", NOTHING, way="url"),
        changed("again", raw=b"no", value=None),
        changed("mirrored", NOTHING),
    ):
        assert "behaviour.unstable" not in ids(run(call(FIXED), again))


def test_what_was_not_tried_is_listed() -> None:
    not_checked = {each.id for each in run(call(FIXED), changed("mirrored", FIXED)).not_checked}
    assert {"behaviour.constant", "behaviour.unstable"} <= not_checked
    all_kinds = [changed(kind, FIXED) for kind in ("mirrored", "blank", "noise", "again")]
    not_checked = {each.id for each in run(call(FIXED), *all_kinds).not_checked}
    assert not {"behaviour.constant", "behaviour.unstable"} & not_checked


def test_the_stages_of_what_was_tried() -> None:
    tried = changed("mirrored", FIXED), replace(call(FIXED, purpose="input"), kind="jpeg")
    observations = Observations(endpoint(), calls=(call(FIXED), *tried))
    slow = make("speed.slow", "Slow.")
    stages = {each.name: each for each in stage_outcomes(observations, (slow,), answered=True)}
    assert (stages["inputs"].outcome, stages["inputs"].detail) == ("passed", "1 call")
    assert (stages["behaviour"].outcome, stages["behaviour"].detail) == ("passed", "1 call; Slow.")
    nothing = {each.name: each for each in stage_outcomes(Observations(endpoint()), (), answered=True)}
    assert (nothing["inputs"].outcome, nothing["behaviour"].outcome) == ("skipped", "skipped")
    lost = make("input.url", "Lost.")
    assert stage_outcomes(observations, (lost,), answered=True)[-2].outcome == "failed"
