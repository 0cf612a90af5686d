"""The menu of a listed class: everything that can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from byom_gui.core.classes import KNOWN_TYPES, OPEN_TYPES
from byom_gui.core.reconcile import ClassRow
from byom_gui.ui import icons
from byom_gui.ui.models.classes import TYPE
from byom_gui.ui.widgets.swatch import ColourMenu
from byom_gui.ui.widgets.type_picker import shown

if TYPE_CHECKING:
    from byom_gui.ui.panels.classes import ClassesPanel


def fill_class_menu(menu: QMenu, panel: ClassesPanel, line: ClassRow, place: int) -> None:
    """Adds rename, type, colour, move and delete; ``place`` is the row of the table."""
    row = line.row or 0
    menu.addAction("Rename", QKeySequence(Qt.Key.Key_F2), lambda: panel.table.edit_name(place))
    menu.addMenu(_types(menu, panel, row, place))
    colours = ColourMenu(line.colour.hex, parent=menu)
    colours.chosen.connect(lambda colour: panel.recoloured.emit(row, colour))
    menu.addMenu(colours)
    up = menu.addAction("Move up", QKeySequence("Alt+Up"), lambda: panel.move_by(-1))
    down = menu.addAction("Move down", QKeySequence("Alt+Down"), lambda: panel.move_by(1))
    up.setEnabled(row > 0 and not panel.model.filtered)
    down.setEnabled(row + 1 < panel.model.listed_count and not panel.model.filtered)
    menu.addAction("Delete", QKeySequence(Qt.Key.Key_Delete), panel.delete_selected)


def _types(menu: QMenu, panel: ClassesPanel, row: int, place: int) -> QMenu:
    types = QMenu("Type", menu)
    for type_ in (*KNOWN_TYPES, *OPEN_TYPES):
        title = shown(type_) if type_ in KNOWN_TYPES else f"{shown(type_)} (assumed)"
        action = types.addAction(icons.icon(type_), title)
        action.triggered.connect(lambda _=False, value=type_: panel.retyped.emit(row, value))
    types.addAction("Other…", lambda: panel.table.edit(panel.model.index(place, TYPE)))
    return types
