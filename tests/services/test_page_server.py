"""The example server of V7's own page, as somebody who starts would write it down: nothing is held against it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import Endpoint, SecretRef, parse_address
from byom_gui.core.image import ImageSource
from byom_gui.core.project import Settings
from byom_gui.services import checkup, images
from byom_gui.services.model_server import ModelServer
from tests.services.page_server import page_server

SETTINGS = Settings(connect_timeout=5, read_timeout=10)
LISTED = ClassList((ClassEntry("bright", "tag"), ClassEntry("dark", "tag")))


def nothing(ref: SecretRef) -> str | None:
    return None


def plain(shade: int) -> ImageSource:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, shade, shade)).save(out, "PNG")
    return images.from_bytes(out.getvalue(), f"shade-{shade}.png")


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("listed", [None, LISTED])
def test_check_says_ready(quick: bool, listed: ClassList | None) -> None:
    with page_server() as root:
        report = checkup.run(
            Endpoint(parse_address(root + "/api/infer").address),
            SETTINGS,
            [plain(20), plain(240)],
            ModelServer(nothing),
            listed=listed,
            quick=quick,
            cancel=CancelToken(),
        )
    assert report.verdict == "ready"
    alarms = [finding.id for finding in report.findings if finding.severity != "advice"]
    assert alarms == ["net.private-address"]
    assert [stage.outcome for stage in report.stages[:7]] == ["passed", "passed", "skipped"] + ["passed"] * 4
    assert {one.call.way for one in report.answered} >= {"base64", "url"}
    assert report.observations.classes is not None
    assert report.observations.classes.address.path == "/api/classes"


def test_the_samples_are_judged_too() -> None:
    with page_server() as root:
        report = checkup.run(
            Endpoint(parse_address(root + "/api/infer").address),
            SETTINGS,
            checkup.sample_images(),
            ModelServer(nothing),
            cancel=CancelToken(),
            samples=True,
        )
    assert report.verdict == "ready"
    assert [finding.id for finding in report.findings if finding.severity != "advice"] == ["net.private-address"]
