"""Colours, palette and style: every colour of the window lives here.

Light and dark are two tables of the same tokens. Sizes are given at a 13 pixel font and scaled by ``px`` to the
system's own, so that larger system text never cuts anything.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from byom_gui.ui.style import STYLE

ThemeName = Literal["light", "dark"]
Choice = Literal["system", "light", "dark"]

_TABLE = """
window #F3F4F6 #1D1F23
surface #FFFFFF #24272C
sunken #FAFBFC #202327
canvas #DADDE2 #121316
hover #E9EBEF #2D3137
pressed #DDE0E6 #363B42
sel #E1E8FB #2A3A63
block #F1F5FE #282F3F
line #D8DBE0 #363A41
linestrong #BFC4CC #4A5059
fieldline #858C97 #737B87
btn #FFFFFF #2D3137
btnline #BFC4CC #4A5059
text #1A1D21 #E7E9EC
text2 #535B66 #B0B7C1
text3 #626A75 #9AA2AD
accent #2F5BD0 #3B68DC
accenthover #284FB8 #426EDF
accentpressed #2144A0 #325CC8
onaccent #FFFFFF #FFFFFF
accenttext #2A52BE #8FB1FF
focus #2F5BD0 #6E96FF
ok #17713A #62C584
okbg #E6F3EA #1D3326
warn #8A5500 #E5B454
warnbg #FDF3DC #372D18
warnline #DFC083 #75602F
bad #C02626 #FF8A80
badbg #FCEBEA #3F2324
badline #E5A5A2 #8A4644
jkey #1A1D21 #E7E9EC
jstr #0B6B4F #7FD3B0
jnum #7A3AA8 #CDAAF5
jpun #535B66 #B0B7C1
tip #22262B #E7E9EC
ontip #F2F4F6 #1A1D21
"""


def _column(place: int) -> dict[str, str]:
    return {row.split()[0]: row.split()[place] for row in _TABLE.strip().splitlines()}


TOKENS: dict[ThemeName, dict[str, str]] = {"light": _column(1), "dark": _column(2)}


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours by token."""

    name: ThemeName
    tokens: dict[str, str]

    def __getitem__(self, token: str) -> str:
        return self.tokens[token]

    def colour(self, token: str) -> QColor:
        """The token's colour."""
        return QColor(self.tokens[token])


THEMES: dict[ThemeName, Theme] = {name: Theme(name, tokens) for name, tokens in TOKENS.items()}


class _State(QObject):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = THEMES["light"]
        self.scale = 1.0
        self.choice: Choice = "system"


_state: _State | None = None


def state() -> _State:
    """The current theme's holder; its ``changed`` signal comes after palette and style were set."""
    global _state
    if _state is None:
        _state = _State()
    return _state


def current() -> Theme:
    """The theme in force."""
    return state().theme


def colour(token: str) -> QColor:
    """The colour of a token in the theme in force."""
    return current().colour(token)


def px(value: float) -> int:
    """A length given at a 13 pixel font, at the font in force."""
    return round(value * state().scale)


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, token in (
        (role.Window, "window"),
        (role.Base, "surface"),
        (role.AlternateBase, "sunken"),
        (role.Button, "btn"),
        (role.Text, "text"),
        (role.WindowText, "text"),
        (role.ButtonText, "text"),
        (role.PlaceholderText, "text3"),
        (role.Highlight, "sel"),
        (role.HighlightedText, "text"),
        (role.Link, "accenttext"),
        (role.ToolTipBase, "tip"),
        (role.ToolTipText, "ontip"),
        (role.Mid, "line"),
        (role.Accent, "accent"),
    ):
        palette.setColor(which, theme.colour(token))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, theme.colour("text3"))
    return palette


def system_is_dark(app: QApplication) -> bool:
    """Whether the desktop asks for dark."""
    return app.styleHints().colorScheme() == Qt.ColorScheme.Dark


def prepare(app: QApplication, choice: Choice = "system") -> None:
    """Sets Fusion, the font's size, and the theme; follows the system where ``choice`` says so."""
    app.setStyle("Fusion")
    font = app.font()
    size = max(QFontInfo(font).pixelSize(), 13)
    font.setPixelSize(size)
    app.setFont(font)
    state().scale = size / 13
    choose(app, choice)
    app.styleHints().colorSchemeChanged.connect(lambda _: choose(app, state().choice))


def choose(app: QApplication, choice: Choice) -> None:
    """Switches to a theme; all windows follow at once."""
    from byom_gui.ui import icons

    holder = state()
    holder.choice = choice
    name: ThemeName = ("dark" if system_is_dark(app) else "light") if choice == "system" else choice
    holder.theme = THEMES[name]
    # On the application: with a style sheet on the window, a palette of its own would not reach its children.
    app.setPalette(_palette(holder.theme))
    app.setStyleSheet(style_sheet())
    icons.refresh(app)
    holder.changed.emit()


@contextlib.contextmanager
def unstyled() -> Iterator[None]:
    """Holds the style sheet back while widgets are made: Qt would work it through again at each level of parents."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    sheet = app.styleSheet()
    app.setStyleSheet("")
    try:
        yield
    finally:
        app.setStyleSheet(sheet)


def style_sheet() -> str:
    """The style sheet of the theme in force: ``@token`` becomes a colour, ``12px`` a scaled length."""
    import re

    from byom_gui.ui import icons

    sheet = STYLE
    for token, value in sorted(current().tokens.items(), key=lambda pair: -len(pair[0])):
        sheet = sheet.replace(f"@{token}", value)
    sheet = sheet.replace("@tickfile", icons.tick_file(current()["onaccent"]))
    sheet = sheet.replace("@arrowfile", icons.arrow_file(current()["text2"]))
    return re.sub(r"(?<![\w#])(\d+)px", lambda m: f"{m[1] if int(m[1]) <= 2 else px(int(m[1]))}px", sheet)


def mono(size: float = 13) -> QFont:
    """The system's fixed-width font, ``size`` given at a 13 pixel font."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(px(size))
    return font


def sized(size: float = 13, *, strong: bool = False) -> QFont:
    """The window's font at 11 (small), 13 (normal) or 16 (heading)."""
    font = QApplication.font()
    font.setPixelSize(px(size))
    if strong:
        font.setWeight(QFont.Weight.DemiBold)
    return font
