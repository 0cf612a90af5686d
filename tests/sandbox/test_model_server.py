"""The built-in model server over real HTTP: the contract, credentials and refusals."""

from __future__ import annotations

import base64
import functools
import http.client
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from byom_gui.core.errors import InputError
from byom_gui.sandbox.answers import class_list
from byom_gui.sandbox.faults import find_fault
from byom_gui.sandbox.loopback import LoopbackServer
from byom_gui.sandbox.model_server import ModelServer
from tests.sandbox.measures import SAMPLES, named

PICTURE = (SAMPLES / "nuclei-3.jpg").read_bytes()
IMAGE = {"image": {"base64": base64.b64encode(PICTURE).decode()}}


def call(
    server: LoopbackServer, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """One request; a body that is not bytes is sent as JSON. Header names come back lower case."""
    connection = http.client.HTTPConnection(server.base_url.removeprefix("http://"), timeout=20)
    try:
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection.request(method, path, data, headers or {})
        reply = connection.getresponse()
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    before = set(threading.enumerate())
    with ModelServer() as running:
        yield running
    assert not [t for t in set(threading.enumerate()) - before if t.is_alive()]


@pytest.fixture(scope="module")
def picture_url() -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on stderr."""

    host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SAMPLES)))
    thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{host.server_address[1]}/nuclei-3.jpg"
    host.shutdown()
    host.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["/api/classes", "/classes"])
def test_lists_its_classes(server: ModelServer, path: str) -> None:
    status, headers, body = call(server, "GET", path)
    assert (status, headers["content-type"], json.loads(body)) == (200, "application/json", class_list())


@pytest.mark.parametrize("path", ["/api/infer", "/infer"])
def test_both_ways_to_send_an_image_bring_the_same(server: ModelServer, picture_url: str, path: str) -> None:
    status, headers, body = call(server, "POST", path, IMAGE)
    by_url = call(server, "POST", path, {"image": {"url": picture_url}, "extra": 1})
    answer = json.loads(body)
    assert (status, headers["content-type"], answer["status"]) == (200, "application/json", "succeeded")
    assert len(named(answer["results"], "nucleus")) > 20
    assert json.loads(by_url[2]) == answer


@pytest.mark.parametrize(
    "image",
    [
        {"base64": "?"},
        {"base64": base64.b64encode(b"no picture").decode()},
        {"base64": "data:image/jpeg;base64," + IMAGE["image"]["base64"]},
        {"url": "file:///etc/hostname"},
        {"url": "http://127.0.0.1:9/none.png"},
    ],
    ids=["no base64", "no picture", "data prefix", "file", "refused"],
)
def test_an_image_that_can_not_be_had_is_failed_with_200(server: ModelServer, image: dict[str, str]) -> None:
    status, _, body = call(server, "POST", "/infer", {"image": image})
    assert (status, json.loads(body)) == (200, {"status": "failed", "results": []})


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"{}", b'{"image": {}}', b'{"image": {"url": 1}}'])
def test_a_body_that_asks_nothing_is_400(server: ModelServer, body: bytes) -> None:
    assert call(server, "POST", "/infer", body)[0] == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/elsewhere", 404),
        ("GET", "/infer", 405),
        ("POST", "/classes", 405),
        ("DELETE", "/api/infer", 405),
    ],
)
def test_paths_and_methods(server: ModelServer, method: str, path: str, status: int) -> None:
    got, headers, _ = call(server, method, path)
    assert (got, "allow" in headers) == (status, status == 405)


def test_web_pages_and_large_bodies_are_refused() -> None:
    with ModelServer(body_limit=100) as small:
        assert call(small, "POST", "/infer", {}, {"Origin": "https://example.org"})[0] == 403
        assert call(small, "POST", "/infer", b"x" * 101)[0] == 413
        assert call(small, "POST", "/infer", b"", {"Transfer-Encoding": "chunked"})[0] == 411


@pytest.mark.parametrize(
    ("user", "secret", "status"),
    [("", "", 401), ("ann:pw", "", 401), ("", "s3", 401), ("ann:no", "s3", 401), ("ann:pw", "s3", 200)],
)
def test_both_credentials_are_asked_for(user: str, secret: str, status: int) -> None:
    headers = {"X-Secret": secret} | ({"Authorization": f"Basic {base64.b64encode(user.encode()).decode()}"})
    with ModelServer(user="ann", password="pw", secret_header="X-Secret", secret="s3") as guarded:
        assert call(guarded, "GET", "/classes", headers=headers)[0] == status


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", "::"])
def test_only_this_machine_is_served(host: str) -> None:
    with pytest.raises(InputError, match="loopback"):
        ModelServer(host=host)


def test_a_taken_port_is_said_and_a_stopped_server_starts_again(server: ModelServer) -> None:
    port = int(server.base_url.rpartition(":")[2])
    with pytest.raises(InputError, match=f"Port {port}"):
        ModelServer(port=port).start()
    again = ModelServer()
    for _ in range(2):
        with again:
            assert call(again, "GET", "/")[0] == 200


def test_stopping_does_not_wait_for_an_answer_that_never_comes() -> None:
    with ModelServer(fault=find_fault("net.timeout-read")) as silent:
        connection = http.client.HTTPConnection(silent.base_url.removeprefix("http://"), timeout=20)
        connection.request("POST", "/infer", json.dumps(IMAGE))
    try:
        status = connection.getresponse().status
    except (http.client.HTTPException, OSError):
        status = 0
    connection.close()
    assert status in (0, 503)


def test_samples_are_small_and_whole() -> None:
    pictures = [p for p in Path(SAMPLES).iterdir() if p.suffix in (".png", ".jpg")]
    assert len(pictures) == 6
    assert sum(p.stat().st_size for p in pictures) < 4_000_000
