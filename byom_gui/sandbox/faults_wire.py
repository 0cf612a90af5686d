"""Faults below the answer: connection, TLS, HTTP and credentials."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from byom_gui.sandbox.fault import Fault, Reply, always
from byom_gui.sandbox.loopback import MEGABYTE, Request, Response, as_json

ACCEPTED = 64_000
"""Bytes of a request that the server with ``http.too-large`` takes."""
STREAMED = 72 * MEGABYTE
"""Bytes of the answer without end: enough to pass a limit of 64 MB, and an end all the same."""
_EVERY = 3

_TRACEBACK = """Traceback (most recent call last):
  File "/srv/app.py", line 41, in infer
    {}
{}
"""
_CRASHES: tuple[tuple[str, str, str, str], ...] = (
    (
        "",
        "a numpy value that is not JSON",
        "return jsonify(status='succeeded', results=results)",
        "TypeError: Object of type float32 is not JSON serializable",
    ),
    (
        "exception",
        "an exception put into the JSON",
        "return jsonify(status='failed', error=error)",
        "TypeError: Object of type ValueError is not JSON serializable",
    ),
    ("import", "a missing package", "import cv2", "ModuleNotFoundError: No module named 'cv2'"),
    (
        "name",
        "a missing import",
        "urllib.request.urlretrieve(url, path)",
        "AttributeError: module 'urllib' has no attribute 'request'",
    ),
    (
        "cuda",
        "not enough GPU memory",
        "out = model(batch.cuda())",
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.30 GiB (GPU 0; 7.79 GiB total capacity)",
    ),
    (
        "file",
        "a missing file",
        "model = load('weights/best.pt')",
        "FileNotFoundError: [Errno 2] No such file or directory: 'weights/best.pt'",
    ),
    (
        "unflushed",
        "a file read before it was written",
        "image = Image.open(file.name)",
        "PIL.UnidentifiedImageError: cannot identify image file '/tmp/tmpa1b2c3.jpg'",
    ),
    ("key", "a wrong key of the request", "url = request.json['url']", "KeyError: 'url'"),
)

_HEAD = "<!doctype html><html><head><title>{}</title></head><body>{}</body></html>"
_PAGES: tuple[tuple[str, str, str, str], ...] = (
    ("", "a login page", "Sign in", '<form>Sign in to go on <input type="password"></form>'),
    ("ngrok", "an ngrok tunnel's notice", "ngrok", "<p>You are about to visit a site served through ngrok.</p>"),
    ("localtunnel", "a localtunnel notice", "Tunnel", "<p>Friendly reminder, from loca.lt</p>"),
    ("cloudflare", "a Cloudflare check", "Just a moment...", "<p>Cloudflare checks your browser.</p>"),
    ("docs", "the API's documentation", "FastAPI - Swagger UI", '<div id="swagger-ui"></div>'),
    ("nginx", "a web server's default page", "Welcome to nginx!", "<h1>Welcome to nginx!</h1>"),
)


def _only_there(path: str, answer: Response) -> Fault:
    """``answer`` at every inference path but one."""
    return Fault("", "", first=lambda request: None if request.path == path else answer)


def _redirect(status: int, path: str = "/infer") -> Fault:
    return _only_there(path, Response(status, b"", (("Location", path),)))


def _crashing(line: str, last: str) -> Any:
    return always(500, _TRACEBACK.format(line, last).encode(), kind="text/plain; charset=utf-8")


def _too_large(request: Request) -> Response | None:
    if len(request.body) <= ACCEPTED:
        return None
    page = b"<html><head><title>413 Request Entity Too Large</title></head><body><hr>nginx/1.24.0</body></html>"
    return Response(413, page, (), "text/html")


def _endless() -> Iterator[bytes]:
    """A mask as text, as long as it may be; the results are never closed."""
    yield b'{"status": "succeeded", "results": [{"name": "nucleus", "label": "nucleus", "mask": "'
    block = b"AAAB" * (MEGABYTE // 4)
    for _ in range(STREAMED // MEGABYTE):
        yield block


def _says(header: tuple[str, str]) -> Reply:
    """One more header, which is not true of the body."""
    return lambda _, response: replace(response, headers=(*response.headers, header))


def _compressed(_: Request, response: Response) -> Response:
    return replace(response, body=gzip.compress(response.body))


def _short(_: Request, response: Response) -> Response:
    """Announces ten bytes less, as a length in characters does where some take two bytes; the rest follows anyway."""
    body = response.body
    return replace(response, body=body[:-10], after=body[-10:])


def _long(_: Request, response: Response) -> Response:
    return replace(response, headers=(*response.headers, ("Content-Length", str(len(response.body) + 500))))


def _named(fault: Fault, id: str, does: str, variant: str = "") -> Fault:
    return replace(fault, id=id, does=does, variant=variant)


_HTTP2 = bytes.fromhex("000006040000000000000300000064") + bytes.fromhex("0000080700000000000000000000000001")
"""A SETTINGS frame and a GOAWAY."""
_SSH = b"SSH-2.0-OpenSSH_9.6\r\n"
_FLOOD = as_json({"error": "slow down"}, 429, ("Retry-After", "2"))
_NOT_ALLOWED = as_json({"detail": "Method Not Allowed"}, 405, ("Allow", "GET"))

_LATER = 3
"""Requests that are answered before a fault that begins in the middle of a check."""


def _broken_off(_: Request) -> Response:
    return Response(0, reset=True)


WIRE: tuple[Fault, ...] = (
    Fault("net.timeout-read", "never responds", wait=lambda _: 3600.0),
    Fault(
        "net.reset",
        "closes the connection in the middle of the response",
        reply=lambda _, r: replace(r, cut=len(r.body) // 2),
    ),
    Fault("net.reset", "closes the connection before it responds", "rst", first=_broken_off),
    Fault(
        "net.reset", f"breaks one connection, after {_LATER} requests", "once", first=_broken_off, after=_LATER, lasts=1
    ),
    Fault(
        "net.reset",
        f"ends after {_LATER} requests and is back after three more",
        "restarts",
        first=_broken_off,
        after=_LATER,
        lasts=3,
    ),
    Fault("net.died", f"ends after {_LATER} requests", dies=True, after=_LATER),
    Fault("net.died", f"answers {_LATER} requests and hangs", "hangs", wait=lambda _: 3600.0, after=_LATER),
    Fault("net.protocol", "speaks only HTTP/2, as a gRPC port does", first=lambda _: Response(0, raw=_HTTP2)),
    Fault("net.protocol", "uses TLS although its address starts with http://", "tls", tls="hidden"),
    Fault("net.protocol", "uses plain HTTP although its address starts with https://", "plain", tls="plain"),
    Fault("net.protocol", "greets as an SSH server does", "ssh", first=lambda _: Response(0, raw=_SSH)),
    _named(_redirect(307), "net.redirect", "redirects to /infer"),
    _named(_redirect(302), "net.redirect", "redirects in a way that loses the image (302)", "302"),
    Fault(
        "net.redirect",
        "redirects in a loop",
        "circle",
        first=lambda request: Response(307, b"", (("Location", request.path),)),
    ),
    Fault(
        "net.redirect",
        "redirects to a host name that exists only inside its own network",
        "inside",
        first=lambda request: Response(307, b"", (("Location", f"http://model-svc.invalid:8080{request.path}/"),)),
    ),
    Fault("tls.expired", "has an expired certificate", tls="expired"),
    Fault("tls.untrusted", "has a self-signed certificate", tls="untrusted"),
    Fault("tls.untrusted", "sends its certificate without the intermediate one", "chain", tls="chain"),
    Fault("tls.hostname", "has a certificate for model.example.com", tls="hostname"),
    Fault("tls.handshake", "offers only ciphers that no client accepts", tls="ciphers"),
    Fault("tls.client-certificate", "requires a client certificate", tls="client"),
    Fault("tls.client-certificate", "requires a client certificate, with TLS 1.2", "tls12", tls="client12"),
    _named(_only_there("/infer", as_json({"detail": "Not Found"}, 404)), "http.not-found", "responds only at /infer"),
    _named(_only_there("/infer", _NOT_ALLOWED), "http.method", "accepts POST only at /infer"),
    Fault(
        "http.media-type",
        "sends its JSON as text/html",
        reply=lambda _, response: replace(response, media_type="text/html; charset=utf-8"),
    ),
    Fault("http.media-type", "expects a form, and returns 415", "415", first=always(415, b'{"detail": "not a form"}')),
    Fault("http.too-large", f"takes requests of up to {ACCEPTED:,} bytes", first=_too_large),
    Fault(
        "http.rate-limited",
        "returns 429 with Retry-After",
        first=always(429, b'{"error": "slow down"}', ("Retry-After", "7")),
    ),
    Fault(
        "http.rate-limited",
        "returns 429 for every third request",
        "some",
        seen=lambda picture: _FLOOD if picture.number % _EVERY == 0 else None,
    ),
    Fault(
        "http.rate-limited",
        f"answers {_LATER} requests, and all others with 429",
        "later",
        first=lambda _: _FLOOD,
        after=_LATER,
    ),
    Fault("http.status", "returns 400", first=always(400, b'{"detail": "field required: file"}')),
    Fault(
        "http.status",
        "returns 422, as FastAPI does if it expects other keys",
        "422",
        first=always(422, b'{"detail": [{"loc": ["body"]}]}'),
    ),
    Fault(
        "http.oversized",
        f"sends an answer of {STREAMED // MEGABYTE} MB",
        first=lambda _: Response(200, more=_endless),
    ),
    Fault(
        "http.oversized",
        "announces a response of 200 MB",
        "announced",
        first=lambda _: Response(200, b"{", (("Content-Length", str(200 * MEGABYTE)),)),
    ),
    Fault("http.encoding", "says gzip, but sends the body uncompressed", reply=_says(("Content-Encoding", "gzip"))),
    Fault("http.encoding", "uses an encoding that was not requested", "br", reply=_says(("Content-Encoding", "br"))),
    Fault("http.encoding", "compresses the body, but does not say so", "silent", reply=_compressed),
    Fault("http.encoding", "announces a shorter body than it sends", "short", reply=_short),
    Fault("http.encoding", "announces a longer body than it sends", "long", reply=_long),
    *(
        Fault("http.server-error", f"returns 500: {words}", variant, first=_crashing(line, last))
        for variant, words, line, last in _CRASHES
    ),
    *(
        Fault(
            "http.html",
            f"returns a web page: {words}",
            variant,
            first=always(200, _HEAD.format(title, text).encode(), kind="text/html; charset=utf-8"),
        )
        for variant, words, title, text in _PAGES
    ),
    Fault("auth.rejected", "returns 401 to everyone", first=always(401, b'{"error": "no"}')),
    Fault("auth.rejected", "returns 403 to everyone", "403", first=always(403, b'{"error": "forbidden"}')),
    Fault(
        "auth.rejected",
        f"accepts the credentials for {_LATER} requests",
        "expires",
        first=always(401, b'{"error": "token expired"}'),
        after=_LATER,
    ),
    Fault("auth.not-enforced", "accepts any credentials, and none", open_door=True),
)
