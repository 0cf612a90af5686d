"""What was tried and what came back, as plain values. A reply is what the server sent, with any secrets it repeats."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from byom_gui.core.endpoint import Address, Endpoint

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
    "behaviour": "Behaviour",
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


@dataclass(frozen=True, slots=True)
class NetFailure:
    """A call that brought no whole HTTP answer.

    ``id`` is the finding id (``net.dns``, ``net.refused``, ``net.timeout-connect``, ``net.timeout-read``,
    ``net.reset``, ``net.proxy``, ``tls.expired``, ``tls.untrusted``, ``tls.hostname``, ``tls.handshake``,
    ``http.oversized``, ``net.redirect`` for a loop). ``stage`` is the ping stage at which it stopped.
    """

    id: str
    stage: StageName
    detail: str
    seconds: float
    certificate: CertificateFacts | None = None


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
    masked: Reply | None = field(default=None, repr=False)
    """The reply with its secrets masked, where it repeats any outside its data (``core.masking``)."""

    def __post_init__(self) -> None:
        if (self.reply is None) == (self.failure is None):
            raise ValueError("a call has either a reply or a failure")

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
