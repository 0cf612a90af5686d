"""What the tests of faults share: a model that remembers, pictures of many kinds, and checks of a faulty server."""

from __future__ import annotations

import copy
import functools
import io
from pathlib import Path

import pytest
from PIL import Image

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.image import ImageSource
from byom_gui.core.project import Settings
from byom_gui.core.report import CheckReport
from byom_gui.sandbox import model
from byom_gui.sandbox.fault import Fault
from byom_gui.sandbox.model_server import ModelServer as BuiltIn
from byom_gui.services import checkup, images
from byom_gui.services.model_server import ModelServer
from tests.sandbox.measures import SAMPLES, encoded

PROBED = ("units", "layout", "orientation", "input", "behaviour", "speed")
"""Families that one answer alone does not tell: their faults are tried by a whole check."""

_infer = functools.lru_cache(maxsize=2000)(model.infer)


@pytest.fixture
def quick_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in model looks at each picture once; faults are tried on the same pictures again and again."""
    monkeypatch.setattr(model, "infer", lambda data: copy.deepcopy(_infer(data)))


@functools.cache
def pictures() -> tuple[ImageSource, ...]:
    """Wide, tall, and one that its EXIF turns; with polygons, boxes, points and, in the last, cuboids."""
    tall = Image.open(SAMPLES / "nuclei-2.jpg").crop((0, 0, 640, 900))
    exif = Image.Exif()
    exif[0x0112] = 6
    raw = Image.open(SAMPLES / "nuclei-4.png").convert("RGB").rotate(90, expand=True)
    made = [
        (SAMPLES / "nuclei-3.jpg").read_bytes(),
        encoded(tall),
        encoded(raw, "JPEG", quality=95, exif=exif),
        (SAMPLES / "parcels.jpg").read_bytes(),
    ]
    return tuple(images.from_bytes(data, f"{at}.image") for at, data in enumerate(made))


def check(fault: Fault | None, *, quick: bool, ca: Path | None = None) -> CheckReport:
    """A check of the built-in server, credentials and all."""
    settings = Settings(connect_timeout=5, read_timeout=0.3 if fault and fault.id == "net.timeout-read" else 10)
    with BuiltIn(user="lab", password="hush", fault=fault) as server:
        if ca is not None:
            ca.write_bytes(server.ca_pem)
            settings = Settings(connect_timeout=5, read_timeout=10, ca_file=str(ca))
        return checkup.run(
            Endpoint(parse_address(server.url).address, Auth("lab")),
            settings,
            pictures(),
            ModelServer(lambda _: "hush"),
            quick=quick,
            budget_ms=250,
            cancel=CancelToken(),
        )


def ids_of(report: CheckReport) -> set[str]:
    """The ids of all its findings."""
    return {finding.id for finding in report.findings}


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height as the file says."""
    with Image.open(io.BytesIO(data)) as picture:
        return picture.size
