"""No form in which a secret travels gets through."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byom_gui.core.endpoint import MASK
from byom_gui.core.redact import Redactor

SECRET = 'pä ss/"w+1%>>>???'


def forms(value: str) -> list[str]:
    encoded = base64.b64encode(value.encode()).decode()
    return [
        value,
        encoded,
        encoded.rstrip("="),
        base64.urlsafe_b64encode(value.encode()).decode(),
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
        re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), quote(value, safe="")),
        json.dumps(value)[1:-1].replace("/", "\\/"),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
    ]


@pytest.mark.parametrize("form", forms(SECRET))
def test_every_form_is_masked_in_text_and_bytes(form: str) -> None:
    redactor = Redactor([SECRET])
    assert redactor.scrub(f"before {form} after") == f"before {MASK} after"
    assert redactor.scrub_bytes(f"before {form} after".encode()) == f"before {MASK} after".encode()


def test_a_basic_pair_is_masked_in_base64_and_plain() -> None:
    redactor = Redactor(basic=[("user", "sesame"), ("alone", "")])
    pair = base64.b64encode(b"user:sesame").decode()
    text = redactor.scrub(f"Basic {pair}; user:sesame; sesame; {quote('user:sesame', safe='')}")
    assert "sesame" not in text
    assert pair not in text
    assert redactor.scrub("alone:") == "alone:"


def test_a_long_secret_is_masked_before_one_that_it_holds() -> None:
    assert Redactor(["abc", "abcdef"]).scrub("abcdef abc") == f"{MASK} {MASK}"


def test_nothing_to_mask_changes_nothing() -> None:
    assert Redactor().scrub("text") == "text"
    assert Redactor([""]).scrub_bytes(b"\xff text") == b"\xff text"


def test_bytes_that_are_no_utf8_stay() -> None:
    assert Redactor(["sesame"]).scrub_bytes(b"\xff\xfesesame\x80") == b"\xff\xfe" + MASK.encode() + b"\x80"


@given(st.text(min_size=1, max_size=30).filter(lambda value: value not in MASK), st.text(max_size=20))
def test_no_secret_is_left_whatever_it_is(secret: str, around: str) -> None:
    text = Redactor([secret]).scrub(f"{around}{secret}{around}")
    left = text.split(MASK)
    assert len(left) > 1
    assert all(secret not in part for part in left)
