"""Calls without a usable response: what is said of a server that stops or changes, and what of calls sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from byom_gui.core.busy import is_busy
from byom_gui.core.classes import ClassList
from byom_gui.core.diagnosis import Diagnosis, diagnose, read_call, stage_outcomes
from byom_gui.core.diagnosis.outage import got_through, is_cut, is_lost, is_settled
from byom_gui.core.endpoint import Auth
from byom_gui.core.observations import (
    Call,
    Interruption,
    NetFailure,
    Observations,
    Purpose,
    Reply,
    Stage,
    Unsent,
    Variant,
    Way,
)
from tests.core.calls import body, call, classes_seen, endpoint, failed, ids, only, ping, result, run

GOOD = body(result())
BROKEN_OFF = NetFailure("net.reset", "http", "the connection broke: reset by peer", 0.2)
NOBODY = NetFailure("net.refused", "tcp", "nothing listens on that port", 0.0)
LATE = NetFailure("net.timeout-read", "http", "no whole answer within the time: 9.0 s", 9.0)


def lost(number: int, failure: NetFailure = NOBODY, purpose: Purpose = "infer", kind: str = "") -> Call:
    return replace(failed(failure, purpose), number=number, way="base64", kind=kind, image_name=f"{number}.png")


def made(number: int, status: int = 200, purpose: Purpose = "infer", kind: str = "", way: Way = "base64") -> Call:
    return replace(call(GOOD, status=status, purpose=purpose, image=f"{number}.png"), number=number, kind=kind, way=way)


def variant(each: Call, kind: str = "mirrored") -> Call:
    return replace(each, purpose="variant", variant=Variant(kind, "2.png"))


def stopped(first: Call, *others: Call, died: bool = True, tries: tuple[str, ...] = ("refused",)) -> Interruption:
    return Interruption(first, 40, died, tries, frozenset(each.number for each in (first, *others)))


# --- the predicates


@pytest.mark.parametrize(
    ("reply", "busy"),
    [
        (None, False),
        (Reply(429, (), b""), True),
        (Reply(503, (("retry-after", "5"),), b""), True),
        (Reply(503, (), b""), False),
        (Reply(503, (("retry-after", "soon"),), b""), False),
        (Reply(500, (("retry-after", "5"),), b""), False),
    ],
)
def test_a_busy_server_says_so(reply: Reply | None, busy: bool) -> None:
    assert is_busy(reply) is busy


@pytest.mark.parametrize(
    ("each", "through", "gone", "settled"),
    [
        (call(GOOD), True, False, True),
        (call(raw=b"<html>sign in"), False, False, False),
        (call({"error": "no"}), True, False, False),
        (call(raw=b"nothing"), True, False, False),
        (call(GOOD, status=403), False, False, True),
        (call(GOOD, status=302), False, False, True),
        (call(GOOD, status=429), False, False, False),
        (call(GOOD, status=502), False, False, False),
        (failed(BROKEN_OFF), False, True, False),
        (failed(NetFailure("tls.expired", "tls", "", 0)), False, True, False),
        (failed(NetFailure("net.redirect", "http", "", 0)), False, False, False),
        (failed(NetFailure("http.oversized", "http", "", 0)), False, False, False),
    ],
)
def test_what_came_of_a_call(each: Call, through: bool, gone: bool, settled: bool) -> None:
    assert (got_through(each), is_lost(each), is_settled(each)) == (through, gone, settled)


def test_what_is_cut() -> None:
    stop = stopped(lost(7), lost(9))
    assert [is_cut(made(number), stop) for number in (0, 6, 7, 8, 9)] == [False, False, True, False, True]
    assert not is_cut(made(7), None)


# --- a server that died


def test_a_server_that_died_is_one_error_and_nothing_is_said_of_what_it_was_sent() -> None:
    calls = (
        made(2),
        variant(made(3)),
        lost(4, purpose="input", kind="png"),
        lost(5, BROKEN_OFF),
        lost(6, LATE, "load"),
    )
    found = run(*calls, interruption=stopped(calls[2], *calls[3:], tries=("refused", "refused", "timed out")))
    finding = only(found, "net.died")
    assert (finding.severity, finding.image, finding.count) == ("error", "4.png", 1)
    assert finding.what == "The server stopped responding at call 4 of 40."
    assert "4.png (PNG, base64): nothing listens on that port. 3 more tries after a pause" in finding.evidence
    assert finding.evidence.count("refused") == 1
    assert "timed out" in finding.evidence
    assert {each for each in ids(found.findings) if each.startswith(("net.r", "net.t", "input.", "speed."))} == set()
    open_ = {each.id: each.why for each in found.not_checked}
    assert open_["input.format"] == f"1 other kind of image was not tried: {finding.what}"
    assert open_["speed.serial"] == f"1 repeated call was not tried: {finding.what}"
    assert open_["results"] == f"1 image was not tried: {finding.what}"


def test_a_server_that_sends_half_of_each_response_is_not_said_to_be_silent() -> None:
    first = lost(3, replace(BROKEN_OFF, status=206))
    finding = only(run(made(2), first, interruption=stopped(first)), "net.died")
    assert finding.what == "From call 3 of 40 on, the server returned no complete response (HTTP 206)."


def test_one_try_is_one_try() -> None:
    first = lost(3)
    finding = only(run(made(2), first, interruption=stopped(first)), "net.died")
    assert "1 more try after a pause" in finding.evidence


def test_a_server_that_died_at_its_class_list() -> None:
    first = replace(lost(3, purpose="classes"), image_name="")
    assert only(run(made(2), interruption=stopped(first)), "net.died").evidence.startswith("The class list: nothing")
    neighbour = replace(lost(3, purpose="neighbour"), image_name="")
    assert only(run(made(2), interruption=stopped(neighbour)), "net.died").evidence.startswith("https://models")


def test_a_call_that_could_not_be_repeated_is_no_death() -> None:
    first = lost(40, BROKEN_OFF)
    found = run(made(2), first, interruption=stopped(first, died=False, tries=()))
    finding = only(found, "net.reset")
    assert "net.died" not in ids(found.findings)
    assert finding.severity == "error"
    assert finding.evidence.endswith("The connection failed at call 40 of 40, and no call was left to try again.")


def test_what_was_not_sent_is_listed_by_what_it_was_for() -> None:
    why = "the check is limited to 9 calls."
    unsent = (
        Unsent("infer", 3, why),
        Unsent("infer", 1, why, "url"),
        Unsent("classes", 1, why),
        Unsent("neighbour", 2, why),
        Unsent("variant", 19, why),
        Unsent("input", 2, why),
        Unsent("input", 3, why, "url"),
        Unsent("input", 4, why, "data-uri"),
        Unsent("load", 7, why),
        Unsent("no-credentials", 1, why),
        Unsent("ping", 1, why),
    )
    found = run(made(2), unsent=unsent)
    open_ = {each.id: each.why for each in found.not_checked}
    assert open_["results"] == open_["classes.unseen"] == f"3 images were not tried: {why}"
    assert open_["input.url"] == f"1 image was not tried: {why}"
    assert open_["classes.form"] == f"1 request for the class list was not tried: {why}"
    assert open_["http.not-found"] == f"2 neighboring paths were not tried: {why}"
    assert open_["behaviour.unstable"] == open_["orientation"] == f"19 changed images were not tried: {why}"
    assert open_["input.failure-form"] == f"5 other kinds of image were not tried: {why}"
    assert open_["input.data-uri"] == f"4 other kinds of image were not tried: {why}"
    assert open_["speed.serial"] == f"7 repeated calls were not tried: {why}"
    assert open_["auth.not-enforced"] == f"1 call without credentials was not tried: {why}"
    assert len(open_) == len(found.not_checked), "one reason for each"


# --- a server that refuses from a call on


def refused(status: int, raw: bytes = b"{}", number: int = 5, **options: bool) -> Diagnosis:
    first = replace(call(raw=raw, status=status, **options), number=number)  # type: ignore[arg-type]
    stop = Interruption(first, 40, died=False, tries=("it fails",), lost=frozenset({number}))
    return run(made(2), first, interruption=replace(stop, found=read_call(first).findings[0]))


def test_a_limit_names_its_call_and_is_an_error_where_no_image_got_through() -> None:
    finding = only(refused(429), "http.rate-limited")
    assert (finding.severity, finding.count) == ("warning", 1)
    assert "rate limit was reached at call 5 of 40 (HTTP 429)." in finding.evidence
    first = replace(call(GOOD, status=429), number=2)
    stop = stopped(first, died=False, tries=())
    alone = run(replace(made(1), purpose="ping"), first, interruption=stop)
    assert only(alone, "http.rate-limited").severity == "error"


def test_credentials_that_expire_are_not_called_wrong() -> None:
    finding = only(refused(401, credentials=True), "auth.rejected")
    assert finding.what == "The server stopped accepting the credentials."
    assert only(refused(403), "auth.rejected").what == "The server stopped responding without credentials."
    assert "accepted earlier" in finding.cause
    assert (
        "From call 5 of 40 on, the server returned HTTP 401. A request that worked before now fails as well: it"
        in finding.evidence
    )


@pytest.mark.parametrize(
    ("status", "raw", "id"),
    [
        (500, b"CUDA out of memory", "http.server-error"),
        (200, b"<html>limit", "http.html"),
        (200, b"{", "json.invalid"),
    ],
)
def test_a_server_that_changes(status: int, raw: bytes, id: str) -> None:
    finding = only(refused(status, raw), id)
    assert finding.severity == "error"
    assert "From call 5 of 40 on, the server returned" in finding.evidence


def test_a_change_that_no_rule_names() -> None:
    first = made(5, purpose="no-credentials")
    finding = only(run(made(2), interruption=stopped(first, died=False, tries=())), "http.status")
    assert finding.what == "From call 5 of 40 on, the server returned no valid response."
    assert only(run(made(2), interruption=stopped(made(3, 410), died=False, tries=())), "http.status").evidence


# --- calls that were sent again


def test_calls_that_worked_when_sent_again_are_warnings() -> None:
    limited = replace(call(GOOD, status=429, headers=(("retry-after", "2"),)), number=4)
    busy = replace(call(GOOD, status=503, headers=(("retry-after", "2"),)), number=5)
    repeated = (lost(2, BROKEN_OFF), lost(3, BROKEN_OFF), limited, busy, lost(6, NOBODY))
    found = run(made(7), repeated=repeated).findings
    by_id = {each.id: each for each in found}
    assert {by_id[id].severity for id in ("net.reset", "net.refused", "http.rate-limited", "http.server-error")} == {
        "warning"
    }
    assert (by_id["net.reset"].count, by_id["net.reset"].image) == (2, "2.png")
    assert "At call 2; the same request worked when it was sent again." in by_id["net.reset"].evidence
    assert "worked when it was sent again" in by_id["net.reset"].what
    assert "Retry-After: 2" in by_id["http.rate-limited"].evidence


# --- failures of calls that are not the user's own images


@pytest.mark.parametrize(
    ("each", "id", "seen"),
    [
        (variant(lost(3, BROKEN_OFF)), "net.reset", "1 of 2 calls with changed images, first on 3.png (base64)."),
        (variant(made(3, 500)), "http.server-error", "1 of 2 calls with changed images"),
        (variant(replace(call(raw=b"<html>limit"), number=3)), "http.html", "calls with changed images"),
        (variant(replace(call(raw=b"oh no"), number=3)), "json.invalid", "calls with changed images"),
        (made(3, 401, "load", "1"), "auth.rejected", "1 of 1 repeated calls"),
        (
            lost(3, LATE, "input", "jpeg"),
            "net.timeout-read",
            "1 of 1 calls with other kinds of image, first on 3.png (JPEG",
        ),
        (made(3, 500, "input", "broken"), "http.server-error", "with other kinds of image, first on 3.png (cut off"),
    ],
)
def test_a_failure_of_any_call_is_told(each: Call, id: str, seen: str) -> None:
    finding = only(run(made(2), variant(made(9)), each), id)
    assert (finding.severity, finding.count) == ("error", 1)
    assert f"Seen on {seen}" in finding.evidence or seen in finding.evidence


@pytest.mark.parametrize(
    "calls",
    [
        [made(3, 413, "load", "bytes")],
        [made(3, 500, "input", "png", "data-uri")],
        [made(3, 400, "input", "no-image")],
        [made(3, purpose="input", kind="png"), made(4, 500, "input", "broken")],
        [made(3, purpose="input", kind="png"), made(4, 500, "input", "cmyk"), variant(made(5, 500), "turned-6")],
        [made(3, 500), variant(made(4, 500))],
        [variant(replace(call(body(status="failed")), number=3), "blank")],
    ],
    ids=["largest body", "prefix", "broken refused", "broken breaks", "a kind", "told already", "an answer"],
)
def test_a_failure_that_is_explained_is_not_told_again(calls: list[Call]) -> None:
    before = run(*(each for each in calls if each.purpose == "infer"), made(2)).findings
    found = run(made(2), *calls).findings
    assert {each for each in ids(found) if each not in ids(before)} <= {"input.format", "input.failure-form"}
    assert [each.count for each in found if each.id == "http.server-error"] in ([], [1])


def test_a_broken_image_that_ends_the_connection_breaks_the_server() -> None:
    calls = (made(2), made(3, purpose="input", kind="png"), lost(4, BROKEN_OFF, "input", "broken"))
    found = run(*calls)
    assert "the connection broke" in only(found, "input.failure-form").evidence
    assert "net.reset" not in ids(found.findings)


# --- credentials


SECRET = Auth("ann")


@pytest.mark.parametrize(
    ("value", "status", "found"),
    [(GOOD, 200, True), ({"error": "unauthorized"}, 200, False), (GOOD, 401, False), (GOOD, 500, False)],
)
def test_only_an_answer_proves_that_credentials_are_not_looked_at(value: object, status: int, found: bool) -> None:
    try_ = call(value, status=status, purpose="wrong-credentials")
    diagnosis = run(made(2), try_, endpoint=endpoint(auth=SECRET))
    assert ("auth.not-enforced" in ids(diagnosis.findings)) is found
    open_ = "auth.not-enforced" in {each.id for each in diagnosis.not_checked}
    assert open_ is (status == 500 or (status == 200 and not found))


def test_a_server_whose_answers_are_never_valid_may_still_ignore_credentials() -> None:
    wrong = {"status": "ok", "results": []}
    diagnosis = run(call(wrong), call(wrong, purpose="no-credentials"), endpoint=endpoint(auth=SECRET))
    assert "auth.not-enforced" in ids(diagnosis.findings)


# --- stages


def stages(*calls: Call, **options: object) -> dict[str, Stage]:
    observations = Observations(endpoint(), ping(), calls, **options)  # type: ignore[arg-type]
    found = diagnose(observations, [read_call(each) for each in calls], None)
    return {each.name: each for each in stage_outcomes(observations, found.findings, answered=True)}


@pytest.mark.parametrize(
    ("purpose", "open_"),
    [
        ("infer", {"meaning", "classes"}),
        ("classes", {"classes"}),
        ("variant", {"behaviour"}),
        ("load", {"behaviour"}),
        ("input", {"inputs"}),
    ],
)
def test_stages_whose_calls_were_not_made_are_not_reached(purpose: Purpose, open_: set[str]) -> None:
    first = lost(9, purpose="neighbour")
    stop = stopped(first)
    base = (made(2), variant(made(3)), made(4, purpose="input", kind="png"))
    unsent = stages(*base, interruption=stop, unsent=(Unsent(purpose, 1, stop.sentence),))
    cut = stages(*base, lost(10, purpose=purpose), interruption=stopped(first, lost(10)))
    for seen in (unsent, cut):
        assert {name for name, stage in seen.items() if stage.outcome == "not-reached"} == open_
        assert {seen[name].reason for name in open_} == {stop.sentence}
    other = stages(*base, interruption=stop, unsent=(Unsent(purpose, 1, "the check is limited to 9 calls."),))
    assert "not-reached" not in {stage.outcome for stage in other.values()}


def test_stages_with_calls_that_failed_are_not_passed() -> None:
    seen = stages(made(2), variant(made(3)), variant(lost(4, LATE)), made(5, 429, "input", "png"))
    assert (seen["behaviour"].outcome, seen["behaviour"].reason) == ("failed", "1 of 2 calls got no usable response.")
    assert (seen["inputs"].outcome, seen["inputs"].reason) == ("failed", "1 of 1 calls got no usable response.")
    both = stages(made(2), variant(lost(4, LATE)), variant(lost(5, LATE)))
    assert both["behaviour"].reason == "2 of 2 calls got no usable response."


# --- class lists


def test_a_project_without_classes_is_not_one_without_a_list() -> None:
    served = classes_seen([{"name": "cat", "type": "bounding_box"}])
    answered = [read_call(made(2))]
    make: Callable[[ClassList | None], Diagnosis] = lambda listed: diagnose(  # noqa: E731
        Observations(endpoint(), classes=served), answered, listed
    )
    assert only(make(ClassList()), "classes.empty-list").evidence == "The server lists 1, the project 0."
    assert "The project lists no classes." in {each.why for each in make(ClassList()).not_checked}
    assert "classes.empty-list" not in ids(make(None).findings)
    empty = diagnose(Observations(endpoint(), classes=classes_seen([])), answered, None)
    assert only(empty, "classes.empty-list").evidence == "The response is []."
    neither = diagnose(Observations(endpoint()), answered, ClassList())
    assert only(neither, "classes.empty-list").evidence == "The project lists 0."
