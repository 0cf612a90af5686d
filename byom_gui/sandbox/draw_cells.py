"""Draws fields of fluorescent nuclei: blue bodies with texture, dividing cells, debris and a colony."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from byom_gui.sandbox import answers, brush
from byom_gui.sandbox.brush import Blob, Place

SIZE = (1200, 900)

BLUE: brush.Ramp = (
    (0, (1, 2, 11)),
    (36, (5, 13, 58)),
    (110, (17, 60, 164)),
    (170, (46, 122, 224)),
    (220, (136, 206, 255)),
    (255, (242, 252, 255)),
)
RED: brush.Ramp = ((0, (0, 0, 0)), (255, (255, 52, 84)))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a field holds. ``radius`` is the mean half axis of a nucleus in pixels, ``level`` its mean light (0–255)."""

    seed: int
    nuclei: int
    mitoses: int
    debris: int
    radius: float = 31.0
    level: float = 112.0
    colony: tuple[float, float, float, float, float] | None = None
    """Centre x and y, half axes, and turn in degrees, where there is one."""


@dataclass(slots=True)
class Field:
    """A field while it is drawn: the nuclear stain, the red spindle stain, and what is true of it."""

    rng: Random
    recipe: Recipe
    signal: Image.Image
    red: Image.Image
    textures: tuple[Image.Image, ...]
    taken: list[tuple[float, float, float]] = field(default_factory=list)
    truth: list[answers.Result] = field(default_factory=list)


def draw_field(recipe: Recipe) -> tuple[Image.Image, list[answers.Result]]:
    """The picture and its true results."""
    rng = Random(recipe.seed)  # noqa: S311 - the same picture each time is the point
    textures = tuple(_texture(rng, feature) for feature in (4.5, 7.0, 11.0))
    on = Field(rng, recipe, Image.new("L", SIZE), Image.new("L", SIZE), textures)
    if recipe.colony:
        _colony(on, recipe.colony)
    for number in range(recipe.mitoses):
        _mitosis(on, apart=number % 3 == 2)
    for _ in range(recipe.nuclei):
        _lone_nucleus(on)
    for _ in range(recipe.debris):
        _debris(on)
    on.truth.append(answers.result("in_focus", {}))
    return _developed(on), on.truth


def _texture(rng: Random, feature: float) -> Image.Image:
    fine, coarse = brush.grain(rng, SIZE, feature), brush.grain(rng, SIZE, feature * 3.2)
    return Image.blend(fine, coarse, 0.42).filter(ImageFilter.GaussianBlur(0.8))


def _developed(on: Field) -> Image.Image:
    haze = brush.faded(on.signal.filter(ImageFilter.GaussianBlur(16)), 0.10)
    uneven = brush.faded(brush.grain(on.rng, SIZE, 420), 0.028)
    light = ImageChops.add(ImageChops.add(on.signal.filter(ImageFilter.GaussianBlur(0.7)), haze), uneven)
    light = ImageChops.add(light, brush.faded(brush.grain(on.rng, SIZE, 1), 0.022))
    speckle = brush.faded(brush.grain(on.rng, SIZE, 1.6), 0.34, 168)
    light = ImageChops.blend(light, ImageChops.multiply(light, speckle), 0.55)
    red = brush.coloured(on.red, RED)
    return ImageChops.screen(brush.coloured(light, BLUE), red)


def _free(on: Field, reach: float, margin: float, gap: float = 8.0) -> Place | None:
    """A place where a body of that reach touches no other, or None where 400 tries found none."""
    for _ in range(400):
        x = on.rng.uniform(margin, SIZE[0] - margin)
        y = on.rng.uniform(margin, SIZE[1] - margin)
        if all(math.hypot(x - a, y - b) > reach + r + gap for a, b, r in on.taken):
            return x, y
    return None


def _lone_nucleus(on: Field) -> None:
    long = on.recipe.radius * on.rng.uniform(0.8, 1.28)
    place = _free(on, long * 1.02, -6, 17)
    if place is None:
        return
    body = brush.blob(
        on.rng, place, long, long * on.rng.uniform(0.74, 0.95), turn=on.rng.uniform(0, math.pi), wobble=0.055
    )
    _nucleus(on, body)


