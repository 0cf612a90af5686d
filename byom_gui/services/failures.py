"""Which finding a broken call is: exceptions of the socket, TLS and HTTP layers become a ``NetFailure``.

requests and urllib3 wrap exceptions in exceptions, and put whole addresses into their texts. So the innermost ones are
looked for, and only their own short words are told.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace

from byom_gui.core import protocols
from byom_gui.core.observations import CertificateFacts, NetFailure, StageName
from byom_gui.services import tls
from byom_gui.services.wire import Options

_UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EHOSTDOWN, errno.ENETDOWN}


class Oversized(Exception):
    """The answer passes the size limit; the text says by what it was noticed."""


class NotHttp(Exception):
    """The first bytes that came are not those of an HTTP response."""

    def __init__(self, first: bytes) -> None:
        super().__init__()
        self.first = first


class OtherProtocol(Exception):
    """HTTP that leads to no final response; ``subject`` as in ``NetFailure``."""

    def __init__(self, subject: str, detail: str) -> None:
        super().__init__(detail)
        self.subject = subject


class Misencoded(Exception):
    """The body does not match its headers; ``subject`` as in ``NetFailure``."""

    def __init__(self, subject: str, detail: str) -> None:
        super().__init__(detail)
        self.subject = subject


class Incomplete(Exception):
    """The connection ended before the end of the body."""


def made(finding_id: str, stage: StageName, detail: str, seconds: float) -> NetFailure:
    """A failure with a detail of one line and at most 300 characters."""
    return NetFailure(finding_id, stage, " ".join(detail.split())[:300], seconds)


def timed_out(phase: StageName, options: Options, seconds: float) -> NetFailure:
    """The failure for a time-out in ``phase``."""
    if phase in ("dns", "tcp", "tls"):
        words = {"dns": "the connection", "tcp": "the connection", "tls": "the TLS handshake"}[phase]
        detail = f"{words} was not made within {options.connect_timeout:g} s"
        return made("net.timeout-connect", "tcp" if phase == "dns" else phase, detail, seconds)
    detail = f"no complete answer within the time: {seconds:.1f} s, at most {options.read_timeout:g} s per read"
    return made("net.timeout-read", "http", detail, seconds)


def chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all that it wraps, each once, outermost first."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop(0)
        if not isinstance(item, BaseException) or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        inner = (getattr(item, "reason", None), getattr(item, "original_error", None))
        waiting += [*inner, *item.args, item.__cause__, item.__context__]


def from_exception(error: BaseException, phase: StageName, scheme: str, options: Options, seconds: float) -> NetFailure:
    """The failure that an exception is.

    Args:
        phase: ``dns``, ``tcp`` or ``tls`` while connecting, ``http`` once the request is being sent.
        scheme: of the address, which tells a broken connection from a broken handshake.
    """
    errors = tuple(chain(error))
    names = {type(item).__name__ for item in errors}
    clear = _clear(errors, names, phase, seconds)
    if clear is not None:
        return clear
    for item in errors:
        if isinstance(item, ssl.SSLError) and (phase != "http" or isinstance(item, ssl.SSLCertVerificationError)):
            return made(tls.finding_id(item), "tls", tls.explain(item, None), seconds)
    tunnel = any(str(item).startswith("Tunnel connection failed") for item in errors)
    if tunnel or names & {"ProxyError", "ProxySchemeUnknown", "InvalidProxyURL", "InvalidSchema"}:
        return made("net.proxy", "tcp", f"the proxy did not forward the call: {_reason(errors)}", seconds)
    if names & {"NameResolutionError", "gaierror"}:
        return made("net.dns", "dns", f"the name does not resolve: {_reason(errors)}", seconds)
    if any(isinstance(item, TimeoutError) for item in errors) or names & {"ConnectTimeoutError", "ReadTimeoutError"}:
        return timed_out(phase, options, seconds)
    return _broken(errors, names, phase, scheme, seconds)


def _clear(errors: tuple[BaseException, ...], names: set[str], phase: StageName, seconds: float) -> NetFailure | None:
    """The failure of which one exception alone is evidence enough."""
    for item in errors:
        if isinstance(item, Oversized):
            return made("http.oversized", "http", str(item), seconds)
        if isinstance(item, NotHttp | OtherProtocol) and phase != "http":
            return made("net.proxy", "tcp", "the proxy's response to the tunnel request is not valid HTTP", seconds)
        if isinstance(item, NotHttp):
            return foreign(item.first, "http", seconds)
        if isinstance(item, OtherProtocol):
            return replace(made("net.protocol", "http", str(item), seconds), subject=item.subject)
        if isinstance(item, Misencoded):
            return replace(made("http.encoding", "http", str(item), seconds), subject=item.subject)
        reason = tls.reason_of((item,))
        if "NO_APPLICATION_PROTOCOL" in reason:
            detail = f"the server ended the handshake: {reason}"
            return replace(made("net.protocol", "tls", detail, seconds), subject="alpn")
        if "CERTIFICATE_REQUIRED" in reason:
            detail = f"the server ended the connection: {reason}"
            return made("tls.client-certificate", "tls", detail, seconds)
    if any(isinstance(item, ValueError) and _ODD_CHUNK.search(str(item)) for item in errors):
        return made("http.encoding", "http", "the size of a chunk is not a hexadecimal number", seconds)
    if phase == "http" and names & _NOT_VALID.keys():
        name = next(name for name in _NOT_VALID if name in names)
        return made(_NOT_VALID[name][0], "http", _NOT_VALID[name][1], seconds)
    return None


_ODD_CHUNK = re.compile(r"int\(\) with base 16: b.[^'\"]")
_NOT_VALID = {
    "BadStatusLine": ("net.protocol", "the response starts like HTTP, but its status line is not valid"),
    "UnknownProtocol": ("net.protocol", "the status line has an invalid HTTP version"),
    "LineTooLong": ("net.protocol", "a line of the response's headers is longer than 65,536 bytes"),
    "HeaderParsingError": ("net.protocol", "the response's headers are not valid"),
    "HTTPException": ("net.protocol", "the response has more than 100 headers"),
    "InvalidHeader": ("http.encoding", "the response has several different Content-Lengths"),
}
"""Exceptions of http.client and urllib3 by name, so that neither has to be imported here."""


def foreign(first: bytes, stage: StageName, seconds: float) -> NetFailure:
    """The failure for bytes with which no HTTP response starts."""
    detail = f"the first bytes are {protocols.shown(first)}"
    return replace(made("net.protocol", stage, detail, seconds), subject=protocols.recognize(first))


def _broken(
    errors: tuple[BaseException, ...], names: set[str], phase: StageName, scheme: str, seconds: float
) -> NetFailure:
    numbers = {item.errno for item in errors if isinstance(item, OSError)}
    if "ConnectionRefusedError" in names:
        return made("net.refused", "tcp", "connection refused", seconds)
    if phase != "http" and numbers & _UNREACHABLE:
        return made("net.refused", "tcp", f"no route to that host: {_reason(errors)}", seconds)
    if phase == "tls" and scheme == "https":
        return made("tls.handshake", "tls", f"the handshake was interrupted: {_reason(errors)}", seconds)
    stage: StageName = "http" if phase == "http" else "tcp"
    return made("net.reset", stage, _reset_words(errors, names), seconds)


def _reset_words(errors: tuple[BaseException, ...], names: set[str]) -> str:
    if "RemoteDisconnected" in names:
        return "the server closed the connection without a response"
    if names & {"IncompleteRead", "Incomplete"}:
        return "the connection ended before the complete response arrived"
    return f"the connection was lost: {_reason(errors)}"


def _reason(errors: tuple[BaseException, ...]) -> str:
    """The system's own words for it; never the text of a wrapping exception, which may hold an address."""
    for item in errors:
        if isinstance(item, OSError) and item.strerror:
            return item.strerror
    for item in errors:
        if type(item).__module__ in ("builtins", "socket", "http.client") and len(item.args) == 1:
            return str(item.args[0])[:120]
    return type(errors[-1]).__name__


def with_certificate(failure: NetFailure, error: BaseException, facts: CertificateFacts | None) -> NetFailure:
    """The same TLS failure, told with what the certificate says."""
    detail = next((tls.explain(item, facts) for item in chain(error) if isinstance(item, ssl.SSLError)), failure.detail)
    return replace(failure, detail=" ".join(detail.split())[:300], certificate=facts)


def dns(error: socket.gaierror, seconds: float) -> NetFailure:
    """The failure for a name that does not resolve."""
    return made("net.dns", "dns", f"the name does not resolve: {error.strerror or error}", seconds)
