"""Pictures made from other pictures: mirrored, scaled, turned, blank, and in other kinds of file.

What is made is no larger than ``SIDE`` pixels, unless size is the point: it is sent again and again.
"""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from byom_gui.core.image import ImageSource
from byom_gui.core.observations import IDENTITY, Affine, EdgeMap, Variant
from byom_gui.services import images

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 1600
KIND_SIDE = 640
"""The longer side of a picture that stands for a kind of file."""
EDGE_SIDE = 200
_ORIENTATION = 0x0112
_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "BMP": ".bmp", "TIFF": ".tif"}
_SAVE: dict[str, dict[str, Any]] = {
    "PNG": {"compress_level": 1},
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"quality": 90, "method": 0},
}


def changed(source: ImageSource, kind: str) -> tuple[ImageSource, Variant]:
    """The picture changed in one way, and the map from its upright pixels to those of the changed one.

    Args:
        kind: mirrored, upended, half, narrow, padded, turned-2 to turned-8, blank, noise; upright leaves out the EXIF
            orientation; again is the very same.

    Raises:
        ImageError: the pixels are damaged.
        KeyError: no such kind.
    """
    if kind == "again":
        return source, Variant(kind, source.name)
    picture = _upright(source, SIDE)
    across, down = picture.width / source.width, picture.height / source.height
    if kind.startswith("turned-"):
        turn = int(kind.removeprefix("turned-"))
        made = _encoded(source, kind, stored(picture, turn), "JPEG", orientation=turn)
        return made, Variant(kind, source.name, (across, 0, 0, 0, down, 0))
    new, way = _CHANGES[kind](picture)
    a, b, c, d, e, f = way
    to: Affine = (a * across, b * down, c, d * across, e * down, f)
    # A picture that was lossless stays so: what a compressor adds might be found as well.
    made = _encoded(source, kind, new, "JPEG" if source.media_type == "image/jpeg" else "PNG")
    return made, Variant(kind, source.name, to, keeps=kind not in ("blank", "noise"))


def _upright(source: ImageSource, side: int) -> Image:
    from PIL import Image

    raster = images.raster(source, side)
    return Image.frombytes("RGBA", (raster.width, raster.height), raster.rgba).convert("RGB")


def _mirrored(picture: Image) -> tuple[Image, Affine]:
    from PIL import Image

    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (-1, 0, picture.width, 0, 1, 0)


def _upended(picture: Image) -> tuple[Image, Affine]:
    from PIL import Image

    return picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (1, 0, 0, 0, -1, picture.height)


def _scaled(picture: Image, across: float, down: float) -> tuple[Image, Affine]:
    size = (max(round(picture.width * across), 1), max(round(picture.height * down), 1))
    return picture.resize(size), (size[0] / picture.width, 0, 0, 0, size[1] / picture.height, 0)


