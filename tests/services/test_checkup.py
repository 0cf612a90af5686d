"""A whole check against real servers on loopback: what is called, how often, and what comes of it."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import threading
import urllib.request

import pytest
from PIL import Image

from byom_gui.core.cancel import CancelToken
from byom_gui.core.endpoint import Auth, Endpoint, SecretRef, parse_address
from byom_gui.core.errors import Cancelled, InputError
from byom_gui.core.image import ImageSource
from byom_gui.core.project import Settings
from byom_gui.core.report import CheckReport
from byom_gui.sandbox.faults import FAULTS
from byom_gui.sandbox.model_server import ModelServer as BuiltIn
from byom_gui.services import check_plan, checkup, images
from byom_gui.services.model_server import ModelServer
from tests.services.servers import Received, Scripted, free_port, serving

RESULT = {"name": "a", "label": "a", "confidence": 0.5, "tag": {}}
GOOD = json.dumps({"status": "succeeded", "results": [RESULT]}).encode()
CLASSES = b'[{"name": "a", "type": "tag"}]'
SETTINGS = Settings(connect_timeout=5, read_timeout=5)
AUTH = Auth("", "X-Key")


def lookup(ref: SecretRef) -> str | None:
    return "hush"


def model(got: Received, *, key: str = "", urls: bool = True) -> Scripted:
    """A sound server at ``/infer``, which may want a key and may not know how to fetch."""
    if got.path == "/classes":
        return Scripted(body=CLASSES)
    if got.path != "/infer":
        return Scripted(404)
    if key and got.headers.get("x-key") != key:
        return Scripted(401)
    image = json.loads(got.body)["image"]
    if "url" in image:
        if not urls:
            return Scripted(500)
        with urllib.request.urlopen(image["url"], timeout=5) as fetched:
            assert fetched.read(4) == b"\x89PNG"
    return Scripted(body=GOOD)


def check(
    url: str,
    count: int = 2,
    auth: Auth = Auth(),  # noqa: B008 - frozen
    quick: bool = False,
    max_calls: int = 24,
    cancel: CancelToken | None = None,
    told: list[tuple[int, int, str]] | None = None,
    pictures: list[ImageSource] | None = None,
    image_url: str = "",
    settings: Settings = SETTINGS,
) -> CheckReport:
    pictures = [images.small_sample() for _ in range(count)] if pictures is None else pictures
    return checkup.run(
        Endpoint(parse_address(url).address, auth),
        settings,
        pictures,
        ModelServer(lookup),
        quick=quick,
        max_calls=max_calls,
        image_url=image_url,
        cancel=cancel or CancelToken(),
        on_progress=lambda done, total, text: (told if told is not None else []).append((done, total, text)),
    )


def ids(report: CheckReport) -> set[str]:
    return {finding.id for finding in report.findings if finding.severity == "error"}


def coloured(shade: int) -> ImageSource:
    """A picture of its own bytes."""
    out = io.BytesIO()
    Image.new("RGB", (20 + shade, 10), (shade, 0, 0)).save(out, "PNG")
    return images.from_bytes(out.getvalue(), f"{shade}.png")


def test_a_sound_server_is_ready() -> None:
    told: list[tuple[int, int, str]] = []
    with serving(lambda got: model(got, key="hush")) as server:
        report = check(server.url + "/infer", auth=AUTH, told=told)
    assert (report.verdict, ids(report)) == ("ready", set())
    assert "auth.not-enforced" not in {finding.id for finding in report.findings}
    assert report.calls == len(server.received)
    assert [got.headers.get("x-key", "") for got in server.received].count("hush") == report.calls - 2
    assert told[-1][0] == report.calls <= told[-1][1] <= checkup.MAX_CALLS
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert report.latency["count"] == 4
    assert {"first_ms", "p50_ms", "p95_ms", "p99_ms"} < set(report.latency)
    assert "hush" not in json.dumps(report.as_json())
    assert not {"input.url", "auth.not-enforced"} & {each.id for each in report.not_checked}


def test_credentials_that_are_not_looked_at_are_told() -> None:
    with serving(model) as server:
        report = check(server.url + "/infer", auth=AUTH)
    assert "auth.not-enforced" in {finding.id for finding in report.findings}


def test_a_way_that_does_not_work_is_told() -> None:
    with serving(lambda got: model(got, urls=False)) as server:
        report = check(server.url + "/infer")
    assert ids(report) == {"input.url"}
    assert report.verdict == "not-ready"


def test_nothing_listens() -> None:
    report = check(f"http://127.0.0.1:{free_port()}/infer")
    assert (report.verdict, ids(report), report.calls) == ("unreachable", {"net.refused"}, 0)


def test_neighbours_are_tried_after_a_404() -> None:
    with serving(model) as server:
        report = check(server.url + "/api/predict")
    assert ids(report) == {"http.not-found"}
    found = next(finding for finding in report.findings if finding.id == "http.not-found")
    assert f"{server.url}/infer (200)" in found.evidence
    assert [got.path for got in server.received] == [
        "/api/predict",
        "/api/predict/",
        "/api/infer",
        "/infer",
        "/predict",
        "/api/classes",
        "/classes",
    ]


@pytest.mark.parametrize("status", [404, 405])
def test_a_class_list_is_looked_for_where_the_path_of_inference_is_wrong(status: int) -> None:
    def answer(got: Received) -> Scripted:
        return Scripted(body=CLASSES) if got.path == "/classes" else Scripted(status)

    with serving(answer) as server:
        report = check(server.url + "/infer")
    assert report.verdict == "not-ready"
    assert [got.path for got in server.received].count("/classes") == 1


def test_a_locked_door_is_not_hammered() -> None:
    with serving(lambda got: Scripted(401)) as server:
        report = check(server.url + "/infer", auth=AUTH)
    assert ids(report) == {"auth.rejected"}
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("count", "quick", "max_calls", "images_sent", "calls"),
    [
        (0, False, 120, 0, 83),
        (5, True, 120, 1, 7),
        (5, False, 120, 5, 89),
        (500, False, 120, 56, 120),
        (5, False, 4, 1, 4),
        (5, False, 2, 0, 2),
    ],
)
def test_plans_keep_to_the_limit(count: int, quick: bool, max_calls: int, images_sent: int, calls: int) -> None:
    where = Endpoint(parse_address("http://127.0.0.1/infer").address, AUTH)
    made = checkup.plan(where, SETTINGS, count, quick=quick, max_calls=max_calls)
    assert (made.images, made.calls) == (images_sent, calls + (count == 0))
    assert made.calls == sum(number for _, number in made.steps) <= max_calls


def test_a_limit_that_is_too_low() -> None:
    with pytest.raises(InputError, match="max-calls"):
        checkup.plan(Endpoint(parse_address("http://127.0.0.1/infer").address), SETTINGS, 1, max_calls=1)


def test_a_server_far_away_is_not_asked_to_fetch() -> None:
    where = Endpoint(parse_address("https://model.example.com/infer").address)
    made = checkup.plan(where, SETTINGS, 1)
    assert not made.url
    assert "an image address" in made.why_no_url
    assert checkup.plan(where, SETTINGS, 1, image_url="https://x.example/a.png").url


def test_a_check_of_a_server_far_away_says_what_it_did_not_try() -> None:
    with serving(lambda got: model(dataclasses.replace(got, path=got.path.partition(".com")[2]))) as proxy:
        report = check("http://model.example.com/infer", settings=dataclasses.replace(SETTINGS, proxy=proxy.url))
    assert report.verdict == "ready"
    assert not any(b'"url"' in got.body for got in proxy.received)
    (why,) = [each.why for each in report.not_checked if each.id == "input.url"]
    assert "an image address" in why
    assert report.calls == len(proxy.received)


def test_a_server_in_the_network_that_did_not_fetch_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    # Only loopback is sure to be there in a test, so the choice of another interface is played.
    monkeypatch.setattr(check_plan, "can_reach", lambda *_: (True, ""))

    def answer(got: Received) -> Scripted:
        return model(dataclasses.replace(got, path=got.path.partition("gpu")[2]), urls=False)

    with serving(answer) as proxy:
        report = check("http://gpu/infer", settings=dataclasses.replace(SETTINGS, proxy=proxy.url))
    assert any(b'"url"' in got.body for got in proxy.received)
    assert ids(report) == set()
    (why,) = [each.why for each in report.not_checked if each.id == "input.url"]
    assert "did not fetch" in why
    assert report.calls == len(proxy.received)


@pytest.mark.parametrize("concurrency", [1, 2, 3])
def test_never_more_requests_at_once_than_are_set(concurrency: int) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def answer(got: Received) -> Scripted:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.02)
        with lock:
            now[0] -= 1
        return model(got)

    with serving(answer) as server:
        check(server.url + "/infer", count=8, settings=dataclasses.replace(SETTINGS, concurrency=concurrency))
    assert min(concurrency, 2) <= most[0] <= concurrency


def test_a_check_can_be_cancelled() -> None:
    cancel, hold = CancelToken(), threading.Event()
    seen: list[Received] = []

    def answer(got: Received) -> Scripted:
        seen.append(got)
        if len(seen) > 2:
            cancel.cancel()
            hold.wait(10)
        return model(got)

    with serving(answer) as server, pytest.raises(Cancelled):
        check(server.url + "/infer", count=30, cancel=cancel)
    hold.set()
    assert len(seen) < 10


def test_the_built_in_server_raises_no_false_alarm() -> None:
    with BuiltIn(user="lab", password="hush", secret_header="X-Key", secret="hush") as server:
        report = check(server.url, auth=Auth("lab", "X-Key"), pictures=checkup.sample_images())
    alarms = {finding.id for finding in report.findings if finding.severity != "advice"}
    assert alarms <= {"net.private-address", "net.plain-http"}
    assert "net.private-address" in alarms
    assert report.verdict == "ready"


@pytest.mark.parametrize("fault", ["schema.missing", "json.python-literal", "http.html", "classes.form", "input.url"])
def test_a_fault_brings_its_finding_and_no_other_error(fault: str) -> None:
    with BuiltIn(fault=FAULTS[fault]) as server:
        report = check(server.url, pictures=checkup.sample_images()[:2])
    assert ids(report) == {fault}
    assert report.verdict == "not-ready"


def test_one_bad_image_stops_none_of_the_others() -> None:
    bad = coloured(3)
    seen: list[bytes] = []

    def answer(got: Received) -> Scripted:
        if got.method == "POST":
            data = base64.b64decode(json.loads(got.body)["image"].get("base64", ""))
            seen.append(data)
            if data == bad.data:
                return Scripted(500, b"no")
        return model(got)

    pictures = [coloured(1), bad, coloured(5), coloured(7)]
    with serving(answer) as server:
        report = check(server.url + "/infer", pictures=pictures)
    assert {image.data for image in pictures} <= set(seen)
    assert ids(report) == {"http.server-error"}
    order = [one.call.image_name for one in report.answered if one.call.purpose in ("ping", "infer")][:-1]
    assert order[1:] == [image.name for image in pictures]


def test_quick_makes_no_wrong_try_and_says_so() -> None:
    with serving(lambda got: model(got, key="hush")) as server:
        report = check(server.url + "/infer", auth=AUTH, quick=True)
    assert len(server.received) == report.calls == 4  # ping, one image in both ways, classes
    assert all(got.headers["x-key"] == "hush" for got in server.received)
    assert "auth.not-enforced" in {each.id for each in report.not_checked}


@pytest.mark.parametrize("max_calls", [6, 9, 120])
def test_redirects_count_as_calls(max_calls: int) -> None:
    def answer(got: Received) -> Scripted:
        if got.path == "/old":
            return Scripted(307, headers=(("Location", "/infer"),))
        return model(got)

    with serving(answer) as server:
        report = check(server.url + "/old", count=8, max_calls=max_calls)
    assert len(server.received) <= max_calls
    assert report.calls == len(server.received)
    assert "net.redirect" in {finding.id for finding in report.findings}


def test_guesses_at_the_class_list_are_counted() -> None:
    def answer(got: Received) -> Scripted:
        return Scripted(404) if got.method == "GET" else model(got)

    with serving(answer) as server:
        report = check(server.url + "/infer")
    assert report.calls == len(server.received)
    assert [got.path for got in server.received if got.method == "GET"] == ["/classes", "/api/classes"]


def test_an_image_address_is_compared_with_the_very_same_image() -> None:
    far = coloured(9)

    def pictures(got: Received) -> Scripted:
        return Scripted(body=far.data, headers=(("Content-Type", "image/png"),))

    with serving(pictures) as shelf, serving(lambda got: model(got, urls=False)) as server:
        report = check(server.url + "/infer", count=1, image_url=f"{shelf.url}/shelf/far.png?sig=x")
    by_url = [one.call for one in report.answered if one.call.way == "url"]
    assert [(call.image_name, call.image_width) for call in by_url] == [("far.png", 29)]
    sent, again = [got for got in server.received if b'"url"' in got.body]
    assert json.loads(sent.body)["image"]["url"].endswith("/shelf/far.png?sig=x")
    assert again.body == sent.body, "a server error is tried once more"
    assert ids(report) == {"input.url"}
    assert "sig=x" not in repr(report)


def test_an_image_address_that_does_not_answer_here_is_judged_without_its_size() -> None:
    with serving(lambda got: Scripted(body=GOOD)) as server:
        report = check(server.url + "/infer", count=1, image_url=f"http://127.0.0.1:{free_port()}/far.png")
    by_url = [one.call for one in report.answered if one.call.way == "url"]
    assert [(call.image_name, call.image_width) for call in by_url] == [("far.png", 0)]
    assert not ids(report) & {"input.url"}


def test_an_answer_too_large_to_read_is_an_answer() -> None:
    head = (("Content-Type", "application/json"), ("Content-Length", str(200 * 1024**2)))
    with serving(lambda got: Scripted(headers=head, body=b"")) as server:
        report = check(server.url + "/infer")
    assert ids(report) == {"http.oversized"}
    assert report.verdict == "not-ready"


def test_no_thread_is_left_after_a_check() -> None:
    with serving(model) as server:
        check(server.url + "/infer", count=4)
    workers = [thread for thread in threading.enumerate() if thread.name == "byom-check"]
    for thread in workers:
        thread.join(5)
    assert not [thread for thread in workers if thread.is_alive()]


def test_the_samples_are_there() -> None:
    found = checkup.sample_images()
    assert found
    assert all(image.width > 0 for image in found)
