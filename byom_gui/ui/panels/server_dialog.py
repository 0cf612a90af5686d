"""File, New model server: what the model answers with, or an answer to start from, and where; then how to start it."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from byom_gui.core.quoting import quoted
from byom_gui.core.scaffold import ADDRESS, EXAMPLES, TASKS, next_steps
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.code_box import CodeBox

_LEAD = (
    "Creates a small Flask project, with your model behind one function. It accepts images both ways that V7 sends "
    "them, responds in V7's format, lists its classes, and includes tests, a Dockerfile, and a README."
)
_TITLES = {"tagging": "Tagging", "detection": "Detection", "segmentation": "Segmentation", "keypoints": "Keypoints",
           "ocr": "Text (OCR)"}  # fmt: skip


class ServerDialog(QDialog):
    """A view: ``wanted`` carries folder, task, whether with the example, and the answer's file, where there is one."""

    wanted = Signal(Path, str, bool, object)
    address_wanted = Signal(str)

    def __init__(self, folder: Path, parent: QWidget) -> None:
        """``folder``: where it is offered to go."""
        super().__init__(parent)
        self.setWindowTitle("New model server")
        self.resize(theme.px(560), theme.px(430))
        self._busy = False
        self.by_task = QRadioButton("Start from the task")
        self.by_answer = QRadioButton("Start from a response of your current server")
        self.task = QComboBox()
        self.example = QCheckBox()
        self.answer, self.folder = QLineEdit(), QLineEdit(str(folder))
        self.message = basic.label("", tone="second", wrap=True)
        self.pages = QStackedWidget()
        self._fill_choices()
        self._build()
        self._look()

    def _fill_choices(self) -> None:
        self._kinds = QButtonGroup(self)
        for kind in (self.by_task, self.by_answer):
            self._kinds.addButton(kind)
            kind.toggled.connect(self._look)
        self.by_task.setChecked(True)
        for task, words in TASKS.items():
            self.task.addItem(f"{_TITLES[task]}: {words}", task)
        self.task.setCurrentIndex(list(TASKS).index("detection"))
        self.task.setAccessibleName("Task")
        self.task.currentIndexChanged.connect(self._look)
        self.answer.setPlaceholderText("A JSON file: COCO, Ultralytics, Triton, …")
        self.answer.setAccessibleName("Response file")
        self.folder.setAccessibleName("Folder")
        for field in (self.answer, self.folder):
            field.textChanged.connect(self._look)

    def _build(self) -> None:
        self.choose_answer = basic.button("Choose…", on_click=self._ask_answer, name="Choose response file")
        self.choose_folder = basic.button("Choose…", on_click=self._ask_folder, name="Choose folder")
        self.write = basic.button("Create project", kind="primary", on_click=self._write)
        self.write.setDefault(True)
        self.cancel = basic.button("Cancel", on_click=self.reject)
        for other in (self.choose_answer, self.choose_folder, self.cancel):
            other.setAutoDefault(False)
        self.choices = basic.column(
            basic.label(_LEAD, tone="second", wrap=True),
            4,
            self.by_task,
            basic.row(24, self.task, None, spacing=0),
            basic.row(24, self.example, None, spacing=0),
            self.by_answer,
            basic.row(24, basic.row(self.answer, self.choose_answer), spacing=0),
            4,
            basic.label("Folder, new or empty", strong=True),
            basic.row(self.folder, self.choose_folder),
            None,
        )
        self.pages.addWidget(self.choices)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(8))
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.message)
        layout.addWidget(basic.row(None, self.cancel, self.write, margins=(0, 8, 0, 0)))

    # --- choosing

    def _look(self) -> None:
        """Says what will be written, or why nothing can be."""
        if self._busy or not hasattr(self, "write"):
            return
        by_task = self.by_task.isChecked()
        task = str(self.task.currentData())
        self.task.setEnabled(by_task)
        self.example.setVisible(by_task and task in EXAMPLES)
        self.example.setText(f"With a real model: {EXAMPLES.get(task, '')}")
        for part in (self.answer, self.choose_answer):
            part.setEnabled(not by_task)
        why = self._why_not()
        self.message.setText(why or f"Creates the project in {quoted(self._folder())}.")
        self.write.setEnabled(not why)
        basic.set_tip(self.write, why)
        self.write.setAccessibleDescription(why)

    def _folder(self) -> Path:
        return Path(self.folder.text().strip()).expanduser()

    def _why_not(self) -> str:
        if self.by_answer.isChecked() and not Path(self.answer.text().strip() or "/").expanduser().is_file():
            return "Choose the file with a response."
        folder = self._folder()
        if not self.folder.text().strip() or not folder.is_absolute():
            return "Choose a folder by its full path."
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            return f"{quoted(folder)} is not empty. Choose a new or empty folder."
        return ""

    def _ask_answer(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Response of your server", "", "JSON (*.json);;All files (*)")
        if name:
            self.answer.setText(name)

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Project folder", str(self._folder().parent))
        if name:
            chosen = Path(name)
            empty = not any(chosen.iterdir())
            self.folder.setText(str(chosen if empty else chosen / "model-server"))

    # --- at work

    def _write(self) -> None:
        self._set_busy(True)
        self.message.setText("Creating…")
        by_task = self.by_task.isChecked()
        task = str(self.task.currentData()) if by_task else ""
        example = by_task and self.example.isChecked() and task in EXAMPLES
        answer = None if by_task else Path(self.answer.text().strip()).expanduser()
        self.wanted.emit(self._folder(), task, example, answer)

    def _set_busy(self, on: bool) -> None:
        self._busy = on
        self.choices.setEnabled(not on)
        self.write.setEnabled(not on)

    def set_failed(self, sentence: str) -> None:
        """It could not be written; the choice can be changed."""
        self._set_busy(False)
        self._look()
        self.message.setText(sentence)

    def set_written(self, files: int) -> None:
        """All is written: how to start it, and what comes then."""
        folder = self._folder()
        self.commands = CodeBox("\n".join(next_steps(folder, windows=sys.platform == "win32")), "Commands")
        self.use = basic.button(f"Connect to {ADDRESS}", on_click=self._use)
        self.use.setAutoDefault(False)
        self.pages.addWidget(
            basic.column(
                basic.label(f"Created {files} files in {quoted(folder)}.", strong=True, wrap=True),
                basic.label(f"Start it in a terminal. {self._who_answers()}", wrap=True),
                self.commands,
                8,
                basic.label("Then add your model to model.py, the only file you need to change.", wrap=True),
                basic.label("Once it runs, connect this window to it and see its results for your images:", wrap=True),
                basic.row(self.use, None),
                None,
            )
        )
        self.pages.setCurrentIndex(1)
        self.message.setText("The README in the folder explains how to deploy it where V7 can reach it.")
        self.write.hide()
        self.cancel.setText("Close")
        self.cancel.setAccessibleName("Close")
        self.use.setFocus(Qt.FocusReason.OtherFocusReason)

    def _who_answers(self) -> str:
        if self.by_answer.isChecked():
            return "It returns your example for each image until you add your model."
        with_model = self.example.isChecked() and self.task.currentData() in EXAMPLES
        return "It runs a real model." if with_model else "It runs a stand-in until you add your model."

    def _use(self) -> None:
        self.address_wanted.emit(ADDRESS)
        self.accept()
