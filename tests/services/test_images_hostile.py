"""Images cut at each tenth, with odd names, or gone while they are listed: one sentence, and the rest goes on."""

from __future__ import annotations

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


def read(place: Path) -> Raster | str:
    """The picture, or the sentence that says why there is none."""
    try:
        return images.raster(images.read_image(place))
    except ImageError as error:
        return error.sentence


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
    with pytest.raises(ImageError, match="is gone"):
        images.read_image(first)
