"""Help pages: keyboard, assumptions about V7, stored data, About."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QScrollArea, QVBoxLayout, QWidget

from byom_gui import __version__
from byom_gui.ui import theme
from byom_gui.ui.menus import Menus
from byom_gui.ui.widgets.basic import button, copy_text, label, row

ASSUMPTIONS = (
    "V7 has published the format of requests and responses, and the checks follow it. V7 has not published the points "
    "below. The app assumes them, and says “assumed” wherever one matters:\n\n"
    "•  The call that registers a model: its path, key names, and response. To settle it, paste V7's own snippet or a "
    "curl command under Register, or register manually.\n"
    "•  V7 matches a result to a class by name, and drops or ignores names that were not registered.\n"
    "•  Coordinates refer to the upright image, with the EXIF orientation applied.\n"
    "•  The angle of an ellipse is in degrees.\n"
    "•  Whether the types mask, directional_vector, and text may be registered: a warning, not an error.\n"
    "•  Timeouts, retries, size limits, and the addresses that V7 calls from are unknown."
)
STORED = (
    "Secrets are stored in the system's keyring. Without a keyring they are kept for this session only. They are never "
    "written to a file.\n\n"
    "These are stored in private folders of your user account: unsaved work (until you save or discard it), the list "
    "of recent projects, pasted images, the history of registrations, the project settings that you agreed to, the "
    "last check of each endpoint, the API profile, the window's size and colors, a log, and crash reports (they "
    "contain no secrets, images, or responses; Help, Show the log, opens their folder).\n\n"
    "Responses are cached, up to 500 MB, so that a run of thousands can resume where it stopped. Images are not "
    "cached. You can turn the cache off under Settings.\n\n"
    "Images leave this computer only for the endpoint that you entered."
)
KEYS_IN_THE_IMAGE = (
    "In the image\n"
    "  + and −         Zoom\n"
    "  0, 1            Fit, 100%\n"
    "  Arrows          Pan\n"
    "  N, P            Next, previous object\n"
    "  L, O            Labels, overlays\n"
    "  Esc             Deselect\n"
    "In the class list\n"
    "  F2              Rename\n"
    "  Del             Delete\n"
    "  Alt+Up, Down    Move"
)


def show_about(parent: QWidget) -> None:
    """Name, version, license."""
    _show(
        parent,
        "About byom-gui",
        f"byom-gui {__version__}\n\nSee, check, and register your own computer-vision model with V7 Darwin.\n\n"
        "© 2026 the byom-gui authors. MIT license.\nNot made by V7. V7 and Darwin are names of V7 Labs.",
    )


def show_assumptions(parent: QWidget) -> None:
    """What is not known about V7."""
    _show(parent, "Assumptions about V7", ASSUMPTIONS)


def show_stored(parent: QWidget, *more: QWidget) -> None:
    """What is stored on this computer; ``more`` is shown below the text."""
    _show(parent, "Stored data", STORED, more=more)


def show_keyboard(parent: QWidget, menus: Menus) -> None:
    """Every shortcut."""
    _show(parent, "Keyboard", f"{menus.keyboard_text()}\n{KEYS_IN_THE_IMAGE}", mono=True)


def show_steps(parent: QWidget, steps: Sequence[tuple[str, str]]) -> None:
    """What is to be done in V7 with this model, a title and words each; all of it can be copied."""
    text = "\n\n".join(f"{number}. {title}\n{words}" for number, (title, words) in enumerate(steps, 1))
    _show(parent, "Next steps in V7", text, more=(row(button("Copy", on_click=lambda: copy_text(text)), None),))


def _show(parent: QWidget, title: str, text: str, *, mono: bool = False, more: Sequence[QWidget] = ()) -> None:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setMinimumWidth(theme.px(520))
    column = QVBoxLayout(dialog)
    column.setContentsMargins(*(theme.px(24) for _ in range(4)))
    column.setSpacing(theme.px(16))
    column.addWidget(label(title, size="heading"))
    body = label(text, mono=mono, wrap=not mono, selectable=True)
    if mono:
        area = QScrollArea()
        area.setWidget(body)
        area.setMinimumHeight(theme.px(420))
        column.addWidget(area)
    else:
        column.addWidget(body)
    for widget in more:
        column.addWidget(widget)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    column.addWidget(buttons)
    dialog.open()
