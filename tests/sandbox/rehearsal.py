"""What the tests of faults share: a model that remembers, pictures of many kinds, and checks of a faulty server."""

from __future__ import annotations

import copy
import functools
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


def stored(upright: Image.Image, orientation: int) -> Image.Image:
    """A picture as a camera keeps it that was held in this way; EXIF's numbers."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
    }
    return upright.transpose(undo[orientation]) if orientation in undo else upright


def turned(upright: Image.Image, orientation: int) -> bytes:
    """The same as a file, with the EXIF that turns it back."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(stored(upright, orientation), exif=exif)


@functools.cache
def pictures() -> tuple[ImageSource, ...]:
    """Wide, tall, and one that its EXIF turns; with polygons, boxes, points and, in the last, cuboids.

    None is a JPEG, so that one kind of file may fail.
    """
    wide, tall, other, parcels = (
        Image.open(SAMPLES / name).convert("RGB")
        for name in ("nuclei-3.jpg", "nuclei-2.jpg", "nuclei-4.png", "parcels.jpg")
    )
    made = [encoded(wide), encoded(tall.crop((0, 0, 640, 900))), turned(other, 6), encoded(parcels)]
    return tuple(images.from_bytes(data, f"{at}.png") for at, data in enumerate(made))


def check(fault: Fault | None, *, quick: bool, ca: Path | None = None) -> CheckReport:
    """A check of the built-in server, credentials and all; of slow ones with one picture."""
    slow = {"net.timeout-read": 0.3, "net.died:hangs": 2.0}
    settings = Settings(connect_timeout=5, read_timeout=slow.get(fault.name, 10) if fault else 10)
    with BuiltIn(user="lab", password="hush", fault=fault) as server:
        if ca is not None:
            ca.write_bytes(server.ca_pem)
            settings = Settings(connect_timeout=5, read_timeout=10, ca_file=str(ca))
        return checkup.run(
            Endpoint(parse_address(server.url).address, Auth("lab")),
            settings,
            pictures()[: 1 if fault and fault.id.startswith(("speed", "input")) else None],
            ModelServer(lambda _: "hush"),
            quick=quick,
            budget_ms=250,
            cancel=CancelToken(),
        )


def ids_of(report: CheckReport) -> set[str]:
    """The ids of all its findings."""
    return {finding.id for finding in report.findings}
