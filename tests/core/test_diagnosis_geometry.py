"""Units, layout, axes and orientation, judged from whole runs with changed pictures; silence where they can not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from byom_gui.core.classes import ClassList
from byom_gui.core.diagnosis import Diagnosis
from byom_gui.core.diagnosis.evidence import Score
from byom_gui.core.diagnosis.geometry import IDS, RULES, reading_of
from byom_gui.core.diagnosis.judging import common_size
from byom_gui.core.diagnosis.model import RunLook, RunRule
from byom_gui.core.diagnosis.readings import Fit, Reading
from byom_gui.core.observations import EdgeMap, Observations
from tests.core.calls import endpoint
from tests.core.pictures import SIZES, calls, edge_map, shaking, things, told

BOX, POLYGON, POINT = ("bounding_box",), ("polygon",), ("keypoint",)
MIXED = ("bounding_box", "polygon", "keypoint")


def ids(diagnosis: Diagnosis) -> set[str]:
    return {finding.id for finding in diagnosis.findings if finding.id in IDS}


@pytest.mark.parametrize(
    ("wrong", "kinds", "expected"),
    [
        (Reading((1, 1)), BOX, {"units.normalised"}),
        (Reading((1, 1), layout="centre"), BOX, {"units.normalised", "layout.centre"}),
        (Reading((1, 1), layout="corners", swap="all"), BOX, {"units.normalised", "layout.corners", "layout.swapped"}),
        (Reading((1, 1), "centred"), POLYGON, {"units.normalised"}),
        (Reading((100, 100)), POINT, {"units.percent"}),
        (Reading((640, 640)), MIXED, {"units.model-size"}),
        (Reading((640, 640), "centred", "centre"), BOX, {"units.model-size", "layout.centre"}),
        (Reading((1024, 1024), "corner"), ("line",), {"units.model-size"}),
        (Reading((333, 333)), ("ellipse",), {"units.model-size"}),
        (Reading((800, 600)), BOX, {"units.model-size"}),
        (Reading(layout="corners"), BOX, {"layout.corners"}),
        (Reading(layout="centre"), BOX, {"layout.centre"}),
        (Reading(swap="all"), ("skeleton",), {"layout.swapped"}),
        (Reading(swap="place"), BOX, {"layout.swapped"}),
        (Reading(unrotated=True), BOX, {"orientation.exif"}),
        (
            Reading((1, 1), layout="centre", unrotated=True),
            BOX,
            {"units.normalised", "layout.centre", "orientation.exif"},
        ),
    ],
)
@pytest.mark.parametrize(("count", "seed", "shake"), [(4, 1, 0.0), (25, 20, 1.5)])
def test_a_wrong_reading_is_named(
    wrong: Reading, kinds: Sequence[str], expected: set[str], count: int, seed: int, shake: float
) -> None:
    diagnosis = told(calls(wrong, kinds=kinds, count=count, seed=seed, shake=shaking(seed, shake)))
    assert ids(diagnosis) == expected
    assert not {finding.id for finding in diagnosis.findings} & {"shape.outside", "shape.degenerate"}


@pytest.mark.parametrize("kinds", [BOX, POLYGON, POINT, MIXED, ("tag",)])
@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize("probes", [(), ("mirrored",), ("mirrored", "half", "narrow", "padded", "turned-8")])
def test_a_sound_server_is_never_accused(kinds: Sequence[str], count: int, probes: Sequence[str]) -> None:
    for seed in range(2):
        made = calls(Reading(), kinds=kinds, count=count, seed=seed, probes=probes, shake=shaking(seed, 2))
        diagnosis = told(made)
        assert ids(diagnosis) == set()
        assert diagnosis.reading is None


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (Reading(), set()),
        (Reading((1, 1)), {"units.normalised"}),
        (Reading((1, 1), layout="corners"), {"units.normalised", "layout.corners"}),
        (Reading((640, 640)), set()),
        (Reading(layout="centre"), set()),
        (Reading(unrotated=True), set()),
    ],
)
def test_numbers_alone_show_little(wrong: Reading, expected: set[str]) -> None:
    diagnosis = told(calls(wrong, probes=(), count=10))
    assert ids(diagnosis) == expected
    assert {"units", "layout", "orientation"} <= {each.id for each in diagnosis.not_checked}


@pytest.mark.parametrize(
    ("wrong", "count", "expected"),
    [
        (Reading(), 10, set()),
        (Reading((1, 1), layout="centre"), 10, {"units.normalised", "layout.centre"}),
        (Reading((1, 1), layout="centre"), 3, {"units.normalised"}),
        (Reading(layout="corners"), 10, {"layout.corners"}),
        (Reading((2000, 2000)), 10, {"units.model-size"}),
    ],
)
def test_edges_help_where_no_picture_was_changed(wrong: Reading, count: int, expected: set[str]) -> None:
    edges = tuple(edge_map(f"{number}.png", size, things(1 + number, size, count)) for number, size in enumerate(SIZES))
    assert ids(told(calls(wrong, probes=(), count=count), edges)) == expected
    flat = tuple(EdgeMap(each.image, each.width, each.height, bytes(len(each.cells))) for each in edges)
    assert ids(told(calls(wrong, probes=(), count=count), flat)) <= {"units.normalised", "layout.corners"}


@pytest.mark.parametrize("wrong", [Reading(), Reading((640, 640)), Reading(layout="centre")])
def test_answers_that_do_not_look_at_the_picture_say_nothing(wrong: Reading) -> None:
    made = calls(wrong, probes=("mirrored", "half"))
    stuck = [replace(each, reply=made[0].reply) for each in made]
    diagnosis = told(stuck)
    assert ids(diagnosis) == set()
    assert {"units", "layout"} <= {each.id for each in diagnosis.not_checked}


def test_answers_that_follow_nothing_say_nothing() -> None:
    """Places by chance: among many readings one always fits a little better than the others."""
    for seed in range(4):
        made = [
            replace(each, reply=calls(Reading(), seed=1000 + seed * 50 + place, probes=())[0].reply)
            for place, each in enumerate(calls(Reading(), probes=("mirrored", "half", "upended", "narrow")))
        ]
        assert ids(told(made)) == set()


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_turned_pictures_of_the_user(orientation: int) -> None:
    """Without changed pictures, only places beyond the upright picture show it."""
    size = [(1200, 300), (1200, 280), (1000, 250)]
    before = calls(Reading(unrotated=True), probes=(), sizes=size, orientation=orientation, count=10)
    assert ids(told(before)) == ({"orientation.exif"} if orientation > 4 else set())
    assert ids(told(calls(Reading(), probes=(), sizes=size, orientation=orientation, count=10))) == set()


UPRIGHT = ("upright", "mirrored", "half", "upended")


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (Reading(), set()),
        (Reading(unrotated=True), {"orientation.exif"}),
        (Reading((1, 1)), {"units.normalised"}),
        (Reading((1, 1), unrotated=True), {"units.normalised", "orientation.exif"}),
        (Reading(layout="corners", unrotated=True), {"layout.corners", "orientation.exif"}),
    ],
)
def test_where_all_pictures_came_turned_their_upright_copies_tell(
    wrong: Reading, expected: set[str], orientation: int
) -> None:
    assert ids(told(calls(wrong, probes=UPRIGHT, orientation=orientation, shake=shaking(3, 1)))) == expected


def test_changed_pictures_of_turned_ones_say_nothing_without_an_upright_copy() -> None:
    assert ids(told(calls(Reading(layout="centre"), probes=("mirrored", "half"), orientation=6))) == set()


def _scored(total: float, edges: float = 0.0) -> Score:
    return Score((), 0.0, edges, total)


@pytest.mark.parametrize(
    ("best", "others", "expected"),
    [
        (Reading((88, 100)), {Reading((100, 100)): _scored(46)}, Reading((100, 100))),
        (Reading((88, 100)), {Reading((100, 100)): _scored(30)}, Reading((88, 100))),
        (Reading((88, 100)), {Reading((100, 100)): _scored(49, -4)}, Reading((88, 100))),
        (Reading((88, 100)), {Reading((100, 100), layout="centre"): _scored(49)}, Reading((88, 100))),
        (Reading((88, 100)), {Reading((224, 224)): _scored(49), Reading(): _scored(49)}, Reading((88, 100))),
        (
            Reading((622, 651)),
            {Reading((640, 640)): _scored(49), Reading((600, 600)): _scored(47)},
            Reading((640, 640)),
        ),
        (Reading((640, 651)), {Reading((640, 640)): _scored(49)}, Reading((640, 640))),
        (Reading((647, 647)), {Reading((640, 640)): _scored(49)}, Reading((640, 640))),
        (Reading((640, 480)), {Reading((600, 600)): _scored(50)}, Reading((640, 480))),
        (Reading((640, 640)), {Reading((600, 600)): _scored(50)}, Reading((640, 640))),
        (Reading(layout="centre"), {Reading((100, 100)): _scored(50)}, Reading(layout="centre")),
    ],
)
def test_an_odd_size_gives_way_to_a_common_one_beside_it(
    best: Reading, others: dict[Reading, Score], expected: Reading
) -> None:
    assert common_size(best, {best: _scored(50), **others}) == expected


def test_the_evidence_names_a_place_and_the_correction_applies_both() -> None:
    wrong = Reading((1, 1), layout="centre")
    diagnosis = told(calls(wrong, kinds=("tag", "polygon", "bounding_box"), count=9))
    finding = next(each for each in diagnosis.findings if each.id == "layout.centre")
    assert finding.where == "results[2].bounding_box"
    assert "1200 × 900" in finding.evidence
    assert finding.image == "0.png"
    assert "Confidence" in finding.evidence
    assert diagnosis.reading is not None
    assert (diagnosis.reading.size, diagnosis.reading.layout) == ((1, 1), "centre")
    assert diagnosis.reading.confidence > 0.5


@pytest.mark.parametrize(
    ("fit", "words"),
    [
        ("stretched", "x * width / 640"),
        ("centred", "(width - 640 * scale) / 2"),
        ("corner", "max(width / 640"),
        ("shorter", "min(width / 640"),
    ],
)
def test_the_snippet_is_of_the_size_that_was_found(fit: Fit, words: str) -> None:
    finding = next(
        each
        for each in told(calls(Reading((640, 640), fit), probes=("mirrored", "half", "narrow", "upended"))).findings
        if each.id == "units.model-size"
    )
    assert words in finding.snippet
    assert ("bars" in finding.cause) == (fit in ("centred", "corner"))


def test_pictures_of_no_known_size_are_left_out() -> None:
    made = [replace(each, image_width=0) for each in calls(Reading((1, 1)), probes=())]
    assert ids(told(made)) == set()


def test_a_look_at_many_answers_is_bounded() -> None:
    many = [replace(each, image_name=f"{number}") for number in range(40) for each in calls(Reading((1, 1)), probes=())]
    finding = next(each for each in told(many).findings if each.id == "units.normalised")
    assert "8 images" in finding.evidence


def test_a_run_that_was_not_judged_says_nothing() -> None:
    look = RunLook(Observations(endpoint()), (), (), ClassList(), None)
    assert reading_of(look) is None
    assert [finding for rule in RULES if isinstance(rule, RunRule) for finding in rule.check(look)] == []
