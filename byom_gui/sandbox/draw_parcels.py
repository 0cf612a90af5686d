"""Draws parcels on a light conveyor belt, through a pinhole camera: the bright one of the samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from byom_gui.sandbox import answers, brush
from byom_gui.sandbox.brush import Colour, Place
from byom_gui.sandbox.draw_cells import SIZE

SCALE = 2
FOCUS, HEIGHT, HORIZON, MIDDLE = 1500.0, 3.1, -560.0, 600.0
"""Focal length in pixels, the camera's height over the belt in metres, the horizon's y and the middle's x in pixels."""

CARD: Colour = (204, 158, 106)
KRAFT: Colour = (184, 132, 82)
BLUE: Colour = (84, 128, 186)
GREEN: Colour = (104, 158, 112)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A box on the belt: the middle of its front foot (x, z), and width, height, depth; all metres."""

    x: float
    z: float
    w: float
    h: float
    d: float
    colour: Colour
    label: bool = True

    def face(self, z: float) -> tuple[float, float, float, float]:
        """The rectangle that the face at distance ``z`` takes in the picture: left, top, right, bottom."""
        left, bottom = seen(self.x - self.w / 2, 0, z)
        right, top = seen(self.x + self.w / 2, self.h, z)
        return left, top, right, bottom


def seen(x: float, y: float, z: float) -> Place:
    """Where a point of the room falls in the picture."""
    return MIDDLE + FOCUS * x / z, HORIZON + FOCUS * (HEIGHT - y) / z


PARCELS = (
    Parcel(-0.78, 4.62, 0.66, 0.52, 0.42, CARD),
    Parcel(0.68, 5.20, 0.60, 0.40, 0.34, BLUE),
    Parcel(-0.06, 4.25, 0.50, 0.42, 0.34, KRAFT),
    Parcel(0.86, 3.78, 0.50, 0.50, 0.30, CARD),
    Parcel(-0.74, 3.52, 0.50, 0.34, 0.34, GREEN),
    Parcel(0.26, 3.42, 0.42, 0.24, 0.26, CARD, label=False),
)


def draw_parcels(seed: int) -> tuple[Image.Image, list[answers.Result]]:
    """The picture and its true results."""
    rng = Random(seed)  # noqa: S311 - the same picture each time is the point
    big = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), (231, 232, 231))
    _belt(ImageDraw.Draw(big))
    big.paste(ImageChops.multiply(big, _shadows()))
    pen = ImageDraw.Draw(big)
    for parcel in sorted(PARCELS, key=lambda p: -p.z):
        _parcel(pen, parcel)
    picture = big.reduce(SCALE).filter(ImageFilter.GaussianBlur(0.6))
    truth = []
    for parcel in PARCELS:
        cuboid = {"front": answers.box(parcel.face(parcel.z)), "back": answers.box(parcel.face(parcel.z + parcel.d))}
        truth.append(answers.result("parcel", cuboid))
    return _lit(rng, picture), [*truth, answers.result("in_focus", {})]


def _quad(pen: ImageDraw.ImageDraw, places: Sequence[Place], fill: Colour) -> None:
    pen.polygon([(x * SCALE, y * SCALE) for x, y in places], fill=fill)


def _belt(pen: ImageDraw.ImageDraw) -> None:
    near, far, half = 2.6, 9.0, 1.36
    for x0, x1, colour in (
        (-1.62, -half, (176, 179, 182)),
        (half, 1.62, (176, 179, 182)),
        (-half, half, (214, 215, 217)),
    ):
        _quad(pen, (seen(x0, 0, near), seen(x1, 0, near), seen(x1, 0, far), seen(x0, 0, far)), colour)
    for step in range(70):
        z = near + step * 0.09
        ends = [(x * SCALE, y * SCALE) for x, y in (seen(-half, 0, z), seen(half, 0, z))]
        pen.line(ends, fill=(207, 208, 210), width=SCALE)
    for x in (-1.62, -half, half, 1.62):
        ends = [(a * SCALE, b * SCALE) for a, b in (seen(x, 0, near), seen(x, 0, far))]
        pen.line(ends, fill=(148, 151, 155), width=2 * SCALE)
    for step in range(26):
        for side in (-1.49, 1.49):
            x, y = seen(side, 0, near + step * 0.24)
            pen.ellipse(((x - 4) * SCALE, (y - 4) * SCALE, (x + 4) * SCALE, (y + 4) * SCALE), fill=(140, 143, 147))


def _shadows() -> Image.Image:
    shade = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), (255, 255, 255))
    pen = ImageDraw.Draw(shade)
    for p in PARCELS:
        left, right, lean = p.x - p.w / 2, p.x + p.w / 2 + p.h * 0.24, p.d + 0.03
        foot = (
            seen(left, 0, p.z - 0.03),
            seen(right, 0, p.z - 0.03),
            seen(right, 0, p.z + lean),
            seen(left, 0, p.z + lean),
        )
        _quad(pen, foot, (158, 160, 164))
    small = shade.reduce(4).filter(ImageFilter.GaussianBlur(4))
    return small.resize(shade.size, Image.Resampling.BILINEAR)


def _shaded(colour: Colour, by: float) -> Colour:
    return (min(255, round(colour[0] * by)), min(255, round(colour[1] * by)), min(255, round(colour[2] * by)))


def _parcel(pen: ImageDraw.ImageDraw, p: Parcel) -> None:
    left, right, back = p.x - p.w / 2, p.x + p.w / 2, p.z + p.d
    front = [seen(left, 0, p.z), seen(right, 0, p.z), seen(right, p.h, p.z), seen(left, p.h, p.z)]
    top = [seen(left, p.h, p.z), seen(right, p.h, p.z), seen(right, p.h, back), seen(left, p.h, back)]
    if p.x < 0:
        _quad(
            pen, [seen(right, y, z) for y, z in ((0, p.z), (p.h, p.z), (p.h, back), (0, back))], _shaded(p.colour, 0.62)
        )
    else:
        _quad(
            pen, [seen(left, y, z) for y, z in ((0, p.z), (p.h, p.z), (p.h, back), (0, back))], _shaded(p.colour, 0.74)
        )
    _quad(pen, front, _shaded(p.colour, 0.88))
    _quad(pen, top, _shaded(p.colour, 1.1))
    _tape(pen, p)
    if p.label:
        _label(pen, p)
    for face in (front, top):
        outline = [(x * SCALE, y * SCALE) for x, y in (*face, face[0])]
        pen.line(outline, fill=_shaded(p.colour, 0.55), width=SCALE, joint="curve")


def _tape(pen: ImageDraw.ImageDraw, p: Parcel) -> None:
    a, b, back, drop = p.x - 0.03, p.x + 0.03, p.z + p.d, p.h * 0.74
    _quad(pen, (seen(a, p.h, p.z), seen(b, p.h, p.z), seen(b, p.h, back), seen(a, p.h, back)), _shaded(p.colour, 1.22))
    _quad(pen, (seen(a, drop, p.z), seen(b, drop, p.z), seen(b, p.h, p.z), seen(a, p.h, p.z)), _shaded(p.colour, 1.0))


def _label(pen: ImageDraw.ImageDraw, p: Parcel) -> None:
    x0, x1, y0, y1 = p.x + p.w * 0.10, p.x + p.w * 0.42, p.h * 0.16, p.h * 0.58
    _quad(pen, [seen(x, y, p.z) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], (238, 236, 230))
    rng, x = Random(round(p.x * 100)), x0 + 0.02  # noqa: S311 - the stripes are only to look at
    tall = (y1 - y0) * 0.5
    while x < x1 - 0.025:
        wide = rng.choice((0.004, 0.004, 0.009))
        bar = [
            seen(a, b, p.z) for a, b in ((x, y0 + 0.02), (x + wide, y0 + 0.02), (x + wide, y0 + tall), (x, y0 + tall))
        ]
        _quad(pen, bar, (58, 56, 54))
        x += wide + rng.choice((0.005, 0.009))
    for row in (0.62, 0.75, 0.88):
        y, end = y0 + (y1 - y0) * row, x0 + (x1 - x0) * (0.85 if row < 0.8 else 0.55)
        line = [seen(a, b, p.z) for a, b in ((x0 + 0.02, y), (end, y), (end, y + 0.008), (x0 + 0.02, y + 0.008))]
        _quad(pen, line, (120, 118, 116))


def _lit(rng: Random, picture: Image.Image) -> Image.Image:
    grain = Image.blend(brush.grain(rng, SIZE, 1), brush.grain(rng, SIZE, 4), 0.5)
    falling = Image.linear_gradient("L").resize(SIZE).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    light = ImageChops.multiply(brush.faded(grain, 0.09, 238), brush.faded(falling, 0.10, 230))
    return ImageChops.multiply(picture, Image.merge("RGB", (light, light, light)))
