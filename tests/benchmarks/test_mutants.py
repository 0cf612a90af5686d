"""The faults that ``dev.py mutants`` makes: each changes what it says, and leaves Python that compiles."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from benchmarks.mutants.__main__ import Outcome, attempt, header, in_function, noticed
from benchmarks.mutants.mutate import Mutant, mutants
from benchmarks.mutants.timing import plain

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


@pytest.mark.parametrize(
    ("line", "lines"), [(1, [1, 2, 3]), (2, [1, 2, 3]), (4, [4, 5]), (5, [4, 5]), (6, [6, 7]), (7, [6, 7])]
)
def test_a_fault_belongs_to_all_lines_of_its_statement_but_not_to_those_inside_it(line: int, lines: list[int]) -> None:
    source = "a = [\n  1,\n]\nif (a\n  > 1):\n  b = (2,\n    3)\n"
    assert list(header(ast.parse(source), line)) == lines


def test_what_runs_at_import_is_told_apart() -> None:
    tree = ast.parse("a = 1\nclass B:\n  c = 2\n  def d(self, e=3):\n    return 4\nf = 5\n")
    assert [line for line in range(1, 7) if in_function(tree, line)] == [5]


def test_the_group_of_a_test_is_no_part_of_its_name() -> None:
    assert plain("tests/a.py::test_b@keyring") == "tests/a.py::test_b"
    assert plain("tests/a.py::test_b[ann@x]@xvfb") == plain("tests/a.py::test_b[ann@x]") == "tests/a.py::test_b[ann@x]"


def test_what_was_noticed_is_not_tried_again() -> None:
    first, second, third = mutants("x.py", b"a = 1 < b and c")[:3]
    lines = [str(Outcome(first, killed=True, tests=12)), str(Outcome(second, killed=False, tests=3))]
    assert noticed(first, lines) == Outcome(first, killed=True, tests=12)
    assert (noticed(second, lines), noticed(third, lines)) == (None, None)


TESTS = """
import pathlib
from small import larger

def test_close():
    assert larger(2, 1)
    assert not larger(1, 2)

def test_equal():
    assert not larger(1, 1)

def test_now_and_then():
    assert False

def test_import():
    import missing

def test_forever():
    while larger(1, 1):
        pass
"""


def test_a_fault_is_noticed_by_tests_that_pass_without_it(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "benchmarks" / "mutants", tmp_path / "benchmarks" / "mutants")
    (tmp_path / "small.py").write_text("def larger(a, b):\n    return a > b\n")
    (tmp_path / "test_small.py").write_text(TESTS)
    source = (tmp_path / "small.py").read_bytes()
    (fault,) = mutants("small.py", source)

    def is_noticed(mutant: Mutant, *names: str, limit: float = 500) -> bool:
        outcome = attempt(mutant, [f"test_small.py::test_{name}" for name in names], tmp_path, limit)
        assert (outcome.tests, (tmp_path / "small.py").read_bytes()) == (len(names), source)
        return outcome.killed

    assert not is_noticed(fault)
    assert not is_noticed(fault, "close")
    assert is_noticed(fault, "close", "equal")
    assert not is_noticed(fault, "now_and_then", "import", "close")
    assert is_noticed(fault, "now_and_then", "equal")
    assert is_noticed(fault, "forever", limit=3)
