"""``python3 dev.py shots``: every picture of README and docs, by one command, of the real window on real servers."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageChops, ImageColor
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QScrollArea, QWidget

from benchmarks import stages
from benchmarks.stages import MODEL_NAME, Stage, stage
from byom_gui import app
from byom_gui.core.cancel import CancelToken
from byom_gui.core.class_mapping import NewClass
from byom_gui.core.classes import ClassList
from byom_gui.ui.panels.capacity_dialog import CapacityDialog
from byom_gui.ui.panels.predictions_dialog import PredictionsDialog
from byom_gui.ui.panels.server_dialog import ServerDialog
from byom_gui.ui.panels.teams_dialog import TeamsDialog

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures"
MOST_BYTES = 400_000
Shot = Callable[[Path], None]


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


def first_run(out: Path) -> None:
    """The start page."""
    with stage(out, _say) as on:
        on.tour.window.parts.start.field.setFocus()
        on.shoot("first-run-light")


def new_server(out: Path) -> None:
    """The dialog that writes a model server."""
    with stage(out, _say) as on:
        on.tour.window.menus.actions["new-server"].trigger()
        dialog = on.tour.window.findChild(ServerDialog)
        assert dialog is not None
        dialog.folder.setText("/home/you/model-server")
        on.tour.settle()
        dialog.grab().save(str(out / "new-server-light.png"))
        dialog.reject()


def _near_match(on: Stage, images: int = 4) -> None:
    """A class that is returned in another spelling than listed, with the finding open and one object selected."""
    on.connect()
    on.tour.check_key()
    on.preview(images)
    window = on.tour.window
    on.tour.wait("the finding", lambda: window.parts.findings.isVisible())
    nuclei = [p for p in window.session.current.predictions if p.name == "Nucleus"] if window.session.current else []
    window.session.select(nuclei[7].index)
    on.tour.settle()


def preview_light(out: Path) -> None:
    """Predictions over the picture, and the finding that blocks registering."""
    with stage(out, _say, fault=stages.near_match()) as on:
        _near_match(on)
        on.shoot("preview-light")


def dark(out: Path) -> None:
    """The same in the dark, as a picture and as JSON."""
    with stage(out, _say, fault=stages.near_match(), look="dark") as on:
        _near_match(on)
        on.shoot("preview-dark")
        on.tour.window.picturing.show_json()
        on.shoot("json-dark")


def all_shapes(out: Path) -> None:
    """All nine shapes on one picture."""
    with stage(out, _say, fault=stages.every_shape()) as on:
        on.connect()
        on.preview(4)
        window = on.tour.window
        shown = window.session.current.predictions if window.session.current else ()
        window.session.select(next(p.index for p in shown if p.shape_name == "skeleton"))
        on.shoot("all-shapes-light")


def classes_error(out: Path) -> None:
    """A class list with three kinds of errors."""
    with stage(out, _say, fault=stages.bad_classes()) as on:
        _near_match(on)
        on.shoot("classes-error-light")


def registering(out: Path) -> None:
    """Before and after registering; the panels for the key and for credentials."""
    with stage(out, _say) as on:
        on.connect()
        on.preview()
        window = on.tour.window
        on.tour.check_key()
        window.connecting.open_key()
        on.shoot("key-light")
        window.parts.key.close_again()
        window.parts.auth.open_under(window.parts.bar.auth_button)
        on.shoot("auth-light")
        window.parts.auth.close_again()
        on.tour.open_register(MODEL_NAME)
        on.shoot("register-light")
        on.tour.register()
        on.shoot("registered-light")


def mapping(out: Path) -> None:
    """The model's classes beside the team's."""
    with stage(out, _say) as on:
        on.connect()
        on.preview(4)
        backend = on.tour.window.works.backend.v7
        team = backend.token_info(CancelToken())
        made = [("Nucleus", "polygon"), ("debris", "polygon"), ("mitosis", "bounding_box"), ("axon", "line")]
        backend.make_classes(team, [NewClass(*each) for each in made], CancelToken(), lambda *_: None)
        on.tour.check_key()
        window = on.tour.window
        window.session.set_name(MODEL_NAME)
        window.parts.center.show_view("Register")
        window.parts.registering.show_view("Mapping")
        on.tour.settle()
        window.parts.mapping.table.selectRow(2)
        on.shoot("mapping-light")


def predictions(out: Path) -> None:
    """What the model said, about to be written as files of other tools."""
    with stage(out, _say) as on:
        on.connect()
        on.preview(4)
        backend = on.tour.window.works.backend.v7
        team = backend.token_info(CancelToken())
        backend.make_classes(team, [NewClass("Nucleus", "polygon")], CancelToken(), lambda *_: None)
        on.tour.check_key()
        on.tour.window.menus.actions["export-predictions"].trigger()
        dialog = on.tour.window.findChild(PredictionsDialog)
        assert dialog is not None
        dialog.folder.setText("/tmp")
        for form in dialog.forms.values():
            form.setChecked(True)
        on.tour.settle()
        dialog.grab().save(str(out / "predictions-light.png"))
        dialog.reject()


def teams(out: Path) -> None:
    """One registration to several teams, of which one refused."""
    with stage(out, _say, team_words=("clinic", "research", "guest:read")) as on:
        on.connect()
        on.preview(2)
        window, world = on.tour.window, on.world
        for team in reversed(on.v7.teams):
            world.secrets.hold(world.key_ref(), team.key)
            window.works.keys.check_key()
            on.tour.wait("the team", lambda slug=team.slug: getattr(window.session.team, "slug", "") == slug)  # type: ignore[misc]
        backend = window.works.backend.teams
        on.tour.wait("the teams that are kept", lambda: len(backend.known()) == 3)
        for known in backend.known():
            backend.set_label(known, "production" if known.slug == "clinic" else "staging")
        on.tour.check_key()
        on.tour.wait("the label", lambda: window.works.jobs.busy == 0)
        on.tour.open_register(MODEL_NAME)
        window.menus.actions["teams"].trigger()
        dialog = window.findChild(TeamsDialog)
        assert dialog is not None
        on.tour.wait("the teams", lambda: len(dialog.lines) == 3)
        on.tour.settle()
        dialog.register.click()
        on.tour.wait(
            "the outcomes", lambda: all(line.said.text() and line.mark.outcome != "running" for line in dialog.lines)
        )
        on.tour.settle()
        dialog.grab().save(str(out / "teams-light.png"))
        dialog.reject()
        on.shoot("environment-light")


def reach(out: Path) -> None:
    """Will V7 reach it? The script's output of a machine elsewhere is made up: there is none in a picture."""
    with stage(out, _say) as on:
        on.connect()
        window = on.tour.window
        window.menus.actions["reach"].trigger()
        on.tour.settle()
        target = window.session.endpoint.infer.base if window.session.endpoint else ""
        lines = ["post-exit: 0", "post-status: 200", "post-ip: 203.0.113.7", "post-succeeded: yes", "post-total: 0.412"]
        lines += [f"size-{size}-exit: 0\nsize-{size}-status: {200 if size < 10 else 413}" for size in (1, 5, 10)]
        text = "\n".join(["----- byom-reach/1 -----", f"target: {target}", *lines, "----- end -----"])
        window.parts.reach.paste.setPlainText(text)
        on.tour.click(window.parts.reach.read)
        on.shoot("reach-light")


