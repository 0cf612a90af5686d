"""A class list that is pasted, dropped or opened: what was understood is shown before anything is changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QPlainTextEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from byom_gui.core.class_formats.decoding import DecodedText
from byom_gui.core.class_names import visible
from byom_gui.core.class_text import DEFAULT_TYPE, LineProblem, ParsedClasses, parse_class_list
from byom_gui.core.classes import ClassEntry
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.type_picker import TypePicker, shown

PREVIEWED, TOLD = 8, 6
AT_ONCE = 4_000
"""Characters that are read in the window's thread; longer text is read next to it."""
SHOWN = 200_000
"""Characters of a file that are shown for editing; of a longer one only what was understood is."""
FILES = "Class lists (*.txt *.csv *.tsv *.json *.yaml *.yml *.xml *.pbtxt *.names *.labels *.py);;All files (*)"

ClassReader = Callable[[str, str, Callable[[ParsedClasses], None]], object]
"""Reads text with a default type and hands on what was understood, at once or later."""


def read_at_once(text: str, default_type: str, then: Callable[[ParsedClasses], None]) -> None:
    """Reads in the calling thread."""
    then(parse_class_list(text, default_type))


def counted(number: int, one: str, many: str) -> str:
    """``1 class``, ``1,200 classes``."""
    return f"{number:,} {one if number == 1 else many}"


