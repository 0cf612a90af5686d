"""The class table: listed, served, seen and known to the team, side by side."""

from __future__ import annotations

import pytest

from byom_gui.core.class_names import is_background, near_key
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.reconcile import ClassRow, SeenClass, rows, served_only
from byom_gui.core.registering import TeamClass


def listed(*entries: tuple[str, str]) -> ClassList:
    return ClassList(tuple(ClassEntry(name, type_) for name, type_ in entries))


def problems(row: ClassRow) -> list[tuple[str, str]]:
    return [(problem.id.removeprefix("classes."), problem.severity) for problem in row.problems]


def test_the_table_of_the_picture() -> None:
    table = rows(
        listed(("nucleus", "polygon"), ("mitosis", "bounding_box"), ("colony", "ellipse")),
        [ClassEntry("nucleus", "polygon"), ClassEntry("mitosis", "bounding_box")],
        [SeenClass("Nucleus", "polygon", 190), SeenClass("mitosis", "bounding_box", 10)],
        [TeamClass("nucleus", ("polygon",), "#112233"), TeamClass("other", ("tag",))],
    )
    assert [(row.name, row.type, row.row, row.served, row.team, row.seen) for row in table] == [
        ("nucleus", "polygon", 0, "yes", "yes", 0),
        ("mitosis", "bounding_box", 1, "yes", "new", 10),
        ("colony", "ellipse", 2, "no", "new", 0),
        ("Nucleus", "polygon", None, "no", "new", 190),
    ]
    assert [problems(row) for row in table] == [[("near-match", "error")], [], [], [("near-match", "error")]]
    assert table[3].problems[0].message == "The model returned “Nucleus”, but the class list has “nucleus”."
    assert table[0].colour == table[3].colour
    assert table[0].colour.hex == "#112233"


def test_what_is_not_known_is_unknown() -> None:
    (row,) = rows(listed(("a", "tag")), None, (), None)
    assert (row.served, row.team, row.seen) == ("unknown", "unknown", 0)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([("", "tag")], [[("empty-name", "error")]]),
        ([("  ", "tag"), ("  ", "tag")], [[("empty-name", "error")]] * 2),
        ([("a", "tag"), ("b", "tag"), ("a", "tag")], [[("duplicate", "error")], [], [("duplicate", "error")]]),
        ([("a", "bbox")], [[("unknown-type", "error")]]),
        ([("a", "")], [[("unknown-type", "error")]]),
        ([("a", "blob")], [[("unknown-type", "error")]]),
        ([("a", "mask")], [[("unknown-type", "warning")]]),
        ([("N/A", "tag")], [[("background", "warning")]]),
        ([("Cat", "tag"), ("cat", "tag")], [[], []]),
    ],
)
def test_problems_beside_the_row(entries: list[tuple[str, str]], expected: list[list[tuple[str, str]]]) -> None:
    assert [problems(row) for row in rows(listed(*entries), None, (), None)] == expected


def test_an_unknown_type_says_what_is_due() -> None:
    near, far, none = rows(listed(("a", "bbox"), ("b", "blob"), ("c", "")), None, (), None)
    assert near.problems[0].message == "V7 has no class type “bbox”. Use bounding_box."
    assert "Use one of: bounding_box, polygon" in far.problems[0].message
    assert none.problems[0].message.startswith("The type is missing.")


def test_a_listed_type_that_comes_back_as_another() -> None:
    seen = [SeenClass("a", "polygon", 2), SeenClass("a", "bounding_box", 1), SeenClass("b", "polygon", 1)]
    first, second = rows(listed(("a", "bounding_box"), ("b", "bbox")), None, seen, None)
    assert problems(first) == [("type-mismatch", "error")]
    assert first.problems[0].message == "Listed as bounding box, but returned as polygon."
    assert first.seen == 3
    assert problems(second) == [("unknown-type", "error")], "the wrong word is the cause, said once"


def test_returned_and_not_listed() -> None:
    seen = [SeenClass("x", "tag", 1), SeenClass("x", "polygon", 5)]
    *_, row = rows(listed(("a", "tag")), None, seen, None)
    assert (row.row, row.type, row.seen) == (None, "polygon", 6)
    assert problems(row) == [("unregistered", "error")]
    (alone,) = rows(ClassList(), None, seen, None)
    assert problems(alone) == [], "there is no list yet"


def test_a_blank_listed_name_is_near_to_nothing() -> None:
    blank, row = rows(listed(("", "tag")), None, [SeenClass(" ", "tag", 1)], None)
    assert problems(blank) == [("empty-name", "error")]
    assert problems(row) == [("unregistered", "error")]


def test_the_users_colour_goes_before_the_teams() -> None:
    mine = ClassList((ClassEntry("a", "tag", "#000001"),))
    (row,) = rows(mine, None, (), [TeamClass("a", ("tag",), "#000002")])
    assert row.colour.hex == "#000001"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nucleus", "nucleus"),
        ("red cell", "red_cell"),
        ("red-cell", "RedCell"),
        ("é", "e\u0301"),
        ("ﬁn", "fin"),
        (" a ", "a"),
    ],
)
def test_near_names(one: str, other: str) -> None:
    assert near_key(one) == near_key(other)


def test_names_of_punctuation_alone_stay_apart() -> None:
    assert near_key("+") != near_key("-")


@pytest.mark.parametrize(
    ("name", "background"),
    [
        *((name, True) for name in ("N/A", "n.a.", "Background", "__ignore__", "_background_", "void")),
        *((name, False) for name in ("Na", "NA", "backgrounds of life", "avoid", "")),
    ],
)
def test_names_for_nothing(name: str, background: bool) -> None:
    assert is_background(name) is background


def test_served_only_gives_each_once_in_order() -> None:
    served = [ClassEntry("b", "tag"), ClassEntry("a", "tag"), ClassEntry("c", "tag"), ClassEntry("b", "polygon")]
    assert [entry.name for entry in served_only(listed(("a", "tag")), served)] == ["b", "c"]


def test_ten_thousand_classes() -> None:
    many = listed(*((f"class {number}", "tag") for number in range(10_000)))
    seen = [SeenClass(f"Class {number}", "tag", 1) for number in range(10_000)]
    table = rows(many, list(many), seen, [TeamClass(name, ("tag",)) for name in many.names])
    assert len(table) == 20_000
    assert all(problems(row) == [("near-match", "error")] for row in table)


def test_names_that_cannot_work_and_look_alikes_are_said_in_the_row() -> None:
    seen = [SeenClass("ma\u0302t", "tag", 1), SeenClass("red oar\u200b", "tag", 1)]
    table = rows(
        listed(("m\u00e2t", "tag"), ("oar\r", "tag"), ("red-oar", "tag"), ("red oar", "tag")), None, seen, None
    )
    assert [problems(row) for row in table] == [
        [("near-match", "error")],
        [("control-character", "warning")],
        [("near-match", "error")],
        [("near-match", "error")],
        [("near-match", "error")],
        [("near-match", "error")],
    ]
    assert "They look the same" in table[0].problems[0].message
    assert "U+0061 U+0302 (NFD) is returned, U+00E2 (NFC) is listed" in table[4].problems[0].message
    assert "“oar<U+000D>” ends in a carriage return" in table[1].problems[0].message
    assert "list has “red oar”. They look the same" in table[5].problems[0].message
