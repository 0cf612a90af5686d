"""With umask 000, what the app creates for itself is the user's alone; what the user asked for follows the umask."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from byom_gui.sandbox.model_server import ModelServer
from tests.commands.processes import KEY, SAMPLES, byom, end, environment, first_line

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")


def begin(folder: Path, *words: str | Path, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        byom(*words),
        env=environment(folder, **more),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        umask=0,
    )


def call(folder: Path, code: int, *words: str | Path, **more: str) -> None:
    process = begin(folder, *words, **more)
    out, errors = process.communicate(timeout=90)
    assert process.returncode == code, (words, out, errors)


def open_to_others(folder: Path) -> list[str]:
    """What others may read, write or enter below a folder, with its mode; without fontconfig's own cache."""
    theirs = folder / ".cache" / "fontconfig"
    return sorted(
        f"{oct(stat.S_IMODE(each.lstat().st_mode))} {each.relative_to(folder)}"
        for each in folder.rglob("*")
        if not each.is_symlink()
        and each.lstat().st_mode & 0o077
        and theirs not in (each, *each.parents)
        and not (each == theirs.parent and theirs.exists())  # whoever comes first makes it
    )


def test_a_whole_session_leaves_nothing_that_others_may_open(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    work = home / "exports"
    work.mkdir()
    record = home / "record.jsonl"
    record.touch(mode=0o644)
    record.chmod(0o666)
    sandbox = begin(home, "sandbox", "--record", record, BYOM_V7_API_KEY=KEY)
    try:
        v7 = {"DARWIN_BASE_URL": first_line(sandbox), "BYOM_V7_API_KEY": KEY}
        with ModelServer() as model:
            project = work / "p.byom.json"
            listed = model.url.removesuffix("infer") + "classes"
            call(home, 0, "new", model.url, "--classes-url", listed, "--name", "bolts", "-o", project)
            call(
                home, 0, "check", "--project", project, SAMPLES / "neuron.jpg", "--json", work / "check.json", "--quick"
            )
            call(
                home, 0, "infer", model.url, SAMPLES / "neuron.jpg", "--out", work / "out", "--coco", work / "coco.json"
            )
            call(home, 0, "export", project, "-o", work / "e.json", "--with-check")
            call(home, 0, "scaffold", work / "server", "--task", "tagging")
            call(home, 0, "register", project, **v7)
            call(home, 0, "history", "--json", work / "history.json")
            call(home, 0, "demo", "--headless", "--out", work / "demo", **v7)
            window = begin(home, project, **v7)
            try:
                for place in ("log", "open"):
                    _appears(home, window, place)
            finally:
                end(window, signal.SIGKILL)
            call(home, 0, "--quit-after-first-paint", **v7)
    finally:
        end(sandbox)
    exported = {each.name: stat.S_IMODE(each.stat().st_mode) for each in work.iterdir()}
    assert exported["p.byom.json"] == exported["check.json"] == exported["e.json"] == 0o666
    assert exported["out"] == exported["server"] == 0o777
    made = [each for each in home.rglob("*") if work not in (each, *each.parents)]
    assert {"ledger", "checks", "log", "open", "sending"} <= {each.name for each in made if each.is_dir()}
    assert [line for line in open_to_others(home) if not line.partition(" ")[2].startswith("exports")] == []
    assert json.loads(record.read_text().splitlines()[0])["method"] == "GET"


def _appears(home: Path, window: subprocess.Popen[str], name: str) -> None:
    from tests.commands.processes import wait_until

    def there() -> bool:
        assert window.poll() is None, "the window is open"
        return any(path.is_dir() for path in home.rglob(name) if "exports" not in path.parts)

    wait_until(there, 60, name)
