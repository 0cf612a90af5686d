"""``byom-gui demo``: the app on the built-in server with sample images; offscreen, a run through the main workflow."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from byom_gui.commands.common import environment, make_folder, say

if TYPE_CHECKING:
    from byom_gui.app.world import World

MODEL_NAME = "practice-model"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--headless", action="store_true", help="no window: run through the main workflow offscreen")
    parser.add_argument("--out", metavar="DIR", default="byom-demo", help="folder for the JSON and the screenshots")


def run(arguments: argparse.Namespace) -> int:
    """Opens the window in demo mode; without a display, or with ``--headless``, does the same offscreen."""
    from byom_gui import app
    from byom_gui.services.system_packages import has_display

    if has_display(environment()) and not arguments.headless:
        return app.open_window(practice=True)
    return walk(Path(arguments.out))


def walk(out: Path) -> int:
    """The main workflow, offscreen: writes the registration JSON and a screenshot of each step."""
    from byom_gui import app
    from byom_gui.app.qt_check import require_offscreen

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    require_offscreen()
    from byom_gui.app.world import World
    from byom_gui.services.secrets import SecretStore

    make_folder(out)
    # The run leaves only its screenshots: its settings are deleted with the folder.
    with tempfile.TemporaryDirectory(prefix="byom-demo-") as scratch:
        app.use_scratch_folders(Path(scratch))
        application = app.make_application()
        world = World(secrets=SecretStore.session_only("this is a demonstration"))
        try:
            _walk(world, out)
        finally:
            world.close()
            application.processEvents()
    return 0


def _walk(world: World, out: Path) -> None:
    from byom_gui import app
    from byom_gui.app.world import sample_paths
    from byom_gui.ui.tour import Tour

    practice = world.start_practice()
    endpoint = practice.project.registration.endpoint
    assert endpoint is not None
    window = app.make_window(world)
    window.show()
    tour = Tour(window, out, say)
    try:
        tour.picture("1-first-run")
        tour.connect(endpoint.infer.base)
        tour.picture("2-ping")
        tour.preview(sample_paths())
        window.parts.center.show_view("Image")
        tour.picture("3-preview")
        window.session.select(4)
        window.picturing.show_json()
        tour.picture("4-json")
        tour.edit_classes("colony_edge")
        tour.picture("5-classes")
        tour.check_key()
        tour.open_register(MODEL_NAME)
        tour.picture("6-register")
        tour.register()
        tour.picture("7-registered")
        tour.export(out / "registration.json")
    finally:
        window.session.dirty = False
        window.close()
    outcome = window.session.outcome
    say(f"{outcome.sentence if outcome else 'Not registered.'}")
    print(out / "registration.json")
    for path in tour.pictures:
        print(path)
