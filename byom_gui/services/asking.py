"""What is sent to a model server, and how it may be shown: one request in two forms, with and without its secrets."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote_plus, urlsplit

from byom_gui.core.endpoint import MASK, Address, Auth, Endpoint, SecretRef
from byom_gui.core.image import ImageSource
from byom_gui.core.observations import SentRequest, Way
from byom_gui.core.project import Settings
from byom_gui.core.redact import Redactor
from byom_gui.core.secret_names import is_secret_name
from byom_gui.services.wire import Outgoing

Lookup = Callable[[SecretRef], str | None]

_JSON = "application/json"
_SHOWN = 20
"""Characters of base64 that are shown."""
_QUERY = re.compile(r"\?.*$", re.DOTALL)
_USER_INFO = re.compile(r"(?<=://)[^/?#]*@")
_SHORTEST_SIGNATURE = 12


@dataclass(frozen=True, slots=True)
class Question:
    """One request before its secrets are filled in.

    Args:
        address: where it goes.
        auth: what is sent along; empty for an address at another origin than the secrets'.
        image: what is judged; None for a request without a body.
        way: how the image is sent.
        image_url: where the server fetches it, for ``url``.
    """

    method: str
    address: Address
    auth: Auth = Auth()
    image: ImageSource | None = field(default=None, repr=False)
    way: Way = "base64"
    image_url: str = field(default="", repr=False)

    @property
    def refs(self) -> tuple[SecretRef, ...]:
        """The secrets that it needs."""
        return Endpoint(self.address, self.auth).secret_refs()


def outgoing(question: Question, lookup: Lookup) -> Outgoing:
    """The request as it is sent.

    Basic is sent with an empty password where none is kept; a header without a value is not sent at all. A secret
    header called ``Authorization`` takes the place of Basic, as there can be one only.
    """
    headers = {"Accept": _JSON}
    if question.image is not None:
        headers["Content-Type"] = _JSON
    credentials: set[str] = set()
    user, header = question.auth.basic_user, question.auth.secret_header
    if user:
        password = lookup(SecretRef("basic", question.address.origin, user)) or ""
        headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        credentials.add("authorization")
    value = lookup(SecretRef("header", question.address.origin, header)) if header else None
    if value:
        headers = {name: text for name, text in headers.items() if name.lower() != header.lower()} | {header: value}
        credentials.add(header.lower())
    url = question.address.filled(lookup)
    return Outgoing(question.method, url, tuple(headers.items()), _body(question), frozenset(credentials))


def redactor(question: Question, lookup: Lookup) -> Redactor:
    """Masks this request's secrets in what people read of the reply; of the image's own address the signature too."""
    known = [(ref, lookup(ref) or "") for ref in question.refs]
    basic = [(ref.name, value) for ref, value in known if ref.kind == "basic"]
    return Redactor([*(value for _, value in known), *_signatures(question.image_url)], basic)


def _signatures(url: str) -> list[str]:
    """What may be secret in an image's address: a password, and query values that are named so or are long."""
    try:
        parts = urlsplit(url)
        password = parts.password or ""
    except ValueError:
        return []
    pairs = parse_qsl(parts.query)
    return [password, *(text for name, text in pairs if is_secret_name(name) or len(text) >= _SHORTEST_SIGNATURE)]


def has_credentials(question: Question, lookup: Lookup) -> bool:
    """Whether it carries any credentials."""
    return bool(question.auth.basic_user) or any(lookup(ref) for ref in question.refs)


def shown(question: Question, settings: Settings, lookup: Lookup) -> SentRequest:
    """The request for people: secrets masked, base64 shortened, and a curl line that works when pasted.

    The line asks a POSIX shell for the secrets, by the names of the commands' own variables, and reads the image
    from a file of its name in the folder where it is run. A value of the query is taken as it stands in an address,
    percent-encoded where it has to be.
    """
    sent = outgoing(question, lookup)
    masked = {name: MASK if name.lower() in sent.credential_headers else value for name, value in sent.headers}
    if question.auth.basic_user and "authorization" in sent.credential_headers and "Authorization" in masked:
        masked["Authorization"] = f"Basic {MASK}"
    size = len(sent.body or b"")
    curl = _curl(question, settings, sent)
    return SentRequest(
        question.method, question.address.shown, tuple(masked.items()), _shown_body(question), size, curl
    )


