"""What was tried and what came back, as plain values. A reply is what the server sent, with any secrets it repeats."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from byom_gui.core.endpoint import Address, Endpoint
from byom_gui.core.findings import Finding

StageName = Literal["dns", "tcp", "tls", "http", "auth", "json", "schema", "meaning", "classes", "inputs", "behaviour"]
StageOutcome = Literal["passed", "failed", "not-reached", "skipped"]

PING_STAGES: tuple[StageName, ...] = ("dns", "tcp", "tls", "http", "auth", "json", "schema")
STAGE_TITLES: dict[StageName, str] = {
    "dns": "Name",
    "tcp": "Connection",
    "tls": "TLS",
    "http": "HTTP",
    "auth": "Credentials",
    "json": "JSON",
    "schema": "Contract",
    "meaning": "Meaning",
    "classes": "Classes",
    "inputs": "Inputs",
    "behaviour": "Behavior",
}

Way = Literal["base64", "url", "data-uri"]
Purpose = Literal[
    "ping", "infer", "classes", "wrong-credentials", "no-credentials", "neighbour", "variant", "input", "load"
]
"""``variant``: an image made from another one; ``input``: another kind or way of image; ``load``: several at once."""

Affine = tuple[float, float, float, float, float, float]
"""``(a, b, c, d, e, f)``: x' = a x + b y + c, y' = d x + e y + f."""

IDENTITY: Affine = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Variant:
    """An image that was made from another one to see how the answer moves.

    ``kind`` is a word of ``core.diagnosis.probes``; ``of`` the name of the image it was made from; ``to`` leads from
    the upright pixels of that image to its own upright pixels. ``keeps`` is False where nothing of the picture is left.
    """

    kind: str
    of: str
    to: Affine = IDENTITY
    keeps: bool = True


@dataclass(frozen=True, slots=True)
class EdgeMap:
    """How much a picture changes from place to place: rows top to bottom, one byte a cell, of the upright picture.

    It covers the whole picture of ``image``; a cell is ``image width / width`` pixels wide.
    """

    image: str
    width: int
    height: int
    cells: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a server's certificate says. Dates are UTC, ``YYYY-MM-DD``; ``names`` are subject alternative names."""

    subject: str
    names: tuple[str, ...]
    issuer: str
    valid_from: str
    valid_to: str
    self_signed: bool
    sent: int
    """How many certificates the server sent; 0 where that can not be told."""
    matches_host: bool = True
    expired: bool = False
    client_certificate: str = ""
    """What shows that the server refuses clients without a certificate; empty where nothing does."""


