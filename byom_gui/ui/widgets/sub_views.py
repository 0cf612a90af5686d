"""A view with views of its own: a small segmented control over a stack. Adding one is one call."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets.basic import button, ground, hline, label


class SubViews(QWidget):
    """Shows one of several views; as long as there is but one, there is no control."""

    changed = Signal(str)

    def __init__(self, name: str) -> None:
        """``name`` is for screen readers."""
        super().__init__()
        self._titles: list[str] = []
        self._group = QButtonGroup(self)
        self._counts: list[QLabel] = []
        self._makers: dict[int, Callable[[], QWidget]] = {}
        self.stack = QStackedWidget()
        self._bar = QWidget()
        self._bar.setAccessibleName(name)
        ground(self._bar, "window")
        self._line = QHBoxLayout(self._bar)
        self._line.setContentsMargins(*(theme.px(m) for m in (12, 5, 12, 4)))
        self._line.setSpacing(theme.px(4))
        self._line.addStretch(1)
        self._rule = hline()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._rule)
        column.addWidget(self.stack, 1)
        self._group.idClicked.connect(self._show)
        self._show_bar()

    def add(self, title: str, view: QWidget | Callable[[], QWidget]) -> None:
        """Puts a view at the end; what makes one is called when the view is first wanted."""
        made = button(title, kind="flat", checkable=True)
        number = len(self._titles)
        made.setChecked(number == 0)
        count = label("", tone="second", size="small")
        count.hide()
        self._group.addButton(made, number)
        self._line.insertWidget(2 * number, made)
        self._line.insertWidget(2 * number + 1, count)
        self._titles.append(title)
        self._counts.append(count)
        if not isinstance(view, QWidget):
            self._makers[number], view = view, QWidget()
        self.stack.addWidget(view)
        self._show_bar()

    @property
    def titles(self) -> tuple[str, ...]:
        """The views in order."""
        return tuple(self._titles)

    @property
    def current(self) -> str:
        """The title of the view in sight."""
        return self._titles[self.stack.currentIndex()]

    def show_view(self, title: str) -> None:
        """Brings a view to the front."""
        number = self._titles.index(title)
        if number != self.stack.currentIndex():
            self._group.button(number).setChecked(True)
            self._show(number)

    def set_count(self, title: str, count: int | None) -> None:
        """A number after a view's title; None takes it away."""
        shown = self._counts[self._titles.index(title)]
        shown.setText("" if count is None else f"{count:,}")
        shown.setVisible(count is not None)

    def _show(self, number: int) -> None:
        maker = self._makers.pop(number, None)
        if maker is not None:
            self.stack.insertWidget(number, maker())
            room = self.stack.widget(number + 1)
            assert room is not None, "its place was kept by an empty one"
            self.stack.removeWidget(room)
            room.deleteLater()
        self.stack.setCurrentIndex(number)
        self.changed.emit(self._titles[number])

    def _show_bar(self) -> None:
        for part in (self._bar, self._rule):
            part.setVisible(len(self._titles) > 1)
