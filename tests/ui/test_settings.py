"""The connection settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from byom_gui.core.project import Settings
from byom_gui.ui.panels.settings import INSECURE, ConnectionSettings


@pytest.fixture
def form(qtbot: QtBot) -> ConnectionSettings:
    made = ConnectionSettings()
    qtbot.addWidget(made)
    made.show()
    return made


Change = Callable[[ConnectionSettings], object]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda f: f.connect_timeout.setValue(2.5), {"connect_timeout": 2.5}),
        (lambda f: f.read_timeout.setValue(60), {"read_timeout": 60.0}),
        (lambda f: f.concurrency.setValue(4), {"concurrency": 4}),
        (lambda f: f.concurrency.setValue(99), {"concurrency": 16}),
        (lambda f: f.way.setCurrentIndex(1), {"way": "url"}),
        (lambda f: f.insecure.click(), {"insecure": True}),
        (lambda f: f.keep.click(), {"keep_answers": False}),
    ],
)
def test_each_change_is_told_at_once(
    form: ConnectionSettings, qtbot: QtBot, change: Change, changed: dict[str, object]
) -> None:
    with qtbot.waitSignal(form.settings_changed, timeout=1000) as told:
        change(form)
    assert told.args == [replace(Settings(), **changed)]  # type: ignore[arg-type]


def test_given_settings_are_shown_and_not_told(form: ConnectionSettings, qtbot: QtBot) -> None:
    given = Settings(
        connect_timeout=3,
        read_timeout=45,
        concurrency=8,
        way="url",
        ca_file="/etc/ca.pem",
        insecure=True,
        proxy="http://proxy:3128",
        keep_answers=False,
        image_host_interface="192.168.1.7",
        budget_ms=500,
    )
    with qtbot.assertNotEmitted(form.settings_changed):
        form.set_settings(given)
    assert (form.connect_timeout.value(), form.read_timeout.value(), form.concurrency.value()) == (3, 45, 8)
    assert (form.way.currentData(), form.interface.currentData()) == ("url", "192.168.1.7")
    assert (form.ca_file.text(), form.proxy.text()) == ("/etc/ca.pem", "http://proxy:3128")
    with qtbot.waitSignal(form.settings_changed, timeout=1000) as told:
        form.concurrency.setValue(2)
    assert told.args == [replace(given, concurrency=2)]


def test_not_verifying_tls_is_said_loudly(form: ConnectionSettings) -> None:
    loud = next(label for label in form.findChildren(QLabel) if label.text() == INSECURE)
    assert not loud.isVisible()
    QTest.keyClick(form.insecure, Qt.Key.Key_Space)
    assert loud.isVisible()
    assert loud.property("tone") == "bad"
    QTest.keyClick(form.insecure, Qt.Key.Key_Space)
    assert not loud.isVisible()


def test_a_ca_file_is_chosen_and_cleared(form: ConnectionSettings) -> None:
    told: list[Settings] = []
    form.settings_changed.connect(told.append)
    assert not form.clear_ca.isEnabled()
    form.ask_file = lambda: ""
    form.choose_ca.click()
    assert told == []
    form.ask_file = lambda: "/etc/own-ca.pem"
    form.choose_ca.click()
    assert form.ca_file.text() == "/etc/own-ca.pem"
    form.clear_ca.click()
    assert [settings.ca_file for settings in told] == ["/etc/own-ca.pem", ""]


@pytest.mark.parametrize(
    ("typed", "told", "error"),
    [
        ("http://proxy:3128", ["http://proxy:3128"], ""),
        ("http://user:pw@proxy:3128", [], "Leave out user and password"),
        ("proxy:3128", [], "Start the proxy"),
    ],
)
def test_a_proxy_without_secrets(form: ConnectionSettings, typed: str, told: list[str], error: str) -> None:
    heard: list[Settings] = []
    form.settings_changed.connect(heard.append)
    QTest.keyClicks(form.proxy, typed)
    QTest.keyClick(form.proxy, Qt.Key.Key_Return)
    assert [settings.proxy for settings in heard] == told
    assert form.proxy_error.text.startswith(error)
    assert bool(form.proxy_error.text) == bool(error)
    assert form.isVisible()


def test_a_guessed_classes_address_can_be_corrected(form: ConnectionSettings, qtbot: QtBot) -> None:
    form.set_classes_address("https://a.io/classes", guessed=True)
    assert form.classes_note.text().startswith("Derived")
    QTest.keyClick(form.classes, Qt.Key.Key_Return)
    with qtbot.waitSignal(form.classes_address_changed, timeout=1000) as told:
        form.classes.setText(" https://a.io/v2/classes ")
        QTest.keyClick(form.classes, Qt.Key.Key_Return)
    assert told.args == ["https://a.io/v2/classes"]
    form.set_classes_error("There is a space in the address. Remove it.")
    assert form.classes_error.text.startswith("There is a space")
    form.set_classes_address("https://a.io/v2/classes", guessed=False)
    assert form.classes_error.text == ""
    assert form.classes_note.text().startswith("As you entered it")


def test_the_interface_matters_for_url_only(form: ConnectionSettings, qtbot: QtBot) -> None:
    assert not form.interface.isEnabled()
    assert form.interface.accessibleDescription() == "Only used when images are sent by url"
    form.set_settings(Settings(way="url"))
    with qtbot.assertNotEmitted(form.settings_changed):
        form.set_interfaces((("127.0.0.1", "this computer only"), ("10.0.0.5", "eth0")))
    assert form.interface.isEnabled()
    with qtbot.waitSignal(form.settings_changed, timeout=1000) as told:
        form.interface.setCurrentIndex(1)
    assert told.args == [Settings(way="url", image_host_interface="10.0.0.5")]


def test_it_never_blocks_the_window_and_escape_closes_it(form: ConnectionSettings) -> None:
    form.open()
    assert not form.isModal()
    assert form.windowModality() == Qt.WindowModality.NonModal
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert not form.isVisible()
