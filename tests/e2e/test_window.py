"""The main job in the real window: real keys, a real drag out of a second process, a real keyring, real HTTP."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from byom_gui.sandbox.loopback import Request, Response
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.sandbox.v7 import V7StandIn
from tests.commands.processes import KEY, ROOT, SAMPLES, byom, environment, files_with, first_line
from tests.e2e.drag_source import TITLE
from tests.e2e.screen import Place, Screen, keyring_bus, running, virtual_screen
from tests.e2e.test_script import CLASSES
from tests.limits import PROCESS

pytestmark = [pytest.mark.xvfb, pytest.mark.xdist_group("xvfb"), pytest.mark.keyring]

PICTURES = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".png", ".jpg"))


class Watched(ModelServer):
    """The built-in model server, which remembers the pictures and addresses that it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[bytes] = []
        self.paths: list[str] = []

    def respond(self, request: Request) -> Response:
        """Answers as ever; notes down once the answer is made."""
        response = super().respond(request)
        self.paths.append(request.path)
        if request.method == "POST":
            self.pictures.append(base64.b64decode(json.loads(request.body)["image"]["base64"]))
        return response


def keep_key(env: dict[str, str], home: Path) -> None:
    """The user's V7 key, put into the keyring by the command line."""
    command = byom("key", "set")
    done = subprocess.run(command, env=env, cwd=home, input=f"{KEY}\n", capture_output=True, text=True, timeout=PROCESS)
    assert done.returncode == 0, done.stderr
    assert "Stored: Secret Service keyring." in done.stderr


def drop_pictures(screen: Screen, window: Place, model: Watched) -> None:
    """Drags the sample pictures out of another program's window, into the middle of ours."""
    env = {**os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.e2e.drag_source", *map(str, PICTURES)]
    with running(command, env=env, stdout=subprocess.PIPE) as source:
        screen.find(TITLE)
        start = screen.move(TITLE, 20, 200)
        screen.drag(start.middle, window.middle)
        assert first_line(source) == "dropped", screen.shot("not-dropped")
        # X11 lets the other side ask for the data after the drop: the source has to live until then.
        screen.wait("the dropped pictures", lambda: len(model.pictures) == 1 + len(PICTURES))


def export(screen: Screen, target: Path) -> None:
    """Writes the registration JSON by the shortcut and Qt's own file dialog."""
    screen.key("ctrl+shift+e")
    dialog = screen.find("Export registration")
    screen.focus(dialog)
    screen.key("ctrl+a")
    screen.type(str(target))
    screen.key("Return")
    screen.wait("the exported file", target.exists)


def test_the_main_job_by_hand(tmp_path: Path) -> None:
    home, shots, record = tmp_path / "home", tmp_path / "shots", tmp_path / "received.jsonl"
    home.mkdir()
    shots.mkdir()
    target = home / "nuclei.registration.json"
    with (
        virtual_screen(shots) as screen,
        keyring_bus(environment(home)) as bus,
        Watched() as model,
        V7StandIn(key=KEY, record=record) as v7,
        (home / "app.stderr").open("w") as errors,
    ):
        env = {**bus, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb", "QT_QPA_PLATFORMTHEME": ""}
        env["DARWIN_BASE_URL"] = v7.url
        keep_key(env, home)
        with running(byom(), env=env, cwd=home, stderr=errors) as app:
            screen.find("byom-gui$")
            window = screen.move("byom-gui$", 400, 40)
            screen.focus(window)
            endpoint = model.url
            screen.type(endpoint)
            screen.key("Return")
            screen.wait("the ping and the class list", lambda: "/api/classes" in model.paths)
            screen.shot("1-pinged")

            drop_pictures(screen, window, model)
            screen.focus(window)
            screen.shot("2-answered")

            screen.key("ctrl+shift+k")
            screen.key("Tab", "Tab", "space")
            screen.wait("the key at V7", lambda: "annotation_classes" in record.read_text())
            screen.key("Escape")
            screen.shot("3-key")

            screen.key("ctrl+Return")
            screen.type("nuclei")
            screen.key("Return")
            screen.find("^nuclei.*byom-gui$")  # by then the team has come too, and Register can be pressed
            screen.key("ctrl+Return")
            screen.shot("4-register")
            screen.key("space")
            screen.wait("the registration at V7", lambda: v7.registered)
            screen.shot("5-registered")

            export(screen, target)
            screen.shot("6-exported")
            screen.key("ctrl+q")
            screen.focus(screen.find("Unsaved changes"))
            screen.key("Tab", "space")
            screen.wait("the end of the app", lambda: app.poll() is not None)
            assert app.returncode == 0, screen.shot("end")

    assert (home / "app.stderr").read_text() == ""
    assert sorted(model.pictures[1:]) == sorted(path.read_bytes() for path in PICTURES)
    exported = json.loads(target.read_text(encoding="utf-8"))
    base = endpoint.removesuffix("/infer")
    assert exported["tool"].startswith("byom-gui ")
    assert {name: exported[name] for name in exported if name not in ("created", "tool")} == {
        "format": "byom-registration/1",
        "name": "nuclei",
        "external_url": base,
        "infer_url": f"{base}/infer",
        "classes_url": f"{base}/classes",
        "auth": {},
        "classes": CLASSES,
    }
    received = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert {one["headers"]["authorization"] for one in received} == {f"ApiKey {KEY}"}
    posts = [json.loads(one["body"]) for one in received if one["method"] == "POST"]
    assert posts == [{"team_id": 4182, **{name: exported[name] for name in ("name", "external_url", "classes")}}]
    keyrings = home / ".local" / "share" / "keyrings"
    assert files_with(home, [KEY]) == []
    assert list(keyrings.glob("*.keyring")), "the key is in the keyring's own, encrypted file"
