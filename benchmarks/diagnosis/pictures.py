"""The pictures that the cases send, drawn here: a few things at known places, of many sizes and forms."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from byom_gui.core.image import ImageSource
from byom_gui.services import images

Size = tuple[int, int]

COLOURS = {
    "red": (205, 40, 45),
    "yellow": (215, 170, 20),
    "green": (35, 140, 60),
    "blue": (35, 75, 200),
    "purple": (150, 45, 170),
    "grey": (70, 70, 72),
}
LIGHT, DARK = (236, 234, 228), (14, 15, 20)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def scene(
    size: Size,
    seed: int,
    count: int = 4,
    colours: tuple[str, ...] = ("red", "green", "blue"),
    ground: tuple[int, int, int] = LIGHT,
    part: float = 0.0,
) -> Image.Image:
    """A picture of ``count`` things that do not touch. ``part`` is their size over the shorter side; 0 chooses it."""
    chance = random.Random(seed)
    picture = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(picture)
    taken: list[tuple[float, float, float, float]] = []
    gap = max(size) / 240 * 5 + 3
    tries = 0
    while len(taken) < count and tries < 4000:
        tries += 1
        base = min(size) * (part or chance.uniform(0.12, 0.34))
        width, height = base * chance.uniform(0.7, 1.6), base * chance.uniform(0.7, 1.3)
        left, top = chance.uniform(gap, size[0] - width - gap), chance.uniform(gap, size[1] - height - gap)
        box = (left, top, left + width, top + height)
        if left < 0 or top < 0 or any(_near(box, other, gap) for other in taken):
            continue
        colour = COLOURS[colours[len(taken) % len(colours)]]
        (draw.ellipse if chance.random() < 0.5 else draw.rectangle)([round(side) for side in box], fill=colour)
        taken.append(box)
    return picture


def _near(one: tuple[float, ...], two: tuple[float, ...], gap: float) -> bool:
    across = one[0] - gap < two[2] and two[0] - gap < one[2]
    return across and one[1] - gap < two[3] and two[1] - gap < one[3]


def encoded(picture: Image.Image, name: str, turned: int = 1) -> ImageSource:
    """A file of a picture by its name's ending; ``turned`` is the EXIF orientation under which it is upright."""
    out = io.BytesIO()
    kind = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "bmp": "BMP"}[name.rpartition(".")[2]]
    more: dict[str, object] = {"quality": 92} if kind in ("JPEG", "WEBP") else {}
    if turned != 1:
        exif = Image.Exif()
        exif[0x0112] = turned
        picture, more["exif"] = picture.transpose(_TURNS[turned]), exif
    picture.save(out, kind, **more)
    return images.from_bytes(out.getvalue(), name)


def several(sizes: tuple[Size, ...], name: str, seed: int, ending: str = "png", **how: object) -> list[ImageSource]:
    """One picture of each size."""
    drawn = (scene(size, seed * 100 + at, **how) for at, size in enumerate(sizes))  # type: ignore[arg-type]
    return [encoded(picture, f"{name}-{at + 1}.{ending}") for at, picture in enumerate(drawn)]


def _turned() -> list[ImageSource]:
    turns = (6, 1, 8, 3)
    sizes = ((600, 800), (800, 560), (540, 900), (900, 640))
    return [
        encoded(scene(size, 700 + turn), f"phone-{turn}.jpg", turn) for turn, size in zip(turns, sizes, strict=True)
    ]


def _phone() -> list[ImageSource]:
    return [encoded(scene((480, 720), 720 + at, 3), f"upright-{at}.jpg", 6) for at in range(3)]


def _mirrored() -> list[ImageSource]:
    turns, size = (2, 5, 7, 4, 6), (500, 380)
    return [encoded(scene(size, 740 + turn, 3), f"mirror-{turn}.jpg", turn) for turn in turns]


def _mirror_two() -> list[ImageSource]:
    turns, sizes = (4, 2, 7), ((620, 450), (440, 700), (760, 520))
    return [
        encoded(scene(size, 760 + turn), f"glass-{turn}.jpg", turn) for turn, size in zip(turns, sizes, strict=True)
    ]


