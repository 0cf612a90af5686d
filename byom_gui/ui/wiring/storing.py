"""Help, Stored data: how many responses are cached, and a button that deletes them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from byom_gui.core.errors import AppError
from byom_gui.ui.jobs import Job
from byom_gui.ui.pages import show_stored
from byom_gui.ui.widgets import basic
from byom_gui.ui.works import Works

LANE = "storing"


def size_text(size: int) -> str:
    """``640 kB``, ``3.4 MB``."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"


def show_kept(parent: QWidget, works: Works, say: Callable[[str], None]) -> None:
    """Opens the page; the disk is asked beside the window."""
    words = basic.label("Counting…", tone="second")
    clear = basic.button("Delete cached responses")
    clear.setEnabled(False)
    server = works.backend.server

    def failed(error: AppError) -> None:
        say(error.sentence)

    def told(size: tuple[int, int]) -> None:
        count, taken = size
        words.setText(f"{count:,} responses cached, {size_text(taken)}" if count else "No responses are cached.")
        clear.setEnabled(bool(count))

    def count() -> None:
        shown.append(works.jobs.run(lambda _: server.kept_size(), told, failed, lane=LANE))

    def delete() -> None:
        clear.setEnabled(False)
        shown.append(works.jobs.run(lambda _: server.clear_kept(), lambda _: count(), failed, lane=LANE))

    shown: list[Job[tuple[int, int]] | Job[None]] = []
    clear.clicked.connect(delete)
    row = basic.row(words, None, clear)
    # The page may be closed before the disk has answered.
    row.destroyed.connect(lambda: [job.cancel() for job in shown])
    show_stored(parent, row)
    count()
