from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from byom_gui.core.predictions import BoundingBox, Prediction, Tag
from byom_gui.ui.models.results import CLASS, CONFIDENCE, NUMBER, SHAPE, ResultsModel

SOME = (
    Prediction(0, "mitosis", "mitosis", 0.5, "bounding_box", BoundingBox(0, 0, 2, 2)),
    Prediction(1, "Nucleus", "Nucleus", 0.9, "tag", Tag()),
    Prediction(2, "colony", "colony", 0.7, "tag", Tag()),
    Prediction(3, "odd", "odd", float("nan"), "tag", Tag()),
)


def model(problems: tuple[int, ...] = ()) -> ResultsModel:
    made = ResultsModel()
    made.set_predictions(SOME, {}, problems)
    return made


def order(shown: ResultsModel) -> list[int | str]:
    found = [shown.prediction(at) for at in range(shown.rowCount())]
    return [str(shown.index(at, 0).data()) if one is None else one.index for at, one in enumerate(found)]


def test_is_a_sound_model(qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model((1,)))  # type: ignore[no-untyped-call]


def test_those_with_a_problem_stand_first() -> None:
    shown = model((1, 3))
    assert order(shown) == ["With a problem: 2", 1, 3, "Others: 2", 0, 2]
    assert shown.section_rows() == (0, 3)
    assert shown.place_of(2) == 5


def test_there_are_no_heads_without_problems_and_no_others_where_all_have_one() -> None:
    assert order(model()) == [0, 1, 2, 3]
    assert order(model((0, 1, 2, 3))) == ["With a problem: 4", 0, 1, 2, 3]


def test_the_threshold_hides_and_counts_but_never_a_broken_confidence() -> None:
    shown = model()
    shown.set_threshold(0.7)
    assert order(shown) == [1, 2, 3]
    assert (shown.below, shown.shown, shown.total) == (1, 3, 4)
    assert shown.place_of(0) == -1


@pytest.mark.parametrize(
    ("column", "down", "expected"),
    [
        (NUMBER, True, [2, 1, 0]),
        (CLASS, False, [2, 0, 1]),
        (SHAPE, False, [0, 1, 2]),
        (CONFIDENCE, True, [1, 2, 0]),
        (CONFIDENCE, False, [0, 2, 1]),
    ],
)
def test_sorts_by_any_column(column: int, down: bool, expected: list[int]) -> None:
    shown = ResultsModel()
    shown.set_predictions(SOME[:3], {}, ())
    shown.sort(column, Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder)
    assert order(shown) == expected
    title = shown.headerData(column, Qt.Orientation.Horizontal)
    assert str(title).endswith("↓" if down else "↑")


@pytest.mark.parametrize(("text", "expected"), [("NUC", [1]), ("bounding box", [0]), ("tag", [1, 2, 3]), ("?", [])])
def test_filters_by_class_or_shape(text: str, expected: list[int]) -> None:
    shown = model()
    shown.set_filter(text)
    assert order(shown) == expected
