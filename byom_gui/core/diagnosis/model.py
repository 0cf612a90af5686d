"""What rules look at, and what a diagnosis returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.contract import Answer, ServedClasses
from byom_gui.core.diagnosis.marks import Mark
from byom_gui.core.diagnosis.readings import Reading
from byom_gui.core.errors import JsonError
from byom_gui.core.findings import Finding, NotChecked
from byom_gui.core.observations import Call, Observations
from byom_gui.core.predictions import ShapeName

if TYPE_CHECKING:
    from byom_gui.core.diagnosis.geometry import Outcome

Verdict = Literal["ready", "not-ready", "unreachable"]


@dataclass(frozen=True, slots=True)
class Seen:
    """How many results of one response have this class and shape, and the index of the first in ``results``."""

    name: str
    shape: ShapeName
    count: int
    first: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """One call, its response if there is one, and what it shows by itself.

    ``seen`` and ``confidences`` summarize the response, so that a new diagnosis need not walk it again;
    ``confidences`` is lowest, highest, and how many.
    """

    call: Call
    answer: Answer | None
    findings: tuple[Finding, ...]
    seen: tuple[Seen, ...] = ()
    confidences: tuple[float, float, int] = (1.0, 0.0, 0)
    marks: tuple[Mark, ...] = field(default=(), repr=False)
    """A sample of the positions in the response."""
    masked: Answered | None = field(default=None, repr=False)
    """The same for the masked reply, if there is one: what people may read. ``findings`` quote it."""

    @property
    def good(self) -> bool:
        """Whether V7 could use this response: nothing in it is an error."""
        return self.answer is not None and not any(finding.severity == "error" for finding in self.findings)

    @property
    def readable(self) -> Answered:
        """What people may read of the response: its data as sent, with secrets masked elsewhere."""
        return self.masked or self


def image_key(answered: Answered) -> object:
    """A key that identifies an image; a call without a known image has its own key."""
    call = answered.call
    return (call.image_name, call.image_width, call.image_height) if call.image_name else id(call)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings, merged, errors first; and what was not checked, with the reason."""

    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    reading: Reading | None = None
    """How the coordinates must be read (``readings.correct`` does it); None if they are pixels or it is not
    known."""


@dataclass(frozen=True, slots=True)
class CallLook:
    """One call as a rule sees it. ``answer`` is set if the reply is JSON, ``json_error`` if it is not.

    Both are None if there is no reply, its status is not 2xx, or it is a web page.
    """

    call: Call
    answer: Answer | None = None
    json_error: JsonError | None = None

    @property
    def status(self) -> int:
        """The HTTP status; 0 if there was no reply."""
        return self.call.reply.status if self.call.reply else 0

    @property
    def body(self) -> str:
        """The start of the reply's body as text."""
        return self.call.reply.body[:100_000].decode("utf-8", "replace") if self.call.reply else ""


@dataclass(frozen=True, slots=True)
class RunLook:
    """A complete run as a rule sees it.

    Args:
        observations: what was tried.
        answered: the calls that sent an image, in order.
        probes: the other calls: wrong credentials, none, neighboring paths.
        listed: the classes to register; empty if there is no list.
        served: the response of the class list address, if it was JSON.
    """

    observations: Observations
    answered: tuple[Answered, ...]
    probes: tuple[Call, ...]
    listed: ClassList
    served: ServedClasses | JsonError | None
    seen: dict[str, dict[ShapeName, int]] = field(default_factory=dict)
    """Results by name and shape, over all responses."""
    images: dict[str, int] = field(default_factory=dict)
    """How many images returned a name."""
    first: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The image and the index in ``results`` where a name was returned first."""
    answers: tuple[Answered, ...] = ()
    """The calls with a response that could be read."""
    image_count: int = 0
    """How many different images those sent; an image may be sent more than once."""
    lost: tuple[Answered, ...] = ()
    """The calls with an image transport that never works while the other does; not among ``answered``."""
    misread: tuple[Answered, ...] = ()
    """The calls with a kind of file that fails while another kind works; not among ``answered``."""
    tried: tuple[Answered, ...] = ()
    """The calls that sent changed images, other kinds of image, or several in parallel."""
    geometry: Outcome | None = None
    """What the coordinates mean."""
    cut: tuple[Call, ...] = ()
    """The calls that failed because the server was no longer usable; not among the others."""

    lists_none: bool = False
    """There is a list to register, and it is empty."""

    @property
    def to_register(self) -> tuple[ClassEntry, ...]:
        """The list to register, otherwise what the server lists."""
        if self.listed or self.lists_none:
            return self.listed.entries
        return self.served.entries if isinstance(self.served, ServedClasses) else ()


@dataclass(frozen=True, slots=True)
class CallRule:
    """A small pure function over one call. ``ids`` are the findings that it may return."""

    ids: tuple[str, ...]
    check: Callable[[CallLook], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class RunRule:
    """A small pure function over a complete run."""

    ids: tuple[str, ...]
    check: Callable[[RunLook], Iterable[Finding]]


Rule = CallRule | RunRule
