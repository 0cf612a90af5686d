"""What speaks on a port, recognized by the first bytes that it sends."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol that is not the expected one.

    Args:
        key: tells it from the others.
        title: how a sentence names what speaks there.
        start: what its first bytes look like.
        fix: what to do about the address.
    """

    key: str
    title: str
    start: re.Pattern[bytes]
    fix: str


def _starts(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


_OTHER_PORT = "Use the model server's HTTP port."
_PROTOCOLS: tuple[Protocol, ...] = (
    Protocol(
        "http2",
        "HTTP/2 (gRPC), not HTTP/1.1",
        _starts(rb"\x00..[\x04\x07].\x00\x00\x00\x00|\x00..\x04.{0,4}$"),
        "Use the server's HTTP port instead of its gRPC port: 8000 instead of 8001 for Triton, 8501 instead of 8500 "
        "for TensorFlow Serving, 8080 instead of 7070 for TorchServe.",
    ),
    Protocol(
        "tls",
        "TLS, although the address starts with http://",
        _starts(rb"[\x14-\x17]\x03[\x00-\x04]"),
        "Use https:// instead of http:// in the address.",
    ),
    Protocol(
        "http",
        "HTTP without TLS, although the address starts with https://",
        _starts(rb"HTTP/\d"),
        "For a test, use http:// instead of https://; before you register the model, put TLS in front of the server.",
    ),
    Protocol("ssh", "SSH", _starts(rb"SSH-\d"), f"{_OTHER_PORT} Port 22 is usually SSH."),
    Protocol("rtsp", "RTSP, as cameras and video servers do", _starts(rb"RTSP/\d"), _OTHER_PORT),
    Protocol("sip", "SIP, as telephone systems do", _starts(rb"SIP/\d"), _OTHER_PORT),
    Protocol("vnc", "VNC (remote desktop)", _starts(rb"RFB \d"), _OTHER_PORT),
    Protocol("smtp", "SMTP, as mail servers do", _starts(rb"[2-5]\d\d[ -][^\r\n]*\bE?SMTP\b"), _OTHER_PORT),
    Protocol("ftp", "FTP or another file or mail protocol", _starts(rb"[2-5]\d\d[ -][ -~]*\r\n"), _OTHER_PORT),
    Protocol("mail", "POP3 or IMAP, as mail servers do", _starts(rb"(\+OK|\* OK)[ \r]"), _OTHER_PORT),
    Protocol("redis", "Redis", _starts(rb"-(ERR|NOAUTH|DENIED|WRONGPASS|MISCONF)\b|\+PONG"), _OTHER_PORT),
    Protocol("mysql", "MySQL or MariaDB", _starts(rb".{3}\x00(\x0a\d+\.\d|\xff..)"), _OTHER_PORT),
    Protocol("postgresql", "PostgreSQL", _starts(rb"E\x00\x00..[SVCM]"), _OTHER_PORT),
    Protocol("amqp", "AMQP, as message brokers such as RabbitMQ do", _starts(rb"AMQP[\x00-\x04]"), _OTHER_PORT),
    Protocol("zeromq", "ZeroMQ", _starts(rb"\xff.{8}\x7f"), _OTHER_PORT),
    Protocol("telnet", "Telnet", _starts(rb"\xff[\xfb-\xfe]"), _OTHER_PORT),
    Protocol(
        "headless",
        "without an HTTP status line and headers: the response starts with its body",
        _starts(rb"\s*[{\[<]"),
        "Use an HTTP library (FastAPI, Flask, http.server), which writes the status line and headers.",
    ),
)
PROTOCOLS: dict[str, Protocol] = {each.key: each for each in _PROTOCOLS}
"""By key."""


def recognize(first: bytes) -> str:
    """The key of the protocol that starts like this; empty where none does."""
    return next((each.key for each in _PROTOCOLS if each.start.match(first)), "")


def shown(first: bytes, most: int = 60) -> str:
    """First bytes for people: as text where they are text, else the first 16 in hexadecimal."""
    line = first.splitlines()[0] if first.strip() else b""
    if line and all(32 <= byte < 127 for byte in line):
        return f"“{line[:most].decode('ascii')}{'…' if len(line) > most else ''}”"
    return first[:16].hex(" ") + (" …" if len(first) > 16 else "")
