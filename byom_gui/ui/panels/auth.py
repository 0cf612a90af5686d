"""How the model server wants to be addressed: Basic, a secret in a header, values in the address's query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QLineEdit, QWidget

from byom_gui.core.endpoint import Auth, SecretPlace
from byom_gui.core.secret_names import is_secret_name
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.handoff import Handoff
from byom_gui.ui.widgets.popover import Popover
from byom_gui.ui.widgets.secret_field import NOWHERE, SecretField


def place_key(kind: str, name: str) -> str:
    """The key of a secret in ``set_auth``'s places, such as ``basic pathlab`` or ``query api_key``."""
    return f"{kind} {name}".strip()


class AuthPopup(Popover):
    """Opens under the auth button. It knows where each secret is kept, never a secret.

    ``secret_entered(kind, name, value)`` is no signal: it goes to one receiver, at once.
    """

    auth_changed = Signal(Auth)
    forget_clicked = Signal(str, str)
    copy_clicked = Signal(str, str)
    secret_marked = Signal(str, bool)
    """A query name, and whether its value is to be a secret."""

    def __init__(self) -> None:
        super().__init__("Server authentication", 440)
        self.secret_entered: Handoff[[str, str, str]] = Handoff()
        self._auth = Auth()
        self._places: Mapping[str, SecretPlace] = {}
        self.user = self._line("User for HTTP Basic")
        self.password = self._secret("basic", "Password", lambda: self.user.text().strip())
        self.header = self._line("Name of the secret header")
        self.header.setPlaceholderText("X-Secret")
        self.header.setFont(theme.mono(13))
        self.secret = self._secret("header", "Secret", lambda: self.header.text().strip())
        self.queries: dict[str, SecretField] = {}
        self.plain: dict[str, QLabel] = {}
        self.marks: dict[str, QCheckBox] = {}
        self._query: Sequence[tuple[str, str | None]] = ()
        self._query_rows: list[QWidget] = []
        self._form = QFormLayout()
        self._origin = basic.label(tone="second", size="small", wrap=True)
        self._build()
        self.set_auth(Auth(), (), {})
        self.set_origin("")

    def _build(self) -> None:
        lead = "Leave a field empty if the server does not require it. You can set both."
        self.body.addWidget(basic.label(lead, tone="second", wrap=True))
        form = self._form
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(theme.px(8))
        form.setVerticalSpacing(theme.px(8))
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        fields: tuple[tuple[str, QWidget], ...] = (
            ("Basic user", self.user),
            ("Password", self.password),
            ("Header name", self.header),
            ("Secret", self.secret),
        )
        for title, part in fields:
            form.addRow(self._title(title), part)
        self.body.addLayout(form)
        self.body.addWidget(basic.hline())
        foot = basic.row(basic.picture("lock", "", 14), self._origin)
        foot.layout().setStretch(1, 1)  # type: ignore[union-attr]
        self.body.addWidget(foot)

    def first_field(self) -> QWidget | None:
        """The user."""
        return self.user

    def set_auth(self, auth: Auth, query: Sequence[tuple[str, str | None]], places: Mapping[str, SecretPlace]) -> None:
        """Shows what is set.

        ``query`` are names and values of the address's query, None for a secret; ``places``: ``place_key(kind, name)``
        to where that secret is kept.
        """
        self._auth, self._places = auth, places
        self.user.setText(auth.basic_user)
        self.header.setText(auth.secret_header)
        if tuple(self._query) != tuple(query):
            self._set_queries(query)
        self._refresh()

    def set_origin(self, origin: str) -> None:
        """Where the secrets go, such as ``https://models.acme.io``."""
        if origin:
            text = f"Sent only to {origin}, and to V7 when you register. If you change the address, enter them again."
        else:
            text = "Enter the model's address first: secrets are stored for its host."
        self._origin.setText(text)

    def _set_queries(self, query: Sequence[tuple[str, str | None]]) -> None:
        for row in self._query_rows:
            self._form.removeRow(row)
        self._query, self._query_rows, self.queries, self.plain, self.marks = query, [], {}, {}, {}
        for name, value in query:
            row = self._secret_row(name) if value is None else self._plain_row(name, value)
            self._query_rows.append(row)
            self._form.addRow(self._title(f"?{name}="), row)

    def _secret_row(self, name: str) -> QWidget:
        field = self._secret("query", f"Value of {name}", lambda: name)
        self.queries[name] = field
        # What is named like a secret cannot be anything else.
        return field if is_secret_name(name) else basic.column(field, self._mark(name, secret=True), spacing=2)

    def _plain_row(self, name: str, value: str) -> QWidget:
        self.plain[name] = basic.label(value or "(empty)", wrap=True)
        row = basic.row(self.plain[name], self._mark(name, secret=False))
        row.layout().setStretch(0, 1)  # type: ignore[union-attr]
        return row

    def _mark(self, name: str, *, secret: bool) -> QCheckBox:
        made = QCheckBox("Secret")
        made.setAccessibleName(f"The value of {name} is a secret")
        basic.set_tip(made, "A secret is stored in the keyring and never shown. Other values stay in the address.")
        made.setChecked(secret)
        # Later: what follows replaces this very box.
        made.toggled.connect(lambda on: QTimer.singleShot(0, self, lambda: self.secret_marked.emit(name, on)))
        self.marks[name] = made
        return made

    def _refresh(self) -> None:
        user, header = self.user.text().strip(), self.header.text().strip()
        for kind, name, field in (("basic", user, self.password), ("header", header, self.secret)):
            field.set_place(self._place(kind, name) if name else NOWHERE)
        self.password.set_usable("" if user else "Enter the user first")
        self.secret.set_usable("" if header else "Enter the header's name first")
        for name, field in self.queries.items():
            field.set_place(self._place("query", name))
        if self.isVisible():
            self.place()

    def _place(self, kind: str, name: str) -> SecretPlace:
        return self._places.get(place_key(kind, name), NOWHERE)

    def _line(self, name: str) -> QLineEdit:
        made = QLineEdit()
        made.setAccessibleName(name)
        made.editingFinished.connect(self._on_names)
        made.textEdited.connect(lambda _: self._refresh())
        return made

    def _secret(self, kind: str, title: str, name: Callable[[], str]) -> SecretField:
        made = SecretField(title)
        made.entered.connect(lambda value: self._on_secret(kind, name(), value))
        made.forget_clicked.connect(lambda: self.forget_clicked.emit(kind, name()))
        made.copy_clicked.connect(lambda: self.copy_clicked.emit(kind, name()))
        return made

    def _title(self, text: str) -> QLabel:
        made = basic.label(text, tone="second")
        made.setMinimumWidth(theme.px(96))
        made.setFixedHeight(max(theme.px(28), made.sizeHint().height()))
        return made

    def _on_names(self) -> None:
        auth = Auth(self.user.text().strip(), self.header.text().strip())
        if auth != self._auth:
            self._auth = auth
            self.auth_changed.emit(auth)

    def _on_secret(self, kind: str, name: str, value: str) -> None:
        self._on_names()
        self.secret_entered.emit(kind, name, value)