class _ListText(QPlainTextEdit):
    """Leaves long text that is pasted to whoever listens: laying it out would take a second."""

    long_pasted = Signal(str)
    """All of the text as it would be."""

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Of a paste."""
        self.take(source.text())

    def take(self, text: str) -> None:
        """Inserts text, where it is short enough to be edited."""
        if len(text) <= SHOWN:
            self.insertPlainText(text)
            return
        cursor, units = self.textCursor(), self.toPlainText().encode("utf-16-le", "surrogatepass")
        ends = units[: 2 * cursor.selectionStart()], units[2 * cursor.selectionEnd() :]
        before, after = (part.decode("utf-16-le", "surrogatepass") for part in ends)
        self.long_pasted.emit(before + text + after)


class PasteDialog(QDialog):
    """Lists in any known form become classes. ``added`` and ``replaced`` carry the entries.

    Args:
        listed: how many classes are listed now, which *Replace list* would remove.
        reader: reads long text.
    """

    added = Signal(object)
    replaced = Signal(object)
    file_chosen = Signal(object)
    """The path of a file that was dropped or chosen; whoever reads it calls ``show_file``."""

    def __init__(self, parent: QWidget | None = None, *, listed: int = 0, reader: ClassReader = read_at_once) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add class list")
        self.resize(theme.px(560), theme.px(480))
        self.setAcceptDrops(True)
        self._parsed = ParsedClasses(())
        self._reader, self._file, self._asked = reader, DecodedText(), 0
        self.text = _ListText()
        self.text.long_pasted.connect(self._show_pasted)
        self.text.setFont(theme.mono())
        self.text.setPlaceholderText(
            "cat\ndog, polygon\n\nor the content of data.yaml, config.json, a COCO file, a labeling interface…"
        )
        self.text.setAccessibleName("Class list in any format")
        self.text.setTabChangesFocus(True)
        self.text.setAcceptDrops(False)  # a dropped file would become its address; the dialog reads it
        self.default = TypePicker(self)
        self.default.setAccessibleName("Default type")
        self.summary = basic.label("", strong=True)
        self.preview = basic.label("", tone="second", wrap=True)
        self.problems = basic.label("", tone="warn", wrap=True)
        self._listed = listed
        self._build()
        # A long paste is read once it is complete, not at every key.
        self._timer = QTimer(self, singleShot=True, interval=100)
        self._timer.timeout.connect(self.read)
        self.text.textChanged.connect(self._edited)
        self.default.currentTextChanged.connect(self._timer.start)
        self.read()

    def _build(self) -> None:
        self.add_button = basic.button("Add", kind="primary", on_click=self._add)
        self.replace_button = basic.button("Replace list", on_click=self._replace)
        self.open_button = basic.button("Open file…", on_click=self._choose)
        cancel = basic.button("Cancel", on_click=self.reject)
        self.add_button.setDefault(True)
        for other in (self.replace_button, self.open_button, cancel):
            other.setAutoDefault(False)
        hint = basic.label("Type for classes listed without one:", tone="second")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(8))
        layout.addWidget(self.text, 1)
        layout.addWidget(basic.row(hint, self.default, None))
        for part in (self.summary, self.preview, self.problems):
            layout.addWidget(part)
        buttons = (self.open_button, None, cancel, self.replace_button, self.add_button)
        layout.addWidget(basic.row(*buttons, margins=(0, 8, 0, 0)))

    # --- files

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open class list", "", FILES)
        if name:
            self.file_chosen.emit(Path(name))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file or text is welcome."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Reads the first file that was dropped; text goes where it would be pasted."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if files:
            self.file_chosen.emit(files[0])
        elif event.mimeData().hasText():
            self.text.take(event.mimeData().text())

    def show_file(self, name: str, file: DecodedText) -> None:
        """Shows what a file holds, and what was understood of it."""
        self.setWindowTitle(f"Add class list: {name}")
        self._show_text(file)

    def _show_pasted(self, text: str) -> None:
        self.setWindowTitle(f"Add class list: {len(text):,} characters pasted")
        self._show_text(DecodedText(text))

    def _show_text(self, file: DecodedText) -> None:
        long = len(file.text) > SHOWN
        self.text.setPlainText("" if long else file.text)
        self._file = file if long or file.binary or file.warning else DecodedText()
        self.read()

    def show_error(self, sentence: str) -> None:
        """Says why a file could not be read."""
        self.summary.setText("The file could not be read")
        self.problems.setText(sentence)
        self.problems.show()

    # --- reading

    def _edited(self) -> None:
        self._file = DecodedText()
        self._enable(False, "Reading the text.")
        self._timer.start()

    def entries(self) -> tuple[ClassEntry, ...]:
        """What was understood."""
        return self._parsed.entries

    def read(self) -> None:
        """Reads the text as it is now and says what was understood."""
        if hasattr(self, "_timer"):
            self._timer.stop()
        if self._file.binary:
            why = f"This is {self._file.binary}, not a class list."
            self._show(ParsedClasses((), (LineProblem(0, why),), refusal=why), True)
            return
        text, kind = self._file.text or self.text.toPlainText(), self.default.type() or DEFAULT_TYPE
        self._asked += 1
        asked = self._asked

        def done(parsed: ParsedClasses) -> None:
            if asked == self._asked and isValid(self):
                self._show(parsed, bool(text.strip()))

        if len(text) <= AT_ONCE:
            read_at_once(text, kind, done)
        else:
            self.summary.setText("Reading the list…")
            self._enable(False, "Reading the text.")
            self._reader(text, kind, done)

    def _show(self, parsed: ParsedClasses, pasted: bool) -> None:
        self._parsed = parsed
        entries, problems = parsed.entries, parsed.problems
        form = f" ({parsed.form})" if parsed.form else ""
        understood = counted(len(entries), "class", "classes") + f" recognized{form}"
        self.summary.setText(understood if pasted else "No list yet")
        some = ", ".join(f"{visible(entry.name)} ({shown(entry.type)})" for entry in entries[:PREVIEWED])
        more = f" and {len(entries) - PREVIEWED:,} more" if len(entries) > PREVIEWED else ""
        self.preview.setText("\n".join((some + more, *parsed.notes[:TOLD])).strip())
        told = [self._file.warning] if self._file.warning else []
        told += [problem.message for problem in problems[:TOLD]]
        if len(problems) > TOLD:
            told.append(f"and {len(problems) - TOLD:,} more problems")
        self.problems.setText("\n".join(told))
        self.preview.setVisible(bool(self.preview.text()))
        self.problems.setVisible(bool(told))
        why = (
            ""
            if entries
            else "No classes were recognized in the text."
            if pasted
            else "Paste a list or open a file first."
        )
        self._enable(bool(entries), why)

    def _enable(self, on: bool, why: str) -> None:
        for button in (self.add_button, self.replace_button):
            button.setEnabled(on)
            basic.set_tip(button, why)
            button.setAccessibleDescription(why)
        if on and self._listed:
            was = counted(self._listed, "listed class", "listed classes")
            basic.set_tip(self.replace_button, f"Replaces the {was}. You can undo this.")

    def _add(self) -> None:
        self.added.emit(self.entries())
        self.accept()

    def _replace(self) -> None:
        self.replaced.emit(self.entries())
        self.accept()
