"""Calls a model server: staged ping, one image, its class list. Secrets are looked up at call time and never kept."""

from __future__ import annotations

import secrets as chance
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from byom_gui.core.busy import is_busy
from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Address, Auth, Endpoint, Origin
from byom_gui.core.image import ImageSource
from byom_gui.core.masking import reply_for_people
from byom_gui.core.observations import Call, ClassesObservation, PingReport, Purpose, SentRequest, Stage, Way
from byom_gui.core.project import Settings
from byom_gui.services import asking, http
from byom_gui.services.asking import Lookup, Question
from byom_gui.services.wire import HttpResult, Options, Sender

COLD_LIMIT = 60.0
"""The most seconds that the repeated first call waits for a read."""
CLASSES_TRIES = 3


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def options_of(settings: Settings) -> Options:
    """How to call, from a project's settings."""
    return Options(settings.connect_timeout, settings.read_timeout, settings.ca_file, settings.insecure, settings.proxy)


class ModelServer:
    """One for a session: it remembers which endpoints were called before, to tell the cold first call apart.

    Args:
        lookup: gives a secret's value, or None.
        sender: sends one request.
        now: the time, in UTC.
        permitted: the settings that may be used for calls to an origin; raises InputError where none may be made.
    """

    def __init__(
        self,
        lookup: Lookup,
        sender: Sender = http.send,
        now: Callable[[], datetime] = utc_now,
        permitted: Callable[[Origin, Settings], Settings] = lambda _, settings: settings,
    ) -> None:
        self._lookup = lookup
        self._send = sender
        self.now = now
        self._permitted = permitted
        self._called: set[Address] = set()
        self._lock = threading.Lock()

    def is_cold(self, endpoint: Endpoint) -> bool:
        """Whether this endpoint was not yet asked in this session, or could not be reached."""
        with self._lock:
            return endpoint.infer not in self._called

    def _is_first(self, endpoint: Endpoint) -> bool:
        """Whether this call is the first one; of several at once only one is."""
        with self._lock:
            first = endpoint.infer not in self._called
            self._called.add(endpoint.infer)
            return first

    def ping(
        self,
        endpoint: Endpoint,
        settings: Settings,
        sample: ImageSource,
        cancel: CancelToken,
        on_stage: Callable[[Stage], None],
    ) -> PingReport:
        """Goes through the seven stages with one small picture; each is told as soon as it ended.

        Raises:
            Cancelled: at once when ``cancel`` is set.
            InputError: a setting or secret can not be used.
        """
        from byom_gui.services.pinging import Pinging

        settings = self._permitted(endpoint.origin, settings)
        return Pinging(self, endpoint, settings, cancel, on_stage).run(sample)

    def infer(
        self,
        endpoint: Endpoint,
        settings: Settings,
        image: ImageSource,
        cancel: CancelToken,
        *,
        way: Way = "base64",
        image_url: str = "",
        sample: bool = False,
        purpose: Purpose = "infer",
    ) -> Call:
        """Sends one image.

        The first call to an endpoint is repeated once after a read time-out, with ``min(4 * read_timeout, 60)`` seconds
        (never less than before), as a model may have to be loaded; ``Call.attempts`` is 2 then.

        Args:
            image_url: where the server fetches the image, for the way ``url``.
            purpose: with ``wrong-credentials`` made-up secrets are sent, with ``no-credentials`` none.

        Raises:
            Cancelled: at once when ``cancel`` is set.
            InputError: a setting or secret can not be used.
        """
        question = Question("POST", endpoint.infer, endpoint.auth, image, way, image_url)
        first = purpose in ("ping", "infer") and self._is_first(endpoint)
        arrived = False
        try:
            call = self._call(question, settings, purpose, cancel, patient=first)
            arrived = call.status > 0 or (call.failure is not None and call.failure.id == "net.timeout-read")
        finally:
            if first and not arrived:
                with self._lock:
                    self._called.discard(endpoint.infer)
        sizes = {"image_name": image.name, "image_width": image.width, "image_height": image.height}
        sizes["image_orientation"] = image.orientation
        return replace(call, **sizes, way=way, first=first, sample=sample)  # type: ignore[arg-type]

    def classes(self, endpoint: Endpoint, settings: Settings, cancel: CancelToken) -> ClassesObservation:
        """Asks for the class list: at the user's own address alone where there is one, else at up to three guesses.

        The first that answers with JSON, or asks for credentials, ends the search, as does a server that wants to be
        asked later; where none does, the first guess is reported. Credentials go along to the endpoint's own origin
        only.

        Raises:
            Cancelled: at once when ``cancel`` is set.
        """
        seen: list[ClassesObservation] = []
        for address in _classes_addresses(endpoint):
            auth = endpoint.auth if address.origin == endpoint.origin else Auth()
            call = self._call(Question("GET", address, auth), settings, "classes", cancel)
            seen.append(ClassesObservation(address, call))
            if call.reply is None or is_busy(call.reply) or _looks_right(call):
                break
        last = seen[-1].call
        told = seen[-1] if last.reply is None or is_busy(last.reply) or _looks_right(last) else seen[0]
        return replace(told, tried=tuple(each.address for each in seen))

    def request_shown(
        self,
        endpoint: Endpoint,
        settings: Settings,
        image: ImageSource,
        *,
        way: Way = "base64",
        image_url: str = "",
    ) -> SentRequest:
        """The inference request as it would be sent, secrets masked."""
        question = Question("POST", endpoint.infer, endpoint.auth, image, way, image_url)
        return asking.shown(question, settings, self._lookup)

    def _call(
        self, question: Question, settings: Settings, purpose: Purpose, cancel: CancelToken, *, patient: bool = False
    ) -> Call:
        settings = self._permitted(question.address.origin, settings)
        question, lookup = self._credentials(question, purpose)
        scrub = asking.redactor(question, self._lookup)
        outgoing, options = asking.outgoing(question, lookup), options_of(settings)
        started = self.now()
        result = self._send(outgoing, options, scrub, cancel)
        attempts = 1
        if patient and result.failure is not None and result.failure.id == "net.timeout-read":
            again = self._send(outgoing, _patient(options), scrub, cancel)
            result, attempts = _both(result, again), 2
        return Call(
            purpose,
            asking.shown(question, settings, lookup),
            result.reply,
            result.failure,
            result.milliseconds,
            started,
            with_credentials=asking.has_credentials(question, lookup),
            redirects=result.redirects,
            attempts=attempts,
            masked=reply_for_people(result.reply, scrub) if result.reply else None,
        )

    def _credentials(self, question: Question, purpose: Purpose) -> tuple[Question, Lookup]:
        if purpose == "no-credentials":
            return replace(question, auth=Auth()), lambda _: None
        if purpose == "wrong-credentials":
            wrong = f"wrong-on-purpose-{chance.token_hex(6)}"
            return question, lambda _: wrong
        return question, self._lookup


