"""What macOS asks of the app as a whole."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

import byom_gui
from byom_gui.ui.application import Application


def test_a_file_that_the_system_hands_over_is_told(qapp: QApplication) -> None:
    assert isinstance(qapp, Application)
    told: list[str] = []
    qapp.file_opened.connect(told.append)
    assert QApplication.sendEvent(qapp, QFileOpenEvent("/tmp/nuclei.byom.json"))
    QApplication.sendEvent(qapp, QFileOpenEvent(""))
    QApplication.sendEvent(qapp, QEvent(QEvent.Type.User))
    assert told == ["/tmp/nuclei.byom.json"]


def test_tool_tips_are_set_in_one_way_and_never_rendered() -> None:
    package = Path(byom_gui.__file__).parent
    found = [
        f"{path.relative_to(package)}:{number}"
        for path in package.rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if ".setToolTip(" in line and path.name != "basic.py"
    ]
    assert found == [], "use basic.set_tip: Qt renders what looks like markup"
