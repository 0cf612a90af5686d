"""What a check found, and its three forms: ``byom-check/1`` JSON, JUnit XML, one page of HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any
from xml.sax.saxutils import quoteattr

from byom_gui.core.diagnosis import Answered, Diagnosis, Verdict
from byom_gui.core.findings import Finding, NotChecked
from byom_gui.core.observations import STAGE_TITLES, Observations, Stage

FORMAT = "byom-check/1"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_VERDICTS: dict[Verdict, str] = {
    "ready": "Ready: nothing found that V7 would refuse.",
    "not-ready": "Not ready: mend what is marked as error, then check again.",
    "unreachable": "Unreachable: no HTTP answer ever came.",
}
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1c1f23;"
    "background:#fff}table{border-collapse:collapse}td,th{padding:.2em 1em .2em 0;text-align:left}"
    "pre{background:#f2f3f5;padding:.7em;overflow:auto}section{border-left:4px solid #6b7280;padding-left:1em;"
    "margin:1.2em 0}.error{border-color:#b3261e}.warning{border-color:#8a5a00}h3{margin:.2em 0}"
)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A finished check.

    Args:
        latency: ``first_ms``, ``p50_ms``, ``p95_ms``, ``p99_ms`` and ``count``; the first call is told apart, the rest
            are of the later calls. Times are absent where nothing was measured.
        calls: how many HTTP calls were made.
    """

    observations: Observations
    answered: tuple[Answered, ...] = field(repr=False)
    diagnosis: Diagnosis
    stages: tuple[Stage, ...]
    latency: dict[str, float]
    verdict: Verdict
    calls: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, errors first."""
        return self.diagnosis.findings

    @property
    def not_checked(self) -> tuple[NotChecked, ...]:
        """What could not be known, and why."""
        return self.diagnosis.not_checked

    def as_json(self) -> dict[str, Any]:
        """The form of ``byom-check/1``. Holds no secret: the address is the masked one."""
        return {
            "format": FORMAT,
            "endpoint": self.observations.endpoint.infer.shown,
            "verdict": self.verdict,
            "findings": [finding.as_json() for finding in self.findings],
            "not_checked": [{"id": each.id, "why": each.why} for each in self.not_checked],
            "stages": [_stage(stage) for stage in self.stages],
            "latency": {key: self.latency.get(key) for key in ("first_ms", "p50_ms", "p95_ms", "p99_ms")}
            | {"count": int(self.latency.get("count", 0))},
        }


def _stage(stage: Stage) -> dict[str, Any]:
    milliseconds = None if stage.milliseconds is None else round(stage.milliseconds, 1)
    reason = stage.reason or (stage.detail if stage.outcome == "failed" else "")
    told = {"reason": reason} if reason else {}
    return {"name": stage.name, "outcome": stage.outcome, **told, "milliseconds": milliseconds}


def latency_of(first: float | None, later: Sequence[float]) -> dict[str, float]:
    """The times of a run in milliseconds: nearest-rank percentiles of the later calls, else of the first alone."""
    times = sorted(later) or ([] if first is None else [first])
    found = {} if first is None else {"first_ms": round(first, 1)}
    if times:
        for share in (50, 95, 99):
            rank = -(-share * len(times) // 100)  # rounded up
            found[f"p{share}_ms"] = round(times[rank - 1], 1)
    return {**found, "count": len(later) + (first is not None)}


def report_junit(report: CheckReport) -> str:
    """JUnit XML: a test case a stage and a finding; errors fail, what was skipped is skipped."""
    cases = [_junit_stage(stage) for stage in report.stages] + [_junit_finding(each) for each in report.findings]
    failures = sum("<failure" in case for case in cases)
    skipped = sum("<skipped" in case for case in cases)
    head = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    name = _attribute(f"byom-gui check {report.observations.endpoint.infer.shown}")
    body = "\n".join(cases)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {head}>\n<testsuite name={name} {head}>\n'
        f"{body}\n</testsuite>\n</testsuites>\n"
    )


def _junit_stage(stage: Stage) -> str:
    seconds = (stage.milliseconds or 0) / 1000
    inner = ""
    if stage.outcome == "failed":
        inner = f"<failure message={_attribute(stage.reason or stage.detail or 'failed')}/>"
    elif stage.outcome != "passed":
        inner = f"<skipped message={_attribute(stage.reason)}/>"
    name = _attribute(STAGE_TITLES[stage.name])
    return f'<testcase classname="stage" name={name} time="{seconds:.3f}">{inner}</testcase>'


def _junit_finding(finding: Finding) -> str:
    text = _xml("\n".join(f"{title}: {words}" for title, words in _rows(finding)))
    name = _attribute(" ".join(filter(None, (finding.id, finding.subject))))
    if finding.severity == "error":
        inner = f"<failure message={_attribute(finding.what)}>{text}</failure>"
    else:
        inner = f"<system-out>{_xml(finding.severity)}: {_xml(finding.what)}\n{text}</system-out>"
    return f'<testcase classname="finding" name={name} time="0">{inner}</testcase>'


def _rows(finding: Finding) -> list[tuple[str, str]]:
    rows = (
        ("Where", finding.where),
        ("Evidence", finding.evidence),
        ("Cause", finding.cause),
        ("Do this", finding.fix),
    )
    return [(title, words) for title, words in rows if words]


def _xml(text: str) -> str:
    """Escaped text, without the characters that no XML may hold."""
    return escape(_NOT_XML.sub("?", text), quote=False)


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("?", text))


def report_html(report: CheckReport) -> str:
    """One page that needs no other file and no network. All text is escaped."""
    endpoint = _xml(report.observations.endpoint.infer.shown)
    findings = "\n".join(map(_html_finding, report.findings)) or "<p>None.</p>"
    stages = "\n".join(map(_html_stage, report.stages))
    rest = "".join(f"<li><code>{_xml(each.id)}</code>: {_xml(each.why)}</li>" for each in report.not_checked)
    times = ", ".join(f"{key.removesuffix('_ms')} {value:g}" for key, value in report.latency.items())
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Check of {endpoint}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>{_STYLE}</style></head><body>
<h1>{_xml(_VERDICTS[report.verdict])}</h1>
<p><code>{endpoint}</code></p>
<h2>Findings</h2>
{findings}
<h2>Stages</h2>
<table><tr><th>Stage</th><th>Outcome</th><th>ms</th><th></th></tr>
{stages}
</table>
<p>Times in ms: {_xml(times)}. Calls: {report.calls}.</p>
<h2>Not checked</h2>
<ul>{rest or "<li>Nothing was left out.</li>"}</ul>
</body></html>
"""


def _html_finding(finding: Finding) -> str:
    often = f" · {finding.count} times" if finding.count > 1 else ""
    rows = "".join(f"<tr><th>{title}</th><td>{_xml(words)}</td></tr>" for title, words in _rows(finding))
    snippet = f"<pre>{_xml(finding.snippet)}</pre>" if finding.snippet else ""
    return (
        f'<section class="{finding.severity}"><h3>{_xml(finding.what)}</h3>'
        f"<p>{finding.severity} · <code>{_xml(finding.id)}</code>{often}</p><table>{rows}</table>{snippet}</section>"
    )


def _html_stage(stage: Stage) -> str:
    milliseconds = "" if stage.milliseconds is None else f"{stage.milliseconds:.1f}"
    words = _xml(stage.reason or stage.detail)
    return (
        f"<tr><td>{STAGE_TITLES[stage.name]}</td><td>{stage.outcome}</td><td>{milliseconds}</td><td>{words}</td></tr>"
    )
