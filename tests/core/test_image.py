"""Addresses of images: their name, and which of them nobody can fetch."""

from __future__ import annotations

import pytest

from byom_gui.core.errors import InputError
from byom_gui.core.image import address_name, check_image_address


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h.example/a/field%2012.png?sig=1", "field 12.png"),
        ("https://h.example/a/", "https://h.example/a/"),
        ("https://h.example", "https://h.example"),
        ("http://[fe80::1", "http://[fe80::1"),
        ("http://[x]/a.png", "http://[x]/a.png"),
    ],
)
def test_an_address_has_a_name_for_people(url: str, name: str) -> None:
    assert address_name(url) == name


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/a.png", "HTTPS://h.example/a%20b.png?x=1&x=2", "http://[::1]/a"]
)
def test_an_address_that_can_be_fetched_passes(url: str) -> None:
    check_image_address(url)


@pytest.mark.parametrize(
    "url",
    ["", "a.png", "//h/a.png", "ftp://h/a", "http:///a", "http://[::1", "http://h:0/a", "http://h:70000/a",
     "http://h:x/a", "http://h/a b", "http://h/a\n", "http://h/\x00", "http://h/\ud800",
     "http://\\h/a", "http://9.8.7.6.5/a", "http://h..example/a", "http://u:hush@h.example/a", "http://[fe80::1%25e]/a"],
)  # fmt: skip
def test_one_that_nobody_can_fetch_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="The image address cannot be used"):
        check_image_address(url)
