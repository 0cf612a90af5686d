"""Images of every kind and in every state of disrepair."""

from __future__ import annotations

import io
import os
import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from byom_gui.core.cancel import CancelToken
from byom_gui.core.errors import Cancelled, ImageError
from byom_gui.core.file_kinds import FileKind, LeftOut, kind_of
from byom_gui.core.image import Raster
from byom_gui.services import images


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", turn: int = 1) -> bytes:
    """A picture whose left half is bright and whose right half is dark."""
    made = Image.new("L", size, 20)
    made.paste(230, (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = turn
    made.convert(mode).save(out, kind, **({"exif": exif} if turn != 1 else {}))
    return out.getvalue()


def pixel(shown: Raster, x: int, y: int) -> tuple[int, ...]:
    """R, G, B and A at a place."""
    at = (y * shown.width + x) * 4
    return tuple(shown.rgba[at : at + 4])


@pytest.mark.parametrize(
    ("kind", "mode", "media_type"),
    [
        ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "1", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("WEBP", "RGB", "image/webp"),
        ("BMP", "RGB", "image/bmp"),
        ("GIF", "P", "image/gif"),
        ("TIFF", "F", "image/tiff"),
        ("TIFF", "RGB", "image/tiff"),
    ],
)
def test_kinds_that_are_read(tmp_path: Path, kind: str, mode: str, media_type: str) -> None:
    place = tmp_path / "a.img"
    place.write_bytes(picture(kind, mode=mode))
    source = images.read_image(place)
    assert (source.media_type, source.width, source.height, source.name) == (media_type, 40, 30, "a.img")
    assert source.data == place.read_bytes()
    shown = images.raster(source)
    assert len(shown.rgba) == 40 * 30 * 4
    assert pixel(shown, 5, 15)[0] > 180 > 60 > pixel(shown, 35, 15)[0]
    assert pixel(shown, 5, 15)[3] == 255


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_orientation_comes_upright(turn: int) -> None:
    source = images.from_bytes(picture("JPEG", turn=turn), "a.jpg")
    shown = images.raster(source)
    turned = turn >= 5
    assert (source.width, source.height, source.orientation) == ((30, 40) if turned else (40, 30)) + (turn,)
    assert (shown.width, shown.height) == (source.width, source.height)
    first, last = ((15, 5), (15, 35)) if turned else ((5, 15), (35, 15))
    if turn in (2, 3, 7, 8):
        first, last = last, first
    assert pixel(shown, *first)[0] > 180 > 60 > pixel(shown, *last)[0]


def test_smaller_copies_know_the_full_size() -> None:
    source = images.from_bytes(picture("JPEG", (1600, 1200), turn=6), "a.jpg")
    small = images.thumbnail(source, 100)
    assert (small.width, small.height, small.full_width, small.full_height) == (75, 100, 1200, 1600)
    again = images.from_bytes(images.encode_png(small), "b.png")
    assert images.raster(again).rgba == small.rgba


def bomb() -> bytes:
    """The header of a PNG of 400 million pixels, in under a hundred bytes."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    pixels = struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + pixels + b"IEND"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"hello, this is text", "not an image"),
        (b"%PDF-1.7\n", "not an image"),
        (picture("PNG")[:60], "File ends early"),
        (picture("JPEG", (400, 300))[:-800], "File ends early"),
        (bomb(), "more than 200 million pixels"),
    ],
)
def test_bytes_that_are_refused(tmp_path: Path, data: bytes, words: str) -> None:
    place = tmp_path / "odd.png"
    place.write_bytes(data)
    with pytest.raises(ImageError, match=words) as caught:
        images.read_image(place)
    assert "odd.png" in caught.value.sentence


def test_damage_within_is_told_when_decoded() -> None:
    noise = random.Random(1).randbytes(300 * 200)
    out = io.BytesIO()
    Image.frombytes("L", (300, 200), noise).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[2000:2100] = bytes(100)
    source = images.from_bytes(bytes(data), "hurt.png")
    with pytest.raises(ImageError, match=r"hurt\.png"):
        images.raster(source)


def outcome(data: bytes) -> str:
    """``read``, ``refused`` with a sentence, or empty where the sentence is none."""
    try:
        images.raster(images.from_bytes(data, "x"), 32)
    except ImageError as error:
        return "refused" if error.sentence.endswith(".") else ""
    return "read"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
def test_random_damage_never_escapes(kind: str) -> None:
    """Whatever is done to a file, it is read or refused with a sentence."""
    rng = random.Random(kind)
    whole = picture(kind, (64, 48))
    outcomes = set()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 12)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        data = data[: rng.randrange(1, len(data) + 1)] if rng.random() < 0.3 else data
        outcomes.add(outcome(bytes(data)))
    assert outcomes >= {"refused"}
    assert "" not in outcomes


def test_places_that_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    with (tmp_path / "large.png").open("wb") as large:
        large.truncate(5 * 1024**2)
    monkeypatch.setattr(images, "MAX_BYTES", 3 * 1024**2)
    for name, words in (
        ("pipe.png", "not a plain file"),
        ("folder.png", "not a plain file"),
        ("gone.png", "no longer exists"),
        ("large.png", "has 5 MB; at most 3 MB are sent"),
        ("nul\0.png", "cannot be used"),
    ):
        with pytest.raises(ImageError, match=words):
            images.read_image(tmp_path / name)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # the tests may run as root, who may read everything
    with pytest.raises(ImageError, match="permission denied"):
        images.read_image(tmp_path / "a.png")


def test_expand_walks_folders_in_order(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG", "notes.txt", ".hidden.png", "sub/c.webp", ".git/d.png", "sub/deep/e.tif"):
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    (tmp_path / "sub" / "round").symlink_to(tmp_path)
    names = [str(path.relative_to(tmp_path)) for path in images.expand([tmp_path])]
    assert names == ["a.JPG", "b.png", "sub/c.webp", "sub/deep/e.tif"]
    given: list[str | Path] = [tmp_path / "notes.txt", str(tmp_path / "*.png"), tmp_path, tmp_path / "gone.png"]
    mixed = [path.name for path in images.expand(given)]
    assert mixed == ["notes.txt", "b.png", "a.JPG", "c.webp", "e.tif", "gone.png"]
    odd = tmp_path / "[x].png"
    odd.touch()
    assert list(images.expand([odd])) == [odd]
    assert list(images.expand([tmp_path / "no*.gif"])) == [tmp_path / "no*.gif"]


DICOM = bytes(128) + b"DICM" + bytes(64)
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n"


def mixed_folder(folder: Path) -> None:
    """Images, what is no image, and what only says so."""
    files = {
        "good.png": picture(), "no-suffix": picture("JPEG"), "photo.dat": picture("WEBP"), "torn.jpg": b"\xff\xd8\xffx",
        "blank.png": b"", "odd.tif": b"\x80\x81", "pointer.jpeg": POINTER, "login.png": b"<!doctype html><p>Sign in",
        "a.dcm": DICOM, "b": DICOM, "labels.txt": b"0 0.5 0.5 0.1 0.1\n", "labels.json": b"{}", ".DS_Store": b"x",
        "Thumbs.db": b"x", "none.bin": b"", "what.bin": b"\x80\x90\xa0", ".cache/x.png": picture(),
        "more/clip.mp4": b"\0\0\0\x18ftypmp42" + bytes(20),
    }  # fmt: skip
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    os.mkfifo(folder / "queue")


@pytest.mark.parametrize("named", ["", "*"])
def test_what_is_left_out_of_folders_and_globs_is_counted(tmp_path: Path, named: str) -> None:
    mixed_folder(tmp_path)
    left = LeftOut()
    taken = [path.name for path in images.expand([tmp_path / named], left_out=left)]
    assert taken == [
        "blank.png", "good.png", "login.png", "no-suffix", "odd.tif", "photo.dat", "pointer.jpeg", "torn.jpg"
    ]  # fmt: skip
    hidden = 2 if not named else 1  # a glob does not find what starts with a dot
    assert left.sentences()[0].startswith(f"{left.count} of {left.count + 8} files were left out: 2 DICOM, 1 video, ")
    assert left.sentences()[1:] == (
        "2 files are not images that can be read, although their names say so: 1 Git LFS pointer, 1 web page.",
        *(("1 hidden folder was not opened.",) if not named else ()),
    )
    counts = {kind.id: number for kind, number in left.kinds.items()}
    assert counts == {"dicom": 2, "video": 1, "text": 2, "hidden": hidden, "empty": 1, "unknown": 1, "special": 1}
    assert left.taken == len(taken)


def test_files_that_are_named_are_tried_whatever_they_hold(tmp_path: Path) -> None:
    mixed_folder(tmp_path)
    left = LeftOut()
    named = [tmp_path / name for name in ("a.dcm", ".DS_Store", "queue", "labels.txt", "a.dcm")]
    assert list(images.expand(named, left_out=left)) == named[:-1]
    assert not left
    with pytest.raises(ImageError, match=r"a\.dcm is a DICOM file\."):
        images.read_image(tmp_path / "a.dcm")


def test_a_limit_that_was_reached_is_reported_and_one_that_just_fits_is_not(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.png").write_bytes(picture())
    (tmp_path / "5.txt").write_text("notes")
    for limit, reported in ((3, 3), (4, 0)):
        left = LeftOut()
        assert len(list(images.expand([tmp_path], limit, left))) == limit
        assert (left.taken, left.limit) == (limit, reported)


def test_a_listing_without_images_can_be_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}.txt").write_text("notes")
    cancel, looked = CancelToken(), 0

    def looks(head: bytes, name: str) -> FileKind:
        nonlocal looked
        looked += 1
        if looked == 5:
            cancel.cancel()
        return kind_of(head, name)

    monkeypatch.setattr(images, "kind_of", looks)
    with pytest.raises(Cancelled):
        list(images.expand([tmp_path], cancel=cancel))
    assert looked == 5


def test_what_may_not_be_opened_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "secret.bin").write_bytes(DICOM)
    opened = os.open

    def refuse(path: Path, flags: int) -> int:
        if Path(path).name == "secret.bin":
            raise PermissionError(13, "Permission denied")
        return opened(path, flags)

    listed = Path.iterdir

    def refuse_listing(self: Path) -> Iterator[Path]:
        if self.name == "locked":
            raise PermissionError(13, "Permission denied")
        return listed(self)

    monkeypatch.setattr(os, "open", refuse)  # the tests may run as root, who may read everything
    monkeypatch.setattr(Path, "iterdir", refuse_listing)
    left = LeftOut()
    assert list(images.expand([tmp_path], left_out=left)) == []
    assert left.sentences() == (
        "1 of 1 file was left out: 1 file without read permission.",
        "The folder locked cannot be opened.",
    )


def test_the_sample_of_a_ping_is_small_and_sound() -> None:
    sample = images.small_sample()
    assert len(sample.data) < 10_000
    shown = images.raster(sample)
    assert pixel(shown, 40, 40)[2] > 150 > 60 > pixel(shown, 2, 2)[2]
    assert images.from_clipboard_png(sample.data).name == "Pasted image.png"
