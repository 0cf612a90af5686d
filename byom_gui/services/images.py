"""Pillow's place: read, judge, orient, shrink, encode. A file is judged by its header before a pixel is decoded."""

from __future__ import annotations

import errno
import glob
import io
import os
import stat
import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from byom_gui.core.errors import ImageError
from byom_gui.core.image import ImageSource, Raster

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 100 * 1024 * 1024
MAX_PIXELS = 200_000_000
SUFFIXES = frozenset(
    {
        ".png",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".webp",
        ".bmp",
        ".gif",
        ".tif",
        ".tiff",
        ".jp2",
        ".avif",
        ".ppm",
        ".pgm",
    }
)
"""What ``expand`` takes from a folder. A file that is named outright is tried whatever it is called."""

_KINDS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "JPEG2000", "AVIF", "PPM")
_MEDIA_TYPES = {"MPO": "image/jpeg", "BMP": "image/bmp", "PPM": "image/x-portable-anymap", "JPEG2000": "image/jp2"}
_ORIENTATION = 0x0112

Value = TypeVar("Value")


def read_image(place: str | Path) -> ImageSource:
    """Reads an image file and judges its header; the pixels are looked at later.

    Raises:
        ImageError: gone, no permission, no plain file, empty, too large, of an unknown kind, or damaged.
    """
    path = Path(place)
    return from_bytes(_read(path), path.name)


def from_bytes(data: bytes, name: str) -> ImageSource:
    """Judges an image's bytes by their header. Raises ImageError as ``read_image``."""
    if not data:
        raise ImageError(f"{name} is empty: it holds no bytes.", where=name)
    if len(data) > MAX_BYTES:
        raise _too_many_bytes(name, len(data))
    return _decoding(name, lambda: _source(data, name))


def from_clipboard_png(data: bytes, name: str = "Pasted picture.png") -> ImageSource:
    """A picture from the clipboard, which hands over PNG bytes. Raises ImageError as ``read_image``."""
    return from_bytes(data, name)


def raster(source: ImageSource, max_side: int | None = None) -> Raster:
    """Decodes a picture: upright, R G B A, its longer side at most ``max_side`` pixels (None: its full size).

    Raises:
        ImageError: the pixels are damaged ("ends early").
    """
    return _decoding(source.name, lambda: _raster(source, max_side))


def thumbnail(source: ImageSource, side: int = 160) -> Raster:
    """A small, upright copy. Raises ImageError as ``raster``."""
    return raster(source, side)


def encode_png(picture: Raster) -> bytes:
    """The picture as a PNG file's bytes."""
    from PIL import Image

    out = io.BytesIO()
    Image.frombytes("RGBA", (picture.width, picture.height), picture.rgba).save(out, "PNG")
    return out.getvalue()


def encode_jpeg(picture: Raster, quality: int = 80) -> bytes:
    """The picture as a JPEG file's bytes; what is transparent gets white."""
    from PIL import Image

    out = io.BytesIO()
    with Image.frombytes("RGBA", (picture.width, picture.height), picture.rgba) as held:
        ground = Image.new("RGB", held.size, "white")
        ground.paste(held, mask=held.getchannel("A"))
        ground.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def small_sample() -> ImageSource:
    """A test picture for a ping, drawn in memory: three bright blobs on a dark ground, under 10 kB."""
    from PIL import Image, ImageDraw, ImageFilter

    picture = Image.new("RGB", (160, 120), (12, 14, 24))
    draw = ImageDraw.Draw(picture)
    for box, colour in (
        ((18, 20, 62, 58), (70, 130, 235)),
        ((88, 30, 140, 66), (90, 150, 245)),
        ((48, 74, 92, 108), (60, 115, 215)),
    ):
        draw.ellipse(box, fill=colour)
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(1.2)).save(out, "PNG")
    return from_bytes(out.getvalue(), "ping-sample.png")


def expand(paths: Iterable[str | Path], limit: int = 10_000) -> Iterator[Path]:
    """The image files that files, folders and globs stand for, each once, folders in order of name.

    A path that is no folder and no glob comes back as it is, so that what is wrong with it can be told. Hidden entries
    and links that lead round in a circle are skipped. At most ``limit`` files.
    """
    seen: set[Path] = set()
    for given in paths:
        for path in _matches(Path(given)):
            for found in _walk(path, frozenset()) if path.is_dir() else (path,):
                if found in seen:
                    continue
                if len(seen) >= limit:
                    return
                seen.add(found)
                yield found


def _matches(path: Path) -> Iterable[Path]:
    """The path itself where it exists or holds no glob sign, else what the glob finds."""
    if os.path.lexists(path) or not glob.has_magic(str(path)):
        return (path,)
    found = sorted(Path(match) for match in glob.glob(str(path), recursive=True))
    return found or (path,)


def _walk(folder: Path, above: frozenset[tuple[int, int]]) -> Iterator[Path]:
    """The image files below a folder; ``above`` are the folders that lead here, by device and inode."""
    try:
        about = folder.stat()
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError:
        return
    here = (about.st_dev, about.st_ino)
    if here in above:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry, above | {here})
        elif entry.suffix.lower() in SUFFIXES:
            yield entry


