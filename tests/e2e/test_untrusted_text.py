"""Names, messages and files from outside that look like markup: shown as they are, everywhere, and never rendered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QTextEdit, QWidget

from byom_gui.app.world import sample_paths
from byom_gui.sandbox.loopback import LoopbackServer, Request, Response, as_json, as_text
from byom_gui.ui.main_window import MainWindow
from byom_gui.ui.tour import Tour
from tests.e2e.conftest import Open

EVIL = '<img src="http://127.0.0.1:9/x"><b>evil</b>'
NAMES = ("<img src=x><b>evil.png", "<b>bad.png")
BOX = {"x": 10, "y": 10, "w": 40, "h": 30}
VIEWS = ("Image", "Connection", "Diagnosis", "Register")


class Evil(LoopbackServer):
    """A model's server and V7's, both of which speak in markup."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def respond(self, request: Request) -> Response:
        """Classes, then answers: sound in form, not in form, and failures."""
        if request.path.endswith("/classes"):
            return as_json([{"name": EVIL, "type": "bounding_box"}, {"name": f"{EVIL} 2", "type": EVIL}])
        if request.path.endswith("/token_info"):
            return as_json({"selected_team": {"id": 1, "slug": "evil", "name": EVIL}})
        if "annotation_classes" in request.path:
            return as_json({"annotation_classes": [{"name": f"{EVIL} 2", "annotation_types": [EVIL, "tag"]}]})
        if request.method == "GET":
            return as_text(f"<html>{EVIL}</html>", 404)
        if "/infer" not in request.path:
            return as_json({"error": EVIL, "errors": {EVIL: [EVIL]}}, 422)
        self.count += 1
        if self.count % 4 == 3:
            return as_text(f"Traceback (most recent call last):\n  File {EVIL}\nKeyError: {EVIL}", 500)
        if self.count % 4 == 2:
            return as_json({"status": "succeeded", "results": [{"name": EVIL, "confidence": EVIL, EVIL: BOX}]})
        found = {"name": EVIL, "label": EVIL, "confidence": 0.9, "bounding_box": BOX, "text": {"text": EVIL}}
        return as_json({"status": "succeeded", "results": [found, {**found, EVIL: EVIL}]})


@pytest.fixture
def server() -> Iterator[Evil]:
    """It, started."""
    with Evil() as made:
        yield made


@pytest.fixture
def window(open_window: Open, server: Evil) -> MainWindow:
    """The real window; V7 is evil, too."""
    return open_window(server.base_url)


def rendered(widget: QWidget) -> str:
    """Where a widget would render markup of ours: the text, or nothing."""
    tip = widget.toolTip()
    if "<img" in tip:
        return f"tool-tip: {tip}"
    if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText and "<img" in widget.text():
        return f"label: {widget.text()}"
    if isinstance(widget, QTextEdit) and "<img" in widget.toHtml():
        return f"text: {widget.toHtml()}"
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        return next((tip for tip in tips(widget) if "<img" in tip), "")
    return ""


def tips(view: QAbstractItemView, parent: QModelIndex | None = None) -> Iterator[str]:
    """The tool-tips of all cells of a list or a tree."""
    model, above = view.model(), parent or QModelIndex()
    # Of a list model the count of columns is hidden: it has one.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(above)
    for row in range(model.rowCount(above)):
        for column in range(columns):
            index = model.index(row, column, above)
            yield str(model.data(index, Qt.ItemDataRole.ToolTipRole) or "")
        yield from tips(view, model.index(row, 0, above))


def all_rendered(shown: list[str]) -> list[str]:
    """Every place in every window that renders what came from outside; ``shown`` gets every text."""
    found = []
    for top in QApplication.topLevelWidgets():
        for widget in (top, *top.findChildren(QWidget)):
            what = rendered(widget)
            found += [f"{type(widget).__name__}: {what}"] if what else []
            shown += [widget.text()] if isinstance(widget, QLabel) else []
    return found


def test_nothing_from_outside_is_rendered_as_markup(window: MainWindow, server: Evil, tmp_path: Path) -> None:
    tour, shown = Tour(window, tmp_path), list[str]()
    pictures = [tmp_path / name for name in NAMES]
    pictures[0].write_bytes(sample_paths()[0].read_bytes())
    pictures[1].write_text(EVIL, "utf-8")
    tour.connect(f"{server.base_url}/infer")
    window.session.set_name(EVIL)
    window.works.inference.add_paths([*pictures, *sample_paths()])
    tour.wait("all answers", lambda: window.works.jobs.busy == 0, 60)
    for key in list(window.session.previews):
        window.session.set_current(key)
        window.session.select(0)
        tour.settle(60)
        for name in ("Classes", "Results", "JSON"):
            window.parts.right.show_view(name)
            tour.settle(20)
        assert all_rendered(shown) == []
    window.works.backend.secrets.set(window.works.backend.v7.key_ref(), "x" * 40)
    tour.check_key()
    window.checking.run_checks()
    tour.wait("the checks", lambda: window.session.check is not None and not window.works.diagnosing.checking, 120)
    window.session.set_settings(replace(window.session.settings, override_reason=EVIL))
    window.works.submitting.submit()
    tour.wait("the submission's end", lambda: window.works.jobs.busy == 0, 60)
    for name in VIEWS:
        window.parts.center.show_view(name)
        tour.settle(100)
        assert all_rendered(shown) == []
    for name in window.parts.registering.titles:
        window.parts.registering.show_view(name)
        tour.settle(150)
        assert all_rendered(shown) == []
    # It was shown, and as it is.
    assert sum(EVIL in text for text in shown) > 10, json.dumps(sorted(set(shown)), indent=1)
