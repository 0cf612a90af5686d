"""Coordinates read in two ways side by side: as they were sent, and as they seem to be meant."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from byom_gui.core.colours import ClassColour
from byom_gui.core.diagnosis.comparing import Candidate, Comparison, Pictured, Tally, layout_words, unit_words
from byom_gui.core.diagnosis.shapes import Bounds, bounds_of
from byom_gui.core.geometry import Box
from byom_gui.core.image import Raster
from byom_gui.core.predictions import BoundingBox, Keypoint, Prediction
from byom_gui.core.view import View
from byom_gui.ui import chips, icons, theme
from byom_gui.ui import painter as overlays
from byom_gui.ui.chips import ChipFonts
from byom_gui.ui.painter import AS_CORRECTED, AS_SENT, Look
from byom_gui.ui.scene import Scene
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.canvas_sheet import Picture
from byom_gui.ui.widgets.wrapping import Wrapping

HIGH, LEAST_HIGH, MOST_HIGH, NARROW = 256, 200, 360, 560
SHAPE = 0.69
"""Height of a canvas by its width."""
_LOOK = Look(words=False, fill=0.08)
_MARGIN = 0.06
"""Around the whole picture, so that shapes are seen to reach beyond it."""
_AROUND = 0.35
_CLEARLY = 0.5
WHOLE = -1

ICON = {True: "ok", False: "advice"}


class ReadingCanvas(QWidget):
    """One picture with the shapes of one reading; of one of them the numbers."""

    def __init__(self, name: str, colour: ClassColour) -> None:
        super().__init__()
        self._name, self._colour = name, colour
        self._picture: Picture | None = None
        self._size = (1.0, 1.0)
        self._scene = Scene()
        self._region: Box = (0.0, 0.0, 1.0, 1.0)
        self._chosen: Prediction | None = None
        self._numbers = ""
        self.setMinimumSize(theme.px(160), theme.px(LEAST_HIGH))
        self.setAccessibleName(name)
        theme.state().changed.connect(self.update)

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture under the shapes."""
        return self._picture is not None

    def set_picture(self, raster: Raster | None, size: tuple[float, float]) -> None:
        """The picture under the shapes; None draws an empty sheet of that size."""
        self._picture = Picture(raster) if raster else None
        self._size = size
        self.update()

    def set_shapes(self, shapes: tuple[Prediction, ...], words: str) -> None:
        """What is drawn; ``words`` tell it to those who do not see it."""
        self._scene = overlays.reading_scene(shapes, self._colour)
        self.setAccessibleDescription(words)
        self.update()

    def show_region(self, region: Box, chosen: Prediction | None, numbers: str) -> None:
        """Which part of the picture is in sight, and whose numbers stand beside it."""
        self._region, self._chosen, self._numbers = region, chosen, numbers
        self.update()

    @property
    def view(self) -> View:
        """The region in the middle, as large as fits."""
        x, y, wide, high = self._region
        scale = min(self.width() / max(wide, 1e-6), self.height() / max(high, 1e-6), 16.0)
        plain = View(float(self.width()), float(self.height()), self._size)
        return plain.centred(x + wide / 2, y + high / 2, scale)

    def sizeHint(self) -> QSize:
        """Two stand side by side."""
        return QSize(theme.px(380), theme.px(HIGH))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - all of it is painted
        """Ground, picture, shapes, numbers."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("canvas"))
        view = self.view
        if self._picture is not None:
            self._picture.draw(painter, view, self.devicePixelRatioF())
        else:
            self._empty_sheet(painter, view)
        fonts = ChipFonts.now()
        overlays.paint(painter, self._scene, view, _LOOK, fonts)
        item = self._scene.by_index.get(self._chosen.index) if self._chosen else None
        if item is not None and item.box is not None and self._numbers:
            chips.draw_values(painter, self._numbers, view.box(item.box), view, fonts)
        painter.end()

    def _empty_sheet(self, painter: QPainter, view: View) -> None:
        x, y, wide, high = view.frame
        painter.setPen(theme.colour("linestrong"))
        painter.setBrush(theme.colour("sunken"))
        painter.drawRect(round(x), round(y), round(wide) - 1, round(high) - 1)


class _Side(QWidget):
    """Head, canvas, and a line below."""

    def __init__(self, title: str, icon: str, colour: ClassColour) -> None:
        super().__init__()
        self.canvas = ReadingCanvas(title, colour)
        self._mark = basic.picture(icon)
        self.title = basic.label(title, strong=True)
        self.read_as = basic.label("interpreted as", tone="second")
        self.numbers = basic.label(tone="second", mono=True)
        self.unit = basic.label(tone="second")
        self.line = basic.label(wrap=True)
        head = basic.row(self._mark, self.title, Wrapping([self._group()], gap=4), margins=(12, 0, 8, 0))
        head.layout().setStretch(2, 1)  # type: ignore[union-attr]
        head.setMinimumHeight(theme.px(36))
        foot = basic.row(self.line, margins=(12, 7, 12, 7))
        card = basic.frame("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        for part in (head, basic.hline(), self.canvas, basic.hline(), foot):
            inside.addWidget(part)
        inside.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)

    def _group(self) -> QWidget:
        return basic.row(self.read_as, self.numbers, self.unit, spacing=6)

    def set_candidate(self, candidate: Candidate, *, boxed: bool) -> None:
        """The words of the reading."""
        self.numbers.setText(layout_words(candidate.reading, boxed=boxed))
        unit = unit_words(candidate.reading)
        self.unit.setText(unit)
        self.unit.setVisible(bool(unit))

    def set_title(self, title: str, icon: str) -> None:
        """The head's words and mark."""
        self.title.setText(title)
        self.canvas.setAccessibleName(title)
        icons.set_picture(self._mark, icon)


