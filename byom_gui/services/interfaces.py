"""The addresses of this machine on which a picture could be served. Asks the system only; sends nothing."""

from __future__ import annotations

import socket
import struct
import sys

LOOPBACK = ("127.0.0.1", "this computer only")
_SIOCGIFADDR = 0x8915
_ELSEWHERE = ("192.0.2.1", 9)
"""An address kept for examples: connecting a datagram socket to it picks a way out and sends nothing."""


def interfaces() -> tuple[tuple[str, str], ...]:
    """Address and name of each IPv4 interface, loopback first. What the system does not tell is left out."""
    found = {LOOPBACK[0]: LOOPBACK[1]}
    for name in _names():
        address = _address_of(name)
        if address and not address.startswith("127."):
            found.setdefault(address, name)
    out = _way_out()
    if out and not out.startswith("127."):
        found.setdefault(out, "this computer in its network")
    return tuple(found.items())


def _names() -> tuple[str, ...]:
    try:
        return tuple(name for _, name in socket.if_nameindex())
    except (OSError, AttributeError):  # not on every system
        return ()


def _address_of(name: str) -> str:
    if not sys.platform.startswith("linux"):
        return ""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            answer = fcntl.ioctl(asked.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
        except OSError:  # an interface without an IPv4 address
            return ""
    return socket.inet_ntoa(answer[20:24])


def _way_out() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(_ELSEWHERE)
        except OSError:  # no network
            return ""
        return str(asked.getsockname()[0])
