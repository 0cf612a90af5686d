"""``register`` and ``key``: what is sent, what is shown, how each end is told."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked

from byom_gui.commands import register
from byom_gui.core.endpoint import MASK
from byom_gui.sandbox.v7 import V7StandIn
from byom_gui.services.secrets import ALLOWED, SecretStore
from tests.commands.conftest import Call
from tests.commands.processes import AUTH, KEY, PASSWORD, SECRET, byom, environment, run
from tests.e2e.screen import keyring_bus
from tests.limits import PROCESS
from tests.services.servers import Scripted, free_port, serving
from tests.services.test_secrets import Memory

ENDPOINT = "https://models.example/v1/infer"


@pytest.fixture
def project(call: Call, tmp_path: Path) -> Path:
    """A project whose endpoint wants both kinds of secret."""
    (tmp_path / "list.txt").write_text("nucleus polygon\n")
    path = tmp_path / "p.byom.json"
    assert call("new", ENDPOINT, *AUTH, "--classes", "list.txt", "--name", "nuclei", "-o", path).code == 0
    return path


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch, v7: V7StandIn) -> None:
    """The endpoint's secrets and the V7 key, in the environment."""
    monkeypatch.setenv("BYOM_ENDPOINT_PASSWORD", PASSWORD)
    monkeypatch.setenv("BYOM_ENDPOINT_SECRET", SECRET)


@pytest.mark.usefixtures("secrets")
def test_register_sends_once_and_says_what_is_assumed(call: Call, v7: V7StandIn, project: Path) -> None:
    dry = call("register", project, "--dry-run")
    assert dry.code == 0
    assert dry.out.count(MASK) == 3
    assert "Assumption: V7 has not published this call." in dry.err
    assert "Password for ann: environment variable BYOM_ENDPOINT_PASSWORD." in dry.err
    assert "V7 key: environment variable BYOM_V7_API_KEY." in dry.err
    sent = call("register", project, "--team", "practice")
    assert sent.code == 0
    assert "The model is registered." in sent.err
    assert [one["auth_secret"] for one in v7.registered] == [SECRET], "the dry run registered nothing"
    said = dry.out + dry.err + sent.out + sent.err
    assert not [text for text in (KEY, PASSWORD, SECRET) if text in said]


@pytest.mark.usefixtures("secrets")
def test_a_key_of_another_team_registers_nothing(call: Call, v7: V7StandIn, project: Path) -> None:
    got = call("register", project, "--team", "others")
    assert got.code == 2
    assert "The key belongs to the team practice." in got.err
    assert v7.registered == ()


def test_without_the_endpoints_secrets_nothing_is_sent(call: Call, v7: V7StandIn, project: Path) -> None:
    got = call("register", project)
    assert got.code == 2
    assert "is not known" in got.err
    assert v7.registered == ()


def test_without_a_key_it_says_how_to_set_one(call: Call, project: Path) -> None:
    got = call("register", project)
    assert got.code == 2
    assert "Set BYOM_V7_API_KEY, or run: byom-gui key set" in got.err


