"""What is said of classes: the list to register, what is served, and what is returned."""

from __future__ import annotations

from typing import Any

import pytest

from byom_gui.core.classes import ClassList
from byom_gui.core.diagnosis import CATALOGUE
from byom_gui.core.findings import Finding
from byom_gui.core.observations import NetFailure
from byom_gui.core.reconcile import SeenClass, rows
from tests.core.calls import bare, body, call, classes, classes_seen, failed, ids, only, result, run

LISTED = classes(("nucleus", "polygon"), ("debris", "bounding_box"))


def test_another_spelling_reads_as_in_the_picture() -> None:
    answers = [
        call(body(*(result("Nucleus", polygon=TRIANGLE_) for _ in range(n))), image=f"{n}.png")
        for n in (100, 50, 30, 10)
    ]
    finding = only(run(*answers, listed=LISTED), "classes.near-match")
    assert finding.what == "The model returned “Nucleus”, but the class list has “nucleus”."
    assert finding.evidence == "“name” is “Nucleus” in 190 results on 4 of 4 images; the list has “nucleus” (polygon)."
    assert "one capital letter" in finding.cause
    assert "not published" in finding.cause
    assert "assumed" in finding.cause
    assert (finding.count, finding.where, finding.image) == (190, "results[0].name", "100.png")
    assert finding.action is not None
    assert (finding.action.verb, finding.action.argument) == ("rename-class", "nucleus\nNucleus")


def test_names_of_results_that_can_not_be_read_are_compared_too() -> None:
    odd = [result("Nucleus", confidence="0.9"), result("nucleus", polygon=TRIANGLE_), "no result", result(7), bare()]
    diagnosis = run(call(body(*odd, bare(name="cell", tag={}, keypoint={"x": 1, "y": 1}))), listed=LISTED)
    finding = only(diagnosis, "classes.near-match")
    assert (finding.count, finding.where) == (1, "results[0].name")
    assert "classes.unregistered" not in ids(diagnosis.findings)


TRIANGLE_ = {"path": [{"x": 1, "y": 1}, {"x": 50, "y": 1}, {"x": 1, "y": 50}]}

CLASSES: list[tuple[ClassList | None, list[dict[str, Any]], list[str]]] = [
    (classes(("cat", "bounding_box")), [result()], []),
    (classes(("dog", "tag")), [result()], ["classes.unregistered", "classes.unseen"]),
    (classes(("CAT", "bounding_box")), [result()], ["classes.near-match"]),
    (classes(("c a-t", "bounding_box")), [result()], ["classes.near-match"]),
    (classes(("cat", "polygon")), [result()], ["classes.type-mismatch"]),
    (classes(("cat", "bbox")), [result()], ["classes.unknown-type"]),
    (classes(("cat", "weird")), [result()], ["classes.unknown-type"]),
    (classes(("cat", "weird")), [], ["classes.unknown-type"]),
    (classes(("cat", "mask")), [result()], ["classes.unknown-type"]),
    (classes(("cat", "bounding_box"), ("cat", "bounding_box")), [result()], ["classes.duplicate"]),
    (classes(("cat", "bounding_box"), ("cat", "tag")), [result()], ["classes.duplicate"]),
    (classes(("cat", "bounding_box"), (" ", "tag")), [result()], ["classes.empty-name"]),
    (classes(("cat", "bounding_box"), ("N/A", "tag")), [result()], ["classes.background", "classes.unseen"]),
    (classes(("cat", "bounding_box"), ("__ignore__", "tag")), [result()], ["classes.background", "classes.unseen"]),
    (
        classes(("cat", "bounding_box"), ("!", "tag")),
        [result(), result("?", tag={})],
        ["classes.unregistered", "classes.unseen"],
    ),
    (None, [result()], []),
    (ClassList(), [result()], ["classes.empty-list"]),
    (classes(("cat", "bounding_box"), *((f"c{n}", "tag") for n in range(7))), [result()], ["classes.unseen"]),
]


@pytest.mark.parametrize(("listed", "results", "expected"), CLASSES)
def test_the_list_is_held_against_the_answers(
    listed: ClassList | None, results: list[dict[str, Any]], expected: list[str]
) -> None:
    answers = [call(body(*results))] if results else []
    found = run(*answers, listed=listed).findings
    assert ids(found) == expected
    assert all(each.what and each.evidence and each.cause and each.fix for each in found)
    assert [each.severity for each in found] == [
        "warning"
        if each.id == "classes.unknown-type" and listed and listed[0].type == "mask"
        else CATALOGUE[each.id].severity
        for each in found
    ]


