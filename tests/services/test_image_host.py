"""One image at an address that can not be guessed, and whether a server could fetch it."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest

from byom_gui.core.endpoint import parse_address
from byom_gui.core.errors import InputError
from byom_gui.services import images
from byom_gui.services.image_host import ImageHost, can_reach


def fetch(url: str, path: str | None = None, method: str = "GET") -> tuple[int, bytes, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request(method, parts.path if path is None else path)
        reply = connection.getresponse()
        return reply.status, reply.read(), reply.getheader("Content-Type") or ""
    finally:
        connection.close()


def test_the_image_is_served_and_counted() -> None:
    sample = images.small_sample()
    with ImageHost() as host:
        url = host.serve(sample)
        assert fetch(url, method="HEAD") == (200, b"", "image/png")
        assert host.fetches == 0
        assert fetch(url) == (200, sample.data, "image/png")
        assert fetch(url)[0] == 200
        assert host.fetches == 2
        other = host.serve(sample)
        assert (fetch(url)[0], fetch(other)[0]) == (404, 200)
    with pytest.raises(ConnectionRefusedError):
        fetch(url)


def test_nothing_else_is_there() -> None:
    with ImageHost() as host:
        assert fetch(f"http://127.0.0.1:{urlsplit(host.serve(images.small_sample())).port}/")[0] == 404
        url = host.serve(images.small_sample())
        token = urlsplit(url).path.split("/")[1]
        assert len(token) >= 32
        for path in ("/", f"/{token}", f"/{token}/", f"/{token}/../{token}/x", "/../../etc/passwd", f"/{token}/%2e%2e"):
            assert fetch(url, path)[0] == 404
        assert fetch(url, method="POST")[0] == 501
        assert host.fetches == 0


def test_it_expires() -> None:
    time = [0.0]
    with ImageHost(clock=lambda: time[0]) as host:
        url = host.serve(images.small_sample(), seconds=10)
        time[0] = 9
        assert fetch(url)[0] == 200
        time[0] = 11
        assert fetch(url)[0] == 404


@pytest.mark.parametrize("interface", ["0.0.0.0", "::", "not an address", "203.0.113.1"])
def test_interfaces_that_are_refused(interface: str) -> None:
    with pytest.raises(InputError, match="interface"), ImageHost(interface):
        pass


@pytest.mark.parametrize(
    ("url", "interface", "addresses", "possible", "word"),
    [
        ("http://127.0.0.1:8000/infer", "127.0.0.1", (), True, "on this computer"),
        ("http://localhost/infer", "127.0.0.1", (), True, "on this computer"),
        ("http://my-name.example/infer", "127.0.0.1", ("127.0.1.1",), True, "on this computer"),
        ("http://192.168.1.5/infer", "127.0.0.1", (), False, "Choose the interface"),
        ("http://192.168.1.5/infer", "192.168.1.2", (), True, "192.168.1.2"),
        ("http://gpu-box/infer", "192.168.1.2", (), True, "private network"),
        ("http://gpu.local/infer", "127.0.0.1", (), False, "Choose the interface"),
        ("https://ml.corp.example/infer", "10.0.0.2", ("10.0.0.9",), True, "private network"),
        ("https://model.example.com/infer", "10.0.0.2", (), False, "Give an image address"),
        ("https://8.8.8.8/infer", "10.0.0.2", (), False, "Give an image address"),
    ],
)
def test_who_could_fetch(url: str, interface: str, addresses: tuple[str, ...], possible: bool, word: str) -> None:
    can, why = can_reach(parse_address(url).address.origin, interface, addresses)
    assert (can, word in why) == (possible, True)
