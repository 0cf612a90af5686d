"""The services of one run of the app, joined into what the window may ask for. Heavy modules come when first needed."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from byom_gui.app.filing import Filing
from byom_gui.app.history import ledger_backend
from byom_gui.app.teams import teams_backend
from byom_gui.core.cancel import CancelToken
from byom_gui.core.consent import origins_of
from byom_gui.core.endpoint import Endpoint, Origin, SecretRef, parse_address
from byom_gui.core.errors import FileError, ImageError, InputError
from byom_gui.core.image import ImageRef, ImageSource, Raster
from byom_gui.core.project import Project, Settings
from byom_gui.core.registration import Registration
from byom_gui.ui.backend import Backend, ConsentBackend, ImageBackend, Practice, SecretBackend, ServerBackend, V7Backend

if TYPE_CHECKING:
    from byom_gui.core.capacity import Capacity, Level, Step
    from byom_gui.core.class_mapping import MakingReport, NewClass
    from byom_gui.core.classes import ClassList
    from byom_gui.core.diagnosis import Answered
    from byom_gui.core.file_kinds import LeftOut
    from byom_gui.core.ledger import Entry
    from byom_gui.core.observations import ClassesObservation, PingReport, Stage
    from byom_gui.core.profile import RegisterRequest
    from byom_gui.core.registering import RegisterOutcome, TeamClass, TeamInfo
    from byom_gui.core.report import CheckReport
    from byom_gui.sandbox.practice import Practice as PracticeServers
    from byom_gui.services.consents import Consents
    from byom_gui.services.image_run import ImageRun
    from byom_gui.services.kept_answers import KeptAnswers
    from byom_gui.services.model_server import ModelServer
    from byom_gui.services.secrets import SecretStore
    from byom_gui.services.v7 import V7

PRACTICE_NAME = "practice-model"

_log = logging.getLogger(__name__)


class World:
    """Holds the keyring's store, the model server's client and, in practice, the built-in servers.

    Args:
        environ: the process's environment.
        secrets: where secrets are kept; the system's keyring where not given.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ, secrets: SecretStore | None = None) -> None:
        self._environ = environ
        self._given_secrets = secrets
        self._practice: PracticeServers | None = None
        self._practice_host: Origin | None = None
        self.files = Filing()

    @cached_property
    def secrets(self) -> SecretStore:
        """Where secrets are kept."""
        from byom_gui.services.secrets import WINDOW_SECONDS, Patience, SecretStore

        if self._given_secrets is not None:
            return self._given_secrets
        try:
            patience = Patience.of(self._environ, WINDOW_SECONDS)
        except InputError as error:
            _log.warning("%s", error.sentence)
            patience = Patience(limit=WINDOW_SECONDS)
        return SecretStore(patience=patience)

    def _hear_keyring(self, heard: Callable[[bool], None]) -> None:
        self.secrets.on_waiting = heard

    @cached_property
    def server(self) -> ModelServer:
        """The client of the model server."""
        from byom_gui.services.model_server import ModelServer

        return ModelServer(self.secrets.get, permitted=self.consents.permitted)

    @cached_property
    def consents(self) -> Consents:
        """What the user agreed to of project files."""
        from byom_gui.services.consents import Consents

        return Consents()

    def backend(self) -> Backend:
        """All of it as plain callables."""
        return Backend(
            ServerBackend(
                self._ping,
                self._infer,
                self._start_run,
                self._classes,
                planned_calls,
                self._check,
                self._measure,
                self._kept,
                lambda: self._answers.size(),
                lambda: self._answers.clear(),
            ),
            ImageBackend(self._read, _raster, _expand, self.files.keep_pasted),
            SecretBackend(
                lambda ref, value: self.secrets.set(ref, value),
                lambda ref: self.secrets.forget(ref),
                lambda ref: self.secrets.place(ref),
                lambda ref: self.secrets.get(ref),
                lambda ref, value: self.secrets.hold(ref, value),
                self._hear_keyring,
                lambda: self.secrets.unreadable,
                lambda: self.secrets.skip(),
                lambda: self.secrets.retry(),
            ),
            self._v7_backend(),
            self.files.backend(self._read),
            ledger_backend(lambda: self.server, lambda origin, settings: self.consents.agreed_part(origin, settings)),
            teams_backend(self),
            self.start_practice,
            self.end_practice,
            sample_paths,
            self._consent_backend(),
            _interfaces,
            _log_folder,
            warm_up,
        )

    def _consent_backend(self) -> ConsentBackend:
        return ConsentBackend(
            lambda endpoint, settings: self.consents.look(origins_of(endpoint), settings),
            lambda endpoint, requests: self.consents.agree(
                origins_of(endpoint), requests, remember=not self.practising
            ),
            lambda endpoint, requests: self.consents.ignore(origins_of(endpoint), requests),
        )

    # --- the model server

    def _ping(
        self, endpoint: Endpoint, settings: Settings, cancel: CancelToken, on_stage: Callable[[Stage], None]
    ) -> PingReport:
        from byom_gui.services.images import small_sample

        report = self.server.ping(endpoint, settings, small_sample(), cancel, on_stage)
        stopped = next((stage.name for stage in report.stages if stage.outcome == "failed"), "")
        _log.info("ping %s: %s", endpoint.origin, f"stopped at {stopped}" if stopped else "passed")
        return report

    def _infer(
        self, endpoint: Endpoint, settings: Settings, ref: ImageRef, source: ImageSource, cancel: CancelToken
    ) -> Answered:
        from byom_gui.services.kept_answers import key_of
        from byom_gui.services.previewing import infer_image

        settings = self.consents.permitted(endpoint.origin, settings)
        address = ref.place if ref.kind == "url" else ""
        answered = infer_image(self.server, endpoint, settings, source, cancel, address)
        if self._keeps(settings) and answered.good and answered.call.purpose == "infer":
            self._answers.put(key_of(endpoint, settings, source), answered.call)
        return answered

    def _start_run(self, endpoint: Endpoint, settings: Settings) -> ImageRun:
        from byom_gui.services.image_run import start_run

        return start_run(self.server, endpoint, self.consents.permitted(endpoint.origin, settings))

    def _measure(
        self,
        endpoint: Endpoint,
        settings: Settings,
        refs: Sequence[ImageRef],
        steps: Sequence[Step],
        cancel: CancelToken,
        on_progress: Callable[[int, int, str], None],
        on_level: Callable[[Level], None],
    ) -> Capacity:
        from byom_gui.services.checkup import sample_images
        from byom_gui.services.measuring import Target, measure

        settings = self.consents.permitted(endpoint.origin, settings)
        sources: list[ImageSource] = []
        for ref in refs:
            with contextlib.suppress(ImageError):  # its row in the strip says why; the rest goes on
                sources.append(self._read_pixels(ref, settings, cancel))
        if refs and not sources:
            raise InputError("None of these images can be read. Each row shows the reason.")
        sources = sources or sample_images()
        return measure(Target(self.server, endpoint, settings, sources), steps, cancel, on_progress, on_level)

    @cached_property
    def _answers(self) -> KeptAnswers:
        from byom_gui.services.kept_answers import KeptAnswers

        return KeptAnswers()

    def _keeps(self, settings: Settings) -> bool:
        """Practice leaves nothing behind."""
        return settings.keep_answers and self._practice is None

    def _kept(self, endpoint: Endpoint, settings: Settings, source: ImageSource) -> Answered | None:
        from byom_gui.core.diagnosis import read_call
        from byom_gui.services.kept_answers import key_of

        call = self._answers.get(key_of(endpoint, settings, source)) if self._keeps(settings) else None
        return read_call(call) if call is not None else None

    def _classes(self, endpoint: Endpoint, settings: Settings, cancel: CancelToken) -> ClassesObservation:
        return self.server.classes(endpoint, settings, cancel)

    def _check(
        self,
        endpoint: Endpoint,
        settings: Settings,
        refs: Sequence[ImageRef],
        classes: ClassList,
        cancel: CancelToken,
        on_progress: Callable[[int, int, str], None],
        on_cell: Callable[[str, str, str, float, int], None],
    ) -> CheckReport:
        from byom_gui.services import checkup
        from byom_gui.services.stores import save_report

        settings = self.consents.permitted(endpoint.origin, settings)
        images: list[ImageSource] = []
        for ref in refs[: checkup.MAX_IMAGES]:
            with contextlib.suppress(ImageError):  # its row in the strip says why; the rest goes on
                images.append(self._read_pixels(ref, settings, cancel))
        samples = not images
        report = checkup.run(
            endpoint,
            settings,
            images or checkup.sample_images(),
            self.server,
            listed=classes if len(classes) else None,
            quick=False,
            max_calls=checkup.MAX_CALLS,
            budget_ms=settings.budget_ms,
            image_url=next((ref.place for ref in refs if ref.kind == "url"), ""),
            cancel=cancel,
            on_progress=on_progress,
            samples=samples,
            on_cell=on_cell,
        )
        _log.info("check %s: %s, %d calls", endpoint.origin, report.verdict, report.calls)
        if settings.keep_answers:
            # A home that may not be written is no reason to lose the check that was made.
            with contextlib.suppress(FileError):
                save_report(endpoint, report.as_json())
        return report

    def _read(self, ref: ImageRef, settings: Settings, cancel: CancelToken) -> ImageSource:
        from byom_gui.services import http
        from byom_gui.services.previewing import read_ref

        settings = self.consents.for_images(settings) if ref.kind == "url" else settings
        return read_ref(ref, settings, cancel, http.send)

    def _read_pixels(self, ref: ImageRef, settings: Settings, cancel: CancelToken) -> ImageSource:
        """The same; an image with damaged pixels is refused too."""
        from byom_gui.services.images import check_pixels

        source = self._read(ref, settings, cancel)
        check_pixels(source)
        return source

    # --- V7

    def v7_host(self) -> Origin:
        """Where the V7 key goes: the stand-in in practice, else V7 or what ``DARWIN_BASE_URL`` says."""
        from byom_gui.services.v7 import v7_host

        return self._practice_host or v7_host(self._environ)

    def key_ref(self) -> SecretRef:
        """The V7 key's name in the keyring."""
        return SecretRef("v7-key", self.v7_host())

    def _v7_backend(self) -> V7Backend:
        from byom_gui.services.stores import load_profile, save_profile

        return V7Backend(
            self.v7_host,
            self.key_ref,
            self._token_info,
            self._team_classes,
            self._register,
            load_profile,
            save_profile,
            self._make_classes,
        )

    @property
    def practising(self) -> bool:
        """Whether V7 is the stand-in of practice."""
        return self._practice_host is not None

    def v7(self) -> V7:
        """V7, without a key."""
        from byom_gui.services import http
        from byom_gui.services.v7 import V7
        from byom_gui.services.wire import Options

        return V7(self.v7_host(), http.send, Options())

    def _v7(self) -> tuple[V7, str]:
        """V7 and the key for it. One host for both: practice may end meanwhile, and a key goes to no other host."""
        v7 = self.v7()
        key = self.secrets.get(SecretRef("v7-key", v7.host))
        if not key and self.secrets.unreadable:
            raise InputError(
                f"The V7 key could not be read: {self.secrets.unreadable}. Unlock your keyring and try again, or enter "
                "the key under Team for this session.",
                where="key",
            )
        if not key:
            raise InputError("There is no V7 key yet. Add one under Team.", where="key")
        return v7, key

    def _token_info(self, cancel: CancelToken) -> TeamInfo:
        v7, key = self._v7()
        return v7.token_info(key, cancel)

    def _team_classes(self, team: TeamInfo, cancel: CancelToken) -> tuple[TeamClass, ...]:
        v7, key = self._v7()
        return v7.team_classes(key, team.slug, cancel)

    def _make_classes(
        self,
        team: TeamInfo,
        wanted: Sequence[NewClass],
        cancel: CancelToken,
        on_progress: Callable[[int, int, str], None],
    ) -> MakingReport:
        from byom_gui.services.class_making import make_missing

        v7, key = self._v7()
        return make_missing(v7, key, team.slug, wanted, cancel, on_progress)

    def _register(self, request: RegisterRequest, entry: Entry | None, cancel: CancelToken) -> RegisterOutcome:
        from byom_gui.services.submission import submit

        started = time.time()
        v7, key = self._v7()

        def send() -> RegisterOutcome:
            return v7.register(request, self.secrets.get, key, cancel)

        outcome = send() if entry is None else submit(entry, send, started)
        _log.info("register at %s: %s", self.v7_host(), outcome.kind)
        return outcome

    # --- practice

    def start_practice(self) -> Practice:
        """Starts the built-in model and the V7 stand-in; the stand-in's key is held for this session only."""
        from byom_gui.sandbox.practice import Practice as PracticeServers

        self.end_practice()
        self._practice = PracticeServers()
        facts = self._practice.start()
        self._practice_host = parse_address(facts.v7_url).address.origin
        self.secrets.hold(self.key_ref(), facts.v7_key)
        endpoint = Endpoint(parse_address(facts.endpoint_url).address)
        refs = tuple(
            ImageRef(f"sample-{number}", "file", str(path), path.name) for number, path in enumerate(sample_paths())
        )
        project = Project(Registration(PRACTICE_NAME, endpoint), refs)
        return Practice(project, self._practice_host)

    def end_practice(self) -> None:
        """Stops them; V7 is V7 again."""
        practice, self._practice, self._practice_host = self._practice, None, None
        if practice is not None:
            practice.stop()

    def close(self) -> None:
        """Ends what runs."""
        self.end_practice()
        self.files.close()


