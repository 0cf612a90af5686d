"""Register, Several teams: which teams it goes to, what each is for, and how it ended in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from byom_gui.core.endpoint import SecretPlace
from byom_gui.core.quoting import quoted
from byom_gui.core.registering import MAYBE_ARRIVED, RegisterOutcome
from byom_gui.core.teams import ENVIRONMENTS, WORDS, KnownTeam
from byom_gui.ui import theme
from byom_gui.ui.widgets import basic
from byom_gui.ui.widgets.flowing import Flowing, scrolled
from byom_gui.ui.widgets.outcome import OutcomeMark

_LEAD = (
    "Sends the registration once to each team that you choose, with that team's key. Each key belongs to one team. "
    "To add a team, enter its key under Team."
)
_NONE = "No team has a key yet. Enter a V7 key under Team to list its team here."


@dataclass(slots=True)
class _Line:
    """The widgets of one team."""

    team: KnownTeam
    box: QCheckBox
    label: QComboBox
    mark: OutcomeMark
    said: QLabel
    use: QPushButton
    forget: QPushButton
    registered: bool = False


class TeamsDialog(QDialog):
    """A view: ``wanted`` carries the teams to register in, in order."""

    wanted = Signal(object)
    stopped = Signal()
    labelled = Signal(object, str)
    use_wanted = Signal(object)
    forget_wanted = Signal(object)

    def __init__(self, why_not: str, parent: QWidget) -> None:
        """``why_not``: why nothing can be registered now, empty where it can."""
        super().__init__(parent)
        self.setWindowTitle("Teams")
        self.resize(theme.px(760), theme.px(420))
        self._why_not, self._busy = why_not, False
        self.lines: list[_Line] = []
        self.note = basic.label("", tone="second", wrap=True)
        self.register = basic.button("Register", kind="primary", on_click=self._start)
        self.register.setDefault(True)
        self.close_button = basic.button("Close", on_click=self.reject)
        self.close_button.setAutoDefault(False)
        self._grid_holder = Flowing()
        self._grid = QGridLayout(self._grid_holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(8))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(8))
        layout.addWidget(basic.label(_LEAD, tone="second", wrap=True))
        layout.addWidget(scrolled(self._grid_holder), 1)
        layout.addWidget(self.note)
        layout.addWidget(basic.row(None, self.close_button, self.register, margins=(0, 8, 0, 0)))
        self._look()

    # --- what is shown

    def set_teams(
        self, teams: Sequence[KnownTeam], places: Mapping[str, SecretPlace], before: Mapping[str, str], current: str
    ) -> None:
        """The teams of this V7.

        Args:
            places: where the key of each is kept, by slug.
            before: what is known of an earlier registration of this very draft, by slug; those are not chosen.
            current: the slug of the team whose key is in use.
        """
        while (item := self._grid.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        self.lines = [self._line(row, team, places, before, current) for row, team in enumerate(teams)]
        self._grid.setColumnStretch(3, 1)
        self._grid.setRowStretch(len(teams), 1)
        if not teams:
            self._grid.addWidget(basic.label(_NONE, wrap=True), 0, 0, 1, 6)
        self._look()

    def _line(
        self, row: int, team: KnownTeam, places: Mapping[str, SecretPlace], before: Mapping[str, str], current: str
    ) -> _Line:
        place = places.get(team.slug)
        kept = place is not None and place.kept
        box = QCheckBox(team.name.replace("&", "&&"))
        box.setChecked(kept and team.slug not in before)
        box.setEnabled(kept)
        box.toggled.connect(self._look)
        label = QComboBox()
        label.setAccessibleName(f"Environment of {quoted(team.name)}")
        for environment in ENVIRONMENTS:
            label.addItem(WORDS[environment], environment)
        label.setCurrentIndex(ENVIRONMENTS.index(team.environment))
        mark, said = OutcomeMark(), basic.label("", wrap=True, selectable=True)
        mark.set_outcome("todo" if kept else "warn")
        unread = f"Its key could not be read: {place.why}." if place is not None and place.kind == "unknown" else ""
        said.setText(before.get(team.slug, "") if kept else unread or "Its key is no longer stored.")
        use = basic.button("In use" if team.slug == current else "Use", kind="flat")
        use.setAccessibleName(f"Use {quoted(team.name)}")
        use.setEnabled(kept and team.slug != current)
        forget = basic.button("Forget", kind="flat", name=f"Forget {quoted(team.name)}")
        line = _Line(team, box, label, mark, said, use, forget)
        label.activated.connect(lambda at, line=line: self._label(line, at))
        use.clicked.connect(lambda: self.use_wanted.emit(line.team))
        forget.clicked.connect(lambda: self.forget_wanted.emit(line.team))
        for column, part in enumerate((box, label, mark, said, use, forget)):
            self._grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignVCenter)
        return line

    def _label(self, line: _Line, at: int) -> None:
        self.labelled.emit(line.team, ENVIRONMENTS[at])

    @property
    def chosen(self) -> tuple[KnownTeam, ...]:
        """The teams it would go to now; never one in which it is registered already."""
        return tuple(line.team for line in self.lines if line.box.isChecked() and not line.registered)

    def _look(self) -> None:
        count = len(self.chosen)
        production = [line.team.name for line in self.lines if line.box.isChecked() and self._is_production(line)]
        why = self._why_not or ("" if count else "Choose at least one team.")
        teams = "1 team" if count == 1 else f"{count} teams"
        words = f"Register in {teams}" if count else "Register"
        self.register.setText("Cancel" if self._busy else f"{words}, production too" if production else words)
        self.register.setAccessibleName(self.register.text())
        self.register.setEnabled(self._busy or not why)
        basic.set_tip(self.register, "" if self._busy else why)
        if not self._busy:
            live = f"Production: {', '.join(map(quoted, production))}." if production else ""
            self.note.setText(why or live)

    def _is_production(self, line: _Line) -> bool:
        return not line.registered and ENVIRONMENTS[line.label.currentIndex()] == "production"

    # --- at work

    def _start(self) -> None:
        if self._busy:
            self.stopped.emit()
        else:
            self.wanted.emit(self.chosen)

    def set_busy(self, on: bool) -> None:
        """It is being sent; Register is Cancel meanwhile."""
        self._busy = on
        for line in self.lines:
            for part in (line.box, line.label, line.use, line.forget):
                part.setEnabled(not on and not (part is line.box and line.registered))
        self.note.setText("Sending. Cancel does not undo what was already sent." if on else "")
        self._look()

    def set_running(self, slug: str) -> None:
        """It is being sent to this team."""
        self._set(slug, "running", "Sending…")

    def set_outcome(self, slug: str, outcome: RegisterOutcome) -> None:
        """How it ended in one team."""
        good = outcome.kind == "registered"
        mark = "ok" if good else "warn" if outcome.kind in MAYBE_ARRIVED else "bad"
        self._set(slug, mark, " ".join(filter(None, (outcome.sentence, *outcome.errors, outcome.todo))))
        line = self._find(slug)
        if line is not None and good:
            line.registered = True
            line.box.setChecked(False)

    def set_failed(self, slug: str, sentence: str) -> None:
        """Nothing was sent to one team, and why."""
        self._set(slug, "bad", sentence)

    def set_unknown(self, slug: str) -> None:
        """The app no longer waits for one team's answer."""
        self._set(slug, "warn", "Canceled: it may have arrived. Look in V7 before you send it again.")

    def _set(self, slug: str, mark: str, text: str) -> None:
        line = self._find(slug)
        if line is not None:
            line.mark.set_outcome(mark)
            line.said.setText(text)

    def _find(self, slug: str) -> _Line | None:
        return next((line for line in self.lines if line.team.slug == slug), None)

    def reject(self) -> None:
        """Closes; what is under way is no longer waited for."""
        if self._busy:
            self.stopped.emit()
        super().reject()
