"""The one painter of overlays: for the window, for ``byom-gui infer`` and for golden pictures."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from byom_gui.core import clipping
from byom_gui.core.colours import ClassColour
from byom_gui.core.image import Raster
from byom_gui.core.predictions import Prediction
from byom_gui.core.view import View
from byom_gui.ui import chips, strokes
from byom_gui.ui.chips import ChipFonts, Labels, Layout
from byom_gui.ui.scene import Edges, Item, Scene, prepare
from byom_gui.ui.strokes import Mode

PIXELATED_ABOVE = 3.0
FILL = 0.2
AS_SENT, AS_CORRECTED = ClassColour("#FF8A80", dashed=True), ClassColour("#62C584")
"""The two strokes of a comparison of readings, in both themes: they lie on the picture."""
Step = Callable[[QPainter], None]
_SLACK = 12.0
_LONGEST_AT_ONE = 1600


@dataclass(frozen=True, slots=True)
class Look:
    """How an overlay is shown.

    Args:
        selected, hovered: an object's index, or None.
        threshold: objects below this confidence are left out.
        labels: which objects carry their name.
        fill: opacity of areas at rest, 0 to 0.6.
        words: whether chips are drawn at all; golden pictures go without, as fonts differ between machines.
    """

    selected: int | None = None
    hovered: int | None = None
    threshold: float = 0.0
    labels: Labels = "auto"
    fill: float = FILL
    words: bool = True


def paint(painter: QPainter, scene: Scene, view: View, look: Look, fonts: ChipFonts | None = None) -> Layout:
    """Paints a whole overlay; returns where its chips are."""
    layout = paint_rest(painter, scene, view, look, fonts)
    paint_top(painter, scene, view, look, layout, fonts)
    return layout


def in_sight(scene: Scene, view: View, threshold: float) -> list[Item]:
    """The items that are shown and not out of sight; tags and vectors always are."""
    # The screen is brought to the picture once, and not each of thousands of boxes to the screen.
    x, y = view.to_picture(-_SLACK, -_SLACK)
    seen = (x, y, (view.width + 2 * _SLACK) / view.scale, (view.height + 2 * _SLACK) / view.scale)
    return [i for i in scene.above(threshold) if i.box is None or clipping.meets(i.box, seen)]


def rest_steps(scene: Scene, view: View, look: Look, fonts: ChipFonts, layout: Layout) -> Iterator[Step]:
    """Everything as it is without pointer or selection, in small steps, so that thousands never block the window.

    ``layout`` is filled on the way.
    """
    items = in_sight(scene, view, look.threshold)
    for item in items:
        yield functools.partial(strokes.draw, item=item, view=view, fill=look.fill)
    if look.words:
        for chip in chips.arrange(items, view, fonts, look.labels, layout):
            yield _nothing if chip is None else functools.partial(chips.draw, chip=chip, fonts=fonts)


def _nothing(painter: QPainter) -> None:
    del painter


def paint_rest(painter: QPainter, scene: Scene, view: View, look: Look, fonts: ChipFonts | None = None) -> Layout:
    """Paints everything as it is without pointer or selection, at once; returns where the chips are."""
    smooth(painter)
    layout = Layout()
    for step in rest_steps(scene, view, look, fonts or ChipFonts.now(), layout):
        step(painter)
    return layout


def paint_top(
    painter: QPainter, scene: Scene, view: View, look: Look, layout: Layout, fonts: ChipFonts | None = None
) -> None:
    """Paints the hovered and the selected object over what ``paint_rest`` has painted."""
    smooth(painter)
    shown = list(_active(scene, look))
    for item, mode in shown:
        strokes.draw(painter, item, view, look.fill, mode)
    if not look.words:
        return
    fonts = fonts or ChipFonts.now()
    for item, mode in shown:
        chip = chips.top_chip(item, view, fonts, layout)
        if chip is not None:
            chips.draw(painter, chip, fonts, mode)


def _active(scene: Scene, look: Look) -> list[tuple[Item, Mode]]:
    found: list[tuple[Item, Mode]] = []
    modes: tuple[tuple[int | None, Mode], ...] = ((look.hovered, "hover"), (look.selected, "selected"))
    for index, mode in modes:
        item = scene.by_index.get(index) if index is not None else None
        if item is None or item.prediction.confidence < look.threshold:
            continue
        if mode == "hover" and index == look.selected:
            continue
        found.append((item, mode))
    return found


def reading_scene(shapes: Sequence[Prediction], colour: ClassColour) -> Scene:
    """Shapes of whatever class in the one stroke of their reading."""
    return prepare(shapes, dict.fromkeys((each.name for each in shapes), colour))


def smooth(painter: QPainter) -> None:
    """Sets what every stroke and name is drawn with."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)


def to_image(raster: Raster) -> QImage:
    """A raster as Qt's picture; a copy, so that the raster may go."""
    made = QImage(raster.rgba, raster.width, raster.height, raster.width * 4, QImage.Format.Format_RGBA8888)
    return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def render(
    raster: Raster,
    predictions: Sequence[Prediction],
    colours: Mapping[str, ClassColour],
    *,
    look: Look | None = None,
    longest: int = 0,
    edges: Edges | None = None,
) -> QImage:
    """The picture with its overlay, as one image.

    Args:
        longest: the longer side of the result in pixels; 0 keeps the raster's own size. Strokes and names keep the
            size they have in a window on a picture of 1600 pixels, and grow with larger ones.
    """
    share = longest / max(raster.width, raster.height, 1) if longest else 1.0
    width, height = max(round(raster.width * share), 1), max(round(raster.height * share), 1)
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, share < PIXELATED_ABOVE)
    painter.drawImage(QRectF(0, 0, width, height), to_image(raster))
    unit = max(max(width, height) / _LONGEST_AT_ONE, 1.0)
    painter.scale(unit, unit)
    whole = (float(raster.full_width), float(raster.full_height))
    view = View(width / unit, height / unit, whole)
    view = replace(view, scale=width / unit / max(whole[0], 1.0))
    paint(painter, prepare(predictions, colours, edges), view, look or Look())
    painter.end()
    return image
