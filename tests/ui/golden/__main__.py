"""Draws the golden pictures anew: ``python -m tests.ui.golden``. Look at each before committing it."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QGuiApplication

from byom_gui.core.predictions import SHAPE_NAMES
from tests.ui import golden

if __name__ == "__main__":
    app = QGuiApplication([])
    for name in SHAPE_NAMES:
        golden.picture(name).save(str(golden.place(name)))
        print(golden.place(name))
