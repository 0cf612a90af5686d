"""Bodies that are packed as their headers say; those that are not are in test_http_blame.py."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest

from byom_gui.services import content_encoding
from byom_gui.services.failures import Oversized

GOOD = json.dumps({"status": "succeeded", "results": []}).encode()


@pytest.mark.parametrize(
    ("header", "body", "unpacked"),
    [
        ("", GOOD, GOOD),
        ("identity", GOOD, GOOD),
        ("gzip", gzip.compress(GOOD, mtime=0), GOOD),
        ("x-gzip", gzip.compress(GOOD, mtime=0), GOOD),
        ("GZIP", gzip.compress(GOOD[:9], mtime=0) + gzip.compress(GOOD[9:], mtime=0), GOOD),
        ("gzip", gzip.compress(GOOD, mtime=0) + b"\0\0\0", GOOD),
        ("deflate", zlib.compress(GOOD), GOOD),
        ("deflate", zlib.compress(GOOD)[2:-4], GOOD),
        ("deflate, gzip", gzip.compress(zlib.compress(GOOD), mtime=0), GOOD),
        ("gzip", b"", b""),
    ],
)
def test_bodies_that_are_what_they_say(header: str, body: bytes, unpacked: bytes) -> None:
    room = 20 if "," in header else 0  # what is in between is larger
    assert content_encoding.decoded(body, header, len(unpacked) + room) == unpacked
    if unpacked:
        with pytest.raises(Oversized) if header not in ("", "identity") else pytest.raises(AssertionError):
            assert content_encoding.decoded(body, header, len(unpacked) - 1) != unpacked
