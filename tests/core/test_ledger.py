"""Entries of the ledger: what is kept, what has changed since, and files that are none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from byom_gui.core.answers import prediction_of
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.errors import FileError
from byom_gui.core.ledger import (
    MOST_RESULTS,
    Entry,
    against_draft,
    compare_classes,
    compare_golden,
    entry_from_json,
    entry_to_json,
    golden_of,
    last_of,
    latest,
    now,
    unsettled,
)
from byom_gui.core.predictions import Prediction
from byom_gui.core.registration import Registration

DIGEST = "ab" * 32


def entries(*pairs: tuple[str, str]) -> tuple[ClassEntry, ...]:
    return tuple(ClassEntry(*pair) for pair in pairs)


def box(index: int, name: str, x: float, y: float = 10) -> Prediction:
    result = {"name": name, "label": name, "confidence": 0.5, "bounding_box": {"x": x, "y": y, "w": 20, "h": 10}}
    made = prediction_of(index, result)
    assert made is not None
    return made


def tag(index: int, name: str) -> Prediction:
    made = prediction_of(index, {"name": name, "label": name, "confidence": 0.5, "tag": {}})
    assert made is not None
    return made


def entry(name: str = "cells", address: str = "https://m.example/api/infer?key=hush", **more: Any) -> Entry:
    endpoint = Endpoint(parse_address(address).address, auth=Auth("ann", "X-Key"))
    registration = Registration(name, endpoint, ClassList(entries(("a", "tag"), ("b", "polygon"))))
    golden = (golden_of("one.png", "/p/one.png", DIGEST, [box(0, "a", 5.4), tag(1, "b")]),)
    return Entry("2026-11-27T06:00:00+00:00", "https://v7.example", "lab", "Lab", "registered", registration,
                 "https://v7.example/models/1", golden, **more)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([("a", "tag")], [("a", "tag")], ()),
        ([("a b", "tag")], [("A_B", "tag")], ("“a b” is now “A_B”.",)),
        ([("a", "tag")], [("a", "polygon")], ("“a” was tag and is now polygon.",)),
        ([("a", "tag")], [("a", "tag"), ("b", "tag")], ("New: “b”.",)),
        ([("a", "tag"), ("b", "tag")], [("b", "tag")], ("Removed: “a”.",)),
        ([("a", "tag"), ("b", "tag")], [("b", "tag"), ("a", "tag")], ("The order changed.",)),
        ([("a", "tag"), ("b", "tag")], [("B", "tag"), ("a", "tag")], ("“b” is now “B”.", "The order changed.")),
        ([("a", "tag"), ("a", "polygon")], [("a", "tag")], ()),
    ],
)
def test_changes_of_a_class_list_in_words(before: Any, now: Any, said: tuple[str, ...]) -> None:
    changes = compare_classes(entries(*before), entries(*now))
    assert changes.sentences() == said
    assert bool(changes) == bool(said)


def test_many_names_are_cut() -> None:
    many = entries(*((f"n{number}", "tag") for number in range(11)))
    assert compare_classes((), many).sentences()[0].endswith("“n7” and 3 more.")


def test_an_answer_that_moved_is_told() -> None:
    before = golden_of("one.png", "/p", DIGEST, [box(0, "a", 5), box(1, "a", 60), tag(2, "t")])
    assert compare_golden(before, [tag(0, "t"), box(1, "a", 61.4), box(2, "a", 5)]) == ""
    assert compare_golden(before, [box(0, "a", 5)]) == "one.png: 3 results before, 1 now."
    moved = compare_golden(before, [box(0, "a", 9), box(1, "a", 60), tag(2, "t")])
    assert moved == "one.png: moved or changed class: 1 “a”."
    assert "1 “t”" in compare_golden(before, [box(0, "a", 5), box(1, "a", 60), tag(2, "T")])


def test_of_very_many_results_the_first_are_compared_and_all_are_counted() -> None:
    many = [box(number, "a", number * 10) for number in range(MOST_RESULTS + 20)]
    before = golden_of("one.png", "/p", DIGEST, many)
    assert (len(before.results), before.count) == (MOST_RESULTS, MOST_RESULTS + 20)
    assert compare_golden(before, many) == ""
    assert "before" in compare_golden(before, many[1:])


def test_the_file_holds_it_all_and_no_query_value() -> None:
    text = json.dumps(entry_to_json(entry()))
    assert "hush" not in text
    again = entry_from_json(json.loads(text), "7")
    assert again == replace(entry(address="https://m.example/api/infer?key="), id="7")
    assert again.address.startswith("https://m.example/api/infer")
    assert [each.name for each in again.classes] == ["a", "b"]
    unknown = entry_from_json({**json.loads(text), "outcome": "unknown", "golden": None})
    assert (unknown.outcome, unknown.golden) == ("unknown", ())
    bare = Entry("", "", "t", "T", "registered", Registration("x"))
    assert entry_from_json(entry_to_json(bare)).address == ""


@pytest.mark.parametrize(
    "change",
    [{"format": "byom-ledger/2"}, {"team": None}, {"when": 1}, {"team": {"slug": 1}}, {"registration": 5}]
    + [{"golden": [each]} for each in (1, {}, {"results": ["1 2"]})],
)
def test_what_is_no_entry_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(FileError):
        entry_from_json({**entry_to_json(entry()), **change})
    damaged = entry_to_json(entry())
    damaged["golden"][0]["sha256"] = "no"
    with pytest.raises(FileError):
        entry_from_json(damaged)
    with pytest.raises(FileError):
        entry_from_json([])


def test_the_last_of_an_address_and_what_the_draft_changes() -> None:
    first, other = entry(), entry("other", "https://n.example/infer")
    assert last_of([other, first], first.address, "https://v7.example") is first
    assert last_of([first], first.address, "https://v7.example", "elsewhere") is None
    assert last_of([first], first.address, "https://other.example") is None
    assert against_draft(first, first.registration) == ()
    endpoint = first.registration.endpoint
    assert endpoint is not None
    draft = replace(
        first.registration, name="cells 2", endpoint=replace(endpoint, auth=Auth()),
        classes=ClassList(entries(("A", "tag"), ("b", "polygon"))),
    )  # fmt: skip
    assert against_draft(first, draft) == (
        "It was called “cells” and is now called “cells 2”.", "The kind of credentials changed.", "“a” is now “A”.",
    )  # fmt: skip
    assert against_draft(first, replace(draft, endpoint=None, name="cells")) == ("“a” is now “A”.",)
    assert against_draft(first, replace(first.registration, name="")) == ("It was called “cells” and now has no name.",)


def test_the_newest_of_a_name_in_a_team_is_found_and_asked_about() -> None:
    first, second = entry(), replace(entry(name=" cells "), outcome="unknown")
    others = [replace(entry(), team="x"), replace(entry(), host="https://o"), entry(name="other")]
    assert latest([*others, second, first], entry()) is second
    assert latest(others, entry()) is None
    told = unsettled(second)
    assert told.entry is second
    assert "“\u2068 cells \u2069” to “\u2068Lab\u2069” was started at 2026-11-27 06:00 UTC, and" in told.sentence
    assert replace(entry(), when="soon").started == "soon"
    assert datetime.fromisoformat(now()).utcoffset() == timedelta(0)
