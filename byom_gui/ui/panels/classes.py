"""The class list: what is listed, served, known to the team and seen, side by side, edited in place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from byom_gui.core.classes import ClassEntry
from byom_gui.core.reconcile import ClassRow
from byom_gui.ui import icons, theme
from byom_gui.ui.models.classes import NAME, ClassesModel, problem_text, severity_icon
from byom_gui.ui.panels.class_menu import fill_class_menu
from byom_gui.ui.panels.paste_dialog import ClassReader, PasteDialog, read_at_once
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.class_table import ClassTable
from byom_gui.ui.widgets.shortcuts import shortcut
from byom_gui.ui.widgets.swatch import ColourMenu

SEARCH_FROM = 12
LOW = 340
"""Under this height the table needs the room; *Add all returned classes* is in the menu, too."""
_TYPE_FIRST = "polygon"


class ClassesPanel(QWidget):
    """A view: each edit leaves as a signal, and comes back through ``set_rows``. Rows are places in the list."""

    add_requested = Signal(object)
    renamed = Signal(int, str)
    retyped = Signal(int, str)
    recoloured = Signal(int, object)
    moved = Signal(int, int)
    deleted = Signal(object)
    pasted = Signal(object)
    replaced = Signal(object)
    """The complete list, from *Replace list* of the paste dialog."""
    file_chosen = Signal(object, object)
    """The paste dialog that is open, and the path of a file to show in it."""
    take_seen = Signal(object)
    fetch_clicked = Signal()
    undo_clicked = Signal()
    redo_clicked = Signal()
    selected = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "surface")
        self.model = ClassesModel()
        self.table = ClassTable()
        self.table.setModel(self.model)
        self._edit_new = False
        self._select_row: int | None = None
        self._quiet = False
        self._busy = False
        self.class_reader: ClassReader = read_at_once
        """Reads long pasted text; the wiring puts a worker here."""
        self._build()
        self._connect()
        self.set_narrow(False)
        self.set_undo(None)
        self.set_redo(None)
        self._refresh()

    # Building

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a class or type")
        self.search.setAccessibleName("Find a class or type")
        self.search.setClearButtonEnabled(True)
        self._search_row = basic.row(self.search, margins=(12, 0, 12, 8))
        self._search_row.hide()
        self._notice = basic.label("", size="small", wrap=True)
        self._notice_row = basic.row(self._notice, margins=(12, 0, 12, 8))
        self._notice_row.hide()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(_empty())
        self._none_found = basic.empty_state("search", "Nothing found", "No class or type contains this text.")
        self._pages.addWidget(self._none_found)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self._toolbar(), self._search_row, self._notice_row, basic.hline()):
            layout.addWidget(part)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._foot())

    def _toolbar(self) -> QWidget:
        self.add = basic.button("Add", "plus", on_click=self.start_add, tip="Add a class (Ins)")
        self.fetch = basic.button("From server", on_click=self.fetch_clicked.emit, tip="Fetch the server's class list")
        self.paste = basic.button("Paste list…", on_click=lambda: self.open_paste(), tip="Paste a list or open a file")
        self.undo = basic.button(icon="undo", kind="icon", on_click=self.undo_clicked.emit, name="Undo")
        self.redo = basic.button(icon="redo", kind="icon", on_click=self.redo_clicked.emit, name="Redo")
        buttons = (self.add, self.fetch, self.paste, None, self.undo, self.redo)
        bar = basic.row(*buttons, margins=(12, 0, 8, 0), spacing=4)
        bar.setMinimumHeight(theme.px(44))
        return bar

    def _foot(self) -> QWidget:
        """What is wrong, in words, and the way to list all that was seen."""
        self._mark = basic.picture("bad", size=14)
        self._problem = basic.label("", wrap=True)
        self._problem.setAccessibleName("Problem")
        self._more = basic.label("", tone="second", size="small")
        text = basic.column(self._problem, self._more, spacing=0)
        self._problem_row = basic.row(self._mark, text, margins=(12, 8, 12, 8), spacing=8)
        self._problem_row.layout().setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)  # type: ignore[union-attr]
        self.take_all = basic.button(
            "Add all returned classes", "plus", on_click=lambda: self.take_seen.emit(self.model.unlisted_names())
        )
        self._take_row = basic.row(self.take_all, None, margins=(12, 0, 12, 8))
        self._foot_line = basic.hline()
        return basic.column(self._foot_line, self._problem_row, self._take_row, spacing=0)

    def _connect(self) -> None:
        table = self.table
        self.model.renamed.connect(self.renamed)
        self.model.retyped.connect(self.retyped)
        table.moved.connect(self._move)
        table.move_pressed.connect(self.move_by)
        table.delete_pressed.connect(self.delete_selected)
        table.activated_row.connect(self._activate)
        table.list_it.connect(self._list_it)
        table.swatch_clicked.connect(self._open_colours)
        table.customContextMenuRequested.connect(self._menu_at)
        table.selectionModel().currentRowChanged.connect(lambda *_: self._current_changed())
        table.selectionModel().selectionChanged.connect(lambda *_: self._tell_problem())
        self.search.textChanged.connect(self._filter)
        shortcut(Qt.Key.Key_Insert, self, self.start_add)
        shortcut(Qt.Key.Key_Escape, self.search, self._close_search)

    # What is shown

    def set_rows(self, rows: Sequence[ClassRow]) -> None:
        """Shows the class table; selection and an open editor stay where they were."""
        grown = len(rows) > len(self.model.rows)
        self.model.set_rows(rows)
        self._refresh()
        if self._select_row is not None:
            self._select(self.model.place_of(self._select_row))
            self._select_row = None
        if self._edit_new and grown:
            self._edit_new = False
            self.table.edit_name(self.model.place_of(self.model.listed_count - 1))

    def set_undo(self, label: str | None) -> None:
        """What *Undo* takes back, None where there is nothing."""
        _name(self.undo, "Undo", label)

    def set_redo(self, label: str | None) -> None:
        """What *Redo* does again, None where there is nothing."""
        _name(self.redo, "Redo", label)

    def set_fetch_enabled(self, on: bool, why: str) -> None:
        """Whether the server can be asked, and why not."""
        self.fetch.setEnabled(on and not self._busy)
        basic.set_tip(self.fetch, "Fetch the server's class list" if on else why)
        self.fetch.setAccessibleDescription("" if on else why)

    def set_busy(self, text: str | None) -> None:
        """Says what is being waited for; None when it is over."""
        self._busy = text is not None
        self.fetch.setEnabled(not self._busy)
        self.set_notice(text or "", "second")

    def set_notice(self, text: str, tone: str) -> None:
        """A line below the buttons (what came of a fetch); an empty text hides it."""
        self._notice.setText(text)
        basic.set_tone(self._notice, tone)
        self._notice_row.setVisible(bool(text))

    def set_narrow(self, narrow: bool) -> None:
        """Under 1200 pixels the type and *Paste list…* are icons."""
        self.table.set_narrow(narrow)
        self.paste.setText("" if narrow else "Paste list…")
        self.paste.setAccessibleName("Paste list…")
        icons.set_icon(self.paste, "paste") if narrow else self.paste.setIcon(QIcon())
        if not narrow:
            self.paste.setProperty("iconName", None)
        basic.set_tip(self.paste, "Paste a list or open a file")

    def select_name(self, name: str) -> None:
        """Selects a class by its name, listed or not, without a signal."""
        place = self.model.find(name)
        if place >= 0 and place != self.table.currentIndex().row():
            self._quiet = True
            self._select(place)
            self._quiet = False

    def rename_name(self, name: str) -> None:
        """Opens the editor of a class's name."""
        place = self.model.find(name)
        if place >= 0:
            self.table.edit_name(place)

    def open_search(self) -> None:
        """Shows the search box and goes there."""
        self._search_row.show()
        self.search.setFocus()
        self.search.selectAll()

    def open_paste(self, path: Path | None = None) -> None:
        """Asks for a list; with ``path``, shows what was understood of that file."""
        dialog = PasteDialog(self, listed=self.model.listed_count, reader=self.class_reader)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.added.connect(self.pasted)
        dialog.replaced.connect(self.replaced)
        dialog.file_chosen.connect(lambda chosen: self.file_chosen.emit(dialog, chosen))
        dialog.open()
        if path is not None:
            self.file_chosen.emit(dialog, path)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low panel leaves more room to its rows."""
        super().resizeEvent(event)
        low = theme.px(LOW)
        if (event.size().height() < low) != (event.oldSize().height() < low):
            self._refresh()

    # Inside

    def _refresh(self) -> None:
        self.table.span_sections()
        count = len(self.model.rows)
        self._pages.setCurrentIndex(0 if self.model.rowCount() else 2 if self.model.filtered and count else 1)
        if count >= SEARCH_FROM or self.search.text():
            self._search_row.show()
        unlisted = len(self.model.unlisted_names())
        self._take_row.setVisible(unlisted > 1 and self.height() >= theme.px(LOW))
        basic.set_tip(self.take_all, f"Add all {unlisted} that were returned and are not listed")
        self._tell_problem()

    def _filter(self, text: str) -> None:
        self.model.set_filter(text)
        self.table.setDragEnabled(not text)
        self._refresh()

    def _close_search(self) -> None:
        self.search.clear()
        self._search_row.setVisible(len(self.model.rows) >= SEARCH_FROM)
        self.table.setFocus()

    def _tell_problem(self) -> None:
        """The selected row's problem in words, else the first one's."""
        line = self.model.line(self.table.currentIndex().row()) if self._chosen() else None
        row = line if line is not None and line.problems else self.model.first_problem()
        count = self.model.problem_count()
        self._problem_row.setVisible(row is not None)
        self._foot_line.setVisible(row is not None or not self._take_row.isHidden())
        if row is None:
            return
        icons.set_picture(self._mark, severity_icon(row) or "advice", size=14)
        self._problem.setText(problem_text(row))
        rest = count - 1
        self._more.setText(f"and {rest:,} more {'row' if rest == 1 else 'rows'} with a problem" if rest else "")
        self._more.setVisible(rest > 0 and self.height() >= theme.px(LOW))

    def _chosen(self) -> list[int]:
        """The selected places of the table."""
        return sorted({index.row() for index in self.table.selectionModel().selectedRows()})

    def _listed(self) -> list[ClassRow]:
        lines = (self.model.line(at) for at in self._chosen())
        return [line for line in lines if line is not None and line.row is not None]

    def _select(self, place: int) -> None:
        if place >= 0:
            index = self.model.index(place, NAME)
            how = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(index, how)
            self.table.scrollTo(index)

    def _current_changed(self) -> None:
        self._tell_problem()
        line = self.model.line(self.table.currentIndex().row())
        if line is not None and not self._quiet:
            self.selected.emit(line.name)

    def start_add(self) -> None:
        """Adds a class and opens its name for editing."""
        if self.search.text():
            self.search.clear()
        name = _free_name({row.name for row in self.model.rows})
        listed = [row for row in self.model.rows if row.row is not None]
        self._edit_new = True
        self.add_requested.emit(ClassEntry(name, listed[-1].type if listed else _TYPE_FIRST))

    def start_rename(self, row: int) -> None:
        """Opens the name of a listed class for editing; a filter that hides it is taken back."""
        if self.model.place_of(row) < 0:
            self.search.clear()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.table.edit_name(self.model.place_of(row))

    def delete_selected(self) -> None:
        """Deletes the selected classes."""
        rows = tuple(row.row for row in self._listed())
        if rows:
            self.deleted.emit(rows)

    def _move(self, row: int, to: int) -> None:
        self._select_row = to
        self.moved.emit(row, to)

    def move_by(self, step: int) -> None:
        """Moves the current class up (-1) or down (1)."""
        line = self.model.line(self.table.currentIndex().row())
        if line is None or line.row is None or self.model.filtered:
            return
        to = line.row + step
        if 0 <= to < self.model.listed_count:
            self._move(line.row, to)

    def _activate(self, place: int) -> None:
        line = self.model.line(place)
        if line is not None and line.row is None:
            self._list_it(place)
        elif line is not None and self.table.state() != self.table.State.EditingState:
            self.table.edit_name(place)

    def _list_it(self, place: int) -> None:
        line = self.model.line(place)
        if line is not None:
            self.take_seen.emit((line.name,))

    def _open_colours(self, place: int, at: QPoint) -> None:
        line = self.model.line(place)
        if line is None or line.row is None:
            return
        row = line.row
        menu = ColourMenu(line.colour.hex, parent=self)
        menu.chosen.connect(lambda colour: self.recoloured.emit(row, colour))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _menu_at(self, point: QPoint) -> None:
        menu = self.context_menu()
        if menu is not None:
            menu.popup(self.table.viewport().mapToGlobal(point))

    def context_menu(self) -> QMenu | None:
        """Everything that can be done with the selected rows; None where nothing is selected."""
        place = self.table.currentIndex().row()
        line = self.model.line(place)
        if line is None:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if line.row is None:
            menu.addAction("Add", lambda: self._list_it(place))
            menu.addAction("Add all returned classes", self.take_all.click)
        else:
            fill_class_menu(menu, self, line, place)
        menu.addSeparator()
        menu.addAction("Copy name", lambda: basic.copy_text(line.name))
        return menu


def _empty() -> QWidget:
    text = "They are fetched from the server once it responds. You can also add classes or paste a list."
    return basic.empty_state("list", "No classes yet", text)


def _free_name(names: Collection[str]) -> str:
    """``new_class``, with a number where that is taken."""
    name, number = "new_class", 1
    while name in names:
        number += 1
        name = f"new_class_{number}"
    return name


def _name(button: QPushButton, verb: str, label: str | None) -> None:
    text = f"{verb}: {label}" if label else f"{verb}: nothing to {verb.lower()}"
    button.setEnabled(label is not None)
    basic.set_tip(button, text)
    button.setAccessibleDescription(text)
