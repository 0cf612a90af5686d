"""No form in which a server repeats a secret gets through, and ordinary words stay."""

from __future__ import annotations

import base64
import html
import json
import re
import string
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byom_gui.core.endpoint import MASK
from byom_gui.core.redact import Redactor
from byom_gui.core.unescape import unescape

SECRET = "pä ss/\"w+1%>>>?&?'<\\n€😀Z"


def escaped(value: str) -> Iterator[str]:
    """A value as JSON libraries, templates, addresses and log lines have it."""
    for text in (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        yield from (text, text.replace("/", "\\/"), json.dumps(text)[1:-1])
        yield re.sub("[&<>'=+]", lambda match: f"\\u{ord(match[0]):04x}", text)  # Go, Flask, Rails
        yield re.sub("[&<>'=+]", lambda match: f"\\u{ord(match[0]):04X}", text)
    units = value.encode("utf-16-be").hex(" ", 2).split()
    yield "".join(f"\\u{unit}" for unit in units)
    yield "".join(f"\\u{unit.upper()}" for unit in units)
    yield html.escape(value)
    yield html.escape(html.escape(value))
    yield html.escape(value).replace("&", "\\u0026")
    yield "".join(f"&#{ord(char)};" for char in value)
    yield "".join(f"&#x{ord(char):X};" for char in value)
    yield "".join(f"&#0{ord(char)};" if char in "\"'&<>" else char for char in value)
    for text in (quote(value), quote(value, safe=""), quote_plus(value)):
        for again in (text, quote(text, safe=""), quote(quote(text, safe=""), safe="")):
            yield from (again, re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), again))
    yield from (repr(value)[1:-1], ascii(value)[1:-1], repr(value.encode())[2:-1])
    yield "".join(f"\\U{ord(char):08x}" for char in value)
    yield "".join(f"\\u{{{ord(char):x}}}" for char in value)
    yield "".join(f"\\{byte:03o}" if byte > 126 or byte in b"\\\\\"'" else chr(byte) for byte in value.encode())
    yield value.encode().decode("latin-1")


def coded(value: str, user: str = "ann") -> Iterator[str]:
    """A value in base64 and hex, alone and within more."""
    raw = value.encode()
    yield from (raw.hex(), raw.hex().upper(), f"0x{raw.hex()}", raw.hex()[:5] + raw.hex()[5:].upper())
    yield from (raw.hex(":"), raw.hex(" "), raw.hex("-").upper())
    for part in (raw, f"{user}:{value}".encode()):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield from (encode(part).decode(), encode(part).decode().rstrip("="))
        yield quote(base64.b64encode(part).decode(), safe="")
        yield base64.b64encode(part).decode().replace("/", "\\/").replace("=", "\\u003d")


@pytest.mark.parametrize("form", dict.fromkeys((SECRET, *escaped(SECRET), *coded(SECRET))))
def test_every_form_is_masked(form: str) -> None:
    redactor = Redactor(basic=[("ann", SECRET)])
    assert redactor.scrub(f"before {form} after") == f"before {MASK} after"


@pytest.mark.parametrize("form", dict.fromkeys((*escaped("sesame&Co"), *escaped("k<3\\x"), *coded("sesame&Co"))))
def test_secrets_that_look_like_escapes_are_masked(form: str) -> None:
    assert Redactor(basic=[("ann", "sesame&Co"), ("ann", "k<3\\x")]).scrub(f"({form})") == f"({MASK})"


@pytest.mark.parametrize("secret", ["a&amp;b-Long", "100%25-Long", "c:\\new\\table", "\\\\host\\u0041"])
def test_a_secret_that_holds_an_escape_is_masked_plain_and_escaped(secret: str) -> None:
    for form in (secret, *escaped(secret)):
        assert Redactor([secret]).scrub(f"({form})") == f"({MASK})", form


@pytest.mark.parametrize("secret", ["ends with\\", 'two \\\\"in the middle', "bäck\\slash\\é\\&", "é¿ßäx&VJ;<&#x;"])
@pytest.mark.parametrize("quotes", ["''", '""', "\\\\''"])
def test_backslashes_next_to_what_is_escaped_hide_no_secret(secret: str, quotes: str) -> None:
    for form in escaped(secret):
        left = Redactor([secret]).scrub(f"{quotes[:-1]}{form}{quotes[-1]}")
        around = unescape(f"{quotes[:-1]}{MASK}{quotes[-1]}").bare().text
        # Of a backslash at the end, what escapes it may stay.
        assert unescape(left).bare().text.replace("134", "") == around, form


