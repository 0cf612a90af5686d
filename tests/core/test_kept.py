"""Answers out of sight: nothing of them is lost in memory or on disk, and what is no such thing is refused."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import pytest

from byom_gui.core.diagnosis import read_call
from byom_gui.core.errors import JsonError
from byom_gui.core.image import ImageRef
from byom_gui.core.kept import from_bytes, pack, to_bytes, unpack
from byom_gui.core.observations import NetFailure
from byom_gui.core.preview import Preview, count_seen, whole
from tests.core.calls import SHAPES, bare, body, call, failed, result

REF = ImageRef("one", "file", "/one.png", "one.png")
SOUND = body(*(result(**{name: shape}) for name, shape in SHAPES.items()))


def test_a_packed_answer_comes_back_as_it_was() -> None:
    answered = read_call(call(SOUND))
    packed = pack(answered)
    assert packed is not None
    lean, data = packed
    assert lean.answer is not None
    assert lean.answer.predictions == ()
    assert lean.answer.value is None
    assert (lean.findings, lean.seen, lean.marks) == (answered.findings, answered.seen, answered.marks)
    assert unpack(lean, data) == answered


@pytest.mark.parametrize(
    "answered",
    [
        read_call(call(body(bare()))),
        read_call(call(raw=b"no json")),
        read_call(failed(NetFailure("net.reset", "http", "gone", 0.1), "infer")),
        read_call(call(body(result(polygon={"path": 3})))),
    ],
    ids=["not valid", "no JSON", "no reply", "not drawn"],
)
def test_an_answer_with_problems_is_not_packed(answered: object) -> None:
    assert pack(answered) is None  # type: ignore[arg-type]


def test_a_preview_counts_the_same_packed_and_whole() -> None:
    answered = read_call(call(SOUND))
    shown = Preview(REF, "done", 100, 80, answered)
    lean, data = pack(answered) or (answered, b"")
    packed = replace(shown, answered=lean, packed=data)
    assert packed.count == shown.count == len(SHAPES)
    assert packed.milliseconds == shown.milliseconds
    assert packed.predictions == ()
    assert count_seen([packed]) == count_seen([shown])
    assert count_seen([shown, packed])["cat", "tag"] == 2
    assert whole(packed) == shown
    assert whole(shown) is shown
    assert (Preview(REF).count, Preview(REF).milliseconds, count_seen([Preview(REF)])) == (0, 0.0, {})


def test_a_call_comes_back_from_disk_as_it_was() -> None:
    sent = replace(call(SOUND), image_name="bild ü.png", way="url", image_orientation=6, attempts=2)
    again = from_bytes(to_bytes(sent))
    assert again == sent
    assert from_bytes(to_bytes(replace(sent, way=None))).way is None


HEAD = json.loads(to_bytes(call(SOUND)).partition(b"\n")[0])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}\n",
        b"[]\n" + zlib.compress(b"x"),
        json.dumps(HEAD).encode() + b"\n" + b"no zlib",
        json.dumps({**HEAD, "format": "byom-kept-answer/2"}).encode() + b"\n" + zlib.compress(b"x"),
        json.dumps({**HEAD, "started": 3}).encode() + b"\n" + zlib.compress(b"x"),
        json.dumps({**HEAD, "reply": None}).encode() + b"\n" + zlib.compress(b"x"),
    ],
)
def test_what_is_no_kept_answer_is_refused(data: bytes) -> None:
    with pytest.raises(JsonError):
        from_bytes(data)