@dataclass(frozen=True, slots=True)
class NetFailure:
    """A call that brought no whole HTTP answer.

    ``id`` is the finding id (``net.dns``, ``net.refused``, ``net.timeout-connect``, ``net.timeout-read``,
    ``net.reset``, ``net.proxy``, ``net.protocol``, a ``tls.`` id, ``http.oversized``, ``http.encoding``,
    ``net.redirect`` for a loop or where the address that a redirect names cannot be reached). ``stage`` is the ping
    stage at which it stopped.
    """

    id: str
    stage: StageName
    detail: str
    seconds: float
    certificate: CertificateFacts | None = None
    subject: str = ""
    """Which of the causes of one id: a key of ``core.protocols``, the id of what failed behind a redirect, …"""
    status: int = 0
    """The last HTTP status that came in this call, before it failed; 0 where none came."""
    headers: tuple[tuple[str, str], ...] = ()
    """The response's headers, scrubbed, where they came."""
    at: str = ""
    """The address that failed, as it may be shown, where a redirect led to it."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop that was followed, or not. ``dropped_credentials`` where the origin changed."""

    status: int
    to: str
    same_origin: bool
    dropped_credentials: bool
    followed: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response, as it was sent. ``body`` holds at most the size limit; header names are lower case."""

    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    surplus: int = 0
    """How many bytes at least came after the end of the body."""

    def header(self, name: str) -> str:
        """The header's value, or an empty string."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request as it may be shown: secrets masked, long base64 shortened. ``curl`` leaves secrets out."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str
    body_bytes: int
    curl: str


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call, whatever came of it. Exactly one of ``reply`` and ``failure`` is set."""

    purpose: Purpose
    request: SentRequest
    reply: Reply | None
    failure: NetFailure | None
    milliseconds: float
    started: datetime
    image_name: str = ""
    image_width: int = 0
    image_height: int = 0
    way: Way | None = None
    first: bool = False
    """The first call to this endpoint in a session: a cold one may be slow."""
    with_credentials: bool = False
    redirects: tuple[Redirect, ...] = ()
    sample: bool = False
    """The image is one of the built-in samples."""
    attempts: int = 1
    """2 where the first call was repeated with more time, after it ran out of time."""
    image_orientation: int = 1
    """The EXIF orientation with which the image was sent, 1 to 8."""
    variant: Variant | None = None
    """Set for ``variant`` calls."""
    kind: str = ""
    """For ``input`` calls the kind of image, for ``load`` calls how many were under way at once."""
    number: int = 0
    """Its place among the calls of a check, from 1; 0 outside of a check."""
    position: int = 0
    """Which image of a run of images it sends, from 1; 0 in a check."""
    masked: Reply | None = field(default=None, repr=False)
    """The reply with its secrets masked, where it repeats any outside its data (``core.masking``)."""

    def __post_init__(self) -> None:
        if (self.reply is None) == (self.failure is None):
            raise ValueError("a call has either a reply or a failure")

    @property
    def status(self) -> int:
        """The last HTTP status that came, whatever came of the rest; 0 where none came."""
        return self.reply.status if self.reply is not None else self.failure.status if self.failure is not None else 0

    @property
    def readable(self) -> Reply | None:
        """The reply for people and files: show, quote and keep this one; judge and export ``reply``."""
        return self.masked or self.reply


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a ping or a check. ``milliseconds`` is None where it never ran; ``reason`` says why."""

    name: StageName
    outcome: StageOutcome
    milliseconds: float | None = None
    detail: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PingReport:
    """What a ping saw, stage by stage, in the order of PING_STAGES."""

    endpoint: Endpoint
    stages: tuple[Stage, ...]
    call: Call | None
    """The inference call, if it came to that."""
    failure: NetFailure | None
    """Why it stopped before HTTP, if it did."""
    addresses: tuple[str, ...]
    """What the name resolved to."""
    started: datetime
    cold: bool
    """Whether this was the first call to this endpoint in the session."""

    @property
    def passed(self) -> bool:
        """Whether every stage passed or was rightly skipped."""
        return all(stage.outcome in ("passed", "skipped") for stage in self.stages)

    @property
    def milliseconds(self) -> float:
        """The sum of the stages' times."""
        return sum(stage.milliseconds or 0 for stage in self.stages)


@dataclass(frozen=True, slots=True)
class ClassesObservation:
    """What the classes address said: the one that answered, and its call; ``tried`` are all, in order."""

    address: Address
    call: Call
    tried: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsent:
    """Calls of a check that were not made, and why: one sentence."""

    purpose: Purpose
    count: int
    why: str
    way: Way | None = None
    kind: str = ""
    """As in ``Call``, where it matters."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """The call at which a check or a run of images stopped sending: no further call would have been answered.

    Args:
        call: the first of the calls that failed.
        planned: how many calls the check had planned, or how many images the run has.
        died: no HTTP response came any more; otherwise the server answers nothing as it did before.
        tries: what the tries with a request that worked before returned.
        lost: the numbers of all calls that failed from there on; they say nothing about what was sent.
        found: the first finding of that call, or of the tries after it, where there was a response.
    """

    call: Call
    planned: int
    died: bool
    tries: tuple[str, ...] = ()
    lost: frozenset[int] = frozenset()
    found: Finding | None = None

    @property
    def where(self) -> str:
        """Which call it was, such as ``call 21 of 88``; in a run of images, which image."""
        unit, number = ("image", self.call.position) if self.call.position else ("call", self.call.number)
        return f"{unit} {number} of {max(self.planned, number)}"

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        if self.died and (status := self.call.failure.status if self.call.failure else 0):
            return f"From {self.where} on, the server returned no complete response (HTTP {status})."
        if self.died:
            return f"The server stopped responding at {self.where}."
        if self.call.reply is None:
            return f"The connection failed at {self.where}, and no call was left to try again."
        status = self.call.reply.status
        if status == 429:
            return f"The server’s rate limit was reached at {self.where} (HTTP 429)."
        what = "no valid response" if status // 100 == 2 else f"HTTP {status}"
        return f"From {self.where} on, the server returned {what}."


@dataclass(frozen=True, slots=True)
class Observations:
    """All that a diagnosis may look at."""

    endpoint: Endpoint
    ping: PingReport | None = None
    calls: tuple[Call, ...] = ()
    classes: ClassesObservation | None = None
    ca_file: bool = False
    """Whether the user gave a CA file of their own."""
    insecure: bool = False
    proxy: bool = False
    budget_ms: float | None = None
    edges: tuple[EdgeMap, ...] = ()
    """Of some of the images sent."""
    repeated: tuple[Call, ...] = ()
    """Calls that failed and worked when they were sent again; not among ``calls``."""
    unsent: tuple[Unsent, ...] = ()
    interruption: Interruption | None = None
