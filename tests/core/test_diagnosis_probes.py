"""Which calls are worth making next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from byom_gui.core.diagnosis import Answered, probes, read_call
from byom_gui.core.diagnosis.readings import Reading
from byom_gui.core.observations import Reply
from tests.core.calls import body, call, result
from tests.core.pictures import calls

FIRST = ("mirrored", "half", "turned-6", "turned-8")


def answered(wrong: Reading, *changes: str, count: int = 4) -> list[Answered]:
    return [read_call(each) for each in calls(wrong, probes=changes, count=count)]


def test_the_first_round_is_of_two_pictures() -> None:
    found = probes.first_probes(answered(Reading()), 100)
    assert len(found) == probes.FIRST_ROUND
    assert {each.image for each in found} == {"0.png", "1.png"}
    assert {"mirrored", "half", "blank", "noise", "again", "turned-6", "turned-8"} == {each.kind for each in found}
    assert probes.first_probes(answered(Reading()), 3) == found[:3]
    assert probes.first_probes(answered(Reading()), -1) == ()


def test_pictures_that_all_came_turned_bring_upright_copies() -> None:
    turned = [read_call(each) for each in calls(Reading(), probes=(), orientation=6)]
    found = probes.first_probes(turned, 100)
    assert len(found) == probes.FIRST_ROUND
    assert [each.image for each in found if each.kind == "upright"] == ["0.png", "1.png", "2.png"]
    assert {each.kind for each in found} == {"upright", "mirrored", "half", "blank", "noise", "again"}
    mixed = [*answered(Reading())[:1], *turned[1:]]
    assert {each.image for each in probes.first_probes(mixed, 100)} == {"0.png"}


def test_one_picture_alone_is_changed_too() -> None:
    found = probes.first_probes(answered(Reading())[:1], 100)
    assert {each.image for each in found} == {"0.png"}
    assert len(found) == len(set(found)) < probes.FIRST_ROUND


def test_tags_alone_are_asked_for_again() -> None:
    only_tags = [read_call(call(body(result(tag={}))))]
    assert probes.first_probes(only_tags, 100) == (probes.Probe("again", "a.png"),)
    assert probes.first_probes([], 100) == ()


def test_a_picture_without_an_answer_is_not_asked_for_again() -> None:
    tagged = call(body(result(tag={})))
    failed = replace(tagged, image_name="b.png", reply=Reply(500, (), b""))
    assert probes.first_probes([read_call(tagged), read_call(failed)], 100) == (probes.Probe("again", "a.png"),)
    assert probes.first_probes([read_call(failed)], 100) == ()


@pytest.mark.parametrize("wrong", [Reading(layout="centre"), Reading((640, 640)), Reading((1, 1))])
def test_an_odd_answer_brings_a_second_round(wrong: Reading) -> None:
    given = answered(wrong, *FIRST)
    found = probes.next_probes(given, 100)
    assert len(found) == probes.SECOND_ROUND - 1  # one of them was made before
    assert not {("mirrored", "0.png"), ("mirrored", "1.png")} & {(each.kind, each.image) for each in found}
    assert probes.next_probes(given, 2) == found[:2]


def test_a_sound_answer_brings_no_second_round() -> None:
    assert probes.next_probes(answered(Reading(), *FIRST), 100) == ()
    assert probes.next_probes(answered(Reading((1, 1))), 100) == ()  # no changed picture brought anything
    assert probes.next_probes([], 100) == ()


def test_pictures_with_some_places_come_first() -> None:
    one, many = answered(Reading(), count=1)[0], answered(Reading(), count=4)[1]
    crowd = answered(Reading(), count=50)[2]
    ping = replace(many, call=replace(many.call, purpose="ping", image_name="sample"))
    turned = replace(many, call=replace(many.call, image_orientation=6, image_name="turned"))
    assert probes.suitable([one, crowd, ping, turned, many]) == ("1.png", "0.png", "2.png")


def test_cells_are_in_the_order_of_their_worth() -> None:
    cells = probes.input_cells(1000, ("base64", "url", "data-uri"))
    assert len(cells) == len(set(cells)) == probes.input_calls(True)
    assert probes.input_calls(False) < probes.input_calls(True) < 70
    assert [cell.kind for cell in cells[:6]] == list(probes.COMMON)
    assert {cell.kind for cell in cells if cell.way == "base64"} == set(probes.KINDS) == set(probes.KIND_TITLES)
    assert {cell.kind for cell in cells if cell.way == "data-uri"} == {*probes.COMMON, *probes.RARE}
    assert probes.input_cells(4, ("url",)) == tuple(probes.Cell("url", kind) for kind in probes.COMMON[:4])
    assert probes.input_cells(5, ()) == probes.input_cells(-3, ("url",)) == ()
