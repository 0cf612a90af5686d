"""How a registration can end, each end in plain words."""

from __future__ import annotations

import json

import pytest

from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import MASK, Auth, Endpoint, SecretRef, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.observations import NetFailure, SentRequest
from byom_gui.core.registering import (
    MAX_ERROR_LINES,
    OutcomeKind,
    V7Error,
    by_hand,
    checked_key,
    error_lines,
    outcome_of,
    timed_out,
    unreachable,
)
from byom_gui.core.registration import Registration

REQUEST = SentRequest("POST", "https://darwin.v7labs.com/ai/external_models", (), "{}", 2, "curl")


@pytest.mark.parametrize(
    ("status", "kind", "sentence", "todo"),
    [
        (200, "registered", "is registered", "AI Model stage"),
        (201, "registered", "is registered", "AI Model stage"),
        (204, "registered", "is registered", "AI Model stage"),
        (401, "key-refused", "does not accept the API key", "enter it again"),
        (403, "not-allowed", "may not register", "team admin"),
        (404, "not-found", "The path is an assumption", "register manually"),
        (422, "invalid", "did not accept the values", "Fix what V7 lists"),
        (429, "rate-limited", "no more requests", "Wait a minute"),
        (500, "server-error", "V7 failed", "It may have arrived. Check V7's Models page."),
        (503, "server-error", "(503)", "It may have arrived"),
        (301, "refused", "status 301", "API profile"),
        (400, "refused", "status 400", "API profile"),
        (413, "refused", "status 413", "API profile"),
    ],
)
def test_each_status_has_its_words(status: int, kind: OutcomeKind, sentence: str, todo: str) -> None:
    outcome = outcome_of(status, b"", None, REQUEST)
    assert (outcome.kind, outcome.status, outcome.request) == (kind, status, REQUEST)
    assert sentence in outcome.sentence
    assert todo in outcome.todo
    assert (outcome.errors, outcome.model_url) == ((), "")


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><title>Log in</title>", b"\xef\xbb\xbf\n <HTML lang=en>", b"<html>"])
def test_a_web_page_is_no_success(body: bytes) -> None:
    outcome = outcome_of(200, body, None, REQUEST)
    assert (outcome.kind, outcome.status, outcome.request) == ("unknown", 200, REQUEST)
    assert "web page (status 200)" in outcome.sentence
    assert "It may have arrived" in outcome.todo
    assert outcome_of(422, body, None, REQUEST).kind == "invalid"


@pytest.mark.parametrize("body", [b"", b"ok", b'{"page": "<html>"}', b"<htmlish/>", b"<xml/>"])
def test_any_other_success_is_one(body: bytes) -> None:
    assert outcome_of(201, body, None, REQUEST).kind == "registered"


def test_a_wait_is_named() -> None:
    outcome = outcome_of(429, b"", 17.0, None)
    assert outcome.todo == "Wait 17 s, then try again."
    assert outcome.retry_after == 17.0


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        ({"errors": {"name": ["has already been taken"]}}, ("name: has already been taken",)),
        ({"errors": ["bad", {"code": 7, "detail": "worse"}]}, ("bad", "code: 7", "detail: worse")),
        ({"errors": {"classes": {"0": {"type": ["is invalid", None]}}}}, ("classes.0.type: is invalid",)),
        ({"errors": "one\n line"}, ("one line",)),
        ({"error": "no"}, ("no",)),
        ({"message": "no"}, ("no",)),
        ({"errors": []}, ()),
        ({"errors": {"a": True}}, ("a: true",)),
        ({"errors": [[[[["deep"]]]]]}, ('["deep"]',)),
        (["no"], ()),
        (None, ()),
    ],
)
def test_v7s_errors_are_read_as_list_or_map(answer: object, lines: tuple[str, ...]) -> None:
    assert outcome_of(422, json.dumps(answer).encode(), None, REQUEST).errors == lines


