"""Pasting a class list: what was understood stands beside the text before anything is changed."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from byom_gui.core.class_text import ParsedClasses, parse_class_list
from byom_gui.core.classes import ClassEntry
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.type_picker import TypePicker, shown

PREVIEWED, TOLD = 8, 6


def counted(number: int, one: str, many: str) -> str:
    """``1 class``, ``1,200 classes``."""
    return f"{number:,} {one if number == 1 else many}"


class PasteDialog(QDialog):
    """Lines, CSV or JSON become classes. ``added`` and ``replaced`` carry the entries.

    Args:
        listed: how many classes are listed now, which *Replace list* would take out.
    """

    added = Signal(object)
    replaced = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, listed: int = 0) -> None:
        super().__init__(parent)
        self.setWindowTitle("Paste a class list")
        self.resize(theme.px(560), theme.px(480))
        self._parsed = ParsedClasses(())
        self.text = QPlainTextEdit()
        self.text.setFont(theme.mono())
        self.text.setPlaceholderText(
            'cat\ndog, polygon\n\nor CSV with a header, or [{"name": "cat", "type": "polygon"}]'
        )
        self.text.setAccessibleName("Class list, as lines, CSV or JSON")
        self.text.setTabChangesFocus(True)
        self.default = TypePicker(self)
        self.default.setAccessibleName("Type of classes that come without one")
        self.summary = basic.label("", strong=True)
        self.preview = basic.label("", tone="second", wrap=True)
        self.problems = basic.label("", tone="warn", wrap=True)
        self._listed = listed
        self._build()
        # A long paste is read once it is all there, not at every key.
        self._timer = QTimer(self, singleShot=True, interval=100)
        self._timer.timeout.connect(self.read)
        self.text.textChanged.connect(self._timer.start)
        self.default.currentTextChanged.connect(self._timer.start)
        self.read()

    def _build(self) -> None:
        self.add_button = basic.button("Add", kind="primary", on_click=self._add)
        self.replace_button = basic.button("Replace list", on_click=self._replace)
        cancel = basic.button("Cancel", on_click=self.reject)
        self.add_button.setDefault(True)
        for other in (self.replace_button, cancel):
            other.setAutoDefault(False)
        hint = basic.label("One class a line, CSV or JSON. Without a type it becomes", tone="second")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(8))
        layout.addWidget(self.text, 1)
        layout.addWidget(basic.row(hint, self.default, None))
        for part in (self.summary, self.preview, self.problems):
            layout.addWidget(part)
        layout.addWidget(basic.row(None, cancel, self.replace_button, self.add_button, margins=(0, 8, 0, 0)))

    def entries(self) -> tuple[ClassEntry, ...]:
        """What was understood."""
        return self._parsed.entries

    def read(self) -> None:
        """Reads the text as it is now and says what was understood."""
        self._timer.stop() if hasattr(self, "_timer") else None
        text = self.text.toPlainText()
        self._parsed = parse_class_list(text, self.default.type() or "bounding_box")
        entries, problems = self._parsed.entries, self._parsed.problems
        understood = counted(len(entries), "class", "classes") + " understood"
        self.summary.setText(understood if text.strip() else "Nothing pasted yet")
        some = ", ".join(f"{entry.name} ({shown(entry.type)})" for entry in entries[:PREVIEWED])
        more = f" and {len(entries) - PREVIEWED:,} more" if len(entries) > PREVIEWED else ""
        self.preview.setText("\n".join((some + more, *self._parsed.notes)).strip())
        told = [problem.message for problem in problems[:TOLD]]
        if len(problems) > TOLD:
            told.append(f"and {len(problems) - TOLD:,} more to look at")
        self.problems.setText("\n".join(told))
        self.preview.setVisible(bool(self.preview.text()))
        self.problems.setVisible(bool(told))
        self._enable(bool(entries), bool(text.strip()))

    def _enable(self, on: bool, pasted: bool) -> None:
        why = "" if on else "No class was understood in the text." if pasted else "Paste a list first."
        for button in (self.add_button, self.replace_button):
            button.setEnabled(on)
            basic.set_tip(button, why)
            button.setAccessibleDescription(why)
        if on and self._listed:
            was = counted(self._listed, "listed class", "listed classes")
            basic.set_tip(self.replace_button, f"Takes out the {was}. Undo brings them back.")

    def _add(self) -> None:
        self.read()
        self.added.emit(self.entries())
        self.accept()

    def _replace(self) -> None:
        self.read()
        self.replaced.emit(self.entries())
        self.accept()
