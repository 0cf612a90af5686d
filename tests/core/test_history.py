"""Undo and redo."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from byom_gui.core.history import History


def test_steps_are_taken_back_and_done_again_with_their_labels() -> None:
    start: History[int] = History(0)
    history = start.push("Add", 1).push("Rename", 2)
    assert (history.undo_label, history.redo_label) == ("Rename", None)
    back = history.undo()
    assert (back.value, back.undo_label, back.redo_label) == (1, "Add", "Rename")
    assert back.undo().value == 0
    assert back.redo() == history
    assert start == History(0)


def test_at_either_end_nothing_happens() -> None:
    history = History("only")
    assert history.undo() is history
    assert history.redo() is history
    assert history.undo_label is None


def test_a_new_step_forgets_what_was_undone_and_an_equal_value_is_no_step() -> None:
    history = History(0).push("a", 1).undo().push("b", 2)
    assert history.redo_label is None
    assert history.redo() is history
    assert history.push("same", 2) is history


def test_old_steps_are_forgotten() -> None:
    history: History[int] = History(0, limit=3)
    for value in range(1, 10):
        history = history.push(str(value), value)
    for _ in range(9):
        history = history.undo()
    assert history.value == 6


@given(st.lists(st.integers(), max_size=20))
def test_undoing_all_and_redoing_all_comes_back(values: list[int]) -> None:
    history: History[int] = History(0)
    for value in values:
        history = history.push("step", value)
    end = history
    while history.undo_label:
        history = history.undo()
    assert history.value == 0
    while history.redo_label:
        history = history.redo()
    assert history == end
