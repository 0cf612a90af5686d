"""``check`` and ``classes``: verdicts, reports, and what must not reach a terminal."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from byom_gui.commands.common import json_text
from byom_gui.core.image import ImageSource
from byom_gui.sandbox.faults import find_fault
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.services import call_gate, images
from tests.commands.conftest import Call
from tests.commands.processes import AUTH, PASSWORD, SAMPLES, SECRET, files_with, run
from tests.services.servers import Received, Scripted, free_port, serving

FINDING = ["id", "severity", "where", "evidence", "cause", "fix", "count"]
STAGES = ["dns", "tcp", "tls", "http", "auth", "json", "schema", "meaning", "classes", "inputs", "behaviour"]
NASTY = "\x1b]0;owned\x07\x9b31m\u202enucleus"


def test_a_sound_server_is_ready(call: Call, model: ModelServer) -> None:
    got = call("check", model.url, "--quick")
    assert got.code == 0
    assert got.out.startswith("READY")
    assert "at most" in got.err
    assert "built-in samples" in got.err


def test_json_on_stdout_is_the_report_and_nothing_else(call: Call, model: ModelServer) -> None:
    got = call("check", model.url, "--quick", "--json", "-")
    report = json.loads(got.out)
    assert list(report) == ["format", "endpoint", "verdict", "findings", "not_checked", "stages", "latency"]
    assert (report["format"], report["endpoint"], report["verdict"]) == ("byom-check/1", model.url, "ready")
    assert all(list(finding) == FINDING for finding in report["findings"])
    assert all(list(one) == ["id", "why"] for one in report["not_checked"])
    assert [stage["name"] for stage in report["stages"]] == STAGES
    assert all(set(stage) <= {"name", "outcome", "reason", "milliseconds"} for stage in report["stages"])
    assert list(report["latency"]) == ["first_ms", "p50_ms", "p95_ms", "p99_ms", "count"]


def test_reports_go_into_files(call: Call, model: ModelServer, tmp_path: Path) -> None:
    got = call("check", model.url, SAMPLES / "neuron.jpg", "--json", "c.json", "--junit", "j.xml", "--html", "h.html")
    assert got.code == 0
    assert got.out.startswith("READY")
    assert json.loads((tmp_path / "c.json").read_text())["verdict"] == "ready"
    assert ElementTree.parse(tmp_path / "j.xml").getroot().tag == "testsuites"
    page = (tmp_path / "h.html").read_text()
    assert "<!DOCTYPE html>" in page
    assert page.count('href="data:image/jpeg;base64,') == 1
    assert "base64 &lt; neuron.jpg" in page  # the command that shows a finding again


def test_pictures_are_left_out_on_request(call: Call, model: ModelServer, tmp_path: Path) -> None:
    assert call("check", model.url, SAMPLES / "neuron.jpg", "--quick", "--no-images", "--html", "h.html").code == 0
    page = (tmp_path / "h.html").read_text()
    assert "data:image" not in page
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="overlay"' in page


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("http.server-error", "http.server-error"),
        ("json.invalid", "json.invalid"),
        ("schema.missing", "schema.missing"),
        ("status.failed", "status.failed"),
        ("auth.rejected", "auth.rejected"),
    ],
)
def test_a_broken_server_is_not_ready(call: Call, fault: str, finding: str) -> None:
    with ModelServer(fault=find_fault(fault)) as server:
        got = call("check", server.url, "--quick", "--json", "-")
    report = json.loads(got.out)
    assert (got.code, report["verdict"]) == (1, "not-ready")
    assert finding in {one["id"] for one in report["findings"] if one["severity"] == "error"}


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("words", "cause"), [((), "none are set"), (AUTH, "is wrong"), (("--secret-header", "X-Key"), "is wrong")]
)
def test_a_ping_that_is_refused(
    call: Call, monkeypatch: pytest.MonkeyPatch, status: int, words: tuple[str, ...], cause: str
) -> None:
    monkeypatch.setenv("BYOM_ENDPOINT_PASSWORD", PASSWORD)
    monkeypatch.setenv("BYOM_ENDPOINT_SECRET", SECRET)
    with serving(lambda got: Scripted(status, b'{"detail": "who are you?"}')) as server:
        checked = call("check", f"{server.url}/infer", *words, "--quick", "--json", "-")
        pings = len(server.received)
        reached = call("reach", f"{server.url}/infer", *words)
    report = json.loads(checked.out)
    assert (checked.code, report["verdict"]) == (1, "not-ready")
    outcomes = {stage["name"]: stage["outcome"] for stage in report["stages"]}
    assert [outcomes[name] for name in ("http", "auth", "json", "schema")] == [
        "passed",
        "failed",
        "not-reached",
        "not-reached",
    ]
    (refused,) = (one for one in report["findings"] if one["id"] == "auth.rejected")
    assert (refused["severity"], cause in refused["cause"]) == ("error", True)
    assert pings <= 2, "after the refusal only the class list is asked for"
    assert (reached.code, f"BAD   Answer: Status {status} in " in reached.out) == (1, True)


def test_where_nothing_listens_a_newcomer_is_told(tmp_path: Path) -> None:
    port = free_port()
    done = run(tmp_path, "check", f"http://127.0.0.1:{port}/infer")
    assert done.returncode == 3
    assert done.stdout.startswith("UNREACHABLE: the server never sent an HTTP response.\n")
    assert f"The connection to 127.0.0.1:{port} was refused." in done.stdout
    assert "Start the server, and check the port in the address." in done.stdout
    assert "Errno" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_secrets_of_a_server_stay_out_of_everything(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BYOM_ENDPOINT_PASSWORD", PASSWORD)
    monkeypatch.setenv("BYOM_ENDPOINT_SECRET", SECRET)

    def echo(got: object) -> Scripted:
        return Scripted(500, repr(got).encode())

    with serving(echo) as server:
        address = f"{server.url}/infer?token=marked-query-value"
        words = ["check", address, *AUTH, "--quick", "--junit", "j.xml", "--html", "h.html"]
        people = call(*words)
        machine = call(*words, "--json", "-")
        assert any("marked-query-value" in one.path for one in server.received), "it was sent, and came back"
    assert people.code == machine.code == 1
    hidden = (PASSWORD, SECRET, "marked-query-value", "hush%2Bheader")
    said = people.out + people.err + machine.out + machine.err
    assert not [text for text in hidden if text in said]
    assert "?token=" in said
    assert files_with(tmp_path, hidden) == []


def test_what_a_terminal_would_obey_does_not_reach_it(call: Call, tmp_path: Path) -> None:
    results = [{"name": NASTY, "label": NASTY, "confidence": 0.5, "tag": {}}, {"name": 1, "confidence": 2}]
    answer = json.dumps({"status": "succeeded", "results": results, NASTY: NASTY}).encode()
    with serving(lambda got: Scripted(body=answer)) as server:
        said = [
            call("check", f"{server.url}/infer", "--quick"),
            call("check", f"{server.url}/infer", "--quick", "--json", "-"),
            call("infer", f"{server.url}/infer", SAMPLES / "neuron.jpg", "--out", tmp_path / "o"),
        ]
    with serving(lambda got: Scripted(body=json.dumps([{"name": NASTY, "type": "tag"}]).encode())) as server:
        said.append(call("classes", f"{server.url}/infer"))
        said.append(
            call("new", f"{server.url}/infer", "--classes-url", server.url, "--name", NASTY, "-o", "p.byom.json")
        )
    for one in said:
        assert [c for c in one.out + one.err if not (c.isprintable() or c in "\n\t")] == []
    assert json.loads(said[1].out)["verdict"] == "not-ready"
    assert [one.code for one in said] == [1, 1, 0, 0, 0]
    line = json.loads((tmp_path / "o" / "answers.jsonl").read_text())
    assert line["answer"]["results"][0]["name"] == NASTY


@pytest.mark.parametrize("value", [NASTY, "\ud800", "😀 µ", "\u2028", {"a": [1, None, "\x7f"]}])
def test_json_for_a_terminal_means_the_same(value: object) -> None:
    text = json_text(value)
    assert json.loads(text) == value
    assert all(c.isprintable() or c == "\n" for c in text)


def test_classes_are_printed_as_v7_wants_them(call: Call, model: ModelServer) -> None:
    got = call("classes", model.url)
    assert got.code == 0
    assert json.loads(got.out)[0] == {"name": "nucleus", "type": "polygon"}
    assert got.err == f"9 classes from {model.classes_url}\n"


@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [
        (200, b'["nucleus"]', 1, "0 classes"),
        (200, b"<html>", 1, "is not JSON"),
        (404, b"{}", 1, "returned status 404"),
        (200, b"[]", 1, "0 classes"),
    ],
)
def test_a_class_list_of_another_form_exits_1(call: Call, status: int, body: bytes, code: int, said: str) -> None:
    with serving(lambda got: Scripted(status, body)) as server:
        got = call("classes", f"{server.url}/infer", "--classes-url", f"{server.url}/list")
    assert got.code == code
    assert said in got.err


def test_a_project_brings_its_endpoint_and_images_may_follow(call: Call, model: ModelServer, tmp_path: Path) -> None:
    assert call("new", model.url, "--name", "n", "-o", "p.byom.json").code == 0
    got = call("check", "--project", "p.byom.json", SAMPLES / "neuron.jpg", "--quick", "--json", "c.json")
    assert got.code == 0
    assert "built-in samples" not in got.err
    assert json.loads((tmp_path / "c.json").read_text())["endpoint"] == model.url


def answering(got: Received) -> Scripted:
    """A model of bolts, whose list is at an address of its own; the usual one has another list."""
    if got.method == "POST":
        box = {"x": 4, "y": 4, "w": 20, "h": 20}
        results = [{"name": "bolt", "label": "bolt", "confidence": 0.7, "bounding_box": box}]
        return Scripted(body=json.dumps({"status": "succeeded", "results": results}).encode())
    name = {"/lists/7": "bolt", "/classes": "washer"}.get(got.path)
    return Scripted(body=json.dumps([{"name": name, "type": "bounding_box"}]).encode()) if name else Scripted(404)


def test_a_ready_server_that_was_not_checked_to_the_end_is_ready_as_far_as_that(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_gate, "retry_after", lambda reply: 0.01)
    with ModelServer(fault=find_fault("http.rate-limited:later@3")) as server:
        got = call("check", server.url, "--quick")
    assert got.code == 0
    assert got.out.startswith("READY as far as it was checked. The server’s rate limit was reached at call 4 of 7")
    assert "continuing in 1 s" in got.err
    assert "not tried: The server’s rate limit was reached" in got.out


def test_a_project_is_judged_by_its_own_list_and_classes_address(call: Call, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text('[{"name": "nut", "type": "bounding_box"}]')
    with serving(answering) as server:
        new = ("new", f"{server.url}/infer", "--classes-url", f"{server.url}/lists/7", "--name", "n")
        assert call(*new, "-o", "p.byom.json").code == 0
        assert call(*new, "--classes", "mine.txt", "-o", "q.byom.json").code == 0
        server.received.clear()
        good = call("check", "--project", "p.byom.json", "--quick", "--json", "p.json")
        bad = call("check", "--project", "q.byom.json", "--quick", "--json", "q.json")
        assert {got.path for got in server.received if got.method == "GET"} == {"/lists/7"}
    assert (good.code, bad.code) == (0, 1)
    found = {each["id"]: each for each in json.loads((tmp_path / "q.json").read_text())["findings"]}
    assert found["classes.unregistered"]["severity"] == "error"
    assert "bolt" in str(found["classes.unregistered"])


def test_a_project_without_classes_is_not_judged_by_the_servers_list(call: Call, tmp_path: Path) -> None:
    with serving(answering) as server:
        call("new", f"{server.url}/deep/infer", "--name", "n", "-o", "p.byom.json")
        project = json.loads((tmp_path / "p.byom.json").read_text())
        project["registration"]["classes"] = []
        (tmp_path / "p.byom.json").write_text(json.dumps(project))
        got = call("check", "--project", "p.byom.json", "--quick", "--json", "c.json")
        other = call("check", f"{server.url}/deep/infer", "--quick", "--json", "d.json")
    found = {each["id"]: each for each in json.loads((tmp_path / "c.json").read_text())["findings"]}
    assert found["classes.empty-list"]["severity"] == "warning"
    assert found["classes.empty-list"]["evidence"] == "The server lists 1, the project 0."
    assert "classes.empty-list" not in (tmp_path / "d.json").read_text()
    assert (got.code, other.code) == (0, 1), "the server's own list does not hold what it returns"


def test_insecure_is_said_loudly(call: Call) -> None:
    got = call("check", f"http://127.0.0.1:{free_port()}/infer", "--insecure")
    assert got.code == 3
    assert "WARNING: the server's certificate is NOT verified" in got.err


def test_images_with_damaged_pixels_are_left_out_by_name_and_the_check_goes_on(
    call: Call, model: ModelServer, tmp_path: Path
) -> None:
    out = io.BytesIO()
    Image.effect_noise((80, 60), 70).save(out, "TIFF")
    (tmp_path / "a-cut.tif").write_bytes(out.getvalue()[:2400])
    (tmp_path / "b.png").write_bytes(b"<html><p>Access denied</p></html>")
    got = call("check", model.url, "a-cut.tif", "b.png", SAMPLES / "neuron.jpg", "--max-calls", "6")
    assert got.code == 0, got.err
    assert "a-cut.tif: File ends early: a-cut.tif is not complete. Copy or save it again." in got.err
    assert "b.png: b.png is a web page, not an image." in got.err
    assert "Skipped 2 images; continuing with the other 1." in got.err
    assert "neuron.jpg" in got.err.partition("continuing")[2]
    none = call("check", model.url, "a-cut.tif")
    assert none.code == 2
    assert "None of the images could be read." in none.err


def test_a_check_reads_no_more_images_than_it_may_send(
    call: Call, model: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(40):
        shutil.copy(SAMPLES / "neuron.jpg", folder / f"{number:02}.jpg")
    read: list[str] = []
    whole = images.read_image

    def noted(place: str | Path) -> ImageSource:
        read.append(Path(place).name)
        return whole(place)

    monkeypatch.setattr(images, "read_image", noted)
    assert call("check", model.url, "many", "--max-calls", "7").code == 0
    assert read == [f"{number:02}.jpg" for number in range(7)]
    read.clear()
    assert call("check", model.url, "many", "--quick").code == 0
    assert read == ["00.jpg"]
