"""One registration on its way to V7: noted on disk before it is sent, settled by the answer, never two at once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from byom_gui.core.errors import FileError, InputError
from byom_gui.core.ledger import Entry, Unsettled, latest, unsettled
from byom_gui.core.registering import MAYBE_ARRIVED, RegisterOutcome
from byom_gui.services.ledger import Ledger
from byom_gui.services.locks import try_lock
from byom_gui.services.private import private_file, private_folder

_TICK = 0.01
"""Seconds by which the system rounds down when it notes the start of a process."""


def process_started() -> float:
    """When this process began, in seconds since the epoch; this moment where the system does not tell.

    Importing takes long enough that a second command, started at the same time, could otherwise begin to look after the
    first one has ended, and take itself for a later one.
    """
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError, ValueError, IndexError):
        return time.time()
    return time.time() - age + _TICK


def submit(
    entry: Entry,
    send: Callable[[], RegisterOutcome],
    started: float,
    *,
    again: bool = False,
    ledger: Ledger | None = None,
) -> RegisterOutcome:
    """Sends a registration and keeps the history true whatever happens meanwhile, even a power cut.

    Args:
        entry: what is sent, where to and when.
        send: sends it, once.
        started: when the user asked for it, in seconds since the epoch. What another window or command has registered
            since then was asked for at the same time.
        again: send although an earlier one may have arrived.
        ledger: the history; the user's own where not given.

    Raises:
        Unsettled: an earlier or simultaneous one may have arrived. Nothing was sent.
        FileError: it could not be noted. Nothing was sent.
        InputError: from ``send``. Nothing was sent.
        Cancelled: by then it may have arrived, and the history says so.
    """
    ledger = ledger or Ledger()
    with _alone(ledger, entry):
        _check(ledger, entry, started, again)
        try:
            id_ = ledger.add(replace(entry, outcome="unknown"))
        except FileError as error:
            raise FileError(
                f"Nothing was sent, because it could not be recorded first: {error.sentence}", detail=error.detail
            ) from None
        try:
            outcome = send()
        except InputError:
            _forget(ledger, id_)
            raise
        if outcome.kind == "registered":
            # The answer counts, whether or not the disk takes the note; “may have arrived” stays true then.
            with contextlib.suppress(FileError):
                ledger.put(replace(entry, id=id_, outcome="registered", model_url=outcome.model_url))
        elif outcome.kind not in MAYBE_ARRIVED:
            _forget(ledger, id_)
        return outcome


def _forget(ledger: Ledger, id_: str) -> None:
    with contextlib.suppress(FileError):  # it stays as “may have arrived”: a question too many, and no harm
        ledger.forget(id_)


def _check(ledger: Ledger, entry: Entry, started: float, again: bool) -> None:
    last = latest(ledger.entries()[0], entry)
    if last is None:
        return
    if last.outcome == "unknown":
        if not again:
            raise unsettled(last)
    elif ledger.changed_at(last.id) >= started:
        raise Unsettled(f"Another window or command has just registered {_named(entry)}. Nothing was sent from here.")


@contextlib.contextmanager
def _alone(ledger: Ledger, entry: Entry) -> Iterator[None]:
    """Holds the lock of this name in this team; the system frees it when the process ends, however it ends."""
    key = "\0".join((entry.host, entry.team, entry.registration.name.strip()))
    name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    folder = ledger.folder.parent / "sending"
    try:
        private_folder(folder)
        file = private_file(folder / f"{name}.lock")
    except OSError as error:
        why = f"{folder} cannot be written ({error.strerror})."
        raise FileError(
            f"Nothing was sent, because it could not be recorded first: {why}", detail=repr(error)
        ) from None
    # The file stays: deleting it while another process is opening it would give the lock to both.
    with file:
        if not try_lock(file):
            raise Unsettled(
                f"Another window or command is registering {_named(entry)} right now. Nothing was sent from here."
            )
        yield


def _named(entry: Entry) -> str:
    return f"“\u2068{entry.registration.name}\u2069” in “\u2068{entry.team_name}\u2069”"
