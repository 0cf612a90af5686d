"""Runs the probes of a whole check, gently, and hands back what was seen and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassList
from byom_gui.core.diagnosis import Answered, diagnose, read_call, stage_outcomes, verdict
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.findings import NotChecked
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import Call, ClassesObservation, Observations, PingReport
from byom_gui.core.project import Settings
from byom_gui.core.report import CheckReport, latency_of
from byom_gui.services import images as pictures
from byom_gui.services import resources
from byom_gui.services.image_host import ImageHost, can_reach
from byom_gui.services.model_server import ModelServer, classes_addresses

MAX_CALLS = 120
MAX_IMAGES = 20
FETCH_SECONDS = 120.0

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """How many calls a check makes at most, and how many images it sends."""

    calls: int
    images: int
    url: bool
    wrong_credentials: bool


def plan(
    endpoint: Endpoint,
    settings: Settings,
    images: int,
    *,
    quick: bool = False,
    max_calls: int = MAX_CALLS,
    image_url: str = "",
) -> CheckPlan:
    """What a check would do, before it does anything: one ping, each image once, one by url, classes, credentials."""
    url = bool(image_url) or can_reach(endpoint.origin, settings.image_host_interface)[0]
    wrong = bool(endpoint.secret_refs()) and not quick
    fixed = 1 + len(classes_addresses(endpoint)) + url + wrong
    room = max(max_calls - fixed, 0)
    count = min(1 if quick else MAX_IMAGES, images, room)
    return CheckPlan(min(fixed + count, max(max_calls, 1)), count, url, wrong)


def sample_images() -> list[ImageSource]:
    """The built-in samples."""
    folder = resources.path("samples")
    return [pictures.read_image(path) for path in sorted(folder.iterdir()) if path.suffix in (".png", ".jpg")]


def run(
    endpoint: Endpoint,
    settings: Settings,
    images: Sequence[ImageSource],
    server: ModelServer,
    *,
    listed: ClassList | None = None,
    quick: bool = False,
    max_calls: int = MAX_CALLS,
    budget_ms: float = 0.0,
    image_url: str = "",
    cancel: CancelToken | None = None,
    on_progress: Progress = lambda *_: None,
    samples: bool = False,
) -> CheckReport:
    """The whole check. At most ``max_calls`` calls; at most ``settings.concurrency`` at once.

    Args:
        images: what is sent; as many as the plan says.
        listed: the classes to register; None where there is no list.
        quick: one image only.
        budget_ms: what the 95th percentile may take; 0 for none.
        image_url: an address of an image that the server can fetch.
        samples: the images are the built-in ones.

    Raises:
        Cancelled: at once.
    """
    what = plan(endpoint, settings, len(images), quick=quick, max_calls=max_calls, image_url=image_url)
    checkup = _Checkup(endpoint, settings, server, what, cancel or CancelToken(), on_progress, samples)
    checkup.ping()
    if checkup.got_through:
        checkup.send(images[: what.images])
        checkup.send_by_url(images[:1], image_url)
        checkup.ask_classes()
        checkup.try_wrong_credentials(images[:1])
    return checkup.report(listed, budget_ms)


class _Checkup:
    """One check under way."""

    def __init__(
        self,
        endpoint: Endpoint,
        settings: Settings,
        server: ModelServer,
        what: CheckPlan,
        cancel: CancelToken,
        on_progress: Progress,
        samples: bool,
    ) -> None:
        self._endpoint, self._settings, self._server, self._plan = endpoint, settings, server, what
        self._cancel, self._on_progress, self._samples = cancel, on_progress, samples
        self._done = 0
        self._ping: PingReport | None = None
        self._classes: ClassesObservation | None = None
        self._answered: list[Answered] = []
        self._not_checked: list[NotChecked] = []

    @property
    def got_through(self) -> bool:
        """Whether there is anything behind the address that answers HTTP."""
        call = self._ping.call if self._ping else None
        return call is not None and call.reply is not None

    def _tell(self, text: str) -> None:
        self._done = min(self._done + 1, self._plan.calls)
        self._on_progress(self._done, self._plan.calls, text)

    def ping(self) -> None:
        """The staged ping, with one small picture."""
        sample = pictures.small_sample()
        self._ping = self._server.ping(self._endpoint, self._settings, sample, self._cancel, lambda _: None)
        self._tell("ping")

    def send(self, images: Sequence[ImageSource]) -> None:
        """Each image once, by base64."""
        with ThreadPoolExecutor(max(1, self._settings.concurrency)) as pool:
            pending = [pool.submit(self._one, image) for image in images]
            try:
                for image, future in zip(images, pending, strict=True):
                    self._answered.append(future.result())
                    self._tell(image.name)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _one(self, image: ImageSource) -> Answered:
        self._cancel.raise_if_cancelled()
        call = self._server.infer(self._endpoint, self._settings, image, self._cancel, sample=self._samples)
        return read_call(call)

    def send_by_url(self, images: Sequence[ImageSource], image_url: str) -> None:
        """One image by address, where the server can fetch it."""
        if not self._plan.url or not images:
            why = can_reach(self._endpoint.origin, self._settings.image_host_interface)[1]
            self._not_checked.append(NotChecked("input.url", why or "There is no image to send."))
            return
        if image_url:
            self._answered.append(read_call(self._by_url(images[0], image_url)))
        else:
            with ImageHost(self._settings.image_host_interface) as host:
                address = host.serve(images[0], FETCH_SECONDS)
                self._answered.append(read_call(self._by_url(images[0], address)))
        self._tell("the same image by url")

    def _by_url(self, image: ImageSource, address: str) -> Call:
        return self._server.infer(
            self._endpoint,
            self._settings,
            image,
            self._cancel,
            way="url",
            image_url=address,
            sample=self._samples,
        )

    def ask_classes(self) -> None:
        """The class list, at its address or the usual ones."""
        self._classes = self._server.classes(self._endpoint, self._settings, self._cancel)
        self._tell("classes")

    def try_wrong_credentials(self, images: Sequence[ImageSource]) -> None:
        """One call with wrong credentials, where any are configured: are they looked at at all?"""
        if not self._plan.wrong_credentials:
            return
        image = images[0] if images else pictures.small_sample()
        call = self._server.infer(
            self._endpoint, self._settings, image, self._cancel, purpose="wrong-credentials", sample=self._samples
        )
        self._answered.append(read_call(call))
        self._tell("wrong credentials, on purpose")

    def report(self, listed: ClassList | None, budget_ms: float) -> CheckReport:
        """All that follows from it."""
        observations = Observations(
            self._endpoint,
            self._ping,
            tuple(one.call for one in self._answered),
            self._classes,
            ca_file=bool(self._settings.ca_file),
            insecure=self._settings.insecure,
            proxy=bool(self._settings.proxy) and not self._endpoint.origin.is_loopback,
            budget_ms=budget_ms or None,
        )
        answers = tuple(self._answered)
        found = diagnose(observations, answers, listed)
        sent = [one for one in answers if one.call.purpose == "infer"]
        any_answer = any(one.answer is not None and one.answer.status == "succeeded" for one in sent)
        not_checked = {one.id: one for one in (*found.not_checked, *self._not_checked)}
        return CheckReport(
            endpoint=self._endpoint,
            verdict=verdict(found.findings, self.got_through, any_answer),
            observations=observations,
            answered=answers,
            findings=found.findings,
            not_checked=tuple(not_checked.values()),
            stages=stage_outcomes(observations, found.findings, any_answer),
            latency=latency_of([one.call for one in sent]),
            calls=self._done,
        )
