"""What holds for every test: no screen is needed, and no test leaves a thread or a connection behind."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt

import sys
import threading
import time
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The app's own application object; imported only where a test asks for Qt."""
    from byom_gui.ui.application import Application

    return Application


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
