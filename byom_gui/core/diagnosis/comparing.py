"""The same responses with two readings, as sent and as probably intended, to be drawn side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from byom_gui.core.diagnosis.evidence import Pair, share_outside
from byom_gui.core.diagnosis.judging import PLAIN, Material, cost, hypotheses
from byom_gui.core.diagnosis.marks import Sheet
from byom_gui.core.diagnosis.model import Answered
from byom_gui.core.diagnosis.readings import Layout, Reading, correct
from byom_gui.core.diagnosis.shapes import bounds_of
from byom_gui.core.observations import EdgeMap
from byom_gui.core.predictions import BoundingBox, Cuboid, Keypoint, Prediction, Shape

MOST_SHAPES = 300
"""How many shapes of one response are drawn and counted."""
MOST_IMAGES = 8
MOST_OTHERS = 5
_TINY = 1.5
_ODD = 0.2
_FRACTIONS = 1.6
_FEW, _MOST_PAIRS = 3, 8
_PERCENT = 100
_MODEL = (640.0, 640.0)
"""A typical model input size, used if none is known."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How the shapes of one image lie with one reading.

    ``sizeless``: boxes without width or height; ``tiny``: less than a pixel and a half across.
    """

    total: int = 0
    beyond: int = 0
    tiny: int = 0
    sizeless: int = 0

    @property
    def inside(self) -> int:
        """How many can be seen as they are."""
        return self.total - self.beyond - self.tiny - self.sizeless


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading, and how it fits.

    Args:
        follows: how well responses follow changed images with this reading, 0 to 1; None if none was changed.
        edges: how much more the images change along the outlines than elsewhere; 0 for no more.
        tallies: one per image, in the order of ``Comparison.images``.
    """

    reading: Reading
    follows: float | None
    edges: float
    tallies: tuple[Tally, ...] = ()


