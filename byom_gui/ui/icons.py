"""One set of icons, one weight: strokes of 1.5 on a 16 grid, drawn in the colours of the theme.

``set_icon`` and ``set_picture`` remember name and tone on the widget, so that a change of theme redraws them.
"""

from __future__ import annotations

import atexit
import functools
import tempfile
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from byom_gui.ui import theme

CIRCLE = '<circle cx="8" cy="8" r="6.25"/>'
PATHS: dict[str, str] = {
    "ok": CIRCLE + '<path d="M5.2 8.2 7.2 10.2 10.9 6.1"/>',
    "warn": '<path d="M8 2.2 14.4 13.4H1.6Z"/><path d="M8 6.4v3.2M8 11.4v.1"/>',
    "bad": '<path d="M5.4 1.75h5.2l3.65 3.65v5.2l-3.65 3.65H5.4L1.75 10.6V5.4Z"/><path d="m6 6 4 4m0-4-4 4"/>',
    "advice": CIRCLE + '<path d="M8 7.4v3.5M8 5.1v.1"/>',
    "running": '<path d="M14.25 8A6.25 6.25 0 1 1 8 1.75"/>',
    "waiting": CIRCLE + '<path d="M8 4.6V8l2.3 1.5"/>',
    "todo": '<circle cx="8" cy="8" r="6.25" stroke-dasharray="2 1.93"/>',
    "not-reached": CIRCLE + '<path d="M5.2 8h5.6"/>',
    "lock": '<rect x="3" y="7" width="10" height="7" rx="1.5"/><path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "minus": '<path d="M3 8h10"/>',
    "close": '<path d="m4 4 8 8m0-8-8 8"/>',
    "refresh": '<path d="M13.6 6.6A5.9 5.9 0 0 0 3 5.2L2 6.5M2 3v3.5h3.5M2.4 9.4A5.9 5.9 0 0 0 13 10.8l1-1.3'
    'M14 13V9.5h-3.5"/>',
    "down": '<path d="m4 6.2 4 4 4-4"/>',
    "up": '<path d="m4 9.8 4-4 4 4"/>',
    "left": '<path d="m9.8 4-4 4 4 4"/>',
    "right": '<path d="m6.2 4 4 4-4 4"/>',
    "eye": '<path d="M1.5 8S4 3.6 8 3.6 14.5 8 14.5 8 12 12.4 8 12.4 1.5 8 1.5 8Z"/><circle cx="8" cy="8" r="2"/>',
    "label": '<rect x="1.75" y="4" width="12.5" height="8" rx="1.5"/><path d="M4.5 8h3.2"/>',
    "fit": '<path d="M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5"/>',
    "undo": '<path d="M5.2 3 2.2 6l3 3"/><path d="M2.4 6h7a4 4 0 0 1 0 8H6"/>',
    "redo": '<path d="m10.8 3 3 3-3 3"/><path d="M13.6 6h-7a4 4 0 0 0 0 8H10"/>',
    "copy": '<rect x="5.5" y="5.5" width="8.75" height="8.75" rx="1.5"/>'
    '<path d="M10.5 3.2a1.5 1.5 0 0 0-1.5-1.45H3.25a1.5 1.5 0 0 0-1.5 1.5V9a1.5 1.5 0 0 0 1.45 1.5"/>',
    "search": '<circle cx="7" cy="7" r="4.75"/><path d="m10.6 10.6 3.6 3.6"/>',
    "image": '<rect x="1.75" y="2.75" width="12.5" height="10.5" rx="1.5"/><circle cx="5.4" cy="6.3" r="1.1"/>'
    '<path d="m2 11.6 3.4-3.1 2.2 2 3-3.2 3.5 3.6"/>',
    "drop": '<path d="M8 1.75v8.1M4.9 7 8 10l3.1-3"/><path d="M1.75 10v2.75a1.5 1.5 0 0 0 1.5 1.5h9.5a1.5 1.5 0 0 0 '
    '1.5-1.5V10"/>',
    "cube": '<path d="M8 1.6 13.8 4.8v6.4L8 14.4l-5.8-3.2V4.8Z"/><path d="M2.4 4.9 8 8l5.6-3.1M8 8v6.2"/>',
    "list": '<path d="M5.5 4h8.7M5.5 8h8.7M5.5 12h8.7M2 4h.1M2 8h.1M2 12h.1"/>',
    "pause": '<path d="M5.5 3v10M10.5 3v10"/>',
    "play": '<path d="M4.2 2.6v10.8L13 8Z"/>',
    "team": '<circle cx="6" cy="5.2" r="2.6"/><path d="M1.4 13.6a4.6 4.6 0 0 1 9.2 0M10.6 2.8a2.6 2.6 0 0 1 0 4.8'
    'M12.4 9.7a4.6 4.6 0 0 1 2.3 3.9"/>',
    "key": '<circle cx="5" cy="11" r="3.1"/><path d="m7.3 8.7 6.4-6.4M11 5l2 2M9 7l1.2 1.2"/>',
    "external": '<path d="M9.5 2H14v4.5M14 2 7.6 8.4"/><path d="M6.5 3H3.2A1.2 1.2 0 0 0 2 4.2v8.6A1.2 1.2 0 0 0 3.2 14'
    'h8.6a1.2 1.2 0 0 0 1.2-1.2V9.5"/>',
    "target": '<circle cx="8" cy="8" r="4.6"/><path d="M8 1v3.6M8 11.4V15M1 8h3.6M11.4 8H15"/>',
    "code": '<path d="m5 4-4 4 4 4M11 4l4 4-4 4"/>',
    "paste": '<rect x="3" y="3" width="10" height="11.25" rx="1.5"/><path d="M6 3V1.75h4V3M6 7h4M6 10h4"/>',
    "tick": '<path d="m3 8.4 3.3 3.3L13 4.8"/>',
    "trash": '<path d="M2.5 4.2h11M6 4V2.2h4V4M4 4.2l.6 9.4h6.8l.6-9.4"/>',
    "more": '<path d="M3.2 8h.1M8 8h.1M12.8 8h.1"/>',
    "folder": '<path d="M1.75 12.5v-9h4.4l1.6 1.8h6.5v7.2a1 1 0 0 1-1 1H2.75a1 1 0 0 1-1-1Z"/>',
    "clock": CIRCLE + '<path d="M8 4.6V8l2.3 1.5"/>',
    "settings": '<path d="M2 4.5h7M12.5 4.5H14M2 11.5h1.5M7 11.5h7"/><circle cx="10.7" cy="4.5" r="1.8"/>'
    '<circle cx="5.2" cy="11.5" r="1.8"/>',
    "bounding_box": '<rect x="2.2" y="3.6" width="11.6" height="8.8"/>',
    "polygon": '<path d="M8 1.9 14 6.4 11.7 13.6H4.3L2 6.4Z"/>',
    "tag": '<path d="M2 2.2h5.6l6.3 6.3-5.4 5.4L2.2 7.6Z"/><path d="M5 5.1v.1"/>',
    "keypoint": '<circle cx="8" cy="8" r="2.2"/><path d="M8 1.6v4M8 10.4v4M1.6 8h4M10.4 8h4"/>',
    "line": '<path d="M1.8 12.6 6 5.4l3.4 5L14.2 3"/>',
    "ellipse": '<ellipse cx="8" cy="8" rx="6.3" ry="4.3"/>',
    "cuboid": '<rect x="1.8" y="5.4" width="8.8" height="8.8"/><path d="M1.8 5.4 5.2 1.9h9v8.9l-3.6 3.4M10.6 5.4l3.6'
    '-3.5"/>',
    "skeleton": '<circle cx="8" cy="3" r="1.4"/><path d="M8 4.4v5M8 6 3.4 8M8 6l4.6 2M8 9.4 5 14M8 9.4 11 14"/>',
    "directional_vector": '<path d="M2.2 13.8 13.4 2.6M6.8 2.4h6.8v6.8"/>',
    "mask": '<path d="M8 2.2c3.6-.6 6 1.4 5.9 4.2-.1 3.6-2.6 3-3.4 5.2-.7 1.8-3 2.6-5.2 1.2C1.6 10.6 2 3.2 8 2.2Z"/>',
    "text": '<path d="M3 4V2.6h10V4M8 2.6v10.8M6 13.4h4"/>',
}

