"""Units, layout, axes and orientation: judges the responses of a run together and reports findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.evidence import Pair, score, share_outside
from byom_gui.core.diagnosis.judging import Judgement, Material, judge
from byom_gui.core.diagnosis.marks import Sheet
from byom_gui.core.diagnosis.model import Answered, Rule, RunLook, RunRule
from byom_gui.core.diagnosis.readings import Reading, then
from byom_gui.core.findings import Finding
from byom_gui.core.observations import IDENTITY, EdgeMap, Variant
from byom_gui.core.predictions import SHAPE_NAMES, Prediction
from byom_gui.core.wording import shown

IDS = (
    "units.normalised",
    "units.percent",
    "units.model-size",
    "layout.corners",
    "layout.centre",
    "layout.swapped",
    "orientation.exif",
)
EXPLAINS = ("shape.outside", "shape.degenerate")
"""Findings that are consequences of misread coordinates."""

_PICTURES = 8
_MOVES = frozenset(("mirrored", "upended", "half", "narrow", "padded"))
UPRIGHT = "upright"
"""The change that turns an image's pixels upright and drops its EXIF orientation."""
_TURNED = frozenset(f"turned-{number}" for number in range(2, 9))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The judgement, and whether coordinates are for the images before they are turned upright."""

    judgement: Judgement
    unrotated: bool = False
    turned: int = 0
    """How many turned images showed it."""


def outcome_of(answers: Sequence[Answered], tried: Sequence[Answered], edges: Sequence[EdgeMap]) -> Outcome:
    """What the coordinates of a run mean. Looks at a bounded number of responses; the last few outcomes are cached."""
    sheets = _sheets(answers)
    wanted = {sheet.image for sheet in sheets}
    changed = tuple(
        _sheet(each)
        for each in tried
        if each.marks
        and (variant := each.call.variant)
        and variant.of in wanted
        and variant.kind in _MOVES | _TURNED | {UPRIGHT}
    )
    if not changed and not _odd(sheets):
        return Outcome(Judgement(Reading(), False))
    return _outcome(sheets, changed, tuple(edges))


def _odd(sheets: Sequence[Sheet]) -> bool:
    """Whether the numbers alone need a closer look: a valid run without probes ends here."""
    return share_outside(Reading(), sheets) > 0.2 or all(
        abs(number) <= 1.6 for sheet in sheets for mark in sheet.marks for number in mark.numbers
    )


def _sheets(answers: Sequence[Answered]) -> tuple[Sheet, ...]:
    """One response per image: those that probes are based on, otherwise the first ones with positions."""
    found: dict[str, Sheet] = {}
    for each in answers:
        call = each.call
        if len(found) >= _PICTURES:
            break
        if each.marks and call.image_name and call.image_width and call.image_height:
            found.setdefault(call.image_name, _sheet(each))
    return tuple(found.values())


def _sheet(answered: Answered) -> Sheet:
    call = answered.call
    return Sheet(
        call.image_name, call.image_width, call.image_height, call.image_orientation, answered.marks, call.variant
    )


@lru_cache(maxsize=8)
def _outcome(sheets: tuple[Sheet, ...], changed: tuple[Sheet, ...], edges: tuple[EdgeMap, ...]) -> Outcome:
    by_name = {sheet.image: sheet for sheet in sheets}
    copies = {sheet.variant.of: sheet for sheet in changed if sheet.variant and sheet.variant.kind == UPRIGHT}
    pairs = tuple(_pair(by_name[sheet.variant.of], sheet, sheet.variant) for sheet in changed if sheet.variant)
    upright = tuple(sheet for sheet in sheets if sheet.orientation == 1)
    moved = tuple(
        pair if pair.base.orientation == 1 else _from_copy(pair, copies[pair.base.image])
        for pair in pairs
        if pair.kind in _MOVES and (pair.base.orientation == 1 or pair.base.image in copies)
    )
    judgement = judge(Material((*upright, *copies.values()), moved, edges))
    turned = tuple(pair for pair in pairs if (pair.kind in _TURNED) == (pair.base.orientation == 1) and _tells(pair))
    return Outcome(judgement, *_turned(judgement.reading, tuple(s for s in sheets if s.orientation > 1), turned))


def _pair(base: Sheet, changed: Sheet, variant: Variant) -> Pair:
    return Pair(base, changed, variant.to, variant.kind)


def _tells(pair: Pair) -> bool:
    """Whether a pair is about turned images: a turned one, or the upright copy of one with an EXIF orientation."""
    return pair.kind in _TURNED or pair.kind == UPRIGHT


def _from_copy(pair: Pair, copy: Sheet) -> Pair:
    """The same change applied to the upright copy, whose response does not depend on EXIF handling."""
    across, _, _, _, down, _ = copy.variant.to if copy.variant else IDENTITY
    return replace(pair, base=copy, to=then((1 / across, 0.0, 0.0, 0.0, 1 / down, 0.0), pair.to))


def _turned(reading: Reading, sheets: tuple[Sheet, ...], pairs: tuple[Pair, ...]) -> tuple[bool, int]:
    """Whether responses to turned images are for the image as it is stored."""
    plain = replace(reading, confidence=0.0)
    before = replace(plain, unrotated=True)
    as_sent, stored = score(plain, sheets, pairs, ()), score(before, sheets, pairs, ())
    if pairs:
        ahead = stored.agreement - as_sent.agreement
        if stored.agreement >= 0.6 and ahead >= 0.25 and stored.moving - as_sent.moving >= 1.2:
            return True, len(sheets) + sum(pair.kind in _TURNED for pair in pairs)
        return False, 0
    marks = sum(len(sheet.marks) for sheet in sheets)
    better = share_outside(plain, sheets) - share_outside(before, sheets)
    return (marks >= 5 and better > 0.3 and share_outside(before, sheets) < 0.05), len(sheets)


def reading_of(look: RunLook) -> Reading | None:
    """How the coordinates must be read, if that is not as they are."""
    if look.geometry is None:
        return None
    judged, unrotated = look.geometry.judgement, look.geometry.unrotated
    reading = replace(judged.reading, unrotated=unrotated) if judged.sure else Reading(unrotated=unrotated)
    return None if reading.plain else reading


def _findings(look: RunLook) -> Iterator[Finding]:
    outcome = look.geometry
    if outcome is None:
        return
    judged = outcome.judgement
    if judged.sure:
        yield from _units(look, judged)
        yield from _layout(look, judged)
    if outcome.unrotated:
        yield _orientation(look, outcome)


def _units(look: RunLook, judged: Judgement) -> Iterator[Finding]:
    size = judged.reading.size
    if size is None:
        return
    bars = _BARS if judged.reading.fit in ("centred", "corner") else ""
    if size == (1.0, 1.0):
        id, what, cause = "units.normalised", "Coordinates are from 0 to 1; pixels are expected.", _NORMALISED
        snippet = "x, w = x * width, w * width\ny, h = y * height, h * height"
    elif size == (100.0, 100.0):
        id, what, cause = "units.percent", "Coordinates are percentages; pixels are expected.", _PERCENT
        snippet = "x, w = x * width / 100, w * width / 100\ny, h = y * height / 100, h * height / 100"
    else:
        short = judged.reading.fit == "shorter"
        target = f"{size[0]:.0f} pixels on the shorter side" if short else f"{size[0]:.0f} × {size[1]:.0f}"
        id, what = "units.model-size", f"Coordinates are for an image of {target}, not for the image that was sent."
        cause = f"The image was resized to {target} for the model, and the coordinates were not scaled back.{bars}"
        snippet = _back(judged.reading)
    fix = "Multiply x and w by the width, and y and h by the height, of the image as received."
    fix = fix if id == "units.normalised" else "Scale the coordinates back to the image as received."
    yield _told(look, judged, id, what, cause + (bars if id != "units.model-size" else ""), fix, snippet)


_NORMALISED = "The model returns fractions of the image's width and height, and the server passes them on unchanged."
_PERCENT = "The server returns coordinates as percentages of the image's width and height."
_BARS = " The image kept its aspect ratio and was padded with bars."


def _back(reading: Reading) -> str:
    across, down = reading.size or (1.0, 1.0)
    if reading.fit == "stretched":
        return (
            f"x, w = x * width / {across:.0f}, w * width / {across:.0f}\n"
            f"y, h = y * height / {down:.0f}, h * height / {down:.0f}"
        )
    pick = "min" if reading.fit == "shorter" else "max"
    scale = f"scale = {pick}(width / {across:.0f}, height / {down:.0f})"
    if reading.fit != "centred":
        return f"{scale}\nx, y, w, h = x * scale, y * scale, w * scale, h * scale"
    return (
        f"{scale}\nx = x * scale + (width - {across:.0f} * scale) / 2\n"
        f"y = y * scale + (height - {down:.0f} * scale) / 2\nw, h = w * scale, h * scale"
    )


def _layout(look: RunLook, judged: Judgement) -> Iterator[Finding]:
    reading = judged.reading
    if reading.layout == "corners":
        yield _told(
            look,
            judged,
            "layout.corners",
            "“w” and “h” hold the opposite corner instead of the size.",
            "The model returns x1 y1 x2 y2, and the server put them into x y w h.",
            "Subtract the first corner from the second.",
            '{"x": x1, "y": y1, "w": x2 - x1, "h": y2 - y1}',
        )
    if reading.layout == "centre":
        yield _told(
            look,
            judged,
            "layout.centre",
            "“x” and “y” hold the center of a box instead of its top left corner.",
            "The model returns the center and the size, as YOLO does.",
            "Subtract half the size.",
            '{"x": cx - w / 2, "y": cy - h / 2, "w": w, "h": h}',
        )
    if reading.swap:
        place_only = reading.swap == "place"
        yield _told(
            look,
            judged,
            "layout.swapped",
            "x and y are swapped.",
            "The coordinates are in row and column order, as in arrays: y first."
            + (" Width and height are correct." if place_only else ""),
            "Return x as the distance from the left and y as the distance from the top.",
            "y, x = row, column",
        )


def _orientation(look: RunLook, outcome: Outcome) -> Finding:
    turned = next((each for each in (*look.answers, *look.tried) if each.call.image_orientation > 1), None)
    orientation = turned.call.image_orientation if turned else 6
    return make(
        "orientation.exif",
        "Coordinates are for the image before it is turned upright.",
        where=turned.call.image_name if turned else "",
        evidence=f"On {outcome.turned} turned images (EXIF orientation {orientation}), the coordinates fit the stored "
        "image, not the one that people see.",
        cause="The EXIF orientation was not applied when the image was read. It is assumed that V7 shows the upright "
        "image "
        "and measures from its corner.",
        fix="Turn the image upright before the model sees it.",
        snippet="from PIL import ImageOps\nimage = ImageOps.exif_transpose(image)",
        count=max(outcome.turned, 1),
        image=turned.call.image_name if turned else "",
    )


def _told(look: RunLook, judged: Judgement, id: str, what: str, cause: str, fix: str, snippet: str) -> Finding:
    boxed = id in ("layout.corners", "layout.centre")
    first = _first(look, boxed)
    marks, pictures = f"{judged.marks:,} results", f"{judged.pictures} image{'s' * (judged.pictures != 1)}"
    evidence = f"{first[1]} Judged from {marks} on {pictures}"
    if judged.agreement:
        evidence += (
            f"; when the images are mirrored, scaled or turned, the coordinates follow by {judged.agreement:.0%} if "
            f"read as “{judged.reading.name}”, and by {judged.plain_agreement:.0%} as they are"
        )
    evidence += f". Confidence: {judged.reading.confidence:.0%}."
    return make(
        id,
        what,
        where=first[0],
        evidence=evidence,
        cause=cause,
        fix=fix,
        snippet=snippet,
        count=judged.marks,
        image=first[2],
    )


def _first(look: RunLook, boxed: bool) -> tuple[str, str, str]:
    """The path, its value and the image of the first result that the finding is about. One exists: it was judged."""
    kinds = _BOXES if boxed else _PLACES
    each, prediction = next(
        (each, found) for each in look.answers for found in _shapes(each) if found.shape_name in kinds
    )
    raw = (each.answer.results or [])[prediction.index] if each.answer else {}
    place = f"results[{prediction.index}].{prediction.shape_name}"
    size = f" on a {each.call.image_width} × {each.call.image_height} image"
    return place, f"{place} is {shown(raw[prediction.shape_name], 90)}{size}.", each.call.image_name


_BOXES = frozenset(("bounding_box", "cuboid"))
_PLACES = frozenset(SHAPE_NAMES) - {"tag", "directional_vector"}


def _shapes(each: Answered) -> Sequence[Prediction]:
    return each.answer.predictions if each.answer else ()


RULES: tuple[Rule, ...] = (RunRule(IDS, _findings),)
