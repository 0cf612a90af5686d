"""The two image transports: if one fails and the other works, that is one finding, which explains the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.model import Answered, Rule, RunLook, RunRule, image_key
from byom_gui.core.findings import Finding
from byom_gui.core.observations import Way

_WORDS: dict[Way, tuple[str, str, str, str]] = {
    "url": (
        "input.url",
        "Images sent by URL fail; images sent as base64 work.",
        "The server reads only “base64”, or cannot fetch the address.",
        'If the request has {"image": {"url": …}}, fetch that address, and respond as for base64.',
    ),
    "base64": (
        "input.base64",
        "Images sent as base64 fail; images sent by URL work.",
        "The server reads only “url”, or decodes the string incorrectly.",
        'If the request has {"image": {"base64": …}}, decode it: base64.b64decode(text). It has no prefix.',
    ),
}


_DATA_URI = (
    "input.data-uri",
    "Images sent as base64 work only with a “data:” prefix, which V7 does not send.",
    "The server splits the string at a comma, or requires the media type before it.",
    'Decode the complete string: base64.b64decode(text). To accept both: text.rpartition(",")[2].',
)


def without_lost_way(images: Sequence[Answered]) -> tuple[tuple[Answered, ...], tuple[Answered, ...]]:
    """The calls to judge, and those with a transport that always fails although another works for the same image.

    Responses to a ``data:`` prefix are judged only if it replaces plain base64.
    """
    lost: dict[Way, list[Answered]] = {}
    for way in _WORDS:
        mine = [each for each in images if each.call.way == way]
        others = {image_key(each) for each in images if each.call.way not in (way, None) and _works(each)}
        if all(_is_turned_down(each) for each in mine) and any(image_key(each) in others for each in mine):
            lost[way] = mine
    instead = "base64" in lost
    kept = (each for each in images if each.call.way not in lost)
    kept = (each for each in kept if each.call.way != "data-uri" or (instead and _works(each)))
    return tuple(kept), tuple(each for way in _WORDS for each in lost.get(way, ()))


def _works(answered: Answered) -> bool:
    return answered.good and answered.answer is not None and answered.answer.status == "succeeded"


def _is_turned_down(answered: Answered) -> bool:
    """A failure that the transport may cause: not a rate limit, and not a lost connection."""
    reply = answered.call.reply
    return reply is not None and reply.status != 429 and not _works(answered)


def _lost(look: RunLook) -> Iterator[Finding]:
    prefixed = any(each.call.way == "data-uri" and _works(each) for each in look.answered)
    for way, words in _WORDS.items():
        mine = [each for each in look.lost if each.call.way == way]
        for each in mine[:1]:
            id, what, cause, fix = _DATA_URI if prefixed and way == "base64" else words
            first = each.findings[0]  # errors come first
            yield make(
                id,
                what,
                where=look.observations.endpoint.infer.shown,
                evidence=f"{first.what} {first.evidence}",
                cause=f"{cause} V7 may send either." if id != "input.data-uri" else cause,
                fix=fix,
                count=len(mine),
                image=each.call.image_name,
            )


RULES: tuple[Rule, ...] = (RunRule(("input.url", "input.base64", "input.data-uri"), _lost),)
