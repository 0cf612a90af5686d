"""Sound servers that are a little odd: nothing is wrong with them, and no diagnosis may say so."""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from byom_gui.sandbox.fault import Answer, Fault, Picture, each
from byom_gui.sandbox.places import framed

_NAMES = {"nucleus": "细胞核", "mitosis": "有丝分裂", "debris": "débris", "colony": "колония", "parcel": "صندوق"}


def _extra(value: Answer, picture: Picture) -> Answer:
    results = [{**result, "id": at, "track": None} for at, result in enumerate(value["results"])]
    return {"model": {"version": "2.1"}, **value, "results": results, "milliseconds": 12.5, "image": picture.size}


def _named(variant: str, does: str, rename: Callable[[str], str]) -> Fault:
    """Names its classes in another way, the same in the list and in the responses."""
    return Fault(
        "sound",
        does,
        variant,
        answer=each(lambda result, _: {**result, "name": (name := rename(result["name"])), "label": name}),
        classes=lambda listed: [{**entry, "name": rename(entry["name"])} for entry in listed],
    )


SOUND_KINDS: tuple[Fault, ...] = (
    Fault(
        "sound",
        "takes three seconds for the first call, and is fast afterwards",
        "slow-first",
        wait=lambda number: 3.0 if number == 1 else 0.0,
    ),
    Fault("sound", "adds its own keys, as the contract allows", "extra-keys", answer=_extra),
    _named("other-scripts", "names its classes in other scripts", lambda name: _NAMES.get(name, name)),
    _named(
        "joiners",
        "has valid joiners in a Persian name and in an emoji",
        lambda name: {"nucleus": "هسته\u200cها", "colony": "👩\u200d🔬"}.get(name, name),
    ),
    _named(
        "decomposed",
        "names its classes in decomposed letters (NFD), in the list and in the responses",
        lambda name: unicodedata.normalize("NFD", _NAMES.get(name, name)),
    ),
    Fault("sound", "returns shapes a fraction of a pixel off", "fraction", answer=framed(lambda _: (1, 1, -0.4, 0.4))),
    Fault(
        "sound",
        "sends interim responses before the final one",
        "interim",
        reply=lambda _, response: replace(response, interim=(102, 103)),
    ),
    Fault(
        "sound",
        "compresses its response, and says so",
        "gzip",
        reply=lambda _, response: replace(
            response, body=gzip.compress(response.body), headers=(*response.headers, ("Content-Encoding", "gzip"))
        ),
    ),
    Fault(
        "sound",
        "has a charset in its Content-Type",
        "charset",
        reply=lambda _, response: replace(response, media_type="application/json; charset=utf-8"),
    ),
)
"""None brings a finding, but what loopback and the pictures bring."""
