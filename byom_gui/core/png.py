"""The chunks of a PNG file: those that hold no pixels can be larger than decoders accept, and are left out for them."""

from __future__ import annotations

import struct

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NOT_PIXELS = (b"tEXt", b"zTXt", b"iTXt", b"iCCP")
_ORIENTATION = (b"Raw profile type exif\0", b"XML:com.adobe.xmp\0")
_SMALL = 64 * 1024


def without_notes(data: bytes) -> tuple[bytes, bytes]:
    """The file without its texts and color profile, which may be of any size, and its EXIF.

    Small texts that can hold the orientation stay. The very same bytes come back where there was nothing to leave out;
    a file that breaks off does so in what comes back too.
    """
    exif = b""
    kept: list[memoryview] = []
    view = memoryview(data)
    start = at = len(SIGNATURE)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if kind == b"eXIf" and end <= len(data):
            exif = exif or data[at + 8 : end - 4]
        if kind in _NOT_PIXELS and end <= len(data) and not (
            length <= _SMALL and data.startswith(_ORIENTATION, at + 8)
        ):  # fmt: skip
            kept.append(view[start:at])
            start = end
        at = end
    if start == len(SIGNATURE):
        return data, exif
    return b"".join((SIGNATURE, *kept, view[start:])), exif
