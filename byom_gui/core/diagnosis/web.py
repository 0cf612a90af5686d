"""HTTP and credentials: what the status, the media type and a server's error page show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from byom_gui.core.contract import read_answer
from byom_gui.core.diagnosis.catalogue import make
from byom_gui.core.diagnosis.failure_words import ENCODINGS
from byom_gui.core.diagnosis.model import CallLook, CallRule, Rule, RunLook, RunRule
from byom_gui.core.diagnosis.reach import of_failure
from byom_gui.core.diagnosis.tracebacks import known_failure
from byom_gui.core.endpoint import Auth
from byom_gui.core.errors import JsonError
from byom_gui.core.findings import Action, Finding, Severity
from byom_gui.core.observations import Call, NetFailure, Reply

_JSON = "application/json"

_PAGES: tuple[tuple[str, str], ...] = (
    (r"ngrok", "It is a notice from the ngrok tunnel."),
    (r"loca\.lt|localtunnel", "It is a notice from the localtunnel service."),
    (r"cloudflare|cf-browser-verification|just a moment", "It is a notice from Cloudflare."),
    (r"type=[\"']?password|sign in|log ?in\b", "It is a login page."),
    (r"swagger|redoc", "It is the API's documentation page."),
    (r"welcome to nginx|apache2? .{0,20}default page", "It is a web server's default page."),
)


_ON_PORT: tuple[tuple[str, str, str], ...] = (
    (
        r"plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|plain HTTP to an SSL-enabled server"
        r"|combination of host and port requires TLS",
        "net.protocol",
        "tls",
    ),
    (r"No required SSL certificate was sent|client certificate (is )?required", "tls.client-certificate", ""),
    (
        r"open a WebSocket connection|only to .?WebSocket|not using the websocket protocol|not a websocket request",
        "net.protocol",
        "websocket",
    ),
    (r"access MongoDB over HTTP on the native driver port", "net.protocol", "mongodb"),
)
"""What other kinds of server say over HTTP, the finding for it, and which server it is."""


def _of_port(look: CallLook) -> Finding | None:
    """A server that says, over HTTP, that it does not expect HTTP."""
    reply = look.call.reply
    if reply is None:
        return None
    upgrade = reply.status == 426 or (reply.status == 400 and "websocket" in reply.header("upgrade").lower())
    found = ("net.protocol", "websocket") if upgrade else None
    if reply.status // 100 != 2 or len(reply.body) < 1000:
        said = ((id, key) for pattern, id, key in _ON_PORT if re.search(pattern, look.body, re.IGNORECASE))
        found = next(said, found)
    if found is None:
        return None
    failure = NetFailure(found[0], "http", excerpt(look.body) or "upgrade required", 0.0, None, found[1], reply.status)
    return next(iter(of_failure(failure, look.call.request.url)))


def _refusal(look: CallLook) -> Iterator[Finding]:
    """A status that is not 2xx: one finding per status. A redirect is reported separately."""
    other = _of_port(look)
    if other is not None:
        yield other
    elif not look.status or look.status // 100 == 2:
        return
    elif look.status // 100 == 5:
        yield _server_error(look)
    elif look.status in _BY_STATUS:
        id, what, cause, fix = _BY_STATUS[look.status]
        yield _status(look, id, what, cause, fix)
    elif not (look.status // 100 == 3 and look.call.redirects):
        known = known_failure(look.body)
        yield _status(
            look,
            "http.status",
            f"The server returned status {look.status}; expected 200.",
            known.cause if known else "The server refused this request; the response may say why.",
            known.fix if known else "Check the evidence and the server's log. V7 needs a 2xx status with JSON.",
            subject=known.key if known else str(look.status),
            said=known.line if known else "",
        )


def of_reply(look: CallLook) -> Iterator[Finding]:
    """What the status of a response shows, or that it is a web page."""
    yield from _refusal(look)
    yield from _page(look)


def _status(look: CallLook, id: str, what: str, cause: str, fix: str, subject: str = "", said: str = "") -> Finding:
    evidence = f"HTTP {look.status}"
    if look.status in (401, 403):
        evidence += ", sent with credentials" if look.call.with_credentials else ", sent without credentials"
        cause = _AUTH_CAUSE[look.call.with_credentials]
    if look.status == 429 and look.call.reply and look.call.reply.header("retry-after"):
        evidence += f", Retry-After: {look.call.reply.header('retry-after')}"
    if look.status == 413:
        evidence += f" for a request of {look.call.request.body_bytes:,} bytes"
    said = said or excerpt(look.body)
    where, evidence = look.call.request.url, f"{evidence}: {said}" if said else f"{evidence}."
    return make(id, what, where=where, evidence=evidence, cause=cause, fix=fix, subject=subject)


_AUTH_CAUSE = {
    True: "The user, password or secret is wrong, is in the wrong header, or has no access to this path.",
    False: "The server requires credentials, and none are set.",
}
_AUTH = (
    "auth.rejected",
    "The server rejected the credentials.",
    "",
    "Under Auth, enter what the server expects: a user and password, or a secret and the name of its header.",
)
_BY_STATUS: dict[int, tuple[str, str, str, str]] = {
    401: _AUTH,
    403: _AUTH,
    404: (
        "http.not-found",
        "The server has nothing at this path.",
        "The path in the address is not the one in the server's code.",
        "Correct the path. In the server's code, it is next to the function that handles the request, such as "
        "“/infer”.",
    ),
    405: (
        "http.method",
        "The server does not allow POST at this path.",
        "The path exists, but is for other requests; the inference path is often similar.",
        'Correct the path, or allow POST: @app.route("/infer", methods=["POST"]).',
    ),
    413: (
        "http.too-large",
        "The image is too large for the server.",
        "The server, or a proxy in front of it, limits the size of requests.",
        "Raise the limit (nginx: client_max_body_size 64m;). V7 has not published how large its requests are.",
    ),
    415: (
        "http.media-type",
        "The server does not accept application/json.",
        "It expects a form or a file upload, but V7 sends JSON.",
        "Read the request body as JSON.",
    ),
    429: (
        "http.rate-limited",
        "The server rejects requests because there are too many.",
        "The server, or something in front of it, limits the number of requests.",
        "Wait, then try again with fewer parallel requests. Raise the limit before V7 sends many images.",
    ),
}


def _server_error(look: CallLook) -> Finding:
    cause, fix = (
        "The server's own code failed.",
        "Check the server's log at this time; the last line of the traceback names the error.",
    )
    if look.status in (502, 503, 504):
        cause = "A proxy or load balancer in front of the model got no response from it."
        fix = "Check that the model's process is running and has finished loading."
    known = known_failure(look.body)
    said = known.line if known else excerpt(look.body)
    if known:
        cause, fix = known.cause, known.fix
    what = f"The server failed with status {look.status}."
    return make(
        "http.server-error",
        what,
        where=look.call.request.url,
        evidence=f"HTTP {look.status}: {said}" if said else f"HTTP {look.status}, with an empty body.",
        cause=cause,
        fix=fix,
        subject=known.key if known else str(look.status),
    )


def excerpt(body: str, limit: int = 160) -> str:
    """The start of a body on one line, without tags."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", body[:20_000], flags=re.DOTALL | re.IGNORECASE)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit] + "…"


