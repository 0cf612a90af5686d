"""A password that is also a word of the answer changes nothing of it, and no echo of a password is written down."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from byom_gui.core.endpoint import MASK
from byom_gui.core.unescape import unescape
from tests.commands.conftest import Call
from tests.commands.processes import SAMPLES
from tests.services.servers import Received, Scripted, serving

PLAIN = "unrelated-Phrase-5"
WORDS = ["iron", "rust patch", "240", "bounding_box", "name", "true", "e", "succeeded", "results", "0.75", "READY"]
CLASSES = [{"name": "iron", "type": "bounding_box"}, {"name": "rust patch", "type": "polygon"}]
RESULTS = [
    {"name": "iron", "label": "iron", "confidence": 0.75, "bounding_box": {"x": 240, "y": 24, "w": 150, "h": 12}},
    {
        "name": "rust patch",
        "label": "rust patch",
        "confidence": 0.5,
        "polygon": {"path": [{"x": 1, "y": 2}, {"x": 240, "y": 2}, {"x": 240, "y": 24}]},
        "attributes": ["iron", "240"],
        "text": {"text": "true"},
    },
]
TIMES = re.compile(
    r'"(?:milliseconds|first_ms|p[0-9]{2}_ms|created|date_captured)": [^,}\n]*|time="[^"]*"|[0-9.,]+ ms'
    r'|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]+|class="ms">[^<]*'
)


def valid(got: Received) -> Scripted:
    """A server that keeps the contract, and looks at no password."""
    value: Any = CLASSES if got.method == "GET" else {"status": "succeeded", "results": RESULTS}
    return Scripted(body=json.dumps(value).encode())


def misspelled(got: Received) -> Scripted:
    """One that breaks it in several ways."""
    if got.method == "GET":
        return Scripted(body=json.dumps(["iron", "rust patch"]).encode())
    broken = [{**RESULTS[0], "name": "Iron"}, {**RESULTS[1], "confidence": 75}, {"name": "iron", "box": [240, 2, 3, 4]}]
    return Scripted(body=json.dumps({"status": "succeeded", "results": broken}).encode())


def written(call: Call, monkeypatch: pytest.MonkeyPatch, folder: Path, url: str, password: str) -> dict[str, str]:
    """All that the commands print and write, without addresses and times."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("BYOM_ENDPOINT_PASSWORD", password)
    auth = ("--user", "eva")
    image = SAMPLES / "nuclei-1.png"
    (folder / "list.json").write_text(json.dumps(CLASSES), encoding="utf-8")
    files = ("--junit", "j.xml", "--html", "h.html")
    said = [call("check", url, image, *auth, "--quick", "--classes", "list.json", "--json", "c.json", *files)]
    out = ("--out", "o", "--no-overlays", "--darwin", "d", "--coco", "coco.json", "--csv", "all.csv")
    said.append(call("infer", url, image, *auth, *out))
    said.append(call("classes", url, *auth))
    said.append(
        call("new", url, *auth, "--name", "n", "--classes-url", url.replace("infer", "classes"), "-o", "p.byom.json")
    )
    if (folder / "p.byom.json").exists():
        said.append(call("export", "p.byom.json", "-o", "r.json"))
    texts = {f"said {at}": f"{one.code}\n{one.out}\n{one.err}" for at, one in enumerate(said)}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            texts[str(path.relative_to(folder))] = path.read_text(encoding="utf-8")
    port = url.split(":")[2].split("/")[0]
    return {name: TIMES.sub("…", text.replace(port, "PORT")) for name, text in texts.items()}


@pytest.mark.parametrize("server", [valid, misspelled])
def test_nothing_changes_with_a_password_that_is_a_word_of_the_answer(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: Callable[[Received], Scripted]
) -> None:
    with serving(server) as running:
        url = f"{running.url}/infer"
        plain = written(call, monkeypatch, tmp_path / "plain", url, PLAIN)
        assert ("r.json" in plain) == (server is valid)
        assert {"c.json", "j.xml", "h.html", "o/answers.jsonl", "coco.json", "all.csv"} <= plain.keys()
        for at, word in enumerate(WORDS):
            assert written(call, monkeypatch, tmp_path / str(at), url, word) == plain, word
    if server is valid:
        assert json.loads(plain["r.json"].replace("…", '"x": 1'))["classes"] == CLASSES
        assert "iron" in plain["all.csv"]
        assert MASK not in "".join(plain.values())


SECRET = "Wörd<&>'\"/+ %41\\x-77"
ECHOES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "html": html.escape,
    "html twice": lambda s: html.escape(html.escape(s)),
    "html numbers": lambda s: "".join(f"&#x{ord(c):x};" for c in s),
    "go": lambda s: re.sub("[&<>]", lambda m: f"\\u{ord(m[0]):04x}", json.dumps(s)[1:-1]),
    "all escaped": lambda s: "".join(f"\\u{ord(c):04X}" for c in s),
    "percent": lambda s: quote(s, safe=""),
    "percent twice": lambda s: quote(quote(s, safe=""), safe=""),
    "percent thrice": lambda s: quote(quote(quote(s, safe=""), safe=""), safe="").replace(
        "%2525C3%2525B6", "%2525c3%2525b6"
    ),
    "json in json": lambda s: json.dumps(json.dumps(s)),
    "python": lambda s: repr(s.encode()),
    "hex": lambda s: s.encode().hex().upper(),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 url": lambda s: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "basic": lambda s: base64.b64encode(f"eva:{s}".encode()).decode(),
    "dump": lambda s: base64.b64encode(
        f'{{"a": "Basic {base64.b64encode(f"eva:{s}".encode()).decode()}"}}'.encode()
    ).decode(),
}


def echoing(form: str, way: str) -> Callable[[Received], Scripted]:
    """A server that repeats the password: in a traceback, a page, broken JSON, a failure or an unknown value."""

    def answer(got: Received) -> Scripted:
        echo = ECHOES[form](SECRET)
        if way == "traceback":
            return Scripted(500, f"Traceback (most recent call last):\n  KeyError: {echo}".encode())
        if way == "page":
            return Scripted(200, f"<html><title>{echo}</title>".encode(), (("Content-Type", "text/html"),))
        if way == "broken":
            return Scripted(200, f'{{"status": "{echo}" "results"'.encode())
        value = {"status": "failed", "results": [], "error": echo, "debug": {"headers": [echo]}}
        return Scripted(body=json.dumps(value if way == "failed" else {**value, "status": echo}).encode())

    return answer


@pytest.mark.parametrize("way", ["traceback", "page", "broken", "failed", "status"])
def test_no_echo_of_a_password_is_printed_or_written(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    for at, form in enumerate(ECHOES):
        with serving(echoing(form, way)) as running:
            texts = written(call, monkeypatch, tmp_path / str(at), f"{running.url}/infer", SECRET)
        assert MASK in "".join(texts.values()), form
        for name, text in texts.items():
            flat = unescape(text).text
            for part in (SECRET, unescape(SECRET).text, SECRET[:5], SECRET.encode().hex()):
                assert part not in text, (form, name)
                assert part not in flat, (form, name)
            for code in re.findall("[A-Za-z0-9+/_-]{12,}", flat):
                plain = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_") if len(code) % 4 != 1 else b""
                assert b"rd<&>" not in plain, (form, name)
