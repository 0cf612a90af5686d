"""The one way into Pillow: opens, bounds, decodes and shrinks. Whatever a decoder raises comes as an ImageError.

Memory is bounded by design: what decoding takes is estimated from the header (``_cost``), and a picture that would
take more than ``DRAW_BYTES`` even in the smallest form its decoder can give is not drawn. It can still be sent.
"""

from __future__ import annotations

import array
import importlib
import io
import math
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, TypeVar

from byom_gui.core.errors import ImageError, ImageTooLargeError
from byom_gui.core.file_kinds import HEAD_BYTES, HEIC, HEIC_HELP, READABLE, TIFF, UNKNOWN, FileKind, kind_of
from byom_gui.core.png import without_notes

if TYPE_CHECKING:
    from PIL.Image import Image

    from byom_gui.core.image import ImageSource

MAX_PIXELS = 200_000_000
"""Of a picture that is sent."""
DRAW_BYTES = 400 * 1024 * 1024
"""What decoding one picture may take."""
FULL_PIXELS = 32_000_000
"""Of a drawn picture: larger ones are drawn smaller."""

_ALONE = 64 * 1024 * 1024
_BAND = 4_000_000
_MANY = 64
"""Pixels of which one is made: from there on, bands would overlap much, or hold rows that are too long."""
_LARGE = threading.Lock()
"""Pictures that take more than ``_ALONE`` are decoded one after the other."""
_KINDS = tuple(kind.id for kind in READABLE if kind is not HEIC)
_ORIENTATION, _ROWS_PER_STRIP, _TILE_LENGTH = 0x0112, 278, 323
_BYTES = {"1": 1, "L": 1, "P": 1}
"""Pillow's bytes a pixel, by mode; 2 with 16 bits, else 4."""
_MORE = {"WEBP": 12, "AVIF": 7, "HEIF": 8, "JPEG2000": 17, "PPM": 4, "GIF": 1, "BMP": 1}
"""What a decoder takes a pixel in addition, as measured."""
_MODES = dict.fromkeys(("1", "L", "RGB", "CMYK", "YCbCr", "LAB", "HSV"), "RGB") | {"I": "F", "F": "F"}
"""The modes that pictures are shrunk in; RGBA for all others."""
_CLIPPED = 0.001
_ROUNDS = 3

Value = TypeVar("Value")


def decoding(name: str, work: Callable[[], Value]) -> Value:
    """Runs Pillow and turns all that it may raise on a hostile file into an ImageError."""
    try:
        return work()
    except ImageError:
        raise
    except (MemoryError, OverflowError):
        raise ImageError(f"{name} does not fit into memory. Make it smaller.", where=name) from None
    except Exception as error:  # noqa: BLE001 - a decoder may raise anything
        raise ImageError(_damage(name, error), detail=f"{type(error).__name__}: {error}"[:300], where=name) from None


def _damage(name: str, error: Exception) -> str:
    words = str(error).lower()
    if isinstance(error, EOFError) or any(sign in words for sign in ("truncated", "broken", "unexpected end", "eof")):
        return f"File ends early: {name} is not complete. Copy or save it again."
    return f"{name} is damaged and cannot be read. Copy or save it again."


def reads_heic() -> bool:
    """Whether HEIC can be read: the optional pillow-heif is installed. Loads it."""
    from PIL import Image

    if HEIC.id in Image.OPEN:
        return True
    try:
        importlib.import_module("pillow_heif").register_heif_opener()
    except Exception:  # noqa: BLE001 - a plug-in that cannot be loaded, for whatever reason, is not there
        return False
    return HEIC.id in Image.OPEN


def can_read(kind: FileKind) -> bool:
    """Whether files of this kind can be opened here."""
    return kind.image and (kind is not HEIC or reads_heic())