def is_page(reply: Reply) -> bool:
    """Whether a reply is a web page, whatever its content type says."""
    return reply.body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


_MAGIC = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"x\x01", "deflate"),
    (b"x\x9c", "deflate"),
    (b"x\xda", "deflate"),
)


def compression_of(reply: Reply) -> str:
    """How the body is still compressed after it was unpacked as its headers say; empty if it is not."""
    return next((name for start, name in _MAGIC if reply.body.startswith(start)), "")


def _encoding(look: CallLook) -> Iterator[Finding]:
    """A body that goes on after its end, or is compressed more often than its headers say."""
    reply = look.call.reply
    if reply is None or reply.status // 100 != 2:
        return
    still, named = compression_of(reply), reply.header("content-encoding")
    if still:
        header = (
            f"Content-Encoding is {named}, and the unpacked body" if named else "There is no Content-Encoding, and it"
        )
        yield _encoded(look, "compressed", f"{header} starts like {still}.", "error")
    if reply.surplus:
        length = reply.header("content-length")
        announced = f"Content-Length is {length}" if length else "The last chunk came"
        evidence = f"{announced}, and at least {reply.surplus:,} more bytes followed."
        yield _encoded(look, "surplus", evidence, "warning" if look.answer else "error")


def _encoded(look: CallLook, subject: str, evidence: str, severity: Severity) -> Finding:
    words = ENCODINGS[subject]
    return make(
        "http.encoding",
        words.what,
        severity=severity,
        where=look.call.request.url,
        evidence=evidence,
        cause=words.cause,
        fix=words.fix,
        subject=subject,
    )


