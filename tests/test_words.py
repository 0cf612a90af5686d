"""Words that GLOSSARY.md replaces do not come back into text that people read."""

from __future__ import annotations

from benchmarks import house

NOT_CLEAN_YET = ("byom_gui/app/", "byom_gui/commands/demo.py", "byom_gui/ui/", "docs/", "README.md")
"""Folders and files that still have avoided words. Remove an entry once it is clean; never add one."""
CLEAN = ("docs/faults.md", "docs/findings.md")
"""Clean files in those folders."""


def is_clean(path: str) -> bool:
    return path in CLEAN or not path.startswith(NOT_CLEAN_YET)


def test_clean_files_have_no_avoided_words() -> None:
    assert [f"{path}:{line}: {word}" for path, line, word in house.avoided() if is_clean(path)] == []


def test_the_search_finds_words_in_sentences() -> None:
    assert house.AVOIDED.findall("The value can not be told.") == ["can not", "told"]
    assert house.AVOIDED.findall("Expected a string; found null.") == []
