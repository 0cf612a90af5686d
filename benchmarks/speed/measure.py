"""Every line of docs/performance.md, each measured in processes of its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed import pictures, server
from byom_gui.cli import collect_less

RUNS = 7
AT_ONCE = 8
IMAGES, INFER_IMAGES = 2000, 1000
DROPPED = 10_000
WAITS = (100, 20, 0)

BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
window.show()
QTimer.singleShot(0, lambda: (window.repaint(), QTimer.singleShot(0, {then})))
app.exec()
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what, how it is measured, the figure, its aim, and whether that was met."""

    what: str
    measure: str
    figure: str
    aim: str
    met: bool | None
    note: str = ""


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median time of some runs, after one that does not count."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def process(*words: str) -> Callable[[], str]:
    """A whole process, from start to end; what it says."""
    command = [sys.executable, *words]
    return lambda: subprocess.run(command, check=True, capture_output=True, text=True, env=_environment()).stdout


def _environment() -> dict[str, str]:
    """A home of its own, so that nothing of the user's is read, and no answer of an earlier run is found."""
    home = tempfile.mkdtemp(prefix="byom-bench-")
    return {
        **os.environ,
        "HOME": home,
        "XDG_CACHE_HOME": f"{home}/cache",
        "XDG_STATE_HOME": f"{home}/state",
        "XDG_CONFIG_HOME": f"{home}/config",
    }


