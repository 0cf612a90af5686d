"""The start page: an empty window that says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.address_field import AddressField, AddressText
from byom_gui.ui.widgets.drop_zone import over_text
from byom_gui.ui.widgets.flowing import Flowing, scrolled
from byom_gui.ui.widgets.menu_button import MenuButton
from byom_gui.ui.widgets.outcome import ErrorLine, Outcome

_HINT = "Enter the full address, with its path. Ping sends one small test image."
_DROP = "Drop images anywhere in this window"
_DROP_MORE = "Files, folders, pasted images, or addresses. They are sent once the model responds."


class StartPage(QWidget):
    """A column 640 wide: address and Ping, the built-in model, the drop place, files."""

    address_edited = Signal(str)
    address_entered = Signal(str)
    ping_clicked = Signal()
    cancel_clicked = Signal()
    auth_clicked = Signal()
    try_clicked = Signal()
    choose_files_clicked = Signal()
    open_clicked = Signal()
    import_clicked = Signal()
    server_clicked = Signal()
    recent_clicked = Signal(str)

    def __init__(self, shared: AddressText | None = None) -> None:
        super().__init__()
        basic.ground(self, "window")
        self.field = AddressField(shared, tall=True)
        self.field.settled.connect(self.address_edited)
        self.field.entered.connect(self.address_entered)
        self.ping_button = basic.button("Ping", kind="primary", on_click=self._on_ping)
        self.ping_button.setProperty("tall", True)
        self.auth_button = MenuButton("Auth: none", "lock", self.auth_clicked.emit, flat=True)
        self.try_button = basic.button("Try it", on_click=self.try_clicked.emit)
        self.choose_button = basic.button("Choose files…", on_click=self.choose_files_clicked.emit)
        self._error = ErrorLine()
        self._hint = basic.label(_HINT, tone="second", size="small")
        self._busy = Outcome()
        self._running = False
        self._recent = QWidget()
        self._build()
        self.set_busy("")

    def _build(self) -> None:
        self._column = QWidget()
        self._column.setMaximumWidth(theme.px(640))
        layout = QVBoxLayout(self._column)
        layout.setContentsMargins(*(theme.px(m) for m in (0, 24, 0, 24)))
        layout.setSpacing(theme.px(8))
        lead = "Paste its address. You will see what it returns for your own images, what V7 would "
        layout.addWidget(basic.label("Connect your model", size="heading"))
        layout.addWidget(basic.label(f"{lead}reject, and how to fix it.", tone="second", wrap=True))
        layout.addSpacing(theme.px(4))
        line = basic.row(self.field, self.ping_button)
        line.layout().setStretch(0, 1)  # type: ignore[union-attr]
        layout.addWidget(line)
        layout.addWidget(self._error)
        layout.addWidget(basic.row(self._hint, self._busy, None, self.auth_button))
        layout.addWidget(self._or())
        layout.addWidget(self._try_card())
        layout.addSpacing(theme.px(4))
        layout.addWidget(self._drop_card())
        layout.addWidget(self._files())
        layout.addWidget(self._recent)
        inner = Flowing()
        centre = QVBoxLayout(inner)
        centre.addStretch(1)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._column, 100)
        across.addStretch(1)
        centre.addLayout(across)
        centre.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inner))

    def _or(self) -> QWidget:
        left, right = basic.hline(), basic.hline()
        made = basic.row(left, basic.label("or", tone="second", size="small"), right, spacing=12, margins=(0, 8, 0, 8))
        layout = made.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.setStretch(0, 1)
        layout.setStretch(2, 1)
        return made

    def _try_card(self) -> QFrame:
        card = basic.frame("card")
        title = basic.label("Try the built-in model", strong=True)
        self._try_text = basic.label(tone="second", wrap=True)
        self.set_samples(0)
        words = basic.column(title, self._try_text, spacing=0)
        layout = QHBoxLayout(card)
        layout.setContentsMargins(*(theme.px(m) for m in (16, 16, 16, 16)))
        layout.setSpacing(theme.px(12))
        layout.addWidget(basic.picture("cube", "text", 20))
        layout.addWidget(words, 1)
        layout.addSpacing(theme.px(12))
        layout.addWidget(self.try_button)
        return card

    def _drop_card(self) -> QFrame:
        self._drop = basic.frame("drop")
        layout = QVBoxLayout(self._drop)
        layout.setContentsMargins(*(theme.px(m) for m in (16, 16, 16, 16)))
        layout.setSpacing(theme.px(4))
        self._drop_title = basic.label(_DROP, strong=True)
        more = basic.label(_DROP_MORE, tone="second", wrap=True)
        for part in (self._drop_title, more):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(basic.row(None, basic.picture("drop", "text2", 20), None))
        layout.addSpacing(theme.px(4))
        layout.addWidget(self._drop_title)
        layout.addWidget(more)
        layout.addSpacing(theme.px(4))
        layout.addWidget(basic.row(None, self.choose_button, None))
        return self._drop

    def _files(self) -> QWidget:
        open_ = basic.button("Open project…", kind="flat", on_click=self.open_clicked.emit)
        import_ = basic.button("Import registration…", kind="flat", on_click=self.import_clicked.emit)
        open_.setProperty("flush", True)
        key = basic.label("Ctrl+O", size="small")
        key.setProperty("keycap", True)
        key.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        server = basic.button("New model server…", kind="flat", on_click=self.server_clicked.emit)
        basic.set_tip(server, "No server yet? Create a small project, with your model behind one function.")
        return basic.row(open_, key, 8, import_, 8, server, None, spacing=4)

    def set_samples(self, count: int) -> None:
        """How many sample images come with the app; 0 where that is not known."""
        images = f"{count} sample images" if count > 1 else "sample images"
        text = f"The full workflow in under a minute, with {images}. Runs on this computer; no V7 account needed."
        self._try_text.setText(text)

    def set_address(self, text: str) -> None:
        """Shows the address; emits nothing."""
        self.field.set_address(text)

    def set_error(self, sentence: str) -> None:
        """What is wrong with the address; an empty sentence takes it back."""
        self.field.set_error(sentence)
        self._error.set_text(sentence)

    @property
    def error(self) -> str:
        """The sentence under the field."""
        return self._error.text

    def set_auth_word(self, word: str) -> None:
        """``none``, ``Basic``, ``header``, ``Basic + header``."""
        self.auth_button.set_text(f"Auth: {word}", "User, password, and secret header of the model server")

    def set_busy(self, text: str) -> None:
        """What is under way, such as ``Starting the built-in model``; empty: nothing. Ping is Cancel meanwhile."""
        self._running = bool(text)
        self._busy.set_outcome("running" if text else "todo", text)
        self._busy.setVisible(bool(text))
        self._hint.setVisible(not text)
        word = "Cancel" if text else "Ping"
        self.ping_button.setText(word)
        self.ping_button.setAccessibleName(word)
        basic.set_kind(self.ping_button, "" if text else "primary")
        self.try_button.setEnabled(not text)
        basic.set_tip(self.try_button, f"{text}: wait or cancel" if text else "")
        self.try_button.setAccessibleDescription(self.try_button.toolTip())

    def set_recent(self, items: Sequence[tuple[str, str]]) -> None:
        """Projects opened lately, newest first: title and path. At most five are shown."""
        made = basic.column(spacing=0)
        layout = made.layout()
        assert isinstance(layout, QVBoxLayout)
        if items:
            layout.addWidget(basic.label("Recent", tone="second", size="small"))
        for title, path in items[:5]:
            open_ = basic.button(title.replace("&", "&&"), "folder", kind="flat", tip=path)
            open_.setProperty("flush", True)
            open_.setAccessibleName(f"Open {title}")
            open_.clicked.connect(lambda _=False, path=path: self.recent_clicked.emit(path))
            where = basic.label(path, tone="third", size="small")
            layout.addWidget(basic.row(open_, where, None, spacing=4))
        holder = self._column.layout()
        assert holder is not None
        holder.replaceWidget(self._recent, made)
        self._recent.deleteLater()
        self._recent = made

    def set_drag_over(self, count: int | None) -> None:
        """As the drop zone's: ``count`` images are held over the window; None: nothing is."""
        basic.ground(self._drop, "drop" if count is None else "dropover")
        self._drop_title.setText(_DROP if count is None else over_text(count))
        basic.restyle(self._drop)

    def _on_ping(self) -> None:
        (self.cancel_clicked if self._running else self.ping_clicked).emit()