def capacity(out: Path) -> None:
    """What the server can take."""
    with stage(out, _say) as on:
        on.connect()
        on.preview(2)
        on.tour.window.menus.actions["capacity"].trigger()
        dialog = on.tour.window.findChild(CapacityDialog)
        assert dialog is not None
        dialog.price.setText("0.1")
        dialog.measure.click()
        on.tour.wait("the figures", lambda: dialog.measure.text() == "Measure again", 120)
        on.tour.settle()
        dialog.grab().save(str(out / "capacity-light.png"))
        dialog.reject()


def history(out: Path) -> None:
    """What was registered, and what is another since."""
    with stage(out, _say) as on:
        on.connect()
        on.preview(3)
        on.tour.check_key()
        on.tour.open_register(MODEL_NAME)
        on.tour.register()
        window = on.tour.window
        window.parts.registering.show_view("History")
        on.tour.wait("the history", lambda: window.parts.history.model.rowCount() == 1)
        first, *rest = window.session.classes.entries
        window.session.edit_classes("rename", ClassList((replace(first, name="Nucleus"), *rest[:-1])))
        on.tour.click(window.parts.history.compare)
        on.tour.wait("the server", lambda: "same" in window.parts.history.server.text())
        on.shoot("history-light")


def register_timeout(out: Path) -> None:
    """A registration that nobody answered: it may have arrived."""
    with stage(out, _say, silent_v7=True) as on:
        on.connect()
        on.preview(2)
        on.tour.check_key()
        on.tour.open_register(MODEL_NAME)
        on.tour.register()
        on.shoot("register-timeout-light")


def ping_tls(out: Path) -> None:
    """A ping that stopped at TLS."""
    with stages.distrusted() as address, stage(out, _say) as on:
        on.tour.connect(address)
        on.shoot("ping-tls-light")


def ping_running(out: Path) -> None:
    """A ping under way."""
    with stage(out, _say, fault=stages.slow()) as on:
        on.tour.type_address(on.address)
        on.tour.settle(1600)
        on.shoot("ping-running-light")
        on.tour.window.works.pinging.cancel()
        on.tour.settle()


def diagnosis(out: Path) -> None:
    """The whole check, in the dark: kinds of image tried, and coordinates as sent and as corrected."""
    with stage(out, _say, fault=stages.normalised(), look="dark") as on:
        on.connect()
        on.preview(4)
        window = on.tour.window
        window.checking.open_item(None)
        window.checking.run_checks()
        on.tour.wait("the check", lambda: window.session.check is not None, 300)
        on.tour.wait("the finding", lambda: window.parts.findings.isVisible())
        on.tour.click(window.parts.checklist.items["Responses"])
        on.tour.settle()
        view = window.parts.diagnosis
        _scroll_to(view.compared)
        on.shoot("diagnosis-dark")


