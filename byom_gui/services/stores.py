"""Small private files of the app itself: the API profile as the user confirmed it, the last check of an endpoint."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from byom_gui.core.endpoint import Endpoint
from byom_gui.core.errors import AppError, FileError
from byom_gui.core.profile import ApiProfile, default_profile
from byom_gui.core.teams import KnownTeam, teams_from_json, teams_to_json
from byom_gui.services.files import atomic_write, to_bytes
from byom_gui.services.private import private_folder

KEPT_REPORTS = 50


def config_folder() -> Path:
    """The user's folder for settings of this app."""
    import platformdirs

    return platformdirs.user_config_path("byom-gui", appauthor=False)


def state_folder() -> Path:
    """The user's folder for what the app remembers."""
    import platformdirs

    return platformdirs.user_state_path("byom-gui", appauthor=False)


def load_profile(folder: Path | None = None) -> ApiProfile:
    """The API profile that the user confirmed or edited, else the packaged assumption."""
    try:
        return ApiProfile.from_json(json.loads(_profile_file(folder).read_bytes()))
    except (OSError, ValueError, RecursionError, AppError):
        # A damaged file of ours is no reason to stop: the assumption is what a new user has, and is shown as one.
        return default_profile()


def save_profile(profile: ApiProfile, folder: Path | None = None) -> None:
    """Keeps the profile for every project. Raises FileError."""
    write_private(_profile_file(folder), profile.to_json())


def load_teams(folder: Path | None = None) -> tuple[KnownTeam, ...]:
    """The teams whose keys were given; a damaged file holds none."""
    try:
        return teams_from_json(json.loads(_teams_file(folder).read_bytes()))
    except (OSError, ValueError, RecursionError):
        return ()


def save_teams(teams: Iterable[KnownTeam], folder: Path | None = None) -> None:
    """Keeps them. Raises FileError."""
    write_private(_teams_file(folder), teams_to_json(teams))


def _teams_file(folder: Path | None) -> Path:
    return (folder or config_folder()) / "teams.json"


def _profile_file(folder: Path | None) -> Path:
    return (folder or config_folder()) / "api-profile.json"


def save_report(endpoint: Endpoint, report: Mapping[str, Any], folder: Path | None = None) -> None:
    """Keeps the last check's report of an endpoint, for ``export --with-check``; the oldest of too many are deleted.

    Raises:
        FileError: it can not be kept; the caller still has the check, and must not lose it over this.
    """
    target = _report_file(endpoint, folder)
    write_private(target, report)
    with contextlib.suppress(OSError):  # another run may tidy up at the same time
        reports = sorted(target.parent.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        for old in reports[:-KEPT_REPORTS]:
            old.unlink(missing_ok=True)


def load_report(endpoint: Endpoint, folder: Path | None = None) -> dict[str, Any] | None:
    """The last check's report of an endpoint, or None where it was never checked here."""
    try:
        report = json.loads(_report_file(endpoint, folder).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return report if isinstance(report, dict) else None


def _report_file(endpoint: Endpoint, folder: Path | None) -> Path:
    name = hashlib.sha256(endpoint.infer.stored.encode()).hexdigest()[:32]
    return (folder or state_folder()) / "checks" / f"{name}.json"


def write_private(path: Path, value: Mapping[str, Any]) -> None:
    """Writes a file of ours that only the user can read. Raises FileError."""
    try:
        private_folder(path.parent)
    except OSError as error:
        raise FileError(
            f"The folder {path.parent} could not be created: {error.strerror}.", where=str(path), detail=repr(error)
        ) from None
    atomic_write(path, to_bytes(value), private=True)
