"""A tab bar with room for words beside it, over a stack of views."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets.basic import hline, label, picture, set_tip


class TabbedPane(QWidget):
    """Views under tabs; a tab shows the outcome of its view as an icon, and a count after its name."""

    changed = Signal(str)

    def __init__(self, name: str, views: dict[str, QWidget]) -> None:
        """``views``: title to view, in order. ``name`` is for screen readers."""
        super().__init__()
        self._titles = list(views)
        self._outcomes = dict.fromkeys(views, "")
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(name)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setUsesScrollButtons(False)
        self.stack = QStackedWidget()
        for title, view in views.items():
            self.tabs.addTab(title)
            self.stack.addWidget(view)
        self.info = label("", tone="second", size="small")
        self._words: tuple[str, ...] = ()
        self.tabs.currentChanged.connect(self._show)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QWidget()
        head.setFixedHeight(theme.px(36))
        line = QHBoxLayout(head)
        line.setContentsMargins(theme.px(4), 0, theme.px(12), 0)
        line.setSpacing(theme.px(12))
        line.addWidget(self.tabs)
        line.addWidget(self.info, 1)
        self.info.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # The words beside the tabs give way before anything else does.
        self.info.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(hline())
        column.addWidget(self.stack, 1)

    def _show(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        self.changed.emit(self._titles[index])

    @property
    def current(self) -> str:
        """The title of the view in sight."""
        return self._titles[self.tabs.currentIndex()]

    def show_view(self, title: str) -> None:
        """Brings a view to the front."""
        self.tabs.setCurrentIndex(self._titles.index(title))

    def set_count(self, title: str, count: int | None) -> None:
        """A number after the tab's name; None takes it away."""
        self.tabs.setTabText(self._titles.index(title), title if count is None else f"{title}  {count:,}")
        self._resized()

    def set_outcome(self, title: str, outcome: str) -> None:
        """The outcome icon of a view (``ok``, ``warn``, ``bad``, ``running`` …); empty for none."""
        if self._outcomes[title] != outcome:
            self._outcomes[title] = outcome
            # After the words, as the outcome of the view; a tab's own icon would stand before them.
            mark = picture(outcome, size=14) if outcome else None
            at, side = self._titles.index(title), QTabBar.ButtonPosition.RightSide
            # The bar hides the mark that it had, and keeps it as its child.
            gone = self.tabs.tabButton(at, side)
            self.tabs.setTabButton(at, side, mark)
            if gone is not None:
                gone.deleteLater()
            self._resized()

    def _resized(self) -> None:
        # While it is out of sight, the bar itself does not tell the layout that it is wider now.
        self.tabs.updateGeometry()
        self._fit_info()

    def outcome(self, title: str) -> str:
        """The outcome that a tab shows; empty for none."""
        return self._outcomes[title]

    def set_info(self, *words: str) -> None:
        """Words at the right end of the tab row, the most important first: the last ones go where room is short."""
        self._words = tuple(word for word in words if word)
        set_tip(self.info, "    ".join(self._words))
        self._fit_info()

    def _fit_info(self) -> None:
        room = self.width() - self.tabs.sizeHint().width() - theme.px(4 + 12 + 12)
        metrics = self.info.fontMetrics()
        for count in range(len(self._words), 0, -1):
            text = "    ".join(self._words[:count])
            if metrics.horizontalAdvance(text) <= room:
                self.info.setText(text)
                return
        first = self._words[0] if self._words else ""
        wide = room >= metrics.horizontalAdvance("…") * 4
        self.info.setText(metrics.elidedText(first, Qt.TextElideMode.ElideMiddle, room) if wide else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the words to the new width."""
        super().resizeEvent(event)
        self._fit_info()