class _Stepper(QWidget):
    """Back, which one, on. ``stepped`` carries -1 or 1."""

    stepped = Signal(int)

    def __init__(self, what: str) -> None:
        super().__init__()
        self.back = basic.button(
            icon="left", kind="icon", name=f"Previous {what}", on_click=lambda: self.stepped.emit(-1)
        )
        self.on = basic.button(icon="right", kind="icon", name=f"Next {what}", on_click=lambda: self.stepped.emit(1))
        self.words = basic.label(tone="second")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(4))
        for part in (self.back, self.words, self.on):
            layout.addWidget(part)

    def set_place(self, words: str, *, first: bool, last: bool) -> None:
        """Which one is shown, and whether there are any before and after it."""
        self.words.setText(words)
        for button, end, why in ((self.back, first, "This is the first."), (self.on, last, "This is the last.")):
            button.setEnabled(not end)
            button.setAccessibleDescription(why if end else "")
            basic.set_tip(button, why if end else button.accessibleName())


class GeometryView(QWidget):
    """Both readings, other ones that were tried, and a choice of picture and object.

    ``picture_wanted`` carries the name of an image; ``set_picture`` answers it.
    """

    picture_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._comparison: Comparison | None = None
        self._shown: Candidate | None = None
        self._image, self._object = 0, WHOLE
        self._asked: tuple[str, int, int] | None = None
        self.headline = basic.label(tone="second", wrap=True)
        self.sent = _Side("As sent", "bad", AS_SENT)
        self.corrected = _Side("As corrected", "ok", AS_CORRECTED)
        self.images, self.objects = _Stepper("image"), _Stepper("object")
        self.images.stepped.connect(lambda way: self._show(self._image + way, WHOLE))
        self.objects.stepped.connect(lambda way: self._show(self._image, self._object + way))
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(theme.px(20))
        self._sides.addWidget(self.sent, 1)
        self._sides.addWidget(self.corrected, 1)
        self.tried = Wrapping()
        self._empty = basic.empty_state(
            "bounding_box", "Nothing to compare", "Coordinates are used as sent: pixels from the top left corner."
        )
        self._content = QWidget()
        inside = QVBoxLayout(self._content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(8))
        inside.addWidget(self.headline)
        inside.addLayout(self._sides)
        inside.addWidget(Wrapping([self.images, self.objects], last_right=True))
        inside.addWidget(self.tried)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._content)
        layout.addWidget(self._empty)
        self.set_comparison(None)

    # --- what is shown

    def set_comparison(self, comparison: Comparison | None, headline: str = "") -> None:
        """Two readings; None: there is nothing to compare. ``headline`` says what is wrong, in a sentence."""
        self._comparison = comparison
        self._content.setVisible(comparison is not None)
        self._empty.setVisible(comparison is None)
        if comparison is None:
            self._asked = None
            return
        self.headline.setText(headline if comparison.decided else _undecided(comparison))
        self.headline.setVisible(bool(self.headline.text()))
        self._shown = comparison.best
        self._show(min(self._image, len(comparison.images) - 1), WHOLE)

    def set_picture(self, image: str, raster: Raster | None) -> None:
        """The picture that was wanted; None where it can not be had."""
        here = self._here()
        if here is not None and here.image == image:
            for side in (self.sent, self.corrected):
                side.canvas.set_picture(raster, (float(here.width), float(here.height)))

    def _here(self) -> Pictured | None:
        return self._comparison.images[self._image] if self._comparison else None

    def _show(self, image: int, at: int) -> None:
        comparison = self._comparison
        if comparison is None or not 0 <= image < len(comparison.images):
            return
        self._image, self._object = image, at
        here = comparison.images[image]
        names = f"{here.image}, {image + 1} of {len(comparison.images)}" if len(comparison.images) > 1 else here.image
        self.images.set_place(names, first=image == 0, last=image == len(comparison.images) - 1)
        count = len(here.shapes)
        words = f"object {at + 1:,} of {count:,}" if at >= 0 else f"all {count:,} objects" if count > 1 else "1 object"
        self.objects.set_place(words, first=at == WHOLE, last=at == count - 1)
        asked = (here.image, here.width, here.height)
        if asked != self._asked:
            self._asked = asked
            for side in (self.sent, self.corrected):
                side.canvas.set_picture(None, (float(here.width), float(here.height)))
            self.picture_wanted.emit(here.image)
        self._fill()

    def show_candidate(self, candidate: Candidate) -> None:
        """Draws another reading at the right."""
        self._shown = candidate
        self._fill()

    def _fill(self) -> None:
        comparison, here, shown = self._comparison, self._here(), self._shown
        if comparison is None or here is None or shown is None:
            return
        other = here.read(shown.reading)
        noun = _noun(here)
        self.sent.set_candidate(comparison.sent, boxed=comparison.boxed)
        self.corrected.set_candidate(shown, boxed=comparison.boxed)
        best = shown is comparison.best
        sent_icon = "bad" if comparison.decided else "advice"
        self.sent.set_title("As sent", sent_icon)
        title = "As corrected" if comparison.decided and best else "Perhaps" if best else "Also tried"
        self.corrected.set_title(title, ICON[comparison.decided and best])
        self.sent.line.setText(_sent_line(comparison.sent, self._image, noun))
        self.corrected.line.setText(_other_line(shown, comparison.sent, self._image, noun))
        for side, shapes in ((self.sent, here.shapes), (self.corrected, other)):
            side.canvas.set_shapes(shapes, side.line.text())
        self._frame(here, other)
        self._fill_tried(comparison)

    def _frame(self, here: Pictured, other: tuple[Prediction, ...]) -> None:
        """The same part of the picture in both: all of it, or one object read in both ways."""
        whole = _grown((0.0, 0.0, float(here.width), float(here.height)), _MARGIN)
        region, at = whole, max(self._object, 0)
        one, two = (here.shapes[at], other[at]) if here.shapes else (None, None)
        if self._object >= 0 and one is not None and two is not None:
            region = _region(one, two, whole)
        for side, chosen in ((self.sent, one), (self.corrected, two)):
            side.canvas.show_region(region, chosen, _values(chosen) if chosen else "")

    def _fill_tried(self, comparison: Comparison) -> None:
        rest = [each for each in (comparison.best, *comparison.others) if each is not self._shown]
        parts: list[QWidget] = []
        if comparison.others:
            words = "Also tried, with a worse fit:" if comparison.decided else "Also possible:"
            if self._shown is not comparison.best:
                words = "Other interpretations:"
            parts.append(basic.label(words, tone="second", size="small"))
            parts += [self._link(each) for each in rest]
        self.tried.set_parts(parts)

    def _link(self, candidate: Candidate) -> QPushButton:
        tally = candidate.tallies[self._image]
        name = candidate.reading.name.removeprefix("pixels, ")  # what differs is what tells
        words = f"{name}, {tally.inside:,} of {tally.total:,}"
        made = basic.button(words, kind="link", on_click=lambda: self.show_candidate(candidate))
        made.setFont(theme.sized(11))
        made.setProperty("flush", True)
        basic.set_tip(made, f"{_fit_words(candidate, tally)} Click to draw it on the right.")
        made.setAccessibleDescription(made.toolTip())
        return made

    # --- width

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One below the other where it is narrow."""
        super().resizeEvent(event)
        narrow = self.width() < theme.px(NARROW)
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._sides.direction() != way:
            self._sides.setDirection(way)
            self._sides.setSpacing(theme.px(12 if narrow else 20))
        wide = self.width() if narrow else (self.width() - self._sides.spacing()) // 2
        high = min(max(round(wide * SHAPE), theme.px(LEAST_HIGH)), theme.px(MOST_HIGH))
        for side in (self.sent, self.corrected):
            side.canvas.setFixedHeight(high)  # the same in both, whatever stands below: so is the scale

    def changeEvent(self, event: QEvent) -> None:
        """Numbers in the new font."""
        if event.type() == QEvent.Type.FontChange:
            for side in self.findChildren(ReadingCanvas):
                side.update()
        super().changeEvent(event)


def _noun(here: Pictured) -> str:
    kind = "boxes" if all(isinstance(each.shape, BoundingBox) for each in here.shapes) else "shapes"
    return kind if len(here.shapes) == here.total else f"first {kind}"


def _undecided(comparison: Comparison) -> str:
    total = sum(each.total for each in comparison.images)
    count = len(comparison.images)
    results, images = f"{total:,} result{'s' * (total != 1)}", f"{count} image{'s' * (count != 1)}"
    more = "" if comparison.best.follows is not None else " Run all checks: responses to changed images help to decide."
    return f"Not enough to decide: {results} on {images} fit more than one interpretation.{more}"


def _sent_line(sent: Candidate, at: int, noun: str) -> str:
    tally = sent.tallies[at]
    if tally.beyond:
        return f"{tally.beyond:,} of {tally.total:,} {noun} extend beyond the image."
    if tally.sizeless:
        return f"{tally.sizeless:,} of {tally.total:,} {noun} have no width or height."
    if tally.tiny:
        return f"{tally.tiny:,} of {tally.total:,} {noun} are smaller than 1.5 pixels."
    if sent.follows is not None:
        return f"They are inside, but only {sent.follows:.0%} match the results for changed images."
    return f"{tally.inside:,} of {tally.total:,} {noun} are inside the image."


def _other_line(shown: Candidate, sent: Candidate, at: int, noun: str) -> str:
    tally = shown.tallies[at]
    words = f"{tally.inside:,} of {tally.total:,} {noun} are inside the image"
    if shown.follows is not None:
        return f"{words}, and {shown.follows:.0%} match the results for changed images."
    if shown.edges - sent.edges > _CLEARLY and shown.edges > 0:
        return f"{words}, and their edges follow edges in it."
    return f"{words}."


def _fit_words(candidate: Candidate, tally: Tally) -> str:
    words = f"{tally.inside:,} of {tally.total:,} are inside the image"
    if candidate.follows is not None:
        words += f", and {candidate.follows:.0%} match the results for changed images"
    return f"{words}."


def _values(chosen: Prediction) -> str:
    """The numbers of a shape: those of a box, of a point, else of the box around it."""
    bounds = bounds_of(chosen.shape)
    if isinstance(chosen.shape, Keypoint):
        return f"x {_short(chosen.shape.x)}  y {_short(chosen.shape.y)}"
    if bounds is None:
        return ""
    x, y, right, bottom = bounds
    return f"x {_short(x)}  y {_short(y)}  w {_short(right - x)}  h {_short(bottom - y)}"


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.3g}"


def _grown(box: Box, share: float) -> Box:
    x, y, wide, high = box
    return x - wide * share, y - high * share, wide * (1 + 2 * share), high * (1 + 2 * share)


def _region(one: Prediction, two: Prediction, whole: Box) -> Box:
    """What holds an object in both readings, with something around it, as far as the picture goes."""
    places: list[Bounds] = [found for each in (one, two) if (found := bounds_of(each.shape)) is not None]
    left, top = min(each[0] for each in places), min(each[1] for each in places)
    right, bottom = max(each[2] for each in places), max(each[3] for each in places)
    least = min(whole[2], whole[3]) / 6
    wide, high = max(right - left, least), max(bottom - top, least)
    x, y, wide, high = _grown(((left + right - wide) / 2, (top + bottom - high) / 2, wide, high), _AROUND)
    x1, y1 = max(x, whole[0]), max(y, whole[1])
    x2, y2 = min(x + wide, whole[0] + whole[2]), min(y + high, whole[1] + whole[3])
    return (x1, y1, x2 - x1, y2 - y1) if x2 - x1 > 1 and y2 - y1 > 1 else whole
