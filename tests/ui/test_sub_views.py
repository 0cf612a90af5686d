"""The views within a view."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from byom_gui.ui.widgets.sub_views import SubViews


def _made(qtbot: QtBot, *titles: str) -> SubViews:
    views = SubViews("Registering")
    qtbot.addWidget(views)
    for title in titles:
        views.add(title, QLabel(title))
    views.show()
    return views


def _button(views: SubViews, title: str) -> QPushButton:
    return next(each for each in views.findChildren(QPushButton) if each.text() == title)


def test_one_view_needs_no_control(qtbot: QtBot) -> None:
    views = _made(qtbot, "Register")
    assert views.current == "Register"
    assert not _button(views, "Register").isVisible()


def test_the_chosen_view_is_shown_and_told(qtbot: QtBot) -> None:
    views = _made(qtbot, "Register", "Class mapping", "History")
    said: list[str] = []
    views.changed.connect(said.append)
    _button(views, "Class mapping").click()
    views.show_view("History")
    views.show_view("History")
    assert said == ["Class mapping", "History"]
    assert views.titles == ("Register", "Class mapping", "History")
    assert views.current == "History"
    assert _button(views, "History").isChecked()
    assert not _button(views, "Register").isChecked()


def test_a_count_stands_after_the_title(qtbot: QtBot) -> None:
    views = _made(qtbot, "Register", "Class mapping")
    views.set_count("Class mapping", 3)
    count = next(each for each in views.findChildren(QLabel) if each.text() == "3")
    assert count.isVisible()
    views.set_count("Class mapping", None)
    assert not count.isVisible()


def test_a_view_is_made_when_it_is_first_wanted(qtbot: QtBot) -> None:
    views = _made(qtbot, "Register")
    made: list[QLabel] = []

    def make() -> QLabel:
        made.append(QLabel("late"))
        return made[-1]

    views.add("Reach", make)
    views.add("History", QLabel("History"))
    assert made == []
    for title in ("History", "Reach", "Register", "Reach"):
        views.show_view(title)
    assert len(made) == 1
    assert views.stack.currentWidget() is made[0]
    assert made[0].isVisible()
    assert views.stack.count() == 3