OUTCOME_TONE = {
    "ok": "ok",
    "warn": "warn",
    "bad": "bad",
    "advice": "accenttext",
    "running": "accenttext",
    "waiting": "text2",
    "todo": "text2",
    "not-reached": "text2",
}


def _svg(name: str, colour: str) -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="{colour}" '
        f'stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">{PATHS[name]}</svg>'
    ).encode()


@functools.lru_cache(maxsize=1024)
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    whole = round(size * ratio)
    pixmap = QPixmap(whole, whole)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(_svg(name, colour))).render(painter, QRectF(0, 0, whole, whole))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, tone: str = "", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """A picture of the icon; ``tone`` is a theme token (its outcome's own where it has one), ``size`` at 13 px font."""
    token = tone or OUTCOME_TONE.get(name, "text2")
    return _pixmap(name, theme.current()[token], theme.px(size), ratio)


def icon(name: str, tone: str = "", size: int = 16, gap: int = 0) -> QIcon:
    """The icon for a button or an item, sharp at every screen scale, never tinted by a selection.

    Args:
        gap: empty room after it, as at a 13 pixel font.
    """
    made = QIcon()
    token = tone or OUTCOME_TONE.get(name, "text2")
    for ratio in (1.0, 2.0):
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Selected):
            made.addPixmap(_with_gap(pixmap(name, token, size, ratio), gap, ratio), mode)
        made.addPixmap(_with_gap(pixmap(name, "text3", size, ratio), gap, ratio), QIcon.Mode.Disabled)
    return made


