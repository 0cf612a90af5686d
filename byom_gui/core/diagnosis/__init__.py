"""Turns observations into findings, one module per family. ``docs/adding-a-rule.md`` shows how to add a rule."""

from byom_gui.core.diagnosis.catalogue import CATALOGUE, Entry
from byom_gui.core.diagnosis.engine import RULES, diagnose, read_call, verdict
from byom_gui.core.diagnosis.model import (
    Answered,
    CallLook,
    CallRule,
    Diagnosis,
    Rule,
    RunLook,
    RunRule,
    Seen,
    Verdict,
)
from byom_gui.core.diagnosis.reach import of_failure, url_invalid
from byom_gui.core.diagnosis.stages import stage_outcomes

__all__ = [
    "CATALOGUE",
    "RULES",
    "Answered",
    "CallLook",
    "CallRule",
    "Diagnosis",
    "Entry",
    "Rule",
    "RunLook",
    "RunRule",
    "Seen",
    "Verdict",
    "diagnose",
    "of_failure",
    "read_call",
    "stage_outcomes",
    "url_invalid",
    "verdict",
]
