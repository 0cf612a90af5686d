"""Draws one neuron, green on black: a soma, branched dendrites that taper, one long axon; nuclei beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from byom_gui.sandbox import answers, brush
from byom_gui.sandbox.brush import Place
from byom_gui.sandbox.draw_cells import BLUE, SIZE

GREEN: brush.Ramp = (
    (0, (0, 0, 0)),
    (60, (0, 44, 32)),
    (140, (14, 150, 104)),
    (210, (108, 232, 172)),
    (255, (236, 255, 236)),
)
SCALE = 2


@dataclass(slots=True)
class Tree:
    """A neuron while it grows. ``joints`` are named places: the soma, the forks, the tips, the axon's end."""

    rng: Random
    light: Image.Image
    pen: ImageDraw.ImageDraw
    joints: list[tuple[str, Place]] = field(default_factory=list)
    axon: list[Place] = field(default_factory=list)
    spines: list[tuple[Place, float]] = field(default_factory=list)


def draw_neuron(seed: int) -> tuple[Image.Image, list[answers.Result]]:
    """The picture and its true results."""
    rng = Random(seed)  # noqa: S311 - the same picture each time is the point
    light = Image.new("L", (SIZE[0] * SCALE, SIZE[1] * SCALE))
    tree = Tree(rng, light, ImageDraw.Draw(light))
    soma = (452.0, 468.0)
    tree.joints.append(("soma", soma))
    tree.axon = _grow(tree, soma, math.radians(8), 660, (7.5, 4.4), sway=0.10, level=176)
    for degrees, length in ((-62, 300), (-122, 330), (172, 330), (118, 300), (62, 280)):
        _dendrite(tree, soma, math.radians(degrees + rng.uniform(-6, 6)), length)
    tree.joints.append(("axon end", tree.axon[-1]))
    for place, level in tree.spines:
        _dot(tree, place, 2.1, level)
    green = _soma(tree, soma)
    blue, nuclei = _glia(rng)
    truth = [answers.result("neuron", answers.nodes(tree.joints))]
    truth.append(answers.result("axon", answers.path(_thinned(tree.axon))))
    return _developed(rng, green, blue), [*truth, *nuclei, answers.result("in_focus", {})]


def _thinned(path: list[Place]) -> list[Place]:
    return [*path[::12], path[-1]] if (len(path) - 1) % 12 else path[::12]


def _dot(tree: Tree, place: Place, radius: float, level: float) -> None:
    x, y, r = place[0] * SCALE, place[1] * SCALE, radius * SCALE
    tree.pen.ellipse((x - r, y - r, x + r, y + r), fill=round(level))


def _grow(
    tree: Tree, start: Place, heading: float, length: float, widths: tuple[float, float], *, sway: float, level: float
) -> list[Place]:
    """Draws one process and returns its middle line, a place every four pixels."""
    path, steps = [start], max(2, round(length / 4))
    phase, turn = tree.rng.uniform(0, math.tau), tree.rng.uniform(2.2, 3.6)
    for step in range(1, steps + 1):
        share = step / steps
        bend = heading + sway * math.sin(phase + turn * share * math.pi)
        x, y = path[-1]
        path.append((x + 4 * math.cos(bend), y + 4 * math.sin(bend)))
        width = widths[0] + (widths[1] - widths[0]) * share
        light = level * (1 - 0.12 * share) + tree.rng.uniform(-9, 9)
        for part in (0.33, 0.66, 1.0):
            place = (x + (path[-1][0] - x) * part, y + (path[-1][1] - y) * part)
            _dot(tree, place, width / 2, light)
    return path


def _dendrite(tree: Tree, start: Place, heading: float, length: float) -> None:
    trunk = _grow(tree, start, heading, length * 0.52, (15, 7.5), sway=0.2, level=188)
    fork = trunk[-1]
    number = sum(name.startswith("fork") for name, _ in tree.joints) + 1
    tree.joints.append((f"fork {number}", fork))
    branches = [trunk]
    way = math.atan2(fork[1] - trunk[-4][1], fork[0] - trunk[-4][0])
    for side in (-1, 1):
        spread = side * tree.rng.uniform(0.38, 0.55)
        branch = _grow(tree, fork, way + spread, length * tree.rng.uniform(0.4, 0.52), (6.8, 4.0), sway=0.24, level=172)
        tree.joints.append((f"tip {number}{'ab'[side > 0]}", branch[-1]))
        branches.append(branch)
    for branch in branches:
        for x, y in branch[10:-2:3]:
            angle, out = tree.rng.uniform(0, math.tau), tree.rng.uniform(5, 8)
            tree.spines.append(((x + out * math.cos(angle), y + out * math.sin(angle)), tree.rng.uniform(90, 150)))


def _soma(tree: Tree, centre: Place) -> Image.Image:
    """The body over the roots of its processes, with a darker nucleus in it; at the picture's own size."""
    light = tree.light.reduce(SCALE)
    body = brush.blob(tree.rng, centre, 42, 33, turn=0.5, wobble=0.1)
    box = brush.box_around(body.outline, 8)
    brush.lay(light, brush.faded(brush.mask_of(body.outline, box, 3.0), 0.86), (box[0], box[1]))
    dark = Image.new("L", SIZE)
    brush.glow(dark, (centre[0] + 3, centre[1] - 2), 14, 62, 3.2)
    return ImageChops.subtract(light, dark).filter(ImageFilter.GaussianBlur(0.8))


GLIA = ((120, 130, 31), (1050, 160, 34), (930, 330, 30), (1092, 700, 33), (760, 770, 29), (190, 800, 30), (840, 96, 28))


def _glia(rng: Random) -> tuple[Image.Image, list[answers.Result]]:
    signal, truth = Image.new("L", SIZE), []
    texture = Image.blend(brush.grain(rng, SIZE, 6), brush.grain(rng, SIZE, 18), 0.45)
    for x, y, half in GLIA:
        body = brush.blob(rng, (x, y), half, half * rng.uniform(0.76, 0.94), turn=rng.uniform(0, 3), wobble=0.05)
        box = brush.box_around(body.outline, 6)
        mask = brush.mask_of(body.outline, box, 1.0)
        level = rng.uniform(96, 138)
        grain = texture.crop((x - 50, y - 50, x - 50 + mask.width, y - 50 + mask.height))
        matter = brush.faded(grain, level * 0.9 / 128, level * 0.1)
        brush.lay(signal, ImageChops.multiply(matter, mask), (box[0], box[1]))
        truth.append(answers.result("nucleus", answers.path(brush.clipped(body.outline, *SIZE))))
    return signal, truth


def _developed(rng: Random, green: Image.Image, blue: Image.Image) -> Image.Image:
    grain = Image.blend(brush.grain(rng, SIZE, 3), brush.grain(rng, SIZE, 9), 0.5)
    green = ImageChops.blend(green, ImageChops.multiply(green, brush.faded(grain, 0.7, 165)), 0.75)
    green = ImageChops.add(green, brush.faded(green.filter(ImageFilter.GaussianBlur(14)), 0.22))
    blue = ImageChops.add(blue, brush.faded(blue.filter(ImageFilter.GaussianBlur(16)), 0.12))
    noise = brush.faded(brush.grain(rng, SIZE, 1), 0.02)
    blue, green = ImageChops.add(blue, noise), ImageChops.add(green, brush.faded(noise, 0.8))
    return ImageChops.screen(brush.coloured(blue, BLUE), brush.coloured(green, GREEN))
