"""The own frames between a click on Ping and ``requests``, seen in a real window: every function that is still open."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

SOURCE = str(Path(__file__).resolve().parents[1] / "byom_gui") + os.sep


def _own(frame: FrameType | None) -> list[str]:
    """The modules of our own frames, from the outside in."""
    found: list[str] = []
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(SOURCE):
            found.append(name.removeprefix(SOURCE))
        frame = frame.f_back
    return found[::-1]


def ping_frames() -> list[str]:
    """The module of each own frame on the way, across threads: a new thread goes on where it was started."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtTest import QTest
    from requests.adapters import HTTPAdapter

    from benchmarks.speed.window import Bench
    from byom_gui.sandbox.model_server import ModelServer

    before: dict[threading.Thread, list[str]] = {}
    start, send = threading.Thread.start, HTTPAdapter.send
    seen: list[list[str]] = []

    def so_far() -> list[str]:
        return [*before.get(threading.current_thread(), []), *_own(sys._getframe(2))]

    def starting(thread: threading.Thread) -> None:
        before[thread] = so_far()
        start(thread)

    def sending(adapter: HTTPAdapter, *arguments: Any, **options: Any) -> Any:
        seen.append(so_far())
        return send(adapter, *arguments, **options)

    bench = Bench()
    patched = (patch.object(threading.Thread, "start", starting), patch.object(HTTPAdapter, "send", sending))
    with ModelServer() as server, patched[0], patched[1]:
        bench.window.parts.start.field.setText(server.url)
        bench.window.parts.start.ping_button.click()
        for _ in range(500):
            QTest.qWait(20)
            if seen:
                break
    bench.close()
    return seen[0]
