"""The texts for a call that failed: what, cause and fix, as far as the evidence goes."""

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


_TIMEOUT = Action("raise-timeout", label="Raise the timeout")
WORDS: dict[str, Words] = {
    "net.dns": Words(
        "The host name {host} could not be resolved.",
        "The name is misspelled, not set up yet, or known only inside another network.",
        "Check the spelling. If the name is new, wait for DNS, or use the address from your hosting provider.",
    ),
    "net.refused": Words(
        "The connection to {place} was refused.",
        "The server is not running, uses another port, or a firewall rejects the connection.",
        "Start the server, and check the port in the address.",
    ),
    "net.timeout-connect": Words(
        "Could not connect to {place} within {seconds}.",
        "The machine is off, or a firewall silently drops the connection.",
        "Check the address and port, and allow this port in the firewall.",
        _TIMEOUT,
    ),
    "net.timeout-read": Words(
        "The server accepted the request, but did not respond within {seconds}.",
        "The model is still loading, or is slower than the timeout. V7 has not published how long it waits.",
        "Try again: the first call may be slow. Otherwise raise the timeout, or make the model faster.",
        _TIMEOUT,
    ),
    "net.reset": Words(
        "The connection was lost before the complete response arrived.",
        "The server, or a proxy or firewall in between, closed the connection. The reason cannot be seen from here.",
        "Check the server's log at this time: did the process stop, restart, or reach a limit?",
    ),
    "net.proxy": Words(
        "The proxy refused the request or could not forward it.",
        "The proxy in the settings does not allow this address, or is not running. V7 will not use it.",
        "Turn the proxy off in the settings, or correct its address.",
    ),
    "net.protocol": Words(
        "The response from {place} is not valid HTTP.",
        "Another kind of program listens on this port, or the server writes its HTTP responses itself and incorrectly.",
        "Check the port in the address. If it is the model's port, let an HTTP library write the responses.",
    ),
    "net.redirect": Words(
        "The server redirects endlessly.",
        "The redirects form a loop.",
        "Use the address that responds without a redirect.",
    ),
    "http.oversized": Words(
        "The response exceeds the size limit; reading stopped there.",
        "The response contains far more than shapes: a mask, an image, or many thousands of points.",
        "Return fewer or simpler shapes, and no images.",
    ),
    "http.encoding": Words(
        "The response does not match its own headers.",
        "The headers were set separately from the body, or a proxy changed one without the other.",
        "Let the HTTP library set Content-Length, Transfer-Encoding and Content-Encoding.",
    ),
    "tls.expired": Words(
        "The server's certificate is expired or not yet valid.",
        "It was not renewed in time, or its validity has not started yet.",
        "Renew the certificate, reload the server, then ping again.",
    ),
    "tls.untrusted": Words(
        "The server's certificate cannot be traced to one that this computer trusts.",
        "It was issued by a certificate authority that is not public.",
        "Use a certificate from a public certificate authority. If it is your company's own, a CA file makes this app "
        "trust it; V7 probably will not.",
        Action("choose-ca", label="Use a CA file…"),
    ),
    "tls.hostname": Words(
        "The server's certificate is not for {host}.",
        "The certificate was issued for a different host name.",
        "Use a host name from the certificate, or get a certificate for {host}.",
    ),
    "tls.handshake": Words(
        "The TLS handshake with {place} failed.",
        "The server and this app have no TLS version or cipher in common, or the server ended the handshake.",
        "Enable TLS 1.2 or 1.3 with the usual ciphers on the server. If it does not use TLS, try http://.",
    ),
    "tls.client-certificate": Words(
        "The server requires a client certificate.",
        "The server accepts only clients that identify themselves with a certificate (mutual TLS). V7 has no field for "
        "one.",
        "Let the inference path through without a client certificate, and protect it with Basic authentication or a "
        "secret header, which V7 can send.",
    ),
}

