"""A tab bar with room for words beside it, over a stack of views."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from byom_gui.ui import icons, theme
from byom_gui.ui.widgets.basic import hline, label, set_tone


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
        self.tabs.setIconSize(QSize(theme.px(14), theme.px(14)))
        # The icon stands after the words, as an outcome of the view.
        self.stack = QStackedWidget()
        for title, view in views.items():
            self.tabs.addTab(title)
            self.stack.addWidget(view)
        self.info = label("", tone="second", size="small")
        self.tabs.currentChanged.connect(self._show)
        theme.state().changed.connect(self._refresh_icons)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QWidget()
        head.setFixedHeight(theme.px(36))
        line = QHBoxLayout(head)
        line.setContentsMargins(theme.px(4), 0, theme.px(12), 0)
        line.setSpacing(theme.px(12))
        line.addWidget(self.tabs)
        line.addStretch(1)
        line.addWidget(self.info)
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

    def set_outcome(self, title: str, outcome: str) -> None:
        """The outcome icon of a view (``ok``, ``warn``, ``bad``, ``running`` …); empty for none."""
        if self._outcomes[title] != outcome:
            self._outcomes[title] = outcome
            self._refresh_icons()

    def _refresh_icons(self) -> None:
        for index, title in enumerate(self._titles):
            outcome = self._outcomes[title]
            self.tabs.setTabIcon(index, icons.icon(outcome, size=14) if outcome else QIcon())

    def set_info(self, text: str, tone: str = "second") -> None:
        """Words at the right end of the tab row."""
        self.info.setText(text)
        set_tone(self.info, tone)
