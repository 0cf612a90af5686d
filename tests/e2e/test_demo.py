"""The window without a screen: the demonstration's walk, and the start that only paints."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from tests.commands.processes import run

COLOURS = 200
"""A page of plain text and buttons has more shades than this; a blank or torn picture has a handful."""


def test_the_demo_leaves_a_sound_registration_and_pictures_of_each_step(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--headless", "--out", "out")
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out"
    assert done.stdout.splitlines() == [
        str(Path("out") / path.name) for path in (out / "registration.json", *sorted(out.glob("*.png")))
    ]
    assert "The model is registered." in done.stderr
    assert "Warning" not in done.stderr

    seen = set()
    for path in sorted(out.glob("*.png")):
        with Image.open(path) as picture:
            assert picture.size == (1440, 900)
            pixels = picture.convert("RGB")
            colours = pixels.getcolors(maxcolors=1 << 24)
        assert colours is not None
        assert len(colours) > COLOURS, path.name
        seen.add(pixels.tobytes())
    assert len(seen) >= 6, "pictures of different steps differ"

    registration = json.loads((out / "registration.json").read_text(encoding="utf-8"))
    assert registration["name"] == "practice-model"
    assert len(registration["classes"]) == 9
    judged = run(tmp_path, "validate", "out/registration.json", "--json", "-")
    assert judged.returncode == 0, judged.stdout
    files = json.loads(judged.stdout)["files"]
    assert [(one["kind"], one["findings"]) for one in files] == [("registration", [])]
    # fontconfig keeps a cache of its own where the system's may not be written.
    files_left = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    left = [path.parts[0] for path in files_left if path.parts[:2] != (".cache", "fontconfig")]
    assert set(left) == {"out"}, "the walk keeps its settings to itself"


def test_quit_after_first_paint_ends_by_itself_and_leaves_nothing_to_say(tmp_path: Path) -> None:
    done = run(tmp_path, "--quit-after-first-paint")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_a_display_demo_walks_by_itself(tmp_path: Path) -> None:
    # The folder can not be made, so that the walk shows its face without being walked.
    (tmp_path / "out").write_text("in the way")
    done = run(tmp_path, "demo", "--out", "out")
    assert done.returncode == 2
    assert "out" in done.stderr
    assert "Traceback" not in done.stderr
