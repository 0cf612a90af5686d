"""What is no regular file: written into as output, refused as input; and streams that are closed, full or abandoned."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from byom_gui.sandbox.model_server import ModelServer
from byom_gui.services import special
from tests.commands.conftest import Call
from tests.commands.processes import SAMPLES, byom, environment, run

LISTED = '[{"name": "gear", "type": "polygon"}]'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "work"
    place.mkdir()
    (place / "c.json").write_text(LISTED)
    return place


def shell(folder: Path, line: str, **more: str) -> subprocess.CompletedProcess[str]:
    """``$BYOM`` in a shell of its own."""
    return subprocess.run(
        ["bash", "-c", line],
        env=environment(folder, BYOM=" ".join(byom()), **more),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


# --- output


def test_a_device_is_written_into_and_stays_one(folder: Path) -> None:
    before = os.stat(os.devnull)
    done = run(folder, "validate", "c.json", "--json", os.devnull)
    assert done.returncode == 0
    after = os.stat(os.devnull)
    assert stat.S_ISCHR(after.st_mode)
    assert (after.st_ino, after.st_rdev) == (before.st_ino, before.st_rdev)


@pytest.mark.parametrize("link", [False, True])
def test_a_pipe_is_written_into(folder: Path, link: bool) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    if link:
        (folder / "link").symlink_to("pipe")
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    done = run(folder, "validate", "c.json", "--json", "link" if link else "pipe")
    reader.join(30)
    assert done.returncode == 0
    assert json.loads(got[0])["format"] == "byom-validate/1"
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_pipe_that_nobody_reads_ends_with_a_sentence(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(special, "WAIT", 0.2)
    (tmp_path / "c.json").write_text(LISTED)
    os.mkfifo(tmp_path / "pipe")
    got = call("validate", "c.json", "--json", "pipe")
    assert got.code == 2
    assert "nobody read from this pipe" in got.err


def test_a_pipe_whose_reader_stops_reading_ends_with_a_sentence(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(special, "WAIT", 0.2)
    many = [{"name": f"part {number}", "type": "polygon"} for number in range(9000)]
    (tmp_path / "p.byom.json").write_text(
        json.dumps({"format": "byom-registration/1", "name": "n", "classes": many, "infer_url": "https://m.example/i"})
    )
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        got = call("export", "p.byom.json", "-o", "pipe")
    finally:
        os.close(reader)
    assert got.code == 2
    assert "nobody read from this pipe" in got.err


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_stdout_by_its_name_is_written_where_it_stands(folder: Path, name: str) -> None:
    done = shell(folder, f"{{ echo first; $BYOM validate c.json --json {name}; }} > out.txt")
    assert done.returncode == 0
    lines = (folder / "out.txt").read_text().splitlines()
    assert lines[0] == "first"
    assert lines[-1] == "c.json: classes, valid"
    assert json.loads("\n".join(lines[1:-1]))["format"] == "byom-validate/1"


def test_process_substitution_gets_it(folder: Path) -> None:
    done = shell(folder, "$BYOM validate c.json --json >(cat > copy.json); wait $!; sleep 0.2")
    assert done.returncode == 0
    assert json.loads((folder / "copy.json").read_text())["format"] == "byom-validate/1"


def test_a_socket_and_a_folder_are_refused_and_stay(folder: Path) -> None:
    (folder / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "s"))
        for name in ("s", "folder"):
            done = run(folder, "validate", "c.json", "--json", name)
            assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert stat.S_ISSOCK((folder / "s").stat().st_mode)


def test_a_link_to_a_file_stays_a_link(folder: Path) -> None:
    (folder / "real.json").write_text("old")
    (folder / "link.json").symlink_to("real.json")
    assert run(folder, "validate", "c.json", "--json", "link.json").returncode == 0
    assert (folder / "link.json").is_symlink()
    assert json.loads((folder / "real.json").read_text())["format"] == "byom-validate/1"


# --- input


def commands(bad: str, image: str) -> list[list[str]]:
    """Each way to name a file that is read."""
    server = "https://127.0.0.1:9/infer"
    return [
        ["validate", bad],
        ["validate", "c.json", "--image", bad],
        ["export", bad, "-o", "o.json"],
        ["register", bad, "--dry-run"],
        ["check", "--project", bad],
        ["check", server, image, "--ca", bad],
        ["check", server, image, "--classes", bad],
        ["infer", server, bad, "--out", "out"],
        ["infer", server, image, "--out", "out", "--mapping", bad],
        ["reach", server, "--read", bad],
        ["new", server, "--name", "n", "-o", "n.byom.json", "--classes", bad],
        ["scaffold", "made", "--from-answer", bad],
    ]


@pytest.mark.parametrize(
    "bad",
    ["pipe", "/dev/zero", "/dev/tty", "folder", "socket", "gone", "n" * 4200, "nul\0byte", "half\ud83d", "b\udcff"],
)
def test_what_cannot_be_read_as_a_file_is_refused(call: Call, tmp_path: Path, bad: str) -> None:
    (tmp_path / "c.json").write_text(LISTED)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as made:
        made.bind(str(tmp_path / "socket"))
    for words in commands(bad, str(SAMPLES / "neuron.jpg")):
        got = call(*words)
        assert got.code == 2, (words, got)
        assert got.err.strip(), words
    assert not (tmp_path / "n.byom.json").exists()


def test_a_project_that_names_devices_says_so(call: Call, model: ModelServer, tmp_path: Path) -> None:
    project = {
        "format": "byom-project/1",
        "registration": {"format": "byom-registration/1", "name": "n", "infer_url": "https://127.0.0.1:9/infer"},
        "settings": {"ca_file": "/dev/zero"},
        "images": [
            "http://[::1",
            "/dev/zero",
            {"place": "nul\0", "id": "x"},
            {"place": "https://h:port/a.png", "id": "x"},
        ],
    }
    (tmp_path / "p.byom.json").write_text(json.dumps(project))
    got = call("check", "--project", "p.byom.json", SAMPLES / "neuron.jpg", "--quick")
    assert got.code == 2
    assert "CA file /dev/zero (it cannot be read)" in got.err
    allowed = ("--project-connection", "allow")
    agreed = call("check", "--project", "p.byom.json", SAMPLES / "neuron.jpg", "--quick", *allowed)
    assert agreed.code == 2
    assert "The CA file zero" in agreed.err


@pytest.mark.parametrize(
    "address", ["http://[::1", "http://h:99999/a", "//h/a.png", "http://h /a", "http://h/\x07", "x"]
)
def test_an_image_address_that_nobody_can_fetch_is_refused(call: Call, address: str) -> None:
    got = call("check", "http://127.0.0.1:9/infer", "--image-url", address)
    assert got.code == 2
    assert "The image address cannot be used." in got.err


@pytest.mark.parametrize("proxy", ["http://[::1", "http://h:99999", "h:3128", "http://a b", "ftp://h", "http://u:p@:1"])
def test_a_proxy_that_cannot_be_one_is_refused(call: Call, proxy: str) -> None:
    got = call("check", "https://m.example/infer", "--proxy", proxy)
    assert got.code == 2
    assert "The proxy cannot be used." in got.err
    assert "u:p" not in got.err


@pytest.mark.parametrize("line", ["$BYOM key set <&-", "$BYOM reach http://127.0.0.1:9/infer --read - <&-"])
def test_a_closed_stdin_is_an_empty_one(folder: Path, line: str) -> None:
    done = shell(folder, line)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


# --- streams


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("$BYOM serve --list-faults >&-", "it is closed"),
        ("$BYOM serve --list-faults > /dev/full", "no space left on device"),
        ("$BYOM serve --list-faults | true; exit ${PIPESTATUS[0]}", "has ended"),
        ("$BYOM validate c.json --json - >&-", "it is closed"),
        ("$BYOM validate c.json --json /dev/full", "no space left on device"),
        ("$BYOM --help > /dev/full", "no space left on device"),
        ("$BYOM check --help >&-", "it is closed"),
    ],
)
def test_what_stdout_does_not_take_is_said(folder: Path, line: str, said: str) -> None:
    done = shell(folder, line)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_command_that_prints_nothing_needs_no_stdout(folder: Path) -> None:
    done = shell(folder, "$BYOM new https://m.example/infer --name n --classes c.json -o n.byom.json >&-")
    assert done.returncode == 0
    assert json.loads((folder / "n.byom.json").read_text())["format"] == "byom-project/1"


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full"])
def test_messages_that_nobody_can_see_do_not_end_the_work_or_land_in_the_results(
    folder: Path, redirection: str
) -> None:
    done = shell(folder, f"$BYOM validate c.json gone.json --json - {redirection}")
    assert done.returncode == 2
    assert next(each["path"] for each in json.loads(done.stdout)["files"]) == "c.json"


def limited(size: int) -> Callable[[], None]:
    """A disk that is full after so many bytes, as the system's limit for a file has it."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [0, 900, 30_000])
