"""What is known of each image: waiting, running, answered or failed. The image's bytes are not kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from byom_gui.core.image import ImageRef
from byom_gui.core.predictions import Prediction

if TYPE_CHECKING:
    from byom_gui.core.diagnosis import Answered

PreviewState = Literal["held", "waiting", "running", "done", "failed"]
"""``held``: nothing is sent until the user says so (a project was just opened, or there is no endpoint yet)."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One image and what the model said of it.

    Args:
        ref: the image.
        state: see PreviewState.
        width: of the upright picture, 0 until it was read.
        height: of the upright picture, 0 until it was read.
        answered: the call and its judged answer, once there was one.
        problem: why it failed, or why it waits to be sent again, a short sentence; empty otherwise.
        packed: the answer's compressed body, where ``answered`` no longer holds the answer itself.
        kept: when it was answered, for people, where the answer is one of an earlier run; else empty.
    """

    ref: ImageRef
    state: PreviewState = "held"
    width: int = 0
    height: int = 0
    answered: Answered | None = None
    problem: str = ""
    packed: bytes = field(default=b"", repr=False)
    kept: str = ""

    @property
    def count(self) -> int:
        """How many results there are to draw, also of a packed answer."""
        if self.packed and self.answered:
            return sum(each.count for each in self.answered.seen)
        return len(self.predictions)

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        """What can be drawn; empty where there is no answer, or it is packed (``whole`` brings it back)."""
        answer = self.answered.answer if self.answered else None
        return answer.predictions if answer else ()

    @property
    def readable_predictions(self) -> tuple[Prediction, ...]:
        """The same for the screen: secrets that texts and attributes repeat are masked."""
        answer = self.answered.readable.answer if self.answered else None
        return answer.predictions if answer else ()

    @property
    def milliseconds(self) -> float:
        """How long the call took, 0 before it ended."""
        return self.answered.call.milliseconds if self.answered else 0.0


def whole(preview: Preview) -> Preview:
    """The preview with its answer, which is read again where it was packed: run it in a worker."""
    if not preview.packed or preview.answered is None:
        return preview
    from byom_gui.core.kept import unpack

    return replace(preview, answered=unpack(preview.answered, preview.packed), packed=b"")


def count_seen(previews: Iterable[Preview]) -> dict[tuple[str, str], int]:
    """How often each ``(class name, shape name)`` was returned, in order of first appearance."""
    counts: dict[tuple[str, str], int] = {}
    for preview in previews:
        for seen in preview.answered.seen if preview.answered else ():
            key = (seen.name, seen.shape)
            counts[key] = counts.get(key, 0) + seen.count
    return counts
