"""The one holder of what the window shows: the project, what was observed, what is selected.

Panels never change it; the ``work`` modules do, through the methods here, and each change is told by a signal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from byom_gui.core.class_mapping import with_chosen
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.consent import SettingRequest, without
from byom_gui.core.diagnosis import Answered, Diagnosis
from byom_gui.core.endpoint import Auth, Endpoint
from byom_gui.core.history import History
from byom_gui.core.image import ImageRef
from byom_gui.core.observations import ClassesObservation, PingReport
from byom_gui.core.preview import Preview
from byom_gui.core.profile import ApiProfile
from byom_gui.core.project import Project, Registered, Settings
from byom_gui.core.registering import RegisterOutcome, TeamClass, TeamInfo

if TYPE_CHECKING:
    from byom_gui.core.report import CheckReport

ANSWERS_MS = 40
NO_DIAGNOSIS = Diagnosis((), ())
DECIDE_FIRST = "First decide, below the address, whether to use this project's connection settings."


class Session(QObject):
    """Lives in the GUI thread."""

    project_replaced = Signal()
    endpoint_changed = Signal()
    name_changed = Signal()
    settings_changed = Signal()
    classes_changed = Signal()
    images_changed = Signal()
    preview_changed = Signal(object)
    current_changed = Signal()
    selection_changed = Signal()
    observed_changed = Signal()
    diagnosis_changed = Signal()
    team_changed = Signal()
    mapping_changed = Signal()
    outcome_changed = Signal()
    saved_changed = Signal()
    profile_changed = Signal()

    def __init__(self, profile: ApiProfile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.profile = profile
        # Answers come in bursts; what follows from them is looked at once for all that came meanwhile.
        self._answers_came = QTimer(self, interval=ANSWERS_MS, singleShot=True)
        self._answers_came.timeout.connect(self.observed_changed)
        self._clear()

    def _clear(self) -> None:
        self.project = Project()
        self.path: Path | None = None
        self.dirty = False
        self.practice = False
        self.history: History[ClassList] = History(ClassList())
        self.previews: dict[str, Preview] = {}
        self.current_id = ""
        self.selection: int | None = None
        self.team: TeamInfo | None = None
        self.team_classes: tuple[TeamClass, ...] | None = None
        self.left_out: tuple[SettingRequest, ...] = ()
        self.undecided = False
        self.from_file: frozenset[str] = frozenset()
        """Images by address that came with the project's file; none is fetched until the user asks for it."""
        self._clear_observed()

    def _clear_observed(self) -> None:
        self.ping: PingReport | None = None
        self.served: ClassesObservation | None = None
        self.served_entries: tuple[ClassEntry, ...] | None = None
        self.check: CheckReport | None = None
        self.check_answers: tuple[Answered, ...] = ()
        self.diagnosis = NO_DIAGNOSIS
        self.outcome: RegisterOutcome | None = None

    # --- the project as a whole

    @property
    def endpoint(self) -> Endpoint | None:
        """The endpoint, once there is one."""
        return self.project.registration.endpoint

    @property
    def classes(self) -> ClassList:
        """The class list to register."""
        return self.project.registration.classes

    @property
    def settings(self) -> Settings:
        """How to call and how to show."""
        return self.project.settings

    @property
    def in_force(self) -> Settings:
        """The settings without those of the project file that the user has not agreed to."""
        return without(self.settings, self.left_out)

    def set_left_out(self, requests: tuple[SettingRequest, ...], *, undecided: bool) -> None:
        """What of the settings is not used, and whether the user has yet to decide: until then nothing is sent."""
        before, self.left_out, self.undecided = self.left_out, requests, undecided
        if requests != before:
            self.settings_changed.emit()

    def replace_project(self, project: Project, path: Path | None, *, practice: bool = False) -> None:
        """Puts another project in place of this one; nothing is sent anywhere by that."""
        self._clear()
        self.project, self.path, self.practice = project, path, practice
        self.history = History(project.registration.classes)
        self.previews = {ref.id: Preview(ref) for ref in project.images}
        self.from_file = frozenset(ref.id for ref in project.images if ref.kind == "url")
        self.current_id = next(iter(self.previews), "")
        self.project_replaced.emit()
        self.saved_changed.emit()

    def _change(self, project: Project) -> None:
        if project != self.project:
            self.project = project
            self.dirty = True
            self.saved_changed.emit()

    def mark_saved(self, path: Path) -> None:
        """The project as it is now is on disk."""
        self.path, self.dirty = path, False
        self.saved_changed.emit()

    # --- endpoint, name, settings

    def set_endpoint(self, endpoint: Endpoint | None) -> None:
        """A new endpoint: what was observed of the old one no longer holds."""
        if endpoint == self.endpoint:
            return
        # A reason to register all the same was given for what the old endpoint did.
        settings = replace(self.settings, override_reason="")
        registration = replace(self.project.registration, endpoint=endpoint)
        self._change(replace(self.project, registration=registration, settings=settings))
        self.forget_observed()
        self.endpoint_changed.emit()

    def forget_observed(self) -> None:
        """Drops answers, ping and findings: they belong to another endpoint or other credentials."""
        self._clear_observed()
        self.previews = {key: Preview(p.ref, width=p.width, height=p.height) for key, p in self.previews.items()}
        self.selection = None
        self.images_changed.emit()
        self.observed_changed.emit()
        self.outcome_changed.emit()

    def set_auth(self, auth: Auth) -> None:
        """Changes how the endpoint is addressed."""
        if self.endpoint is not None:
            self.set_endpoint(replace(self.endpoint, auth=auth))

    def set_name(self, name: str) -> None:
        """The model's name in V7."""
        if name != self.project.registration.name:
            self._change(replace(self.project, registration=replace(self.project.registration, name=name)))
            self.name_changed.emit()

    def set_settings(self, settings: Settings) -> None:
        """Settings of this project."""
        if settings != self.settings:
            self._change(replace(self.project, settings=settings))
            self.settings_changed.emit()

    def note_registered(self, registered: Registered) -> None:
        """Keeps in the project what was registered, so that the next time shows what is new."""
        self._change(replace(self.project, registered=(*self.project.registered, registered)))

    # --- classes

    def _put_classes(self, classes: ClassList) -> None:
        self._change(replace(self.project, registration=replace(self.project.registration, classes=classes)))
        self.classes_changed.emit()

    def edit_classes(self, label: str, classes: ClassList) -> None:
        """One undoable step."""
        if classes != self.classes:
            self.history = self.history.push(label, classes)
            self._put_classes(classes)

    def undo(self) -> None:
        """Takes the last step on the classes back."""
        if self.history.undo_label is not None:
            self.history = self.history.undo()
            self._put_classes(self.history.value)

    def redo(self) -> None:
        """Does it again."""
        if self.history.redo_label is not None:
            self.history = self.history.redo()
            self._put_classes(self.history.value)

    # --- images and answers

    def add_images(self, refs: Sequence[ImageRef]) -> None:
        """Adds images at the end of the strip."""
        if not refs:
            return
        for ref in refs:
            self.previews[ref.id] = Preview(ref)
        self._change(replace(self.project, images=(*self.project.images, *refs)))
        if not self.current_id:
            self.current_id = refs[0].id
            self.current_changed.emit()
        self.images_changed.emit()

    def remove_images(self, ids: Iterable[str]) -> None:
        """Takes images out; their answers no longer count."""
        gone = set(ids) & self.previews.keys()
        order = list(self.previews)
        at = order.index(self.current_id) if self.current_id in gone else -1
        for key in gone:
            del self.previews[key]
        self._change(replace(self.project, images=tuple(r for r in self.project.images if r.id not in gone)))
        if at >= 0:
            rest = [key for key in order[at:] if key not in gone] or [k for k in reversed(order[:at]) if k not in gone]
            self.set_current(rest[0] if rest else "")
        self.images_changed.emit()
        self.observed_changed.emit()

    def put_preview(self, preview: Preview) -> None:
        """What is now known of one image."""
        if preview.ref.id in self.previews:
            self.previews[preview.ref.id] = preview
            if preview.ref.id == self.current_id and preview.state == "done":
                self.selection = None
            self.preview_changed.emit(preview)
            if preview.state in ("done", "failed") and not self._answers_came.isActive():
                self._answers_came.start()

    def swap_preview(self, preview: Preview) -> None:
        """The same knowledge of an image, its answer packed or whole: nothing new was observed."""
        if preview.ref.id in self.previews:
            self.previews[preview.ref.id] = preview
            self.preview_changed.emit(preview)

    @property
    def current(self) -> Preview | None:
        """The image on the canvas."""
        return self.previews.get(self.current_id)

    def set_current(self, ref_id: str) -> None:
        """Shows another image."""
        if ref_id != self.current_id:
            self.current_id = ref_id
            self.selection = None
            self.current_changed.emit()
            self.selection_changed.emit()

    def select(self, index: int | None) -> None:
        """Selects one result of the current image, by its place in ``results``."""
        if index != self.selection:
            self.selection = index
            self.selection_changed.emit()

    # --- what was observed

    def set_ping(self, report: PingReport | None) -> None:
        """The last ping."""
        self.ping = report
        self.observed_changed.emit()

    def set_served(self, observation: ClassesObservation, entries: tuple[ClassEntry, ...] | None) -> None:
        """What the classes address said; entries are None where it listed none that can be read."""
        self.served, self.served_entries = observation, entries
        self.observed_changed.emit()

    def set_check(self, report: CheckReport, answers: tuple[Answered, ...]) -> None:
        """The last whole check."""
        self.check, self.check_answers = report, answers
        self.observed_changed.emit()

    def set_diagnosis(self, diagnosis: Diagnosis) -> None:
        """What follows from all that was observed."""
        self.diagnosis = diagnosis
        self.diagnosis_changed.emit()

    def set_team(self, team: TeamInfo | None, classes: tuple[TeamClass, ...] | None = None) -> None:
        """The team of the V7 key, once it was checked, and its classes where they could be fetched."""
        self.team, self.team_classes = team, classes
        self.team_changed.emit()

    def set_class_mapping(self, host: str, slug: str, chosen: Mapping[str, str]) -> None:
        """Which class of the team each class goes to, as the user chose."""
        self._change(with_chosen(self.project, host, slug, chosen))
        self.mapping_changed.emit()

    def set_outcome(self, outcome: RegisterOutcome | None) -> None:
        """How the last registration ended."""
        self.outcome = outcome
        self.outcome_changed.emit()

    def set_profile(self, profile: ApiProfile) -> None:
        """How V7's registration call looks."""
        self.profile = profile
        self.profile_changed.emit()
