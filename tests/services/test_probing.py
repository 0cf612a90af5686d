"""Whole checks against servers that look at the pixels: what is sent beyond the user's images, and what it shows."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageOps

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import probes
from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.image import ImageSource
from byom_gui.core.project import Settings
from byom_gui.core.report import CheckReport
from byom_gui.services import checkup, images
from byom_gui.services.model_server import ModelServer
from tests.services.servers import Received, Scripted, serving

Box = dict[str, float]
Change = Callable[[Box, Image.Image], Box]
SETTINGS = Settings(connect_timeout=5, read_timeout=10)
COLOURS = ((230, 30, 30), (30, 220, 40), (40, 60, 235))


def drawing(number: int, size: tuple[int, int] = (360, 240)) -> ImageSource:
    """Three coloured boxes on a dark ground, elsewhere on each picture."""
    picture = Image.new("RGB", size, (15, 15, 15))
    draw = ImageDraw.Draw(picture)
    for place, colour in enumerate(COLOURS):
        x, y = 12 + 105 * place + 13 * number, 20 + (60 * place + 37 * number) % 130
        draw.rectangle((x, y, x + 50 + 9 * place, y + 40 + 17 * place), fill=colour)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return images.from_bytes(out.getvalue(), f"drawing-{number}.png")


def look(data: bytes, upright: bool = True) -> tuple[Image.Image, list[Box]]:
    """A little model: the box around what is of each colour."""
    opened = Image.open(io.BytesIO(data))
    picture = (ImageOps.exif_transpose(opened) if upright else opened).convert("RGB")
    found: list[Box] = []
    for channel in range(3):
        others = [picture.getchannel(other).point(lambda v: 255 * (v < 130)) for other in range(3) if other != channel]
        mask = picture.getchannel(channel).point(lambda v: 255 * (v > 170))
        for other in others:
            mask = Image.composite(mask, Image.new("L", mask.size), other)
        bounds = mask.getbbox()
        if bounds and bounds[2] - bounds[0] > 3:
            left, top, right, bottom = bounds
            found.append({"x": left, "y": top, "w": right - left, "h": bottom - top})
    return picture, found


def server(
    change: Change = lambda box, _: box,
    *,
    upright: bool = True,
    prefix: bool = False,
    refuses: Callable[[Image.Image], bool] = lambda _: False,
    limit: int = 0,
    key: str = "",
    breaks: bool = False,
) -> Callable[[Received], Scripted]:
    """What answers: sound but for what is given."""

    def answer(got: Received) -> Scripted:
        if got.method == "GET":
            return Scripted(404)
        if key and got.headers.get("x-key") not in (None, key):
            return Scripted(401)
        if limit and len(got.body) > limit:
            return Scripted(413)
        text = json.loads(got.body)["image"].get("base64")
        if text is None or text.startswith("data:") != prefix:
            return Scripted(500, b"no")
        try:
            data = base64.b64decode(text.rpartition(",")[2])
            if refuses(Image.open(io.BytesIO(data))):
                return Scripted(500, b"no")
            picture, found = look(data, upright)
        except OSError:
            return Scripted(500, b"Traceback") if breaks else said("failed", [])
        return said("succeeded", [change(box, picture) for box in found])

    return answer


def said(status: str, boxes: list[Box]) -> Scripted:
    results = [{"name": "box", "label": "box", "confidence": 0.75, "bounding_box": box} for box in boxes]
    return Scripted(body=json.dumps({"status": status, "results": results}).encode())


def stub(got: Received) -> Scripted:
    """The same box for every picture."""
    return Scripted(404) if got.method == "GET" else said("succeeded", [{"x": 5, "y": 6, "w": 70, "h": 80}])


def check(answer: Callable[[Received], Scripted], *, auth: Auth = Auth(), **options: Any) -> CheckReport:  # noqa: B008
    with serving(answer) as running:
        report = checkup.run(
            Endpoint(parse_address(running.url + "/infer").address, auth),
            SETTINGS,
            [drawing(number) for number in range(3)],
            ModelServer(lambda _: "hush"),
            cancel=CancelToken(),
            **options,
        )
        assert report.calls == len(running.received)
    return report


def faults(report: CheckReport) -> set[str]:
    """All but what loopback and a server that can not fetch bring."""
    usual = {"net.private-address", "net.plain-http", "input.url", "classes.not-served", "confidence.constant"}
    return {each.id for each in report.findings} - usual


def yolo(box: Box, picture: Image.Image) -> Box:
    width, height = picture.size
    x, y = box["x"] + box["w"] / 2, box["y"] + box["h"] / 2
    return {"x": x / width, "y": y / height, "w": box["w"] / width, "h": box["h"] / height}


def test_a_sound_server_gets_a_first_round_alone() -> None:
    report = check(server())
    assert faults(report) == set()
    kinds = [each.call.variant.kind for each in report.answered if each.call.purpose == "variant" and each.call.variant]
    assert len(kinds) == probes.FIRST_ROUND
    stages = {stage.name: stage.outcome for stage in report.stages}
    assert stages["behaviour"] == "passed"
    left = {each.id for each in report.not_checked}
    assert not {"units", "layout", "orientation", "input.format", "behaviour.constant", "behaviour.unstable"} & left


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (server(yolo), {"units.normalised", "layout.centre"}),
        (server(lambda box, _: {"x": box["y"], "y": box["x"], "w": box["h"], "h": box["w"]}), {"layout.swapped"}),
        (server(upright=False), {"orientation.exif"}),
        (server(refuses=lambda picture: picture.mode == "L"), {"input.format"}),
        (server(breaks=True), {"input.failure-form"}),
        (server(prefix=True), {"input.data-uri"}),
        (server(yolo, prefix=True), {"input.data-uri", "units.normalised", "layout.centre"}),
        (stub, {"behaviour.constant"}),
    ],
    ids=["yolo", "swapped", "unrotated", "no grey", "traceback", "prefix", "prefix and yolo", "stub"],
)
def test_what_one_answer_does_not_show(answer: Callable[[Received], Scripted], expected: set[str]) -> None:
    assert faults(check(answer)) == expected


@pytest.mark.parametrize("fetches", [True, False])
def test_a_server_that_takes_addresses_alone_is_probed_by_address(fetches: bool) -> None:
    usual = server()

    def answer(got: Received) -> Scripted:
        address = json.loads(got.body)["image"].get("url") if got.method == "POST" else None
        if not address:
            return Scripted(404 if got.method == "GET" else 415)
        if not fetches:
            return Scripted(500, b"no")
        with urllib.request.urlopen(address, timeout=10) as fetched:
            text = base64.b64encode(fetched.read()).decode()
        return usual(dataclasses.replace(got, body=json.dumps({"image": {"base64": text}}).encode()))

    report = check(answer)
    ways = [each.call.way for each in report.answered if each.call.purpose == "variant"]
    by_address = [each.call.image_name for each in report.answered if each.call.way == "url"]
    if fetches:
        assert ways == ["url"] * probes.FIRST_ROUND
        assert {"drawing-0.png", "drawing-1.png", "drawing-2.png"} <= set(by_address)
    else:
        assert (ways, len(by_address)) == ([], 1)


def test_the_grid_fills_cell_by_cell() -> None:
    cells: dict[tuple[str, str], tuple[str, int]] = {}
    check(
        server(refuses=lambda picture: picture.format == "WEBP"),
        on_cell=lambda way, kind, outcome, ms, status: cells.__setitem__((way, kind), (outcome, status)),
    )
    assert set(cells) == {(way, kind) for way in probes.WAYS for kind in probes.KINDS}
    assert cells["base64", "webp"] == ("fails", 500)
    assert cells["base64", "exif-8"] == ("works", 200)
    assert cells["base64", "broken"] == ("fails", 200)
    assert cells["url", "png"] == ("untried", 0)
    assert cells["data-uri", "png"] == ("fails", 500)


def test_a_quick_check_makes_no_probes() -> None:
    report = check(server(yolo), quick=True)
    assert {each.call.purpose for each in report.answered} == {"ping", "infer"}
    assert faults(report) == {"units.normalised"}
    assert {"layout", "input.format", "behaviour.constant"} <= {each.id for each in report.not_checked}


@pytest.mark.parametrize("most", [2, 7, 12, 20, 33])
def test_never_more_calls_than_allowed(most: int) -> None:
    assert check(server(yolo), max_calls=most).calls <= most


def test_credentials_are_tried_three_ways() -> None:
    """None at all gets in here, and wrong ones do not."""
    report = check(server(key="hush"), auth=Auth("", "X-Key"))
    finding = next(each for each in report.findings if each.id == "auth.not-enforced")
    assert "without credentials" in finding.evidence
    assert "wrong" not in finding.evidence


def test_the_largest_body_is_looked_for() -> None:
    report = check(server(limit=150_000), ladder=True)
    accepted = [
        each.call.request.body_bytes
        for each in report.answered
        if each.call.kind == "bytes" and each.call.reply and each.call.reply.status == 200
    ]
    assert 120_000 < max(accepted) <= 150_000
    no_ladder = check(server(limit=0))
    assert not [each for each in no_ladder.answered if each.call.kind == "bytes"]


def test_a_damaged_picture_is_not_changed() -> None:
    whole = drawing(1)
    damaged = images.from_bytes(whole.data[:60] + bytes(40) + whole.data[100:], "damaged.png")
    with serving(stub) as running:
        report = checkup.run(
            Endpoint(parse_address(running.url + "/infer").address),
            SETTINGS,
            [damaged],
            ModelServer(lambda _: None),
            cancel=CancelToken(),
        )
    assert {each.call.variant.kind for each in report.answered if each.call.variant} <= {"again"}
    assert "input.format" in {each.id for each in report.not_checked}
