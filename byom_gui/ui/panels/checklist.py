"""The checklist strip: five things that have to be right before registering, and the two ways on."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.outcome import WORDS, OutcomeMark

ItemName = Literal["Key", "Server", "Responses", "Classes", "Inputs"]

ITEMS: tuple[ItemName, ...] = ("Key", "Server", "Responses", "Classes", "Inputs")


class ChecklistItem(QPushButton):
    """Shape, name, and a quieter short text; checked while its findings are open."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("kind", "check")
        self.setCheckable(True)
        self._name = name
        self.mark = OutcomeMark()
        self._title = basic.label(name)
        self._text = basic.label(tone="second")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(*(theme.px(m) for m in (10, 0, 10, 0)))
        layout.setSpacing(theme.px(8))
        for part in (self.mark, self._title, self._text):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def short_text(self) -> str:
        """The quieter text."""
        return self._text.text()

    def set_state(self, outcome: str, text: str) -> None:
        """``outcome``: an outcome's shape; ``text``: a number or one or two words."""
        self.mark.set_outcome(outcome)
        self._text.setText(text)
        self.show_text(True)
        self.setAccessibleName(
            f"{self._name}: {WORDS[outcome]}" + (f", {text}" if text and text != WORDS[outcome] else "")
        )
        basic.set_tip(self, f"{self.accessibleName()}. Click to see its findings.")
        self.updateGeometry()

    def show_text(self, on: bool) -> None:
        """Whether there is room for the quieter text."""
        self._text.setVisible(on and bool(self._text.text()))
        self.updateGeometry()

    def set_open(self, on: bool) -> None:
        """Whether its findings are in sight below."""
        self.setChecked(on)
        self._title.setProperty("strong", on)
        basic.restyle(self._title)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as its parts."""
        layout = self.layout()
        wide = layout.sizeHint().width() if layout is not None else 0
        return QSize(wide, max(super().sizeHint().height(), theme.px(28)))

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's name


class Checklist(QWidget):
    """One row of 44. The register button keeps its place and only changes its fill."""

    item_clicked = Signal(str)
    run_checks_clicked = Signal()
    register_clicked = Signal()
    cancel_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "window")
        self.items: dict[str, ChecklistItem] = {}
        for name in ITEMS:
            item = ChecklistItem(name)
            item.clicked.connect(lambda _=False, name=name: self._on_item(name))
            item.set_state("todo", "not run")
            self.items[name] = item
        self._open: str | None = None
        self._why = ""
        self._busy = ""
        self._blocking = basic.label(tone="second")
        self.run_button = basic.button("Run all checks", "play", on_click=self._on_run)
        self.register_button = basic.button("Register…", on_click=self.register_clicked.emit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        parts = (*self.items.values(), None, self._blocking, 8, self.run_button, 4, self.register_button)
        self._row = basic.row(*parts, margins=(2, 8, 12, 8), spacing=4)
        layout.addWidget(self._row)
        self.setMinimumWidth(theme.px(320))

    @property
    def open_item(self) -> str | None:
        """Whose findings are in sight."""
        return self._open

    @property
    def blocking(self) -> str:
        """What stands before the buttons."""
        return self._blocking.text()

    def set_item(self, name: str, outcome: str, text: str) -> None:
        """``name``: one of ITEMS; ``outcome``: an outcome's shape; ``text``: ``84 ms``, ``4``, ``not run``."""
        self.items[name].set_state(outcome, text)
        self._fit()

    def set_open(self, name: str | None) -> None:
        """Marks whose findings are in sight; None: nobody's."""
        self._open = name
        for key, item in self.items.items():
            item.set_open(key == name)
        self._fit()

    def set_blocking(self, text: str) -> None:
        """Such as ``1 finding blocks registering``. It is the register button's tool-tip, too."""
        self._block = text
        self._blocking.setText(self._busy or text)
        basic.set_tip(self.register_button, text)
        self.register_button.setAccessibleDescription(text)
        self._fit()

    def set_checks_enabled(self, on: bool, why: str) -> None:
        """Whether checks may run; ``why`` says why not."""
        self._why = "" if on else why
        self._show_run()

    def set_register_enabled(self, on: bool, why: str) -> None:
        """Whether the register view may be opened; ``why`` says why not."""
        self.register_button.setEnabled(on)
        if why:
            basic.set_tip(self.register_button, why)
            self.register_button.setAccessibleDescription(why)

    def set_register_primary(self, on: bool) -> None:
        """Whether registering is the next step."""
        basic.set_kind(self.register_button, "primary" if on else "")

    def set_run_primary(self, on: bool) -> None:
        """Whether running the checks is the next step."""
        basic.set_kind(self.run_button, "primary" if on else "")

    def set_busy(self, text: str) -> None:
        """Such as ``Checks are running``: the run button is Cancel meanwhile. Empty: nothing runs."""
        self._busy = text
        self._blocking.setText(text or self._block)
        self._show_run()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the sentence goes; it stays in the button's tool-tip."""
        super().resizeEvent(event)
        self._fit()

    _block = ""

    def _show_run(self) -> None:
        from byom_gui.ui import icons

        self.run_button.setText("Cancel" if self._busy else "Run all checks")
        self.run_button.setAccessibleName(self.run_button.text())
        tone = "onaccent" if self.run_button.property("kind") == "primary" else ""
        icons.set_icon(self.run_button, "close" if self._busy else "play", tone)
        why = "" if self._busy else self._why
        self.run_button.setEnabled(not why)
        basic.set_tip(self.run_button, why)
        self.run_button.setAccessibleDescription(why)

    def _fit(self) -> None:
        # The sentence goes first, then the items' short texts; both stay in tool-tips.
        self._blocking.setVisible(bool(self._blocking.text()))
        self._show_texts(True)
        if self._too_wide():
            self._blocking.setVisible(False)
        if self._too_wide():
            self._show_texts(False)

    def _show_texts(self, on: bool) -> None:
        for item in self.items.values():
            item.show_text(on)

    def _too_wide(self) -> bool:
        layout = self._row.layout()
        assert layout is not None
        layout.invalidate()
        return layout.minimumSize().width() > self.width() > 0

    def _on_item(self, name: str) -> None:
        self.items[name].setChecked(name == self._open)
        self.item_clicked.emit(name)

    def _on_run(self) -> None:
        (self.cancel_clicked if self._busy else self.run_checks_clicked).emit()
