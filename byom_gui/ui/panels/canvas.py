"""The picture with its bar: confidence, what is drawn, and zoom."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from byom_gui.core.image import Raster
from byom_gui.core.predictions import Prediction
from byom_gui.ui import icons, theme
from byom_gui.ui.chips import Labels
from byom_gui.ui.scene import Edges, Scene, prepare
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.canvas_hands import Canvas
from byom_gui.ui.widgets.canvas_view import ZOOM_STEP
from byom_gui.ui.widgets.confidence import Confidence
from byom_gui.ui.widgets.fill_action import FillAction
from byom_gui.ui.widgets.menu_button import MenuButton
from byom_gui.ui.widgets.spinner import Spinner

if TYPE_CHECKING:
    from byom_gui.core.colours import ClassColour

_SPINNER_AFTER_MS = 200
_LABELS: tuple[Labels, ...] = ("auto", "all", "none")
_LABEL_WORDS = {"auto": "Auto: where there is room", "all": "All", "none": "Only hovered and selected"}
_NO_PICTURE = "There is no image to zoom."
_KEYS = (
    "Zoom with the wheel or + and −; 0 fits, 1 is 100%. Drag or use the arrows to pan. N and P or Tab step through "
    "objects, Enter zooms to one, Esc deselects. L changes the labels, O hides the overlays."
)


class CanvasBar(QWidget):
    """The bar below the picture. Words go where there is no room for them."""

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "surface")
        self.narrow = False
        self.word = basic.label("Confidence")
        self.confidence = Confidence()
        self.shown = basic.label(tone="second", size="small")
        self.overlays = basic.button("Overlays", "eye", kind="flat", checkable=True, tip="Show the overlays (O)")
        self.overlays.setChecked(True)
        self.labels = MenuButton("Labels: auto", "label", self._open_labels, flat=True)
        self.out = basic.button(icon="minus", kind="icon", name="Zoom out")
        self.zoom = basic.button("100%", kind="flat", name="Zoom", tip="Zoom. Click for 100% (1)")
        self.zoom.setFont(theme.mono())
        self.into = basic.button(icon="plus", kind="icon", name="Zoom in")
        self.fit = basic.button(icon="fit", kind="icon", name="Fit the image", tip="Fit the image (0)")
        self.menu = QMenu(self)
        self.choices = QActionGroup(self.menu)
        for choice in _LABELS:
            action = QAction(_LABEL_WORDS[choice], self.menu, checkable=True, checked=choice == "auto")
            action.setData(choice)
            self.choices.addAction(action)
            self.menu.addAction(action)
        self.menu.addSeparator()
        self.fill = FillAction(self.menu)
        self.menu.addAction(self.fill)
        self._lay_out()

    def _lay_out(self) -> None:
        self._room = layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        layout.setSpacing(theme.px(4))
        self._line = basic.vline()
        self._line.setFixedHeight(theme.px(20))
        # Before the part, on top of the spacing between all.
        gaps: dict[QWidget, int] = {
            self.confidence.bars: 8,
            self.confidence.field: 8,
            self.shown: 8,
            self._line: 4,
            self.out: 4,
        }
        parts = (self.word, self.confidence.bars, self.confidence.field, self.shown, None, self.overlays, self.labels)
        for part in (*parts, self._line, self.out, self.zoom, self.into, self.fit):
            if part is None:
                layout.addStretch(1)
                continue
            layout.addSpacing(theme.px(gaps.get(part, 0)))
            layout.addWidget(part)
        self.zoom.setMinimumWidth(self.zoom.fontMetrics().horizontalAdvance("6400%") + theme.px(16))
        self.setFixedHeight(max(theme.px(40), self.sizeHint().height()))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._level = -1

    def reflow(self) -> None:
        """Takes away words until all fits."""
        for level in range(1 if self.narrow else 0, 4):
            self._apply(level)
            if self._room.minimumSize().width() <= self.width():
                return

    def _apply(self, level: int) -> None:
        if level == self._level:
            return
        self._level = level
        self.shown.setVisible(level == 0)
        self.word.setVisible(level < 3)
        self.confidence.bars.setFixedWidth(theme.px((164, 132, 96, 80)[level]))
        icons.set_words(self.overlays, "Overlays" if level == 0 else "")
        self.overlays.setAccessibleName("Overlays")
        self.set_labels_text()
        self.labels.setVisible(level < 2)
        self._line.setVisible(level < 3)
        self._room.invalidate()

    def chosen(self) -> Labels:
        """Which labels are asked for."""
        return next(choice for choice in _LABELS if self.choices.checkedAction().data() == choice)

    def choose(self, choice: Labels) -> None:
        """Ticks one, as the menu does."""
        for action in self.choices.actions():
            if action.data() == choice:
                action.trigger()

    def set_labels_text(self) -> None:
        """The button says what is chosen."""
        text = f"Labels: {self.chosen()}"
        self.labels.set_text(text if self._level < 1 else "", f"{text} (L)")
        self.labels.setAccessibleName(text)

    def _open_labels(self) -> None:
        self.menu.popup(self.labels.mapToGlobal(QPoint(0, -self.menu.sizeHint().height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the words to the new width."""
        super().resizeEvent(event)
        self.reflow()


