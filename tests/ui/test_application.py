"""What macOS asks of the app as a whole."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from byom_gui.ui.application import Application


def test_a_file_that_the_system_hands_over_is_told(qapp: QApplication) -> None:
    assert isinstance(qapp, Application)
    told: list[str] = []
    qapp.file_opened.connect(told.append)
    assert QApplication.sendEvent(qapp, QFileOpenEvent("/tmp/nuclei.byom.json"))
    QApplication.sendEvent(qapp, QFileOpenEvent(""))
    QApplication.sendEvent(qapp, QEvent(QEvent.Type.User))
    assert told == ["/tmp/nuclei.byom.json"]
