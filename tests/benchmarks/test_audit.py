"""The audit of what is shipped: what was not asked is told, licences are weighed, the SBOM is whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.shipping import audit, licences, packages, vulnerabilities
from benchmarks.shipping.packages import Package

A = Package("A.one", "1.0", "MIT")
B = Package("b", "2.0", "LGPL-3.0-only OR GPL-2.0-only")
OWN = Package("byom-gui", "0.1.0", "MIT")


def _answer(*dependencies: object) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_nothing_known_of_packages_that_were_all_asked() -> None:
    answer = _answer({"name": "a-one", "version": "1.0", "vulns": []}, {"name": "b", "version": "2.0", "vulns": []})
    outcome = vulnerabilities.read(answer, (A, B, OWN))
    assert outcome.sentence == "No known vulnerability in 2 packages."
    assert audit.verdict(outcome, ()) == 0
    assert audit.verdict(outcome, ("a fault",)) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (_answer({"name": "a-one", "skip_reason": "not found"}), "not found"),
        (_answer(), "pip-audit did not mention it"),
        (_answer({"name": "a-one", "version": "9", "vulns": []}), "it was asked as version 9"),
        ("", "no network"),
        ("[]", "no network"),
        ("<html>", "no network"),
    ],
)
def test_what_was_not_asked_is_never_called_clean(answer: str, why: str) -> None:
    outcome = vulnerabilities.read(answer, (A, OWN), "no network")
    assert outcome.sentence.startswith("NOT KNOWN: 1 of 1 packages")
    assert outcome.unasked[0].unasked == why
    assert why in vulnerabilities.report(outcome)
    assert audit.verdict(outcome, ()) == 3


def test_a_vulnerability_is_named_with_what_mends_it() -> None:
    known = [{"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]}, {"id": "PYSEC-2", "fix_versions": []}]
    outcome = vulnerabilities.read(_answer({"name": "A_one", "version": "1.0", "vulns": known}), (A, B))
    assert outcome.sentence == "1 of 2 packages have a known vulnerability."
    assert outcome.vulnerable[0].known == ("PYSEC-1 (mended in 1.1, 2.0)", "PYSEC-2 (mended in no version yet)")
    assert audit.verdict(outcome, ()) == 1
    assert "- A.one 1.0: PYSEC-1" in vulnerabilities.report(outcome)


@pytest.mark.parametrize(
    ("expression", "taken"),
    [
        ("MIT", "MIT"),
        ("GPL-2.0-only OR LGPL-3.0-only", "LGPL-3.0-only"),
        ("Apache-2.0 AND MIT", "Apache-2.0 AND MIT"),
        ("MIT AND GPL-3.0-only", ""),
        ("(MIT OR GPL-3.0-only) AND MIT", ""),
        ("Proprietary", ""),
        ("", ""),
    ],
)
def test_licences_are_weighed(expression: str, taken: str) -> None:
    assert licences.choice(expression) == taken
    assert bool(licences.refused([Package("a", "1", expression)])) is not bool(taken)


def test_the_licence_report_names_each_package_and_what_needs_care() -> None:
    table = licences.table((A, B, Package("odd", "3", "Proprietary")))
    assert "| A.one | 1.0 | MIT | MIT |" in table
    assert "| odd | 3 | Proprietary | **none that is allowed** |" in table
    assert "b: its libraries are files of their own" in table
    assert "Bring no licence text in their package: A.one, b, odd." in table
    assert "The package brings no text" in licences.texts((A,))
    assert "Permission is" in licences.texts((Package("a", "1", "MIT", (("LICENSE", "Permission is …"),)),))
    assert audit.licence_sentence((A, B)) == "2 packages with byom-gui itself, 2 licences: LGPL-3.0-only, MIT."


def test_an_sbom_that_leaves_a_package_out_is_a_fault() -> None:
    root = {"component": {"name": "byom-gui", "version": "0.1.0"}}
    sbom = json.dumps({"metadata": root, "components": [{"name": "a_one", "version": "1.0"}]})
    assert audit.sbom_gaps(sbom, (A, OWN)) == ()
    assert audit.sbom_gaps(sbom, (A, B, OWN)) == ("b 2.0 is missing from the SBOM.",)


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        ("License-Expression: MIT\n", "MIT"),
        ("License: BSD-3-Clause\n", "BSD-3-Clause"),
        ("License: a text\n of two lines\nClassifier: License :: OSI Approved :: MIT License\n", "MIT"),
        ("Classifier: License :: OSI Approved :: Apache Software License\n", "Apache-2.0"),
        ("", ""),
    ],
)
def test_packages_are_read_from_their_metadata(tmp_path: Path, lines: str, licence: str) -> None:
    info = tmp_path / "one-1.0.dist-info"
    (info / "licenses").mkdir(parents=True)
    (info / "sboms").mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: one\nVersion: 1.0\n{lines}")
    (info / "licenses" / "LICENSE.txt").write_text("Do as you like.")
    (info / "sboms" / "parts.json").write_text("{}")
    (tmp_path / "license.py").touch()
    inside = ("METADATA", "licenses/LICENSE.txt", "sboms/parts.json")
    (info / "RECORD").write_text("".join(f"one-1.0.dist-info/{name},,\n" for name in inside) + "license.py,,\n")
    (found,) = packages.installed(tmp_path)
    assert (found.name, found.version, found.licence) == ("one", "1.0", licence)
    assert found.texts == (("LICENSE.txt", "Do as you like."),)
    assert found.sboms == (info / "sboms" / "parts.json",)