class CanvasPanel(QWidget):
    """A view: takes a picture and predictions, says what the user selects and how sure objects have to be."""

    selected = Signal(int)
    hovered = Signal(int)
    threshold_changed = Signal(float)
    zoom_changed = Signal(float)
    overlays_toggled = Signal(bool)
    fill_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.canvas = Canvas()
        self.bar = CanvasBar()
        self._confidences: list[float] = []
        self._pages = QStackedWidget()
        self._message: QWidget | None = None
        self._pages.addWidget(self.canvas)
        self._build_pill()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self._pages, basic.hline(), self.bar):
            layout.addWidget(part, 1 if part is self._pages else 0)
        self._connect()
        self.set_picture(None)

    def _build_pill(self) -> None:
        self._pill = basic.frame("card")
        self._pill.setParent(self)
        row = QHBoxLayout(self._pill)
        row.setContentsMargins(theme.px(8), theme.px(6), theme.px(12), theme.px(6))
        row.setSpacing(theme.px(8))
        self._spinner = Spinner()
        self._said = basic.label()
        row.addWidget(self._spinner)
        row.addWidget(self._said)
        self._pill.hide()
        self._wait = QTimer(self, interval=_SPINNER_AFTER_MS, singleShot=True)
        self._wait.timeout.connect(self._show_pill)

    def _connect(self) -> None:
        canvas, bar = self.canvas, self.bar
        canvas.selected.connect(self.selected)
        canvas.hovered.connect(self.hovered)
        canvas.zoom_changed.connect(self._zoomed)
        canvas.labels_asked.connect(self._next_labels)
        canvas.overlays_asked.connect(bar.overlays.toggle)
        bar.overlays.toggled.connect(self._toggled)
        bar.confidence.changed.connect(self._confidence_moved)
        bar.choices.triggered.connect(lambda _: self._labels_chosen())
        bar.fill.changed_to.connect(canvas.set_fill)
        bar.fill.changed_to.connect(self.fill_changed)
        bar.out.clicked.connect(self.zoom_out)
        bar.into.clicked.connect(self.zoom_in)
        bar.zoom.clicked.connect(self.actual_size)
        bar.fit.clicked.connect(self.fit)
        basic.set_tip(canvas, "")
        canvas.setWhatsThis(_KEYS)

    # --- what is shown

    def set_picture(self, raster: Raster | None) -> None:
        """Shows a picture (one of another size is fitted, one of the same size keeps the zoom), or that none is."""
        self.canvas.set_picture(raster)
        self._can_zoom(raster is not None)
        if raster is None:
            self.set_message("image", "No image", "Drop images, folders, or addresses anywhere in the window.")
        else:
            self._pages.setCurrentWidget(self.canvas)
            self._drop_message()

    @property
    def has_picture(self) -> bool:
        """Whether a picture is in sight, and not words in its place."""
        return self._pages.currentWidget() is self.canvas

    def set_message(self, icon: str, title: str, text: str, actions: Sequence[QWidget] = ()) -> None:
        """Shows words in place of the picture: nothing there yet, or why it failed.

        Args:
            actions: buttons below the words; the panel takes them over.
        """
        self._drop_message()
        self._message = basic.ground(basic.empty_state(icon, title, text, *actions), "surface")
        self._pages.addWidget(self._message)
        self._pages.setCurrentWidget(self._message)

    def _drop_message(self) -> None:
        if self._message is not None:
            self._pages.removeWidget(self._message)
            self._message.deleteLater()
            self._message = None

    def set_loading(self, text: str | None) -> None:
        """Says over the picture, after 200 ms, what is being waited for; None takes it away."""
        if text is None:
            self._wait.stop()
            self._pill.hide()
            return
        self._said.setText(text)
        if not self._pill.isVisible():
            self._wait.start()
        else:
            self._place_pill()

    def set_predictions(
        self, predictions: Sequence[Prediction], colours: Mapping[str, ClassColour], edges: Edges | None = None
    ) -> None:
        """Shows what was found.

        Args:
            colours: by class name.
            edges: joins of skeletons by class name, where the team's class is known to give them.
        """
        self.set_scene(prepare(predictions, colours, edges))

    def set_scene(self, scene: Scene) -> None:
        """Shows what was found, made ready elsewhere: thousands of shapes take a while."""
        self._confidences = sorted(item.prediction.confidence for item in scene.items)
        self.canvas.set_scene(scene)
        self.bar.confidence.set_values(self._confidences)
        self._count()

    def set_selected(self, index: int | None) -> None:
        """Selects the object with this index, without a signal."""
        self.canvas.set_selected(index)

    def set_threshold(self, threshold: float) -> None:
        """Leaves out objects below a confidence of 0 to 1, without a signal."""
        self.bar.confidence.set_value(threshold)
        self.canvas.set_threshold(threshold)
        self._count()

    def set_fill(self, share: float) -> None:
        """How opaque areas are at rest, 0 to 0.6, without a signal."""
        self.bar.fill.set_share(share)
        self.canvas.set_fill(share)

    def set_narrow(self, narrow: bool) -> None:
        """In a narrow window the bar does with fewer words."""
        self.bar.narrow = narrow
        self.bar.reflow()

    # --- zoom

    def fit(self) -> None:
        """The whole picture."""
        self.canvas.fit()

    def actual_size(self) -> None:
        """One pixel of the picture on one of the screen's."""
        self.canvas.zoom_to(1.0)

    def zoom_in(self) -> None:
        """One step larger."""
        self.canvas.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """One step smaller."""
        self.canvas.zoom_by(1 / ZOOM_STEP)

    def zoom_to_selection(self) -> None:
        """Shows the selected object large."""
        self.canvas.zoom_to_object(self.canvas.look.selected)

    def _can_zoom(self, can: bool) -> None:
        for part in (self.bar.out, self.bar.zoom, self.bar.into, self.bar.fit):
            if part.property("tip") is None:
                part.setProperty("tip", part.toolTip())
            part.setEnabled(can)
            basic.set_tip(part, str(part.property("tip")) if can else _NO_PICTURE)
            part.setAccessibleDescription("" if can else _NO_PICTURE)

    # --- what the user does

    def _zoomed(self, scale: float) -> None:
        percent = scale * 100
        self.bar.zoom.setText(f"{percent:.0f}%" if percent >= 10 else f"{percent:.1f}%")
        self.bar.zoom.setAccessibleName(f"Zoom {self.bar.zoom.text()}")
        self.zoom_changed.emit(scale)

    def _toggled(self, on: bool) -> None:
        self.canvas.set_overlays(on)
        self.overlays_toggled.emit(on)

    def _next_labels(self) -> None:
        self.bar.choose(_LABELS[(_LABELS.index(self.bar.chosen()) + 1) % len(_LABELS)])

    def _labels_chosen(self) -> None:
        self.bar.set_labels_text()
        self.canvas.set_labels(self.bar.chosen())

    def _confidence_moved(self, value: float) -> None:
        self.canvas.set_threshold(value)
        self._count()
        self.threshold_changed.emit(value)

    def _count(self) -> None:
        total = len(self._confidences)
        kept = total - bisect_left(self._confidences, self.bar.confidence.value)
        self.bar.shown.setText(f"{kept} of {total} shown" if total else "")
        self.bar.reflow()

    # --- the pill

    def _show_pill(self) -> None:
        self._pill.show()
        self._place_pill()

    def _place_pill(self) -> None:
        self._pill.adjustSize()
        room = self._pages.geometry()
        self._pill.move(room.center().x() - self._pill.width() // 2, room.top() + theme.px(12))
        self._pill.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the pill in the middle."""
        super().resizeEvent(event)
        if self._pill.isVisible():
            self._place_pill()
