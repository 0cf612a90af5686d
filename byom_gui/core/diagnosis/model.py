"""What rules look at, and what a diagnosis hands back."""

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
    """How many results of one answer had this class and shape, and the place of the first in ``results``."""

    name: str
    shape: ShapeName
    count: int
    first: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """One call, its answer where there is one, and what can be said of it alone.

    ``seen`` and ``confidences`` sum the answer up, so that a new diagnosis need not walk it again;
    ``confidences`` is lowest, highest, and how many.
    """

    call: Call
    answer: Answer | None
    findings: tuple[Finding, ...]
    seen: tuple[Seen, ...] = ()
    confidences: tuple[float, float, int] = (1.0, 0.0, 0)
    marks: tuple[Mark, ...] = field(default=(), repr=False)
    """A sample of the places that the answer names."""
    masked: Answered | None = field(default=None, repr=False)
    """The same of the masked reply, where there is one: what people may read. ``findings`` quote it."""

    @property
    def good(self) -> bool:
        """Whether V7 could use this answer: nothing in it is an error."""
        return self.answer is not None and not any(finding.severity == "error" for finding in self.findings)

    @property
    def readable(self) -> Answered:
        """What people may read of the answer: its data as they were sent, secrets masked in all else."""
        return self.masked or self


def image_key(answered: Answered) -> object:
    """What tells one image from another; a call of which no image is known stands for itself."""
    call = answered.call
    return (call.image_name, call.image_width, call.image_height) if call.image_name else id(call)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings, merged, errors first; and what could not be known, with the reason."""

    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    reading: Reading | None = None
    """How the coordinates have to be read (``readings.correct`` does it); None where they are pixels or it is not
    known."""


@dataclass(frozen=True, slots=True)
class CallLook:
    """One call as a rule sees it. ``answer`` is set where the reply is JSON, ``json_error`` where it is not.

    Both are None where there is no reply, its status is not 2xx, or it is a web page.
    """

    call: Call
    answer: Answer | None = None
    json_error: JsonError | None = None

    @property
    def status(self) -> int:
        """The HTTP status, 0 where no reply came."""
        return self.call.reply.status if self.call.reply else 0

    @property
    def body(self) -> str:
        """The start of the reply's body as text."""
        return self.call.reply.body[:100_000].decode("utf-8", "replace") if self.call.reply else ""


@dataclass(frozen=True, slots=True)
class RunLook:
    """A whole run as a rule sees it.

    Args:
        observations: what was tried.
        answered: the calls that sent an image, in order.
        probes: the other calls: wrong credentials, none, neighbouring paths.
        listed: the classes to register; empty where there is no list.
        served: what the classes address answered, where that was JSON.
    """

    observations: Observations
    answered: tuple[Answered, ...]
    probes: tuple[Call, ...]
    listed: ClassList
    served: ServedClasses | JsonError | None
    seen: dict[str, dict[ShapeName, int]] = field(default_factory=dict)
    """Results by name and shape, over all answers."""
    images: dict[str, int] = field(default_factory=dict)
    """On how many images a name was returned."""
    first: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The image and the place in ``results`` where a name was returned first."""
    answers: tuple[Answered, ...] = ()
    """The calls that brought an answer which could be read."""
    image_count: int = 0
    """On how many different images those were; an image may be sent more than once."""
    lost: tuple[Answered, ...] = ()
    """The calls of a way to send images that never works while the other does; not among ``answered``."""
    misread: tuple[Answered, ...] = ()
    """The calls with images of a kind of file that fails while another kind works; not among ``answered``."""
    tried: tuple[Answered, ...] = ()
    """The calls that sent changed pictures, other kinds of image, or several at once."""
    geometry: Outcome | None = None
    """What the coordinates mean."""
    cut: tuple[Call, ...] = ()
    """The calls that failed because the server was no longer usable; not among the others."""

    lists_none: bool = False
    """There is a list to register, and it is empty."""

    @property
    def to_register(self) -> tuple[ClassEntry, ...]:
        """The list to register, else what the server lists."""
        if self.listed or self.lists_none:
            return self.listed.entries
        return self.served.entries if isinstance(self.served, ServedClasses) else ()


@dataclass(frozen=True, slots=True)
class CallRule:
    """A small pure function over one call. ``ids`` are the findings that it may bring."""

    ids: tuple[str, ...]
    check: Callable[[CallLook], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class RunRule:
    """A small pure function over a whole run."""

    ids: tuple[str, ...]
    check: Callable[[RunLook], Iterable[Finding]]


Rule = CallRule | RunRule
