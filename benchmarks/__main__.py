"""``python3 dev.py bench``: speed, as ratios within one run where a machine's own speed would enter."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
window.show()
QTimer.singleShot(0, lambda: (window.repaint(), QTimer.singleShot(0, window.close)))
app.exec()
"""
RUNS = 5


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median time of some runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def process(*words: str) -> Callable[[], object]:
    """A whole process, from start to end."""
    return lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True)


def big_answer(results: int = 1000, points: int = 200) -> bytes:
    """An answer of about 10 MB: polygons of many points."""
    path = [{"x": 100.123456 + i, "y": 200.654321 + i * 0.5} for i in range(points)]
    one = {"name": "nucleus", "label": "nucleus", "confidence": 0.9, "polygon": {"path": path}}
    return json.dumps({"status": "succeeded", "results": [one] * results}).encode()


def main() -> int:
    """Measures and prints a table."""
    from byom_gui.core.contract import read_answer

    rows: list[tuple[str, str]] = []
    bare = seconds(process("-c", BARE))
    app = seconds(process("-m", "byom_gui", "--quit-after-first-paint"))
    rows.append(("cold start to first paint over a bare QMainWindow", f"{app / bare:.2f} ({app * 1000:.0f} ms)"))
    body = big_answer()
    loads = seconds(lambda: json.loads(body))
    judged = seconds(lambda: read_answer(body))
    size = len(body) / 1e6
    rows.append((f"a {size:.0f} MB answer read and judged, over json.loads", f"{judged / loads:.2f}"))
    rows.append(("byom-gui --help, whole process", f"{seconds(process('-m', 'byom_gui', '--help')) * 1000:.0f} ms"))
    wide = max(len(name) for name, _ in rows)
    for name, figure in rows:
        print(f"{name:<{wide}}  {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