def _with_gap(drawn: QPixmap, gap: int, ratio: float) -> QPixmap:
    if not gap:
        return drawn
    wide = QPixmap(drawn.width() + round(theme.px(gap) * ratio), drawn.height())
    wide.fill(Qt.GlobalColor.transparent)
    wide.setDevicePixelRatio(ratio)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    return wide


_GAP = 4
"""Before a button's words, on top of the four pixels that Qt leaves: eight in all."""


def set_icon(button: QAbstractButton, name: str, tone: str = "", size: int = 16) -> None:
    """Gives a button an icon that follows the theme. To be called again when the button gets or loses its words."""
    button.setProperty("iconName", name)
    button.setProperty("iconTone", tone)
    button.setProperty("iconPx", size)
    gap = _GAP if button.text() else 0
    button.setIcon(icon(name, tone, size, gap))
    button.setIconSize(QSize(theme.px(size) + theme.px(gap), theme.px(size)))


def set_words(button: QAbstractButton, text: str) -> None:
    """Changes a button's words; its icon keeps its distance from them."""
    had = bool(button.text())
    button.setText(text)
    name = button.property("iconName")
    if name and had != bool(text):
        set_icon(button, str(name), str(button.property("iconTone") or ""), int(button.property("iconPx") or 16))


def set_picture(label: QLabel, name: str, tone: str = "", size: int = 16) -> None:
    """Shows an icon in a label, following the theme."""
    label.setProperty("iconName", name)
    label.setProperty("iconTone", tone)
    label.setProperty("iconPx", size)
    label.setPixmap(pixmap(name, tone, size, label.devicePixelRatioF()))


def refresh(app: QApplication) -> None:
    """Redraws every icon that ``set_icon`` and ``set_picture`` placed, in the theme in force."""
    for widget in app.allWidgets():
        name = widget.property("iconName")
        if name:
            place = set_icon if isinstance(widget, QAbstractButton) else set_picture
            place(widget, str(name), str(widget.property("iconTone") or ""), int(widget.property("iconPx") or 16))  # type: ignore[arg-type]


@functools.lru_cache(maxsize=4)
def tick_file(colour: str) -> str:
    """A file with the tick of a checked box: a style sheet takes pictures from files only."""
    folder = _folder()
    place = Path(folder.name) / f"tick-{colour.strip('#')}.svg"
    place.write_bytes(_svg("tick", colour).replace(b"1.5", b"2.2", 1))
    return place.as_posix()


@functools.lru_cache(maxsize=4)
def arrow_file(colour: str) -> str:
    """A file with the arrow of a combo box, for the same reason."""
    place = Path(_folder().name) / f"arrow-{colour.strip('#')}.svg"
    place.write_bytes(_svg("down", colour))
    return place.as_posix()


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="byom-gui-")
    # Said, not left to the end of the interpreter, which would warn.
    atexit.register(folder.cleanup)
    return folder
