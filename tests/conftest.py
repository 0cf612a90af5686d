"""What holds for every test: no screen is needed, and no test leaves a thread or a connection behind."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt

import shutil
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PROGRAMS = {
    "keyring": ("dbus-daemon", "dbus-run-session", "gnome-keyring-daemon"),
    "xvfb": ("Xvfb", "openbox", "xdotool"),
}
"""By a test's mark, the programs without which it is skipped."""


def absent(marks: Iterable[str]) -> list[str]:
    """The programs that tests with these marks need and this computer lacks."""
    return [name for mark in marks for name in PROGRAMS.get(mark, ()) if shutil.which(name) is None]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what needs a program that is not installed."""
    if names := absent(mark.name for mark in item.iter_markers()):
        pytest.skip(f"not installed: {', '.join(names)}")


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The app's own application object; imported only where a test asks for Qt."""
    from byom_gui.ui.application import Application

    return Application


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's own, with more patience."""
    from tests.patient_qtbot import PatientQtBot

    return PatientQtBot(request)


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """After each test no thread is left that would keep the process from ending."""
    before = set(threading.enumerate())
    yield
    http = sys.modules.get("byom_gui.services.http")
    if http is not None:
        http.close_idle()
    end = time.monotonic() + 5
    while leaked := _lasting(before):
        if time.monotonic() > end:
            pytest.fail(f"threads left behind: {[thread.name for thread in leaked]}")
        leaked[0].join(0.05)


def _lasting(before: set[threading.Thread]) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
