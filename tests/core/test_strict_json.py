from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byom_gui.core import strict_json
from byom_gui.core.errors import JsonError
from byom_gui.core.strict_json import DuplicateKey, child_path, find_duplicates, locate, read_json

REFUSED: list[tuple[bytes, str, tuple[int, int], str]] = [
    (b"", "json.invalid", (1, 1), "empty"),
    (b" \n ", "json.invalid", (1, 1), "empty"),
    (b'{"a": 1', "json.invalid", (1, 8), "unexpected end"),
    (b'{"a": 1,\n "b": [1,]}', "json.invalid", (2, 9), "illegal trailing comma before end of array"),
    (b'{"k": [],\r\n\t "m": {"n": 2 ,\n }}', "json.invalid", (2, 16), "illegal trailing comma before end of object"),
    (b"[3,,]", "json.invalid", (1, 4), "expecting value"),
    (b"[,]", "json.invalid", (1, 2), "expecting value"),
    (b'{"a": 1} x', "json.invalid", (1, 10), "extra data"),
    (b"{'a': 1}", "json.python-literal", (1, 2), "Python"),
    (b'{"a": True}', "json.python-literal", (1, 7), "Python"),
    (b'{"a": None}', "json.python-literal", (1, 7), "Python"),
    (b"[(1, 2)]", "json.python-literal", (1, 2), "Python"),
    (b'{"a": [1, NaN]}', "json.not-finite", (1, 11), "a[1] is NaN"),
    (b'{"a": -Infinity}', "json.not-finite", (1, 7), "a is -Infinity"),
    (b'{"a": {"b": 1e400}}', "json.not-finite", (1, 13), "a.b is 1e400"),
    (b'{"NaN": "NaN", "b": NaN}', "json.not-finite", (1, 21), "b is NaN"),
    (b"[" + b"9" * 5000 + b"]", "json.not-finite", (1, 2), "(5000 characters)"),
    (b"NaN", "json.not-finite", (1, 1), "The response is NaN"),
    (b"[true, 1E400x]", "json.not-finite", (1, 8), "is 1E400"),
    (b"[nan]", "json.not-finite", (1, 2), "no such number"),
    (b'["ok",\n"\xe9"]', "json.encoding", (2, 2), "0xe9"),
    ('{"a": 1}'.encode("utf-16"), "json.encoding", (1, 1), "UTF-16"),
    ('{"a": 1}'.encode("utf-16-be"), "json.encoding", (1, 1), "UTF-16"),
    (b"\xef\xbb\xbf{}", "json.encoding", (1, 1), "byte order mark"),
    (b'{"a": "\\ud83d"}', "json.encoding", (1, 7), "half a character"),
    (b'{"\\"x\\udc00": 1}', "json.encoding", (1, 2), "half a character"),
    (b"[" * 65 + b"]" * 65, "json.too-deep", (1, 65), "64 levels"),
    (b'{"a":' * 100_000, "json.too-deep", (1, 321), "64 levels"),
]


@pytest.mark.parametrize(("data", "finding", "place", "words"), REFUSED)
def test_what_is_no_json_is_refused_with_its_place(
    data: bytes, finding: str, place: tuple[int, int], words: str
) -> None:
    with pytest.raises(JsonError) as caught:
        read_json(data)
    error = caught.value
    assert (error.finding_id, (error.line, error.column)) == (finding, place)
    assert words in error.sentence
    assert len(error.around) <= 80


def test_the_place_has_a_path_and_the_text_around_it() -> None:
    with pytest.raises(JsonError) as caught:
        read_json(b'{"results": [{"polygon": {"path": [{"x": 1, "y": NaN}]}}]}')
    assert caught.value.where == "results[0].polygon.path[0].y"
    assert '"y": NaN' in caught.value.around


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": [1, 2.5, "x", null, true]}', {"a": [1, 2.5, "x", None, True]}),
        (b'["\\ud83d\\ude00"]', ["\U0001f600"]),
        (b'["1e400", "' + b"7" * 400 + b'"]', ["1e400", "7" * 400]),
        (b"[1e308, " + b"1" + b"0" * 300 + b"]", [1e308, 10**300]),
        (b"[" * 64 + b"]" * 64, json.loads("[" * 64 + "]" * 64)),
        (b"3", 3),
    ],
)
def test_sound_json_is_read(data: bytes, value: Any) -> None:
    assert read_json(data).value == value


