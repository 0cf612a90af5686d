"""Answers out of sight: packed in memory while the app runs, and as bytes on disk between runs.

Packed, an answer keeps what a diagnosis asks of it (findings, classes, a sample of places); its body is compressed, and
is read again when it is looked at. On disk it is one line of JSON about the call, and the compressed body.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from byom_gui.core.contract import Answer, read_answer
from byom_gui.core.diagnosis import Answered
from byom_gui.core.errors import JsonError
from byom_gui.core.observations import Call, Reply, SentRequest, Way

FORMAT = "byom-kept-answer/1"
_FAST = 1
_NUMBERS = ("milliseconds", "image_width", "image_height", "image_orientation", "attempts")
_TEXTS = ("image_name", "way")


Packed = tuple[Answered, bytes]
"""What stays of an answer, and its compressed body."""


def pack(answered: Answered) -> Packed | None:
    """What stays of a sound answer, and its body compressed; None for one that has problems to be shown."""
    answer, reply = answered.answer, answered.call.reply
    if answer is None or reply is None or not answered.good or len(answer.results or ()) != len(answer.predictions):
        return None
    return _lean(answered, answer, reply), zlib.compress(reply.body, _FAST)


def _lean(answered: Answered, answer: Answer, reply: Reply) -> Answered:
    """Without the body and what was read from it. A masked body stays with the call, compressed."""
    lean = Answer(None, answer.status, (), answer.problems, answer.schema_valid, answer.duplicates)
    packed = answered.call.masked
    packed = replace(packed, body=zlib.compress(packed.body, _FAST)) if packed else None
    call = replace(answered.call, reply=replace(reply, body=b""), masked=packed)
    return replace(answered, call=call, answer=lean, masked=None)


def unpack(lean: Answered, packed: bytes) -> Answered:
    """The whole answer again. A large one takes a while, so run it in a worker."""
    body = zlib.decompress(packed)
    assert lean.call.reply is not None
    masked = lean.call.masked
    masked = replace(masked, body=zlib.decompress(masked.body)) if masked else None
    call = replace(lean.call, reply=replace(lean.call.reply, body=body), masked=masked)
    if masked is None:
        return replace(lean, call=call, answer=read_answer(body))
    readable = replace(lean, call=replace(call, reply=masked, masked=None), answer=read_answer(masked.body))
    return replace(lean, call=call, answer=read_answer(body), masked=readable)


def to_bytes(call: Call) -> bytes:
    """An inference call that was answered, for the disk: its masked reply, and nothing of the image."""
    reply = call.readable
    assert reply is not None
    request = call.request
    head = {
        "format": FORMAT,
        "started": call.started.isoformat(),
        "request": [request.method, request.url, [list(pair) for pair in request.headers], request.curl],
        "request_body": [request.body, request.body_bytes],
        "reply": [reply.status, [list(pair) for pair in reply.headers]],
        **{name: getattr(call, name) for name in (*_NUMBERS, *_TEXTS)},
    }
    return json.dumps(head).encode() + b"\n" + zlib.compress(reply.body, _FAST)


def from_bytes(data: bytes) -> Call:
    """The call again.

    Raises:
        JsonError: these are no such bytes.
    """
    first, _, packed = data.partition(b"\n")
    try:
        return _call(json.loads(first), zlib.decompress(packed))
    except (ValueError, TypeError, KeyError, zlib.error, AttributeError, RecursionError):
        raise JsonError("This is not a cached response.", finding_id="json.invalid") from None


def _call(head: dict[str, Any], body: bytes) -> Call:
    if head["format"] != FORMAT:
        raise ValueError
    method, url, headers, curl = head["request"]
    text, size = head["request_body"]
    status, reply_headers = head["reply"]
    request = SentRequest(str(method), str(url), _pairs(headers), str(text), int(size), str(curl))
    return Call(
        "infer",
        request,
        Reply(int(status), _pairs(reply_headers), body),
        None,
        float(head["milliseconds"]),
        datetime.fromisoformat(head["started"]),
        str(head["image_name"]),
        int(head["image_width"]),
        int(head["image_height"]),
        way=_way(head["way"]),
        image_orientation=int(head["image_orientation"]),
        attempts=int(head["attempts"]),
    )


def _pairs(listed: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in listed)


def _way(word: Any) -> Way | None:
    return cast("Way", word) if word in ("base64", "url", "data-uri") else None
