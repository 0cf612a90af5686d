"""A finding in one row of 44, opened to its four lines by a click or the space bar."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from byom_gui.core.findings import Action, Finding, NotChecked
from byom_gui.ui import icons, theme
from byom_gui.ui.finding_text import ICONS
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.finding_body import FindingActions, FindingBody

_LEAST_TEXT = 280
"""What has to remain for the sentence beside the buttons."""


class FindingRow(QFrame):
    """Icon, sentence, id, actions. ``toggled(bool)`` comes when it opens or closes."""

    action_triggered = Signal(Action)
    show_in_json = Signal(str)
    toggled = Signal(bool)

    def __init__(self, finding: Finding, *, primary: bool = False) -> None:
        super().__init__()
        self.finding = finding
        self._body: FindingBody | None = None
        self._what = basic.label(finding.what, strong=True, wrap=True)
        self.buttons = FindingActions(finding, primary=primary)
        self.buttons.action_triggered.connect(self.action_triggered)
        self.buttons.show_in_json.connect(self.show_in_json)
        self.chevron = basic.button(icon="down", kind="icon", on_click=self.toggle, name=f"Open: {finding.what}")
        mark = basic.picture(ICONS[finding.severity])
        mark.setAccessibleName(finding.severity)
        basic.set_tip(mark, finding.severity)
        self._id = basic.label(finding.id, tone="second", size="small", mono=True)
        self._line = QHBoxLayout()
        self._line.setSpacing(theme.px(8))
        self._line.addWidget(mark)
        self._line.addWidget(self._what, 1)
        self._line.addWidget(self._id)
        self._line.addWidget(self.buttons)
        self._line.addWidget(self.chevron)
        head = QWidget()
        head.setMinimumHeight(theme.px(44))
        self._lines = QVBoxLayout(head)
        self._lines.setContentsMargins(*(theme.px(m) for m in (12, 4, 8, 4)))
        self._lines.setSpacing(theme.px(4))
        self._lines.addLayout(self._line)
        self._below = False
        self._all = QVBoxLayout(self)
        self._all.setContentsMargins(0, 0, 0, 0)
        self._all.setSpacing(0)
        self._all.addWidget(head)
        self._head = head
        self.setAccessibleName(f"{finding.severity}: {finding.what}")

    @property
    def opened(self) -> bool:
        """Whether the four lines are in sight."""
        return self._body is not None and not self._body.isHidden()

    def toggle(self) -> None:
        """Opens or closes it."""
        self.set_opened(not self.opened)

    def set_opened(self, on: bool) -> None:
        """Shows or hides the four lines."""
        if on == self.opened:
            return
        if self._body is None:
            self._body = FindingBody(self.finding, what=False)
            self._body.setContentsMargins(*(theme.px(m) for m in (36, 0, 12, 12)))
            self._all.addWidget(self._body)
        self._body.setVisible(on)
        icons.set_icon(self.chevron, "up" if on else "down")
        word = "Close" if on else "Open"
        self.chevron.setAccessibleName(f"{word}: {self.finding.what}")
        basic.set_tip(self.chevron, word)
        self.toggled.emit(on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow row the buttons go below the sentence."""
        super().resizeEvent(event)
        taken = self.buttons.sizeHint().width() + self._id.sizeHint().width() + theme.px(100)
        self._place(self.width() - taken < theme.px(_LEAST_TEXT))

    def _place(self, below: bool) -> None:
        if below == self._below:
            return
        self._below = below
        if below:
            self._line.removeWidget(self.buttons)
            self._lines.addWidget(self.buttons, 0, Qt.AlignmentFlag.AlignRight)
        else:
            self._lines.removeWidget(self.buttons)
            self._line.insertWidget(3, self.buttons)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click anywhere on the head toggles."""
        inside = self._head.geometry().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.toggle()
        super().mouseReleaseEvent(event)


class NotCheckedList(QWidget):
    """What could not be known from here: its id and why, line by line."""

    def __init__(self, items: tuple[NotChecked, ...]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(*(theme.px(m) for m in (12, 8, 12, 8)))
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(4))
        grid.setColumnStretch(2, 1)
        grid.addWidget(basic.label(f"Not checked {len(items)}", tone="second", strong=True), 0, 0, 1, 3)
        for row, item in enumerate(items, start=1):
            mark = basic.picture("todo", "", 14)
            mark.setAccessibleName("not checked")
            grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            name = basic.label(item.id, size="small", mono=True, tone="second", selectable=True)
            name.setMinimumWidth(theme.px(132))
            grid.addWidget(name, row, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(basic.label(item.why, wrap=True, selectable=True), row, 2)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
