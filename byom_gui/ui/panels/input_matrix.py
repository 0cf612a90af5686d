"""The grid of inputs: which kinds of image work by which way, filling while a check runs; and what came back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import cast

from PySide6.QtCore import QItemSelectionModel, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QHideEvent, QKeyEvent, QPainter, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from byom_gui.core.diagnosis.probes import KIND_TITLES
from byom_gui.ui import icons, theme
from byom_gui.ui.models.input_matrix import (
    FACE_ROLE,
    ROWS,
    Face,
    Index,
    InputMatrixModel,
    Key,
    Trial,
    trial_words,
)
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.spinner import paint_arc
from byom_gui.ui.widgets.wrapping import Wrapping

ROW, HEAD, LEAST, WAYS_WIDTH = 36, 27, 52, 98
ICON = 14

LOOKS: dict[Face, tuple[str, str, str]] = {
    "ok": ("tick", "ok", "text"),
    "warn": ("warn", "warn", "warn"),
    "bad": ("bad", "bad", "bad"),
    "quiet": ("advice", "text2", "text2"),
    "waiting": ("todo", "text2", "text2"),
    "running": ("running", "accenttext", "accenttext"),
    "untried": ("minus", "text3", "text3"),
}
"""Icon, its tone, the tone of the figure."""
LEGEND: dict[Face, str] = {
    "ok": "works, in ms",
    "warn": "this kind of image fails, with the status",
    "bad": "this transport fails, with the status",
    "quiet": "fails, but is optional",
    "running": "running",
    "waiting": "waiting",
    "untried": "not tried",
}
_GROUNDS: dict[Face, str] = {"warn": "warnbg", "bad": "badbg", "running": "sel"}
NOTE = "V7 does not send data URIs."


class _Delegate(QStyledItemDelegate):
    """Ground, icon and figure in the middle; an edge around the cell that is open or has the keys."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell."""
        table = cast("MatrixTable", option.widget)
        rect = QRect(option.rect)
        face = cast(Face, index.data(FACE_ROLE))
        painter.save()
        painter.fillRect(rect, theme.colour(_GROUNDS.get(face, "surface")))
        _draw_outcome(painter, rect, face, str(index.data() or ""), table.turned)
        if index == table.currentIndex() and (table.hasFocus() or table.opened):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(theme.colour("focus" if table.hasFocus() else "fieldline"), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.restore()


def _draw_outcome(painter: QPainter, rect: QRect, face: Face, text: str, turned: float) -> None:
    icon, icon_tone, tone = LOOKS[face]
    font = theme.mono(13)
    side, gap = theme.px(ICON), theme.px(6)
    wide = side + (gap + QFontMetrics(font).horizontalAdvance(text) if text else 0)
    left = rect.left() + (rect.width() - wide) // 2
    box = QRect(left, rect.center().y() - side // 2 + 1, side, side)
    if face == "running":
        paint_arc(painter, QRectF(box), turned)
    else:
        painter.drawPixmap(box, icons.pixmap(icon, icon_tone, ICON, painter.device().devicePixelRatioF()))
    if text:
        painter.setFont(font)
        painter.setPen(theme.colour(tone))
        place = QRect(left + side + gap, rect.top(), rect.right() - left, rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class _Heads(QHeaderView):
    """Kinds above, in the middle of their columns; ways at the left, in the fixed font."""

    def __init__(self, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(theme.px(20))

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Draws one title, and the lines at its right and below it."""
        across = self.orientation() == Qt.Orientation.Horizontal
        painter.save()
        painter.fillRect(rect, theme.colour("surface"))
        painter.setPen(theme.colour("line"))
        if across or logical < self.count() - 1:
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if not across or logical < self.count() - 1:
            painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.setFont(theme.sized(11) if across else theme.mono(13))
        painter.setPen(theme.colour("text2" if across else "text"))
        flag = Qt.AlignmentFlag.AlignHCenter if across else Qt.AlignmentFlag.AlignLeft
        inner = rect if across else rect.adjusted(theme.px(12), 0, 0, 0)
        title = str(self.model().headerData(logical, self.orientation()))
        painter.drawText(inner, flag | Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()


class MatrixTable(QTableView):
    """As high as its three rows; scrolls sideways where it is narrow. ``picked`` carries row and column."""

    picked = Signal(int, int)

    def __init__(self, model: InputMatrixModel) -> None:
        super().__init__()
        self.opened = False
        self._since = time.monotonic()
        self._across, self._down = _Heads(Qt.Orientation.Horizontal), _Heads(Qt.Orientation.Vertical)
        self.setHorizontalHeader(self._across)
        self.setVerticalHeader(self._down)
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName("Inputs: image transports by kinds of image")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerButtonEnabled(False)
        self._corner = basic.label("sent as", tone="second", size="small")
        self._corner.setParent(self)
        basic.ground(self._corner, "surface")
        self._corner.setContentsMargins(theme.px(12), 0, 0, 0)
        self.turning = QTimer(self, interval=60)
        self.turning.timeout.connect(self._turn)
        model.dataChanged.connect(lambda *_: self._watch())
        self.clicked.connect(lambda index: self.picked.emit(index.row(), index.column()))
        self._measure()

    @property
    def turned(self) -> float:
        """How far the arcs are turned, 0 to 1."""
        return (time.monotonic() - self._since) % 1.0

    def _measure(self) -> None:
        head = max(theme.px(HEAD), QFontMetrics(theme.sized(11)).height() + theme.px(8))
        self._across.setFixedHeight(head)
        self._down.setFixedWidth(theme.px(WAYS_WIDTH))
        self._down.setDefaultSectionSize(theme.px(ROW))
        self._lay_out()

    def _lay_out(self) -> None:
        """Columns share the width, none narrower than what stands in it."""
        least = self._least()
        room = self.width() - self._down.width()
        count = self.model().columnCount()
        wide = max(room // count, least)
        for column in range(count):
            extra = 1 if wide > least and column < room - wide * count else 0
            self.setColumnWidth(column, wide + extra)
        over = wide * count > room
        bar = self.horizontalScrollBar().sizeHint().height() if over else 0
        self.setFixedHeight(self._across.height() + len(ROWS) * theme.px(ROW) + bar)
        # One pixel less: the corner behind it shows as the two lines.
        self._corner.setGeometry(0, 0, self._down.width() - 1, self._across.height() - 1)
        self._corner.raise_()

    def _least(self) -> int:
        titles = QFontMetrics(theme.sized(11))
        model = self.model()
        names = (str(model.headerData(each, Qt.Orientation.Horizontal)) for each in range(model.columnCount()))
        title = max(titles.horizontalAdvance(name) for name in names) + theme.px(12)
        figure = QFontMetrics(theme.mono(13)).horizontalAdvance("1,234") + theme.px(ICON + 6 + 8)
        return max(theme.px(LEAST), title, figure)

    def _watch(self) -> None:
        model = cast(InputMatrixModel, self.model())
        running = any(
            model.face(row, column) == "running" for row in range(len(ROWS)) for column in range(model.columnCount())
        )
        if running and self.isVisible():
            self.turning.start()
        else:
            self.turning.stop()

    def _turn(self) -> None:
        self.viewport().update()

    def minimumSizeHint(self) -> QSize:
        """Narrow: it scrolls."""
        return QSize(theme.px(WAYS_WIDTH + 2 * LEAST), self.height())

    def showEvent(self, event: QShowEvent) -> None:
        """Turns while something runs."""
        super().showEvent(event)
        self._measure()
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rests."""
        self.turning.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shares the width anew."""
        super().resizeEvent(event)
        self._lay_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keys always are on a cell."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            first = self.model().index(0, 0)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and the space bar open a cell."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and index.isValid():
            self.picked.emit(index.row(), index.column())
            return
        super().keyPressEvent(event)


class InputMatrix(QWidget):
    """The grid, what its marks mean, and below it what came back for the cell that was opened.

    ``finding_wanted`` carries the id of a finding that tells more of a cell.
    """

    finding_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.model = InputMatrixModel(self)
        self.table = MatrixTable(self.model)
        self.table.picked.connect(self.open_cell)
        self._open: tuple[int, int] | None = None
        card = basic.frame("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        self._legend: dict[Face, QWidget] = {face: _legend(face) for face in LEGEND}
        note = basic.label(NOTE, tone="second", size="small")
        self._detail = basic.frame("box")
        self._detail_rows = QVBoxLayout(self._detail)
        self._detail_rows.setContentsMargins(*(theme.px(m) for m in (12, 4, 4, 8)))
        self._detail_rows.setSpacing(theme.px(4))
        self._detail.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(8))
        layout.addWidget(card)
        layout.addWidget(Wrapping([*self._legend.values(), note], last_right=True))
        layout.addWidget(self._detail)
        self.model.dataChanged.connect(lambda *_: self._refresh())
        self._refresh()

    # --- what is shown

    def start(self) -> None:
        """A check began: all cells wait."""
        self.close_cell()
        self.model.start()

    def set_trial(self, way: str, kind: str, found: Trial) -> None:
        """One cell's outcome."""
        self.model.set_trial(way, kind, found)

    def finish(self) -> None:
        """The check ended; what still waits was not tried."""
        self.model.finish()

    def set_trials(self, trials: Mapping[Key, Trial]) -> None:
        """What a whole check found."""
        self.model.set_trials(trials)

    def _refresh(self) -> None:
        places = [(row, column) for row in range(len(ROWS)) for column in range(self.model.columnCount())]
        faces = {self.model.face(*place) for place in places}
        for face, shown in self._legend.items():
            shown.setVisible(face in faces)
        if self._open is not None:
            self._fill_detail(*self._open)

    # --- one cell

    def open_cell(self, row: int, column: int) -> None:
        """Shows what came back below the grid; once more closes it."""
        if self._open == (row, column):
            self.close_cell()
            return
        self._open = (row, column)
        self.table.opened = True
        self.table.setCurrentIndex(self.model.index(row, column))
        self._fill_detail(row, column)
        self._detail.show()
        self.table.viewport().update()

    def close_cell(self) -> None:
        """Takes it away again."""
        self._open = None
        self.table.opened = False
        self._detail.hide()
        self.table.viewport().update()

    def _fill_detail(self, row: int, column: int) -> None:
        while (item := self._detail_rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        way, trials = self.model.cell(row, column)
        close = basic.button(icon="close", kind="icon", name="Close", on_click=self.close_cell)
        title = basic.label(self.model.spoken(row, column), strong=True, wrap=True)
        head = basic.row(title, close)
        head.layout().setStretch(0, 1)  # type: ignore[union-attr]
        self._detail_rows.addWidget(head)
        for kind, found in trials:
            for part in _told(way, kind, found, alone=len(trials) == 1):
                self._detail_rows.addWidget(part)
        finding = next((found.finding for _, found in trials if found.finding and self._known(found.finding)), "")
        if finding:
            more = basic.button("Show finding", kind="link", on_click=lambda: self.finding_wanted.emit(finding))
            more.setProperty("flush", True)
            self._detail_rows.addWidget(basic.row(more, None))

    _findings: frozenset[str] = frozenset()

    def set_findings(self, ids: frozenset[str]) -> None:
        """The ids that can be shown."""
        self._findings = ids
        self._refresh()

    def _known(self, finding: str) -> bool:
        return finding in self._findings


def _told(way: str, kind: str, found: Trial, *, alone: bool) -> list[QWidget]:
    """What came back for one kind: its outcome where there are several, and the words."""
    parts: list[QWidget] = []
    words = KIND_TITLES[kind]
    title = words[:1].upper() + words[1:]
    if not alone:
        parts.append(basic.label(f"{title}: {trial_words(found)}", wrap=True))
    said = found.said or _why(way, found)
    if said and (alone or found.state == "failed"):
        parts.append(basic.label(said, tone="second", wrap=True, selectable=True))
    return parts


def _why(way: str, found: Trial) -> str:
    if found.state == "untried":
        if way == "data-uri":
            return f"{NOTE} Only PNG and JPEG are tried, because the plain form may fail where this one works."
        return "This transport does not work, cannot be tried, or no call was left for it."
    return "The response is shown when the checks are done." if found.state == "failed" else ""


def _legend(face: Face) -> QWidget:
    icon, tone, _ = LOOKS[face]
    return basic.row(basic.picture(icon, tone, 12), basic.label(LEGEND[face], tone="second", size="small"), spacing=4)
