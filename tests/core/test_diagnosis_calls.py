"""What is said of one call alone: reaching the server, HTTP, JSON, the contract and the meaning."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from byom_gui.core.diagnosis import read_call
from byom_gui.core.findings import Action
from byom_gui.core.observations import CertificateFacts, NetFailure, Purpose, Redirect
from tests.core.calls import (
    BOX,
    NODE,
    POINT,
    SHAPES,
    TRIANGLE,
    bare,
    body,
    call,
    failed,
    findings,
    ids,
    result,
)

CERTIFICATE = CertificateFacts(
    "models.example.org", ("models.example.org",), "Example CA", "2026-10-02", "2026-12-31", self_signed=False, sent=1
)

FAILURES: list[tuple[NetFailure, str, str]] = [
    (NetFailure("net.dns", "dns", "no such name", 0.1), "models.example.org could not be resolved", "spelling"),
    (NetFailure("net.refused", "tcp", "refused", 0.1), "models.example.org was refused", "Start the server"),
    (NetFailure("net.timeout-connect", "tcp", "", 10.0), "within 10 seconds", "firewall"),
    (NetFailure("net.timeout-read", "http", "", 1.0), "within 1 second.", "raise the timeout"),
    (NetFailure("net.reset", "http", "", 1.0), "was lost", "log"),
    (NetFailure("net.proxy", "tcp", "", 1.0), "proxy", "Turn the proxy off"),
    (NetFailure("net.redirect", "http", "", 1.0), "endlessly", "without a redirect"),
    (NetFailure("http.oversized", "http", "", 1.0), "size limit", "fewer"),
    (NetFailure("tls.handshake", "tls", "", 1.0), "TLS", "http://"),
    (NetFailure("tls.untrusted", "tls", "", 1.0, CERTIFICATE), "cannot be traced", "full chain"),
    (NetFailure("tls.untrusted", "tls", "", 1.0, replace(CERTIFICATE, sent=2)), "cannot be traced", "CA file"),
    (
        NetFailure("tls.untrusted", "tls", "", 1.0, replace(CERTIFICATE, self_signed=True)),
        "cannot be traced",
        "CA file",
    ),
    (
        NetFailure("tls.hostname", "tls", "", 1.0, replace(CERTIFICATE, names=(), matches_host=False, sent=0)),
        "not for models.example.org",
        "get a certificate for models.example.org",
    ),
    (
        NetFailure("tls.expired", "tls", "", 1.0, replace(CERTIFICATE, expired=True)),
        "expired or not yet valid",
        "Renew",
    ),
]


@pytest.mark.parametrize(("failure", "what", "fix"), FAILURES)
def test_a_call_without_an_answer_is_told_in_words(failure: NetFailure, what: str, fix: str) -> None:
    (finding,) = read_call(failed(failure)).findings
    assert finding.id == failure.id
    assert finding.severity == "error"
    assert what in finding.what
    assert fix in finding.fix
    assert finding.cause


def test_an_unknown_failure_is_a_broken_connection() -> None:
    (finding,) = read_call(failed(NetFailure("net.strange", "http", "odd", 1.0))).findings
    assert (finding.id, finding.evidence) == ("net.reset", "odd")


def test_a_missing_chain_comes_with_the_line_to_write() -> None:
    (finding,) = read_call(failed(FAILURES[9][0])).findings
    assert "fullchain.pem" in finding.snippet
    assert "models.example.org" in finding.snippet
    assert "1 certificate sent" in finding.evidence
    assert finding.action is not None
    assert finding.action.verb == "choose-ca"


def test_a_certificate_that_is_wrong_in_three_ways_brings_three_findings() -> None:
    facts = replace(CERTIFICATE, self_signed=True, expired=True, matches_host=False)
    found = read_call(failed(NetFailure("tls.untrusted", "tls", "", 1.0, facts))).findings
    assert ids(found) == ["tls.untrusted", "tls.expired", "tls.hostname"]


STATUSES: list[tuple[int, str]] = [
    (400, "http.status"),
    (401, "auth.rejected"),
    (403, "auth.rejected"),
    (404, "http.not-found"),
    (405, "http.method"),
    (413, "http.too-large"),
    (415, "http.media-type"),
    (418, "http.status"),
    (429, "http.rate-limited"),
    (302, "http.status"),
    (500, "http.server-error"),
    (503, "http.server-error"),
]


@pytest.mark.parametrize(("status", "id"), STATUSES)
def test_a_status_is_one_finding(status: int, id: str) -> None:
    (finding,) = findings(raw=b"<h1>Sorry</h1> <b>no</b>", status=status, headers=(("content-type", "text/html"),))
    assert finding.id == id
    assert str(status) in finding.evidence
    assert "Sorry no" in finding.evidence
    assert finding.cause
    assert finding.fix


def test_refused_credentials_say_whether_any_were_sent() -> None:
    (without,) = findings(status=401, raw=b"")
    (with_them,) = findings(status=401, raw=b"", credentials=True)
    assert "sent without credentials." in without.evidence
    assert "none are set" in without.cause
    assert "sent with credentials." in with_them.evidence
    assert "wrong" in with_them.cause


def test_a_limit_tells_how_long_to_wait_and_a_size_how_large_it_was() -> None:
    (limited,) = findings(status=429, raw=b"", headers=(("retry-after", "7"),))
    assert "Retry-After: 7" in limited.evidence
    assert limited.severity == "warning"
    (large,) = findings(status=413, raw=b"", size=1234567)
    assert "1,234,567 bytes" in large.evidence


TRACEBACKS: list[tuple[str, str]] = [
    ("TypeError: Object of type ndarray is not JSON serializable", "float(score)"),
    ("TypeError: Object of type float32 is not JSON serializable", "float(score)"),
    ("TypeError: Object of type ValueError is not JSON serializable", "Log the exception"),
    ("TypeError: Object of type Box is not JSON serializable", "plain"),
    ("ModuleNotFoundError: No module named &#39;cv2&#39;", "Install the package"),
    ("NameError: name 'traceback' is not defined", "Import the name"),
    ("AttributeError: module 'urllib' has no attribute 'request'", "import urllib.request"),
    ("torch.cuda.OutOfMemoryError: CUDA out of memory.", "smaller batch"),
    ("FileNotFoundError: [Errno 2] No such file or directory: 'best.pt'", "Check the path"),
    ("PIL.UnidentifiedImageError: cannot identify image file '/tmp/x'", "BytesIO"),
    ("KeyError: 'image'", "V7 sends"),
    ("", "server's log"),
    ("Internal Server Error", "server's log"),
]


@pytest.mark.parametrize(("page", "advice"), TRACEBACKS)
def test_known_tracebacks_bring_one_line_of_advice(page: str, advice: str) -> None:
    (finding,) = findings(raw=page.encode(), status=500)
    assert finding.id == "http.server-error"
    assert advice in finding.fix


PAGES: list[tuple[str, str]] = [
    ("<html><title>ngrok - visit</title>", "ngrok"),
    ("<!doctype html><p>https://loca.lt", "localtunnel"),
    ("<html><title>Just a moment...</title>", "Cloudflare"),
    ("<form><input type='password'></form>", "login"),
    ("<title>Swagger UI</title>", "documentation"),
    ("<h1>Welcome to nginx!</h1>", "default page"),
    ("\n <html>Hello", "page for people"),
]


@pytest.mark.parametrize(("page", "which"), PAGES)
def test_a_web_page_is_told_by_its_kind(page: str, which: str) -> None:
    (finding,) = findings(raw=page.encode(), headers=(("content-type", "text/html; charset=utf-8"),))
    assert finding.id == "http.html"
    assert which in finding.cause


@pytest.mark.parametrize("headers", [(), (("content-type", "text/html"),)])
def test_json_under_another_name_is_told_and_still_read(headers: tuple[tuple[str, str], ...]) -> None:
    answered = read_call(call(body(result()), headers=headers))
    assert ids(answered.findings) == ["http.media-type"]
    assert answered.answer is not None
    assert not answered.good


def test_redirects() -> None:
    there = Redirect(308, "https://models.example.org/api/infer/", True, False, True)
    (slash,) = findings(body(result()), redirects=(there,))
    assert (slash.id, slash.severity) == ("net.redirect", "warning")
    assert "slash" in slash.cause
    away = Redirect(302, "https://other.example.org/", False, True, False)
    (stopped,) = findings(raw=b"", status=302, redirects=(away,))
    assert (stopped.id, stopped.severity) == ("net.redirect", "error")
    assert "a different server" in stopped.cause
    assert stopped.action == Action("set-endpoint", "https://other.example.org/", "Use this address")
    (nowhere,) = findings(raw=b"", status=307, redirects=(replace(away, to="an address that can not be used"),))
    assert (nowhere.severity, nowhere.action) == ("error", None)
    loop = replace(failed(NetFailure("net.redirect", "http", "loop", 1.0)), redirects=(there,))
    assert ids(read_call(loop).findings) == ["net.redirect"]


@pytest.mark.parametrize("between", [(), ("http://models.example.org/a", "https://cdn.example.org/b")])
def test_a_redirect_from_https_to_http_is_never_offered_as_the_address(between: tuple[str, ...]) -> None:
    hops = [Redirect(307, to, False, True, True) for to in between]
    down = Redirect(308, "http://cdn.example.org/infer/", False, True, False)
    url = "http://models.example.org/infer" if between else "https://models.example.org/infer"
    first = call(raw=b"", status=308, redirects=(*hops, down))
    (finding,) = read_call(replace(first, request=replace(first.request, url=url))).findings
    assert (finding.id, finding.severity, finding.action) == ("net.redirect", "error", None)
    assert (finding.where, finding.evidence) == (url, "308 to http://cdn.example.org/infer/.")
    assert "from https to http" in finding.what
    assert finding.fix.startswith("Try https://cdn.example.org/infer/,")


TEXTS: list[tuple[bytes, str, str]] = [
    (b"", "json.invalid", "nothing"),
    (b'{"status": "succeeded",}', "json.invalid", "string operations"),
    (b"{'status': 'succeeded'}", "json.python-literal", "repr()"),
    (b'{"status": "failed", "a": NaN}', "json.not-finite", "NaN"),
    (b'{"status": "\xff"}', "json.encoding", "encoding"),
    (b"[" * 100 + b"]" * 100, "json.too-deep", "wrapped"),
]


@pytest.mark.parametrize(("raw", "id", "cause"), TEXTS)
def test_an_answer_that_is_no_json(raw: bytes, id: str, cause: str) -> None:
    (finding,) = findings(raw=raw)
    assert finding.id == id
    assert cause in finding.cause
    assert finding.where


def test_a_repeated_key_is_one_finding_with_its_places() -> None:
    raw = b'{"status": "succeeded", "results": [' + b",".join(
        b'{"name": "a", "label": "a", "confidence": 1, "tag": {}, "tag": {}}' for _ in range(7)
    )
    (finding,) = findings(raw=raw + b"]}")
    assert (finding.id, finding.severity, finding.count) == ("json.duplicate-key", "warning", 7)
    assert finding.places[0] == "results[0].tag"
    assert len(finding.places) == 5
    assert "assumed" in finding.cause


PREDICTION = {"x": 1, "y": 2, "width": 3, "height": 4, "class": "a", "confidence": 0.5}
OTHER_FORMATS: list[tuple[Any, str]] = [
    ({"result": [{"inference": {"confidence": 0.5}, "name": "a"}]}, "V7's own"),
    ({"images": [], "annotations": [], "categories": []}, "COCO"),
    ([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}], "COCO"),
    ([{"score": 0.9, "label": "cat", "box": {"xmin": 1, "ymin": 1, "xmax": 2, "ymax": 2}}], "Hugging Face"),
    ([{"name": "a", "class": 0, "confidence": 0.5, "box": {"x1": 1}}], "YOLO"),
    ([{"name": "a", "xmin": 1, "ymin": 1, "xmax": 2, "ymax": 2, "confidence": 0.5}], "YOLO"),
    ({"boxes": [[1, 2, 3, 4]], "scores": [0.5], "labels": [1]}, "YOLO"),
    ({"images": [{"results": [{"name": "a"}], "shape": [1, 2]}]}, "YOLO"),
    ({"status": "succeeded", "results": [{"name": "a", "class": 1, "box": {"x1": 1}, "confidence": 1}]}, "YOLO"),
    ({"predictions": [PREDICTION], "image": {"width": 1}}, "Roboflow"),
    ({"results": [{"result": [{"from_name": "label", "to_name": "image"}]}]}, "Label Studio"),
    ([{"from_name": "label", "to_name": "image", "value": {}}], "Label Studio"),
    ({"outputs": [{"name": "boxes", "datatype": "FP32", "shape": [1, 4], "data": [1, 2]}]}, "Triton/KServe"),
    ({"predictions": [[0.1, 0.9]]}, "Triton/KServe"),
    ([], "a bare array"),
    ([result()], "a bare array"),
    ([[1, 2, 3, 4]], "a bare array"),
    (["cat"], "a bare array of strings"),
]


@pytest.mark.parametrize(("value", "form"), OTHER_FORMATS)
def test_another_tools_form_is_named_and_explains_the_rest(value: Any, form: str) -> None:
    (finding,) = findings(value)
    assert finding.id == "schema.other-format"
    assert form in finding.subject
    assert finding.evidence
    assert finding.snippet


SCHEMA: list[tuple[Any, str, str]] = [
    (3, "schema.type", "an object with"),
    ({"results": []}, "schema.missing", "Add “status”"),
    ({}, "schema.missing", "Add “status”"),
    ({"results": {}, "status": "succeeded"}, "schema.type", "Expected an array"),
    ({"results": [], "success": True}, "schema.missing", "Rename “success” to “status”"),
    ({"status": "ok", "results": []}, "schema.range", '"succeeded"'),
    ({"status": "ok", "predictions": 3}, "schema.range", '"succeeded"'),
    (body(result(name=None, cls="a")), "schema.missing", "Add “name”"),
    (body(result(label=None, class_name="a")), "schema.missing", "Rename “class_name” to “label”"),
    (body(result(confidence=None, score=0.5)), "schema.missing", "Rename “score” to “confidence”"),
    (body(result(confidence=None, conf=0.5)), "schema.missing", "Rename “conf”"),
    (body(result(confidence="0.5")), "schema.type", "Return a number: float(value)."),
    (body(bare(skeleton={"nodes": [{"x": 1, "y": 2, "occluded": 0}]})), "schema.type", "bool(value)"),
    (body(result(confidence=-0.5)), "schema.range", "sigmoid"),
    (body(result(confidence=1.01)), "schema.range", "sigmoid"),
    (body(result(confidence=300), result()), "schema.range", "sigmoid"),
    (body(result(confidence=7), result(confidence=-2)), "schema.range", "sigmoid"),
    (body(result(bounding_box={**BOX, "h": -4})), "schema.range", "smaller value"),
    (body(bare(directional_vector={"angle": -1, "length": 1})), "schema.range", "at least 0"),
    (body(bare(keypoint={"cx": 1, "y": 1})), "schema.missing", "half the size"),
    (body(bare(skeleton={"nodes": [{"x": 1, "y": 1, "visible": 1}]})), "schema.missing", "invert it"),
    (body(bare()), "schema.no-shape", "Add exactly one"),
    (body({"name": "a", "label": "a", "confidence": 1, "odd": 1}), "schema.no-shape", "Add exactly one"),
    (body(bare(mask={"rle": [1, 2]})), "schema.unsupported-shape", "polygons"),
    (body(bare(text={"text": "A1"})), "schema.unsupported-shape", "nine"),
    (body(bare(rotated_box=[1, 2, 3, 4, 0.5])), "schema.unsupported-shape", "four points"),
    (body(result(polygon=SHAPES["polygon"], bounding_box=BOX)), "schema.two-shapes", "Keep the one"),
    (body(bare(polygon={"paths": [TRIANGLE]})), "schema.polygon-paths", '"path"'),
    (body(bare(polygon={"path": [[1, 2], [3, 4], [5, 6]]})), "schema.point-pairs", "each point as an object"),
    (body(bare(keypoint=[1, 2])), "schema.point-pairs", "each point as an object"),
    (body(bare(polygon={"path": [1, 2, 3, 4]})), "schema.type", "Expected an object"),
    (body(bare(polygon={"path": "1,2 3,4"})), "schema.type", "Expected an array of points"),
    (body(result(attributes={"color": "red"})), "schema.attributes-object", "Return an array"),
    (body(result(attributes="red")), "schema.type", "Return an array"),
    (body(3), "schema.type", "Return an object, as"),
]


@pytest.mark.parametrize(("value", "id", "fix"), SCHEMA)
def test_what_the_contract_refuses_is_told_by_its_cause(value: Any, id: str, fix: str) -> None:
    found = findings(value)
    assert id in ids(found)
    (finding,) = [each for each in found if each.id == id]
    assert fix in f"{finding.fix} {finding.evidence}"
    assert finding.severity == "error"
    assert finding.cause
    assert {each.id for each in found if each.severity == "error"} == {id}


def test_a_box_with_width_and_height_names_both_keys() -> None:
    found = findings(body(result(bounding_box={"x": 1, "y": 2, "width": 3, "height": 4})))
    assert ids(found) == ["schema.missing", "schema.missing"]
    assert [each.fix for each in found] == ["Rename “width” to “w”.", "Rename “height” to “h”."]


def test_nine_hundred_boxes_with_one_fault_are_one_finding() -> None:
    (finding,) = findings(body(*(result(bounding_box={"x": 1, "y": 2, "x2": 5, "h": 4}) for _ in range(900))))
    assert (finding.id, finding.count, len(finding.places)) == ("schema.missing", 900, 5)
    assert finding.where == finding.places[0] == "results[0].bounding_box"
    assert "900 results" in finding.evidence
    assert "a size" in finding.fix


def test_percentages_are_one_finding_and_no_range() -> None:
    values = [87, 99.5, 0.4, 12]
    (finding,) = findings(body(*(result(confidence=value) for value in values)))
    assert (finding.id, finding.count) == ("confidence.percent", 3)
    assert finding.places == ("results[0].confidence", "results[1].confidence", "results[3].confidence")


@pytest.mark.parametrize(
    ("values", "found"),
    [([0.9, 2.05, 1.3], "schema.range"), ([0.4, 4.9], "schema.range"), ([0.4, 5.0], "confidence.percent")],
)
def test_raw_scores_a_little_over_one_are_no_percentages(values: list[float], found: str) -> None:
    (finding,) = findings(body(*(result(confidence=value) for value in values)))
    assert finding.id == found


def test_percentages_beside_another_fault_are_two_findings() -> None:
    found = findings(body(result(confidence=87), result(confidence="x"), 3))
    assert ids(found) == ["schema.type", "schema.type", "confidence.percent"]


WRAPPED: list[tuple[Any, str, str]] = [
    ([body(result())], "an array with one response", "answer[0]"),
    ([body(result()), body()], "an array of 2 responses", ""),
    ({"output": body(result())}, "the key “output”", 'answer["output"]'),
    ({"ok": 1, "data": {"response": body(result())}}, "the keys “data”, “response”", 'answer["data"]["response"]'),
    ({"Wrapper": body(result())}, "the key “Wrapper”", ""),
    ({"outputs": [body(result())]}, "the key “outputs”, as an array of one", 'answer["outputs"][0]'),
    ({"text": json.dumps(body(result()))}, "the key “text”, as a JSON string", 'json.loads(answer["text"])'),
    ({"predictions": [result(), result("dog")]}, "the key “predictions”", 'answer["predictions"]'),
    ({"Found": [result()]}, "the key “Found”", ""),
    (json.dumps(body(result())), "a JSON string: it was encoded twice", "json.loads(answer)"),
    (
        {"statusCode": 200, "body": json.dumps(body(result()))},
        "a cloud function's envelope (“statusCode”, “headers”, “body”)",
        'json.loads(answer["body"])',
    ),
    ({"statusCode": 200, "body": body(result())}, "a cloud function's envelope", 'answer["body"]'),
]


@pytest.mark.parametrize(("value", "name", "expression"), WRAPPED)
def test_a_wrapped_response_is_named_and_unwrapped(value: Any, name: str, expression: str) -> None:
    (finding,) = findings(value)
    assert finding.id == "schema.wrapped"
    assert name in finding.what
    assert expression in finding.fix + finding.snippet
    assert bool(finding.snippet) == bool(expression)
    assert finding.cause
    assert "Add “" not in finding.fix
    if expression:
        assert f"{expression}" in finding.snippet
        assert adapted(finding.snippet, value)["results"][0] == result()


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ([body(result())], "handles images in batches"),
        ([body(result()), body()], "handles images in batches"),
        ({"data": body(result())}, "under a key of its own"),
        ({"outputs": [body(result())]}, "under a key of its own"),
        (json.dumps(body(result())), "JSON twice"),
        ({"text": json.dumps(body(result()))}, "under a key of its own"),
        ({"statusCode": 200, "body": body(result())}, "no proxy integration"),
    ],
)
def test_what_wraps_a_response_depends_on_the_wrapper(value: Any, cause: str) -> None:
    (finding,) = findings(value)
    assert cause in finding.cause


def adapted(source: str, value: Any) -> Any:
    scope: dict[str, Any] = {}
    exec(source, scope)
    return scope["adapt"](value, 100, 100)


def test_faults_inside_a_wrapper_are_reported_too() -> None:
    found = findings({"data": body(result(confidence="0.25"))})
    assert ids(found) == ["schema.wrapped", "schema.type"]
    assert not found[0].snippet  # it would not lead to a valid response


NOT_WRAPPED: list[tuple[Any, str]] = [
    ({"data": {"status": "done"}}, "schema.missing"),
    ({"data": {"results": []}}, "schema.missing"),
    ({"a": {"b": {"c": {"d": {"e": body(result())}}}}}, "schema.missing"),
    ({"data": "{not json"}, "schema.missing"),
    ({"data": "[1, 2]"}, "schema.missing"),
    ({"predictions": [3]}, "schema.other-format"),
    ("cat", "schema.type"),
    ([result(), 3], "schema.other-format"),
]


@pytest.mark.parametrize(("value", "id"), NOT_WRAPPED)
def test_what_holds_no_response_is_not_called_wrapped(value: Any, id: str) -> None:
    assert ids(findings(value)) == [id]


RESPONSE = json.dumps(body(result())).encode()
LINES: list[tuple[bytes, str]] = [
    (b"data: " + RESPONSE + b"\n\n", "an event stream"),
    (b'event: a\ndata: {"done": 0.1}\n\nevent: b\ndata:' + RESPONSE + b"\n\ndata: [DONE]\n\n", "an event stream"),
    (b'{"progress": 1}\n' + RESPONSE + b"\n", "JSON Lines"),
    (RESPONSE + b"\r\n" + RESPONSE, "JSON Lines"),
]


@pytest.mark.parametrize(("raw", "name"), LINES)
def test_a_response_on_one_of_several_lines_is_found(raw: bytes, name: str) -> None:
    (finding,) = findings(raw=raw)
    assert finding.id == "schema.wrapped"
    assert name in finding.what
    assert "single JSON object" in finding.cause


@pytest.mark.parametrize(
    "raw", [b"data: no\n\n", b"{\n}\n{", RESPONSE[:-1], b'{"a": 1}\n{"b": 2}\n', b"[" * (17 << 20)]
)
def test_lines_without_a_response_stay_invalid_json(raw: bytes) -> None:
    assert [each.split(".")[0] for each in ids(findings(raw=raw))] == ["json"]


NULLS: list[tuple[Any, list[str], int]] = [
    (body({**result(), "attributes": None, "text": None}, error=None), ["schema.null"], 2),
    (body({**result(), "polygon": None, "tag": None, "skeleton": None}), ["schema.null"], 3),
    (body({**bare(), **dict.fromkeys(SHAPES), "line": SHAPES["line"]}), ["schema.null"], 8),
    (body(bare(skeleton={"nodes": [NODE, {**NODE, "name": None}]}, attributes=None)), ["schema.null"], 1),
    (body({**bare(), "tag": None}), ["schema.null", "schema.no-shape"], 1),
    (body({**result(confidence="1"), "text": None}), ["schema.null", "schema.type"], 1),
    (body({**result(), "confidence": None}), ["schema.type"], 1),
    (body(3, {**result(), "text": None}), ["schema.null", "schema.type"], 1),
]


@pytest.mark.parametrize(("value", "expected", "count"), NULLS)
def test_optional_keys_that_are_null_are_one_finding(value: Any, expected: list[str], count: int) -> None:
    found = findings(value)
    assert ids(found) == expected
    assert found[0].count == count
    if expected[0] == "schema.null":
        assert found[0].where in found[0].evidence
        assert "exclude_none" in found[0].fix


def test_a_null_name_of_a_node_alone_is_what_the_schema_allows() -> None:
    value = body(bare(skeleton={"nodes": [{**NODE, "name": None}]}))
    assert findings(value) == ()


def test_a_result_with_null_shapes_is_drawn() -> None:
    answered = read_call(call(body({**result(), "polygon": None, "text": None})))
    assert answered.answer is not None
    assert [each.shape_name for each in answered.answer.predictions] == ["bounding_box"]


ORIGIN = {"x": 0, "y": 0, "occluded": False}
CORNER = {"x": 0.0, "y": 0.0}
EIGHT = [{"x": 12, "y": 12}, {"x": 60, "y": 70}, {"x": 60, "y": 12}, {"x": 12, "y": 70}]

MEANING: list[tuple[Any, list[str]]] = [
    (body(bare(skeleton={"nodes": [NODE, ORIGIN, ORIGIN]})), ["shape.placeholder"]),
    (body(bare(skeleton={"nodes": [ORIGIN, ORIGIN]})), []),
    (body(bare(skeleton={"nodes": [NODE, {**ORIGIN, "x": 0.5}]})), []),
    (body(bare(keypoint=CORNER), bare(keypoint=POINT)), ["shape.placeholder"]),
    (body(bare(keypoint=CORNER), bare(keypoint=CORNER)), []),
    (body(bare(polygon={"path": EIGHT})), []),
    (body(bare(polygon={"path": EIGHT * 20})), []),
    (body(bare(polygon={"path": [POINT] * 30})), ["shape.degenerate"]),
    (body(bare(polygon={"path": [{"x": 3 * n, "y": 7} for n in range(30)]})), ["shape.degenerate"]),
    (body(result()), []),
    (body(), []),
    (body(*(bare(**{name: shape}) for name, shape in SHAPES.items() if name != "directional_vector")), []),
    ({"status": "succeeded"}, ["status.no-results"]),
    ({"status": "succeeded", "result": [{"inference": {}}]}, ["status.no-results"]),
    (body(status="failed"), ["status.failed"]),
    ({"status": "failed"}, ["status.failed"]),
    (body(result(), status="failed"), ["status.failed", "status.failed-with-results"]),
    (body(result(label="Cat")), ["label.differs"]),
    (body(result(label=3), result(label=3)), ["label.differs"]),
    (body(bare(directional_vector={"angle": 1, "length": 1})), ["shape.placeless"]),
    (body(bare(polygon={"path": []})), ["shape.degenerate"]),
    (body(bare(polygon={"path": TRIANGLE[:2]})), ["shape.degenerate"]),
    (body(bare(polygon={"path": [{"x": n + 0.1, "y": n + 0.1} for n in range(5)]})), ["shape.degenerate"]),
    (body(bare(line={"path": [POINT, POINT]})), ["shape.degenerate"]),
    (body(result(bounding_box={**BOX, "w": 0})), ["shape.degenerate"]),
    (body(bare(ellipse={"angle": 0, "center": POINT, "radius": {"x": 0, "y": 3}})), ["shape.degenerate"]),
    (body(bare(cuboid={"front": {**BOX, "h": 0}, "back": {**BOX, "w": 0}})), ["shape.degenerate"]),
    (body(bare(cuboid={"front": {**BOX, "h": 0}, "back": BOX})), []),
    (body(bare(skeleton={"nodes": []})), ["shape.degenerate"]),
    (body(result(bounding_box={**BOX, "x": -0.9, "w": 101.8})), []),
    (body(result(bounding_box={**BOX, "x": -3})), ["shape.outside"]),
    (body(bare(keypoint={"x": 50, "y": 102})), ["shape.outside"]),
    (body(bare(line={"path": [POINT, {"x": 130, "y": 1}]})), ["shape.outside"]),
    (body(bare(cuboid={"front": BOX, "back": {**BOX, "y": 90}})), ["shape.outside"]),
    (body(bare(ellipse={"angle": 0, "center": POINT, "radius": {"x": 30, "y": 3}})), ["shape.outside"]),
    (body(bare(ellipse={"angle": 1, "center": POINT, "radius": {"x": 30, "y": 3}})), []),
    (body(bare(skeleton={"nodes": [{**NODE, "x": 200}]})), ["shape.outside"]),
    (body(bare(skeleton={"nodes": [{**NODE, "x": 200, "occluded": True}]})), []),
]


@pytest.mark.parametrize(("value", "expected"), MEANING)
def test_what_the_schema_lets_through_is_judged_by_its_meaning(value: Any, expected: list[str]) -> None:
    found = findings(value)
    assert ids(found) == expected
    assert all(each.evidence and each.cause and each.fix for each in found)


def test_a_failure_tells_what_stands_beside_it() -> None:
    (finding,) = findings({"status": "failed", "results": [], "error": "weights not found"})
    assert "weights not found" in finding.evidence


def test_results_under_another_key_are_named() -> None:
    (finding,) = findings({"status": "succeeded", "predictions": [PREDICTION]})
    assert "Roboflow" in finding.cause


def test_one_fault_in_many_results_has_a_count_and_how_far() -> None:
    far = {**BOX, "x": 95}
    (finding,) = findings(body(result(), *(result(bounding_box=far) for _ in range(8))))
    assert (finding.id, finding.count) == ("shape.outside", 8)
    assert "25 pixels beyond the 100 × 100 image" in finding.evidence
    assert "7 more results" in finding.evidence


def test_without_a_size_nothing_is_outside() -> None:
    unsized = replace(call(body(result(bounding_box={**BOX, "x": 900}))), image_width=0)
    assert read_call(unsized).findings == ()


@pytest.mark.parametrize("purpose", ["classes", "wrong-credentials", "no-credentials", "neighbour"])
def test_probes_are_not_judged(purpose: Purpose) -> None:
    assert findings(raw=b"no", status=500, purpose=purpose) == ()


def test_an_answer_is_summed_up() -> None:
    answered = read_call(call(body(result(), result(confidence=0.25), result("dog", tag={}))))
    assert [(each.name, each.shape, each.count) for each in answered.seen] == [
        ("cat", "bounding_box", 2),
        ("dog", "tag", 1),
    ]
    assert answered.confidences == (0.25, 0.9, 3)
    assert answered.good
