"""The model's classes beside the team's."""

from __future__ import annotations

from typing import Any

import pytest

from byom_gui.core.class_mapping import (
    KEY,
    LEAVE_OUT,
    MakingReport,
    NewClass,
    candidates,
    chosen_in,
    map_classes,
    mapping_json,
    names_in,
    names_of,
    next_steps,
    open_rows,
    to_make,
    with_chosen,
)
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.errors import InputError
from byom_gui.core.project import Project, project_from_json, project_to_json
from byom_gui.core.reconcile import SeenClass, rows
from byom_gui.core.registering import TeamClass, TeamInfo

TEAM = (
    TeamClass("nucleus", ("polygon",)),
    TeamClass("Field Of View", ("tag", "text")),
    TeamClass("odd", ()),
    TeamClass("CELL", ("line",)),
)


def test_each_kind_of_match() -> None:
    entries = [("nucleus", "polygon"), ("field_of_view", "tag"), ("odd", "tag"), ("cell", "tag"), ("new", "tag")]
    listed = ClassList(tuple(ClassEntry(name, kind) for name, kind in [*entries, ("nucleus", "tag"), (" ", "tag")]))
    mapped = map_classes(rows(listed, None, [SeenClass("extra", "tag", 2)], TEAM), TEAM)
    assert [(each.name, each.match, each.target and each.target.name) for each in mapped] == [
        ("nucleus", "exact", "nucleus"),
        ("field_of_view", "near", "Field Of View"),
        ("odd", "type", None),
        ("cell", "type", None),
        ("new", "missing", None),
        ("extra", "missing", None),
    ]
    assert "The team's “odd” is of no known type; the model's is tag." in mapped[2].problem
    assert "The team's “CELL” is line" in mapped[3].problem
    assert mapped[5].problem == "Returned, but not listed: only listed classes are registered."
    assert [each.name for each in open_rows(mapped)] == ["odd", "cell", "new", "extra"]


def test_the_file_holds_targets_and_what_stands_in_the_way() -> None:
    listed = ClassList((ClassEntry("nucleus", "polygon"), ClassEntry("odd", "tag")))
    mapped = map_classes(rows(listed, None, (), TEAM), TEAM)
    made = mapping_json(mapped, TeamInfo(1, "a", "A"), "https://v7.example", "m", "now", "t")
    assert made["format"] == "byom-class-mapping/1"
    assert made["team"] == {"slug": "a", "name": "A"}
    first, second = made["classes"]
    assert first == {
        "name": "nucleus", "type": "polygon", "to": {"name": "nucleus", "types": ["polygon"]}, "match": "exact",
    }  # fmt: skip
    assert (second["to"], second["match"]) == (None, "type")
    assert second["problem"].startswith("The team's “odd”")


def listed(*pairs: tuple[str, str]) -> ClassList:
    return ClassList(tuple(ClassEntry(*pair) for pair in pairs))


def test_the_users_word_goes_first() -> None:
    chosen = {"cell": "nucleus", "new": LEAVE_OUT, "odd": "gone", "far": "CELL"}
    seen = [SeenClass("far", "tag", 1)]
    every = rows(listed(("cell", "polygon"), ("new", "tag"), ("odd", "tag")), None, seen, TEAM)
    cell, new, odd, far = map_classes(every, TEAM, chosen)
    assert (cell.match, cell.target, cell.problem) == ("chosen", TEAM[0], "")
    assert (new.match, new.target, new.problem) == ("left-out", None, "")
    assert odd.match == "type"
    assert odd.problem.startswith("“gone” was chosen, but the team no longer has it. The team's “odd”")
    assert far.problem == "Returned, but not listed: only listed classes are registered. " + (
        "The team's “CELL” is line; the model's is tag."
    )
    assert [each.name for each in open_rows((cell, new, odd, far))] == ["odd", "far"]


def test_candidates_come_with_those_that_fit_first() -> None:
    fit, others = candidates("line", TEAM)
    assert [each.name for each in fit] == ["CELL"]
    assert [each.name for each in others] == ["Field Of View", "nucleus", "odd"]


