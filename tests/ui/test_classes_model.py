from __future__ import annotations

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.reconcile import ClassRow, SeenClass, rows
from byom_gui.core.registering import TeamClass
from byom_gui.ui.models.classes import NAME, SEEN, SERVED, TEAM, TYPE, ClassesModel
from byom_gui.ui.widgets.table import CELL_ROLE, KIND_ROLE, Cell


def table(*names: str, seen: tuple[str, ...] = ()) -> tuple[ClassRow, ...]:
    listed = ClassList(tuple(ClassEntry(name, "polygon") for name in names))
    return rows(
        listed,
        [ClassEntry("nucleus", "polygon")],
        [SeenClass(name, "polygon", 3) for name in seen],
        [TeamClass("nucleus", ("polygon",))],
    )


def model(*names: str, seen: tuple[str, ...] = ()) -> ClassesModel:
    made = ClassesModel()
    made.set_rows(table(*names, seen=seen))
    return made


def names_in(shown: ClassesModel) -> list[str]:
    return [str(shown.index(at, NAME).data()) for at in range(shown.rowCount())]


def test_is_a_sound_model_while_rows_come_and_go(qtmodeltester: ModelTester) -> None:
    shown = model("nucleus", "mitosis", seen=("Nucleus",))
    qtmodeltester.check(shown)  # type: ignore[no-untyped-call]
    shown.set_rows(table("nucleus", "colony", "mitosis"))
    shown.set_filter("co")
    shown.set_rows(())
    assert shown.rowCount() == 0


def test_unlisted_ones_stand_below_a_head_of_their_own() -> None:
    shown = model("nucleus", seen=("Nucleus", "debris"))
    assert names_in(shown) == ["nucleus", "Returned, not listed: 2", "Nucleus", "debris"]
    assert shown.section_rows() == (1,)
    assert [shown.index(at, NAME).data(KIND_ROLE) for at in range(4)] == ["", "section", "bad", "bad"]
    assert shown.unlisted_names() == ("Nucleus", "debris")
    assert not shown.flags(shown.index(1, NAME)) & Qt.ItemFlag.ItemIsSelectable


def test_tells_what_is_served_known_and_seen() -> None:
    shown = model("nucleus", "new_one", seen=("nucleus",))
    known = [shown.index(0, column).data() for column in (TYPE, SERVED, TEAM, SEEN)]
    fresh = [shown.index(1, column).data() for column in (TYPE, SERVED, TEAM, SEEN)]
    assert (known, fresh) == (["polygon", "yes", "yes", "3"], ["polygon", "no", "new", "0"])
    tick = shown.index(0, SERVED).data(CELL_ROLE)
    assert isinstance(tick, Cell)
    assert tick.mark == "tick"


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (("a", "b", "c"), ("a", "c"), "c"),
        (("a", "c"), ("a", "b", "c"), "c"),
        (("a", "b"), ("a", "renamed"), "renamed"),
        (("a", "b"), ("a", "b", "z"), "b"),
    ],
)
def test_what_did_not_move_stays_selected(before: tuple[str, ...], after: tuple[str, ...], kept: str) -> None:
    shown = model(*before)
    place = before.index(kept) if kept in before else 1
    held = QPersistentModelIndex(shown.index(place, NAME))
    shown.set_rows(table(*after))
    assert held.data() == kept


def test_an_edit_leaves_as_a_signal_and_changes_nothing_here(qtbot: object) -> None:
    shown = model("nucleus")
    told: list[tuple[int, str]] = []
    shown.renamed.connect(lambda row, name: told.append((row, name)))
    shown.retyped.connect(lambda row, type_: told.append((row, type_)))
    assert shown.setData(shown.index(0, NAME), "cell")
    assert shown.setData(shown.index(0, NAME), "nucleus")
    assert shown.setData(shown.index(0, TYPE), "ellipse")
    assert told == [(0, "cell"), (0, "ellipse")]
    assert shown.index(0, NAME).data() == "nucleus"


def test_unlisted_rows_are_not_edited() -> None:
    shown = model("nucleus", seen=("Nucleus",))
    assert not shown.setData(shown.index(2, NAME), "x")
    assert not shown.flags(shown.index(2, NAME)) & Qt.ItemFlag.ItemIsEditable


def test_the_filter_looks_at_names_and_types_and_keeps_the_lists_places() -> None:
    shown = model("nucleus", "mitosis", "colony", seen=("Mitosis",))
    shown.set_filter("MIT")
    assert names_in(shown) == ["mitosis", "Returned, not listed: 1", "Mitosis"]
    assert shown.place_of(1) == 0
    assert shown.place_of(0) == -1
    shown.set_filter("polyg")
    assert shown.rowCount() == 5
    shown.set_filter("nowhere")
    assert (shown.rowCount(), shown.section_rows()) == (0, ())


def test_problems_stand_in_tip_and_icon() -> None:
    shown = model("", "double", "double")
    cells = [shown.index(at, NAME).data(CELL_ROLE) for at in range(3)]
    assert [cell.icon for cell in cells if isinstance(cell, Cell)] == ["bad"] * 3
    assert "no name" in str(shown.index(0, NAME).data(Qt.ItemDataRole.ToolTipRole))
    assert "2 times" in str(shown.index(1, NAME).data(Qt.ItemDataRole.ToolTipRole))
    assert shown.problem_count() == 3


def test_types_become_icons_in_a_narrow_panel_but_unknown_ones_stay_words() -> None:
    shown = ClassesModel()
    listed = ClassList((ClassEntry("a", "polygon"), ClassEntry("b", "bbox")))
    shown.set_rows(rows(listed, None, (), None))
    shown.set_types_as_icons(True)
    cells = [shown.index(at, TYPE).data(CELL_ROLE) for at in range(2)]
    assert [(cell.mark, cell.text) for cell in cells if isinstance(cell, Cell)] == [("polygon", ""), ("", "bbox")]
