"""Two windows, or another program, on one project: told, and nothing is written over unasked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton

from byom_gui.core.project import Project
from byom_gui.ui.backend import Backend
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.tour import Tour
from tests.ui.fakes import World

PATH = Path("/projects/one.byom.json")


class Shared(World):
    """A backend whose project another window may have, or another program may have changed."""

    def __init__(self) -> None:
        super().__init__()
        self.files[PATH] = Project()
        self.mine = True
        self.other_wrote = False
        self.freed = 0

    def backend(self) -> Backend:
        plain = super().backend()

        def let_go() -> None:
            self.freed += 1

        files = replace(plain.files, take=lambda _: self.mine, changed=lambda _: self.other_wrote, let_go=let_go)
        return replace(plain, files=files)


@pytest.fixture
def world() -> Shared:
    """In place of the plain one."""
    return Shared()


@pytest.fixture
def tour(window: MainWindow, tmp_path: Path) -> Iterator[Tour]:
    yield Tour(window, tmp_path)
    window.session.dirty = False


def opened(window: MainWindow, tour: Tour) -> None:
    """Opens the project and edits it."""
    window.files.open(PATH)
    tour.wait("the project", lambda: window.session.path == PATH)
    tour.wait("rest", lambda: window.works.jobs.busy == 0)
    tour.settle(30)
    window.session.set_name("mine")


def box_of(window: MainWindow) -> QMessageBox | None:
    """The message that is open."""
    return next((box for box in window.findChildren(QMessageBox) if box.isVisible()), None)


def test_the_second_window_is_told(window: MainWindow, tour: Tour, world: Shared) -> None:
    world.mine = False
    opened(window, tour)
    tour.wait("the message", lambda: box_of(window))
    box = box_of(window)
    assert box is not None
    assert "is also open in another window" in box.text()
    box.close()
    window.session.dirty = False
    window.files.new()
    tour.wait("another project", lambda: world.freed == 1)


@pytest.mark.parametrize("choice", ["Overwrite", "Cancel"])
def test_what_another_program_wrote_is_not_written_over_unasked(
    window: MainWindow, tour: Tour, world: Shared, choice: str
) -> None:
    opened(window, tour)
    world.other_wrote = True
    window.files.save()
    tour.wait("the question", lambda: box_of(window))
    assert world.files[PATH].registration.name == ""
    box = box_of(window)
    assert box is not None
    button = next(each for each in box.findChildren(QPushButton) if each.text().replace("&", "") == choice)
    tour.click(button)
    tour.wait("rest", lambda: window.works.jobs.busy == 0)
    tour.settle(50)
    assert world.files[PATH].registration.name == ("mine" if choice == "Overwrite" else "")
    assert window.session.dirty == (choice == "Cancel")


def test_a_file_that_nobody_changed_is_saved_at_once(window: MainWindow, tour: Tour, world: Shared) -> None:
    opened(window, tour)
    window.files.save()
    tour.wait("the saving", lambda: not window.session.dirty)
    assert world.files[PATH].registration.name == "mine"
    assert box_of(window) is None
