"""Names on the picture: chips beside objects, tags in the top left corner, vectors as small compasses at the right."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainter, QPolygonF

from byom_gui.core import clipping, geometry
from byom_gui.core.chips import GAP, POINT_WEIGHT, Crowd, inside, place
from byom_gui.core.geometry import Box
from byom_gui.core.predictions import DirectionalVector, Keypoint, Prediction
from byom_gui.core.view import View
from byom_gui.ui import theme
from byom_gui.ui.scene import Item
from byom_gui.ui.strokes import RING, Mode, faded, pen

Labels = Literal["auto", "all", "none"]

GROUND, NUMBER = QColor("#15181C"), QColor("#D4D9E0")
INSET, STEP = 8.0, 4.0
PAD, SWATCH, NAME_GAP, NUMBER_GAP = 7.0, 8.0, 6.0, 6.0
MOST_OF_A_CLASS = 30
MOST_COVERED = 300.0
LONGEST = 240.0
COMPASS = 32.0
_CHIP = -1


@dataclass(frozen=True, slots=True)
class ChipFonts:
    """The fonts of a chip and the length of one unit of its measures, in pixels."""

    name: QFont
    number: QFont
    unit: float

    @staticmethod
    def now() -> ChipFonts:
        """The window's small fonts."""
        name = QFont(QGuiApplication.font())
        name.setPixelSize(theme.px(11))
        return ChipFonts(name, theme.mono(11), theme.state().scale)


@dataclass(frozen=True, slots=True)
class Chip:
    """A chip with its place. ``more`` is a second line: the object's text and attributes."""

    item: Item
    box: Box
    name: str
    number: str
    more: str = ""
    arrow: bool = False


@dataclass(slots=True)
class Layout:
    """Every chip of a view, by the index of its object, and what is on the screen already."""

    chips: dict[int, Chip] = field(default_factory=dict)
    crowd: Crowd = field(default_factory=Crowd)


def extras(prediction: Prediction) -> str:
    """An object's text and attributes in one line; empty where it has none."""
    parts = [f"“{prediction.text}”"] if prediction.text else []
    return " · ".join([*parts, *prediction.attributes])


def _flat(text: str) -> str:
    return " ".join(text.split())


def chip_for(item: Item, fonts: ChipFonts, *, more: bool = False) -> tuple[Chip, tuple[float, float]]:
    """A chip without a place, and its size."""
    names, numbers = QFontMetricsF(fonts.name), QFontMetricsF(fonts.number)
    longest = LONGEST * fonts.unit
    elide = Qt.TextElideMode.ElideRight
    name = names.elidedText(_flat(item.prediction.name) or "no name", elide, longest)
    number = f"{item.prediction.confidence:.2f}"
    second = names.elidedText(_flat(extras(item.prediction)), elide, longest) if more else ""
    wide = SWATCH * fonts.unit + NAME_GAP * fonts.unit + names.horizontalAdvance(name)
    wide += NUMBER_GAP * fonts.unit + numbers.horizontalAdvance(number)
    wide = max(wide, names.horizontalAdvance(second)) + 2 * PAD * fonts.unit
    arrow = isinstance(item.prediction.shape, DirectionalVector)
    high = line_height(fonts) + (names.height() + 2 * fonts.unit if second else 0)
    if arrow:
        wide, high = wide + (COMPASS + 2) * fonts.unit, max(high, COMPASS * fonts.unit)
    return Chip(item, (0, 0, wide, high), name, number, second, arrow), (round(wide), round(high))


def line_height(fonts: ChipFonts) -> float:
    """The height of a chip of one line."""
    return max(20 * fonts.unit, QFontMetricsF(fonts.name).height() + 4)


def _placed(chip: Chip, box: Box) -> Chip:
    return Chip(chip.item, box, chip.name, chip.number, chip.more, chip.arrow)


