"""The two ways to send an image: where one fails and the other works, that is one finding, and all it explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.model import Answered, Rule, RunLook, RunRule, image_key
from byom_gui.core.findings import Finding
from byom_gui.core.observations import Way

_WORDS: dict[Way, tuple[str, str, str, str]] = {
    "url": (
        "input.url",
        "An image sent as an address is not judged; one sent as base64 is.",
        "The server reads only “base64”, or can not fetch the address.",
        'Where the request holds {"image": {"url": …}}, fetch that address, and answer as for base64.',
    ),
    "base64": (
        "input.base64",
        "An image sent as base64 is not judged; one sent as an address is.",
        "The server reads only “url”, or decodes the text in another way.",
        'Where the request holds {"image": {"base64": …}}, decode it: base64.b64decode(text). It has no prefix.',
    ),
}


def without_lost_way(images: Sequence[Answered]) -> tuple[tuple[Answered, ...], tuple[Answered, ...]]:
    """The calls to judge, and those of the way that fails every time although the other works on the same image."""
    for way in _WORDS:
        mine = [each for each in images if each.call.way == way]
        others = {image_key(each) for each in images if each.call.way not in (way, None) and _works(each)}
        if all(_is_turned_down(each) for each in mine) and any(image_key(each) in others for each in mine):
            return tuple(each for each in images if each.call.way != way), tuple(mine)
    return tuple(images), ()


def _works(answered: Answered) -> bool:
    return answered.good and answered.answer is not None and answered.answer.status == "succeeded"


def _is_turned_down(answered: Answered) -> bool:
    """A failure that may come of the way: not a limit on requests, and not a connection that broke."""
    reply = answered.call.reply
    return reply is not None and reply.status != 429 and not _works(answered)


def _lost(look: RunLook) -> Iterator[Finding]:
    for each in look.lost[:1]:
        id, what, cause, fix = _WORDS["url" if each.call.way == "url" else "base64"]
        first = each.findings[0]  # errors come first
        yield make(
            id,
            what,
            where=look.observations.endpoint.infer.shown,
            evidence=f"{first.what} {first.evidence}",
            cause=f"{cause} V7 may send either.",
            fix=fix,
            count=len(look.lost),
            image=each.call.image_name,
        )


RULES: tuple[Rule, ...] = (RunRule(("input.url", "input.base64"), _lost),)
