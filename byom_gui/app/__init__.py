"""The composition root: builds services, session and window, and joins them."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from byom_gui.core.colours import ClassColour
from byom_gui.core.errors import FileError
from byom_gui.core.image import Raster
from byom_gui.core.predictions import Prediction

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from byom_gui.app.world import World
    from byom_gui.ui.main_window import MainWindow


def make_application() -> QApplication:
    """The QApplication in the house style; the one there is, where there is one."""
    from PySide6.QtCore import QSettings
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    from byom_gui import __version__
    from byom_gui.services import resources
    from byom_gui.services.private import private_settings
    from byom_gui.ui import theme
    from byom_gui.ui.application import Application

    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else Application(sys.argv[:1])
    app.setApplicationName("byom-gui")
    app.setApplicationVersion(__version__)
    app.setOrganizationName("byom-gui")
    app.setDesktopFileName("byom-gui")
    app.setWindowIcon(QIcon(str(resources.path("icon.svg"))))
    private_settings(QSettings().fileName())
    choice = str(QSettings().value("theme", "system"))
    theme.prepare(app, choice if choice in ("light", "dark") else "system")  # type: ignore[arg-type]
    return app


def make_window(world: World) -> MainWindow:
    """The window, joined to the world. It has to be closed before the world is."""
    from byom_gui.ui import theme
    from byom_gui.ui.main_window import MainWindow
    from byom_gui.ui.session import Session

    backend = world.backend()
    session = Session(backend.v7.load_profile())
    with theme.unstyled():
        return MainWindow(session, backend)


def open_window(path: str | None = None, *, quit_after_first_paint: bool = False, practice: bool = False) -> int:
    """Runs the app until its window is closed; returns the exit code. Raises SetupError where none can be opened."""
    from byom_gui.app.qt_check import require_window

    require_window(os.environ)
    from PySide6.QtCore import QTimer

    from byom_gui.app.watching import Watch
    from byom_gui.app.world import World
    from byom_gui.ui.application import Application

    app = make_application()
    world = World()
    window = make_window(world)
    watch = Watch(world, window.crashing.happened.emit)
    # Ctrl+C in the terminal ends it as closing the window would.
    signal.signal(signal.SIGINT, lambda *_: window.close())
    beat = QTimer()
    beat.timeout.connect(lambda: None)
    beat.start(500)
    window.show()
    if isinstance(app, Application):
        app.file_opened.connect(lambda wanted: window.files.open(Path(wanted)))
    if path is not None:
        window.filing.open(Path(path))
    if practice:
        window.filing.try_practice()
    if quit_after_first_paint:
        window.quit_after_first_paint()
    else:
        QTimer.singleShot(0, watch.start)
        window.offer_recovery()
    code = app.exec()
    watch.stop()
    world.close()
    return code


def render_overlay(
    raster: Raster, predictions: Sequence[Prediction], colours: Mapping[str, ClassColour], target: Path
) -> None:
    """Writes a picture with its overlays, drawn by the painter of the window. Raises FileError."""
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QGuiApplication

    from byom_gui.services.files import atomic_write

    if QGuiApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"  # a display, if there is one, is not needed to write files
        _keep.append(QGuiApplication(sys.argv[:1]))
    from byom_gui.ui.painter import render

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not render(raster, predictions, colours).save(buffer, "PNG"):  # type: ignore[call-overload]
        raise FileError(f"{target} could not be drawn.", where=str(target))
    atomic_write(target, bytes(buffer.data().data()))


def use_scratch_folders(folder: Path) -> None:
    """Keeps settings, state and recent files of this process below ``folder`` instead of the user's own places."""
    from PySide6.QtCore import QSettings

    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(folder / name.lower())
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings"))


_keep: list[object] = []
"""Qt's application object has to outlive every picture."""
