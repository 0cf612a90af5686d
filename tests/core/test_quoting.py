"""Names from outside in sentences."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from byom_gui.core.quoting import isolated, quoted


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("zebra", "zebra"),
        ("كلب صغير", "كلب صغير"),
        (PurePosixPath("/tmp/חתול.json"), "/tmp/חתול.json"),
        ("a\u2069b", "a<U+2069>b"),  # a name cannot end its own isolation
        ("a\u202eb", "a<U+202E>b"),
        ("two\nlines", "two<U+000A>lines"),
    ],
)
def test_a_name_stays_inside_its_isolation(name: object, shown: str) -> None:
    assert isolated(name) == f"\u2068{shown}\u2069"
    assert quoted(name) == f"“\u2068{shown}\u2069”"
