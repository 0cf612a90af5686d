from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from byom_gui.core.profile import ApiProfile, default_profile
from byom_gui.ui.panels.profile_dialog import PasteProfileDialog, ProfileDialog

CURL = (
    "curl -X POST 'https://darwin.v7labs.com/api/v2/models' -H 'Authorization: ApiKey abcdefg.secretsecretsecret' "
    """--data-raw '{"model": "$MODEL_NAME", "external_url": "$EXTERNAL_URL", "classes": []}'"""
)


@pytest.fixture
def dialog(qtbot: QtBot) -> ProfileDialog:
    made = ProfileDialog(default_profile())
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def paste(qtbot: QtBot) -> PasteProfileDialog:
    made = PasteProfileDialog()
    qtbot.addWidget(made)
    made.show()
    return made


def test_gives_back_what_it_was_given(dialog: ProfileDialog) -> None:
    assert dialog.profile() == default_profile()


def test_edits_path_method_and_names_and_leaves_out_what_is_empty(dialog: ProfileDialog) -> None:
    dialog.method.setCurrentText("PUT")
    dialog.path.setText("/api/{team_slug}/models")
    dialog.keys["name"].setText("model.name")
    dialog.keys["auth_secret"].clear()
    dialog.confirmed.setChecked(True)
    made = dialog.profile()
    assert (made.method, made.path, made.confirmed) == ("PUT", "/api/{team_slug}/models", True)
    assert made.fields["name"] == "model.name"
    assert "auth_secret" not in made.fields


@pytest.mark.parametrize("path", ["https://evil.example/x", "//evil.example", "api", "/a b", "/x?y=1"])
def test_a_host_or_query_never_gets_into_the_path(dialog: ProfileDialog, path: str) -> None:
    dialog.path.setText(path)
    assert not dialog.save.isEnabled()
    assert dialog.error.text().startswith("The path must start with one /")
    assert dialog.path.property("bad") is True


def test_two_values_can_not_share_a_key(dialog: ProfileDialog) -> None:
    dialog.keys["classes"].setText("name")
    assert "same V7 key" in dialog.error.text()
    dialog.keys["classes"].setText("classes")
    assert dialog.save.isEnabled()


def test_resets_to_the_assumption(qtbot: QtBot) -> None:
    made = ProfileDialog(ApiProfile("PATCH", "/x", {"name": "n", "external_url": "u"}, True, "Pasted."))
    qtbot.addWidget(made)
    assert made.source.text() == "Pasted."
    reset = next(one for one in made.findChildren(type(made.save)) if one.text() == "Reset to default")
    reset.click()
    assert made.profile() == default_profile()


def test_a_pasted_command_is_told_at_once_and_its_credentials_dropped(paste: PasteProfileDialog, qtbot: QtBot) -> None:
    paste.text.setPlainText(CURL)
    qtbot.waitUntil(paste.use.isEnabled)
    assert paste.understood.text().splitlines()[0] == "POST /api/v2/models"
    assert "Model name → model" in paste.understood.text()
    assert paste.notes.text().startswith("1 credential was in the text and ignored.")
    said = paste.understood.text() + paste.notes.text()
    assert "secretsecret" not in said
    assert "v7labs" not in said


def test_the_text_is_forgotten_when_the_dialog_closes(paste: PasteProfileDialog, qtbot: QtBot) -> None:
    paste.text.setPlainText(CURL)
    paste.read()
    QTest.mouseClick(paste.use, Qt.MouseButton.LeftButton)
    assert paste.result() == 1
    profile = paste.profile()
    assert profile is not None
    assert profile.fields["name"] == "model"
    assert paste.text.toPlainText() == ""


def test_what_is_no_command_is_refused_in_words(paste: PasteProfileDialog) -> None:
    assert paste.use.toolTip() == "Paste the snippet or command first."
    paste.text.setPlainText("hello there")
    paste.read()
    assert paste.error.text()
    assert paste.use.toolTip() == paste.error.text()
    paste.accept()
    assert paste.isVisible()
    paste.reject()
    assert paste.text.toPlainText() == ""