def test_a_full_disk_leaves_no_half_files(folder: Path, size: int) -> None:
    with ModelServer() as model:
        for words in (
            ["infer", model.url, str(SAMPLES), "--out", "out", "--csv", "r.csv"],
            ["check", model.url, "--quick", "--json", "check.json", "--html", "check.html"],
            ["export", "p.json", "-o", "e.json"],
        ):
            (folder / "p.json").write_text(
                json.dumps({"format": "byom-registration/1", "name": "n" * 40_000, "infer_url": model.url})
            )
            done = subprocess.run(
                byom(*words),
                env=environment(folder, PYTHONDONTWRITEBYTECODE="1"),
                cwd=folder,
                capture_output=True,
                encoding="utf-8",
                timeout=120,
                check=False,
                preexec_fn=limited(size),
            )
            assert done.returncode == 2, done.stderr
            assert "could not be written" in done.stderr
            assert "Traceback" not in done.stderr
    for line in (folder / "out" / "answers.jsonl").read_text().splitlines():
        json.loads(line)
    for name in ("e.json", "check.json"):
        assert not (folder / name).exists() or json.loads((folder / name).read_text())
    left = [path.name for path in folder.rglob("*") if path.name.endswith(".tmp") or path.suffix == ".png"]
    assert not left or size == 30_000


def test_what_no_command_expects_of_the_system_is_a_sentence(folder: Path) -> None:
    done = subprocess.run(
        byom("demo", "--headless", "--out", "demo"),
        env=environment(folder, PYTHONDONTWRITEBYTECODE="1"),
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        preexec_fn=limited(0),
    )
    assert done.returncode == 2
    assert "No usable temporary directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_record_that_nobody_reads_is_refused_at_once(call: Call, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    got = call("sandbox", "--record", "pipe")
    assert got.code == 2
    assert "nobody reads from this pipe" in got.err
