"""The packages that a user gets: a clean environment with byom-gui and what it needs, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN = "byom-gui"


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package, as its own metadata tells it.

    Args:
        licence: an SPDX expression where the metadata allows one, else its own words, else nothing.
        texts: the licence texts that it brings, name and text.
        sboms: the lists of parts that its wheel was built from, where it brings some.
    """

    name: str
    version: str
    licence: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    sboms: tuple[Path, ...] = ()


def key(name: str) -> str:
    """A package's name as an index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def python_of(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def clean_environment(place: Path, *wanted: str) -> Path:
    """Makes an environment anew with the pinned packages and without pip; returns its interpreter.

    Args:
        wanted: what pip is asked for: a folder, a wheel, a name.
    """
    shutil.rmtree(place, ignore_errors=True)
    venv.create(place, with_pip=False, symlinks=sys.platform != "win32")
    python = python_of(place)
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*command, "-c", str(ROOT / "constraints.txt"), *wanted], check=True)
    return python


def site_packages(python: Path) -> Path:
    """Where an interpreter's packages are."""
    command = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def installed(site: Path) -> tuple[Package, ...]:
    """The packages in a folder, by name."""
    found = (_package(one) for one in distributions(path=[str(site)]))
    return tuple(sorted(found, key=lambda package: key(package.name)))


CLASSIFIED = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "ISC License (ISCL)": "ISC",
}
_TEXT = re.compile(r"(?:^|/)(?:licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)


def _package(found: Distribution) -> Package:
    inside = [file for file in found.files or () if file.parts and file.parts[0].endswith(".dist-info")]
    texts = tuple(
        (file.name, Path(str(found.locate_file(file))).read_text(encoding="utf-8", errors="replace"))
        for file in inside
        if _TEXT.search(file.as_posix())
    )
    sboms = tuple(Path(str(found.locate_file(file))) for file in inside if "sboms" in file.parts)
    return Package(found.name, found.version, _licence(found), texts, sboms)


def _licence(found: Distribution) -> str:
    told = found.metadata.get_all("License-Expression") or found.metadata.get_all("License") or [""]
    words = str(told[0]).strip()
    if words and "\n" not in words:
        return words
    classified = (line.rpartition(" :: ")[2] for line in found.metadata.get_all("Classifier") or ())
    return " AND ".join(CLASSIFIED[name] for name in classified if name in CLASSIFIED)
