"""Image files of 2 megapixels: few pictures, each file with bytes of its own behind the picture's end."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image, ImageFilter

SIZE = (1920, 1080)
_DIFFERENT = 12


def make(folder: Path, count: int, size: tuple[int, int] = SIZE) -> list[Path]:
    """``count`` JPEG files, of about half a megabyte at 2 megapixels."""
    folder.mkdir(parents=True, exist_ok=True)
    bodies = [_picture(seed, size) for seed in range(min(_DIFFERENT, count))]
    paths = []
    for number in range(count):
        path = folder / f"image-{number:05}.jpg"
        path.write_bytes(bodies[number % len(bodies)] + number.to_bytes(8, "big"))
        paths.append(path)
    return paths


def _picture(seed: int, size: tuple[int, int]) -> bytes:
    dice = random.Random(seed)
    small = Image.frombytes("RGB", (480, 270), dice.randbytes(480 * 270 * 3))
    out = io.BytesIO()
    small.filter(ImageFilter.GaussianBlur(1)).resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=92)
    return out.getvalue()
