"""The addresses of this machine: loopback is always first, and nothing is sent to find them."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from byom_gui.services import interfaces as found_by
from byom_gui.services.interfaces import LOOPBACK, interfaces


def test_loopback_comes_first_and_each_address_once() -> None:
    found = interfaces()
    assert found[0] == LOOPBACK
    addresses = [ipaddress.ip_address(address) for address, _ in found]
    assert len(set(addresses)) == len(addresses)
    assert all(name for _, name in found)


def test_what_the_system_does_not_tell_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> list[tuple[int, str]]:
        raise OSError("not told")

    monkeypatch.setattr(socket, "if_nameindex", nothing)
    monkeypatch.setattr(found_by, "_way_out", lambda: "")
    assert interfaces() == (LOOPBACK,)


def test_an_interface_keeps_its_name_and_loopback_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_by, "_names", lambda: ("lo", "eth0", "down0"))
    monkeypatch.setattr(found_by, "_address_of", {"lo": "127.0.0.1", "eth0": "10.0.0.5", "down0": ""}.get)
    monkeypatch.setattr(found_by, "_way_out", lambda: "10.0.0.5")
    assert interfaces() == (LOOPBACK, ("10.0.0.5", "eth0"))
