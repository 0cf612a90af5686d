"""A class file that is dropped on the window or opened: its classes are offered, and nothing else is changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from byom_gui.app.filing import load, read_text
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.errors import ClassFileError, FileError
from byom_gui.core.preview import Preview
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels.paste_dialog import AT_ONCE, PasteDialog
from byom_gui.ui.tour import Tour
from tests.ui.fakes import World


@pytest.fixture
def tour(window: MainWindow, tmp_path: Path) -> Tour:
    return Tour(window, tmp_path / "out")


def dialog_of(window: MainWindow, tour: Tour) -> PasteDialog:
    """The paste dialog, once it has read its file."""
    found: list[PasteDialog] = []

    def read() -> bool:
        found[:] = window.parts.classes.findChildren(PasteDialog)
        return bool(found) and "recognized" in found[0].summary.text() and not found[0].summary.text().startswith("0")

    tour.wait("the dialog", read)
    return found[0]


@pytest.mark.parametrize("name", ["data.yaml", "list.TXT", "ui.xml"])
def test_a_dropped_class_file_is_offered_and_added(
    window: MainWindow, tour: Tour, world: World, tmp_path: Path, name: str
) -> None:
    contents = {
        "data.yaml": "names: [sail, oar]",
        "list.TXT": "sail\noar",
        "ui.xml": "<View><Choices>%s</Choices></View>",
    }
    labels = "<Choice value='sail'/><Choice value='oar'/>"
    (tmp_path / name).write_text(contents[name].replace("%s", labels), encoding="utf-8")
    tour.drop([tmp_path / name])
    dialog = dialog_of(window, tour)
    assert dialog.windowTitle() == f"Add class list: {name}"
    assert len(window.session.classes) == 0, "nothing is changed before it is wanted"
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    assert list(window.session.classes.names) == ["sail", "oar"]
    assert not window.session.previews


def test_json_that_lists_classes_is_offered_where_a_project_was_expected(
    window: MainWindow, tour: Tour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"id2label": {"0": "sail", "1": "oar"}}', encoding="utf-8")

    def load_it(_: Path) -> None:
        load(path)

    object.__setattr__(window.works.backend.files, "load", load_it)
    tour.drop([path])
    dialog = dialog_of(window, tour)
    assert [entry.name for entry in dialog.entries()] == ["sail", "oar"]
    assert "Hugging Face id2label" in dialog.summary.text()


def test_a_class_file_that_is_gone_is_said_in_the_dialog(window: MainWindow, tour: Tour, tmp_path: Path) -> None:
    tour.drop([tmp_path / "gone.csv"])
    tour.wait("the dialog", lambda: bool(window.parts.classes.findChildren(PasteDialog)))
    dialog = window.parts.classes.findChildren(PasteDialog)[0]
    tour.wait("the sentence", lambda: "gone.csv could not be read" in dialog.problems.text())


def test_long_text_is_read_next_to_the_window(window: MainWindow, tour: Tour) -> None:
    window.parts.classes.open_paste()
    dialog = window.parts.classes.findChildren(PasteDialog)[0]
    dialog.text.setPlainText("\n".join(f"class {at}" for at in range(AT_ONCE)))
    dialog.read()
    assert dialog.summary.text() == "Reading the list…"
    tour.wait("the classes", lambda: len(dialog.entries()) == AT_ONCE)


def test_what_a_file_is_when_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('["sail"]', encoding="utf-8")
    with pytest.raises(ClassFileError, match="a list of names"):
        load(tmp_path / "a.json")
    (tmp_path / "b.json").write_text('{"status": "failed"}', encoding="utf-8")
    with pytest.raises(FileError, match=r"nor a registration\. This is a JSON object without class names"):
        load(tmp_path / "b.json")
    (tmp_path / "c.txt").write_text("", encoding="utf-8")
    with pytest.raises(FileError, match=r"neither a project nor a registration\. Choose another file"):
        load(tmp_path / "c.txt")
    (tmp_path / "d.txt").write_bytes("é".encode("utf-16"))
    assert read_text(tmp_path / "d.txt").text == "é"


def test_no_button_adds_a_twin_that_looks_the_same(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "byom_gui.ui.wiring.classing.count_seen",
        lambda _: {("pie\u0301ton", "tag"): 2, ("pi\u00e9ton", "tag"): 1, ("bus", "polygon"): 1},
    )
    previews: dict[str, Preview] = {}
    monkeypatch.setattr(window.session, "previews", previews)
    window.classing.take_seen(["pie\u0301ton", "pi\u00e9ton", "bus"])
    assert list(window.session.classes.names) == ["pie\u0301ton", "bus"]
    assert "looks the same" in window.notice.text
    window.session.edit_classes("x", ClassList((ClassEntry("pi\u00e9ton", "tag"),)))
    window.classing.take_seen(["pie\u0301ton"])
    assert list(window.session.classes.names) == ["pi\u00e9ton"]
    window.classing.use_name("pie\u0301ton")
    assert list(window.session.classes.names) == ["pie\u0301ton"]
    window.classing.add((ClassEntry("Bus", "tag"), ClassEntry("bus", "tag")))
    window.classing.rename("Bus", "bus")
    assert list(window.session.classes.names) == ["pie\u0301ton", "Bus", "bus"]
