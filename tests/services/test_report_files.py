"""A check's report as files: by suffix, with small pictures of the right images."""

from __future__ import annotations

import base64
import io
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from byom_gui.core.diagnosis import Diagnosis, read_call
from byom_gui.core.errors import FileError
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import Observations
from byom_gui.core.report import CheckReport, latency_of
from byom_gui.services import report_files
from byom_gui.services.images import from_bytes
from byom_gui.services.report_files import MOST_BYTES, page_picture, pictures_of, write_report
from tests.core.calls import body, call, endpoint, result


def source(
    name: str = "a.png", size: tuple[int, int] = (100, 100), *, noise: bool = False, mode: str = "RGB"
) -> ImageSource:
    picture = Image.new(mode, size, (200, 30, 30, 0)[: len(mode)])
    if noise:
        picture = Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return from_bytes(out.getvalue(), name)


def report() -> CheckReport:
    answered = (read_call(call(body(result()), image="a.png")),)
    return CheckReport(Observations(endpoint()), answered, Diagnosis((), ()), (), latency_of(None, []), "ready", 1)


def decoded(address: str) -> Image.Image:
    head, _, text = address.partition(",")
    assert head == "data:image/jpeg;base64"
    data = base64.b64decode(text)
    assert len(data) <= MOST_BYTES
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("size", "shown"), [((100, 60), (100, 60)), ((3000, 1500), (1024, 512))])
def test_a_picture_is_small_and_keeps_its_form(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert decoded(page_picture(source(size=size))).size == shown


def test_a_picture_that_packs_badly_gets_smaller_until_it_fits() -> None:
    made = decoded(page_picture(source(size=(1400, 1400), noise=True)))
    assert made.width == made.height < 1024


def test_what_is_transparent_is_white() -> None:
    made = decoded(page_picture(source(mode="RGBA"))).convert("RGB")
    assert all(channel > 250 for channel in made.getpixel((50, 50)))  # type: ignore[union-attr]


def test_a_picture_that_can_not_be_shown_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = source(noise=True)
    assert page_picture(replace(whole, data=whole.data[:200])) == ""
    monkeypatch.setattr(report_files, "MOST_BYTES", 10)
    assert page_picture(whole) == ""


def test_only_the_images_of_the_page_get_a_picture() -> None:
    sources = [source("b.png"), source("a.png", (10, 10)), source("a.png"), source("a.png", noise=True)]
    found = pictures_of(report(), sources)
    assert list(found) == ["a.png"]
    assert found["a.png"] == page_picture(sources[2])


def test_the_suffix_says_which_form_is_written(tmp_path: Path) -> None:
    for name in ("report.json", "report.xml", "report.html", "REPORT.JSON", "report"):
        write_report(tmp_path / name, report(), [source()])
    for name in ("report.json", "REPORT.JSON"):
        assert json.loads((tmp_path / name).read_text())["format"] == "byom-check/1"
    assert "<testsuites " in (tmp_path / "report.xml").read_text()
    for name in ("report.html", "report"):
        text = (tmp_path / name).read_text()
        assert text.startswith("<!DOCTYPE html>")
        assert "data:image/jpeg;base64," in text
    with pytest.raises(FileError):
        write_report(tmp_path / "none" / "report.json", report())
