"""The auth popup and the key panel: a secret leaves its field at once, and is seen nowhere after that."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from byom_gui.core.endpoint import MASK, Auth, SecretPlace
from byom_gui.core.registering import TeamInfo
from byom_gui.ui.panels.auth import AuthPopup, place_key
from byom_gui.ui.panels.key import KeyPanel, looks_usual
from byom_gui.ui.widgets.handoff import Handoff
from byom_gui.ui.widgets.popover import Popover
from byom_gui.ui.widgets.secret_field import SecretField, place_text

KEYRING = SecretPlace("keyring", "macOS Keychain")
SESSION = SecretPlace("session", "this session only", "the keyring is locked")
KEY = "abcdefg." + "x" * 32


def _all_text(widget: QWidget) -> str:
    fields = [field.text() + field.placeholderText() for field in widget.findChildren(QLineEdit)]
    parts: list[QLabel | QPushButton] = [*widget.findChildren(QLabel), *widget.findChildren(QPushButton)]
    told = [part.text() + part.toolTip() + part.accessibleName() + part.accessibleDescription() for part in parts]
    return "\n".join([*fields, *told])


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(800, 600)
    layout = QVBoxLayout(made)
    layout.addWidget(QPushButton("Auth"))
    layout.addStretch(1)
    qtbot.addWidget(made)
    made.show()
    return made


def _open(popup: Popover, window: QWidget) -> QPushButton:
    anchor = next(child for child in window.children() if isinstance(child, QPushButton))
    popup.open_under(anchor)
    return anchor


@pytest.fixture
def popup(window: QWidget) -> AuthPopup:
    made = AuthPopup()
    made.set_auth(
        Auth("pathlab", "X-Secret"),
        (("api_key", None),),
        {place_key("basic", "pathlab"): KEYRING, place_key("header", "X-Secret"): SESSION},
    )
    made.set_origin("https://models.acme.io")
    _open(made, window)
    return made


def test_it_says_where_each_secret_is_kept_and_where_it_goes(popup: AuthPopup) -> None:
    assert popup.password.place == "Stored in: macOS Keychain"
    assert popup.secret.place == "Kept for this session only: the keyring is locked."
    assert popup.queries["api_key"].place == "Not entered yet"
    assert popup.password.edit.placeholderText() == MASK
    assert "Sent only to https://models.acme.io" in _all_text(popup)


@pytest.mark.parametrize(
    ("which", "kind", "name"), [("password", "basic", "pathlab"), ("secret", "header", "X-Secret")]
)
def test_a_secret_is_handed_on_and_leaves_nothing_behind(
    popup: AuthPopup, qtbot: QtBot, which: str, kind: str, name: str
) -> None:
    field: SecretField = getattr(popup, which)
    told: list[tuple[str, str, str]] = []
    left: list[str] = []

    def receive(*parts: str) -> None:
        left.append(field.edit.text())
        told.append((parts[0], parts[1], parts[2]))

    popup.secret_entered.connect(receive)
    QTest.keyClicks(field.edit, "hunter2")
    assert field.edit.displayText() == "•" * 7 or "hunter2" not in field.edit.displayText()
    QTest.mouseClick(field.save, Qt.MouseButton.LeftButton)
    assert told == [(kind, name, "hunter2")]
    assert left == [""]
    field.edit.undo()
    assert "hunter2" not in _all_text(popup)
    assert field.edit.placeholderText() == MASK


def test_a_query_value_goes_under_its_own_name(popup: AuthPopup, qtbot: QtBot) -> None:
    told: list[tuple[str, str, str]] = []
    popup.secret_entered.connect(lambda kind, name, value: told.append((kind, name, value)))
    QTest.keyClicks(popup.queries["api_key"].edit, "q1")
    QTest.keyClick(popup.queries["api_key"].edit, Qt.Key.Key_Return)
    assert told == [("query", "api_key", "q1")]
    popup.set_auth(Auth(), (("token", None),), {})
    assert list(popup.queries) == ["token"]


def test_a_new_user_is_told_before_the_password(popup: AuthPopup, qtbot: QtBot) -> None:
    told: list[object] = []
    popup.auth_changed.connect(told.append)
    popup.secret_entered.connect(lambda *parts: told.append(parts))
    popup.user.setText("")
    QTest.keyClicks(popup.user, "ada")
    QTest.keyClicks(popup.password.edit, "pw")
    QTest.keyClick(popup.password.edit, Qt.Key.Key_Return)
    assert told == [Auth("ada", "X-Secret"), ("basic", "ada", "pw")]


def test_a_secret_without_its_name_says_why_it_can_not_be_entered(popup: AuthPopup, qtbot: QtBot) -> None:
    popup.user.clear()
    QTest.keyClicks(popup.user, "a")
    assert popup.password.edit.isEnabled()
    QTest.keyClick(popup.user, Qt.Key.Key_Backspace)
    assert not popup.password.edit.isEnabled()
    assert popup.password.edit.accessibleDescription() == "Enter the user first"
    assert popup.password.save.toolTip() == "Enter the user first"
    QTest.keyClick(popup.user, Qt.Key.Key_Return)
    assert popup.password.copy.isHidden()


def test_copy_and_forget_name_the_secret(popup: AuthPopup, qtbot: QtBot) -> None:
    with qtbot.waitSignal(popup.copy_clicked, timeout=1000) as copied:
        popup.secret.copy.click()
    with qtbot.waitSignal(popup.forget_clicked, timeout=1000) as forgotten:
        popup.password.forget.click()
    assert copied.args == ["header", "X-Secret"]
    assert forgotten.args == ["basic", "pathlab"]


def test_what_was_typed_and_not_saved_is_dropped_on_closing(popup: AuthPopup, qtbot: QtBot) -> None:
    QTest.keyClicks(popup.password.edit, "half")
    QTest.keyClick(popup.password.edit, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert popup.password.edit.text() == ""


@pytest.mark.parametrize(
    ("place", "said", "forget"),
    [
        (SecretPlace("none", ""), "Not entered yet", False),
        (SecretPlace("none", "not kept"), "Not entered yet", False),
        (
            SecretPlace("environment", "BYOM_ENDPOINT_SECRET"),
            "Taken from: BYOM_ENDPOINT_SECRET",
            False,
        ),
        (KEYRING, "Stored in: macOS Keychain", True),
    ],
)
def test_places(qtbot: QtBot, place: SecretPlace, said: str, forget: bool) -> None:
    field = SecretField("Secret")
    qtbot.addWidget(field)
    field.set_place(place)
    assert place_text(place) == field.place == said
    assert field.forget.isHidden() != forget


def test_a_popover_closes_on_a_press_elsewhere_and_toggles(popup: AuthPopup, window: QWidget, qtbot: QtBot) -> None:
    assert window.rect().contains(popup.geometry())
    window.resize(700, 560)
    qtbot.waitUntil(lambda: window.rect().contains(popup.geometry()), timeout=2000)
    QTest.mouseClick(popup, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert popup.isVisible()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(2, 555))
    assert not popup.isVisible()
    anchor = _open(popup, window)
    assert popup.isVisible()
    popup.open_under(anchor)
    assert not popup.isVisible()


def test_a_popover_higher_than_its_window_scrolls(popup: AuthPopup, window: QWidget, qtbot: QtBot) -> None:
    assert not popup._scroll.verticalScrollBar().isVisible()
    window.resize(600, 200)
    qtbot.waitUntil(lambda: window.rect().contains(popup.geometry()), timeout=2000)
    qtbot.waitUntil(popup._scroll.verticalScrollBar().isVisible, timeout=2000)


def test_a_handoff_has_one_receiver() -> None:
    handoff: Handoff[[str]] = Handoff()
    told: list[str] = []
    handoff.emit("nobody listens")
    handoff.connect(lambda text: told.append(f"old {text}"))
    handoff.connect(lambda text: told.append(f"new {text}"))
    handoff.emit("x")
    assert told == ["new x"]


@pytest.fixture
def panel(window: QWidget) -> KeyPanel:
    made = KeyPanel()
    made.set_host("https://darwin.v7labs.com")
    _open(made, window)
    return made


@pytest.mark.parametrize(
    ("key", "usual"), [(KEY, True), ("short", False), ("abcdefg_" + "x" * 32, False), (KEY + "y", False)]
)
def test_a_key_of_unusual_look_is_warned_of_and_kept(panel: KeyPanel, qtbot: QtBot, key: str, usual: bool) -> None:
    told: list[str] = []
    panel.key_entered.connect(told.append)
    QTest.keyClicks(panel.field.edit, f" {key} ")
    QTest.keyClick(panel.field.edit, Qt.Key.Key_Return)
    assert told == [key]
    assert looks_usual(key) == usual
    assert bool(panel.warning) != usual
    assert key not in _all_text(panel)


def test_a_check_shows_the_team_and_never_the_key(panel: KeyPanel, qtbot: QtBot) -> None:
    assert (panel.said, panel.check.isEnabled()) == ("No key yet", False)
    assert panel.check.accessibleDescription() == "Enter the key first"
    panel.set_place(KEYRING)
    assert (panel.said, panel.check.isEnabled()) == ("Not checked", True)
    with qtbot.waitSignal(panel.check_clicked, timeout=1000):
        panel.check.click()
    panel.set_busy(True)
    assert not panel.check.isEnabled()
    panel.set_busy(False)
    panel.set_team(TeamInfo(1, "acme", "Acme Pathology"))
    assert panel.said == "Acme Pathology (acme)"
    panel.set_error("V7 refused the key. Make a new one.")
    assert panel.said == "Not accepted"
    panel.set_error("")
    assert panel.said == "Acme Pathology (acme)"
    assert "https://darwin.v7labs.com" in _all_text(panel)


def test_a_new_key_is_not_the_old_ones_team(panel: KeyPanel, qtbot: QtBot) -> None:
    panel.set_place(KEYRING)
    panel.set_team(TeamInfo(1, "acme", "Acme Pathology"))
    QTest.keyClicks(panel.field.edit, KEY)
    QTest.mouseClick(panel.field.save, Qt.MouseButton.LeftButton)
    assert panel.said == "Not checked"
    with qtbot.waitSignal(panel.forget_clicked, timeout=1000):
        panel.field.forget.click()