@pytest.mark.parametrize("before", ["", "a", "ab", "Authorization: "])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_within_something_in_base64_is_masked_at_each_alignment(before: str, encode: object) -> None:
    assert callable(encode)
    secret = "hush>>>marked???x"
    pair = base64.b64encode(f"ann:{secret}".encode()).decode()
    for inner in (secret, f"Basic {pair}", f"X-Key: {secret}\r\n"):
        text = encode(f"{before}{inner} and more".encode()).decode()
        left = Redactor(basic=[("ann", secret)]).scrub(f"[{text}]")
        assert MASK in left
        kept = "".join(c for c in left.split(MASK)[0] if c in string.ascii_letters + string.digits + "+/-_")
        assert "hush" not in base64.b64decode(kept[: len(kept) // 4 * 4], altchars=b"-_").decode("latin-1")


@pytest.mark.parametrize("before", ["", "a", "ab", "x>~", "???~"])
@pytest.mark.parametrize("after", ["", "z", "?>", "end"])
def test_in_base64_each_character_that_holds_a_bit_of_a_secret_is_masked(before: str, after: str) -> None:
    secret = "sesame>>open?"
    text = base64.b64encode(f"{before}{secret}{after}".encode()).decode()
    first, last = 8 * len(before) // 6, -(-8 * len(before + secret) // 6)
    rest = text[last:] if after else ""  # the padding goes with the secret
    assert Redactor([secret]).scrub(f"[{text}]") == f"[{text[:first]}{MASK}{rest}]"


def test_a_basic_pair_is_masked_in_base64_and_plain() -> None:
    redactor = Redactor(basic=[("user", "sesame"), ("alone", "")])
    pair = base64.b64encode(b"user:sesame").decode()
    text = redactor.scrub(f"Basic {pair}; user:sesame; sesame; {quote('user:sesame', safe='')}")
    assert text == f"Basic {MASK}; {MASK}; {MASK}; {MASK}"
    assert redactor.scrub("alone:") == "alone:"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("KeyError: 'red'", f"KeyError: '{MASK}'"),
        ("password=red", f"password={MASK}"),
        (r"line\nred\tred", rf"line\n{MASK}\t{MASK}"),
        ("a%20red%3A", f"a%20{MASK}%3A"),
        ("Basic cmVk.", f"Basic {MASK}."),
        ("Basic YW5uOnJlZA==", f"Basic {MASK}"),
        ("726564 72ff", f"{MASK} 72ff"),
        ("referred to hundred reds", "referred to hundred reds"),
        ("xcmVkx 1726564", "xcmVkx 1726564"),
    ],
)
def test_a_short_secret_is_masked_as_a_whole_word(text: str, masked: str) -> None:
    assert Redactor(basic=[("ann", "red")]).scrub(text) == masked


@pytest.mark.parametrize("secret", ["e", "150", "box", "true", "name"])
def test_a_short_secret_leaves_other_words_alone(secret: str) -> None:
    text = "The boxes hold 1500 px, and their names are truest: 3150."
    assert Redactor([secret]).scrub(text) == text
    assert Redactor([secret]).scrub(f"{text} {secret}!") == f"{text} {MASK}!"


@pytest.mark.parametrize(
    ("secret", "distinct"),
    [
        ("hush-Marked-1", True),
        ("positive", False),
        ("13371337", False),
        ("NUCLEUS1", True),
        ("Red-1", False),
        ("with space", True),
    ],
)
def test_what_people_may_have_written_is_no_distinct_secret(secret: str, distinct: bool) -> None:
    spans = Redactor([secret]).spans(f"it is {secret} here", distinct=True)
    assert spans == ([(6, 6 + len(secret))] if distinct else [])
    code = base64.b64encode(secret.encode()).decode()
    assert Redactor([secret]).spans(code, distinct=True)


def test_a_long_secret_is_masked_with_one_that_it_holds() -> None:
    assert Redactor(["abcabc", "abcabcdef"]).scrub("abcabcdef abcabc") == f"{MASK} {MASK}"


def test_places_that_touch_are_one() -> None:
    assert Redactor(["aaaaaa"]).scrub("aaaaaaaaaa b") == f"{MASK} b"


def test_nothing_to_mask_changes_nothing() -> None:
    assert Redactor().scrub("text %41 &amp;") == "text %41 &amp;"
    assert Redactor([""]).scrub("text") == "text"


@pytest.mark.parametrize("text", ["&amp;", "%25", "\\", "a", "&#38;", "\\u0026", "%2526amp;", "%4"])
def test_long_texts_of_escapes_are_read_in_linear_time(text: str) -> None:
    """A search that goes back would take hours for these; no clock is needed to see that."""
    secrets = ["&" * 40 + "!", "\\" * 40 + "!", "%" * 40 + "!", "a" * 40 + "!"]
    assert MASK not in Redactor(secrets).scrub(text * 20_000)


@given(st.text(min_size=1, max_size=30).filter(lambda value: value not in MASK), st.text(" .,;", max_size=20))
def test_no_secret_is_left_whatever_it_is(secret: str, around: str) -> None:
    text = Redactor([secret]).scrub(f"{around} {secret} {around}")
    left = text.split(MASK)
    assert len(left) > 1
    assert all(secret not in part for part in left) or not secret.strip(" .,;")
