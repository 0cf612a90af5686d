"""What ``url`` may fetch, and what not."""

from __future__ import annotations

import contextlib
import http.server
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from server import fetching
from server.fetching import FetchError, fetch, is_allowed
from tests.conftest import Client, picture


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves a picture, and redirects."""

    def do_GET(self) -> None:
        target = {"/round": "/round", "/inward": "http://10.0.0.1/", "/file": "file:///etc/passwd"}
        if self.path in target:
            self.send_response(302)
            self.send_header("Location", target[self.path])
            self.end_headers()
            return
        self.send_response(404 if self.path == "/none" else 200)
        self.end_headers()
        self.wfile.write(picture())

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def pages() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_image_by_address(client: Client, pages: str) -> None:
    request = {"image": {"url": f"{pages}/a.png?signature=x"}}
    reply = client(allow_loopback=True).post("/infer", json=request)
    assert reply.get_json()["status"] == "succeeded"
    assert client().post("/infer", json=request).get_json()["status"] == "failed"


@pytest.mark.parametrize("path", ["/round", "/inward", "/file", "/none"])
def test_redirects_are_looked_at_too(pages: str, path: str) -> None:
    with pytest.raises(FetchError):
        fetch(pages + path, most_bytes=10_000, seconds=5, allow_loopback=True)


def test_no_more_than_so_many_bytes(pages: str) -> None:
    with pytest.raises(FetchError, match="too large"):
        fetch(pages, most_bytes=10, seconds=5, allow_loopback=True)


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, contextlib.suppress(OSError):
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        fetch(url, most_bytes=10, seconds=0.2, allow_loopback=True)
        pytest.fail("it brought something")


def test_a_handshake_that_drips_is_ended() -> None:
    sent = 0

    def drip() -> None:
        nonlocal sent
        with contextlib.suppress(OSError):
            peer, _ = listening.accept()
            with peer:
                peer.sendall(b"\x16\x03\x03\x3e\x80")  # a record of 16,000 bytes is announced
                while sent < 400:
                    peer.sendall(b"\x02")
                    sent += 1
                    time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip)
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(OSError):
            fetch(url, most_bytes=10, seconds=0.3, allow_loopback=True)
        thread.join()
    assert sent < 400, "each byte came in time, and all of them were waited for"


def test_a_look_up_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: held.wait(20) and [])
    with pytest.raises(FetchError, match="too slow"):
        fetch("http://example.com/", most_bytes=10, seconds=0.1)
    held.set()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.com/a", "example.com"),
        ("https://example.com:443/a", "example.com"),
        ("https://example.com:8443/a", "example.com:8443"),
        ("http://example.com/a", "example.com"),
        ("http://example.com:443/a", "example.com:443"),
        ("http://[2606:4700::1]/a", "[2606:4700::1]"),
    ],
)
def test_the_host_is_named_as_it_was_signed(
    monkeypatch: pytest.MonkeyPatch, url: str, host: str
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        monkeypatch.setattr(fetching, "_connected", lambda *_: ours)
        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        assert fetch(url, most_bytes=10, seconds=5) == b"hi"
        asked = theirs.recv(2000).decode().splitlines()
    assert [line for line in asked if line.lower().startswith("host:")] == [f"Host: {host}"]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/a",
        "http://user:word@example.com/",
        "http://",
        "http://[",
        "",
    ]
    + ["http://localhost/", "http://169.254.169.254/latest/meta-data/", "http://2130706433/"]
    + ["http://0/", "http://[::ffff:127.0.0.1]/", "http://127.0.0.1:99999/", "http://a b/"],
)
def test_addresses_that_are_not_fetched(url: str) -> None:
    with pytest.raises(OSError):
        fetch(url, most_bytes=10, seconds=2)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
    ]
    + ["224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1"]
    + ["::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::"],
)
def test_addresses_inside_a_network(address: str) -> None:
    assert not is_allowed(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert is_allowed(address)


def test_this_machine_only_when_it_is_tried_out() -> None:
    assert is_allowed("127.0.0.1", allow_loopback=True)
    assert is_allowed("::1", allow_loopback=True)
    assert not is_allowed("10.0.0.1", allow_loopback=True)
