"""``python3 dev.py audit``: vulnerabilities, licences and a CycloneDX SBOM of what a user gets, in ``dist/audit``.

Exit code 0: every package was asked about and nothing is known; 1: something was found; 3: nothing was found, but not
every package could be asked about (no network, or a mirror that knows no vulnerabilities), so nothing is proved.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.shipping import licences, vulnerabilities
from benchmarks.shipping.packages import OWN, ROOT, Package, clean_environment, installed, key, site_packages

OUT = ROOT / "dist" / "audit"
SCRATCH = ROOT / "build" / "audit"


def main() -> int:
    """Audits, writes the folder, prints what came of it."""
    shutil.rmtree(OUT, ignore_errors=True)
    for folder in (OUT, SCRATCH):
        folder.mkdir(parents=True, exist_ok=True)
    print("Installing what a user gets into a clean environment", flush=True)
    python = clean_environment(SCRATCH / "shipped", str(ROOT))
    site = site_packages(python)
    packages = installed(site)
    outcome = vulnerabilities.ask(site, packages, SCRATCH)
    sbom = OUT / "sbom.cdx.json"
    make_sbom(python, sbom)
    faults = (*sbom_gaps(sbom.read_text(encoding="utf-8"), packages), *licences.refused(packages))
    write(packages, outcome, faults)
    for line in (outcome.sentence, licence_sentence(packages), *faults, f"Written to {OUT.relative_to(ROOT)}/"):
        print(line)
    return verdict(outcome, faults)


def verdict(outcome: vulnerabilities.Outcome, faults: Sequence[str]) -> int:
    """The exit code."""
    if outcome.vulnerable or faults:
        return 1
    return 3 if outcome.unasked else 0


def make_sbom(python: Path, target: Path) -> None:
    """Writes a CycloneDX SBOM of an environment, with byom-gui as its root."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")]
    options = ["--mc-type", "application", "--output-reproducible", "--of", "JSON", "-o", str(target), str(python)]
    subprocess.run([*command, *options], check=True)


def sbom_gaps(text: str, packages: Sequence[Package]) -> tuple[str, ...]:
    """A sentence for each package that the SBOM does not name in its very version."""
    sbom = json.loads(text)
    named = {(key(one["name"]), one["version"]) for one in sbom["components"]}
    root = sbom["metadata"]["component"]
    named.add((key(root["name"]), root["version"]))
    missing = (p for p in packages if (key(p.name), p.version) not in named)
    return tuple(f"{package.name} {package.version} is missing from the SBOM." for package in missing)


def licence_sentence(packages: Sequence[Package]) -> str:
    """How many packages stand under how many licences."""
    taken = {licences.choice(package.licence) for package in packages} - {""}
    return f"{len(packages)} packages with {OWN} itself, {len(taken)} licences: {', '.join(sorted(taken))}."


def write(packages: Sequence[Package], outcome: vulnerabilities.Outcome, faults: Sequence[str]) -> None:
    """Writes the report, the licence texts, and the parts lists that packages bring of their own."""
    texts = {
        "licences.md": f"# Licences of what is shipped\n\n{licences.table(packages)}",
        "licence-texts.txt": licences.texts(packages),
        "vulnerabilities.md": f"# Known vulnerabilities of what is shipped\n\n{vulnerabilities.report(outcome)}",
        "faults.txt": "".join(f"{line}\n" for line in faults),
    }
    for name, text in texts.items():
        (OUT / name).write_text(text, encoding="utf-8")
    for package in packages:
        for sbom in package.sboms:
            shutil.copy(sbom, OUT / f"{key(package.name)}.{sbom.name}")


if __name__ == "__main__":
    sys.exit(main())
