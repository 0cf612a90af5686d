"""The keyring: absent, locked, broken, slow, changed. A secret is never kept in plain text instead."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.torture.groups import Group, run_all
from benchmarks.torture.row import Row

PLAIN, REAL = "tests/services/test_secrets.py", "tests/services/test_keyring_real.py"
GROUPS: tuple[Group, ...] = (
    ("a real Secret Service", "set in one process, read and forgotten in another; locked; no bus", (REAL,)),
    ("broken, denied, or without memory", "errors at each call, and a keyring that does not give back what it got",
     (PLAIN, "-k", "fails")),
    ("slow, or changed by another program", "ten seconds to answer; an entry that is gone or new since",
     (PLAIN, "-k", "slow or another_program")),
    ("the window while the keyring is slow", "nothing waits, what was typed is kept",
     ("tests/ui", "-k", "keyring or secret")),
    ("plain-text keyrings, plain or hidden in a chain", "get nothing", (PLAIN, REAL, "-k", "refused or chain")),
)  # fmt: skip


def run(say: Callable[[str], None]) -> list[Row]:
    """All rows of this part."""
    return run_all(GROUPS, say)