def _nucleus(on: Field, body: Blob) -> None:
    outline = brush.clipped(body.outline, *SIZE)
    on.taken.append((body.x, body.y, body.reach))
    if len(outline) < 3:
        return
    _paint_nucleus(on, body)
    # A sliver at the edge is in the picture, but too little of it to be called a nucleus.
    if brush_area(outline) > 0.3 * math.pi * body.long * body.short:
        on.truth.append(answers.result("nucleus", answers.path(outline)))


def brush_area(outline: list[Place]) -> float:
    """The area within a closed outline, in square pixels."""
    ends = outline[1:] + outline[:1]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(outline, ends, strict=True))) / 2


def _paint_nucleus(on: Field, body: Blob) -> None:
    level = on.recipe.level * on.rng.uniform(0.74, 1.3)
    clump = on.rng.uniform(0.4, 0.95)
    box = brush.box_around(body.outline, 6)
    mask = brush.mask_of(body.outline, box, 0.9)
    texture = on.rng.choice(on.textures)
    at = (on.rng.randrange(SIZE[0] - mask.width), on.rng.randrange(SIZE[1] - mask.height))
    grain = texture.crop((*at, at[0] + mask.width, at[1] + mask.height))
    matter = brush.faded(grain, level * clump / 128, level * (1 - clump))
    inner = mask.filter(ImageFilter.GaussianBlur(body.short * 0.2))
    round_ = ImageChops.blend(mask, ImageChops.multiply(mask, inner), 0.55)
    _spots(on, matter, body, (box[0], box[1]), level)
    brush.lay(on.signal, ImageChops.multiply(matter, round_), (box[0], box[1]))


def _spots(on: Field, matter: Image.Image, body: Blob, corner: tuple[int, int], level: float) -> None:
    """Bright knots of DNA, and one or two dark nucleoli, within a nucleus."""
    shade = Image.new("L", matter.size)
    for _ in range(on.rng.randint(1, 2)):
        place = _within(on.rng, body, corner, 0.4)
        brush.glow(shade, place, on.rng.uniform(3.5, 6.0), round(level * 0.42), 1.6)
    matter.paste(ImageChops.subtract(matter, shade))
    for _ in range(on.rng.randint(2, 9)):
        place = _within(on.rng, body, corner, 0.72)
        brush.glow(matter, place, on.rng.uniform(1.2, 2.8), round(level * on.rng.uniform(0.25, 0.7)), 1.1)


def _within(rng: Random, body: Blob, corner: tuple[int, int], share: float) -> Place:
    angle, out = rng.uniform(0, math.tau), share * math.sqrt(rng.random())
    u, v = body.long * out * math.cos(angle), body.short * out * math.sin(angle)
    return brush.along((body.x - corner[0], body.y - corner[1]), body.turn, u, v)


def _colony(on: Field, shape: tuple[float, float, float, float, float]) -> None:
    """Nuclei that lie close together within an ellipse; the rest of the field keeps away from it."""
    x, y, long, short, degrees = shape
    turn, inside = math.radians(degrees), list[Blob]()
    step = 1.92 * on.recipe.radius + 5
    for row in range(-6, 7):
        for column in range(-6, 7):
            # A honeycomb, a little shaken: the nuclei lie close, and none touches another.
            u = (column + row % 2 / 2) * step + on.rng.uniform(-2.5, 2.5)
            v = row * step * 0.87 + on.rng.uniform(-2.5, 2.5)
            half = on.recipe.radius * on.rng.uniform(0.84, 0.95)
            if math.hypot(u / (long - half), v / (short - half)) > 1.03:
                continue
            ratio, spin = on.rng.uniform(0.88, 0.98), on.rng.uniform(0, math.pi)
            inside.append(
                brush.blob(on.rng, brush.along((x, y), turn, u, v), half, half * ratio, turn=spin, wobble=0.03)
            )
    for body in inside:
        _nucleus(on, body)
    for step in range(-4, 5):
        spine = brush.along((x, y), turn, (long - short) * step / 4, 0)
        on.taken.append((*spine, short + 26))
    grown = max(_share(place, (x, y), turn, long, short) for body in inside for place in body.outline)
    long, short = long * grown, short * grown
    text = {"text": f"{len(inside)} nuclei"}
    on.truth.append(answers.result("colony", answers.ellipse((x, y), (long, short), degrees), text=text))


