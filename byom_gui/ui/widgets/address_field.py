"""The field for the model's address, with POST laid into its left margin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit

from byom_gui.ui import theme
from byom_gui.ui.widgets.basic import restyle, set_tip

EXAMPLE = "https://models.example.com/api/infer"


class AddressText(QObject):
    """The text that the start page's field and the connection bar's share."""

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self.settled = ""
        """The text as it was last handed on."""

    def set_text(self, text: str) -> None:
        """Shows the text in every field."""
        if text != self.text:
            self.text = text
            self.changed.emit(text)


class AddressField(QLineEdit):
    """One line, fixed-width font. The sentence under it is its owner's.

    ``settled`` comes once for each changed text, on Return or when the field is left; ``entered`` on Return.
    """

    settled = Signal(str)
    entered = Signal(str)

    def __init__(self, shared: AddressText | None = None, *, tall: bool = False) -> None:
        super().__init__()
        self.shared = shared or AddressText(self)
        self.setFont(theme.mono(13))
        self.setProperty("tall", tall)
        self.setPlaceholderText(EXAMPLE)
        self.setAccessibleName("Model address")
        set_tip(self, "The full address of the model server, with its path")
        self.setInputMethodHints(Qt.InputMethodHint.ImhUrlCharactersOnly)
        self._post = theme.mono(12)
        self.setTextMargins(self._margin(), 0, 0, 0)
        self.setMinimumWidth(theme.px(180))
        self.setText(self.shared.text)
        self.textEdited.connect(self._on_edited)
        self.shared.changed.connect(self._on_shared)
        self.returnPressed.connect(self._on_return)
        self.editingFinished.connect(self._settle)

    @property
    def address(self) -> str:
        """What stands in the field, without spaces around it."""
        return self.text().strip()

    def set_address(self, text: str) -> None:
        """Shows a text that is already known; nothing is emitted."""
        self.shared.settled = text
        self.shared.set_text(text)

    def set_error(self, sentence: str) -> None:
        """The error state, told to a screen reader too; an empty sentence takes it back."""
        self.setAccessibleDescription(sentence)
        if bool(self.property("bad")) != bool(sentence):
            self.setProperty("bad", bool(sentence))
            restyle(self)

    def event(self, event: QEvent) -> bool:
        """Leaves pasting to the window where there is no text: a picture is for the strip."""
        pasting = (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Paste)
        )
        if pasting and not QGuiApplication.clipboard().mimeData().hasText():
            event.ignore()
            return False
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, then POST and its divider in the margin."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(self._post)
        painter.setPen(theme.colour("text2"))
        left = theme.px(10)
        painter.drawText(QRect(left, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, "POST")
        edge = left + self._word_width() + theme.px(10)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(edge, theme.px(6), edge, self.height() - theme.px(7))
        painter.end()

    def _word_width(self) -> int:
        from PySide6.QtGui import QFontMetrics

        return QFontMetrics(self._post).horizontalAdvance("POST")

    def _margin(self) -> int:
        return self._word_width() + theme.px(18)

    def _on_edited(self, text: str) -> None:
        self.shared.set_text(text)

    def _on_shared(self, text: str) -> None:
        if self.text() != text:
            self.setText(text)

    def _settle(self) -> None:
        text = self.address
        if text != self.shared.settled:
            self.shared.settled = text
            self.settled.emit(text)

    def _on_return(self) -> None:
        self._settle()
        self.entered.emit(self.address)
