"""The menu bar: every command of the window, with its standard shortcut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from byom_gui.ui.widgets.basic import set_tip

Standard = QKeySequence.StandardKey
Key = str | QKeySequence.StandardKey | None


@dataclass(frozen=True, slots=True)
class Command:
    """One entry: its id for wiring and tests, its words, its shortcut."""

    id: str
    text: str
    key: Key = None
    checkable: bool = False


SEPARATOR = Command("", "")

# Without a desktop's own scheme, X11 has Emacs' keys: a text field takes Ctrl+A, E, K and U for itself.
MENUS: dict[str, tuple[Command, ...]] = {
    "&File": (
        Command("new", "&New project", Standard.New),
        Command("open", "&Open…", Standard.Open),
        Command("recent", "Open &recent"),
        SEPARATOR,
        Command("save", "&Save", Standard.Save),
        Command("save-as", "Save &as…", "Ctrl+Shift+S"),
        SEPARATOR,
        Command("import", "&Import registration…"),
        Command("export", "&Export registration JSON…", "Ctrl+Shift+E"),
        Command("export-predictions", "Export pre&dictions…", "Ctrl+Alt+E"),
        SEPARATOR,
        Command("new-server", "New &model server…"),
        Command("practice", "&Try the built-in model"),
        SEPARATOR,
        Command("quit", "&Quit", Standard.Quit),
    ),
    "&Edit": (
        Command("undo", "&Undo", Standard.Undo),
        Command("redo", "&Redo", Standard.Redo),
        SEPARATOR,
        Command("paste", "&Paste", Standard.Paste),
        Command("find", "&Find", Standard.Find),
        SEPARATOR,
        Command("add-class", "&Add class", "Ctrl+Shift+N"),
        Command("paste-classes", "Paste class &list…", "Ctrl+Shift+V"),
        SEPARATOR,
        Command("connection-settings", "Connection &settings…", "Ctrl+,"),
        Command("auth", "A&uthentication…", "Ctrl+Shift+A"),
        Command("key", "V7 &key…", "Ctrl+Shift+K"),
        Command("teams", "&Teams…"),
        Command("profile", "API pr&ofile…"),
    ),
    "&View": (
        Command("picture", "&Image", "Ctrl+1"),
        Command("connection", "&Connection", "Ctrl+2"),
        Command("diagnosis", "&Diagnosis", "Ctrl+3"),
        Command("register-view", "&Register", "Ctrl+4"),
        SEPARATOR,
        Command("classes", "C&lasses", "Ctrl+5"),
        Command("results", "Re&sults", "Ctrl+6"),
        Command("json", "&JSON", "Ctrl+7"),
        SEPARATOR,
        Command("zoom-in", "Zoom &in", Standard.ZoomIn),
        Command("zoom-out", "Zoom &out", Standard.ZoomOut),
        Command("fit", "&Fit to window", "Ctrl+0"),
        Command("actual", "&100%", "Ctrl+Shift+0"),
        Command("zoom-selection", "&Zoom to selection", "Ctrl+Alt+Z"),
        SEPARATOR,
        Command("theme-system", "Match &system theme", checkable=True),
        Command("theme-light", "Li&ght", checkable=True),
        Command("theme-dark", "Dar&k", checkable=True),
    ),
    "&Images": (
        Command("add-images", "&Add images…", "Ctrl+I"),
        Command("add-folder", "Add &folder…", "Ctrl+Shift+I"),
        Command("add-samples", "Add built-in &samples"),
        SEPARATOR,
        Command("rerun-failed", "Rerun fai&led", "Ctrl+Shift+R"),
        Command("rerun-all", "&Rerun all", "Ctrl+R"),
        Command("pause", "&Pause", "Ctrl+Shift+P"),
        Command("cancel", "&Cancel", "Ctrl+."),
        SEPARATOR,
        Command("next-image", "&Next image", "Ctrl+Down"),
        Command("previous-image", "&Previous image", "Ctrl+Up"),
    ),
    "&Checks": (
        Command("ping", "&Ping", "F5"),
        Command("check", "&Run all checks", "Ctrl+F5"),
        Command("reach", "Can V7 reac&h it?"),
        Command("capacity", "C&apacity and credits…"),
        SEPARATOR,
        Command("fetch-classes", "Fetch &classes from the server", "Ctrl+Shift+F"),
        SEPARATOR,
        Command("register", "Re&gister…", "Ctrl+Return"),
    ),
    "&Help": (
        Command("keys", "&Keyboard", "F1"),
        Command("assumptions", "&Assumptions about V7…"),
        Command("stored", "&Stored data…"),
        Command("log", "Show &log"),
        SEPARATOR,
        Command("about", "&About byom-gui"),
    ),
}

THEMES = ("theme-system", "theme-light", "theme-dark")


class Menus:
    """The window's actions by id; ``connect`` gives each its work."""

    def __init__(self, window: QMainWindow) -> None:
        self.actions: dict[str, QAction] = {}
        self.recent = QMenu("Open &recent", window)
        themes = QActionGroup(window)
        for title, commands in MENUS.items():
            menu = window.menuBar().addMenu(title)
            menu.setToolTipsVisible(True)
            for command in commands:
                self._add(window, menu, command)
        for name in THEMES:
            themes.addAction(self.actions[name])

    def _add(self, window: QMainWindow, menu: QMenu, command: Command) -> None:
        if command is SEPARATOR:
            menu.addSeparator()
            return
        if command.id == "recent":
            menu.addMenu(self.recent)
            return
        action = QAction(command.text, window)
        action.setCheckable(command.checkable)
        if isinstance(command.key, str):
            action.setShortcut(QKeySequence(command.key))
        elif command.key is not None:
            action.setShortcuts(command.key)
        if command.id == "quit":
            action.setMenuRole(QAction.MenuRole.QuitRole)
        if command.id == "about":
            action.setMenuRole(QAction.MenuRole.AboutRole)
        menu.addAction(action)
        self.actions[command.id] = action

    def connect(self, work: Mapping[str, Callable[[], object]]) -> None:
        """Gives actions their work; called without arguments."""
        for name, call in work.items():
            self.actions[name].triggered.connect(lambda _=False, call=call: call())

    def enable(self, name: str, on: bool, why: str = "") -> None:
        """Turns an action on, or off with a reason."""
        action = self.actions[name]
        action.setEnabled(on)
        set_tip(action, "" if on else why)

    def keyboard_text(self) -> str:
        """Every shortcut, for the keyboard page."""
        lines = []
        for title, commands in MENUS.items():
            rows = [c for c in commands if c.id in self.actions and not self.actions[c.id].shortcut().isEmpty()]
            if rows:
                lines.append(title.replace("&", ""))
                lines += [
                    f"  {self.actions[c.id].shortcut().toString(QKeySequence.SequenceFormat.NativeText):<16}"
                    f"{c.text.replace('&', '')}"
                    for c in rows
                ]
        return "\n".join(lines)
