"""Can V7 reach the server? What this computer sees, what cannot be checked from here, and a script to run elsewhere.

Nothing here sends anything. The script asks for secrets itself and passes them to curl privately, so it contains none.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import quote

from byom_gui.core.diagnosis.reach import network_word, private_word
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.errors import InputError
from byom_gui.core.observations import PingReport
from byom_gui.core.project import Settings

VERSION = "byom-reach/1"
END = "----- end -----"
SIZES = (1, 5, 10, 20)
"""Megabytes of request body that the script tries, in order."""
SLOW_SECONDS = 10.0

Outcome = Literal["ok", "warn", "bad", "todo"]
_BEGIN = re.compile(r"-{3,} *byom-reach/(\S+) *-{3,}")
_LINE = re.compile(r"([a-z][a-z0-9-]*): ?(.*)")
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR4nGM8UaHBgA0wYRUdtBIAHicBeAYWg8oAAAAASUVORK5CYII="
"""A valid image of 8 by 8 pixels."""

UNKNOWN: tuple[tuple[str, str], ...] = (
    (
        "V7's addresses",
        "Not published. A firewall cannot be set up to allow only V7.",
    ),
    ("How long V7 waits", "Not published. Keep the slowest response well under half a minute."),
    ("How large its requests are", "Not published. A base64 image is a third larger than its file."),
    ("Which certificate authorities V7 trusts", "Assumed: only public ones, not your CA file."),
    ("Whether V7 follows redirects", "Not published. Use the address that responds without a redirect."),
)
"""What cannot be checked from here, and what follows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the page: its subject, the outcome, and what it means."""

    title: str
    outcome: Outcome
    text: str


def found_here(report: PingReport, settings: Settings) -> tuple[Row, ...]:
    """What a ping from this computer shows for each thing that V7 needs."""
    return tuple(_found(report, settings))


def _found(report: PingReport, settings: Settings) -> Iterator[Row]:
    endpoint, call = report.endpoint, report.call
    yield _address(endpoint, report.addresses)
    yield _tls(report, settings)
    if settings.proxy and not endpoint.origin.is_loopback:
        yield Row("Proxy", "warn", "This computer uses your proxy. V7 will not use it.")
    if call is None or call.reply is None:
        why = report.failure.detail if report.failure else ""
        status = call.status if call else 0
        came = (
            f"Unusable response to a call from here, status {status}" if status else "No response to a call from here"
        )
        yield Row("Answer", "bad", f"{came}: {why or 'the connection failed'}.")
        return
    hops = call.redirects
    yield (
        Row("Redirect", "warn", f"Redirected to {hops[-1].to}. Use that address.")
        if hops
        else Row("Redirect", "ok", "No redirect.")
    )
    status = call.reply.status
    good = status // 100 == 2
    yield Row("Answer", "ok" if good else "bad", f"Status {status} in {call.milliseconds / 1000:.1f} s.")
    yield Row(
        "Size", "todo", f"A request of {call.request.body_bytes:,} bytes went through. The script tries larger ones."
    )
    if call.milliseconds > SLOW_SECONDS * 1000:
        yield Row(
            "Speed",
            "warn",
            f"The response took {call.milliseconds / 1000:.0f} s. V7 has not published how long it waits.",
        )


def _address(endpoint: Endpoint, addresses: tuple[str, ...]) -> Row:
    private = private_word(endpoint.origin, addresses)
    if private is not None:
        word, evidence = private
        return Row("Address", "bad", f"{evidence} A {word} address works only inside this machine or network.")
    if not addresses:
        return Row("Address", "todo", "The host name could not be resolved from here.")
    return Row("Address", "ok", f"{endpoint.origin.host} is {', '.join(addresses[:3])}: a public address.")


def _tls(report: PingReport, settings: Settings) -> Row:
    if report.endpoint.origin.scheme == "http":
        return Row("TLS", "warn", "The address starts with http://: images and credentials are sent unencrypted.")
    if settings.insecure:
        return Row(
            "TLS", "bad", "The certificate is not verified here, but V7 will verify it. Turn verification on, and ping."
        )
    stage = next((each for each in report.stages if each.name == "tls"), None)
    if stage is None or stage.outcome != "passed":
        why = (stage.detail or stage.reason) if stage else ""
        return Row("TLS", "bad", f"TLS failed. {why}".strip())
    if settings.ca_file:
        return Row("TLS", "warn", "The certificate is trusted through your CA file. V7 probably does not trust it.")
    return Row("TLS", "ok", f"Verified with the public certificate authorities: {stage.detail}.")


def script(endpoint: Endpoint) -> str:
    """A POSIX shell script that uses curl, to run on a machine in a different network. It contains no secrets."""
    words = {
        "@HOST@": endpoint.origin.host,
        "@TARGET@": shlex.quote(endpoint.infer.base),
        "@CLASSES@": shlex.quote(_classes(endpoint)),
        "@PICTURE@": _PIXEL,
        "@SECRETS@": "\n".join(_secret_lines(endpoint)),
        "@VERSION@": VERSION,
        "@SIZES@": " ".join(map(str, SIZES)),
    }
    text = files("byom_gui.core").joinpath("reach.sh").read_text("utf-8")
    # In one pass: an address that looks like another placeholder stays unchanged.
    return re.sub("|".join(words), lambda match: words[match[0]], text)


def _classes(endpoint: Endpoint) -> str:
    place = endpoint.classes_guess
    return place.stored if place.origin == endpoint.origin and not place.secret_names else ""


def _secret_lines(endpoint: Endpoint) -> list[str]:
    """Asks for each secret and writes it to curl's configuration file, where no process list shows it."""
    lines = []
    if endpoint.auth.basic_user:
        user = shlex.quote(endpoint.auth.basic_user)
        lines += [f"hidden {shlex.quote(f'Password for {endpoint.auth.basic_user}')}"]
        lines += [f'''printf 'user = "%s:%s"\\n' "$(quoted {user})" "$(quoted "$REPLY")" >> "$T/secrets"''']
    if endpoint.auth.secret_header:
        name = shlex.quote(endpoint.auth.secret_header)
        lines += [f"hidden {shlex.quote(f'Secret for {endpoint.auth.secret_header}')}"]
        lines += [f'''printf 'header = "%s: %s"\\n' {name} "$(quoted "$REPLY")" >> "$T/secrets"''']
    for at, (name, value) in enumerate(endpoint.infer.query):
        start = ("&" if at else "?") + quote(name, safe="")
        if value is None:
            lines += [f"hidden {shlex.quote(f'Value of {name} in the address')}"]
            lines += [f'''QUERY="$QUERY"{shlex.quote(f"{start}=")}"$(encoded "$REPLY")"''']
        else:
            plain = f"{start}={quote(value, safe='')}" if value else start
            lines += [f'QUERY="$QUERY"{shlex.quote(plain)}']
    return lines


