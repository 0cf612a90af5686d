"""One image at one address for a while, and nothing else: over real sockets on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest

from byom_gui.core.endpoint import Origin
from byom_gui.core.errors import InputError
from byom_gui.core.image import ImageSource
from byom_gui.services.image_host import ImageHost, can_reach

DATA = bytes(range(256)) * 40
LAN = "192.168.1.7"


def image(name: str = "cells 1.png", data: bytes = DATA) -> ImageSource:
    return ImageSource(name, data, "image/png", 4, 3)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def host(clock: Clock) -> Iterator[ImageHost]:
    with ImageHost(clock=clock) as running:
        yield running


def ask(address: str, path: str | None = None, method: str = "GET", raw: bytes = b"") -> tuple[int, str, bytes]:
    """Status, head and body as they come over the wire; the path is sent as it is, dots and all."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    request = raw or f"{method} {parts.path if path is None else path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode("latin-1"), body


def test_the_image_is_fetched_whole_and_counted(host: ImageHost) -> None:
    address = host.serve(image(), seconds=60)
    assert address.startswith("http://127.0.0.1:")
    assert address.endswith("/cells%201.png")
    status, head, body = ask(address)
    assert (status, body, host.fetches) == (200, DATA, 1)
    assert "Content-Type: image/png" in head
    assert f"Content-Length: {len(DATA)}" in head
    assert "Server: byom-gui\r\n" in head
    assert ask(address)[2] == DATA
    assert host.fetches == 2


def test_head_tells_without_the_body_and_is_no_fetch(host: ImageHost) -> None:
    status, head, body = ask(host.serve(image()), method="HEAD")
    assert (status, body, host.fetches) == (200, b"", 0)
    assert f"Content-Length: {len(DATA)}" in head


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/favicon.ico",
        "/{token}",
        "/{token}/",
        "/{token}/other.png",
        "/{token}/{name}/",
        "/{token}/{name}?a=1",
        "/{token}/../{name}",
        "/{token}/{name}/../../../../etc/passwd",
        "/{token}/..%2f..%2fetc%2fpasswd",
        "/../../etc/passwd",
        "/{wrong}/{name}",
        "/ü/{name}",
        "http://127.0.0.1/{token}/{name}",
    ],
)
def test_every_other_path_is_not_found(host: ImageHost, path: str) -> None:
    address = host.serve(image())
    token = urlsplit(address).path.split("/")[1]
    assert len(token) >= 32
    wrong = token[:-1] + ("a" if token[-1] != "a" else "b")
    status, head, body = ask(address, path.format(token=token, wrong=wrong, name="cells%201.png"))
    assert (status, body, host.fetches) == (404, b"", 0)
    assert "Server: byom-gui\r\n" in head


@pytest.mark.parametrize(
    "request_line", ["POST {path} HTTP/1.1", "OPTIONS * HTTP/1.1", "nonsense", "GET {path} HTTP/9"]
)
def test_other_methods_and_broken_requests_learn_nothing(host: ImageHost, request_line: str) -> None:
    address = host.serve(image())
    line = request_line.format(path=urlsplit(address).path)
    status, _, body = ask(address, raw=f"{line}\r\nHost: x\r\n\r\n".encode())
    assert (status, body, host.fetches) == (404, b"", 0)


def test_it_expires_and_one_image_takes_the_place_of_another(host: ImageHost, clock: Clock) -> None:
    first = host.serve(image(), seconds=30)
    clock.now += 29.9
    assert ask(first)[0] == 200
    clock.now += 0.1
    assert ask(first)[0] == 404
    second = host.serve(image("b.png", b"second"), seconds=30)
    assert ask(first)[0] == 404
    assert ask(second)[2] == b"second"
    assert urlsplit(first).path.split("/")[1] != urlsplit(second).path.split("/")[1]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("мышь/1?#.png", quote("мышь/1?#.png", safe="")),
        ("50 %.png", "50%20%25.png"),
        ("..", "image"),
        ("", "image"),
        ("bad\udcff.png", "bad%3F.png"),
    ],
)
def test_names_of_every_kind_are_quoted_and_found(host: ImageHost, name: str, shown: str) -> None:
    address = host.serve(image(name))
    assert address.rpartition("/")[2] == shown
    assert ask(address)[2] == DATA


def test_it_is_gone_after_stop_with_all_its_threads() -> None:
    before = set(threading.enumerate())
    host = ImageHost()
    with host:
        address = host.serve(image(data=bytes(50_000_000)))
        parts = urlsplit(address)
        place = (parts.hostname or "", parts.port or 0)
        with socket.create_connection(place, timeout=10) as silent, socket.create_connection(place, timeout=10) as slow:
            slow.sendall(f"GET {parts.path} HTTP/1.1\r\n\r\n".encode())
            assert slow.recv(12) == b"HTTP/1.0 200"
            silent.sendall(b"GET")
            host.stop()
            assert set(threading.enumerate()) <= before
    with pytest.raises(OSError, match=r"refused|reset"):
        socket.create_connection(place, timeout=10)
    with pytest.raises(RuntimeError, match="not running"):
        host.serve(image())


@pytest.mark.parametrize("interface", ["0.0.0.0", "::", "", "localhost", "203.0.113.9"])
def test_interfaces_that_are_refused(interface: str) -> None:
    with pytest.raises(InputError, match="Choose"), ImageHost(interface):
        pytest.fail("it runs")


def test_ipv6_addresses_stand_in_brackets() -> None:
    with ImageHost("::1") as host:
        address = host.serve(image())
        assert address.startswith("http://[::1]:")
        assert ask(address)[2] == DATA


@pytest.mark.parametrize(
    ("server", "interface", "addresses", "can"),
    [
        ("127.0.0.1", "127.0.0.1", (), True),
        ("localhost", LAN, (), True),
        ("model.example", "127.0.0.1", ("127.0.0.1", "::1"), True),
        ("192.168.1.20", LAN, (), True),
        ("fd00::5", LAN, (), True),
        ("100.100.3.4", LAN, (), True),
        ("gpu-box", LAN, (), True),
        ("gpu.local", LAN, (), True),
        ("model.example", LAN, ("10.0.0.4",), True),
        ("192.168.1.20", "127.0.0.1", (), False),
        ("192.168.1.20", "::1", (), False),
        ("gpu-box", "localhost", (), False),
        ("8.8.8.8", LAN, (), False),
        ("model.example", LAN, (), False),
        ("gpu.local", LAN, ("8.8.8.8", "10.0.0.4"), False),
    ],
)
def test_who_can_fetch_from_here(server: str, interface: str, addresses: tuple[str, ...], can: bool) -> None:
    found, why = can_reach(Origin("http", server, 80), interface, addresses)
    assert found is can
    assert ("so it cannot fetch an image from here" in why) is not can


def test_a_private_server_is_told_to_choose_an_interface() -> None:
    assert can_reach(Origin("http", "192.168.1.20", 80), "127.0.0.1")[1] == (
        "The server is not on this machine, so it cannot fetch an image from here. "
        "Drop an image address, or choose an interface in the connection settings."
    )
    assert can_reach(Origin("https", "model.example", 443), LAN)[1].endswith("Drop an image address.")
