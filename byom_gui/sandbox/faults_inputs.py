"""Faults on what is sent, on behaviour over many calls, and on speed."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random
from typing import Any

from PIL import Image

from byom_gui.sandbox.answers import result
from byom_gui.sandbox.fault import Answer, Fault, Picture
from byom_gui.sandbox.loopback import Response, as_json

_LARGE = 8_000_000
_WIDE = 8.0


def _failed() -> Response:
    return as_json({"status": "failed", "results": []})


def _crashed(last: str) -> Response:
    text = f'Traceback (most recent call last):\n  File "/srv/app.py", line 37, in infer\n{last}\n'
    return Response(500, text.encode(), (), "text/plain; charset=utf-8")


def _mode(*modes: str) -> Callable[[Image.Image], bool]:
    return lambda image: image.mode in modes


def _file(kind: str) -> Callable[[Image.Image], bool]:
    return lambda image: image.format == kind


_NOT_THREE = "ValueError: operands could not be broadcast together with shapes (900,1200,{}) (3,)"
_UNKNOWN = "cv2.error: OpenCV(4.10.0) :-1: error: (-215:Assertion failed) !_src.empty() in function 'cvtColor'"

KINDS: tuple[tuple[str, str, Callable[[Image.Image], bool], str], ...] = (
    ("alpha", "with transparency", _mode("RGBA", "LA", "PA"), _NOT_THREE.format(4)),
    ("grey", "in grayscale", _mode("L"), "IndexError: tuple index out of range"),
    ("cmyk", "in CMYK", _mode("CMYK"), _NOT_THREE.format(4)),
    (
        "16-bit",
        "with 16 bits",
        lambda image: image.mode.startswith("I"),
        "TypeError: Cannot handle this data type: |u2",
    ),
    ("jpeg", "in JPEG format", _file("JPEG"), _UNKNOWN),
    ("png", "in PNG format", _file("PNG"), _UNKNOWN),
    ("webp", "in WebP format", _file("WEBP"), _UNKNOWN),
    ("bmp", "in BMP format", _file("BMP"), _UNKNOWN),
    ("tiff", "in TIFF format", _file("TIFF"), _UNKNOWN),
    ("animated", "with several frames", lambda image: getattr(image, "n_frames", 1) > 1, _UNKNOWN),
    ("tiny", "of 1 × 1 pixels", lambda image: max(image.size) <= 2, "ZeroDivisionError: float division by zero"),
    (
        "wide",
        "eight times as wide as high",
        lambda image: image.width >= _WIDE * image.height,
        "ValueError: height and width must be > 0",
    ),
    (
        "large",
        "of eight million pixels or more",
        lambda image: image.width * image.height >= _LARGE,
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.30 GiB",
    ),
)
"""Name, words, test, and the last line of the traceback that a picture of this kind brings."""


def _fails_on(test: Callable[[Image.Image], bool], last: str) -> Callable[[Picture], Response | None]:
    def seen(picture: Picture) -> Response | None:
        try:
            with Image.open(io.BytesIO(picture.data)) as image:
                return _crashed(last) if test(image) else None
        except Exception:  # noqa: BLE001 - Pillow raises nearly anything; the model says what a broken picture brings
            return None

    return seen


def _needs_prefix(image: dict[str, Any]) -> dict[str, Any] | Response:
    text = image.get("base64")
    if not isinstance(text, str):
        return image
    head, comma, rest = text.partition(",")
    return {"base64": rest} if comma and head.startswith("data:") else _failed()


def _stub(_value: Answer, _picture: Picture) -> Answer:
    results = [
        result("debris", {"x": 12, "y": 9, "w": 21, "h": 17}, 0.91),
        result("debris", {"x": 31, "y": 34, "w": 14, "h": 19}, 0.84),
    ]
    return {"status": "succeeded", "results": results}


def _unstable(value: Answer, picture: Picture) -> Answer:
    """Each call drops some results and finds the others less or more sure."""
    chance = Random(picture.number)  # noqa: S311 - the same each time on purpose
    kept = [r for r in value["results"] if chance.random() > 0.25]
    return {**value, "results": [{**r, "confidence": round(chance.uniform(0.3, 0.99), 3)} for r in kept]}


INPUTS: tuple[Fault, ...] = (
    Fault(
        "input.url",
        "fails for images sent by URL",
        asked=lambda image: _failed() if "url" in image else image,
    ),
    Fault(
        "input.base64",
        "fails for images sent as base64",
        asked=lambda image: _failed() if "base64" in image else image,
    ),
    Fault("input.data-uri", "reads base64 only after a data: prefix", asked=_needs_prefix),
    *(
        Fault("input.format", f"fails for an image {words}", kind, seen=_fails_on(test, last))
        for kind, words, test, last in KINDS
    ),
    Fault(
        "input.failure-form",
        "returns 500 for a broken image",
        broken=lambda: _crashed("OSError: broken data stream when reading image file"),
    ),
    Fault("behaviour.constant", "returns the same for every image", answer=_stub),
    Fault("behaviour.unstable", "responds differently each time", answer=_unstable),
    Fault("speed.slow", "takes over 0.4 seconds for each image", wait=lambda _: 0.4),
    Fault("speed.serial", "handles one image after the other, even if several are sent in parallel", in_line=0.3),
)
