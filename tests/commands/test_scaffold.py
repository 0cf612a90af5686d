"""``byom-gui scaffold``: what it writes is served by a real process and passes ``byom-gui check``, for each task."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from byom_gui.core.scaffold import TASKS
from tests.commands.processes import SAMPLES, end, run, wait_until


@contextlib.contextmanager
def served(folder: Path, **more: str) -> Iterator[str]:
    """Starts a written project as its README says; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "PORT": str(port), **more}
    with (folder.parent / "serve.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "serve.py", "--local"], cwd=folder, env=env, stderr=log, text=True)
        try:
            wait_until(lambda: answers(port), 60, "the written server")
            yield f"http://127.0.0.1:{port}"
        finally:
            end(process)


def answers(port: int) -> bool:
    """Whether it says that it is well."""
    with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as reply:
        return bool(json.load(reply) == {"status": "ok"})
    return False


@pytest.mark.parametrize("task", TASKS)
def test_what_is_written_passes_the_check(tmp_path: Path, task: str) -> None:
    wrote = run(tmp_path, "scaffold", "mine", "--task", task)
    assert wrote.returncode == 0, wrote.stderr
    assert "model.py" in wrote.stdout.splitlines()
    assert ".venv/bin/python serve.py --local" in wrote.stderr
    with served(tmp_path / "mine") as address:
        done = run(tmp_path, "check", f"{address}/infer", SAMPLES, "--json", "-")
    report = json.loads(done.stdout)
    assert report["verdict"] == "ready", done.stdout
    # What is left is of the place: V7 does not reach this machine, and nothing here is encrypted.
    left = {one["id"] for one in report["findings"]} - {"net.private-address", "net.plain-http", "classes.unseen"}
    assert left == set()
    assert (done.returncode, "Traceback" in (tmp_path / "serve.log").read_text()) == (0, False)


def test_credentials_are_asked_for_and_checked(tmp_path: Path) -> None:
    assert run(tmp_path, "scaffold", "mine", "--task", "tagging").returncode == 0
    secrets = {"SECRET_HEADER": "X-Key", "SECRET": "hush", "BASIC_USER": "v7", "BASIC_PASSWORD": "päss:word"}
    with served(tmp_path / "mine", **secrets) as address:
        words = (
            "check",
            f"{address}/infer",
            SAMPLES,
            "--quick",
            "--user",
            "v7",
            "--secret-header",
            "X-Key",
            "--json",
            "-",
        )
        right = run(tmp_path, *words, BYOM_ENDPOINT_SECRET="hush", BYOM_ENDPOINT_PASSWORD="päss:word")
        wrong = run(tmp_path, *words, BYOM_ENDPOINT_SECRET="hush", BYOM_ENDPOINT_PASSWORD="other")
    assert json.loads(right.stdout)["verdict"] == "ready", right.stdout
    assert json.loads(wrong.stdout)["verdict"] != "ready"
    log = (tmp_path / "serve.log").read_text()
    assert "hush" not in log
    assert "word" not in log


def test_what_can_not_be_done_is_said(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("mine")
    (tmp_path / "odd.json").write_text('{"what": 1}')
    for words, code, said in (
        (("scaffold", "full", "--task", "ocr"), 2, "not empty"),
        (("scaffold", "new", "--from-answer", "odd.json"), 2, "form of this answer"),
        (("scaffold", "new", "--from-answer", "none.json"), 2, "none.json"),
        (("scaffold", "new"), 2, "--task"),
        (("scaffold", "new", "--task", "tagging", "--example"), 2, "example for ocr only"),
    ):
        done = run(tmp_path, *words)
        assert (done.returncode, said in done.stderr) == (code, True), (words, done.stderr)
    assert not (tmp_path / "new").exists()
