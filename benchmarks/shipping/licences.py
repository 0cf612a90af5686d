"""The licences of what is shipped: each weighed against a list, all their texts in one file."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.shipping.packages import OWN, Package, key

_PERMISSIVE = ("MIT", "MIT-0", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "HPND", "Zlib", "Unlicense")
FINE = frozenset((*_PERMISSIVE, "Apache-2.0", "PSF-2.0", "MPL-2.0"))
"""May be shipped with an MIT program, as it is, with its text."""
WITH_CARE = {
    "LGPL-3.0-only": "its libraries are files of their own, so that a user can put others in their place",
    "LGPL-3.0-or-later": "its libraries are files of their own, so that a user can put others in their place",
}
BESIDES = (
    ("CPython and its standard library", "PSF-2.0"),
    ("PyInstaller's start program", "GPL-2.0-or-later WITH Bootloader-exception, which lets it start any program"),
    ("OpenSSL, as Python was built with", "Apache-2.0"),
    (
        "libraries of the system that it was built on (X11, GLib, fontconfig …)",
        "each its own",
    ),
)
"""What the frozen app holds that no Python package tells of."""


def choice(expression: str) -> str:
    """The licence under which a package is taken: the first allowed one among ``OR``; nothing where none is.

    Brackets are not read: such an expression is for a person to look at.
    """
    for offered in expression.split(" OR "):
        if all(part.strip() in FINE or part.strip() in WITH_CARE for part in offered.split(" AND ")):
            return offered.strip()
    return ""


def refused(packages: Sequence[Package]) -> tuple[str, ...]:
    """A sentence for each package whose licence is unknown or not on the list."""
    return tuple(
        f"{package.name} {package.version}: the licence “{package.licence}” is not on the list."
        if package.licence
        else f"{package.name} {package.version}: no licence is told."
        for package in packages
        if not choice(package.licence)
    )


def table(packages: Sequence[Package]) -> str:
    """The report, as Markdown."""
    rows = ["| package | version | licence | taken under |", "|---|---|---|---|"]
    rows += [
        f"| {p.name} | {p.version} | {p.licence or 'not told'} | {choice(p.licence) or '**none that is allowed**'} |"
        for p in packages
    ]
    care = [f"{p.name}: {WITH_CARE[choice(p.licence)]}." for p in packages if choice(p.licence) in WITH_CARE]
    silent = [p.name for p in packages if not p.texts and key(p.name) != OWN]
    rows += ["", *care, "", "The frozen app holds besides:", "", *(f"- {what}: {licence}" for what, licence in BESIDES)]
    if silent:
        rows += ["", f"Bring no licence text in their package: {', '.join(silent)}."]
    return "\n".join(rows) + "\n"


def texts(packages: Sequence[Package]) -> str:
    """Every licence text that a package brings, one after the other."""
    parts = [
        f"{'=' * 78}\n{package.name} {package.version}: {package.licence}\n{name}\n{'=' * 78}\n\n{text.strip()}\n"
        for package in packages
        for name, text in package.texts or (("", "The package brings no text of its licence."),)
    ]
    return "\n\n".join(parts)
