"""The parts of ``dev.py dist`` that can be tried without building anything; the build itself is its own proof."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.shipping import dist
from benchmarks.torture.row import Row

SOUND = [f"byom-gui/{name}x" if name.endswith("/") else f"byom-gui/{name}" for name in dist.NEEDED]


def test_what_is_missing_and_what_is_too_much_is_named() -> None:
    assert dist.missing(SOUND) == []
    assert dist.missing(SOUND[1:]) == [dist.NEEDED[0]]
    assert dist.strays([*SOUND, "byom_gui/ui/session.py"]) == []
    assert dist.strays(["resources/scaffold/.ruff_cache/0", "a/__pycache__/b.pyc", "serve.log"]) != []
    # What PyInstaller takes from Python itself may be called anything.
    assert dist.strays(["_internal/numpy/__pycache__/x.pyc"]) == []


def test_sizes_count_files_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(1_500_000))
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert dist.size(tmp_path) == dist.size(tmp_path / "a") == "1.5 MB"


def test_the_page_says_what_fell_short(tmp_path: Path) -> None:
    built = dist.Built(*(tmp_path / name for name in ("w", "s", "f")))
    for place in (built.wheel, built.sdist, built.frozen):
        place.write_bytes(b"")
    text = dist.section(built, [Row("a", "how", 3, "it ran"), Row("b", "how", 0, "not tried", "no root here")])
    assert text.startswith(dist.HEADING)
    assert "| a | how | 3 | it ran |" in text
    assert "| b | how | 0 | not tried. **Fell short:** no root here |" in text


def test_a_build_is_tried_by_the_committed_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str]] = []

    def group(line: str, how: str, *tests: str) -> Row:
        seen.append((os.environ["BYOM_PROGRAM"], os.environ["BYOM_UID"]))
        assert tests == dist.JOB
        return Row(line, how, 1, "held")

    monkeypatch.delenv("BYOM_PROGRAM", raising=False)
    monkeypatch.setattr(dist, "group", group)
    assert dist.tried("it", "how", "/somewhere/byom-gui", 7).happened == "held"
    assert seen == [("/somewhere/byom-gui", "7")]
    assert "BYOM_PROGRAM" not in os.environ
