"""What a check found, in three formats: ``byom-check/1`` JSON, JUnit XML, one HTML page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from byom_gui.core.diagnosis import Answered, Diagnosis, Verdict
from byom_gui.core.endpoint import Endpoint
from byom_gui.core.findings import Finding, NotChecked
from byom_gui.core.markup import attribute, xml
from byom_gui.core.observations import STAGE_TITLES, Observations, Stage
from byom_gui.core.report_pictures import STYLE, curl_of, pictures_html

FORMAT = "byom-check/1"

_NOT_UTF8 = re.compile("[\ud800-\udfff]")
_VERDICTS: dict[Verdict, str] = {
    "ready": "Ready to register: no errors found.",
    "not-ready": "Not ready: fix the errors, then check again.",
    "unreachable": "Unreachable: the server never sent an HTTP response.",
}
_TOKENS = """
window #F3F4F6 #1D1F23
surface #FFFFFF #24272C
sunken #FAFBFC #202327
line #D8DBE0 #363A41
text #1A1D21 #E7E9EC
text2 #535B66 #B0B7C1
accenttext #2A52BE #8FB1FF
block #F1F5FE #282F3F
ok #17713A #62C584
okbg #E6F3EA #1D3326
warn #8A5500 #E5B454
warnbg #FDF3DC #372D18
bad #C02626 #FF8A80
badbg #FCEBEA #3F2324
"""
"""The window's colors that the page uses, light and dark."""

_STYLE = """
*{box-sizing:border-box}
body{margin:0;background:var(--window);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:58rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.3rem;line-height:1.35;margin:0 0 1rem;padding:.8rem 1.1rem;border-radius:8px}
h2{font-size:1.05rem;margin:2.2rem 0 .7rem}
h3{font-size:1rem;line-height:1.4;margin:.5rem 0 .1rem}
p{margin:.25rem 0}
code,pre{font:13px/1.5 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
bdi,code,pre,td,dd,h3{overflow-wrap:anywhere;unicode-bidi:isolate}
.quiet{color:var(--text2);font-size:.9rem}
.chip{display:inline-block;padding:.05rem .6rem;border-radius:1rem;font-size:.8rem;font-weight:600}
.ready,.passed{color:var(--ok);background:var(--okbg)}
.error,.not-ready,.unreachable,.failed{color:var(--bad);background:var(--badbg)}
.warning{color:var(--warn);background:var(--warnbg)}
.advice{color:var(--accenttext);background:var(--block)}
.skipped,.not-reached{color:var(--text2);background:var(--window)}
.card{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:.9rem 1.1rem;margin:.7rem 0}
.flat{padding:.2rem 1.1rem;overflow-x:auto}
table{border-collapse:collapse;width:100%}
th{font-size:.8rem;font-weight:600;color:var(--text2);text-align:left}
td,th{padding:.45rem 1rem .45rem 0;border-bottom:1px solid var(--line);vertical-align:baseline}
tr:last-child td{border-bottom:0}
.ms{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td:first-child,td:nth-child(2){white-space:nowrap}
td:last-child{width:100%}
dl{display:grid;grid-template-columns:4.5rem 1fr;gap:.3rem 1rem;margin:.7rem 0 0}
dt{color:var(--text2)}
dd{margin:0;white-space:pre-wrap}
pre{background:var(--sunken);border:1px solid var(--line);border-radius:6px;padding:.7rem .9rem;margin:.8rem 0 0;
white-space:pre-wrap}
li{margin:.45rem 0}
ul{margin:0;padding-left:1.1rem}
@media(max-width:34rem){dl{grid-template-columns:1fr;gap:0 0}dd{margin-bottom:.5rem}}
@media print{body{background:none}main{max-width:none;padding:0}.card{break-inside:avoid}}
"""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A finished check.

    Args:
        latency: ``first_ms``, ``p50_ms``, ``p95_ms``, ``p99_ms`` and ``count``; the first call is separate, the rest
            are for the later calls. Times are absent if nothing was measured.
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
    def endpoint(self) -> Endpoint:
        """The model server that was checked."""
        return self.observations.endpoint

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, errors first."""
        return self.diagnosis.findings

    @property
    def not_checked(self) -> tuple[NotChecked, ...]:
        """What was not checked, and why."""
        return self.diagnosis.not_checked

    @property
    def cut_short(self) -> str:
        """Why a server without errors was not checked to the end, in one sentence; empty where it was."""
        stopped = self.observations.interruption
        return stopped.sentence if self.verdict == "ready" and stopped is not None else ""

    def as_json(self) -> dict[str, Any]:
        """The ``byom-check/1`` format. It contains no secrets: the address is the masked one."""
        return {
            "format": FORMAT,
            "endpoint": self.endpoint.infer.shown,
            "verdict": self.verdict,
            "findings": [_whole(finding.as_json()) for finding in self.findings],
            "not_checked": [_whole({"id": each.id, "why": each.why}) for each in self.not_checked],
            "stages": [_stage(stage) for stage in self.stages],
            "latency": {key: self.latency.get(key) for key in ("first_ms", "p50_ms", "p95_ms", "p99_ms")}
            | {"count": int(self.latency.get("count", 0))},
        }


def _verdict(report: CheckReport) -> str:
    if report.cut_short:
        return f"Ready as far as it was checked. {report.cut_short}"
    return _VERDICTS[report.verdict]


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    """Strings that UTF-8 can represent: an image's file name may have bytes that are not text."""
    return {key: _NOT_UTF8.sub("\ufffd", value) if isinstance(value, str) else value for key, value in row.items()}


