"""Which calls to make next, given what is known: changed images, kinds of image, several in parallel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from byom_gui.core.diagnosis.geometry import UPRIGHT, outcome_of
from byom_gui.core.diagnosis.model import Answered
from byom_gui.core.observations import Way

COMMON = ("jpeg", "png", "webp", "grey", "alpha", "cmyk")
"""Kinds of image that V7 certainly has."""
RARE = ("bmp", "tiff", "16-bit", "animated", "1x1", "wide", "large")
TURNED = tuple(f"exif-{number}" for number in range(1, 9))
BROKEN = ("broken", "no-image")
KINDS = (*COMMON, *RARE, *TURNED, *BROKEN)
"""The columns of the grid of inputs."""
WAYS: tuple[Way, ...] = ("base64", "url", "data-uri")
"""Its rows."""

KIND_TITLES = {
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WebP",
    "grey": "grayscale",
    "alpha": "with transparency",
    "cmyk": "CMYK",
    "bmp": "BMP",
    "tiff": "TIFF",
    "16-bit": "16-bit",
    "animated": "animated GIF",
    "1x1": "1 × 1 pixel",
    "wide": "very wide",
    "large": "4,000 pixels wide",
    **{kind: f"EXIF {kind[-1]}" for kind in TURNED},
    "broken": "cut off",
    "no-image": "no image",
}

FIRST_ROUND = 9
SECOND_ROUND = 10
CHANGED = FIRST_ROUND + SECOND_ROUND
"""The most calls with changed images."""
ALONE, AT_ONCE = 3, 4
"""The calls that show whether parallel requests help: one after the other, and two at a time."""
LADDER = 8
"""The most calls of the search for the largest body."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One changed image to send: the kind of change, and the name of the image."""

    kind: str
    image: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid of inputs."""

    way: Way
    kind: str


def first_probes(answered: Sequence[Answered], room: int) -> tuple[Probe, ...]:
    """The changed images that distinguish a correct server from a stub."""
    names = suitable(answered)
    if not names:
        anything = [each.call.image_name for each in answered if each.answer and each.call.image_name]
        return tuple(Probe("again", name) for name in anything[-1:])[: max(room, 0)]
    one, two = names[0], names[min(1, len(names) - 1)]
    # Without any upright image, upright copies are used instead, and show what EXIF orientations do.
    wanted = [(UPRIGHT, name) for name in names[:3]] if _all_turned(answered) else []
    wanted += [("mirrored", one), ("half", one), ("blank", one), ("noise", one), ("again", one), ("mirrored", two)]
    wanted += [] if _all_turned(answered) else [("turned-6", one), ("turned-8", two), ("again", two)]
    return tuple(Probe(*each) for each in dict.fromkeys(wanted))[: max(room, 0)]


def next_probes(answered: Sequence[Answered], room: int) -> tuple[Probe, ...]:
    """More changed images, if the responses to the first ones do not follow them as a correct server's do."""
    names = suitable(answered)
    tried = [each for each in answered if each.call.variant is not None]
    changed = [each for each in tried if each.marks]
    if not names or not changed:
        return ()
    outcome = outcome_of([each for each in answered if _is_answer(each)], tried, ())
    if outcome.judgement.sure and outcome.judgement.reading.plain:
        return ()
    a, b, c = (names[min(place, len(names) - 1)] for place in range(3))
    wanted = [("upended", a), ("mirrored", c), ("upended", b), ("narrow", a), ("half", b), ("padded", b)]
    wanted += [("narrow", b), ("upended", c), ("half", c), ("padded", a)]
    made = {(each.call.variant.kind, each.call.variant.of) for each in tried if each.call.variant}
    return tuple(Probe(*each) for each in dict.fromkeys(wanted) if each not in made)[: max(room, 0)]


def suitable(answered: Sequence[Answered]) -> tuple[str, ...]:
    """The images that show most under a change: some positions, not too many, upright if any is."""
    upright = [each for each in _shown(answered) if each.call.image_orientation == 1]
    fit = upright or _shown(answered)
    ranked = sorted(fit, key=lambda each: not 2 <= len(each.marks) <= 40)
    return tuple(dict.fromkeys(each.call.image_name for each in ranked))


def _shown(answered: Sequence[Answered]) -> list[Answered]:
    fit = [each for each in answered if _is_answer(each) and each.marks]
    return [each for each in fit if each.call.purpose == "infer" and each.call.image_width > 0]


def _all_turned(answered: Sequence[Answered]) -> bool:
    """Whether every image with positions was sent with an EXIF orientation, so that upright copies are needed."""
    return all(each.call.image_orientation > 1 for each in _shown(answered))


def _is_answer(answered: Answered) -> bool:
    return answered.call.purpose in ("ping", "infer") and answered.answer is not None


def input_cells(room: int, ways: Sequence[Way]) -> tuple[Cell, ...]:
    """The cells to fill, most useful first: common kinds with the transport that works, then rare ones, then others.

    Args:
        ways: the transports to try, starting with the one that is known to work.
    """
    cells = [Cell(ways[0], kind) for kind in (*COMMON, *BROKEN, *RARE, *TURNED)] if ways else []
    cells += [Cell(way, kind) for way in ways[1:] for kind in (*COMMON, *RARE)]
    return tuple(cells[: max(room, 0)])


def input_calls(url: bool) -> int:
    """How many calls the grid needs."""
    return len(input_cells(1000, WAYS if url else ("base64", "data-uri")))
