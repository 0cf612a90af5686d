"""File, New model server: the dialog, and the writing behind it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QMainWindow

from byom_gui.ui.panels.server_dialog import ServerDialog
from byom_gui.ui.wiring.connecting import Connecting
from byom_gui.ui.works import Works


def new_server(window: QMainWindow, works: Works, connecting: Connecting) -> ServerDialog:
    """Opens the dialog; a project that is written can be connected to at once."""
    dialog = ServerDialog(_offered(), window)

    def start(folder: Path, task: str, example: bool, answer: Path | None) -> None:
        write = works.backend.files.write_server
        works.jobs.run(
            lambda _: write(folder, task, example, answer),
            lambda files: dialog.set_written(len(files)),
            lambda error: dialog.set_failed(error.sentence),
        )

    dialog.wanted.connect(start)
    dialog.address_wanted.connect(connecting.take_address)
    dialog.finished.connect(lambda _: dialog.deleteLater())
    dialog.open()
    return dialog


def _offered() -> Path:
    """A folder that is not there yet, among the user's own."""
    kept = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation) or str(Path.home())
    for number in range(1, 100):
        place = Path(kept, "model-server" if number == 1 else f"model-server-{number}")
        if not place.exists():
            return place
    return Path(kept, "model-server")
