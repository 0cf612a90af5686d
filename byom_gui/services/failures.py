"""Which finding a broken call is: exceptions of the socket, TLS and HTTP layers become a ``NetFailure``.

requests and urllib3 wrap exceptions in exceptions, and put whole addresses into their texts. So the innermost ones are
looked for, and only their own short words are told.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace

from byom_gui.core.observations import CertificateFacts, NetFailure, StageName
from byom_gui.services import tls
from byom_gui.services.wire import Options

_UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EHOSTDOWN, errno.ENETDOWN}


class Oversized(Exception):
    """The answer passes the size limit; the text says by what it was noticed."""


def made(finding_id: str, stage: StageName, detail: str, seconds: float) -> NetFailure:
    """A failure with a detail of one line and at most 300 characters."""
    return NetFailure(finding_id, stage, " ".join(detail.split())[:300], seconds)


def timed_out(phase: StageName, options: Options, seconds: float) -> NetFailure:
    """The failure for a time-out in ``phase``."""
    if phase in ("dns", "tcp", "tls"):
        words = {"dns": "the connection", "tcp": "the connection", "tls": "the TLS handshake"}[phase]
        detail = f"{words} was not made within {options.connect_timeout:g} s"
        return made("net.timeout-connect", "tcp" if phase == "dns" else phase, detail, seconds)
    detail = f"no whole answer within the time: {seconds:.1f} s, at most {options.read_timeout:g} s a read"
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
    for item in errors:
        if isinstance(item, ssl.SSLError) and (phase != "http" or isinstance(item, ssl.SSLCertVerificationError)):
            return made(tls.finding_id(item), "tls", tls.explain(item, None), seconds)
    tunnel = any(str(item).startswith("Tunnel connection failed") for item in errors)
    if tunnel or names & {"ProxyError", "ProxySchemeUnknown", "InvalidProxyURL", "InvalidSchema"}:
        return made("net.proxy", "tcp", f"the proxy did not pass the call on: {_reason(errors)}", seconds)
    if names & {"NameResolutionError", "gaierror"}:
        return made("net.dns", "dns", f"the name does not resolve: {_reason(errors)}", seconds)
    if any(isinstance(item, TimeoutError) for item in errors) or names & {"ConnectTimeoutError", "ReadTimeoutError"}:
        return timed_out(phase, options, seconds)
    return _broken(errors, names, phase, scheme, seconds)


def _broken(
    errors: tuple[BaseException, ...], names: set[str], phase: StageName, scheme: str, seconds: float
) -> NetFailure:
    numbers = {item.errno for item in errors if isinstance(item, OSError)}
    if "ConnectionRefusedError" in names:
        return made("net.refused", "tcp", "nothing listens on that port", seconds)
    if phase != "http" and numbers & _UNREACHABLE:
        return made("net.refused", "tcp", f"there is no way to that host: {_reason(errors)}", seconds)
    if phase == "tls" and scheme == "https":
        return made("tls.handshake", "tls", f"the handshake broke off: {_reason(errors)}", seconds)
    stage: StageName = "http" if phase == "http" else "tcp"
    return made("net.reset", stage, _reset_words(errors, names), seconds)


def _reset_words(errors: tuple[BaseException, ...], names: set[str]) -> str:
    if "RemoteDisconnected" in names:
        return "the server ended the connection without an answer"
    if names & {"BadStatusLine", "LineTooLong", "UnknownProtocol"}:
        return "what came back is not HTTP"
    if names & {"IncompleteRead", "InvalidChunkLength"}:
        return "the connection ended before the whole answer came"
    if names & {"DecodeError", "ContentDecodingError"}:
        return "the compressed answer is damaged"
    return f"the connection broke: {_reason(errors)}"


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