def read_output(text: str, endpoint: Endpoint) -> dict[str, str]:
    """The script's output by key, extracted from the pasted text.

    Raises:
        InputError: it is not the script's output, or is from a different version, cut off, or for a different address.
    """
    lines = [line.strip().removeprefix("> ").strip() for line in text.replace("\r", "\n").split("\n")]
    starts = [at for at, line in enumerate(lines) if _BEGIN.fullmatch(line)]
    if not starts:
        raise InputError("This is not the script's output. Paste all of it, from the first dashes to the last.")
    start = starts[-1]
    version = _BEGIN.fullmatch(lines[start])
    if version is None or version[1] != VERSION.partition("/")[2]:
        raise InputError("This is from a different version of the script. Copy the script again, and run it.")
    if END not in lines[start:]:
        raise InputError("The end is missing. Wait until the script has printed its last dashes, and paste all of it.")
    found: dict[str, str] = {}
    last = ""
    for line in lines[start + 1 : lines.index(END, start)]:
        match = _LINE.fullmatch(line)
        if match:
            last = match[1]
            found[last] = match[2].strip()
        elif last and line:
            found[last] += line  # a terminal that wraps breaks a long value
    if found.get("target") != endpoint.infer.base:
        raise InputError(
            f"This is for a different address: {found.get('target', 'none')}. Run the script for this address."
        )
    return found


