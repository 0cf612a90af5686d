"""Which protocol some first bytes are, and what is said of it; what starts like none is named by none."""

from __future__ import annotations

import pytest

from byom_gui.core import protocols
from byom_gui.core.protocols import PROTOCOLS

STARTS: list[tuple[bytes, str]] = [
    (bytes.fromhex("000012040000000000000300000080"), "http2"),
    (bytes.fromhex("0000000400"), "http2"),
    (bytes.fromhex("0000080700000000000000000000000001"), "http2"),
    (bytes.fromhex("15030300020228"), "tls"),
    (bytes.fromhex("160301004a0200"), "tls"),
    (b"HTTP/1.0 400 Bad Request\r\n", "http"),
    (b"SSH-2.0-dropbear_2022.83\r\n", "ssh"),
    (b"RTSP/1.0 400 Bad Request\r\n", "rtsp"),
    (b"SIP/2.0 400 Bad Request\r\n", "sip"),
    (b"RFB 003.008\n", "vnc"),
    (b"220 mx1.example.org ESMTP Postfix\r\n", "smtp"),
    (b"554 5.5.1 SMTP error\r\n", "smtp"),
    (b"220 ProFTPD Server ready.\r\n", "ftp"),
    (b"421 Too many connections\r\n", "ftp"),
    (b"+OK POP3 ready\r\n", "mail"),
    (b"* OK [CAPABILITY IMAP4rev1] ready\r\n", "mail"),
    (b"-ERR unknown command 'POST'\r\n", "redis"),
    (b"-NOAUTH Authentication required.\r\n", "redis"),
    (b"\x4a\x00\x00\x00\x0a8.0.36\x00\x0b", "mysql"),
    (b"\x45\x00\x00\x00\xff\x6a\x04Host is not allowed", "mysql"),
    (b"E\x00\x00\x00\x84SFATAL\x00VFATAL\x00C0A000\x00", "postgresql"),
    (b"AMQP\x00\x00\x09\x01", "amqp"),
    (b"\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x03", "zeromq"),
    (b"\xff\xfd\x18\xff\xfd\x20", "telnet"),
    (b'{"status": "succeeded"}', "headless"),
    (b"\r\n<html>", "headless"),
]


@pytest.mark.parametrize(("first", "key"), STARTS)
def test_first_bytes_name_their_protocol(first: bytes, key: str) -> None:
    assert protocols.recognize(first) == key
    assert PROTOCOLS[key].fix.endswith(".")


def test_each_protocol_is_tried() -> None:
    assert {key for _, key in STARTS} == set(PROTOCOLS)


@pytest.mark.parametrize(
    "first",
    [b"", b"\x00", b"hello", b"2000 items", b"+1", b"-1", b"EHLO", b"\x00\x00\x00\x01data", b"\x17\x02\x00", b"*"],
)
def test_what_starts_like_none_is_none(first: bytes) -> None:
    assert protocols.recognize(first) == ""


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (b"SSH-2.0-x\r\nmore", "“SSH-2.0-x”"),
        (b"a" * 61, "“" + "a" * 60 + "…”"),
        (bytes(range(16)), "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f"),
        (bytes(17), "00 " * 15 + "00 …"),
        (b"\r\n", "0d 0a"),
        (b"", ""),
        ("ü".encode(), "c3 bc"),
    ],
)
def test_first_bytes_are_shown_as_text_or_in_hexadecimal(first: bytes, said: str) -> None:
    assert protocols.shown(first) == said
