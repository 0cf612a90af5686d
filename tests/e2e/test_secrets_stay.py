"""A secret is where it has to be and nowhere else: every feature driven, failures included, and all of it searched."""

from __future__ import annotations

import base64
import html
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from byom_gui.app.world import sample_paths
from tests.commands.processes import KEY, PASSWORD, ROOT, SECRET, environment, files_with
from tests.e2e.secret_walk import QUERY, USER, escaped
from tests.limits import PROCESS

NETRC = "netrc-marked-password"
EVERY = {"key": KEY, "password": PASSWORD, "header": SECRET, "query": QUERY, "netrc": NETRC}


def forms(secret: str) -> list[str]:
    """A secret as it may be written: plain, in JSON, HTML, an address, base64 or hex, as a Basic pair."""
    pairs = (secret, f"{USER}:{secret}", f":{secret}")
    coded = [base64.b64encode(pair.encode()).decode().rstrip("=") for pair in pairs]
    plain = [secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote(secret), *escaped(secret)]
    plain += [html.escape(secret), secret.encode().hex().upper(), quote(quote(secret, safe=""), safe="")]
    return list(dict.fromkeys([*plain, *coded]))


def named_in(texts: Iterable[str]) -> set[str]:
    """Which secrets stand in texts, in whatever form."""
    whole = "\n".join(texts)
    return {name for name, secret in EVERY.items() if any(form in whole for form in forms(secret))}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The home after the walk, and what the servers and the clipboard got."""
    home = tmp_path_factory.mktemp("home")
    out = home / "out"
    out.mkdir()
    netrc = home / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login ann password {NETRC}\ndefault login ann password {NETRC}\n")
    netrc.chmod(0o600)
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.secret_walk", str(out)],
        env=environment(home),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=PROCESS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert not named_in([done.stderr])
    (home / "stderr.txt").write_text(done.stderr, encoding="utf-8")
    return home, json.loads(done.stdout.strip().splitlines()[-1])


def test_the_walk_went_through(walked: tuple[Path, dict[str, Any]]) -> None:
    home, told = walked
    names = {path.name for path in (home / "out").iterdir()}
    assert {"report.html", "report.json", "report.xml", "project.byom.json", "registration.json"} <= names
    state = home / ".local" / "state" / "byom-gui"
    assert list(state.glob("log/crash-*.txt"))
    assert list((home / "out").glob("autosave/*.json"))
    assert "started" in (state / "log" / "byom-gui.log").read_text(encoding="utf-8")
    assert list((home / ".cache" / "byom-gui" / "answers").iterdir())
    assert len(told["clips"]) > 3


def test_no_file_holds_one(walked: tuple[Path, dict[str, Any]]) -> None:
    home, _ = walked
    every = [form for secret in EVERY.values() for form in forms(secret)]
    assert [path.name for path in files_with(home, every)] == [".netrc"]


def test_packed_answers_hold_none(walked: tuple[Path, dict[str, Any]]) -> None:
    import zlib

    home, _ = walked
    kept = list((home / ".cache" / "byom-gui" / "answers").iterdir())
    bodies = [zlib.decompress(path.read_bytes().partition(b"\n")[2]).decode() for path in kept]
    assert any('"debug"' in body for body in bodies)
    assert not named_in(bodies)


def test_the_clipboard_held_none(walked: tuple[Path, dict[str, Any]]) -> None:
    assert not named_in(walked[1]["clips"])


def test_each_server_got_its_own_and_no_other(walked: tuple[Path, dict[str, Any]]) -> None:
    _, told = walked
    assert named_in(told["gossip"]) == {"password", "header", "query"}
    assert told["astray"] > len(sample_paths()), "the changed project did reach the other server"
    assert not named_in(told["other"])
    assert named_in(told["v7"]) == {"key", "password", "header"}
    # Only the registration itself carries the endpoint's secrets to V7.
    others = [text for text in told["v7"] if "external_url" not in text]
    assert named_in(others) == {"key"}