def _upended() -> list[ImageSource]:
    return [encoded(scene((640 - 60 * at, 460), 780 + at), f"upended-{at}.jpg", 3) for at in range(3)]


def _symmetric() -> list[ImageSource]:
    """Each the same as its mirror picture, both ways."""
    made = []
    for at, (width, height) in enumerate(((640, 480), (500, 500), (720, 400))):
        picture = Image.new("RGB", (width, height), LIGHT)
        draw = ImageDraw.Draw(picture)
        for x in (width // 5, width - width // 5):
            for y in (height // 4, height - height // 4):
                draw.ellipse((x - 40 - at, y - 30, x + 40 + at, y + 30), fill=COLOURS["blue"])
        made.append(encoded(picture, f"symmetric-{at}.png"))
    return made


def _border() -> list[ImageSource]:
    """Things cut off by the border, on every side."""
    made = []
    for at, (width, height) in enumerate(((700, 500), (480, 640), (900, 420))):
        picture = Image.new("RGB", (width, height), LIGHT)
        draw = ImageDraw.Draw(picture)
        draw.rectangle((-20, 60, 90, 150), fill=COLOURS["red"])
        draw.ellipse((width - 80, height // 2, width + 60, height // 2 + 110), fill=COLOURS["green"])
        draw.rectangle((width // 2, -30, width // 2 + 120, 70), fill=COLOURS["blue"])
        draw.ellipse((width // 4, height - 70, width // 4 + 100, height + 40), fill=COLOURS["red"])
        made.append(encoded(picture, f"border-{at}.png"))
    return made


def _corner() -> list[ImageSource]:
    """Small things in the upper left corner alone: every coordinate is under 100."""
    made = []
    for at, (width, height) in enumerate(((900, 700), (640, 800), (1000, 1000))):
        picture = Image.new("RGB", (width, height), LIGHT)
        corner = scene((98, 98), 800 + at, 3, part=0.22)
        picture.paste(corner, (0, 0))
        made.append(encoded(picture, f"corner-{at}.png"))
    return made


def _some_empty() -> list[ImageSource]:
    empty = [encoded(Image.new("RGB", size, LIGHT), f"empty-{size[0]}.png") for size in ((500, 400), (640, 480))]
    full = several(((640, 480), (720, 540), (500, 700)), "full", 31)
    return [full[0], empty[0], full[1], empty[1], full[2]]


def _texts() -> list[ImageSource]:
    """Printed lines, as on a label."""
    made = []
    words = (("Lot 4711", "Best before 2027"), ("Slide A12", "Stain: H and E", "2026-05-04"), ("EXIT", "Gate 7"))
    for at, lines in enumerate(words):
        picture = Image.new("RGB", (640 + 80 * at, 420), (250, 250, 246))
        draw = ImageDraw.Draw(picture)
        for row, line in enumerate(lines):
            draw.text((40 + 30 * row, 50 + 110 * row), line, fill=(20, 20, 30), font=ImageFont.load_default(44))
        made.append(encoded(picture, f"label-{at}.png"))
    return made


def _faces() -> list[ImageSource]:
    """Drawn faces, one or two a picture."""
    made = []
    spots = (((200, 60, 260),), ((60, 80, 200), (380, 120, 180)), ((120, 200, 300),))
    for at, faces in enumerate(spots):
        picture = Image.new("RGB", (640, 480 + 120 * at), (176, 182, 188))
        for left, top, side in faces:
            picture.paste(_face(side), (left, top))
        made.append(encoded(picture, f"portrait-{at}.png"))
    return made


def _face(side: int) -> Image.Image:
    """A face in soft light and shade: hair, brows, eyes in dark sockets, nose, mouth."""
    face = Image.new("RGB", (200, 240), (176, 182, 188))
    draw = ImageDraw.Draw(face)
    draw.ellipse((12, 0, 188, 190), fill=(48, 36, 30))
    draw.ellipse((30, 28, 170, 232), fill=(224, 184, 160))
    draw.ellipse((52, 40, 148, 84), fill=(236, 200, 178))
    for x in (66, 134):
        draw.ellipse((x - 26, 88, x + 26, 120), fill=(150, 108, 92))
        draw.rectangle((x - 24, 84, x + 24, 92), fill=(58, 42, 34))
        draw.ellipse((x - 16, 98, x + 16, 114), fill=(236, 232, 228))
        draw.ellipse((x - 8, 97, x + 8, 115), fill=(34, 26, 24))
    draw.rectangle((92, 92, 108, 150), fill=(240, 206, 184))
    draw.ellipse((80, 142, 120, 162), fill=(198, 150, 128))
    for x in (60, 140):
        draw.ellipse((x - 20, 128, x + 20, 168), fill=(238, 198, 174))
    draw.ellipse((68, 176, 132, 200), fill=(150, 70, 68))
    draw.line((70, 188, 130, 188), fill=(84, 36, 36), width=3)
    return face.filter(ImageFilter.GaussianBlur(3)).resize((side, side * 6 // 5))


_SETS: dict[str, Callable[[], list[ImageSource]]] = {
    "street": lambda: several(((800, 600), (1024, 768), (600, 900), (1280, 720)), "street", 1),
    "photos": lambda: several(((1200, 800), (900, 1200), (1000, 750)), "photo", 2, "jpg", count=5),
    "wide": lambda: several(((1400, 500), (1600, 480), (900, 300)), "wide", 3),
    "tall": lambda: several(((400, 1000), (500, 1200), (360, 720)), "tall", 4, count=3),
    "square": lambda: several(((500, 500), (720, 720), (900, 900)), "square", 5),
    "small": lambda: several(((200, 150), (160, 240), (220, 180)), "small", 6, count=3),
    "tiny": lambda: several(((96, 64), (64, 96), (80, 80)), "tiny", 7, count=2),
    "large": lambda: several(((2400, 1600), (1800, 2400)), "large", 8, "jpg", count=5),
    "crowd": lambda: several(((900, 700), (1000, 800)), "crowd", 9, count=45, part=0.05),
    "single": lambda: several(((700, 500), (640, 480), (480, 640)), "single", 10, count=1, colours=("blue",)),
    "dark": lambda: several(
        ((800, 800), (1024, 700), (700, 940)), "dark", 11, ground=DARK, colours=("blue", "green", "yellow"), count=6
    ),
    "one": lambda: several(((960, 640),), "only", 12, count=6),
    "two": lambda: several(((800, 500), (520, 760)), "pair", 13),
    "six": lambda: several(((640, 480), (800, 600), (480, 640), (720, 720), (1024, 576), (600, 800)), "six", 14, "jpg"),
    "same-size": lambda: several(((640, 480),) * 4, "frame", 15),
    "all-colours": lambda: several(((900, 700), (800, 800)), "colours", 16, count=9, colours=tuple(COLOURS)),
    "swarm": lambda: several(((1200, 900), (1000, 1000)), "swarm", 19, count=180, part=0.02),
    "text": _texts,
    "faces": _faces,
    "corner": _corner,
    "hundred": lambda: several(((100, 100),) * 3, "hundred", 20, count=2),
    "model-sized": lambda: several(((640, 640), (416, 416), (640, 640)), "sized", 21),
    "webp": lambda: several(((700, 520), (540, 720)), "web", 17, "webp"),
    "jpegs": lambda: several(((760, 520), (560, 720), (1000, 640)), "jpeg", 18, "jpg"),
    "turned": _turned,
    "phone": _phone,
    "mirrored": _mirrored,
    "mirror-two": _mirror_two,
    "upended": _upended,
    "desk": lambda: several(((1100, 620), (660, 940), (840, 840)), "desk", 30),
    "desk-few": lambda: several(((1000, 640), (700, 900), (800, 600)), "few", 32, count=2),
    "stamps": lambda: several(((120, 90), (90, 120), (110, 110)), "stamp", 33, count=3),
    "swarm-boxed": lambda: several(((1300, 900), (900, 1100)), "boxed", 34, count=40, part=0.05),
    "symmetric": _symmetric,
    "border": _border,
    "some-empty": _some_empty,
}


@cache
def pictures(name: str) -> tuple[ImageSource, ...]:
    """The pictures of a set, in the order in which they are sent."""
    return tuple(_SETS[name]())
