"""Units, layout, axes and orientation, judged from whole runs with changed pictures; silence where they can not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from byom_gui.core.diagnosis import Diagnosis
from byom_gui.core.diagnosis.geometry import IDS
from byom_gui.core.diagnosis.readings import Reading
from tests.core.pictures import calls, shaking, told

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
    for seed in range(4):
        made = calls(Reading(), kinds=kinds, count=count, seed=seed, probes=probes, shake=shaking(seed, 2))
        diagnosis = told(made)
        assert ids(diagnosis) == set()
        assert diagnosis.reading is None
