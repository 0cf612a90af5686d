"""The window through all that it does, with marked secrets everywhere, against servers that gossip.

A process of its own; its home is searched afterwards. Prints what each server received and what the clipboard held.
"""

from __future__ import annotations

import html
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from PySide6.QtWidgets import QAbstractButton, QApplication

from byom_gui import app
from byom_gui.app.watching import Watch
from byom_gui.app.world import World, sample_paths
from byom_gui.core.endpoint import Auth, SecretRef, parse_address
from byom_gui.sandbox.loopback import LoopbackServer, Request, Response, as_json, as_text
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.sandbox.v7 import V7StandIn
from byom_gui.services.secrets import SecretStore
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.tour import Tour
from tests.commands.processes import KEY, PASSWORD, SECRET

QUERY = "query+marked/value"
USER, HEADER = "ann", "X-Key"


def told(request: Request) -> str:
    """All of a request but the image."""
    return json.dumps([request.target, dict(request.headers)])


def escaped(text: str) -> list[str]:
    """A text as frameworks, templates and proxies repeat it."""
    unicode = "".join(f"\\u{ord(char):04x}" if char in "<>&'/+" else char for char in text)
    return [
        html.escape(text),
        html.escape(text).replace("/", "&#x2F;"),
        unicode,
        quote(quote(text)),
        text.encode().hex(),
    ]


class Other(LoopbackServer):
    """Another origin, to which the gossiping one sends people on."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[str] = []

    def respond(self, request: Request) -> Response:
        """Notes down what came."""
        self.received.append(told(request) + request.body[:2000].decode("utf-8", "replace"))
        return as_json({"status": "succeeded", "results": []})


class Gossip(ModelServer):
    """Repeats each request's headers and address: in sound answers, in tracebacks, and in redirects elsewhere."""

    def __init__(self, other: Other) -> None:
        super().__init__(user=USER, password=PASSWORD, secret_header=HEADER, secret=SECRET)
        self._other = other
        self.received: list[str] = []

    def respond(self, request: Request) -> Response:
        """Every third answer fails, every seventh leads away."""
        self.received.append(told(request))
        number = len(self.received)
        if request.method == "POST" and number % 7 == 6:
            there = f"{self._other.base_url}/infer?had={request.query.get('token', '')}"
            return Response(307, b"", (("Location", there), ("X-Seen", request.headers.get("x-key", ""))))
        if request.method == "POST" and number % 3 == 2:
            said = escaped(SECRET if number % 2 else PASSWORD)[number % 5]
            return as_text(f"Traceback (most recent call last):\n  KeyError: {said} {told(request)}", 500)
        answer = super().respond(request)
        if answer.status != 200 or request.method != "POST":
            return answer
        return as_json(
            {
                **json.loads(answer.body),
                "debug": told(request),
                "key": SECRET,
                "echo": [escaped(each) for each in (SECRET, PASSWORD)],
            }
        )


def copied(window: MainWindow) -> list[str]:
    """What each copy button in sight leaves on the clipboard; the one that is there to copy a secret is left alone."""
    found = []
    for button in window.findChildren(QAbstractButton):
        words = f"{button.text()} {button.accessibleName()} {button.toolTip()}".lower()
        if button.isVisible() and button.isEnabled() and "copy" in words and "secret" not in words:
            button.click()
            QApplication.processEvents()
            found.append(QApplication.clipboard().text())
    return found


