"""Images: what a project remembers of one, and what is sent of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from byom_gui.core.endpoint import parse_address
from byom_gui.core.errors import InputError


@dataclass(frozen=True, slots=True)
class ImageRef:
    """An image that the user gave: a file, an address, or a pasted picture kept as a private file.

    ``place`` is a path for ``file`` and ``pasted``, an address for ``url``. The id is unique in a session.
    """

    id: str
    kind: Literal["file", "url", "pasted"]
    place: str
    name: str


def address_name(url: str) -> str:
    """What an image's address calls it: the last part of its path; the address itself where it has none."""
    try:
        path = urlsplit(url).path
    except ValueError:  # such as http://[::1
        return url
    return unquote(path.rpartition("/")[2]) or url


def check_image_address(url: str) -> None:
    """Raises InputError where nobody can fetch an image from this address."""
    try:
        parts = urlsplit(url)
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
        parse_address(f"{parts.scheme}://{parts.netloc}/")  # its host, and no user or password
    except (ValueError, InputError):
        good = False
    if not good or any(c.isspace() or not c.isprintable() for c in url):
        raise InputError(
            "The image address cannot be used. It must be a complete address such as https://host/image.png, without "
            "spaces, and without a user and password.",
            where="image-url",
        )


@dataclass(frozen=True, slots=True)
class ImageSource:
    """An image's bytes as they are sent, and what its header says.

    Args:
        name: the file's name, for people.
        data: the bytes as they are in the file.
        media_type: such as ``image/png``.
        width: of the upright picture, in pixels (EXIF orientation applied).
        height: of the upright picture, in pixels.
        orientation: the EXIF orientation, 1 to 8; 1 where there is none.
    """

    name: str
    data: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class Raster:
    """A decoded, upright picture: ``width * height * 4`` bytes, R G B A, rows top to bottom without padding.

    ``full_width`` and ``full_height`` are the whole picture's, of which this may be a smaller copy.
    """

    width: int
    height: int
    rgba: bytes = field(repr=False)
    full_width: int
    full_height: int