_CODING_FIX = "Send the body without Content-Encoding, or let only one of server and proxy compress it."
ENCODINGS: dict[str, Words] = {
    "undecodable": Words(
        "The response says that it is compressed, but its body cannot be decompressed.",
        "A proxy or middleware decompressed the body but kept the header, or the header was set without compressing.",
        _CODING_FIX,
    ),
    "unrequested": Words(
        "The response uses a Content-Encoding that was not requested.",
        "The server or a proxy ignores the request's Accept-Encoding, or sets Content-Encoding to something else, such "
        "as a character set.",
        _CODING_FIX,
    ),
    "compressed": Words(
        "The body is compressed, but the headers do not say so.",
        "The response was compressed twice, or the header was lost on the way.",
        _CODING_FIX,
    ),
    "unfinished": Words(
        "The response never ends, although its content is complete.",
        "Content-Length is larger than the body, or nothing marks the end of the body: no Content-Length, and the last "
        "chunk or the end of the connection never comes.",
        "Let the HTTP library set Content-Length to the number of bytes in the body.",
    ),
    "surplus": Words(
        "The response has more bytes than Content-Length says.",
        "The length was counted in characters instead of bytes, or a second response was sent. On a connection that is "
        "used again, these bytes can be taken for the next response.",
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
            return Words(f"The server returns {spoken.title}.", _OWN_HTTP, spoken.fix)
        title = spoken.title
        if failure.subject == "http2" and (failure.at or url).startswith("http://"):
            title = title.replace("HTTP/2", "HTTP/2 without TLS")
        cause = f"The port speaks {title}: its first bytes show it."
        action = _scheme_action(failure.subject, failure.at or url)
        return Words("The server at {place} is not the expected HTTP server.", cause, spoken.fix, action)
    if failure.id == "net.protocol" and failure.subject in _OTHER_PROTOCOL:
        return _OTHER_PROTOCOL[failure.subject]
    if failure.id == "http.encoding" and failure.subject in ENCODINGS:
        return ENCODINGS[failure.subject]
    return WORDS.get(failure.id, WORDS["net.reset"])


_OWN_HTTP = "The server's own code writes to the socket, and leaves out the status line and headers."
_OTHER_PROTOCOL: dict[str, Words] = {
    "alpn": Words(
        "The server at {place} does not offer HTTP/1.1.",
        "It rejected the TLS handshake because it does not support HTTP/1.1: it speaks only HTTP/2, as gRPC "
        "servers do.",
        PROTOCOLS["http2"].fix,
    ),
    "websocket": Words(
        "The server at {place} switches to another protocol instead of responding.",
        "It is a WebSocket server, or handles every request as an upgrade.",
        "Use an address that accepts a plain POST request.",
    ),
    "mongodb": Words(
        "The server at {place} is MongoDB, not a model server.",
        "The port is the one for MongoDB's own clients.",
        "Use the port of the model server.",
    ),
    "interim": Words(
        "The server sends interim responses and no final one.",
        "Interim responses (status 100 to 199) only announce the final response.",
        "End each request with one final response, status 200 and up.",
    ),
}


def _scheme_action(key: str, url: str) -> Action | None:
    other = {"tls": ("http://", "https://"), "http": ("https://", "http://")}.get(key)
    if other is None or not url.startswith(other[0]):
        return None
    return Action("set-endpoint", other[1] + url.removeprefix(other[0]), f"Use {other[1]}")


def _redirected(failure: NetFailure, url: str) -> Words:
    """A redirect to an address that does not respond usefully: the redirect is what is wrong."""
    target = urlsplit(failure.at)
    cause = {
        "net.dns": f"The host name {target.hostname} could not be resolved here: most likely it exists only inside the "
        "server's own network, and the server uses it in its redirects.",
        "net.refused": f"{target.netloc} refused the connection; most likely it is an address inside the "
        "server's own network.",
        "net.timeout-connect": f"{target.netloc} cannot be reached from here; most likely it is an address inside the "
        "server's own network.",
    }.get(failure.subject, f"The request was redirected to {target.netloc} and failed there.")
    direct = _direct(failure.at, url)
    use = (
        f"Use the address that needs no redirect: {direct}. "
        if direct
        else "Use the address that responds without a redirect. "
    )
    return Words(
        f"The server redirects to {target.netloc}, which did not respond.",
        cause,
        f"{use}Behind a proxy, let the server build its redirects from the proxy's headers (X-Forwarded-Host, "
        "X-Forwarded-Proto): uvicorn --proxy-headers --forwarded-allow-ips='*', or Flask's ProxyFix.",
        Action("set-endpoint", direct, "Use this address") if direct else None,
    )


def _direct(target: str, url: str) -> str:
    """The requested address with the redirect's slash at its end, if that is all that the redirect changes."""
    asked, path = urlsplit(url), urlsplit(target).path
    bare = path.rstrip("/")
    slash = path.endswith("/")
    if not asked.path.rstrip("/").endswith(bare) or asked.path.endswith("/") == slash:
        return ""
    return urlunsplit(asked._replace(path=asked.path.rstrip("/") + "/" * slash))
