"""Faults on inputs, one kind of picture at a time; and on behaviour and speed."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from byom_gui.sandbox import model, model_server
from byom_gui.sandbox.faults import FAULTS, find_fault
from byom_gui.sandbox.faults_inputs import KINDS
from byom_gui.sandbox.model_server import ModelServer
from tests.sandbox.measures import encoded
from tests.sandbox.rehearsal import quick_model
from tests.sandbox.test_faults import PICTURE, image_of, infer
from tests.sandbox.test_model_server import call

__all__ = ["quick_model"]

SIZE = (64, 48)


def _animated() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", SIZE, "red").save(out, "GIF", save_all=True, append_images=[Image.new("RGB", SIZE, "blue")])
    return out.getvalue()


MADE: dict[str, Callable[[], bytes]] = {
    "alpha": lambda: encoded(Image.new("RGBA", SIZE), "WEBP", lossless=True),
    "grey": lambda: encoded(Image.new("L", SIZE), "TIFF"),
    "cmyk": lambda: encoded(Image.new("CMYK", SIZE), "TIFF"),
    "16-bit": lambda: encoded(Image.new("I;16", SIZE), "TIFF"),
    "jpeg": lambda: encoded(Image.new("RGB", SIZE), "JPEG"),
    "png": lambda: encoded(Image.new("RGB", SIZE)),
    "webp": lambda: encoded(Image.new("RGB", SIZE), "WEBP"),
    "bmp": lambda: encoded(Image.new("RGB", SIZE), "BMP"),
    "tiff": lambda: encoded(Image.new("RGB", SIZE), "TIFF"),
    "animated": _animated,
    "tiny": lambda: encoded(Image.new("RGB", (1, 1)), "BMP"),
    "wide": lambda: encoded(Image.new("RGB", (800, 100)), "BMP"),
    "large": lambda: encoded(Image.new("RGB", (4000, 2000)), "JPEG"),
}
BREAKS = {
    "alpha": {"alpha", "webp"},
    "grey": {"grey", "tiff"},
    "cmyk": {"cmyk", "tiff"},
    "16-bit": {"16-bit", "tiff"},
    "tiny": {"tiny", "bmp"},
    "wide": {"wide", "bmp"},
    "large": {"large", "jpeg"},
}
"""The kinds that a picture belongs to, where there is more than the one."""


@pytest.mark.parametrize("kind", [kind for kind, *_ in KINDS])
def test_one_kind_of_picture_breaks_the_server_and_no_other(kind: str) -> None:
    with ModelServer(fault=FAULTS[f"input.format:{kind}"]) as server:
        for other, make in MADE.items():
            status, _, body = call(server, "POST", "/infer", image_of(make()))
            broke = kind in BREAKS.get(other, {other})
            assert status == (500 if broke else 200), other
            assert broke == (b"Traceback" in body)
        assert call(server, "POST", "/infer", image_of(b"broken"))[0] == 200


def test_every_kind_is_tried() -> None:
    assert set(MADE) == {kind for kind, *_ in KINDS}


@pytest.mark.usefixtures("quick_model")
def test_a_data_uri_alone_is_read() -> None:
    uri = {"image": {"base64": "data:image/jpeg;base64," + base64.b64encode(PICTURE).decode()}}
    with ModelServer(fault=FAULTS["input.data-uri"]) as server:
        assert json.loads(call(server, "POST", "/infer", uri)[2]) == infer(None).value
        for wrong in (image_of(PICTURE), {"image": {"base64": ","}}, {"image": {"url": "http://127.0.0.1:9/x"}}):
            assert json.loads(call(server, "POST", "/infer", wrong)[2])["status"] == "failed"


@pytest.mark.parametrize(("fault", "way"), [("input.url", "url"), ("input.base64", "base64")])
def test_one_way_alone_fails(fault: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_server, "_picture", lambda _: encoded(Image.new("RGB", SIZE)))
    with ModelServer(fault=FAULTS[fault]) as server:
        for sent in ("url", "base64"):
            answer = json.loads(call(server, "POST", "/infer", {"image": {sent: "http://x"}})[2])
            assert answer["status"] == ("failed" if sent == way else "succeeded")


def test_a_broken_picture_breaks_the_server() -> None:
    with ModelServer(fault=FAULTS["input.failure-form"]) as server:
        for broken in (image_of(b""), image_of(PICTURE[:400]), {"image": {"base64": "?"}}):
            assert call(server, "POST", "/infer", broken)[0] == 500
        assert call(server, "POST", "/infer", image_of(encoded(Image.new("RGB", SIZE))))[0] == 200


@pytest.mark.usefixtures("quick_model")
def test_behaviour_over_several_calls() -> None:
    blank = encoded(Image.new("RGB", SIZE))
    with ModelServer(fault=FAULTS["behaviour.constant"]) as server:
        same = [call(server, "POST", "/infer", image_of(data))[2] for data in (PICTURE, blank, PICTURE)]
    assert len(set(same)) == 1
    with ModelServer(fault=FAULTS["behaviour.unstable"]) as server:
        other = [call(server, "POST", "/infer", image_of(PICTURE))[2] for _ in range(3)]
    assert len(set(other)) == 3


def test_how_long_each_call_waits() -> None:
    always, first = find_fault("speed.slow").wait, find_fault("slow-first").wait
    assert always is not None
    assert first is not None
    assert always(1) == always(9) > 0
    assert first(1) > 1 > first(2) == 0


def test_pictures_are_looked_at_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def look(data: bytes) -> list[object]:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.05)
        with lock:
            now[0] -= 1
        return []

    monkeypatch.setattr(model, "infer", look)
    image = image_of(encoded(Image.new("RGB", SIZE)))
    for fault, expected in ((FAULTS["speed.serial"], {1}), (None, {2, 3, 4})):
        most[0] = 0
        with ModelServer(fault=fault) as server, ThreadPoolExecutor(4) as many:
            list(many.map(lambda _, at=server: call(at, "POST", "/infer", image), range(4)))
        assert most[0] in expected
