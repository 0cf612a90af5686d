"""Buttons, labels, lines and bars in the house style: one call each, so that panels stay short."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from byom_gui.ui import icons, theme

Kind = Literal["", "primary", "flat", "icon", "link", "check"]


def button(
    text: str = "",
    icon: str = "",
    *,
    kind: Kind = "",
    on_click: Callable[[], object] | None = None,
    name: str = "",
    tip: str = "",
    checkable: bool = False,
) -> QPushButton:
    """A push button.

    Args:
        name: its accessible name; needed where there is no text. Also its tool-tip unless ``tip`` is given.
        on_click: called without arguments.
    """
    made = QPushButton(text)
    if kind:
        made.setProperty("kind", kind)
    if icon:
        icons.set_icon(made, icon, "onaccent" if kind == "primary" else "")
    made.setCheckable(checkable)
    made.setAccessibleName(name or text)
    set_tip(made, tip or (name if not text else ""))
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if on_click is not None:
        made.clicked.connect(lambda: on_click())
    return made


def set_kind(made: QPushButton, kind: Kind) -> None:
    """Changes a button's look (the primary button moves with the next step)."""
    if made.property("kind") == kind:
        return
    made.setProperty("kind", kind)
    name = made.property("iconName")
    if name:
        icons.set_icon(made, str(name), "onaccent" if kind == "primary" else "", int(made.property("iconPx") or 16))
    restyle(made)


def restyle(widget: QWidget) -> None:
    """Makes a changed property show."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def label(
    text: str = "",
    *,
    tone: str = "",
    size: Literal["", "small", "heading"] = "",
    strong: bool = False,
    mono: bool = False,
    wrap: bool = False,
    selectable: bool = False,
) -> QLabel:
    """A label of plain text: what came from outside is never read as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if tone:
        made.setProperty("tone", tone)
    if size:
        made.setProperty("textsize", size)  # "size" is a property of QWidget itself
    if strong:
        made.setProperty("strong", True)
    if mono:
        made.setFont(theme.mono(11 if size == "small" else 13))
    if wrap:
        made.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


def set_tone(made: QLabel, tone: str) -> None:
    """Changes a label's colour by theme role."""
    if made.property("tone") != tone:
        made.setProperty("tone", tone)
        restyle(made)


def plain(text: str) -> str:
    """Text from outside for a tool-tip, which Qt would read as markup where it looks like some."""
    looks_rich = "<" in text or "&lt;" in text
    return html.escape(text).replace("\n", "<br>") if looks_rich else text


def set_tip(part: QWidget | QAction, text: str) -> None:
    """Gives a part its tool-tip. The one way to: Qt would render what looks like markup, wherever it came from."""
    part.setToolTip(plain(text))


def message_box(parent: QWidget, title: str, text: str, more: str = "") -> QMessageBox:
    """A box with words and no button yet; nothing in it is read as markup."""
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(plain(more))
    return box


def ask(parent: QWidget, title: str, text: str, more: str, yes: str, on_yes: Callable[[], object]) -> QMessageBox:
    """A question that nothing happens without a yes to; Cancel is what Enter presses.

    Args:
        yes: the button's word, such as ``Forget``.
    """
    box = message_box(parent, title, text, more)
    button = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.finished.connect(lambda _: on_yes() if box.clickedButton() is button else None)
    box.finished.connect(lambda _: box.deleteLater())
    box.open()
    return box


def picture(icon: str, tone: str = "", size: int = 16) -> QLabel:
    """A label that shows an icon."""
    made = QLabel()
    icons.set_picture(made, icon, tone, size)
    made.setFixedSize(theme.px(size), theme.px(size))
    return made


def hline() -> QFrame:
    """A divider, one pixel high."""
    made = QFrame()
    made.setProperty("line", True)
    return made


def vline() -> QFrame:
    """A divider, one pixel wide."""
    made = QFrame()
    made.setProperty("vline", True)
    return made


def ground(widget: QWidget, name: str) -> QWidget:
    """Paints a widget's ground: ``window``, ``surface``, ``sunken``, ``card``, ``box``, ``assumption``, ``bad``…"""
    widget.setProperty("ground", name)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget


def frame(name: str) -> QFrame:
    """A QFrame with a ground of that name."""
    made = QFrame()
    ground(made, name)
    return made


def row(
    *parts: QWidget | int | None,
    height: int = 0,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int = 8,
    on: str = "",
) -> QWidget:
    """Parts side by side: ``None`` stretches, a number is a gap. Lengths as at a 13 pixel font."""
    made = QWidget()
    if height:
        made.setFixedHeight(theme.px(height))
    return _filled(made, QHBoxLayout(made), parts, margins, spacing, on)


def column(
    *parts: QWidget | int | None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int = 8,
    on: str = "",
) -> QWidget:
    """Parts below one another: ``None`` stretches, a number is a gap."""
    made = QWidget()
    return _filled(made, QVBoxLayout(made), parts, margins, spacing, on)


def _filled(
    made: QWidget,
    layout: QBoxLayout,
    parts: Sequence[QWidget | int | None],
    margins: tuple[int, int, int, int],
    spacing: int,
    on: str,
) -> QWidget:
    if on:
        ground(made, on)
    layout.setContentsMargins(*(theme.px(m) for m in margins))
    layout.setSpacing(theme.px(spacing))
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(theme.px(part))
        else:
            layout.addWidget(part)
    return made


def empty_state(icon: str, title: str, text: str, *actions: QWidget) -> QWidget:
    """What an empty panel says: what goes here, and how."""
    mark = picture(icon, "text2", 20)
    head = label(title, strong=True, wrap=True)
    body = label(text, tone="second", wrap=True)
    for part in (head, body):
        part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    line = row(None, mark, None)
    buttons = row(None, *actions, None) if actions else QWidget()
    return column(None, line, head, body, buttons, None, margins=(24, 24, 24, 24), spacing=8)


def copy_text(text: str) -> None:
    """Puts plain text on the clipboard."""
    QGuiApplication.clipboard().setText(text)