def test_a_class_whose_results_can_not_be_read_is_not_called_unseen() -> None:
    answer = body(result(), bare(name="dog", tag={}, keypoint={"x": 1, "y": 1}))
    listed = classes(("cat", "bounding_box"), ("dog", "tag"))
    assert ids(run(call(answer), listed=listed).findings) == ["schema.two-shapes"]


def test_actions_say_what_the_app_can_do() -> None:
    seen = body(result(), result("owl", tag={}))
    done = {
        (each.action.verb, each.action.argument)
        for each in run(
            call(seen), listed=classes(("cat", "tag"), ("none", "tag"), ("x", "box"), ("x", "box"), ("", "tag"))
        ).findings
        if each.action
    }
    assert done == {
        ("set-type", "cat\nbounding_box"),
        ("use-class", "owl"),
        ("set-type", "x\nbounding_box"),
        ("delete-class", "none"),
        ("delete-class", "x"),
        ("delete-class", ""),
    }


def test_a_type_that_is_no_word_is_guessed_from_what_is_returned() -> None:
    finding = only(run(call(body(result())), listed=classes(("cat", "weird"))), "classes.unknown-type")
    assert finding.fix == "Use “bounding_box”."
    alike = only(run(listed=classes(("cat", "Bounding-Box"))), "classes.unknown-type")
    assert alike.fix == "Use “bounding_box”."


def test_spellings_differ_in_ways_that_are_named() -> None:
    def cause(returned: str, listed: str) -> str:
        diagnosis = run(call(body(result(returned))), listed=classes((listed, "bounding_box")))
        return only(diagnosis, "classes.near-match").cause

    assert "by capital letters" in cause("CAT", "cat")
    assert "by spaces or punctuation" in cause("big cat", "big_cat")


def test_without_a_list_what_is_served_is_judged() -> None:
    served = [{"name": "cat", "type": "bbox"}]
    assert ids(run(call(body(result())), classes=classes_seen(served)).findings) == ["classes.unknown-type"]
    diagnosis = run(call(body(result())), classes=classes_seen(served), listed=classes(("cat", "bounding_box")))
    assert diagnosis.findings == (), "the list to register is what counts"


FORMS: list[tuple[dict[str, Any], str, str]] = [
    ({"value": ["cat", "dog"]}, "classes.form", "an array of strings"),
    ({"value": {"0": "cat"}}, "classes.form", "names as keys"),
    ({"value": {"classes": []}}, "classes.form", "contains the array"),
    ({"value": [{"name": "cat"}]}, "classes.form", "other entries"),
    ({"value": "cat"}, "classes.form", "a string, not an array"),
    ({"raw": b"['cat']"}, "classes.form", "not JSON"),
    ({"status": 404}, "classes.not-served", "register without one"),
    ({"raw": b"<html>Hello"}, "classes.not-served", "register without one"),
]


@pytest.mark.parametrize(("options", "id", "cause"), FORMS)
def test_what_the_classes_address_gives(options: dict[str, Any], id: str, cause: str) -> None:
    finding = only(run(call(body(result())), classes=classes_seen(**options)), id)
    assert cause in finding.cause
    assert finding.evidence
    assert finding.severity == CATALOGUE[id].severity


def test_a_classes_address_that_is_not_reached_is_not_served() -> None:
    seen = classes_seen([])
    lost = type(seen)(seen.address, failed(NetFailure("net.reset", "http", "", 1.0), "classes"))
    assert "did not respond" in only(run(call(body(result())), classes=lost), "classes.not-served").evidence


def found(returned: str, *listed: str) -> list[Finding]:
    """What is said of classes where one name is returned."""
    names = classes(*((name, "bounding_box") for name in listed))
    return [
        f for f in run(call(body(result(returned, label=returned))), listed=names).findings if f.id != "classes.unseen"
    ]


def test_a_look_alike_is_a_near_match_with_its_code_points() -> None:
    (finding,) = found("pie\u0301ton", "pi\u00e9ton")
    assert finding.id == "classes.near-match"
    assert "They look the same." in finding.cause
    assert "U+0065 U+0301 (NFD) is returned, U+00E9 (NFC) is listed" in finding.cause
    assert "unicodedata.normalize('NFC', name)" in finding.fix
    assert finding.action is not None
    assert finding.action.argument == "pi\u00e9ton\npie\u0301ton", "the list is renamed: no twin is added"
    (wide,) = found("ｃａｒ", "car")
    assert "unicodedata.normalize('NFKC', name)" in wide.fix


