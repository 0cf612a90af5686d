"""A pytest plugin that writes how long each test took, in seconds by name, and which tests failed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds ``--durations-to FILE``."""
    parser.addoption("--durations-to", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    """Not in the workers of pytest-xdist: their reports reach the one process that started them."""
    if config.option.durations_to and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Timing(config.option.durations_to))


def plain(name: str) -> str:
    """A test's name without the group that pytest-xdist appends."""
    return re.sub(r"@[\w-]+$", "", name)


class _Timing:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._seconds: dict[str, float] = {}
        self._failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of a test is over."""
        name = plain(report.nodeid)
        self._seconds[name] = self._seconds.get(name, 0.0) + report.duration
        if report.failed:
            self._failed.append(name)

    def pytest_sessionfinish(self) -> None:
        """All tests are over."""
        self._file.write_text(json.dumps({"seconds": self._seconds, "failed": self._failed}), encoding="utf-8")
