"""Where a model answers: parsed once, never a bare string again.

The values in an address's query (``?api_key=…``) are secrets: an ``Address`` keeps only their names, and
``parse_address`` hands the values out beside it, for the keyring.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from byom_gui.core.errors import InputError

MASK = "••••••••"

_DEFAULT_PORTS = {"https": 443, "http": 80}
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")

SecretKind = Literal["v7-key", "basic", "header", "query"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what a secret belongs to. The host is lower case, an IPv6 one unbracketed."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (
            f"{self.scheme}://{host}"
            if self.port == _DEFAULT_PORTS[self.scheme]
            else f"{self.scheme}://{host}:{self.port}"
        )

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine by name or by literal address."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return (mapped or address).is_loopback


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
        query = "&".join(f"{quote(name, safe='')}={MASK}" for name in self.query_names)
        return f"{self.base}?{query}" if query else self.base

    @property
    def stored(self) -> str:
        """The address for a file: query names kept, their values left out."""
        query = "&".join(f"{quote(name, safe='')}=" for name in self.query_names)
        return f"{self.base}?{query}" if query else self.base

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments, without empty ones."""
        return tuple(part for part in self.path.split("/") if part)

    def sibling(self, last: str) -> Address:
        """The same address with its last path segment replaced by ``last``."""
        head = self.path.rstrip("/").rpartition("/")[0]
        return Address(self.origin, f"{head}/{last}", self.query_names)

    def filled(self, lookup: Callable[[SecretRef], str | None]) -> str:
        """The address as it is called, query values filled in (an unknown one stays empty). Never to be shown."""
        query = urlencode([(ref.name, lookup(ref) or "") for ref in self.secret_refs()])
        return f"{self.base}?{query}" if query else self.base

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
    """Reads an address as a user pastes it; a fragment (``#…``) is dropped, as it is never sent.

    The host is kept in its ASCII form (IDNA), lower case, without a dot at its end, so that one server has one origin.

    Raises:
        InputError: with what is wrong and what to do (``net.url-invalid``): no scheme, no host, spaces, a
            user and password in it, another scheme than http or https, a bad port. The address is
            never repeated in the error where it could hold a secret.
    """
    text = text.strip()
    _check_text(text)
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        raise _bad("The host or port of the address can not be read. Check it.") from None
    scheme = parts.scheme.lower()
    _check_parts(scheme, parts.netloc, port)
    host = _sound_host(host)
    origin = Origin(scheme, host, port or _DEFAULT_PORTS[scheme])
    pairs = tuple(parse_qsl(parts.query, keep_blank_values=True))
    names = tuple(name for name, _ in pairs)
    if len(set(names)) < len(names):
        raise _bad("The address gives the same query name twice. Keep one of them.")
    return ParsedAddress(Address(origin, _sound_path(parts.path), names), pairs)


def _bad(sentence: str) -> InputError:
    return InputError(sentence, where="endpoint")


def _check_text(text: str) -> None:
    if not text:
        raise _bad("Paste the address where the model answers, with its path.")
    if any(c.isspace() for c in text):
        raise _bad("There is a space in the address. Take it out.")
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text):
        raise _bad("There is an invisible character in the address. Type it anew instead of pasting it.")
    if "\\" in text:
        raise _bad("There is a backslash in the address. Use / instead.")
    if "://" not in text:
        raise _bad("The address has no scheme. Put https:// (or http://) before it.")


def _check_parts(scheme: str, netloc: str, port: int | None) -> None:
    if scheme not in _DEFAULT_PORTS:
        raise _bad("The address has to start with https:// or http://.")
    if "@" in netloc:
        raise _bad(
            "There is a user or password in the address. Take it out, and enter it under Auth, where it is kept safe."
        )
    if port == 0:
        raise _bad("Port 0 can not be reached. Check the number after the host.")


def _sound_path(path: str) -> str:
    """The path percent-encoded; what is encoded already stays, a stray ``%`` becomes ``%25``."""
    return quote(_STRAY_PERCENT.sub("%25", path or "/"), safe="/%:@!$&'()*+,;=~-._")


def _sound_host(host: str) -> str:
    wrong = _bad("The address has no usable host name. Check what stands after ://.")
    try:
        if ":" in host:
            address = ipaddress.IPv6Address(host)
            if address.scope_id:
                raise wrong
            return str(address)
        ascii_host = host.encode("idna").decode().lower().removesuffix(".")
        if ascii_host.replace(".", "").isdigit():
            return str(ipaddress.IPv4Address(ascii_host))
    except ValueError:  # UnicodeError, of IDNA, is one
        raise wrong from None
    if not all(_LABEL.fullmatch(label) for label in ascii_host.split(".")):
        raise wrong
    return ascii_host


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """Where a secret is kept, for the line beside its field.

    ``title`` is for people (``macOS Keychain``, ``Secret Service keyring``, ``this session only``); ``why`` says why it
    is only this session, where it is. ``unknown``: the keyring could not be read, and ``why`` says why.
    """

    kind: Literal["keyring", "session", "environment", "none", "unknown"]
    title: str
    why: str = ""

    @property
    def kept(self) -> bool:
        """Whether there is a secret, as far as is known."""
        return self.kind not in ("none", "unknown")
