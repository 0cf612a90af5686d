"""A whole check: ping, images, both ways to send one, the class list, the credentials, and what probing learns.

The window and ``byom-gui check`` run the same. At most ``settings.concurrency`` requests are under way at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassList
from byom_gui.core.diagnosis import Answered, diagnose, outage, read_call, stage_outcomes, verdict
from byom_gui.core.endpoint import Address, Endpoint
from byom_gui.core.errors import ImageError
from byom_gui.core.findings import NotChecked
from byom_gui.core.image import ImageRef, ImageSource, address_name
from byom_gui.core.observations import (
    Call,
    ClassesObservation,
    EdgeMap,
    Observations,
    PingReport,
    Purpose,
    Stage,
)
from byom_gui.core.project import Settings
from byom_gui.core.report import CheckReport, latency_of
from byom_gui.services import http, resources
from byom_gui.services import images as pictures
from byom_gui.services.check_calls import CheckCalls, Progress
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
_STEPS: tuple[tuple[Purpose, str], ...] = (("variant", CHANGED), ("load", AT_ONCE), ("input", INPUTS))


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
    check = _Check(endpoint, settings, server, made, max_calls, cancel, on_progress, samples)
    check.ping(on_stage)
    if check.reached:
        remote = _fetched(image_url, settings, cancel) if made.url and image_url else None
        if remote is not None and remote.data:
            images = (remote, *(image for image in images if image.data != remote.data))
        check.images(images, made.images)
        check.by_url(remote or next(iter(images), None), image_url)
        check.classes()
        check.credentials(images)
        check.probe(images, on_cell, ladder)
        check.finish(on_cell)
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
        max_calls: int,
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
        self._ping: PingReport | None = None
        self._classes: ClassesObservation | None = None
        self._not_checked: list[NotChecked] = []
        self._edges: tuple[EdgeMap, ...] = ()
        self._hosted = False  # whether the server fetched an image from this app
        self._sent = CheckCalls(endpoint, settings, server, made, max_calls, cancel, on_progress, samples)

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
        return self._class_calls + self._sent.gate.cost * (self._plan.url + self._plan.of(CREDENTIALS) + probes)

    def ping(self, on_stage: Callable[[Stage], None]) -> None:
        """The staged ping; after a 404 or 405 the neighboring paths."""
        self._ping = self._server.ping(self._endpoint, self._settings, self._sent.sample, self._cancel, on_stage)
        call = self._ping.call
        if call is None:
            self._on_progress(0, self._plan.calls, "The server could not be reached")
            return
        answered = self._sent.gate.opened(read_call(call))
        self._ping = replace(self._ping, call=answered.call)
        self._sent.keep(answered)
        self._sent.count("Ping", self._sent.gate.made)
        if call.reply is not None and call.reply.status in (404, 405):
            self._neighbours()

    def _neighbours(self) -> None:
        every = _neighbours(self._endpoint)
        for place, address in enumerate(every):
            near = replace(self._endpoint, infer=address)
            made = self._sent.call(near, self._sent.sample, "neighbour") if self._sent.left else None
            if made is None:
                self._sent.leave_out("neighbour", len(every) - place)
                return
            self._sent.keep(made)
            self._sent.count(f"Tried {address.shown}")

    def images(self, images: Sequence[ImageSource], planned: int) -> None:
        """Each image by base64, a few at a time. The answers are kept in the order of the images."""
        left = self._sent.left - self._reserved()
        few = images[: min(planned, max(left // self._sent.gate.cost, 1))]
        self._sent.leave_out("infer", len(images) - len(few), self._plan.why_few or self._sent.limited)
        self._sent.send_all([Ask(image, image.name) for image in few])

    def by_url(self, image: ImageSource | None, image_url: str) -> None:
        """One image by url, where the server can fetch it; else it is told as not checked."""
        if not self._plan.url or image is None or not self._sent.fits():
            why = self._plan.why_no_url or ("There were no calls left." if image else "There is no image to send.")
            self._not_checked.append(NotChecked("input.url", why))
            return
        ask = Ask(image, "One image by URL", way="url")
        if image_url:
            made, fetched = self._ask_twice(ask, image_url), True
        else:
            with ImageHost(interface_for(self._endpoint.origin, self._settings)) as host:
                made = self._ask_twice(ask, host.serve(image))
                fetched = host.fetches > 0
        if made is None:
            self._sent.leave_out("infer", 1, way="url")
        elif fetched or self._endpoint.origin.is_loopback or outage.is_cut(made.call, self._sent.gate.interruption):
            self._sent.kept(made, ask)
            self._hosted = fetched and not image_url
        else:
            self._sent.count(ask.text, self._sent.gate.cost)
            lost = made.call.failure.detail if made.call.failure else ""
            why = "The server did not fetch the image from this app; a firewall may be in between."
            self._not_checked.append(NotChecked("input.url", f"The call failed: {lost}." if lost else why))

    def _ask_twice(self, ask: Ask, image_url: str) -> Answered | None:
        """Once more after a 5xx: this one call decides what is said of a whole way to send images."""
        made, gate = self._sent.ask(ask, self._cancel, image_url), self._sent.gate
        if made is None or made.call.status < 500 or gate.interruption:
            return made
        again = self._sent.ask(ask, self._cancel, image_url)
        if again is None or not again.good:
            return made
        gate.repeated.append(made.call)
        return again

    def classes(self) -> None:
        """The class list, from the user's address or the guesses."""
        if not self._class_calls or self._class_calls > self._sent.left:
            return
        seen: list[ClassesObservation] = []

        def send(token: CancelToken) -> Answered:
            seen.append(self._server.classes(self._endpoint, self._settings, token))
            self._sent.gate.also(len(seen[-1].tried) - 1)
            return Answered(seen[-1].call, None, ())

        made = self._sent.gate.run(send, self._cancel, _says_where, cost=1)
        self._sent.count(CLASS_LIST, len(seen[-1].tried) if seen else 0)
        if made is None or outage.is_cut(made.call, self._sent.gate.interruption):
            self._sent.leave_out("classes", 1)
        else:
            self._classes = seen[-1]

    def credentials(self, images: Sequence[ImageSource]) -> None:
        """One try without credentials and one with made-up ones, said beforehand; only after the right ones got in."""
        good = any(answered.call.reply and answered.call.reply.status // 100 == 2 for answered in self._sent.answered)
        if not self._plan.wrong_try or not good:
            return
        image = images[0] if images else pictures.small_sample()
        tries: tuple[Purpose, ...] = ("no-credentials", "wrong-credentials")
        for purpose in tries:
            made = self._sent.call(self._endpoint, image, purpose) if self._sent.fits() else None
            if made is None:
                self._sent.leave_out(purpose, 1)
                continue
            self._sent.keep(made)
            self._sent.count(f"One call with {purpose.replace('-', ' ')}", self._sent.gate.cost)

    def probe(self, images: Sequence[ImageSource], on_cell: OnCell, ladder: bool) -> None:
        """What the user's own images do not show: changed pictures, other kinds, two at once, the largest body."""
        if self._sent.gate.interruption:
            for purpose, step in _STEPS:
                self._sent.leave_out(purpose, self._plan.of(step))
        elif images:
            made = Probing(self._sent.send, self._sent.leave_out, self._plan, images, self._cancel)
            made.run(self._sent.answered, self._hosted, on_cell)
            if ladder or any(call.reply and call.reply.status == 413 for call in self._sent.calls):
                made.ladder(self._sent.calls)
            self._edges = made.edges

    def finish(self, on_cell: OnCell) -> None:
        """Whether the last calls failed because of what was sent, or because the server changed."""
        self._sent.gate.finish(self._cancel)
        for call in self._sent.calls:
            if call.purpose == "input" and outage.is_cut(call, self._sent.gate.interruption):
                on_cell(call.way or "base64", call.kind, "untried", 0.0, 0)

    def report(self, listed: ClassList | None, budget_ms: float) -> CheckReport:
        """Judges all of it."""
        settings = self._settings
        observations = Observations(
            self._endpoint,
            self._ping,
            tuple(self._sent.calls),
            self._classes,
            bool(settings.ca_file),
            settings.insecure,
            bool(settings.proxy) and not self._endpoint.origin.is_loopback,
            budget_ms or None,
            self._edges,
            tuple(self._sent.gate.repeated),
            tuple(self._sent.unsent),
            self._sent.gate.interruption,
        )
        found = diagnose(observations, self._sent.answered, listed)
        ours = {each.id for each in self._not_checked}
        rest = tuple(each for each in found.not_checked if each.id not in ours)
        found = replace(found, not_checked=(*self._not_checked, *rest))
        judged = any(each.good for each in self._sent.answered if each.call.purpose in ("ping", "infer"))
        any_http = any(_got_http(call) for call in self._sent.calls)
        return CheckReport(
            observations,
            tuple(self._sent.answered),
            found,
            stage_outcomes(observations, found.findings, judged),
            self._latency(),
            verdict(found.findings, any_http, judged),
            self._sent.gate.made,
        )

    def _latency(self) -> dict[str, float]:
        timed = [call for call in self._sent.calls if call.reply is not None and call.purpose in ("ping", "infer")]
        first = next((call.milliseconds for call in timed if call.first), None)
        return latency_of(first, [call.milliseconds for call in timed if not call.first])


def _got_http(call: Call) -> bool:
    """Whether an HTTP status came, whatever came of the rest."""
    return call.status > 0


def _says_where(call: Call) -> bool:
    """Whether a response of a classes address says that the list is there, or is not."""
    return outage.got_through(call) or (call.reply is not None and call.reply.status in (404, 405))


def _fetched(url: str, settings: Settings, cancel: CancelToken) -> ImageSource:
    """The image at ``url`` as it comes to this machine; without data and size where it does not come."""
    name = address_name(url)
    try:
        return read_ref(ImageRef("image-url", "url", url, name), settings, cancel, http.send)
    except ImageError:
        return ImageSource(name, b"", "", 0, 0)


def _neighbours(endpoint: Endpoint) -> tuple[Address, ...]:
    """Paths beside one that is not there: with or without the last slash, and the usual names."""
    infer = endpoint.infer
    slash = infer.path.rstrip("/") if infer.path.endswith("/") and infer.path != "/" else infer.path + "/"
    origin = infer.origin
    paths = (slash if infer.path != "/" else "/infer", infer.sibling("infer").path, "/infer", "/api/infer", "/predict")
    found = dict.fromkeys(Address(origin, path, infer.query) for path in paths)
    return tuple(address for address in found if address != infer)[:_NEIGHBOURS]
