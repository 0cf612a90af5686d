"""Images of a kind that the server cannot read: their failures have that one cause."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from byom_gui.core.diagnosis.inputs import Symptom, symptom
from byom_gui.core.diagnosis.model import Answered
from byom_gui.core.observations import Way

_BY_SUFFIX = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".webp": "webp",
    ".bmp": "bmp",
    ".tif": "tiff",
    ".tiff": "tiff",
}
_NONE: frozenset[str] = frozenset()
_OF_SIZE = frozenset(("http.too-large",))
"""Symptoms of size: the same image is larger as one kind of file than as another."""


def without_failing_kind(
    images: Sequence[Answered], tried: Sequence[Answered]
) -> tuple[tuple[Answered, ...], tuple[Answered, ...]]:
    """The calls to judge, and those with a kind of file that fails although the same image works as another kind.

    Args:
        images: the calls that sent the images themselves.
        tried: the other calls, including those that sent one image as other kinds of file.
    """
    failing = _failing(tried)
    of_kind = [_is_of(each, failing) for each in images]
    kept = tuple(each for each, lost in zip(images, of_kind, strict=True) if not lost)
    return kept, tuple(each for each, lost in zip(images, of_kind, strict=True) if lost)


def _failing(tried: Sequence[Answered]) -> dict[tuple[Way | None, str], Symptom]:
    """How each kind of file fails with a transport with which the same image works as another kind of file."""
    cells = [each for each in tried if each.call.purpose == "input" and each.call.kind in _BY_SUFFIX.values()]
    work = {each.call.way for each in cells if each.answer is not None and symptom(each, _NONE) is None}
    return {
        (each.call.way, each.call.kind): failed
        for each in cells
        if each.call.way in work and (failed := symptom(each, _OF_SIZE)) is not None
    }


def _is_of(each: Answered, failing: dict[tuple[Way | None, str], Symptom]) -> bool:
    kind = _BY_SUFFIX.get(PurePath(each.call.image_name).suffix.lower(), "")
    failed = failing.get((each.call.way, kind))
    return failed is not None and failed == symptom(each, _NONE)
