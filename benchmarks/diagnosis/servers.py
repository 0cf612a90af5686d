"""Model servers for the cases: real HTTP on loopback, in threads. They look at the pixels; faults are put on top.

A ``Spec`` says what a server does; a sound one is ``Spec()``. ``running`` starts it and stops it again.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import math
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.diagnosis.vision import NoPictureError, Thing, View, look

Result = dict[str, Any]
Kinds = Mapping[str, tuple[str, str]]
COLOURS = ("red", "yellow", "green", "blue", "purple", "grey")


@dataclass(frozen=True, slots=True)
class Got:
    """A request: header names in lower case; the how manieth inference call it is, from 1."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    number: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A response. With ``cut``, so many bytes of the body are sent alone; ``length`` is a false one.

    With the status 0 nothing is sent: the server hangs up.
    """

    status: int = 200
    body: bytes = field(default=b"", repr=False)
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a step knows beside the results: the picture, its bytes, and the number of the call."""

    view: View
    data: bytes = field(repr=False)
    number: int = 1


Step = Callable[[list[Result], Seen], list[Result]]
Change = Callable[[Any, Seen], Any]
Failure = Callable[[str], Sent]


def kinds(shape: str = "bounding_box", names: str = "car person tree lake tent stone") -> Kinds:
    """The class of each colour, in the order of COLOURS; ``shape`` may hold several, taken in turn."""
    shapes = itertools.cycle(shape.split())
    words = itertools.cycle(names.split())
    return {colour: (next(words).replace("_", " "), next(shapes)) for colour in COLOURS}


def ending(end: str, shape: str = "bounding_box") -> Kinds:
    """The same classes, each name with ``end`` behind it."""
    return {colour: (f"{name}{end}", each) for colour, (name, each) in kinds(shape).items()}


def as_json(value: Any, status: int = 200) -> Sent:
    """A value as JSON; NaN goes out as it stands."""
    return Sent(status, json.dumps(value).encode())


def says_failed(_: str) -> Sent:
    """What a sound server says of a broken picture."""
    return as_json({"status": "failed", "results": []})


def dies(words: str) -> Failure:
    """What a server says that has no idea: 500 with a traceback."""
    text = f'Traceback (most recent call last):\n  File "/srv/app.py", line 31, in infer\nValueError: {words}\n'
    return lambda _: Sent(500, text.encode(), "text/plain")


def page_500(_: str) -> Sent:
    """What a server says behind a web framework in its plainest setting."""
    text = "<!doctype html><title>500 Internal Server Error</title><h1>Internal Server Error</h1>"
    return Sent(500, text.encode(), "text/html")


@dataclass(frozen=True, slots=True)
class Spec:
    """What a server does.

    Args:
        kinds: class name and shape for each colour.
        upright: whether EXIF orientation is followed.
        steps: what is done to the results, one after the other.
        answer: makes the whole answer out of the sound one.
        encode: the answer's bytes.
        reply: the last word on every inference response.
        takes: the ways to send an image that are understood: ``base64``, ``url``, ``data``.
        untaken: the response to any other way.
        refuses: pictures that are not understood; ``refusal`` is the response.
        failure: the response to bytes that are no picture.
        early: answers before anything is read.
        wait: seconds before the n-th answer.
        one_by_one: requests wait for each other.
        classes: the class list, in whatever form; None makes the true one.
        classes_reply: the last word on the classes response.
        infer: the inference paths.
        listing: the classes paths.
    """

    kinds: Kinds = field(default_factory=kinds)
    upright: bool = True
    steps: tuple[Step, ...] = ()
    answer: Change | None = None
    encode: Callable[[Any], bytes] = lambda value: json.dumps(value).encode()
    reply: Callable[[Sent, Got], Sent] | None = None
    takes: frozenset[str] = frozenset({"base64", "url"})
    untaken: Failure = says_failed
    refuses: Callable[[Seen], bool] | None = None
    refusal: Failure = says_failed
    failure: Failure = says_failed
    early: Callable[[Got], Sent | None] | None = None
    wait: Callable[[int], float] | None = None
    one_by_one: bool = False
    classes: Any = None
    classes_reply: Callable[[Sent, Got], Sent] | None = None
    infer: tuple[str, ...] = ("/infer",)
    listing: tuple[str, ...] = ("/classes",)