def test_brackets_and_quotes_in_texts_are_not_depth() -> None:
    tricky = [["[" * 70, '"', "]{"] * 3, {'"[': "\\"}]
    assert read_json(json.dumps(tricky).encode()).value == tricky
    assert read_json(b"[" * 60 + b'"[[[[[["' + b"]" * 60).value
    hidden = b'["]", ' * 70 + b"1" + b', "["]' * 70
    with pytest.raises(JsonError, match="64 levels"):
        read_json(hidden)


def test_size_is_limited() -> None:
    with pytest.raises(JsonError) as caught:
        read_json(b"[1,2,3]", max_bytes=6)
    assert caught.value.finding_id == "http.oversized"


def test_a_byte_order_mark_may_be_allowed_for_files() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}', allow_bom=True).value == {"a": 1}


def test_repeated_keys_are_noticed_with_their_place() -> None:
    data = b'{"a": 1, "b": [{"c": 1, "d": {"c": 2}, "c": 3}], "a": {"a": 1}}'
    expected = (DuplicateKey("b[0]", "c"), DuplicateKey("", "a"))
    document = read_json(data)
    assert document.duplicates == expected
    assert document.value["a"] == {"a": 1}
    assert find_duplicates(data) == expected
    assert find_duplicates(b'[{"a": 1}, {"a": 2}]') == ()


def test_a_large_text_is_not_searched_for_repeated_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "DUPLICATES_UP_TO", 10)
    data = b'{"a": 1, "a": 2}'
    assert read_json(data).duplicates == ()
    assert find_duplicates(data) == (DuplicateKey("", "a"),)


def test_a_large_text_that_is_odd_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "DUPLICATES_UP_TO", 10)
    digits = b"1" * 250
    document = read_json(b'{"a": ' + digits + b', "a": ' + digits + b"}")
    assert document.value == {"a": int(digits)}
    assert document.duplicates == ()


def test_a_key_that_is_repeated_is_noticed_whatever_its_spelling() -> None:
    assert read_json(rb'{"a:b": 1, "a:b": 2}').duplicates == (DuplicateKey("", "a:b"),)
    assert read_json(rb'{"a": 1, "a": "\u003a"}').duplicates == (DuplicateKey("", "a"),)
    assert read_json(rb'{"a": [{"b": 1 , "b" : 2}], "c": ":"}').duplicates == (DuplicateKey("a[0]", "b"),)


def test_a_stack_that_is_nearly_full_is_told_as_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_options: object) -> None:
        raise RecursionError

    monkeypatch.setattr(msgspec.json, "decode", full)
    monkeypatch.setattr(json, "loads", full)
    with pytest.raises(JsonError) as caught:
        read_json(b"[]")
    assert caught.value.finding_id == "json.too-deep"


def test_paths_quote_odd_keys() -> None:
    assert child_path(child_path(child_path("", "results"), 3), "a b") == 'results[3]["a b"]'


def test_locate_finds_the_line_and_column_of_a_path() -> None:
    text = '{\n "a": [1,\n  {"b": 2}],\n "c": {}}'
    assert locate(text, "a[1].b") == (3, 9)
    assert locate(text, "c") == (4, 7)
    assert locate(text, "a[7]") is None
    assert locate(", 1]", "") == (1, 3)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(_JSON)
def test_whatever_json_writes_is_read_back(value: Any) -> None:
    data = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    document = read_json(data)
    assert document.value == json.loads(data)
    assert document.duplicates == ()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='[]{}",:0123456789eE.-+NaInfity \\u', max_size=60).map(str.encode))
def test_any_bytes_are_either_read_or_refused_in_words(data: bytes) -> None:
    found, value = "", None
    try:
        value = read_json(data).value
    except JsonError as error:
        found = error.finding_id
    assert found.startswith("json.") or json.loads(data) == value
