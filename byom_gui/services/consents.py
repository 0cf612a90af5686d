"""What the user agreed to on this computer: settings of project files, each for one origin. Kept outside projects."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from byom_gui.core.consent import (
    KINDS,
    ConsentState,
    SettingRequest,
    asked_line,
    is_plain,
    requests_of,
    without,
)
from byom_gui.core.endpoint import Origin
from byom_gui.core.errors import InputError
from byom_gui.core.project import Settings
from byom_gui.services.stores import config_folder, write_private

FORMAT = "byom-consents/1"
MOST_CA_BYTES = 8 * 1024 * 1024

_Agreement = tuple[str, SettingRequest]


class Consents:
    """The agreements in ``consents.json``, and those of this session. Safe from any thread.

    A damaged file holds none, so the user is asked again. It is read for each question, as another window may have
    written it.

    Args:
        folder: where ``consents.json`` is; the user's config folder where not given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._session: set[_Agreement] = set()
        self._ignored: set[_Agreement] = set()
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    @property
    def path(self) -> Path:
        """The file."""
        return (self._folder or config_folder()) / "consents.json"

    def look(self, origins: Sequence[Origin], settings: Settings) -> ConsentState:
        """What of the settings is agreed to, ignored, or still to be decided, for all of the origins."""
        if is_plain(settings):
            return ConsentState((), (), settings)
        agreed = self._agreed()
        with self._lock:
            ignored = set(self._ignored)
        open_: list[SettingRequest] = []
        left_out: list[SettingRequest] = []
        for request in requests_of(settings, digest_of):
            keys = {(str(origin), request) for origin in origins}
            if keys <= agreed:
                continue
            (left_out if keys <= ignored else open_).append(request)
        return ConsentState(tuple(open_), tuple(left_out), without(settings, (*open_, *left_out)))

    def permitted(self, origin: Origin, settings: Settings) -> Settings:
        """The settings for a call to this origin, without what the user ignores.

        Raises:
            InputError: something is still to be decided; nothing may be sent.
        """
        state = self.look((origin,), settings)
        if state.asked:
            lines = " ".join(asked_line(request, origin) for request in state.asked)
            raise InputError(
                f"Nothing was sent to {origin}. The project has settings that you have not allowed. {lines} "
                "Decide in the connection bar.",
                where="settings",
            )
        return state.in_force

    def agreed_part(self, origin: Origin, settings: Settings) -> Settings:
        """The settings for a call to this origin, without all that was not agreed to for it."""
        return self.look((origin,), settings).in_force

    def for_images(self, settings: Settings) -> Settings:
        """The settings to fetch an image's address with: a proxy that was agreed to for any origin, or none."""
        known = {request for _, request in self._agreed()} if settings.proxy else set()
        return settings if SettingRequest("proxy", settings.proxy) in known else without_proxy(settings)

    def agree(self, origins: Iterable[Origin], requests: Iterable[SettingRequest], *, remember: bool = True) -> None:
        """Notes that the user agreed to these for each of the origins.

        Args:
            remember: also after this session.

        Raises:
            FileError: it holds for this session, but cannot be kept.
        """
        fresh = {(str(origin), request) for origin in origins for request in requests}
        with self._lock:
            self._ignored -= fresh
            self._session |= fresh
        with self._writing:
            kept = self._read()
            if remember and fresh - kept:
                write_private(self.path, {"format": FORMAT, "agreed": _to_json(kept | fresh)})

    def ignore(self, origins: Iterable[Origin], requests: Iterable[SettingRequest]) -> None:
        """Leaves these settings of the project out for this session."""
        with self._lock:
            self._ignored |= {(str(origin), request) for origin in origins for request in requests}

    def _agreed(self) -> set[_Agreement]:
        with self._lock:
            session = set(self._session)
        return session | self._read()

    def _read(self) -> set[_Agreement]:
        try:
            value = json.loads(self.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return set()
        if not isinstance(value, dict) or value.get("format") != FORMAT or not isinstance(value.get("agreed"), list):
            return set()
        return {found for item in value["agreed"] if (found := _from_json(item)) is not None}


def without_proxy(settings: Settings) -> Settings:
    """The settings without a proxy."""
    return without(settings, (SettingRequest("proxy", settings.proxy),))


def digest_of(ca_file: str) -> str:
    """The digest of a CA file's content; empty where it is no regular file, too large, or cannot be read."""
    try:
        # A pipe must not be waited for.
        handle = os.open(ca_file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return ""
            data = file.read(MOST_CA_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return ""
    return hashlib.sha256(data).hexdigest() if len(data) <= MOST_CA_BYTES else ""


def _to_json(agreements: Iterable[_Agreement]) -> list[dict[str, str]]:
    rows = sorted((origin, request.kind, request.value, request.digest) for origin, request in agreements)
    return [
        {"origin": origin, "setting": kind, "value": value, **({"sha256": digest} if digest else {})}
        for origin, kind, value, digest in rows
    ]


def _from_json(item: Any) -> _Agreement | None:
    if not isinstance(item, dict):
        return None
    texts = [item.get(key, "") for key in ("origin", "value", "sha256")]
    kind = next((each for each in KINDS if each == item.get("setting")), None)
    if kind is None or not all(isinstance(text, str) for text in texts):
        return None
    return texts[0], SettingRequest(kind, texts[1], texts[2])
