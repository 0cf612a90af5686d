"""Sound servers that are a little odd: nothing is wrong with them, and no diagnosis may say so."""

from __future__ import annotations

import gzip
from dataclasses import replace

from byom_gui.sandbox.fault import Answer, Fault, Picture, each
from byom_gui.sandbox.places import framed

_NAMES = {"nucleus": "细胞核", "mitosis": "有丝分裂", "debris": "débris", "colony": "колония", "parcel": "صندوق"}


def _extra(value: Answer, picture: Picture) -> Answer:
    results = [{**result, "id": at, "track": None} for at, result in enumerate(value["results"])]
    return {"model": {"version": "2.1"}, **value, "results": results, "milliseconds": 12.5, "image": picture.size}


def _renamed(result: Answer, _: Picture) -> Answer:
    name = _NAMES.get(result["name"], result["name"])
    return {**result, "name": name, "label": name}


SOUND_KINDS: tuple[Fault, ...] = (
    Fault(
        "sound",
        "takes three seconds over the first call, and is quick from then on",
        "slow-first",
        wait=lambda number: 3.0 if number == 1 else 0.0,
    ),
    Fault("sound", "adds keys of its own, as the contract allows", "extra-keys", answer=_extra),
    Fault(
        "sound",
        "names its classes in other scripts",
        "other-scripts",
        answer=each(_renamed),
        classes=lambda listed: [{**entry, "name": _NAMES.get(entry["name"], entry["name"])} for entry in listed],
    ),
    Fault("sound", "returns shapes a fraction of a pixel off", "fraction", answer=framed(lambda _: (1, 1, -0.4, 0.4))),
    Fault(
        "sound",
        "sends interim responses ahead of the answer",
        "interim",
        reply=lambda _, response: replace(response, interim=(102, 103)),
    ),
    Fault(
        "sound",
        "compresses its answer, and says so",
        "gzip",
        reply=lambda _, response: replace(
            response, body=gzip.compress(response.body), headers=(*response.headers, ("Content-Encoding", "gzip"))
        ),
    ),
    Fault(
        "sound",
        "says the character set in its content type",
        "charset",
        reply=lambda _, response: replace(response, media_type="application/json; charset=utf-8"),
    ),
)
"""None brings a finding, but what loopback and the pictures bring."""
