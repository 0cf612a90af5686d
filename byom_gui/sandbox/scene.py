"""Reads any picture and brings it to the size and the grey signals that the built-in model looks at."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat

from byom_gui.core.errors import ImageError
from byom_gui.core.png import SIGNATURE, without_notes
from byom_gui.sandbox.regions import Grid, Place

WORK_SIDE = 600
"""The longer side of the copy that is looked at, in pixels."""
MOST_PIXELS = 120_000_000


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture as the model sees it: a small colour copy, and how many real pixels one of its pixels is."""

    copy: Image.Image
    scale_x: float
    scale_y: float
    width: int
    height: int

    def back(self, place: Place) -> Place:
        """A place of the copy in pixels of the picture, kept inside it."""
        x, y = place[0] * self.scale_x, place[1] * self.scale_y
        return min(max(x, 0.0), float(self.width)), min(max(y, 0.0), float(self.height))

    def back_all(self, places: Iterable[Place]) -> list[Place]:
        """The same for many places."""
        return [self.back(place) for place in places]


def read(data: bytes) -> Scene:
    """Decodes, turns upright, and reduces.

    Raises:
        ImageError: the bytes are no picture that can be read, or one of too many pixels.
    """
    try:
        # Texts of any size are no reason to refuse a picture.
        pixels = without_notes(data)[0] if data.startswith(SIGNATURE) else data
        with Image.open(io.BytesIO(pixels)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ImageError("The image has too many pixels.")
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            size = image.size[::-1] if turned else image.size
            image.draft("RGB", (WORK_SIDE, WORK_SIDE))
            upright = ImageOps.exif_transpose(_as_rgb(image))
    except ImageError:
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's decoders raise nearly anything on damaged bytes
        raise ImageError("The image cannot be read.", detail=type(error).__name__) from None
    shrink = max(1.0, max(upright.size) / WORK_SIDE)
    small = (max(1, round(upright.width / shrink)), max(1, round(upright.height / shrink)))
    copy = upright.resize(small, Image.Resampling.BOX) if small != upright.size else upright
    return Scene(copy, size[0] / small[0], size[1] / small[1], *size)


def _as_rgb(image: Image.Image) -> Image.Image:
    exif = image.getexif()
    if image.mode.startswith(("I", "F")):
        low, high = (float(v) for v in image.convert("F").getextrema())  # type: ignore[arg-type]
        gain = 255 / (high - low) if high > low else 0.0
        plain = image.convert("F").point(lambda v: v * gain - low * gain).convert("L").convert("RGB")
    elif "transparency" in image.info or image.mode in ("LA", "PA", "RGBA"):
        plain = image.convert("RGBA").convert("RGB")
    else:
        plain = image.convert("RGB")
    plain.info["exif"] = exif.tobytes()
    return plain


def border_light(scene: Scene) -> float:
    """The median light (0–255) along the picture's edge: its ground."""
    grey = scene.copy.convert("L")
    w, h = grey.size
    strips = [(0, 0, w, 1), (0, h - 1, w, h), (0, 0, 1, h), (w - 1, 0, w, h)]
    values = sorted(b"".join(grey.crop(strip).tobytes() for strip in strips))
    return float(values[len(values) // 2])


def glow_signal(scene: Scene) -> Grid:
    """Green and blue light, where things glow on black; small differences among the dark ones are spread."""
    red, green, blue = scene.copy.split()
    light = ImageChops.subtract(Image.blend(green, blue, 0.5), _excess(red, green, blue))
    return Grid.of(light.filter(ImageFilter.GaussianBlur(0.8)))


def red_signal(scene: Scene) -> Grid:
    """How much more red there is than green or blue."""
    return Grid.of(_excess(*scene.copy.split()).filter(ImageFilter.GaussianBlur(0.5)))


def _excess(red: Image.Image, green: Image.Image, blue: Image.Image) -> Image.Image:
    return ImageChops.subtract(red, ImageChops.lighter(green, blue))


def colour_signal(scene: Scene) -> Grid:
    """How colourful each pixel is: the strongest less the weakest of red, green and blue."""
    red, green, blue = scene.copy.filter(ImageFilter.GaussianBlur(0.8)).split()
    strong = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return Grid.of(ImageChops.subtract(strong, ImageChops.darker(ImageChops.darker(red, green), blue)))


def shade_signal(scene: Scene) -> Grid:
    """How dark each pixel is."""
    return Grid.of(ImageOps.invert(scene.copy.convert("L")).filter(ImageFilter.GaussianBlur(1.0)))


def sharpness(scene: Scene) -> float:
    """0 for nothing or a blur, towards 1 for crisp edges: the strongest small steps against the whole contrast."""
    grey = scene.copy.convert("L")
    low, high = ImageStat.Stat(grey).extrema[0]
    if high - low < 24:
        return 0.0
    edges = ImageChops.difference(grey, grey.filter(ImageFilter.BoxBlur(1.5)))
    histogram, seen = edges.histogram(), 0
    for value in range(255, 0, -1):
        seen += histogram[value]
        if seen >= 0.002 * grey.width * grey.height:
            return min(1.0, 3.2 * value / (high - low))
    return 0.0
