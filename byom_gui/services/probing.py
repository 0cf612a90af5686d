"""The calls beyond the user's own images: changed pictures, kinds and ways of image, several at once, the largest body.

What is worth sending is named by ``core.diagnosis.probes``; here it is made and sent, gently.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from byom_gui.core.cancel import CancelToken
from byom_gui.core.diagnosis import Answered, probes
from byom_gui.core.errors import ImageError
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import Call, EdgeMap, Purpose, Variant, Way
from byom_gui.services import images, variants
from byom_gui.services.check_plan import AT_ONCE, CHANGED, INPUTS, PREFIX, CheckPlan

OnCell = Callable[[str, str, str, float, int], None]
"""The way, the kind, ``running``, ``works``, ``fails`` or ``untried``, milliseconds, HTTP status (0: none came)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One image to send, and what the call is marked with."""

    image: ImageSource
    text: str
    purpose: Purpose = "infer"
    way: Way = "base64"
    variant: Variant | None = None
    kind: str = ""


Send = Callable[[Sequence[Ask], int], list[Answered]]
"""Sends some at once (the number says how many, 0 as many as the settings allow); keeps and counts them.

It sends fewer where calls run out; the answers are in the order of what was asked.
"""


LeaveOut = Callable[[Purpose, int, str], None]
"""Notes calls that are not made: what for, how many, and why (empty: no more calls are made)."""


class Probing:
    """The probes of one check.

    Args:
        send: sends, keeps and counts.
        leave_out: notes calls that are not made.
        plan: how many calls each step may make.
        images: the user's, of which changed ones are made.
    """

    def __init__(
        self, send: Send, leave_out: LeaveOut, plan: CheckPlan, images: Sequence[ImageSource], cancel: CancelToken
    ) -> None:
        self._send = send
        self._leave_out = leave_out
        self._plan = plan
        self._images = images
        self._cancel = cancel
        self._way: Way = "base64"
        self.edges: tuple[EdgeMap, ...] = ()

    def run(self, answered: Sequence[Answered], by_url: bool, on_cell: OnCell) -> None:
        """All steps of the plan, by a way to send an image that works; nothing where none does, or too many came.

        ``by_url``: the server fetches images from this app.
        """
        way = self._working(answered)
        if way is None:
            return
        if way == "url" and not by_url:
            return
        self._way = way
        more = self._again(answered) if way != "base64" and self._plan.of(CHANGED) else []
        given = [*answered, *more]
        self._changed(given)
        source = self._typical(given)
        if self._plan.of(AT_ONCE):
            send_at_once(self._send, source, way)
        ways = dict.fromkeys((way, "base64", *(("url",) if by_url else ()), "data-uri"))
        room, fast = self._plan.of(INPUTS), _affordable(given)
        if room and _is_whole(source):
            send_kinds(self._send, source, tuple(ways), min(room, fast), self._cancel, on_cell, self._leave_out)
            every = len(probes.input_cells(_ALL, tuple(ways)))
            why = (
                "the model is too slow to try them all." if fast < min(room, every) else "the check has no calls left."
            )
            self._leave_out("input", every - min(room, fast), why)

    def _working(self, answered: Sequence[Answered]) -> Way | None:
        """The way that brings answers; the prefix is tried where plain base64 never does."""
        images = [each for each in answered if each.call.purpose in ("ping", "infer")]
        ways = [each.call.way for each in images if _read(each)]
        if "base64" in ways:
            return "base64"
        refused = [each for each in images if each.call.way == "base64" and _is_refused(each)]
        if refused and self._plan.of(PREFIX):
            tried = self._send([Ask(self._images[0], PREFIX, way="data-uri")], 1)
            if any(map(_read, tried)):
                return "data-uri"
        return "url" if "url" in ways else None

    def _again(self, answered: Sequence[Answered]) -> list[Answered]:
        """A few images by the way that works, where the usual one does not."""
        done = {each.call.image_name for each in answered if each.call.way == self._way}
        rest = [image for image in self._images if image.name not in done][:_AGAIN]
        return self._send([Ask(image, image.name, way=self._way) for image in rest], 0)

    def _changed(self, answered: Sequence[Answered]) -> None:
        """Changed pictures: the first round, and a second one where the first does not suffice."""
        room = self._plan.of(CHANGED)
        named = {image.name: image for image in reversed(self._images)}
        given = [each for each in answered if each.call.image_name in named and each.call.way == self._way]
        first = self._send(self._made(named, probes.first_probes(given, room)), 0)
        more = probes.next_probes([*given, *first], room - len(first))
        if more:
            self._send(self._made(named, more), 0)
            self.edges = tuple(_edges(self._images[:_EDGES]))

    def _made(self, named: dict[str, ImageSource], wanted: Sequence[probes.Probe]) -> list[Ask]:
        asks = []
        for probe in wanted:
            self._cancel.raise_if_cancelled()
            try:
                image, variant = variants.changed(named[probe.image], probe.kind)
            except ImageError:  # damaged, or too large to be drawn: what was sent is judged as it is
                continue
            asks.append(Ask(image, f"Changed image: {probe.kind}", "variant", self._way, variant))
        return asks

    def _typical(self, answered: Sequence[Answered]) -> ImageSource:
        """The image that shows most, else the first."""
        named = {image.name: image for image in reversed(self._images)}
        known = [name for name in probes.suitable(answered) if name in named]
        return named[known[0]] if known else self._images[0]

    def ladder(self, calls: Sequence[Call]) -> None:
        """The largest body that is accepted, as far as calls are left."""
        refused = [call.request.body_bytes for call in calls if call.reply is not None and call.reply.status == 413]
        drawn = next((image for image in self._images if _is_whole(image)), images.small_sample())
        send_ladder(self._send, drawn, min(refused, default=_HIGHEST), self._way, probes.LADDER)


_ALL = 1000
_AGAIN = 3
_EDGES = 4
_HIGHEST = 64 * 1024 * 1024
_SECONDS = 90.0
"""What the grid of inputs may take with a slow model."""


def _edges(images: Sequence[ImageSource]) -> Iterator[EdgeMap]:
    for image in images:
        with contextlib.suppress(ImageError):
            yield variants.edge_map(image)


def _is_whole(image: ImageSource) -> bool:
    """Whether other kinds can be made of it: its pixels can be read."""
    try:
        variants.edge_map(image)
    except ImageError:
        return False
    return True


def _read(each: Answered) -> bool:
    """Whether an answer came that says something of the picture."""
    return each.answer is not None and each.answer.status != "failed"


def _is_refused(each: Answered) -> bool:
    """Whether an image was turned down in a way in which its missing prefix may be to blame."""
    status = each.call.reply.status if each.call.reply else 0
    return status in (400, 415, 422) or status // 100 == 5 or (each.answer is not None and not _read(each))


def _affordable(answered: Sequence[Answered]) -> int:
    """How many calls a model as slow as this one can be asked for."""
    times = [each.call.milliseconds for each in answered if each.call.reply is not None]
    return int(_SECONDS * 1000 / max(median(times), 1.0)) if times else 0


def send_kinds(
    send: Send,
    source: ImageSource,
    ways: Sequence[Way],
    room: int,
    cancel: CancelToken,
    on_cell: OnCell,
    leave_out: LeaveOut = lambda purpose, count, why: None,  # noqa: ARG005
) -> list[Answered]:
    """The grid of inputs, a few cells at a time, so that what is made of the picture is not all held at once.

    Args:
        ways: that may be tried, one that works first.
        room: the most calls.
    """
    cells = probes.input_cells(room, ways)
    found: list[Answered] = []
    tried: set[probes.Cell] = set()
    for start in range(0, len(cells), _AT_A_TIME):
        part = cells[start : start + _AT_A_TIME]
        asks = [_cell(source, cell) for cell in part]
        cancel.raise_if_cancelled()
        for cell in part:
            on_cell(cell.way, cell.kind, "running", 0.0, 0)
        answers = send(asks, 0)
        for answer in answers:
            call = answer.call
            works = answer.good and answer.answer is not None and answer.answer.status == "succeeded"
            status = call.reply.status if call.reply else 0
            on_cell(call.way or "", call.kind, "works" if works else "fails", call.milliseconds, status)
            tried.add(probes.Cell(call.way or "base64", call.kind))
        found += answers
        if not answers:  # the server is gone, or wants no more
            leave_out("input", len(cells) - start - len(part), "")
            break
    for way in probes.WAYS:
        for kind in probes.KINDS:
            if probes.Cell(way, kind) not in tried:
                on_cell(way, kind, "untried", 0.0, 0)
    return found


_AT_A_TIME = 6


def _cell(source: ImageSource, cell: probes.Cell) -> Ask:
    image, variant = variants.of_kind(source, cell.kind)
    title = probes.KIND_TITLES[cell.kind]
    return Ask(image, f"{title} by {cell.way}", "input", cell.way, variant, cell.kind)


def send_at_once(send: Send, image: ImageSource, way: Way) -> None:
    """The same picture alone, then two at a time."""
    one = Ask(image, "One at a time", "load", way, kind="1")
    two = replace(one, text="Two in parallel", kind="2")
    send([one] * probes.ALONE, 1)
    for _ in range(probes.AT_ONCE // 2):
        send([two] * 2, 2)


def send_ladder(send: Send, image: ImageSource, refused: int, way: Way, room: int) -> int:
    """The largest request body in bytes that is accepted: doubled until it is refused, then halved in between.

    Args:
        refused: a size of body that is known to bring 413.

    Returns:
        The size; 0 where none was accepted.
    """
    low, high = 0, refused
    size = min(_START, refused // 2)
    for _ in range(room):
        if size <= 0 or high - low <= max(low // 16, 1024):
            break
        answers = send(
            [Ask(variants.of_bytes(image, size * 3 // 4), f"A body of {size:,} bytes", "load", way, kind="bytes")], 1
        )
        status = answers[0].call.reply.status if answers and answers[0].call.reply else 0
        if status == 413:
            high = size
        elif status // 100 == 2:
            low = answers[0].call.request.body_bytes
        else:
            break
        size = min(low * 2, (low + high) // 2) if low else high // 2
    return low


_START = 64 * 1024
