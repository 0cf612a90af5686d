"""``docs/performance.md`` and its plots, out of what was measured."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.speed.measure import AT_ONCE, IMAGES, Line

Series = Mapping[str, Sequence[tuple[int, float]]]

NOTES: dict[str, str] = {
    "cold start": "Nearly all of a bare window's time is Python and Qt's libraries, which both load. Ours loads some "
    "200 modules of its own and makes 1,000 widgets; with style sheet, fonts and first layout that is a third of a "
    "second more. Tried: the style sheet applied once and not at each widget (−180 ms), the keyring asked after the "
    "first paint (−90 ms), heavy libraries imported when first needed (−60 ms). What is left is the making of the "
    "workspace before it is wanted; creating it at the first address would move the wait to the moment when the "
    "user notices "
    "it.",
    "memory at first paint": "The modules and widgets of the workspace, which is made at the start.",
    "MB answer": "Python's parser only creates dicts; here the response is validated, a shape is created from "
    "each result, and "
    "its coordinates are checked. Tried: msgspec in place of json (0.65 of its time), points as tuples made at "
    "C speed (a "
    "third of the time of objects), the garbage collector run less often (−25 %). The points alone, as tuples, "
    "cost about as much as json.loads; only an array without Python objects would be under it.",
    "validate": "As with the big response; each file is also opened, searched for repeated keys, and checked "
    "against all "
    "rules for one response. Tried: one parse per file instead of two, repeated keys found by counting colons.",
    "sharp": "The overlay is stroked three times for each outline (fill, dark edge, color), antialiased, by Qt's "
    "raster engine. Until it is done, the last one is moved along.",
    "stall": "The longest is the first drop, which lays out the workspace; others come from laying out the image list "
    "again when a few hundred rows are added. Tried: images queued twenty at a time, results of responses derived "
    "once per burst, progress reported five times per second, a separate lock for what workers report.",
    "run of": "The worker threads share Python's one lock with the window.",
    "infer": "Python's one lock is shared by the threads that encode, send and judge.",
    "search": "Each key press filters ten thousand rows again.",
}
"""Why a line falls short of its aim, and what was tried. Keyed by a word of the line."""


def page(lines: Sequence[Line], plots: Mapping[str, str]) -> str:
    """The whole page; ``plots`` are titles and file names."""
    met = sum(line.met is True for line in lines)
    aimed = sum(line.met is not None for line in lines)
    parts = [
        "# Performance",
        "",
        "Created by `python3 dev.py bench`: every figure is from one run, offscreen, each window in its own process",
        "and with its own home. Ratios compare with the same machine in the same run, so that they hold elsewhere.",
        f"{met} of {aimed} aims are met.",
        "",
        "| what | measured as | figure | aim | |",
        "|---|---|---|---|---|",
        *(_row(line) for line in lines),
        "",
        "## Missed targets, and why",
        "",
        *(_notes(lines) or ["Nowhere."]),
        "",
        "## How it grows",
        "",
        "Both axes are logarithmic; the dashed line is linear growth from the first point.",
        "",
        *(f"![{title}](pictures/{name})" for title, name in plots.items()),
        "",
        "## Method",
        "",
        "- **Bare QMainWindow**: a process that shows an empty one of the same size, paints it, and exits. Medians of",
        "  seven; memory is the peak of the process.",
        f"- **Run**: {IMAGES:,} JPEG files of 1920×1080, each with its own bytes, dropped as a folder onto the",
        f"  window, {AT_ONCE} at once, against a server in its own process that reads the body, waits, and sends",
        "  a response with ten polygons. The bare loop is `requests.Session` in as many threads: read, base64, POST,",
        "  `json()`.",
        "- **Stall**: a 2 ms timer in the window records how late it fires.",
        "- **Frame**: one step of zooming or panning and `repaint()`; the overlay of the last view moves along, and",
        "  is painted sharp when the movement stops.",
        "- **Slider**: a step, the repaint, and all following events. With thousands of results the image uses the",
        "  new confidence when the slider stops for 25 ms.",
        "- No test asserts these figures.",
        "",
        f"Machine: {machine()}.",
    ]
    return "\n".join(parts) + "\n"


def _row(line: Line) -> str:
    mark = {True: "✓", False: "**short**", None: ""}[line.met]
    return f"| {line.what} | {line.measure} | {line.figure} | {line.aim} | {mark} |"


def _notes(lines: Sequence[Line]) -> list[str]:
    short = [line for line in lines if line.met is False]
    return [f"- *{line.what}*: {line.figure}, the aim is {line.aim}. {_note(line)}".rstrip() for line in short]


def _note(line: Line) -> str:
    return next((note for word, note in NOTES.items() if word in line.what), "Not looked into.")


def plot(title: str, series: Series) -> str:
    """A logarithmic plot as SVG, a line a series."""
    width, height, left, bottom = 580, 350, 64, 68
    points = [(math.log10(x), math.log10(max(y, 1e-3))) for line in series.values() for x, y in line]
    x0, x1 = math.floor(min(x for x, _ in points)), math.ceil(max(x for x, _ in points))
    y0, y1 = math.floor(min(y for _, y in points)), math.ceil(max(y for _, y in points))

    def at(x: float, y: float) -> tuple[float, float]:
        wide, high = width - left - 36, height - bottom - 40
        place = (math.log10(x) - x0) / (x1 - x0), (math.log10(max(y, 1e-3)) - y0) / max(y1 - y0, 1)
        return left + place[0] * wide, height - bottom - place[1] * high

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        'font-size="12">',
        '<rect width="100%" height="100%" fill="#FFFFFF"/>',
        f'<text x="{left}" y="20" font-size="14" fill="#1B1F24">{title}</text>',
    ]
    for power in range(x0, x1 + 1):
        x, y = at(10**power, 10**y0)
        parts.append(f'<line x1="{x:.1f}" y1="40" x2="{x:.1f}" y2="{y:.1f}" stroke="#E3E6EA"/>')
        parts.append(f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle" fill="#59616B">{10**power:,}</text>')
    for power in range(y0, y1 + 1):
        x, y = at(10**x0, 10**power)
        parts.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{width - 36}" y2="{y:.1f}" stroke="#E3E6EA"/>')
        parts.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end" fill="#59616B">{10.0**power:g}</text>')
    for number, (name, line) in enumerate(series.items()):
        colour = ("#1F6FEB", "#B5500C")[number % 2]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in line))
        first, last = line[0], line[-1][0]
        steady = [at(*first), at(last, min(first[1] * last / first[0], 10.0**y1))]
        if "an image" not in name:
            dashes = " ".join(f"{x:.1f},{y:.1f}" for x, y in steady)
            parts.append(
                f'<polyline points="{dashes}" fill="none" stroke="{colour}" stroke-dasharray="4 4" opacity="0.5"/>'
            )
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in (at(*p) for p in line)]
        parts.append(f'<text x="{left + 130 * number}" y="{height - 14}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def machine() -> str:
    """What it ran on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cpu = names[0] if names else platform.machine()
    return (
        f"{platform.system()} {platform.machine()}, {cpu}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
