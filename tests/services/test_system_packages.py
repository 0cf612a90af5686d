"""Which displays an environment names, and what each needs."""

from __future__ import annotations

import pytest

from byom_gui.services.system_packages import WAYLAND, X11, Needs, for_window, has_display


@pytest.mark.parametrize(
    ("environ", "needs"),
    [
        ({}, []),
        ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, []),
        ({"DISPLAY": ":7"}, [X11]),
        ({"WAYLAND_DISPLAY": "wayland-3"}, [WAYLAND]),
        ({"DISPLAY": ":7", "WAYLAND_DISPLAY": "wayland-3"}, [X11, WAYLAND]),
    ],
)
def test_a_display_is_what_the_environment_names(
    environ: dict[str, str], needs: list[Needs], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert for_window(environ) == needs
    assert has_display(environ) == bool(needs)


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_always_have_one(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert has_display({})
