"""A client of the server, with your model and with none."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

import model
from server.app import create_app
from server.settings import Settings

Client = Callable[..., FlaskClient]


@pytest.fixture
def client() -> Client:
    """Makes a client; settings and ``predict`` may be given."""

    def make(predict: Any = model.predict, **settings: Any) -> FlaskClient:
        return create_app(Settings(**settings), model.CLASSES, predict).test_client()

    return make


def picture(kind: str = "PNG", mode: str = "RGB", orientation: int = 1) -> bytes:
    """A small picture: one thing on a light ground, in its upper left quarter."""
    image = Image.new("RGB", (120, 80), "white")
    ImageDraw.Draw(image).rectangle((10, 10, 40, 30), fill="navy")
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.convert(mode).save(file, kind, exif=exif)
    return file.getvalue()


def body(data: bytes) -> dict[str, Any]:
    """A request with an image by base64."""
    return {"image": {"base64": base64.b64encode(data).decode()}}
