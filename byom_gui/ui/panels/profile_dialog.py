"""The API profile: how V7 is told of a model. A small table to edit it, and a box to paste V7's own words."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from byom_gui.core.errors import AppError
from byom_gui.core.profile import FIELDS, METHODS, ApiProfile, default_profile, edited
from byom_gui.core.snippet import PastedProfile, read_pasted
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic

_TITLES = {
    "team_id": "Team id",
    "name": "Model name",
    "external_url": "Base URL",
    "basic_auth_username": "Basic user",
    "basic_auth_password": "Basic password",
    "auth_secret_header": "Secret header",
    "auth_secret": "Secret",
    "classes": "Classes",
}


def _buttons(*parts: QWidget | None) -> QWidget:
    return basic.row(*parts, margins=(0, 8, 0, 0))


class ProfileDialog(QDialog):
    """Method, path, and V7's key for each value; an empty key means that the value is not sent."""

    def __init__(self, profile: ApiProfile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("API profile")
        self.resize(theme.px(520), theme.px(520))
        self._given = profile
        self.method = QComboBox()
        self.method.addItems(METHODS)
        self.method.setAccessibleName("Method")
        self.path = _field("Path on V7's host")
        self.keys = {name: _field(f"V7's key for {_TITLES[name]}") for name in FIELDS}
        self.confirmed = QCheckBox("I have checked in V7 that this is correct")
        self.error = basic.label("", tone="bad", wrap=True)
        self.source = basic.label("", tone="second", size="small", wrap=True)
        self._build()
        self._fill(profile)
        self.path.textChanged.connect(lambda _: self._check())
        for field in self.keys.values():
            field.textChanged.connect(lambda _: self._check())

    def _build(self) -> None:
        text = "V7 has published neither the path nor these names. Only the method, path, and names are stored here."
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(4))
        grid.setColumnMinimumWidth(0, theme.px(120))
        grid.addWidget(basic.label("Request", tone="second"), 0, 0)
        grid.addWidget(self.method, 0, 1)
        grid.addWidget(self.path, 0, 2)
        grid.setColumnStretch(2, 1)
        hint = basic.label("{team_id} and {team_slug} are filled in.", tone="second", size="small")
        grid.addWidget(hint, 1, 2)
        grid.addWidget(basic.label("Value", tone="second", size="small"), 2, 0)
        grid.addWidget(basic.label("V7's key (empty: not sent)", tone="second", size="small"), 2, 1, 1, 2)
        for row, (name, field) in enumerate(self.keys.items(), 3):
            grid.addWidget(basic.label(_TITLES[name]), row, 0)
            grid.addWidget(field, row, 1, 1, 2)
        self.save = basic.button("Save", kind="primary", on_click=self.accept)
        self.save.setDefault(True)
        reset = basic.button("Reset to default", on_click=lambda: self._fill(default_profile()))
        cancel = basic.button("Cancel", on_click=self.reject)
        for other in (reset, cancel):
            other.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(8))
        layout.addWidget(basic.label(text, tone="second", wrap=True))
        layout.addLayout(grid)
        for part in (self.confirmed, self.source, self.error):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(_buttons(reset, None, cancel, self.save))

    def _fill(self, profile: ApiProfile) -> None:
        self._given = profile
        self.method.setCurrentText(profile.method)
        self.path.setText(profile.path)
        for name, field in self.keys.items():
            field.setText(profile.fields.get(name, ""))
        self.confirmed.setChecked(profile.confirmed)
        self.source.setText(profile.source)
        self._check()

    def profile(self) -> ApiProfile:
        """The profile as it stands. Raises InputError where it can not be used."""
        order = [*self._given.fields, *(name for name in FIELDS if name not in self._given.fields)]
        fields = {name: self.keys[name].text().strip() for name in order if self.keys[name].text().strip()}
        made = edited(self._given, self.method.currentText(), self.path.text(), fields)
        return ApiProfile(made.method, made.path, made.fields, self.confirmed.isChecked(), made.source)

    def _check(self) -> None:
        try:
            self.profile()
        except AppError as error:
            said, where = error.sentence, error.where
        else:
            said, where = "", ""
        self.error.setText(said)
        self.error.setVisible(bool(said))
        self.save.setEnabled(not said)
        basic.set_tip(self.save, said)
        self.save.setAccessibleDescription(said)
        bad = where == "profile.path"
        if bool(self.path.property("bad")) != bad:
            self.path.setProperty("bad", bad)
            basic.restyle(self.path)


