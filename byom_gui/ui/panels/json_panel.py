"""Request and answer side by side, the bad places marked."""

from __future__ import annotations

import json
import re
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from byom_gui.core.findings import Severity
from byom_gui.core.jsontext import PrettyJson
from byom_gui.core.observations import SentRequest
from byom_gui.ui import icons, theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.copy_row import CopyButton
from byom_gui.ui.widgets.json_text import Mark, request_lines, value_columns
from byom_gui.ui.widgets.json_view import JsonView
from byom_gui.ui.widgets.search_bar import Place, SearchBar, find_all
from byom_gui.ui.widgets.shortcuts import shortcut

SIDE_BY_SIDE = 600
REQUEST = 254
"""The request's width beside the answer, until the user drags the line between them."""
SLICE = 0.012
"""Seconds that a search takes before the window has its turn."""
_ROOT = re.compile(r"[^.\[]*")
_TOP = ("status", "results")
_LAST_KEY = re.compile(r"([^.\[\]]+)$")

JsonProblem = tuple[str, str, Severity]
"""Path, message, severity."""


def size_text(size: int) -> str:
    """``142 KB``."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:,.0f} KB" if size < 1_000_000 else f"{size / 1_000_000:,.1f} MB"


class JsonPanel(QWidget):
    """``path_clicked`` carries the result (``results[4]``) in whose lines was clicked."""

    path_clicked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        basic.ground(self, "surface")
        self._request: SentRequest | None = None
        self._pretty: PrettyJson | None = None
        self._raw = ""
        self._places: list[Place] = []
        self._search_job: Iterator[list[Place]] = iter(())
        self._more = QTimer(self, interval=0, singleShot=True)
        self._more.timeout.connect(self._search_on)
        self._now = 0
        self._folded = True
        self._was_wide: bool | None = None
        self.request_view = JsonView("Request", gutter=False, wraps=True)
        self.view = JsonView("Response")
        self.search = SearchBar("Find in the response")
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._left = self._request_side()
        self._splitter.addWidget(self._left)
        self._splitter.addWidget(self._answer_side())
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)
        self._connect()
        self.set_request(None)
        self.set_answer(None, "", None, None, None)
        self._arrange()

    # Building

    def _request_side(self) -> QWidget:
        self.curl = basic.button("Copy as cURL", "copy", kind="flat", on_click=self._copy_curl)
        self.fold = basic.button(icon="right", kind="icon", on_click=self._toggle_request, name="Show the request")
        self._request_head = _head(self.fold, basic.label("Request", strong=True), None, self.curl)
        self._no_request = basic.label("No request yet.", tone="second", wrap=True)
        self._no_request.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._said = basic.label("The copy leaves the secret out.", tone="second", size="small", wrap=True)
        self._said.setContentsMargins(*(theme.px(m) for m in (12, 4, 12, 8)))
        self._no_request.setContentsMargins(*(theme.px(m) for m in (12, 12, 12, 12)))
        parts = (self.request_view, self._no_request, self._said)
        self._request_body = basic.column(*parts, spacing=0)
        self._request_body.layout().setStretchFactor(self.request_view, 1)  # type: ignore[union-attr]
        return basic.column(self._request_head, basic.hline(), self._request_body, spacing=0)

    def _answer_side(self) -> QWidget:
        self._status_icon = basic.picture("ok")
        self._status = basic.label("")
        self._time = basic.label("", tone="second")
        self._size = basic.label("", tone="second")
        find = basic.button(icon="search", kind="icon", on_click=self.search.open_bar, name="Find in the response")
        basic.set_tip(find, "Find in the response (Ctrl+F)")
        self.copy = CopyButton("Copy the response")
        self.copy.clicked.connect(self._copy_answer)
        self._count_icon = basic.picture("bad")
        self._count = basic.label("")
        self.up = basic.button(icon="up", kind="icon", on_click=lambda: self._step_problem(-1), name="Previous problem")
        self.down = basic.button(icon="down", kind="icon", on_click=lambda: self._step_problem(1), name="Next problem")
        basic.set_tip(self.up, "Previous problem (Shift+F8)")
        basic.set_tip(self.down, "Next problem (F8)")
        self._steps = basic.row(basic.vline(), 4, self._count_icon, self._count, self.up, self.down, spacing=4)
        title = basic.label("Response", strong=True)
        said = (self._status_icon, self._status, self._time, self._size)
        self._answer_head = _head(title, *said, None, find, self.copy, self._steps)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(basic.empty_state("code", "No response yet", "The server's response appears here."))
        return basic.column(self._answer_head, basic.hline(), self.search, self._pages, spacing=0)

    def _connect(self) -> None:
        self.view.line_clicked.connect(self._clicked)
        self._answer_head.resized.connect(self._fit_head)
        self.search.changed.connect(self._search)
        self.search.stepped.connect(self._step_place)
        self.search.closed.connect(self._end_search)
        shortcut("F8", self, lambda: self._step_problem(1))
        shortcut("Shift+F8", self, lambda: self._step_problem(-1))
        shortcut("F3", self, lambda: self._step_place(1))
        shortcut("Shift+F3", self, lambda: self._step_place(-1))

    # What is shown

    def set_request(self, request: SentRequest | None) -> None:
        """The request as it was sent, secrets masked."""
        self._request = request
        lines, head = request_lines(request) if request is not None else ((), 0)
        self.request_view.set_lines(lines, head=head)
        self.request_view.setVisible(request is not None)
        self._no_request.setVisible(request is None)
        self._said.setVisible(request is not None)
        self.curl.setEnabled(request is not None)
        why = "" if request is not None else "No request yet."
        basic.set_tip(self.curl, why or "The copy leaves the secret out.")
        self.curl.setAccessibleDescription(why)

    def set_answer(
        self,
        pretty: PrettyJson | None,
        raw_text: str,
        status: int | None,
        milliseconds: float | None,
        size: int | None,
    ) -> None:
        """Shows an answer.

        Args:
            pretty: its JSON laid out; None where it is none, then ``raw_text`` is shown as it came.
            status: the HTTP status; None or 0 where no answer came, ``raw_text`` says then why.
            milliseconds: how long it took.
            size: in bytes.
        """
        self._pretty, self._raw = pretty, raw_text
        lines: Sequence[str] = pretty.lines if pretty is not None else _text_lines(raw_text)
        self.view.set_lines(lines, folds=pretty.folds if pretty is not None else (), json=pretty is not None)
        has = bool(status or lines)
        self._set_status(status or None, milliseconds if has else None, size if status else None)
        if has and not status:
            icons.set_picture(self._status_icon, "bad")
            self._status_icon.show()
            self._status.setText("no response")
        self._mark_broken(raw_text if pretty is None else "")
        self._pages.setCurrentIndex(0 if has else 1)
        self.copy.setEnabled(has)
        self._tell_problems()
        if self.search.isVisible():
            self._search(self.search.field.text())

    def _set_status(self, status: int | None, milliseconds: float | None, size: int | None) -> None:
        good = status is not None and 200 <= status < 300
        icons.set_picture(self._status_icon, "ok" if good else "bad")
        self._status_icon.setVisible(status is not None)
        self._status.setText("" if status is None else str(status))
        self._time.setText("" if milliseconds is None else f"{milliseconds:,.0f} ms")
        self._size.setText("" if size is None else size_text(size))
        self._status.setAccessibleName(f"Status {status}" if status is not None else "No response")
        self._fit_head()

    def set_problems(self, problems: Sequence[JsonProblem]) -> None:
        """Marks bad places by their paths."""
        if self._pretty is not None:
            here = (one for one in problems if self._is_here(one[0]))
            self.view.set_marks([self._mark(path, message, severity) for path, message, severity in here])
        self._tell_problems()

    def set_bad_place(self, line: int, column: int, message: str) -> None:
        """Marks where text stops being JSON; ``line`` and ``column`` count from 1."""
        at, lines = max(line - 1, 0), self.view.lines
        if at < len(lines):
            start = min(max(column - 1, 0), max(len(lines[at]) - 1, 0))
            self.view.set_marks([Mark(at, start, start + 1, message)])
            self.view.go_to_mark(0)
        self._tell_problems()

    def select_path(self, path: str) -> None:
        """Tints and shows the part at a path; an empty one selects nothing."""
        pretty = self._pretty
        if pretty is None or not path:
            self.view.set_block(None)
            return
        first, last = pretty.span_of(path)
        self.view.set_block((first, last) if path in pretty.spans else None)
        self.view.show_line(first, top=True)
        self.view.set_caret(first)
        inside = (place for place, mark in enumerate(self.view.marks) if first <= mark.line <= last)
        self.view.active_mark = next(inside, self.view.active_mark)
        self._tell_problems()

    def set_active_path(self, path: str) -> None:
        """Goes to the problem at a path."""
        for place, mark in enumerate(self.view.marks):
            if mark.path == path:
                self.view.go_to_mark(place)
                self._tell_problems()
                return

    # Inside

    def _mark_broken(self, text: str) -> None:
        """Marks where text that begins like JSON stops being it."""
        if text.lstrip()[:1] not in ("{", "["):
            return
        try:
            json.loads(text)
        except json.JSONDecodeError as error:
            self.set_bad_place(error.lineno, error.colno, "not JSON from here on")
        except (RecursionError, ValueError):
            return

    def _is_here(self, path: str) -> bool:
        """Whether a place is in this answer; findings also name images and addresses."""
        root = _ROOT.match(path)
        name = root.group() if root else ""
        return self._pretty is not None and (path.startswith("[") or name in _TOP or name in self._pretty.spans)

    def _mark(self, path: str, message: str, severity: Severity) -> Mark:
        assert self._pretty is not None
        line = self._pretty.line_of(path)
        key = _LAST_KEY.search(path)
        text = self._pretty.lines[line]
        start, end = value_columns(text, key.group(1) if key else "")
        return Mark(line, start, end, message, severity, path)

    def _tell_problems(self) -> None:
        count = len(self.view.marks)
        self._steps.setVisible(count > 0)
        if count:
            bad = any(mark.severity == "error" for mark in self.view.marks)
            icons.set_picture(self._count_icon, "bad" if bad else "warn")
            basic.set_tone(self._count, "bad" if bad else "warn")
            now = self.view.active_mark
            self._count.setText(f"{now + 1:,} of {count:,}" if now >= 0 else f"{count:,}")
        self._fit_head()

    def _step_problem(self, step: int) -> None:
        count = len(self.view.marks)
        if count:
            now = self.view.active_mark
            self.view.go_to_mark((now + step) % count if now >= 0 else (0 if step > 0 else count - 1))
            self.view.set_caret(self.view.marks[self.view.active_mark].line)
            self._tell_problems()

    def _clicked(self, line: int) -> None:
        at = bisect_right(self._pretty.results, line) - 1 if self._pretty is not None else -1
        if self._pretty is not None and at >= 0:
            path = f"results[{at}]"
            if line <= self._pretty.spans[path][1]:
                self.path_clicked.emit(path)

    def _search(self, text: str) -> None:
        """Looks through the text, a slice at a time where it is long."""
        self._places, self._now = [], 0
        self._search_job = find_all(self.view.lines, text)
        self._search_on()

    def _search_on(self) -> None:
        end = time.monotonic() + SLICE
        for found in self._search_job:
            self._places += found
            if time.monotonic() > end:
                self._more.start()
                return
        self._more.stop()
        at = self.view.caret[0]
        self._now = next((place for place, (line, _, _) in enumerate(self._places) if line >= at), 0)
        self._show_place()

    def _step_place(self, step: int) -> None:
        if self._places:
            self._now = (self._now + step) % len(self._places)
            self._show_place()

    def _show_place(self) -> None:
        self.view.set_found(self._places, self._now)
        self.search.say(self._now, len(self._places))

    def _end_search(self) -> None:
        self._more.stop()
        self._places = []
        self.view.set_found((), 0)
        self.view.setFocus()

    def _copy_curl(self) -> None:
        if self._request is not None:
            basic.copy_text(self._request.curl)

    def _copy_answer(self) -> None:
        basic.copy_text(self._raw if self._pretty is None else self._raw or self._pretty.text)
        self.copy.say_copied()

    # Reflow

    def _toggle_request(self) -> None:
        self._folded = not self._folded
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= theme.px(SIDE_BY_SIDE)
        self._splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        if wide and not self._was_wide:
            self._splitter.setSizes([theme.px(REQUEST), max(self.width() - theme.px(REQUEST), 1)])
        self._was_wide = wide
        folded = self._folded and not wide
        self._request_body.setVisible(not folded)
        self._left.setMaximumHeight(theme.px(37) if folded else 16777215)
        if folded:
            # A splitter keeps the sizes of its former direction until it is told.
            self._splitter.setSizes([theme.px(37), max(self.height() - theme.px(37), 1)])
        self.fold.setVisible(not wide)
        icons.set_icon(self.fold, "right" if folded else "down")
        verb = "Show" if folded else "Hide"
        basic.set_tip(self.fold, f"{verb} the request")
        self.fold.setAccessibleName(f"{verb} the request")
        self._fit_head()

    def _fit_head(self) -> None:
        """The head drops the size, then the time, before anything is cut."""
        for label in (self._time, self._size):
            label.setVisible(bool(label.text()))
        layout = self._answer_head.layout()
        assert layout is not None
        for label in (self._size, self._time):
            layout.activate()
            if layout.minimumSize().width() > self._answer_head.width():
                label.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side from 600, else stacked."""
        super().resizeEvent(event)
        self._arrange()


class _Head(QWidget):
    """The bar above a view; tells when its width changed."""

    resized = Signal()

    def minimumSizeHint(self) -> QSize:
        """It may get narrow: what can be spared is dropped then."""
        return QSize(theme.px(160), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tells it once the new width holds."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.resized.emit()


def _head(*parts: QWidget | None) -> _Head:
    made = _Head()
    basic.ground(made, "window")
    made.setMinimumHeight(theme.px(36))
    layout = QHBoxLayout(made)
    layout.setContentsMargins(*(theme.px(m) for m in (12, 0, 4, 0)))
    layout.setSpacing(theme.px(6))
    for part in parts:
        if part is None:
            layout.addStretch(1)
        else:
            layout.addWidget(part)
    return made


def _text_lines(text: str) -> list[str]:
    """Lines as JSON counts them: only a line feed ends one."""
    return [line.rstrip("\r") for line in text.split("\n")] if text else []
