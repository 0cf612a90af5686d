"""Where an object's name goes: six tries around it, the one that covers least of the others."""

from __future__ import annotations

from dataclasses import dataclass, field

from byom_gui.core.clipping import overlap
from byom_gui.core.geometry import Box

GAP = 4.0
POINT_WEIGHT = 8.0
"""A covered keypoint counts this many times its size: a chip hides all of it."""

_CELL = 64.0
_MOST_CELLS = 400


@dataclass(slots=True)
class Crowd:
    """Boxes on the screen, in cells, so that asking what a chip would cover stays quick among thousands."""

    cells: dict[tuple[int, int], list[tuple[int, Box, float]]] = field(default_factory=dict)
    large: list[tuple[int, Box, float]] = field(default_factory=list)

    def add(self, owner: int, box: Box, weight: float = 1.0) -> None:
        """Puts a box; ``owner`` names it, so that it can be left out for its own chip."""
        _, _, w, h = box
        if (w // _CELL + 2) * (h // _CELL + 2) > _MOST_CELLS:
            self.large.append((owner, box, weight))
            return
        for cell in _cells(box):
            self.cells.setdefault(cell, []).append((owner, box, weight))

    def covered(self, box: Box, besides: int) -> float:
        """Weighed square pixels of others that ``box`` would cover."""
        seen: set[tuple[int, Box]] = set()
        total = sum(overlap(box, other) * weight for owner, other, weight in self.large if owner != besides)
        for cell in _cells(box):
            for owner, other, weight in self.cells.get(cell, ()):
                if owner == besides or (owner, other) in seen:
                    continue
                seen.add((owner, other))
                total += overlap(box, other) * weight
        return total


def _cells(box: Box) -> list[tuple[int, int]]:
    x, y, w, h = box
    first, last = int(x // _CELL), int((x + w) // _CELL)
    upper, lower = int(y // _CELL), int((y + h) // _CELL)
    return [(column, row) for column in range(first, last + 1) for row in range(upper, lower + 1)]


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a chip goes, which try that was, and what it covers of others (weighed square pixels)."""

    box: Box
    side: int
    covered: float


def tries(box: Box, size: tuple[float, float], gap: float = GAP) -> tuple[tuple[float, float], ...]:
    """The six corners to try: above left, above right, below left, below right, right, left."""
    x, y, w, h = box
    wide, high = size
    middle = y + (h - high) / 2
    return (
        (x, y - gap - high),
        (x + w - wide, y - gap - high),
        (x, y + h + gap),
        (x + w - wide, y + h + gap),
        (x + w + gap, middle),
        (x - gap - wide, middle),
    )


def inside(at: tuple[float, float], size: tuple[float, float], frame: Box) -> Box:
    """A chip moved wholly into ``frame``; at its top left where it is too large for it."""
    x = max(min(at[0], frame[0] + frame[2] - size[0]), frame[0])
    y = max(min(at[1], frame[1] + frame[3] - size[1]), frame[1])
    return (x, y, *size)


def place(owner: int, box: Box, size: tuple[float, float], frame: Box, crowd: Crowd, gap: float = GAP) -> Placing:
    """The place for a chip.

    Args:
        owner: whose chip it is; its own box covers nothing.
        box: the object, on the screen.
        size: the chip's width and height.
        frame: the part of the picture in sight; the chip is wholly inside.
    """
    best: Placing | None = None
    for side, at in enumerate(tries(box, size, gap)):
        there = inside(at, size, frame)
        # Pushed back into the picture, a chip may come to lie on its own object.
        covered = crowd.covered(there, owner) + overlap(there, box)
        if best is None or covered < best.covered:
            best = Placing(there, side, covered)
        if covered == 0:
            break
    assert best is not None
    return best