def edge_chips(items: Iterable[Item], view: View, fonts: ChipFonts, layout: Layout) -> None:
    """Puts tags in the top left corner and vectors in the top right, each below the one before."""
    left, top, wide, high = view.frame
    inset, step = INSET * fonts.unit, STEP * fonts.unit
    next_at = {False: top + inset, True: top + inset}
    for item in items:
        if item.box is not None or item.prediction.shape_name not in ("tag", "directional_vector"):
            continue
        chip, size = chip_for(item, fonts)
        y = next_at[chip.arrow]
        if y + size[1] > top + high:
            continue
        x = max(left + wide - inset - size[0], left) if chip.arrow else left + inset
        box = (float(round(x)), float(round(y)), *size)
        next_at[chip.arrow] = y + size[1] + step
        layout.chips[item.prediction.index] = _placed(chip, box)
        layout.crowd.add(_CHIP, box, POINT_WEIGHT)


def _seen(item: Item, view: View) -> Box | None:
    """The part of an object's box that is in sight, on the screen."""
    if item.box is None:
        return None
    x, y, w, h = view.box(item.box)
    if isinstance(item.prediction.shape, Keypoint):
        x, y, w, h = x - RING - 1, y - RING - 1, 2 * RING + 2, 2 * RING + 2
    left, top, wide, high = view.frame
    if not clipping.meets((x, y, w, h), view.frame):
        return None
    x2, y2 = min(x + w, left + wide), min(y + h, top + high)
    x, y = max(x, left), max(y, top)
    return x, y, max(x2 - x, 0.0), max(y2 - y, 0.0)


def arrange(
    items: Sequence[Item], view: View, fonts: ChipFonts, labels: Labels, layout: Layout
) -> Iterator[Chip | None]:
    """Places the chips that are there without pointer or selection, one a step (None: no room), into ``layout``."""
    edge_chips(items, view, fonts, layout)
    yield from tuple(layout.chips.values())
    seen = [(item, box) for item in items if (box := _seen(item, view)) is not None]
    for item, box in seen:
        if not item.holder:
            point = isinstance(item.prediction.shape, Keypoint)
            layout.crowd.add(item.prediction.index, box, POINT_WEIGHT if point else 1.0)
    if labels == "none":
        return
    counts = Counter(item.prediction.name for item, _ in seen)
    for item, box in seen:
        if labels == "all":
            yield _try(item, box, view, fonts, layout, math.inf)
        elif counts[item.prediction.name] <= MOST_OF_A_CLASS and not _beside(item, box, layout.crowd):
            yield _try(item, box, view, fonts, layout, MOST_COVERED)


def _beside(item: Item, box: Box, crowd: Crowd) -> bool:
    """Whether this is a keypoint that marks another object: its own name would only crowd that object's."""
    if not isinstance(item.prediction.shape, Keypoint):
        return False
    x, y, w, h = box
    return crowd.covered((x - GAP, y - GAP, w + 2 * GAP, h + 2 * GAP), item.prediction.index) > 0


def _try(item: Item, box: Box, view: View, fonts: ChipFonts, layout: Layout, most: float) -> Chip | None:
    chip, size = chip_for(item, fonts)
    index = item.prediction.index
    found = place(index, box, size, view.frame, layout.crowd)
    if found.covered >= most:
        return None
    there = (float(round(found.box[0])), float(round(found.box[1])), *size)
    layout.chips[index] = _placed(chip, there)
    layout.crowd.add(_CHIP, there, POINT_WEIGHT)
    return layout.chips[index]


def top_chip(item: Item, view: View, fonts: ChipFonts, layout: Layout) -> Chip | None:
    """The chip of a hovered or selected object, with its text and attributes; over the one it had before, if any."""
    known = layout.chips.get(item.prediction.index)
    if known is not None and not extras(item.prediction):
        return known
    chip, size = chip_for(item, fonts, more=True)
    box = _seen(item, view)
    if known is not None:
        x, y, _, high = known.box
        rise = size[1] - high if box is not None and y < box[1] else 0.0
        return _placed(chip, inside((x, y - rise), (max(size[0], known.box[2]), size[1]), view.frame))
    if box is None:
        return None
    found = place(item.prediction.index, box, size, view.frame, layout.crowd)
    return _placed(chip, (float(round(found.box[0])), float(round(found.box[1])), *size))