def _stage(stage: Stage) -> dict[str, Any]:
    milliseconds = None if stage.milliseconds is None else round(stage.milliseconds, 1)
    reason = stage.reason or (stage.detail if stage.outcome == "failed" else "")
    why = {"reason": reason} if reason else {}
    return _whole({"name": stage.name, "outcome": stage.outcome, **why, "milliseconds": milliseconds})


def latency_of(first: float | None, later: Sequence[float]) -> dict[str, float]:
    """The times of a run in milliseconds: nearest-rank percentiles of the later calls, otherwise of the first alone."""
    times = sorted(later) or ([] if first is None else [first])
    found = {} if first is None else {"first_ms": round(first, 1)}
    if times:
        for share in (50, 95, 99):
            rank = -(-share * len(times) // 100)  # rounded up
            found[f"p{share}_ms"] = round(times[rank - 1], 1)
    return {**found, "count": len(later) + (first is not None)}


def report_junit(report: CheckReport) -> str:
    """JUnit XML: a test case for each stage, finding and unchecked item; errors fail, what never ran is skipped."""
    cases = [_junit_stage(stage) for stage in report.stages]
    cases += [_junit_finding(each) for each in report.findings]
    cases += [_junit_not_checked(each) for each in report.not_checked]
    failures = sum("<failure" in case for case in cases)
    skipped = sum("<skipped" in case for case in cases)
    head = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    name = attribute(f"byom-gui check {report.endpoint.infer.shown}")
    body = "\n".join(cases)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {head}>\n<testsuite name={name} {head}>\n'
        f"{body}\n</testsuite>\n</testsuites>\n"
    )


def _junit_stage(stage: Stage) -> str:
    seconds = (stage.milliseconds or 0) / 1000
    inner = ""
    if stage.outcome == "failed":
        inner = f"<failure message={attribute(stage.reason or stage.detail or 'failed')}/>"
    elif stage.outcome != "passed":
        inner = f"<skipped message={attribute(stage.reason)}/>"
    name = attribute(STAGE_TITLES[stage.name])
    return f'<testcase classname="stage" name={name} time="{seconds:.3f}">{inner}</testcase>'


def _junit_finding(finding: Finding) -> str:
    text = xml("\n".join(f"{title}: {words}" for title, words in _rows(finding)))
    name = attribute(" ".join(filter(None, (finding.id, finding.subject))))
    if finding.severity == "error":
        inner = f"<failure message={attribute(finding.what)}>{text}</failure>"
    else:
        inner = f"<system-out>{xml(finding.severity)}: {xml(finding.what)}\n{text}</system-out>"
    return f'<testcase classname="finding" name={name} time="0">{inner}</testcase>'


def _junit_not_checked(each: NotChecked) -> str:
    return (
        f'<testcase classname="not checked" name={attribute(each.id)} time="0">'
        f"<skipped message={attribute(each.why)}/></testcase>"
    )


def _rows(finding: Finding) -> list[tuple[str, str]]:
    rows = (
        ("Where", finding.where),
        ("Evidence", finding.evidence),
        ("Cause", finding.cause),
        ("Fix", finding.fix),
    )
    return [(title, words) for title, words in rows if words]