def _padded(picture: Image) -> tuple[Image, Affine]:
    from PIL import Image

    size = (picture.width + picture.width // 7 | 1, picture.height + picture.height // 4 | 1)
    wide = Image.new("RGB", size, picture.getpixel((picture.width - 1, picture.height - 1)))
    wide.paste(picture, (0, 0))
    return wide, (1, 0, 0, 0, 1, 0)


def _blank(picture: Image) -> tuple[Image, Affine]:
    from PIL import Image

    return Image.new("RGB", picture.size, (127, 127, 127)), (1, 0, 0, 0, 1, 0)


def _noise(picture: Image) -> tuple[Image, Affine]:
    from PIL import Image

    chance = random.Random(picture.width * 8191 + picture.height)  # noqa: S311 - the same noise each time
    data = chance.randbytes(picture.width * picture.height * 3)
    return Image.frombytes("RGB", picture.size, data), (1, 0, 0, 0, 1, 0)


_CHANGES = {
    "mirrored": _mirrored,
    "upended": _upended,
    "half": lambda picture: _scaled(picture, 0.5, 0.5),
    "narrow": lambda picture: _scaled(picture, 0.5, 1.0),
    "padded": _padded,
    "upright": lambda picture: (picture, IDENTITY),
    "blank": _blank,
    "noise": _noise,
}


def stored(picture: Image, orientation: int) -> Image:
    """How a camera stores an upright picture that it marks with this EXIF orientation."""
    from PIL import Image

    way = Image.Transpose
    ways = {
        2: way.FLIP_LEFT_RIGHT,
        3: way.ROTATE_180,
        4: way.FLIP_TOP_BOTTOM,
        5: way.TRANSPOSE,
        6: way.ROTATE_90,
        7: way.TRANSVERSE,
        8: way.ROTATE_270,
    }
    return picture.transpose(ways[orientation]) if orientation in ways else picture


def of_kind(source: ImageSource, kind: str) -> tuple[ImageSource, Variant | None]:
    """The picture as another kind of file (``core.diagnosis.probes.KINDS``), small unless size is the point.

    The map is given where the picture still shows the same; None for 1×1, very wide and broken ones.

    Raises:
        ImageError: the pixels are damaged.
        KeyError: no such kind.
    """
    picture = _upright(source, KIND_SIDE)
    to: Affine = (picture.width / source.width, 0, 0, 0, picture.height / source.height, 0)
    same = Variant(f"turned-{kind.removeprefix('exif-')}" if kind.startswith("exif-") else kind, source.name, to)
    if kind.startswith("exif-"):
        turn = int(kind.removeprefix("exif-"))
        return _encoded(source, kind, stored(picture, turn), "JPEG", orientation=turn), same
    if kind in ("broken", "no-image"):
        whole = _encoded(source, kind, picture, "JPEG").data
        data = whole[: len(whole) // 3] if kind == "broken" else b"This is no image. " * 40
        return ImageSource(_name(source, kind, ".jpg"), data, "image/jpeg", *picture.size), None
    new, form, more = _KINDS[kind](picture)
    return _encoded(source, kind, new, form, **more), None if kind in ("1x1", "wide", "large") else same


Made = tuple["Image", str, dict[str, Any]]


def _alpha(picture: Image) -> Made:
    from PIL import Image

    half = picture.convert("RGBA")
    half.putalpha(Image.linear_gradient("L").resize(picture.size).point(lambda value: 128 + value // 2))
    return half, "PNG", {}


def _animated(picture: Image) -> Made:
    return picture.quantize(64), "GIF", {"save_all": True, "append_images": [picture.rotate(3).quantize(64)]}


def _deep(picture: Image) -> Made:
    from PIL import Image

    grey = picture.convert("L")
    data = b"".join(bytes((0, value)) for value in grey.tobytes())
    return Image.frombytes("I;16", grey.size, data), "PNG", {}


def _large(picture: Image) -> Made:
    side = 4000
    share = side / max(picture.size)
    return picture.resize((round(picture.width * share), round(picture.height * share))), "JPEG", {"quality": 80}


_KINDS = {
    "jpeg": lambda picture: (picture, "JPEG", {}),
    "png": lambda picture: (picture, "PNG", {}),
    "webp": lambda picture: (picture, "WEBP", {}),
    "grey": lambda picture: (picture.convert("L"), "PNG", {}),
    "alpha": _alpha,
    "cmyk": lambda picture: (picture.convert("CMYK"), "JPEG", {}),
    "bmp": lambda picture: (picture, "BMP", {}),
    "tiff": lambda picture: (picture, "TIFF", {}),
    "16-bit": _deep,
    "animated": _animated,
    "1x1": lambda picture: (picture.resize((1, 1)), "PNG", {}),
    "wide": lambda picture: (picture.resize((2400, 40)), "PNG", {}),
    "large": _large,
}


def of_bytes(source: ImageSource, count: int) -> ImageSource:
    """A sound PNG of so many bytes: a small picture, and a chunk that readers pass over. Never less than it needs."""
    picture = _upright(source, 64)
    small = _encoded(source, f"{count} bytes", picture, "PNG")
    body = b"byOm" + bytes(max(0, count - len(small.data) - _CHUNK))
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    data = small.data[:-_CHUNK] + chunk + small.data[-_CHUNK:]  # the last chunk is the end
    return ImageSource(small.name, data, "image/png", *picture.size)


_CHUNK = 12
"""Bytes of a PNG chunk without content."""


def _encoded(
    source: ImageSource, kind: str, picture: Image, form: str, *, orientation: int = 1, **more: Any
) -> ImageSource:
    from PIL import Image

    out = io.BytesIO()
    options = _SAVE.get(form, {}) | more
    if orientation > 1:
        exif = Image.Exif()
        exif[_ORIENTATION] = orientation
        options = options | {"exif": exif}
    picture.save(out, form, **options)
    size = picture.size if orientation < 5 else (picture.height, picture.width)
    name, media = _name(source, kind, _SUFFIXES.get(form, f".{form.lower()}")), f"image/{form.lower()}"
    return ImageSource(name, out.getvalue(), media, *size, orientation)


def _name(source: ImageSource, kind: str, suffix: str) -> str:
    return f"{PurePath(source.name).stem} ({kind}){suffix}"


def edge_map(source: ImageSource) -> EdgeMap:
    """Where the picture changes from place to place, coarsely. Raises ImageError where the pixels are damaged."""
    from PIL import ImageChops, ImageFilter

    grey = _upright(source, 4 * EDGE_SIDE).convert("L")
    steep = ImageChops.subtract(grey.filter(ImageFilter.MaxFilter(3)), grey.filter(ImageFilter.MinFilter(3)))
    share = min(1.0, EDGE_SIDE / max(steep.size))
    small = steep.resize((max(round(steep.width * share), 1), max(round(steep.height * share), 1)), reducing_gap=2.0)
    return EdgeMap(source.name, small.width, small.height, small.filter(ImageFilter.MaxFilter(3)).tobytes())
