"""What of a project's settings needs agreement, and what is left without it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from byom_gui.core.consent import (
    MOST_SHOWN,
    ConsentKind,
    SettingRequest,
    asked_line,
    in_force_line,
    interface_kind,
    is_plain,
    origins_of,
    refused_interface,
    requests_of,
    without,
)
from byom_gui.core.endpoint import MASK, Endpoint, Origin, parse_address
from byom_gui.core.project import Settings

FAR = Origin("https", "lab.example", 8443)
NEAR = Origin("http", "127.0.0.1", 9000)
PLAIN = Settings(read_timeout=7, way="url")
ALL = replace(
    PLAIN, proxy="http://squid.example:3128", ca_file="/srv/ca.pem", image_host_interface="10.3.4.5", confidence=0.3
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.9.9.9", "loopback"),
        ("localhost", "unusable"),
        ("::1", "loopback"),
        ("0:0:0:0:0:0:0:1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("10.3.4.5", "one"),
        ("192.168.1.7", "one"),
        ("fe80::1", "one"),
        ("::ffff:10.3.4.5", "one"),
        ("0.0.0.0", "every"),
        ("::", "every"),
        ("::0", "every"),
        ("0:0:0:0:0:0:0:0", "every"),
        ("::ffff:0.0.0.0", "every"),
        ("::ffff:0:0", "every"),
        ("0000:0000:0000:0000:0000:ffff:0000:0000", "every"),
        ("::%eth0", "every"),
        ("::FFFF:0.0.0.0", "every"),
        ("224.0.0.1", "unusable"),
        ("ff02::1", "unusable"),
        ("255.255.255.255", "unusable"),
        ("0", "unusable"),
        ("0x0", "unusable"),
        ("00.0.0.0", "unusable"),
        ("0.0.0.0 ", "unusable"),
        ("", "unusable"),
        ("gpu-3.lab", "unusable"),
        ("٠.٠.٠.٠", "unusable"),
    ],
)
def test_what_serving_on_an_address_opens(text: str, kind: str) -> None:
    assert interface_kind(text) == kind
    settings = replace(PLAIN, image_host_interface=text)
    assert bool(refused_interface(settings)) == (kind in ("every", "unusable"))
    assert is_plain(settings) == (kind == "loopback")
    asked = requests_of(settings, lambda _: "")
    assert asked == ((SettingRequest("image_host_interface", text),) if kind == "one" else ())
    used = without(settings, asked).image_host_interface
    assert used == (text if kind == "loopback" else "127.0.0.1")
    assert without(settings, ()).image_host_interface == (text if kind in ("loopback", "one") else "127.0.0.1")


def test_nothing_is_asked_of_plain_settings() -> None:
    assert is_plain(PLAIN)
    assert requests_of(PLAIN, lambda _: pytest.fail("no file is read")) == ()
    assert without(PLAIN, ()) == PLAIN


def test_each_setting_is_asked_about_by_its_value() -> None:
    asked = requests_of(ALL, lambda path: f"digest of {path}")
    assert asked == (
        SettingRequest("proxy", "http://squid.example:3128"),
        SettingRequest("ca_file", "/srv/ca.pem", "digest of /srv/ca.pem"),
        SettingRequest("image_host_interface", "10.3.4.5"),
    )
    assert without(ALL, asked) == replace(PLAIN, confidence=0.3)
    assert without(ALL, asked[:1]) == replace(ALL, proxy="")
    assert without(ALL, asked[1:2]) == replace(ALL, ca_file="")


def test_a_ca_file_has_no_effect_without_verification_and_goes_with_it() -> None:
    unchecked = replace(ALL, insecure=True)
    asked = requests_of(unchecked, lambda _: "digest")
    assert [request.kind for request in asked] == ["proxy", "insecure", "image_host_interface"]
    left = without(unchecked, asked[1:2])
    assert (left.insecure, left.ca_file, left.proxy) == (False, "", ALL.proxy)


def test_calls_go_to_the_endpoint_and_to_its_classes_address() -> None:
    infer = parse_address("https://lab.example:8443/v1/infer").address
    assert origins_of(Endpoint(infer)) == (FAR,)
    assert origins_of(Endpoint(infer, classes=parse_address("http://127.0.0.1:9000/c").address)) == (FAR, NEAR)


@pytest.mark.parametrize(
    ("kind", "value", "digest", "origin", "asked", "in_force"),
    [
        ("proxy", "http://squid:1", "", FAR, "all requests pass through it", "Proxy: http://squid:1"),
        (
            "proxy",
            "http://squid:1",
            "",
            Origin("http", "lab.example", 80),
            "can read everything",
            "Proxy: http://squid",
        ),
        ("proxy", "http://squid:1", "", NEAR, "image addresses", "(not used for this computer)"),
        (
            "proxy",
            "http://me:hush@squid:1",
            "",
            FAR,
            f"Proxy http://{MASK}@squid:1: all",
            f"Proxy: http://{MASK}@squid:1",
        ),
        ("ca_file", "/srv/ca.pem", "d1", FAR, "whoever holds its key can pose as the server", "CA file: /srv/ca.pem"),
        ("ca_file", "/srv/ca.pem", "", FAR, "(it cannot be read)", "CA file: /srv/ca.pem"),
        ("insecure", "true", "", FAR, "anyone in between can pose as the server", "No TLS verification"),
        ("image_host_interface", "10.3.4.5", "", FAR, "can connect to this one", "Images served on 10.3.4.5"),
    ],
)
def test_the_words(kind: ConsentKind, value: str, digest: str, origin: Origin, asked: str, in_force: str) -> None:
    request = SettingRequest(kind, value, digest)
    assert asked in asked_line(request, origin)
    assert in_force in in_force_line(request, origin)
    assert ("cannot be read" in asked_line(request, origin)) == (kind == "ca_file" and not digest)


def test_of_a_long_value_both_ends_are_shown() -> None:
    value = "http://proxy.trusted.example." + "a" * 400 + ".attacker.example:8080"
    line = asked_line(SettingRequest("proxy", value), FAR)
    assert "http://proxy.trusted.example." in line
    assert ".attacker.example:8080: all requests" in line
    assert len(line) < 200
    exact = "x" * MOST_SHOWN
    assert in_force_line(SettingRequest("ca_file", exact), FAR) == f"CA file: {exact}"
    assert in_force_line(SettingRequest("ca_file", exact + "y"), FAR).endswith("xxy")
    assert " … " in in_force_line(SettingRequest("ca_file", exact + "y"), FAR)