def test_a_dry_run_needs_no_key(call: Call, v7: V7StandIn, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BYOM_V7_API_KEY")
    got = call("register", project, "--dry-run", "--team", "harbor")
    assert got.code == 0
    assert f"Authorization: ApiKey {MASK}\n" in got.out
    assert '"name": "nuclei"' in got.out
    assert '"team_id": 0' in got.out
    assert "No V7 key was found" in got.err
    assert v7.registered == ()
    assert call("register", project).code == 2, "what is really sent does need one"


def test_a_key_that_cannot_be_read_is_not_said_to_be_missing(
    call: Call, v7: V7StandIn, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BYOM_V7_API_KEY")
    monkeypatch.setitem(ALLOWED, f"{Memory.__module__}.{Memory.__qualname__}", "Test keyring")
    monkeypatch.setenv("BYOM_ENDPOINT_PASSWORD", PASSWORD)
    monkeypatch.setenv("BYOM_ENDPOINT_SECRET", SECRET)
    monkeypatch.setattr(register, "open_store", lambda: SecretStore(Memory(KeyringLocked()), use_environment=True))
    got = call("register", project, "--dry-run")
    assert got.code == 0
    assert "The V7 key is unknown, because the keyring is locked, so the team" in got.err
    assert "No V7 key" not in got.err


@pytest.mark.usefixtures("secrets")
def test_an_address_of_another_form_is_registered_by_hand(call: Call, v7: V7StandIn, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("nucleus polygon\n")
    words = ("--classes", "list.txt", "--name", "n", "-o", "q.byom.json")
    assert call("new", "https://models.example/predict", *words).code == 0
    got = call("register", "q.byom.json")
    assert got.code == 2
    assert "Register manually instead." in got.err


@pytest.mark.usefixtures("secrets")
def test_a_model_without_classes_is_registered_after_a_yes_only(
    call: Call, v7: V7StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = ("new", f"http://127.0.0.1:{free_port()}/infer", *AUTH, "--name", "n", "-o", "empty.byom.json")
    assert call(*new).code == 0
    assert call("export", "empty.byom.json", "-o", "empty.json").code == 0
    for file in ("empty.byom.json", "empty.json"):
        got = call("register", file)
        assert got.code == 2
        assert f"{file} lists no classes" in got.err
        assert "--allow-no-classes" in got.err
    dry = call("register", "empty.json", "--dry-run")
    assert dry.code == 0
    assert "Registering it needs --allow-no-classes." in dry.err
    assert '"classes": []' in dry.out
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert call("register", "empty.byom.json").code == 130
    assert v7.registered == ()
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert call("register", "empty.byom.json").code == 0
    assert len(v7.registered) == 1
    monkeypatch.undo()


@pytest.mark.usefixtures("secrets")
def test_an_option_says_yes_to_no_classes(call: Call, v7: V7StandIn, tmp_path: Path) -> None:
    new = ("new", f"http://127.0.0.1:{free_port()}/infer", *AUTH, "--name", "n", "-o", "empty.byom.json")
    assert call(*new).code == 0
    assert call("register", "empty.byom.json", "--allow-no-classes").code == 0
    assert [one["classes"] for one in v7.registered] == [[]]


class Terminal(io.StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True


TEAM = json.dumps({"selected_team": {"id": 1, "slug": "t", "name": "T"}}).encode()


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [
        (401, b"{}", 4, "401"),
        (403, b"{}", 4, "403"),
        (404, b"{}", 4, "404"),
        (422, b'{"errors": ["name is \x7f \\u009b31m bad"]}', 4, "name is"),
        (429, b"{}", 4, "429"),
        (418, b"{}", 4, "418"),
        (500, b"{}", 5, "500"),
        (201, b'{"id": 7}', 0, "The model is registered."),
    ],
)
def test_each_end_has_its_exit_code_and_words(
    call: Call, monkeypatch: pytest.MonkeyPatch, project: Path, status: int, body: bytes, code: int, said: str
) -> None:
    with serving(lambda got: Scripted(body=TEAM) if got.method == "GET" else Scripted(status, body)) as server:
        monkeypatch.setenv("DARWIN_BASE_URL", server.url)
        got = call("register", project)
        posts = [one for one in server.received if one.method == "POST"]
    assert got.code == code
    assert said in got.err
    assert len(posts) == 1, "sent once, whatever came back"
    assert [c for c in got.out + got.err if not (c.isprintable() or c == "\n")] == []


@pytest.mark.usefixtures("secrets")
def test_a_refused_key_exits_4_an_unreachable_v7_5(call: Call, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    monkeypatch.setenv("BYOM_V7_API_KEY", "another.key")
    refused = call("register", project, "--dry-run")
    assert refused.code == 4
    assert "another.key" not in refused.err
    monkeypatch.setenv("DARWIN_BASE_URL", f"http://127.0.0.1:{free_port()}")
    assert call("register", project).code == 5


@pytest.mark.usefixtures("secrets")
def test_v7_is_never_reached_in_clear(call: Call, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    monkeypatch.setenv("DARWIN_BASE_URL", "http://v7.example")
    got = call("register", project)
    assert got.code == 2
    assert "must start with https://" in got.err


# --- key


def test_key_set_without_a_keyring_exits_2_and_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "key", "set", stdin=f"{KEY}\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Not stored: this computer has no keyring." in done.stderr
    assert "Set BYOM_V7_API_KEY instead." in done.stderr
    odd = run(tmp_path, "key", "set", stdin="too.short\n")
    assert "does not look like a V7 key" in odd.stderr
    assert "kept all the same" not in odd.stderr, "it says the opposite below"
    of_endpoint = run(tmp_path, "key", "set", "--endpoint", ENDPOINT, "--user", "ann", stdin=f"{PASSWORD}\n")
    assert of_endpoint.returncode == 2
    assert "Set BYOM_ENDPOINT_PASSWORD instead." in of_endpoint.stderr
    assert PASSWORD not in of_endpoint.stderr
    assert KEY not in done.stderr


def test_key_show_tells_the_place_never_the_value(call: Call, v7: V7StandIn) -> None:
    got = call("key", "show")
    assert got.code == 0
    assert got.out == f"V7 key for {v7.url}: environment variable BYOM_V7_API_KEY\n"


def test_key_forget_of_what_is_not_kept_is_no_error(call: Call) -> None:
    got = call("key", "forget", "--endpoint", ENDPOINT, "--secret-header", "X-Key")
    assert got.code == 0
    assert "Deleted the secret 'X-Key' for https://models.example." in got.err


@pytest.mark.parametrize(("typed", "said"), [(b"", "Nothing was entered"), (b"\xff\xfe\n", "not UTF-8 text")])
def test_key_set_needs_a_value(call: Call, monkeypatch: pytest.MonkeyPatch, typed: bytes, said: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8"))
    got = call("key", "set")
    assert got.code == 2
    assert said in got.err


@pytest.mark.keyring
def test_secrets_in_a_real_keyring_serve_the_commands(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with keyring_bus(environment(home)) as env, V7StandIn(key=KEY) as v7:
        env = {**env, "DARWIN_BASE_URL": v7.url}

        def step(*words: str, stdin: str = "") -> str:
            done = subprocess.run(
                byom(*words), env=env, cwd=home, input=stdin, capture_output=True, encoding="utf-8", timeout=PROCESS
            )
            assert done.returncode == 0, (words, done.stderr)
            return done.stdout + done.stderr

        kept = "Secret Service keyring"
        of_user = ("--endpoint", ENDPOINT, "--user", "ann")
        of_header = ("--endpoint", ENDPOINT, "--secret-header", "X-Key")
        for words, value in (((), KEY), (of_user, f" {PASSWORD} "), (of_header, SECRET)):
            assert f"Stored: {kept}." in step("key", "set", *words, stdin=f"{value}\n")
            assert kept in step("key", "show", *words)
        (tmp_path / "list.txt").write_text("nucleus polygon\n")
        step("new", ENDPOINT, *AUTH, "--classes", str(tmp_path / "list.txt"), "--name", "n", "-o", "p.byom.json")
        said = step("register", "p.byom.json")
        assert f"V7 key: {kept}." in said
        assert v7.registered[0]["basic_auth_password"] == f" {PASSWORD} ", "spaces belong to a password"
        assert v7.registered[0]["auth_secret"] == SECRET
        step("key", "forget", *of_user)
        assert "not kept" in step("key", "show", *of_user)
        assert kept in step("key", "show", *of_header)
