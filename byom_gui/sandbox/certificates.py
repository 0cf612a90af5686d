"""Certificates made at start, for the faults of TLS: an authority of one run, and what it issues."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from byom_gui.sandbox.fault import Tls

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

WRONG_NAME = "model.example.com"
_ODD_CIPHERS = "AECDH-AES256-SHA:@SECLEVEL=0"
"""Without authentication: no client offers them."""
_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Made:
    """What a server offers TLS with, and the certificate that a client has to trust to accept it, as PEM."""

    context: ssl.SSLContext = field(repr=False)
    ca_pem: bytes


def make(kind: Tls) -> Made:
    """A context with the fault ``kind``, by keys that live as long as the context does.

    ``untrusted`` is self-signed, and so its own authority; ``chain`` leaves out the certificate in between.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    if kind == "untrusted":
        own = _certificate("localhost", key, names=_NAMES)
        return Made(_context(key, own), _pem(own))
    root_key, middle_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("byom-gui practice authority", root_key, authority=True)
    middle = _certificate("byom-gui practice issuer", middle_key, authority=True, issuer=(root, root_key))
    begin, end = (-30, -2) if kind == "expired" else (-1, 30)
    names = (WRONG_NAME,) if kind == "hostname" else _NAMES
    leaf = _certificate(names[0], key, names=names, issuer=(middle, middle_key), begin=begin, end=end)
    sent = (leaf,) if kind == "chain" else (leaf, middle)
    made = Made(_context(key, *sent), _pem(root))
    if kind == "ciphers":
        made.context.maximum_version = ssl.TLSVersion.TLSv1_2
        made.context.set_ciphers(_ODD_CIPHERS)
    if kind in ("client", "client12"):
        made.context.verify_mode = ssl.CERT_REQUIRED
        made.context.load_verify_locations(cadata=made.ca_pem.decode())
    if kind == "client12":
        made.context.maximum_version = ssl.TLSVersion.TLSv1_2
    return made


def _certificate(
    title: str,
    key: EllipticCurvePrivateKey,
    *,
    names: tuple[str, ...] = (),
    authority: bool = False,
    issuer: tuple[x509.Certificate, EllipticCurvePrivateKey] | None = None,
    begin: int = -1,
    end: int = 30,
) -> x509.Certificate:
    """A certificate for ``key``, by itself or by an issuer; ``begin`` and ``end`` in days from now."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    by, by_key = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begin))
        .not_valid_after(now + timedelta(days=end))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_usage(authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False)
    )
    if names:
        made = made.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
    return made.sign(by_key, SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _name(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(*certificates: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


def _context(key: EllipticCurvePrivateKey, *sent: x509.Certificate) -> ssl.SSLContext:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # ssl reads files only; the folder is its owner's alone, and gone at once.
    with tempfile.TemporaryDirectory(prefix="byom-gui-") as folder:
        file = Path(folder) / "chain.pem"
        file.write_bytes(secret + _pem(*sent))
        context.load_cert_chain(file)
    return context
