"""What goes wrong around the results: statuses, pages, JSON that is none, credentials, limits."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from benchmarks.diagnosis.case import SECRET
from benchmarks.diagnosis.servers import Got, Sent, as_json

Early = Callable[[Got], Sent | None]
Reply = Callable[[Sent, Got], Sent]
JSON = "application/json"


def always(status: int, body: str | bytes = "", kind: str = "text/plain", *headers: tuple[str, str]) -> Reply:
    """The same to every inference request."""
    raw = body.encode() if isinstance(body, str) else body
    return lambda _sent, _got: Sent(status, raw, kind, headers)


def after(calls: int, then: Reply) -> Reply:
    """Sound for so many calls, then not."""
    return lambda sent, got: sent if got.number <= calls else then(sent, got)


def every(nth: int, then: Reply) -> Reply:
    """Each n-th call alone goes wrong."""
    return lambda sent, got: then(sent, got) if got.number % nth == 0 else sent


def over(limit: int, then: Reply) -> Early:
    """Requests over so many bytes are refused."""
    return lambda got: then(Sent(), got) if len(got.body) > limit else None


def body(change: Callable[[bytes], bytes]) -> Reply:
    """Changes the bytes of a 200."""
    return lambda sent, _: replace(sent, body=change(sent.body)) if sent.status == 200 else sent


def text(old: str, new: str) -> Reply:
    """Changes the text of a 200."""
    return body(lambda raw: raw.replace(old.encode(), new.encode()))


def header(name: str, value: str) -> Reply:
    """One more header."""
    return lambda sent, _: replace(sent, headers=(*sent.headers, (name, value)))


def kind(media: str) -> Reply:
    """JSON under another content type."""
    return lambda sent, _: replace(sent, kind=media)


def cut(share: float) -> Reply:
    """Hangs up in the middle of the answer."""
    return lambda sent, _: replace(sent, cut=int(len(sent.body) * share))


def announcing(length: int) -> Reply:
    """Announces another length than it sends."""
    return lambda sent, _: replace(sent, length=length)


def redirected(status: int, to: str, paths: tuple[str, ...] = ("/infer",)) -> Early:
    """Sends these paths on to another one."""

    def early(got: Got) -> Sent | None:
        return Sent(status, b"", "text/plain", (("Location", to),)) if got.path in paths else None

    return early


def dead_after(calls: int) -> Early:
    """Sound for so many inference calls; then nothing answers any more, whatever is asked."""
    return lambda got: Sent(0) if got.number > calls else None


def needing(header: str, value: str = SECRET, status: int = 401) -> Early:
    """Refuses inference without the right header; with an empty value any one will do."""

    def early(got: Got) -> Sent | None:
        given = got.headers.get(header.lower(), "")
        fine = given == value if value else bool(given)
        return None if fine or got.method == "GET" else as_json({"detail": "Not authenticated"}, status)

    return early


def basic(user: str, password: str = SECRET) -> str:
    """The value of a header for HTTP Basic."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def bomb(size: int) -> Reply:
    """An answer that is small on the way and large when it is opened."""
    packed = gzip.compress(b'{"status": "succeeded", "results": [' + b" " * size + b"]}")
    return lambda _sent, _got: Sent(200, packed, JSON, (("Content-Encoding", "gzip"),))


def nested(depth: int) -> Any:
    """A list in a list, and so on."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def python(value: Any) -> bytes:
    """What Python prints of a value."""
    return repr(value).encode()


def in_latin(value: Any) -> bytes:
    """JSON, and not in UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode("latin-1")


PAGE = "<!doctype html><html><head><title>{title}</title></head><body><p>{words}</p></body></html>"


def page(title: str, words: str) -> str:
    """A web page."""
    return PAGE.format(title=title, words=words)


def trace(last: str) -> str:
    """A traceback."""
    first = 'Traceback (most recent call last):\n  File "/app/main.py", line 52, in infer'
    return f"{first}\n    return model(image)\n{last}\n"
