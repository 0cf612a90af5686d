"""``byom-gui sandbox`` with several teams and trouble on demand."""

from __future__ import annotations

from pathlib import Path

from tests.commands.processes import KEY, first_line, run, started, wait_until


def test_teams_are_told_with_their_keys(tmp_path: Path) -> None:
    with started(
        tmp_path, "sandbox", "--team", "lab", "--team", "guest:read", "--fail", "503", BYOM_V7_API_KEY=KEY
    ) as it:
        assert first_line(it).startswith("http://127.0.0.1:")
        said = tmp_path / "sandbox.stderr"
        wait_until(lambda: "guest" in said.read_text(), what="the second team")
        text = said.read_text()
    assert "Key of Lab (lab): the one in BYOM_V7_API_KEY" in text
    assert "(guest): " in text
    assert "; read-only" in text
    assert KEY not in text


def test_what_can_not_be_played_is_said(tmp_path: Path) -> None:
    for words in (("--fail", "200"), ("--fail", "503*x"), ("--team", "a", "--team", "a")):
        done = run(tmp_path, "sandbox", *words)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False)
