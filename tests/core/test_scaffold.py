"""Names of new projects, and the commands that start them."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from byom_gui.core.scaffold import Scaffold, next_steps


@pytest.mark.parametrize(
    ("folder", "name"), [("My Model", "my-model"), ("..", "model"), ("a/Zellen (2)", "zellen-2"), ("ü", "model")]
)
def test_a_project_is_named_after_its_folder(folder: str, name: str) -> None:
    assert Scaffold(PurePosixPath(folder), "tagging").name == name


def test_the_commands_can_be_pasted() -> None:
    assert next_steps(PurePosixPath("/a b/c"))[0] == "cd '/a b/c'"
    assert next_steps(PureWindowsPath("C:/a b/c"), windows=True)[0] == 'cd /d "C:\\a b\\c"'
