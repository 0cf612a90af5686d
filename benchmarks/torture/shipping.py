"""What is shipped: built, tried as a stranger would, and audited. The rows of ``dev.py dist``, and one of the audit."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

from benchmarks.shipping.dist import RECORD
from benchmarks.torture.groups import ROOT, group
from benchmarks.torture.row import Row

_FELL = {
    0: "",
    1: "a known vulnerability, a licence that is not on the list, or a gap in the SBOM",
    3: "the service that knows vulnerabilities could not be asked about every package, so nothing is proved of those",
}


def run(say: Callable[[str], None]) -> list[Row]:
    """All rows of this part."""
    say("dist, some minutes")
    subprocess.run([sys.executable, "-m", "benchmarks.shipping.dist"], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    rows = [Row(**row) for row in json.loads(RECORD.read_text("utf-8"))]
    rows.append(
        group("menu entry and project type on Linux", "installed and taken back; Qt's reader of types asked",
              "tests/services/test_linux_menu.py", "tests/ui/test_application.py")
    )  # fmt: skip
    rows.append(
        group("the written OCR example", "served: it reads a page with its real model, and check says READY",
              "tests/commands/test_scaffold.py", "-k", "real_model")
    )  # fmt: skip
    say("audit")
    done = subprocess.run([sys.executable, "-m", "benchmarks.shipping.audit"], cwd=ROOT, capture_output=True, text=True)
    told = [line for line in done.stdout.splitlines() if not line.startswith(("Installing", "Written"))]
    short = _FELL.get(done.returncode, f"it ended with {done.returncode}")
    rows.append(
        Row("audit", "vulnerabilities, licences, SBOM of what is shipped", 1, " ".join(told).rstrip("."), short)
    )
    return rows