class Served:
    """One server's state: how often it was called, and how long it worked."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.calls = 0
        self.seconds = 0.0
        self._lock = threading.Lock()
        self._queue = threading.Lock()
        self.over = threading.Event()

    def respond(self, got: Got) -> Sent:
        """Answers one request."""
        begun = time.perf_counter()
        try:
            return self._respond(got)
        finally:
            with self._lock:
                self.seconds += time.perf_counter() - begun

    def _respond(self, got: Got) -> Sent:
        spec = self.spec
        path = got.path.partition("?")[0]
        with self._lock:
            self.calls += path in spec.infer
            got = Got(got.method, got.path, got.headers, got.body, self.calls)
        early = spec.early(got) if spec.early else None
        if early is not None:
            return early
        if path in spec.infer:
            return as_json({"detail": "Method Not Allowed"}, 405) if got.method != "POST" else self._infer(got)
        if path in spec.listing and got.method == "GET":
            sent = as_json(true_classes(spec.kinds) if spec.classes is None else spec.classes)
            return spec.classes_reply(sent, got) if spec.classes_reply else sent
        return as_json({"detail": "Not Found"}, 404)

    def _infer(self, got: Got) -> Sent:
        spec = self.spec
        with self._queue if spec.one_by_one else contextlib.nullcontext():
            if spec.wait:
                self.over.wait(spec.wait(got.number))
            sent = self._looked(got)
        return spec.reply(sent, got) if spec.reply else sent

    def _looked(self, got: Got) -> Sent:
        spec = self.spec
        try:
            image = json.loads(got.body)["image"]
            data = picture_of(image, spec.takes)
        except (ValueError, KeyError, TypeError):
            return as_json({"error": "Send an image."}, 400)
        if data is None:
            return spec.untaken("not enough values to unpack (expected 2, got 1)")
        try:
            seen = Seen(look(data, spec.upright), data, got.number)
        except NoPictureError as error:
            return spec.failure(str(error))
        if spec.refuses and spec.refuses(seen):
            return spec.refusal("operands could not be broadcast together")
        results = [result_of(thing, spec.kinds) for thing in seen.view.things]
        for step in spec.steps:
            results = step(results, seen)
        value: Any = {"status": "succeeded", "results": results}
        return Sent(200, spec.encode(spec.answer(value, seen) if spec.answer else value))


def true_classes(named: Kinds) -> list[dict[str, str]]:
    """The class list as the contract wants it."""
    return [{"name": name, "type": shape} for name, shape in dict.fromkeys(named.values())]


def picture_of(image: Mapping[str, str], takes: frozenset[str]) -> bytes | None:
    """The picture's bytes, None where this way to send it is not understood; empty where it could not be got."""
    if "base64" in image:
        text = image["base64"]
        if text.startswith("data:"):
            return base64.b64decode(text.partition(",")[2]) if "data" in takes else None
        return base64.b64decode(text, validate=True) if "base64" in takes else None
    if "url" not in takes:
        return None
    try:
        with urllib.request.urlopen(image["url"], timeout=5) as reply:
            return bytes(reply.read())
    except OSError:
        return b""


def result_of(thing: Thing, named: Kinds) -> Result:
    """One result in the contract's form."""
    name, shape = named[thing.colour]
    made = SHAPES[shape](thing)
    return {"name": name, "label": name, "confidence": thing.confidence, shape: made}


def _box(thing: Thing) -> Result:
    return {"x": thing.box[0], "y": thing.box[1], "w": thing.size[0], "h": thing.size[1]}


def _at(place: tuple[float, float]) -> Result:
    return {"x": place[0], "y": place[1]}


def _line(thing: Thing) -> Result:
    half = len(thing.outline) // 2
    return {"path": [_at(place) for place in thing.outline[: max(half, 2)]]}


def _skeleton(thing: Thing) -> Result:
    left, top, right, bottom = thing.box
    x, y = thing.centre
    places = {"head": (x, top), "left": (left, y), "right": (right, y), "tail": (x, bottom), "heart": (x, y)}
    return {"nodes": [{"name": name, **_at(place), "occluded": False} for name, place in places.items()]}


def _cuboid(thing: Thing) -> Result:
    left, top, _, _ = thing.box
    width, height = thing.size
    back = {"x": left + width * 0.2, "y": top, "w": width * 0.8, "h": height * 0.8}
    return {"front": {"x": left, "y": top + height * 0.2, "w": width * 0.8, "h": height * 0.8}, "back": back}


SHAPES: dict[str, Callable[[Thing], Result]] = {
    "bounding_box": _box,
    "polygon": lambda thing: {"path": [_at(place) for place in thing.outline]},
    "line": _line,
    "keypoint": lambda thing: _at(thing.centre),
    "ellipse": lambda thing: {
        "angle": 0,
        "center": _at(thing.centre),
        "radius": {"x": thing.size[0] / 2, "y": thing.size[1] / 2},
    },
    "cuboid": _cuboid,
    "skeleton": _skeleton,
    "tag": lambda _: {},
    "directional_vector": lambda thing: {
        "angle": math.atan2(thing.size[1], thing.size[0]),
        "length": math.hypot(*thing.size),
    },
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no concern of ours."""


def _handler(served: Served) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(served.respond(Got(self.command, self.path, headers, self.rfile.read(length))))

        def _send(self, sent: Sent) -> None:
            if not sent.status:
                self.close_connection = True
                return
            self.send_response(sent.status)
            if sent.kind:
                self.send_header("Content-Type", sent.kind)
            self.send_header("Content-Length", str(len(sent.body) if sent.length is None else sent.length))
            for name, value in sent.headers:
                self.send_header(name, value)
            if sent.cut is not None or sent.length is not None:
                self.close_connection = True
            self.end_headers()
            self.wfile.write(sent.body if sent.cut is None else sent.body[: sent.cut])

        do_GET = do_POST = do_PUT = do_HEAD = _serve  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    return Handler


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs."""

    port: int
    served: Served
    scheme: str = "http"
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """Its root, without a slash at the end."""
        return f"{self.scheme}://{self.host}:{self.port}"


@contextlib.contextmanager
def running(spec: Spec, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Running]:
    """Starts the server and stops it. ``host`` is the name in its address."""
    served = Served(spec)
    httpd = _Server((host if host.startswith("127.") else "127.0.0.1", 0), _handler(served))
    if tls is not None:
        httpd.socket = tls.wrap_socket(httpd.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Running(int(httpd.server_address[1]), served, "https" if tls else "http", host)
    finally:
        served.over.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join(5)