def test_a_flood_of_errors_is_cut() -> None:
    lines = error_lines({"errors": ["x" * 1000] * 100})
    assert len(lines) == MAX_ERROR_LINES
    assert len(lines[0]) == 300


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff", b"[" * 100_000])
def test_an_answer_that_is_no_json_is_no_trouble(body: bytes) -> None:
    assert outcome_of(422, body, None, REQUEST).errors == ()


@pytest.mark.parametrize(
    ("answer", "url"),
    [
        ({"model_url": "https://darwin.v7labs.com/models/7"}, "https://darwin.v7labs.com/models/7"),
        ({"url": "https://models.acme.io/api", "link": "https://darwin.v7labs.com/m"}, "https://darwin.v7labs.com/m"),
        ({"url": "https://darwin.v7labs.com.evil.io/m"}, ""),
        ({"url": "https://darwin.v7labs.com/a b"}, ""),
        ({"url": 5}, ""),
        ({"id": 5}, ""),
        ([], ""),
    ],
)
def test_the_models_address_is_shown_only_where_v7_names_it(answer: object, url: str) -> None:
    body = json.dumps(answer).encode()
    assert outcome_of(201, body, None, REQUEST).model_url == url
    assert outcome_of(201, body, None, None).model_url == ""


def test_a_time_out_says_that_it_may_have_arrived() -> None:
    outcome = timed_out(30.0, REQUEST)
    assert outcome.kind == "unknown"
    assert outcome.sentence == "V7 did not respond within 30 s."
    assert outcome.todo.startswith("It may have arrived. Check V7's Models page.")
    assert timed_out(1, None, "It broke.").sentence == "It broke."


@pytest.mark.parametrize(
    ("id_", "words"),
    [
        ("net.dns", "does not resolve"),
        ("net.refused", "connection was refused"),
        ("net.timeout-connect", "in time"),
        ("net.proxy", "proxy"),
        ("tls.expired", "has expired. Nothing was sent"),
        ("tls.untrusted", "is not trusted"),
        ("tls.hostname", "different host"),
        ("tls.handshake", "handshake failed"),
        ("net.reset", "could not be reached"),
    ],
)
def test_why_v7_could_not_be_reached(id_: str, words: str) -> None:
    outcome = unreachable(NetFailure(id_, "tcp", "", 0.1), REQUEST)
    assert outcome.kind == "unreachable"
    assert words in outcome.sentence
    assert outcome.todo


@pytest.mark.parametrize("key", ["", "  ", "a b", "kéy", "a\nX-Header: 1", "a\x7f"])
def test_a_key_that_no_header_can_hold_is_refused_unseen(key: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_key(key)
    assert not key.strip() or key not in caught.value.sentence


def test_a_key_is_taken_without_spaces_around_it() -> None:
    assert checked_key(" abc.def \n") == "abc.def"


def test_a_v7_error_holds_what_a_caller_decides_by() -> None:
    error = V7Error("No.", kind="rate-limited", status=429, retry_after=3.0, detail="d")
    assert (error.sentence, error.kind, error.status, error.retry_after, error.where) == (
        "No.",
        "rate-limited",
        429,
        3.0,
        "v7",
    )


def test_registering_by_hand_lays_out_each_value() -> None:
    endpoint = Endpoint(parse_address("https://h/infer?api_key=sesame").address, Auth("user", "X-Secret"))
    listed = ClassList((ClassEntry("a", "tag"), ClassEntry("b", "polygon")))
    values = by_hand(Registration("nuclei", endpoint, listed))
    assert [(value.label, value.shown) for value in values] == [
        ("Name", "nuclei"),
        ("URL", f"https://h/infer?api_key={MASK}"),
        ("User name", "user"),
        ("Password", MASK),
        ("Secret header", "X-Secret"),
        ("Secret", MASK),
        ("Classes", "a\ttag\nb\tpolygon"),
    ]

    def lookup(ref: SecretRef) -> str | None:
        return {"query": "sesame", "basic": "pw"}.get(ref.kind)

    copied = {value.label: value.copied(lookup) for value in values}
    assert copied["URL"] == "https://h/infer?api_key=sesame"
    assert (copied["Password"], copied["Secret"], copied["Name"]) == ("pw", "", "nuclei")
    assert [value.label for value in values if value.secrets] == ["URL", "Password", "Secret"]
    assert [value.label for value in by_hand(Registration("n"))] == ["Name", "Classes"]
