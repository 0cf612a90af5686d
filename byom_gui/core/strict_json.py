"""JSON bytes read strictly: UTF-8, finite numbers, limited depth and size, repeated keys noticed.

A valid response costs one parse and a few passes over the bytes at C speed; only what is wrong is walked
again, in Python, to find the place. A byte order mark is refused unless the caller allows it: a server must not send
one (RFC 8259), while editors on Windows put it into files.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from byom_gui.core.errors import JsonError

MAX_DEPTH = 64
MAX_BYTES = 64 * 1024 * 1024
DUPLICATES_UP_TO = 1024 * 1024
"""Bytes up to which ``read_json`` looks for repeated keys itself; above, call ``find_duplicates``."""

_AROUND = 80
_DIGITS = bytes(48 if 48 <= byte <= 57 else byte for byte in range(256))
_NOT_BRACKETS = bytes(set(range(256)) - set(b'[]{}"'))
_ONE_BRACKET = bytes.maketrans(b"{}", b"[]")
_QUOTED = re.compile(rb'"[^"]*"')
_BIG_EXPONENT = re.compile(rb"[eE]\+?[0-9]{3}")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([\[\]{}:,])|([^\s\[\]{}:,"]+))', re.DOTALL)
_NUMBER = re.compile(r"NaN|-?Infinity|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_PYTHON_WORD = re.compile(r"True\b|False\b|None\b|'|\(|[bru]'")
_NOT_FINITE_WORD = re.compile(r"[+-]?(?:nan|inf|infinity)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DuplicateKey:
    """A key that is repeated in the object at ``path``."""

    path: str
    key: str


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """The parsed value, and the repeated keys where they were looked for."""

    value: Any
    duplicates: tuple[DuplicateKey, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    """One scalar, key or bracket of a text: where it starts, and the path of what it belongs to."""

    kind: str
    text: str
    start: int
    path: str
    depth: int


class _NotFiniteError(ValueError):
    pass


def child_path(parent: str, key: str | int) -> str:
    """The path of a key or place below ``parent``: ``results[3].polygon``; odd keys are quoted."""
    if isinstance(key, int):
        return f"{parent}[{key}]"
    if not _IDENTIFIER.match(key):
        return f"{parent}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{parent}.{key}" if parent else key


def read_json(
    data: bytes, *, max_depth: int = MAX_DEPTH, max_bytes: int = MAX_BYTES, allow_bom: bool = False
) -> JsonDocument:
    """Parses ``data``.

    Repeated keys are looked for up to ``DUPLICATES_UP_TO`` bytes; the last value of a repeated key counts.

    Raises:
        JsonError: ``json.invalid``, ``json.python-literal``, ``json.not-finite``, ``json.encoding``,
            ``json.too-deep`` or ``http.oversized``, with line, column and the text around where they are known.
    """
    if len(data) > max_bytes:
        sentence = f"The JSON holds {len(data):,} bytes; the limit is {max_bytes:,}."
        raise JsonError(sentence, finding_id="http.oversized")
    text = _decode(data, allow_bom)
    if not text.strip():
        raise JsonError("The body is empty; expected JSON.", finding_id="json.invalid", line=1, column=1)
    value, repeated = _read(text, data)
    if not _is_shallow(data, max_depth):
        _check_depth(text, max_depth)
    if _SURROGATE.search(data):
        _check_surrogates(value, text)
    duplicates = _walk_duplicates(text) if repeated else ()
    return JsonDocument(value, duplicates)


def find_duplicates(data: bytes) -> tuple[DuplicateKey, ...]:
    """The repeated keys of JSON that ``read_json`` accepted, whatever its size."""
    text = data.decode("utf-8-sig")
    seen: list[bool] = []
    json.loads(text, object_pairs_hook=_noticing(seen))
    return _walk_duplicates(text) if seen else ()


def locate(text: str, path: str) -> tuple[int, int] | None:
    """Line and column, both from 1, of the value at ``path`` in valid JSON text; None if there is none."""
    for token in _walk(text):
        if token.kind in ("scalar", "open") and token.path == path:
            return _line_column(text, token.start)
    return None


def _decode(data: bytes, allow_bom: bool) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4]:
        sentence = "The text is UTF-16 or UTF-32; JSON must be UTF-8."
        raise JsonError(sentence, finding_id="json.encoding", line=1, column=1)
    if data.startswith(b"\xef\xbb\xbf"):
        if not allow_bom:
            sentence = "The text starts with a byte order mark; JSON must not have one."
            raise JsonError(sentence, finding_id="json.encoding", line=1, column=1)
        data = data[3:]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
        before = data[:at].decode("utf-8")
    around = data[max(0, at - 30) : at + 30].decode("utf-8", "replace")
    line, column = _line_column(before, len(before))
    sentence = f"Byte 0x{data[at]:02x} at line {line}, column {column} is not UTF-8."
    raise JsonError(sentence, finding_id="json.encoding", line=line, column=column, around=_one_line(around))


def _noticing(seen: list[bool]) -> Any:
    def hook(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            seen.append(True)
        return value

    return hook


def _read(text: str, data: bytes) -> tuple[Any, bool]:
    """The value, and whether a key may be repeated (only looked at in small texts).

    The fast reader refuses whatever is odd, and the slow one says what it is.
    """
    import msgspec  # when first needed

    if b"0" * 200 in data.translate(_DIGITS):
        return _parse(text, data)
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _parse(text, data)
    if len(data) > DUPLICATES_UP_TO:
        return value, False
    # A key that is repeated is lost, and its colon with it; a colon may be written as an escape, too.
    if b"\\u" in data or data.count(b":") != msgspec.json.encode(value).count(b":"):
        return _parse(text, data)
    return value, False


def _parse(text: str, data: bytes) -> tuple[Any, bool]:
    """As ``_read``, by Python's own reader."""
    options: dict[str, Any] = {"parse_constant": _refuse_number}
    if _BIG_EXPONENT.search(data) or b"0" * 200 in data.translate(_DIGITS):
        options |= {"parse_float": _finite_float, "parse_int": _finite_int}
    seen: list[bool] = []
    if len(data) <= DUPLICATES_UP_TO:
        options["object_pairs_hook"] = _noticing(seen)
    try:
        return json.loads(text, **options), bool(seen)
    except json.JSONDecodeError as error:
        _raise_invalid(text, error)
    except _NotFiniteError:
        _raise_not_finite(text)
    except RecursionError:
        _check_depth(text, MAX_DEPTH)
        raise JsonError("The JSON is nested too deeply.", finding_id="json.too-deep") from None


