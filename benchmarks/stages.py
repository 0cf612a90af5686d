"""Servers and windows for the pictures of the docs: the real window on the built-in servers, with a fault where due."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtWidgets import QApplication

from byom_gui import app
from byom_gui.app.world import World, sample_paths
from byom_gui.sandbox.fault import Answer, Fault, Picture
from byom_gui.sandbox.faults import FAULTS
from byom_gui.sandbox.loopback import Request, Response
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.sandbox.v7 import REGISTER_PATH, V7StandIn, teams_named
from byom_gui.services import http
from byom_gui.services.secrets import SecretStore
from byom_gui.services.v7 import V7
from byom_gui.services.wire import Options
from byom_gui.ui import theme
from byom_gui.ui.tour import Tour

MODEL_PORT, V7_PORT, TLS_PORT = 8000, 8001, 8443
"""Tried first, so that a picture made again shows the same address; any other free one does as well."""
MODEL_NAME = "nuclei-detector"


@dataclass(frozen=True, slots=True)
class Stage:
    """A window on its servers."""

    tour: Tour
    address: str
    world: World
    v7: V7StandIn

    def connect(self) -> None:
        """Types the address and waits for the ping; then nothing has the focus."""
        self.tour.connect(self.address)
        focus = QApplication.focusWidget()
        if focus is not None:
            focus.clearFocus()

    def preview(self, images: int = 6) -> None:
        """Drops sample pictures, waits for the answers and shows the first."""
        self.tour.preview(sample_paths()[:images])
        self.tour.window.parts.center.show_view("Image")

    def shoot(self, name: str) -> Path:
        """Takes the picture once everything is drawn."""
        self.tour.settle(300)
        self.tour.window.parts.canvas.canvas.settle()
        return self.tour.picture(name)


class SilentV7(V7StandIn):
    """A stand-in that takes a registration and never answers."""

    def respond(self, request: Request) -> Response:
        """Waits where a registration comes in."""
        if request.path == REGISTER_PATH:
            self.stopping.wait(60)
        return super().respond(request)


class HastyWorld(World):
    """Waits two seconds for V7, so that a time-out can be shown without waiting half a minute."""

    def _v7(self) -> tuple[V7, str]:
        v7, key = super()._v7()
        return V7(v7.host, http.send, Options(read_timeout=2.0)), key


@contextmanager
def stage(
    out: Path,
    say: Callable[[str], None],
    *,
    fault: Fault | None = None,
    look: theme.Choice = "light",
    size: tuple[int, int] = (1440, 900),
    silent_v7: bool = False,
    team_words: Sequence[str] = (),
) -> Iterator[Stage]:
    """Starts servers and a window, and ends them.

    Args:
        size: of the window, in pixels at a 13 pixel font.
        silent_v7: V7's stand-in never answers a registration.
        team_words: the stand-in's teams, as ``sandbox --team`` names them.
    """
    application = app.make_application()
    application.setCursorFlashTime(0)
    theme.choose(application, look)
    with ExitStack() as stack:
        kind = SilentV7 if silent_v7 else V7StandIn
        model = ModelServer(fault=fault, port=_usual(MODEL_PORT))
        v7 = kind(port=_usual(V7_PORT), teams=teams_named(team_words, ""))
        for server in (model, v7):
            stack.enter_context(server)
        made = HastyWorld if silent_v7 else World
        world = made({"DARWIN_BASE_URL": v7.url}, SecretStore.session_only("No keyring is used for these pictures."))
        stack.callback(application.processEvents)
        stack.callback(world.close)
        world.secrets.hold(world.key_ref(), v7.key)
        window = app.make_window(world)
        window.resize(*(theme.px(side) for side in size))
        window.show()
        try:
            yield Stage(Tour(window, out, say), model.url, world, v7)
        finally:
            window.session.dirty = False
            window.close()


def _usual(port: int) -> int:
    """The usual port where it is free, else 0, which takes any."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


