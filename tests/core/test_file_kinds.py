"""What a file is by its content, and the sentences about what is left out."""

from __future__ import annotations

import gzip
import struct
from collections import Counter

import pytest

from byom_gui.core import file_kinds
from byom_gui.core.file_kinds import EMPTY, HEIC, HIDDEN, READABLE, TEXT, UNKNOWN, LeftOut, kind_of


def boxed(*brands: bytes) -> bytes:
    """A file of the MP4 family with these brands."""
    return (
        struct.pack(">I", 16 + 4 * len(brands[1:])) + b"ftyp" + brands[0] + bytes(4) + b"".join(brands[1:]) + bytes(99)
    )


NIFTI = bytes(344) + b"n+1\0" + bytes(40)

KINDS: list[tuple[bytes, str, str]] = [
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.jpg", "PNG"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "noname", "JPEG"),
    (b"RIFF\x10\0\0\0WEBPVP8 ", "a", "WEBP"),
    (b"RIFF\x10\0\0\0AVI LIST", "a", "video"),
    (b"RIFF\x10\0\0\0WAVEfmt ", "a", "audio"),
    (b"RIFF\x10\0\0\0odd.....", "a", "unknown"),
    (b"BM\x9a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "a", "BMP"),
    (b"BMW is a maker of cars and not a bitmap", "a", "text"),
    (b"GIF89a\1\0\1\0", "a", "GIF"),
    (b"II*\0\x08\0\0\0", "scan.tif", "TIFF"),
    (b"MM\0+\0\x08\0\0", "big", "TIFF"),
    (b"II*\0\x08\0\0\0", "shot.NEF", "raw"),
    (b"II*\0\x10\0\0\0CR\2\0", "shot.bin", "raw"),
    (boxed(b"crx ", b"crx "), "shot", "raw"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "a", "JPEG2000"),
    (b"\xff\x4f\xff\x51\0\x2f", "a", "JPEG2000"),
    (boxed(b"avif", b"mif1"), "a", "AVIF"),
    (boxed(b"mif1", b"avif"), "a", "AVIF"),
    (boxed(b"heix", b"mif1"), "a", "HEIF"),
    (boxed(b"msf1", b"hevc"), "a", "HEIF"),
    (boxed(b"mif1"), "a", "HEIF"),
    (boxed(b"jxl ", b"jxl "), "a", "jxl"),
    (boxed(b"mp42", b"isom"), "a", "video"),
    (b"P6\n# by hand\n12 9\n255\n", "a", "PPM"),
    (b"Pf\n3 3\n-1.0\n", "a", "PPM"),
    (b"P6 is the name of a street", "a", "text"),
    (b"\xff\x0a\xfa\x7f", "a", "jxl"),
    (bytes(128) + b"DICM\2\0\0\0UL", "slice", "dicom"),
    (NIFTI, "a", "nifti"),
    (gzip.compress(NIFTI), "a.nii.gz", "nifti"),
    (gzip.compress(b"log line"), "a.gz", "gzip"),
    (b"\x1f\x8b\x08broken after that", "a.gz", "gzip"),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "a.png", "lfs"),
    (b"  \n<!DOCTYPE HTML><title>Sign in</title>", "a.jpg", "html"),
    (b"\xef\xbb\xbf<html lang='de'>", "a.jpg", "html"),
    ("<html>".encode("utf-16"), "a.jpg", "html"),
    (b"<?xml version='1.0'?><html xmlns='x'>", "a.jpg", "html"),
    (b"<?xml version='1.0'?>\n<!-- drawn --><svg xmlns='x'>", "a", "svg"),
    (b"<?xml version='1.0'?><annotation/>", "a", "text"),
    ("Zelle;Größe\n".encode(), "a.csv", "text"),
    ("ü".encode() * 2048 + b"", "cut-between.txt", "text"),
    (("x" + "ü" * 2048).encode()[:4096], "cut-within.txt", "text"),
    (b"abc\xff\xfedef", "a", "unknown"),
    (b"text with \0 in it", "a", "unknown"),
    (bytes((0, 0, 2, 0, 0, 0)) + bytes(60), "old.tga", "tga"),
    (bytes((0, 0, 1, 0, 1, 0, 16, 16, 0, 0)), "a", "ico"),
    (bytes((0, 0, 1, 0, 1, 0, 16, 16, 0, 7)), "a", "unknown"),
    (b"%PDF-1.4\n", "a", "pdf"),
    (b"8BPS\0\1", "a", "psd"),
    (b"PK\3\4\x14\0", "a", "archive"),
    (bytes(257) + b"ustar", "a", "archive"),
    (b"\0\5\x16\7\0\2", "a", "appledouble"),
    (b"", "a.png", "empty"),
]


