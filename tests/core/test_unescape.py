"""Escapes of every kind, undone until none is left, and where each part was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byom_gui.core.unescape import unescape


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("plain", "plain"),
        ("%41%c3%A4", "Aä"),
        ("%25252541", "A"),
        ("%2541", "A"),
        ("%ff%zz%", "ÿ%zz%"),
        (r"A\\u0042\\\u0043", "ABC"),
        (r"\ud83d\ude00 \ud83d", "😀 \ud83d"),
        (r"\x41\xc3\xa4 \xe4", "Aä ä"),
        (r"\101\303\244 \344 \12 \400", r"Aä ä \12 \400"),
        ("&amp;nothing; &amp;amp;x9;", "&nothing; &x9;"),
        (r"\U0001f600\u{1F600}\U00110000", "😀😀\\U00110000"),
        (r"a\/b\"c\'", "a/b\"c'"),
        (r"\b\f\n\r\t\d", "\b\f\n\r\t\\d"),
        ("\\" * 9, "\\"),
        ("&lt;&#60;&#x3C;&#X3c;", "<<<<"),
        ("&amp;amp;lt; &amp;amp;", "< &"),
        (r"\u0026amp;%2526", "&&"),
        ("&nothing; &#1114112; & &#;", "&nothing; &#1114112; & &#;"),
    ],
)
def test_what_is_left(text: str, plain: str) -> None:
    assert unescape(text).text == plain


def test_without_backslashes() -> None:
    made = unescape(r"\\a %41\\\u00e9")
    assert (made.text, made.bare().text) == (r"\a Aé", "a Aé")
    assert made.bare().source(3, 4) == (7, 15)
    assert unescape("plain").bare().text == "plain"


def test_the_number_of_rounds_is_bounded() -> None:
    assert unescape("&" + "#38;" * 8).text == "&"
    assert unescape("&" + "#38;" * 30).text == "&" + "#38;" * 22


def test_where_a_part_was() -> None:
    made = unescape(r"one %2526 two \u0041B three")
    assert made.text == "one & two AB three"
    for part, before in (("one", "one"), ("&", "%2526"), ("two", "two"), ("AB", r"\u0041B"), ("three", "three")):
        start = made.text.index(part)
        first, last = made.source(start, start + len(part))
        assert r"one %2526 two \u0041B three"[first:last] == before


def test_a_part_of_an_escape_is_the_whole_of_it() -> None:
    made = unescape("x%41%42y")
    assert unescape("%2541 and %41").source(0, 1) == (0, 5)
    assert (made.text, made.source(1, 2), made.source(2, 3), made.source(3, 4)) == ("xABy", (1, 7), (1, 7), (7, 8))


@given(st.lists(st.sampled_from(["%", "25", "41", "\\", "u0041", "x41", "&", "amp;", "lt;", "#65;", "é", " "])))
def test_places_are_within_the_text_and_in_order(parts: list[str]) -> None:
    text = "".join(parts)
    made = unescape(text)
    for at in range(len(made.text)):
        start, end = made.source(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert unescape(text[start:end]).text or made.text[at] in text[start:end]
    assert made.source(0, len(made.text)) == (0, len(text))
