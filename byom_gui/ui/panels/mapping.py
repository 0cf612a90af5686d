"""Register, Mapping: where each class of the model goes in the team; what is missing; what comes next in V7."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QCompleter, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from byom_gui.core.class_mapping import LEAVE_OUT, MappedClass, candidates, open_rows
from byom_gui.core.quoting import isolated
from byom_gui.core.reconcile import words
from byom_gui.core.registering import TeamClass
from byom_gui.ui import theme
from byom_gui.ui.models.mapping import MappingModel
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.outcome import OutcomeMark
from byom_gui.ui.widgets.table import RowTable

WIDTHS = (0, 104, 168, 112, 56)
BY_NAME, NOWHERE = "Same name", "Leave out"


class MappingPanel(QWidget):
    """A view: every wish leaves as a signal."""

    shown = Signal()
    """It came into sight: what it shows may be of earlier."""
    key_wanted = Signal()
    fetch_wanted = Signal()
    make_wanted = Signal(object)
    """Names of the classes to make; None for all that are missing."""
    export_wanted = Signal()
    steps_wanted = Signal()
    stop_wanted = Signal()
    chosen = Signal(str, object)
    """A class of the model, and the team's class; ``LEAVE_OUT`` for none of them, None to go by the name again."""

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "surface")
        self.model = MappingModel()
        self.table = RowTable("Mapping")
        self.table.setModel(self.model)
        self.table.set_widths(WIDTHS, stretch=0)
        self.table.setSelectionMode(RowTable.SelectionMode.SingleSelection)
        self.table.setEditTriggers(RowTable.EditTrigger.NoEditTriggers)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_row())
        self.table.activated_row.connect(lambda _: self.target.setFocus(Qt.FocusReason.OtherFocusReason))
        self._team: tuple[TeamClass, ...] = ()
        self._quiet = False
        self._build()
        self.show_none("key")

    def _build(self) -> None:
        self.mark = OutcomeMark()
        self.summary = basic.label("")
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.fetch = basic.button("Fetch", on_click=self.fetch_wanted.emit)
        self.make = basic.button("Create missing…", on_click=lambda: self.make_wanted.emit(None))
        self.export = basic.button("Export…", on_click=self.export_wanted.emit, name="Export mapping")
        self.steps = basic.button("Next steps…", on_click=self.steps_wanted.emit, name="Next steps in V7")
        self.stop = basic.button("Cancel", on_click=self.stop_wanted.emit)
        self.stop.hide()
        first = basic.row(self.mark, self.summary, self.stop)
        first.setMinimumHeight(theme.px(28))
        second = basic.row(self.fetch, self.make, self.export, self.steps, None)
        head = basic.column(first, second, margins=(12, 8, 12, 8), spacing=4)
        self.pages = QStackedWidget()
        whole = basic.column(self.table, basic.hline(), self._editor(), spacing=0)
        self.pages.addWidget(whole)
        self._empty = {
            "key": self.pages.addWidget(self._no_key()),
            "classes": self.pages.addWidget(
                basic.empty_state(
                    "list", "No classes yet", "Add the model's classes to see which class of the team each one maps to."
                )
            ),
            "team": self.pages.addWidget(self._no_team()),
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(basic.hline())
        layout.addWidget(self.pages, 1)

    def _no_key(self) -> QWidget:
        self.key = basic.button("V7 key…", kind="primary", on_click=self.key_wanted.emit)
        text = "Add your V7 key to fetch the team's classes and map the model's classes to them."
        return basic.empty_state("key", "No V7 key yet", text, self.key)

    def _no_team(self) -> QWidget:
        self.again = basic.button("Fetch the team's classes", on_click=self.fetch_wanted.emit)
        text = "The team's classes could not be fetched. The key may not be allowed to list them."
        return basic.empty_state("warn", "No team classes", text, self.again)

    def _editor(self) -> QWidget:
        self.which = basic.label("", strong=True)
        self.note = basic.label("", tone="second", wrap=True)
        self._names = QStringListModel(self)
        self.target = QComboBox()
        self.target.setEditable(True)
        self.target.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.target.setModel(self._names)
        self.target.setAccessibleName("Team class")
        self.target.setMinimumWidth(theme.px(120))
        self.target.setMaximumWidth(theme.px(320))
        self.target.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        completer = QCompleter(self._names, self.target)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.target.setCompleter(completer)
        self.target.activated.connect(lambda _: self._choose())
        self.target.lineEdit().editingFinished.connect(self._typed)  # type: ignore[union-attr]
        self.make_one = basic.button("Create…", on_click=self._make_one, name="Create this class in the team")
        line = basic.row(self.which, basic.label("maps to", tone="second"), self.target, self.make_one, None)
        across = line.layout()
        assert isinstance(across, QBoxLayout)
        across.setStretch(2, 1)
        made = basic.column(line, self.note, margins=(12, 8, 12, 8), spacing=4, on="surface")
        made.setMinimumHeight(theme.px(76))
        return made

    # --- what is shown

    def showEvent(self, event: QShowEvent) -> None:
        """Asks for what is so now."""
        super().showEvent(event)
        self.shown.emit()

    def show_none(self, what: str) -> None:
        """There is nothing to set side by side: ``key``, ``team`` or ``classes`` is missing."""
        self.pages.setCurrentIndex(self._empty[what])
        self.mark.setVisible(False)
        self.summary.setText("")
        for button in (self.fetch, self.make, self.export, self.steps):
            button.setEnabled(False)

    def show_rows(self, rows: Sequence[MappedClass], team: Sequence[TeamClass], team_name: str, makes: int) -> None:
        """Sets the model's classes beside the team's; ``makes``: how many of the missing can be made."""
        self._team = tuple(team)
        selected = self.selected
        self.model.put(rows)
        left = len(open_rows(rows))
        self.mark.setVisible(True)
        self.mark.set_outcome("warn" if left else "ok")
        whose = f"{len(rows) - left:,} of {len(rows):,} classes matched in {isolated(team_name)}"
        self.summary.setText(whose if left else f"All {len(rows):,} classes matched in {isolated(team_name)}")
        self.pages.setCurrentIndex(0)
        for button in (self.fetch, self.export, self.steps):
            button.setEnabled(True)
        self.make.setEnabled(makes > 0)
        self.make.setText(f"Create missing ({makes})…" if makes else "Create missing…")
        basic.set_tip(self.make, "" if makes else "There is no missing class that can be created.")
        if selected is None and rows:
            first = next((at for at, each in enumerate(rows) if each.problem or each.target is None), 0)
            self.table.selectRow(first)
        self._show_row()

    def set_busy(self, text: str) -> None:
        """What is under way; empty for nothing."""
        self.stop.setVisible(bool(text))
        self.fetch.setEnabled(not text)
        self.make.setEnabled(not text and "(" in self.make.text())
        self.make_one.setEnabled(not text)
        if text:
            self.mark.setVisible(True)
            self.mark.set_outcome("running")
            self.summary.setText(text)

    @property
    def selected(self) -> MappedClass | None:
        """The class whose way is edited."""
        return self.model.value(self.table.currentIndex().row())

    def _show_row(self) -> None:
        each = self.selected
        for part in (self.which, self.target, self.make_one, self.note):
            part.setEnabled(each is not None)
        if each is None:
            return
        self._quiet = True
        metrics, room = self.which.fontMetrics(), theme.px(160)
        self.which.setText(metrics.elidedText(each.name, Qt.TextElideMode.ElideMiddle, room))
        basic.set_tip(self.which, each.name)
        fit, others = candidates(each.type, self._team)
        self._names.setStringList([BY_NAME, NOWHERE, *(one.name for one in (*fit, *others))])
        now = NOWHERE if each.match == "left-out" else each.target.name if each.target else BY_NAME
        self.target.setCurrentText(now)
        self.make_one.setVisible(each.target is None and each.match == "missing" and each.listed)
        self.note.setText(each.problem or self._why(each, len(fit)))
        self._quiet = False

    def _why(self, each: MappedClass, fitting: int) -> str:
        if each.match == "left-out":
            return "It maps to no class of the team, and exports leave it out."
        if each.target is None:
            return f"The team has no class with this name. {fitting:,} of its classes accept {words(each.type)}."
        kinds = ", ".join(words(kind) for kind in each.target.types)
        return f"The team's class accepts {kinds}."

    # --- wishes

    def _typed(self) -> None:
        """A name typed in full counts as chosen; another text is taken back."""
        text = self.target.currentText()
        if text in self._names.stringList():
            self._choose()
        else:
            self._show_row()

    def _choose(self) -> None:
        each, text = self.selected, self.target.currentText()
        if self._quiet or each is None:
            return
        wanted = None if text == BY_NAME else LEAVE_OUT if text == NOWHERE else text
        now = LEAVE_OUT if each.match == "left-out" else each.target.name if each.target else None
        if wanted != now or (wanted is None and each.match == "chosen"):
            self.chosen.emit(each.name, wanted)

    def _make_one(self) -> None:
        each = self.selected
        if each is not None:
            self.make_wanted.emit((each.name,))