def _share(place: Place, centre: Place, turn: float, long: float, short: float) -> float:
    """How far out a place lies in an ellipse: 1 on its edge."""
    u, v = brush.along((0, 0), -turn, place[0] - centre[0], place[1] - centre[1])
    return math.hypot(u / long, v / short)


def _mitosis(on: Field, *, apart: bool) -> None:
    place = _free(on, 46, 64, 12)
    if place is None:
        return
    turn = on.rng.uniform(0, math.pi)
    long = on.recipe.radius * on.rng.uniform(0.72, 0.86)
    offset = on.recipe.radius * 0.46 if apart else 0.0
    pole = offset + on.recipe.radius * (0.5 if apart else 0.82)
    on.taken.append((*place, 44))
    brush.glow(on.signal, place, 30, 9, 7)
    light = Image.new("L", SIZE)
    for v in (-offset, offset) if apart else (0.0,):
        _plate(on, light, brush.along(place, turn, 0, v), turn, long, on.recipe.radius * (0.17 if apart else 0.25))
    box = brush.faded(light, 1).point([0] * 128 + [255] * 128).getbbox()
    if box is None:
        return
    on.signal.paste(ImageChops.lighter(on.signal, light))
    stage = "anaphase" if apart else "metaphase"
    on.truth.append(answers.result("mitosis", answers.box(box), attributes=[stage]))
    for v in (-pole, pole):
        _pole(on, brush.along(place, turn, 0, v), place, turn, long)


def _plate(on: Field, light: Image.Image, centre: Place, turn: float, long: float, short: float) -> None:
    bar = brush.blob(on.rng, centre, long, short, turn=turn, wobble=0.12)
    corner = brush.box_around(bar.outline, 6)
    brush.lay(light, brush.faded(brush.mask_of(bar.outline, corner, 1.4), 0.86), (corner[0], corner[1]))
    for _ in range(16):
        u, v = on.rng.uniform(-0.92, 0.92) * long, on.rng.gauss(0, 0.45) * short
        brush.glow(light, brush.along(centre, turn, u, v), on.rng.uniform(1.5, 3.2), on.rng.randint(30, 110), 1.2)


def _pole(on: Field, pole: Place, centre: Place, turn: float, long: float) -> None:
    fibres = Image.new("L", SIZE)
    pen = ImageDraw.Draw(fibres)
    for step in range(-4, 5):
        pen.line((pole, brush.along(centre, turn, long * 0.2 * step, 0)), fill=44, width=2)
    on.red.paste(ImageChops.lighter(on.red, fibres.filter(ImageFilter.GaussianBlur(1.5))))
    brush.glow(on.red, pole, 3.1, 235, 1.1)
    on.truth.append(answers.result("spindle_pole", answers.point(pole)))


def _debris(on: Field) -> None:
    place = _free(on, 12, 24, 10)
    if place is None:
        return
    on.taken.append((*place, 13))
    light = Image.new("L", SIZE)
    for _ in range(on.rng.randint(2, 4)):
        spot = (place[0] + on.rng.gauss(0, 3.6), place[1] + on.rng.gauss(0, 3.6))
        brush.glow(light, spot, on.rng.uniform(2.0, 3.6), on.rng.randint(84, 130), 1.2)
    peak = light.getextrema()[1]
    box = light.point([255 if isinstance(peak, int | float) and v > peak / 2 else 0 for v in range(256)]).getbbox()
    on.signal.paste(ImageChops.lighter(on.signal, light))
    if box is not None:
        on.truth.append(answers.result("debris", answers.box(box)))
