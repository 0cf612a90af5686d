"""The boundary around Pillow: whatever a decoder raises, whatever it is given, and what it may take of memory."""

from __future__ import annotations

import io
import math
import random
import struct
import subprocess
import sys
import types
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFile, ImageOps, PngImagePlugin, TiffImagePlugin

from byom_gui.core.errors import ImageError, ImageTooLargeError
from byom_gui.core.image import ImageSource, Raster
from byom_gui.services import decoding, images


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file's bytes."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def source(picture: Image.Image, kind: str, **options: Any) -> ImageSource:
    """The picture as it is read from a file."""
    return images.from_bytes(encoded(picture, kind, **options), f"a.{kind.lower()}")


def reds(shown: Raster) -> list[int]:
    """The red of each pixel of the middle row."""
    start = shown.height // 2 * shown.width * 4
    return list(shown.rgba[start : start + shown.width * 4 : 4])


def ramp(size: tuple[int, int], top: int, bottom: int = 0) -> Image.Image:
    """A picture in 32-bit integers that gets brighter from left to right."""
    row = Image.new("I", (size[0], 1))
    row.putdata([bottom + (top - bottom) * x // (size[0] - 1) for x in range(size[0])])
    return row.resize(size, Image.Resampling.NEAREST)


RAISED: list[BaseException] = [
    RuntimeError("Failed to decode frame 0: 5"),
    ZeroDivisionError("Fraction(1, 0)"),
    AttributeError("'NoneType' object has no attribute 'read'"),
    struct.error("unpack requires a buffer of 4 bytes"),
    SyntaxError("broken PNG file"),
    AssertionError(),
    NotImplementedError("compression 7"),
    RecursionError("maximum recursion depth exceeded"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    Image.DecompressionBombError("too many"),
    OSError(22, "Invalid argument"),
    MemoryError(),
    zlib.error("Error -3"),
    StopIteration(),
    LookupError("no codec"),
]


@pytest.mark.parametrize("raised", RAISED, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("late", [False, True])
def test_whatever_a_decoder_raises_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, raised: BaseException, late: bool
) -> None:
    given = source(Image.new("RGB", (30, 20)), "PNG")

    def fail(*_: object, **__: object) -> None:
        raise raised

    if late:
        monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    else:
        monkeypatch.setattr(Image, "open", fail)
    with pytest.raises(ImageError) as caught:
        images.raster(given)
    assert "a.png" in caught.value.sentence
    assert caught.value.sentence.endswith(".")
    assert "\n" not in caught.value.sentence


def test_an_interrupt_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    given = source(Image.new("RGB", (30, 20)), "PNG")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ImageFile.ImageFile, "load", interrupt)
    with pytest.raises(KeyboardInterrupt):
        images.raster(given)


DEEP = [
    ("PNG", "I;16", {}),
    ("TIFF", "I;16", {}),
    ("TIFF", "I;16B", {}),
    ("TIFF", "I;16", {"compression": "tiff_lzw"}),
    ("TIFF", "I", {}),
    ("TIFF", "F", {}),
    ("JPEG2000", "I;16", {}),
]


@pytest.mark.parametrize(("kind", "mode", "options"), DEEP, ids=lambda each: str(each))
@pytest.mark.parametrize("size", [(90, 40), (901, 333), (2300, 700)])
@pytest.mark.parametrize("side", [192, None])
def test_more_than_eight_bits_of_any_size_are_stretched_to_be_shown(
    kind: str, mode: str, options: dict[str, Any], size: tuple[int, int], side: int | None
) -> None:
    given = source(ramp(size, 4000, 300).convert(mode), kind, **options)
    shown = images.raster(given, side)
    row = reds(shown)
    assert (shown.full_width, shown.full_height) == size
    assert max(shown.width, shown.height) == min(side or size[0], size[0])
    assert row[0] < 12
    assert row[-1] > 243
    assert row == sorted(row)
    assert abs(row[len(row) // 2] - 128) < 8


def test_a_few_hot_pixels_do_not_darken_the_rest() -> None:
    picture = ramp((200, 100), 900)
    for x in range(7):
        picture.putpixel((x * 20, 3), 65_000)
    row = reds(images.raster(source(picture.convert("I;16"), "PNG")))
    assert row[190] > 220
    assert 100 < row[100] < 150


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_values_that_are_no_numbers_are_dark_and_spoil_nothing(odd: float) -> None:
    picture = ramp((64, 20), 310, 290).convert("F")
    for x in range(64):
        picture.putpixel((x, 0), odd)
    shown = images.raster(source(picture, "TIFF"))
    row = reds(shown)
    assert row[0] < 12
    assert row[-1] > 243
    assert shown.rgba[0] in (0, 255 if odd > 0 else 0)


def test_one_value_everywhere_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(reds(images.raster(source(Image.new("I;16", (700, 700), 7), "PNG"), 100))) == {0}
    picture = Image.new("F", (9, 9), math.nan)
    assert len(reds(images.raster(source(picture, "TIFF")))) == 9


MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("side", [80, None])
def test_every_mode_is_shown_at_any_size(mode: str, side: int | None) -> None:
    made = Image.new("RGB", (640, 480), "white")
    made.paste("black", (320, 0, 640, 480))
    lab = Image.merge("LAB", (made.convert("L"), *(Image.new("L", made.size, 128) for _ in range(2))))
    picture = lab if mode == "LAB" else made.convert(mode)
    kind = "PNG" if mode in ("1", "L", "LA", "P", "RGBA") else "TIFF"
    row = reds(images.raster(source(picture, kind), side))
    assert len(row) == (side or 640)
    assert row[len(row) // 4] > 240
    assert row[len(row) * 3 // 4] < 15


def test_transparency_survives_in_palettes_and_as_one_color() -> None:
    picture = Image.new("P", (400, 200), 0)
    picture.putpalette([200, 0, 0, 0, 0, 200])
    picture.paste(1, (200, 0, 400, 200))
    gray = Image.new("L", (400, 200), 90)
    gray.paste(200, (200, 0, 400, 200))
    for given in (source(picture, "PNG", transparency=0), source(gray, "PNG", transparency=90)):
        for side in (50, None):
            shown = images.raster(given, side)
            alphas = [shown.rgba[(shown.width * (shown.height // 2) + x) * 4 + 3] for x in (2, shown.width - 2)]
            assert alphas == [0, 255]


@pytest.mark.parametrize("side", [50, None])
def test_a_transparent_value_of_sixteen_bits_spoils_nothing(side: int | None) -> None:
    picture = Image.new("I;16", (400, 200), 1000)
    picture.paste(30_000, (200, 0, 400, 200))
    given = source(picture, "PNG", transparency=1000)
    assert "transparency" in Image.open(io.BytesIO(given.data)).info
    row = reds(images.raster(given, side))
    assert row[0] < 10
    assert row[-1] > 245


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_small_copies_are_upright_as_pillow_turns_them(kind: str, turn: int) -> None:
    picture = Image.new("RGB", (300, 200), "black")
    picture.paste("white", (0, 0, 150, 100))
    exif = Image.Exif()
    exif[0x0112] = turn
    data = encoded(picture, kind, exif=exif, lossless=True)
    given = images.from_bytes(data, "x")
    shown = images.raster(given, 60)
    assert given.orientation == turn
    assert (given.width, given.height) == ((200, 300) if turn >= 5 else (300, 200))
    assert (shown.width, shown.height) == ((40, 60) if turn >= 5 else (60, 40))

    with Image.open(io.BytesIO(data)) as again:
        expected = ImageOps.exif_transpose(again).convert("L")
    for across in (0.25, 0.75):
        for down in (0.25, 0.75):
            at = (int(down * shown.height) * shown.width + int(across * shown.width)) * 4
            bright = expected.getpixel((int(across * expected.width), int(down * expected.height)))
            assert abs(shown.rgba[at] - int(bright)) < 40  # type: ignore[arg-type]


def test_texts_and_profiles_of_any_size_are_no_damage() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Protocol", "µ" * 2_500_000, zip=True)
    notes.add_itxt("Log", "y" * 1_400_000)
    exif = Image.Exif()
    exif[0x0112] = 6
    given = source(
        Image.new("RGB", (40, 20), "red"), "PNG", pnginfo=notes, icc_profile=bytes(3_000_000), exif=exif
    )  # fmt: skip
    assert (given.width, given.height, given.orientation) == (20, 40, 6)
    assert len(given.data) > 1_400_000, "the file's own bytes are sent"
    assert images.raster(given).rgba[:4] == b"\xff\0\0\xff"


def test_a_header_is_read_without_decoding_a_pixel(monkeypatch: pytest.MonkeyPatch) -> None:
    datas = [encoded(Image.new("RGB", (50, 40)), kind) for kind in ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP")]

    def fail(*_: object, **__: object) -> None:
        pytest.fail("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    for data in datas:
        assert images.from_bytes(data, "a").width == 50


@pytest.mark.parametrize("side", [200, None])
def test_what_takes_too_much_memory_is_sent_but_not_drawn(monkeypatch: pytest.MonkeyPatch, side: int | None) -> None:
    monkeypatch.setattr(decoding, "DRAW_BYTES", 4_000_000)
    given = source(Image.new("RGB", (1500, 1400)), "PNG")
    with pytest.raises(ImageTooLargeError) as caught:
        images.raster(given, side)
    assert caught.value.sentence == (
        "a.png has 2 million pixels. A PNG image like this one can be shown up to 1 million. It can still be sent."
    )
    images.check_pixels(given)
    assert images.raster(source(Image.new("L", (1500, 1400)), "PNG"), side).full_width == 1500


def test_damaged_pixels_are_found_before_sending() -> None:
    data = encoded(Image.frombytes("L", (200, 100), random.Random(3).randbytes(20_000)), "BMP")
    with pytest.raises(ImageError, match=r"File ends early: cut\.bmp"):
        images.check_pixels(images.from_bytes(data[:3000], "cut.bmp"))


@pytest.mark.parametrize(("kind", "options"), [("JPEG", {}), ("JPEG2000", {})])
@pytest.mark.parametrize("size", [(1603, 1201), (4001, 97), (95, 3999)])
def test_decoders_that_can_leave_pixels_out_do(
    monkeypatch: pytest.MonkeyPatch, kind: str, options: dict[str, Any], size: tuple[int, int]
) -> None:
    """With room for a sixth of the pixels a copy is still drawn, and of the right shape."""
    monkeypatch.setattr(decoding, "DRAW_BYTES", size[0] * size[1] * (4 if kind == "JPEG" else 21) // 6)
    picture = Image.new("RGB", size, "white")
    picture.paste("black", (size[0] // 2, 0, *size))
    shown = images.raster(source(picture, kind, **options))
    assert abs(shown.width / shown.height / (size[0] / size[1]) - 1) < 0.05
    assert (shown.full_width, shown.full_height) == size
    row = reds(shown)
    assert row[len(row) // 4] > 240
    assert row[len(row) * 3 // 4] < 15


def test_a_progressive_jpeg_is_counted_with_its_coefficients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "DRAW_BYTES", 800 * 600 * 5)
    picture = Image.new("RGB", (800, 600))
    assert images.raster(source(picture, "JPEG"), 100).width == 100
    with pytest.raises(ImageTooLargeError, match="A JPEG image like this one"):
        images.raster(source(picture, "JPEG", progressive=True), 100)


def test_a_jpeg_that_is_too_large_at_an_eighth_of_its_size_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    given = source(Image.new("RGB", (1600, 1200)), "JPEG")
    monkeypatch.setattr(decoding, "DRAW_BYTES", 4 * 200 * 150)
    assert images.raster(given, 100).full_width == 1600
    monkeypatch.setattr(decoding, "DRAW_BYTES", 4 * 200 * 150 - 1)
    with pytest.raises(ImageTooLargeError):
        images.raster(given, 100)


@pytest.mark.parametrize("size", [(1024, 700), (1023, 701)])
def test_a_jpeg_2000_is_halved_as_often_as_it_was_written_to_be(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    picture = Image.new("RGB", size)
    monkeypatch.setattr(decoding, "DRAW_BYTES", size[0] * size[1])
    assert images.raster(source(picture, "JPEG2000"), 100).width == 100
    with pytest.raises(ImageTooLargeError):
        images.raster(source(picture, "JPEG2000", num_resolutions=1), 100)


def test_a_tiff_in_one_strip_is_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "DRAW_BYTES", 800 * 600 * 5)
    picture = Image.new("RGB", (800, 600))
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for rows, drawn in ((40, True), (600, False)):
        tags[278] = rows
        given = source(picture, "TIFF", compression="tiff_lzw", tiffinfo=tags)
        if drawn:
            assert images.raster(given).width == 800
        else:
            with pytest.raises(ImageTooLargeError):
                images.raster(given)


def test_no_drawing_is_larger_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "FULL_PIXELS", 10_000)
    shown = images.raster(source(Image.new("RGB", (400, 100)), "PNG"))
    assert (shown.width, shown.height, shown.full_width) == (200, 50, 400)


def test_large_pictures_are_decoded_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_ALONE", 100_000)
    held: list[bool] = []
    load = ImageFile.ImageFile.load

    def watched(self: ImageFile.ImageFile) -> object:
        held.append(decoding._LARGE.locked())
        return load(self)

    monkeypatch.setattr(ImageFile.ImageFile, "load", watched)
    images.raster(source(Image.new("RGB", (300, 200)), "PNG"))
    images.raster(source(Image.new("RGB", (100, 80)), "PNG"))
    assert set(held[: held.index(False)]) == {True}
    assert not decoding._LARGE.locked()


HEAVY = """
import io, resource, sys
from PIL import Image
from byom_gui.core.errors import ImageTooLargeError
from byom_gui.services import decoding, images
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
decoding.DRAW_BYTES = 64 * 1024 * 1024
kind, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
data = open(sys.argv[4], "rb").read()
images.raster(images.from_bytes(open(sys.argv[5], "rb").read(), "warm"))
before = peak()
source = images.from_bytes(data, "large")
head = peak() - before
try:
    images.raster(source, 1000)
    drawn = 1
except ImageTooLargeError:
    drawn = 0
print(head, peak() - before, drawn, (source.width, source.height) == (width, height))
"""


@pytest.mark.parametrize(
    ("kind", "side", "drawn"),
    [
        ("PNG", 4000, True), ("PNG", 6000, False), ("WEBP", 1900, True), ("WEBP", 6000, False), ("TIFF", 4000, True),
        ("TIFF", 6000, False), ("GIF", 5000, True), ("BMP", 3500, True), ("BMP", 5000, False), ("JPEG", 9000, True),
        ("JPEG2000", 5000, True), ("AVIF", 2300, True), ("AVIF", 5000, False),
    ],
)  # fmt: skip
def test_memory_stays_within_the_bound(tmp_path: Path, kind: str, side: int, drawn: bool) -> None:
    """In a process of its own, with a bound of 64 MB: what decoding adds to it, and that the header adds nothing."""
    Image.init()
    if kind not in Image.SAVE:
        pytest.skip(f"this build of Pillow does not write {kind}")
    mode = "L" if kind == "GIF" else "RGB"
    every: dict[str, dict[str, Any]] = {
        "WEBP": {"method": 0},
        "AVIF": {"speed": 10},
        "PNG": {"compress_level": 1},
        "TIFF": {"compression": "tiff_lzw"},
    }
    options = every.get(kind, {})
    large, warm = tmp_path / "large", tmp_path / "warm"
    Image.new(mode, (side, side), 90).save(large, kind, **options)
    Image.new(mode, (30, 20)).save(warm, kind, **options)
    words = [sys.executable, "-c", HEAVY, kind, str(side), str(side), str(large), str(warm)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    head, peak, was_drawn, right = done.stdout.split()
    assert right == "True"
    assert int(was_drawn) == drawn
    assert int(head) < 8 * 1024**2
    # The copy that is handed out, twice, and the bands come on top.
    assert int(peak) < (64 + 40) * 1024**2


class _FakeHeic(ImageFile.ImageFile):
    """Reads a HEIC that holds one byte for each of 12 × 8 gray pixels behind its boxes."""

    format = "HEIF"

    def _open(self) -> None:
        self._size, self._mode = (12, 8), "L"
        self.tile = [ImageFile._Tile("raw", (0, 0, 12, 8), 40, "L")]


HEIC = struct.pack(">I", 40) + b"ftypheic\0\0\0\0mif1heic" + bytes(16) + bytes([180]) * 96


@pytest.fixture
def no_heic(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As on a computer without pillow-heif, whatever is installed on this one."""
    Image.init()
    monkeypatch.setattr(Image, "OPEN", {kind: how for kind, how in Image.OPEN.items() if kind != "HEIF"})
    monkeypatch.setattr(Image, "ID", [kind for kind in Image.ID if kind != "HEIF"])
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    return monkeypatch


def test_heic_is_named_where_nothing_reads_it(no_heic: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImageError) as caught:
        images.from_bytes(HEIC, "IMG_7.jpg")
    assert caught.value.sentence == (
        "IMG_7.jpg is a HEIC image. "
        "HEIC can be read if pillow-heif is installed next to byom-gui (pip install pillow-heif)."
    )


def test_heic_is_read_where_the_plug_in_is_installed(no_heic: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plug_in = types.ModuleType("pillow_heif")

    def register_heif_opener() -> None:
        Image.register_open("HEIF", _FakeHeic, lambda head: head[4:12] == b"ftypheic")

    plug_in.register_heif_opener = register_heif_opener  # type: ignore[attr-defined]
    no_heic.setitem(sys.modules, "pillow_heif", plug_in)
    (tmp_path / "IMG_8.HEIC").write_bytes(HEIC)
    assert list(images.expand([tmp_path])) == [tmp_path / "IMG_8.HEIC"]
    given = images.read_image(tmp_path / "IMG_8.HEIC")
    assert (given.media_type, given.width, given.height) == ("image/heic", 12, 8)
    assert given.data == HEIC
    assert images.raster(given).rgba[:4] == bytes((180, 180, 180, 255))


def test_a_plug_in_that_breaks_is_none(no_heic: pytest.MonkeyPatch) -> None:
    broken = types.ModuleType("pillow_heif")
    no_heic.setitem(sys.modules, "pillow_heif", broken)
    assert not decoding.reads_heic()


def test_a_build_without_a_kind_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(Image.new("RGB", (20, 20)), "WEBP")
    monkeypatch.setattr(Image, "OPEN", {kind: how for kind, how in Image.OPEN.items() if kind != "WEBP"})
    with pytest.raises(ImageError, match=r"w\.png is a WebP image, and the Pillow installed here was built without it"):
        images.from_bytes(data, "w.png")


REFUSED = [
    (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\n",
        "is a Git LFS pointer, not the image itself. Run: git",
    ),
    (b"<html><body>Please sign in", "is a web page, not an image"),
    (bytes(128) + b"DICM" + bytes(90), "is a DICOM file. Export its frames"),
    (b"\xff\x0a" + bytes(90), "is a JPEG XL image. Convert it"),
    (b"II*\0\x08\0\0\0\0\0", "is a TIFF whose pixels cannot be read here"),
    (b"\x89PNG\r\n\x1a\nbroken", "is damaged and cannot be read"),
    (b"\x80\x81\x82\x83", "is not an image of a kind that can be read here"),
]


@pytest.mark.parametrize(("data", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_image_is_named_for_what_it_is(data: bytes, words: str) -> None:
    with pytest.raises(ImageError) as caught:
        images.from_bytes(data, "odd.jpg")
    assert caught.value.sentence.startswith(f"odd.jpg {words}")
    assert caught.value.sentence.endswith("pull" if "LFS" in words else ".")


def test_a_camera_raw_is_not_taken_for_the_preview_in_it() -> None:
    data = encoded(Image.new("RGB", (160, 120)), "TIFF")
    assert images.from_bytes(data, "scan.tif").width == 160
    with pytest.raises(ImageError, match="is a raw camera file"):
        images.from_bytes(data, "shot.ARW")


def corpus() -> list[tuple[str, bytes]]:
    """Small pictures of every kind that is read, in every mode that it holds."""
    Image.init()
    made = []
    gray = Image.radial_gradient("L").resize((53, 37))
    for kind in ("PNG", "JPEG", "MPO", "WEBP", "BMP", "GIF", "TIFF", "JPEG2000", "AVIF", "PPM"):
        for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "F", "I;16"):
            picture = gray.convert("I").convert(mode) if mode == "I;16" else gray.convert("RGB").convert(mode)
            for options in ({}, {"interlace": 1}, {"progressive": True}, {"compression": "tiff_deflate"}):
                only = {"interlace": "PNG", "progressive": "JPEG", "compression": "TIFF"}
                if options and only[next(iter(options))] != kind:
                    continue
                try:
                    made.append((f"{kind}-{mode}-{''.join(options)}", encoded(picture, kind, **options)))
                except (OSError, ValueError, KeyError):
                    continue  # not every kind holds every mode, and not every build has every kind
    return made


@pytest.mark.parametrize(("title", "data"), corpus(), ids=lambda each: each if isinstance(each, str) else "")
def test_damage_anywhere_is_read_or_a_sentence(title: str, data: bytes) -> None:
    """Cut, flipped, overwritten and shortened at places that the title seeds."""
    images.raster(images.from_bytes(data, title))
    chance = random.Random(title)
    for turn in range(24):
        hurt = bytearray(data)
        at = chance.randrange(len(hurt))
        if turn % 4 == 0:
            del hurt[at:]
        elif turn % 4 == 1:
            hurt[at] ^= 1 << chance.randrange(8)
        elif turn % 4 == 2:
            hurt[at : at + 20] = chance.randbytes(20)
        else:
            del hurt[at : at + 9]
        said = sentence(bytes(hurt))
        assert not said or (said.endswith(".") and "x.img" in said)


def sentence(data: bytes) -> str:
    """Why the bytes cannot be drawn; empty where they can."""
    try:
        images.raster(images.from_bytes(data, "x.img"), 32)
    except ImageError as error:
        return error.sentence
    return ""


@pytest.mark.parametrize("size", [(65_000, 1_000), (1_000, 65_000), (8_000_000, 3)])
def test_a_long_picture_is_shrunk_in_small_pieces(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    made = Image.new("L", size)
    half = (size[0] // 2, 0) if size[0] > size[1] else (0, size[1] // 2)
    made.paste(240, (*half, *size))
    stream = io.BytesIO()
    made.save(stream, "PNG", compress_level=1)
    pieces: list[int] = []
    crop = Image.Image.crop

    def counted(picture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
        piece = crop(picture, box)
        pieces.append(piece.width * piece.height)
        return piece

    monkeypatch.setattr(Image.Image, "crop", counted)
    shown = images.thumbnail(images.from_bytes(stream.getvalue(), "long.png"))
    assert max(pieces) <= 8_000_000
    assert max(shown.width, shown.height) == 160
    row = Image.frombytes("RGBA", (shown.width, shown.height), shown.rgba).convert("L")
    assert row.getpixel((0, 0)) == 0
    assert row.getpixel((shown.width - 1, shown.height - 1)) == pytest.approx(240, abs=4)
