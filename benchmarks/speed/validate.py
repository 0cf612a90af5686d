"""``byom-gui validate`` over a folder, without the start of its process, and ``json.loads`` of the same bytes."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from pathlib import Path

from byom_gui.cli import main


def timed(folder: Path) -> dict[str, float]:
    """Seconds of each, files read from the disk's cache both times."""
    paths = sorted(map(str, folder.iterdir()))
    main(["validate", paths[0]])
    start = time.perf_counter()
    for path in paths:
        json.loads(Path(path).read_bytes())
    loads = time.perf_counter() - start
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        main(["validate", *paths])
    return {"loads": loads, "validate": time.perf_counter() - start}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        told = timed(Path(sys.argv[1]))
    print(json.dumps(told))
