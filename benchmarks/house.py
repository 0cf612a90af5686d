"""``python3 dev.py house``: how large the house is and how hard it is to find one's way in it; writes docs/house.md.

It only measures. Words that the glossary replaces are searched in what people read: strings of ``byom_gui`` (not
docstrings or comments) and the pages of ``docs`` and README. ``tests/test_words.py`` uses the same search.
"""

from __future__ import annotations

import argparse
import ast
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ping_path import ping_frames

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "byom_gui"
FEATURE = "history"
GLUE = ("app", "ui/backend.py", "ui/parts.py", "ui/works.py")

_WORDS = (
    r"can not|could not be had|(?:is|are) due|mend(?:s|ed|ing)?|reckon\w*|in clear|all the same|anew|torture\w*",
    r"rehears\w+|stands? (?:in|here|beside|there|twice|under|around|for)|at hand|is another|brings?|brought|golden",
    r"by hand|sound (?:server|answer)|per cent|pictures?(?![/]|\.md)|colour\w*|centre\w*|cancelled|licence|told|tells",
)
AVOIDED = re.compile(rf"(?<![\w.@])({'|'.join(_WORDS)})\b", re.IGNORECASE)
"""Words that GLOSSARY.md replaces, as far as a search can tell. Ids such as ``layout.centre`` do not count."""
_NAME = re.compile(r"[a-z][\w.-]*")


def sources() -> list[Path]:
    """Every module."""
    return sorted(path for path in SOURCE.rglob("*.py") if "__pycache__" not in path.parts)


def lines_of(path: Path) -> int:
    """Lines of a file."""
    return len(path.read_bytes().splitlines())


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The strings of a module with their lines, without docstrings: those stand alone as a statement."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value


def avoided() -> list[tuple[str, int, str]]:
    """File, line and word of each avoided word in strings and docs. A single lower-case word is a name, not text."""
    found = []
    for path in sources():
        for line, text in strings(ast.parse(path.read_bytes())):
            words = () if _NAME.fullmatch(text) else AVOIDED.finditer(text)
            found += [(path.relative_to(ROOT).as_posix(), line, word.group()) for word in words]
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for number, text in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
            found += [(page.relative_to(ROOT).as_posix(), number, m.group()) for m in AVOIDED.finditer(text)]
    return found


def imports() -> dict[str, set[str]]:
    """Each module with those of ours that it imports: at the top, inside functions, and for types alone."""
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in sources()
    }
    found: dict[str, set[str]] = {}
    for name, path in names.items():
        found[name] = set()
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    found[name].add(inner if inner in names else node.module)
            elif isinstance(node, ast.Import):
                found[name].update(alias.name for alias in node.names)
        found[name] &= names.keys() - {name}
    return found


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for following in graph[node]:
            if following not in index:
                visit(following)
                low[node] = min(low[node], low[following])
            elif following in stack:
                low[node] = min(low[node], index[following])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                groups.append(sorted(group))

    for node in graph:
        if node not in index:
            visit(node)
    return groups


def classes() -> list[tuple[str, int]]:
    """Every class at the top of a module, with its lines."""
    trees = (ast.parse(path.read_bytes()) for path in sources())
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    ]


def glue() -> int:
    """Lines of what only hands things on."""
    paths = [
        path for name in GLUE for path in ([SOURCE / name] if name.endswith(".py") else (SOURCE / name).rglob("*.py"))
    ]
    return sum(lines_of(path) for path in paths if path.exists())


def measures() -> list[tuple[str, str, str]]:
    """What is measured, its figure, and what it should be."""
    lengths = [lines_of(path) for path in sources()]
    every = classes()
    twice = sorted(name for name, times in Counter(name for name, _ in every).items() if times > 1)
    frames = ping_frames()
    text = {path: path.read_text(encoding="utf-8") for path in sources()}
    return [
        ("lines of `byom_gui`", f"{sum(lengths):,} in {len(lengths)} modules", ""),
        (f"files that “{FEATURE}” touches", str(sum(FEATURE in each.lower() for each in text.values())), "≤ 6"),
        (
            "own frames between a click on Ping and `requests`",
            f"{len(frames)} in {len(set(frames))} modules",
            "≤ 12 in ≤ 10",
        ),
        ("glue (`app`, `backend`, `parts`, `works`)", f"{glue():,} lines", "≤ 500"),
        ("import cycles", str(len(cycles(imports()))), "0"),
        ("class names that exist twice", f"{len(twice)}" + (f": {', '.join(twice)}" if twice else ""), "0"),
        ("classes over 320 lines", str(sum(lines > 320 for _, lines in every)), "0"),
        ("modules over 450 lines", str(sum(length > 450 for length in lengths)), "0"),
        (
            "module median / p90 / longest",
            f"{statistics.median(lengths):.0f} / {statistics.quantiles(lengths, n=10)[8]:.0f} / {max(lengths)}",
            "≤ 125 / ≤ 280 / ≤ 450",
        ),
        ("`type: ignore` in the source", str(sum(each.count("type: ignore") for each in text.values())), "≤ 15"),
        ("avoided words in strings and docs", str(len(avoided())), "0"),
    ]


def main() -> int:
    """Prints the measures and writes the page."""
    parser = argparse.ArgumentParser(prog="python3 dev.py house", description=__doc__)
    parser.add_argument("--words", action="store_true", help="list each avoided word with its place, and write nothing")
    if parser.parse_args().words:
        for path, line, word in avoided():
            print(f"{path}:{line}: {word}")
        return 0
    rows = measures()
    page = ["# The house, measured", "", "Made by `python3 dev.py house`.", "", "| | now | aim |", "|---|---|---|"]
    page += [f"| {what} | {figure} | {aim} |" for what, figure, aim in rows]
    (ROOT / "docs" / "house.md").write_text("\n".join(page) + "\n", encoding="utf-8")
    print("\n".join(page[4:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
