"""How the whole window lies in its room: words give way in order, nothing is cut, and every layout comes to rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QTabBar

from byom_gui.core.findings import Action
from byom_gui.core.image import ImageRef
from byom_gui.core.preview import Preview
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.models.images import outcome_of
from byom_gui.ui.tour import Tour
from tests.ui.fakes import ADDRESS, World, answer

MOST_EVENTS = 6_000
"""Within one new size; a loop of layouts makes endless ones, a sound window some hundreds."""


class Counter(QObject):
    """Counts resizes and layout requests of all widgets."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.count += 1
        return False


def come_to_rest(counter: Counter) -> int:
    """Works off what is posted until nothing is left; returns how much it was, at most MOST_EVENTS."""
    before, quiet = counter.count, 0
    for _ in range(400):
        seen = counter.count
        QCoreApplication.sendPostedEvents()
        QApplication.processEvents()
        quiet = quiet + 1 if counter.count == seen else 0
        if quiet == 3 or counter.count - before > MOST_EVENTS:
            return counter.count - before
    return MOST_EVENTS + 1


@pytest.fixture
def worked(window: MainWindow, world: World, tmp_path: Path) -> MainWindow:
    """A window with two answered images; one class is returned in another spelling, and its finding is open."""
    results = [
        {"name": "Nucleus", "label": "n", "confidence": 0.9, "bounding_box": {"x": 10, "y": 10, "w": 40, "h": 30}},
        {"name": "field", "label": "field", "confidence": 0.97, "tag": {}},
    ]
    world.body = answer(results)
    tour = Tour(window, tmp_path)
    tour.connect(ADDRESS)
    paths = [tmp_path / name for name in ("one.png", "two.png")]
    for path in paths:
        path.write_bytes(b"x")
    tour.preview(paths)
    window.parts.center.show_view("Image")
    tour.settle()
    return window


VIEWS = ("Image", "Connection", "Diagnosis", "Register")
LISTS = ("Classes", "Results", "JSON")


@pytest.mark.parametrize(("view", "right"), [*((view, "Classes") for view in VIEWS), *(("Image", x) for x in LISTS)])
def test_every_size_comes_to_rest(worked: MainWindow, view: str, right: str) -> None:
    worked.parts.center.show_view(view)
    worked.parts.right.show_view(right)
    counter = Counter()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(counter)
    try:
        loops = []
        for wide in range(880, 1520, 20):
            worked.resize(wide, 600 + (wide * 7) % 300)
            if come_to_rest(counter) > MOST_EVENTS:
                loops.append((worked.width(), worked.height()))
    finally:
        app.removeEventFilter(counter)
    assert not loops
    assert counter.count > 32


@pytest.mark.parametrize("size", [(880, 600), (1024, 700), (1440, 900), (3840, 2160)])
@pytest.mark.parametrize("right", LISTS)
def test_no_button_is_narrower_than_its_words(worked: MainWindow, size: tuple[int, int], right: str) -> None:
    worked.parts.right.show_view(right)
    worked.resize(*size)
    come_to_rest(Counter())
    cut = [
        button.text()
        for button in worked.findChildren(QAbstractButton)
        if button.isVisible() and button.text() and button.width() < button.minimumSizeHint().width()
    ]
    assert not cut


def test_json_leaves_the_strip_and_the_request_their_room(worked: MainWindow) -> None:
    worked.resize(1440, 900)
    worked.parts.right.show_view("JSON")
    come_to_rest(Counter())
    assert worked.parts.splitter.sizes()[0] == 208
    assert worked.parts.splitter.sizes()[2] == pytest.approx(720, abs=2)
    json = worked.parts.json
    assert json.request_view.width() == pytest.approx(254, abs=4)
    assert json.curl.width() >= json.curl.sizeHint().width()


def test_the_words_beside_the_tabs_go_in_order(worked: MainWindow) -> None:
    center = worked.parts.center
    whole = ("a long name.png", "1,200 × 900 px", "320 ms")
    center.set_info(*whole)
    seen: list[str] = []
    for wide in range(900, 300, -1):
        center.resize(wide, 300)
        center._fit_info()
        if not seen or seen[-1] != center.info.text():
            seen.append(center.info.text())
    assert seen[:3] == ["    ".join(whole), "    ".join(whole[:2]), whole[0]]
    assert all("…" in text or not text for text in seen[3:])
    assert seen[-1] == ""
    assert center.info.toolTip() == "    ".join(whole)


def test_a_tab_shows_its_outcome_after_its_name(worked: MainWindow) -> None:
    center = worked.parts.center
    place = list(VIEWS).index("Register")
    mark = center.tabs.tabButton(place, QTabBar.ButtonPosition.RightSide)
    assert center.outcome("Register") == "bad"
    assert isinstance(mark, QLabel)
    center.set_outcome("Register", "")
    assert center.tabs.tabButton(place, QTabBar.ButtonPosition.RightSide) is None


