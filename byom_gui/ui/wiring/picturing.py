"""Images, picture, results, selected object and JSON: one selection through all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QImage

from byom_gui.core.classes import ClassList
from byom_gui.core.colours import ClassColour, assign
from byom_gui.core.diagnosis import Answered
from byom_gui.core.errors import AppError
from byom_gui.core.findings import Finding
from byom_gui.core.image import Raster
from byom_gui.core.jsontext import PrettyJson, pretty
from byom_gui.core.predictions import Line, Polygon, Prediction
from byom_gui.core.preview import Preview
from byom_gui.ui.dropping import Dropped
from byom_gui.ui.jobs import Job
from byom_gui.ui.painter import FILL
from byom_gui.ui.parts import Parts
from byom_gui.ui.scene import Scene, prepare
from byom_gui.ui.works import Works

SLIDER_MS = 60
FEW, FEW_POINTS = 500, 10_000
"""Shapes and points that are made ready at once."""
FEW_CLASSES = 5_000
"""Classes that get their colors at once; a worker does it for more."""
_RESULT = re.compile(r"results\[(\d+)\]")


def to_image(raster: Raster) -> QImage:
    """A QImage that owns its bytes. In the GUI thread."""
    view = QImage(raster.rgba, raster.width, raster.height, raster.width * 4, QImage.Format.Format_RGBA8888)
    return view.copy()


def colours_of(classes: ClassList, answers: Iterable[Answered]) -> Mapping[str, ClassColour]:
    """The colors of listed and of returned classes."""
    names = tuple(dict.fromkeys((*classes.names, *(seen.name for answered in answers for seen in answered.seen))))
    return assign(names, {entry.name: entry.color for entry in classes if entry.color})


class Picturing(QObject):
    """Shows the current image and what the model said of it."""

    def __init__(self, parts: Parts, works: Works, say: Callable[[str], None]) -> None:
        super().__init__(works)
        self._parts, self._works, self._session, self._say = parts, works, works.session, say
        self._pretty_job: Job[PrettyJson] | None = None
        self._json_of: object = None
        self._shown: Preview | None = None
        self._drawn: tuple[Sequence[Prediction], Mapping[str, ClassColour]] = ((), {})
        self._scene_job: Job[Scene] | None = None
        self._slid = QTimer(self, interval=SLIDER_MS, singleShot=True)
        self._slid.timeout.connect(self._take_threshold)
        self._colours: Mapping[str, ClassColour] = {}
        self._coloured: tuple[int, ...] | None = None
        """For which classes and responses a worker gets or got them."""
        self._wire_strip()
        self._wire_views()
        self._wire_session()

    def _wire_strip(self) -> None:
        strip, inference = self._parts.strip, self._works.inference
        strip.current_changed.connect(self._session.set_current)
        strip.rerun_failed.connect(inference.rerun_failed)
        strip.rerun_all.connect(inference.rerun_all)
        strip.rerun.connect(inference.run)
        strip.remove.connect(self._session.remove_images)
        strip.cancel_clicked.connect(inference.cancel)
        strip.pause_clicked.connect(inference.pause)
        inference.paused_changed.connect(strip.set_paused)
        strip.show_file.connect(self._show_file)
        strip.thumbnail_wanted.connect(inference.fetch_thumbnail)
        inference.thumbnails.ready.connect(lambda key, raster: strip.set_thumbnail(key, to_image(raster)))
        inference.progress_changed.connect(self._progress)
        inference.elapsed_changed.connect(lambda seconds: self._progress(*self._counts, seconds))
        inference.notice.connect(self._say)
        inference.intake.left_out_changed.connect(strip.set_left_out)

    _counts = (0, 0)

    def _progress(self, done: int, total: int, seconds: float = 0.0) -> None:
        begins_or_ends = not total or not self._counts[1]
        self._counts = (done, total)
        if seconds or begins_or_ends:  # in between the clock tells it, five times a second
            self._parts.strip.set_progress(done if total else None, total, seconds)

    def _wire_views(self) -> None:
        canvas, results, inspector, json = (
            self._parts.canvas,
            self._parts.results,
            self._parts.inspector,
            self._parts.json,
        )
        canvas.selected.connect(self._select)
        results.selected.connect(self._select)
        results.activated.connect(self._zoom_to)
        # The picture follows the slider at once, the list and the project once it rests.
        canvas.threshold_changed.connect(lambda _: self._slid.start())
        canvas.set_fill(_kept_fill())
        canvas.fill_changed.connect(lambda share: QSettings().setValue("fill", share))
        inspector.zoom_clicked.connect(canvas.zoom_to_selection)
        inspector.json_clicked.connect(self.show_json)
        json.path_clicked.connect(self._path_clicked)
        self._works.viewing.loading.connect(canvas.set_loading)
        self._works.viewing.ready.connect(self._picture_ready)
        self._works.viewing.failed.connect(self._picture_failed)
        self._parts.right.changed.connect(lambda _: self._show_json())

    def _wire_session(self) -> None:
        session = self._session
        session.images_changed.connect(self._images_changed)
        session.project_replaced.connect(self._project_replaced)
        session.preview_changed.connect(self._preview_changed)
        session.current_changed.connect(self._current_changed)
        session.selection_changed.connect(self._selection_changed)
        session.classes_changed.connect(self._show_predictions)
        session.diagnosis_changed.connect(self._mark_problems)

    # --- images

    def take(self, dropped: Dropped) -> None:
        """What was dropped, pasted or chosen."""
        self._parts.show_work(True)
        if self._session.ping is None or self._session.ping.passed:
            self._parts.center.show_view("Image")
        self._works.inference.add_paths(dropped.paths)
        self._works.inference.add_urls(dropped.urls)
        self._works.inference.add_pictures(dropped.pictures)

    def _images_changed(self) -> None:
        self._parts.strip.set_previews(tuple(self._session.previews.values()))
        self._parts.strip.set_current(self._session.current_id)
        if self._session.current is not self._shown:
            self._show_current()

    def _project_replaced(self) -> None:
        self._parts.canvas.set_threshold(self._session.settings.confidence)
        self._parts.results.set_threshold(self._session.settings.confidence)
        self._parts.canvas.set_picture(None)
        self._images_changed()

    def _preview_changed(self, preview: Preview) -> None:
        self._parts.strip.update_preview(preview)
        if preview.ref.id == self._session.current_id:
            if preview.state == "running" and not self._works.viewing.shows(preview.ref.id):
                # A project that was opened reads no picture until its images are sent.
                self._works.viewing.show_current()
            self._show_current()

    def _current_changed(self) -> None:
        self._parts.strip.set_current(self._session.current_id)
        self._parts.canvas.set_picture(None)
        self._works.viewing.show_current()
        self._show_current()

    def _picture_ready(self, key: str, raster: Raster) -> None:
        if key == self._session.current_id:
            self._parts.canvas.set_loading(None)
            self._parts.canvas.set_picture(raster)
            self._show_predictions()

    def _picture_failed(self, key: str, why: str) -> None:
        if key == self._session.current_id:
            self._parts.canvas.set_loading(None)
            self._parts.canvas.set_message("image", "This image can't be shown", why)

    def _show_file(self, ref_id: str) -> None:
        preview = self._session.previews.get(ref_id)
        if preview is not None and preview.ref.kind != "url":
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(preview.ref.place).parent)))

    # --- the current image

    def _show_current(self) -> None:
        preview = self._shown = self._session.current
        canvas, center = self._parts.canvas, self._parts.center
        if preview is None:
            canvas.set_picture(None)
            canvas.set_message("drop", "Drop images here", "Files, folders, pasted images, or addresses.")
            center.set_info()
        else:
            size = f"{preview.width:,} × {preview.height:,} px" if preview.width else ""
            time = f"{preview.milliseconds:,.0f} ms" if preview.answered else ""
            if preview.kept:
                time = f"cached, {preview.kept}"
            center.set_info(preview.ref.name, size, time)
        self._show_predictions()
        self._show_results_state(preview)
        self._show_json()

    def _show_predictions(self) -> None:
        preview = self._session.current
        predictions = preview.readable_predictions if preview else ()
        self._colours = self._assign()
        self._draw(predictions, self._colours)
        self._parts.results.set_predictions(predictions, self._colours, self._problem_indices())
        self._parts.right.set_count("Results", preview.count if preview else 0)
        self._selection_changed()

    def _draw(self, predictions: Sequence[Prediction], colours: Mapping[str, ClassColour]) -> None:
        """Brings shapes onto the canvas; many are made ready beside the window."""
        before, self._drawn = self._drawn, (predictions, colours)
        if before[0] is predictions and before[1] == colours:
            return
        if self._scene_job is not None:
            self._scene_job.cancel()
            self._scene_job = None
        canvas = self._parts.canvas
        if not _are_many(predictions):
            canvas.set_predictions(predictions, colours)
            return
        if before[0] is not predictions:
            canvas.set_predictions((), colours)

        def ready(scene: Scene) -> None:
            self._scene_job = None
            canvas.set_scene(scene)
            self._selection_changed()

        failed = self._fail
        self._scene_job = self._works.jobs.run(lambda _: prepare(predictions, colours), ready, failed, lane="view")

    def _fail(self, error: AppError) -> None:
        self._say(error.sentence)

    def _assign(self) -> Mapping[str, ClassColour]:
        """The colors of all classes; the former ones while a worker gets those of a long list."""
        classes = self._session.classes
        answers = tuple(preview.answered for preview in self._session.previews.values() if preview.answered)
        if len(classes) <= FEW_CLASSES:
            self._coloured = None
            return colours_of(classes, answers)
        wanted = (id(classes), *map(id, answers))
        if wanted != self._coloured:
            self._coloured = wanted

            def ready(colours: Mapping[str, ClassColour]) -> None:
                if self._coloured == wanted:
                    self._colours = colours
                    self._show_predictions()

            self._works.jobs.run(lambda _: colours_of(classes, answers), ready, self._fail, lane="colors")
        return self._colours

    def _show_results_state(self, preview: Preview | None) -> None:
        results = self._parts.results
        if preview is None:
            results.set_state("none")
        elif preview.state == "failed":
            results.set_state("failed", preview.problem)
        elif preview.state == "done" and not preview.packed:
            results.set_state("ready")
        else:
            results.set_state("waiting")

    def _findings_here(self) -> tuple[Finding, ...]:
        preview = self._session.current
        own = preview.answered.findings if preview and preview.answered else ()
        return tuple(finding for finding in own if finding.severity != "advice")

    def _problem_indices(self) -> set[int]:
        preview = self._session.current
        if preview is None:
            return set()
        marked = {int(m[1]) for f in self._findings_here() for place in f.places or (f.where,) if (m := _first(place))}
        unlisted = self._unlisted()
        return marked | {p.index for p in preview.predictions if p.name in unlisted}

    def _unlisted(self) -> set[str]:
        bad = ("classes.unregistered", "classes.near-match", "classes.type-mismatch")
        return {f.subject.partition("\n")[0] for f in self._session.diagnosis.findings if f.id in bad and f.subject}

    def _mark_problems(self) -> None:
        preview = self._session.current
        if preview is not None:
            self._parts.results.set_predictions(preview.readable_predictions, self._colours, self._problem_indices())
            self._selection_changed()
            self._show_json_problems()

    # --- selection

    def _select(self, index: int) -> None:
        self._session.select(index if index >= 0 else None)

    def _zoom_to(self, index: int) -> None:
        self._select(index)
        self._parts.center.show_view("Image")
        self._parts.canvas.zoom_to_selection()

    def _selected(self) -> Prediction | None:
        preview, index = self._session.current, self._session.selection
        if preview is None or index is None:
            return None
        return next((p for p in preview.readable_predictions if p.index == index), None)

    def _selection_changed(self) -> None:
        selected = self._selected()
        index = selected.index if selected else None
        self._parts.canvas.set_selected(index)
        self._parts.results.set_selected(index)
        colour = self._colours.get(selected.name) if selected else None
        listed = selected is None or not len(self._session.classes) or selected.name in self._session.classes.names
        self._parts.inspector.set_object(selected, colour, "" if listed else "not listed")
        if index is not None and self._parts.right.current == "JSON":
            self._parts.json.select_path(f"results[{index}]")

    def _take_threshold(self) -> None:
        value = self._parts.canvas.bar.confidence.value
        self._session.set_settings(replace(self._session.settings, confidence=value))
        self._parts.results.set_threshold(value)

    # --- JSON

    def show_json(self, path: str = "") -> None:
        """Brings the JSON up, at a place where one is given, else at the selected object."""
        self._parts.right.show_view("JSON")
        found = _first(path)
        if found:
            self._session.select(int(found[1]))
        if path:
            self._parts.json.select_path(path)
        elif self._session.selection is not None:
            self._parts.json.select_path(f"results[{self._session.selection}]")

    def _path_clicked(self, path: str) -> None:
        found = _first(path)
        if found:
            self._session.select(int(found[1]))

    def _show_json(self) -> None:
        """Fills the JSON tab, once for each answer and only while it is in sight."""
        if self._parts.right.current != "JSON":
            return
        preview = self._session.current
        answered = preview.answered if preview and not preview.packed else None
        if answered is self._json_of:
            return
        self._json_of = answered
        json = self._parts.json
        if self._pretty_job is not None:
            self._pretty_job.cancel()
        if answered is None:
            json.set_request(None)
            json.set_answer(None, "", 0, 0.0, 0)
            return
        json.set_request(answered.call.request)
        answer = answered.readable.answer
        if answer is None:
            self._json_ready(None)
            return
        self._pretty_job = self._works.jobs.run(
            lambda _: pretty(answer.value), self._json_ready, lambda error: self._say(error.sentence), lane="json"
        )

    def _json_ready(self, text: PrettyJson | None) -> None:
        preview = self._session.current
        if preview is None or preview.answered is None:
            return
        call = preview.answered.call
        reply, readable = call.reply, call.readable
        raw = (readable.body if readable else b"")[:2_000_000].decode("utf-8", "replace") if text is None else ""
        if reply is None and call.failure is not None:
            raw = call.failure.detail
        status, size = (reply.status, len(reply.body)) if reply else (0, 0)
        self._parts.json.set_answer(text, raw, status, call.milliseconds, size)
        self._show_json_problems()
        if self._session.selection is not None:
            self._parts.json.select_path(f"results[{self._session.selection}]")

    def _show_json_problems(self) -> None:
        if self._parts.right.current != "JSON":
            return
        preview = self._session.current
        problems = [
            (place, finding.what.rstrip("."), finding.severity)
            for finding in self._findings_here()
            for place in (finding.places or (finding.where,))
            if place
        ]
        unlisted = self._unlisted()
        problems += [
            (f"results[{p.index}].name", "not listed", "error")
            for p in (preview.readable_predictions if preview else ())
            if p.name in unlisted
        ]
        self._parts.json.set_problems(problems)


def _kept_fill() -> float:
    """How opaque overlays were when the app was used last."""
    try:
        return min(max(float(str(QSettings().value("fill", FILL))), 0.0), 0.6)
    except ValueError:
        return FILL


def _are_many(predictions: Sequence[Prediction]) -> bool:
    """Whether shapes take longer to make ready than the window may wait."""
    points = 0
    for prediction in predictions:
        points += len(prediction.shape.path) if isinstance(prediction.shape, Polygon | Line) else FEW_POINTS // FEW
        if points > FEW_POINTS:
            return True
    return False


def _first(path: str) -> re.Match[str] | None:
    return _RESULT.match(path)
