"""One image to one judged answer, in both ways; images that come from an address."""

from __future__ import annotations

import base64
import json
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.contract import request_body_valid
from byom_gui.core.endpoint import Endpoint, Origin, SecretRef, parse_address
from byom_gui.core.errors import ImageError, InputError
from byom_gui.core.image import ImageRef
from byom_gui.core.project import Settings
from byom_gui.services import http, images
from byom_gui.services.model_server import ModelServer
from byom_gui.services.previewing import infer_image, interface_for, read_ref
from byom_gui.services.wire import HttpResult
from tests.services.servers import Received, Scripted, free_port, serving

GOOD = b'{"status": "succeeded", "results": [{"name": "a", "label": "a", "confidence": 0.5, "tag": {}}]}'
SETTINGS = Settings(connect_timeout=5, read_timeout=5)
BY_URL = replace(SETTINGS, way="url")
FAR = Endpoint(parse_address("https://model.example.com/infer").address)


def nothing(ref: SecretRef) -> str | None:
    return None


def ref_of(url: str) -> ImageRef:
    return ImageRef("1", "url", url, "far.png")


def test_an_image_goes_by_base64_and_its_answer_is_read() -> None:
    sample = images.small_sample()
    with serving(lambda got: Scripted(body=GOOD)) as server:
        where = Endpoint(parse_address(server.url + "/infer").address)
        found = infer_image(ModelServer(nothing), where, SETTINGS, sample, CancelToken())
    assert found.good
    assert (found.call.way, found.call.image_width, found.call.image_height) == ("base64", 160, 120)
    sent = json.loads(server.received[0].body)
    assert request_body_valid(sent)
    assert base64.b64decode(sent["image"]["base64"], validate=True) == sample.data


def test_a_server_on_this_machine_fetches_the_image_while_it_is_asked_and_not_after() -> None:
    fetched: list[tuple[str, bytes]] = []

    def answer(got: Received) -> Scripted:
        url = json.loads(got.body)["image"]["url"]
        with urllib.request.urlopen(url, timeout=5) as reply:
            fetched.append((url, reply.read()))
        return Scripted(body=GOOD)

    sample = images.small_sample()
    chosen = replace(BY_URL, image_host_interface="192.0.2.7")  # chosen for another server: not used for this one
    with serving(answer) as server:
        where = Endpoint(parse_address(server.url + "/infer").address)
        found = infer_image(ModelServer(nothing), where, chosen, sample, CancelToken())
    assert (found.good, found.call.way) == (True, "url")
    ((url, data),) = fetched
    assert data == sample.data
    assert url.startswith("http://127.0.0.1:")
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=5)


def test_an_address_of_the_image_is_handed_on() -> None:
    with serving(lambda got: Scripted(body=GOOD)) as server:
        where = Endpoint(parse_address(server.url + "/infer").address)
        url = "https://pictures.example/far.png?sig=hush"
        found = infer_image(ModelServer(nothing), where, BY_URL, images.small_sample(), CancelToken(), url)
    assert json.loads(server.received[0].body) == {"image": {"url": url}}
    assert request_body_valid(json.loads(server.received[0].body))
    assert "hush" not in repr(found)


def test_a_server_far_away_can_not_fetch_from_here() -> None:
    with pytest.raises(InputError, match=r"ping-sample\.png cannot be sent by URL\. .*address"):
        infer_image(ModelServer(nothing), FAR, BY_URL, images.small_sample(), CancelToken())


@pytest.mark.parametrize(
    ("host", "interface"), [("localhost", "127.0.0.1"), ("::1", "::1"), ("10.0.0.5", "10.0.0.9"), ("gpu", "10.0.0.9")]
)
def test_on_which_interface_images_are_served(host: str, interface: str) -> None:
    settings = replace(SETTINGS, image_host_interface="10.0.0.9")
    assert interface_for(Origin("http", host, 80), settings) == interface


def test_a_file_is_read_without_any_call(tmp_path: Path) -> None:
    sample = images.small_sample()
    (tmp_path / "near.png").write_bytes(sample.data)

    def no_call(*_: object) -> HttpResult:
        raise AssertionError

    ref = ImageRef("1", "file", str(tmp_path / "near.png"), "near.png")
    assert read_ref(ref, SETTINGS, CancelToken(), no_call) == replace(sample, name="near.png")


def test_an_image_is_read_from_its_address() -> None:
    sample = images.small_sample()
    with serving(lambda got: Scripted(body=sample.data, headers=(("Content-Type", "image/png"),))) as server:
        found = read_ref(ref_of(server.url + "/shelf/far.png?sig=hush"), SETTINGS, CancelToken(), http.send)
    assert found == replace(sample, name="far.png")
    assert [(got.method, got.path) for got in server.received] == [("GET", "/shelf/far.png?sig=hush")]
    assert "authorization" not in server.received[0].headers


@pytest.mark.parametrize(
    ("scripted", "words"),
    [
        (Scripted(404), "returned status 404"),
        (Scripted(body=b"<html>"), "is a web page, not an image"),
        (Scripted(headers=(("Content-Length", str(10**9)),), body=b""), "did not respond: the server announces"),
    ],
)
def test_an_address_that_gives_no_image(scripted: Scripted, words: str) -> None:
    with serving(lambda got: scripted) as server, pytest.raises(ImageError, match=words) as caught:
        read_ref(ref_of(server.url + "/far.png?sig=hush"), SETTINGS, CancelToken(), http.send)
    assert "hush" not in f"{caught.value.sentence} {caught.value.detail}"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:PORT/a.png", "did not respond: connection refused"),
        ("ftp://x/a.png", "cannot be used"),
        ("http://", "cannot be used"),
    ],
)
def test_an_address_that_can_not_be_reached_is_the_images_own_trouble(url: str, words: str) -> None:
    with pytest.raises(ImageError, match=words):
        read_ref(ref_of(url.replace("PORT", str(free_port()))), SETTINGS, CancelToken(), http.send)
