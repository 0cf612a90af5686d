"""What TLS has to say: which finding a failure is, and what the server's certificate holds."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from byom_gui.core.errors import InputError
from byom_gui.core.observations import CertificateFacts
from byom_gui.services.special import read_plain

if TYPE_CHECKING:
    from cryptography import x509

# OpenSSL's X509_V_ERR_… numbers.
_DATES = {9: "its certificate is not valid yet", 10: "its certificate has expired"}
_NAMES = {62, 64}
_UNTRUSTED = {
    18: "its certificate is self-signed",
    19: "a certificate in its chain is self-signed",
    20: "its certificate is from an issuer that is not trusted here",
    21: "its certificate is from an issuer that is not trusted here",
}

_ALPN = ["http/1.1"]
"""What the calls offer, and so each handshake that is made to look."""
_HANDSHAKE, _CERTIFICATE, _CERTIFICATE_REQUEST = 22, 11, 13
"""TLS's own numbers: of a record's content, and of a handshake message."""
_REFUSAL_SECONDS = 0.7
"""How long a server that has asked for a client certificate may take to refuse a client without one."""


def context(ca_file: str = "", insecure: bool = False) -> ssl.SSLContext:
    """A client context: the CA file's roots, else the public ones that come with certifi.

    Raises:
        InputError: the CA file is missing or holds no certificate.
    """
    if insecure:
        return unverified()
    if ca_file:
        check_ca_file(ca_file)
    else:
        import certifi

        ca_file = certifi.where()
    made = ssl.create_default_context(cafile=ca_file)
    made.set_alpn_protocols(_ALPN)
    return made


def check_ca_file(ca_file: str) -> None:
    """Raises InputError if ``ca_file`` cannot be used as a list of trusted roots."""
    try:
        read_plain(Path(ca_file), 1)  # a pipe or a device would keep OpenSSL reading for ever
        ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:  # SSLError is an OSError
        name = Path(ca_file).name
        raise InputError(
            f"The CA file {name} cannot be used. Choose a PEM file with certificates.",
            detail=f"{type(error).__name__}: {error}",
            where="ca_file",
        ) from None


def unverified() -> ssl.SSLContext:
    """A client context that checks nothing."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.set_alpn_protocols(_ALPN)
    return made


def finding_id(error: ssl.SSLError) -> str:
    """The ``tls.`` finding that a failed handshake is."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return "tls.handshake"
    if error.verify_code in _DATES:
        return "tls.expired"
    return "tls.hostname" if error.verify_code in _NAMES else "tls.untrusted"


def explain(error: ssl.SSLError, certificate: CertificateFacts | None) -> str:
    """One line about a failed handshake."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return _handshake_words(error)
    if error.verify_code in _DATES:
        return f"{_DATES[error.verify_code]}{_when(error.verify_code, certificate)}"
    if error.verify_code in _NAMES:
        names = ", ".join(certificate.names[:5]) if certificate else ""
        return f"its certificate is for {names}" if names else "its certificate is for a different name"
    words = _UNTRUSTED.get(error.verify_code, error.verify_message)
    if certificate and issuer_is_missing(certificate) and error.verify_code in (20, 21):
        return (
            f"the server does not send the certificate of the issuer, {certificate.issuer}, so the chain is incomplete"
        )
    return f"{words}; issuer: {certificate.issuer}" if certificate else words


def _when(code: int, certificate: CertificateFacts | None) -> str:
    if certificate is None:
        return ""
    return f" ({certificate.valid_to})" if code == 10 else f" (from {certificate.valid_from} on)"


def _handshake_words(error: ssl.SSLError) -> str:
    reason = reason_of((error,))
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"):
        return "the server does not use TLS"
    if isinstance(error, ssl.SSLEOFError) or "EOF" in reason:
        return "the server ended the connection during the handshake"
    words = reason.replace("_", " ").lower()
    return f"the handshake failed: {words}" if words else "the handshake failed"


def reason_of(errors: Iterable[BaseException]) -> str:
    """OpenSSL's own word for what went wrong, such as ``SSLV3_ALERT_HANDSHAKE_FAILURE``; empty where there is none."""
    found = (_reason(item) for item in errors if isinstance(item, ssl.SSLError))
    return next(filter(None, found), "")


def _reason(error: ssl.SSLError) -> str:
    """Python names the alerts that it was built with; the newer ones are in the text alone."""
    words = re.search(r"\] (.+) \(_ssl", str(error))
    return (getattr(error, "reason", None) or (words[1].replace(" ", "_") if words else "")).upper()