def _page(look: CallLook) -> Iterator[Finding]:
    reply = look.call.reply
    if reply is None or reply.status // 100 != 2 or not is_page(reply):
        return
    text = look.body
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.DOTALL | re.IGNORECASE)
    which = next((words for pattern, words in _PAGES if re.search(pattern, text, re.IGNORECASE)), "")
    named = f"Its title is “{excerpt(title.group(1), 80)}”." if title else f"It says: {excerpt(text)}"
    yield make(
        "http.html",
        "The server returned a web page instead of JSON.",
        where=look.call.request.url,
        evidence=f"HTTP {reply.status}, {reply.media_type or 'no content type'}. {named}",
        cause=which or "The address leads to a page for people, not to the model.",
        fix="Correct the address. If a tunnel or a login is in front of the model, let the inference path through.",
    )


def _media_type(look: CallLook) -> Iterator[Finding]:
    reply = look.call.reply
    if look.answer is None or reply is None or reply.media_type == _JSON:
        return
    yield make(
        "http.media-type",
        "The response is JSON, but its Content-Type says otherwise.",
        where=look.call.request.url,
        evidence=f"Content-Type is {reply.media_type}." if reply.media_type else "There is no Content-Type header.",
        cause="The JSON was returned as plain text, for example with json.dumps.",
        fix="Return it with Content-Type: application/json; in Flask, return jsonify(…).",
    )


def _not_enforced(look: RunLook) -> Iterator[Finding]:
    """A probe with wrong credentials, or none, that gets the same response as with correct ones."""
    usual = any(each.good for each in look.answers)
    passed = [call for call in look.probes if call.purpose in _PROBES and _answers(call, usual)]
    endpoint = look.observations.endpoint
    # A query value without a stored secret was never sent, so it was not tested.
    sent = endpoint.auth != Auth() or any(each.call.with_credentials for each in look.answered)
    if not passed or not endpoint.secret_refs() or not sent:
        return
    words = " and ".join(dict.fromkeys(_PROBES[call.purpose] for call in passed))
    yield make(
        "auth.not-enforced",
        "The server responds without the correct credentials.",
        where=endpoint.infer.shown,
        evidence=f"HTTP {passed[0].reply.status if passed[0].reply else 0} {words}.",
        cause="Credentials are set here, but the server does not check them.",
        fix="Check them in the server's code; otherwise anyone who finds the address can use the model.",
    )


_PROBES = {"wrong-credentials": "with wrong credentials", "no-credentials": "without credentials"}


def _answers(call: Call, usual: bool) -> bool:
    """Whether a call got the usual response: a valid one, if any response is valid (``usual``)."""
    reply = call.reply
    return reply is not None and reply.status // 100 == 2 and not is_page(reply) and (is_valid(reply) or not usual)


def is_valid(reply: Reply) -> bool:
    """Whether a body is a response in V7's format. A status of 200 may also come with an error in JSON."""
    return _valid(reply.body)


@lru_cache(maxsize=4)
def _valid(body: bytes) -> bool:
    try:
        return read_answer(body).schema_valid is True
    except JsonError:
        return False


def refined(finding: Finding, look: RunLook) -> Finding:
    """The finding for one call, with what the complete run adds to its evidence."""
    if finding.id in ("http.not-found", "http.method"):
        near = [call for call in look.probes if call.purpose == "neighbour" and _is_there(call)]
        if near:
            paths = ", ".join(f"{call.request.url} ({call.reply.status})" for call in near[:4] if call.reply)
            action = Action("set-endpoint", near[0].request.url, "Use this address")
            return replace(finding, evidence=f"{finding.evidence} These paths respond: {paths}.", action=action)
    if finding.id == "http.too-large":
        taken = (*look.answers, *(each for each in look.tried if each.call.reply and each.call.reply.status == 200))
        fine = [each.call.request.body_bytes for each in taken]
        if fine:
            return replace(finding, evidence=f"{finding.evidence} The largest accepted request: {max(fine):,} bytes.")
    if finding.id == "http.rate-limited" and not _any_image(look):
        return replace(finding, severity="error")
    return finding


def _any_image(look: RunLook) -> bool:
    """Whether an image got a response; if the check had to stop, the ping’s small image does not count."""
    interrupted = look.observations.interruption is not None
    return any(each.call.purpose == "infer" or not interrupted for each in look.answers)


def _is_there(call: Call) -> bool:
    return call.reply is not None and call.reply.status not in (404, 405, 501) and call.reply.status < 500


RULES: tuple[Rule, ...] = (
    CallRule(
        (*(row[0] for row in _BY_STATUS.values()), "http.server-error", "http.status", "net.protocol"),
        _refusal,
    ),
    CallRule(("http.encoding",), _encoding),
    CallRule(("http.html",), _page),
    CallRule(("http.media-type",), _media_type),
    RunRule(("auth.not-enforced",), _not_enforced),
)