@contextmanager
def opened(data: bytes, name: str) -> Iterator[Image]:
    """The picture, its header read; refused where it has too many pixels, before one of them is decoded.

    Raises:
        ImageError: no image, of a kind that cannot be read here, or too large. Other errors as Pillow raises them.
    """
    from PIL import Image, UnidentifiedImageError

    kind = kind_of(data[:HEAD_BYTES], name)
    if kind is not UNKNOWN and not can_read(kind):
        raise ImageError(_refusal(name, kind), where=name)
    Image.init()
    Image.MAX_IMAGE_PIXELS = None  # our own limit is below, and comes with a sentence
    warnings.filterwarnings("ignore", module=r"PIL\.")  # what Pillow reads in spite of a flaw is not a user's concern
    exif = b""
    if kind.id == "PNG":
        data, exif = without_notes(data)
    formats = _KINDS if kind is UNKNOWN else (kind.id,)
    try:
        # An MPO comes through the JPEG reader; a build of Pillow may lack the newer kinds.
        picture = Image.open(io.BytesIO(data), formats=[each for each in formats if each in Image.OPEN])
    except UnidentifiedImageError:
        raise ImageError(_unidentified(name, kind), where=name) from None
    with picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise ImageError(
                f"{name} has more than {_millions(MAX_PIXELS)} pixels: {picture.width:,} × {picture.height:,}. "
                "Make it smaller.",
                where=name,
            )
        if not picture.width or not picture.height:
            raise ImageError(f"{name} has no pixels.", where=name)
        if exif:
            picture.info.setdefault("exif", exif)
        yield picture


def _refusal(name: str, kind: FileKind) -> str:
    if kind is HEIC:
        return f"{name} is a HEIC image. {HEIC_HELP}"
    return f"{name} is {kind.one}. {kind.help or 'Give an image file.'}"


def _unidentified(name: str, kind: FileKind) -> str:
    from PIL import Image

    if kind is UNKNOWN:
        return f"{name} is not an image of a kind that can be read here. Make it a PNG, JPEG, WebP, GIF, BMP or TIFF."
    if kind.id not in Image.OPEN:
        return f"{name} is {kind.one}, and the Pillow installed here was built without it. Make it a PNG or JPEG."
    if kind is TIFF:
        return (
            f"{name} is a TIFF whose pixels cannot be read here. "
            "Save it as a TIFF of 8 or 16 bits with one, three or four channels, or as PNG."
        )
    return f"{name} is damaged and cannot be read. Copy or save it again."


def _millions(pixels: float) -> str:
    return f"{pixels / 10**6:,.0f} million"


