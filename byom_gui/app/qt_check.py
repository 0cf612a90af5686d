"""Whether Qt can start here, asked before it is started: Qt itself ends the process where it cannot.

Each check raises ``SetupError`` with one sentence that says what is missing and which packages have it.
"""

from __future__ import annotations

import importlib
import os
import socket
import sys
import threading
from collections.abc import Iterable, MutableMapping
from pathlib import Path

from byom_gui.core.errors import SetupError
from byom_gui.services import system_packages
from byom_gui.services.system_packages import FONT, OFFSCREEN, WAYLAND, X11, Needs

DISPLAY_SECONDS = 10.0
"""How long a display may take to accept a connection."""
_NEEDS: dict[str, Needs] = {"xcb": X11, "wayland": WAYLAND}
_HEADLESS = "The commands need no display: byom-gui demo --headless shows the app without one."


def require_offscreen(*modules: str) -> None:
    """Whether Qt can draw without a display. Raises SetupError.

    Args:
        modules: the parts of Qt that are used; all that a window uses where none is named.
    """
    _import_qt(modules or ("QtWidgets", "QtSvg"))
    if sys.platform.startswith("linux"):
        _load_plugin("offscreen")
        _require_font()


def require_window(environ: MutableMapping[str, str]) -> None:
    """Whether a window can be opened. Raises SetupError.

    Where one of two displays does not answer, Qt is pointed to the other by ``QT_QPA_PLATFORM``.
    """
    asked = [part.partition(":")[0] for part in environ.get("QT_QPA_PLATFORM", "").split(";") if part]
    if not asked and not system_packages.has_display(environ):
        raise SetupError(f"There is no display to open a window on. {_HEADLESS}")
    _import_qt(("QtWidgets", "QtSvg"), system_packages.for_window(environ))
    if not sys.platform.startswith("linux"):
        return
    named = {"xcb": "DISPLAY", "wayland": "WAYLAND_DISPLAY"}
    platforms = asked or [name for name, variable in named.items() if environ.get(variable)]
    working, problems = [], []
    for platform in platforms:
        try:
            _load_plugin(platform)
            _require_display(platform, environ)
            working.append(platform)
        except SetupError as error:
            problems.append(error.sentence)
    if not working:
        raise SetupError(" ".join(dict.fromkeys(problems)))
    if problems and not asked:
        environ["QT_QPA_PLATFORM"] = ";".join(working)
    _require_font()


def _import_qt(modules: Iterable[str], more: Iterable[Needs] = ()) -> None:
    try:
        for name in modules:
            importlib.import_module(f"PySide6.{name}")
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError):
            raise SetupError(f"Qt cannot be loaded: {error}. Install byom-gui again with its dependencies.") from None
        raise _missing([OFFSCREEN, *more], str(error)) from None


def _missing(wanted: Iterable[Needs], own_words: str) -> SetupError:
    """All that Qt lacks, what its own words name included; its own words where none of it is known."""
    known = {sign: names for needs in wanted for sign, names in needs.items()}
    named = own_words.partition(":")[0]
    lacking = {sign: names for sign, names in known.items() if sign == named or not system_packages.present(sign)}
    if lacking and sys.platform.startswith("linux"):
        return SetupError(f"Qt cannot start: {system_packages.name_packages(lacking).sentence()}")
    return SetupError(f"Qt cannot start: {own_words.rstrip('.')}. Install the package that has it.")


def _require_font() -> None:
    if not system_packages.has_font():
        lacking = system_packages.name_packages({FONT: OFFSCREEN[FONT]})
        raise SetupError(f"Qt cannot show text: {lacking.sentence()}")


def _plugin_folders() -> list[Path]:
    from PySide6.QtCore import QLibraryInfo

    own = QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)
    places = [own, *os.environ.get("QT_PLUGIN_PATH", "").split(os.pathsep)]
    named = [Path(place, "platforms") for place in places if place]
    return [*named, *(Path(place) for place in [os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH", "")] if place)]


def _load_plugin(platform: str) -> None:
    """Loads Qt's plugin for a platform, as Qt is about to do. Raises SetupError."""
    folders = _plugin_folders()
    files = sorted(path for folder in folders for path in folder.glob("libq*.so"))
    # Qt has one plugin for Wayland, whatever the flavor is called.
    wanted = "wayland" if platform.startswith("wayland") else platform
    found = next((path for path in files if path.stem == f"libq{wanted}"), None)
    if found is None:
        if not files:
            raise SetupError(f"Qt's plugins are missing in {folders[0]}. Install PySide6 again.")
        known = ", ".join(dict.fromkeys(path.stem.removeprefix("libq") for path in files))
        raise SetupError(f"QT_QPA_PLATFORM is “{platform}”, which this Qt does not have. It has: {known}.")
    try:
        import ctypes

        ctypes.CDLL(str(found))
    except ImportError:
        return  # a Python that cannot load libraries by itself; Qt can
    except OSError as error:
        raise _missing([OFFSCREEN, _NEEDS.get(wanted, {})], str(error)) from None


def _require_display(platform: str, environ: MutableMapping[str, str]) -> None:
    """Whether the display of a platform accepts this program. Raises SetupError."""
    if platform == "xcb":
        name = environ.get("DISPLAY", "")
        problem = _within(DISPLAY_SECONDS, lambda: _x_problem(name))
        what = f"the X display “{name}” (DISPLAY)" if name else "an X display: DISPLAY is not set"
    elif platform.startswith("wayland") and not environ.get("WAYLAND_SOCKET"):
        name = environ.get("WAYLAND_DISPLAY") or "wayland-0"
        problem = _within(DISPLAY_SECONDS, lambda: _wayland_problem(name, environ.get("XDG_RUNTIME_DIR", "")))
        what = f"the Wayland display “{name}” (WAYLAND_DISPLAY)"
    else:
        return
    if problem:
        raise SetupError(f"No window can be opened on {what}: {problem}. {_HEADLESS}")


def _within(seconds: float, look: object) -> str:
    """What ``look`` says, or that it took too long: a display that hangs must not hang this program."""
    assert callable(look)
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(str(look())), daemon=True)
    thread.start()
    thread.join(seconds)
    return said[0] if said else f"it did not answer within {seconds:.0f} seconds"


def _x_problem(name: str) -> str:
    """Connects as Qt will, authorization included; why that fails, or nothing."""
    try:
        import ctypes

        xcb = ctypes.CDLL("libxcb.so.1")
    except (ImportError, OSError):
        return ""  # the plugin was loaded, so Qt has its own
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(os.fsencode(name) or None, None)
    error = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if not error:
        return ""
    return "this is not the name of a display" if error == 5 else "no X server runs there, or it refuses this user"


def _wayland_problem(name: str, runtime: str) -> str:
    """Connects to the compositor's socket; why that fails, or nothing."""
    if not name.startswith("/") and not runtime:
        return "XDG_RUNTIME_DIR is not set"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(DISPLAY_SECONDS)
            connection.connect(name if name.startswith("/") else f"{runtime}/{name}")
    except OSError as error:
        return f"its socket cannot be reached ({error.strerror or error})"
    return ""
