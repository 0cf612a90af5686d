"""Settings of a project file that the user has to agree to: they decide who can read a secret, or what is opened here.

A proxy, a CA file and "do not verify" decide who can read what is sent; the interface of the image host decides who can
connect to this computer. Agreement is for one origin and exact values. What the user enters is agreed to by that.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from byom_gui.core.endpoint import MASK, Endpoint, Origin
from byom_gui.core.project import Settings

ConsentKind = Literal["proxy", "ca_file", "insecure", "image_host_interface"]
KINDS: tuple[ConsentKind, ...] = ("proxy", "ca_file", "insecure", "image_host_interface")
LOOPBACK = Settings().image_host_interface

InterfaceKind = Literal["loopback", "one", "every", "unusable"]


@dataclass(frozen=True, slots=True)
class SettingRequest:
    """One setting that needs agreement. ``digest`` is that of the CA file's content, empty for others."""

    kind: ConsentKind
    value: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Where agreement stands: what is still to be decided, what the user chose to ignore, and what is used."""

    asked: tuple[SettingRequest, ...]
    ignored: tuple[SettingRequest, ...]
    in_force: Settings


def interface_kind(text: str) -> InterfaceKind:
    """What serving on this address would open: this computer only, one interface, every interface, or nothing."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unusable"
    plain = (address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None) or address
    if plain.is_unspecified:
        return "every"
    if plain.is_multicast or str(plain) == "255.255.255.255":
        return "unusable"
    return "loopback" if plain.is_loopback else "one"


def is_plain(settings: Settings) -> bool:
    """Whether nothing in the settings needs agreement."""
    return not requests_of(settings, lambda _: "") and not refused_interface(settings)


def requests_of(settings: Settings, digest: Callable[[str], str]) -> tuple[SettingRequest, ...]:
    """What in the settings needs agreement.

    Args:
        digest: gives the digest of a CA file's content, empty where it cannot be read.
    """
    found: list[SettingRequest] = []
    if settings.proxy:
        found.append(SettingRequest("proxy", settings.proxy))
    if settings.ca_file and not settings.insecure:  # without verification no CA file is looked at
        found.append(SettingRequest("ca_file", settings.ca_file, digest(settings.ca_file)))
    if settings.insecure:
        found.append(SettingRequest("insecure", "true"))
    if interface_kind(settings.image_host_interface) == "one":
        found.append(SettingRequest("image_host_interface", settings.image_host_interface))
    return tuple(found)


def refused_interface(settings: Settings) -> str:
    """Why images are not served on the address of the settings; empty where they may be. Nobody can agree to it."""
    kind = interface_kind(settings.image_host_interface)
    if kind not in ("every", "unusable"):
        return ""
    what = "every interface of this computer" if kind == "every" else "not the address of an interface"
    return (
        f"Images are not served on {_shown(settings.image_host_interface)!r}: it is {what}. {LOOPBACK} is used instead."
    )


def without(settings: Settings, requests: Iterable[SettingRequest]) -> Settings:
    """The settings without these, and without an interface that is never served on."""
    plain, gone = Settings(), {request.kind for request in requests}
    if "insecure" in gone:
        gone.add("ca_file")  # nobody was asked about it, as it had no effect
    if refused_interface(settings):
        gone.add("image_host_interface")
    return replace(settings, **{kind: getattr(plain, kind) for kind in gone})


def origins_of(endpoint: Endpoint) -> tuple[Origin, ...]:
    """Where calls to an endpoint go: its origin, and that of its classes address."""
    return tuple(dict.fromkeys((endpoint.origin, endpoint.classes_guess.origin)))


MOST_SHOWN = 120
_USER_INFO = re.compile(r"//[^/?#]*@")


def _shown(value: str) -> str:
    """A value without a password; both ends of a long one, as the end of a host's name tells whose it is."""
    value = _USER_INFO.sub(f"//{MASK}@", value, count=1)
    half = MOST_SHOWN // 2
    return value if len(value) <= MOST_SHOWN else f"{value[:half]} … {value[-half:]}"


def asked_line(request: SettingRequest, origin: Origin) -> str:
    """What the project asks for, and what that would allow."""
    value = _shown(request.value)
    if request.kind == "proxy":
        if origin.is_loopback:
            return f"Proxy {value}: not used for this computer, but image addresses are fetched through it."
        if origin.scheme == "http":
            return f"Proxy {value}: it can read everything that is sent, secrets included."
        return f"Proxy {value}: all requests pass through it."
    if request.kind == "ca_file":
        missing = "" if request.digest else " (it cannot be read)"
        return f"CA file {value}{missing}: whoever holds its key can pose as the server and read secrets."
    if request.kind == "insecure":
        return "No TLS verification: anyone in between can pose as the server and read secrets."
    return f"Images served on {value}: other computers in that network can connect to this one."


def in_force_line(request: SettingRequest, origin: Origin) -> str:
    """A setting that is in use, in a few words."""
    value = _shown(request.value)
    if request.kind == "proxy":
        return f"Proxy: {value}" + (" (not used for this computer)" if origin.is_loopback else "")
    if request.kind == "ca_file":
        return f"CA file: {value}"
    if request.kind == "insecure":
        return "No TLS verification"
    return f"Images served on {value}"