def report_html(report: CheckReport, pictures: Mapping[str, str] | None = None) -> str:
    """One page that needs no other file, no script and no network. All text is escaped; light and dark.

    Args:
        pictures: thumbnails of the images as ``data:`` addresses, by image name; without one, the shapes of an
            image are on a plain background.
    """
    endpoint = xml(report.endpoint.infer.shown)
    findings = "\n".join(_html_finding(each, report) for each in report.findings) or '<p class="quiet">None.</p>'
    stages = "\n".join(map(_html_stage, report.stages))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Check of {endpoint}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>{_colours()}{_STYLE}{STYLE}</style></head><body><main>
<h1 class="{report.verdict}">{xml(_verdict(report))}</h1>
<p><code>{endpoint}</code></p>
<p class="quiet">{_html_facts(report)}</p>
<h2>{_html_counts(report.findings)}</h2>
{findings}
{pictures_html(report.answered, pictures or {})}<h2>Stages</h2>
<div class="card flat"><table><tr><th>Stage</th><th>Outcome</th><th class="ms">ms</th><th>Details</th></tr>
{stages}
</table></div>
<h2>Not checked</h2>
{_html_not_checked(report.not_checked)}
</main></body></html>
"""


def _colours() -> str:
    rows = [row.split() for row in _TOKENS.strip().splitlines()]
    light, dark = ("".join(f"--{row[0]}:{row[column]};" for row in rows) for column in (1, 2))
    return f":root{{color-scheme:light dark;{light}}}\n@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _html_facts(report: CheckReport) -> str:
    ping = report.observations.ping
    facts = [f"Checked {ping.started:%Y-%m-%d %H:%M %Z}".strip()] if ping else []
    facts.append(f"{report.calls} call{'' if report.calls == 1 else 's'}")
    facts += [
        f"{'first call' if key == 'first_ms' else key.removesuffix('_ms')} {value:g} ms"
        for key, value in report.latency.items()
        if key != "count"
    ]
    return xml(" · ".join(facts))


def _html_counts(findings: Sequence[Finding]) -> str:
    """Such as ``Findings: 1 error, 2 warnings``."""
    counts = [(name, sum(each.severity == name for each in findings)) for name in ("error", "warning", "advice")]
    parts = [f"{count} {name}{'' if count == 1 or name == 'advice' else 's'}" for name, count in counts if count]
    return f"Findings: {', '.join(parts)}" if parts else "Findings"


def _html_finding(finding: Finding, report: CheckReport) -> str:
    often = f" · {finding.count} times" if finding.count > 1 else ""
    rows = "".join(f"<dt>{title}</dt><dd>{xml(words)}</dd>" for title, words in _rows(finding))
    facts = f"<dl>{rows}</dl>" if rows else ""
    snippet = f"<pre>{xml(finding.snippet)}</pre>" if finding.snippet else ""
    for title, text in (("Before", finding.before), ("After", finding.after)):
        snippet += f"<details><summary>{title}</summary><pre>{xml(text)}</pre></details>" if text else ""
    curl = curl_of(finding, report.observations, report.answered)
    again = f"<details><summary>Reproduce</summary><pre>{xml(curl)}</pre></details>" if curl else ""
    return (
        f'<section class="card"><span class="chip {finding.severity}">{finding.severity}</span> '
        f'<span class="quiet"><code>{xml(finding.id)}</code>{often}</span>'
        f"<h3>{xml(finding.what)}</h3>{facts}{snippet}{again}</section>"
    )


def _html_stage(stage: Stage) -> str:
    milliseconds = "" if stage.milliseconds is None else f"{stage.milliseconds:.1f}"
    outcome = f'<span class="chip {stage.outcome}">{stage.outcome.replace("-", " ")}</span>'
    words = xml(stage.reason or stage.detail)
    return (
        f'<tr><td>{STAGE_TITLES[stage.name]}</td><td>{outcome}</td><td class="ms">{milliseconds}</td>'
        f"<td>{words}</td></tr>"
    )


def _html_not_checked(not_checked: Sequence[NotChecked]) -> str:
    """One line per reason, because many ids share one."""
    if not not_checked:
        return '<p class="quiet">Everything was checked.</p>'
    reasons: dict[str, list[str]] = {}
    for each in not_checked:
        reasons.setdefault(each.why, []).append(f"<code>{xml(each.id)}</code>")
    lines = "".join(
        f'<li>{xml(why)}<br><span class="quiet">{", ".join(ids)}</span></li>' for why, ids in reasons.items()
    )
    return f'<div class="card"><ul>{lines}</ul></div>'
