"""The real window in a process of its own: a run of images, a big folder, a big answer, many classes.

``python -m benchmarks.speed.window WHAT …`` prints one JSON object.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, QPointF, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.speed import server
from byom_gui import app
from byom_gui.app.world import World
from byom_gui.cli import collect_less
from byom_gui.core.contract import read_answer
from byom_gui.core.image import Raster
from byom_gui.services.secrets import SecretStore
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.panels.paste_dialog import PasteDialog
from byom_gui.ui.tour import Tour, turn

BEAT_MS = 2


def resident() -> float:
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


class Watchdog:
    """How long the event loop was away, at the longest; milliseconds."""

    def __init__(self) -> None:
        self.stalls: list[float] = []
        self._since = QElapsedTimer()
        self._beat = QTimer()
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self._tick)

    def start(self) -> None:
        """From now on."""
        self.stalls.clear()
        self._since.start()
        self._beat.start()

    def _tick(self) -> None:
        self.stalls.append(self._since.nsecsElapsed() / 1e6 - BEAT_MS)
        self._since.start()

    @property
    def longest(self) -> float:
        """The longest stall so far."""
        return max(self.stalls, default=0.0)

    def over(self, milliseconds: float) -> int:
        """How many were longer."""
        return sum(stall > milliseconds for stall in self.stalls)


class Bench:
    """A shown window, its watchdog, and waiting that runs the event loop as the app does."""

    def __init__(self) -> None:
        self.application = app.make_application()
        self.world = World(secrets=SecretStore.session_only())
        self.window: MainWindow = app.make_window(self.world)
        self.window.resize(1440, 900)
        self.window.show()
        self.tour = Tour(self.window, Path())
        self.dog = Watchdog()

    def until(self, holds: Callable[[], bool], seconds: float = 600, each: Callable[[], None] = lambda: None) -> float:
        """Runs the event loop until something holds; seconds that took."""
        start = time.perf_counter()
        while not holds():
            if time.perf_counter() - start > seconds:
                raise TimeoutError
            turn(0.001)
            each()
        return time.perf_counter() - start

    def close(self) -> None:
        """Ends it without questions."""
        self.window.session.dirty = False
        self.window.close()
        self.world.close()


def run(bench: Bench, address: str, folder: str, width: str) -> dict[str, Any]:
    """A folder of images sent ``width`` at a time, thumbnails and overlays included."""
    from dataclasses import replace

    bench.tour.connect(address)
    session = bench.window.session
    session.set_settings(replace(session.settings, concurrency=int(width)))
    count = len(list(Path(folder).iterdir()))
    bench.tour.settle(500)
    bench.dog.start()
    at_200 = 0.0
    done: set[str] = set()

    def look() -> None:
        nonlocal at_200
        if not at_200 and len(done) >= min(200, count // 2):
            at_200 = resident()

    def count_done(preview: Any) -> None:
        if preview.state in ("done", "failed"):
            done.add(preview.ref.id)

    session.preview_changed.connect(count_done)
    start = time.perf_counter()
    bench.tour.drop([Path(folder)])
    bench.until(lambda: len(done) >= count, each=look)
    seconds = time.perf_counter() - start
    bench.tour.settle(500)
    failed = sum(preview.state == "failed" for preview in session.previews.values())
    return {
        "rate": count / seconds,
        "failed": failed,
        "stall": bench.dog.longest,
        "over_50": bench.dog.over(50),
        "memory_200": at_200,
        "memory": resident(),
    }


def _answered(bench: Bench, results: int, points: int) -> None:
    """Shows an answer of so many polygons on a picture of 4000×3000."""
    colours: dict[str, Any] = {}
    predictions = read_answer(server.answer(results, points, (4000, 3000))).predictions
    canvas = bench.window.parts.canvas
    rgba = bytes(range(256)) * (4000 * 3000 * 4 // 256)
    bench.window.parts.show_work(True)
    bench.window.parts.center.show_view("Image")
    bench.tour.settle(200)
    canvas.set_picture(Raster(4000, 3000, rgba, 4000, 3000))
    canvas.set_predictions(predictions, colours)
    bench.window.parts.results.set_predictions(predictions, colours, set())
    bench.tour.settle(300)
    canvas.canvas.settle()
    bench.tour.settle(300)


def _p95(times: list[float]) -> float:
    return sorted(times)[-(-95 * len(times) // 100) - 1]


def _frames(bench: Bench, steps: int = 80) -> list[float]:
    """Milliseconds of each frame while the picture is zoomed and moved, with what the event loop does in between."""
    view = bench.window.parts.canvas.canvas
    times = []
    for step in range(steps):
        start = time.perf_counter()
        if step % 8 < 4:
            view.zoom_by(1.12 if step % 16 < 8 else 1 / 1.12, QPointF(300 + step, 200))
        view.pan(7 if step % 20 < 10 else -7, 3)
        view.repaint()
        times.append((time.perf_counter() - start) * 1000)
        QApplication.processEvents()
    return times


def _sharp(bench: Bench) -> tuple[float, float]:
    """Milliseconds from the last movement to the sharp picture, and the longest slice on the way."""
    view = bench.window.parts.canvas.canvas
    bench.dog.start()
    start = time.perf_counter()
    view.pan(40, 10)
    view.repaint()
    bench.until(lambda: not view.sharp_pending, 60)
    return (time.perf_counter() - start) * 1000, bench.dog.longest


def canvas(bench: Bench, results: str = "1000", points: str = "200") -> dict[str, Any]:
    """Frames while an answer of many points is moved and zoomed, and the sharp picture after it."""
    _answered(bench, int(results), int(points))
    frames = _frames(bench)
    bench.until(lambda: not bench.window.parts.canvas.canvas.sharp_pending, 60)
    sharp, slice_ = _sharp(bench)
    return {"frame_p95": _p95(frames), "frame_median": statistics.median(frames), "sharp": sharp, "slice": slice_}


def slider(bench: Bench, results: str = "10000") -> dict[str, Any]:
    """Steps of the confidence slider over many results, the picture and the list of results painted."""
    _answered(bench, int(results), 8)
    parts = bench.window.parts
    times = []
    for step in range(1, 81):
        start = time.perf_counter()
        parts.canvas.bar.confidence.bars.slider.setValue(step)
        parts.canvas.canvas.repaint()
        QApplication.processEvents()
        times.append((time.perf_counter() - start) * 1000)
    return {"step_p95": _p95(times), "step_median": statistics.median(times)}


def folder(bench: Bench, where: str) -> dict[str, Any]:
    """A folder of images dropped, without an endpoint: until the first thumbnails, and until all are listed."""
    count = len(list(Path(where).iterdir()))
    strip = bench.window.parts.strip
    thumbs: list[float] = []
    bench.window.works.inference.thumbnails.ready.connect(lambda *_: thumbs.append(time.perf_counter()))
    bench.tour.settle(300)
    bench.dog.start()
    start = time.perf_counter()
    bench.tour.drop([Path(where)])
    listed = bench.until(lambda: strip.model.rowCount() >= count)
    bench.until(lambda: len(thumbs) >= 8)
    first = thumbs[7] - start
    bench.tour.settle(2000)
    return {"listed": listed, "first": first, "stall": bench.dog.longest, "images": count}


def classes(bench: Bench, count: str = "10000") -> dict[str, Any]:
    """Many classes pasted, from the paste to the painted list; and a search in them, a key at a time."""
    parts, session = bench.window.parts, bench.window.session
    parts.show_work(True)
    parts.right.show_view("Classes")
    bench.tour.settle(300)
    text = "\n".join(f"class {number:05} {number * 7919 % 10007}, bounding_box" for number in range(int(count)))
    bench.dog.start()
    start = time.perf_counter()
    parts.classes.open_paste()
    dialog = next(each for each in QApplication.topLevelWidgets() if isinstance(each, PasteDialog))
    dialog.text.setPlainText(text)
    bench.until(dialog.add_button.isEnabled)
    dialog.add_button.click()
    bench.until(lambda: len(session.classes) == int(count))
    bench.window.repaint()
    QApplication.processEvents()
    pasted, stall = time.perf_counter() - start, bench.dog.longest
    bench.tour.settle(1500)
    parts.classes.open_search()
    times = []
    for end in range(1, len("class 012") + 1):
        start = time.perf_counter()
        parts.classes.search.setText("class 012"[:end])
        QApplication.processEvents()
        parts.classes.repaint()
        times.append((time.perf_counter() - start) * 1000)
        bench.tour.settle(100)
    return {"pasted": pasted, "stall": stall, "key_max": max(times), "key_median": statistics.median(times)}


WHAT: dict[str, Callable[..., dict[str, Any]]] = {
    "run": run,
    "canvas": canvas,
    "slider": slider,
    "folder": folder,
    "classes": classes,
}


def main(what: str, *words: str) -> None:
    """One measurement."""

    collect_less()
    bench = Bench()
    try:
        print(json.dumps(WHAT[what](bench, *words)))
    finally:
        bench.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
