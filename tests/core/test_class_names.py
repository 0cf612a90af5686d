"""Names that cannot work, names that look alike, and how they differ."""

from __future__ import annotations

import unicodedata

import pytest

from byom_gui.core.class_names import (
    code_points,
    difference,
    flaws,
    is_background,
    is_blank,
    look_alike_key,
    near_key,
    visible,
)


@pytest.mark.parametrize(
    ("name", "kinds", "said"),
    [
        ("wheel", [], ""),
        ("roue arrière", [], ""),
        ("车轮", [], ""),
        ("全角\u3000空白", [], ""),
        ("نیم\u200cفاصله", [], ""),
        ("👩\u200d🚒", [], ""),
        ("❤\ufe0f", [], ""),
        ("🏴\U000e0067\U000e0062\U000e007f", [], ""),
        ("\u0600٣", [], ""),
        ("wheel\r", ["line-end"], "ends in a carriage return (U+000D)"),
        ("wheel\r\n", ["line-end"], "carriage return (U+000D), line feed (U+000A)"),
        ("wh\teel", ["control"], "tab (U+0009)"),
        ("wh\x07e\x07el", ["control"], "a control character, U+0007"),
        ("wh\u2028eel", ["control"], "line separator (U+2028)"),
        ("\u202ewheel", ["bidi"], "right-to-left override (U+202E)"),
        ("wheel\u200e", ["bidi"], "left-to-right mark (U+200E)"),
        ("whe\u200bel", ["invisible"], "zero width space (U+200B)"),
        ("\ufeffwheel", ["invisible"], "zero width no-break space (U+FEFF)"),
        ("wheel\u200d", ["invisible"], "zero width joiner (U+200D)"),
        ("车\u200d", ["invisible"], "zero width joiner"),
        ("whe\u3164el", ["invisible"], "hangul filler"),
        ("\u200cwheel", ["invisible"], "zero width non-joiner"),
        ("whe\ufffdl", ["damaged"], "replacement character (U+FFFD)"),
        ("whe\uffffl", ["damaged"], "U+FFFF"),
        ("wheel\ud83d", ["surrogate"], "half a character"),
        (" wheel", ["edge-space"], "starts or ends with a space"),
        ("wheel\u00a0", ["edge-space"], "no-break space (U+00A0)"),
        ("rear\u202fwheel", ["odd-space"], "narrow no-break space (U+202F)"),
        ("\u200brear\u00a0wheel\r", ["invisible", "odd-space", "line-end"], "U+200B"),
    ],
)
def test_flaws_are_named_with_their_code_points(name: str, kinds: list[str], said: str) -> None:
    found = flaws(name)
    assert [flaw.kind for flaw in found] == kinds
    assert said in "; ".join(flaw.what for flaw in found)
    assert all(flaw.fix for flaw in found)
    assert all(flaw.severity == ("error" if flaw.kind == "surrogate" else "warning") for flaw in found)


def test_what_nobody_sees_is_shown_by_its_number() -> None:
    assert visible("wheel") == "wheel"
    assert visible(" rear\u00a0wheel\u200b\r") == " rear<U+00A0>wheel<U+200B><U+000D>"
    assert visible("é") == "é"
    assert code_points("\x1b\0") == "escape (U+001B), null (U+0000)"


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u00a0\u200d", "\u3164", "\u202e", "\ud800"])
def test_what_shows_nothing_is_blank(name: str) -> None:
    assert is_blank(name)
    assert not is_blank(name + "a")
    assert not is_blank(name + "\ufffd")


@pytest.mark.parametrize(
    ("one", "two", "alike", "near"),
    [
        ("wheel", "wheel ", True, True),
        ("rear wheel", "rear\u00a0wheel", True, True),
        ("rear  wheel", "rear wheel", True, True),
        (unicodedata.normalize("NFC", "Zähler"), unicodedata.normalize("NFD", "Zähler"), True, True),
        ("ｗｈｅｅｌ", "wheel", True, True),
        ("whe\u200bel", "wheel", True, True),
        ("wheel\r", "wheel", True, True),
        ("❤\ufe0f", "❤", True, True),
        ("Wheel", "wheel", False, True),
        ("rear_wheel", "Rear-Wheel", False, True),
        ("ÉCROU", "écrou", False, True),
        ("Straße", "STRASSE", False, True),
        ("「車輪」", "車輪", False, True),
        ("कि", "की", False, False),
        ("กา", "กี", False, False),
        ("é", "e", False, False),
        ("?", "!", False, False),
        ("。", "、", False, False),
        ("C", "D", False, False),
    ],
)
def test_what_looks_alike_and_what_is_near(one: str, two: str, alike: bool, near: bool) -> None:
    assert (look_alike_key(one) == look_alike_key(two)) is alike
    assert (near_key(one) == near_key(two)) is near


@pytest.mark.parametrize(
    ("returned", "listed", "words", "fix"),
    [
        ("Wheel", "wheel", "one capital letter", ""),
        ("WHEEL", "wheel", "capital letters", ""),
        ("rear wheel", "rear_wheel", "spaces or punctuation", ""),
        (
            "Za\u0308hler",
            "Z\u00e4hler",
            "code points only: U+0061 U+0308 (NFD) is returned, U+00E4 (NFC) is listed",
            "unicodedata.normalize('NFC', name)",
        ),
        (
            "Z\u00e4hler",
            "Za\u0308hler",
            "code points only: U+00E4 (NFC) is returned, U+0061 U+0308 (NFD) is listed",
            "unicodedata.normalize('NFC', name)",
        ),
        (
            "\u00e9cume\u0301e",
            "\u00e9cum\u00e9e",
            "U+0065 U+0301 (neither NFC nor NFD) is returned, U+00E9 (NFC) is listed",
            "unicodedata.normalize('NFC', name)",
        ),
        (
            "ｗｈｅｅｌｓｓ",
            "wheelss",
            "code points only: U+FF57 U+FF48 U+FF45 U+FF45 U+FF4C U+FF53 … is returned, U+0077 U+0068",
            "unicodedata.normalize('NFKC', name)",
        ),
        (
            "rear\u00a0wheel",
            "rear wheel",
            "U+00A0 is returned, U+0020 is listed",
            "unicodedata.normalize('NFKC', name)",
        ),
        ("whe\u200bel", "wheel", "U+200B is returned, nothing is listed", ""),
        ("wheel", "wheel\r", "nothing is returned, U+000D is listed", "splitlines()"),
        ("wheel", "wheel ", "nothing is returned, U+0020 is listed", "name.strip()"),
    ],
)
def test_a_difference_names_what_nobody_sees(returned: str, listed: str, words: str, fix: str) -> None:
    found = difference(returned, listed)
    assert words in found.words
    assert found.normalize == fix


@pytest.mark.parametrize(
    ("name", "background"),
    [
        *(
            (name, True)
            for name in ("None", "N/A", "ｂａｃｋｇｒｏｕｎｄ", "_background_", "nothing", "#n/a", "void\u200b")
        ),
        *((name, False) for name in ("Na", "NA", "backgrounds of life", "nun", "")),
    ],
)
def test_names_for_nothing(name: str, background: bool) -> None:
    assert is_background(name) is background
