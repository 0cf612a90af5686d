"""Files: the dialogs, the title, recent projects, and what happens to unsaved changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMessageBox

from byom_gui.core.project import SUFFIX
from byom_gui.core.quoting import quoted
from byom_gui.ui.backend import Recovered
from byom_gui.ui.menus import Menus
from byom_gui.ui.parts import Parts
from byom_gui.ui.widgets.basic import message_box
from byom_gui.ui.works import Works

REPORTS = {"Page with images (*.html)": ".html", "JSON (*.json)": ".json", "JUnit XML (*.xml)": ".xml"}
CLASS_FILES = (".txt", ".csv", ".tsv", ".yaml", ".yml", ".xml", ".pbtxt", ".names", ".labels")
IMAGES = "Images (*.png *.jpg *.jpeg *.webp *.bmp *.gif *.tif *.tiff *.avif *.jp2);;All files (*)"


class Files(QObject):
    """Asks for names and places; the work is done beside the window."""

    def __init__(
        self, window: QMainWindow, parts: Parts, works: Works, menus: Menus, say: Callable[[str], None]
    ) -> None:
        super().__init__(works)
        self._window, self._parts, self._works, self._menus = window, parts, works, menus
        self._session, self._filing = works.session, works.filing
        self._filing.notice.connect(say)
        self._filing.failed.connect(self._failed)
        self._filing.conflict.connect(self._conflict)
        self._filing.recent_changed.connect(self.refresh_recent)
        self._session.saved_changed.connect(self._show_title)
        self._session.name_changed.connect(self._show_title)
        self._session.project_replaced.connect(self._project_replaced)
        parts.start.open_clicked.connect(self.ask_open)
        parts.start.import_clicked.connect(self.ask_import)
        parts.start.recent_clicked.connect(lambda place: self.open(Path(place)))
        parts.start.try_clicked.connect(self.practice)
        parts.start.set_samples(len(works.backend.samples()))
        parts.start.choose_files_clicked.connect(self.ask_images)
        parts.strip.add_clicked.connect(self.ask_images)
        parts.diagnosis.export_clicked.connect(self.export_report)
        menus.recent.aboutToShow.connect(self.refresh_recent)
        self._show_title()

    # --- title

    @property
    def title(self) -> str:
        """The project's name, with a dot while it has unsaved changes."""
        session = self._session
        if session.practice:
            return "Demo mode · built-in model"
        if session.path is not None:
            return f"{session.path.name} · {'Edited •' if session.dirty else 'Saved'}"
        name = session.project.registration.name
        return f"{name or 'New project'}{' •' if session.dirty else ''}"

    def _show_title(self) -> None:
        self._window.setWindowTitle(f"{self.title} — byom-gui")
        self._window.setWindowModified(False)
        self.title_changed(self.title)

    def title_changed(self, _: str) -> None:
        """Set by the window to show the title beside the menus."""

    # --- open

    def practice(self) -> None:
        """The built-in model."""
        self.leave(self._start_practice)

    def _start_practice(self) -> None:
        self._parts.start.set_busy("Starting the built-in model")
        self._filing.try_practice()

    def new(self) -> None:
        """An empty project."""
        self.leave(self._start_new)

    def _start_new(self) -> None:
        self._filing.new()
        self._parts.show_work(False)

    def open(self, path: Path) -> None:
        """Opens a project or registration; a class list is shown, to be added."""
        self.leave(lambda: self._filing.open(path))

    def ask_open(self) -> None:
        """Asks for a project."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open project or class list",
            self._folder(),
            f"Projects (*{SUFFIX});;JSON (*.json);;Class lists (*{' *'.join(CLASS_FILES)});;All files (*)",
        )
        if name:
            self.open(Path(name))

    def ask_import(self) -> None:
        """Asks for a registration JSON."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Import registration", self._folder(), "Registrations (*.json);;All files (*)"
        )
        if name:
            self.open(Path(name))

    def ask_images(self) -> None:
        """Asks for image files."""
        names, _ = QFileDialog.getOpenFileNames(self._window, "Add images", self._folder(), IMAGES)
        if names:
            self._parts.show_work(True)
            self._works.inference.add_paths([Path(name) for name in names])

    def ask_folder(self) -> None:
        """Asks for a folder of images."""
        name = QFileDialog.getExistingDirectory(self._window, "Add folder of images", self._folder())
        if name:
            self._parts.show_work(True)
            self._works.inference.add_paths([Path(name)])

    def add_samples(self) -> None:
        """Adds the built-in samples."""
        self._parts.show_work(True)
        self._works.inference.add_paths(self._works.backend.samples())

    def _folder(self) -> str:
        return str(self._session.path.parent) if self._session.path else ""

    def _project_replaced(self) -> None:
        self._parts.start.set_busy("")
        session = self._session
        self._parts.show_work(session.endpoint is not None or bool(session.previews) or bool(len(session.classes)))
        if session.previews and not session.practice:
            self._parts.canvas.set_message(
                "play", "Nothing has been sent yet", "Ping the server to see the model's results for these images."
            )

    # --- save

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Saves where the project is, or asks where."""
        if self._session.path is None:
            self.save_as(then)
        else:
            self._filing.save(self._session.path, then)

    def save_as(self, then: Callable[[], None] | None = None) -> None:
        """Asks for a name and saves."""
        name = (self._session.project.registration.name or "model").replace("/", "-")
        start = str(Path(self._folder()) / f"{name}{SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Save project", start, f"Projects (*{SUFFIX})")
        if chosen:
            path = Path(chosen)
            if not path.name.endswith(SUFFIX):
                path = path.with_name(path.name.removesuffix(".json") + SUFFIX)
                # The dialog asked about the name as it was typed, not about this one.
                if path.exists() and not self._may_replace(path):
                    return
            self._filing.save(path, then)

    def _conflict(self, path: Path, then: Callable[[], None] | None) -> None:
        """The file is another than the one that was opened or saved here: nothing is lost without being asked."""
        more = "If you overwrite the file, those changes are lost. Nothing has been saved yet."
        box = message_box(self._window, "File changed", f"Another program changed {quoted(path.name)}.", more)
        over = box.addButton("Overwrite", QMessageBox.ButtonRole.DestructiveRole)
        other = box.addButton("Save as…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(other)
        over.clicked.connect(lambda: self._filing.save(path, then, over=True))
        other.clicked.connect(lambda: self.save_as(then))
        box.open()

    def _may_replace(self, path: Path) -> bool:
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        return (
            QMessageBox.question(self._window, "Replace file?", f"{quoted(path.name)} already exists.", yes | no, no)
            == yes
        )

    def export(self) -> None:
        """Asks for a name and writes the registration JSON."""
        name = (self._session.project.registration.name or "model").replace("/", "-")
        start = str(Path(self._folder()) / f"{name}.registration.json")
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Export registration", start, "JSON (*.json)")
        if chosen:
            self._filing.export(Path(chosen))

    def export_report(self) -> None:
        """Asks for a name and writes the last check's report, in the form of the name's suffix."""
        name = (self._session.project.registration.name or "model").replace("/", "-")
        start = str(Path(self._folder()) / f"{name}.check.html")
        chosen, form = QFileDialog.getSaveFileName(self._window, "Export report", start, ";;".join(REPORTS))
        if chosen:
            path = Path(chosen)
            suffix = REPORTS.get(form, ".html")
            self._filing.export_report(
                path if path.suffix.lower() in REPORTS.values() else path.with_name(path.name + suffix)
            )

    # --- leaving

    @property
    def unsaved(self) -> bool:
        """Whether leaving the project would lose something."""
        return self._session.dirty and not self._session.practice

    def leave(self, then: Callable[[], None]) -> None:
        """Goes on with ``then`` once the present project is safe: saved on disk, or given up by the user."""
        if not self.unsaved:
            then()
            return
        answer = QMessageBox.question(
            self._window,
            "Unsaved changes",
            "This project has changes that are not saved.",
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Save,
        )
        if answer == QMessageBox.StandardButton.Save:
            self.save(then)
        elif answer == QMessageBox.StandardButton.Discard:
            then()

    # --- recent and recovery

    def refresh_recent(self) -> None:
        """Fills *Open recent* and the start page's list."""
        paths = [path for path in self._works.backend.files.recent() if path.exists()]
        self._parts.start.set_recent([(path.name, str(path)) for path in paths[:5]])
        menu = self._menus.recent
        menu.clear()
        for path in paths:
            menu.addAction(str(path)).triggered.connect(lambda _=False, path=path: self.open(path))
        menu.addSeparator()
        clear = menu.addAction("Clear list")
        clear.setEnabled(bool(paths))
        clear.triggered.connect(self._clear_recent)

    def _clear_recent(self) -> None:
        self._works.backend.files.clear_recent()
        self.refresh_recent()

    def offer(self, items: tuple[Recovered, ...]) -> None:
        """Offers what an earlier run left unsaved."""
        if not items:
            return
        item = items[0]
        text = f"{quoted(item.title)} was not saved when byom-gui quit ({item.saved_at})."
        more = "Opening it sends nothing."
        box = message_box(self._window, "Restore unsaved work?", text, more)
        restore = box.addButton("Restore", QMessageBox.ButtonRole.AcceptRole)
        drop = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Not now", QMessageBox.ButtonRole.RejectRole)

        def answered() -> None:
            if box.clickedButton() is restore:
                self._filing.recover(item)
            elif box.clickedButton() is drop:
                self._filing.discard(item)

        box.finished.connect(answered)
        box.open()

    def _failed(self, sentence: str) -> None:
        self._parts.start.set_busy("")
        box = message_box(self._window, "byom-gui", sentence)
        box.setIcon(QMessageBox.Icon.Warning)
        box.open()
