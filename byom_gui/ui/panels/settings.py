"""How the server is called: time-outs, requests at once, the way images travel, trust, proxy. One form, not modal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from byom_gui.core.endpoint import check_proxy
from byom_gui.core.errors import InputError
from byom_gui.core.project import Settings
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.flowing import Flowing, scrolled
from byom_gui.ui.widgets.outcome import ErrorLine

WAYS = (("base64", "In the request (base64)"), ("url", "As an address that the server fetches (url)"))
INSECURE = "The server's identity is not checked: anyone in between can read and change images, responses, and secrets."
PROXY = "Not used for this computer. V7 does not use it: the server must be reachable without it."


def _inset(box: QSpinBox | QDoubleSpinBox) -> None:
    """Number fields share one width, and their text the fields' inset, which the style sheet does not give them."""
    box.setFixedWidth(theme.px(104))
    box.lineEdit().setTextMargins(theme.px(8), 0, 0, 0)


class ConnectionSettings(QDialog):
    """Each change is told at once; there is nothing to confirm. Close or Escape closes it."""

    settings_changed = Signal(Settings)
    classes_address_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Connection settings")
        self.setModal(False)
        basic.ground(self, "window")
        self._settings = Settings()
        self._silent = False
        self._classes_shown = ""
        self.ask_file: Callable[[], str] = self._ask_file
        self.connect_timeout = self._seconds("Connect timeout")
        self.read_timeout = self._seconds("Read timeout")
        self.concurrency = QSpinBox()
        self.concurrency.setRange(1, 16)
        self.way = QComboBox()
        self.interface = QComboBox()
        self.ca_file = QLineEdit()
        self.ca_file.setReadOnly(True)
        self.ca_file.setPlaceholderText("none: this computer's trusted authorities")
        self.choose_ca = basic.button("Choose…", on_click=self._on_choose_ca, name="Choose CA file")
        self.clear_ca = basic.button("Clear", on_click=lambda: self._set(ca_file=""), name="Clear CA file")
        self.insecure = QCheckBox("Do not verify TLS")
        self._loud = basic.frame("bad")
        self.proxy = QLineEdit()
        self.keep = QCheckBox("Cache responses and the last check of each endpoint")
        self.classes = QLineEdit()
        self.classes_note = basic.label(tone="second", size="small", wrap=True)
        self.classes_error = ErrorLine()
        self.proxy_error = ErrorLine()
        self._fill_choices()
        self._build()
        self._join()
        self.set_interfaces((("127.0.0.1", "this computer only"),))
        self.set_settings(Settings())

    def _seconds(self, name: str) -> QDoubleSpinBox:
        made = QDoubleSpinBox()
        made.setRange(0.5, 600)
        made.setDecimals(1)
        made.setSuffix(" s")
        _inset(made)
        made.setAccessibleName(name)
        made.setFont(theme.mono(13))
        return made

    def _fill_choices(self) -> None:
        for value, text in WAYS:
            self.way.addItem(text, value)
        names = (
            (self.concurrency, "Concurrency"),
            (self.way, "Image transport"),
            (self.interface, "Network interface that serves images"),
            (self.ca_file, "CA file"),
            (self.proxy, "Proxy"),
            (self.classes, "Class list address"),
        )
        for part, name in names:
            part.setAccessibleName(name)
        _inset(self.concurrency)
        self.concurrency.setFont(theme.mono(13))
        for field in (self.proxy, self.classes):
            field.setFont(theme.mono(13))
        self.proxy.setPlaceholderText("none")

    def _build(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(8))
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        small = "At most two is considerate; a server with one model is rarely faster with more."
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Connect timeout", basic.row(self.connect_timeout, None)),
            ("Read timeout", basic.row(self.read_timeout, None)),
            (
                "",
                self._note(
                    "Only the first call is repeated once with a longer timeout, for a server that is starting up."
                ),
            ),
            ("Concurrency", basic.row(self.concurrency, None)),
            ("", self._note(small)),
            ("Send images", self.way),
            ("Serve images on", self.interface),
            ("", self._note("Only for url: each image gets an address that nobody can guess, for a short time.")),
            ("Class list address", basic.column(self.classes, self.classes_error, self.classes_note, spacing=2)),
            ("CA file", basic.row(self.ca_file, self.choose_ca, self.clear_ca)),
            ("", self.insecure),
            ("", self._warning()),
            ("Proxy", basic.column(self.proxy, self.proxy_error, self._note(PROXY), spacing=2)),
            ("", self.keep),
            ("", self._note("Readable by your user only. More under Help, Stored data.")),
        )
        for title, part in rows:
            head = basic.label(title, tone="second")
            head.setMinimumWidth(theme.px(96))
            head.setFixedHeight(max(theme.px(28), head.sizeHint().height()) if title else 1)
            form.addRow(head, part)
        inner = Flowing()
        inner.setLayout(form)
        form.setContentsMargins(*(theme.px(m) for m in (16, 16, 16, 8)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scrolled(inner), 1)
        layout.addWidget(basic.hline())
        done = basic.button("Close", on_click=self.close)
        done.setAutoDefault(False)
        layout.addWidget(basic.row(None, done, margins=(16, 8, 16, 8)))
        self.resize(theme.px(560), theme.px(620))

    def _note(self, text: str) -> QWidget:
        return basic.label(text, tone="second", size="small", wrap=True)

    def _warning(self) -> QWidget:
        layout = QVBoxLayout(self._loud)
        layout.setContentsMargins(*(theme.px(m) for m in (12, 8, 12, 8)))
        head = basic.label("TLS is not verified", tone="bad", strong=True)
        layout.addWidget(basic.row(basic.picture("bad"), head, None))
        layout.addWidget(basic.label(INSECURE, tone="bad", wrap=True))
        return self._loud

    def _join(self) -> None:
        self.connect_timeout.valueChanged.connect(lambda value: self._set(connect_timeout=value))
        self.read_timeout.valueChanged.connect(lambda value: self._set(read_timeout=value))
        self.concurrency.valueChanged.connect(lambda value: self._set(concurrency=value))
        self.way.currentIndexChanged.connect(lambda _: self._set(way=self.way.currentData()))
        self.interface.currentIndexChanged.connect(
            lambda _: self._set(image_host_interface=self.interface.currentData())
        )
        self.insecure.toggled.connect(lambda on: self._set(insecure=on))
        self.keep.toggled.connect(lambda on: self._set(keep_answers=on))
        self.proxy.editingFinished.connect(self._on_proxy)
        self.classes.editingFinished.connect(self._on_classes)
        for button in (self.choose_ca, self.clear_ca):
            button.setAutoDefault(False)

    def open(self) -> None:
        """Shows it beside the window, which stays usable; Qt's own ``open`` would block it."""
        self.show()
        self.activateWindow()

    def set_settings(self, settings: Settings) -> None:
        """Shows these; emits nothing."""
        self._settings = settings
        self._silent = True
        self.connect_timeout.setValue(settings.connect_timeout)
        self.read_timeout.setValue(settings.read_timeout)
        self.concurrency.setValue(settings.concurrency)
        self.way.setCurrentIndex(max(0, self.way.findData(settings.way)))
        self._choose_interface(settings.image_host_interface)
        self.ca_file.setText(settings.ca_file)
        self.insecure.setChecked(settings.insecure)
        self.proxy.setText(settings.proxy)
        self.keep.setChecked(settings.keep_answers)
        self._silent = False
        self._refresh()

    def set_interfaces(self, items: tuple[tuple[str, str], ...]) -> None:
        """Where pictures can be served: address and what it is, such as ``("192.168.1.7", "eth0")``."""
        self._silent = True
        self.interface.clear()
        for address, name in items:
            self.interface.addItem(f"{address}  ({name})", address)
        self._choose_interface(self._settings.image_host_interface)
        self._silent = False

    def set_classes_address(self, address: str, guessed: bool) -> None:
        """The classes address in force; ``guessed``: the sibling of the model's, not what the user gave."""
        self._classes_shown = address
        self.classes.setText(address)
        self.classes_error.set_text("")
        note = "Derived from the model's address. Change it if the server lists its classes elsewhere."
        self.classes_note.setText(note if guessed else "As you entered it. Clear it to use the derived address again.")

    def set_classes_error(self, sentence: str) -> None:
        """What is wrong with the classes address; an empty sentence takes it back."""
        self.classes_error.set_text(sentence)

    def _choose_interface(self, address: str) -> None:
        if self.interface.findData(address) < 0:
            self.interface.addItem(address, address)
        self.interface.setCurrentIndex(self.interface.findData(address))

    def _set(self, **changes: object) -> None:
        if self._silent:
            return
        changed = replace(self._settings, **changes)  # type: ignore[arg-type]
        if changed != self._settings:
            self.set_settings(changed)
            self.settings_changed.emit(changed)

    def _refresh(self) -> None:
        self._loud.setVisible(self._settings.insecure)
        self.clear_ca.setEnabled(bool(self._settings.ca_file))
        basic.set_tip(self.clear_ca, "" if self._settings.ca_file else "No CA file is set")
        by_url = self._settings.way == "url"
        self.interface.setEnabled(by_url)
        basic.set_tip(self.interface, "" if by_url else "Only used when images are sent by url")
        self.interface.setAccessibleDescription(self.interface.toolTip())

    def _on_proxy(self) -> None:
        text = self.proxy.text().strip()
        if "@" in text:
            self.proxy_error.set_text("Leave out user and password: they would be saved in the project file.")
            return
        if text and "://" not in text:
            self.proxy_error.set_text("Start the proxy's address with http://.")
            return
        try:
            if text:
                check_proxy(text)
        except InputError as error:
            self.proxy_error.set_text(error.sentence)
            return
        self.proxy_error.set_text("")
        self._set(proxy=text)

    def _on_classes(self) -> None:
        text = self.classes.text().strip()
        if text != self._classes_shown:
            self._classes_shown = text
            self.classes_address_changed.emit(text)

    def _on_choose_ca(self) -> None:
        chosen = self.ask_file()
        if chosen:
            self._set(ca_file=chosen)

    def _ask_file(self) -> str:
        kinds = "Certificates (*.pem *.crt *.cer);;All files (*)"
        return QFileDialog.getOpenFileName(self, "CA file", self._settings.ca_file, kinds)[0]
