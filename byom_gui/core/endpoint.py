"""The address of a model: parsed once, never a bare string again.

A value in an address's query is a secret where its name says so (``?api_key=…``) or the user does: an ``Address`` has
only its name, and ``parse_address`` returns the value next to it, for the keyring. All others (``?version=2``) are
plain parts of the address.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit

from byom_gui.core.errors import InputError
from byom_gui.core.secret_names import is_secret_name

MASK = "••••••••"

_DEFAULT_PORTS = {"https": 443, "http": 80}
_USER_INFO = re.compile(r"//[^/?#]*@")
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
    """An http(s) address without its secrets.

    ``path`` starts with a slash. ``query`` holds names and values in their order; the value of a secret is None. A name
    without a value has no equals sign (``?flag``), as ``?name=`` stands for a secret that is kept elsewhere.
    """

    origin: Origin
    path: str = "/"
    query: tuple[tuple[str, str | None], ...] = ()

    @property
    def base(self) -> str:
        """The address without its query."""
        return f"{self.origin}{self.path}"

    @property
    def shown(self) -> str:
        """The address for people: secret query values masked."""
        return self._with_query(lambda _: MASK, quote_value=False)

    @property
    def stored(self) -> str:
        """The address for a file: the values of secrets left out, plain ones in it."""
        return self._with_query(lambda _: "")

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names of its query whose values are secrets."""
        return tuple(name for name, value in self.query if value is None)

    def with_value(self, name: str, value: str | None) -> Address:
        """With another value of its query; None makes it a secret."""
        return replace(self, query=tuple((each, value if each == name else old) for each, old in self.query))

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments, without empty ones."""
        return tuple(part for part in self.path.split("/") if part)

    def sibling(self, last: str) -> Address:
        """The same address with its last path segment replaced by ``last``."""
        head = self.path.rstrip("/").rpartition("/")[0]
        return replace(self, path=f"{head}/{last}")

    def filled(self, lookup: Callable[[SecretRef], str | None]) -> str:
        """The address as it is called, query values filled in (an unknown one stays empty). Never to be shown."""
        return self._with_query(lambda name: lookup(SecretRef("query", self.origin, name)) or "")

    def secret_refs(self) -> tuple[SecretRef, ...]:
        """The secrets that its query needs."""
        return tuple(SecretRef("query", self.origin, name) for name in self.secret_names)

    def _with_query(self, secret: Callable[[str], str], *, quote_value: bool = True) -> str:
        parts = []
        for name, value in self.query:
            quoted = quote(name, safe="")
            if value is None:
                value = secret(name)
                parts.append(f"{quoted}={quote_plus(value) if quote_value else value}")
            else:
                parts.append(f"{quoted}={quote_plus(value)}" if value else quoted)
        return f"{self.base}?{'&'.join(parts)}" if parts else self.base


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """An address, and its secret query values: ``(name, value)``, for the keyring at once."""

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

    def with_query_value(self, name: str, value: str | None) -> Endpoint:
        """With another value in its query, also in that of the user's classes address; None makes it a secret."""
        classes = self.classes
        if classes is not None and classes.origin == self.origin:
            classes = classes.with_value(name, value)
        return replace(self, infer=self.infer.with_value(name, value), classes=classes)

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
        if self.infer.segments[-1:] != ("infer",) or self.infer.path.endswith("/") or self.infer.query:
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


def parse_address(text: str, secret_names: Collection[str] = ()) -> ParsedAddress:
    """Reads an address as a user pastes it; a fragment (``#…``) is dropped, as it is never sent.

    A query value is a secret where its name reads like one or is among ``secret_names``, and where it is left empty
    (``?name=``) or shown as dots: then it is kept elsewhere.

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
        raise _bad("The host or port of the address cannot be read. Check it.") from None
    scheme = parts.scheme.lower()
    _check_parts(scheme, parts.netloc, port)
    host = _sound_host(host)
    origin = Origin(scheme, host, port or _DEFAULT_PORTS[scheme])
    query, secrets = _query(parts.query, secret_names)
    return ParsedAddress(Address(origin, _sound_path(parts.path), query), secrets)


def _query(
    text: str, secret_names: Collection[str]
) -> tuple[tuple[tuple[str, str | None], ...], tuple[tuple[str, str], ...]]:
    """The query of an address, and the values of its secrets."""
    pairs: dict[str, str | None] = {}
    secrets: dict[str, str] = {}
    for part in filter(None, text.split("&")):
        quoted, equals, rest = part.partition("=")
        name, value = unquote_plus(quoted), unquote_plus(rest)
        if name in pairs:
            raise _bad("The address has the same query parameter twice. Keep one of them.")
        if is_secret_name(name) or name in secret_names or value == MASK or (equals and not value):
            secrets[name] = value
            pairs[name] = None
        else:
            pairs[name] = value
    return tuple(pairs.items()), tuple(secrets.items())


def check_proxy(text: str) -> None:
    """Raises InputError if ``text`` is not a proxy's address. A user and a password in it are not checked."""
    try:
        parse_address(_USER_INFO.sub("//", text, count=1))
    except InputError as error:
        raise InputError(f"The proxy cannot be used. {error.sentence}", where="proxy") from None


def _bad(sentence: str) -> InputError:
    return InputError(sentence, where="endpoint")


def _check_text(text: str) -> None:
    if not text:
        raise _bad("Enter the model's address, with its path.")
    if any(c.isspace() for c in text):
        raise _bad("There is a space in the address. Remove it.")
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text):
        raise _bad("There is an invisible character in the address. Type the address instead of pasting it.")
    if "\\" in text:
        raise _bad("There is a backslash in the address. Use / instead.")
    if "://" not in text:
        raise _bad("The address has no scheme. Start it with https:// or http://.")


def _check_parts(scheme: str, netloc: str, port: int | None) -> None:
    if scheme not in _DEFAULT_PORTS:
        raise _bad("The address must start with https:// or http://.")
    if "@" in netloc:
        raise _bad(
            "There is a user or password in the address. Remove it, and enter it under Auth, where it is stored safely."
        )
    if port == 0:
        raise _bad("Port 0 cannot be used. Check the number after the host.")


def _sound_path(path: str) -> str:
    """The path percent-encoded; what is encoded already stays, a stray ``%`` becomes ``%25``."""
    return quote(_STRAY_PERCENT.sub("%25", path or "/"), safe="/%:@!$&'()*+,;=~-._")


def _sound_host(host: str) -> str:
    wrong = _bad("The address has no valid host name. Check the part after ://.")
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
    """Where a secret is stored, for the line next to its field.

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
