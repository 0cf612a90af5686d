"""V7's API over real HTTP on loopback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from byom_gui.core.busy import retry_after
from byom_gui.core.cancel import CancelToken
from byom_gui.core.classes import ClassEntry, ClassList
from byom_gui.core.endpoint import MASK, Auth, Endpoint, Origin, SecretRef, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.observations import NetFailure, Reply
from byom_gui.core.profile import RegisterRequest, default_profile, plan_request
from byom_gui.core.redact import Redactor
from byom_gui.core.registering import TeamClass, TeamInfo, V7Error
from byom_gui.core.registration import Registration
from byom_gui.services import http
from byom_gui.services.v7 import V7, looks_like_key, v7_host
from byom_gui.services.wire import HttpResult, Options, Outgoing

KEY = "abcdefg.0123456789abcdef0123456789abcdef"
OPTIONS = Options(connect_timeout=5, read_timeout=5)


@dataclass
class Received:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stub:
    """A server that answers with what it was told to, and keeps what it got."""

    origin: Origin = Origin("http", "127.0.0.1", 0)
    status: int = 200
    answer: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    silent: threading.Event | None = None
    got: list[Received] = field(default_factory=list)


@pytest.fixture
def stub() -> Iterator[Stub]:
    state = Stub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.got.append(Received(self.command, self.path, headers, body))
            if state.silent:
                state.silent.wait(20)
                return  # by now nobody listens
            data = state.answer if isinstance(state.answer, bytes) else json.dumps(state.answer).encode()
            self.send_response(state.status)
            for name, value in {"Content-Length": str(len(data)), **state.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.origin = Origin("http", "127.0.0.1", server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield state
    if state.silent:
        state.silent.set()
    server.shutdown()
    server.server_close()
    thread.join(5)
    http.close_idle()


def v7(stub: Stub, options: Options = OPTIONS) -> V7:
    return V7(stub.origin, http.send, options)


def request(host: Origin) -> RegisterRequest:
    endpoint = Endpoint(parse_address("https://models.acme.io/api/infer").address, Auth("user", "X-Secret"))
    registration = Registration("nuclei", endpoint, ClassList((ClassEntry("nucleus", "polygon"),)))
    return plan_request(default_profile(), registration, TeamInfo(4182, "acme", "Acme"), host)


def lookup(ref: SecretRef) -> str | None:
    return {"basic": "pass-sesame", "header": "head-sesame"}[ref.kind]


def test_the_team_of_a_key(stub: Stub) -> None:
    stub.answer = {"selected_team": {"id": 4182, "slug": "acme", "name": "Acme Inc"}}
    assert v7(stub).token_info(f" {KEY}\n", CancelToken()) == TeamInfo(4182, "acme", "Acme Inc")
    (got,) = stub.got
    assert (got.method, got.path, got.headers["authorization"]) == ("GET", "/api/users/token_info", f"ApiKey {KEY}")


def test_a_team_without_a_name_has_its_slug(stub: Stub) -> None:
    stub.answer = {"selected_team": {"id": 1, "slug": "acme", "name": None}}
    assert v7(stub).token_info(KEY, CancelToken()).name == "acme"


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        [],
        {},
        {"selected_team": None},
        {"selected_team": {"id": "1", "slug": "a"}},
        {"selected_team": {"id": 1}},
    ],
)
def test_an_answer_that_holds_no_team_is_said(stub: Stub, answer: Any) -> None:
    stub.answer = answer
    with pytest.raises(V7Error, match="does not contain the team"):
        v7(stub).token_info(KEY, CancelToken())


def test_the_teams_classes(stub: Stub) -> None:
    stub.answer = {
        "annotation_classes": [
            {"id": 1, "name": "a", "annotation_types": ["polygon", "text"], "metadata": {"_color": "rgba(1,2,3,1.0)"}},
            {"id": 2, "name": "b", "annotation_types": ["tag"], "metadata": {"_color": "auto"}},
            {"id": 3, "name": "c", "metadata": None},
            {"id": 4},
            "odd",
        ]
    }
    assert v7(stub).team_classes(KEY, "ac/me", CancelToken()) == (
        TeamClass("a", ("polygon", "text"), "#010203"),
        TeamClass("b", ("tag",)),
        TeamClass("c", ()),
    )
    assert stub.got[0].path == "/api/teams/ac%2Fme/annotation_classes?include_tags=true"
    stub.answer = {"annotation_classes": {}}
    with pytest.raises(V7Error, match="does not contain the team's classes"):
        v7(stub).team_classes(KEY, "acme", CancelToken())


def test_making_a_class(stub: Stub) -> None:
    stub.status, stub.answer = 201, {"name": "ä", "annotation_types": ["tag"], "metadata": {"_color": "#000000"}}
    assert v7(stub).create_class(KEY, "acme", "ä", "tag", CancelToken()) == TeamClass("ä", ("tag",), "#000000")
    got = stub.got[0]
    assert (got.method, got.path) == ("POST", "/api/teams/acme/annotation_classes")
    assert json.loads(got.body) == {"name": "ä", "annotation_types": ["tag"], "metadata": {"_color": "auto"}}
    stub.answer = None
    assert v7(stub).create_class(KEY, "acme", "b", "tag", CancelToken()) == TeamClass("b", ("tag",))


@pytest.mark.parametrize(
    ("status", "answer", "kind", "words"),
    [
        (401, None, "key-refused", "does not accept the API key"),
        (403, None, "not-allowed", "may not do this"),
        (404, None, "not-found", "no such path"),
        (422, {"errors": {"name": ["has already been taken"]}}, "invalid", "(422): name: has already been taken."),
        (422, b"<html>", "invalid", "without a reason"),
        (429, None, "rate-limited", "Wait 7 s"),
        (500, {"error": KEY}, "server-error", "V7 failed (500)"),
        (302, None, "refused", "status 302"),
    ],
)
def test_what_v7_refuses_is_said_in_words(stub: Stub, status: int, answer: Any, kind: str, words: str) -> None:
    stub.status, stub.answer, stub.headers = status, answer, {"Retry-After": "7"}
    with pytest.raises(V7Error) as caught:
        v7(stub).create_class(KEY, "acme", "a", "tag", CancelToken())
    error = caught.value
    assert (error.kind, error.status, error.retry_after) == (kind, status, 7.0)
    assert words in error.sentence
    assert KEY not in f"{error!r} {error.detail}"
    assert len(stub.got) == 1


def test_what_v7_says_of_a_refusal_is_masked_and_its_data_are_not(stub: Stub) -> None:
    code = "".join(f"&#{ord(char)};" for char in KEY)
    stub.status, stub.answer = 422, {"errors": [f"the key {code} and {KEY * 20}"]}
    with pytest.raises(V7Error) as caught:
        v7(stub).create_class(KEY, "acme", "a", "tag", CancelToken())
    assert KEY[:9] not in f"{caught.value!r} {caught.value.detail}"
    assert caught.value.detail == f"the key {MASK} and {MASK}"
    named = {"name": KEY, "annotation_types": ["tag"]}
    stub.status, stub.answer = 200, {"annotation_classes": [named]}
    assert v7(stub).team_classes(KEY, "acme", CancelToken()) == (TeamClass(KEY, ("tag",)),)


def test_a_models_page_with_a_secret_in_its_address_is_not_shown(stub: Stub) -> None:
    for secret in (KEY, "head-Sesame-1"):
        stub.status, stub.answer = 201, {"url": f"{stub.origin}/models/{secret}"}
        outcome = v7(stub).register(request(stub.origin), lambda ref: "head-Sesame-1", KEY, CancelToken())
        assert (outcome.kind, outcome.model_url) == ("registered", "")
    stub.answer = {"url": f"{stub.origin}/models/7"}
    outcome = v7(stub).register(request(stub.origin), lambda ref: "models", KEY, CancelToken())
    assert outcome.model_url == f"{stub.origin}/models/7"


def test_a_flood_without_a_time_says_a_minute(stub: Stub) -> None:
    stub.status = 429
    with pytest.raises(V7Error, match="Wait a minute"):
        v7(stub).token_info(KEY, CancelToken())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_where_nothing_listens() -> None:
    host = Origin("http", "127.0.0.1", free_port())
    client = V7(host, http.send, OPTIONS)
    with pytest.raises(V7Error, match="the connection was refused") as caught:
        client.token_info(KEY, CancelToken())
    assert caught.value.kind == "unreachable"
    outcome = client.register(request(host), lookup, KEY, CancelToken())
    assert outcome.kind == "unreachable"
    assert "connection was refused" in outcome.sentence


def test_a_silent_v7_is_unknown_for_what_writes_and_is_asked_once(stub: Stub) -> None:
    stub.silent = threading.Event()
    client = v7(stub, Options(connect_timeout=5, read_timeout=0.3))
    outcome = client.register(request(stub.origin), lookup, KEY, CancelToken())
    assert outcome.kind == "unknown"
    assert "It may have arrived" in outcome.todo
    assert len(stub.got) == 1
    with pytest.raises(V7Error, match="It may have arrived") as caught:
        client.create_class(KEY, "acme", "a", "tag", CancelToken())
    assert caught.value.kind == "unknown"
    with pytest.raises(V7Error, match="Try again") as caught:
        client.token_info(KEY, CancelToken())
    assert caught.value.kind == "unreachable"


def test_what_is_sent_is_what_was_shown_with_the_secrets_filled_in(stub: Stub) -> None:
    stub.status, stub.answer = 201, {"id": 7, "url": f"{stub.origin}/models/7", "echo": "head-sesame"}
    plan = request(stub.origin)
    outcome = v7(stub).register(plan, lookup, KEY, CancelToken())
    assert (outcome.kind, outcome.status, outcome.model_url) == ("registered", 201, f"{stub.origin}/models/7")
    (got,) = stub.got
    shown = plan.masked()
    assert (got.method, f"{stub.origin}{got.path}") == (shown.method, shown.url)
    sent = got.body.decode().replace("pass-sesame", "••••••••").replace("head-sesame", "••••••••")
    assert sent == shown.body
    assert outcome.request == shown
    for name, value in shown.headers:
        assert got.headers[name.lower()] == value.replace("••••••••", KEY)
    assert "sesame" not in repr(outcome)
    assert KEY not in repr(outcome)


def test_v7s_errors_come_back_scrubbed(stub: Stub) -> None:
    stub.status = 422
    stub.answer = {"errors": {"auth_secret": ["head-sesame is too short"], "key": [KEY], "p": ["pass-sesame"]}}
    outcome = v7(stub).register(request(stub.origin), lookup, KEY, CancelToken())
    assert outcome.kind == "invalid"
    assert outcome.errors == ("auth_secret: •••••••• is too short", "key: ••••••••", "p: ••••••••")


def test_a_redirected_registration_is_not_followed(stub: Stub) -> None:
    stub.status, stub.headers = 307, {"Location": f"{stub.origin}/elsewhere"}
    outcome = v7(stub).register(request(stub.origin), lookup, KEY, CancelToken())
    assert (outcome.kind, outcome.status, len(stub.got)) == ("refused", 307, 1)


def test_a_request_for_another_host_is_not_sent(stub: Stub) -> None:
    with pytest.raises(InputError, match="a different V7 host"):
        v7(stub).register(request(Origin("https", "evil.io", 443)), lookup, KEY, CancelToken())
    assert stub.got == []


def test_a_missing_secret_stops_it_before_anything_is_sent(stub: Stub) -> None:
    with pytest.raises(InputError, match="is not known"):
        v7(stub).register(request(stub.origin), lambda _: None, KEY, CancelToken())
    assert stub.got == []


def test_a_connection_that_breaks_after_sending_is_unknown() -> None:
    host = Origin("https", "darwin.v7labs.com", 443)

    def sender(outgoing: Outgoing, options: Options, redactor: Redactor, cancel: CancelToken) -> HttpResult:
        return HttpResult(None, NetFailure("net.reset", "http", "broke", 0.2), 200.0, sent=True)

    outcome = V7(host, sender, OPTIONS).register(request(host), lookup, KEY, CancelToken())
    assert (outcome.kind, outcome.sentence) == (
        "unknown",
        "The connection to V7 was lost before its complete response arrived.",
    )


@pytest.mark.parametrize(
    ("environ", "setting", "host"),
    [
        ({}, "", "https://darwin.v7labs.com"),
        ({}, "https://eu.v7labs.com/", "https://eu.v7labs.com"),
        ({"DARWIN_BASE_URL": "http://localhost:9000"}, "https://eu.v7labs.com", "http://localhost:9000"),
        ({"DARWIN_BASE_URL": " "}, "http://127.0.0.1:1", "http://127.0.0.1:1"),
    ],
)
def test_where_v7_is(environ: dict[str, str], setting: str, host: str) -> None:
    assert str(v7_host(environ, setting)) == host


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http://darwin.v7labs.com", "must start with https://"),
        ("http://localhost.evil.io", "must start with https://"),
        ("https://darwin.v7labs.com/api", "only a host"),
        ("https://darwin.v7labs.com/?k=sesame", "only a host"),
        ("darwin.v7labs.com", "no scheme"),
        ("https://u:sesame@h", "user or password"),
    ],
)
def test_where_v7_can_not_be(text: str, words: str) -> None:
    for environ, setting, name in (({"DARWIN_BASE_URL": text}, "", "DARWIN_BASE_URL"), ({}, text, "The setting")):
        with pytest.raises(InputError, match=words) as caught:
            v7_host(environ, setting)
        assert caught.value.sentence.startswith(name)
        assert "sesame" not in caught.value.sentence


@pytest.mark.parametrize(("text", "like"), [(KEY, True), (f" {KEY} ", True), ("abc.def", False), ("", False)])
def test_the_look_of_a_key(text: str, like: bool) -> None:
    assert looks_like_key(text) is like


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("999999", 3600.0),
        ("", None),
        ("-1", None),
        ("²", None),
        ("next Tuesday", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:28:00", 30.0),
        ("Wed, 21 Oct 2026 07:00:00 GMT", 0.0),
        ("Wed, 21 Oct 2037 07:28:00 GMT", 3600.0),
    ],
)
def test_the_seconds_to_wait(text: str, seconds: float | None) -> None:
    headers = (("date", "Wed, 21 Oct 2026 07:27:30 GMT"), ("retry-after", text))
    assert retry_after(Reply(429, headers, b"")) == seconds