def _read(path: Path) -> bytes:
    """The bytes of a plain file. Opened without waiting, as a pipe would wait for ever."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise ImageError(_no_access(path, error), where=str(path)) from None
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        raise ImageError(f"{path.name} is not a plain file. Give an image file.", where=str(path))
    with open(handle, "rb") as file:
        if about.st_size > MAX_BYTES:
            raise _too_many_bytes(path.name, about.st_size)
        try:
            return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise ImageError(_no_access(path, error), where=str(path)) from None


def _no_access(path: Path, error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOENT, errno.ENOTDIR):
        return f"{path.name} is gone. Check where it is now."
    if number in (errno.EACCES, errno.EPERM):
        return f"{path.name} may not be read. Change its permissions, or copy it."
    if number == errno.EISDIR:
        return f"{path.name} is a folder. Give an image file."
    reason = error.strerror if isinstance(error, OSError) else "its name can not be used"
    return f"{path.name} could not be read: {reason}."


def _too_many_bytes(name: str, size: int) -> ImageError:
    return ImageError(
        f"{name} has {size / 1024**2:.0f} MB; at most {MAX_BYTES // 1024**2} MB are sent. Make it smaller.", where=name
    )


def _decoding(name: str, work: Callable[[], Value]) -> Value:
    """Runs Pillow and turns all that it may raise on a hostile file into an ImageError."""
    from PIL import Image, UnidentifiedImageError

    try:
        return work()
    except ImageError:
        raise
    except UnidentifiedImageError:
        raise ImageError(
            f"{name} is not an image of a kind that can be read here. Make it a PNG, JPEG, WebP, GIF, BMP or TIFF.",
            where=name,
        ) from None
    except Image.DecompressionBombError:
        raise _too_many_pixels(name) from None
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        struct.error,
        IndexError,
        KeyError,
        TypeError,
        Warning,
    ) as error:
        raise ImageError(_damage(name, error), detail=f"{type(error).__name__}: {error}"[:300], where=name) from None
    except (MemoryError, OverflowError):
        raise ImageError(f"{name} does not fit into memory. Make it smaller.", where=name) from None


def _damage(name: str, error: Exception) -> str:
    words = str(error).lower()
    if isinstance(error, EOFError) or any(sign in words for sign in ("truncated", "broken", "unexpected end", "eof")):
        return f"File ends early: {name} is not whole. Copy or save it again."
    return f"{name} is damaged and can not be read. Copy or save it again."


def _too_many_pixels(name: str) -> ImageError:
    return ImageError(f"{name} has more than {MAX_PIXELS // 10**6} million pixels. Make it smaller.", where=name)


def _open(data: bytes, name: str) -> Image:
    """Reads the header; refuses a picture of too many pixels before one of them is decoded."""
    from PIL import Image

    Image.init()
    Image.MAX_IMAGE_PIXELS = None  # our own limit stands below, and brings a sentence
    # An MPO comes through the JPEG reader; a build of Pillow may lack the newer kinds.
    picture = Image.open(io.BytesIO(data), formats=[kind for kind in _KINDS if kind in Image.OPEN])
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_many_pixels(name)
    if not picture.width or not picture.height:
        raise ImageError(f"{name} has no pixels.", where=name)
    return picture


def _source(data: bytes, name: str) -> ImageSource:
    with _open(data, name) as picture:
        kind = picture.format or ""
        media_type = _MEDIA_TYPES.get(kind) or f"image/{kind.lower()}"
        turn = _orientation(picture)
        width, height = (picture.height, picture.width) if turn >= 5 else picture.size
        if kind in ("PNG", "JPEG", "MPO") and not _is_whole(data, kind):
            raise ImageError(f"File ends early: {name} is not whole. Copy or save it again.", where=name)
        return ImageSource(name, data, media_type, width, height, turn)


def _is_whole(data: bytes, kind: str) -> bool:
    """Whether the closing mark is there at all; some cameras write bytes of their own after it."""
    return (b"IEND" in data[-65536:]) if kind == "PNG" else b"\xff\xd9" in data[2:]


def _orientation(picture: Image) -> int:
    try:
        turn = picture.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, KeyError, struct.error, TypeError):
        return 1  # damaged metadata says nothing of the pixels
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _raster(source: ImageSource, max_side: int | None) -> Raster:
    from PIL import ImageOps

    with _open(source.data, source.name) as picture:
        if max_side is not None and picture.format in ("JPEG", "MPO"):
            picture.draft("RGB" if picture.mode != "L" else "L", (max_side, max_side))
        upright = ImageOps.exif_transpose(picture) if source.orientation > 1 else picture
        if max_side is not None and max(upright.size) > max_side:
            upright.thumbnail((max_side, max_side))
        rgba = _as_rgba(upright)
    return Raster(rgba.width, rgba.height, rgba.tobytes(), source.width, source.height)


def _as_rgba(picture: Image) -> Image:
    """Eight bits a channel. Pictures of 16 bits or floats are stretched between their darkest and brightest pixel."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        wide = picture.convert("F")
        low, high = wide.getextrema()
        span = (float(high) - float(low)) or 1.0  # type: ignore[arg-type]
        return wide.point(lambda value: value * (255 / span) - float(low) * 255 / span).convert("L").convert("RGBA")  # type: ignore[arg-type]
    return picture.convert("RGBA")
