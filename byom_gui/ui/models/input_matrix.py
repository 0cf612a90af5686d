"""The grid of inputs as a table: three ways to send an image by the kinds of image, each cell with its outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from byom_gui.core.diagnosis import Answered
from byom_gui.core.diagnosis.probes import BROKEN, KIND_TITLES, KINDS, TURNED, WAYS

Index = QModelIndex | QPersistentModelIndex
Key = tuple[str, str]
"""The way and the kind."""
State = Literal["waiting", "running", "passed", "failed", "untried"]
Face = Literal["waiting", "running", "ok", "warn", "bad", "quiet", "untried"]
"""What a cell looks like. ``quiet``: it fails and need not work; ``bad``: nothing works by this way."""

COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("PNG", ("png",)),
    ("JPEG", ("jpeg",)),
    ("WebP", ("webp",)),
    ("Gray", ("grey",)),
    ("Alpha", ("alpha",)),
    ("CMYK", ("cmyk",)),
    ("16-bit", ("16-bit",)),
    ("EXIF", TURNED),
    ("Broken", BROKEN),
    ("BMP", ("bmp",)),
    ("TIFF", ("tiff",)),
    ("GIF", ("animated",)),
    ("1 × 1", ("1x1",)),
    ("Wide", ("wide",)),
    ("Large", ("large",)),
)
"""Title of a column, and the kinds that it stands for: what V7 surely holds comes first."""
ROWS: dict[str, str] = {"base64": "base64", "url": "url", "data-uri": "data URI"}
OUTCOMES: dict[str, State] = {"works": "passed", "fails": "failed", "untried": "untried", "running": "running"}
"""The engine's words."""

FACE_ROLE = Qt.ItemDataRole.UserRole + 1
ORDER: tuple[State, ...] = ("running", "failed", "passed", "waiting", "untried")
"""Of several kinds in one column, the state that is shown."""
_EXCERPT = 300


@dataclass(frozen=True, slots=True)
class Trial:
    """One kind of image by one way. ``said``: what came back, in words; ``status``: 0 where no answer came."""

    state: State = "waiting"
    milliseconds: float = 0.0
    status: int = 0
    said: str = ""
    finding: str = ""
    """The id of the finding that tells of it, where there is one."""


WAITING, UNTRIED = Trial(), Trial("untried")


def trial(kind: str, outcome: str, milliseconds: float, status: int) -> Trial:
    """What the engine tells of a cell; a broken image does as it should wherever it is answered."""
    state = OUTCOMES.get(outcome, "untried")
    if kind in BROKEN and state == "failed" and 0 < status < 500:
        state = "passed"
    return Trial(state, milliseconds, status)


def trials_of(answered: Iterable[Answered]) -> dict[Key, Trial]:
    """The cells that a run filled, with what came back."""
    found: dict[Key, Trial] = {}
    for each in answered:
        call = each.call
        if call.purpose == "input" and call.way is not None:
            works = each.good and each.answer is not None and each.answer.status == "succeeded"
            status = call.reply.status if call.reply else 0
            base = trial(call.kind, "works" if works else "fails", call.milliseconds, status)
            failed = "input.failure-form" if call.kind in BROKEN else "input.format"
            finding = failed if base.state == "failed" else ""
            found[call.way, call.kind] = Trial(base.state, base.milliseconds, status, _said(each), finding)
    return found


def _said(each: Answered) -> str:
    """What came back: the first error in words, else the start of the answer."""
    call = each.call
    reply = call.readable
    if reply is None:
        return call.failure.detail if call.failure else ""
    errors = (finding for finding in each.findings if finding.severity == "error")
    error = next(errors, None)
    if error is not None:
        return f"{error.what} {error.evidence}".strip()
    text = " ".join(reply.body[: 4 * _EXCERPT].decode("utf-8", "replace").split())
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


