"""What Qt needs of a Linux system, how to see that it is missing, and which packages have it.

Standard library alone: ``dev.py`` uses this module before anything is installed.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FONT = "a font"
MANAGERS = ("apt-get", "dnf", "pacman", "zypper", "apk")
_INSTALL = {
    "apt-get": ("apt-get update", "apt-get install -y --no-install-recommends"),
    "dnf": ("dnf install -y",),
    "pacman": ("pacman -Sy --needed --noconfirm",),
    "zypper": ("zypper --non-interactive install",),
    "apk": ("apk add",),
}

# What is looked for -> its package for each of MANAGERS.
Needs = Mapping[str, tuple[str, str, str, str, str]]

OFFSCREEN: Needs = {
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd", "Mesa-libGL1", "mesa-gl"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd", "Mesa-libEGL1", "mesa-egl"),
    "libX11.so.6": ("libx11-6", "libX11", "libx11", "libX11-6", "libx11"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2", "libglib-2_0-0", "glib"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2", "glib2", "libgthread-2_0-0", "glib"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig", "libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "freetype2", "libfreetype6", "freetype"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0", "libxkbcommon"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3", "dbus-libs"),
    "libz.so.1": ("zlib1g", "zlib", "zlib", "libz1", "zlib"),
    FONT: ("fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu", "dejavu-fonts", "font-dejavu"),
}
"""For drawing without a window."""
X11: Needs = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4", "xcb-util-wm"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util", "xcb-util", "libxcb-util1", "xcb-util"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image", "libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": (
        *("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1", "xcb-util-keysyms"),
    ),
    "libxcb-render-util.so.0": (
        *("libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
        *("libxcb-render-util0", "xcb-util-renderutil"),
    ),
    "libxcb.so.1": ("libxcb1", "libxcb", "libxcb", "libxcb1", "libxcb"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb", "libxcb-randr0", "libxcb"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb", "libxcb", "libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb", "libxcb", "libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb", "libxcb-sync1", "libxcb"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb", "libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb", "libxcb-xkb1", "libxcb"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libx11", "libX11-xcb1", "libx11"),
    "libxkbcommon-x11.so.0": (
        *("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    ),
}
"""For a window on an X server, in addition."""
WAYLAND: Needs = {
    "libwayland-client.so.0": (
        *("libwayland-client0", "libwayland-client", "wayland", "libwayland-client0", "wayland-libs-client"),
    ),
    "libwayland-cursor.so.0": (
        *("libwayland-cursor0", "libwayland-cursor", "wayland", "libwayland-cursor0", "wayland-libs-cursor"),
    ),
}
"""For a window on a Wayland compositor, in addition."""

_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/X11R6/lib/X11/fonts")
_OWN_FONT_FOLDERS = (".fonts", ".local/share/fonts", ".nix-profile/share/fonts")
_FONT_ENDINGS = (".ttf", ".otf", ".ttc", ".pfb")


@dataclass(frozen=True, slots=True)
class MissingParts:
    """What a computer lacks.

    Args:
        signs: the libraries, programs and other things that were looked for and not found.
        packages: those that have them, by the names of ``manager``; empty where that is not known.
        manager: the package manager of this computer, or empty.
    """

    signs: tuple[str, ...]
    packages: tuple[str, ...] = ()
    manager: str = ""

    def command(self) -> str:
        """The one command that installs them, or nothing where no package manager is known."""
        if not self.packages:
            return ""
        sudo = "sudo " if os.geteuid() != 0 and shutil.which("sudo") else ""
        steps = [f"{sudo}{step}" for step in _INSTALL[self.manager]]
        return " && ".join(steps) + " " + " ".join(self.packages)

    def sentence(self) -> str:
        """What is missing, and how to get it."""
        verb = "is" if len(self.signs) == 1 else "are"
        what = f"{', '.join(self.signs)} {verb} missing on this computer."
        command = self.command()
        if not command:
            return f"{what} Install the packages of your system that have them."
        who = "Install with" if os.geteuid() == 0 or "sudo " in command else "Install, as root, with"
        return f"{what} {who}: {command}"


def has_display(environ: Mapping[str, str]) -> bool:
    """Whether the environment names a display for windows; whether it answers is not asked."""
    return sys.platform in ("win32", "darwin") or any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def for_window(environ: Mapping[str, str]) -> list[Needs]:
    """What a window needs in addition on the displays that the environment names."""
    return [X11] * bool(environ.get("DISPLAY")) + [WAYLAND] * bool(environ.get("WAYLAND_DISPLAY"))


def package_manager() -> str:
    """The package manager of this computer, or nothing."""
    return next((name for name in MANAGERS if shutil.which(name)), "")


def name_packages(needs: Needs) -> MissingParts:
    """What is missing, with the packages that have it."""
    manager = package_manager()
    if not manager:
        return MissingParts(tuple(needs))
    index = MANAGERS.index(manager)
    return MissingParts(tuple(needs), tuple(dict.fromkeys(names[index] for names in needs.values())), manager)


def present(sign: str) -> bool:
    """Whether a library, a program or a font is on this computer."""
    if sign == FONT:
        return has_font()
    if ".so" not in sign:
        return shutil.which(sign) is not None
    return loads(sign)


def loads(library: str) -> bool:
    """Whether the dynamic linker finds and loads a library. Where Python itself cannot load any, nobody knows."""
    try:
        import ctypes
    except ImportError:
        return True
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Whether fontconfig, which Qt asks, knows a font; without fontconfig, whether the usual folders have one."""
    count = _fontconfig_count()
    return _has_font_file(_font_folders()) if count is None else count > 0


def _fontconfig_count() -> int | None:
    """How many fonts fontconfig knows; None where it cannot be asked."""
    try:
        import ctypes

        library = ctypes.CDLL("libfontconfig.so.1")
    except (ImportError, OSError):
        return None

    class FontSet(ctypes.Structure):
        _fields_ = (("count", ctypes.c_int), ("size", ctypes.c_int), ("fonts", ctypes.c_void_p))

    library.FcConfigGetFonts.restype = ctypes.POINTER(FontSet)
    library.FcConfigGetFonts.argtypes = (ctypes.c_void_p, ctypes.c_int)
    if not library.FcInit():
        return None
    found = (library.FcConfigGetFonts(None, kind) for kind in (0, 1))  # the system's, and the program's own
    return sum(int(fonts.contents.count) for fonts in found if fonts)


def _font_folders() -> Sequence[Path]:
    return [*map(Path, _FONT_FOLDERS), *(Path.home() / name for name in _OWN_FONT_FOLDERS)]


def _has_font_file(folders: Iterable[Path]) -> bool:
    return any(
        name.lower().endswith(_FONT_ENDINGS) for folder in folders for _, _, names in os.walk(folder) for name in names
    )
