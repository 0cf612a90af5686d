"""The built-in model against the truth of the samples, also moved, mirrored and scaled; and on other pictures."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from PIL import Image, ImageFilter

from byom_gui.core.errors import ImageError
from byom_gui.sandbox import draw
from byom_gui.sandbox.answers import CLASSES
from byom_gui.sandbox.model import infer
from tests.sandbox.measures import (
    NAMES,
    SAMPLES,
    encoded,
    flipped,
    named,
    nearest,
    overlaps,
    remapped,
    truth_of,
)

Results = list[dict[str, Any]]
LEAST = {"nucleus": 0.75, "mitosis": 0.5, "colony": 0.7, "parcel": 0.9, "debris": 0.15}


def assert_fits(found: Results, true: Results, slack: int = 2) -> None:
    """Counts within ``slack``, at least nine of ten shapes well covered, points near their places."""
    assert {r["name"] for r in found} <= {name for name, _ in CLASSES}
    for name in ("nucleus", "mitosis", "colony", "parcel", "spindle_pole", "neuron", "axon"):
        assert abs(len(named(found, name)) - len(named(true, name))) <= (slack if name == "nucleus" else 0), name
    for name, least in LEAST.items():
        shares = overlaps(named(found, name), named(true, name))
        assert sum(share < least for share in shares) <= len(shares) // 10 + (name == "debris"), (name, sorted(shares))
    poles = [r["keypoint"] for r in named(found, "spindle_pole")]
    assert all(nearest(r["keypoint"], poles) < 6 for r in named(true, "spindle_pole"))
    for one, other in zip(named(found, "neuron"), named(true, "neuron"), strict=True):
        seen = one["skeleton"]["nodes"]
        assert len(seen) == len(other["skeleton"]["nodes"])
        for node in other["skeleton"]["nodes"]:
            assert nearest(node, seen) < (32 if node["name"].startswith("fork") else 16), node
    for one, other in zip(named(found, "axon"), named(true, "axon"), strict=True):
        dense = _dense(other["line"]["path"])
        assert all(nearest(place, dense) < 6 for place in one["line"]["path"])
        assert nearest(other["line"]["path"][-1], one["line"]["path"]) < 18


def _dense(path: list[dict[str, float]]) -> list[dict[str, float]]:
    pairs = pairwise(path)
    return [
        {"x": a["x"] + (b["x"] - a["x"]) * i / 20, "y": a["y"] + (b["y"] - a["y"]) * i / 20}
        for a, b in pairs
        for i in range(21)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_fits_the_samples_and_their_outlines_are_close(name: str) -> None:
    found, true = infer((SAMPLES / name).read_bytes()), truth_of(name)
    assert_fits(found, true, slack=0)
    if named(true, "nucleus"):
        assert median(overlaps(named(found, "nucleus"), named(true, "nucleus"))) > 0.9
    assert named(found, "in_focus")
    confidences = [r["confidence"] for r in found]
    assert all(0 < c <= 1 for c in confidences)
    assert len(set(confidences)) > min(4, len(found) // 2)
    blurred = Image.open(SAMPLES / name).filter(ImageFilter.GaussianBlur(6))
    assert not named(infer(encoded(blurred)), "in_focus")


@pytest.mark.parametrize("name", NAMES)
def test_a_mirrored_picture_brings_the_mirrored_answer(name: str) -> None:
    picture = Image.open(SAMPLES / name).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert_fits(infer(encoded(picture)), flipped(truth_of(name), picture.width))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by", [0.6, 1.4])
def test_a_scaled_picture_brings_the_scaled_answer(name: str, by: float) -> None:
    picture = Image.open(SAMPLES / name)
    size = (round(picture.width * by), round(picture.height * by))
    found = infer(encoded(picture.resize(size, Image.Resampling.LANCZOS)))
    assert_fits(remapped(found, 1 / by, 1 / by, 0, 0), truth_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_moved_picture_brings_the_moved_answer(name: str) -> None:
    picture = Image.open(SAMPLES / name).convert("RGB")
    ground = (1, 2, 11) if "parcels" not in name else (222, 222, 222)
    wider = Image.new("RGB", (picture.width + 90, picture.height + 60), ground)
    wider.paste(picture, (61, 37))
    assert_fits(infer(encoded(wider)), remapped(truth_of(name), 1, 1, 61, 37), slack=5)


def test_an_exif_orientation_is_followed() -> None:
    picture = Image.open(SAMPLES / "parcels.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = encoded(picture.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=90)
    assert_fits(infer(sideways), truth_of("parcels.jpg"))


def _noise(mode: str, seed: int) -> Image.Image:
    raw = random.Random(seed).randbytes(400 * 300 * len(mode))
    return Image.frombytes(mode, (400, 300), raw)


@pytest.mark.parametrize(
    "picture",
    [Image.new("RGB", (640, 480)), Image.new("L", (300, 300), 255), Image.new("RGB", (1, 1), 9), _noise("RGB", 1)],
    ids=["black", "white", "one pixel", "noise"],
)
def test_nothing_is_seen_where_nothing_is(picture: Image.Image) -> None:
    assert [r for r in infer(encoded(picture)) if r["name"] != "in_focus"] == []


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16", "1"])
def test_every_mode_of_picture_is_read(mode: str) -> None:
    grey = Image.open(SAMPLES / "nuclei-3.jpg").convert("RGB" if mode in ("P", "RGBA", "CMYK") else "L")
    picture = grey.convert("I").point(lambda v: v * 200).convert("I;16") if mode == "I;16" else grey.convert(mode)
    found = infer(encoded(picture, "JPEG" if mode == "CMYK" else "PNG"))
    assert isinstance(found, list)
    assert mode == "1" or len(named(found, "nucleus")) > 15


@pytest.mark.parametrize("data", [b"", b"no picture", (SAMPLES / "parcels.jpg").read_bytes()[:4000]])
def test_a_broken_picture_is_said_to_be_one(data: bytes) -> None:
    with pytest.raises(ImageError):
        infer(data)


@pytest.mark.parametrize("name", ["nuclei-3.jpg", "neuron.jpg", "parcels.jpg"])
def test_the_committed_truth_is_what_the_code_draws(name: str) -> None:
    _, truth = draw.SAMPLES[name]()
    assert truth == truth_of(name)


def test_every_class_is_in_the_samples() -> None:
    seen = Counter(r["name"] for name in NAMES for r in truth_of(name))
    assert set(seen) == {name for name, _ in CLASSES}


def test_draw_writes_pictures_beside_their_truth(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(draw, "SAMPLES", {"parcels.jpg": draw.SAMPLES["parcels.jpg"]})
    assert draw.main([]) == 2
    assert draw.main([str(tmp_path / "new")]) == 0
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["parcels.jpg", "parcels.truth.json"]
    assert "parcels.jpg" in capsys.readouterr().out
