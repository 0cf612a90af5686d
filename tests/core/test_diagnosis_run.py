"""What is said of a whole run: who can reach the server, credentials, classes, and what was not checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from byom_gui.core.diagnosis import (
    CATALOGUE,
    RULES,
    diagnose,
    read_call,
    stage_outcomes,
    url_invalid,
    verdict,
)
from byom_gui.core.endpoint import Auth, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.findings import Finding
from byom_gui.core.observations import PING_STAGES, Call, NetFailure, Observations, Stage, Way
from tests.core.calls import (
    bare,
    body,
    call,
    classes,
    classes_seen,
    endpoint,
    failed,
    findings,
    ids,
    only,
    ping,
    result,
    run,
)

LOCAL = "http://127.0.0.1:8000/infer"
SECRET = Auth(secret_header="X-Secret")


def test_a_sound_server_gets_no_finding() -> None:
    served = [{"name": "cat", "type": "bounding_box"}]
    diagnosis = run(
        call(body(result())),
        call(body(result()), image="b.png"),
        listed=classes(("cat", "bounding_box")),
        classes=classes_seen(served),
    )
    assert diagnosis.findings == ()
    assert verdict(diagnosis.findings, any_http=True, answered=True) == "ready"


def test_loopback_brings_one_warning_and_one_advice() -> None:
    diagnosis = run(call(body(result())), endpoint=endpoint(LOCAL))
    assert [(each.id, each.severity) for each in diagnosis.findings] == [
        ("net.private-address", "warning"),
        ("net.plain-http", "advice"),
    ]


@pytest.mark.parametrize(
    ("url", "addresses", "word"),
    [
        ("https://localhost/infer", (), "loopback"),
        ("https://box.localhost/infer", (), "loopback"),
        ("https://mac.local/infer", (), "local"),
        ("https://[::1]/infer", (), "loopback"),
        ("https://m.example.org/infer", ("10.1.2.3",), "private"),
        ("https://m.example.org/infer", ("fd00::1", "192.168.0.7"), "private"),
        ("https://m.example.org/infer", ("fe80::1%eth0",), "link-local"),
        ("https://m.example.org/infer", ("::ffff:172.16.0.1",), "private"),
        ("https://100.64.1.1/infer", (), "carrier-grade"),
        ("https://m.example.org/infer", ("203.0.113.24",), ""),
        ("https://m.example.org/infer", ("10.1.2.3", "203.0.113.24"), ""),
        ("https://m.example.org/infer", (), ""),
    ],
)
def test_addresses_that_only_this_side_can_reach(url: str, addresses: tuple[str, ...], word: str) -> None:
    diagnosis = run(call(body(result())), endpoint=endpoint(url), ping=ping(addresses=addresses, url=url))
    found = [each for each in diagnosis.findings if each.id == "net.private-address"]
    assert [word in each.cause for each in found] == ([True] if word else [])
    assert all((addresses or (endpoint(url).origin.host,))[0] in each.evidence for each in found)


def test_nothing_more_is_said_where_nothing_answers() -> None:
    refused = failed(NetFailure("net.refused", "tcp", "", 0.1))
    diagnosis = run(refused, refused, endpoint=endpoint(LOCAL), classes=classes_seen(status=404))
    (finding,) = diagnosis.findings
    assert (finding.id, finding.count) == ("net.refused", 2)
    assert verdict(diagnosis.findings, any_http=False, answered=False) == "unreachable"


def test_a_ping_that_stopped_is_told_once() -> None:
    failure = NetFailure("net.dns", "dns", "no such name", 0.1)
    stopped = ping(failure=failure)
    assert ids(run(ping=stopped).findings) == ["net.dns"]
    assert only(run(failed(failure), ping=stopped), "net.dns").count == 1


def test_the_pings_call_counts_as_an_answer_unless_it_is_handed_in() -> None:
    seen = call({"status": "failed", "results": []}, purpose="ping")
    assert only(run(ping=ping(the_call=seen)), "status.failed").count == 1
    answered = [read_call(seen)]
    observations = Observations(endpoint(), ping=ping(the_call=seen), calls=(seen,))
    assert only(diagnose(observations, answered, None), "status.failed").count == 1
    observations = Observations(endpoint(), calls=(seen, call(status=401, purpose="wrong-credentials")))
    assert only(diagnose(observations, [], None), "status.failed").count == 1


def test_credentials_in_clear_are_a_warning() -> None:
    diagnosis = run(call(body(result())), endpoint=endpoint("http://m.example.org/infer", SECRET))
    assert only(diagnosis, "net.plain-http").severity == "warning"


def test_a_ca_file_leaves_a_warning() -> None:
    assert only(run(call(body(result())), ca_file=True), "tls.untrusted").severity == "warning"
    assert run(call(body(result())), ca_file=True, insecure=True).findings == ()
    assert "tls.untrusted" not in ids(run(call(body(result())), ca_file=True, endpoint=endpoint(LOCAL)).findings)


def test_credentials_that_are_not_looked_at() -> None:
    wrong = call(body(result()), purpose="wrong-credentials")
    none = call(body(result()), purpose="no-credentials")
    finding = only(run(call(body(result())), wrong, none, endpoint=endpoint(auth=SECRET)), "auth.not-enforced")
    assert finding.severity == "warning"
    assert "with wrong credentials and without credentials" in finding.evidence


@pytest.mark.parametrize(
    ("probe", "auth"),
    [
        (call(status=401, purpose="wrong-credentials"), SECRET),
        (call(raw=b"<html>Log in", purpose="wrong-credentials"), SECRET),
        (failed(NetFailure("net.reset", "http", "", 1.0), "wrong-credentials"), SECRET),
        (call(body(result()), purpose="no-credentials"), Auth()),
    ],
)
def test_credentials_that_are(probe: Any, auth: Auth) -> None:
    diagnosis = run(call(body(result())), probe, endpoint=endpoint(auth=auth))
    assert diagnosis.findings == ()


def test_a_wrong_path_names_the_neighbours_that_answer() -> None:
    missing = call(status=404, raw=b"")
    near = "https://models.example.org/infer"
    probes = [
        call(status=404, purpose="neighbour"),
        call(status=500, purpose="neighbour"),
        failed(NetFailure("net.reset", "http", "", 1.0), "neighbour"),
    ]
    assert only(run(missing, *probes), "http.not-found").action is None
    finding = only(run(missing, *probes, call(body(), purpose="neighbour", url=near)), "http.not-found")
    assert f"{near} (200)" in finding.evidence
    assert finding.action is not None
    assert (finding.action.verb, finding.action.argument) == ("set-endpoint", near)


def test_a_large_image_is_told_beside_the_largest_that_was_taken() -> None:
    large = call(status=413, raw=b"", size=9000)
    assert "accepted" not in only(run(large), "http.too-large").evidence
    fine = [call(body(result()), size=size, image=f"{size}.png") for size in (500, 700)]
    diagnosis = run(large, *fine, call(body(result()), size=600, image=""))
    assert "accepted request: 700 bytes" in only(diagnosis, "http.too-large").evidence
    assert "On 1 of 4 images." in only(diagnosis, "http.too-large").evidence


def test_a_limit_blocks_only_where_nothing_got_through() -> None:
    limited = call(status=429, raw=b"")
    assert only(run(limited), "http.rate-limited").severity == "error"
    assert only(run(limited, call(body(result()))), "http.rate-limited").severity == "warning"


def test_no_result_anywhere() -> None:
    assert only(run(call(body()), call(body())), "results.empty").severity == "warning"
    assert only(run(call(body(), sample=True)), "results.empty").severity == "advice"
    assert run(call(body()), call(body(result()))).findings == ()
    assert "results.empty" not in ids(run(call(body(status="failed"))).findings)


def test_the_same_confidence_everywhere() -> None:
    many = body(*(result(confidence=0.5) for _ in range(6)))
    finding = only(run(call(many), call(many)), "confidence.constant")
    assert (finding.severity, finding.count) == ("advice", 12)
    assert run(call(many)).findings == ()
    assert run(call(many), call(body(result()))).findings == ()
    assert run(call(many), call(body(*(result(confidence=0.6) for _ in range(6))))).findings == ()


# -- the two ways to send an image


@pytest.mark.parametrize(
    ("way", "other", "bad"),
    [
        ("url", "base64", {"status": 500, "raw": b"KeyError: 'base64'"}),
        ("base64", "url", {"value": {"status": "failed", "results": []}}),
        ("url", "base64", {"value": body(bare())}),
    ],
)
def test_a_way_that_fails_where_the_other_works_is_one_finding(way: Way, other: Way, bad: dict[str, Any]) -> None:
    lost = [call(**bad, way=way), call(**bad, way=way, image="b.png")]
    diagnosis = run(call(body(result()), way=other), *lost)
    (finding,) = diagnosis.findings
    assert (finding.id, finding.severity, finding.count) == (f"input.{way}", "error", 2)
    assert finding.evidence


@pytest.mark.parametrize(
    "others",
    [
        [call(body(result()), way="url")],
        [call(status=429, raw=b"", way="url")],
        [replace(failed(NetFailure("net.timeout-read", "http", "", 9.0)), way="url")],
        [call(body(bare()), way="url", image="another.png")],
        [call(body(bare()), way="url"), call(body(result()), way="url", image="b.png")],
    ],
)
def test_a_way_that_may_well_work_is_not_blamed(others: list[Call]) -> None:
    found = ids(run(call(body(result()), way="base64"), *others).findings)
    assert not {"input.url", "input.base64"} & set(found)


# -- the whole


def test_findings_of_many_images_are_one_with_errors_first() -> None:
    odd, broken = body(result(label="x")), body(bare())
    diagnosis = run(call(odd), call(broken, image="b.png"), call(odd, image="c.png"))
    assert ids(diagnosis.findings) == ["schema.no-shape", "label.differs"]
    differs = only(diagnosis, "label.differs")
    assert differs.count == 2
    assert "On 2 of 3 images." in differs.evidence


@pytest.mark.parametrize(
    ("severities", "any_http", "answered", "expected"),
    [
        ([], True, True, "ready"),
        (["warning", "advice"], True, True, "ready"),
        (["error"], True, True, "not-ready"),
        ([], True, False, "not-ready"),
        (["error"], False, False, "unreachable"),
    ],
)
def test_the_verdict(severities: list[Any], any_http: bool, answered: bool, expected: str) -> None:
    found = [Finding("x.y", severity, "") for severity in severities]
    assert verdict(found, any_http, answered) == expected


def test_what_could_not_be_known_is_listed_with_its_reason() -> None:
    nothing = {each.id: each.why for each in run(endpoint=endpoint(auth=SECRET), insecure=True).not_checked}
    assert {"schema", "shape", "classes.unregistered", "classes.not-served", "auth.not-enforced", "tls"} <= set(nothing)
    probe = call(status=401, purpose="wrong-credentials")
    everything = run(
        call(body(result()), way="url"),
        call(body(result()), way="base64"),
        probe,
        endpoint=endpoint(auth=SECRET),
        listed=classes(("cat", "bounding_box")),
        classes=classes_seen([]),
    )
    probed = {"units", "layout", "orientation", "input.format", "input.failure-form", "behaviour.constant"}
    probed |= {"behaviour.unstable", "speed.slow", "speed.serial"}
    assert {each.id for each in everything.not_checked} == probed
    assert all(nothing.values())


def test_a_large_answer_is_not_searched_for_repeated_keys_and_this_is_said() -> None:
    large = body(result(note="x" * 1_100_000))
    assert "json.duplicate-key" in {each.id for each in run(call(large)).not_checked}
    assert "json.duplicate-key" not in {each.id for each in run(call(body(result()))).not_checked}


def test_percentages_are_not_called_constant_as_well() -> None:
    many = body(*(result(confidence=80 + n) for n in range(9)))
    assert ids(run(call(many), call(many)).findings) == ["confidence.percent"]


def test_every_id_that_is_said_to_be_checked_has_a_rule_and_no_other() -> None:
    of_rules = {id for rule in RULES for id in rule.ids}
    assert of_rules | {"net.url-invalid"} == {entry.id for entry in CATALOGUE.values() if entry.implemented}


def test_the_page_on_findings_tells_every_id_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    assert [row[0].strip("`") for row in rows] == list(CATALOGUE)
    for id, severity, _, checked in rows:
        entry = CATALOGUE[id.strip("`")]
        assert severity.startswith(entry.severity)
        assert checked == ("yes" if entry.implemented else "not yet")


def test_an_address_that_can_not_be_used() -> None:
    with pytest.raises(InputError) as caught:
        parse_address("models.example.org/infer")
    finding = url_invalid(caught.value)
    assert (finding.id, finding.severity, finding.where) == ("net.url-invalid", "error", "endpoint")
    assert "scheme" in finding.fix


def test_the_stages_of_a_report() -> None:
    observations = Observations(endpoint())
    without = stage_outcomes(observations, (), answered=False)
    assert [stage.name for stage in without] == [*PING_STAGES, "meaning", "classes", "inputs", "behaviour"]
    assert {stage.outcome for stage in without} == {"skipped", "not-reached"}
    assert all(stage.reason for stage in without)


def test_an_error_fails_the_stage_of_its_family() -> None:
    passed = tuple(Stage(name, "passed", 1.0, "fine") for name in PING_STAGES[:-1])
    stopped = (*passed, Stage("schema", "failed", 2.0, reason="told"))
    observations = Observations(endpoint(), ping=ping(stopped))
    found = [
        *findings(raw=b"<html>"),
        Finding("classes.form", "error", "Another form."),
        Finding("label.differs", "warning", ""),
        Finding("input.url", "error", "No url."),
    ]
    stages = {stage.name: stage for stage in stage_outcomes(observations, found, answered=True)}
    assert (stages["http"].outcome, stages["http"].reason, stages["http"].milliseconds) == (
        "failed",
        found[0].what,
        1.0,
    )
    assert stages["schema"].reason == "told"
    assert (stages["inputs"].outcome, stages["inputs"].reason) == ("failed", "No url.")
    assert stages["behaviour"].outcome == "skipped"
    assert stages["json"].outcome == "passed"
    assert stages["meaning"].outcome == "passed"
    assert (stages["classes"].outcome, stages["classes"].reason) == ("failed", "Another form.")
