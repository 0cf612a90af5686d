"""Pictures made from other pictures: what is on them is where the map says."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from byom_gui.core.diagnosis import probes
from byom_gui.core.diagnosis.readings import at
from byom_gui.core.errors import ImageError
from byom_gui.core.image import ImageSource
from byom_gui.services import images, variants

MARK = (24, 60)
"""The middle of the one white square on the picture."""


def picture(form: str = "PNG", size: tuple[int, int] = (200, 120), name: str = "a") -> ImageSource:
    made = Image.new("RGB", size, (20, 30, 40))
    made.paste((255, 255, 255), (MARK[0] - 6, MARK[1] - 6, MARK[0] + 6, MARK[1] + 6))
    out = io.BytesIO()
    made.save(out, form)
    return images.from_bytes(out.getvalue(), f"{name}.{form.lower()}")


def brightness(source: ImageSource, place: tuple[float, float]) -> int:
    raster = images.raster(source)
    x, y = min(int(place[0]), raster.width - 1), min(int(place[1]), raster.height - 1)
    return raster.rgba[4 * (y * raster.width + x)]


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize(
    "kind",
    [
        "mirrored",
        "upended",
        "half",
        "narrow",
        "padded",
        "upright",
        "again",
        *(f"turned-{number}" for number in range(2, 9)),
    ],
)
def test_things_are_where_the_map_says(kind: str, form: str) -> None:
    source = picture(form)
    made, variant = variants.changed(source, kind)
    assert (variant.kind, variant.of, variant.keeps) == (kind, source.name, True)
    assert brightness(made, at(variant.to, *MARK)) > 200
    assert brightness(made, at(variant.to, 100, 20)) < 100
    known = images.from_bytes(made.data, made.name)
    assert (known.width, known.height, known.orientation) == (made.width, made.height, made.orientation)
    assert known.media_type == made.media_type


def test_a_large_picture_is_made_smaller_and_the_map_knows() -> None:
    source = picture(size=(3200, 2000))
    made, variant = variants.changed(source, "mirrored")
    assert (made.width, made.height) == (1600, 1000)
    assert at(variant.to, 0, 0) == (1600, 0)
    assert at(variant.to, 3200, 2000) == (0, 1000)


@pytest.mark.parametrize("kind", ["blank", "noise"])
def test_nothing_is_left_of_the_picture(kind: str) -> None:
    made, variant = variants.changed(picture(), kind)
    assert not variant.keeps
    assert (made.width, made.height) == (200, 120)
    assert variants.changed(picture(), kind)[0].data == made.data


@pytest.mark.parametrize("kind", [kind for kind in probes.KINDS if kind not in probes.BROKEN])
def test_every_kind_can_be_read(kind: str) -> None:
    made, variant = variants.of_kind(picture(), kind)
    known = images.from_bytes(made.data, made.name)
    assert (known.width, known.height, known.orientation) == (made.width, made.height, made.orientation)
    assert known.media_type == made.media_type
    images.raster(known)
    if variant is not None:
        assert brightness(known, at(variant.to, *MARK)) > 150


@pytest.mark.parametrize(
    ("kind", "form", "mode"),
    [
        ("jpeg", "JPEG", "RGB"),
        ("grey", "PNG", "L"),
        ("alpha", "PNG", "RGBA"),
        ("cmyk", "JPEG", "CMYK"),
        ("16-bit", "PNG", "I;16"),
        ("webp", "WEBP", "RGB"),
        ("animated", "GIF", "P"),
    ],
)
def test_kinds_are_what_they_are_called(kind: str, form: str, mode: str) -> None:
    with Image.open(io.BytesIO(variants.of_kind(picture(), kind)[0].data)) as made:
        assert (made.format, made.mode) == (form, mode)
        assert getattr(made, "n_frames", 1) == (2 if kind == "animated" else 1)


@pytest.mark.parametrize("kind", probes.BROKEN)
def test_broken_ones_can_not(kind: str) -> None:
    made, variant = variants.of_kind(picture(), kind)
    assert variant is None
    with pytest.raises(ImageError):
        images.raster(images.from_bytes(made.data, made.name))


def test_sizes_that_are_asked_for() -> None:
    assert (variants.of_kind(picture(), "1x1")[0].width, variants.of_kind(picture(), "wide")[0].width) == (1, 2400)
    assert variants.of_kind(picture(), "large")[0].width == 4000
    for count in (2_000, 300_000):
        made = variants.of_bytes(picture(), count)
        assert len(made.data) == count
        assert images.raster(images.from_bytes(made.data, made.name)).width == 64


def test_edges_are_where_things_are() -> None:
    found = variants.edge_map(picture(size=(400, 240)))
    assert (found.image, found.width, found.height, len(found.cells)) == ("a.png", 200, 120, 200 * 120)
    on_edge = found.cells[(MARK[1] // 2) * 200 + (MARK[0] - 6) // 2]
    assert on_edge > 100
    assert found.cells[10 * 200 + 100] < 10


def test_an_unknown_kind() -> None:
    for make in (variants.changed, variants.of_kind):
        with pytest.raises(KeyError):
            make(picture(), "sideways")