class PasteProfileDialog(QDialog):
    """V7's snippet or a curl command: what was understood is said at once, credentials in it are dropped at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Paste V7's curl command")
        self.resize(theme.px(600), theme.px(480))
        self._pasted: PastedProfile | None = None
        self.text = QPlainTextEdit()
        self.text.setFont(theme.mono())
        self.text.setTabChangesFocus(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setAccessibleName("V7's snippet or a curl command")
        self.text.setPlaceholderText("curl -X POST https://… -H 'Authorization: …' -d '{…}'")
        self.understood = basic.label("", mono=True, wrap=True)
        self.notes = basic.label("", tone="second", wrap=True)
        self.error = basic.label("", tone="bad", wrap=True)
        self.use = basic.button("Apply", kind="primary", on_click=self.accept)
        cancel = basic.button("Cancel", on_click=self.reject)
        cancel.setAutoDefault(False)
        hint = (
            "The snippet of V7's page Bring Your Own Model, or the browser's Copy as cURL of the registration. Only "
            "method, path and field names are taken; nothing is run."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(8))
        layout.addWidget(basic.label(hint, tone="second", wrap=True))
        layout.addWidget(self.text, 1)
        for part in (self.understood, self.notes, self.error):
            layout.addWidget(part)
        layout.addWidget(_buttons(None, cancel, self.use))
        self._timer = QTimer(self, singleShot=True, interval=100)
        self._timer.timeout.connect(self.read)
        self.text.textChanged.connect(self._timer.start)
        self.finished.connect(lambda _: self._forget())
        self.read()

    def profile(self) -> ApiProfile | None:
        """What was understood, None where it can not be used."""
        return self._pasted.profile if self._pasted is not None else None

    def read(self) -> None:
        """Reads the text as it is now and says what was understood."""
        self._timer.stop()
        text = self.text.toPlainText()
        self._pasted, error = None, ""
        if text.strip():
            try:
                self._pasted = read_pasted(text)
            except AppError as problem:
                error = problem.sentence
        self._say(self._pasted, error)

    def _say(self, pasted: PastedProfile | None, error: str) -> None:
        self.error.setText(error)
        lines: list[str] = []
        notes: list[str] = []
        if pasted is not None:
            profile = pasted.profile
            lines = [f"{profile.method} {profile.path}"]
            lines += [f"{_TITLES.get(name, name)} → {key}" for name, key in profile.fields.items() if key]
            if pasted.dropped:
                many = "1 credential was" if pasted.dropped == 1 else f"{pasted.dropped} credentials were"
                notes.append(f"{many} in the text and ignored.")
            notes += pasted.notes
        self.understood.setText("\n".join(lines))
        self.notes.setText("\n".join(notes))
        for label in (self.understood, self.notes, self.error):
            label.setVisible(bool(label.text()))
        why = "" if pasted is not None else error or "Paste the snippet or command first."
        self.use.setEnabled(not why)
        basic.set_tip(self.use, why)
        self.use.setAccessibleDescription(why)

    def accept(self) -> None:
        """Reads once more, so that nothing typed last is missed."""
        self.read()
        if self._pasted is not None:
            super().accept()

    def _forget(self) -> None:
        """The text may hold credentials: it goes with the dialog."""
        self.text.blockSignals(True)
        self.text.clear()
        self.text.blockSignals(False)
        self._timer.stop()


def _field(name: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setFont(theme.mono())
    made.setAlignment(Qt.AlignmentFlag.AlignLeft)
    return made