def test_a_near_match_offers_no_name_that_would_be_wrong_too() -> None:
    (finding,) = found("car\r", "car")
    assert (finding.id, finding.action) == ("classes.near-match", None)
    assert "splitlines()" in finding.fix
    assert "“car<U+000D>”" in finding.what
    both = body(result("car"), result("Car"))
    kept = only(run(call(both), listed=classes(("car", "bounding_box"))), "classes.near-match")
    assert kept.action is None, "“car” is returned too, and would be lost"


def test_the_look_alike_is_taken_before_what_is_only_near() -> None:
    (finding,) = found("red car\u200b", "red-car", "red car", "RED CAR")
    assert "list has “red car”" in finding.what


def test_the_same_character_in_every_name_is_one_cause() -> None:
    answer = body(result("car\r", label="car\r"), result("van\r", label="van\r"))
    listed = classes(("car\r", "bounding_box"), ("van\r", "bounding_box"))
    (finding,) = run(call(answer), listed=listed).findings
    assert (finding.id, finding.severity, finding.count) == ("classes.control-character", "warning", 2)
    assert finding.what == "Each class name ends in a carriage return (U+000D)."
    assert "in the list and in the responses" in finding.evidence
    assert "splitlines()" in finding.fix


@pytest.mark.parametrize(
    ("name", "ids_", "said"),
    [
        ("c\u200bar", ["classes.control-character"], "“c<U+200B>ar”"),
        ("red\u00a0car", ["classes.control-character"], "no-break space"),
        ("\u202ecar", ["classes.control-character"], "reading direction"),
        (" car", ["classes.control-character"], "starts or ends with a space"),
        ("\u200b", ["classes.empty-name", "classes.control-character"], "zero width space (U+200B)"),
        ("  ", ["classes.empty-name"], "row 2"),
        ("خودرو\u200cها", [], ""),
    ],
)
def test_names_that_cannot_work_are_reported_from_the_list_alone(name: str, ids_: list[str], said: str) -> None:
    diagnosis = run(listed=classes(("van", "tag"), (name, "tag")))
    assert ids(diagnosis.findings) == ids_
    assert said in " ".join(f.what + f.evidence for f in diagnosis.findings)


def test_a_returned_name_is_judged_where_there_is_no_list() -> None:
    answer = body(result("car\u2060", label="car\u2060"))
    (finding,) = run(call(answer)).findings
    assert finding.id == "classes.control-character"
    assert "in the responses" in finding.evidence


def test_listed_twins_that_look_the_same() -> None:
    diagnosis = run(listed=classes(("pi\u00e9ton", "tag"), ("pie\u0301ton", "tag"), ("ｃａｒ", "tag"), ("bus", "tag")))
    finding = only(diagnosis, "classes.duplicate")
    assert finding.severity == "warning"
    assert "U+00E9 (NFC)" in finding.evidence


def test_an_empty_list_and_half_a_character_are_said_of_a_served_list() -> None:
    empty = only(run(classes=classes_seen([])), "classes.empty-list")
    assert (empty.severity, empty.evidence) == ("warning", "The response is [].")
    assert "classes.empty-list" not in ids(run(classes=classes_seen([{"name": "a", "type": "tag"}])).findings)
    half = run(classes=classes_seen(raw=b'[{"name": "a\\udc00", "type": "tag"}]'))
    finding = only(half, "classes.control-character")
    assert finding.severity == "error"
    assert "not valid Unicode" in finding.what
    assert finding.where == "[0].name"


def test_table_and_finding_agree_on_the_type_that_is_meant() -> None:
    for written in ("keypoints", "cube", "circle", "vector", "detection", "class", "ＢＢＯＸ"):
        listed = classes(("a", written))
        (line,) = rows(listed, None, (), None)
        finding = only(run(listed=listed), "classes.unknown-type")
        assert finding.action is not None
        assert line.problems[0].message.endswith(f"Use {finding.action.argument.partition(chr(10))[2]}.")
    seen = [SeenClass("cat", "polygon", 1)]
    (line,) = rows(classes(("cat", "box")), None, seen, None)
    finding = only(run(call(body(result(polygon=TRIANGLE_))), listed=classes(("cat", "box"))), "classes.unknown-type")
    assert finding.fix == "Use “polygon”."
    assert line.problems[0].message.endswith("Use polygon."), "what is returned decides"
    for name in ("none", "ｂａｃｋｇｒｏｕｎｄ", "n.a."):
        (line,) = rows(classes((name, "tag")), None, (), None)
        assert [problem.id for problem in line.problems] == ids(run(listed=classes((name, "tag"))).findings)
