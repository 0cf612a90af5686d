"""The ledger on disk: one small private file a registration, and what the server says now beside it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassEntry
from byom_gui.core.contract import read_classes
from byom_gui.core.errors import AppError, FileError, ImageError, InputError, JsonError
from byom_gui.core.ledger import (
    MOST_GOLDEN,
    Entry,
    Golden,
    Since,
    compare_classes,
    compare_golden,
    entry_from_json,
    entry_to_json,
    golden_of,
    latest,
)
from byom_gui.core.predictions import Prediction
from byom_gui.core.project import Settings
from byom_gui.services import images
from byom_gui.services.files import atomic_write, to_bytes
from byom_gui.services.model_server import ModelServer
from byom_gui.services.previewing import infer_image
from byom_gui.services.private import private_folder
from byom_gui.services.stores import state_folder

MOST = 300
_NO_DIGIT = re.compile(r"\D")


class Ledger:
    """All registrations that were made from here, by whatever window or command.

    Args:
        folder: where they are; made private (0700) when first written to.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or state_folder() / "ledger"

    def add(self, entry: Entry) -> str:
        """Keeps one; gives its id. The oldest of too many go. Raises FileError."""
        # Two within a second stand in the order in which they came.
        id_ = f"{_NO_DIGIT.sub('', entry.when)[:14]}-{time.time_ns() % 10**9:09}-{os.urandom(3).hex()}"
        self.put(replace(entry, id=id_))
        for old in self._files()[MOST:]:
            if (read := _read(old)) is None or read.outcome != "unknown":
                with contextlib.suppress(OSError):
                    old.unlink()
        return id_

    def put(self, entry: Entry) -> None:
        """Writes an entry under its id, durably. Raises FileError."""
        try:
            private_folder(self.folder)
        except OSError as error:
            why = f"The folder {self.folder} could not be created: {error.strerror}."
            raise FileError(why, detail=repr(error)) from None
        atomic_write(self._path(entry.id), to_bytes(entry_to_json(entry)), private=True)

    def settle(self, entry: Entry, there: bool) -> None:
        """Notes what the user saw on V7's Models page. Raises FileError.

        Args:
            entry: a registration that may have arrived; without an id, the newest of its name in its team.
            there: whether V7 has the model. Where it does not, no attempt under this name arrived.
        """
        entries = self.entries()[0]
        if there:
            found = next((each for each in entries if each.id == entry.id), None) or latest(entries, entry)
            if found is not None and found.outcome == "unknown":
                self.put(replace(found, outcome="registered"))
            return
        for each in entries:
            if each.outcome == "unknown" and latest((each,), entry) is not None:
                self.forget(each.id)

    def keep_golden(self, entry: Entry, golden: tuple[Golden, ...]) -> None:
        """Adds what the model said of some images to the newest registration like ``entry``. Raises FileError."""
        found = latest(self.entries()[0], entry)
        if found is not None and golden:
            self.put(replace(found, golden=golden))

    def changed_at(self, id_: str) -> float:
        """When an entry was last written, in seconds since the epoch; 0 where it is gone."""
        try:
            return self._path(id_).stat().st_mtime
        except OSError:
            return 0.0

    def entries(self) -> tuple[tuple[Entry, ...], int]:
        """All that can be read, newest first, and how many files are damaged."""
        found: list[Entry] = []
        damaged = 0
        for path in self._files():
            entry = _read(path)
            if entry is None:
                damaged += 1
            else:
                found.append(entry)
        return tuple(found), damaged

    def forget(self, id_: str) -> None:
        """Deletes one. Raises FileError where it is not there."""
        try:
            self._path(id_).unlink()
        except OSError as error:
            raise FileError("This registration is no longer in the history.", detail=repr(error)) from None

    def _files(self) -> list[Path]:
        # The names begin with the time.
        return sorted(self.folder.glob("*.json"), key=lambda path: path.name, reverse=True)

    def _path(self, id_: str) -> Path:
        if not re.fullmatch(r"[0-9a-f-]{1,40}", id_):
            raise FileError("This registration is no longer in the history.")
        return self.folder / f"{id_}.json"


def _read(path: Path) -> Entry | None:
    """The entry in a file; None where it is damaged."""
    try:
        return entry_from_json(json.loads(path.read_bytes()), path.stem)
    except (OSError, ValueError, RecursionError, AppError):
        return None


def golden_answers(answers: Iterable[tuple[str, str, Sequence[Prediction]]]) -> tuple[Golden, ...]:
    """What is kept of answers to images in files: name, place, predictions; of what can be read no more, nothing."""
    kept: list[Golden] = []
    for name, place, predictions in answers:
        if len(kept) == MOST_GOLDEN:
            break
        with contextlib.suppress(ImageError):
            kept.append(golden_of(name, place, _digest(images.read_image(place).data), predictions))
    return tuple(kept)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def since(
    entry: Entry, server: ModelServer, settings: Settings, cancel: CancelToken, on_progress: Callable[[int, int], None]
) -> Since:
    """Asks the server for its classes and for the kept images' answers, and compares.

    Args:
        on_progress: done, of how many calls.

    Raises:
        InputError: nothing says where the server is.
        Cancelled: as soon as the token says so.
    """
    endpoint = entry.registration.endpoint
    if endpoint is None:
        raise InputError("This registration has no address to compare with.")
    calls = 1 + len(entry.golden)
    on_progress(0, calls)
    untold: list[str] = []
    listed, why = _classes(entry, server, settings, cancel)
    untold += [why] * bool(why)
    moved, same = [], 0
    for done, golden in enumerate(entry.golden, 1):
        on_progress(done, calls)
        cancel.raise_if_cancelled()
        try:
            source = images.read_image(golden.place)
        except ImageError as error:
            untold.append(error.sentence)
            continue
        if _digest(source.data) != golden.digest:
            untold.append(f"{golden.name} is a different image now.")
            continue
        answered = infer_image(server, endpoint, settings, source, cancel)
        if answered.answer is None or not answered.good:
            untold.append(f"{golden.name} got no response.")
            continue
        said = compare_golden(golden, answered.answer.predictions)
        moved += [said] * bool(said)
        same += not said
    changes = compare_classes(entry.classes, listed) if listed is not None else None
    return Since(changes, tuple(moved), same, tuple(untold))


def _classes(
    entry: Entry, server: ModelServer, settings: Settings, cancel: CancelToken
) -> tuple[tuple[ClassEntry, ...] | None, str]:
    """What the server lists now, or why that is not known."""
    endpoint = entry.registration.endpoint
    assert endpoint is not None
    seen = server.classes(endpoint, settings, cancel)
    if seen.call.reply is None:
        return None, f"{seen.address.shown} does not respond."
    if seen.call.reply.status != 200:
        return None, f"{seen.address.shown} answers {seen.call.reply.status}."
    try:
        listed = read_classes(seen.call.reply.body).entries
    except JsonError:
        listed = ()
    return (listed, "") if listed else (None, f"{seen.address.shown} lists no classes in V7's format.")
