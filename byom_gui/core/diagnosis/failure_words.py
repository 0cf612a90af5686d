"""What is said of a call that failed: what, cause and fix, as far as the evidence goes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from byom_gui.core.findings import Action
from byom_gui.core.observations import NetFailure
from byom_gui.core.protocols import PROTOCOLS


@dataclass(frozen=True, slots=True)
class Words:
    """The parts of a finding. ``{host}``, ``{place}`` and ``{seconds}`` are filled in by whoever shows them."""

    what: str
    cause: str
    fix: str
    action: Action | None = None


_TIMEOUT = Action("raise-timeout", label="Raise the time-out")
WORDS: dict[str, Words] = {
    "net.dns": Words(
        "The name {host} is not known.",
        "The name is misspelt, not set up yet, or known only inside another network.",
        "Check the spelling. If the name is new, wait until DNS knows it, or use the address that your host gave you.",
    ),
    "net.refused": Words(
        "Nothing listens at {place}.",
        "The server is not running, runs on another port, or a firewall turns the connection away.",
        "Start the server, and check the port in the address.",
    ),
    "net.timeout-connect": Words(
        "No connection to {place} within {seconds}.",
        "The machine is off, or a firewall drops the connection without a word.",
        "Check the address and port, and let this port through the firewall.",
        _TIMEOUT,
    ),
    "net.timeout-read": Words(
        "The server took the request and did not answer within {seconds}.",
        "The model is still loading, or is slower than the time allowed. How long V7 waits is not published.",
        "Try again, as a first call may be slow; else raise the time-out, or make the model faster.",
        _TIMEOUT,
    ),
    "net.reset": Words(
        "The connection broke before the complete answer came.",
        "The server, or a proxy or firewall in between, closed the connection. From here, the reason cannot be seen.",
        "Look at the server's log at this time: did the process stop, restart, or run into a limit?",
    ),
    "net.proxy": Words(
        "The proxy refused or failed to pass the request on.",
        "The proxy in the settings does not let this address through, or is not there. V7 will not use it.",
        "Turn the proxy off in the settings, or correct its address.",
    ),
    "net.protocol": Words(
        "What answers at {place} is not a valid HTTP response.",
        "Another kind of program listens on this port, or the server writes its HTTP responses itself and incorrectly.",
        "Check the port in the address. If it is the model's, let an HTTP library write the responses.",
    ),
    "net.redirect": Words(
        "The server redirects without end.",
        "The redirects lead in a circle.",
        "Use the address that answers directly.",
    ),
    "http.oversized": Words(
        "The answer passes the size limit; reading stopped there.",
        "The answer holds far more than shapes: a mask, an image or many thousand points.",
        "Return fewer or simpler shapes, and no images in the answer.",
    ),
    "http.encoding": Words(
        "The response does not match its own headers.",
        "The headers were set separately from the body, or a proxy changed one without the other.",
        "Let the HTTP library set Content-Length, Transfer-Encoding and Content-Encoding.",
    ),
    "tls.expired": Words(
        "The server's certificate is out of date.",
        "It was not renewed in time, or its first day has not come.",
        "Renew the certificate, reload the server, then ping again.",
    ),
    "tls.untrusted": Words(
        "The server's certificate cannot be traced to one that this computer trusts.",
        "It was issued by an authority that is not among the public ones.",
        "Use a certificate from a public authority. If it is your company's own, a CA file lets this app trust it; "
        "V7 probably will not.",
        Action("choose-ca", label="Use a CA file…"),
    ),
    "tls.hostname": Words(
        "The server's certificate is for another name than {host}.",
        "The address is not the one for which the certificate was made.",
        "Use a name that the certificate holds, or have one made for {host}.",
    ),
    "tls.handshake": Words(
        "TLS with {place} could not be agreed on.",
        "The server and this app share no version of TLS or no cipher, or the server ended the handshake.",
        "Let the server offer TLS 1.2 or 1.3 with its usual ciphers. Without TLS, write http:// for a test.",
    ),
    "tls.client-certificate": Words(
        "The server requires a client certificate.",
        "The server accepts only clients that identify themselves with a certificate (mutual TLS). V7 has no field for "
        "one.",
        "Let the inference path through without a client certificate, and protect it with Basic authentication or a "
        "secret header, which V7 can send.",
    ),
}

_CODING_FIX = "Send the body as it is, without Content-Encoding; or let one place alone, server or proxy, compress it."
ENCODINGS: dict[str, Words] = {
    "undecodable": Words(
        "The response says that it is compressed, and its body cannot be unpacked.",
        "A proxy or middleware unpacked the body and kept the header, or the header was set without compressing.",
        _CODING_FIX,
    ),
    "unrequested": Words(
        "The response uses a Content-Encoding that was not requested.",
        "The server or a proxy ignores the request's Accept-Encoding, or sets Content-Encoding to something else, such "
        "as a character set.",
        _CODING_FIX,
    ),
    "compressed": Words(
        "The body is compressed, and the headers do not say so.",
        "Two places compressed the response, or the header was lost on the way.",
        _CODING_FIX,
    ),
    "unfinished": Words(
        "The response never ends, although a complete answer came.",
        "Content-Length is larger than the body, or nothing says where the body ends: no Content-Length, and the last "
        "chunk or the end of the connection never comes.",
        "Let the HTTP library set Content-Length to the number of bytes in the body.",
    ),
    "surplus": Words(
        "More bytes came than Content-Length announces.",
        "The length was counted in characters instead of bytes, or a second response was sent. On a connection that is "
        "used again, these bytes can be taken for the next answer.",
        "Let the HTTP library set Content-Length, or use the encoded length: len(text.encode()).",
    ),
}


def words_of(failure: NetFailure, url: str) -> Words:
    """The words for a failure of a call to ``url``."""
    if failure.id == "net.redirect" and failure.at:
        return _redirected(failure, url)
    if failure.id == "net.protocol" and failure.subject in PROTOCOLS:
        spoken = PROTOCOLS[failure.subject]
        if failure.subject == "headless":
            return Words(f"The server answers {spoken.title}.", _OWN_HTTP, spoken.fix)
        title = spoken.title
        if failure.subject == "http2" and (failure.at or url).startswith("http://"):
            title = title.replace("HTTP/2", "HTTP/2 without TLS")
        cause = f"The port speaks {title}: its first bytes show it."
        action = _scheme_action(failure.subject, failure.at or url)
        return Words("What answers at {place} is not the expected HTTP server.", cause, spoken.fix, action)
    if failure.id == "net.protocol" and failure.subject in _OTHER_PROTOCOL:
        return _OTHER_PROTOCOL[failure.subject]
    if failure.id == "http.encoding" and failure.subject in ENCODINGS:
        return ENCODINGS[failure.subject]
    return WORDS.get(failure.id, WORDS["net.reset"])


_OWN_HTTP = "The server's own code writes to the socket, and leaves out what HTTP puts before the body."
_OTHER_PROTOCOL: dict[str, Words] = {
    "alpn": Words(
        "The server at {place} does not offer HTTP/1.1.",
        "It refused the TLS handshake because HTTP/1.1 is not among its protocols: it speaks HTTP/2 alone, as gRPC "
        "servers do.",
        PROTOCOLS["http2"].fix,
    ),
    "websocket": Words(
        "The server at {place} switches to another protocol instead of answering.",
        "It is a WebSocket server, or handles every request as an upgrade.",
        "Use an address that answers a plain POST request.",
    ),
    "mongodb": Words(
        "MongoDB answers at {place}, not a model server.",
        "The port is the one for MongoDB's own clients.",
        "Use the port on which the model server answers HTTP requests.",
    ),
    "interim": Words(
        "The server sends interim responses and no final one.",
        "Interim responses (status 100 to 199) only announce that the answer will come.",
        "End each request with one final response, status 200 and up.",
    ),
}


def _scheme_action(key: str, url: str) -> Action | None:
    other = {"tls": ("http://", "https://"), "http": ("https://", "http://")}.get(key)
    if other is None or not url.startswith(other[0]):
        return None
    return Action("set-endpoint", other[1] + url.removeprefix(other[0]), f"Use {other[1]}")


def _redirected(failure: NetFailure, url: str) -> Words:
    """A redirect that leads to where nothing useful answers: it is the redirect that is wrong."""
    target = urlsplit(failure.at)
    cause = {
        "net.dns": f"The name {target.hostname} is not known here: most often it means something only inside the "
        "server's own network, and the server builds its redirects from it.",
        "net.refused": f"Nothing listens at {target.netloc}, most often an address inside the server's own network.",
        "net.timeout-connect": f"{target.netloc} cannot be reached from here; most often it is an address inside the "
        "server's own network.",
    }.get(failure.subject, f"The request was sent on to {target.netloc}, and failed there.")
    direct = _direct(failure.at, url)
    use = f"Use the address that needs no redirect: {direct}. " if direct else "Use the address that answers directly. "
    return Words(
        f"The server redirects to {target.netloc}, which gave no answer.",
        cause,
        f"{use}Behind a proxy, let the server build its redirects from the proxy's headers (X-Forwarded-Host, "
        "X-Forwarded-Proto): uvicorn --proxy-headers --forwarded-allow-ips='*', or Flask's ProxyFix.",
        Action("set-endpoint", direct, "Use this address") if direct else None,
    )


def _direct(target: str, url: str) -> str:
    """The address asked for with the redirect's slash at its end, where that is all that the redirect changes."""
    asked, path = urlsplit(url), urlsplit(target).path
    bare = path.rstrip("/")
    slash = path.endswith("/")
    if not asked.path.rstrip("/").endswith(bare) or asked.path.endswith("/") == slash:
        return ""
    return urlunsplit(asked._replace(path=asked.path.rstrip("/") + "/" * slash))