@pytest.mark.parametrize(("data", "name", "kind"), KINDS, ids=range(len(KINDS)))
def test_a_file_is_known_by_its_content(data: bytes, name: str, kind: str) -> None:
    assert kind_of(data, name).id == kind


def test_kinds_have_ids_of_their_own_and_words_that_make_sentences() -> None:
    kinds = {kind for _, _, kind in file_kinds._MAGIC} | set(READABLE) | {UNKNOWN, EMPTY, TEXT, HIDDEN}
    assert len({kind.id for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert kind.count(1).startswith("1 ")
        assert kind.count(1200).startswith("1,200 ")
    articles = {kind.one.split()[0] for kind in kinds if kind.image}
    assert articles == {"a", "an"}
    assert next(kind.one for kind in READABLE if kind.id == "AVIF") == "an AVIF image"


@pytest.mark.parametrize(("name", "hidden"), [(".git", True), ("Thumbs.db", True), ("a.png", False), ("._a.png", True)])
def test_hidden_names(name: str, hidden: bool) -> None:
    assert file_kinds.is_hidden(name) is hidden


def test_nothing_left_out_is_nothing_to_say() -> None:
    empty = LeftOut(taken=3)
    assert (bool(empty), empty.sentences(), empty.count) == (False, (), 0)


def test_what_is_left_out_is_counted_by_kind_with_sidecars_last() -> None:
    dicom, video = kind_of(bytes(128) + b"DICM"), kind_of(boxed(b"isom"))
    left = LeftOut(40, Counter({TEXT: 30, dicom: 2, HEIC: 7, video: 1}))
    assert left.sentences() == (
        "40 of 80 files were left out: 7 HEIC, 2 DICOM, 1 video, 30 text files.",
        "HEIC can be read if pillow-heif is installed next to byom-gui (pip install pillow-heif).",
    )
    assert LeftOut(0, Counter({video: 1})).sentences() == ("1 of 1 file was left out: 1 video.",)


def test_files_whose_names_mislead_are_counted_too() -> None:
    lfs = kind_of(b"version https://git-lfs.github.com/spec/v1\n")
    one, two = LeftOut(9, misnamed=Counter({lfs: 1})), LeftOut(9, misnamed=Counter({lfs: 1, HEIC: 1}))
    assert one.sentences() == (
        "1 file is not an image that can be read, although its name says so: 1 Git LFS pointer.",
    )
    assert two.sentences()[0] == (
        "2 files are not images that can be read, although their names say so: 1 Git LFS pointer, 1 HEIC."
    )
    assert "pillow-heif" in two.sentences()[1]


def test_folders_and_limits_are_said_and_counts_add_up() -> None:
    left = LeftOut(10_000, hidden_folders=1, closed=["a"], limit=10_000)
    assert left.sentences() == (
        "1 hidden folder was not opened.",
        "The folder a cannot be opened.",
        "Only the first 10,000 files were taken.",
    )
    left.add(LeftOut(5, Counter({TEXT: 2}), Counter({HEIC: 1}), 2, ["b", "c", "d", "e"]))
    assert (left.taken, left.count, left.misnamed[HEIC], left.limit) == (10_005, 2, 1, 10_000)
    assert "3 hidden folders were not opened." in left.sentences()
    assert "Nor can 2 other folders." in left.sentences()
