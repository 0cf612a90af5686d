"""Images of every kind, damaged in every way: one bad one never stops the rest, and says why."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.torture.groups import Group, run_all
from benchmarks.torture.row import Row

PLAIN, HOSTILE = "tests/services/test_images.py", "tests/services/test_images_hostile.py"
GROUPS: tuple[Group, ...] = (
    ("kinds", "PNG, JPEG, WebP, BMP, GIF, TIFF; grey, alpha, palette, 1 bit, 16 bit, float, CMYK",
     (PLAIN, "-k", "kinds_that_are_read")),
    ("every kind that Pillow writes", "in each of 13 modes that it takes: read whole, or refused in words",
     (HOSTILE, "-k", "every_kind")),
    ("animations; CMYK, RGB and grey with profiles that are none", "GIF, WebP, PNG, TIFF; JPEG",
     (HOSTILE, "-k", "animation or profile")),
    ("EXIF 1 to 8", "each comes upright", (PLAIN, "-k", "orientation")),
    ("cut at each tenth", "ten kinds of file, ten lengths each", (HOSTILE, "-k", "tenth")),
    ("random damage", "bytes changed at random, by a fixed seed", (PLAIN, "-k", "random_damage or damage_within")),
    ("no image at all", "0 bytes, text, PDF, wrong ending, 400 million pixels in a hundred bytes",
     (PLAIN, "-k", "bytes_that_are_refused")),
    ("places", "a pipe, a folder, no permission, too large, gone, a circle of links",
     (PLAIN, "-k", "places or permission or expand")),
    ("names", "newline, emoji, right to left, 255 bytes, blanks, dashes, percent signs", (HOSTILE, "-k", "names")),
    ("a folder that vanishes meanwhile", "the rest is listed; what is gone says so", (HOSTILE, "-k", "vanishes")),
    ("one bad image among many", "in the window and by command", ("tests/ui", "tests/commands", "-k",
     "bad_image or one_bad or unreadable or bad_one")),
)  # fmt: skip


def run(say: Callable[[str], None]) -> list[Row]:
    """All rows of this part."""
    return run_all(GROUPS, say)