@contextmanager
def distrusted() -> Iterator[str]:
    """An https address on this machine whose certificate this machine does not trust."""
    import trustme

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    now = datetime.now(UTC)
    authority = trustme.CA(organization_name="Acme internal CA", organization_unit_name="Models")
    issued = authority.issue_cert("localhost", not_before=now - timedelta(52), not_after=now + timedelta(38, 60))
    issued.configure_cert(context)
    with socket.create_server(("127.0.0.1", _usual(TLS_PORT))) as listener:
        thread = threading.Thread(target=_shake_hands, args=(listener, context), daemon=True)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}/api/infer"


def _shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return  # closed: the picture is made
        try:
            with plain, context.wrap_socket(plain, server_side=True) as safe:
                safe.settimeout(2)
                safe.recv(1)
        except OSError:
            continue  # the caller hangs up on a certificate that it does not trust


# --- what the model does wrong, or more than it does by itself


def near_match() -> Fault:
    """A model of nuclei that returns Nucleus where nucleus is listed."""
    return Fault("", "", answer=FAULTS["classes.near-match"].answer, classes=_of_nuclei)


def normalised() -> Fault:
    """A model of nuclei that answers in shares of the picture, where pixels are due."""
    return replace(FAULTS["units.normalised"], classes=_of_nuclei)


def bad_classes() -> Fault:
    """A near match, a class listed twice, and a type that V7 does not have."""

    def listed(sound: list[dict[str, str]]) -> list[dict[str, str]]:
        retyped = [{**one, "type": "bbox"} if one["name"] == "debris" else one for one in _of_nuclei(sound)]
        return [*retyped, retyped[1]]

    return Fault("", "", answer=near_match().answer, classes=listed)


def slow() -> Fault:
    """Never answers in the time of a picture."""
    return FAULTS["net.timeout-read"]


def every_shape() -> Fault:
    """Adds to the sound answer what a field of nuclei does not bring by itself: all nine shapes on one picture."""
    more = [("drift", "line"), ("lineage", "skeleton"), ("stack", "cuboid"), ("flow", "directional_vector")]

    def listed(sound: list[dict[str, str]]) -> list[dict[str, str]]:
        return [*_of_nuclei(sound), *({"name": name, "type": kind} for name, kind in more)]

    return Fault("", "", answer=_with_more, classes=listed)


def _of_nuclei(sound: list[dict[str, str]]) -> list[dict[str, str]]:
    """The classes that the fields of nuclei bring."""
    return [one for one in sound if one["name"] not in ("axon", "neuron", "parcel")]


def _with_more(value: Answer, _: Picture) -> Answer:
    middles = [_middle(r["polygon"]["path"]) for r in value["results"] if "polygon" in r]
    corner = sorted((m for m in middles if 30 < m[0] < 420 and m[1] > 600), key=lambda m: m[0])
    nodes = [{"x": x, "y": y, "occluded": n == 1, "name": f"cell {n + 1}"} for n, (x, y) in enumerate(corner[:5])]
    route = ((652, 415), (671, 488), (645, 545), (671, 618), (688, 733), (681, 820), (703, 885))
    path = [{"x": x, "y": y} for x, y in route]
    x, y = min(middles, key=lambda m: abs(m[0] - 600) + abs(m[1] - 240))
    front = {"x": x - 46, "y": y - 40, "w": 92, "h": 92}
    back = {"x": x - 18, "y": y - 66, "w": 92, "h": 92}
    more: tuple[tuple[str, str, object, float], ...] = (
        ("drift", "line", {"path": path}, 0.81),
        ("lineage", "skeleton", {"nodes": nodes}, 0.77),
        ("stack", "cuboid", {"front": front, "back": back}, 0.69),
        ("flow", "directional_vector", {"angle": 0.6, "length": 120}, 0.88),
    )
    added = [{"name": name, "label": name, "confidence": sure, key: shape} for name, key, shape, sure in more]
    return {**value, "results": [*value["results"], *added]}


def _middle(path: list[dict[str, float]]) -> tuple[float, float]:
    return sum(p["x"] for p in path) / len(path), sum(p["y"] for p in path) / len(path)
