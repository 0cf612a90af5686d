"""Asks about settings of a project file that decide who can read a secret, and shows which of them are used."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from byom_gui.core.consent import (
    KINDS,
    ConsentKind,
    ConsentState,
    asked_line,
    in_force_line,
    is_plain,
    refused_interface,
    requests_of,
)
from byom_gui.core.errors import AppError
from byom_gui.ui.jobs import Job
from byom_gui.ui.panels.trust_rows import OPEN, READ
from byom_gui.ui.parts import Parts
from byom_gui.ui.session import DECIDE_FIRST
from byom_gui.ui.works import Works

LANE = "consent"


class ConsentController(QObject):
    """What the user enters in this window is agreed to by that; what comes from a file is asked about.

    The services send nothing before that either; this is so that the user sees what is asked, and where.
    """

    settled = Signal()
    """Nothing is to be decided, after something was."""

    def __init__(self, parts: Parts, works: Works, say: Callable[[str], None]) -> None:
        super().__init__(works)
        self._bar, self._rows, self._works, self._say = parts.bar, parts.bar.trust, works, say
        self._session, self._backend = works.session, works.backend.consent
        self._entered: set[ConsentKind] = set()
        self._seen = self._session.settings
        self._state: ConsentState | None = None
        self._job: Job[ConsentState] | None = None
        self._waiting = False
        works.jobs.set_width(LANE, 1)
        self._rows.use_clicked.connect(self._use)
        self._rows.ignore_clicked.connect(self._ignore)
        self._rows.decide_clicked.connect(self._decide_again)
        self._session.project_replaced.connect(self._project_replaced)
        self._session.endpoint_changed.connect(self._look)
        self._session.settings_changed.connect(self._settings_changed)

    def ready(self) -> bool:
        """Whether calls may be made; where not, ``settled`` comes once they may, and the window says why."""
        state = self._state
        if self._job is None and not (state and state.asked):
            return True
        self._waiting = True
        if state and state.asked and self._job is None:
            self._say(DECIDE_FIRST)
            self._rows.ignore_button.setFocus()
        return False

    def _project_replaced(self) -> None:
        self._entered.clear()
        self._waiting = False
        self._seen = self._session.settings
        self._look()

    def _settings_changed(self) -> None:
        """All changes but those of another project are the user's own."""
        before, self._seen = self._seen, self._session.settings
        changed = {kind for kind in KINDS if getattr(before, kind) != getattr(self._seen, kind)}
        if changed:
            self._entered |= changed
            self._look()

    def _look(self) -> None:
        """Asks what was agreed to; reading a CA file may take a moment, so beside the window."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        endpoint, settings = self._session.endpoint, self._session.settings
        if endpoint is None or is_plain(settings):
            self._landed(ConsentState((), (), settings))
            return
        self._session.undecided = True
        entered, backend = frozenset(self._entered), self._backend

        def work(_: Job[ConsentState]) -> ConsentState:
            state = backend.look(endpoint, settings)
            own = [request for request in (*state.asked, *state.ignored) if request.kind in entered]
            if own:
                backend.agree(endpoint, own)
                state = backend.look(endpoint, settings)
            return state

        self._job = self._works.jobs.run(work, self._landed, self._failed, lane=LANE)

    def _failed(self, error: AppError) -> None:
        """It could not be kept; for this session it holds, so it is only looked up again."""
        self._say(error.sentence)
        self._job = None
        self._entered.clear()
        self._look()

    def _landed(self, state: ConsentState) -> None:
        self._job = None
        self._state = state
        self._session.set_left_out((*state.asked, *state.ignored), undecided=bool(state.asked))
        self._show(state)
        if self._waiting and not state.asked:
            self._waiting = False
            self.settled.emit()

    def _show(self, state: ConsentState) -> None:
        endpoint = self._session.endpoint
        if endpoint is None:
            self._rows.set_request((), "")
            self._rows.set_in_force((), insecure=False)
            self._rows.set_ignored(())
            return
        origin, used = endpoint.origin, state.in_force
        head = OPEN if all(request.kind == "image_host_interface" for request in state.asked) else READ
        self._rows.set_request([asked_line(request, origin) for request in state.asked], str(origin), head)
        lines = [in_force_line(request, origin) for request in requests_of(used, lambda _: "")]
        self._rows.set_in_force(lines, insecure=used.insecure)
        ignored = [in_force_line(request, origin) for request in state.ignored]
        never = refused_interface(self._session.settings)
        self._rows.set_ignored([*ignored, *([never] if never else [])], may_decide=bool(state.ignored))

    def _use(self) -> None:
        self._change(self._backend.agree)

    def _ignore(self) -> None:
        self._change(self._backend.ignore)

    def _change(self, note: Callable[..., None]) -> None:
        """Notes the decision about what is shown, and no more than that."""
        endpoint, state, settings = self._session.endpoint, self._state, self._session.settings
        if endpoint is None or state is None or not state.asked or self._job is not None:
            return
        asked = state.asked
        # The buttons go; Qt would hand the focus on to whatever comes after them.
        self._bar.ping_button.setFocus()

        def work(_: Job[ConsentState]) -> ConsentState:
            note(endpoint, asked)
            return self._backend.look(endpoint, settings)

        self._job = self._works.jobs.run(work, self._landed, self._failed, lane=LANE)

    def _decide_again(self) -> None:
        state = self._state
        if state is not None:
            self._landed(ConsentState((*state.asked, *state.ignored), (), state.in_force))
