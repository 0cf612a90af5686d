"""Where a model answers: parsed once, never a bare string again.

The values in an address's query (``?api_key=…``) are secrets: an ``Address`` keeps only their names, and
``parse_address`` hands the values out beside it, for the keyring.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit

from byom_gui.core.errors import InputError

MASK = "••••••••"

SecretKind = Literal["v7-key", "basic", "header", "query"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what a secret belongs to. The host is lower case, an IPv6 one unbracketed."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = {"https": 443, "http": 80}[self.scheme]
        return f"{self.scheme}://{host}" if self.port == default else f"{self.scheme}://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine by name or by literal address."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Names one secret: what kind, for which origin, under which user, header or query name. Never its value."""

    kind: SecretKind
    origin: Origin
    name: str = ""

    @property
    def account(self) -> str:
        """The name of the entry in the keyring."""
        return f"{self.kind} {self.origin} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Address:
    """An http(s) address without its secrets. ``path`` starts with a slash; ``query_names`` keep their order."""

    origin: Origin
    path: str = "/"
    query_names: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """The address without its query."""
        return f"{self.origin}{self.path}"

    @property
    def shown(self) -> str:
        """The address for people: query values masked."""
        query = "&".join(f"{name}={MASK}" for name in self.query_names)
        return f"{self.base}?{query}" if query else self.base

    @property
    def stored(self) -> str:
        """The address for a file: query names kept, their values left out."""
        query = "&".join(f"{name}=" for name in self.query_names)
        return f"{self.base}?{query}" if query else self.base

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments, without empty ones."""
        return tuple(part for part in self.path.split("/") if part)

    def sibling(self, last: str) -> Address:
        """The same address with its last path segment replaced by ``last``."""
        head = self.path.rstrip("/").rpartition("/")[0]
        return Address(self.origin, f"{head}/{last}", self.query_names)

    def secret_refs(self) -> tuple[SecretRef, ...]:
        """The secrets that its query needs."""
        return tuple(SecretRef("query", self.origin, name) for name in self.query_names)


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """An address, and the query values that came with it: ``(name, value)``, for the keyring at once."""

    address: Address
    query_values: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Auth:
    """How the endpoint wants to be addressed. Both may be set. The secrets themselves are elsewhere."""

    basic_user: str = ""
    secret_header: str = ""

    @property
    def word(self) -> str:
        """For the auth button: ``none``, ``Basic``, ``header`` or ``Basic + header``."""
        parts = [word for word, on in (("Basic", self.basic_user), ("header", self.secret_header)) if on]
        return " + ".join(parts) or "none"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model's inference address with its auth, and its classes address where the user corrected it."""

    infer: Address
    auth: Auth = Auth()
    classes: Address | None = None

    @property
    def origin(self) -> Origin:
        """The inference address's origin, to which its secrets belong."""
        return self.infer.origin

    @property
    def classes_guess(self) -> Address:
        """The user's classes address, else the sibling ``classes`` of the inference address."""
        return self.classes or self.infer.sibling("classes")

    @property
    def external_url(self) -> str | None:
        """The base that V7's API wants, or None where only registering by hand fits.

        It is the inference address without its last segment, where that is ``infer`` and the classes
        address is its sibling ``classes``.
        """
        if self.infer.segments[-1:] != ("infer",) or self.infer.path.endswith("/") or self.infer.query_names:
            return None
        if self.classes_guess != self.infer.sibling("classes"):
            return None
        return self.infer.base.rpartition("/")[0]

    def secret_refs(self) -> tuple[SecretRef, ...]:
        """Every secret that a call to the inference address may need."""
        refs = []
        if self.auth.basic_user:
            refs.append(SecretRef("basic", self.origin, self.auth.basic_user))
        if self.auth.secret_header:
            refs.append(SecretRef("header", self.origin, self.auth.secret_header))
        return (*refs, *self.infer.secret_refs())


def parse_address(text: str) -> ParsedAddress:
    """Reads an address as a user pastes it.

    Raises:
        InputError: with what is wrong and what to do (``net.url-invalid``): no scheme, no host, spaces, a
            user and password in it, another scheme than http or https, a bad port. The address is
            never repeated in the error where it could hold a secret.
    """
    text = text.strip()
    if not text:
        raise InputError("Paste the address where the model answers, with its path.", where="endpoint")
    if any(c.isspace() or ord(c) < 32 or ord(c) == 127 for c in text):
        raise InputError("There is a space in the address. Take it out.", where="endpoint")
    if "\\" in text:
        raise InputError("There is a backslash in the address. Use / instead.", where="endpoint")
    if "://" not in text:
        raise InputError("The address has no scheme. Put https:// (or http://) before it.", where="endpoint")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        raise InputError("The host or port of the address can not be read. Check it.", where="endpoint") from None
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        raise InputError("The address has to start with https:// or http://.", where="endpoint")
    if "@" in parts.netloc:
        raise InputError(
            "There is a user or password in the address. Take it out, and enter it under Auth, where it is kept safe.",
            where="endpoint",
        )
    if not host or not _host_is_sound(host):
        raise InputError("The address has no usable host name. Check what stands after ://.", where="endpoint")
    if port == 0:
        raise InputError("Port 0 can not be reached. Check the number after the host.", where="endpoint")
    origin = Origin(scheme, host.lower(), port or {"https": 443, "http": 80}[scheme])
    pairs = tuple(parse_qsl(parts.query, keep_blank_values=True))
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return ParsedAddress(Address(origin, path, tuple(name for name, _ in pairs)), pairs)


def _host_is_sound(host: str) -> bool:
    if ":" in host or host.replace(".", "").isdigit():
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True
    try:
        ascii_host = host.encode("idna").decode()
    except UnicodeError:
        return False
    labels = ascii_host.rstrip(".").split(".")
    return all(label and len(label) <= 63 and all(c.isalnum() or c in "-_" for c in label) for label in labels)


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """Where a secret is kept, for the line beside its field.

    ``title`` is for people (``macOS Keychain``, ``Secret Service keyring``, ``this session only``); ``why`` says why it
    is only this session, where it is.
    """

    kind: Literal["keyring", "session", "environment", "none"]
    title: str
    why: str = ""