class RequestMonitor:
    """Notices whether a server asks for a client certificate in the handshakes of one context."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.requested = False
        self._certificates = b""
        # CPython's own hook for each message of a handshake; where it is missing, nothing is noticed.
        with contextlib.suppress(AttributeError):
            setattr(context, _HOOK, self._note)

    def _note(self, _c: object, direction: str, _v: object, content: int, kind: int, data: bytes) -> None:
        if direction != "read" or content != _HANDSHAKE:
            return
        if kind == _CERTIFICATE_REQUEST:
            self.requested = True
        elif kind == _CERTIFICATE:
            self._certificates = data

    def facts(self, host: str) -> CertificateFacts | None:
        """What the server's certificate says where the handshake failed after it came (up to TLS 1.2)."""
        found = []
        rest = self._certificates[7:]  # without the message's head, and the length of the list
        while len(rest) > 3:
            end = 3 + int.from_bytes(rest[:3], "big")
            found.append(rest[3:end])
            rest = rest[end:]
        try:
            return read_certificate(found[0], host, len(found)) if found else None
        except ValueError:
            return None

    def after(self, secured: ssl.SSLSocket, listen: float = 0.0) -> tuple[str, bytes]:
        """What shows that the server refuses a client without certificate, and the first bytes that it says unasked.

        In TLS 1.3 the refusal comes only after the client takes the handshake for finished. A server that asks for a
        certificate, and then waits for the request, does not insist. ``listen`` in seconds.
        """
        seconds = max(listen, _REFUSAL_SECONDS if self.requested else 0.0)
        if not seconds:
            return "", b""
        secured.settimeout(seconds)
        try:
            first = secured.recv(512)
        except TimeoutError:
            return "", b""
        except OSError as error:
            return self.broken(error), b""
        if first or not self.requested:
            return "", first
        return f"{_REQUESTED} and closed the connection without one", b""

    def broken(self, error: OSError) -> str:
        """What shows the same where the handshake failed with ``error``."""
        if not self.requested or isinstance(error, TimeoutError):
            return ""
        said = reason_of((error,)) or error.strerror or "the connection ended"
        return f"{_REQUESTED} and ended the connection without one: {said}"


_HOOK = "_msg_callback"
_REQUESTED = "the server requested a client certificate"


def issuer_is_missing(facts: CertificateFacts) -> bool:
    """Whether the server sent its own certificate alone although another one issued it."""
    return facts.sent == 1 and not facts.self_signed


@dataclass(frozen=True, slots=True)
class Look:
    """What a handshake without checks shows; the last two are empty where nothing shows it."""

    facts: CertificateFacts | None
    refusal: str
    """That the server refuses clients without a certificate, and by what it was noticed."""
    first: bytes
    """What the server says without being asked."""


def look(address: str, port: int, host: str, timeout: float, listen: float = 0.0) -> Look:
    """Reads the certificate by a handshake without checks that sends nothing, and listens for ``listen`` seconds.

    ``address`` is where to connect, ``host`` the name to ask for. ``timeout`` in seconds, for each step.
    """
    made = unverified()
    monitor = RequestMonitor(made)
    try:
        with (
            socket.create_connection((address, port), timeout=timeout) as plain,
            made.wrap_socket(plain, server_hostname=host) as secured,
        ):
            return Look(certificate_facts(secured, host), *monitor.after(secured, listen))
    except OSError as error:
        return Look(monitor.facts(host), monitor.broken(error), b"")
    except ValueError:
        return Look(None, "", b"")


def certificate_facts(secured: ssl.SSLSocket, host: str) -> CertificateFacts | None:
    """What the certificate on a finished handshake says; None if it cannot be read."""
    der = secured.getpeercert(binary_form=True)
    if not der:
        return None
    try:
        return read_certificate(der, host, _sent(secured))
    except ValueError:
        return None


def _sent(secured: ssl.SSLSocket) -> int:
    """How many certificates came; the public way to ask exists from Python 3.13 on only."""
    source: Any = secured if hasattr(secured, "get_unverified_chain") else getattr(secured, "_sslobj", None)
    ask = getattr(source, "get_unverified_chain", None)
    return len(ask() or ()) if ask else 0


def read_certificate(der: bytes, host: str, sent: int = 0, now: datetime | None = None) -> CertificateFacts:
    """Parses one certificate in DER form. Raises ValueError where it is none."""
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(der)
    names = _names(certificate)
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    now = now or datetime.now(UTC)
    return CertificateFacts(
        subject=_title(certificate.subject),
        names=names,
        issuer=_title(certificate.issuer),
        valid_from=f"{begin:%Y-%m-%d}",
        valid_to=f"{end:%Y-%m-%d}",
        self_signed=certificate.issuer == certificate.subject,
        sent=sent,
        matches_host=any(name_matches(name, host) for name in names),
        expired=not begin <= now <= end,
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = (str(address) for address in found.get_values_for_type(x509.IPAddress))
    return (*found.get_values_for_type(x509.DNSName), *addresses)


def _title(name: x509.Name) -> str:
    """The common name, else the organisation, else the whole name: what a person would call it."""
    from cryptography.x509.oid import NameOID

    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        found = name.get_attributes_for_oid(oid)
        if found:
            return str(found[0].value)
    return name.rfc4514_string()


def name_matches(name: str, host: str) -> bool:
    """Whether a certificate's name covers ``host``; ``*`` stands for one whole first label."""
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(host)
    except ValueError:
        pass
    name, host = name.lower().rstrip("."), host.lower().rstrip(".")
    if name.startswith("*."):
        return host.partition(".")[2] == name[2:] and bool(host.partition(".")[0])
    return name == host
