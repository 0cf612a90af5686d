"""Images cut at each tenth, with odd names, or gone while they are listed: one sentence, and the rest goes on."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from byom_gui.core.errors import ImageError
from byom_gui.core.image import Raster
from byom_gui.services import images
from tests.services.test_images import picture

KINDS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM", "TGA", "ICO", "JPEG2000")


def readable() -> list[str]:
    """The kinds that this build of Pillow can write and the app reads."""
    Image.init()
    return [kind for kind in KINDS if kind in Image.SAVE]


@pytest.mark.parametrize("kind", readable())
@pytest.mark.parametrize("tenth", range(10))
def test_cut_at_each_tenth(tmp_path: Path, kind: str, tenth: int) -> None:
    data = picture(kind, (200, 150))
    place = tmp_path / "cut.img"
    place.write_bytes(data[: len(data) * tenth // 10])
    outcome = read(place)
    if isinstance(outcome, Raster):
        assert len(outcome.rgba) == outcome.width * outcome.height * 4
    else:
        assert outcome.startswith(("cut.img", "File ends early"))
        assert outcome.endswith(".")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_frame_is_shown(tmp_path: Path, kind: str) -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "lime", "blue")]
    place = tmp_path / "moving.img"
    frames[0].save(place, kind, save_all=True, append_images=frames[1:], lossless=True)
    shown = read(place)
    assert isinstance(shown, Raster)
    assert tuple(shown.rgba[:4]) == (255, 0, 0, 255)


@pytest.mark.parametrize("profile", [b"", b"no profile at all", bytes(128), b"\xff" * 3000])
@pytest.mark.parametrize("mode", ["CMYK", "RGB", "L"])
def test_a_profile_that_is_no_good_stops_nothing(tmp_path: Path, mode: str, profile: bytes) -> None:
    place = tmp_path / "printed.jpg"
    Image.new("RGB", (40, 30), "white").convert(mode).save(place, "JPEG", icc_profile=profile)
    shown = read(place)
    assert isinstance(shown, Raster)
    assert min(shown.rgba[:3]) > 245


def read(place: Path) -> Raster | str:
    """The picture, or the sentence that says why there is none."""
    try:
        return images.raster(images.read_image(place))
    except ImageError as error:
        return error.sentence


MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16")


def writable() -> list[str]:
    """All kinds that this build of Pillow can write in some mode; IM is going from it, and warns."""
    Image.init()
    return sorted(set(Image.SAVE) - {"IM"})


@pytest.mark.parametrize("kind", writable())
def test_every_kind_of_pillow_is_read_or_refused_in_words(tmp_path: Path, kind: str) -> None:
    tried, place = 0, tmp_path / "any.img"
    for mode in MODES:
        grey = Image.radial_gradient("L").resize((96, 64))
        made = grey.convert("I").convert(mode) if mode == "I;16" else grey.convert("RGB").convert(mode)
        out = io.BytesIO()
        try:
            made.save(out, kind)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
            continue  # not every kind holds every mode
        tried += 1
        place.write_bytes(out.getvalue())
        outcome = read(place)
        if isinstance(outcome, Raster):
            assert (outcome.width, outcome.height) == (96, 64)
            assert len(outcome.rgba) == 96 * 64 * 4
        else:
            assert outcome.startswith("any.img is ")
            assert "damaged" not in outcome
            assert kind not in ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
    assert tried or kind in NOT_FROM_PIXELS


NOT_FROM_PIXELS = ("BUFR", "GRIB", "HDF5", "WMF")
"""Kinds that Pillow writes with a helper of its own, or not at all."""

NAMES = (
    "new\nline.png",
    "emoji 🦠🔬.png",
    "\u202egnp.txt.png",
    "ولد.png",
    "a" * 251 + ".png",
    " .png",
    "-rf.png",
    "%s%n.png",
)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_odd_names_are_listed_and_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(picture())
    (found,) = images.expand([tmp_path])
    assert images.read_image(found).name == name


def test_a_folder_that_vanishes_meanwhile_ends_the_listing(tmp_path: Path) -> None:
    for folder in ("a", "b", "c"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "one.png").write_bytes(picture())
    listing = images.expand([tmp_path])
    first = next(listing)
    shutil.rmtree(tmp_path / "b")
    assert [first.parent.name, *(path.parent.name for path in listing)] == ["a", "c"]
    shutil.rmtree(tmp_path / "a")
    with pytest.raises(ImageError, match="no longer exists"):
        images.read_image(first)