def walk(window: MainWindow, tour: Tour, address: str, out: Path) -> list[str]:
    """Ping, images, all checks, a crash, registering, every kind of file."""
    clips = []
    secrets = window.works.backend.secrets
    origin = parse_address(address).address.origin
    secrets.set(SecretRef("basic", origin, USER), PASSWORD)
    secrets.set(SecretRef("header", origin, HEADER), SECRET)
    secrets.set(window.works.backend.v7.key_ref(), KEY)
    tour.connect(address)
    window.session.set_auth(Auth(USER, HEADER))
    window.connecting.ping()
    tour.wait("the second ping", lambda: window.session.ping is not None and not window.works.pinging.running)
    window.works.inference.start_held()
    tour.preview(sample_paths())
    for name in ("Classes", "Results", "JSON"):
        window.parts.right.show_view(name)
        tour.settle(100)
        clips += copied(window)
    window.checking.run_checks()
    tour.wait("the checks", lambda: window.session.check is not None and not window.works.diagnosing.checking, 240)
    for name in ("Image", "Connection", "Diagnosis", "Register"):
        window.parts.center.show_view(name)
        tour.settle(150)
        clips += copied(window)
    for name in ("report.html", "report.json", "report.xml"):
        window.filing.export_report(out / name)
        tour.wait(name, (out / name).exists)
    error = RuntimeError(f"{KEY} {PASSWORD} {SECRET} {QUERY} {address}")
    sys.excepthook(RuntimeError, error, None)
    tour.wait("the crash", lambda: window.crashing.box is not None)
    window.crashing.box.close()  # type: ignore[union-attr]
    tour.check_key()
    # An address with a query is registered by hand alone.
    tour.connect(parse_address(address).address.base)
    window.session.set_auth(Auth(USER, HEADER))
    window.session.set_settings(replace(window.session.settings, override_reason="the walk wants to register"))
    window.session.set_name("marked")
    window.works.submitting.submit()
    tour.wait("the outcome", lambda: window.session.outcome is not None)
    assert window.session.outcome is not None
    assert window.session.outcome.kind == "registered"
    window.parts.center.show_view("Register")
    tour.settle(150)
    clips += copied(window)
    for name in window.parts.registering.titles:
        window.parts.registering.show_view(name)
        tour.settle(250)
        clips += copied(window)
    window.reaching.save(out / "reach.sh")
    window.mapping.export(out / "mapping.json")
    tour.wait("script and mapping", lambda: all((out / name).exists() for name in ("reach.sh", "mapping.json")))
    window.filing.save(out / "project.byom.json")
    tour.wait("the project", (out / "project.byom.json").exists)
    window.session.set_name("unsaved")
    tour.export(out / "registration.json")
    tour.settle(1500)
    return clips


def lead_astray(window: MainWindow, tour: Tour, out: Path, ours: str, other: str) -> None:
    """A project file in which somebody wrote another server's address: opened, pinged, checked, its images sent."""
    saved = (out / "project.byom.json").read_text("utf-8")
    changed = saved.replace(ours.removeprefix("http://"), other.removeprefix("http://"))
    assert changed != saved
    (out / "changed.byom.json").write_text(changed, encoding="utf-8")
    window.session.dirty = False
    window.filing.open(out / "changed.byom.json")
    tour.wait("the changed project", lambda: window.session.path == out / "changed.byom.json")
    window.connecting.ping()
    tour.wait("its ping", lambda: window.session.ping is not None and not window.works.pinging.running)
    window.works.inference.start_held()
    tour.wait("its images", lambda: window.works.jobs.busy == 0)
    window.checking.run_checks()
    tour.wait("its checks", lambda: window.session.check is not None and not window.works.diagnosing.checking, 240)


def main(out: Path) -> None:
    """The walk, and what came of it."""
    application = app.make_application()
    with Other() as other, Gossip(other) as gossip, V7StandIn(key=KEY, record=None) as v7:
        received: list[str] = []
        real = v7.respond

        def respond(request: Request) -> Response:
            received.append(told(request) + request.body.decode())
            return real(request)

        v7.respond = respond  # type: ignore[method-assign]
        world = World(environ={"DARWIN_BASE_URL": v7.url}, secrets=SecretStore.session_only())
        window = app.make_window(world)
        watch = Watch(world, window.crashing.happened.emit)
        watch.start()
        window.show()
        tour = Tour(window, out)
        clips = walk(window, tour, f"{gossip.url}?token={QUERY.replace('+', '%2B')}", out)
        # The autosave goes with the window; a copy of it is searched.
        window.filing.autosave()
        tour.settle(500)
        before = len(other.received)
        lead_astray(window, tour, out, gossip.base_url, other.base_url)
        watch.stop()
        shutil.copytree(Path.home() / ".local" / "state" / "byom-gui" / "autosave", out / "autosave")
        print(
            json.dumps(
                {
                    "gossip": gossip.received,
                    "other": other.received,
                    "astray": len(other.received) - before,
                    "v7": received,
                    "clips": clips,
                }
            )
        )
        window.session.dirty = False
        window.close()
        world.close()
        application.processEvents()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