class InputMatrixModel(QAbstractTableModel):
    """Three rows, one column a kind or family of kinds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trials: dict[Key, Trial] = {}

    # --- what is shown

    def start(self) -> None:
        """All cells wait."""
        self._set(dict.fromkeys(((way, kind) for way in WAYS for kind in KINDS), WAITING))

    def set_trial(self, way: str, kind: str, found: Trial) -> None:
        """Fills one cell."""
        if way not in ROWS or kind not in KINDS:
            return
        self._trials[way, kind] = found
        # The whole row: whether a way works at all tints its cells.
        row = list(ROWS).index(way)
        self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def finish(self) -> None:
        """Nothing more comes: what still waits was not tried."""
        waits = ("waiting", "running")
        self._set({key: UNTRIED if found.state in waits else found for key, found in self._trials.items()})

    def set_trials(self, trials: Mapping[Key, Trial]) -> None:
        """All that a run found; the rest was not tried."""
        self._set({(way, kind): trials.get((way, kind), UNTRIED) for way in WAYS for kind in KINDS})

    def _set(self, trials: dict[Key, Trial]) -> None:
        self._trials = trials
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def progress(self) -> tuple[int, int]:
        """How many kinds by how many ways are done, of how many; a column that stands for several counts them all."""
        waits = ("waiting", "running")
        return sum(each.state not in waits for each in self._trials.values()), len(self._trials)

    # --- what a cell says

    def cell(self, row: int, column: int) -> tuple[str, tuple[tuple[str, Trial], ...]]:
        """The way, and the kinds with what became of them."""
        way = list(ROWS)[row]
        return way, tuple((kind, self._trials.get((way, kind), UNTRIED)) for kind in COLUMNS[column][1])

    def shown(self, row: int, column: int) -> Trial:
        """Of a cell's kinds the one that is shown."""
        _, trials = self.cell(row, column)
        states = [each.state for _, each in trials]
        state = next(state for state in ORDER if state in states)
        return max((each for _, each in trials if each.state == state), key=lambda each: each.milliseconds)

    def face(self, row: int, column: int) -> Face:
        """What it looks like."""
        state = self.shown(row, column).state
        if state == "passed":
            return "ok"
        if state != "failed":
            return state
        way = list(ROWS)[row]
        if way == "data-uri":
            return "quiet"
        sound = [self._trials.get((way, kind), UNTRIED).state for kind in KINDS if kind not in BROKEN]
        return "warn" if any(each in ("passed", "waiting", "running") for each in sound) else "bad"

    def text(self, row: int, column: int) -> str:
        """The figure: milliseconds where it passed, the status where it did not."""
        found = self.shown(row, column)
        if found.state == "passed":
            return f"{found.milliseconds:,.0f}"
        return _failed_word(found.status) if found.state == "failed" else ""

    def spoken(self, row: int, column: int) -> str:
        """A cell in words, such as ``PNG by base64: passed, 84 ms``."""
        way, trials = self.cell(row, column)
        title = COLUMNS[column][0]
        name = f"{title} by {ROWS[way]}"
        if len(trials) == 1:
            return f"{name}: {trial_words(trials[0][1])}"
        states = [each.state for _, each in trials]
        failed = [KIND_TITLES[kind] for kind, each in trials if each.state == "failed"]
        if failed:
            return f"{name}: failed with {', '.join(failed)}; {states.count('passed')} of {len(states)} passed"
        if "running" not in states and "waiting" not in states and "passed" in states:
            passed = states.count("passed")
            return f"{name}: {'all' if passed == len(states) else f'{passed} of {len(states)}'} passed"
        return f"{name}: {trial_words(self.shown(row, column))}"

    # --- Qt

    def rowCount(self, parent: Index | None = None) -> int:
        """Ways."""
        return 0 if parent is not None and parent.isValid() else len(ROWS)

    def columnCount(self, parent: Index | None = None) -> int:
        """Kinds, of which some stand together."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, face, words."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == FACE_ROLE:
            return self.face(row, column)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.spoken(row, column)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Kinds above, ways at the left."""
        across = orientation == Qt.Orientation.Horizontal
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section][0] if across else list(ROWS.values())[section]
        if role == Qt.ItemDataRole.ToolTipRole and across:
            words = ", ".join(KIND_TITLES[kind] for kind in COLUMNS[section][1])
            return words[:1].upper() + words[1:]
        return None


def trial_words(found: Trial) -> str:
    """One outcome in words."""
    if found.state == "passed":
        return f"passed, {found.milliseconds:,.0f} ms"
    if found.state != "failed":
        return {"waiting": "waiting", "running": "running"}.get(found.state, "not tried")
    if not found.status:
        return "failed, no response"
    return f"failed, HTTP {found.status}" + (" with an invalid response" if found.status // 100 == 2 else "")


def _failed_word(status: int) -> str:
    if not status:
        return "none"
    return "fails" if status // 100 == 2 else str(status)
