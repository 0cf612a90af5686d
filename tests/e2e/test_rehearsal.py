"""Every fault that can be rehearsed, by a check as the user runs it: what it is about is found, or told as not checked.

Nothing here is listed by hand: as soon as the catalogue says that an id is checked, it has to be found.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from byom_gui.core.diagnosis.catalogue import CATALOGUE
from byom_gui.core.report import CheckReport
from byom_gui.sandbox.fault import Fault
from byom_gui.sandbox.faults import FAULTS, find_fault
from tests.sandbox.rehearsal import PROBED, check, ids_of, quick_model

__all__ = ["quick_model"]

_WHOLE = (*PROBED, "auth")
"""Families that a quick check does not look into."""
_TLS = [name for name, fault in FAULTS.items() if fault.id.startswith("tls.")]


def is_whole(fault: Fault) -> bool:
    return any(id.partition(".")[0] in _WHOLE for id in fault.ids)


def assert_found(fault: Fault, report: CheckReport) -> None:
    """Each id is among the findings, or, while this version does not check it, among what was not checked."""
    not_checked = {each.id for each in report.not_checked}
    for id in fault.ids:
        assert id in (ids_of(report) if CATALOGUE[id].implemented else not_checked), sorted(ids_of(report))


@pytest.mark.usefixtures("quick_model")
@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.ids and not is_whole(fault)])
def test_a_quick_check_finds_it(name: str) -> None:
    assert_found(FAULTS[name], check(FAULTS[name], quick=True))


def whole() -> list[str]:
    """One fault a family, and two at once. All ids, three servers each, are measured by ``dev.py diagnosis``."""
    whole = [(name, fault) for name, fault in FAULTS.items() if is_whole(fault)]
    first = {fault.id.partition(".")[0]: name for name, fault in reversed(whole)}
    return [*first.values(), "yolo"]


@pytest.mark.usefixtures("quick_model")
@pytest.mark.parametrize("name", whole())
def test_a_whole_check_finds_it(name: str) -> None:
    assert_found(find_fault(name), check(find_fault(name), quick=False))


@pytest.mark.usefixtures("quick_model")
@pytest.mark.parametrize("name", _TLS)
def test_with_the_authority_known_one_thing_is_wrong(name: str, tmp_path: Path) -> None:
    report = check(FAULTS[name], quick=True, ca=tmp_path / "ca.pem")
    assert {id for id in ids_of(report) if id.startswith("tls.")} == {FAULTS[name].id}


@pytest.mark.usefixtures("quick_model")
@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if not fault.ids])
def test_a_sound_server_brings_what_loopback_brings_and_no_more(name: str) -> None:
    report = check(FAULTS[name], quick=name != "sound:fraction")
    told = {finding.id for finding in report.findings if finding.severity != "advice"}
    # How much time this machine has for it is no matter of the server's.
    told -= {"speed.slow", "speed.serial"}
    assert told == {"net.private-address", "net.plain-http"}
