"""The report that the window exports: its images are read when they are wanted, and what is gone is left out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from byom_gui.app.filing import Filing
from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered, Diagnosis, read_call
from byom_gui.core.errors import ImageError
from byom_gui.core.image import ImageRef, ImageSource
from byom_gui.core.observations import Observations
from byom_gui.core.project import Settings
from byom_gui.core.report import CheckReport, latency_of
from byom_gui.services.checkup import sample_images
from byom_gui.services.images import from_bytes
from tests.core.calls import body, call, endpoint, result


def report(answered: Sequence[Answered]) -> CheckReport:
    return CheckReport(
        Observations(endpoint()), tuple(answered), Diagnosis((), ()), (), latency_of(None, []), "ready", 1
    )


def answered(name: str, width: int = 100, height: int = 100, *, sample: bool = False) -> Answered:
    made = read_call(call(body(result()), image=name, sample=sample))
    return replace(made, call=replace(made.call, image_width=width, image_height=height))


def picture(name: str) -> ImageSource:
    out = io.BytesIO()
    Image.new("RGB", (100, 100), "red").save(out, "PNG")
    return from_bytes(out.getvalue(), name)


def test_only_the_images_of_the_page_are_read_and_none_is_fetched(tmp_path: Path) -> None:
    read: list[str] = []

    def read_one(ref: ImageRef, settings: Settings, cancel: CancelToken) -> ImageSource:
        read.append(ref.name)
        if ref.name == "gone.png":
            raise ImageError("gone.png is gone.")
        return picture(ref.name)

    names = ("a.png", "gone.png", "remote.png", "other.png")
    refs = [ImageRef(name, "url" if name == "remote.png" else "file", f"/{name}", name) for name in names]
    shown = report([answered(name) for name in names[:3]])
    Filing().backend(read_one).export_report(tmp_path / "r.html", shown, refs, Settings(), CancelToken())
    assert read == ["a.png", "gone.png"]
    page = (tmp_path / "r.html").read_text()
    assert page.count("<figure") == 3
    assert page.count("<image ") == 1


def test_a_check_of_the_samples_shows_the_samples(tmp_path: Path) -> None:
    first = sample_images()[0]
    shown = report([answered(first.name, first.width, first.height, sample=True)])

    def never(ref: ImageRef, settings: Settings, cancel: CancelToken) -> ImageSource:
        pytest.fail("nothing else is read")

    Filing().backend(never).export_report(tmp_path / "r.html", shown, [], Settings(), CancelToken())
    assert (tmp_path / "r.html").read_text().count("<image ") == 1
