from __future__ import annotations

import pytest

from byom_gui.core import errors


def test_an_error_carries_its_sentence_its_place_and_a_detail_for_the_log() -> None:
    error = errors.InputError("Paste an address.", detail="empty", where="endpoint")
    assert (str(error), error.sentence, error.detail, error.where) == (
        "Paste an address.",
        "Paste an address.",
        "empty",
        "endpoint",
    )


def test_a_json_error_knows_its_finding_and_place() -> None:
    error = errors.JsonError("No.", finding_id="json.invalid", line=2, column=3, around="x", where="a")
    assert (error.finding_id, error.line, error.column, error.around, error.where) == ("json.invalid", 2, 3, "x", "a")


@pytest.mark.parametrize(
    "kind",
    [
        errors.InputError,
        errors.FileError,
        errors.ImageError,
        errors.JsonError,
        errors.SecretStoreError,
        errors.NetworkError,
        errors.Cancelled,
    ],
)
def test_one_except_catches_all_that_is_meant_for_a_user(kind: type[Exception]) -> None:
    assert issubclass(kind, errors.AppError)


def test_cancelling_needs_no_words() -> None:
    assert errors.Cancelled().sentence == "Canceled."