@dataclass(frozen=True, slots=True)
class Pictured:
    """An image and its shapes, as sent. ``total`` also counts those that are left out of ``shapes``."""

    image: str
    width: int
    height: int
    orientation: int
    shapes: tuple[Prediction, ...]
    total: int

    def read(self, reading: Reading) -> tuple[Prediction, ...]:
        """The shapes with that reading, in pixels of the upright image."""
        return tuple(correct(each, reading, self.width, self.height, self.orientation) for each in self.shapes)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two readings side by side, and the others that were tried, best first.

    ``decided`` is False if there is not enough evidence; then ``best`` is only the likeliest.
    """

    decided: bool
    sent: Candidate
    best: Candidate
    others: tuple[Candidate, ...]
    images: tuple[Pictured, ...]

    @property
    def boxed(self) -> bool:
        """Whether any shape is a box, so that layouts matter."""
        return any(isinstance(each.shape, BoundingBox | Cuboid) for one in self.images for each in one.shapes)


def compare(answered: Sequence[Answered], edges: Sequence[EdgeMap], reading: Reading | None) -> Comparison | None:
    """What to draw; None if coordinates are read as they are, without any doubt.

    Takes up to half a second for large runs: not for the window's own thread.

    Args:
        reading: how the diagnosis reads coordinates; None if that is as they are, or unknown.
    """
    answers = [each for each in answered if each.call.purpose in ("ping", "infer") and each.marks]
    answers = [each for each in answers if each.call.image_name and each.call.image_width and each.call.image_height]
    # The ping's own image is drawn only if there is no other.
    answers = [each for each in answers if each.call.purpose == "infer"] or answers
    material = _material(answers, answered, edges)
    if not material.sheets or (reading is None and not _doubtful(material)):
        return None
    likely = [] if reading else _likeliest(material)
    meant = replace(reading, confidence=0.0) if reading else next(iter(likely), None)
    if meant is None or not (images := tuple(_pictured(answers, meant))):
        return None
    boxed = any(mark.box for sheet in material.sheets for mark in sheet.marks)
    near = [] if likely else list(_named_apart(_near(meant, boxed=boxed), meant))
    ranked = likely or _ranked(material, near)
    others = list(_named_apart(ranked, meant))[:MOST_OTHERS]
    sent, best, *rest = [_candidate(each, material, images) for each in (PLAIN, meant, *others)]
    return Comparison(reading is not None, sent, best, tuple(rest), images)


def _material(answers: Iterable[Answered], answered: Iterable[Answered], edges: Sequence[EdgeMap]) -> Material:
    sheets: dict[str, Sheet] = {}
    for each in answers:
        if len(sheets) < MOST_IMAGES:
            sheets.setdefault(each.call.image_name, _sheet(each))
    pairs = [made for each in answered if (made := _pair(each, sheets)) is not None]
    return Material(tuple(sheets.values()), tuple(pairs[:_MOST_PAIRS]), tuple(edges))


def _pair(each: Answered, sheets: Mapping[str, Sheet]) -> Pair | None:
    """The responses to an image and to its changed copy, if the change moves positions."""
    variant = each.call.variant
    base = sheets.get(variant.of) if variant else None
    if variant is None or base is None or not each.marks or not variant.keeps or each.call.purpose != "variant":
        return None
    moves = base.orientation == 1 and not variant.kind.startswith("turned")
    return Pair(base, _sheet(each), variant.to, variant.kind) if moves else None


def _sheet(each: Answered) -> Sheet:
    call = each.call
    return Sheet(call.image_name, call.image_width, call.image_height, call.image_orientation, each.marks, call.variant)


def _doubtful(material: Material) -> bool:
    """Whether the numbers look odd, although nothing could be decided."""
    numbers = (abs(number) for sheet in material.sheets for mark in sheet.marks for number in mark.numbers)
    return share_outside(PLAIN, material.sheets) > _ODD or max(numbers) <= _FRACTIONS


def _likeliest(material: Material) -> list[Reading]:
    """The readings that the numbers allow, likeliest first, by a part of the evidence: all of it takes seconds."""
    part = Material(material.sheets[:_FEW], material.pairs[:_FEW], material.edges)
    return _ranked(part, [each for each in hypotheses(part) if not each.plain])


def _ranked(material: Material, readings: Iterable[Reading]) -> list[Reading]:
    found = {each: material.score(each).total - cost(each) for each in readings}
    return sorted(found, key=lambda each: -found[each])


def _near(meant: Reading, *, boxed: bool) -> Iterator[Reading]:
    """Readings that differ from ``meant`` in only one respect."""
    layouts: tuple[Layout, ...] = ("size", "corners", "centre") if boxed else ()
    for layout in layouts:
        yield replace(meant, layout=layout)
    yield replace(meant, swap="" if meant.swap else "all")
    of_model = meant.size is not None and max(meant.size) > _PERCENT
    for size in ((1.0, 1.0), (100.0, 100.0), *(() if of_model else (_MODEL,))):
        yield replace(meant, size=size, fit="stretched")
    if meant.size is not None:
        yield replace(meant, size=None, fit="stretched")
        yield replace(meant, fit="stretched" if meant.fit != "stretched" else "centred")


def _named_apart(readings: Iterable[Reading], meant: Reading) -> Iterator[Reading]:
    """One of each name, without ``meant`` and the plain one."""
    used = {meant.name, PLAIN.name}
    for each in readings:
        if each.name not in used:
            used.add(each.name)
            yield each


def _pictured(answers: Iterable[Answered], meant: Reading) -> Iterator[Pictured]:
    """The images on which it makes a difference."""
    used: set[str] = set()
    for each in answers:
        call = each.call
        if call.image_name in used or len(used) >= MOST_IMAGES or each.answer is None:
            continue
        placed = [one for one in each.answer.predictions if bounds_of(one.shape) is not None]
        shapes = tuple(placed[:MOST_SHAPES])
        made = Pictured(
            call.image_name, call.image_width, call.image_height, call.image_orientation, shapes, len(placed)
        )
        if any(one.shape != other.shape for one, other in zip(shapes, made.read(meant), strict=True)):
            used.add(call.image_name)
            yield made


def _candidate(reading: Reading, material: Material, images: Sequence[Pictured]) -> Candidate:
    found = material.score(reading)
    tallies = tuple(tally(each.read(reading), each.width, each.height) for each in images)
    return Candidate(reading, found.agreement if material.pairs else None, found.edges, tallies)


def tally(shapes: Iterable[Prediction], width: int, height: int) -> Tally:
    """How shapes lie on an image of that size in pixels; they may extend beyond it by a hundredth of the size."""
    total = beyond = tiny = sizeless = 0
    slack = max(2.0, 0.01 * min(width, height))
    for each in shapes:
        bounds = bounds_of(each.shape)
        if bounds is None:
            continue
        total += 1
        left, top, right, bottom = bounds
        boxed = isinstance(each.shape, BoundingBox | Cuboid)
        if boxed and _inside_out(each.shape):
            sizeless += 1
        elif min(left, top) < -slack or right > width + slack or bottom > height + slack:
            beyond += 1
        elif not isinstance(each.shape, Keypoint) and max(right - left, bottom - top) < _TINY:
            tiny += 1
    return Tally(total, beyond, tiny, sizeless)


def _inside_out(shape: Shape) -> bool:
    box = shape.front if isinstance(shape, Cuboid) else shape
    return isinstance(box, BoundingBox) and (box.w <= 0 or box.h <= 0)


def layout_words(reading: Reading, *, boxed: bool) -> str:
    """The numbers in their order, such as ``x1 y1 x2 y2``."""
    if not boxed:
        return "y x" if reading.swap else "x y"
    words = {"size": ("x", "y", "w", "h"), "corners": ("x1", "y1", "x2", "y2"), "centre": ("cx", "cy", "w", "h")}
    a, b, c, d = words[reading.layout]
    if reading.swap:
        a, b = b, a
    if reading.swap == "all":
        c, d = d, c
    return f"{a} {b} {c} {d}"


def unit_words(reading: Reading) -> str:
    """The unit and what was left out; empty for pixels of the upright image."""
    parts = [f"in {reading.unit_name}"] if reading.size is not None else []
    parts += ["before turning upright"] if reading.unrotated else []
    return ", ".join(parts)
