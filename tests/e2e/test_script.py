"""What a script in CI does: new, check, export, register, against real processes of both servers, all secrets on."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from byom_gui.core.endpoint import MASK
from tests.commands.processes import AUTH, KEY, PASSWORD, SECRET, SECRETS, files_with, hand_over, run, serving
from tests.services.page_server import page_server

CLASSES = [
    {"name": "nucleus", "type": "polygon"},
    {"name": "mitosis", "type": "bounding_box"},
    {"name": "debris", "type": "bounding_box"},
    {"name": "spindle_pole", "type": "keypoint"},
    {"name": "colony", "type": "ellipse"},
    {"name": "axon", "type": "line"},
    {"name": "neuron", "type": "skeleton"},
    {"name": "parcel", "type": "cuboid"},
    {"name": "in_focus", "type": "tag"},
]


def split(request: str) -> tuple[str, dict[str, str], str]:
    """A request as ``--dry-run`` prints it: first line, headers, body."""
    head, _, body = request.rstrip("\n").partition("\n\n")
    first, *lines = head.split("\n")
    return first, dict(line.split(": ", 1) for line in lines), body


def test_a_script_registers_and_v7_gets_what_the_dry_run_showed(tmp_path: Path) -> None:
    servers, home, kept = (tmp_path / name for name in ("servers", "home", "record"))
    for folder in (servers, home, kept):
        folder.mkdir()
    hand_over(kept)
    record = kept / "received.jsonl"
    with (
        serving(servers, "serve", *AUTH, **SECRETS) as endpoint,
        serving(servers, "sandbox", "--record", record, **SECRETS) as host,
    ):
        said = []

        def step(*words: str | Path) -> str:
            done = run(home, *words, **SECRETS, DARWIN_BASE_URL=host)
            said.append(done.stdout + done.stderr)
            assert done.returncode == 0, (words, done.stdout, done.stderr)
            return done.stdout

        classes_url = endpoint.removesuffix("infer") + "classes"
        step("new", endpoint, *AUTH, "--classes-url", classes_url, "--name", "nuclei", "-o", "p.byom.json")
        report = json.loads(step("check", "--project", "p.byom.json", "--json", "-"))
        assert report["verdict"] == "ready"
        step("export", "p.byom.json", "--with-check", "-o", "r.json")
        shown = step("register", "r.json", "--dry-run", "--team", "practice")
        step("register", "r.json")
        again = run(home, "register", "r.json", **SECRETS, DARWIN_BASE_URL=host)

    exported = json.loads((home / "r.json").read_text(encoding="utf-8"))
    base = endpoint.removesuffix("/infer")
    assert exported.pop("created").endswith("Z")
    assert exported.pop("tool").startswith("byom-gui ")
    assert exported.pop("check") == report
    assert exported == {
        "format": "byom-registration/1",
        "name": "nuclei",
        "external_url": base,
        "infer_url": endpoint,
        "classes_url": classes_url,
        "auth": {"basic_user": "ann", "secret_header": "X-Key"},
        "classes": CLASSES,
    }

    received: list[dict[str, Any]] = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    posts = [one for one in received if one["method"] != "GET"]
    assert len(posts) == 2, "the dry run registers nothing; each register sends once"
    first, headers, body = split(shown)
    assert first == f"{posts[0]['method']} {host}{posts[0]['path']}"
    assert {name.lower(): value.replace(MASK, KEY) for name, value in headers.items()}.items() <= posts[0][
        "headers"
    ].items()
    masked = json.loads(body)
    assert posts[0]["body"] == body.replace(
        f'"basic_auth_password": "{MASK}"', f'"basic_auth_password": "{PASSWORD}"'
    ).replace(f'"auth_secret": "{MASK}"', f'"auth_secret": "{SECRET}"')
    assert [key for key, value in masked.items() if value == MASK] == ["basic_auth_password", "auth_secret"]
    assert json.loads(posts[0]["body"]) == {
        "team_id": 4182,
        "name": "nuclei",
        "external_url": base,
        "basic_auth_username": "ann",
        "basic_auth_password": PASSWORD,
        "auth_secret_header": "X-Key",
        "auth_secret": SECRET,
        "classes": CLASSES,
    }

    assert again.returncode == 4
    assert "has already been taken" in again.stderr

    pair = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
    hidden = (KEY, PASSWORD, SECRET, pair, KEY.partition(".")[2])
    assert not [text for text in said for secret in hidden if secret in text]
    assert files_with(home, hidden) == []
    assert files_with(servers, hidden) == []


def test_the_example_of_v7s_own_page_repaired_is_ready(tmp_path: Path) -> None:
    with page_server() as root:
        done = run(tmp_path, "check", f"{root}/api/infer")
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("READY")
    assert "ERROR" not in done.stdout