def planned_calls(endpoint: Endpoint, settings: Settings, images: int) -> int:
    """How many calls a whole check makes with this many images; the samples are sent where there are none."""
    from byom_gui.services import check_plan

    count = min(images, check_plan.MAX_IMAGES) or len(sample_paths())
    return check_plan.plan(endpoint, settings, count).calls


def warm_up() -> None:
    """Imports what the window needs at its first endpoint: 30 to 80 ms that it does not have."""
    from byom_gui.services import check_plan, previewing, resources  # noqa: F401


def sample_paths() -> tuple[Path, ...]:
    """The built-in sample pictures."""
    from byom_gui.services import resources

    found = [p for p in resources.path("samples").iterdir() if p.suffix in (".png", ".jpg", ".jpeg")]
    # The fields of nuclei first: they show the most at a glance.
    return tuple(sorted(found, key=lambda path: (not path.name.startswith("nuclei"), path.name)))


def _interfaces() -> tuple[tuple[str, str], ...]:
    from byom_gui.services.interfaces import interfaces

    return interfaces()


def _log_folder() -> Path:
    from byom_gui.services.log import log_folder

    return log_folder()


def _raster(source: ImageSource, max_side: int | None) -> Raster:
    from byom_gui.services import images

    return images.raster(source, max_side)


def _expand(paths: Sequence[Path], left_out: LeftOut, cancel: CancelToken) -> Iterator[Path]:
    from byom_gui.services import images

    return images.expand(paths, left_out=left_out, cancel=cancel)
