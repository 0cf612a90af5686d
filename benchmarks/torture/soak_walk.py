"""The window of the soak: ``python -m benchmarks.torture.soak_walk OPERATIONS HOME`` prints one JSON object."""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPointF

from byom_gui import app
from byom_gui.app.world import World, sample_paths
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.services.secrets import SecretStore
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.tour import Tour

NAMES = ("Image", "Connection", "Diagnosis", "Register")
LISTS = ("Classes", "Results", "JSON")


class Soak:
    """Operations on one window, drawn at random with a fixed seed."""

    def __init__(self, window: MainWindow, address: str, out: Path) -> None:
        self.window, self.address, self.out = window, address, out
        self.tour = Tour(window, out)
        self.dice = random.Random(1)
        self.count = 0
        light: list[Callable[[], None]] = [
            self.select, self.zoom, self.slide, self.next_image, self.view, self.sub_view, self.listed, self.rename,
            self.undo,
        ]  # fmt: skip
        heavy = [self.add_image, self.rerun, self.remove, self.save, self.export, self.ping]
        self.every = [*light * 8, *heavy]

    def do(self) -> None:
        """One operation."""
        self.count += 1
        if self.count % 400 == 1:
            self.begin_anew()
        self.dice.choice(self.every)()
        self.tour.settle(1)

    def rest(self) -> None:
        """Until nothing is under way."""
        self.tour.wait("rest", lambda: self.window.works.jobs.busy == 0, 120)

    def begin_anew(self) -> None:
        """A new project, connected, with images."""
        self.rest()
        self.window.session.dirty = False
        self.window.files.new()
        self.rest()
        self.tour.connect(self.address)
        self.tour.preview(sample_paths()[: self.dice.randint(1, 4)])

    def select(self) -> None:
        """An object, or none."""
        preview = self.window.session.current
        many = preview.count if preview else 0
        self.window.session.select(self.dice.randrange(many) if many and self.dice.random() < 0.9 else None)

    def zoom(self) -> None:
        """In, out, moved, or fitted."""
        canvas = self.window.parts.canvas.canvas
        canvas.zoom_by(self.dice.choice((0.8, 1.25)), QPointF(self.dice.uniform(0, 400), 100))
        canvas.pan(self.dice.uniform(-40, 40), 5)
        if self.dice.random() < 0.1:
            canvas.fit()

    def slide(self) -> None:
        """The confidence slider."""
        self.window.parts.canvas.bar.confidence.bars.slider.setValue(self.dice.randrange(100))

    def next_image(self) -> None:
        """Another image."""
        keys = list(self.window.session.previews)
        if keys:
            self.window.session.set_current(self.dice.choice(keys))

    def view(self) -> None:
        """Another view in the middle."""
        self.window.parts.center.show_view(self.dice.choice(NAMES))

    def sub_view(self) -> None:
        """Another view of registering."""
        registering = self.window.parts.registering
        registering.show_view(self.dice.choice(registering.titles))

    def listed(self) -> None:
        """Another list on the right."""
        self.window.parts.right.show_view(self.dice.choice(LISTS))

    def rename(self) -> None:
        """A class more."""
        session = self.window.session
        entry = ClassEntry(f"class {self.count}", "polygon")
        if entry.name not in session.classes.names:
            session.edit_classes("Add", ClassList((*session.classes.entries, entry)))

    def undo(self) -> None:
        """Back, or again."""
        self.dice.choice((self.window.session.undo, self.window.session.redo))()

    def add_image(self) -> None:
        """One more image, answered."""
        self.window.works.inference.add_paths([self.dice.choice(sample_paths())])
        self.rest()

    def rerun(self) -> None:
        """All images anew."""
        self.window.works.inference.rerun_all()
        self.rest()

    def remove(self) -> None:
        """One image less."""
        keys = list(self.window.session.previews)
        if len(keys) > 1:
            self.window.session.remove_images([self.dice.choice(keys)])

    def save(self) -> None:
        """The project."""
        self.window.filing.save(self.out / "soak.byom.json", over=True)
        self.rest()

    def export(self) -> None:
        """The registration JSON."""
        self.window.filing.export(self.out / "soak.json")
        self.rest()

    def ping(self) -> None:
        """The server again."""
        self.window.connecting.ping()
        self.rest()

    def measured(self) -> dict[str, float]:
        """What is held now."""
        self.rest()
        self.tour.settle(300)
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        scratch = [path for path in self.out.parent.rglob("*") if path.is_file() and ".tmp" in path.name]
        return {
            "memory": pages * 4096 / 1e6,
            "threads": threading.active_count(),
            "files": len(os.listdir("/proc/self/fd")),
            "scratch": len(scratch),
        }


def main(operations: int, home: Path) -> None:
    """Does them, and tells how it went."""
    application = app.make_application()
    out = home / "out"
    out.mkdir()
    with ModelServer() as server:
        world = World(secrets=SecretStore.session_only())
        window = app.make_window(world)
        window.show()
        soak = Soak(window, server.url, out)
        begin = time.perf_counter()
        first: dict[str, float] = {}
        while soak.count < operations:
            soak.do()
            if soak.count == operations // 5:
                first = soak.measured()
            if soak.count % 1000 == 0:
                print(f"{soak.count:,} operations", flush=True)
        told = {"operations": soak.count, "first": first, "last": soak.measured()}
        print(json.dumps({**told, "seconds": time.perf_counter() - begin}), flush=True)
        window.session.dirty = False
        window.close()
        world.close()
        application.processEvents()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
