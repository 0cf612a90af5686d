"""A response is judged as it was sent, and quoted with its secrets masked."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.diagnosis import Answered, diagnose, read_call
from byom_gui.core.endpoint import MASK
from byom_gui.core.findings import NOT_QUOTED, Finding, in_words_of
from byom_gui.core.image import ImageRef
from byom_gui.core.kept import from_bytes, pack, to_bytes, unpack
from byom_gui.core.masking import reply_for_people
from byom_gui.core.observations import Call, Observations
from byom_gui.core.preview import Preview
from byom_gui.core.redact import Redactor
from tests.core.calls import SHAPES, body, call, classes_seen, endpoint, failed, ping, result

LONG = "Hush-marked-77"
WORDS = ["cat", "tag", "150", "0.9", "box", "w", "name", "label", "true", "results", "images", "a", "server", "status"]
FAULTS: dict[str, Any] = {
    "valid": body(*(result(**{name: shape}) for name, shape in SHAPES.items())),
    "no shape": body(result(box=[1, 2, 3, 4], bounding_box=None)),
    "renamed": body(result(bounding_box={"x": 1, "y": 2, "width": 150, "height": 4})),
    "text for a number": body(result(confidence="0.9")),
    "per cent": body(result(confidence=90), result(confidence=150)),
    "label differs": body(result("cat", label="dog")),
    "wrapped": {"predictions": [result()], "model": "cat"},
    "no results": {"status": "succeeded", "boxes": [1, 2]},
    "list": [result()],
    "status": body(status="ok"),
    "yolo": [{"class": "cat", "box": [1, 2, 3, 4], "conf": 0.9}],
}


def masked(made: Call, *secrets: str) -> Call:
    """The call as the client makes it when these secrets were sent."""
    assert made.reply is not None
    return replace(made, masked=reply_for_people(made.reply, Redactor(secrets)))


def said(findings: tuple[Finding, ...]) -> str:
    return json.dumps([f"{each!r} {each.as_json()}" for each in findings], ensure_ascii=False)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_findings_do_not_change_with_a_password_that_is_a_word_of_the_data(word: str, fault: str) -> None:
    plain = call(FAULTS[fault])
    with_word = masked(plain, word)
    answered = read_call(with_word)
    assert answered.answer == read_call(plain).answer
    if fault == "status" or (fault, word) == ("wrapped", "cat"):
        return  # the value is not one of the contract: it is text
    assert answered.findings == read_call(plain).findings
    listed = ClassList((ClassEntry("Cat", "polygon"),))
    seen = Observations(endpoint(), calls=(with_word,))
    without = Observations(endpoint(), calls=(plain,))
    assert diagnose(seen, [answered], listed) == diagnose(without, [read_call(plain)], listed)


@pytest.mark.parametrize("secret", [LONG, "red", "hunter2"])
@pytest.mark.parametrize(
    ("made", "id"),
    [
        (lambda s: call(raw=f"Traceback\nKeyError: '{s}'".encode(), status=500), "http.server-error"),
        (lambda s: call(raw=f"no entry for {s}".encode(), status=401), "auth.rejected"),
        (lambda s: call(raw=b"slow", status=429, headers=(("retry-after", f"5 {s}"),)), "http.rate-limited"),
        (lambda s: call(raw=f"<title>{s}</title>".encode()), "http.html"),
        (lambda s: call(body(result()), headers=(("content-type", f"text/x-{s.lower()}"),)), "http.media-type"),
        (lambda s: call(raw=f"{{'key': '{s}'}}".encode()), "json.python-literal"),
        (lambda s: call(raw=f'{{"key": "{s}" 1}}'.encode()), "json.invalid"),
        (lambda s: call(body(status=s)), "schema.range"),
        (lambda s: call(body(result(confidence=s))), "schema.type"),
        (lambda s: call(body(status="failed", error=f"for {s}")), "status.failed"),
    ],
)
def test_what_the_server_said_is_quoted_with_the_secret_masked(made: Any, id: str, secret: str) -> None:
    plain = made(secret)
    used = secret.lower() if id == "http.media-type" else secret
    answered = read_call(masked(plain, used))
    assert id in [each.id for each in answered.findings]
    assert [each.id for each in answered.findings] == [each.id for each in read_call(plain).findings]
    assert [each.severity for each in answered.findings] == [each.severity for each in read_call(plain).findings]
    assert not re.search(rf"\b{used}\b", said(answered.findings))
    assert MASK in said(answered.findings)
    whole = diagnose(Observations(endpoint(), calls=(answered.call,)), [answered], None)
    assert not re.search(rf"\b{used}\b", said(whole.findings))
    assert id in [each.id for each in whole.findings]


def test_the_place_of_a_fault_is_that_in_the_text_as_it_was_sent() -> None:
    made = call(raw=f"{{'a': '{LONG}', 'b': 1}}".encode())
    made = replace(made, reply=replace(made.reply, body=f'{{"a": "{LONG}", b: 1}}'.encode()))  # type: ignore[type-var]
    plain, safe = read_call(made).findings[0], read_call(masked(made, LONG)).findings[0]
    assert safe.where == plain.where
    assert safe.evidence == plain.evidence.replace(LONG, MASK)


def test_the_class_list_and_probes_are_quoted_masked() -> None:
    listed = classes_seen({"classes": "none", "debug": LONG})
    observations = Observations(
        endpoint(),
        ping=ping(the_call=masked(call(body(result(), note=LONG), purpose="ping"), LONG)),
        calls=(masked(call(raw=LONG.encode(), status=401, purpose="wrong-credentials"), LONG),),
        classes=replace(listed, call=masked(listed.call, LONG)),
    )
    found = diagnose(observations, [read_call(call(body(result())))], None).findings
    assert "classes.form" in [each.id for each in found]
    assert LONG not in said(found)
    assert MASK in said(found)
    bare = replace(observations, ping=None, classes=None)
    assert diagnose(bare, [read_call(call(body(result())))], None).findings == ()
    probe = read_call(observations.calls[0])
    assert (probe.answer, probe.findings, probe.readable.call.reply) == (None, (), observations.calls[0].masked)


def test_a_finding_that_depends_on_the_masked_words_quotes_nothing() -> None:
    found = Finding("x.one", "error", "what", evidence="secret", before="b", after="a")
    same = Finding("x.two", "warning", "what", evidence="secret", count=3)
    words = Finding("x.two", "error", "what", evidence="dots")
    told = in_words_of((found, same, same), (words,))
    assert [each.evidence for each in told] == [NOT_QUOTED, "dots", NOT_QUOTED]
    assert (told[0].before, told[0].after, told[1].severity, told[1].count) == ("", "", "warning", 3)


def gossip() -> Answered:
    value = body(result("red", label="red", attributes=[f"by {LONG}"]), debug={"password": "red", "key": LONG})
    return read_call(masked(call(value), LONG, "red"))


def test_what_is_kept_on_disk_is_masked_and_its_data_are_as_sent() -> None:
    answered = gossip()
    data = to_bytes(answered.call)
    kept = read_call(from_bytes(data))
    assert kept.answer is not None
    assert answered.answer is not None
    assert [each.name for each in kept.answer.predictions] == ["red"]
    assert kept.answer.value["debug"] == {"password": MASK, "key": MASK}
    assert answered.answer.value["debug"] == {"password": "red", "key": LONG}
    assert kept.call.masked is None


def test_a_packed_answer_comes_back_with_what_people_may_read() -> None:
    answered = gossip()
    lean, packed = pack(answered) or (answered, b"")
    assert lean.masked is None
    assert unpack(lean, packed) == answered
    assert answered.masked is not None
    shown = Preview(ImageRef("one", "file", "/one.png", "one.png"), "done", 100, 80, answered)
    assert shown.predictions[0].attributes == (f"by {LONG}",)
    assert shown.readable_predictions[0].attributes == (f"by {MASK}",)
    assert replace(shown, answered=None).readable_predictions == ()


def test_a_call_without_a_reply_has_none_to_read() -> None:
    from byom_gui.core.observations import NetFailure

    made = failed(NetFailure("net.reset", "http", "gone", 0.1))
    assert made.readable is None
