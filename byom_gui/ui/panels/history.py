"""Register, History: what was registered from here, and what is another since, in the draft and in the server."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from byom_gui.core.ledger import Entry, Since
from byom_gui.core.quoting import quoted
from byom_gui.ui import theme
from byom_gui.ui.models.history import HistoryModel, when_text
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.flowing import Flowing, scrolled
from byom_gui.ui.widgets.table import RowTable

WIDTHS = (160, 136, 120, 0, 72)
_COMPARE = "Compare with server"
_EMPTY = "Registrations made from this computer are listed here, with their classes and the model's responses."


class HistoryPanel(QWidget):
    """A view: every wish leaves as a signal, with the entry."""

    shown = Signal()
    chosen = Signal(object)
    compare_wanted = Signal(object)
    stop_wanted = Signal()
    copy_wanted = Signal(object)
    forget_wanted = Signal(object)
    settled = Signal(object, bool)
    """The user looked in V7: a registration that may have arrived is there, or is not."""

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "surface")
        self.model = HistoryModel()
        self.table = RowTable("History")
        self.table.setModel(self.model)
        self.table.set_widths(WIDTHS, stretch=3)
        self.table.setSelectionMode(RowTable.SelectionMode.SingleSelection)
        self.table.setEditTriggers(RowTable.EditTrigger.NoEditTriggers)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen())
        self._quiet, self._busy, self._looked_at = False, False, ""
        self._build()
        self.set_entries((), 0)

    def _build(self) -> None:
        self.title = basic.label("", strong=True, wrap=True)
        self.draft = basic.label("", wrap=True, selectable=True)
        self.server = basic.label("", wrap=True, selectable=True)
        self.compare = basic.button(_COMPARE, on_click=self._compare)
        self.copy = basic.button("Copy as JSON", kind="flat", on_click=lambda: self._wish(self.copy_wanted))
        self.forget = basic.button("Forget…", kind="flat", on_click=lambda: self._wish(self.forget_wanted))
        self.there = basic.button("Yes, it's there", on_click=lambda: self._settle(True))
        self.absent = basic.button("No, it isn't", on_click=lambda: self._settle(False))
        self.question = basic.row(basic.label("Is it on V7's Models page?"), self.there, self.absent, None)
        buttons = basic.row(self.compare, self.copy, self.forget, None)
        words = Flowing()
        column = QVBoxLayout(words)
        column.setContentsMargins(*(theme.px(m) for m in (12, 8, 12, 8)))
        column.setSpacing(theme.px(8))
        for part in (self.title, self.question, self.draft, self.server):
            column.addWidget(part)
        column.addStretch(1)
        basic.ground(words, "surface")
        below = basic.column(scrolled(words), basic.row(buttons, margins=(12, 4, 12, 8)), spacing=0, on="surface")
        self.damaged = basic.label("", tone="warn", size="small", wrap=True)
        self.damaged.setContentsMargins(*(theme.px(m) for m in (12, 4, 12, 4)))
        whole = basic.column(self.damaged, self.table, basic.hline(), below, spacing=0)
        layout = whole.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setStretch(1, 3)
        layout.setStretch(3, 2)
        self.pages = QStackedWidget()
        self.pages.addWidget(whole)
        self.pages.addWidget(basic.empty_state("clock", "No registrations yet", _EMPTY))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.pages)

    def showEvent(self, event: QShowEvent) -> None:
        """Asks for what is so now."""
        super().showEvent(event)
        self.shown.emit()

    def set_entries(self, entries: Sequence[Entry], damaged: int) -> None:
        """All registrations, newest first; ``damaged`` could not be read."""
        kept = self.selected
        self._quiet = True
        self.model.put(entries)
        self.damaged.setText(f"{damaged} of them cannot be read and are not listed.")
        self.damaged.setVisible(damaged > 0)
        self.pages.setCurrentIndex(0 if entries or damaged else 1)
        at = next((at for at, each in enumerate(entries) if kept is not None and each.id == kept.id), 0)
        if entries:
            self.table.selectRow(at)
        self._quiet = False
        self._chosen()

    @property
    def selected(self) -> Entry | None:
        """The registration that is looked at."""
        return self.model.value(self.table.currentIndex().row())

    def _chosen(self) -> None:
        if self._quiet:
            return
        entry = self.selected
        for button in (self.compare, self.copy, self.forget):
            button.setEnabled(entry is not None)
        if entry is None:
            return
        self.question.setVisible(entry.outcome == "unknown")
        unknown = "" if entry.outcome == "registered" else " V7 did not respond: it may have arrived."
        self.title.setText(
            f"{quoted(entry.registration.name)} in {quoted(entry.team_name)}, {when_text(entry.when)}.{unknown}"
        )
        if entry.id != self._looked_at:
            # What the server said was beside another one.
            self._looked_at = entry.id
            self.server.setText("")
            self.stop_wanted.emit()
        self.chosen.emit(entry)

    def set_draft(self, said: Sequence[str], same_address: bool) -> None:
        """How the project at hand differs from it."""
        if not same_address:
            self.draft.setText("The open project has a different address.")
        else:
            words = " ".join(said)
            self.draft.setText(
                f"Since then, in this project: {words}" if words else "No changes in this project since then."
            )

    def set_since(self, found: Since) -> None:
        """What the server says now."""
        self.server.setText("The server now:\n" + "\n".join(f"•  {each}" for each in found.sentences()))
        basic.set_tone(self.server, "warn" if found.changed else "text")

    def set_failed(self, sentence: str) -> None:
        """The server could not be asked."""
        self.server.setText(sentence)
        basic.set_tone(self.server, "bad")

    def set_busy(self, text: str) -> None:
        """The server is being asked; empty: it is not."""
        self._busy = bool(text)
        self.compare.setText("Cancel" if text else _COMPARE)
        self.compare.setAccessibleName(self.compare.text())
        if text:
            self.server.setText(text)
            basic.set_tone(self.server, "text")

    def _compare(self) -> None:
        if self._busy:
            self.stop_wanted.emit()
        else:
            self._wish(self.compare_wanted)

    def _settle(self, there: bool) -> None:
        entry = self.selected
        if entry is not None:
            self.settled.emit(entry, there)

    def _wish(self, signal: SignalInstance) -> None:
        entry = self.selected
        if entry is not None:
            signal.emit(entry)
