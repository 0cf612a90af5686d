"""Which reading fits best, decided jointly over unit, layout, axes and orientation; or that it cannot be decided.

The evidence for a reading other than the plain one must be strong in itself, and much stronger than the evidence for
the plain one: if the coordinates move as the image moves, the server is correct, whatever else looks odd.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from byom_gui.core.diagnosis.evidence import Pair, Score, score, share_outside, spread, voted_size
from byom_gui.core.diagnosis.marks import Sheet
from byom_gui.core.diagnosis.readings import Fit, Layout, Reading, Swap
from byom_gui.core.observations import EdgeMap

PLAIN = Reading()
SIZES = (224, 256, 299, 300, 320, 384, 416, 448, 480, 512, 518, 560, 600, 608, 640, 672, 736, 768, 800, 896, 960, 1000)
LARGE = (1024, 1152, 1280, 1333, 1536, 1920, 2048)
_OBLONG = ((1333, 800), (1280, 720), (1024, 768), (800, 600), (640, 480), (640, 384), (512, 256), (320, 240))

ENOUGH = 3.5
"""How far a reading must be ahead of all readings that are plain in the same respect."""
_AGREES = 0.6
_SOUND = 0.75


@dataclass(frozen=True, slots=True)
class Judgement:
    """The reading that the evidence supports; ``sure`` is False if it cannot be distinguished from others."""

    reading: Reading
    sure: bool
    marks: int = 0
    pictures: int = 0
    agreement: float = 0.0
    """How well responses agree under changes of the image with this reading, 0 to 1; 0 if there were none."""
    plain_agreement: float = 0.0


@dataclass(frozen=True, slots=True)
class Material:
    """What is judged."""

    sheets: tuple[Sheet, ...]
    pairs: tuple[Pair, ...] = ()
    edges: tuple[EdgeMap, ...] = ()

    def score(self, reading: Reading) -> Score:
        """The evidence for a reading."""
        return score(reading, self.sheets, self.pairs, self.edges)


@lru_cache(maxsize=8)
def judge(material: Material) -> Judgement:
    """The one reading that fits all responses, for images that were sent upright."""
    marks = sum(len(sheet.marks) for sheet in material.sheets)
    if not marks:
        return Judgement(PLAIN, False)
    frozen = _is_frozen(material.pairs)
    moving = replace(material, pairs=(), edges=()) if frozen else material
    plain = moving.score(PLAIN)
    undecided = Judgement(PLAIN, False, marks, len(material.sheets), plain.agreement, plain.agreement)
    if _is_sound(plain, moving):
        return replace(undecided, sure=True)
    scores = {reading: moving.score(reading) for reading in _likely(moving)}
    best = common_size(max(scores, key=lambda reading: scores[reading].total - cost(reading)), scores)
    decided = _decided(best, scores, moving)
    if decided.plain:
        return undecided
    found = scores.get(replace(decided, confidence=0.0)) or moving.score(decided)
    return replace(undecided, reading=decided, sure=True, agreement=found.agreement)


def _is_frozen(pairs: tuple[Pair, ...]) -> bool:
    """Whether mirrored images return the same positions: such a server does not look at the image."""
    mirrored = [pair for pair in pairs if pair.kind in ("mirrored", "upended")]
    return bool(mirrored) and all(
        [m.numbers for m in pair.base.marks] == [m.numbers for m in pair.changed.marks] for pair in mirrored
    )


def _is_sound(plain: Score, material: Material) -> bool:
    """Whether coordinates, read as pixels, move as their images do and are within them."""
    if not plain.moved or share_outside(PLAIN, material.sheets) > 0.25:
        return False
    return all(mean >= _SOUND for mean in _by_kind(plain).values())


def _by_kind(found: Score) -> dict[str, float]:
    """The mean agreement of each kind of change."""
    sums: dict[str, tuple[float, float]] = {}
    for kind, share, weight in found.moved:
        before = sums.get(kind, (0.0, 0.0))
        sums[kind] = (before[0] + share * weight, before[1] + weight)
    return {kind: total / weight for kind, (total, weight) in sums.items()}


def cost(reading: Reading) -> float:
    """How much more evidence a reading needs than the plain one: the odder, the more."""
    unit = 0.0 if reading.size is None else 0.5 if max(reading.size) <= 100 else 1.0
    bars = {"stretched": 0.0, "centred": 0.5, "corner": 0.5, "shorter": 0.7}[reading.fit]
    oblong = 0.5 if reading.size and reading.size[0] != reading.size[1] else 0.0
    swap = {"": 0.0, "all": 0.5, "place": 1.0}[reading.swap]
    return unit + bars + oblong + swap + (reading.layout != "size") * 0.5 + reading.unrotated * 0.5


def hypotheses(material: Material) -> Iterator[Reading]:
    """All readings that the numbers allow."""
    boxes = any(mark.box for sheet in material.sheets for mark in sheet.marks)
    top = _top(material)
    for layout, swap in _arrangements(boxes):
        plain = Reading(layout=layout, swap=swap)
        yield plain
        for size, fit in _units(top):
            yield replace(plain, size=size, fit=fit)
        voted = voted_size(plain, material.pairs)
        if top > 1.6 and voted[0] > 0.8 * top / 2:
            across, down = voted[0], voted[1] or voted[0]
            yield replace(plain, size=(round(across), round(down)))
            yield replace(plain, size=(round(across), round(across)), fit="centred")


def _likely(material: Material) -> list[Reading]:
    """The readings that a quick look leaves: the best of all, and the best that are plain in each respect."""
    few = replace(material, sheets=material.sheets[:2], pairs=_few(material.pairs), edges=())
    rough = {reading: few.score(reading).total - cost(reading) for reading in hypotheses(material)}
    ranked = sorted(rough, key=lambda reading: -rough[reading])
    kept = dict.fromkeys((PLAIN, *ranked[:_KEPT]))
    for _, is_plain, _ in _FACTORS:
        kept |= dict.fromkeys([reading for reading in ranked if is_plain(reading)][: _KEPT // 2])
    return list(kept)


_KEPT = 24


def _few(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """One pair of each kind, with few marks."""
    kinds = {pair.kind: pair for pair in reversed(pairs)}
    return tuple(replace(pair, base=_thin(pair.base)) for pair in kinds.values())


def _thin(sheet: Sheet) -> Sheet:
    return replace(sheet, marks=tuple(spread(sheet.marks, 5)))


def _arrangements(boxes: bool) -> tuple[tuple[Layout, Swap], ...]:
    if not boxes:
        return (("size", ""), ("size", "all"))
    return (
        ("size", ""),
        ("corners", ""),
        ("centre", ""),
        ("size", "all"),
        ("corners", "all"),
        ("centre", "all"),
        ("size", "place"),
        ("centre", "place"),
    )


def _top(material: Material) -> float:
    """The largest number in any response."""
    sheets = (*material.sheets, *(pair.changed for pair in material.pairs))
    return max((abs(number) for sheet in sheets for mark in sheet.marks for number in mark.numbers), default=0.0)


def _units(top: float) -> Iterator[tuple[tuple[float, float], Fit]]:
    """The units in which a largest number makes sense."""
    fits: tuple[Fit, ...] = ("stretched", "centred", "corner")
    if top <= 1.6:
        yield from (((1.0, 1.0), fit) for fit in fits)
        return
    if top <= 130:
        yield (100.0, 100.0), "stretched"
    for side in (*SIZES, *LARGE):
        if 0.3 * side < top < 1.15 * side:
            yield from (((float(side), float(side)), fit) for fit in fits)
        if 0.5 * side < top < 4 * side and side >= 256:
            yield (float(side), float(side)), "shorter"
    for across, down in _OBLONG:
        if 0.4 * across < top < 1.1 * across:
            yield (float(across), float(down)), "stretched"


_FACTORS: tuple[tuple[str, Callable[[Reading], bool], Callable[[Reading], Reading]], ...] = (
    ("unit", lambda r: r.size is None, lambda r: replace(r, size=None, fit="stretched")),
    ("layout", lambda r: r.layout == "size", lambda r: replace(r, layout="size")),
    ("swap", lambda r: not r.swap, lambda r: replace(r, swap="")),
)


def _decided(best: Reading, scores: dict[Reading, Score], material: Material) -> Reading:
    """The best reading, plain again in each respect in which the evidence does not suffice."""
    margins: list[float] = []
    kept = best
    for name, is_plain, without in _FACTORS:
        if is_plain(best):
            continue
        rivals = [reading for reading in scores if is_plain(reading)]
        rival = max(rivals, key=lambda reading: scores[reading].total - cost(reading))
        margin = scores[best].total - cost(best) - scores[rival].total + cost(rival)
        if margin >= ENOUGH and _holds(name, best, rival, scores, material):
            margins.append(margin)
        else:
            kept = without(kept)
    if not margins:
        return PLAIN
    return replace(kept, confidence=round(1 - 0.5 * math.exp(-min(margins) / 8), 2))


def common_size(best: Reading, scores: dict[Reading, Score]) -> Reading:
    """A common size instead of an odd one near it, unless the odd one fits clearly better.

    Odd sizes are estimates, and shapes that do not mirror into themselves shift them: percentages became 88 × 100.
    """
    size = best.size
    if size is None or _is_common(size):
        return best

    def beside(other: Reading) -> bool:
        alike = (other.layout, other.swap) == (best.layout, best.swap)
        common = other.size is not None and _is_common(other.size)
        return (
            alike
            and common
            and all(abs(mine / its - 1) < 0.2 for mine, its in zip(size, other.size or (), strict=True))
        )

    rivals = [reading for reading in scores if beside(reading)]
    if not rivals:
        return best
    rival = max(rivals, key=lambda reading: scores[reading].total - cost(reading))
    mine, other = scores[best].total - cost(best), scores[rival].total - cost(rival)
    return rival if other >= 0.85 * mine and scores[rival].edges >= scores[best].edges - 1.5 else best


def _is_common(size: tuple[float, float]) -> bool:
    return (size[0] == size[1] and size[0] in (1, 100, *SIZES, *LARGE)) or size in _OBLONG


def _holds(name: str, best: Reading, rival: Reading, scores: dict[Reading, Score], material: Material) -> bool:
    """Whether the evidence is of a kind that suffices for this."""
    mine, other = scores[best], scores[rival]
    if mine.moved and mine.agreement >= _AGREES and min(_by_kind(mine).values()) >= 0.45:
        return mine.moving - other.moving >= 0.6 * ENOUGH or _passive(name, best, material)
    return _passive(name, best, material) or _by_edges(mine, other, material)


def _passive(name: str, best: Reading, material: Material) -> bool:
    """What the numbers alone can show."""
    marks = [mark for sheet in material.sheets for mark in sheet.marks if min(sheet.width, sheet.height) >= 32]
    if name == "unit" and best.size == (1.0, 1.0):
        fractions = [mark for mark in marks if any(number % 1 for number in mark.numbers)]
        return len(marks) >= 2 and len(fractions) * 2 > len(marks)
    if name == "layout" and best.layout == "corners":
        boxes = [mark.numbers for mark in marks if mark.box]
        ordered = all(x2 > x1 and y2 > y1 for x1, y1, x2, y2 in boxes)
        sized = replace(best, layout="size")
        beyond = share_outside(sized, material.sheets) - share_outside(best, material.sheets)
        return len(boxes) >= 5 and ordered and beyond > 0.35
    return False


def _by_edges(mine: Score, other: Score, material: Material) -> bool:
    """If moving images gives no evidence: only with many marks on several images that clearly follow edges."""
    marks = sum(min(len(sheet.marks), 12) for sheet in material.sheets)
    seen = {each.image for each in material.edges} & {sheet.image for sheet in material.sheets}
    return len(seen) >= 3 and marks >= 12 and mine.edges - other.edges >= ENOUGH and mine.outside >= other.outside - 1
