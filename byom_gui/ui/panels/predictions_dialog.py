"""File, Export predictions: which forms, which classes and where; then how far it is, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from byom_gui.core.pre_labels import Choice, Targets, Written
from byom_gui.core.quoting import isolated, quoted
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic

FORMS = {
    "darwin": "Darwin JSON 2.0, one file per image, to import into V7",
    "coco": "COCO, one file",
    "csv": "CSV, one row per result",
}


class PredictionsDialog(QDialog):
    """A view: ``wanted`` carries the choice, ``stopped`` that the user no longer wants it."""

    wanted = Signal(Choice)
    stopped = Signal()

    def __init__(
        self, name: str, folder: Path, classes: Mapping[str, int], images: int, least: float, parent: QWidget
    ) -> None:
        """``name`` begins the files' names; ``classes`` counts the results of each; ``least``: of the slider."""
        super().__init__(parent)
        self.setWindowTitle("Export predictions")
        self.resize(theme.px(520), theme.px(560))
        self._name, self._images, self._least = name, images, least
        self._busy, self._waits = False, False
        self.forms = {form: QCheckBox(text) for form, text in FORMS.items()}
        self.folder = QLineEdit(str(folder))
        self.folder.setAccessibleName("Folder")
        self.classes = _class_list(classes)
        self.above = QCheckBox(f"Only results with confidence {least:.2f} or higher, as drawn in the image")
        self.above.setChecked(least > 0)
        self.above.setVisible(least > 0)
        self.named = QCheckBox()
        self.named.hide()
        self._names: Mapping[str, str | None] = {}
        self.message = basic.label("", tone="second", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.bar.setRange(0, max(images, 1))
        self._build()
        self._connect()
        self._look()

    def _build(self) -> None:
        self.choose = basic.button("Choose…", on_click=self._ask_folder, name="Choose folder")
        self.all = basic.button("All", kind="link", on_click=lambda: self._check_all(True), name="All classes")
        self.none = basic.button("None", kind="link", on_click=lambda: self._check_all(False), name="No class")
        self.export = basic.button("Export", kind="primary", on_click=self._export)
        self.export.setDefault(True)
        self.cancel = basic.button("Cancel", on_click=self.reject)
        for other in (self.choose, self.all, self.none, self.cancel):
            other.setAutoDefault(False)
        answered = "1 image" if self._images == 1 else f"{self._images:,} images"
        self.choices = basic.column(
            basic.label("Formats", strong=True),
            *self.forms.values(),
            4,
            basic.row(basic.label("Classes", strong=True), None, self.all, self.none),
            self.classes,
            self.above,
            self.named,
            4,
            basic.label("Folder", strong=True),
            basic.row(self.folder, self.choose),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(8))
        layout.addWidget(basic.label(f"The model's results for {answered}.", tone="second", wrap=True))
        layout.addWidget(self.choices, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.message)
        layout.addWidget(basic.row(None, self.cancel, self.export, margins=(0, 8, 0, 0)))
        self.bar.hide()

    def _connect(self) -> None:
        for form, box in self.forms.items():
            box.setChecked(form == "darwin")
            box.toggled.connect(self._look)
        self.folder.textChanged.connect(self._look)
        self.classes.itemChanged.connect(self._look)

    # --- choosing

    def wait_for_names(self) -> None:
        """Nothing is exported before it is known how the team calls the classes."""
        self._waits = True
        self._look()

    def set_names(self, names: Mapping[str, str | None], team: str) -> None:
        """How the team calls the classes; where nothing differs there is nothing to choose."""
        self._names = {name: to for name, to in names.items() if to != name}
        changed = sum(to is not None for to in self._names.values())
        left = len(self._names) - changed
        words = [f"{changed} renamed"] * bool(changed) + [f"{left} left out"] * bool(left)
        self.named.setText(f"Classes as mapped to {isolated(team)}: {', '.join(words)}".replace("&", "&&"))
        self.named.setVisible(bool(self._names))
        self.named.setChecked(bool(self._names))
        self._waits = False
        self._look()

    def choice(self) -> Choice:
        """What is chosen now; all classes, where none was taken out."""
        items = self._items()
        taken = frozenset(_name(item) for item in items if item.checkState() == Qt.CheckState.Checked)
        names = self._names if self.named.isChecked() else {}
        least = self._least if self.above.isChecked() else 0.0
        return Choice(Targets(**self._places()), None if len(taken) == len(items) else taken, least, names)

    def _places(self) -> dict[str, str]:
        folder = Path(self.folder.text().strip()).expanduser()
        names = {"darwin": f"{self._name}-darwin", "coco": f"{self._name}.coco.json", "csv": f"{self._name}.csv"}
        return {form: str(folder / names[form]) for form, box in self.forms.items() if box.isChecked()}

    def _items(self) -> list[QListWidgetItem]:
        return [self.classes.item(row) for row in range(self.classes.count())]

    def _check_all(self, on: bool) -> None:
        # Thousands of classes are looked at once, not after each.
        self.classes.blockSignals(True)
        for item in self._items():
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.classes.blockSignals(False)
        self._look()

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Export folder", self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def _look(self) -> None:
        """Says what will be written, or why nothing can be."""
        why = self._why_not()
        self.message.setText(why or self._what())
        self.export.setEnabled(not why)
        basic.set_tip(self.export, why)
        self.export.setAccessibleDescription(why)

    def _why_not(self) -> str:
        if self._waits:
            return "Matching the classes to the team's…"
        if not any(box.isChecked() for box in self.forms.values()):
            return "Choose at least one format."
        if self._items() and self.choice().classes == frozenset():
            return "Choose at least one class."
        text = self.folder.text().strip()
        if not text or not Path(text).expanduser().is_dir():
            return "This folder does not exist. Choose another one."
        return ""

    def _what(self) -> str:
        places = [Path(place) for place in self._places().values()]
        there = [place.name for place in places if place.exists()]
        words = "Writes " + ", ".join(place.name for place in places) + "."
        if there:
            words += f" There already, and replaced: {', '.join(there)}."
        return words

    # --- at work

    def _export(self) -> None:
        choice = self.choice()
        self._busy = True
        self.choices.setEnabled(False)
        self.export.setEnabled(False)
        basic.set_tip(self.export, "The export is running.")
        self.bar.setValue(0)
        self.bar.show()
        self.message.setText("Reading the responses…")
        self.wanted.emit(choice)

    def set_progress(self, images: int) -> None:
        """How many images are ready."""
        self.bar.setValue(images)
        ready = f"{images:,} of {self._images:,} images"
        self.message.setText(f"{ready}. Writing the files…" if images == self._images else f"{ready}.")

    def set_failed(self, sentence: str) -> None:
        """It could not be written, or the names could not be had; the choice can be changed."""
        self._busy = self._waits = False
        self.bar.hide()
        self.choices.setEnabled(True)
        self._look()
        self.message.setText(sentence)

    def set_written(self, written: Written) -> None:
        """All is written; what a form had no place for is told."""
        self._busy = False
        self.bar.hide()
        images = "1 image" if written.images == 1 else f"{written.images:,} images"
        results = "1 result" if written.results == 1 else f"{written.results:,} results"
        said = [f"Saved {results} for {images} to {quoted(self.folder.text().strip())}.", *written.sentences()]
        self.message.setText("\n".join(said))
        self.export.hide()
        self.cancel.setText("Close")
        self.cancel.setAccessibleName("Close")
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def reject(self) -> None:
        """Closes; what is under way is stopped."""
        if self._busy:
            self._busy = False
            self.stopped.emit()
        super().reject()


def _class_list(classes: Mapping[str, int]) -> QListWidget:
    made = QListWidget()
    made.setAccessibleName("Classes to export")
    made.setUniformItemSizes(True)
    made.setSpacing(theme.px(3))
    for name, count in classes.items():
        item = QListWidgetItem(f"{name or '(no name)'}  ·  {count:,}")
        item.setData(Qt.ItemDataRole.UserRole, name)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked)
        made.addItem(item)
    return made


def _name(item: QListWidgetItem) -> str:
    return str(item.data(Qt.ItemDataRole.UserRole))
