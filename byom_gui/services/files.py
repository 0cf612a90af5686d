"""Project files, registrations, exports: read strictly, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from byom_gui.core import project as projects
from byom_gui.core.errors import FileError, JsonError
from byom_gui.core.image import ImageRef
from byom_gui.core.project import Project, project_from_json, project_to_json
from byom_gui.core.registration import Registration, registration_from_json, registration_to_json, stamped
from byom_gui.core.strict_json import JsonDocument, read_json
from byom_gui.services.special import read_plain, write_special

MAX_BYTES = 64 * 1024 * 1024
MAX_STEPS_UP = 2
"""An image up to two folders above the project is still written relative to it."""

Kind = Literal["response", "classes", "project", "registration", "unknown"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file of whatever kind. ``value`` is its parsed JSON, None where it is none.

    ``error`` says why a project or registration can not be used; then ``project`` and ``registration`` are None.
    """

    path: Path
    kind: Kind
    data: bytes
    value: Any = None
    project: Project | None = None
    registration: Registration | None = None
    error: FileError | None = None
    document: JsonDocument | None = None
    """What a saved answer was parsed to, so that it need not be parsed again."""


# Writing


def atomic_write(path: Path, data: bytes, private: bool = False) -> None:
    """Writes ``data`` so that the file is either the old or the new one, never half of each.

    A file keeps its mode; a new one gets the user's usual mode, or 0600 where ``private``. A link is followed. A
    pipe or a device is written into.

    Raises:
        FileError: why it could not be written; the old file is untouched.
    """
    temporary: str | None = None
    try:
        if write_special(path, data):
            return
        target = Path(os.path.realpath(path))
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:80]}.", suffix=".tmp", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(target, private))
        os.replace(temporary, target)
        temporary = None
        _sync_folder(target.parent)
    except (OSError, ValueError) as error:
        raise FileError(f"{path} could not be written: {_why(error)}.", where=str(path), detail=repr(error)) from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def write_text_file(path: Path, text: str) -> None:
    """Writes text as ``atomic_write`` does. Raises FileError.

    Half a character (a lone surrogate, from a file's name or an escape in a response) has no UTF-8. It is written as
    ``\\udcff``, which JSON reads back as what it was.
    """
    atomic_write(path, text.encode("utf-8", "backslashreplace"))


def _mode(target: Path, private: bool) -> int:
    if private:
        return 0o600
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return 0o666 & ~umask()


def umask() -> int:
    mask = os.umask(0o077)  # there is no way to only look
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Makes the new name last through a power cut, where the system lets folders be synced."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _why(error: OSError | ValueError) -> str:
    if not isinstance(error, OSError):
        return "a file cannot have this name"
    if isinstance(error, FileNotFoundError):
        return "the folder or file does not exist"
    if isinstance(error, PermissionError):
        return "permission denied"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    return (error.strerror or "the system refused").rstrip(".").lower()


