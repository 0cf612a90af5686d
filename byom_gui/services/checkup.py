"""A whole check: ping, images, both ways to send one, the class list, the credentials, and what probing learns.

The window and ``byom-gui check`` run the same. At most ``settings.concurrency`` requests are under way at once.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from urllib.parse import urlsplit

from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassList
from byom_gui.core.diagnosis import Answered, diagnose, read_call, stage_outcomes, verdict
from byom_gui.core.endpoint import Address, Endpoint
from byom_gui.core.errors import ImageError
from byom_gui.core.findings import NotChecked
from byom_gui.core.image import ImageRef, ImageSource
from byom_gui.core.observations import Call, ClassesObservation, EdgeMap, Observations, PingReport, Purpose, Stage
from byom_gui.core.project import Settings
from byom_gui.core.report import CheckReport, latency_of
from byom_gui.services import http, resources
from byom_gui.services import images as pictures
from byom_gui.services.check_plan import (
    AT_ONCE,
    CHANGED,
    CLASS_LIST,
    CREDENTIALS,
    INPUTS,
    MAX_CALLS,
    MAX_IMAGES,
    PREFIX,
    CheckPlan,
    plan,
)
from byom_gui.services.image_host import ImageHost
from byom_gui.services.model_server import ModelServer
from byom_gui.services.previewing import interface_for, read_ref
from byom_gui.services.probing import Ask, OnCell, Probing

__all__ = ["MAX_CALLS", "MAX_IMAGES", "CheckPlan", "plan", "run", "sample_images"]

_NEIGHBOURS = 4

Progress = Callable[[int, int, str], None]


def sample_images() -> list[ImageSource]:
    """The bundled sample pictures, in order of name; the drawn one where none are bundled."""
    try:
        found = [pictures.read_image(path) for path in pictures.expand([resources.path("samples")])]
    except (ImageError, OSError):
        found = []
    return found or [pictures.small_sample()]


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
    cancel: CancelToken,
    on_progress: Progress = lambda done, total, text: None,  # noqa: ARG005
    on_stage: Callable[[Stage], None] = lambda stage: None,  # noqa: ARG005
    samples: bool = False,
    on_cell: OnCell = lambda way, kind, outcome, ms, status: None,  # noqa: ARG005
    ladder: bool = False,
) -> CheckReport:
    """Makes the calls of ``plan`` and judges what came back.

    Args:
        images: what to send; with ``quick`` the first alone.
        listed: the classes to register, where there is a list.
        budget_ms: what 95 of 100 answers may take; 0 where none is given.
        image_url: the address of an image, from which the server can fetch it. It is fetched from here too, to be sent
            by base64 before all others; where that fails, its size is not known and the two ways are not compared.
        on_progress: calls made, calls planned, what was just done; from this thread only.
        samples: the images are the built-in ones.
        on_cell: fills the grid of inputs, cell by cell; from this thread only.
        ladder: the largest body is looked for also where nothing was refused as too large.

    Raises:
        Cancelled: at once when ``cancel`` is set.
        InputError: a setting or secret can not be used.
    """
    made = plan(endpoint, settings, len(images), quick=quick, max_calls=max_calls, image_url=image_url)
    check = _Check(endpoint, settings, server, made, cancel, on_progress, samples)
    check.ping(on_stage)
    if check.reached:
        remote = _fetched(image_url, settings, cancel) if made.url and image_url else None
        if remote is not None and remote.data:
            images = (remote, *(image for image in images if image.data != remote.data))
        check.images(images[: made.images])
        check.by_url(remote or next(iter(images), None), image_url)
        check.classes()
        check.credentials(images)
        check.probe(images, on_cell, ladder)
    elif check.misses_path:
        check.classes()  # it may be there although inference is elsewhere
    return check.report(listed, budget_ms)


class _Check:
    """One check on its way."""

    def __init__(
        self,
        endpoint: Endpoint,
        settings: Settings,
        server: ModelServer,
        made: CheckPlan,
        cancel: CancelToken,
        on_progress: Progress,
        samples: bool,
    ) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._server = server
        self._plan = made
        self._cancel = cancel
        self._on_progress = on_progress
        self._samples = samples
        self._ping: PingReport | None = None
        self._answered: list[Answered] = []
        self._calls: list[Call] = []
        self._classes: ClassesObservation | None = None
        self._not_checked: list[NotChecked] = []
        self._made = 0
        self._cost = 1  # what one image comes to; more where each is redirected
        self._edges: tuple[EdgeMap, ...] = ()
        self._hosted = False  # whether the server fetched an image from this app

    @property
    def reached(self) -> bool:
        """Whether the ping found a server that may judge images: no 404 or 405, and no locked door."""
        reply = self._ping.call.reply if self._ping and self._ping.call else None
        return reply is not None and reply.status not in (401, 403, 404, 405)

    @property
    def misses_path(self) -> bool:
        """Whether nothing that takes an image is at the given path, although a server is there."""
        reply = self._ping.call.reply if self._ping and self._ping.call else None
        return reply is not None and reply.status in (404, 405)

    @property
    def _class_calls(self) -> int:
        return dict(self._plan.steps).get(CLASS_LIST, 0)

    def _reserved(self) -> int:
        """The calls that are kept back for what comes after the images."""
        probes = sum(self._plan.of(step) for step in (CHANGED, PREFIX, AT_ONCE, INPUTS))
        return self._class_calls + self._cost * (self._plan.url + self._plan.of(CREDENTIALS) + probes)

    def _fits(self) -> bool:
        return self._made + self._cost <= self._plan.calls

    def _count(self, text: str, calls: int = 1) -> None:
        self._made += calls
        self._on_progress(min(self._made, self._plan.calls), self._plan.calls, text)

    def ping(self, on_stage: Callable[[Stage], None]) -> None:
        """The staged ping; after a 404 or 405 the neighbouring paths."""
        sample = pictures.small_sample()
        self._ping = self._server.ping(self._endpoint, self._settings, sample, self._cancel, on_stage)
        call = self._ping.call
        if call is None:
            self._on_progress(0, self._plan.calls, "The server could not be reached")
            return
        self._keep(call)
        self._cost = 1 + sum(redirect.followed for redirect in call.redirects)
        self._count("Ping", call.attempts * self._cost)
        if call.reply is not None and call.reply.status in (404, 405):
            self._neighbours(sample)

    def _keep(self, call: Call) -> None:
        self._calls.append(call)
        self._answered.append(read_call(call))

    def _neighbours(self, sample: ImageSource) -> None:
        for address in _neighbours(self._endpoint)[: max(self._plan.calls - self._made, 0)]:
            near = replace(self._endpoint, infer=address)
            self._keep(self._server.infer(near, self._settings, sample, self._cancel, purpose="neighbour"))
            self._count(f"Tried {address.shown}")

    def images(self, images: Sequence[ImageSource]) -> None:
        """Each image by base64, a few at a time. The answers are kept in the order of the images."""
        left = self._plan.calls - self._made - self._reserved()
        self._send([Ask(image, image.name) for image in images[: max(left // self._cost, 1)]])

    def send(self, asks: Sequence[Ask], at_once: int = 0) -> list[Answered]:
        """Sends what calls are left for, a few at a time; those by url one by one, as one image is served at a time."""
        fits = asks[: max((self._plan.calls - self._made) // self._cost, 0)]
        if not any(ask.way == "url" for ask in fits):
            return self._send(fits, at_once)
        found = []
        with ImageHost(interface_for(self._endpoint.origin, self._settings)) as host:
            for ask in fits:
                address = host.serve(ask.image) if ask.way == "url" else ""
                found.append(self._kept(self._ask(ask, self._cancel, address), ask))
        return found

    def _send(self, asks: Sequence[Ask], at_once: int = 0) -> list[Answered]:
        slots = [_Slot(ask) for ask in asks]
        waiting = deque(slots)
        stop = CancelToken()
        take_back = self._cancel.on_cancel(stop.cancel)
        try:
            for _ in range(min(at_once or max(self._settings.concurrency, 1), len(slots))):
                threading.Thread(target=self._work, args=(waiting, stop), name="byom-check", daemon=True).start()
            return [self._kept(slot.done.result(), slot.ask) for slot in slots]
        finally:
            take_back()
            stop.cancel()  # the first that raises ends the others too

    def _kept(self, answered: Answered, ask: Ask) -> Answered:
        self._calls.append(answered.call)
        self._answered.append(answered)
        self._count(ask.text, self._cost)
        return answered

    def _ask(self, ask: Ask, stop: CancelToken, image_url: str = "") -> Answered:
        call = self._server.infer(
            self._endpoint,
            self._settings,
            ask.image,
            stop,
            way=ask.way,
            image_url=image_url,
            sample=self._samples,
            purpose=ask.purpose,
        )
        return read_call(replace(call, variant=ask.variant, kind=ask.kind))

    def _work(self, waiting: deque[_Slot], stop: CancelToken) -> None:
        """Sends one waiting image after the other; taking from the left of a deque is safe between threads."""
        while True:
            try:
                slot = waiting.popleft()
            except IndexError:
                return
            try:
                slot.done.set_result(self._ask(slot.ask, stop))
            except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
                slot.done.set_exception(error)

    def by_url(self, image: ImageSource | None, image_url: str) -> None:
        """One image by url, where the server can fetch it; else it is told as not checked."""
        if not self._plan.url or image is None or not self._fits():
            why = self._plan.why_no_url or ("There was no call left for it." if image else "There is no image to send.")
            self._not_checked.append(NotChecked("input.url", why))
            return
        if image_url:
            self._keep(self._infer_url(image, image_url))
            self._count("One image by url", self._cost)
            return
        with ImageHost(interface_for(self._endpoint.origin, self._settings)) as host:
            call = self._infer_url(image, host.serve(image))
            fetched = host.fetches > 0
        self._count("One image by url", self._cost)
        if fetched or self._endpoint.origin.is_loopback:
            self._keep(call)
            self._hosted = fetched
        else:
            why = "The server did not fetch the image from this app; a firewall may be in between."
            self._not_checked.append(NotChecked("input.url", why))

    def _infer_url(self, image: ImageSource, address: str) -> Call:
        return self._server.infer(
            self._endpoint,
            self._settings,
            image,
            self._cancel,
            way="url",
            image_url=address,
            sample=self._samples,
        )

    def classes(self) -> None:
        """The class list, from the user's address or the guesses."""
        if self._class_calls and self._made + self._class_calls <= self._plan.calls:
            self._classes = self._server.classes(self._endpoint, self._settings, self._cancel)
            self._count(CLASS_LIST, len(self._classes.tried))

    def credentials(self, images: Sequence[ImageSource]) -> None:
        """One try without credentials and one with made-up ones, said beforehand; only after the right ones got in."""
        good = any(answered.call.reply and answered.call.reply.status // 100 == 2 for answered in self._answered)
        if not self._plan.wrong_try or not good:
            return
        image = images[0] if images else pictures.small_sample()
        tries: tuple[Purpose, ...] = ("no-credentials", "wrong-credentials")
        for purpose in tries:
            if self._fits():
                self._keep(self._server.infer(self._endpoint, self._settings, image, self._cancel, purpose=purpose))
                self._count(f"One call with {purpose.replace('-', ' ')}", self._cost)

    def probe(self, images: Sequence[ImageSource], on_cell: OnCell, ladder: bool) -> None:
        """What the user's own images do not show: changed pictures, other kinds, two at once, the largest body."""
        if images:
            made = Probing(self.send, self._plan, images, self._cancel)
            made.run(self._answered, self._hosted, on_cell)
            if ladder or any(call.reply and call.reply.status == 413 for call in self._calls):
                made.ladder(self._calls)
            self._edges = made.edges

    def report(self, listed: ClassList | None, budget_ms: float) -> CheckReport:
        """Judges all of it."""
        settings = self._settings
        observations = Observations(
            self._endpoint,
            self._ping,
            tuple(self._calls),
            self._classes,
            bool(settings.ca_file),
            settings.insecure,
            bool(settings.proxy) and not self._endpoint.origin.is_loopback,
            budget_ms or None,
            self._edges,
        )
        found = diagnose(observations, self._answered, listed)
        ours = {each.id for each in self._not_checked}
        rest = tuple(each for each in found.not_checked if each.id not in ours)
        found = replace(found, not_checked=(*self._not_checked, *rest))
        judged = any(each.good for each in self._answered if each.call.purpose in ("ping", "infer"))
        any_http = any(_got_http(call) for call in self._calls)
        return CheckReport(
            observations,
            tuple(self._answered),
            found,
            stage_outcomes(observations, found.findings, judged),
            self._latency(),
            verdict(found.findings, any_http, judged),
            self._made,
        )

    def _latency(self) -> dict[str, float]:
        timed = [call for call in self._calls if call.reply is not None and call.purpose in ("ping", "infer")]
        first = next((call.milliseconds for call in timed if call.first), None)
        return latency_of(first, [call.milliseconds for call in timed if not call.first])


def _got_http(call: Call) -> bool:
    """Whether an HTTP answer came: also one that was too large to read, or that led round in a circle."""
    return call.reply is not None or (
        call.failure is not None and call.failure.id in ("http.oversized", "net.redirect")
    )


def _fetched(url: str, settings: Settings, cancel: CancelToken) -> ImageSource:
    """The image at ``url`` as it comes to this machine; without data and size where it does not come."""
    name = urlsplit(url).path.rpartition("/")[2] or "image address"
    try:
        return read_ref(ImageRef("image-url", "url", url, name), settings, cancel, http.send)
    except ImageError:
        return ImageSource(name, b"", "", 0, 0)


class _Slot:
    """An image that waits for its answer."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.done: Future[Answered] = Future()


def _neighbours(endpoint: Endpoint) -> tuple[Address, ...]:
    """Paths beside one that is not there: with or without the last slash, and the usual names."""
    infer = endpoint.infer
    slash = infer.path.rstrip("/") if infer.path.endswith("/") and infer.path != "/" else infer.path + "/"
    origin = infer.origin
    paths = (slash if infer.path != "/" else "/infer", infer.sibling("infer").path, "/infer", "/api/infer", "/predict")
    found = dict.fromkeys(Address(origin, path, infer.query) for path in paths)
    return tuple(address for address in found if address != infer)[:_NEIGHBOURS]
