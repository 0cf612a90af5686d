"""The model's classes beside the team's."""

from __future__ import annotations

from byom_gui.core.class_mapping import map_classes, mapping_json, open_rows
from byom_gui.core.classes import ClassEntry, ClassList
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
    assert "In the team “odd” is of no known type; the model's is tag." in mapped[2].problem
    assert "In the team “CELL” is line" in mapped[3].problem
    assert mapped[5].problem == "Returned, and not listed: V7 learns of listed classes."
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
    assert second["problem"].startswith("In the team “odd”")
