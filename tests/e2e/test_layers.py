"""The import rule bites: a copy of the package with one forbidden import in it is refused, contract by name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.processes import ROOT
from tests.limits import PROCESS

LINT = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs import-linter on the copy in ``folder``."""
    env = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    command = [sys.executable, "-c", LINT, "--no-cache"]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=PROCESS, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its rules, to be spoiled."""
    shutil.copytree(ROOT / "byom_gui", tmp_path / "byom_gui", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_tree_as_it_is_keeps_the_rules(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("services/recent.py", "import PySide6.QtCore", "No Qt below the window"),
        ("core/hit.py", "import PySide6", "No Qt below the window"),
        ("ui/menus.py", "from byom_gui.services import http", "Layers"),
        ("services/recent.py", "from byom_gui.sandbox import model", "Layers"),
        ("core/hit.py", "from byom_gui.services import recent", "Layers"),
        ("core/hit.py", "import socket", "core is free of the outside world"),
        ("app/world.py", "import requests", "requests has one importer"),
    ],
)
def test_a_planted_import_is_found(copy: Path, module: str, line: str, contract: str) -> None:
    place = copy / "byom_gui" / module
    place.write_text(f"{place.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    done = lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in done.stdout
