"""Joins the reach page with the session: the last ping, the script of this address, and what was pasted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMainWindow

from byom_gui.core.errors import InputError
from byom_gui.core.quoting import quoted
from byom_gui.core.reaching import found_here, judged, read_output, script
from byom_gui.ui.parts import Parts
from byom_gui.ui.works import Works


class Reaching(QObject):
    """What is seen from here and from elsewhere."""

    def __init__(self, window: QMainWindow, parts: Parts, works: Works, say: Callable[[str], None]) -> None:
        super().__init__(works)
        self._window, self._works, self._session, self._say = window, works, works.session, say
        self.panel = parts.reach
        session = self._session
        for signal in (session.endpoint_changed, session.project_replaced, session.observed_changed,
                       session.settings_changed):  # fmt: skip
            signal.connect(self.show_state)
        self.panel.shown.connect(self.show_state)
        self.panel.save_wanted.connect(self._ask_save)
        self.panel.pasted.connect(self._read)

    def show_state(self) -> None:
        """Shows what is so now, once it is in sight."""
        panel, session = self.panel, self._session
        if not panel.isVisible():
            return
        panel.set_script(script(session.endpoint) if session.endpoint else "")
        panel.set_here(found_here(session.ping, session.in_force) if session.ping else ())

    def _read(self, text: str) -> None:
        endpoint = self._session.endpoint
        if endpoint is None:
            return
        try:
            rows = judged(read_output(text, endpoint))
        except InputError as error:
            self.panel.error.set_text(error.sentence)
            return
        self.panel.error.set_text("")
        self.panel.set_there(rows)

    def _ask_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save script", str(Path.home() / "reach.sh"), "Shell scripts (*.sh)"
        )
        if name:
            self.save(Path(name))

    def save(self, target: Path) -> None:
        """Writes the script."""
        endpoint = self._session.endpoint
        if endpoint is None:
            return
        text, write = script(endpoint), self._works.backend.files.export_text
        self._works.jobs.run(
            lambda _: write(target, text),
            lambda _: self._say(f"Saved to {quoted(target)}. Run it with sh."),
            lambda error: self._say(error.sentence),
        )