def to_bytes(value: Mapping[str, Any]) -> bytes:
    """JSON as files have it: UTF-8, two spaces, a newline at the end.

    Half a character, as in a file name that is not valid Unicode, becomes ``?``: else no reader could open the file.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8", "replace")


# Reading


def read_bytes(path: Path) -> bytes:
    """The file, at most 64 MB of it. Raises FileError."""
    try:
        data = read_plain(path, MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise FileError(f"{path} could not be read: {_why(error)}.", where=str(path), detail=repr(error)) from None
    if len(data) > MAX_BYTES:
        raise FileError(
            f"{path} is larger than {MAX_BYTES // 1024**2} MB. This cannot be a file of this kind.", where=str(path)
        )
    return data


def _parse(path: Path, data: bytes) -> JsonDocument:
    try:
        return read_json(data, allow_bom=True)
    except JsonError as error:
        at = f" (line {error.line}, column {error.column})" if error.line else ""
        raise FileError(f"{path.name} is not a JSON file{at}. {error.sentence}", where=str(path)) from None


def _named(path: Path, error: FileError) -> FileError:
    return FileError(f"{path.name}: {error.sentence}", where=error.where, detail=error.detail)


def load_project(path: Path) -> Project:
    """The project in ``path``; relative paths in it are taken from its folder. Raises FileError."""
    value = _parse(path, read_bytes(path)).value
    try:
        return _with_paths(project_from_json(value), Path(os.path.abspath(path)).parent)
    except FileError as error:
        raise _named(path, error) from None


def load_registration(path: Path) -> Registration:
    """The registration in ``path``, or that of a project. Raises FileError."""
    loaded = load_any(path)
    if loaded.error is not None:
        raise loaded.error
    if loaded.registration is None:
        sentence = f"{path.name} is neither a project nor a registration. Choose a different file."
        raise FileError(sentence, where=str(path))
    return loaded.registration


def save_project(path: Path, project: Project) -> None:
    """Writes the project, its images relative to it where they are near. Raises FileError."""
    folder = Path(os.path.abspath(path)).parent
    atomic_write(path, to_bytes(project_to_json(_with_paths(project, folder, out=True))))


def export_registration(
    path: Path,
    registration: Registration,
    report: Mapping[str, Any] | None = None,
    *,
    now: datetime | None = None,
    override_reason: str = "",
) -> Registration:
    """Writes the registration JSON, ``created`` and ``tool`` filled in; returns it as it was written.

    Args:
        path: the file.
        registration: what to write.
        report: the last check's report (``byom-check/1``), kept under ``check``.
        now: the time to note; this moment where not given.
        override_reason: why a blocking finding was overridden, kept where it is not empty.

    Raises:
        FileError: it could not be written.
    """
    written = as_exported(registration, report, now=now, override_reason=override_reason)
    atomic_write(path, to_bytes(registration_to_json(written)))
    return written


def as_exported(
    registration: Registration,
    report: Mapping[str, Any] | None = None,
    *,
    now: datetime | None = None,
    override_reason: str = "",
) -> Registration:
    """What ``export_registration`` writes."""
    more: dict[str, Any] = {}
    if report is not None:
        more["check"] = dict(report)
    if override_reason:
        more["override_reason"] = override_reason
    written = replace(registration, extra={**registration.extra, **more})
    return stamped(written, now or datetime.now(UTC))


# Telling kinds apart


def load_any(path: Path) -> Loaded:
    """The file and what it is. Raises FileError only where it can not be read at all."""
    data = read_bytes(path)
    try:
        document = _parse(path, data)
    except FileError as error:
        return _not_json(path, data, error)
    value = document.value
    kind = kind_of(value)
    try:
        if kind == "project":
            project = _with_paths(project_from_json(value), Path(os.path.abspath(path)).parent)
            return Loaded(path, kind, data, value, project, project.registration)
        if kind == "registration":
            return Loaded(path, kind, data, value, registration=registration_from_json(value))
    except FileError as error:
        return Loaded(path, kind, data, value, error=_named(path, error))
    return Loaded(path, kind, data, value, document=document)


def _not_json(path: Path, data: bytes, error: FileError) -> Loaded:
    name = path.name.lower()
    if name.endswith(projects.SUFFIX):
        return Loaded(path, "project", data, error=error)
    if name.endswith((".csv", ".tsv", ".txt")) and data.lstrip()[:1] not in (b"{", b"["):
        return Loaded(path, "classes", data)
    return Loaded(path, "response" if name.endswith(".json") else "unknown", data)


def kind_of(value: object) -> Kind:
    """What parsed JSON is, by its ``format``, else by its shape."""
    if isinstance(value, list):
        return "classes" if all(_is_class(item) for item in value) else "response"
    if not isinstance(value, dict):
        return "unknown"
    found = value.get("format")
    if isinstance(found, str):
        kinds: dict[str, Kind] = {"byom-project": "project", "byom-registration": "registration"}
        if found.startswith("byom-"):
            return kinds.get(found.partition("/")[0], "unknown")
    if not {"status", "results"} & value.keys():
        for key in ("classes", "annotation_classes"):
            if isinstance(value.get(key), list) and all(_is_class(item) for item in value[key]):
                return "classes"
    return "response"


def _is_class(item: object) -> bool:
    if isinstance(item, dict):
        return "name" in item and not {"confidence", "label", "score"} & item.keys()
    return isinstance(item, str)


# Paths in a project


def _with_paths(project: Project, folder: Path, out: bool = False) -> Project:
    turn = _relative if out else _absolute
    images = tuple(_turned(image, turn(image.place, folder)) for image in project.images)
    ca_file = turn(project.settings.ca_file, folder) if project.settings.ca_file else ""
    return replace(project, images=images, settings=replace(project.settings, ca_file=ca_file))


def _turned(image: ImageRef, place: str) -> ImageRef:
    return image if image.kind == "url" else replace(image, place=place)


def _absolute(place: str, folder: Path) -> str:
    return os.path.normpath(folder / place)


def _relative(place: str, folder: Path) -> str:
    absolute = os.path.abspath(place)
    try:
        relative = os.path.relpath(absolute, folder)
    except ValueError:  # another drive
        return absolute
    steps = Path(relative).parts
    return absolute if steps[: MAX_STEPS_UP + 1] == ("..",) * (MAX_STEPS_UP + 1) else Path(relative).as_posix()
