"""The log and crash reports: private, bounded, scrubbed; what nobody caught leaves a report."""

from __future__ import annotations

import logging
import logging.handlers
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from byom_gui.core.redact import Redactor
from byom_gui.services import log
from byom_gui.services.log import Crashes, Log, clean

SECRET = "hush+marked/secret"
SCRUB = Redactor([SECRET]).scrub
NAME = logging.getLogger("byom_gui.tests")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Log]:
    made = Log(SCRUB, tmp_path / "log")
    assert made.start()
    yield made
    made.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_lines_are_written_scrubbed_into_private_files(running: Log) -> None:
    NAME.info("sent %s to %s", SECRET, "https://models.acme.io/infer?api_key=abc&b=2")
    try:
        raise ValueError(f"body was {SECRET}")
    except ValueError:
        NAME.exception("it broke")
    NAME.debug("nobody asked")
    running.close()
    text = (running.folder / "byom-gui.log").read_text(encoding="utf-8")
    assert "sent •••••••• to https://models.acme.io/infer?…" in text
    assert "ValueError: body was ••••••••" in text
    assert SECRET not in text
    assert "api_key" not in text
    assert "nobody asked" not in text
    assert {mode(path) for path in running.folder.iterdir()} == {0o600}
    assert mode(running.folder) == 0o700


def test_the_log_is_bounded_and_stays_private(running: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    line = "x" * 10_000
    for _ in range(3 * log.KEPT_LOGS * log.LOG_BYTES // len(line) // 2):
        NAME.info(line)
    running.close()
    files = sorted(running.folder.glob("byom-gui.log*"))
    assert len(files) == log.KEPT_LOGS
    assert sum(path.stat().st_size for path in files) <= log.KEPT_LOGS * log.LOG_BYTES
    assert {mode(path) for path in files} == {0o600}


def test_nothing_is_left_behind_when_it_ends(running: Log) -> None:
    before = threading.active_count()
    running.close()
    running.close()
    root = logging.getLogger("byom_gui")
    assert not [each for each in root.handlers if isinstance(each, logging.handlers.QueueHandler)]
    assert (root.propagate, root.level) == (True, logging.NOTSET)
    assert threading.active_count() == before - 1


def test_a_folder_that_can_not_be_made_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not Log(SCRUB, tmp_path / "file" / "log").start()


def test_text_loses_secrets_query_values_and_the_users_folder() -> None:
    home = str(Path.home())
    said = clean(f"{home}/a.png {SECRET} http://a.io/x?k=v, 'https://b.io/?t=1'", SCRUB)
    assert said == "~/a.png •••••••• http://a.io/x?… 'https://b.io/?…'"


class Told:
    """Waits for crash reports."""

    def __init__(self) -> None:
        self.paths: list[Path | None] = []
        self.came = threading.Semaphore(0)

    def __call__(self, path: Path | None) -> None:
        self.paths.append(path)
        self.came.release()

    def wait(self) -> Path | None:
        assert self.came.acquire(timeout=10)
        return self.paths[-1]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def crashes(tmp_path: Path, told: Told) -> Iterator[Crashes]:
    made = Crashes(SCRUB, ("byom-gui 1",), told, tmp_path / "log")
    made.install()
    yield made
    made.uninstall()


def crash(text: str) -> None:
    """As Qt hands on what a slot raised."""
    try:
        raise RuntimeError(text)
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_a_report_says_what_and_where_and_no_secret(crashes: Crashes, told: Told) -> None:
    crash(f"no key {SECRET}")
    path = told.wait()
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert "in: window" in text
    assert "byom-gui 1" in text
    assert "in crash" in text
    assert "RuntimeError: no key ••••••••" in text
    assert SECRET not in text
    assert mode(path) == 0o600


def test_threads_and_clean_ups_are_watched_too(crashes: Crashes, told: Told) -> None:
    def work() -> None:
        raise KeyError("in a thread")

    thread = threading.Thread(target=work, name="worker-7")
    thread.start()
    thread.join()
    path = told.wait()
    assert path is not None
    assert "in: thread worker-7" in path.read_text(encoding="utf-8")

    class Odd:
        def __del__(self) -> None:
            raise OSError("at the end")

    Odd()
    path = told.wait()
    assert path is not None
    assert "in: clean-up" in path.read_text(encoding="utf-8")


def test_an_endless_fault_does_not_fill_the_disk(crashes: Crashes, told: Told, tmp_path: Path) -> None:
    for number in range(log.MOST_REPORTS + 3):
        crash(f"again {number}")
    for _ in range(log.MOST_REPORTS):
        told.wait()
    assert len(list((tmp_path / "log").glob("crash-*.txt"))) == log.MOST_REPORTS


def test_old_reports_go(crashes: Crashes, told: Told, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    for number in range(log.KEPT_REPORTS + 4):
        (folder / f"crash-20200101-0000{number:02}-1.txt").write_text("old")
    crash("new")
    path = told.wait()
    assert path is not None
    left = sorted(each.name for each in folder.glob("crash-*.txt"))
    assert len(left) == log.KEPT_REPORTS
    assert left[-1] == path.name


def test_a_report_that_can_not_be_written_is_said(tmp_path: Path, told: Told) -> None:
    (tmp_path / "file").write_text("")
    made = Crashes(SCRUB, (), told, tmp_path / "file" / "log")
    made.install()
    crash("nowhere to write")
    assert told.wait() is None
    made.uninstall()


def test_ctrl_c_is_no_crash(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_on: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: handed_on.append(kind))
    made = Crashes(SCRUB, (), told, tmp_path / "log")
    made.install()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    made.uninstall()
    assert handed_on == [KeyboardInterrupt]
    assert told.paths == []