def test_marks_that_are_gone_from_a_tab_are_not_kept(worked: MainWindow) -> None:
    center = worked.parts.center
    before = len(center.tabs.findChildren(QLabel))
    for _ in range(5):
        for outcome in ("ok", "warn", "bad"):
            center.set_outcome("Register", outcome)
    QTest.qWait(1)
    assert len(center.tabs.findChildren(QLabel)) == before


def test_rename_opens_the_listed_name(worked: MainWindow, tmp_path: Path) -> None:
    worked.checking.open_item("Classes")
    finding = worked.parts.findings.current
    assert finding is not None
    assert finding.id == "classes.near-match"
    rename = next(b for b in worked.parts.findings.findChildren(QAbstractButton) if b.text() == "Rename…")
    Tour(worked, tmp_path).click(rename)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "nucleus"
    editor.setText("cell")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    Tour(worked, tmp_path).wait("the new name", lambda: worked.session.classes.names[0] == "cell")


def test_rename_finds_a_name_that_the_search_hides(worked: MainWindow) -> None:
    worked.parts.classes.open_search()
    worked.parts.classes.search.setText("field")
    worked.checking.act(Action("edit-class", "nucleus"))
    assert worked.parts.classes.search.text() == ""
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "nucleus"
    worked.checking.act(Action("edit-class", "no such class"))
    assert worked.session.classes.names[0] == "nucleus"


def test_the_fill_is_drawn_and_remembered(worked: MainWindow, make_window: Callable[[], MainWindow]) -> None:
    bar = worked.parts.canvas.bar
    before = worked.parts.canvas.canvas.grab().toImage()
    bar.fill.slider.setFocus()
    QTest.keyClick(bar.fill.slider, Qt.Key.Key_End)
    assert worked.parts.canvas.canvas.look.fill == pytest.approx(0.6)
    worked.parts.canvas.canvas.settle()
    assert worked.parts.canvas.canvas.grab().toImage() != before
    assert make_window().parts.canvas.canvas.look.fill == pytest.approx(0.6)
    QSettings().setValue("fill", "much")
    assert make_window().parts.canvas.canvas.look.fill == pytest.approx(0.2)


def test_the_settings_offer_this_machines_interfaces(worked: MainWindow) -> None:
    worked.connecting.open_settings()
    box = worked.parts.settings.interface
    assert [box.itemData(place) for place in range(box.count())] == ["127.0.0.1"]
    worked.parts.settings.close()


def test_the_start_page_counts_the_samples(window: MainWindow, world: World) -> None:
    said = [label.text() for label in window.parts.start.findChildren(QLabel)]
    count = len(world.backend().samples())
    assert any((f"with {count} sample images" if count > 1 else "with sample images") in text for text in said)


def test_the_problems_in_the_json_are_said_in_words(worked: MainWindow) -> None:
    worked.parts.right.show_view("JSON")
    view = worked.parts.json.view
    for _ in range(200):
        QApplication.processEvents()
        if view.marks:
            break
        QTest.qWait(5)
    assert {mark.message for mark in view.marks} == {"not listed", "“name” and “label” of a result differ"}
    worked.session.select(0)
    assert view.active_mark == 0


def test_a_picture_that_can_not_be_shown_stops_its_spinner(worked: MainWindow) -> None:
    canvas = worked.parts.canvas
    key = worked.session.current_id
    canvas.set_loading("one.png")
    QTest.qWait(260)
    assert canvas._pill.isVisible()
    worked.works.viewing.failed.emit(key, "It ends early.")
    assert not canvas._pill.isVisible()
    assert not canvas.has_picture


def test_a_narrow_ping_keeps_its_times_and_spares_its_bars(worked: MainWindow) -> None:
    ping = worked.parts.ping
    worked.parts.center.show_view("Connection")
    worked.resize(1440, 900)
    come_to_rest(Counter())
    row = ping.rows["http"]
    assert row.bar.isVisible()
    assert ping.copy_button.text() == "Copy report"
    worked.resize(880, 600)
    come_to_rest(Counter())
    assert not row.bar.isVisible()
    assert ping.copy_button.text() == ""
    assert ping.copy_button.accessibleName() == "Copy report"
    assert row.mapTo(ping, row.rect().topRight()).x() <= ping.width()


def test_a_failed_rows_words_do_not_repeat_its_name() -> None:
    ref = ImageRef("1", "file", "/x/broken.png", "broken.png")
    failed = Preview(ref, state="failed", problem="broken.png is not an image.")
    assert outcome_of(failed) == ("bad", "Is not an image.")
    assert outcome_of(Preview(ref, state="failed")) == ("bad", "Failed")
