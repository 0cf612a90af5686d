"""The exact request, secrets masked, with the assumption that it rests on."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from byom_gui.core.observations import SentRequest
from byom_gui.ui import theme
from byom_gui.ui.panels.register_findings import card
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.json_text import request_lines
from byom_gui.ui.widgets.json_view import JsonView

MOST_LINES = 24


class Request(QWidget):
    """The same JSON view as elsewhere; it is as high as the request, up to 24 lines."""

    paste_profile_clicked = Signal()
    edit_profile_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._request: SentRequest | None = None
        self._added: frozenset[str] = frozenset()
        self._since = ""
        self.curl = basic.button("Copy as cURL", "copy", kind="flat", on_click=self._copy)
        self.view = JsonView("The exact request", gutter=False)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.why = basic.label("", tone="second", wrap=True)
        self.why.setContentsMargins(*(theme.px(12),) * 4)
        self.note = basic.label("", tone="second", size="small", wrap=True)
        self._edit = basic.button("Edit the API profile…", kind="link", on_click=self.edit_profile_clicked.emit)
        box, inside = card()
        inside.addSpacing(theme.px(8))
        inside.addWidget(self.view)
        inside.addWidget(self.why)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(
            basic.row(basic.label("The exact request", strong=True), None, self.curl, margins=(0, 0, 0, 4))
        )
        self.assumption = self._assumption_box()
        layout.addWidget(self.assumption)
        layout.addWidget(box)
        layout.addWidget(basic.row(self.note, self._edit, margins=(0, 4, 0, 0)))

    def _assumption_box(self) -> QWidget:
        made = basic.frame("assumption")
        # The word first, strong; the sentence goes on after it.
        text = basic.label(wrap=True)
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setText(
            "<b>Assumption.</b> V7 has published neither this path nor these names. A curl command from V7’s page "
            "settles it."
        )
        paste = basic.button("Paste curl…", kind="link", on_click=self.paste_profile_clicked.emit)
        edit = basic.button("Edit the API profile…", kind="link", on_click=self.edit_profile_clicked.emit)
        links = basic.row(paste, edit, None, spacing=16)
        for link in (paste, edit):
            link.setProperty("flush", True)
        mark = basic.picture("warn")
        whole = basic.row(mark, basic.column(text, links, spacing=0), margins=(12, 8, 8, 4))
        layout = whole.layout()
        if layout is not None:
            layout.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        inside = QVBoxLayout(made)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(whole)
        return made

    def set_request(self, request: SentRequest | None, assumed: bool, why_not: str) -> None:
        """The request as it will be sent, or why there is none."""
        changed, self._request = request != self._request, request
        self.assumption.setVisible(assumed)
        self._edit.setVisible(not assumed)
        self.view.setVisible(request is not None)
        self.why.setVisible(request is None)
        self.why.setText(why_not)
        self.curl.setEnabled(request is not None)
        basic.set_tip(self.curl, why_not if request is None else "The copy leaves out the key and secrets.")
        self.curl.setAccessibleDescription(self.curl.toolTip())
        if request is not None and changed:
            lines, head = request_lines(request, whole_url=True)
            self.view.set_lines(lines, head=head)
            self._fit()
        self._mark_added()

    def _fit(self) -> None:
        """As high as its lines and a scroll bar.

        Room for the bar is always kept: a height that followed it could change the width, and that the bar, for ever.
        """
        rows = min(len(self.view.lines), MOST_LINES)
        bar = self.view.horizontalScrollBar().sizeHint().height()
        self.view.setFixedHeight(rows * self.view.line_height() + theme.px(4) + bar)

    def set_new(self, since: str, names: Collection[str]) -> None:
        """Marks the classes that are new since the last registration (``12 Oct 2026``)."""
        self._since, self._added = since, frozenset(names)
        self._mark_added()

    def _mark_added(self) -> None:
        lines = frozenset(
            at
            for at, line in enumerate(self.view.lines)
            if self._added and any(f'"{name}", "type"' in line for name in self._added)
        )
        self.view.set_added(lines)
        new = f"+ new since {self._since}. " if lines and self._since else ""
        self.note.setText(f"{new}Secrets are filled in when it is sent." if self._request is not None else "")

    def _copy(self) -> None:
        if self._request is not None:
            basic.copy_text(self._request.curl)
