"""Writes the sample pictures and what is true of them: ``python -m byom_gui.sandbox.draw FOLDER``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PIL import Image

from byom_gui.sandbox.answers import Result
from byom_gui.sandbox.draw_cells import Recipe, draw_field
from byom_gui.sandbox.draw_neuron import draw_neuron
from byom_gui.sandbox.draw_parcels import draw_parcels

Drawing = tuple[Image.Image, list[Result]]

SAMPLES: dict[str, Callable[[], Drawing]] = {
    "nuclei-1.png": partial(draw_field, Recipe(11, 46, 5, 4, colony=(880, 330, 150, 108, 62))),
    "nuclei-2.jpg": partial(draw_field, Recipe(23, 60, 6, 5, radius=27)),
    "nuclei-3.jpg": partial(draw_field, Recipe(37, 26, 3, 6, radius=36, level=84)),
    "nuclei-4.png": partial(draw_field, Recipe(41, 40, 4, 3, radius=29, colony=(330, 560, 168, 104, 24))),
    "neuron.jpg": partial(draw_neuron, 5),
    "parcels.jpg": partial(draw_parcels, 3),
}
"""Each sample's file name and what draws it."""


def write(folder: Path) -> list[Path]:
    """Draws all samples into ``folder``, each with its ``.truth.json``; returns the pictures' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, draw in SAMPLES.items():
        picture, truth = draw()
        path = folder / name
        if path.suffix == ".jpg":
            picture.save(path, quality=90, subsampling=0, optimize=True)
        else:
            picture.save(path, optimize=True)
        answer = {"status": "succeeded", "results": truth}
        path.with_suffix(".truth.json").write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
        paths.append(path)
    return paths


def main(arguments: list[str]) -> int:
    """Takes one argument, the folder; prints what was written."""
    if len(arguments) != 1:
        print("Say where to: python -m byom_gui.sandbox.draw FOLDER", file=sys.stderr)
        return 2
    for path in write(Path(arguments[0])):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
