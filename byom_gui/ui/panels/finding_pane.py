"""The findings of one checklist item: one open with its four lines, or all in a row each; what was not checked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from byom_gui.core.findings import Action, Finding, NotChecked
from byom_gui.ui import theme
from byom_gui.ui.finding_text import ICONS
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.finding_body import FindingActions, FindingBody
from byom_gui.ui.widgets.finding_row import FindingRow, NotCheckedList
from byom_gui.ui.widgets.flowing import Flowing, scrolled

MOST_HIGH = 248
"""Higher content scrolls: the picture stays the largest thing on the screen."""
_LEAST_TEXT = 480


class OpenFinding(QWidget):
    """Icon, four lines, buttons at the bottom right; below the text where that would get too narrow."""

    def __init__(self, finding: Finding, top: QWidget, buttons: FindingActions) -> None:
        super().__init__()
        self._buttons = buttons
        self._below: bool | None = None
        mark = basic.picture(ICONS[finding.severity])
        mark.setAccessibleName(finding.severity)
        basic.set_tip(mark, finding.severity)
        text = QVBoxLayout()
        text.setSpacing(theme.px(8))
        text.addWidget(FindingBody(finding))
        right = QVBoxLayout()
        right.addWidget(top, 0, Qt.AlignmentFlag.AlignRight)
        right.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(*(theme.px(m) for m in (12, 8, 12, 12)))
        layout.setSpacing(theme.px(8))
        layout.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(text, 1)
        layout.addLayout(right)
        self._text, self._right = text, right
        self._place(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons go where there is room."""
        super().resizeEvent(event)
        self._place(self.width() - self._buttons.sizeHint().width() < theme.px(_LEAST_TEXT))

    def _place(self, below: bool) -> None:
        if below == self._below:
            return
        self._below = below
        before, after = (self._right, self._text) if below else (self._text, self._right)
        before.removeWidget(self._buttons)
        after.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)


class FindingPane(QFrame):
    """As high as its content, up to 248. Escape closes it; Alt+Left and Alt+Right turn the page."""

    action_triggered = Signal(Action)
    show_in_json = Signal(str)
    closed = Signal()
    current_changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "surface")
        self._findings: tuple[Finding, ...] = ()
        self._not_checked: tuple[NotChecked, ...] = ()
        self._at = 0
        self._collapsed = False
        self._primary = True
        self._content = Flowing()
        self._scroll = scrolled()
        self._scroll.viewport().installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(basic.hline())
        layout.addWidget(self._scroll)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Findings")
        self._fill()

    @property
    def current(self) -> Finding | None:
        """The open finding."""
        return self._findings[self._at] if self._findings and not self._collapsed else None

    def set_findings(self, findings: Sequence[Finding], not_checked: Sequence[NotChecked]) -> None:
        """Shows these. The same finding stays open where it is still there."""
        if (tuple(findings), tuple(not_checked)) == (self._findings, self._not_checked):
            return
        before = self.current
        self._findings, self._not_checked = tuple(findings), tuple(not_checked)
        keys = [(finding.id, finding.subject) for finding in self._findings]
        key = (before.id, before.subject) if before else None
        self._at = keys.index(key) if key in keys else 0
        self._fill()

    def set_primary_allowed(self, on: bool) -> None:
        """Whether the open finding's own fix may be the primary button."""
        if on != self._primary:
            self._primary = on
            self._fill()

    def set_collapsed(self, on: bool) -> None:
        """All in a row each, or one open."""
        if on != self._collapsed:
            self._collapsed = on
            self._fill()

    def open_at(self, place: int) -> None:
        """Opens one finding by its place; out of range is passed over."""
        if 0 <= place < len(self._findings):
            self._at, self._collapsed = place, False
            self._fill()
            self.current_changed.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; Alt with an arrow turns the page."""
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif alt and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.open_at(self._at + (1 if event.key() == Qt.Key.Key_Right else -1))
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 - Qt calls it
        """Sentences wrap anew in another width; fonts and buttons get their size when they are first shown."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.fit()
        return False

    def fit(self) -> None:
        """Takes the height that the content needs at this width."""
        layout = self._content.layout()
        if layout is None:
            return
        wide = self._scroll.viewport().width()
        high = layout.totalHeightForWidth(wide) if layout.hasHeightForWidth() else layout.sizeHint().height()
        self.setFixedHeight(min(high, theme.px(MOST_HIGH)) + 1)

    def _fill(self) -> None:
        self._content = Flowing()
        basic.ground(self._content, "surface")
        layout = QVBoxLayout(self._content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if not self._findings:
            layout.addWidget(self._nothing())
        elif self._collapsed:
            self._fill_rows(layout)
        else:
            layout.addWidget(self._opened(self._findings[self._at]))
        if self._not_checked:
            layout.addWidget(basic.hline())
            layout.addWidget(NotCheckedList(self._not_checked))
        layout.addStretch(1)
        self._scroll.setWidget(self._content)
        self._content.installEventFilter(self)
        self.fit()

    def _nothing(self) -> QWidget:
        if self._not_checked:
            text, icon = "No problems in the checks that ran.", "advice"
        else:
            text, icon = "Nothing to fix here.", "ok"
        return basic.row(basic.picture(icon), basic.label(text), None, self._close(), margins=(12, 8, 8, 8))

    def _fill_rows(self, layout: QVBoxLayout) -> None:
        first = next((place for place, finding in enumerate(self._findings) if finding.action), None)
        for place, finding in enumerate(self._findings):
            if place:
                layout.addWidget(basic.hline())
            row = FindingRow(finding, primary=self._primary and place == first)
            row.action_triggered.connect(self.action_triggered)
            row.show_in_json.connect(self.show_in_json)
            row.chevron.clicked.disconnect()
            row.chevron.clicked.connect(lambda _=False, place=place: self.open_at(place))
            layout.addWidget(row)

    def _opened(self, finding: Finding) -> OpenFinding:
        buttons = FindingActions(finding, primary=self._primary)
        buttons.action_triggered.connect(self.action_triggered)
        buttons.show_in_json.connect(self.show_in_json)
        return OpenFinding(finding, self._pager(), buttons)

    def _pager(self) -> QWidget:
        many = len(self._findings)
        back = basic.button(
            icon="left", kind="icon", name="Previous finding", on_click=lambda: self.open_at(self._at - 1)
        )
        on = basic.button(icon="right", kind="icon", name="Next finding", on_click=lambda: self.open_at(self._at + 1))
        for button, works, why in (
            (back, self._at > 0, "This is the first finding"),
            (on, self._at < many - 1, "This is the last finding"),
        ):
            button.setEnabled(works)
            basic.set_tip(button, button.accessibleName() if works else why)
            button.setAccessibleDescription("" if works else why)
        place = basic.label(f"{self._at + 1} of {many}", tone="second", size="small")
        parts: list[QWidget] = [back, place, on]
        if many > 1:
            parts.append(
                basic.button(icon="list", kind="icon", name="All findings", on_click=lambda: self.set_collapsed(True))
            )
        return basic.row(*parts, self._close(), spacing=4)

    def _close(self) -> QWidget:
        return basic.button(icon="down", kind="icon", name="Close findings", on_click=self.closed.emit)
