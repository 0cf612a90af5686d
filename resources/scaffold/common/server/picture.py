"""The image of a request: out of base64 or from an address, upright, with three channels."""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import json
import threading
import warnings
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps

from server.fetching import fetch
from server.settings import Settings

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
"""No others are tried: Pillow knows dozens, and some of them start other programs."""


MOST_VALUES = 100_000
"""Commas and brackets in a request's JSON: V7's holds a handful, and millions would fill the memory."""
LARGE = 8_000_000
"""Pixels above which images are decoded one after the other."""
_one_large = threading.Lock()


class RequestError(Exception):
    """The request has another form than V7's. The text is for the caller."""


class PictureError(Exception):
    """The request is sound, and its image can not be had. The text is for the caller."""


@dataclass(frozen=True)
class ImageRequest:
    """What V7 sends: the image itself in base64, or an address of it. One of the two is set."""

    base64: str | None = None
    url: str | None = None

    @classmethod
    def read(cls, body: Any) -> ImageRequest:
        """Of ``{"image": {"base64": …}}`` or ``{"image": {"url": …}}``; other keys do no harm.

        Raises:
            RequestError: another form.
        """
        image = body.get("image") if isinstance(body, dict) else None
        if not isinstance(image, dict):
            raise RequestError('Send {"image": {"base64": …}} or {"image": {"url": …}}.')
        if isinstance(image.get("base64"), str):
            return cls(base64=image["base64"])
        if isinstance(image.get("url"), str):
            return cls(url=image["url"])
        raise RequestError('The image needs "base64" or "url", as text.')


def json_of(data: bytes) -> Any:
    """What a body says; None where it is not JSON.

    Raises:
        RequestError: it is nested too deeply, or holds too many values.
    """
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > MOST_VALUES:
        raise RequestError("The JSON holds too many values.")
    try:
        return json.loads(data)
    except ValueError:
        return None
    except RecursionError:
        raise RequestError("The JSON is nested too deeply.") from None


def read_picture(request: ImageRequest, settings: Settings) -> Image.Image:
    """The image of a request.

    Raises:
        PictureError: no image can be made of it.
    """
    if request.base64 is not None:
        return upright(_decoded(request.base64, settings), settings)
    return upright(_fetched(request.url or "", settings), settings)


def _decoded(text: str, settings: Settings) -> bytes:
    if text.startswith("data:"):  # V7 sends none; other tools do
        text = text.partition(",")[2]
    try:
        # Not split and joined: with a space after each character that would take a gigabyte.
        plain = text.encode("ascii").translate(None, b" \t\r\n\f\v")
        if len(plain) // 4 * 3 > settings.max_image_bytes + 3:
            raise PictureError("The image is too large.")
        data = base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        raise PictureError("The image is not base64.") from None
    if len(data) > settings.max_image_bytes:
        raise PictureError("The image is too large.")
    return data


def _fetched(url: str, settings: Settings) -> bytes:
    if url.startswith("data:"):
        return _decoded(url, settings)
    try:
        return fetch(
            url,
            most_bytes=settings.max_image_bytes,
            seconds=settings.fetch_seconds,
            allow_loopback=settings.allow_loopback,
        )
    except OSError:
        # No more than this: a caller must not learn what answers inside your network.
        raise PictureError("The image could not be fetched.") from None


def upright(data: bytes, settings: Settings) -> Image.Image:
    """The image as people see it: turned as its camera says, RGB; of several frames the first."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > settings.max_pixels:
                    raise PictureError("The image has too many pixels.")
                large = opened.width * opened.height > LARGE
                with _one_large if large else contextlib.nullcontext():
                    opened.load()
                    # In place: each copy of a large image is hundreds of megabytes.
                    ImageOps.exif_transpose(opened, in_place=True)
                    return _rgb(opened)
    except PictureError:
        raise
    except Exception:  # noqa: BLE001 - Pillow raises whatever a broken file leads to
        raise PictureError("The image can not be read.") from None


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits a pixel: the upper eight
        return (
            picture.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
        )
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        whole = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        ground = Image.new("RGB", whole.size, "white")
        ground.paste(whole, mask=whole.getchannel("A"))
        return ground
    return picture.convert("RGB")
