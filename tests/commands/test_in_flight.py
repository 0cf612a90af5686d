"""A registration under way leaves a trace, whatever ends the program: real processes against the V7 stand-in."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from byom_gui.app.world import World
from byom_gui.core.cancel import CancelToken
from byom_gui.core.errors import Cancelled
from byom_gui.core.ledger import Entry, now
from byom_gui.core.profile import default_profile, plan_request
from byom_gui.sandbox.loopback import Request, Response
from byom_gui.sandbox.v7 import Trouble, V7StandIn, teams_named
from byom_gui.services.files import load_registration
from byom_gui.services.secrets import SecretStore
from tests.commands.processes import KEY, byom, environment, run, wait_until
from tests.services.servers import free_port

SLOW = 20.0
"""Seconds that V7 would work; each test ends it or the program sooner."""

Json = dict[str, object]


class Counting(V7StandIn):
    """Counts the registrations that reached it, and takes the same name again and again: V7 may not notice."""

    posts = 0

    def respond(self, request: Request) -> Response:
        if request.method == "POST":
            self.posts += 1
            for team in self.teams:
                team.models.clear()
        return super().respond(request)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    place.mkdir()
    registration = {
        "format": "byom-registration/1",
        "name": "rivets",
        "infer_url": "https://models.example/v2/infer",
        "classes_url": "https://models.example/v2/classes",
        "classes": [{"name": "rivet", "type": "ellipse"}],
    }
    (place / "r.json").write_text(json.dumps(registration))
    return place


@pytest.fixture
def v7() -> Iterator[Counting]:
    with Counting(teams=teams_named(["lab"], KEY)) as made:
        yield made


def around(v7: Counting) -> dict[str, str]:
    return {"DARWIN_BASE_URL": v7.url, "BYOM_V7_API_KEY": KEY}


def begin(home: Path, v7: Counting, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        byom("register", "r.json", *words),
        env=environment(home, **around(v7)),
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


def ledger(home: Path) -> list[Json]:
    return [json.loads(path.read_text()) for path in home.rglob("ledger/*.json")]


def outcomes(home: Path) -> list[object]:
    return [each["outcome"] for each in ledger(home)]


def held(v7: Counting) -> Trouble:
    """V7 takes the next registration, and works on it for long."""
    trouble = Trouble(0, 1, "POST", SLOW)
    v7.troubles = [trouble]
    return trouble


@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_what_ends_the_program_while_v7_works_leaves_may_have_arrived(
    home: Path, v7: Counting, sent: signal.Signals, code: int
) -> None:
    held(v7)
    process = begin(home, v7)
    wait_until(lambda: not v7.troubles, what="the request at V7")
    process.send_signal(sent)
    got, said = ended(process)
    assert got == code
    assert outcomes(home) == ["unknown"]
    if sent == signal.SIGINT:
        assert "It may have arrived." in said
        assert "byom-gui history" in said
    listed = run(home, "history")
    assert "it may have arrived" in listed.stdout
    posts = v7.posts
    again = run(home, "register", "r.json", **around(v7))
    assert again.returncode == 5
    assert "was started at" in again.stderr
    assert "--again" in again.stderr
    assert v7.posts == posts, "nothing was sent"
    assert outcomes(home) == ["unknown"]


def test_at_no_moment_is_something_sent_that_is_not_noted(home: Path, v7: Counting) -> None:
    """Killed at 12 moments of a run; where V7 got something, the history knows."""
    started = time.monotonic()
    assert ended(begin(home, v7))[0] == 0
    usual = time.monotonic() - started
    got_through = 0
    for moment in range(12):
        for path in home.rglob("ledger/*.json"):
            path.unlink()
        before = v7.posts
        process = begin(home, v7)
        time.sleep(usual * (0.5 + moment / 20))
        process.kill()
        ended(process)
        arrived = v7.posts - before
        got_through += arrived
        assert arrived <= len(ledger(home)), f"moment {moment}"
    assert got_through, "at some of the moments V7 had it"


def test_two_at_once_never_both_send(home: Path, v7: Counting) -> None:
    """Eight rounds of two, with V7 slow and quick by turns."""
    for number in range(8):
        for path in home.rglob("ledger/*.json"):
            path.unlink()
        before = v7.posts
        v7.troubles = [Trouble(0, 1, "POST", 1.5)] if number % 2 else []
        two = [begin(home, v7), begin(home, v7)]
        ends = sorted(ended(process)[0] for process in two)
        assert v7.posts - before == 1, f"round {number}: {ends}"
        assert ends == [0, 5]
        assert outcomes(home) == ["registered"]


def test_the_lock_of_a_dead_process_holds_nobody_up(home: Path, v7: Counting) -> None:
    held(v7)
    process = begin(home, v7)
    wait_until(lambda: not v7.troubles, what="the request at V7")
    other = run(home, "register", "r.json", "--again", **around(v7))
    assert other.returncode == 5
    assert "Another window or command is registering “rivets” in “" in other.stderr  # no sign around a name
    process.kill()
    ended(process)
    assert run(home, "register", "r.json", "--again", **around(v7)).returncode == 0
    assert sorted(map(str, outcomes(home))) == ["registered", "unknown"]
    again = run(home, "register", "r.json", **around(v7))
    assert again.returncode == 0, "the newest one is known"


def test_what_surely_did_not_arrive_leaves_nothing(home: Path, v7: Counting) -> None:
    assert run(home, "register", "r.json", "--dry-run", **around(v7)).returncode == 0
    assert not list(home.rglob("ledger")), "a dry run writes nothing"
    for status in (401, 403, 404, 409, 422, 429):
        v7.troubles = [Trouble(status, 1, "POST")]
        assert run(home, "register", "r.json", **around(v7)).returncode == 4
    nobody = {"DARWIN_BASE_URL": f"http://127.0.0.1:{free_port()}", "BYOM_V7_API_KEY": KEY}
    assert run(home, "register", "r.json", **nobody).returncode == 5
    assert outcomes(home) == []
    v7.troubles = [Trouble(502, 1, "POST")]
    assert run(home, "register", "r.json", **around(v7)).returncode == 5
    assert outcomes(home) == ["unknown"], "a gateway that failed may have passed it on"


def test_another_name_or_team_is_another_registration(home: Path, v7: Counting) -> None:
    v7.troubles = [Trouble(504, 1, "POST")]
    assert run(home, "register", "r.json", **around(v7)).returncode == 5
    other = json.loads((home / "r.json").read_text()) | {"name": "rivets 2"}
    (home / "other.json").write_text(json.dumps(other))
    assert run(home, "register", "other.json", **around(v7)).returncode == 0
    with Counting(teams=teams_named(["clinic"], KEY)) as second:
        assert run(home, "register", "r.json", **around(second)).returncode == 0
    assert run(home, "register", "r.json", **around(v7)).returncode == 5


def test_history_settles_it(home: Path, v7: Counting) -> None:
    for said, left in (("yes", ["registered"]), ("no", [])):
        for path in home.rglob("ledger/*.json"):
            path.unlink()
        v7.troubles = [Trouble(503, 1, "POST")]
        assert run(home, "register", "r.json", **around(v7)).returncode == 5
        assert run(home, "history", "1", "--arrived", said).returncode == 0
        assert outcomes(home) == left
    assert run(home, "register", "r.json", **around(v7)).returncode == 0
    known = run(home, "history", "--arrived", "yes")
    assert (known.returncode, "is already known as registered" in known.stderr) == (2, True)


@pytest.mark.parametrize(
    ("typed", "code", "posts", "left"),
    [
        ("yes", 0, 0, ["registered"]),
        ("no", 0, 1, ["registered"]),
        ("", 5, 0, ["unknown"]),
        ("what?", 5, 0, ["unknown"]),
    ],
)
def test_on_a_terminal_it_asks(home: Path, v7: Counting, typed: str, code: int, posts: int, left: list[str]) -> None:
    v7.troubles = [Trouble(500, 1, "POST")]
    assert run(home, "register", "r.json", **around(v7)).returncode == 5
    before = v7.posts
    keyboard, terminal = pty.openpty()
    try:
        process = subprocess.Popen(
            byom("register", "r.json"),
            env=environment(home, **around(v7)),
            cwd=home,
            stdin=terminal,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        os.write(keyboard, f"{typed}\n".encode())
        got, said = ended(process)
    finally:
        os.close(keyboard)
        os.close(terminal)
    assert "Is it on V7's Models page?" in said
    assert (got, v7.posts - before, outcomes(home)) == (code, posts, left)


def test_what_cannot_be_noted_is_not_sent(home: Path, v7: Counting) -> None:
    (home / "state").write_text("a file where the folder should be")
    got = run(home, "register", "r.json", **around(v7), XDG_STATE_HOME=str(home / "state"))
    assert got.returncode == 2
    assert "Nothing was sent, because it could not be recorded first" in got.stderr
    assert v7.posts == 0


def test_several_teams_each_on_their_own(home: Path) -> None:
    with Counting(teams=teams_named(["lab"], KEY)) as v7:
        v7.troubles = [Trouble(503, 1, "POST")]
        assert run(home, "register", "r.json", **around(v7)).returncode == 5
        got = run(home, "register", "r.json", "--team", "elsewhere", "lab", **around(v7))
        assert got.returncode == 5
        assert "elsewhere: The key belongs to the team lab." in got.stderr
        assert "was started at" in got.stderr
        assert v7.posts == 1


def test_a_window_and_a_command_never_both_send(home: Path, v7: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window's own way to V7, in this process, and a command in another; the window is closed meanwhile."""
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    secrets = SecretStore.session_only("a test")
    world = World({"DARWIN_BASE_URL": v7.url}, secrets)
    secrets.hold(world.key_ref(), KEY)
    team = world.v7().token_info(KEY, CancelToken())
    registration = load_registration(home / "r.json")
    request = plan_request(default_profile(), registration, team, world.v7_host())
    entry = Entry(now(), str(world.v7_host()), team.slug, team.name, "unknown", registration)
    held(v7)
    token = CancelToken()
    ends: list[object] = []

    def window() -> None:
        try:
            ends.append(world.backend().v7.register(request, entry, token))
        except Cancelled:
            ends.append("left")

    thread = threading.Thread(target=window)
    thread.start()
    wait_until(lambda: not v7.troubles, what="the window's request at V7")
    for words in ((), ("--again",)):
        got = run(home, "register", "r.json", *words, **around(v7))
        assert got.returncode == 5
        assert "Another window or command is registering" in got.stderr
    token.cancel()
    thread.join(30)
    world.close()
    assert ends == ["left"]
    assert (v7.posts, outcomes(home)) == (1, ["unknown"])
    assert "was started at" in run(home, "register", "r.json", **around(v7)).stderr
    assert v7.posts == 1
