"""The images of a report with their predictions, and the call that reproduces a finding."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from byom_gui.core.colours import ClassColour, assign
from byom_gui.core.diagnosis import Answered
from byom_gui.core.findings import Finding
from byom_gui.core.markup import xml
from byom_gui.core.observations import Call, Observations, Purpose
from byom_gui.core.predictions import DirectionalVector, Prediction, Tag
from byom_gui.core.svg import overlay, swatch

MOST_PICTURES = 6
_MOST_CLASSES = 40
_MOST_TAGS = 30

STYLE = """
figure{margin:.7rem 0}
figcaption{margin:0 0 .6rem}
.overlay{display:block;width:100%;max-height:38rem;border-radius:6px;background:var(--sunken)}
.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem}
.legend li{margin:0;overflow-wrap:anywhere}
.swatch{vertical-align:-2px}
details{margin:.8rem 0 0}
summary{cursor:pointer;color:var(--text2);font-size:.9rem}
details pre{margin:.4rem 0 0}
"""


def shown_answers(answered: Iterable[Answered]) -> tuple[Answered, ...]:
    """The first good response to each image, at most six; the ping's own image only if there is no other."""
    found: dict[tuple[str, int, int], Answered] = {}
    listed = [each for each in answered if _can_be_shown(each)]
    images = [each for each in listed if each.call.purpose == "infer"] or listed
    for each in images:
        key = (each.call.image_name, each.call.image_width, each.call.image_height)
        if key not in found or (each.good and not found[key].good):
            found[key] = each
    return tuple(found.values())[:MOST_PICTURES]


def _can_be_shown(each: Answered) -> bool:
    call = each.call
    return (
        each.answer is not None and call.purpose in ("infer", "ping") and min(call.image_width, call.image_height) > 0
    )


def pictures_html(answered: Sequence[Answered], pictures: Mapping[str, str]) -> str:
    """The section of images with their shapes; empty if no image has a response.

    Args:
        answered: all calls of the check.
        pictures: ``data:`` addresses by image name; shapes of an image that is missing are on a plain background.
    """
    shown = shown_answers(answered)
    if not shown:
        return ""
    names = [prediction.name for each in shown for prediction in _predictions(each)]
    colours = assign(list(dict.fromkeys(names)), {})
    figures = "\n".join(_figure(each, colours, pictures) for each in shown)
    return f"<h2>Predictions</h2>\n{_legend(Counter(names), colours)}{figures}\n"


def _predictions(each: Answered) -> tuple[Prediction, ...]:
    return each.answer.predictions if each.answer else ()


def _legend(counts: Counter[str], colours: Mapping[str, ClassColour]) -> str:
    if not counts:
        return ""
    rows = [
        f'<li>{swatch(colours[name])} <bdi>{xml(name)}</bdi> <span class="quiet">{count:,}</span></li>'
        for name, count in counts.most_common(_MOST_CLASSES)
    ]
    more = len(counts) - len(rows)
    rows += [f'<li class="quiet">and {more:,} more</li>'] if more else []
    return f'<ul class="legend">{"".join(rows)}</ul>\n'


def _figure(each: Answered, colours: Mapping[str, ClassColour], pictures: Mapping[str, str]) -> str:
    call, predictions = each.call, _predictions(each)
    name = call.image_name
    drawn = overlay(call.image_width, call.image_height, predictions, colours, pictures.get(name, ""), name)
    count = len(predictions)
    facts = [f"{call.image_width} × {call.image_height}", f"{count:,} {'result' if count == 1 else 'results'}"]
    facts.append(f"{call.milliseconds:,.0f} ms")
    facts += [f"{drawn.left_out:,} results are not drawn"] if drawn.left_out else []
    placeless = [f"{one.name} {one.confidence:.2f}" for one in predictions if _is_placeless(one)]
    said = ", ".join(placeless[:_MOST_TAGS]) + (
        f" and {len(placeless) - _MOST_TAGS:,} more" * (len(placeless) > _MOST_TAGS)
    )
    tags = f'<p><span class="quiet">Without a position:</span> {xml(said)}</p>' if said else ""
    caption = f'<code>{xml(name)}</code> <span class="quiet">{xml(" · ".join(facts))}</span>'
    return f'<figure class="card"><figcaption>{caption}</figcaption>{drawn.svg}{tags}</figure>'


def _is_placeless(prediction: Prediction) -> bool:
    return isinstance(prediction.shape, Tag | DirectionalVector)


_OF_LIST: tuple[Purpose, ...] = ("classes",)
_OTHER_CALLS: dict[str, tuple[Purpose, ...]] = {
    "auth.not-enforced": ("wrong-credentials", "no-credentials"),
    "classes.not-served": _OF_LIST,
    "classes.form": _OF_LIST,
    "classes.empty-list": _OF_LIST,
    "classes.unknown-type": _OF_LIST,
    "classes.empty-name": _OF_LIST,
    "classes.duplicate": _OF_LIST,
    "classes.control-character": _OF_LIST,
    "classes.background": _OF_LIST,
}
"""Findings that come from calls other than those that send an image as V7 does."""


def curl_of(finding: Finding, observations: Observations, answered: Sequence[Answered]) -> str:
    """The command that reproduces a finding: from the call that it came from, otherwise from a similar one.

    It contains no secrets: a ``SentRequest`` is built without them, and if there was no call, only the address is
    given, without a query that has secrets. Empty if the finding is about the user's own class list.
    """
    calls = [*(each.call for each in answered), *observations.calls]
    calls += [observations.classes.call] if observations.classes else []
    calls += [observations.ping.call] if observations.ping and observations.ping.call else []
    call = _call_of(finding, calls, answered)
    if call is not None:
        return call.request.curl
    infer = observations.endpoint.infer
    address = infer.base if infer.secret_names else infer.stored
    return "" if finding.id in _OTHER_CALLS else f"curl -v -X POST {shlex.quote(address)}"


def _call_of(finding: Finding, calls: Sequence[Call], answered: Sequence[Answered]) -> Call | None:
    others = _OTHER_CALLS.get(finding.id)
    if others:
        return next((call for call in calls if call.purpose in others), None)
    for each in answered:
        if any((one.id, one.subject) == (finding.id, finding.subject) for one in each.findings):
            return each.call
    # the user has their own images; the ping's is drawn in memory
    images = [call for purpose in ("infer", "ping") for call in calls if call.purpose == purpose]
    same = (call for call in images if finding.image and call.image_name == finding.image)
    return next(same, next(iter(images), None))
