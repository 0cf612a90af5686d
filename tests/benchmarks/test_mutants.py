"""The faults that ``dev.py mutants`` makes: each changes what it says, and leaves Python that compiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.mutants.mutate import mutants

SOURCE = Path(__file__).parents[2] / "byom_gui" / "core" / "retry.py"

CASES: list[tuple[str, list[str]]] = [
    ("a = b == c", ["b == c → b != c"]),
    ("a = b not  in c", ["b not in c → b in c"]),
    ("a = (b) is not(c)", ["b) is not(c → b) is(c"]),
    ("a = b and c or d", ["b and c or d → b and c and d", "b and c → b or c"]),
    ("a = (b or\n c) and d", ["(b or c) and d → (b or c) or d", "b or c → b and c"]),
    ("if a: pass", ["a → not (a)"]),
    ("while True: pass", []),
    ("a = 3", ["3 → (3 + 1)", "3 → (3 - 1)"]),
    ("a: Literal[3] = True", []),
    ("a = 'ü' < b", ["'ü' < b → 'ü' <= b"]),
    ("a = 1 < b < 3", ["1 → (1 + 1)", "1 → (1 - 1)", "3 → (3 + 1)", "3 → (3 - 1)"]),
    ("if TYPE_CHECKING:\n  a = 3", []),
]


@pytest.mark.parametrize(("source", "made"), CASES)
def test_faults(source: str, made: list[str]) -> None:
    found = mutants("x.py", source.encode())
    assert [str(each).partition(": ")[2] for each in found] == made
    for each in found:
        changed = each.apply(source.encode())
        assert changed != source.encode()
        compile(changed, "x.py", "exec")


def test_every_fault_of_a_module_compiles() -> None:
    source = SOURCE.read_bytes()
    found = mutants("retry.py", source)
    assert {each.kind for each in found} >= {"number", "comparison", "negated"}
    for each in found:
        compile(each.apply(source), "retry.py", "exec")
        assert source.splitlines()[each.line - 1].decode().strip()
