"""The start page, and what a drop holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from byom_gui.ui.dropping import Dropped, count_held, read_mime
from byom_gui.ui.panels.connection import ConnectionBar
from byom_gui.ui.panels.start import StartPage
from byom_gui.ui.widgets.address_field import AddressText


@pytest.fixture
def page(qtbot: QtBot) -> StartPage:
    made = StartPage()
    qtbot.addWidget(made)
    made.resize(1024, 640)
    made.show()
    return made


def _button(page: StartPage, name: str) -> QPushButton:
    return next(b for b in page.findChildren(QPushButton) if name in (b.text(), b.accessibleName()))


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("Ping", "ping_clicked"),
        ("Auth: none", "auth_clicked"),
        ("Try it", "try_clicked"),
        ("Choose files…", "choose_files_clicked"),
        ("Open project…", "open_clicked"),
        ("Import registration…", "import_clicked"),
    ],
)
def test_every_way_on_is_a_button(page: StartPage, qtbot: QtBot, name: str, signal: str) -> None:
    with qtbot.waitSignal(getattr(page, signal), timeout=1000):
        QTest.keyClick(_button(page, name), Qt.Key.Key_Space)


def test_it_shares_its_address_with_the_bar(qtbot: QtBot) -> None:
    shared = AddressText()
    page, bar = StartPage(shared), ConnectionBar(shared)
    for part in (page, bar):
        qtbot.addWidget(part)
    with qtbot.waitSignal(page.address_entered, timeout=1000) as entered:
        QTest.keyClicks(page.field, "http://localhost:8000/infer")
        QTest.keyClick(page.field, Qt.Key.Key_Return)
    assert entered.args == ["http://localhost:8000/infer"]
    assert bar.field.text() == "http://localhost:8000/infer"


def test_an_error_stands_under_the_address(page: StartPage) -> None:
    page.set_error("The address has no scheme. Start it with https:// or http://.")
    assert page.error.startswith("The address has no scheme")
    page.set_error("")
    assert page.error == ""


def test_while_it_is_busy_ping_is_cancel(page: StartPage, qtbot: QtBot) -> None:
    page.set_busy("Starting the built-in model")
    assert page.ping_button.property("kind") == ""
    assert not page.try_button.isEnabled()
    assert "wait or cancel" in page.try_button.accessibleDescription()
    with qtbot.waitSignal(page.cancel_clicked, timeout=1000):
        QTest.mouseClick(_button(page, "Cancel"), Qt.MouseButton.LeftButton)
    page.set_busy("")
    assert page.ping_button.property("kind") == "primary"
    assert page.try_button.isEnabled()


def test_recent_projects_open_by_their_path(page: StartPage, qtbot: QtBot) -> None:
    page.set_recent([(f"project {n}", f"/p/{n}.byom.json") for n in range(8)])
    with qtbot.waitSignal(page.recent_clicked, timeout=1000) as chosen:
        _button(page, "Open project 2").click()
    assert chosen.args == ["/p/2.byom.json"]
    assert not [b for b in page.findChildren(QPushButton) if b.accessibleName() == "Open project 5"]
    page.set_recent([])
    qtbot.waitUntil(lambda: not [b for b in page.findChildren(QPushButton) if "project 2" in b.text()], timeout=2000)


@pytest.mark.parametrize(
    ("count", "said"), [(4, "Drop 4 images"), (1, "Drop 1 image"), (0, "Drop here"), (None, "Drop images anywhere")]
)
def test_a_drag_over_is_welcomed(page: StartPage, count: int | None, said: str) -> None:
    page.set_drag_over(9)
    page.set_drag_over(count)
    assert page._drop_title.text().startswith(said)


def _mime(*, urls: tuple[str, ...] = (), text: str = "", html: str = "") -> QMimeData:
    made = QMimeData()
    if urls:
        made.setUrls([QUrl(url) for url in urls])
    if text:
        made.setText(text)
    if html:
        made.setHtml(html)
    return made


FILES = Dropped(paths=(Path("/a/one.png"), Path("/a/folder")))
PAGE = '<img src="https://a.io/1.png"><img src="data:image/png;base64,AAAA"><img src="/x.png"><script src="https://e">'


@pytest.mark.parametrize(
    ("mime", "held"),
    [
        (_mime(urls=("file:///a/one.png", "file:///a/folder", "file:///a/one.png")), FILES),
        (_mime(urls=("https://a.io/1.png?x=%20y",)), Dropped(urls=("https://a.io/1.png?x=%20y",))),
        (
            _mime(urls=("file:///a/one.png", "https://a.io/2.png")),
            Dropped((Path("/a/one.png"),), ("https://a.io/2.png",)),
        ),
        (_mime(urls=("ftp://a.io/1.png", "javascript:alert(1)")), Dropped()),
        (_mime(text="file:///a/one.png\nfile:///a/folder"), FILES),
        (_mime(text="# list\nhttps://a.io/1.png\r\n\nhttp://b/2"), Dropped(urls=("https://a.io/1.png", "http://b/2"))),
        (_mime(text="see https://a.io/1.png for more"), Dropped()),
        (_mime(text="https://user:pw@a.io/1.png"), Dropped()),
        (_mime(text="https://[bad/1.png"), Dropped()),
        (_mime(text="https:///nohost.png"), Dropped()),
        (_mime(html=PAGE), Dropped(urls=("https://a.io/1.png",))),
        (_mime(html="<p>nothing <img> <img src></p>"), Dropped()),
        (QMimeData(), Dropped()),
    ],
)
def test_what_a_drop_holds(mime: QMimeData, held: Dropped) -> None:
    assert read_mime(mime) == held
    assert count_held(mime) == held.count
    assert bool(read_mime(mime)) == bool(held.count)


def _picture() -> QImage:
    image = QImage(3, 2, QImage.Format.Format_RGB32)
    image.fill(QColor("#123456"))
    return image


def test_a_pasted_picture_becomes_a_png(qtbot: QtBot) -> None:
    for data in (_picture(), QPixmap.fromImage(_picture())):
        mime = _mime(urls=("https://a.io/1.png",), html=PAGE)
        mime.setImageData(data)
        (png,) = read_mime(mime).pictures
        assert png.startswith(b"\x89PNG")
        back = QImage.fromData(png)
        assert (back.width(), back.height(), back.pixelColor(2, 1).name()) == (3, 2, "#123456")
        assert read_mime(mime).urls == ()
        assert count_held(mime) == 1


def test_a_file_wins_over_its_preview_picture() -> None:
    mime = _mime(urls=("file:///a/one.png",))
    mime.setImageData(_picture())
    assert read_mime(mime) == Dropped(paths=(Path("/a/one.png"),))
    assert count_held(mime) == 1


def test_an_empty_picture_is_nothing() -> None:
    mime = QMimeData()
    mime.setImageData(QImage())
    assert read_mime(mime) == Dropped()


def test_the_bytes_of_a_picture_stay_out_of_its_repr() -> None:
    assert "secretbytes" not in repr(Dropped(pictures=(b"secretbytes",)))
