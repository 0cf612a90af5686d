"""PNG without its texts: the pixels stay, what can be of any size goes."""

from __future__ import annotations

import struct
import zlib

import pytest

from byom_gui.core.png import SIGNATURE, without_notes


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    """A chunk as it is in a file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


HEAD, PIXELS, END = chunk(b"IHDR", bytes(13)), chunk(b"IDAT", b"pixels"), chunk(b"IEND")


def test_a_plain_file_comes_back_as_it_is() -> None:
    data = SIGNATURE + HEAD + PIXELS + END
    assert without_notes(data)[0] is data


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt", b"iCCP"])
def test_texts_and_profiles_go_wherever_they_are(kind: bytes) -> None:
    note = chunk(kind, b"Comment\0" + bytes(70_000))
    lean, exif = without_notes(SIGNATURE + note + HEAD + note + note + PIXELS + note + END)
    assert lean == SIGNATURE + HEAD + PIXELS + END
    assert exif == b""


def test_small_texts_that_can_hold_the_orientation_stay() -> None:
    small, large = (chunk(b"iTXt", b"XML:com.adobe.xmp\0" + bytes(size)) for size in (900, 65_536))
    lean, _ = without_notes(SIGNATURE + HEAD + small + large + PIXELS + END)
    assert lean == SIGNATURE + HEAD + small + PIXELS + END


def test_the_first_exif_is_found_behind_the_pixels_too() -> None:
    data = SIGNATURE + HEAD + PIXELS + chunk(b"eXIf", b"II*\0first") + chunk(b"eXIf", b"II*\0second") + END
    assert without_notes(data) == (data, b"II*\0first")


@pytest.mark.parametrize("cut", [1, 5, 9, 40])
def test_a_file_that_breaks_off_in_a_note_still_breaks_off(cut: int) -> None:
    whole = SIGNATURE + HEAD + chunk(b"tEXt", b"Comment\0" + bytes(100)) + chunk(b"eXIf", bytes(100))
    data = whole[:-cut]
    lean, exif = without_notes(data)
    assert lean == SIGNATURE + HEAD + chunk(b"eXIf", bytes(100))[:-cut]
    assert exif == b""
    assert without_notes(whole[: len(whole) - 112 - cut])[0] == whole[: len(whole) - 112 - cut]
