"""Behavior: the same response to every image, and different responses to the same image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.marks import Mark
from byom_gui.core.diagnosis.model import Answered, Rule, RunLook, RunRule
from byom_gui.core.findings import Finding
from byom_gui.core.wording import shown

_NEEDED = ("blank", "noise", "mirrored")
_NEAR = 1e-3


def _constant(look: RunLook) -> Iterator[Finding]:
    """Never from tags alone: they have no position."""
    for base in look.answered:
        if not base.marks:
            continue
        mine = [each for each in look.tried if _is_of(each, base)]
        same = [each for each in mine if _places(each) == _places(base)]
        kinds = {each.call.variant.kind for each in same if each.call.variant}
        if all(kind in kinds for kind in _NEEDED):
            yield _told(look, base, len(same) + 1)
            return


def _is_of(each: Answered, base: Answered) -> bool:
    variant = each.call.variant
    return variant is not None and variant.of == base.call.image_name and variant.kind in _NEEDED


def _places(each: Answered) -> tuple[Mark, ...]:
    return each.marks


def _told(look: RunLook, base: Answered, pictures: int) -> Finding:
    first = base.marks[0]
    return make(
        "behaviour.constant",
        "Different images get the same response.",
        where=look.observations.endpoint.infer.shown,
        evidence=f"{base.call.image_name}, its mirror image, a blank and a noisy image all return the same "
        f"{len(base.marks)} shapes; the first is a {first.kind.replace('_', ' ')} of “{first.name}”.",
        cause="The server returns a fixed response, or the image never reaches the model.",
        fix="Call the model with the image from the request in the function that handles it.",
        count=pictures,
        image=base.call.image_name,
    )


def _unstable(look: RunLook) -> Iterator[Finding]:
    for again in look.tried:
        if again.answer is None or not _is_again(again):
            continue
        base = next((each for each in look.answered if _same_request(each, again)), None)
        if base is None or base.answer is None:
            continue
        difference = _difference(base.answer.results, again.answer.results, "results")
        if difference:
            yield make(
                "behaviour.unstable",
                "The same image gets different responses.",
                where=base.call.image_name,
                evidence=f"{base.call.image_name} was sent more than once: {difference}.",
                cause="The model is random (dropout left on, a random crop), or depends on earlier images.",
                fix="Switch the model to evaluation mode (model.eval() in PyTorch), and set a fixed seed.",
                image=base.call.image_name,
            )
            return


def _is_again(each: Answered) -> bool:
    """Whether the same image was sent again: for this comparison, or to measure the time."""
    variant = each.call.variant
    return (variant is not None and variant.kind == "again") or (
        each.call.purpose == "load" and each.call.kind in ("1", "2")
    )


def _same_request(each: Answered, again: Answered) -> bool:
    return each.call.image_name == again.call.image_name and each.call.way == again.call.way and each.answer is not None


def _difference(one: Any, two: Any, path: str) -> str:
    """The first path at which two responses differ by more than rounding, in words; empty if they do not."""
    if isinstance(one, list) and isinstance(two, list):
        if len(one) != len(two):
            return f"{path} has {len(one):,}, then {len(two):,}"
        pairs = ((a, b, f"{path}[{place}]") for place, (a, b) in enumerate(zip(one, two, strict=True)))
        return next((found for a, b, where in pairs if (found := _difference(a, b, where))), "")
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
        return next((found for key in one if (found := _difference(one[key], two[key], f"{path}.{key}"))), "")
    if isinstance(one, int | float) and isinstance(two, int | float) and abs(one - two) <= _NEAR * max(1.0, abs(one)):
        return ""
    return "" if one == two else f"{path} is {shown(one, 40)}, then {shown(two, 40)}"


RULES: tuple[Rule, ...] = (
    RunRule(("behaviour.constant",), _constant),
    RunRule(("behaviour.unstable",), _unstable),
)
