"""Projects one after the other, from practice and back, saved over and recovered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from byom_gui.core.endpoint import Endpoint, Origin, SecretRef, parse_address
from byom_gui.core.errors import FileError
from byom_gui.core.image import ImageRef
from byom_gui.core.project import Project
from byom_gui.core.registration import Registration
from byom_gui.ui.backend import Backend, Practice, Recovered
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.tour import Tour
from tests.ui.fakes import ADDRESS, V7_HOST, World

STAND_IN = Origin("http", "127.0.0.1", 9)
OTHER = Path("/projects/other.byom.json")


class Practising(World):
    """V7's host is the stand-in's in practice, as in the app."""

    host = V7_HOST

    def practice(self) -> Practice:
        """Starts it."""
        self.host = STAND_IN
        self.secrets[SecretRef("v7-key", STAND_IN)] = "practice"
        return super().practice()

    def end(self) -> None:
        """Ends it; that takes a moment."""
        threading.Event().wait(0.1)
        self.host = V7_HOST

    def backend(self) -> Backend:
        """As the window wants it."""
        plain = super().backend()
        v7 = replace(plain.v7, host=lambda: self.host, key_ref=lambda: SecretRef("v7-key", self.host))
        return replace(plain, v7=v7, end_practice=self.end)


@pytest.fixture
def world() -> Practising:
    """In place of the plain one."""
    made = Practising()
    made.secrets[SecretRef("v7-key", V7_HOST)] = "the user's"
    images = (ImageRef("one", "file", "/pictures/one.png", "one.png"),)
    made.files[OTHER] = Project(Registration("other", Endpoint(parse_address(ADDRESS).address)), images)
    return made


@pytest.fixture
def tour(window: MainWindow, tmp_path: Path) -> Tour:
    """Hands and eyes on the window."""
    return Tour(window, tmp_path)


@pytest.mark.parametrize("leave", ["new", "open", "recover"])
def test_after_practice_v7_and_its_key_are_the_users_own(
    window: MainWindow, tour: Tour, world: Practising, leave: str
) -> None:
    window.files.practice()
    tour.wait("practice", lambda: window.session.practice and window.session.team is not None)
    if leave == "new":
        window.files.new()
    elif leave == "open":
        window.files.open(OTHER)
    else:
        world.autosaved.append(world.files[OTHER])
        window.filing.recover(Recovered("x", "other", "", OTHER))
    tour.wait("the next project", lambda: not window.session.practice)
    tour.wait("the keyring", lambda: window.works.jobs.busy == 0)
    tour.settle(30)
    assert window.works.keys.key_place.kind != "none"
    assert str(V7_HOST) in window.parts.bar.team_button.toolTip()
    assert window.session.team is None


def test_an_opened_project_shows_its_picture_once_it_is_sent(window: MainWindow, tour: Tour) -> None:
    window.files.open(OTHER)
    tour.wait("the project", lambda: window.session.previews)
    seen: list[str] = []
    window.works.viewing.ready.connect(lambda key, _: seen.append(key))
    tour.settle(50)
    assert seen == []
    window.connecting.ping()
    tour.wait("the picture", lambda: seen == ["one"])


def test_tabs_that_grew_out_of_sight_are_whole_when_they_come(window: MainWindow, tour: Tour) -> None:
    window.parts.show_work(True)
    tour.settle(20)
    window.parts.show_work(False)
    tour.settle(20)
    window.parts.right.set_count("Results", 1_234_567)
    window.parts.show_work(True)
    tabs = window.parts.right.tabs
    tour.wait("the tabs", lambda: tabs.width() >= tabs.sizeHint().width())


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes])
def test_a_name_that_was_completed_writes_over_nothing_unasked(
    window: MainWindow,
    tour: Tour,
    world: Practising,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    answer: QMessageBox.StandardButton,
) -> None:
    target = tmp_path / "mine.byom.json"
    target.write_text("{}")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answer)
    window.files.save_as()
    tour.wait("the disk", lambda: window.works.jobs.busy == 0)
    assert (target in world.files) == (answer == QMessageBox.StandardButton.Yes)


def test_an_edit_made_while_saving_stays_unsaved_and_kept(window: MainWindow, tour: Tour, world: Practising) -> None:
    gate = threading.Event()
    saving = threading.Event()

    def slow(*_: object) -> None:
        saving.set()
        gate.wait(5)

    # The window holds the callables of the backend as they were made.
    object.__setattr__(window.works.backend.files, "save", slow)
    window.session.set_name("first")
    window.filing.save(OTHER)
    tour.wait("the disk", saving.is_set)
    window.session.set_name("second")
    window.filing.autosave()
    gate.set()
    tour.wait("rest", lambda: window.works.jobs.busy == 0)
    tour.settle(30)
    assert window.session.dirty
    assert window.session.path == OTHER
    assert [project.registration.name for project in world.autosaved] == ["second"]


def test_work_that_can_not_be_kept_is_told_once(make_window: Callable[[], MainWindow], tmp_path: Path) -> None:
    window = make_window()
    tour = Tour(window, tmp_path)

    def full(*_: object) -> None:
        raise FileError("The disk is full.")

    object.__setattr__(window.works.backend.files, "autosave", full)
    said: list[str] = []
    window.filing.failed.disconnect()
    window.filing.failed.connect(said.append)
    for name in ("first", "second", "third"):
        window.session.set_name(name)
        window.filing.autosave()
        tour.wait("the disk", lambda: window.works.jobs.busy == 0)
    tour.settle(30)
    assert said == ["The disk is full."]


@pytest.fixture
def clipboard() -> Iterator[None]:
    """Empty in the end."""
    yield
    QGuiApplication.clipboard().clear()


@pytest.mark.usefixtures("clipboard")
def test_a_picture_is_pasted_while_the_address_has_the_keys(window: MainWindow, tour: Tour) -> None:
    picture = QImage(4, 4, QImage.Format.Format_RGB32)
    picture.fill(0)
    mime = QMimeData()
    mime.setImageData(picture)
    QGuiApplication.clipboard().setMimeData(mime)
    field = window.parts.start.field
    field.setFocus()
    tour.wait("the focus", field.hasFocus)
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    tour.wait("the picture", lambda: [p.ref.kind for p in window.session.previews.values()] == ["pasted"])
    QGuiApplication.clipboard().setText(ADDRESS)
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.parts.bar.field.address == ADDRESS or field.address == ADDRESS


@pytest.fixture
def settings() -> Iterator[None]:
    """Settings are only kept for an organisation that is named."""
    name = QCoreApplication.organizationName()
    QCoreApplication.setOrganizationName("byom-gui")
    yield
    QCoreApplication.setOrganizationName(name)


@pytest.mark.usefixtures("settings")
def test_a_panel_stays_as_wide_as_it_was_drawn(make_window: Callable[[], MainWindow], tmp_path: Path) -> None:
    widths: list[int] = []
    for _ in range(2):
        window = make_window()
        tour = Tour(window, tmp_path)
        window.resize(1440, 900)
        window.parts.show_work(True)
        tour.settle(50)
        splitter = window.parts.splitter
        if not widths:
            left, center, right = splitter.sizes()
            splitter.setSizes([left, center - 100, right + 100])
            splitter.splitterMoved.emit(left + center - 100, 2)
            window.resize(1450, 900)
            tour.settle(50)
            assert splitter.sizes()[2] > right + 50
        widths.append(splitter.sizes()[2])
    assert abs(widths[0] - widths[1]) <= 2
