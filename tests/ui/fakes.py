"""A backend of plain functions, for tests of the window that need no server. Refuses nothing, reaches nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from byom_gui.app.filing import export_json, export_predictions, export_text, read_text, write_server
from byom_gui.core.cancel import CancelToken
from byom_gui.core.capacity import Capacity, Level, Step
from byom_gui.core.class_mapping import MakingReport, NewClass
from byom_gui.core.classes import ClassList
from byom_gui.core.consent import origins_of
from byom_gui.core.contract import read_classes
from byom_gui.core.diagnosis import Answered, diagnose, read_call
from byom_gui.core.endpoint import Endpoint, Origin, SecretPlace, SecretRef, parse_address
from byom_gui.core.errors import ImageError, InputError
from byom_gui.core.file_kinds import LeftOut
from byom_gui.core.image import ImageRef, ImageSource, Raster
from byom_gui.core.ledger import Entry, Outcome, Since, compare_classes, golden_of, latest, now, unsettled
from byom_gui.core.observations import (
    PING_STAGES,
    Call,
    ClassesObservation,
    Observations,
    PingReport,
    Purpose,
    Reply,
    SentRequest,
    Stage,
)
from byom_gui.core.preview import Preview
from byom_gui.core.profile import ApiProfile, RegisterRequest, default_profile
from byom_gui.core.project import Project, Settings
from byom_gui.core.registering import MAYBE_ARRIVED, RegisterOutcome, TeamClass, TeamInfo, outcome_of
from byom_gui.core.registration import Registration
from byom_gui.core.report import CheckReport
from byom_gui.core.teams import Environment, KnownTeam, drop, label, put
from byom_gui.services.consents import Consents
from byom_gui.services.image_run import ImageRun
from byom_gui.ui.backend import (
    Backend,
    ConsentBackend,
    FileBackend,
    ImageBackend,
    LedgerBackend,
    Practice,
    Recovered,
    SecretBackend,
    ServerBackend,
    TeamsBackend,
    V7Backend,
)

ADDRESS = "http://127.0.0.1:9/api/infer"
V7_HOST = Origin("https", "v7.example", 443)
KEEP = SecretPlace("session", "this session only", "this is a test")

RESULTS: list[dict[str, Any]] = [
    {"name": "nucleus", "label": "nucleus", "confidence": 0.9, "bounding_box": {"x": 10, "y": 10, "w": 40, "h": 30}},
    {"name": "nucleus", "label": "nucleus", "confidence": 0.4, "bounding_box": {"x": 60, "y": 40, "w": 20, "h": 30}},
    {"name": "field", "label": "field", "confidence": 0.97, "tag": {}},
]
CLASSES = [{"name": "nucleus", "type": "bounding_box"}, {"name": "field", "type": "tag"}]


def answer(results: list[dict[str, Any]] | None = None) -> bytes:
    """A sound answer's bytes."""
    return json.dumps({"status": "succeeded", "results": RESULTS if results is None else results}).encode()


def call(purpose: Purpose, body: bytes, status: int = 200, name: str = "") -> Call:
    """A call that was answered."""
    request = SentRequest("POST", ADDRESS, (("Content-Type", "application/json"),), "{}", 2, "curl")
    reply = Reply(status, (("content-type", "application/json"),), body)
    return Call(purpose, request, reply, None, 12.0, datetime.now(UTC), name, 100, 80, way="base64")


