"""The window's files: projects, exports, autosaves, the recent list, pasted pictures."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from byom_gui.core.cancel import CancelToken
from byom_gui.core.class_formats.decoding import DecodedText, decode
from byom_gui.core.errors import ClassFileError, FileError, ImageError
from byom_gui.core.image import ImageRef, ImageSource
from byom_gui.core.project import Project, Settings
from byom_gui.core.quoting import quoted
from byom_gui.ui.backend import FileBackend, Recovered

if TYPE_CHECKING:
    from byom_gui.core.pre_labels import Choice, Pictured, Written
    from byom_gui.core.report import CheckReport
    from byom_gui.services.autosave import Autosaves, Recoverable
    from byom_gui.services.locks import ProjectWatch


class Filing:
    """Adapts the file services to the window's backend."""

    @cached_property
    def autosaves(self) -> Autosaves:
        """What is kept of unsaved projects."""
        from byom_gui.services.autosave import Autosaves

        return Autosaves()

    @cached_property
    def _watch(self) -> ProjectWatch:
        from byom_gui.services.locks import ProjectWatch

        return ProjectWatch()

    def backend(self, read: Callable[[ImageRef, Settings, CancelToken], ImageSource]) -> FileBackend:
        """The callables of the window; ``read`` gets an image for a report."""
        from byom_gui.services.recent import Recent

        recent = Recent()
        return FileBackend(
            load,
            save,
            export,
            lambda project, path: self.autosaves.autosave(project, path),
            lambda: self.autosaves.forget(),
            self._recoverable,
            self._recover,
            self._discard,
            recent.items,
            recent.add,
            recent.clear,
            lambda path, report, refs, settings, cancel: export_report(
                path, report, _sources(report, refs, lambda ref: read(ref, settings, cancel))
            ),
            export_predictions,
            export_text,
            export_json,
            write_server,
            read_text,
            lambda path: self._watch.take(path),
            lambda path: self._watch.changed(path),
            lambda: self._watch.let_go(),
        )

    def _find(self, item: Recovered) -> Recoverable:
        for found in self.autosaves.recoverable():
            if found.id == item.id:
                return found
        raise FileError("The unsaved work no longer exists.")

    def _recoverable(self) -> tuple[Recovered, ...]:
        return tuple(
            Recovered(
                item.id,
                item.project.registration.name or (item.for_path.name if item.for_path else "Untitled project"),
                item.saved.astimezone().strftime("%d %b %Y, %H:%M"),
                item.for_path,
            )
            for item in self.autosaves.recoverable()
        )

    def _recover(self, item: Recovered) -> tuple[Project, Path | None]:
        found = self._find(item)
        # This session keeps it from now on; only then may the old one go.
        self.autosaves.autosave(found.project, found.for_path)
        self.autosaves.discard(found)
        return found.project, found.for_path

    def _discard(self, item: Recovered) -> None:
        self.autosaves.discard(self._find(item))

    def keep_pasted(self, data: bytes) -> Path:
        """A private file for a pasted picture, named by what it holds."""
        from byom_gui.services.files import atomic_write
        from byom_gui.services.private import private_folder
        from byom_gui.services.stores import state_folder

        target = state_folder() / "pasted" / f"pasted-{hashlib.sha256(data).hexdigest()[:12]}.png"
        private_folder(target.parent)
        atomic_write(target, data, private=True)
        return target

    def close(self) -> None:
        """Lets go of this session's autosave. The window has asked about unsaved changes before."""
        if "autosaves" in self.__dict__:
            self.autosaves.close()
        if "_watch" in self.__dict__:
            self._watch.let_go()


def load(path: Path) -> Project:
    """A project, or a registration as a new project."""
    from byom_gui.core.class_text import parse_class_file
    from byom_gui.services import check_plan  # noqa: F401 - the window says at once how many calls a check makes
    from byom_gui.services.files import load_any

    loaded = load_any(path)
    if loaded.error is not None:
        raise loaded.error
    if loaded.project is not None:
        return loaded.project
    if loaded.registration is None:
        parsed = parse_class_file(loaded.data)
        if parsed.entries:
            raise ClassFileError(f"{quoted(path.name)} is a class list ({parsed.form}).", where=str(path))
        what = f" {parsed.refusal}" if parsed.refusal else ""
        raise FileError(f"{quoted(path.name)} is neither a project nor a registration.{what} Choose another file.")
    return Project(loaded.registration)


def read_text(path: Path) -> DecodedText:
    """A file's text, or what the file is where it holds none. Raises FileError."""
    from byom_gui.services.files import read_bytes

    return decode(read_bytes(path))


def save(path: Path, project: Project) -> None:
    """Writes the project."""
    from byom_gui.services.files import save_project

    save_project(path, project)


def export(path: Path, project: Project, report: Mapping[str, object] | None) -> None:
    """Writes the registration JSON."""
    from byom_gui.services.files import export_registration

    export_registration(path, project.registration, report, override_reason=project.settings.override_reason)


def export_report(path: Path, report: CheckReport, sources: Iterable[ImageSource]) -> None:
    """Writes a check's report: JSON, JUnit or one page, by the suffix."""
    from byom_gui.services.report_files import write_report

    write_report(path, report, sources)


def export_predictions(
    choice: Choice, pictures: Iterable[Pictured], cancel: CancelToken, on_progress: Callable[[int], None]
) -> Written:
    """Writes the answers as files of other tools."""
    from byom_gui.services.pre_label_files import write_pre_labels

    return write_pre_labels(choice, pictures, cancel, on_progress)


def export_text(path: Path, text: str) -> None:
    """Writes a text file of ours, whole or not at all."""
    from byom_gui.services.files import write_text_file

    write_text_file(path, text)


def export_json(path: Path, value: Mapping[str, object]) -> None:
    """Writes a JSON file of ours, whole or not at all."""
    from byom_gui.services.files import atomic_write, to_bytes

    atomic_write(path, to_bytes(value))


def write_server(folder: Path, task: str, example: bool, answer: Path | None) -> tuple[Path, ...]:
    """Writes a new model server's project."""
    from byom_gui.core.scaffold import Scaffold
    from byom_gui.services.files import read_bytes
    from byom_gui.services.scaffold import write

    return write(Scaffold(folder, task, example, None if answer is None else read_bytes(answer)))


def _sources(
    report: CheckReport, refs: Sequence[ImageRef], read: Callable[[ImageRef], ImageSource]
) -> Iterator[ImageSource]:
    """The images that the report shows, read when they are wanted; what is at an address is not fetched again."""
    from byom_gui.core.report_pictures import shown_answers
    from byom_gui.services.checkup import sample_images

    calls = [each.call for each in shown_answers(report.answered)]
    names = {call.image_name for call in calls}
    if any(call.sample for call in calls):
        yield from sample_images()
    for ref in refs:
        if ref.kind != "url" and ref.name in names:
            with contextlib.suppress(ImageError):  # gone since: its shapes stand on a plain ground
                yield read(ref)