def draw(painter: QPainter, chip: Chip, fonts: ChipFonts, mode: Mode = "rest") -> None:
    """Draws a chip at its place."""
    x, y, wide, high = chip.box
    unit = fonts.unit
    if chip.arrow:
        _compass(painter, chip, QRectF(x + wide - COMPASS * unit, y, COMPASS * unit, COMPASS * unit), mode)
        wide -= (COMPASS + 2) * unit
        y, high = y + (high - line_height(fonts)) / 2, line_height(fonts)
    # The chip of a hovered or selected object lies over the one that it has at rest, which must not show through.
    share = 0.92 if mode == "rest" else 1.0
    _ground(painter, QRectF(x, y, wide, high), 4 * unit, mode if chip.item.box is None else "rest", share)
    line = line_height(fonts)
    _swatch(painter, chip.item, QRectF(x + PAD * unit, y + (line - SWATCH * unit) / 2, SWATCH * unit, SWATCH * unit))
    names = QFontMetricsF(fonts.name)
    base = y + (line + names.ascent() - names.descent()) / 2
    at = x + (PAD + SWATCH + NAME_GAP) * unit
    painter.setFont(fonts.name)
    painter.setPen(QColor("#FFFFFF"))
    painter.drawText(QPointF(at, base), chip.name)
    if chip.more:
        painter.setPen(NUMBER)
        painter.drawText(QPointF(x + PAD * unit, base + names.height()), chip.more)
    painter.setFont(fonts.number)
    painter.setPen(NUMBER)
    painter.drawText(QPointF(at + names.horizontalAdvance(chip.name) + NUMBER_GAP * unit, base), chip.number)


def draw_values(painter: QPainter, text: str, beside: Box, view: View, fonts: ChipFonts) -> None:
    """Numbers of an object in a chip below it, or above where there is no room; ``beside`` is its box on the screen."""
    metrics = QFontMetricsF(fonts.number)
    size = (round(metrics.horizontalAdvance(text) + 2 * PAD * fonts.unit), round(line_height(fonts)))
    x, y, _, high = beside
    below = y + high + GAP
    top = below if below + size[1] <= view.height else y - GAP - size[1]
    at = inside((x, top), size, (0.0, 0.0, view.width, view.height))
    box = QRectF(round(at[0]), round(at[1]), *size)
    _ground(painter, box, 4 * fonts.unit, "rest")
    painter.setFont(fonts.number)
    painter.setPen(QColor("#FFFFFF"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _ground(painter: QPainter, box: QRectF, radius: float, mode: Mode, share: float = 0.92) -> None:
    if mode == "selected":
        painter.setPen(pen(QColor("#FFFFFF"), 2))
        painter.setBrush(faded(GROUND, share))
        painter.drawRoundedRect(box, radius, radius)
    else:
        painter.setPen(pen(faded(QColor("#FFFFFF"), 0.6 if mode == "hover" else 0.25), 1))
        painter.setBrush(faded(GROUND, share))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _swatch(painter: QPainter, item: Item, box: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(item.colour)
    painter.drawRoundedRect(box, box.width() / 4, box.width() / 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _compass(painter: QPainter, chip: Chip, box: QRectF, mode: Mode) -> None:
    """A vector has a direction and no place: an arrow through the middle of a small round ground."""
    _ground(painter, box, box.width() / 2, mode)
    shape = chip.item.prediction.shape
    assert isinstance(shape, DirectionalVector)
    way, reach = geometry.direction(shape), box.width() * 0.3
    middle = box.center()
    step = QPointF(way.x * reach, way.y * reach)
    tail, tip = middle - step, middle + step
    painter.setPen(pen(chip.item.colour, 2))
    painter.drawLine(tail, tip)
    side = QPointF(-step.y(), step.x())
    painter.drawPolyline(QPolygonF([tip - step * 0.65 + side * 0.5, tip, tip - step * 0.65 - side * 0.5]))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(chip.item.colour)
    painter.drawEllipse(tail, reach * 0.3, reach * 0.3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
