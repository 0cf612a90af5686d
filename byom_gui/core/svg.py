"""A picture with what a model said of it, as SVG: for reports, which need no window.

Strokes keep their width however large the picture is shown, with a dark edge, so that they stand out on any ground.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from byom_gui.core.colours import ClassColour
from byom_gui.core.geometry import Dot, Joint, Oval, Primitive, primitives
from byom_gui.core.markup import attribute, xml
from byom_gui.core.predictions import Prediction

MOST_CHARACTERS = 300_000
_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/]+=*")
_GROUND = "#3A3F47"
_HALO = 'stroke="#0B0D10" stroke-opacity="0.7" stroke-width="4.5" fill="none"'
_SAME_WIDTH = 'vector-effect="non-scaling-stroke"'


@dataclass(frozen=True, slots=True)
class Overlay:
    """The SVG, and how many results were left out of it because it would get too long."""

    svg: str
    left_out: int = 0


def overlay(
    width: int,
    height: int,
    predictions: Sequence[Prediction],
    colours: Mapping[str, ClassColour],
    picture: str = "",
    name: str = "",
) -> Overlay:
    """An image with its shapes.

    Args:
        width: of the upright image in pixels, at least 1.
        height: the same.
        predictions: what to draw; those without a place draw nothing.
        colours: by class name; white where one is missing.
        picture: a ``data:`` address of a PNG or JPEG; anything else is left out, and a plain ground stands there.
        name: the image's name, for those who can not see it.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="overlay" viewBox="0 0 {width} {height}" role="img" '
        f"aria-label={attribute(name)}>",
        f'<rect width="{width}" height="{height}" fill="{_GROUND}"/>',
    ]
    if _PICTURE.fullmatch(picture):
        parts.append(f'<image width="{width}" height="{height}" preserveAspectRatio="none" href="{picture}"/>')
    parts.append('<g stroke-linejoin="round" fill-opacity="0.18">')
    size = left_out = 0
    for prediction in predictions:
        drawn = _shape(prediction, colours.get(prediction.name, ClassColour("#FFFFFF")))
        size += len(drawn)
        if size > MOST_CHARACTERS:
            left_out += 1
        else:
            parts.append(drawn)
    return Overlay("\n".join([*filter(None, parts), "</g></svg>"]), left_out)


def swatch(colour: ClassColour) -> str:
    """A small square in a class's colour, for a legend."""
    dash = ' stroke-dasharray="3 2"' if colour.dashed else ""
    return (
        '<svg class="swatch" width="14" height="14" aria-hidden="true"><rect x="2" y="2" width="10" height="10" rx="2" '
        f'fill="{colour.hex}" stroke="#0B0D10"{dash}/></svg>'
    )


def _shape(prediction: Prediction, colour: ClassColour) -> str:
    parts = primitives(prediction.shape)
    if not parts:
        return ""
    lines = "".join(line for part in parts for line in _strokes(part, colour))
    words = xml(f"{prediction.name} {prediction.confidence:.2f}")
    return f'<g stroke="{colour.hex}" fill="{colour.hex}"><title>{words}</title>{lines}</g>'


def _strokes(part: Primitive, colour: ClassColour) -> Iterator[str]:
    match part:
        case Dot():
            yield from _spot(part.at.x, part.at.y, 8, 5)
        case Joint():
            yield from _spot(part.at.x, part.at.y, *((6, 3) if part.hidden else (9, 6)))
        case Oval():
            centre = f"{_number(part.center.x)} {_number(part.center.y)}"
            turn = f' transform="rotate({_number(part.angle)} {centre})"' if part.angle else ""
            x, y = centre.split()
            yield from _twice(
                "ellipse",
                f'cx="{x}" cy="{y}" rx="{_number(part.radius.x)}" ry="{_number(part.radius.y)}"{turn}',
                "6 4" if colour.dashed else "",
            )
        case _:
            points = " ".join(f"{_number(point.x)} {_number(point.y)}" for point in part.points)
            hidden = part.part in ("back", "hidden edge")
            dash = "4 4" if hidden else "6 4" if colour.dashed else ""
            filled = part.part == "outline"
            yield from _twice("path", f'd="M{points}{"Z" if part.closed else ""}"', dash, filled)


def _twice(tag: str, what: str, dash: str, filled: bool = True) -> Iterator[str]:
    """A dark edge, and the stroke itself over it."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    fill = "" if filled else ' fill="none"'
    yield f"<{tag} {what} {_SAME_WIDTH} {_HALO}/>"
    yield f'<{tag} {what} {_SAME_WIDTH} stroke-width="2"{dashed}{fill}/>'


def _spot(x: float, y: float, edge: int, wide: int) -> Iterator[str]:
    """A round spot of the same size at every scale: a stroke without length."""
    place = f'd="M{_number(x)} {_number(y)}h0" stroke-linecap="round" {_SAME_WIDTH}'
    yield f'<path {place} stroke="#0B0D10" stroke-opacity="0.7" stroke-width="{edge}"/>'
    yield f'<path {place} stroke-width="{wide}"/>'


def _number(value: float) -> str:
    return f"{round(value, 1):g}" if abs(value) < 100_000 else f"{value:.0f}"