def orientation(picture: Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none. Decodes no pixel."""
    from PIL import Image

    try:
        # PNG's own method would decode every pixel to look behind them.
        turn = Image.Image.getexif(picture).get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - damaged metadata says nothing about the pixels
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def upright_size(picture: Image, turn: int) -> tuple[int, int]:
    """Width and height once the picture is turned."""
    return (picture.height, picture.width) if turn >= 5 and not _turns_itself(picture) else picture.size


def _turns_itself(picture: Image) -> bool:
    """Whether Pillow turns such a picture as it decodes it: it does with TIFF."""
    return picture.format == "TIFF"


def rgba(picture: Image, source: ImageSource, max_side: int | None, *, reduced: bool = True) -> Image:
    """The opened picture of this source, upright, R G B A, at most ``max_side`` long and ``FULL_PIXELS`` in all.

    Args:
        reduced: the decoder may leave out what a smaller copy does not show, where it can.

    Raises:
        ImageTooLargeError: decoding would take more than ``DRAW_BYTES``. Other errors as Pillow raises them.
    """
    from PIL import Image

    whole = picture.size
    share = min(1.0, math.sqrt(FULL_PIXELS / (whole[0] * whole[1])), (max_side or math.inf) / max(whole))
    width, height = (max(round(side * share), 1) for side in whole)
    width = min(width, FULL_PIXELS // height)
    size = (width, min(height, FULL_PIXELS // width))
    upright = _turns_itself(picture)
    halvings = _halvings(picture, size) if reduced else 0
    cost = _cost(picture, halvings)
    if cost > DRAW_BYTES:
        raise _too_large(picture, source.name, cost)
    with _LARGE if cost > _ALONE else nullcontext():
        _halve(picture, halvings)
        picture.load()
        small = _shrunk(picture, (min(size[0], picture.width), min(size[1], picture.height)))
        picture.close()  # its pixels go before those of the copy are doubled
    small = _eight_bits(small)
    way = Image.Transpose
    ways = {
        2: way.FLIP_LEFT_RIGHT,
        3: way.ROTATE_180,
        4: way.FLIP_TOP_BOTTOM,
        5: way.TRANSPOSE,
        6: way.ROTATE_270,
        7: way.TRANSVERSE,
        8: way.ROTATE_90,
    }
    turn = None if upright else ways.get(source.orientation)
    small = small if small.mode == "RGBA" else small.convert("RGBA")
    return small if turn is None else small.transpose(turn)


def _halvings(picture: Image, size: tuple[int, int]) -> int:
    """How often the decoder can halve the picture and still show ``size``; more where it would take too much memory."""
    most = 3 if picture.format in ("JPEG", "MPO") else _levels(picture) if picture.format == "JPEG2000" else 0
    times = min(int(math.log2(max(min(picture.width // size[0], picture.height // size[1]), 1))), most)
    while times < most and _cost(picture, times) > DRAW_BYTES:
        times += 1
    return times


def _levels(picture: Image) -> int:
    """How often a JPEG 2000 can be halved while it is decoded: the COD segment of its first header."""
    stream = getattr(picture, "fp", None)
    held = stream.getvalue() if isinstance(stream, io.BytesIO) else b""
    at = held.find(b"\xff\x4f\xff\x51") + 2
    while 1 < at < len(held) - 10:
        if held[at : at + 2] == b"\xff\x52":
            return min(held[at + 9], 5)
        at += 2 + int.from_bytes(held[at + 2 : at + 4], "big")
    return 0


def _halve(picture: Image, times: int) -> None:
    width, height = picture.size
    if picture.format in ("JPEG", "MPO"):
        picture.draft("L" if picture.mode == "L" else "RGB", (max(width >> times, 1), max(height >> times, 1)))
    elif times:
        # Pillow rounds to the nearest pixel where the decoder rounds up, and takes the difference for damage.
        picture._size = (-(-width >> times) << times, -(-height >> times) << times)
        picture.reduce = times  # type: ignore[method-assign, assignment]


def _cost(picture: Image, halvings: int) -> int:
    """About how many bytes decoding takes."""
    kind = picture.format or ""
    pixels = picture.width * picture.height
    each = _BYTES.get(picture.mode, 2 if picture.mode.startswith("I;16") else 4)
    least = (each + _MORE.get(kind, 0)) * pixels >> 2 * halvings
    if kind in ("JPEG", "MPO") and "progressive" in picture.info:
        return least + 6 * pixels  # it is held as coefficients of its full size, whatever is made of it
    if kind == "TIFF":
        turned = least if getattr(picture, "tag_v2", {}).get(_ORIENTATION, 1) != 1 else 0
        packed = picture.info.get("compression", "raw") != "raw"
        return least + max(turned, least * _strip_rows(picture) // picture.height if packed else 0)
    return least


def _strip_rows(picture: Image) -> int:
    """The rows that a TIFF holds in one piece, which is decoded in addition to the picture."""
    tags = getattr(picture, "tag_v2", {})
    rows = tags.get(_TILE_LENGTH) or tags.get(_ROWS_PER_STRIP) or picture.height
    return min(rows, picture.height) if isinstance(rows, int) else picture.height


def _too_large(picture: Image, name: str, cost: int) -> ImageTooLargeError:
    pixels = picture.width * picture.height
    one = next((kind.one for kind in READABLE if kind.id == picture.format), "an image")
    return ImageTooLargeError(
        f"{name} has {_millions(pixels)} pixels. {one[0].upper()}{one[1:]} like this one can be shown up to "
        f"{_millions(pixels * DRAW_BYTES / cost)}. It can still be sent.",
        where=name,
        detail=f"{picture.mode}, about {cost / 1024**2:.0f} MB",
    )


def _shrunk(picture: Image, size: tuple[int, int]) -> Image:
    """A copy of this size in a mode that can be scaled, made in bands so that no second full-size copy is needed."""
    from PIL import Image

    mode = "F" if picture.mode.startswith("I;16") else _MODES.get(picture.mode, "RGBA")
    if mode == "RGB" and "transparency" in picture.info:
        mode = "RGBA"
    picture = _reduced(picture, mode, size)
    width, height = picture.size
    scale = height / size[1]
    margin = math.ceil(2 * max(scale, 1)) + 1
    rows = max(int(_BAND / (width * scale)), 1)
    made = Image.new(mode, size)
    for top in range(0, size[1], rows):
        end = min(top + rows, size[1])
        first, last = max(int(top * scale) - margin, 0), min(math.ceil(end * scale) + margin, height)
        band = _converted(picture.crop((0, first, width, last)), mode)
        box = (0, top * scale - first, width, min(end * scale, last) - first)
        made.paste(band.resize((size[0], end - top), Image.Resampling.BICUBIC, box, reducing_gap=1.5), (0, top))
    return made


def _reduced(picture: Image, mode: str, size: tuple[int, int]) -> Image:
    """The picture in a whole part of its size, made in tiles: one row of it may be too large for a band."""
    from PIL import Image

    across, down = (max(int(side / made / 1.5), 1) for side, made in zip(picture.size, size, strict=True))
    if across * down < _MANY:
        return picture
    width, height = picture.size
    made = Image.new(mode, (-(-width // across), -(-height // down)))
    columns = max(min(_BAND // down, width) // across, 1) * across
    rows = max(_BAND // columns // down, 1) * down
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            box = (left, top, min(left + columns, width), min(top + rows, height))
            made.paste(_converted(picture.crop(box), mode).reduce((across, down)), (left // across, top // down))
    return made


def _converted(band: Image, mode: str) -> Image:
    if band.mode == "LAB":
        from PIL import ImageCms

        lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        made = ImageCms.profileToProfile(band, lab, rgb, outputMode="RGB")
        assert made is not None
        return made
    if band.mode in ("La", "RGBa"):
        band = band.convert("LA" if band.mode == "La" else "RGBA")
    return band if band.mode == mode else band.convert(mode)


def _eight_bits(picture: Image) -> Image:
    """Pictures of more than eight bits are stretched, so that all but their extremes fill the range, to be shown."""
    if picture.mode != "F":
        return picture
    picture = _finite(picture)
    low, high = _range(picture)
    share = 255 / (high - low) if high > low else 0.0
    offset = -low * share
    return picture.point(lambda value: value * share + offset).convert("L")


def _finite(picture: Image) -> Image:
    """The picture with its lowest value for what is no number or infinite, where Pillow finds no extremes for that."""
    from PIL import Image

    if all(map(math.isfinite, _extrema(picture))):
        return picture
    values = array.array("f", picture.tobytes())
    low = min((value for value in values if math.isfinite(value)), default=0.0)
    clean = array.array("f", (value if math.isfinite(value) else low for value in values))
    return Image.frombytes("F", picture.size, clean.tobytes())


def _extrema(picture: Image) -> tuple[float, float]:
    low, high = picture.getextrema()
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return float(low), float(high)


def _range(picture: Image) -> tuple[float, float]:
    """The values between which all but the darkest and brightest thousandth of the pixels are."""
    low, high = _extrema(picture)
    clipped = int(picture.width * picture.height * _CLIPPED)
    if not clipped:
        return low, high
    for _ in range(_ROUNDS):
        if not low < high:
            break
        counts = picture.histogram(extrema=(low, high))
        width = (high - low) / (len(counts) - 1)  # the last bin holds the brightest value alone
        first, last = _reaches(counts, clipped), len(counts) - 1 - _reaches(counts[::-1], clipped)
        if last - first > len(counts) // 4:
            return low + first * width, min(low + (last + 1) * width, high)
        low, high = low + first * width, min(low + (last + 1) * width, high)
    return low, high


def _reaches(counts: list[int], number: int) -> int:
    """At which bin so many have been counted."""
    held = 0
    for index, count in enumerate(counts):
        held += count
        if held > number:
            return index
    return len(counts) - 1