def _refuse_number(text: str) -> NoReturn:
    raise _NotFiniteError(text)


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _NotFiniteError(text)
    return number


def _finite_int(text: str) -> int:
    _finite_float(text)
    return int(text)


def _raise_invalid(text: str, error: json.JSONDecodeError) -> NoReturn:
    at, message = _trailing_comma(text, error.pos) or (error.pos, error.msg)
    rest = text[at : at + 12]
    line, column = _line_column(text, at)
    finding, what = "json.invalid", message[:1].lower() + message[1:]
    if _PYTHON_WORD.match(rest):
        finding, what = "json.python-literal", "this is Python, not JSON"
    elif _NOT_FINITE_WORD.match(rest):
        finding, what = "json.not-finite", "JSON has no such number"
    elif at >= len(text.rstrip()):
        what = "unexpected end of the text"
    raise JsonError(
        f"Line {line}, column {column}: {what}.",
        finding_id=finding,
        line=line,
        column=column,
        around=_around(text, at),
    ) from None


def _trailing_comma(text: str, at: int) -> tuple[int, str] | None:
    """Where a comma before a closing bracket is, in the words of Python 3.13; before it, Python blames the bracket."""
    before = text[:at].rstrip(" \t\r\n")
    if not before.endswith(",") or text[at : at + 1] not in ("]", "}"):
        return None
    kind = "array" if text[at] == "]" else "object"
    return len(before) - 1, f"illegal trailing comma before end of {kind}"


def _raise_not_finite(text: str) -> NoReturn:
    token = next(token for token in _walk(text) if token.kind == "scalar" and not _is_finite(token.text))
    line, column = _line_column(text, token.start)
    shown = token.text if len(token.text) <= 24 else f"{token.text[:12]}… ({len(token.text)} characters)"
    raise JsonError(
        f"{token.path or 'The response'} is {shown}, which is not a finite number.",
        finding_id="json.not-finite",
        line=line,
        column=column,
        around=_around(text, token.start),
        where=token.path,
    ) from None