def _scroll_to(part: QWidget) -> None:
    """Brings a part of a scrolled page into sight, its lower edge first."""
    around = part.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    content = around.widget() if around is not None else None
    if around is not None and content is not None:
        corner = part.mapTo(content, QPoint(0, part.height()))
        around.verticalScrollBar().setValue(corner.y() - around.viewport().height() + 16)


def small(out: Path) -> None:
    """A window of 1024×700."""
    with stage(out, _say, fault=stages.near_match(), size=(1024, 700)) as on:
        _near_match(on)
        on.shoot("small-light")


def scale_200(out: Path) -> None:
    """A screen of 200 %."""
    with stage(out, _say, fault=stages.near_match(), size=(1024, 700)) as on:
        _near_match(on)
        on.tour.window.parts.canvas.zoom_to_selection()
        on.shoot("scale-200")


def large_text(out: Path) -> None:
    """The system's text at 125 %."""
    with stage(out, _say, fault=stages.near_match(), size=(1170, 732)) as on:
        _near_match(on)
        on.shoot("large-text-125")


SHOTS: tuple[Shot, ...] = (
    first_run,
    new_server,
    preview_light,
    dark,
    all_shapes,
    classes_error,
    registering,
    predictions,
    teams,
    reach,
    mapping,
    history,
    capacity,
    register_timeout,
    ping_tls,
    ping_running,
    diagnosis,
    small,
)
APART: dict[str, tuple[Shot, dict[str, str]]] = {
    "scale-200": (scale_200, {"QT_SCALE_FACTOR": "2"}),
    "large-text-125": (large_text, {"BYOM_SHOTS_FONT": "16"}),
}
"""Made in a process of their own: the screen's scale and the font hold for a whole one."""


def shrink(path: Path) -> None:
    """Packs a picture; one that stays too large gets a palette of 256 colours, those of the window among them."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    picture.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        _with_palette(picture).save(path, optimize=True)


def _with_palette(picture: Image.Image) -> Image.Image:
    kept = _kept_colours(picture)
    photograph = picture.quantize(256 - len(kept), method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in kept for value in colour] + photograph)
    made = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    for number, colour in enumerate(kept):
        # Pillow looks for the nearest colour in coarse steps: two whites would become one.
        apart = ImageChops.difference(picture, Image.new("RGB", picture.size, colour)).split()
        same = ImageChops.lighter(ImageChops.lighter(*apart[:2]), apart[2]).point(lambda value: 0 if value else 255)
        made.paste(number, mask=same)
    return made


def _kept_colours(picture: Image.Image) -> list[tuple[int, int, int]]:
    """The window's own colours and the commonest stay as they are; what is left is for the photograph."""
    from byom_gui.core.colours import CLASS_COLOURS
    from byom_gui.ui import theme

    own = [colour for tokens in theme.TOKENS.values() for colour in tokens.values()]
    named = (ImageColor.getrgb(colour)[:3] for colour in (*own, *CLASS_COLOURS))
    counted = picture.getcolors(picture.width * picture.height) or []
    common = (colour for _, colour in sorted(counted, key=lambda one: -one[0])[:48])
    unique = dict.fromkeys(colour for colour in (*named, *common) if isinstance(colour, tuple))
    return [(one[0], one[1], one[2]) for one in unique][:144]


def _in_scratch(shots: tuple[Shot, ...], out: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="byom-shots-") as scratch:
        for number, shot in enumerate(shots):
            print(shot.__name__, flush=True)
            app.use_scratch_folders(Path(scratch) / str(number))
            _set_font()
            shot(out)


def _set_font() -> None:
    from PySide6.QtWidgets import QApplication

    pixels = int(os.environ.get("BYOM_SHOTS_FONT", "0"))
    if pixels and QApplication.instance() is None:
        application = QApplication(sys.argv[:1])
        font = application.font()
        font.setPixelSize(pixels)
        application.setFont(font)
        _keep.append(application)


_keep: list[object] = []


def main() -> int:
    """Makes all pictures, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="some of them: " + ", ".join([s.__name__ for s in SHOTS] + [*APART]))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.png")}
    names = set(arguments.names)
    if arguments.here:
        _in_scratch(tuple(shot for name, (shot, _) in APART.items() if name in names), out)
        return 0
    _in_scratch(tuple(shot for shot in SHOTS if not names or shot.__name__ in names), out)
    for name, (_, more) in APART.items():
        if not names or name in names:
            words = [sys.executable, "-m", "benchmarks.shots", "--here", "--out", str(out), name]
            subprocess.run(words, check=True, env={**os.environ, **more})
    for path in sorted(path for path in out.glob("*.png") if path.stat().st_mtime_ns != before.get(path)):
        shrink(path)
        print(f"{path.name} {path.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
