"""The class list: each edit returns a new one."""

from __future__ import annotations

import pytest

from byom_gui.core.classes import ClassEntry, ClassList, suggest_type

A, B, C = (ClassEntry(name, "polygon") for name in "abc")


def test_edits_return_a_new_list() -> None:
    listed = ClassList((A, B))
    assert listed.add(C).entries == (A, B, C)
    assert listed.replaced(0, C).entries == (C, B)
    assert ClassList((A, B, C)).without([0, 2]).entries == (B,)
    assert listed.entries == (A, B)
    assert listed.names == ("a", "b")
    assert (len(listed), list(listed), listed[1]) == (2, [A, B], B)


@pytest.mark.parametrize(("row", "to", "names"), [(0, 2, "bca"), (2, 0, "cab"), (1, 1, "abc"), (0, 1, "bac")])
def test_moving(row: int, to: int, names: str) -> None:
    assert "".join(ClassList((A, B, C)).moved(row, to).names) == names


def test_find_gives_the_first_row_with_exactly_the_name() -> None:
    listed = ClassList((A, B, B))
    assert (listed.find("b"), listed.find("B")) == (1, None)


def test_an_entry_with_unknown_keys_can_be_hashed() -> None:
    assert len({ClassEntry("a", "tag", None, {"x": []}), ClassEntry("a", "tag", None, {"x": []})}) == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bbox", "bounding_box"),
        ("Bounding Box", "bounding_box"),
        ("boundingBox", "bounding_box"),
        ("POLYGON", "polygon"),
        ("directional-vector", "directional_vector"),
        ("points", None),
        ("polygon", None),
        ("mask", None),
        ("", None),
    ],
)
def test_a_meant_type_is_suggested(written: str, meant: str | None) -> None:
    assert suggest_type(written) == meant
