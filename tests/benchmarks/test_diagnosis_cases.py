"""A sample of the measured diagnosis: some sound servers and one of each family of faults, by the whole engine."""

from __future__ import annotations

import pytest

from benchmarks.diagnosis import cases_tuned, held_out, sound
from benchmarks.diagnosis.case import Case, Verdict, check
from benchmarks.diagnosis.faults import corners, letterboxed, shares, swapped
from benchmarks.diagnosis.pictures import pictures
from benchmarks.diagnosis.servers import Seen, kinds, result_of
from benchmarks.diagnosis.vision import NoPictureError, View, look
from byom_gui.core.diagnosis import CATALOGUE

SOUND = ("tags, the same of every picture", "none on some pictures", "one picture of one thing")
FAULTY = ("closed port", "NaN as confidence", "width for w", "Car and car", "url fails")
TUNED = (*cases_tuned.CASES, *cases_tuned.COMBINED)
HELD_OUT = (*held_out.CASES, *held_out.COMBINED)


def of(name: str) -> Case:
    return next(each for each in (*TUNED, *sound.SOUND) if each.name == name)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_server_is_not_accused(name: str) -> None:
    verdict = Verdict(of(name), check(of(name), quick=True))
    assert verdict.false == ()
    assert verdict.outcome.calls > 2


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_named_and_no_other(name: str) -> None:
    verdict = Verdict(of(name), check(of(name), quick=True))
    assert not verdict.missed
    assert verdict.false == ()


def test_every_id_is_tried_on_three_servers_and_a_third_is_kept_aside() -> None:
    def count(cases: tuple[Case, ...], id: str) -> int:
        return sum(id in each.ids for each in cases)

    for id in set(CATALOGUE) - {"net.url-invalid"}:
        kept = count(held_out.CASES, id)
        assert count(cases_tuned.CASES, id) >= 2, id
        assert kept >= 1, id
    assert len(cases_tuned.COMBINED) + len(held_out.COMBINED) >= 25
    assert len(sound.SOUND) >= 15


def test_names_are_unique_and_ids_are_known() -> None:
    cases = (*TUNED, *HELD_OUT, *sound.SOUND, *held_out.SOUND)
    assert len({each.name for each in cases}) == len(cases)
    assert {id for each in cases for id in each.ids | each.may} <= CATALOGUE.keys()
    assert all(pictures(each.images) for each in cases)


def _seen(data: bytes = b"") -> Seen:
    data = data or pictures("wide")[0].data
    return Seen(look(data), data)


def test_the_model_sees_what_was_drawn_and_follows_the_turn() -> None:
    upright = look(pictures("phone")[0].data)
    raw = look(pictures("phone")[0].data, upright=False)
    assert (upright.width, upright.height) == (480, 720) == (raw.height, raw.width)
    turned = sorted((thing.box[1], upright.width - thing.box[2]) for thing in upright.things)
    lying = sorted((thing.box[0], thing.box[1]) for thing in raw.things)
    assert [side for place in lying for side in place] == pytest.approx([s for place in turned for s in place], abs=1)
    with pytest.raises(NoPictureError):
        look(b"no picture")


def _first(view: View) -> list[dict[str, object]]:
    return [result_of(view.things[0], kinds())]


def test_faults_of_geometry_are_what_they_say() -> None:
    seen = _seen()
    box = result_of(seen.view.things[0], kinds())["bounding_box"]
    width, height = seen.view.width, seen.view.height
    [share] = shares()(_first(seen.view), seen)
    assert share["bounding_box"]["w"] == pytest.approx(box["w"] / width)
    [corner] = corners()(_first(seen.view), seen)
    assert corner["bounding_box"] == {**box, "w": box["x"] + box["w"], "h": box["y"] + box["h"]}
    [other] = swapped()(_first(seen.view), seen)
    assert other["bounding_box"] == {"x": box["y"], "y": box["x"], "w": box["h"], "h": box["w"]}
    [boxed] = letterboxed(640)(_first(seen.view), seen)
    scale = 640 / width
    assert boxed["bounding_box"]["y"] == pytest.approx(box["y"] * scale + (640 - height * scale) / 2)