def _patient(options: Options) -> Options:
    return replace(options, read_timeout=max(options.read_timeout, min(4 * options.read_timeout, COLD_LIMIT)))


def _both(first: HttpResult, again: HttpResult) -> HttpResult:
    """The second try's outcome, with the time of both and a word about it where it failed too."""
    whole = replace(again, milliseconds=first.milliseconds + again.milliseconds)
    if whole.failure is None or first.failure is None:
        return whole
    detail = f"{whole.failure.detail}; the first call was given more time, as the model may have had to be loaded"
    seconds = first.failure.seconds + whole.failure.seconds
    return replace(whole, failure=replace(whole.failure, detail=detail, seconds=seconds))


def _classes_addresses(endpoint: Endpoint) -> tuple[Address, ...]:
    if endpoint.classes is not None:
        return (endpoint.classes,)
    origin, query = endpoint.origin, endpoint.infer.query
    guesses: Iterable[Address] = (
        endpoint.infer.sibling("classes"),
        Address(origin, "/classes", query),
        Address(origin, "/api/classes", query),
    )
    return tuple(dict.fromkeys(guesses))[:CLASSES_TRIES]


def _looks_right(call: Call) -> bool:
    """Whether this is where the list is: JSON with a good status, or a door that is locked."""
    if call.reply is None:
        return False
    if call.reply.status in (401, 403):
        return True
    return call.reply.status // 100 == 2 and call.reply.body.lstrip()[:1] in (b"[", b"{")