def _is_finite(text: str) -> bool:
    number = _NUMBER.match(text)  # what follows at once may be junk, before json could reject it
    return number is None or math.isfinite(float(number.group()))


def _is_shallow(data: bytes, max_depth: int) -> bool:
    """Whether valid JSON keeps the limit: brackets outside strings are removed from the inside out, one level per pass.

    All at C speed. Once escapes are gone, quotes open and close strings in turn, also after neighbors are removed.
    """
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    left = data.translate(_ONE_BRACKET, _NOT_BRACKETS).replace(b'""', b"")
    if b'"' in left:
        left = _QUOTED.sub(b"", left)
    for _ in range(max_depth):
        if not left:
            return True
        left = left.replace(b"[]", b"")
    return not left


def _check_depth(text: str, max_depth: int) -> None:
    for token in _walk(text):
        if token.kind == "open" and token.depth > max_depth:
            line, column = _line_column(text, token.start)
            raise JsonError(
                f"The JSON is nested more than {max_depth} levels deep, from line {line}, column {column}.",
                finding_id="json.too-deep",
                line=line,
                column=column,
                around=_around(text, token.start),
                where=token.path if len(token.path) <= 2 * _AROUND else token.path[: 2 * _AROUND] + "…",
            ) from None


def _check_surrogates(value: Any, text: str) -> None:
    """A lone half of a pair (``\\ud83d``) cannot be written as UTF-8 by any reader of the response."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        token = next(token for token in _walk(text) if token.kind in ("scalar", "key") and _has_half(token))
        line, column = _line_column(text, token.start)
        raise JsonError(
            f"Line {line}, column {column}: the string contains half a character (a lone surrogate).",
            finding_id="json.encoding",
            line=line,
            column=column,
            around=_around(text, token.start),
            where=token.path,
        ) from None


def _has_half(token: _Token) -> bool:
    is_text = token.kind == "scalar" and token.text.startswith('"')
    text = json.loads(token.text, strict=False) if is_text else token.text
    return any(0xD800 <= ord(char) <= 0xDFFF for char in text)


def _walk_duplicates(text: str) -> tuple[DuplicateKey, ...]:
    seen: dict[int, set[str]] = {}  # the keys so far of the open object at each depth
    found: dict[DuplicateKey, None] = {}
    for token in _walk(text):
        if token.kind == "key":
            if token.text in seen[token.depth]:
                found[DuplicateKey(token.path, token.text)] = None
            seen[token.depth].add(token.text)
        elif token.kind == "open":
            seen[token.depth] = set()
    return tuple(found)


def _walk(text: str) -> Iterator[_Token]:
    """The text's tokens with their paths, as far as it is valid."""
    stack: list[tuple[str, str | int | None]] = []  # the path of an open container, the key or place it is at
    at = 0
    while match := _TOKEN.match(text, at):
        at = match.end()
        kind = match.lastindex or 0
        part, start = match.group(kind), match.start(kind)
        here = _here(stack)
        if part in ("[", "{"):
            stack.append((here, 0 if part == "[" else None))
            yield _Token("open", part, start, here, len(stack))
        elif part in ("]", "}"):
            del stack[-1:]
        elif part == ",":
            if stack:
                parent, key = stack[-1]
                stack[-1] = (parent, key + 1 if isinstance(key, int) else None)
        elif part != ":" and stack and stack[-1][1] is None and kind == 1:
            key = json.loads(part, strict=False)
            stack[-1] = (stack[-1][0], key)
            yield _Token("key", key, start, stack[-1][0], len(stack))
        elif part != ":":
            yield _Token("scalar", part, start, here, len(stack))


def _here(stack: list[tuple[str, str | int | None]]) -> str:
    if not stack:
        return ""
    parent, key = stack[-1]
    return parent if key is None else child_path(parent, key)


def _line_column(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _around(text: str, at: int) -> str:
    return _one_line(text[max(0, at - _AROUND // 2) : at + _AROUND // 2])


def _one_line(text: str) -> str:
    shown = " ".join(text.split())
    return shown.encode("utf-8", "replace").decode()[:_AROUND]