def judged(found: dict[str, str]) -> tuple[Row, ...]:
    """What the script's output means."""
    return tuple(_judged(found))


def reached(rows: tuple[Row, ...]) -> bool:
    """Whether nothing that was seen blocks V7."""
    return not any(row.outcome == "bad" for row in rows)


_EXITS = {
    "6": "The host name could not be resolved there. Wait for DNS, or check the spelling.",
    "7": "The connection was refused there. Check the port and the firewall.",
    "28": "No response in time there. A firewall may drop the connections.",
    "35": "The TLS handshake failed there.",
    "51": "The certificate is for a different host name.",
    "52": "The connection was closed without a response.",
    "56": "The connection was lost before the response was complete.",
    "60": "The certificate is not trusted there. Serve the full chain, from a public certificate authority.",
}


def _judged(found: dict[str, str]) -> Iterator[Row]:
    code = found.get("post-exit", "")
    if code != "0":
        words = _EXITS.get(code, f"curl ended with {code or 'nothing'}.")
        yield Row("From there", "bad", f"{words} {found.get('post-error', '')}".strip())
        return
    yield from _place(found.get("post-ip", ""))
    yield from _status(found)
    yield from _sizes(found)
    if found.get("classes-exit"):
        good = found.get("classes-status") == "200"
        said = found.get("classes-status") or "nothing"
        yield Row("Class list", "ok" if good else "warn", f"The class list address returned {said} there.")


def _place(address: str) -> Iterator[Row]:
    word = network_word(address)
    if word:
        text = f"The script reached {address}, a {word} address: it ran inside the same network. Run it from outside."
        yield Row("From there", "bad", text)
        return
    try:
        shown = f" at {ipaddress.ip_address(address)}"
    except ValueError:
        shown = ""
    yield Row("From there", "ok", f"Reached{shown}.")


def _status(found: dict[str, str]) -> Iterator[Row]:
    status, total = found.get("post-status", ""), found.get("post-total", "")
    if found.get("post-redirect"):
        yield Row("Redirect", "warn", f"Redirected to {found['post-redirect']}. Use that address.")
    if status in ("401", "403"):
        yield Row(
            "Answer",
            "bad",
            f"Status {status}: the credentials are missing or wrong, or something in front rejects the call.",
        )
    elif not status.startswith("2"):
        yield Row("Answer", "bad", f"Status {status} there." if status else "No response there.")
    elif found.get("post-succeeded") != "yes":
        yield Row(
            "Answer",
            "warn",
            f"Status {status}, but without “succeeded”. Something in front of the server may have responded.",
        )
    else:
        yield Row("Answer", "ok", f"Status {status} with “succeeded”{_seconds(total)}.")


def _seconds(total: str) -> str:
    try:
        return f" in {float(total.replace(',', '.')):.1f} s"
    except ValueError:
        return ""


def _sizes(found: dict[str, str]) -> Iterator[Row]:
    through = 0
    for size in SIZES:
        status, code = found.get(f"size-{size}-status", ""), found.get(f"size-{size}-exit", "")
        if not code:
            break
        if code != "0" or status == "413":
            why = "413" if status == "413" else f"the connection was lost (curl {code})"
            text = f"A {size} MB request does not get through: {why}. Raise the body limit of the server and proxy."
            yield Row("Size", "bad" if size <= 5 else "warn", text)
            return
        through = size
    if through:
        yield Row("Size", "ok", f"Requests of {through} MB get through.")


def as_json(endpoint: Endpoint, here: tuple[Row, ...], there: tuple[Row, ...]) -> dict[str, Any]:
    """The ``byom-reach/1`` format."""

    def lines(rows: tuple[Row, ...]) -> list[dict[str, str]]:
        return [{"title": row.title, "outcome": row.outcome, "text": row.text} for row in rows]

    return {
        "format": VERSION,
        "endpoint": endpoint.infer.shown,
        "reached": reached((*here, *there)),
        "here": lines(here),
        "there": lines(there),
        "unknown": [{"title": title, "text": text} for title, text in UNKNOWN],
    }
