"""Will V7 reach it? What is seen from here, what can not be known from here, and what a script run elsewhere says.

Nothing here sends anything. The script asks for secrets itself and hands them to curl out of sight, so none is in it.
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
"""A sound picture of 8 by 8 pixels."""

UNKNOWN: tuple[tuple[str, str], ...] = (
    (
        "From where V7 calls",
        "Its addresses are not published. A firewall that lets in only some can not be set up for it.",
    ),
    ("How long V7 waits", "Not published. Keep the slowest answer well under half a minute."),
    ("How large its requests are", "Not published. An image in base64 is a third larger than its file."),
    ("Which authorities V7 trusts", "Assumed: the public ones, and no CA file of yours."),
    ("Whether V7 follows redirects", "Not published. Give the address that answers directly."),
)
"""What can not be known from here, and what follows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the page: what it is about, how it stands, and what that means."""

    title: str
    outcome: Outcome
    text: str


def found_here(report: PingReport, settings: Settings) -> tuple[Row, ...]:
    """What a ping from this computer says of each thing that V7 needs."""
    return tuple(_found(report, settings))


def _found(report: PingReport, settings: Settings) -> Iterator[Row]:
    endpoint, call = report.endpoint, report.call
    yield _address(endpoint, report.addresses)
    yield _tls(report, settings)
    if settings.proxy and not endpoint.origin.is_loopback:
        yield Row("Proxy", "warn", "From here it is reached through your proxy. V7 will not use that one.")
    if call is None or call.reply is None:
        why = report.failure.detail if report.failure else ""
        status = call.status if call else 0
        came = f"An unusable response to a call from here, status {status}" if status else "No answer from here"
        yield Row("Answer", "bad", f"{came}: {why or 'the connection failed'}.")
        return
    hops = call.redirects
    yield (
        Row("Redirect", "warn", f"Redirected to {hops[-1].to}. Give that address.")
        if hops
        else Row("Redirect", "ok", "Answers directly.")
    )
    status = call.reply.status
    good = status // 100 == 2
    yield Row("Answer", "ok" if good else "bad", f"Answers {status} in {call.milliseconds / 1000:.1f} s.")
    yield Row(
        "Size", "todo", f"A request of {call.request.body_bytes:,} bytes went through. The script tries larger ones."
    )
    if call.milliseconds > SLOW_SECONDS * 1000:
        yield Row(
            "Speed", "warn", f"The answer took {call.milliseconds / 1000:.0f} s. How long V7 waits is not published."
        )


def _address(endpoint: Endpoint, addresses: tuple[str, ...]) -> Row:
    private = private_word(endpoint.origin, addresses)
    if private is not None:
        word, evidence = private
        return Row(
            "Address", "bad", f"{evidence} A {word} address means something only inside this machine or network."
        )
    if not addresses:
        return Row("Address", "todo", "What the name stands for is not known from here.")
    return Row("Address", "ok", f"{endpoint.origin.host} is {', '.join(addresses[:3])}: a public address.")


def _tls(report: PingReport, settings: Settings) -> Row:
    if report.endpoint.origin.scheme == "http":
        return Row("TLS", "warn", "The address starts with http://: images and credentials travel in clear.")
    if settings.insecure:
        return Row(
            "TLS", "bad", "The certificate is not verified here. V7 will verify it: turn verification on, and ping."
        )
    stage = next((each for each in report.stages if each.name == "tls"), None)
    if stage is None or stage.outcome != "passed":
        why = (stage.detail or stage.reason) if stage else ""
        return Row("TLS", "bad", f"TLS does not stand. {why}".strip())
    if settings.ca_file:
        return Row("TLS", "warn", "The certificate is trusted through your CA file. V7 probably does not know it.")
    return Row("TLS", "ok", f"Verified against the public authorities: {stage.detail}.")


def script(endpoint: Endpoint) -> str:
    """A POSIX shell script of curl lines, to be run on a machine in another network. No secret is in it."""
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
    # In one go: an address that reads like another mark stays what it is.
    return re.sub("|".join(words), lambda match: words[match[0]], text)


def _classes(endpoint: Endpoint) -> str:
    place = endpoint.classes_guess
    return place.stored if place.origin == endpoint.origin and not place.secret_names else ""


def _secret_lines(endpoint: Endpoint) -> list[str]:
    """Asks for each secret, and writes it into curl's own configuration, where no list of processes shows it."""
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
    """What the script printed, by key, out of whatever was pasted around it.

    Raises:
        InputError: it is not the script's, of another version, cut off, or of another address.
    """
    lines = [line.strip().removeprefix("> ").strip() for line in text.replace("\r", "\n").split("\n")]
    starts = [at for at, line in enumerate(lines) if _BEGIN.fullmatch(line)]
    if not starts:
        raise InputError("This is not what the script prints. Paste all of it, from the first dashes to the last.")
    start = starts[-1]
    version = _BEGIN.fullmatch(lines[start])
    if version is None or version[1] != VERSION.partition("/")[2]:
        raise InputError("This was printed by a script of another version. Copy the script anew, and run it again.")
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
        raise InputError(f"This is of another address: {found.get('target', 'none')}. Run the script of this one.")
    return found


def judged(found: dict[str, str]) -> tuple[Row, ...]:
    """What the script's output means."""
    return tuple(_judged(found))


def reached(rows: tuple[Row, ...]) -> bool:
    """Whether nothing of what was seen stands in V7's way."""
    return not any(row.outcome == "bad" for row in rows)


_EXITS = {
    "6": "The name is not known there. Wait until DNS has it, or check the spelling.",
    "7": "Nothing takes the connection there. Check the port, and the firewall.",
    "28": "Nothing answered in time there. A firewall that drops connections looks like this.",
    "35": "TLS could not be agreed on there.",
    "51": "The certificate is for another name.",
    "52": "The connection was closed without an answer.",
    "56": "The connection broke before the answer was whole.",
    "60": "The certificate is not trusted there. Serve the whole chain, from a public authority.",
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
        yield Row("Class list", "ok" if good else "warn", f"The classes address answers {said} there.")


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
        yield Row("Redirect", "warn", f"Redirected to {found['post-redirect']}. Give that address.")
    if status in ("401", "403"):
        yield Row(
            "Answer", "bad", f"Answers {status}: the credentials are missing or wrong, or a guard stands before it."
        )
    elif not status.startswith("2"):
        yield Row("Answer", "bad", f"Answers {status or 'nothing'} there.")
    elif found.get("post-succeeded") != "yes":
        yield Row(
            "Answer", "warn", f"Answers {status}, and not with “succeeded”. Something before the server may answer."
        )
    else:
        yield Row("Answer", "ok", f"Answers {status} with “succeeded”{_seconds(total)}.")


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
            why = "413" if status == "413" else f"the connection broke (curl {code})"
            text = f"A request of {size} MB does not get through: {why}. Raise the body limit of server and proxy."
            yield Row("Size", "bad" if size <= 5 else "warn", text)
            return
        through = size
    if through:
        yield Row("Size", "ok", f"Requests of {through} MB get through.")


def as_json(endpoint: Endpoint, here: tuple[Row, ...], there: tuple[Row, ...]) -> dict[str, Any]:
    """The form of ``byom-reach/1``."""

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
