"""Images: found, read, judged by their header before a pixel is decoded, drawn, encoded."""

from __future__ import annotations

import contextlib
import errno
import glob
import io
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from byom_gui.core.cancel import CancelToken
from byom_gui.core.errors import ImageError, ImageTooLargeError
from byom_gui.core.file_kinds import (
    EMPTY,
    HEAD_BYTES,
    HIDDEN,
    SPECIAL,
    UNKNOWN,
    UNREADABLE,
    FileKind,
    LeftOut,
    is_hidden,
    kind_of,
)
from byom_gui.core.image import ImageSource, Raster
from byom_gui.services.decoding import can_read, decoding, opened, orientation, rgba, upright_size

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 100 * 1024 * 1024
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
"""Files of a folder that are tried whatever they hold: their name says that they are images."""

_MEDIA_TYPES = {
    "MPO": "image/jpeg",
    "BMP": "image/bmp",
    "PPM": "image/x-portable-anymap",
    "JPEG2000": "image/jp2",
    "HEIF": "image/heic",
}


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
    return decoding(name, lambda: _source(data, name))


def from_clipboard_png(data: bytes, name: str = "Pasted image.png") -> ImageSource:
    """A picture from the clipboard, which hands over PNG bytes. Raises ImageError as ``read_image``."""
    return from_bytes(data, name)


def raster(source: ImageSource, max_side: int | None = None) -> Raster:
    """Decodes a picture: upright, R G B A, its longer side at most ``max_side`` pixels.

    Never more than ``decoding.FULL_PIXELS``: a larger picture comes smaller, and knows its full size.

    Raises:
        ImageTooLargeError: it would take too much memory. It can still be sent.
        ImageError: the pixels are damaged ("ends early").
    """
    return decoding(source.name, lambda: _raster(source, max_side))


def check_pixels(source: ImageSource) -> None:
    """Raises ImageError where the pixels are damaged. What is too large to be drawn is taken as it is."""
    with contextlib.suppress(ImageTooLargeError):
        thumbnail(source)


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


def expand(
    paths: Iterable[str | Path],
    limit: int = 10_000,
    left_out: LeftOut | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[Path]:
    """The image files that files, folders and globs stand for, each once, folders in order of name.

    A file that is named outright comes back as it is, so that what is wrong with it can be said. Of folders and globs
    come the files that are images by their content or by their suffix; the others are counted in ``left_out``, hidden
    ones among them. Hidden folders and links that lead round in a circle are not opened. At most ``limit`` files.

    Raises:
        Cancelled: as soon as ``cancel`` says so, however many files are left out in between.
    """
    out = LeftOut() if left_out is None else left_out
    seen: set[Path] = set()
    for given in paths:
        for path, named in _matches(Path(given)):
            for found in _walk(path, frozenset(), out) if path.is_dir() else (path,):
                if cancel is not None:
                    cancel.raise_if_cancelled()
                if found in seen:
                    continue
                seen.add(found)
                if not named and not _takes(found, out):
                    continue
                if out.taken >= limit:
                    out.limit = limit
                    return
                out.taken += 1
                yield found


def _matches(path: Path) -> Iterable[tuple[Path, bool]]:
    """What a path stands for, and whether it is a file that was named outright: it exists, or has no wildcard."""
    if os.path.lexists(path) or not glob.has_magic(str(path)):
        return ((path, not path.is_dir()),)
    found = sorted(Path(match) for match in glob.glob(str(path), recursive=True))
    return [(match, False) for match in found] or ((path, True),)


def _walk(folder: Path, above: frozenset[tuple[int, int]], out: LeftOut) -> Iterator[Path]:
    """The files below a folder; ``above`` are the folders that lead here, by device and inode."""
    try:
        about = folder.stat()
        here = (about.st_dev, about.st_ino)
        if here in above:
            return
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError:
        out.closed.append(folder.name)
        return
    for entry in entries:
        if not entry.is_dir():
            yield entry
        elif is_hidden(entry.name):
            out.hidden_folders += 1
        else:
            yield from _walk(entry, above | {here}, out)


def _takes(path: Path, out: LeftOut) -> bool:
    """Whether a file of a folder is tried; it is counted where its content is none that can be read."""
    if is_hidden(path.name):
        out.kinds[HIDDEN] += 1
        return False
    kind = _kind(path)
    if can_read(kind):
        return True
    by_name = path.suffix.lower() in SUFFIXES
    if not by_name:
        out.kinds[kind] += 1
    elif kind not in (UNKNOWN, EMPTY, UNREADABLE):  # those three are said in their rows
        out.misnamed[kind] += 1
    return by_name


def _kind(path: Path) -> FileKind:
    try:
        with _plain_file(path) as handle:
            return kind_of(os.read(handle, HEAD_BYTES), path.name)
    except ImageError:
        return SPECIAL
    except (OSError, ValueError):
        return UNREADABLE


@contextlib.contextmanager
def _plain_file(path: Path) -> Iterator[int]:
    """A plain file's handle, opened without waiting, as a pipe would wait for ever.

    Raises:
        ImageError: it is no plain file.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ImageError(f"{path.name} is not a plain file. Give an image file.", where=str(path))
        yield handle
    finally:
        os.close(handle)


def _read(path: Path) -> bytes:
    try:
        with _plain_file(path) as handle, open(handle, "rb", closefd=False) as file:
            size = os.fstat(handle).st_size
            if size > MAX_BYTES:
                raise _too_many_bytes(path.name, size)
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ImageError(_no_access(path, error), where=str(path)) from None


def _no_access(path: Path, error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOENT, errno.ENOTDIR):
        return f"{path.name} no longer exists. Check where it is now."
    if number in (errno.EACCES, errno.EPERM):
        return f"{path.name} cannot be read: permission denied. Change its permissions, or copy it."
    if number == errno.EISDIR:
        return f"{path.name} is a folder. Give an image file."
    reason = error.strerror if isinstance(error, OSError) else "its name cannot be used"
    return f"{path.name} could not be read: {reason}."


def _too_many_bytes(name: str, size: int) -> ImageError:
    return ImageError(
        f"{name} has {size / 1024**2:.0f} MB; at most {MAX_BYTES // 1024**2} MB are sent. Make it smaller.", where=name
    )


def _source(data: bytes, name: str) -> ImageSource:
    with opened(data, name) as picture:
        kind = picture.format or ""
        media_type = _MEDIA_TYPES.get(kind) or f"image/{kind.lower()}"
        turn = orientation(picture)
        width, height = upright_size(picture, turn)
        if kind in ("PNG", "JPEG", "MPO") and not _is_whole(data, kind):
            raise ImageError(f"File ends early: {name} is not complete. Copy or save it again.", where=name)
        return ImageSource(name, data, media_type, width, height, turn)


def _is_whole(data: bytes, kind: str) -> bool:
    """Whether the closing mark is there at all; some cameras write bytes of their own after it."""
    return (b"IEND" in data[-65536:]) if kind == "PNG" else b"\xff\xd9" in data[2:]


def _raster(source: ImageSource, max_side: int | None) -> Raster:
    try:
        drawn = _drawn(source, max_side, reduced=True)
    except OSError:
        if source.media_type != _MEDIA_TYPES["JPEG2000"]:
            raise
        drawn = _drawn(source, max_side, reduced=False)  # not every JPEG 2000 decodes in part
    return Raster(drawn.width, drawn.height, drawn.tobytes(), source.width, source.height)


def _drawn(source: ImageSource, max_side: int | None, *, reduced: bool) -> Image:
    with opened(source.data, source.name) as picture:
        return rgba(picture, source, max_side, reduced=reduced)
