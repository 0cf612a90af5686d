"""File, Export predictions: the answers that the window holds, as Darwin JSON, COCO and CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QMainWindow

from byom_gui.core.class_mapping import names_of
from byom_gui.core.pre_labels import Choice, Pictured, Written
from byom_gui.core.preview import Preview, count_seen, whole
from byom_gui.ui.jobs import Job
from byom_gui.ui.panels.predictions_dialog import PredictionsDialog
from byom_gui.ui.work.mapping import is_large, reckoning
from byom_gui.ui.works import Works

LANE = "export"


def export_predictions(window: QMainWindow, works: Works, say: Callable[[str], None]) -> PredictionsDialog | None:
    """Opens the dialog. What arrives while it is open is not in the files."""
    session = works.session
    held = [preview for preview in session.previews.values() if preview.state == "done" and preview.answered]
    if not held:
        say("No image has a response yet. Drop images and ping the server first.")
        return None
    counts: Counter[str] = Counter()
    for (name, _), count in count_seen(held).items():
        counts[name] += count
    title = (session.project.registration.name or "model").replace("/", "-").replace("\\", "-")
    dialog = PredictionsDialog(title, _folder(session.path), counts, len(held), session.settings.confidence, window)
    team = session.team.name if session.team else ""
    jobs: list[Job[Written]] = []
    reckon = reckoning(works)
    if is_large(session):
        dialog.wait_for_names()
        naming = works.jobs.run(
            lambda _: names_of(reckon()),
            lambda names: dialog.set_names(names, team),
            lambda error: dialog.set_failed(error.sentence),
            lane=LANE,
        )
        dialog.finished.connect(lambda _: naming.cancel())
    else:
        dialog.set_names(names_of(reckon()), team)

    def start(choice: Choice) -> None:
        backend, step = works.backend.files, max(len(held) // 100, 1)

        def tell(job: Job[Written], ready: int) -> None:
            if ready % step == 0 or ready == len(held):
                job.report(ready)

        jobs.append(
            works.jobs.run(
                lambda job: backend.export_predictions(
                    choice, pictured(held), job.token, lambda ready: tell(job, ready)
                ),
                dialog.set_written,
                lambda error: dialog.set_failed(error.sentence),
                lane=LANE,
                on_progress=dialog.set_progress,
            )
        )

    dialog.wanted.connect(start)
    dialog.stopped.connect(lambda: jobs[-1].cancel())
    dialog.finished.connect(lambda _: dialog.deleteLater())
    dialog.open()
    return dialog


def pictured(previews: Iterable[Preview]) -> Iterator[Pictured]:
    """What the model said of each image. Packed answers are read again, so run it in a worker."""
    for preview in previews:
        full = whole(preview)
        call = full.answered.call if full.answered else None
        width, height = (call.image_width, call.image_height) if call else (0, 0)
        yield Pictured(full.ref.name, width or full.width, height or full.height, full.predictions)


def _folder(path: Path | None) -> Path:
    """Beside the project, else among the user's documents."""
    if path is not None:
        return path.parent
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home())