def test_what_can_be_made_and_what_not() -> None:
    pairs = (
        ("nucleus", "tag"),
        ("new", "tag"),
        ("man", "skeleton"),
        ("odd kind", "text"),
        ("bare", ""),
        ("out", "tag"),
    )
    every = rows(listed(*pairs), None, [SeenClass("extra", "tag", 2)], TEAM)
    makes, others = to_make(map_classes(every, TEAM, {"out": LEAVE_OUT}), TEAM)
    assert makes == (NewClass("new", "tag"),)
    assert others == (
        ("nucleus", "the name already exists with a different type"),
        ("man", "a skeleton needs nodes and edges: create it in V7"),
        ("odd kind", "V7 cannot create a class of only text"),
        ("bare", "V7 cannot create a class of only no type"),
    )


def test_a_report_says_all_of_it() -> None:
    report = MakingReport(("a",), ("b",), (("c", "no."),), ("d",), "Go on.")
    assert report.sentence == "1 created, 1 already existed, 1 refused, 1 not tried. “c”: no. Go on."
    assert MakingReport().sentence == "0 created."


def test_the_choice_is_kept_a_team_each_and_survives_the_file() -> None:
    project = with_chosen(Project(extra={"theirs": 1}), "https://v7.example", "lab", {"a": "b", "c": LEAVE_OUT})
    project = with_chosen(project, "https://v7.example", "other", {"a": "z"})
    again = project_from_json(project_to_json(project))
    assert chosen_in(again, "https://v7.example", "lab") == {"a": "b", "c": LEAVE_OUT}
    assert chosen_in(again, "https://v7.example", "other") == {"a": "z"}
    assert chosen_in(again, "https://elsewhere.example", "lab") == {}
    emptied = with_chosen(with_chosen(again, "https://v7.example", "lab", {}), "https://v7.example", "other", {})
    assert emptied.extra == {"theirs": 1}


@pytest.mark.parametrize(
    "kept", [None, 1, {}, [1], [{"host": "h", "team": "t"}], [{"host": "h", "team": "t", "classes": [1]}]]
)
def test_what_a_file_holds_in_another_form_is_not_taken_in(kept: Any) -> None:
    assert chosen_in(Project(extra={KEY: kept}), "h", "t") == {}


def test_odd_targets_are_left() -> None:
    kept = [{"host": "h", "team": "t", "classes": {"a": 1, "b": "c", "d": None}}]
    assert chosen_in(Project(extra={KEY: kept}), "h", "t") == {"b": "c", "d": LEAVE_OUT}


def test_the_next_steps_are_those_of_this_model() -> None:
    mapped = map_classes(rows(listed(("nucleus", "polygon"), ("new", "tag")), None, (), TEAM), TEAM)
    steps = dict(next_steps(mapped, "cells", "Lab"))
    assert list(steps) == ["AI Model stage", "Map the classes", "Try one image", "Auto-annotate"]
    assert "nucleus → nucleus" in steps["Map the classes"]
    assert "Leave out: new. Assumed" in steps["Map the classes"]
    assert "“cells”" in steps["AI Model stage"]
    bare = dict(next_steps((), "", "Lab"))
    assert "No class is mapped yet." in bare["Map the classes"]
    assert bare["Auto-annotate"].startswith("The model can be")


def test_exports_name_classes_as_the_team_does() -> None:
    every = rows(listed(("cell", "polygon"), ("out", "tag"), ("new", "tag")), None, (), TEAM)
    mapped = map_classes(every, TEAM, {"cell": "nucleus", "out": LEAVE_OUT})
    names = {"cell": "nucleus", "out": None}
    assert names_of(mapped) == names
    written = mapping_json(mapped, TeamInfo(1, "a", "A"), "https://v7.example", "m", "now", "t")
    assert names_in(written) == names


@pytest.mark.parametrize(
    "value",
    [None, {}, {"format": "byom-class-mapping/1"}, {"format": "byom-class-mapping/2", "classes": []}]
    + [{"format": "byom-class-mapping/1", "classes": [each]} for each in (1, {}, {"name": "a", "to": 1})],
)
def test_another_file_is_no_mapping(value: Any) -> None:
    with pytest.raises(InputError, match="not a byom-class-mapping/1 file"):
        names_in(value)
