"""The image strip: every image of the project, what came of it, and where more may be dropped."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QListView, QMenu, QProgressBar, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from byom_gui.core.file_kinds import LeftOut
from byom_gui.core.pace import clock_text, pace_text
from byom_gui.core.preview import Preview
from byom_gui.ui import icons, theme
from byom_gui.ui.models.images import ImagesModel
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.drop_zone import DropZone
from byom_gui.ui.widgets.image_delegate import ImageDelegate, is_narrow


class ImageStrip(QWidget):
    """208 wide, or 88 with thumbnails only. All signals speak of images by their ids."""

    current_changed = Signal(str)
    add_clicked = Signal()
    rerun_failed = Signal()
    rerun_all = Signal()
    rerun = Signal(list)
    remove = Signal(list)
    cancel_clicked = Signal()
    pause_clicked = Signal(bool)
    show_file = Signal(str)
    thumbnail_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "surface")
        self.model = ImagesModel()
        self.model.thumbnail_wanted.connect(self.thumbnail_wanted)
        self.view = self._make_view()
        self._title = basic.label("Images", strong=True)
        self._count = basic.label("0", tone="second")
        self.rerun_button = basic.button(icon="refresh", kind="icon", name="Rerun", on_click=self._open_rerun)
        self.add_button = basic.button(icon="plus", kind="icon", name="Add images", on_click=self.add_clicked.emit)
        self.drop_zone = DropZone()
        self._silent = False
        self._build()
        self._tick = QTimer(self, interval=100)
        self._tick.timeout.connect(self.model.tick)
        self._refresh()
        self.set_progress(None)
        theme.state().changed.connect(self.view.viewport().update)

    def _make_view(self) -> QListView:
        view = QListView()
        view.setModel(self.model)
        view.setItemDelegate(ImageDelegate(view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.setAccessibleName("Images")
        view.customContextMenuRequested.connect(self._open_menu)
        view.selectionModel().currentChanged.connect(self._on_current)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), view)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove_selected)
        return view

    def _build(self) -> None:
        header = basic.row(
            self._title, self._count, None, self.rerun_button, self.add_button, height=36, margins=(12, 0, 4, 0),
            on="window", spacing=4,
        )  # fmt: skip
        add = basic.button("Add images…", on_click=self.add_clicked.emit)
        text = "Drop images anywhere in the window. They are sent to the model right away."
        self._stack = QStackedWidget()
        self._stack.addWidget(basic.empty_state("image", "No images yet", text, add))
        self._stack.addWidget(self.view)
        short = basic.label("No images yet", tone="second", size="small", wrap=True)
        short.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        mark = basic.row(None, basic.picture("image", "text2", 20), None)
        self._stack.addWidget(basic.column(None, mark, short, None, margins=(8, 8, 8, 8)))
        self._progress = self._make_progress()
        self._drop_row = basic.row(self.drop_zone, margins=(12, 8, 12, 12))
        self._left_out = basic.label(tone="second", size="small")
        self._left_out.setObjectName("left-out")
        self._left_out_row = basic.row(self._left_out, None, margins=(12, 4, 4, 0))
        self._line = basic.hline()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (header, basic.hline()):
            layout.addWidget(part)
        layout.addWidget(self._stack, 1)
        for part in (self._line, self._progress, self._left_out_row, self._drop_row):
            layout.addWidget(part)

    def _make_progress(self) -> QWidget:
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Images processed")
        # It gives way to the numbers, which must not be cut.
        self._bar.setMinimumWidth(theme.px(16))
        self._bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._done = basic.label(tone="second", size="small")
        self._clock = basic.label(tone="second", size="small", mono=True)
        self._cancel = basic.button(icon="close", kind="icon", name="Cancel", on_click=self.cancel_clicked.emit)
        first = basic.row(self._bar, self._done, self._clock, self._cancel, spacing=6)
        first.layout().setStretch(0, 1)  # type: ignore[union-attr]
        self._pace = basic.label(tone="second", size="small")
        self._pause = basic.button(
            icon="pause", kind="icon", name="Pause", on_click=lambda: self.pause_clicked.emit(not self._paused)
        )
        return basic.column(first, basic.row(self._pace, None, self._pause), margins=(12, 4, 4, 4), spacing=0)

    def set_previews(self, previews: Sequence[Preview]) -> None:
        """Shows these images; the current one stays where it is still there."""
        current = self.current
        self._silent = True
        self.model.set_previews(previews)
        self._silent = False
        if current and self.current != current:
            self.set_current(current if self.model.row_of(current) is not None else "")
        self._refresh()

    def update_preview(self, preview: Preview) -> None:
        """One image's news."""
        self.model.update_preview(preview)
        self._tick_if_running()

    def set_thumbnail(self, ref_id: str, image: QImage) -> None:
        """A small upright copy of the image, of any size; cut to 4:3 here."""
        size = QSize(theme.px(64), theme.px(48))
        self.model.set_thumbnail(ref_id, image, self.devicePixelRatioF(), size)

    @property
    def current(self) -> str:
        """The current image's id, empty where there is none."""
        index = self.view.currentIndex()
        return self.model.preview(index.row()).ref.id if index.isValid() else ""

    def set_current(self, ref_id: str) -> None:
        """Selects an image without telling; an unknown id selects none."""
        row = self.model.row_of(ref_id)
        if row is not None and row == self.view.currentIndex().row():
            return  # bringing it into sight costs more the longer the list is
        self._silent = True
        if row is None:
            self.view.setCurrentIndex(QModelIndex())
        else:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.view.selectionModel().setCurrentIndex(self.model.index(row), flags)
            self.view.scrollTo(self.model.index(row))
        self._silent = False

    def set_progress(self, done: int | None, total: int = 0, seconds: float = 0.0) -> None:
        """How far the run is; ``None``: none is under way."""
        running = done is not None
        self._progress.setVisible(running and not is_narrow(self.width()))
        self._running_all = running
        self._line.setVisible(running)
        if done is not None:
            self._bar.setRange(0, max(total, 1))
            self._bar.setValue(done)
            self._done.setText(f"{done:,} of {total:,}")
            self._clock.setText(clock_text(seconds))
            self._seconds = seconds
            self._show_pace()
        self._refresh()

    _paused = False
    _seconds = 0.0

    def set_paused(self, on: bool) -> None:
        """Whether the run is held; the button goes on with it then."""
        self._paused = on
        name = "Resume" if on else "Pause"
        icons.set_icon(self._pause, "play" if on else "pause")
        self._pause.setAccessibleName(name)
        basic.set_tip(self._pause, name)
        self._show_pace()

    def _show_pace(self) -> None:
        pace = pace_text(self._bar.value(), self._bar.maximum(), self._seconds)
        self._pace.setText("Paused" if self._paused else pace)

    def set_left_out(self, left_out: LeftOut) -> None:
        """What of the added files and folders is not in the list, and why."""
        count = left_out.count
        self._left_out_count = count
        why = "\n".join(left_out.sentences())
        self._left_out.setAccessibleDescription(why)
        basic.set_tip(self._left_out, why)
        self._refresh()

    _left_out_count = 0

    def _show_left_out(self, narrow: bool) -> None:
        count = self._left_out_count
        what = "" if narrow else "file " if count == 1 else "files "
        self._left_out.setText(f"{count:,} {what}left out" if count else "")
        side = theme.px(8 if narrow else 12)
        layout = self._left_out_row.layout()
        assert layout is not None
        layout.setContentsMargins(side, theme.px(4), theme.px(4), theme.px(4 if narrow else 0))
        self._left_out_row.setVisible(count > 0)

    def set_drag_over(self, count: int | None) -> None:
        """``count`` images are held over the window (0: not known how many); None: nothing is."""
        self.drop_zone.set_drag_over(count)

    def set_narrow(self, on: bool) -> None:
        """Thumbnails only, 88 wide; else 208, and wider if the user drags it."""
        self.setMinimumWidth(theme.px(88 if on else 160))
        self.setMaximumWidth(theme.px(88) if on else theme.px(480))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What does not fit a narrow strip goes."""
        super().resizeEvent(event)
        wide = not is_narrow(self.width())
        self._title.setVisible(wide)
        self.rerun_button.setVisible(wide)
        self._drop_row.setVisible(wide)
        self._progress.setVisible(wide and self._running_all)
        self._refresh()

    def rerun_menu(self) -> QMenu:
        """Rerun failed, rerun all; each says how many."""
        menu = QMenu(self)
        failed = sum(self.model.preview(row).state == "failed" for row in range(self.model.rowCount()))
        one = menu.addAction(f"Rerun failed ({failed:,})" if failed else "Rerun failed (none)")
        one.setEnabled(failed > 0)
        one.triggered.connect(lambda: self.rerun_failed.emit())
        menu.addAction(f"Rerun all ({self.model.rowCount():,})").triggered.connect(lambda: self.rerun_all.emit())
        return menu

    def context_menu(self) -> QMenu:
        """For the selected images."""
        ids = self.selected_ids()
        menu = QMenu(self)
        menu.addAction("Rerun").triggered.connect(lambda: self.rerun.emit(ids))
        ref = self.model.preview(self.model.row_of(ids[0]) or 0).ref if len(ids) == 1 else None
        if ref is not None and ref.kind != "pasted":
            word = "Copy path" if ref.kind == "file" else "Copy address"
            menu.addAction(word).triggered.connect(lambda: basic.copy_text(ref.place))
        if ref is not None and ref.kind == "file":
            menu.addAction("Show file").triggered.connect(lambda: self.show_file.emit(ref.id))
        menu.addSeparator()
        remove = menu.addAction("Remove" if len(ids) == 1 else f"Remove {len(ids):,} images")
        remove.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        remove.triggered.connect(lambda: self.remove.emit(ids))
        return menu

    def selected_ids(self) -> list[str]:
        """The selected images, in the order of the list."""
        return self.model.ids(index.row() for index in self.view.selectionModel().selectedRows())

    def _open_rerun(self) -> None:
        self.rerun_menu().popup(self.rerun_button.mapToGlobal(QPoint(0, self.rerun_button.height())))

    def _open_menu(self, at: QPoint) -> None:
        if self.selected_ids():
            self.context_menu().popup(self.view.viewport().mapToGlobal(at))

    def _remove_selected(self) -> None:
        if ids := self.selected_ids():
            self.remove.emit(ids)

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if not self._silent:
            self.current_changed.emit(self.model.preview(index.row()).ref.id if index.isValid() else "")

    def _refresh(self) -> None:
        count = self.model.rowCount()
        self._count.setText(f"{count:,}")
        self._count.setAccessibleName(f"{count:,} images")
        self._stack.setCurrentIndex(1 if count else 2 if is_narrow(self.width()) else 0)
        self._drop_row.setVisible(count > 0 and not is_narrow(self.width()))
        self._show_left_out(is_narrow(self.width()))
        why = "" if count else "There are no images to rerun"
        self.rerun_button.setEnabled(not why)
        basic.set_tip(self.rerun_button, why or "Rerun")
        self.rerun_button.setAccessibleDescription(why)
        self._tick_if_running()

    def _tick_if_running(self) -> None:
        if self.model.running != self._tick.isActive():
            (self._tick.start if self.model.running else self._tick.stop)()
