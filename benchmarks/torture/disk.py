"""Disk: killed at any moment, full, read-only. The old or the new file is whole, and what was there is offered."""

from __future__ import annotations

import os
import random
import resource
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.torture.groups import group
from benchmarks.torture.row import Row
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.diagnosis import diagnose, read_call
from byom_gui.core.endpoint import Endpoint, parse_address
from byom_gui.core.errors import AppError, FileError
from byom_gui.core.image import ImageRef
from byom_gui.core.observations import Observations
from byom_gui.core.project import Project
from byom_gui.core.registration import Registration
from byom_gui.core.report import CheckReport
from byom_gui.services.autosave import Autosaves
from byom_gui.services.files import load_project, save_project
from byom_gui.services.judging import read_saved
from byom_gui.services.report_files import write_report

KILLS = 200
WRITES = 4.0
"""A kill comes within the time of so many writes."""
NOBODY = 65534
OLD, NEW, NEVER = "old", "new", "never written"

Write = Callable[[Path, str], None]
Read = Callable[[Path], str]


def project(name: str) -> Project:
    """A project of some 200 kB."""
    endpoint = Endpoint(parse_address("https://models.example.org/infer").address)
    classes = ClassList(tuple(ClassEntry(f"{name} class {number}", "polygon") for number in range(1500)))
    images = tuple(ImageRef(f"i{at}", "file", f"/pictures/{name}-{at}.png", f"{at}.png") for at in range(800))
    return Project(Registration(name, endpoint, classes), images)


def report(name: str) -> CheckReport:
    """A report with many findings."""
    results = ", ".join(f'{{"name": "{name} {at}", "label": "x", "confidence": 7, "tag": {{}}}}' for at in range(40))
    answered = read_saved(f'{{"status": "succeeded", "results": [{results}]}}'.encode(), None)
    endpoint = Endpoint(parse_address("https://models.example.org/infer").address)
    observations = Observations(endpoint, None, (replace(answered.call, started=datetime.now(UTC)),))
    again = read_call(observations.calls[0])
    found = diagnose(observations, [again], None)
    return CheckReport(observations, (again,), found, (), {"count": 1.0}, "not-ready", 1)


def run(say: Callable[[str], None]) -> list[Row]:
    """All rows of this part."""
    projects = {name: project(name) for name in (OLD, NEW)}
    reports = {name: report(name) for name in (OLD, NEW)}
    kinds: dict[str, tuple[str, Write, Read]] = {
        "saving a project": (
            "a.byom.json",
            lambda path, name: save_project(path, projects[name]),
            lambda path: load_project(path).registration.name,
        ),
        "autosaving": ("autosave", lambda path, name: _autosave(path, projects[name]), _recovered),
        **{
            f"writing a report, {suffix}": (
                f"report.{suffix}",
                lambda path, name: write_report(path, reports[name], ()),
                _which,
            )
            for suffix in ("json", "html", "xml")
        },
    }
    rows = []
    for line, (file, write, read) in kinds.items():
        rows.append(killed(line, file, write, read))
        say(f"{rows[-1].line}: {rows[-1].happened}")
    rows += [full(projects[OLD]), read_only(projects[OLD])]
    rows.append(group("two windows on one project", "a real second process, killed; a file that another program wrote",
                      "tests/services/test_locks.py", "tests/ui/test_two_windows.py"))  # fmt: skip
    rows.append(group("what was left is offered", "autosaves of sessions that ended, run on, or are damaged",
                      "tests/services/test_autosave.py", "tests/e2e/test_crash.py"))  # fmt: skip
    return rows


_sessions: dict[Path, Autosaves] = {}


def _autosave(folder: Path, made: Project) -> None:
    """One session's autosave, over and over."""
    _sessions.setdefault(folder, Autosaves(folder)).autosave(made, None)


def _recovered(folder: Path) -> str:
    """Which of the two is offered; of each session one, and all are whole."""
    autosaves = Autosaves(folder)
    left = autosaves.recoverable()
    if len(left) != len(list(folder.glob("*.json"))):
        raise FileError("an autosave is damaged")
    for item in left:
        autosaves.discard(item)
    return left[0].project.registration.name if left else NEVER


def _which(path: Path) -> str:
    text = path.read_text("utf-8")
    ends = {".json": "}", ".html": "</html>", ".xml": ">"}[path.suffix]
    if not text.rstrip().endswith(ends):
        raise FileError("the report is cut off")
    return NEW if f"{NEW} 0" in text else OLD


def killed(line: str, file: str, write: Write, read: Read) -> Row:
    """A child writes old and new in turn; it is killed at a random moment, and what is there is read."""
    dice = random.Random(line)
    damaged, seen = [], {OLD: 0, NEW: 0, NEVER: 0}
    with tempfile.TemporaryDirectory(prefix="byom-torture-") as name:
        path = Path(name, "place", file)
        path.parent.mkdir()
        write(path, OLD)
        begin = time.perf_counter()
        write(path, OLD)
        longest = WRITES * (time.perf_counter() - begin)
        _sessions.clear()
        for _ in range(KILLS):
            _kill_at_random(path, write, dice.uniform(0, longest))
            try:
                seen[read(path)] += 1
            except (AppError, OSError, ValueError, KeyError) as error:
                damaged.append(str(error))
    happened = f"whole each time: {seen[OLD]} × the one, {seen[NEW]} × the other"
    happened += f", {seen[NEVER]} × not yet there" if seen[NEVER] else ""
    if damaged:
        return Row(line, "kill -9 at a random moment", KILLS, happened, f"{len(damaged)} damaged: {damaged[0]}")
    return Row(line, "kill -9 at a random moment", KILLS, happened)


def _kill_at_random(path: Path, write: Write, seconds: float) -> None:
    child = os.fork()
    if child == 0:
        try:
            while True:
                for name in (OLD, NEW):
                    write(path, name)
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _in_child(work: Callable[[], None]) -> bool:
    """Whether work failed with a FileError that says what to do; in a child, as it gives up rights."""
    child = os.fork()
    if child == 0:
        code = 2
        try:
            work()
            code = 1
        except FileError as error:
            code = 0 if error.sentence.endswith(".") else 3
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def full(made: Project) -> Row:
    """No room: the write fails part way, as on a full disk."""

    def work(path: Path, limit: int) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        save_project(path, made)

    return _refused("a disk that is full", "no room after 0, 1, 4,096, 50,000 bytes", work, (0, 1, 4096, 50_000))


def read_only(made: Project) -> Row:
    """A folder that may not be written."""

    def work(path: Path, _: int) -> None:
        path.parent.chmod(0o555)
        if os.getuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        save_project(path, made)

    return _refused("a folder that may not be written", "as a user who may only read it", work, (0,))


def _refused(line: str, tried: str, work: Callable[[Path, int], None], limits: tuple[int, ...]) -> Row:
    wrong = []
    for limit in limits:
        with tempfile.TemporaryDirectory(prefix="byom-torture-") as name:
            Path(name).chmod(0o755)
            path = Path(name, "place", "a.byom.json")
            path.parent.mkdir()
            save_project(path, project(NEW))
            before = path.read_bytes()
            if not _in_child(lambda path=path, limit=limit: work(path, limit)):  # type: ignore[misc]
                wrong.append(f"{limit}: no sentence")
            if path.read_bytes() != before or len(list(path.parent.iterdir())) != 1:
                wrong.append(f"{limit}: the old file was touched, or something was left")
            path.parent.chmod(0o755)
    return Row(line, tried, len(limits), "a sentence says so; the old file is as it was, nothing else is left",
               "; ".join(wrong))  # fmt: skip