def _body(question: Question) -> bytes | None:
    if question.image is None:
        return None
    if question.way == "url":
        return b'{"image": {"url": %s}}' % _json_text(question.image_url).encode()
    prefix = f"data:{question.image.media_type};base64,".encode() if question.way == "data-uri" else b""
    return b'{"image": {"base64": "%s%s"}}' % (prefix, base64.b64encode(question.image.data))


def _json_text(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def _shown_body(question: Question) -> str:
    if question.image is None:
        return ""
    if question.way == "url":
        return f'{{"image": {{"url": {_json_text(_shown_url(question.image_url))}}}}}'
    whole = base64.b64encode(question.image.data[:30]).decode()
    more = (len(question.image.data) + 2) // 3 * 4 - _SHOWN
    text = f"{whole[:_SHOWN]} … {more:,} more" if more > 0 else whole
    text = f"data:{question.image.media_type};base64,{text}" if question.way == "data-uri" else text
    return f'{{"image": {{"base64": "{text}"}}}}'


def _shown_url(url: str) -> str:
    """An image's address without what may be secret in it: a user and password, the signature in its query."""
    return _QUERY.sub(f"?{MASK}", _USER_INFO.sub(f"{MASK}@", url))


def _curl(question: Question, settings: Settings, sent: Outgoing) -> str:
    """One command; ``"$NAME"`` stands for what only the shell knows."""
    parts = ["curl", "-X", question.method, _curl_url(question.address)]
    names = {name.lower() for name, _ in sent.headers}
    if "content-type" in names:
        parts += ["-H", f"'Content-Type: {_JSON}'"]
    header = question.auth.secret_header
    if question.auth.basic_user and header.lower() != "authorization":
        parts += ["-u", shlex.quote(f"{question.auth.basic_user}:") + '"$BYOM_ENDPOINT_PASSWORD"']
    if header:
        parts += ["-H", shlex.quote(f"{header}: ") + '"$BYOM_ENDPOINT_SECRET"']
    parts += ["--insecure"] if settings.insecure else []
    parts += ["--cacert", shlex.quote(settings.ca_file)] if settings.ca_file and not settings.insecure else []
    if settings.proxy and not question.address.origin.is_loopback:
        known = not _USER_INFO.search(settings.proxy)
        parts += ["--proxy", shlex.quote(settings.proxy) if known else '"$PROXY_URL"']
    command = " ".join(parts)
    if question.image is None:
        return command
    if question.way == "url":
        if _shown_url(question.image_url) != question.image_url:
            return f'{command} --data \'{{"image": {{"url": "\'"$IMAGE_URL"\'"}}}}\''
        return f"{command} --data {shlex.quote((sent.body or b'').decode())}"
    # The picture goes through a pipe: an argument that long is refused by the system.
    name = shlex.quote(question.image.name)
    prefix = f"data:{question.image.media_type};base64," if question.way == "data-uri" else ""
    read = f"{{ printf '{{\"image\": {{\"base64\": \"{prefix}'; base64 < {name} | tr -d '\\n'; printf '\"}}}}'; }}"
    return f"{read} | {command} --data-binary @-"


def _curl_url(address: Address) -> str:
    """The address in quotes; each secret of its query is a variable ``QUERY_…``, but one alone the known name."""
    text, plain = "", address.base
    for place, (name, value) in enumerate(address.query):
        plain += f"{'&' if place else '?'}{quote_plus(name)}"
        if value is None:
            alone = len(address.secret_names) == 1
            variable = "BYOM_ENDPOINT_SECRET" if alone else "QUERY_" + re.sub(r"\W", "_", name, flags=re.ASCII)
            text, plain = text + shlex.quote(f"{plain}=") + f'"${variable}"', ""
        elif value:
            plain += f"={quote_plus(value)}"
    return text + (shlex.quote(plain) if plain else "")
