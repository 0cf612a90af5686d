"""Golden pictures of the nine shapes, each at rest, under the pointer, selected, and at rest on a bright ground.

They hold no words: fonts differ between machines. Tags and vectors, which are words and a compass only, are drawn as
chips of a fixed size without text. Two pictures are alike where in no cell more than ``MOST_OFF`` of the pixels differ
by more than ``FAR_OFF`` in any channel: antialiasing may differ, a stroke that moved by 2 pixels or a halo that is
missing may not; tests/ui/test_painter.py proves it. To draw them anew, then look at them: ``python -m tests.ui.golden``
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from byom_gui.core.colours import CLASS_COLOURS, ClassColour
from byom_gui.core.predictions import (
    SHAPE_NAMES,
    BoundingBox,
    Cuboid,
    DirectionalVector,
    Ellipse,
    Keypoint,
    Line,
    Node,
    Point,
    Polygon,
    Prediction,
    Shape,
    ShapeName,
    Skeleton,
    Tag,
)
from byom_gui.core.view import View
from byom_gui.ui import chips
from byom_gui.ui.chips import Chip, ChipFonts
from byom_gui.ui.painter import Look, paint, smooth
from byom_gui.ui.scene import Scene, prepare
from byom_gui.ui.strokes import Mode

FOLDER = Path(__file__).parent
FAR_OFF = 24
MOST_OFF = 0.004

STATES = ("rest", "hover", "selected", "bright")
DARK, BLOB, BRIGHT = QColor("#04061A"), QColor("#1E46A0"), QColor("#D9D5CC")

SHAPES: dict[ShapeName, Shape] = {
    "tag": Tag(),
    "bounding_box": BoundingBox(16, 16, 92, 60),
    "polygon": Polygon((Point(38, 10), Point(82, 16), Point(106, 48), Point(82, 80), Point(40, 82), Point(14, 42))),
    "line": Line((Point(14, 70), Point(44, 28), Point(72, 58), Point(110, 22))),
    "keypoint": Keypoint(20.5, 20.5),
    "ellipse": Ellipse(25, Point(62, 46), Point(48, 28)),
    "cuboid": Cuboid(BoundingBox(12, 34, 68, 46), BoundingBox(38, 12, 68, 46)),
    "skeleton": Skeleton(
        (
            Node(60, 12, False, "head"),
            Node(60, 40, False, "chest"),
            Node(26, 54, False, "left"),
            Node(94, 54, True, "right"),
        )
    ),
    "directional_vector": DirectionalVector(330, 40),
}
EDGES = {"skeleton": (("head", "chest"), ("chest", "left"), ("chest", "right"))}


def cell(name: ShapeName) -> tuple[int, int]:
    """Width and height of one state's picture: close around the shape, so that a share of it means something."""
    return (41, 41) if name == "keypoint" else (124, 92)


def scene(name: ShapeName) -> Scene:
    """One prediction of a shape, in the class colour of its place."""
    place = SHAPE_NAMES.index(name)
    prediction = Prediction(0, name, name, 0.94, name, SHAPES[name])
    return prepare([prediction], {name: ClassColour(CLASS_COLOURS[place])}, EDGES)


def picture(name: ShapeName, made: Scene | None = None, shift: float = 0.0) -> QImage:
    """All states of a shape side by side; ``shift`` moves the shape, for the proof of the tolerance."""
    wide, high = cell(name)
    image = QImage(wide * len(STATES), high, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for place, state in enumerate(STATES):
        painter.save()
        painter.translate(place * wide, 0)
        painter.setClipRect(QRect(0, 0, wide, high))
        painter.fillRect(0, 0, wide, high, BRIGHT if state == "bright" else DARK)
        if state != "bright":
            painter.fillRect(wide // 2, 0, wide, high, BLOB)
        _draw(painter, made or scene(name), View(wide, high, (wide, high), x=shift), state)
        painter.restore()
    painter.end()
    return image


def _draw(painter: QPainter, made: Scene, view: View, state: str) -> None:
    item = made.by_index[0]
    if item.box is None:
        smooth(painter)
        arrow = item.prediction.shape_name == "directional_vector"
        chip = Chip(item, (10 + view.x, 24, 94, 32 if arrow else 20), "", "", arrow=arrow)
        modes: dict[str, Mode] = {"hover": "hover", "selected": "selected"}
        chips.draw(painter, chip, ChipFonts(_font(), _font(), 1.0), modes.get(state, "rest"))
        return
    look = replace(Look(words=False), hovered=0 if state == "hover" else None)
    paint(painter, made, view, replace(look, selected=0 if state == "selected" else None))


def _font() -> QFont:
    font = QFont()
    font.setPixelSize(11)
    return font


def worst(a: QImage, b: QImage, wide: int) -> float:
    """The largest share, over the cells, of pixels that differ by more than ``FAR_OFF`` in a channel."""
    if a.size() != b.size():
        return 1.0
    off = [0] * (a.width() // wide)
    one, two = (bytes(i.convertToFormat(QImage.Format.Format_RGBX8888).constBits()) for i in (a, b))
    for at in range(0, len(one), 4):
        if any(abs(one[at + channel] - two[at + channel]) > FAR_OFF for channel in range(3)):
            off[at // 4 % a.width() // wide] += 1
    return max(off) / (wide * a.height())


def place(name: ShapeName) -> Path:
    """The file of a shape's golden picture."""
    return FOLDER / f"{name}.png"
