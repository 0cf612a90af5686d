"""What there is to beat: a bare ``requests`` loop that reads, encodes and sends the same files.

``python -m benchmarks.speed.bare URL WIDTH FOLDER`` prints images a second.
"""

from __future__ import annotations

import base64
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

_held = threading.local()


def send(url: str, path: Path) -> int:
    """One image; how many results came back."""
    if not hasattr(_held, "session"):
        _held.session = requests.Session()
    body = {"image": {"base64": base64.b64encode(path.read_bytes()).decode()}}
    reply = _held.session.post(url, json=body, timeout=60)
    reply.raise_for_status()
    return len(reply.json()["results"])


def main(url: str, width: int, folder: Path) -> None:
    """All files of a folder, so many at a time."""
    paths: Iterator[Path] = iter(sorted(folder.iterdir()))
    first = next(paths)
    send(url, first)
    rest = list(paths)
    start = time.perf_counter()
    with ThreadPoolExecutor(width) as pool:
        list(pool.map(lambda path: send(url, path), rest))
    print(len(rest) / (time.perf_counter() - start))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