def most_memory(*words: str) -> float:
    """Megabytes that a process took at most, to its end."""
    running = subprocess.Popen([sys.executable, *words], env=_environment(), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return used.ru_maxrss * 1024 / 1e6


def window(*words: object) -> dict[str, Any]:
    """One measurement in a window of its own."""
    said = process("-m", "benchmarks.speed.window", *map(str, words))()
    result: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return result


@contextmanager
def serving(wait: int) -> Iterator[str]:
    """A light model server in a process of its own; its address."""
    command = [sys.executable, "-m", "benchmarks.speed.server", str(wait)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        try:
            yield f"http://127.0.0.1:{running.stdout.readline().strip()}/infer"
        finally:
            running.stdin.close()


def start() -> Iterator[Line]:
    """Cold start and memory, over a bare QMainWindow."""
    bare = seconds(process("-c", BARE.format(then="window.close")))
    app = seconds(process("-m", "byom_gui", "--quit-after-first-paint"))
    yield _ratio("cold start to first paint", "process time over a bare QMainWindow's", app / bare, 2.0, f"{app:.2f} s")
    theirs = most_memory("-c", BARE.format(then="window.close"))
    mine = most_memory("-m", "byom_gui", "--quit-after-first-paint")
    yield _ratio("memory at first paint", "resident over a bare QMainWindow's", mine / theirs, 2.0, f"{mine:.0f} MB")


def answers() -> Iterator[Line]:
    """A big answer read and judged, and many files validated; over json.loads of the same bytes."""
    from byom_gui.core.image import ImageSource
    from byom_gui.services.judging import read_saved

    collect_less()  # as the app does
    source = ImageSource("big.jpg", b"", "image/jpeg", 4000, 3000)
    body = server.answer(1600, 200, (4000, 3000))
    loads = seconds(lambda: json.loads(body))
    judged = seconds(lambda: read_saved(body, source))
    what = f"a {len(body) / 1e6:.0f} MB answer: bytes to shapes, schema and values judged"
    yield _ratio(what, "over json.loads", judged / loads, 1.0, f"{judged * 1000:.0f} ms")
    with tempfile.TemporaryDirectory() as folder:
        saved = server.answer(42, 150, (1000, 900))
        paths = [Path(folder, f"{number:04}.json") for number in range(1000)]
        for path in paths:
            path.write_bytes(saved)
        figures = json.loads(process("-m", "benchmarks.speed.validate", folder)())
    what = f"validate, 1,000 answers of {len(saved) / 1000:.0f} kB, without the process's start"
    yield _ratio(what, "over json.loads", figures["validate"] / figures["loads"], 1.0, f"{figures['validate']:.1f} s")


def canvas() -> Iterator[Line]:
    """Frames over a big answer, and the slider over many results."""
    told = window("canvas", 1600, 200)
    what = "a frame while panning and zooming over it, filled, antialiased, on 4000×3000"
    yield _under(what, "p95", told["frame_p95"], 16, "ms")
    yield _under("the sharp image after the movement", "time", told["sharp"], 300, "ms")
    yield _under("the longest slice until then", "event loop", told["slice"], 30, "ms")
    told = window("slider", 10_000)
    yield _under("confidence slider, 10,000 results", "p95 per step", told["step_p95"], 16, "ms")


def run(folder: Path) -> Iterator[Line]:
    """A run of images in the window, against a bare loop."""
    files = folder / "run"
    pictures.make(files, IMAGES)
    for wait in WAITS:
        with serving(wait) as address:
            bare = float(process("-m", "benchmarks.speed.bare", address, str(AT_ONCE), str(files))())
            told = window("run", address, files, AT_ONCE)
        aim = 0.85 if wait == WAITS[0] else None
        what = f"run of {IMAGES:,} images of 2 MP, {AT_ONCE} at once, a server that takes {wait} ms"
        figure = f"{told['rate']:.0f} images per second"
        yield _ratio(what, "over a bare requests loop", told["rate"] / bare, aim, figure, least=True)
        if wait == WAITS[0]:
            note = f"{told['over_50']} of them over 50 ms"
            yield _under("the same: longest stall of the event loop", "watchdog", told["stall"], 50, "ms", note)
            grown = told["memory"] / told["memory_200"]
            yield _ratio("the same: memory at the end", "over that after 200", grown, 1.15, f"{told['memory']:.0f} MB")


def infer(folder: Path) -> Iterator[Line]:
    """The command over the same files."""
    files = folder / "infer"
    pictures.make(files, INFER_IMAGES)
    with serving(WAITS[0]) as address, tempfile.TemporaryDirectory() as out:
        bare = float(process("-m", "benchmarks.speed.bare", address, str(AT_ONCE), str(files))())
        begin = time.perf_counter()
        words = ("--concurrency", str(AT_ONCE), "--no-overlays", "--out", out)
        process("-m", "byom_gui", "infer", address, str(files), *words)()
        rate = INFER_IMAGES / (time.perf_counter() - begin)
    what = f"byom-gui infer over {INFER_IMAGES:,} images, a server that takes {WAITS[0]} ms"
    yield _ratio(what, "over a bare requests loop", rate / bare, 0.85, f"{rate:.0f} images per second", least=True)


def lists(folder: Path) -> Iterator[Line]:
    """A big folder dropped, and many classes."""
    files = folder / "dropped"
    files.mkdir()
    few = pictures.make(folder / "few", 12)
    for number in range(DROPPED):
        os.link(few[number % len(few)], files / f"image-{number:05}.jpg")
    told = window("folder", files)
    yield _under(f"a folder of {DROPPED:,} images dropped: first thumbnails", "time", told["first"], 0.5, "s")
    yield _under("the same: all listed", "time", told["listed"], 2, "s")
    told = window("classes", 10_000)
    yield _under("10,000 classes pasted", "time", told["pasted"], 1, "s")
    yield _under("search in them", "slowest key", told["key_max"], 16, "ms")


def shapes_grow() -> dict[str, list[tuple[int, float]]]:
    """Milliseconds by the number of shapes: reading and judging, and a frame (p95)."""
    from byom_gui.core.image import ImageSource
    from byom_gui.services.judging import read_saved

    source = ImageSource("big.jpg", b"", "image/jpeg", 4000, 3000)
    read, frame = [], []
    for count in (100, 1_000, 10_000, 100_000):
        body = server.answer(count, 12, (4000, 3000))
        read.append((count, seconds(lambda body=body: read_saved(body, source), 3) * 1000))  # type: ignore[misc]
        frame.append((count, float(window("canvas", count, 12)["frame_p95"])))
    return {"read and judged, ms": read, "frame, p95, ms": frame}


def images_grow(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """By the number of images: seconds until all are listed, and milliseconds an image of a run."""
    listed, sent = [], []
    few = pictures.make(folder / "small", 12, (320, 240))
    for count in (100, 1_000, 10_000):
        files = folder / f"grow-{count}"
        files.mkdir()
        for number in range(count):
            target = files / f"image-{number:05}.jpg"
            target.write_bytes(few[number % len(few)].read_bytes() + number.to_bytes(8, "big"))
        listed.append((count, float(window("folder", files)["listed"])))
        with serving(0) as address:
            sent.append((count, 1000 / float(window("run", address, files, AT_ONCE)["rate"])))
    return {"all listed, s": listed, "a run against a server that answers at once, ms an image": sent}


def _ratio(what: str, measure: str, ratio: float, aim: float | None, figure: str, *, least: bool = False) -> Line:
    met = None if aim is None else (ratio >= aim if least else ratio <= aim)
    sign = "≥" if least else "≤"
    return Line(what, measure, f"{ratio:.2f} ({figure})", f"{sign} {aim:g}" if aim else "reported", met)


def _under(what: str, measure: str, value: float, aim: float, unit: str, note: str = "") -> Line:
    shown = f"{value:.2f}" if unit == "s" else f"{value:.0f}"
    return Line(what, measure, f"{shown} {unit}{f', {note}' if note else ''}", f"≤ {aim:g} {unit}", value <= aim)