@dataclass
class World:
    """What the fake backend answers; tests change it before or while the window works."""

    body: bytes = field(default_factory=answer)
    classes: bytes = field(default_factory=lambda: json.dumps(CLASSES).encode())
    bad_images: set[str] = field(default_factory=set)
    gate: Callable[[CancelToken], None] = lambda _: None
    """Called within each slow call, so that a test can hold it up."""
    before_secret: Callable[[], object] = lambda: None
    """Called before a secret is kept, so that a test can hold the keyring up."""
    secrets: dict[SecretRef, str] = field(default_factory=dict)
    in_memory: dict[SecretRef, str] = field(default_factory=dict)
    registered: list[RegisterRequest] = field(default_factory=list)
    status: int = 201
    statuses: list[int] = field(default_factory=list)
    """Of the next answers to images; 200 after them."""
    files: dict[Path, Project] = field(default_factory=dict)
    exported: dict[Path, Project] = field(default_factory=dict)
    autosaved: list[Project] = field(default_factory=list)
    left: tuple[Recovered, ...] = ()
    recent: list[Path] = field(default_factory=list)
    profile: ApiProfile = field(default_factory=default_profile)
    samples: tuple[Path, ...] = ()
    tried: tuple[Call, ...] = ()
    """Calls of a check's grid of inputs."""
    teams: tuple[KnownTeam, ...] = ()
    keyless: set[str] = field(default_factory=set)
    team_status: dict[str, int] = field(default_factory=dict)
    registered_in: list[str] = field(default_factory=list)
    ledger: list[Entry] = field(default_factory=list)
    team_classes: list[TeamClass] = field(default_factory=lambda: [TeamClass("nucleus", ("bounding_box",))])
    reports: list[tuple[Path, CheckReport]] = field(default_factory=list)
    consents: Consents = field(default_factory=lambda: Consents(Path("/nowhere")))
    """For the session alone: the folder is not there."""

    def ping(
        self, endpoint: Endpoint, settings: Settings, cancel: CancelToken, on_stage: Callable[[Stage], None]
    ) -> PingReport:
        self.gate(cancel)
        cancel.raise_if_cancelled()
        stages = tuple(Stage(name, "skipped" if name == "tls" else "passed", 1.0) for name in PING_STAGES)
        for stage in stages:
            on_stage(stage)
        return PingReport(endpoint, stages, call("ping", self.body), None, ("127.0.0.1",), datetime.now(UTC), cold=True)

    def infer(
        self, endpoint: Endpoint, settings: Settings, ref: ImageRef, source: ImageSource, cancel: CancelToken
    ) -> Answered:
        self.gate(cancel)
        cancel.raise_if_cancelled()
        return read_call(call("infer", self.body, self.statuses.pop(0) if self.statuses else 200, name=ref.name))

    def answer_sample(self, cancel: CancelToken) -> Answered:
        """Whether the server is still there."""
        self.gate(cancel)
        cancel.raise_if_cancelled()
        return read_call(call("infer", self.body))

    def fetch(self, endpoint: Endpoint, settings: Settings, cancel: CancelToken) -> ClassesObservation:
        return ClassesObservation(endpoint.classes_guess, call("classes", self.classes))

    def read(self, ref: ImageRef, settings: Settings, cancel: CancelToken) -> ImageSource:
        if ref.name in self.bad_images:
            raise ImageError("File ends early")
        return ImageSource(ref.name, b"image", "image/png", 100, 80)

    def expand(self, paths: Sequence[Path], left_out: LeftOut, cancel: CancelToken) -> Any:
        return iter(paths)

    def set_secret(self, ref: SecretRef, value: str) -> SecretPlace:
        self.before_secret()
        self.secrets[ref] = value
        return KEEP

    def hold(self, ref: SecretRef, value: str) -> None:
        self.in_memory[ref] = value

    def forget(self, ref: SecretRef) -> None:
        self.secrets.pop(ref, None)

    def place(self, ref: SecretRef) -> SecretPlace:
        return KEEP if ref in self.secrets else SecretPlace("none", "not kept")

    def register(self, request: RegisterRequest, entry: Entry | None, cancel: CancelToken) -> RegisterOutcome:
        return self.send(entry, lambda: self.answer_to(request, cancel))

    def answer_to(self, request: RegisterRequest, cancel: CancelToken) -> RegisterOutcome:
        self.gate(cancel)
        cancel.raise_if_cancelled()
        self.registered.append(request)
        return outcome_of(self.status, b"{}", None, request.masked())

    def send(self, entry: Entry | None, send: Callable[[], RegisterOutcome]) -> RegisterOutcome:
        """As ``services.submission`` does it, in memory."""
        if entry is None:
            return send()
        last = latest(self.ledger, entry)
        if last is not None and last.outcome == "unknown":
            raise unsettled(last)
        kept = replace(entry, id=f"e{len(self.ledger)}")
        self.ledger.insert(0, kept)
        outcome = send()
        self.ledger.remove(kept)
        if outcome.kind in ("registered", *MAYBE_ARRIVED):
            known: Outcome = "registered" if outcome.kind == "registered" else "unknown"
            self.ledger.insert(0, replace(kept, outcome=known))
        return outcome

    def make_classes(
        self, team: TeamInfo, wanted: Sequence[NewClass], cancel: CancelToken, tell: Callable[[int, int, str], None]
    ) -> MakingReport:
        for done, each in enumerate(wanted):
            tell(done, len(wanted), f"Making “{each.name}”")
            self.gate(cancel)
            cancel.raise_if_cancelled()
            self.team_classes.append(TeamClass(each.name, (each.type,)))
        return MakingReport(tuple(each.name for each in wanted))

    def remember(self, team: TeamInfo) -> None:
        self.teams = put(self.teams, KnownTeam(str(V7_HOST), team.slug, team.name))

    def set_label(self, team: KnownTeam, environment: Environment) -> None:
        self.teams = label(self.teams, team.host, team.slug, environment)

    def forget_team(self, team: KnownTeam) -> None:
        self.teams = drop(self.teams, team.host, team.slug)

    def register_in(
        self, team: KnownTeam, registration: Registration, profile: ApiProfile, cancel: CancelToken
    ) -> RegisterOutcome:
        if team.slug in self.keyless:
            raise InputError("The key is no longer kept.")
        entry = Entry(now(), team.host, team.slug, team.name, "unknown", registration)
        return self.send(entry, lambda: self.sent_in(team, cancel))

    def sent_in(self, team: KnownTeam, cancel: CancelToken) -> RegisterOutcome:
        self.gate(cancel)
        cancel.raise_if_cancelled()
        self.registered_in.append(team.slug)
        return outcome_of(self.team_status.get(team.slug, 201), b"{}", None, None)

    def measure(
        self,
        endpoint: Endpoint,
        settings: Settings,
        refs: Sequence[ImageRef],
        steps: Sequence[Step],
        cancel: CancelToken,
        on_progress: Callable[[int, int, str], None],
        on_level: Callable[[Level], None],
    ) -> Capacity:
        levels = []
        for at, step in enumerate(steps):
            on_progress(at, len(steps), f"{step.at_once} at once")
            self.gate(cancel)
            cancel.raise_if_cancelled()
            levels.append(Level(step.at_once, step.calls, (), 10.0, 20.0, 30.0, 50.0 * min(step.at_once, 4)))
            on_level(levels[-1])
        return Capacity(tuple(levels))

    def keep(self, entry: Entry, previews: Iterable[Preview]) -> None:
        golden = tuple(golden_of(p.ref.name, p.ref.place, "ab" * 32, p.predictions) for p in previews if p.answered)
        found = latest(self.ledger, entry)
        assert found is not None
        self.ledger[self.ledger.index(found)] = replace(found, golden=golden)

    def settle(self, entry: Entry, there: bool) -> None:
        found = latest(self.ledger, entry)
        if found is not None and found.outcome == "unknown":
            at = self.ledger.index(found)
            self.ledger[at : at + 1] = [replace(found, outcome="registered")] if there else []

    def drop(self, id_: str) -> None:
        self.ledger[:] = [each for each in self.ledger if each.id != id_]

    def since(self, entry: Entry, settings: Settings, cancel: CancelToken, tell: Callable[[int, int], None]) -> Since:
        tell(0, 2)
        self.gate(cancel)
        cancel.raise_if_cancelled()
        now = read_classes(self.classes).entries
        return Since(compare_classes(entry.classes, now), same=len(entry.golden))

    def save(self, path: Path, project: Project) -> None:
        self.files[path] = project

    def export(self, path: Path, project: Project, report: object) -> None:
        self.exported[path] = project

    def keep_profile(self, profile: ApiProfile) -> None:
        self.profile = profile

    def practice(self) -> Practice:
        endpoint = Endpoint(parse_address(ADDRESS).address)
        return Practice(Project(Registration("practice-model", endpoint)), V7_HOST)

    def check(
        self,
        endpoint: Endpoint,
        settings: Settings,
        refs: Sequence[ImageRef],
        classes: ClassList,
        cancel: CancelToken,
        on_progress: Callable[[int, int, str], None],
        on_cell: Callable[[str, str, str, float, int], None],
    ) -> CheckReport:
        """A ping, the inputs of ``tried``, and a judgement of them."""
        on_progress(1, 1 + len(self.tried), "Ping")
        for done, each in enumerate(self.tried, start=2):
            on_progress(done, 1 + len(self.tried), f"{each.kind} by {each.way}")
            status = each.reply.status if each.reply else 0
            on_cell(str(each.way), each.kind, "works" if status == 200 else "fails", each.milliseconds, status)
        self.gate(cancel)
        cancel.raise_if_cancelled()
        calls = (call("ping", self.body), *self.tried)
        answered = tuple(read_call(each) for each in calls)
        observations = Observations(endpoint, None, calls)
        found = diagnose(observations, answered, classes)
        return CheckReport(observations, answered, found, (), {"count": 1.0}, "not-ready", len(calls))

    def backend(self) -> Backend:
        """As the window wants it."""
        return Backend(
            ServerBackend(
                self.ping,
                self.infer,
                lambda endpoint, settings: ImageRun(self.answer_sample),
                self.fetch,
                lambda endpoint, settings, images: 12 + images,
                self.check,
                self.measure,
            ),
            ImageBackend(self.read, raster, self.expand, lambda data: Path("/pasted.png")),
            SecretBackend(self.set_secret, self.forget, self.place, lambda ref: self.secrets.get(ref), self.hold),
            V7Backend(
                lambda: V7_HOST,
                lambda: SecretRef("v7-key", V7_HOST),
                lambda cancel: TeamInfo(4182, "acme", "Acme"),
                lambda team, cancel: tuple(self.team_classes),
                self.register,
                lambda: self.profile,
                self.keep_profile,
                self.make_classes,
            ),
            FileBackend(
                lambda path: self.files[path],
                self.save,
                self.export,
                lambda project, path: self.autosaved.append(project),
                self.autosaved.clear,
                lambda: self.left,
                lambda item: (self.autosaved[-1], item.path),
                lambda item: None,
                lambda: tuple(self.recent),
                self.recent.append,
                self.recent.clear,
                lambda path, report, refs, settings, cancel: self.reports.append((path, report)),
                export_predictions,
                export_text,
                export_json,
                write_server,
                read_text,
            ),
            LedgerBackend(self.keep, self.settle, lambda: (tuple(self.ledger), 0), self.drop, self.since),
            TeamsBackend(
                lambda: self.teams,
                self.remember,
                self.set_label,
                self.forget_team,
                lambda team: KEEP,
                lambda team: KEEP if team.slug not in self.keyless else SecretPlace("none", "not kept"),
                self.register_in,
            ),
            self.practice,
            lambda: None,
            lambda: self.samples,
            ConsentBackend(
                lambda endpoint, settings: self.consents.look(origins_of(endpoint), settings),
                lambda endpoint, requests: self.consents.agree(origins_of(endpoint), requests, remember=False),
                lambda endpoint, requests: self.consents.ignore(origins_of(endpoint), requests),
            ),
        )


def raster(source: ImageSource, side: int | None) -> Raster:
    """A grey picture."""
    return Raster(100, 80, b"\x40\x40\x40\xff" * 8000, 100, 80)
