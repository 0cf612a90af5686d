"""The field for a class's type: the known ones, those of which V7 has not said, and whatever else is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from byom_gui.core.classes import KNOWN_TYPES, OPEN_TYPES
from byom_gui.ui import icons


def shown(type_: str) -> str:
    """A type for people: ``bounding box``."""
    return type_.replace("_", " ")


class TypePicker(QComboBox):
    """An editable combo box; ``type`` is V7's own word (``bounding_box``), or the text as it was typed."""

    def __init__(self, parent: QWidget | None = None, type_: str = "bounding_box") -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName("Type of the class")
        for known in KNOWN_TYPES:
            self.addItem(icons.icon(known), shown(known), known)
        for open_ in OPEN_TYPES:
            self.addItem(icons.icon(open_), f"{shown(open_)} (assumed)", open_)
            self.setItemData(
                self.count() - 1,
                "V7 has not published whether this type may be registered.",
                Qt.ItemDataRole.ToolTipRole,
            )
        self.set_type(type_)

    def set_type(self, type_: str) -> None:
        """Shows a type; one that is in no list is shown as it is."""
        place = self.findData(type_)
        self.setCurrentIndex(place)
        if place < 0:
            self.setEditText(type_)

    def type(self) -> str:
        """V7's word for what is shown, else the text, trimmed, as it was typed."""
        text = self.currentText().strip()
        for place in range(self.count()):
            word = str(self.itemData(place))
            if text.casefold() in (self.itemText(place).casefold(), shown(word), word):
                return word
        return text
