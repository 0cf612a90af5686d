"""Both servers together, for *Try it with the built-in model*: an endpoint, a V7 stand-in, and pictures to send."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from byom_gui.core.errors import FileError
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.sandbox.v7 import V7StandIn


@dataclass(frozen=True, slots=True)
class PracticeFacts:
    """Where the two servers answer, the stand-in's key, and the sample pictures."""

    endpoint_url: str
    classes_url: str
    v7_url: str
    v7_key: str = field(repr=False)
    sample_paths: tuple[Path, ...] = ()


def samples_folder() -> Path:
    """The bundled samples: in a frozen app, in a wheel, or in a checkout. Raises FileError where there are none."""
    package = Path(__file__).resolve().parents[1]
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen) / "resources"] if isinstance(frozen, str) else []
    for place in (*places, package / "resources", package.parent / "resources"):
        if (place / "samples").is_dir():
            return place / "samples"
    raise FileError("The sample images are missing from this installation. Install byom-gui again.")


class Practice:
    """Starts and stops both servers on loopback.

    Args:
        samples: the folder of sample pictures; None takes the bundled one.
        key: the stand-in's key; empty makes a fresh one.
        host: a loopback address; any other is refused.

    Raises:
        InputError: the host is not this machine.
    """

    def __init__(self, samples: Path | None = None, *, key: str = "", host: str = "127.0.0.1") -> None:
        self._samples = samples
        self.model = ModelServer(host=host)
        self.v7 = V7StandIn(key=key, host=host)

    def start(self) -> PracticeFacts:
        """Starts both and says where they are. Raises FileError where the samples are missing."""
        folder = self._samples or samples_folder()
        paths = tuple(sorted(p for p in folder.iterdir() if p.suffix.lower() in (".png", ".jpg", ".jpeg")))
        self.model.start()
        try:
            self.v7.start()
        except BaseException:
            self.model.stop()
            raise
        return PracticeFacts(self.model.url, self.model.classes_url, self.v7.url, self.v7.key, paths)

    def stop(self) -> None:
        """Stops both. Calling it again does nothing."""
        self.model.stop()
        self.v7.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
