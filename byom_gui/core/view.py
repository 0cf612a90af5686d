"""Which part of a picture is seen, and how large: the arithmetic of zooming and panning."""

from __future__ import annotations

from dataclasses import dataclass, replace

from byom_gui.core.geometry import Box

MOST = 64.0
LEAST = 0.01
_KEEP = 48.0


@dataclass(frozen=True, slots=True)
class View:
    """A picture on a screen: ``screen = picture * scale + (x, y)``.

    Args:
        width, height: of the screen area, in screen pixels.
        picture: width and height of the whole picture, in its own pixels.
    """

    width: float
    height: float
    picture: tuple[float, float]
    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """A place of the picture on the screen."""
        return x * self.scale + self.x, y * self.scale + self.y

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """A place of the screen in the picture."""
        return (x - self.x) / self.scale, (y - self.y) / self.scale

    def box(self, box: Box) -> Box:
        """A box of the picture on the screen."""
        x, y = self.to_screen(box[0], box[1])
        return x, y, box[2] * self.scale, box[3] * self.scale

    @property
    def frame(self) -> Box:
        """The part of the screen that shows the picture; without width or height where none of it is in sight."""
        left, top = max(self.x, 0.0), max(self.y, 0.0)
        right = min(self.x + self.picture[0] * self.scale, self.width)
        bottom = min(self.y + self.picture[1] * self.scale, self.height)
        return left, top, max(right - left, 0.0), max(bottom - top, 0.0)

    def fit_scale(self, margin: float = 0.0) -> float:
        """The scale at which the whole picture is in sight, never over 1 to 1 times 8."""
        wide, high = max(self.width - 2 * margin, 1.0), max(self.height - 2 * margin, 1.0)
        return min(max(min(wide / max(self.picture[0], 1.0), high / max(self.picture[1], 1.0)), LEAST), 8.0)

    def fitted(self, margin: float = 0.0) -> View:
        """The whole picture, centred."""
        return self.centred(self.picture[0] / 2, self.picture[1] / 2, self.fit_scale(margin))

    def centred(self, x: float, y: float, scale: float | None = None) -> View:
        """With a place of the picture in the middle."""
        size = min(max(self.scale if scale is None else scale, LEAST), MOST)
        return replace(self, scale=size, x=self.width / 2 - x * size, y=self.height / 2 - y * size)._kept()

    def zoomed(self, factor: float, x: float, y: float) -> View:
        """Larger by ``factor``, the place under ``x, y`` of the screen staying there."""
        size = min(max(self.scale * factor, LEAST), MOST)
        at = self.to_picture(x, y)
        return replace(self, scale=size, x=x - at[0] * size, y=y - at[1] * size)._kept()

    def panned(self, dx: float, dy: float) -> View:
        """Moved on the screen; some of the picture always stays in sight."""
        return replace(self, x=self.x + dx, y=self.y + dy)._kept()

    def resized(self, width: float, height: float) -> View:
        """The same middle on another screen area."""
        moved = replace(self, width=width, height=height)
        return moved.panned((width - self.width) / 2, (height - self.height) / 2)

    def shows(self, box: Box) -> View:
        """Zoomed to a box of the picture, with room around it for its name."""
        room = 0.5
        wide, high = max(box[2], 8.0), max(box[3], 8.0)
        scale = min(self.width * room / wide, self.height * room / high, 8.0)
        return self.centred(box[0] + box[2] / 2, box[1] + box[3] / 2, scale)

    def _kept(self) -> View:
        wide, high = self.picture[0] * self.scale, self.picture[1] * self.scale
        x = min(max(self.x, min(_KEEP, wide) - wide), self.width - min(_KEEP, wide))
        y = min(max(self.y, min(_KEEP, high) - high), self.height - min(_KEEP, high))
        return replace(self, x=x, y=y)
