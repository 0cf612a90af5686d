"""The built-in model: looks at the pixels of any picture and answers in the contract's form.

It knows two kinds of picture: things that glow on black (nuclei, dividing cells, neurons), and things on a bright
ground (parcels, dark bodies). In any other picture it finds little or nothing, and says so with an empty list.
"""

from __future__ import annotations

from byom_gui.sandbox import answers, find_cells
from byom_gui.sandbox.find_neuron import is_neuron, neuron_results
from byom_gui.sandbox.find_parcels import parcel_results
from byom_gui.sandbox.regions import Grid, otsu, regions, spread_otsu
from byom_gui.sandbox.scene import (
    Scene,
    border_light,
    colour_signal,
    glow_signal,
    read,
    shade_signal,
    sharpness,
)

BRIGHT_GROUND = 96.0
CLEARLY_PARTED = 0.75
IN_FOCUS = 0.2
MOST_RESULTS = 600


def infer(data: bytes) -> list[answers.Result]:
    """The results for the bytes of one picture, surest kinds first; places in pixels of the upright picture.

    Raises:
        ImageError: the bytes are no picture that can be read.
    """
    scene = read(data)
    dark = border_light(scene) < BRIGHT_GROUND
    results = _glowing(scene) if dark else _on_bright(scene)
    return [*results[:MOST_RESULTS], *_focus(scene, dark)]


def _focus(scene: Scene, dark: bool) -> list[answers.Result]:
    sharp = sharpness(scene)
    if sharp < IN_FOCUS:
        return []
    kind = "dark ground" if dark else "bright ground"
    return [answers.result("in_focus", {}, min(0.99, 0.7 + 0.5 * sharp), attributes=[kind])]


def _glowing(scene: Scene) -> list[answers.Result]:
    grid = glow_signal(scene)
    level, parted = spread_otsu(grid)
    if parted < CLEARLY_PARTED or level < 4:
        return []
    level *= 0.72  # The dim rim of a body belongs to it.
    found = regions(grid, level, find_cells.SMALLEST)
    neurons = [region for region in found if is_neuron(grid, region)]
    results = [r for region in neurons for r in neuron_results(scene, region)]
    bodies = [b for region in found if region not in neurons and (b := find_cells.body(grid, region, level))]
    cells = find_cells.sort_bodies(grid, bodies)
    if _is_crowd_of_specks(cells):
        return results
    results += find_cells.mitosis_results(scene, grid, cells)
    results += find_cells.colony_results(scene, cells)
    results += [find_cells.nucleus_result(scene, b, cells.area, level) for b in cells.nuclei]
    # The small spines of a neuron are no debris.
    return results if neurons else results + [find_cells.debris_result(scene, b, level) for b in cells.small]


def _is_crowd_of_specks(cells: find_cells.Sorted) -> bool:
    """Whether what was found is the grain of a noisy picture rather than bodies."""
    return len(cells.small) > 3 * len(cells.nuclei) + 20


def _on_bright(scene: Scene) -> list[answers.Result]:
    parcels = parcel_results(scene, colour_signal(scene))
    return parcels or _dark_bodies(scene, shade_signal(scene))


def _dark_bodies(scene: Scene, grid: Grid) -> list[answers.Result]:
    level, parted = otsu(grid.histogram())
    if parted < CLEARLY_PARTED or level < 12:
        return []
    found = regions(grid, level, find_cells.SMALLEST)
    bodies = [b for region in found if (b := find_cells.body(grid, region, level))]
    cells = find_cells.sort_bodies(grid, bodies)
    if _is_crowd_of_specks(cells):
        return []
    return [find_cells.nucleus_result(scene, b, cells.area, level) for b in cells.nuclei]
