"""What a fault is: which steps of a sound answer it replaces, and the small tools that faults are made with."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import Any, Literal

from PIL import Image

from byom_gui.core.diagnosis.catalogue import CATALOGUE
from byom_gui.sandbox.loopback import Request, Response

Tls = Literal["", "expired", "untrusted", "chain", "hostname", "plain", "hidden", "ciphers", "client", "client12"]
"""``plain``: none behind https; ``hidden``: TLS behind http; ``ciphers``: some that no client accepts; ``client``: a
client certificate is required, with ``client12`` by TLS 1.2."""
_TURNED = (5, 6, 7, 8)
_ORIENTATION = 0x0112
_FIRST = ("behaviour", "orientation", "units", "layout")
"""Families whose faults come before all others, in this order: the rest works on what they make."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture that was asked about, and the how manieth call this is, from 1."""

    data: bytes
    number: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, seen upright."""
        return _upright_size(self.data)


@lru_cache(maxsize=8)
def _upright_size(data: bytes) -> tuple[int, int]:
    """Kept, as each result asks for it, and a PNG is read through for its EXIF."""
    with Image.open(io.BytesIO(data)) as image:
        turned = image.getexif().get(_ORIENTATION, 1) in _TURNED
        return image.size[::-1] if turned else image.size


Answer = dict[str, Any]
Change = Callable[[Answer, Picture], Any]
Reply = Callable[[Request, Response], Response]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing done wrong. Hooks that are None leave their step sound.

    Args:
        id: the finding's id.
        does: what it does, for ``--list-faults``.
        variant: tells it from other faults of the same id.
        also: the ids of further findings that it brings, where it has more causes than one.
        tls: what is wrong with TLS; empty for plain HTTP, as ever.
        open_door: credentials are not looked at.
        first: answers an inference request at once, before its body is looked at; None goes on.
        asked: makes the request's ``image`` out of what was sent, or answers at once.
        seen: answers at once for a picture that was read; None goes on.
        answer: makes the inference answer out of the sound one (a copy; may be changed in place).
        broken: answers for a picture that can not be read.
        reply: makes the inference response out of the sound one.
        classes: makes the classes answer out of the sound one.
        classes_reply: makes the classes response out of the sound one.
        wait: seconds to wait before the n-th inference call, from 1.
        in_line: so many seconds each picture takes, and one is looked at after the other; 0 for all at once.
        after: so many requests are answered as they should be before the fault begins.
        lasts: so many requests the fault lasts; 0 for good.
        dies: the server stops listening when the fault begins.
    """

    id: str
    does: str
    variant: str = ""
    also: tuple[str, ...] = ()
    tls: Tls = ""
    open_door: bool = False
    first: Callable[[Request], Response | None] | None = None
    asked: Callable[[Answer], Answer | Response] | None = None
    seen: Callable[[Picture], Response | None] | None = None
    answer: Change | None = None
    broken: Callable[[], Response] | None = None
    reply: Reply | None = None
    classes: Callable[[list[dict[str, str]]], Any] | None = None
    classes_reply: Reply | None = None
    wait: Callable[[int], float] | None = None
    in_line: float = 0.0
    after: int = 0
    lasts: int = 0
    dies: bool = False

    @property
    def name(self) -> str:
        """What ``--fault`` takes: the id, and the variant behind a colon."""
        return f"{self.id}:{self.variant}" if self.variant else self.id

    @property
    def ids(self) -> tuple[str, ...]:
        """Every finding that it should bring; none where the server is sound, in its own way."""
        return tuple(id for id in (self.id, *self.also) if id in CATALOGUE)


SOUND = Fault("sound", "answers soundly")


def together(*faults: Fault) -> Fault:
    """All of them at once: places first, then what is written of them. Of one-of-a-kind hooks the first counts."""
    return reduce(_both, sorted(faults, key=_rank)) if faults else SOUND


def _rank(fault: Fault) -> tuple[int, int]:
    family = fault.id.partition(".")[0]
    if family in _FIRST:
        return _FIRST.index(family), 0
    if fault.id not in CATALOGUE:
        return len(_FIRST), 0
    # what is later in the table changes values, what is earlier their form
    return len(_FIRST), -list(CATALOGUE).index(fault.id)


def _both(one: Fault, two: Fault) -> Fault:
    return replace(
        one,
        does=f"{one.does}; {two.does}",
        also=(*one.also, *two.ids),
        tls=one.tls or two.tls,
        open_door=one.open_door or two.open_door,
        first=one.first or two.first,
        asked=one.asked or two.asked,
        seen=one.seen or two.seen,
        answer=_after(one.answer, two.answer),
        broken=one.broken or two.broken,
        reply=_after_reply(one.reply, two.reply),
        classes=_after_classes(one.classes, two.classes),
        classes_reply=_after_reply(one.classes_reply, two.classes_reply),
        wait=one.wait or two.wait,
        in_line=max(one.in_line, two.in_line),
        after=min(one.after, two.after),
        lasts=max(one.lasts, two.lasts) if one.lasts and two.lasts else 0,
        dies=one.dies or two.dies,
    )


def _after(one: Change | None, two: Change | None) -> Change | None:
    if one is None or two is None:
        return one or two
    return lambda value, picture: two(one(value, picture), picture)


def _after_reply(one: Reply | None, two: Reply | None) -> Reply | None:
    if one is None or two is None:
        return one or two
    return lambda request, response: two(request, one(request, response))


def _after_classes(
    one: Callable[[list[dict[str, str]]], Any] | None, two: Callable[[list[dict[str, str]]], Any] | None
) -> Callable[[list[dict[str, str]]], Any] | None:
    if one is None or two is None:
        return one or two
    return lambda listed: two(one(listed))


def each(change: Callable[[Answer, Picture], Answer]) -> Change:
    """Changes every result."""

    def changed(value: Answer, picture: Picture) -> Answer:
        results = [change(copy.deepcopy(result), picture) for result in value["results"]]
        return {**value, "results": results}

    return changed


def with_key(kind: str, change: Callable[[Any], Any], to: str = "") -> Change:
    """Changes (and with ``to`` renames) the value under one shape's key in each result that has it."""

    def one(result: Answer, _: Picture) -> Answer:
        if kind in result:
            result[to or kind] = change(result.pop(kind))
        return result

    return each(one)


def put(**values: Any) -> Change:
    """Sets keys of each result."""
    return each(lambda result, _: {**result, **values})


def renamed(old: str, new: str) -> Change:
    """Changes the name and label of one class."""
    return each(lambda r, _: {**r, "name": new, "label": new} if r["name"] == old else r)


def added(make: Callable[[Picture], Answer]) -> Change:
    """One more result, before the others."""
    return lambda value, picture: {**value, "results": [make(picture), *value["results"]]}


def always(status: int, body: bytes, *headers: tuple[str, str], kind: str = "application/json") -> Any:
    """Answers the same whatever was asked, for ``first``."""
    return lambda _request: Response(status, body, headers, kind)


def body(change: Callable[[bytes], bytes]) -> Reply:
    """Changes the bytes of a 200."""
    return lambda _, response: replace(response, body=change(response.body)) if response.status == 200 else response


def listed_as(name: str, kind: str) -> Callable[[list[dict[str, str]]], Any]:
    """Lists a class under another type."""
    return lambda listed: [{**c, "type": kind} if c["name"] == name else c for c in listed]


def listed_too(name: str, kind: str) -> Callable[[list[dict[str, str]]], Any]:
    """Lists one more class."""
    return lambda listed: [*listed, {"name": name, "type": kind}]
