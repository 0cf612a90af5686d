"""Rate and time left of a run."""

from __future__ import annotations

import pytest

from byom_gui.core.pace import pace_text


@pytest.mark.parametrize(
    ("done", "total", "seconds", "text"),
    [
        (83, 1000, 10.0, "8.3 per second · 1:50 left"),
        (500, 2000, 10.0, "50 per second · 0:30 left"),
        (5, 10, 20.0, "15 per minute · 0:20 left"),
        (2, 1000, 20.0, "6 per minute · 2:46:20 left"),
        (2, 4, 400.0, "under 1 per minute · 6:40 left"),
    ],
)
def test_rate_and_time_left(done: int, total: int, seconds: float, text: str) -> None:
    assert pace_text(done, total, seconds) == text


@pytest.mark.parametrize(("done", "total", "seconds"), [(1, 10, 5.0), (5, 10, 0.9), (10, 10, 5.0), (0, 0, 0.0)])
def test_silent_while_there_is_too_little_to_tell_from(done: int, total: int, seconds: float) -> None:
    assert pace_text(done, total, seconds) == ""
