"""Help pages: keyboard, what is assumed about V7, what is kept on this computer, About."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QScrollArea, QVBoxLayout, QWidget

from byom_gui import __version__
from byom_gui.ui import theme
from byom_gui.ui.menus import Menus
from byom_gui.ui.widgets.basic import button, copy_text, label, row

ASSUMPTIONS = (
    "V7 has published the form of requests and answers, and that is what answers are held to. These points it has not "
    "published; the app takes them as follows and says “assumed” wherever it matters:\n\n"
    "•  The call that registers a model: its path, key names and answer. Paste V7's own snippet or a curl command "
    "under Register to settle it, or register by hand.\n"
    "•  V7 matches a result to a class by its name, and drops or ignores names that were not registered.\n"
    "•  Coordinates belong to the upright picture, EXIF orientation applied.\n"
    "•  The angle of an ellipse is in degrees.\n"
    "•  Whether the types mask, directional_vector and text may be registered: a warning, no refusal.\n"
    "•  Time-outs, retries, size limits and the addresses from which V7 calls are not known."
)
STORED = (
    "Secrets are kept in the system's keyring, or for this session only where there is none; never in a file.\n\n"
    "Kept in private folders of yours: unsaved work (until it is saved or deleted), the list of recent projects, "
    "pasted pictures, the history of registrations, the settings of projects that you agreed to, "
    "the last check of each endpoint, the API profile, the window's size and colours, a log and crash "
    "reports (no secrets, images or answers in them; Help, Show the log, opens their folder).\n\n"
    "Answers are kept, too, up to 500 MB, so that a run of thousands goes on where it stopped; the images are not. "
    "Under Settings that can be turned off.\n\n"
    "Images leave this computer only for the endpoint that you gave."
)
KEYS_ON_THE_PICTURE = (
    "On the picture\n"
    "  + and −         Zoom\n"
    "  0, 1            Fit, 100 %\n"
    "  Arrows          Move\n"
    "  N, P            Next, previous object\n"
    "  L, O            Labels, overlays\n"
    "  Esc             Select nothing\n"
    "In the class list\n"
    "  F2              Rename\n"
    "  Del             Delete\n"
    "  Alt+Up, Down    Move"
)


def show_about(parent: QWidget) -> None:
    """Name, version, licence."""
    _show(
        parent,
        "About byom-gui",
        f"byom-gui {__version__}\n\nSee, check and register your own computer-vision model with V7 Darwin.\n\n"
        "© 2026 the byom-gui authors. MIT licence.\nNot made by V7. V7 and Darwin are names of V7 Labs.",
    )


def show_assumptions(parent: QWidget) -> None:
    """What is not known about V7."""
    _show(parent, "What is assumed about V7", ASSUMPTIONS)


def show_stored(parent: QWidget, *more: QWidget) -> None:
    """What is kept on this computer; ``more`` stands below the text."""
    _show(parent, "What is kept on this computer", STORED, more=more)


def show_keyboard(parent: QWidget, menus: Menus) -> None:
    """Every shortcut."""
    _show(parent, "Keyboard", f"{menus.keyboard_text()}\n{KEYS_ON_THE_PICTURE}", mono=True)


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
