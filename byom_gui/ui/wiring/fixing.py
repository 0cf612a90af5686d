"""What a finding's button does. Every change of it can be taken back: classes by Undo, the rest from its message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from byom_gui.core.findings import Action
from byom_gui.core.quoting import quoted
from byom_gui.ui.parts import Parts
from byom_gui.ui.widgets import basic
from byom_gui.ui.wiring.classing import Classing
from byom_gui.ui.wiring.connecting import Connecting
from byom_gui.ui.works import Works


class Say(Protocol):
    """Tells the user something, with a button that takes it back where ``undo`` is given."""

    def __call__(self, text: str, action: Callable[[], object] | None = None) -> None: ...


class Fixing(QObject):
    """Does the fixes that findings offer."""

    def __init__(self, parts: Parts, works: Works, connecting: Connecting, classing: Classing, say: Say) -> None:
        super().__init__(works)
        self._parts, self._works, self._session, self._say = parts, works, works.session, say
        self._connecting, self._classing = connecting, classing
        self.fixes: dict[str, Callable[[str], object]] = {
            "use-class": classing.use_name,
            "edit-class": classing.edit_name,
            "rename-class": lambda both: classing.rename(*both.split("\n", 1)),
            "set-type": lambda both: classing.set_type(*both.split("\n", 1)),
            "delete-class": classing.delete,
            "set-classes-url": lambda _: connecting.open_settings(),
            "set-endpoint": self._set_endpoint,
            "choose-ca": lambda _: self.choose_ca(),
            "raise-timeout": lambda _: self._raise_timeout(),
            "copy-adapter": self._copy_adapter,
        }
        """What each verb of ``core.findings.Action`` does with its argument."""

    def act(self, action: Action) -> None:
        """Does what a finding's button offers."""
        fix = self.fixes.get(action.verb)
        if fix is None:
            self._connecting.open_settings()
        else:
            fix(action.argument)

    def choose_ca(self) -> None:
        """Asks for a CA file and pings again."""
        name, _ = QFileDialog.getOpenFileName(
            self._parts.central.window(), "Choose CA file", "", "Certificates (*.pem *.crt *.cer);;All (*)"
        )
        if name and Path(name).is_file():
            self._change_settings(f"Certificates in {quoted(Path(name).name)} are now trusted.", ca_file=name)

    def _raise_timeout(self) -> None:
        settings = self._session.settings
        connect, read = min(settings.connect_timeout * 2, 300), min(settings.read_timeout * 2, 600)
        words = f"Timeouts are now {connect:g} s to connect and {read:g} s to read."
        self._change_settings(words, connect_timeout=connect, read_timeout=read)

    def _change_settings(self, words: str, **changes: Any) -> None:
        """Changes settings and pings again; taking it back leaves what else was changed meanwhile."""
        project = self._session.project.registration
        before = {key: getattr(self._session.settings, key) for key in changes}

        def undo() -> None:
            held = {key: getattr(self._session.settings, key) for key in changes}
            if held == changes and self._session.project.registration.endpoint == project.endpoint:
                self._session.set_settings(replace(self._session.settings, **before))

        self._session.set_settings(replace(self._session.settings, **changes))
        self._say(words, undo)
        self._connecting.ping()

    def _set_endpoint(self, address: str) -> None:
        before = self._session.endpoint
        self._connecting.enter_address(address)
        after = self._session.endpoint

        def undo() -> None:
            if self._session.endpoint == after:
                self._session.set_endpoint(before)
                self._connecting.show_endpoint()
                self._connecting.ping()

        if after is not None and after != before:
            self._say(f"The address is now {after.infer.shown}.", undo)

    def _copy_adapter(self, source: str) -> None:
        basic.copy_text(source)
        self._say("Copied. Add it to your server and return adapt(answer, width, height).")
