"""What a ping says of V7's way to the server, the script, and what its output means; the script runs for real."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from byom_gui.core.endpoint import Auth, Endpoint, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.observations import (
    PING_STAGES,
    Call,
    NetFailure,
    PingReport,
    Redirect,
    Reply,
    SentRequest,
    Stage,
)
from byom_gui.core.project import Settings
from byom_gui.core.reaching import (
    END,
    SIZES,
    UNKNOWN,
    VERSION,
    Row,
    as_json,
    found_here,
    judged,
    reached,
    read_output,
    script,
)
from byom_gui.sandbox.loopback import LoopbackServer, Request, Response, as_text
from byom_gui.sandbox.model_server import ModelServer
from tests.limits import PROCESS

HTTPS = "https://models.example.org/infer"


def endpoint(address: str = HTTPS, **auth: str) -> Endpoint:
    return Endpoint(parse_address(address).address, auth=Auth(**auth))


def report(address: str = HTTPS, addresses: tuple[str, ...] = ("93.184.216.34",), **more: Any) -> PingReport:
    request = SentRequest("POST", address, (), "{}", 2048, "curl")
    call = Call("ping", request, Reply(200, (), b"{}"), None, 320.0, datetime.now(UTC))
    stages = tuple(Stage(name, "passed", 1.0, "TLSv1.3" if name == "tls" else "") for name in PING_STAGES)
    made = PingReport(endpoint(address), stages, call, None, addresses, datetime.now(UTC), cold=False)
    return replace(made, **more)


def rows(seen: PingReport, **settings: Any) -> dict[str, tuple[str, str]]:
    return {row.title: (row.outcome, row.text) for row in found_here(seen, Settings(**settings))}


def test_a_sound_server_has_nothing_in_the_way() -> None:
    found = found_here(report(), Settings())
    assert {row.title: row.outcome for row in found} == {
        "Address": "ok", "TLS": "ok", "Redirect": "ok", "Answer": "ok", "Size": "todo",
    }  # fmt: skip
    assert reached(found)


def test_each_thing_in_the_way_is_named() -> None:
    private = rows(report("http://192.168.0.7/infer", ("192.168.0.7",)))
    assert private["Address"][0] == "bad"
    assert "private address" in private["Address"][1]
    assert private["TLS"][0] == "warn"
    assert rows(report(addresses=()))["Address"][0] == "todo"
    assert rows(report(), insecure=True)["TLS"][0] == "bad"
    assert rows(report(), ca_file="/ca.pem")["TLS"][0] == "warn"
    broken = tuple(
        Stage("tls", "failed", 1.0, "expired") if name == "tls" else Stage(name, "passed") for name in PING_STAGES
    )
    assert rows(report(stages=broken))["TLS"] == ("bad", "TLS failed. expired")
    assert rows(report(stages=()))["TLS"] == ("bad", "TLS failed.")
    assert rows(report(), proxy="http://proxy:8080")["Proxy"][0] == "warn"
    failure = NetFailure("net.refused", "tcp", "refused", 0.1)
    silent = rows(report(call=None, failure=failure))
    assert silent["Answer"] == ("bad", "No response to a call from here: refused.")
    assert rows(report(call=None))["Answer"][1] == "No response to a call from here: the connection failed."
    cut = NetFailure("net.reset", "http", "cut off", 0.1, status=206)
    seen = report(failure=cut)
    assert seen.call is not None
    lost = replace(seen, call=replace(seen.call, reply=None, failure=cut))
    assert rows(lost)["Answer"] == ("bad", "Unusable response to a call from here, status 206: cut off.")
    call = report().call
    assert call is not None
    slow = replace(
        call, milliseconds=12_000.0, redirects=(Redirect(301, "https://x.example/infer", True, False, True),)
    )
    told = rows(report(call=slow))
    assert told["Speed"][0] == "warn"
    assert told["Redirect"] == ("warn", "Redirected to https://x.example/infer. Use that address.")
    assert rows(report(call=replace(call, reply=Reply(503, (), b""))))["Answer"][0] == "bad"


def test_the_json_form_says_what_is_unknown() -> None:
    value = as_json(endpoint(), (Row("a", "ok", "b"),), (Row("c", "bad", "d"),))
    assert (value["format"], value["reached"]) == (VERSION, False)
    assert value["here"] == [{"title": "a", "outcome": "ok", "text": "b"}]
    assert len(value["unknown"]) == len(UNKNOWN)


# --- the script, run by sh


def run(text: str, *secrets: str, shell: str = "sh") -> str:
    """What it prints; secrets are typed in the order in which they are asked for."""
    found = shutil.which(shell)
    assert found is not None
    typed = "".join(f"{each}\n" for each in secrets)
    done = subprocess.run(
        [found, "-c", text], input=typed, capture_output=True, encoding="utf-8", timeout=PROCESS, check=True
    )
    return done.stdout


def loopback_apart(found: dict[str, str]) -> dict[str, str]:
    """As if the script had run elsewhere: on loopback it is always inside."""
    return found | {"post-ip": "93.184.216.34"}


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_sound_server_is_reached(shell: str) -> None:
    with ModelServer() as model:
        here = endpoint(model.url)
        found = read_output(run(script(here), shell=shell), here)
    assert (found["post-exit"], found["post-status"], found["post-succeeded"]) == ("0", "200", "yes")
    assert found["classes-status"] == "200"
    assert found["size-20-status"] == "200"
    inside = judged(found)
    assert inside[0].outcome == "bad"
    assert "ran inside the same network" in inside[0].text
    outside = judged(loopback_apart(found))
    assert reached(outside), outside
    assert outside[-2].text == f"Requests of {SIZES[-1]} MB get through."


def test_secrets_are_asked_for_and_go_by_no_argument_of_curl() -> None:
    password, secret = "pä\"ss\\wo'rd $(x) %s", "hu'sh\"\\ & more"
    with ModelServer(user="ann", password=password, secret_header="X-Key", secret=secret) as model:
        here = endpoint(model.url, basic_user="ann", secret_header="X-Key")
        text = script(here)
        found = read_output(run(text, password, secret), here)
        wrong = read_output(run(text, password, "no"), here)
    assert "curl -" in text
    assert not re.search(r"curl[^\n]*REPLY", text)
    assert found["post-status"] == "200"
    assert found["classes-status"] == "200"
    assert next(row for row in judged(loopback_apart(wrong)) if row.title == "Answer").outcome == "bad"


class Queried(LoopbackServer):
    """Notes what it is asked with."""

    def __init__(self) -> None:
        super().__init__()
        self.queries: list[dict[str, str]] = []

    def respond(self, request: Request) -> Response:
        self.queries.append(dict(request.query))
        return as_text("<html>hello</html>")


def test_a_query_value_is_encoded_and_another_answer_is_told() -> None:
    with Queried() as server:
        here = endpoint(f"{server.base_url}/infer?key=&model=it's%20%24HOME&flag&a%20b=")
        found = read_output(run(script(here), "ü &=%", "two"), here)
    assert server.queries[0] == {"key": "ü &=%", "model": "it's $HOME", "a b": "two"}
    assert "classes-exit" not in found or found["classes-exit"]
    answer = next(row for row in judged(loopback_apart(found)) if row.title == "Answer")
    assert (answer.outcome, "without “succeeded”" in answer.text) == ("warn", True)


class Small(ModelServer):
    """Takes two megabytes."""

    def respond(self, request: Request) -> Response:
        return Response(413, b"") if len(request.body) > 2_000_000 else super().respond(request)


class Elsewhere(LoopbackServer):
    def respond(self, request: Request) -> Response:
        return Response(308, b"", (("Location", "https://other.example/infer"),))


def test_limits_redirects_and_silence_are_told() -> None:
    with Small() as small:
        here = endpoint(small.url)
        found = judged(loopback_apart(read_output(run(script(here)), here)))
    size = next(row for row in found if row.title == "Size")
    assert (size.outcome, "A 5 MB request does not get through: 413" in size.text) == ("bad", True)
    assert not reached(found)
    with Elsewhere() as moved:
        here = gone = endpoint(f"{moved.base_url}/infer")
        told = judged(loopback_apart(read_output(run(script(here)), here)))
    assert "https://other.example/infer" in next(row for row in told if row.title == "Redirect").text
    nobody = judged(read_output(run(script(gone)), gone))
    assert (nobody[0].outcome, "The connection was refused there." in nobody[0].text) == ("bad", True)


def test_an_address_that_reads_like_code_stays_an_address(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for path in (f"/a'$(touch {trap})'", "/@SECRETS@", "/`id`", '/"$T"'):
        here = endpoint(f"http://127.0.0.1:9{path}".replace(" ", "%20"))
        found = read_output(run(script(here)), here)
        assert found["post-exit"] == "7"
    assert not trap.exists()


# --- reading what was pasted

SOUND = {
    "target": HTTPS, "curl": "8.0", "post-exit": "0", "post-status": "200", "post-ip": "93.184.216.34",
    "post-redirect": "", "post-total": "0,32", "post-succeeded": "yes", "size-1-exit": "0", "size-1-status": "200",
}  # fmt: skip


def output(**change: str) -> str:
    lines = [
        f"{key}: {value}" for key, value in {**SOUND, **{k.replace("_", "-"): v for k, v in change.items()}}.items()
    ]
    return "\n".join([f"----- {VERSION} -----", *lines, END])


def test_what_surrounds_it_does_no_harm() -> None:
    pasted = f"me@there:~$ sh reach.sh\nPassword for ann:\n{output()}\nme@there:~$ "
    for text in (pasted, pasted.replace("\n", "\r\n"), pasted.replace("\n", "\n> "), output() + "\n" + output()):
        assert read_output(text, endpoint()) == SOUND
    wrapped = output().replace("models.example.org", "models.exa\nmple.org")
    assert read_output(wrapped, endpoint()) == SOUND
    assert read_output(output().replace("target:", "\n\nHello.\ntarget:", 1), endpoint()) == SOUND


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "not the script's output"),
        (output().replace("byom-reach/1", "byom-reach/9"), "a different version"),
        (output().replace(END, ""), "The end is missing"),
        (output(target="https://other.example/infer"), "for a different address: https://other.example/infer"),
        (output().replace(f"target: {HTTPS}\n", ""), "a different address: none"),
    ],
)
def test_what_is_not_its_output_is_refused(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_output(text, endpoint())


def test_what_the_output_means() -> None:
    def told(**change: str) -> dict[str, tuple[str, str]]:
        found = SOUND | {key.replace("_", "-"): value for key, value in change.items()}
        return {row.title: (row.outcome, row.text) for row in judged(found)}

    assert told()["Answer"] == ("ok", "Status 200 with “succeeded” in 0.3 s.")
    assert told(post_total="")["Answer"][1] == "Status 200 with “succeeded”."
    assert told(post_ip="10.0.0.1")["From there"][0] == "bad"
    assert told(post_ip="")["From there"] == ("ok", "Reached.")
    assert told(post_status="403")["Answer"][0] == "bad"
    assert told(post_status="")["Answer"][1] == "No response there."
    assert told(post_status="500")["Answer"][0] == "bad"
    assert told(classes_exit="0", classes_status="404")["Class list"][0] == "warn"
    assert told(classes_exit="6")["Class list"][1] == "The class list address returned nothing there."
    assert told()["Size"] == ("ok", "Requests of 1 MB get through.")
    assert "Size" not in told(size_1_exit="")
    assert told(size_5_exit="56")["Size"][0] == "bad"
    assert told(size_5_exit="0", size_10_exit="0", size_10_status="413")["Size"][0] == "warn"
    assert told(post_exit="60", post_error="curl: (60) no")["From there"] == (
        "bad",
        "The certificate is not trusted there. Serve the full chain, from a public certificate authority. "
        "curl: (60) no",
    )  # fmt: skip
    assert told(post_exit="99")["From there"][1] == "curl ended with 99."
    assert told(post_exit="")["From there"][1] == "curl ended with nothing."
