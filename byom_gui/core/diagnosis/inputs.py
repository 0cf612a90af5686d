"""Inputs: kinds of image that fail where others work, and what a broken image causes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from byom_gui.core.busy import is_busy
from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.model import Answered, Rule, RunLook, RunRule
from byom_gui.core.diagnosis.probes import BROKEN, COMMON, KIND_TITLES, TURNED
from byom_gui.core.findings import Finding
from byom_gui.core.observations import Way

_WEIGHTY = frozenset((*COMMON, *TURNED))


@dataclass(frozen=True, slots=True)
class Symptom:
    """How one kind failed: the id and subject of the first error, or ``failed``; and a description."""

    key: str
    words: str


def symptom(each: Answered, usual: frozenset[str]) -> Symptom | None:
    """How a response failed; None if it did not, or if the kind of image is not the reason.

    Args:
        usual: ids of errors that ordinary images cause as well.
    """
    call = each.call
    if call.reply is None:
        failure = call.failure
        broke = failure is not None and failure.id == "net.reset"
        return Symptom("net.reset", "the connection was lost") if broke else None
    if is_busy(call.reply):
        return None
    for finding in each.findings:
        if finding.severity == "error" and finding.id not in usual:
            words = "the response is “failed”" if finding.id == "status.failed" else finding.what.rstrip(".")
            return Symptom(f"{finding.id} {finding.subject}", words[:1].lower() + words[1:])
    return None


def _usual(look: RunLook) -> frozenset[str]:
    """The errors that ordinary images cause."""
    return frozenset(finding.id for each in look.answered for finding in each.findings if finding.severity == "error")


def _formats(look: RunLook) -> Iterator[Finding]:
    """Kinds that fail in the same way, as one finding; only for a transport with which another kind works."""
    failing, words = _failing(look)
    for (severity, key), many in failing.items():
        yield _format(severity, key, many, words[severity, key], _given(look, key))


def failing_kinds(look: RunLook) -> frozenset[str]:
    """The keys of the symptoms that ``input.format`` reports."""
    return frozenset(key for _, key in _failing(look)[0])


_Groups = dict[tuple[str, str], list[Answered]]


def _failing(look: RunLook) -> tuple[_Groups, dict[tuple[str, str], str]]:
    """The calls with kinds that fail, by severity and symptom; and each symptom in words."""
    failing: _Groups = {}
    words: dict[tuple[str, str], str] = {}
    if not look.tried:
        return failing, words
    usual = _usual(look)
    for way in _working(look, usual):
        for each in look.tried:
            if each.call.purpose != "input" or each.call.way != way or each.call.kind in BROKEN:
                continue
            found = symptom(each, usual)
            if found is not None:
                severity = "warning" if each.call.kind in _WEIGHTY else "advice"
                failing.setdefault((severity, found.key), []).append(each)
                words.setdefault((severity, found.key), found.words)
    return failing, words


def _given(look: RunLook, key: str) -> str:
    """How many of the user's images are of a kind that fails like this."""
    given = {each.call.image_name for each in look.misread if (how := symptom(each, frozenset())) and how.key == key}
    return f" {len(given)} of your images {'is' if len(given) == 1 else 'are'} of this kind." if given else ""


def _working(look: RunLook, usual: frozenset[str]) -> list[Way]:
    """The transports with which at least one kind of image works."""
    fine = (each for each in look.tried if each.call.purpose == "input" and each.call.reply is not None)
    ways = dict.fromkeys(
        each.call.way for each in fine if each.call.kind not in BROKEN and symptom(each, usual) is None and each.answer
    )
    return [way for way in ways if way is not None]


def _format(severity: str, key: str, many: list[Answered], words: str, given: str) -> Finding:
    kinds = list(dict.fromkeys(each.call.kind for each in many))
    titles = ", ".join(KIND_TITLES[kind] for kind in kinds)
    first = many[0]
    status = f"HTTP {first.call.reply.status}; " if first.call.reply else ""
    said = next((finding.evidence for finding in first.findings if finding.severity == "error"), "")
    return make(
        "input.format",
        f"Some kinds of image fail: {titles}." if len(kinds) > 1 else f"A kind of image fails: {titles}.",
        severity=severity,
        where=first.call.image_name,
        evidence=f"{status}{words}, for {titles} sent as {first.call.way}; other kinds work.{given} {said}".strip(),
        cause=_cause(kinds),
        fix="Open it with Pillow from memory and convert it to three channels before the model sees it, or return "
        "“failed” if it cannot be processed.",
        snippet=_SNIPPET,
        subject=f"{severity} {key}",
        count=len(many),
        places=tuple(dict.fromkeys(each.call.image_name for each in many))[:5],
        image=first.call.image_name,
    )


_SNIPPET = """\
from PIL import Image, ImageOps
image = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
"""


def _cause(kinds: list[str]) -> str:
    if set(kinds) <= {"grey", "alpha", "cmyk", "16-bit"}:
        return "The server expects three 8-bit channels, and this kind has others."
    if set(kinds) <= {"large", "wide", "1x1"}:
        return "The server does not expect an image of this size."
    return "The server reads only some kinds of file, or treats the image as another kind."


def _failure_form(look: RunLook) -> Iterator[Finding]:
    """The response to a broken image must be ``failed``; it must not break the server."""
    tried = [each for each in look.tried if each.call.purpose == "input"]
    sound = any(each.call.kind not in BROKEN and _status(each) // 100 == 2 for each in tried)
    broken = [each for each in tried if each.call.kind in BROKEN and _breaks(each)]
    if not broken or not sound:
        return
    first = broken[0]
    said = next((finding.evidence for finding in first.findings), f"HTTP {_status(first)}.")
    yield make(
        "input.failure-form",
        "A broken image makes the server fail.",
        where=look.observations.endpoint.infer.shown,
        evidence=f"An image that is {KIND_TITLES[first.call.kind]} causes: {said}",
        cause="The server does not catch the error where it reads the image.",
        fix='Catch it, and return {"status": "failed", "results": []} with status 200.',
        count=len(broken),
        image=first.call.image_name,
    )


def _breaks(each: Answered) -> bool:
    """Whether the server failed: a 5xx, or no HTTP response at all."""
    return _status(each) // 100 == 5 or (each.call.failure is not None and each.call.failure.id.startswith("net."))


def _status(each: Answered) -> int:
    return each.call.reply.status if each.call.reply else 0


RULES: tuple[Rule, ...] = (
    RunRule(("input.format",), _formats),
    RunRule(("input.failure-form",), _failure_form),
)
